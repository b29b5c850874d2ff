#!/bin/bash
# What a bill of materials and its OpenVEX document say of known vulnerabilities: that it is valid, and computed from what
# was linked. usage: vex.t NODE_MODULES LIBRARY-FOLDER MAP BINARY [...], with the documents beside each BINARY
set -u
here=${0%/*}
export NODE_PATH=$1 SOURCE_DATE_EPOCH=0
libraries=$2 map=$3
shift 3
. "$here/tap.sh"

valid() { node "$here/vex.cjs" "$1" "$2"; }
altered() { # SED-SCRIPT: the first document, with something else in it
    sed "$1" "$first.openvex.json" >"$scratch/altered" && ! cmp -s "$scratch/altered" "$first.openvex.json" || return 0
    valid "$scratch/altered" "$first.cdx.json"
}
# What is said of MAP for these versions of musl and libcap-ng.
named() { # FORM MUSL LIBCAP_NG MAP WANTED...
    local form=$1 musl=$2 capng=$3 in=$4 cves
    shift 4
    sh "$packaging/sbom" "$form" "$first" "$in" 1.0.0 any "$musl" "$capng" >"$scratch/document" || return 1
    cves=$(grep -oE '"(id|name)": "CVE-[0-9-]*"' "$scratch/document" | grep -oE 'CVE-[0-9-]*' | paste -sd ' ')
    [ "$cves" = "$*" ] || { echo "it names: $cves" && return 1; }
}
refused() { # MESSAGE COMMAND [ARG]...
    local message=$1
    shift
    ! "$@" && grep -qF "$message" "$scratch/log"
}
with() { # SECTION ARCHIVE-MEMBER: the map if this had an address
    { cat "$map" && printf ' %s 0x00000c10 0x2c %s\n' "$1" "$2"; } >"$scratch/map"
}
has() { # LIBRARY PLACE: the table's places are real, so that a misspelt one is not taken for one that is not linked
    case $1:$2 in
    musl:*.o) ar t "$libraries/libc/lib/libc.a" | grep -qxF "$2" ;;
    libcap-ng:*.o) ar t "$libraries/libcap-ng/libcap-ng.a" | grep -qxF "$2" ;;
    musl:*) nm "$libraries/libc/lib/libc.a" 2>/dev/null | grep -qE " [Tt] $2\$" ;;
    libcap-ng:*) nm "$libraries/libcap-ng/libcap-ng.a" | grep -qE " [Tt] $2\$" ;;
    *) return 1 ;;
    esac
}

first=$1
for binary; do
    ok "what is said of $binary is valid, and the same in both documents" valid "$binary.openvex.json" "$binary.cdx.json"
done
ok 'a status that there is not is noticed' refused 'must be equal to constant' altered 's/"not_affected"/"unaffected"/'
ok 'so is a justification' refused 'must be equal to one of' altered 's/vulnerable_code_not_present/code_not_present/'
ok 'so is an unknown key' refused 'additional properties' altered 's/"status_notes"/"notes"/'
ok 'so is a date that is none' refused 'date-time' altered 's/"timestamp": "[^"]*"/"timestamp": "today"/'
ok 'so is another product' refused 'to be strictly' altered 's/stepdown@/stepup@/'
ok 'so is another library' refused 'to be strictly' altered 's/musl@/musl@9/'
ok 'so is another vulnerability' refused 'to be strictly' altered '0,/CVE-20/s/"name": "CVE-2/"name": "CVE-1/'

packaging=.packaging
while read -r cve library _ places _; do
    for place in ${places//,/ }; do ok "$cve: $library has $place" has "$library" "$place"; done
done < <(grep -v '^#' .packaging/cves.txt)

packaging=$scratch
cp .packaging/sbom "$packaging/"
cat >"$packaging/cves.txt" <<'END'
# comment
CVE-2000-0001 musl      1.2.10 exit.o             https://example.org/1
CVE-2000-0002 musl      1.2.9  iconv.o,vfprintf.o https://example.org/2
CVE-2000-0003 libcap-ng 0.7.4  capng_lock         https://example.org/3
END
for form in cdx openvex; do
    ok "$form: what later versions have not" named $form 1.2.10-1+deb1 0.7.3 "$map" CVE-2000-0003
    ok "$form: by number, in whole" named $form 1.2.10 0.7.4 "$map"
    ok "$form: what is linked in is an error" refused 'exit.o of musl, which is linked in' named $form 1.2.9-2 0.7.3 "$map"
done
sed -i '/0001/d' "$packaging/cves.txt"
ok 'what is not linked in does not matter' named openvex 1.2.8 0.7.3 "$map" CVE-2000-0002 CVE-2000-0003
with .text.vfprintf 'build/libc/lib/libc.a(vfprintf.o)'
ok 'one member that is linked in is one too many' refused 'vfprintf.o of musl' named openvex 1.2.8 0.7.3 "$scratch/map"
with .rodata.table 'build/libc/lib/libc.a(iconv.o)'
ok 'so are its constants' refused 'iconv.o of musl' named cdx 1.2.8 0.7.3 "$scratch/map"
for section in .text.capng_lock .text.unlikely.capng_lock .text.capng_lock.part.0; do
    with $section 'build/libcap-ng/libcap-ng.a(cap-ng.o)'
    ok "so is a function, in $section" refused 'capng_lock of libcap-ng' named openvex 1.2.9 0.7.3 "$scratch/map"
done
with .text.capng_lock 'build/libc/lib/libc.a(cap.o)'
ok 'not one of that name in another library' named openvex 1.2.9 0.7.3 "$scratch/map" CVE-2000-0003
echo 'CVE-2000-0004 mulsl 1.2.9 iconv.o https://example.org/4' >>"$packaging/cves.txt"
ok 'an unknown library in the table is an error' refused 'unknown library: mulsl' named cdx 1.2.8 0.7.3 "$map"
finish
