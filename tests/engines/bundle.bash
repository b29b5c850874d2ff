# shellcheck shell=bash disable=SC2154 # `inside` sets the variables
# write_bundle COMMAND...: writes $own/config.json, for the root file system $own/root, by the variables of `inside` (and
# $users: with a user namespace). The capabilities are Docker's default ones.

list() { # PREFIX WORD...: as JSON
    local prefix=$1 text
    shift
    text=''
    if [ $# -gt 0 ]; then text=$(printf "\"$prefix%s\", " "$@"); fi
    printf '[%s]' "${text%, }"
}

write_bundle() {
    local flag=false namespaces='' maps='' filter='' all numbers=${groups// /, }
    all='CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL
        AUDIT_WRITE'
    if [ -n "$confined" ]; then all=$caps; fi
    # shellcheck disable=SC2086 # words
    all=$(list CAP_ $all)
    if [ -n "$users" ]; then
        namespaces='{ "type": "user" },'
        maps='[{ "containerID": 0, "hostID": 100000, "size": 65536 }]'
        maps="\"uidMappings\": $maps, \"gidMappings\": $maps,"
    fi
    if [ -n "$confined" ]; then
        flag=true
        filter='"seccomp": { "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{ "names": ["add_key", "keyctl", "request_key", "kexec_load"], "action": "SCMP_ACT_ERRNO" }] },'
    fi
    cat >"$own/config.json" <<JSON
{
  "ociVersion": "1.0.2",
  "root": { "path": "$root", "readonly": $flag },
  "process": {
    "user": { "uid": $((${user%:*} + 0)), "gid": $((${user#*:} + 0)), "additionalGids": [$numbers] },
    "args": $(list '' "$@"),
    "cwd": "/",
    "env": ["PATH=/bin"],
    "noNewPrivileges": $flag,
    "capabilities": { "bounding": $all, "permitted": $all, "effective": $all }
  },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["newinstance", "ptmxmode=0666"] },
    { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"] }
  ],
  "linux": {
    $maps $filter
    "namespaces": [$namespaces { "type": "pid" }, { "type": "mount" }, { "type": "ipc" }, { "type": "uts" },
      { "type": "network" }]
  }
}
JSON
}
