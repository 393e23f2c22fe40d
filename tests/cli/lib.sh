# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
# Black-box tests: each has its own HOME and no environment of the user's, runs the program, and
# asserts stdout, stderr and the exit status. Sourced; `finish` at the end.
set -eu
: "${KITH_BUILD:?}" "${KITH_SOURCE:?}"
kith=$KITH_BUILD/kith
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export KITH_STARTER=/dev/null # no test meets the network
export HOME="$work/home" KITH_LIBEXEC="$KITH_BUILD" LC_ALL=C.UTF-8 TZ=UTC
unset KITH_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME CARGO_HOME NO_COLOR VISUAL EDITOR PAGER
unset CREV_PASSPHRASE KITH_PASSPHRASE_CMD KITH_PASSPHRASE_FILE SSH_AUTH_SOCK
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.invalid
export GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.invalid
mkdir -p "$HOME"
now=2026-06-01T12:00:00Z
checks=0
failures=0

fail() {
	failures=$((failures + 1))
	printf 'FAILED: %s\n' "$*" >&2
	printf -- '--- command: %s\n--- status %s\n--- stdout\n%s\n--- stderr\n%s\n---\n' \
		"$last" "$status" "$(head -c 4000 "$work/out")" "$(head -c 4000 "$work/err")" >&2
}

# run COMMAND...: sets $status, $work/out, $work/err
run() {
	last=$*
	status=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
}

# k ARGUMENT...: runs kith with a fixed time
k() { run "$kith" --now "$now" "$@"; }

status_is() {
	checks=$((checks + 1))
	[ "$status" = "$1" ] || fail "status $status, want $1"
}
# a line of stdout (stderr) that is exactly this
out_line() {
	checks=$((checks + 1))
	grep -qxF -- "$1" "$work/out" || fail "stdout lacks the line: $1"
}
err_line() {
	checks=$((checks + 1))
	grep -qxF -- "$1" "$work/err" || fail "stderr lacks the line: $1"
}
# stdout (stderr) holds this text
out_has() {
	checks=$((checks + 1))
	grep -qF -- "$1" "$work/out" || fail "stdout lacks: $1"
}
err_has() {
	checks=$((checks + 1))
	grep -qF -- "$1" "$work/err" || fail "stderr lacks: $1"
}
out_lacks() {
	checks=$((checks + 1))
	! grep -qF -- "$1" "$work/out" || fail "stdout has: $1"
}
out_empty() {
	checks=$((checks + 1))
	[ ! -s "$work/out" ] || fail "stdout is not empty"
}
err_empty() {
	checks=$((checks + 1))
	[ ! -s "$work/err" ] || fail "stderr is not empty"
}
# files_same ONE OTHER: byte for byte
files_same() {
	checks=$((checks + 1))
	cmp -s "$1" "$2" || {
		diff "$1" "$2" >&2 || true
		fail "$1 and $2 differ"
	}
}
# out_is FILE: stdout is exactly this file
out_is() { files_same "$1" "$work/out"; }
# no control character but the newline reaches stdout or stderr
clean_output() {
	checks=$((checks + 1))
	! LC_ALL=C tr -d '\n\t' <"$work/out" | LC_ALL=C grep -q '[[:cntrl:]]' || fail "control characters on stdout"
	! LC_ALL=C tr -d '\n\t' <"$work/err" | LC_ALL=C grep -q '[[:cntrl:]]' || fail "control characters on stderr"
}

skip() {
	echo "skipped: $*" >&2
	exit 77
}

# example_evidence: the example web of trust, fetched; $root is its root
example_evidence() {
	root=$(cat "$KITH_SOURCE/proofs/root.id")
	set --
	for person in "$KITH_SOURCE"/proofs/*/; do
		case $person in */project/) ;; *) set -- "$@" "$person" ;; esac
	done
	k fetch "$@"
	status_is 0
}

# example_project: a copy of the example project in $project that a test may change
example_project() {
	project=$work/project
	rm -rf "$project"
	cp -R "$KITH_SOURCE/proofs/project" "$project"
}

finish() {
	echo "$checks checks, $failures failed"
	[ "$failures" = 0 ] && [ "$checks" -gt 0 ]
}
