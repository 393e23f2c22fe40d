#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# What people take back about people: praise goes, distrust and revocation stay until their author
# says something newer; a source that is deleted or cannot be reached takes nothing with it.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/people.sh"

trusted() {
	k query ids --trusted --root "$(id 1)"
	checks=$((checks + 1))
	got=$(for n in 1 2 3 4 5 6; do ! grep -q "^$(id $n) " "$work/out" || printf '%s ' $n; done)
	[ "$got" = "$1" ] || fail "trusted: '$got', want '$1'"
}

{ trust 1 high 2 2026-01-01; trust 1 high 3 2026-01-01; trust 1 high 4 2026-01-01; } | publish 1
{ trust 2 high 6 2026-01-01; trust 2 distrust 5 2026-01-01; } | publish 2
trust 3 high 5 2026-01-01 | publish 3
trust 4 high 6 2026-01-01 | publish 4
k fetch "$work/r1" "$work/r2" "$work/r3" "$work/r4"
status_is 0
trusted '1 2 3 4 6 '

# 4 loses his key and revokes it; the thief takes that back, and dates praise of himself to today
{ trust 4 high 6 2026-01-01; trust 4 distrust 4 2026-02-01; } | publish 4
k fetch
trusted '1 2 3 6 '
{ trust 4 high 6 2026-01-01; trust 4 high 4 2026-03-01; } | publish 4
k fetch
status_is 0
err_has 'r4: withdrew 1 proof: trust by '
trusted '1 2 3 6 '
k explain "$(id 4)" --root "$(id 1)"
out_has 'revoked'
rm -r "$HOME/.cache/kith"
trusted '1 2 3 6 '

# 2 takes back all that he said: his praise of 6 is over, his distrust of 5 is not
: | publish 2
k fetch
status_is 0
err_has 'r2: withdrew 2 proofs: '
trusted '1 2 3 '
# … until he says something newer about the same person
trust 2 none 5 2026-03-01 | publish 2
k fetch
trusted '1 2 3 5 '

# rewritten: the head does not come from the one before; told with what is gone, judged by policy
git -C "$work/r3" commit -q --amend -m other --allow-empty
trust 3 low 5 2026-01-02 >"$work/r3/p.crev"
git -C "$work/r3" commit -qa --amend -m other
mkdir -p "$HOME/.config/kith"
printf '[policy]\non-rewrite = "fail"\n' >"$HOME/.config/kith/config.toml"
k fetch
status_is 4
err_has "r3: its history was rewritten (was "
err_has 'r3: withdrew 1 proof: trust by '
out_has 'rewritten'
k fetch
status_is 0
err_empty
printf '[policy]\non-rewrite = "warn"\n' >"$HOME/.config/kith/config.toml"
git -C "$work/r3" commit -q --amend -m again
k fetch
status_is 0
err_has "r3: its history was rewritten (was "
printf '[policy]\non-rewrite = "maybe"\n' >"$HOME/.config/kith/config.toml"
k fetch
status_is 2
rm "$HOME/.config/kith/config.toml"

# deleted, emptied, unreachable: nothing is lost
before=$(k query proofs; sha256sum "$work/out")
rm -rf "$work/r3"
k fetch
status_is 0
err_has "r3: no longer there; what was read from it stays"
git -C "$work/r1" checkout -q --orphan empty
rm -rf "$work/r1/.git"
git init -q "$work/r1"
k fetch
out_has "empty      "
printf x >"$work/r2.not"
rm -rf "$work/r2"
mv "$work/r2.not" "$work/r2"
k fetch
status_is 3
out_has 'failed '
trusted '1 2 3 5 '
checks=$((checks + 1))
[ "$before" = "$(k query proofs; sha256sum "$work/out")" ] || fail 'proofs were lost'
finish
