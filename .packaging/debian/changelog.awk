# Makes a changelog(5) of Debian's of one in the form of Keep a Changelog: a release is a version, its sections headings,
# its items items. What stands before the first release, or is not released yet, is left out.
# usage: awk -v maintainer='NAME <ADDRESS>' -f changelog.awk CHANGELOG.md
function flush(word, count, words, i, line) {
    count = split(item, words, " ")
    line = "  *"
    for (i = 1; i <= count; i++) {
        if (length(line) + 1 + length(words[i]) > 78) {
            print line
            line = "   "
        }
        line = line " " words[i]
    }
    if (count > 0) { print line }
    item = ""
}
function end_release() {
    flush()
    if (stamp != "") { print "\n -- " maintainer "  " stamp "\n" }
    stamp = ""
}
/^## / {
    end_release()
    if ($4 != "") {
        gsub(/[][]/, "", $2)
        command = "LC_ALL=C date -u -R -d " $4
        command | getline stamp
        close(command)
        print "stepdown (" $2 ") unstable; urgency=medium\n"
        sections = 0
    }
    next
}
stamp == "" || /^\[.*\]: / { next }
/^### / { flush(); print (sections++ ? "\n" : "") "  [ " $2 " ]" }
/^- / { flush() }
/^[^#]/ { sub(/^- /, ""); item = item " " $0 }
END { end_release() }
