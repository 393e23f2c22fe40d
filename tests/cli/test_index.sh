#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# The index takes over what has not changed, answers as a complete one would, and heals: a changed
# byte hides nothing, and is said once.
. "$KITH_SOURCE/tests/cli/lib.sh"

git init -q -b main "$work/ben"
cp -R "$KITH_SOURCE/proofs/ben"/. "$work/ben/"
git -C "$work/ben" add -A
git -C "$work/ben" commit -qm one
example_project
root=$(cat "$KITH_SOURCE/proofs/root.id")
set --
for person in ada cora dov eve lee mal; do set -- "$@" "$KITH_SOURCE/proofs/$person"; done
k -v fetch "$work/ben" "$@"
status_is 0
err_has "; 7 read anew"
index=$(find "$HOME" -name index -type f)
# checksums that are met for the first time are told so once
k -C "$project" verify --root "$root"

# answers NAME: what the index says, all of it
answers() {
	for what in sources ids proofs reviews packages issues advisories; do
		k query "$what" --json
		cat "$work/out"
	done >"$work/$1"
	k query proofs --refused
	cat "$work/out" >>"$work/$1"
	k -C "$project" verify --root "$root" --json
	cat "$work/out" >>"$work/$1"
	last="answers $1"
}
# as_complete: an index from nothing gives the same answers
as_complete() {
	answers taken-over
	rm "$index"
	k -v query sources
	err_has "; 7 read anew"
	answers complete
	checks=$((checks + 1))
	cmp -s "$work/taken-over" "$work/complete" || fail "not as a complete index: $1"
}

# one proof withdrawn, one new file, one that is none
git -C "$work/ben" rm -q "$(cd "$work/ben" && find . -name '*package*.crev' | sort | head -n 1)"
mkdir "$work/ben/more"
echo nonsense >"$work/ben/more/a.proof.crev"
git -C "$work/ben" add -A
git -C "$work/ben" commit -qm two
k -v fetch "$work/ben"
status_is 0
err_has "; 1 read anew"
as_complete 'after a change'
# nothing new: nothing is read at all
k -v fetch "$KITH_SOURCE/proofs/ada"
status_is 0
err_has "; 0 read anew"
as_complete 'with nothing new'
# a mirror that is gone is not believed on the index's word
rm -r "$HOME"/.local/share/kith/mirrors/eve-*.git
k -v fetch "$KITH_SOURCE/proofs/ada"
k query sources
out_lacks proofs/eve
k fetch "$KITH_SOURCE/proofs/eve"
status_is 0

# every 64th byte of the index, one after another: the right answer, or none and the next time right
k -C "$project" verify --root "$root"
status_is 4
cp "$work/out" "$work/right"
healed=0
size=$(stat -c %s "$index")
at=10
while [ "$at" -lt "$size" ]; do
	printf '\377\376' | dd of="$index" bs=1 seek="$at" conv=notrunc 2>/dev/null
	k -C "$project" verify --root "$root"
	if [ "$status" != 4 ]; then
		status_is 3
		err_has "the index is damaged"
		err_has "run it again"
		k -C "$project" verify --root "$root"
		status_is 4
		healed=$((healed + 1))
	fi
	out_is "$work/right"
	at=$((at + 997))
done
checks=$((checks + 1))
[ "$healed" -ge 3 ] || fail "no damage was met: $healed"
finish
