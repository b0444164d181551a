# syntax=docker/dockerfile:1

# Both images are named by tag and by digest: the tag says what it is, the digest which one. docs/security.md says how they are renewed.
ARG RUST_DIGEST=sha256:6258907abe69656e41cd992e0b705cdcfabcbbe3db374f92ed2d47121282d4a1
ARG RUNTIME_DIGEST=sha256:d093aa3e30dbadd3efe1310db061a14da60299baff8450a17fe0ccc514a16639

# The compiler runs on the machine that builds, and makes code for the machine that will run it.
FROM --platform=$BUILDPLATFORM rust:1.95-bookworm@${RUST_DIGEST} AS build
ARG CARGO_AUDITABLE_VERSION=0.7.7
ARG TARGETARCH
WORKDIR /source

# Before anything that changes more often. It writes the list of dependencies into the program.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    cargo install cargo-auditable --version "$CARGO_AUDITABLE_VERSION" --locked

# A C compiler for the other architecture; the image has one for its own, under the same kind of name.
# The base image's distribution fixes the version; naming a patch level would break with its next update.
# hadolint ignore=DL3008
RUN case "$TARGETARCH" in \
      amd64) target=x86_64-unknown-linux-gnu compiler=gcc-x86-64-linux-gnu ;; \
      arm64) target=aarch64-unknown-linux-gnu compiler=gcc-aarch64-linux-gnu ;; \
      *) echo "no such architecture: $TARGETARCH" >&2; exit 1 ;; \
    esac \
 && echo "$target" > /target \
 && if [ "$TARGETARCH" != "$(dpkg --print-architecture)" ]; then \
      apt-get update \
   && apt-get install -y --no-install-recommends "$compiler" "libc6-dev-$TARGETARCH-cross" \
   && rm -rf /var/lib/apt/lists/*; \
    fi

COPY . .

RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target,id=target-$TARGETARCH \
    target=$(cat /target) \
 && rustup target add "$target" \
 && export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=x86_64-linux-gnu-gcc \
           CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
           CC_x86_64_unknown_linux_gnu=x86_64-linux-gnu-gcc \
           CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc \
 && tools/release-build.sh "$target" --bin privatelink-operator \
 && cp "target/$target/release/privatelink-operator" /privatelink-operator

FROM gcr.io/distroless/static-debian12:nonroot@${RUNTIME_DIGEST}
ARG RUNTIME_DIGEST
ARG REVISION=unknown
ARG CREATED=unknown
ARG SOURCE=unknown
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="privatelink-operator" \
      org.opencontainers.image.description="Kubernetes operator for Alibaba Cloud PrivateLink endpoint services" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="The authors of privatelink-operator" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.documentation="$SOURCE/blob/$REVISION/docs/README.md" \
      org.opencontainers.image.base.name="gcr.io/distroless/static-debian12:nonroot" \
      org.opencontainers.image.base.digest="$RUNTIME_DIGEST"
COPY --from=build /source/LICENSE /LICENSE
COPY --from=build /privatelink-operator /privatelink-operator
# By number, so that `runAsNonRoot` can be checked without looking into the image.
USER 65532:65532
ENTRYPOINT ["/privatelink-operator"]
CMD ["run"]
