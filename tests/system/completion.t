#!/bin/bash
# Completion of the command line, as bash itself does it with what is typed: by bash-completion and without it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1
source_tree=$(realpath "${BASH_SOURCE[0]%/*}/../..")
library=/usr/share/bash-completion/bash_completion
add_groups 'media:x:2002:' 'medium:x:2003:'
mkdir -p "$T/in/some folder" "$T/completions"
touch "$T/in/some file" "$T/in/share" "$T/in/shared"
cp "$source_tree/src/stepdown.bash" "$T/completions/stepdown"
ln -s stepdown "$T/completions/gosu"
ln -s stepdown "$T/completions/su-exec"

# What becomes of a line that is typed: its words when enter is pressed. \t completes, \e* inserts all that there is.
typed() { # LINE
    printf '%s\n' "PATH=$BIN:\$PATH" 'say() { if [ "$2" = --help ]; then command "$@"; else printf "<%s>" "${@:2}"; fi; }' \
        'for name in stepdown gosu su-exec; do eval "$name() { say $name \"\$@\"; }"; done' "$load" "$(printf '%b' "$1")" |
        (cd "$T/in" && HISTFILE='' INPUTRC=/dev/null TERM=dumb BASH_COMPLETION_USER_DIR=$T bash --norc --noprofile -i 2>/dev/null)
}
c() { # LINE WORDS
    is "$how: $1" "$(typed "$1")" "$2"
}
words() { sed 's/^</-/; s/>$//; s/></\n-/g; s/^-//; s/\n-/\n/g'; }
options() { "$S" --help | grep -Eo '^ +(-., +)?--[a-z-]+=?' | grep -Eo -e '--.*' | sort; }

both() { # HOW LOAD: with what is loaded so, what bash knows of other commands apart
    how=$1 load=$2
    is "$how: the options are those of --help" "$(typed 'stepdown --\e*' | words | sort)" "$(options)"
    for option in $(options | grep '=$'); do
        [ "$option" = --umask= ] || ok "$how: $option is offered values" [ "$(typed "stepdown $option\\e*")" != "<$option>" ]
    done
    c 'stepdown --if-r\tapp' '<--if-root><app>'
    c 'stepdown --ho\tsome\\ fo\t' '<--home=some folder/>'
    c 'stepdown --home some\\ fo\t' '<--home><some folder/>'
    c 'stepdown --home=/nowhere/x\t' '<--home=/nowhere/x>'
    c 'stepdown --umask=0\t app' '<--umask=0><app>'
    c 'stepdown --reference=some\\ fi\tx' '<--reference=some file><x>'
    c 'stepdown --groups=med\tu\t' '<--groups=medium>'
    c 'stepdown --groups=games,medi\tu\t' '<--groups=games,medium>'
    c 'stepdown --groups medi\tu\t,lo\t' '<--groups><medium,logs>'
    c 'stepdown --group-add=logs,./sh\t' '<--group-add=logs,./share>'
    c 'stepdown --group-add=logs,dat\t' '<--group-add=logs,data>'
    c 'stepdown --account=nob\tapp' '<--account=nobody><app>'
    c 'stepdown --chown=sh\td,some\\ fo\t' '<--chown=shared,some folder>'
    c 'stepdown --keep-caps=kill,net_b\tin\t' '<--keep-caps=kill,net_bind_service>'
    c 'stepdown nob\tx' '<nobody><x>'
    c 'stepdown -- nob\tx' '<--><nobody><x>'
    c 'stepdown --groups=games,medium app:medi\tu\tx' '<--groups=games,medium><app:medium><x>'
    c 'stepdown app:media:medi\t' '<app:media:medi>'
    c 'stepdown nosuch\tx' '<nosuchx>'
    c 'stepdown app --if-r\t' '<app><--if-r>'
    c 'stepdown --groups=games app:media basen\tame some\\ fi\tx' '<--groups=games><app:media><basename><some file><x>'
    c 'stepdown --reference=. basen\tame some\\ fi\tx' '<--reference=.><basename><some file><x>'
    c 'stepdown --reference . prin\tenv x' '<--reference><.><printenv><x>'
    c 'gosu nob\tprin\tenv x' '<nobody><printenv><x>'
    c 'gosu --if-r\tx' '<--if-rx>'
    c 'su-exec app:medi\tu\tx' '<app:medium><x>'
}
both 'without bash-completion' ". '$source_tree/src/stepdown.bash'"
if [ -e $library ]; then
    both 'by bash-completion' ". $library"
    c 'stepdown --groups=games app:media stepdown --if-r\tx' '<--groups=games><app:media><stepdown><--if-root><x>'
    c 'gosu app stepdown nob\tx' '<app><stepdown><nobody><x>'
else
    skip 'by bash-completion' 'bash-completion is not installed'
fi

names=$(typed 'stepdown --keep-caps=\e*' | words | sed 's/^--keep-caps=//')
ok 'all capabilities of this kernel are offered' [ "$(wc -l <<<"$names")" -gt "$(cat /proc/sys/kernel/cap_last_cap)" ]
run "$S" --dry-run --keep-caps="${names//$'\n'/?,}?" app sh
is 'every one is known' "$status $err" '0 '
finish
