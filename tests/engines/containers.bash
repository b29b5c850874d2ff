# shellcheck shell=bash disable=SC2154 # `inside` sets the variables
# configure_containers FOLDER: points podman and buildah at a store of their own in FOLDER. The limits are the present
# ones, so that it takes no CAP_SYS_RESOURCE; there may be no cgroup to count processes in.
configure_containers() {
    local files processes memory
    files=$(ulimit -Hn) processes=$(ulimit -Hu)
    memory=$(ulimit -Hl)
    [ "$processes" != unlimited ] && [ "$processes" -lt "$(cat /proc/sys/kernel/pid_max)" ] ||
        processes=$(cat /proc/sys/kernel/pid_max)
    if [ "$memory" = unlimited ]; then memory=-1; else memory=$((memory * 1024)); fi
    mkdir -p "$1/tmp"
    printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$1/storage" "$1/run" >"$1/storage.conf"
    cat >"$1/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=$processes:$processes", "memlock=$memory:$memory"]
pids_limit = 0
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
    export CONTAINERS_STORAGE_CONF=$1/storage.conf CONTAINERS_CONF=$1/containers.conf TMPDIR=$1/tmp
}

# Sets `flags` for `podman run` and `docker run` by the variables of `inside`.
run_flags() {
    local word
    flags=()
    if [ -n "$user" ]; then flags+=(--user "$user"); fi
    for word in $groups; do flags+=(--group-add "$word"); done
    for word in $caps; do flags+=(--cap-add "$word"); done
    # The system call filter is there without being asked for.
    if [ -n "$confined" ]; then flags+=(--cap-drop=ALL --read-only --security-opt=no-new-privileges); fi
}

# patiently COMMAND...: up to three times, while it succeeds and prints nothing. conmon 2.1, which podman has between
# itself and the container, may lose what is printed right before the end.
patiently() {
    local out='' status=0
    for _ in 1 2 3; do
        status=0
        out=$("$@") || status=$?
        if [ -n "$out" ] || [ $status != 0 ]; then break; fi
    done
    printf '%s\n' "$out"
    return $status
}
