#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Advisories over small files of our own (references' answers: test_advisories_corpus).
set -eu
cases=$KITH_BUILD/tests/kith-cases
here=$KITH_SOURCE/tests/cases/advisories
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR="$scratch"

run() {
	"$cases" "$@" >"$scratch/out" 2>"$scratch/err" || { grep -v '^PASS' "$scratch/out"; cat "$scratch/err"; exit 1; }
	echo "$1: $(tail -n 1 "$scratch/out")"
}

run cvss "$here/cvss.tsv"
run osv "$here/osv.jsonl"
run osv-git "$here/osv-git.jsonl"
run osv-groups "$here/osv-groups.jsonl"
all="$here/rustsec-all.tsv $here/matches.tsv $here/ranges.tsv $here/audit-decisions.tsv $here/locks/demo.txt"
# shellcheck disable=SC2086
run advisories --db "$here/db" $all
# bad files are named with their reason, and the rest counted
grep -q '^cases: crates/broken/RUSTSEC-2022-0002.md: line 5, column 1: ' "$scratch/err"
grep -q '^cases: crates/broken/RUSTSEC-2022-0003.md: two requirements share a version$' "$scratch/err"

# the same from a repository and from a bundle of it
cp -R "$here/db" "$scratch/db"
git -C "$scratch/db" init -q
git -C "$scratch/db" add .
git -C "$scratch/db" -c user.name=x -c user.email=x@x commit -qm x
git -C "$scratch/db" bundle create -q "$scratch/db.bundle" HEAD
for db in db db.bundle; do
	# shellcheck disable=SC2086
	run advisories --db "$scratch/$db" $all
done

# the kinds can fail
cd "$scratch"
fails() {
	! "$cases" "$@" >out 2>err || { echo "passed: $*"; exit 1; }
	grep -qx '0 passed, 1 failed' out
}
printf 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\t9.7\tcritical\n' >cvss.tsv
fails cvss cvss.tsv
printf 'alpha\t2.0.0\tRUSTSEC-2020-0001\tnot\n' >matches.tsv
fails advisories --db "$here/db" matches.tsv
printf '^1\t\t[0,1.0.0)\n' >ranges.tsv
fails advisories --db "$here/db" ranges.tsv
sed -n 1p "$here/osv.jsonl" | sed 's/"expect": "affected"/"expect": "not"/' >osv.jsonl
fails osv osv.jsonl
sed -n 1p "$here/osv-git.jsonl" | sed 's/"affected": \["A", "C"\]/"affected": ["A"]/' >git.jsonl
fails osv-git git.jsonl
sed -n 1p "$here/osv-groups.jsonl" | sed 's/"groups": .*/"groups": [["A-1"], ["B-1"]]}/' >groups.jsonl
fails osv-groups groups.jsonl
