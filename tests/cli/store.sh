# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For tests of the store: a folder of their own, and small words for what they check.
set -eu
T=$(mktemp -d)
cleanup() {
	[ -z "${SERVER:-}" ] || kill "$SERVER"
	chmod -R u+w "$T"
	rm -rf "$T"
}
trap cleanup EXIT
cd "$T"
export HOME="$T" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
export TMPDIR="$T"
FETCH="$KITH_BUILD/tests/kith_fetcher"
# shellcheck disable=SC2034
TAB=$(printf '\t')

fail() { echo "FAIL: $*"; exit 1; }

# same NAME WANTED GOT
same() {
	[ "$2" = "$3" ] || { printf 'FAIL: %s\nwanted: %s\ngot:    %s\n' "$1" "$2" "$3"; exit 1; }
}

# fetch ARGUMENT...: outcome and message of each source, sorted, without its name and heads
fetch() { "$FETCH" "$@" | cut -f2,5 | sort; }

# read_all HOME: path and size, or what was not read and why
read_all() { "$FETCH" read "$1" 2>/dev/null | cut -f2-; }

# commit REPOSITORY TREE: a commit of this tree becomes its HEAD
commit() {
	c=$(git -C "$1" commit-tree -m x "$2")
	git -C "$1" update-ref HEAD "$c"
}

# blob REPOSITORY: standard input as a blob
blob() { git -C "$1" hash-object -w --stdin; }

# wait_for FILE: until it is there and has something in it
wait_for() {
	tries=0
	while [ ! -s "$1" ]; do
		[ $tries -lt 600 ] || fail "$1 does not come"
		tries=$((tries + 1))
		sleep 0.1
	done
}

# bounded FILE KIB: the memory in what --usage said stays below (a sanitizer takes its own share)
bounded() {
	kib=$(sed -n 's/^helper \([0-9]*\) KiB.*/\1/p' "$1")
	[ -n "$kib" ] || fail "no usage: $(cat "$1")"
	case $(basename "$KITH_BUILD") in *asan*) return 0 ;; esac
	[ "$kib" -lt "$2" ] || fail "kith-git took $kib KiB, more than $2"
}
