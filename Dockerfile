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
LABEL org.opencontainers.image.title="leadloop" \
  org.opencontainers.image.description="CRM lead-scoring sync on PostgreSQL" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production LEADLOOP_HOME=/var/lib/leadloop
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/config ./config
COPY --from=build /app/dist ./dist
# The state of a machine: a key made on first start. Mount it, or hand LEADLOOP_KEY in: then nothing is written here.
RUN install -d -o node -g node /var/lib/leadloop
# The image's user `node`, as a number: by a name Kubernetes cannot tell that it is not root.
USER 1000:1000
EXPOSE 7400
STOPSIGNAL SIGTERM
# Asks the process itself, not its database: a restart does not mend a database. Slim images have no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7400/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/cli/main.js"]
# Everything but the console, which needs LEADLOOP_PUBLIC_URL so that no password goes out in the clear: then leave --roles out.
CMD ["serve", "--roles", "scheduler,worker,api,hooks", "--host", "0.0.0.0"]
