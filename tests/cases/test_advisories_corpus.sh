#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What cargo-audit, the rustsec and cvss crates and OSV's own code answered.
set -eu
cases=$KITH_BUILD/tests/kith-cases
v=$KITH_SHARED/vectors/advisories
db=$KITH_SHARED/corpus/advisories/rustsec+advisory-db.bundle
[ -d "$v" ] || { echo "skipped: no $v"; exit 77; }

# run LEAST KIND ARGUMENT...: all pass, and there are as many as there must be
run() {
	least=$1; shift
	out=$("$cases" "$@" 2>&1) || { echo "$out" | grep -v '^PASS'; exit 1; }
	last=$(echo "$out" | tail -n 1)
	echo "$1: $last"
	[ "${last%% *}" -ge "$least" ] || { echo "fewer cases than there must be"; exit 1; }
}

run 1450 cvss "$v/cvss.tsv" "$v/cvss-edge.tsv"
run 198 osv "$v/osv-cases.jsonl"
run 18 osv-git "$v/osv-git-cases.jsonl"
run 11 osv-groups "$v/osv-groups.jsonl"
run 8235 advisories --db "$db" "$v/matches.tsv" "$v/ranges-synthetic.tsv" "$v/rustsec-all.tsv" \
	"$v/audit-decisions.tsv" "$v"/locks/*.txt

# and the model about random cases
[ -x "$(command -v python3)" ] || exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
model() { python3 "$KITH_SOURCE/tests/cases/advisory_model.py" "$KITH_SHARED/oracle" 1 "$1" >"$scratch/$2"; }
model cvss cvss.tsv
model osv osv.jsonl
model ranges ranges.tsv
run 8000 cvss "$scratch/cvss.tsv"
run 1000 osv "$scratch/osv.jsonl"
run 5000 advisories --db "$KITH_SOURCE/tests/cases/advisories/db" "$scratch/ranges.tsv"
