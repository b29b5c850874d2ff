# shellcheck shell=bash disable=SC2154 # `run` sets the variables
# read_manifest: makes a pod of README's containers (the YAML under "Kubernetes"), has kubectl read it, and writes what
# kubectl read to $work/fields.root and fields.user for the engines, and its own row of the table to $answers.

yaml_of_readme() { # PATTERN: the first block with it, indented for a container
    awk -v pattern="$1" '/^## / { here = $2 == "Kubernetes" } !here || found { next }
        /^```/ { if (inside && block ~ pattern) { printf "%s", block; found = 1 } inside = $0 == "```yaml"; block = ""; next }
        inside { block = block "      " $0 "\n" }' README.md
}

container() { # NAME PATTERN
    printf '    - name: %s\n      image: localhost/battery\n' "$1"
    yaml_of_readme "$2" | grep -v readOnlyRootFilesystem
    printf '        readOnlyRootFilesystem: true\n'
}

manifest() {
    cat <<'POD'
apiVersion: v1
kind: Pod
metadata:
  name: battery
spec:
  securityContext:
    fsGroup: 3000
    supplementalGroups: [4000]
    seccompProfile:
      type: RuntimeDefault
  containers:
POD
    container root "runAsUser: 0"
    container user "runAsNonRoot: true"
}

kubectl_reads() { # [OPTION]...
    HOME=$work "$packages/usr/bin/kubectl" --kubeconfig=/dev/null --server="http://127.0.0.1:$port" \
        apply --dry-run=client --validate=false -f "$work/pod.yaml" "$@" 2>&1
}

field() { kubectl_reads -o "jsonpath={.spec$1}" | tr -d '[]"' | tr ',' ' '; }

kubectl_answer() { # CHECK GOT WANTED
    printf '%s\n' "kubectl${tab}kubernetes: $1${tab}stepdown${tab}$2${tab}$3" >>"$answers"
}

read_container() { # NAME NUMBER
    local context=".containers[$2].securityContext" id name confined=''
    for name in allowPrivilegeEscalation readOnlyRootFilesystem capabilities.drop; do
        confined="$confined $(field "$context.$name")"
    done
    kubectl_answer "the container $1 is confined" "$confined" ' false true ALL'
    id=$(field "$context.runAsUser"):$(field "$context.runAsGroup")
    if [ "${id#*:}" = '' ]; then id=${id}0; fi
    cat >"$work/fields.$1" <<FIELDS
user='$id'
caps='$(field "$context.capabilities.add")'
groups='$(field .securityContext.fsGroup) $(field '.securityContext.supplementalGroups[*]')'
FIELDS
}

read_manifest() {
    local from=$EPOCHREALTIME port
    manifest >"$work/pod.yaml"
    mkfifo "$work/port"
    perl "$here/api-server" >"$work/port" &
    server=$!
    read -r port <"$work/port"
    kubectl_answer 'the manifest' "$(kubectl_reads)" 'pod/battery created (dry run)'
    kubectl_answer 'the filter' "$(field .securityContext.seccompProfile.type)" RuntimeDefault
    read_container root 0
    read_container user 1
    kill "$server"
    wait "$server" || true
    server=''
    printf '%s\n' "kubectl${tab}#version${tab}$("$packages/usr/bin/kubectl" version --client --short | sed 's/.*: v//')" \
        "kubectl${tab}#seconds${tab}$(seconds_since "$from")" >>"$answers"
}
