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
COPY --from=build /src/dist/daypass.mjs dist/daypass.mjs
USER 65532:65532
ENTRYPOINT ["node", "dist/daypass.mjs"]
