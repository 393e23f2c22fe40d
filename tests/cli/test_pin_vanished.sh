#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# kith.lock: a violation that vanished from an audit set counts on where nobody ever saw it, as long
# as where it was seen; the same from mirrors, pins and a bundle; and who makes one up, or turns one
# into something else, gets no better verdict.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"

lockfile=$project/kith.lock
# machine NAME: from now on, with nothing
machine() {
	export HOME="$work/$1"
	mkdir -p "$HOME/.config/kith"
}
# publish: standard input is the whole set from now on
publish() {
	cat >"$work/set/audits.toml"
	git -C "$work/set" add -A
	git -C "$work/set" commit -qm x
}
audits() {
	printf '[[audits.%s]]\nwho = "x"\ncriteria = "safe-to-deploy"\nversion = "%s"\n\n' bit 1.1.0 odd 0.1.0
}
violation() {
	printf '[criteria.ours]\ndescription = "d"\nimplies = "safe-to-run"\n\n[[audits.odd]]\nwho = "%s"\ncriteria = ["ours", "safe-to-deploy"]\nviolation = "<0.2"\nnotes = "odd indeed"\n\n' "$1"
}
same() {
	checks=$((checks + 1))
	cmp -s "$1" "$2" || {
		diff "$1" "$2" >&2 || true
		fail "$1 and $2 differ"
	}
}
# verdict STATUS ARGUMENTS…
verdict() {
	want=$1
	shift
	k -C "$project" verify "$@"
	status_is "$want"
}
pinned() {
	checks=$((checks + 1))
	[ "$(grep -c '^  {kind = "vet", at = ".*/set", .*gone = ' "$lockfile")" = "$1" ] || fail "not $1 pinned as gone"
}

lock bit 1.1.0 odd 0.1.0
git init -q -b main "$work/set"
cat >"$project/kith.toml" <<END
[roots]
ids = ["$("$KITH_BUILD/tests/sign_proof" --id 1)"]
[[source]]
kind = "vet"
path = "$work/set"
name = "the-set"
level = "medium"
END
machine one
{ audits; printf '[[audits.bit]]\nwho = "y"\ncriteria = "safe-to-deploy"\nviolation = "<1"\n'; } | publish
run "$kith" --now "$now" source add vet "$work/set" --level medium
k -C "$project" fetch
status_is 0
verdict 0
# a violation comes with a later fetch, its author changes, it stands elsewhere in the file …
now=2026-06-02T12:00:00Z
{ audits; violation eve; } | publish
k -C "$project" fetch
now=2026-06-03T12:00:00Z
{ violation mallory; audits; } | publish
k -C "$project" fetch
verdict 1
# … and vanishes, with another of an older version
now=2026-06-04T12:00:00Z
audits | publish
k -C "$project" fetch
verdict 1 --json
cp "$work/out" "$work/one.json"
out_has '"gone": true'
out_has '"who": "mallory"'
out_has '"first_seen": "2026-06-02T12:00:00Z"'
k -C "$project" pin
status_is 0
pinned 2
cp "$lockfile" "$work/good.lock"
verdict 1 --locked --json
same "$work/one.json" "$work/out"
k -C "$project" pin --bundle "$work/b.kith"
status_is 0
verdict 1 --bundle "$work/b.kith" --json
same "$work/one.json" "$work/out"
k -C "$project" pin
same "$work/good.lock" "$lockfile"

# a machine that never saw it
machine two
now=2026-06-05T12:00:00Z
run "$kith" --now "$now" source add vet "$work/set" --level medium
k -C "$project" fetch
verdict 0
verdict 1 --locked --json
sed 's/2026-06-05T12:00:00Z/2026-06-04T12:00:00Z/' "$work/out" >"$work/two.json"
out_has '"gone": true'
sed 's/2026-06-05T12:00:00Z/2026-06-04T12:00:00Z/' "$work/one.json" >"$work/want.json"
same "$work/want.json" "$work/two.json"
k -C "$project" pin
status_is 0
same "$work/good.lock" "$lockfile"
k -C "$project" pin --update
status_is 0
pinned 2

# whoever changes it gets no better verdict
# as TEXT: this one line stands for all that is withdrawn
as() {
	sed '/^withdrawn = /,$d' "$work/good.lock" >"$lockfile"
	printf 'withdrawn = [\n  {kind = "vet", at = "%s/set", gone = 2026-06-04T12:00:00Z, path = "audits.toml", line = 1, text = "%s"},\n]\n' "$work" "$1" >>"$lockfile"
}
as '[[audits.odd]]\ncriteria = \"safe-to-deploy\"\nversion = \"0.1.0\"\n'
verdict 4 --locked
err_has 'kith.lock: what '
err_has '/set has withdrawn: is no violation'
as '[['
verdict 4 --locked
err_has '/set has withdrawn: cannot be read'
# approvals beside a violation grant nothing
printf '[policy]\ncriteria = ["safe-to-deploy", "more"]\n' >>"$project/kith.toml"
as '[criteria.more]\ndescription = \"d\"\n[[audits.bit]]\ncriteria = \"more\"\nversion = \"1.1.0\"\n[[audits.odd]]\ncriteria = \"more\"\nversion = \"0.1.0\"\n[[audits.none]]\ncriteria = \"more\"\nviolation = \"*\"\n'
verdict 1 --locked
out_has 'insufficient  bit 1.1.0'
out_has 'insufficient  odd 0.1.0'
sed -i '/^.policy/,$d' "$project/kith.toml"
# a violation that the set never had objects all the same
as '[[audits.bit]]\ncriteria = \"safe-to-deploy\"\nviolation = \"*\"\n'
verdict 1 --locked
out_has 'negative  bit 1.1.0'
sed -i '/^  {kind = "vet"/s/gone = [^,]*, //' "$lockfile"
verdict 2 --locked
err_has "'gone' is missing"
cp "$work/good.lock" "$lockfile"

# a change must not drop it, nor let it end sooner
git init -q -b main "$project"
printf '/target\n' >"$project/.gitignore"
git -C "$project" add -A
git -C "$project" commit -qm base
sed -i '/^withdrawn/,/^\]/{/<0.2/d}' "$lockfile"
k -C "$project" verify --since main
out_has 'withdrawn objections: no longer pinned as they were, and they would count on'
cp "$work/good.lock" "$lockfile"
sed -i '/^withdrawn/,/^\]/s/gone = 2026-06-04/gone = 2026-05-04/' "$lockfile"
k -C "$project" verify --since main
out_has 'withdrawn objections: no longer pinned as they were, and they would count on'
cp "$work/good.lock" "$lockfile"

# it has come back: then it stands
machine one
{ violation eve; audits; } | publish
now=2026-06-06T12:00:00Z
k -C "$project" fetch
k -C "$project" pin --update
status_is 0
verdict 1 --json
cp "$work/out" "$work/now.json"
out_lacks '"gone": true'
verdict 1 --locked --json
same "$work/now.json" "$work/out"
cp "$work/good.lock" "$lockfile"

# thirty days, on every machine
for m in one two; do
	export HOME="$work/$m"
	now=2026-07-04T11:59:59Z
	verdict 1 --locked
	now=2026-07-04T12:00:00Z
	verdict 0 --locked
done
# then nobody misses it
sed -i '/^withdrawn/,/^\]/d' "$lockfile"
k -C "$project" verify --since main
out_lacks 'no longer pinned'
git -C "$project" checkout -q kith.lock
k -C "$project" pin
status_is 0
pinned 0
finish
