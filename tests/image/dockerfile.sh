#!/usr/bin/env bash
# Runs every instruction of the Dockerfile with Debian's buildah: dockerfile.sh OUT.tar VERSION REVISION CREATED. OUT is the image, as `docker save`
# writes it; built.py compares it with what the Dockerfile says.
#
# The two base images are stood in for, because no registry is asked: Debian with this machine's Rust, and a folder with users and certificates. So
# it shows the build context with .dockerignore, every instruction, and the image that comes out; not the base images themselves, nor BuildKit. What stands
# in has the tag of what it stands in for and never its digest, so the instructions are read without the digests.
# Needs root. What takes long (Debian's packages, the compiled dependencies) is kept in the cache.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(realpath "$here/../..")
out=$1 version=$2 revision=$3 created=$4
cache=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/dockerfile
# As the Dockerfile names them, without the digest, and as a container engine completes that.
rust_base=$(sed -nE 's#^FROM .* (rust:[^ @]+)@[^ ]+ AS build$#docker.io/library/\1#p' "$root/Dockerfile")
static_base=$(sed -nE 's#^FROM (gcr\.io/[^ @]+)@[^ ]+$#\1#p' "$root/Dockerfile")
[[ $rust_base && $static_base ]] || { echo "dockerfile: the base images are not named as this script reads them" >&2; exit 1; }

((EUID == 0)) || { echo "dockerfile: needs root, as buildah is used here" >&2; exit 1; }
mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

image_builder() {
    local verb=$1
    shift
    buildah --root "$cache/store" --runroot "$cache/run" --storage-driver overlay "$verb" "$@"
}

is_there() { image_builder inspect --type image "$1" >/dev/null 2>&1; }

install_packages() {
    local -a packages=()
    command -v buildah >/dev/null || packages+=(buildah)
    command -v debootstrap >/dev/null || packages+=(debootstrap)
    ((${#packages[@]})) || return 0
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# image_of FOLDER NAME SETTINGS…
image_of() {
    local container name=$2 folder=$1
    shift 2
    container=$(image_builder from scratch)
    image_builder add --quiet "$container" "$folder" / >/dev/null
    image_builder config "$@" "$container"
    image_builder commit --quiet "$container" "$name" >/dev/null
    image_builder rm "$container" >/dev/null
}

# Rust as the base image has it: rustup with the toolchain that rust-toolchain.toml names.
make_rust_base() {
    local folder=$work/rust toolchain sysroot program
    debootstrap --variant=minbase --include=gcc,libc6-dev,ca-certificates bookworm "$folder" >"$cache/debootstrap.log"
    rm -f "$folder"/var/cache/apt/archives/*.deb
    toolchain=$(cd "$root" && rustup show active-toolchain | cut -d' ' -f1)
    sysroot=$(cd "$root" && rustc --print sysroot)
    mkdir -p "$folder/usr/local/rustup/toolchains/$toolchain" "$folder/usr/local/cargo/bin"
    tar --create --exclude share/doc --directory "$(realpath "$sysroot")" . |
        tar --extract --directory "$folder/usr/local/rustup/toolchains/$toolchain"
    printf 'version = "12"\nprofile = "minimal"\ndefault_toolchain = "%s"\n' "$toolchain" >"$folder/usr/local/rustup/settings.toml"
    cp --dereference "$(command -v rustup)" "$folder/usr/local/cargo/bin/rustup"
    for program in cargo rustc; do ln -s rustup "$folder/usr/local/cargo/bin/$program"; done
    image_of "$folder" "$rust_base" --env RUSTUP_HOME=/usr/local/rustup --env CARGO_HOME=/usr/local/cargo \
        --env PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
}

make_static_base() {
    local folder=$work/static
    mkdir -p "$folder/etc/ssl/certs" "$folder/tmp"
    chmod 1777 "$folder/tmp"
    cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
    printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$folder/etc/passwd"
    printf 'root:x:0:\nnonroot:x:65532:\n' >"$folder/etc/group"
    image_of "$folder" "$static_base" --user 65532 --env SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
}

install_packages
is_there "$rust_base" || make_rust_base
is_there "$static_base" || make_static_base
sed -E 's#^(FROM .*)@\$\{[A-Z_]+_DIGEST\}#\1#' "$root/Dockerfile" >"$work/Dockerfile"
# The certificates are this machine's, whose way to the package registry may need one of its own. They do not come into the image.
image_builder bud --isolation chroot --network host --pull-never --volume /etc/ssl/certs:/etc/ssl/certs:ro \
    --volume /usr/share/ca-certificates:/usr/share/ca-certificates:ro \
    --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "CREATED=$created" \
    --file "$work/Dockerfile" --tag "docker.io/library/privatelink-operator:$version" "$root"
rm -f "$out"
image_builder push --quiet "docker.io/library/privatelink-operator:$version" "docker-archive:$out:docker.io/library/privatelink-operator:$version"
python3 "$here/built.py" "$out" "$version" "$revision" "$created"
