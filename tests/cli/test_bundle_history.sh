#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# What a bundle carries of history: objections that were withdrawn and count on, reviews that came
# late, violations that vanished from a set; and what it does not carry: what strangers say, trust
# that leads to nobody, other packages.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
. "$KITH_SOURCE/tests/cli/people.sh"

root=$(id 1)

lock bit 1.1.0 odd 0.1.0
{ trust 1 high 2 2026-01-01; trust 1 high 3 2026-01-01; } | publish 1
{
	trust 2 low 4 2026-01-01
	trust 2 high 8 2026-01-01
	review 2 bit 1.1.0 negative 2026-02-01 'it bites'
	review 2 elsewhere 1.0.0 positive 2026-02-01 'of no package here'
} | publish 2
review 3 bit 1.1.0 positive 2026-02-01 'it is fine' | publish 3
# nobody trusts 7, whoever he trusts
{
	trust 7 high 6 2026-01-01
	review 7 odd 0.1.0 positive 2026-02-01 'by a stranger'
	review 7 odd 0.0.9 positive 2026-02-01 'by the same stranger'
	review 7 bit 1.1.0 positive 2026-02-01 'by a stranger as well'
} | publish 7
git init -q -b main "$work/set"
printf '[[audits.odd]]\ncriteria = "safe-to-run"\nviolation = "*"\nnotes = "odd indeed"\n' >"$work/set/audits.toml"
git -C "$work/set" add -A
git -C "$work/set" commit -qm x
cat >"$project/kith.toml" <<END
[roots]
ids = ["$root"]
[policy]
criteria = ["safe-to-run"]
[[source]]
kind = "vet"
path = "$work/set"
name = "the-set"
level = "medium"
END
k fetch "$work/r1" "$work/r2" "$work/r3" "$work/r7"
run "$kith" --now "$now" source add vet "$work/set" --level medium
k -C "$project" fetch
status_is 0
rm -f "$HOME/.config/kith/config.toml"

bundle=$work/b.kith
bare() { run env -i LC_ALL=C "$kith" --now "$now" "$@"; }
same() {
	k -C "$project" pin --bundle "$bundle"
	status_is 0
	for format in table json html; do
		k -C "$project" verify --format "$format"
		cp "$work/out" "$work/want"
		want=$status
		cd "$project"
		bare verify --bundle "$bundle" --format "$format"
		cd "$work"
		status_is "$want"
		out_is "$work/want"
	done
}
# has TEXT, lacks TEXT: of the bundle
has() {
	checks=$((checks + 1))
	grep -qF -- "$1" "$bundle" || fail "the bundle lacks: $1"
}
lacks() {
	checks=$((checks + 1))
	! grep -qF -- "$1" "$bundle" || fail "the bundle has: $1"
}

same
has 'it bites'
has 'it is fine'
has 'odd indeed'
lacks 'of no package here'
lacks 'by a stranger as well'
# of a stranger what is shown as the nearest miss, if anything is
lacks 'by the same stranger'
lacks "id: $(id 6)"
k -C "$project" verify --json
cp "$work/out" "$work/before.json"

# another stranger speaks: the verdict names the same claims, and the bundle is the same
cp "$bundle" "$work/before.kith"
review 9 bit 1.1.0 positive 2026-02-02 'by yet another' | publish 9
k fetch "$work/r9"
k -C "$project" verify --json
out_is "$work/before.json"

# its author changes: it is the same violation, said by somebody else
sed 's/^notes/who = "mallory"\nnotes/' "$work/set/audits.toml" >"$work/new"
cp "$work/new" "$work/set/audits.toml"
git -C "$work/set" commit -qam x
k -C "$project" fetch

# the objection is withdrawn, and the violation vanishes: both count on, there as here
now=2026-06-03T12:00:00Z
review 2 elsewhere 1.0.0 positive 2026-02-01 'of no package here' | publish 2
printf '[[audits.odd]]\ncriteria = "safe-to-run"\nversion = "0.1.0"\n' >"$work/set/audits.toml"
git -C "$work/set" commit -qam x
k -C "$project" fetch
k fetch "$work/r2"
k -C "$project" verify
status_is 1
out_has 'negative'
same
checks=$((checks + 1))
grep -q '^gone [0-9]' "$bundle" || fail 'nothing gone in the bundle'
has 'it bites'
has 'odd indeed'
has 'mallory'
# … until it has been gone for long
now=2026-06-28T12:00:00Z
k -C "$project" verify --json --bundle "$bundle"
cp "$work/out" "$work/late"
k -C "$project" verify --json
out_is "$work/late"

# late: it appears now and is dated long before
now=2026-06-29T12:00:00Z
{
	review 3 bit 1.1.0 positive 2026-02-01 'it is fine'
	review 3 odd 0.1.0 positive 2026-02-01 'was always fine'
} | publish 3
k fetch "$work/r3"
k -C "$project" fetch
same
has 'was always fine'
checks=$((checks + 1))
grep -qE '^proof [^ ]* p.crev [0-9]+ ([a-z]*,)?later ' "$bundle" || fail 'nothing is late'

# with a kith.lock beside it, and from a folder below
k -C "$project" pin
status_is 0
same
mkdir -p "$project/sub"
k -C "$project/sub" verify --bundle "$bundle"
err_has 'next: '

# where the bytes are wrong nothing is carried
cp "$project/Cargo.lock" "$work/lock"
sed 's/^checksum = "./checksum = "0/;s/^checksum = "00/checksum = "01/' "$work/lock" >"$project/Cargo.lock"
rm -f "$work/none.kith"
k -C "$project" pin --bundle "$work/none.kith"
status_is 4
checks=$((checks + 1))
[ ! -e "$work/none.kith" ] || fail 'a bundle over a mismatch'
cp "$work/lock" "$project/Cargo.lock"
# a link is not written through
printf 'precious\n' >"$work/precious"
ln -sf "$work/precious" "$work/link.kith"
k -C "$project" pin --bundle "$work/link.kith"
status_is 0
checks=$((checks + 2))
[ "$(cat "$work/precious")" = precious ] || fail 'written through a link'
cmp -s "$work/link.kith" "$bundle" || fail 'another bundle'
# what does not go with it
k -C "$project" pin --bundle "$bundle" --update
status_is 2
k -C "$project" verify --all --bundle "$bundle"
status_is 2
err_has '--all: a bundle is of one lock file'
k -C "$project" verify --locked --bundle "$bundle"
status_is 2
err_has 'neither --locked nor --fresh-objections'
finish
