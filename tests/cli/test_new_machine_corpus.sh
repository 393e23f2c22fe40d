#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# On a new machine every real proof counts: what the first fetch brings is the baseline, so nothing
# in it is late, withdrawn or gone, whether it was carried there or came from its own URL.
. "$KITH_SOURCE/tests/cli/lib.sh"
corpus=${KITH_SHARED:-}/corpus/crev
[ -d "$corpus" ] || skip "no corpus"
root=FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE

run "$kith" fetch "$corpus"/*.bundle
status_is 0
# counted FILE: how many proofs; everyone's level as the root sees it goes to FILE
counted() {
	run "$kith" query proofs --json
	python3 - "$work/out" <<'END'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert not [r for r in rows if "previous_fetch" in r], "late"
assert not [r for r in rows if r["gone"]], "gone"
assert not [r for r in rows if r["withdrawn"] and r["kind"] == "review"], "withdrawn"
assert all(r["first_seen"] for r in rows)
print(len(rows))
END
	run "$kith" query ids --root "$root" --json
	python3 - "$work/out" >"$1" <<'END'
import json, sys
for r in json.load(open(sys.argv[1]))["rows"]:
    print(r["id"], r["level"], r.get("object"), r["reviews"])
END
}
run "$kith" query sources --json
valid=$(python3 -c '
import json, sys
print(sum(r["valid"] for r in json.load(open(sys.argv[1]))["rows"]))' "$work/out")
here=$(counted "$work/carried")
checks=$((checks + 6))
[ "$valid" -ge "$here" ] || fail "$here proofs of $valid"
[ "$here" -gt 2000 ] || fail "$here proofs"
grep -q ' high ' "$work/carried" || fail 'the root trusts nobody'

# the same repositories as if they had come from their own URLs
for f in "$HOME"/.local/share/kith/mirrors/*.source; do
	sed -i -E 's,^kind bundle,kind url,; s,^location .*/([^/+]*)\+([^/]*)\.bundle$,location https://github.com/\1/\2,' "$f"
done
rm -r "$HOME/.cache/kith"
there=$(counted "$work/proved")
[ "$here" = "$there" ] || fail "$there proofs of $here"
run "$kith" query ids
[ "$(grep -c ' == ' "$work/out")" -gt 100 ] || fail 'URLs are not proved'
diff "$work/carried" "$work/proved" >&2 || fail 'levels differ'
finish
