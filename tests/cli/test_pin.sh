#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# kith.lock: written once it gives the same verdict, byte for byte, whatever happens to the sources
# afterwards; what it names and is not here is said, and nothing else is used in its place.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
. "$KITH_SOURCE/tests/cli/people.sh"

root=$(id 1)
lockfile=$project/kith.lock

lock bit 1.1.0 odd 0.1.0
{ trust 1 high 2 2026-01-01; trust 1 high 3 2026-01-01; } | publish 1
review 2 bit 1.1.0 positive 2026-02-01 | publish 2
review 3 odd 0.1.0 positive 2026-02-01 | publish 3
review 9 nothing-here 1.0.0 positive 2026-02-01 | publish 9
mkdir -p "$work/set"
printf '[[audits.bit]]\nwho = "x"\ncriteria = "safe-to-deploy"\nversion = "1.1.0"\n' >"$work/set/audits.toml"
cat >"$project/kith.toml" <<END
[roots]
ids = ["$root"]
[[source]]
kind = "vet"
path = "$work/set/audits.toml"
name = "the-set"
level = "medium"
END
k fetch "$work/r1" "$work/r2" "$work/r3" "$work/r9"
run "$kith" --now "$now" source add vet "$work/set/audits.toml" --level medium
k -C "$project" fetch
status_is 0

# without a kith.lock
k -C "$project" verify --locked
status_is 4
err_has 'kith.lock: there is none'
err_has "hint: 'kith pin' writes it"
k -C "$project" pin --diff
status_is 1
err_has 'there is none to compare'

# the first time
k -C "$project" verify --json
status_is 0
cp "$work/out" "$work/mirrors.json"
k -C "$project" pin
status_is 0
out_has "kith.lock: 4 sources (4 added, 0 moved, 0 dropped), 2 packages"
out_lacks "$work/r9"
err_has 'next: git add kith.lock'
checks=$((checks + 3))
grep -q '^version = 1$' "$lockfile" || fail 'no version'
[ "$(grep -c '^  {kind = "crev", at = "' "$lockfile")" = 3 ] || fail 'sources'
[ "$(grep -c '^  {name = "[a-z]*", version = "[0-9.]*", checksum = "[0-9a-f]*", digest = "' "$lockfile")" = 2 ] || fail 'packages'
# a page also draws whom nobody leads to, and 9 is left out
for format in json table sarif junit markdown html github jsonl; do
	k -C "$project" verify --format $format
	grep -v '^<figure>' "$work/out" >"$work/live"
	k -C "$project" verify --locked --format $format
	status_is 0
	grep -v '^<figure>' "$work/out" >"$work/locked"
	files_same "$work/live" "$work/locked"
done
k -C "$project" verify --locked --json
files_same "$work/mirrors.json" "$work/out"
# again: nothing is new
k -C "$project" pin
out_has 'kith.lock is unchanged: 4 sources (0 added, 0 moved, 0 dropped), 2 packages'

# a later day: 3 withdraws his review, 2 objects, 9 is the same, the set changes its mind
now=2026-06-09T12:00:00Z
: | publish 3
review 2 bit 1.1.0 negative 2026-06-03 | publish 2
printf '[[audits.odd]]\nwho = "x"\ncriteria = "safe-to-deploy"\nversion = "0.1.0"\n' >"$work/set/audits.toml"
k -C "$project" fetch
status_is 0
k -C "$project" verify --json
status_is 1
cp "$work/out" "$work/later.json"
k -C "$project" verify --locked --json
status_is 0
sed 's/"2026-06-09/"2026-06-01/' "$work/out" >"$work/locked.json"
files_same "$work/mirrors.json" "$work/locked.json"
# … also when everything that was derived is gone, and for crev's rules
rm -r "$HOME/.cache/kith"
k -C "$project" verify --locked --json
status_is 0
sed 's/"2026-06-09/"2026-06-01/' "$work/out" >"$work/locked.json"
files_same "$work/mirrors.json" "$work/locked.json"
k -C "$project" verify --locked --semantics crev
status_is 0
k -C "$project" verify --semantics crev
status_is 1

# what an update changes, and that saying so changes nothing
cp "$lockfile" "$work/before.lock"
k -C "$project" pin --diff
status_is 0
out_has "source   moved $work/r2 "
out_has 'package  bit 1.1.0: verified → negative'
out_has 'an update changes 3 sources, 0 people'
out_has '4 approvals, 1 verdict: PASS before, FAIL after'
files_same "$work/before.lock" "$lockfile"
k -C "$project" pin --diff --json
status_is 0
checks=$((checks + 1))
python3 - "$work/out" <<'END' || fail 'pin --diff --json'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.pin-diff/1", d
assert d["summary"]["sources"] == 3 and d["summary"]["verdicts"] == 1, d["summary"]
assert d["summary"]["pass_before"] and not d["summary"]["pass"]
bit = [p for p in d["packages"] if p["name"] == "bit"][0]
assert bit["status_before"] == "verified" and bit["status"] == "negative"
assert len(bit["approvals_lost"]) == 2, bit
END
# only one source
k -C "$project" pin --diff "$work/r3"
out_has 'an update changes 1 source, 0 people, 1 approval, 1 verdict: PASS before, FAIL after'
k -C "$project" pin --update nobody
status_is 2
err_has 'nobody: no source of this project here'
files_same "$work/before.lock" "$lockfile"
k -C "$project" pin --update "$work/r2"
status_is 0
out_has "moved    $work/r2 "
out_has '4 sources (0 added, 1 moved, 0 dropped)'
checks=$((checks + 1))
[ "$(diff "$work/before.lock" "$lockfile" | grep '^>' | grep -c 'kind = ')" = 2 ] || fail 'more changed than one source and what it withdrew'
k -C "$project" verify --locked
status_is 1
out_has '! negative  bit 1.1.0'
out_has 'verified  odd 0.1.0'
k -C "$project" pin --update
status_is 0
out_has '4 sources (0 added, 2 moved, 0 dropped)'
# what is pinned has no cool-down, also where the run is not locked
k -C "$project" verify --json
status_is 1
cp "$work/out" "$work/pinned.json"
checks=$((checks + 1))
! cmp -s "$work/later.json" "$work/pinned.json" || fail 'a pin makes no difference to what is new in a set'
k -C "$project" verify --locked --json
status_is 1
files_same "$work/pinned.json" "$work/out"
finish
