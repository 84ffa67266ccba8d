# syntax=docker/dockerfile:1
# lb and what it is linked to, nothing else: no shell, no package manager, no Node beside the one in lb.
#
#   docker build -t lb --build-arg COMMIT=$(git rev-parse --short=12 HEAD) .
#   docker run --read-only --cap-drop ALL -v ./lb.yaml:/etc/lb/lb.yaml:ro -p 8080:8080 lb
#   docker kill -s HUP CONTAINER       # reload
ARG NODE_IMAGE=docker.io/library/node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
ARG COMMIT
ARG SOURCE_DATE_EPOCH=0
ENV LB_COMMIT=${COMMIT} SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
# The root of the image: lb, its libraries by the names that it asks for, and folders of its user.
RUN mkdir -p /image/usr/bin /image/etc/lb /image/tmp /image/run/lb /image/var/lib/lb \
 && cp dist/lb /image/usr/bin/lb \
 && for library in $(ldd dist/lb | grep -o '/[^ ]*'); do mkdir -p "/image${library%/*}" && cp -L "$library" "/image$library"; done \
 && printf 'lb:x:65532:65532:lb:/:/\n' > /image/etc/passwd \
 && printf 'lb:x:65532:\n' > /image/etc/group \
 && chown 65532:65532 /image/run/lb /image/var/lib/lb \
 && chmod 1777 /image/tmp

FROM scratch
COPY --from=build /image/ /
USER 65532:65532
# Where the control socket is, for `docker exec CONTAINER /usr/bin/lb status`; a read-only root needs a tmpfs there.
ENV RUNTIME_DIRECTORY=/run/lb
EXPOSE 8080
# Asks the admin listener; `interval` of orchestrators goes before this one.
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s --retries=3 CMD ["/usr/bin/lb", "health"]
# Orderly, within shutdown.timeout; give the runtime a little more (docker stop -t 30).
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/lb"]
CMD ["start"]
