# Node's own tools build it; what ships is one file that needs nothing but Node.
FROM node:26-slim AS build
WORKDIR /src
COPY . .
RUN npm run build

FROM node:26-slim
WORKDIR /app
COPY --from=build /src/dist/daypass.mjs dist/daypass.mjs
USER 65532:65532
ENTRYPOINT ["node", "dist/daypass.mjs"]
