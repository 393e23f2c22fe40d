#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# History is evidence: what a source rewrites, withdraws or dates back is seen, told and judged.
. "$KITH_SOURCE/tests/cli/lib.sh"

ben=$(basename "$KITH_SOURCE"/proofs/ben/*/)
# repository NAME: the person's proofs as a git repository in $work/NAME
repository() {
	git init -q -b main "$work/$1"
	cp -R "$KITH_SOURCE/proofs/$1"/. "$work/$1/"
	git -C "$work/$1" add -A
	git -C "$work/$1" commit -qm one
}
others() {
	for person in ada cora dov eve lee mal; do printf '%s\n' "$KITH_SOURCE/proofs/$person"; done
}
row() {
	checks=$((checks + 1))
	grep -qE "$1" "$work/out" || fail "stdout lacks a line like: $1"
}
# flags KIND KEY=VALUE...: of all proofs of ben of this kind
flags() {
	checks=$((checks + 1))
	python3 - "$work/out" "$ben" "$@" <<'END' || fail "flags: $*"
import json, sys
rows = [r for r in json.load(open(sys.argv[1]))["rows"] if r["author"] == sys.argv[2]]
kind, want = sys.argv[3], dict(a.split("=") for a in sys.argv[4:])
rows = [r for r in rows if r["kind"] == kind]
assert rows
for r in rows:
    for k, v in want.items():
        assert str(r.get(k, False)).lower() == v.lower(), (k, v, r)
END
}

example_project
root=$(cat "$KITH_SOURCE/proofs/root.id")
repository ben
IFS='
'
# shellcheck disable=SC2046
k fetch "$work/ben" $(others)
unset IFS
status_is 0
err_empty
k verify "$project" --root "$root"
row '^  verified +kith-example-text'
row '^! negative +kith-example-parse .*ben'
k query proofs --json
flags review withdrawn=false gone=false first_seen="$now"
journal=$(ls "$work"/home/.local/share/kith/mirrors/ben-*.journal)
checks=$((checks + 1))
[ "$(cut -d' ' -f1-3 "$journal" | tr '\n' ' ')" = "kith-journal 1 head 1780315200 0 " ] || fail "journal: $(cat "$journal")"
old=$(git -C "$work/ben" rev-parse HEAD)

# ben rewrites his history: his reviews and his distrust of mal are gone
git -C "$work/ben" rm -qr "$ben/reviews" "$ben/trust/2025-04--g79AQ.proof.crev"
git -C "$work/ben" commit -q --amend -m two
k fetch "$work/ben"
status_is 0
out_has 'rewritten'
err_has "ben: its history was rewritten (was $(echo "$old" | cut -c1-12), is $(git -C "$work/ben" rev-parse HEAD | cut -c1-12))"
err_has 'ben: withdrew 6 proofs: '
err_has 'package review of kith-example-text 1.0.0 by _LMuC9huFMJj of 2025-'
clean_output
# told once
k fetch "$work/ben"
status_is 0
err_empty
# what he praised is praised no more; what he objected to and whom he distrusts he still does
k verify "$project" --root "$root"
row '^! negative +kith-example-parse .*ben'
row '^  insufficient +kith-example-text'
cd "$project" || exit 1
k explain kith-example-text --root "$root"
out_has 'withdrawn by its author'
k explain kith-example-color --root "$root"
out_lacks 'verified'
cd "$work" || exit 1
k query proofs --json
flags review withdrawn=true gone=true
# cargo-crev sees nothing of what is gone
k verify "$project" --root "$root" --semantics crev
out_lacks 'negative'
# the old head is kept, and so is the text
mirror=${journal%.journal}
checks=$((checks + 1))
[ "$(git --git-dir "$mirror.git" rev-parse refs/kith/seen/1)" = "$old" ] || fail 'the old head is not kept'
git --git-dir "$mirror.git" cat-file -e "$old^{tree}" || fail 'the old tree is not kept'
grep -q kith-example-parse "$mirror.gone" || fail 'the text is not kept'
# a lost index is made again from the mirrors and their journals
rm -r "$work/home/.cache/kith"
k verify "$project" --root "$root"
row '^! negative +kith-example-parse .*ben'
row '^  insufficient +kith-example-text'

# he publishes his reviews again: they count as when they were first seen
git -C "$work/ben" reset -q --hard "$old"
k fetch "$work/ben"
out_has 'rewritten'
k verify "$project" --root "$root"
row '^  verified +kith-example-text'
k query proofs --json
flags review withdrawn=false gone=false previous_fetch=false

# a kill in the middle of a line of the journal, and one before anything was compared
printf 'head 1780315200 17803' >>"$journal"
git -C "$work/ben" commit -q --allow-empty -m three
k fetch "$work/ben"
status_is 0
out_has 'updated'
k verify "$project" --root "$root"
row '^  verified +kith-example-text'
sed -i '/^read/d' "$journal"
rm -r "$work/home/.cache/kith"
k verify "$project" --root "$root"
row '^  verified +kith-example-text'
checks=$((checks + 1))
[ "$(grep -c '^read' "$journal")" = 3 ] || fail 'the comparison was not made up for'

# back-dated: what a later fetch brings is judged by when the source had been fetched before
export KITH_HOME="$work/late"
git -C "$work/ben" checkout -q -b late
git -C "$work/ben" rm -qr "$ben/reviews"
git -C "$work/ben" commit -qm less
IFS='
'
# shellcheck disable=SC2046
run "$kith" --now 2026-03-01T00:00:00Z fetch "$work/ben" $(others)
unset IFS
status_is 0
git -C "$work/ben" checkout -q "$old" -- "$ben/reviews"
git -C "$work/ben" commit -qm more
k fetch "$work/ben"
status_is 0
k verify "$project" --root "$root"
row '^! negative +kith-example-parse .*ben'
row '^  insufficient +kith-example-text'
cd "$project" || exit 1
k explain kith-example-text --root "$root"
out_has 'appeared long after its date'
cd "$work" || exit 1
k query proofs --json
flags review withdrawn=false first_seen="$now" previous_fetch=2026-03-01T00:00:00Z
flags trust first_seen=2026-03-01T00:00:00Z previous_fetch=false

finish
