#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A lock file of a million lines, ten thousand findings: bounded time and size in every format.
. "$KITH_SOURCE/tests/cli/lib.sh"

example_project
example_evidence
p="$work/p"
mkdir -p "$p"
# lock N: N packages that nobody knows, six lines each
lock() {
	awk -v n="$1" 'BEGIN {
		print "version = 4"
		for (i = 0; i < n; i++)
			printf "\n[[package]]\nname = \"pkg-%06d\"\nversion = \"1.%d.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"%064d\"\n", i, i % 10, i
	}' >"$p/Cargo.lock"
}
# bounded SECONDS BYTES FORMAT [OPTION]...: so much CPU and so long an output at most
bounded() {
	seconds=$1
	most=$2
	shift 2
	status=0
	last="verify --format $*"
	(
		# shellcheck disable=SC3045 # every sh here has it
		ulimit -t "$seconds"
		exec "$kith" --now "$now" -C "$p" verify --root "$root" --format "$@" -o "$work/out"
	) >"$work/err" 2>&1 </dev/null || status=$?
	status_is 1
	checks=$((checks + 1))
	[ "$(wc -c <"$work/out")" -le "$most" ] || fail "$(wc -c <"$work/out") bytes, at most $most"
}

lock 10000
for format in table json jsonl sarif junit github html; do
	bounded 20 12000000 "$format"
done
bounded 20 60000 markdown
out_has 'left out here'
# of a thousand findings about the project as a whole not all are told, and the number is
sed -i '/^checksum/d' "$p/Cargo.lock"
for format in table json sarif junit github html; do
	bounded 20 12000000 "$format"
	out_has 'and 9950 more packages without a checksum'
done
bounded 20 60000 markdown

lock 167000
bounded 60 20000000 table
bounded 60 60000000 html
bounded 60 60000 markdown
finish
