#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# kith.lock: what was withdrawn counts on elsewhere, pins do not blind, branches merge, and nobody
# makes it say what is not so.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
. "$KITH_SOURCE/tests/cli/people.sh"

lockfile=$project/kith.lock
# machine NAME: from now on, with nothing
machine() {
	export HOME="$work/$1"
	mkdir -p "$HOME/.config/kith"
}
refused() {
	k -C "$project" verify --locked
	status_is "$1"
	err_has "$2"
	cp "$work/good.lock" "$lockfile"
}

lock bit 1.1.0 odd 0.1.0
machine one
{ trust 1 high 2 2026-01-01; trust 1 high 3 2026-01-01; trust 1 high 4 2026-01-01; } | publish 1
review 2 bit 1.1.0 negative 2026-01-02 | publish 2
{ review 3 odd 0.1.0 positive 2026-01-02; review 3 bit 1.1.0 positive 2026-01-02; } | publish 3
printf '[roots]\nids = ["%s"]\n' "$(id 1)" >"$project/kith.toml"
k fetch "$work/r1" "$work/r2" "$work/r3"
# 2 takes his objection back; 3 brings a review that is dated long before anybody saw it
: | publish 2
{ review 3 odd 0.1.0 positive 2026-01-02; review 3 bit 1.1.0 positive 2026-01-02; review 3 odd 0.2.0 positive 2026-01-03; } | publish 3
review 4 odd 0.1.0 positive 2026-01-02 | publish 4
k fetch
status_is 0
k fetch "$work/r4"
k -C "$project" verify --json
status_is 1
cp "$work/out" "$work/one.json"
k -C "$project" pin
status_is 0
checks=$((checks + 2))
grep -q '^  {kind = "crev", at = ".*/r2", text = "' "$lockfile" || fail 'what was withdrawn is not pinned'
grep -q '^withdrawn = \[$' "$lockfile" || fail 'no list of what was withdrawn'
cp "$lockfile" "$work/good.lock"
k -C "$project" verify --locked --json
files_same "$work/one.json" "$work/out"
# a machine that never saw the objection
machine two
k fetch "$work/r1" "$work/r2" "$work/r3" "$work/r4"
k -C "$project" verify --locked --json
status_is 1
files_same "$work/one.json" "$work/out"
out_has '"status": "negative"'
k -C "$project" pin
files_same "$work/good.lock" "$lockfile"

# somebody changes kith.lock
sed -i '/^version/s/1/2/' "$lockfile"
refused 2 'kith.lock: line 2: version 2, and this kith knows version 1'
head -c 700 "$work/good.lock" >"$lockfile"
refused 2 'kith.lock: line '
sed -i 's/negative/positive/' "$lockfile"
k -C "$project" verify --locked
status_is 0
out_lacks '! negative'
cp "$work/good.lock" "$lockfile"
sed -i '/name = "odd"/d' "$lockfile"
refused 4 'kith.lock: 1 package is not pinned: odd 0.1.0'
sed -i '/at = ".*r3"/d' "$lockfile"
k -C "$project" verify --locked
status_is 1
out_has 'verified  odd 0.1.0'
cp "$work/good.lock" "$lockfile"
sed -i '/at = ".*r3"/s/commit = "[0-9a-f]*"/commit = "0123456789012345678901234567890123456789"/' "$lockfile"
refused 4 'kith.lock: 1 of 4 sources is not here as pinned: '
sed -i '/name = "odd"/s/checksum = "..../checksum = "0000/' "$lockfile"
k -C "$project" verify --locked
status_is 4
out_has 'mismatch  odd 0.1.0  not the checksum that kith.lock pins'
k -C "$project" verify
status_is 4
k -C "$project" pin --update
status_is 4
err_has 'nothing was pinned'
cp "$work/good.lock" "$lockfile"
sed -i '/name = "odd"/s/digest = "..../digest = "AAAA/' "$lockfile"
k -C "$project" verify
status_is 4
out_has 'odd 0.1.0  the bytes here digest to another than kith.lock says'
cp "$work/good.lock" "$lockfile"
rm "$lockfile"
ln -s "$work/elsewhere" "$lockfile"
k -C "$project" pin
status_is 2
err_has 'kith.lock: a symbolic link'
rm "$lockfile"
mkdir "$lockfile"
k -C "$project" pin
status_is 2
rmdir "$lockfile"
cp "$work/good.lock" "$lockfile"

# pins do not blind: too old is said, and fresh objections count beside them
now=2026-06-20T12:00:00Z
trust 1 high 2 2026-06-19 >"$work/add"
{ cat "$work/r1/p.crev" "$work/add"; trust 1 distrust 4 2026-06-19; } >"$work/new"
publish 1 <"$work/new"
review 3 odd 0.1.0 negative 2026-06-19 >"$work/add"
{ cat "$work/r3/p.crev" "$work/add"; } >"$work/new"
publish 3 <"$work/new"
k fetch
status_is 0
k -C "$project" verify --locked
out_has 'verified  odd 0.1.0'
k -C "$project" verify --fresh-objections
status_is 1
out_has '! negative  odd 0.1.0'
err_has '1 package does not pass because of what was said since it was pinned'
# … an approval that is new counts only when it is pinned
review 2 bit 1.1.0 positive 2026-06-19 | publish 2
{ review 3 bit 1.1.0 positive 2026-01-02; review 3 odd 0.1.0 neutral 2026-06-20; } | publish 3
k fetch
k -C "$project" verify
status_is 0
k -C "$project" verify --fresh-objections
status_is 1
out_has '! negative  bit 1.1.0'
k -C "$project" verify --fresh-objections --semantics vet
status_is 2
now=2026-07-02T12:00:00Z
k -C "$project" verify --locked
status_is 4
err_has 'kith.lock: 4 sources pinned longer than 30 days ago'
err_has "hint: 'kith fetch && kith pin --update' renews them"
k -C "$project" verify --fresh-objections
status_is 4
printf '[policy]\nmax-pin-age = "60 days"\n' >>"$project/kith.toml"
k -C "$project" verify --locked
out_has 'odd 0.1.0'
checks=$((checks + 1))
[ "$status" = 1 ] || fail 'an allowed age'
# on the machine that saw all of it
machine one
k -C "$project" fetch
k -C "$project" pin --update
status_is 0
k -C "$project" verify --json
cp "$work/out" "$work/now.json"
k -C "$project" verify --locked --json
files_same "$work/now.json" "$work/out"

# two branches pin different things
cd "$project"
git init -q -b main .
git add -A
git commit -qm base
git checkout -q -b other
lock bit 1.1.0 odd 0.1.0 bit 1.0.0
k pin
status_is 0
git commit -qam other
git checkout -q main
review 3 odd 0.1.0 strong 2026-07-01 >"$work/add"
cat "$work/r3/p.crev" "$work/add" >"$work/new"
publish 3 <"$work/new"
k fetch
k pin --update "$work/r3"
status_is 0
git commit -qam update
run git merge -q other
status_is 0
k verify --locked
checks=$((checks + 1))
[ "$status" = 1 ] || fail 'merged pins are not accepted'
out_has 'bit 1.0.0'
cd /
finish
