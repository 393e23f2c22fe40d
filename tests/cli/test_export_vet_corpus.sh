#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith export vet over every public proof repository agrees with the public set that another program
# made of the same reviews: 727 entries, by criteria and version. 28 of them are by people who are
# trusted there only; the trust map says how far.
. "$KITH_SOURCE/tests/cli/lib.sh"
set=$KITH_SHARED/corpus/vet/kornelski+crev-proofs/audits.toml
[ -f "$set" ] || skip "no corpus"
python3 -c 'import tomllib' 2>/dev/null || skip "this python3 reads no TOML"
root=rBGRONmiSLmELT1SuRDDScgLcoJl8mTdEbZqz1XCesM
cat >"$work/sets.py" <<'END'
import json, sys, tomllib

def entries(path):
    with open(path, "rb") as f:
        for crate, audits in tomllib.load(f)["audits"].items():
            for a in audits:
                criteria = [a["criteria"]] if isinstance(a["criteria"], str) else a["criteria"]
                review = next(o[12:] for o in a["aggregated-from"] if o.startswith("crev:review/"))
                yield review, crate, sorted(criteria), a

if sys.argv[1] == "map":
    known = {l.split("\t")[0] for l in open(sys.argv[3]) if l[0] != "#"}
    for _, _, criteria, a in entries(sys.argv[2]):
        who = next(o.split("#")[1] for o in a["aggregated-from"] if "#" in o)
        level = [c[6:] for c in criteria if c.startswith("trust-")]
        if who not in known and level:
            print(who, level[0])
else:
    here = {r["proof"] for r in json.load(open(sys.argv[4]))["rows"]}
    ours = {e[0]: e[1:] for e in entries(sys.argv[3])}
    same = other = 0
    for review, crate, criteria, a in entries(sys.argv[2]):
        if "violation" in a or review not in here:
            continue
        o = ours.get(review)
        if o and o[:2] == (crate, criteria) and all(o[2].get(k) == a.get(k) for k in ("version", "delta")):
            same += 1
        else:
            other += 1
            print("differs:", crate, a, o, file=sys.stderr)
    print(same, "of", same + other)
END
k fetch "$KITH_SHARED"/corpus/crev/*.bundle
status_is 0
python3 "$work/sets.py" map "$set" "$KITH_SHARED/oracle/real/crev/ids/for-rBGRON.tsv" >"$work/map"
checks=$((checks + 1))
[ "$(wc -l <"$work/map")" = 28 ] || fail "$(wc -l <"$work/map") lines of the trust map"
k export vet --root "$root" --semantics crev --trust-map "$work/map" -o "$work/audits.toml"
status_is 0
k query proofs --json
cp "$work/out" "$work/proofs.json"
run python3 "$work/sets.py" compare "$set" "$work/audits.toml" "$work/proofs.json"
out_line "727 of 727"

# cargo-vet would take it for a store's own file
mkdir -p "$work/p/supply-chain"
printf '[package]\nname = "app"\nversion = "1.0.0"\n' >"$work/p/Cargo.toml"
printf 'version = 3\n\n[[package]]\nname = "app"\nversion = "1.0.0"\n' >"$work/p/Cargo.lock"
printf '\n# cargo-vet config file\n\n[cargo-vet]\nversion = "0.10"\n' >"$work/p/supply-chain/config.toml"
printf '\n# cargo-vet imports lock\n' >"$work/p/supply-chain/imports.lock"
cp "$work/audits.toml" "$work/p/supply-chain/audits.toml"
k -C "$work/p" verify --semantics vet
status_is 0
err_empty
finish
