#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From the mirrors of all real proof repositories to verdicts on a real project of 585 packages: the
# index made anew and again, warm verdicts, the trust graph; time, CPU, memory, beside the budgets.
# CARGO_HOME with the project's archives (cargo fetch) makes warm verdicts judge bytes, too.
set -eu
corpus=$KITH_SHARED/corpus/crev
project=$KITH_SHARED/oracle/real/crev/cargo-crev-0.27.1
if [ ! -d "$corpus" ] || [ ! -d "$project" ]; then
	echo "verify: no shared corpus"
	exit 0
fi
kith=$KITH_BUILD/kith
run=$KITH_BUILD/tests/bench_run
root=FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE # dpc, whom the corpus was gathered around
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
archives=${CARGO_HOME:-$HOME/.cargo}
mkdir "$tmp/cargo"
export KITH_STARTER=/dev/null KITH_HOME="$tmp/kith" KITH_LIBEXEC="$KITH_BUILD" CARGO_HOME="$tmp/cargo"
now='--now 2026-11-24T00:00:00Z'

start=$(date +%s%N)
"$kith" --quiet fetch "$corpus"/* >"$tmp/fetched" 2>"$tmp/err" || { tail -n 3 "$tmp/err" >&2; exit 1; }
printf 'evidence: %d sources fetched from this disk in %d ms\n' \
	"$(find "$KITH_HOME" -name '*.source' | wc -l)" $((($(date +%s%N) - start) / 1000000))
# the mirrors' state is trusted for good once the clock has moved on
sleep 1
index=$(find "$KITH_HOME" -type f -name index)
[ -n "$index" ] || { "$kith" --quiet query sources >/dev/null; index=$(find "$KITH_HOME" -type f -name index); }

# row TITLE BUDGETS BENCH_RUN-ARGUMENT...
row() {
	title=$1 budget=$2; shift 2
	figures=$("$run" -m "$@")
	# shellcheck disable=SC2086
	set -- $figures
	printf '  %-30s %8.1f ms %8.1f ms CPU %7.1f MiB one, %6.1f MiB all   %s\n' "$title" "$1" "$2" \
		"$(echo "$3" | awk '{print $1 / 1024}')" "$(echo "$4" | awk '{print $1 / 1024}')" "$budget"
}
# shellcheck disable=SC2086 # $now is words
{
	row 'index, complete' 'budget 1000 ms, 100 MB' -n 5 -b "rm -f '$index'" -- "$kith" $now query sources
	row 'query sources, index there' '' -n 11 -- "$kith" $now query sources
	"$KITH_BUILD/tests/kith-cases" trust-graph --evidence "$corpus" "$tmp/graph" >/dev/null 2>&1
	echo '  trust of the real web (budget 2 ms)'
	"$KITH_BUILD/tests/bench_trust" real "$tmp/graph" | sed 's/^/    /'
	for lock in "$project" "$KITH_SHARED/corpus/locks/cargo/nushell+nushell"; do
		n=$(grep -c '^name = ' "$lock/Cargo.lock")
		[ "$(basename "$lock")" = cargo-crev-0.27.1 ] && budget='budget 25 ms (aim 12), 30 MiB' || budget=''
		row "verify warm, $n packages" "$budget" -n 21 -- "$kith" $now -C "$lock" verify --root "$root"
	done
	row 'verify warm, crev semantics' '' -n 21 -- "$kith" $now -C "$project" verify --root "$root" --semantics crev
	if find "$archives/registry/cache" -name 'cargo-*.crate' 2>/dev/null | grep -q .; then
		export CARGO_HOME="$archives"
		digests=$(dirname "$index")/digests
		row 'verify cold, with archives' '' -n 3 -b "rm -f '$digests'" -- "$kith" $now -C "$project" verify --root "$root"
		row 'verify warm, with archives' 'budget 25 ms (aim 12), 30 MiB' -n 21 -- "$kith" $now -C "$project" verify --root "$root"
	else
		echo '  (no archives in CARGO_HOME: cargo fetch in the project, then verdicts on bytes are measured)'
	fi
}
