#!/bin/bash
# What a command becomes under su, sudo, setpriv, gosu and stepdown: the table of why-not-su.
here=$(dirname "$0")
# shellcheck source=tests/containers/lib.bash
. "$here/lib.bash"

table=$("$here/why-not-su")
row() { # DESCRIPTION START-OF-THE-COMMAND REST: of the row
    like "$1" "$(grep -F "| \`$2" <<<"$table")" "^[|] [^|]* [|] $3 [|]\$"
}
row 'su -c: two processes stay above the command, SIGTERM misses it, an orphan stays a zombie' 'su app -c COMMAND' \
    'su, sh, worker . su . no . no . 143 . no . /home/app . none: no job control'
row 'su -c exec: one stays; it makes up a status, and the terminal is lost' "su app -c 'exec" \
    'su, worker . su . no . yes . 143 . no . /home/app . none: no job control'
row 'sudo: one process stays, with a terminal in between' 'sudo' 'sudo, worker . sudo . no . yes . 7 . yes . /home/app . another, in between'
row 'setpriv: HOME is still root'\''s' setpriv "worker . worker . yes . yes . 7 . yes . /root . the container's"
for tool in gosu stepdown; do
    row "$tool: the command has the place" "$tool" "worker . worker . yes . yes . 7 . yes . /home/app . the container's"
done
ok 'README.md quotes the table' grep -qF "${table//$'\n'/}" <<<"$(tr -d '\n' <README.md)"
plan
