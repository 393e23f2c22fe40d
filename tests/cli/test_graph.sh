#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith graph on the example web. The picture in docs/pictures is the one that is drawn:
#   kith --now 2026-06-01T12:00:00Z graph --from ID -o docs/pictures/example-web.svg
. "$KITH_SOURCE/tests/cli/lib.sh"
ada=$(cat "$KITH_SOURCE/proofs/root.id")

k graph --format bmp
status_is 2
err_has "--format: 'bmp' is none of: terminal, svg, dot, json"
k graph
status_is 2
err_has "no root"

example_evidence
cat >"$work/tree" <<'END'
ada.example  2 reviews  https://ada.example/crev-proofs
├─ high   ben.example  5 reviews  https://ben.example/crev-proofs
│  └─ medium cora.example  5 reviews  https://cora.example/crev-proofs
│     └─ low    dov.example  3 reviews  https://dov.example/crev-proofs
└─ medium lee.example  2 reviews  https://lee.example/crev-proofs

not trusted
   eve.example  1 review  (not trusted, by the root's own word)  https://eve.example/crev-proofs
   mal.example  1 review  (not trusted, blocked, contested)  https://mal.example/crev-proofs

distrust
   ben.example ─┤ mal.example

4 trusted: 1 high, 2 medium, 1 low · 2 not trusted
END
k graph --from "$ada"
status_is 0
out_is "$work/tree"
err_empty
clean_output

# the name of the file says the format; --format overrules it
k graph --from "$ada" -o "$work/web.svg"
status_is 0
out_empty
cp "$work/web.svg" "$work/out"
out_is "$KITH_SOURCE/docs/pictures/example-web.svg"
k graph --from "$ada" -o "$work/web.gv"
status_is 0
checks=$((checks + 1))
head -n 1 "$work/web.gv" | grep -qx 'digraph kith {' || fail "no digraph"
k graph --from "$ada" -o "$work/web.svg" --format json
status_is 0
k graph --from "$ada" --json
status_is 0
out_is "$work/web.svg"
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.graph/1" and d["others"] == 0
p = {x["name"].split(".")[0]: x for x in d["people"]}
assert len(p) == 7 and p["ada"]["root"] and p["ben"]["contact"] and p["mal"]["blocked"]
assert p["dov"]["level"] == "low" and p["dov"]["steps"] == 3
assert p["dov"]["introduced_by"] == p["cora"]["id"] and p["eve"]["own_word"] == "none"
s = {(x["from"], x["to"]): x for x in d["statements"]}
ban = s[p["ben"]["id"], p["mal"]["id"]]
assert ban["level"] == "distrust" and ban["counts"]
assert s[p["ben"]["id"], p["cora"]["id"]]["best"]
assert not s[p["cora"]["id"], p["mal"]["id"]]["counts"]' "$work/out" || fail "graph --json"
checks=$((checks + 1))

# another one's eyes
k graph --from e42iFrzOBpRk50RiND8pZhWMMbYxKYF96X_8BYY-zkI
status_is 0
out_has "└─ high   eve.example"

# only who has reviewed it, and the ways there
k graph --from "$ada" --for kith-example-json
status_is 0
out_has "ben.example  positive 1.0.0"
out_has "cora.example  "
out_lacks "lee.example"
out_has "2 of 2 reviewers are trusted · 1 independent"
k graph --from "$ada" --for kith-example-json@1.0.0
status_is 0
out_lacks "cora"
k graph --from "$ada" --for kith-example-color -o "$work/web.svg"
status_is 0
checks=$((checks + 1))
grep -q '>0 of 1 reviewer are trusted · 0 independent<' "$work/web.svg" || fail "summary in the SVG"
k graph --from "$ada" --for kith-example-rare
status_is 1
err_has "nobody here has reviewed kith-example-rare"

# a picture has no script, and loads nothing
checks=$((checks + 1))
! grep -Eq '<script|<image|@import|url\((|.)http|href="[^#]' "$KITH_SOURCE"/docs/pictures/*.svg || fail "not self-contained"
finish
