#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How verify grows: projects of 10 to 10,000 packages, warm (index there) and cold (index made from
# the mirrors first), time, CPU, memory, and the factor from one size to the next; then other tools
# that are installed, on one of these projects in the same run.
# Evidence: the shared corpus of real proof repositories, else the example web.
set -eu
kith=$KITH_BUILD/kith
bench=$KITH_BUILD/tests/bench_run
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
mkdir "$tmp/cargo"
export KITH_STARTER=/dev/null KITH_HOME="$tmp/kith" KITH_LIBEXEC="$KITH_BUILD"
if [ -d "$KITH_SHARED/corpus/crev" ]; then
	"$kith" --quiet fetch "$KITH_SHARED"/corpus/crev/* >/dev/null 2>&1 || true
	root=FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE
	names=$KITH_SHARED/corpus/locks/cargo/nushell+nushell/Cargo.lock
else
	"$kith" --quiet fetch "$KITH_SOURCE"/proofs/*/ >/dev/null
	root=$(cat "$KITH_SOURCE/proofs/root.id")
	names=$KITH_SOURCE/proofs/project/Cargo.lock
fi
sed -n 's/^name = "\(.*\)"/\1/p' "$names" | sort -u >"$tmp/names"
sleep 1
"$kith" --quiet query sources >/dev/null 2>&1 || true
index=$(find "$KITH_HOME" -type f -name index)

# lock N: a project of N packages; real names first
lock() {
	mkdir -p "$tmp/p$1"
	{
		echo 'version = 3'
		awk -v n="$1" '{ print } END { for (i = NR; i < n; i++) printf "zz-generated-%05d\n", i }' "$tmp/names" | head -n "$1" |
			while IFS= read -r name; do
				printf '\n[[package]]\nname = "%s"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%064d"\n' "$name" 0
			done
	} >"$tmp/p$1/Cargo.lock"
}

echo "load $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
printf '%8s  %24s  %24s  %10s  %s\n' packages 'warm ms (CPU)' 'cold ms (CPU)' 'MiB warm' 'warm grows, packages grow'
before='' size=''
for n in 10 100 585 2000 10000; do
	lock $n
	# shellcheck disable=SC2046
	set -- $(CARGO_HOME="$tmp/cargo" "$bench" -m -n 11 -- "$kith" -C "$tmp/p$n" verify --root "$root")
	warm=$1 warm_cpu=$2 memory=$3
	# shellcheck disable=SC2046
	set -- $(CARGO_HOME="$tmp/cargo" "$bench" -m -n 3 -b "rm -f '$index'" -- "$kith" -C "$tmp/p$n" verify --root "$root")
	printf '%8d  %15.1f (%6.1f)  %15.1f (%6.1f)  %10.1f  %s\n' $n "$warm" "$warm_cpu" "$1" "$2" \
		"$(echo "$memory" | awk '{print $1 / 1024}')" \
		"$([ -z "$before" ] || echo "$warm_cpu $before $n $size" | awk '{printf "%.1f, %.1f (CPU)", $1 / $2, $3 / $4}')"
	before=$warm_cpu size=$n
done

# others, as they are called without network. A tool that fails at once is quick and says nothing, so
# only what succeeds has a time: $PEER_PROJECT is a project that they can judge ($CARGO_HOME has its packages), with
# the cargo-vet store or databases they need; without it there is nothing to compare.
project=${PEER_PROJECT:-}
if [ -z "$project" ]; then
	echo 'other tools: PEER_PROJECT names no project for them to judge'
	exit 0
fi
cp -R "$project" "$tmp/project"
cd "$tmp/project"
printf '%s\n' "$(grep -c '^name = ' Cargo.lock) packages of $(basename "$project"), median of 11: ms (CPU)"
# timed MOST COMMAND...: "WALL CPU", or a failure where its exit status, asked for once, is above MOST
timed() {
	most=$1
	shift
	status=0
	"$@" >/dev/null 2>&1 || status=$?
	[ "$status" -le "$most" ] || return 1
	# shellcheck disable=SC2046
	set -- $("$bench" -n 11 -- "$@")
	echo "$1 $2"
}
row() { # TIMES COMMAND...
	times=$1
	shift
	printf '  %-34s %9.1f (%7.1f)  %s\n' "$*" "${times% *}" "${times#* }" \
		"$([ -z "${own:-}" ] || echo "$times $own" | awk '{printf "%.1f times, CPU %.1f times", $1 / $3, $2 / $4}')"
}
own=''
mine=$(timed 1 "$kith" verify --root "$root")
row "$mine" kith verify
own=$mine
if [ -d supply-chain ] && mine=$(timed 1 "$kith" verify --semantics vet); then
	row "$mine" kith verify --semantics vet
fi
found=''
peer() { # MOST TOOL ARGUMENT...: exit status up to MOST is an answer
	most=$1
	tool=$2
	shift 2
	command -v "cargo-$tool" >/dev/null 2>&1 || return 0
	found=1
	if times=$(timed "$most" cargo "$tool" "$@"); then
		row "$times" cargo "$tool" "$@"
	else
		printf '  %-34s did not succeed here: no time\n' "cargo $tool $*"
	fi
}
peer 0 crev verify --show-all
peer 0 vet check --locked
peer 0 deny --offline check advisories
peer 1 audit --no-fetch --stale
[ -n "$found" ] || echo '  none of cargo-crev, cargo-vet, cargo-deny, cargo-audit is installed here'
