#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the real database says of real lock files, through kith verify: exactly what is listed.
. "$KITH_SOURCE/tests/cli/lib.sh"
shared=${KITH_SHARED:-}
locks=$shared/vectors/advisories/locks
[ -d "$locks" ] || skip "no ../shared"

k source add rustsec "$shared/corpus/advisories/rustsec+advisory-db.bundle" --name rustsec --level low
status_is 0
k fetch
status_is 0
now=2026-08-21T00:00:00Z
files=0
for list in "$locks"/*.txt; do
	name=${list##*/}
	name=${name%.txt}
	mkdir "$work/$name"
	cp "$locks/$name.Cargo.lock" "$work/$name/Cargo.lock"
	k -C "$work/$name" verify --json
	grep -v '^#' "$list" | sort >"$work/want"
	python3 - "$work/out" "$work/want" >"$work/got" <<'PY'
import json, sys
listed = {tuple(l.split("\t")[:3]): l for l in open(sys.argv[2]).read().splitlines()}
for p in json.load(open(sys.argv[1]))["packages"]:
    for c in p["objections"] + p["notes"]:
        if c.get("claim") != "advisory":
            continue
        kind = c["advisory_kind"]
        score = c.get("advisory_score", "-")
        word = c.get("advisory_severity", "-")
        if score != "-":
            s = float(score)
            word = "none" if s < 0.1 else "low" if s < 4 else "medium" if s < 7 else "high" if s < 9 else "critical"
        kind = "vulnerability" if kind == "malicious" else kind
        assert (kind == "vulnerability") == (c in p["objections"])
        print(c["claim_id"], p["name"], p["version"], kind, word, score, sep="\t")
        # two advisories of one problem are told once, with both ids
        for other in c["other_ids"]:
            if other.startswith("RUSTSEC-"):
                print(listed[other, p["name"], p["version"]])
PY
	sort "$work/got" >"$work/sorted"
	cp "$work/sorted" "$work/out"
	out_is "$work/want"
	files=$((files + 1))
done
checks=$((checks + 1))
[ "$files" = 10 ] || fail "$files lock files, want 10"
finish
