# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit
COPY . .
RUN npm run build
# Optional packages are the binaries of the embedded PostgreSQL: the image works on the database of DATABASE_URL.
RUN npm prune --omit=dev --omit=optional --no-audit

FROM node:24-slim
ENV NODE_ENV=production LEADLOOP_HOME=/var/lib/leadloop
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/config ./config
COPY --from=build /app/dist ./dist
# The state of a machine: keys made on first start. Mount it, or hand LEADLOOP_KEY in.
RUN install -d -o node -g node /var/lib/leadloop
USER node
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["node", "dist/src/cli/main.js", "doctor"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["serve"]
