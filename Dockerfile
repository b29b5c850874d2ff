# The final image holds /stepdown, the names gosu and su-exec, the licences and the SBOM: see README.md, "In your image".
# `make image` builds it; --target check runs the tests.

# What the sources are built with, musl and libcap-ng too. It changes with the Makefile, not with the sources.
FROM debian:trixie-slim AS libraries
WORKDIR /src
COPY Makefile ./
COPY .packaging/fetch-sources .packaging/
# What builds is the release's present: reproducible is what comes out. hadolint wants versions of packages.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make \
    && make deps DEPS_CHECK= && make build/libcap-ng/libcap-ng.a && rm -rf /var/lib/apt/lists/*

FROM libraries AS check-deps
RUN make deps && rm -rf /var/lib/apt/lists/*

FROM check-deps AS check
COPY . .
# A builder gives no right to make namespaces (podman does with --cap-add=all); what can do without writes to /etc.
RUN if unshare --mount true; then make check; \
    else make all check-unit check-binary && STEPDOWN_TEST_DISPOSABLE=1 prove tests/system/core-*.t; fi

FROM libraries AS build
COPY . .
RUN make all sbom && mkdir /image && cp -r build/stepdown build/licences build/stepdown.*.json /image/ \
    && ln -s stepdown /image/gosu && ln -s stepdown /image/su-exec

FROM scratch
ARG VERSION
ARG REVISION
ARG CREATED
ARG URL
LABEL org.opencontainers.image.title="stepdown" \
      org.opencontainers.image.description="Starts as root, becomes a user for good, and executes a command in its own place" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.url="$URL" \
      org.opencontainers.image.source="$URL" \
      org.opencontainers.image.documentation="$URL#readme" \
      org.opencontainers.image.licenses="MIT AND LGPL-2.1-or-later" \
      org.opencontainers.image.base.name="scratch"
COPY --from=build /image/ /
ENTRYPOINT ["/stepdown"]
