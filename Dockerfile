# Node's own tools build it; what ships is one file that needs nothing but Node.
FROM node:26.10.0-slim AS build
WORKDIR /src
# What the build reads. Whatever else lies in a working copy, credentials say, gets into no layer.
COPY .npmrc package.json package-lock.json tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:26.10.0-slim
WORKDIR /app
COPY --from=build /src/dist/ dist/
# What Node makes of the file when it runs: with it a start takes less time and less memory. It is
# kept by user and flags, so whoever runs it has to have made it; nothing of this is writable in a pod.
ENV NODE_COMPILE_CACHE=/app/compiled
RUN install --directory --owner=65532 compiled
# Node lets garbage grow with the machine before it collects it, and the C library keeps a heap for
# each thread, with holes where large buffers were. What is said here and to Node below makes half as
# much memory do: docs/performance.md.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072
USER 65532:65532
RUN ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "dist/daypass.mjs", "--help"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=20", "dist/daypass.mjs"]
