# shellcheck shell=bash
# Completion for bash of the command lines of stepdown, gosu and su-exec. bash-completion loads it by the name of the
# program; a shell without that sources it. Which options there are is asked of the program: stepdown --help.

_stepdown_value() { # OPTION VALUE BEFORE: completes VALUE, which stands behind BEFORE in its word
    local done=''
    case $1 in
    --groups | --group-add | --keep-caps | --chown)
        done=${2%"${2##*,}"}
        compopt -o nospace
        ;;
    esac
    local -a how=(-P "$3$done")
    case $1 in
    --group-add) if [[ ${2##*,} == */* ]]; then how+=(-f); else how+=(-g); fi ;;
    --groups) how+=(-g) ;;
    --chown | --reference) how+=(-f) ;;
    --home) how+=(-d) ;;
    --account) how+=(-u) ;;
    --keep-caps)
        how+=(-W 'audit_control audit_read audit_write block_suspend bpf checkpoint_restore chown dac_override
            dac_read_search fowner fsetid ipc_lock ipc_owner kill lease linux_immutable mac_admin mac_override mknod net_admin
            net_bind_service net_broadcast net_raw perfmon setfcap setgid setpcap setuid sys_admin sys_boot sys_chroot
            sys_module sys_nice sys_pacct sys_ptrace sys_rawio sys_resource sys_time sys_tty_config syslog wake_alarm')
        ;;
    *) return ;;
    esac
    case ${how[2]} in -f | -d) compopt -o filenames ;; esac
    mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "${2#"$done"}")
}

_stepdown_command() { # INDEX in COMP_WORDS where COMMAND is
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -c -d -- "${COMP_WORDS[COMP_CWORD]}")
    else
        compopt -o default
    fi
}

_stepdown() { # PROGRAM REPLACED: what readline replaces by what is found
    local line=${COMP_LINE:0:COMP_POINT} rest word i reference=0 ended=0 last
    local -a words=() starts=() options=()
    COMPREPLY=()
    # To bash = and : end a word: what no blank separates from the one before belongs to it.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        rest=${line#"${line%%[![:blank:]]*}"}
        word=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)); then word=$rest; fi
        if ((i > 0)) && [[ $rest == "$line" ]]; then
            words[-1]+=$word
        else
            words+=("$word") starts+=("$i")
        fi
        line=${rest#"$word"}
    done

    i=1 last=$((${#words[@]} - 1))
    case ${1##*/} in
    gosu | su-exec) ended=1 ;;
    *)
        while read -r word rest _; do
            if [[ $word == -?, ]]; then word=$rest; fi
            if [[ $word == --* ]]; then options+=("${word/=*/=}"); fi
        done < <("$1" --help 2>/dev/null)
        ;;
    esac
    while ((!ended && i < last)); do
        case ${words[i]} in
        --reference | --reference=*) reference=1 ;;
        esac
        case ${words[i]} in
        --) ended=1 ;;
        -*) if [[ " ${options[*]} " == *" ${words[i]}= "* ]]; then ((i++)); fi ;;
        *) break ;;
        esac
        ((i++))
    done

    word=${words[last]}
    if ((i > last)); then
        _stepdown_value "${words[last - 1]}" "$word" ''
    elif ((i == last && !ended)) && [[ $word == --*=* ]]; then
        _stepdown_value "${word%%=*}" "${word#*=}" "${word%%=*}="
    elif ((i == last && !ended)) && [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$word")
        if [[ ${COMPREPLY[*]} == *= ]]; then compopt -o nospace; fi
    elif ((i == last && !reference)); then
        case $word in
        *:*:*) ;;
        *:*) mapfile -t COMPREPLY < <(compgen -P "${word%%:*}:" -g -- "${word#*:}") ;;
        *) mapfile -t COMPREPLY < <(compgen -u -- "$word") ;;
        esac
    else
        _stepdown_command "${starts[reference ? i : i + 1]}"
        return
    fi
    COMPREPLY=("${COMPREPLY[@]#"${word%"$2"}"}")
}
complete -F _stepdown stepdown gosu su-exec
