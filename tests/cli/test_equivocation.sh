#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# One author says two things about one thing with one date: told when it is fetched, shown with both
# texts, and not mistaken for what only looks like it.
. "$KITH_SOURCE/tests/cli/lib.sh"

sign() { "$KITH_BUILD/tests/sign_proof" "$1"; }
id() { "$KITH_BUILD/tests/sign_proof" --id "$1"; }
# trust WHO DATE LEVEL COMMENT TO...
trust() {
	self=$1
	{
		printf 'kind: trust\nversion: -1\ndate: %s\nfrom:\n  id-type: crev\n  id: @ID@\n  url: https://example.org/%s\nids:\n' "$2" "$1"
		level=$3 comment=$4
		shift 4
		for to; do printf -- '- id-type: crev\n  id: "@ID:%s@"\n  url: https://example.org/%s\n' "$to" "$to"; done
		printf 'trust: %s\ncomment: "%s"\n' "$level" "$comment"
	} | sign "$self"
}
# review WHO DATE VERSION RATING
review() {
	printf 'kind: package review\nversion: -1\ndate: %s\nfrom:\n  id-type: crev\n  id: @ID@\n  url: https://example.org/%s\npackage:\n  source: https://crates.io\n  name: kith-example-text\n  version: %s\n  digest: gtXJY1mPVfBR2kMvWzpQpVlqUTFUhaPbN8Hs6mwSCvg\nreview:\n  thoroughness: high\n  understanding: high\n  rating: %s\ncomment: "hides \\e[2J"\n' "$2" "$1" "$3" "$4" | sign "$1"
}
D=2026-01-01T00:00:00+00:00
mkdir "$work/a" "$work/b" "$work/c"
trust 1 $D high x 2 3 >"$work/a/t.crev"
review 1 $D 1.0.0 positive >"$work/a/r.crev"
# the same instant, written otherwise, is the same date; another date, version, person or author is not
{ trust 1 2026-01-01T01:00:00+01:00 low y 3 4; trust 1 2026-01-02T00:00:00+00:00 low z 2; trust 2 $D distrust x 3; } >"$work/b/t.crev"
{ review 1 2026-01-01T01:00:00+01:00 1.0.0 negative; review 1 $D 1.0.1 negative; review 2 $D 1.0.0 negative; } >"$work/b/r.crev"
cp "$work/a/t.crev" "$work/c/copy.crev"

k fetch "$work/a" "$work/c"
status_is 0
err_empty
k query equivocations
status_is 1
out_empty
# the second text turns up later: told once
k fetch "$work/b"
status_is 0
who=$(id 1 | cut -c1-12)
err_has "warning: $who said 2 different things at once: review of kith-example-text 1.0.0 of 2026-01-01"
err_has "warning: $who said 2 different things at once: trust in $(id 3 | cut -c1-12) of 2026-01-01"
err_has 'kith query equivocations shows all 2 with their texts'
clean_output
run "$kith" --now 2026-06-02T00:00:00Z fetch
status_is 0
err_empty
k query equivocations
status_is 0
out_line "2026-01-01  $(id 1)  review of kith-example-text 1.0.0"
out_line "2026-01-01  $(id 1)  trust in $(id 3 | cut -c1-12)"
out_line '      | trust: high'
out_line '      | trust: low'
out_line '      |   rating: positive'
out_line '      |   rating: negative'
out_has ", first seen 2026-06-01, $work/b:t.crev:1"
out_lacks "2026-01-01  $(id 2)"
out_lacks '1.0.1'
clean_output
checks=$((checks + 1))
[ "$(grep -c '^2026' "$work/out")" = 2 ] || fail 'not two of them'
k query equivocations --author "$(id 2)"
status_is 1
k query equivocations kith-example-text@1.0.0
status_is 0
out_lacks 'trust in'
k query equivocations kith-example-text@1.0.1
status_is 1
k query equivocations --json
checks=$((checks + 1))
python3 - "$work/out" "$(id 1)" "$(id 3)" <<'END' || fail 'query equivocations --json'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
review, trust = rows
assert review["kind"] == "review" and review["package"] == "kith-example-text" and review["version"] == "1.0.0", review
assert trust["kind"] == "trust" and trust["about"] == sys.argv[3], trust
for r in rows:
    assert r["author"] == sys.argv[2] and r["date"] == "2026-01-01T00:00:00Z", r
    assert len(r["statements"]) == 2 and len({s["proof"] for s in r["statements"]}) == 2, r
    assert all(s["text"].startswith("kind: ") and s["first_seen"] == "2026-06-01T12:00:00Z" for s in r["statements"]), r
END
# explain tells it of the package, and the one who said it approves only what both grant
example_project
cd "$project" || exit 1
k explain kith-example-text --root "$(id 1)"
out_line "  said twice  $who wrote 2 different reviews of 1.0.0 with the one date 2026-01-01: kith query equivocations"
k explain kith-example-text --root "$(id 1)" --json
checks=$((checks + 1))
python3 -c '
import json, sys
e = json.load(open(sys.argv[1]))["equivocations"]
assert len(e) == 1 and e[0]["author"] == sys.argv[2] and len(e[0]["proofs"]) == 2, e' "$work/out" "$(id 1)" || fail 'explain --json'
k verify . --root "$(id 1)"
out_has '! negative      kith-example-text 1.0.0'
cd "$work" || exit 1

# one of them is withdrawn: its text is shown still
rm "$work/b/r.crev"
k fetch "$work/b"
status_is 0
k query equivocations kith-example-text
status_is 0
out_has ', gone, '
out_line '      |   rating: negative'
finish
