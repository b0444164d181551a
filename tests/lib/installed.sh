# Sourced by what installs programs that tests need: into the cache, once for each set of pinned versions.
# shellcheck shell=bash
tools=${PRIVATELINK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/privatelink-operator}/tools

# tools_folder NAME FILE…: where the programs lie that the files pin. It is complete when it holds a file of the name `complete`.
tools_folder() {
    local name=$1
    shift
    printf '%s/%s-%s' "$tools" "$name" "$(cat "$@" | sha256sum | cut -c1-16)"
}

# installed NAME FILE…: prints that folder, after `install FOLDER`, a function of the caller's, has filled it where that was not done yet.
installed() {
    local name=$1 folder
    folder=$(tools_folder "$@")
    mkdir -p "$folder"
    # Two runs at once: the second waits, and finds the work done.
    exec 9>"$folder/lock"
    flock 9
    if [[ ! -e $folder/complete ]]; then
        echo "installing $name into $folder" >&2
        install "$folder" >&2
        touch "$folder/complete"
    fi
    touch "$folder"
    # Older sets that nobody has used for two weeks.
    find "$tools" -mindepth 1 -maxdepth 1 -type d -name "$name-*" -mtime +14 -exec rm -rf {} +
    echo "$folder"
}
