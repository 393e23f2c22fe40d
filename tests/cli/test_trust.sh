#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith trust, distrust, untrust, id revoke: who is meant, what is written where, what it changes.
. "$KITH_SOURCE/tests/cli/lib.sh"
example_evidence
ada=$root
ben=$(cd "$KITH_SOURCE/proofs/ben" && echo ?????????????????????????????????????????*)
mal=$(cd "$KITH_SOURCE/proofs/mal" && echo ?????????????????????????????????????????*)
own=$HOME/.local/share/kith/proofs

# nobody speaks without an id; nothing is made on the way
k trust "$ada" --level high
status_is 2
err_has "you have no id yet"
[ ! -e "$own" ] || fail "a repository was made"
k id new --no-passphrase
me=$(cat "$work/out")

# how much, and whom
k trust "$ada"
status_is 2
err_has "--level"
k trust "$ada" --level none
status_is 2
err_has "kith untrust"
k trust nobody --level low
status_is 2
err_has "nobody here is known as 'nobody'"
k trust "$me" --level low
status_is 2
err_has "this is the id that would say so"
k --offline trust https://ada.example/crev-proofs --level low
status_is 2
err_has "no id is proved by that repository"
[ ! -e "$own" ] || fail "a repository was made"

# printed, not stored
k trust "$ada" --level high --print
status_is 0
out_line "trust: high"
out_line "  id: $me"
[ ! -e "$own" ] || fail "a repository was made"

# stored, committed, and in force at once
k trust "$ada" --level high --as ada --comment "known for
years: # \"x\""
status_is 0
out_has "1 proof stored in $own/local_only_$me/$me/trust/2026-06-"
err_has "what changed: 7 people have more trust, 0 less"
repo=$own/local_only_$me
file=$(echo "$repo/$me"/trust/2026-06-*.proof.crev)
[ -f "$file" ] || fail "no such file: $file"
checks=$((checks + 3))
[ "$(git -C "$repo" status --porcelain)" = "" ] || fail "the work tree is not clean"
[ "$(git -C "$repo" log -1 --format=%s)" = "Add trust for $ada" ] || fail "message"
grep -qx 'date: 2026-06-01T12:00:00+00:00' "$file" || fail "date"
k query ids --trusted
out_has "$ada  high"
k query proofs --refused
status_is 1

example_project
k -C "$project" distrust ada
status_is 2
err_has "0 rise, 7 fall"
err_has "kith-example-tiny 0.2.0: verified"

# by name, several at once, overrides, limits; dates only go forward
k trust ada "$ben" --level medium --override "$mal"
status_is 0
grep -qx 'date: 2026-06-01T12:00:00.000000001Z' "$file" && fail "another form of dates"
grep -qx 'date: 2026-06-01T12:00:00.000000001+00:00' "$file" || fail "the second date"
now=2026-05-01T00:00:00Z
k trust ada --level medium
status_is 0
err_has "the clock is behind your newest statement"
now=2026-06-01T12:00:01Z
k trust ada --level low --scope 'cargo:serde*' --reach reviews --until 2027-01-01
status_is 0
err_has "cargo-crev will not see it"
grep -qx 'kind: kith trust' "$file" || fail "kind of a limited statement"
grep -qx 'until: 2027-01-01T00:00:00+00:00' "$file" || fail "its end"
k trust ada --level low --until 2020-01-01
status_is 2
k trust ada --level low --reach nonsense
status_is 2
k trust "$ben" --level low --as ada
status_is 2
err_has "the name of somebody else"
k trust ada "$ben" --level low --as both
status_is 2

now=2026-06-02T00:00:00Z
k trust ada --level high
now=2026-06-02T01:00:00Z

# distrust shows what it does, and asks
cp "$file" "$work/before"
k distrust ada
status_is 2
err_has "what would change"
err_has "ada: high"
err_has "there is nobody to ask"
cmp -s "$file" "$work/before" || fail "something was stored"
run "$KITH_BUILD/tests/on_terminal" "[y/N]" 'n\n' -- "$kith" --now "$now" distrust ada
status_is 2
cmp -s "$file" "$work/before" || fail "something was stored"
run "$KITH_BUILD/tests/on_terminal" "[y/N]" 'y\n' -- "$kith" --now "$now" distrust ada
status_is 0
out_has "0 people have more trust, "
k query ids --trusted
out_lacks "$ada"
k untrust ada
status_is 0
err_has "they stay out, whoever else trusts them"
[ "$(git -C "$repo" log -1 --format=%s)" = "Remove trust for $ada" ] || fail "message of untrust"

now=2026-06-03T00:00:00Z
# not committed: goes into the next commit
k trust ada --level low --no-commit
status_is 0
out_has "not committed"
[ -n "$(git -C "$repo" status --porcelain)" ] || fail "it was committed"
k --json trust ada --level high
status_is 0
out_has '"schema": "kith.stored/1"'
[ -z "$(git -C "$repo" status --porcelain)" ] || fail "it was not committed with the next"

# a repository that cannot be committed to is found before anything is stored
git -C "$repo" checkout -q --detach
cp "$file" "$work/before"
k trust ada --level high
status_is 2
cmp -s "$file" "$work/before" || fail "something was stored"
git -C "$repo" checkout -q main

# its URL comes later, and the repository with it
k id set-url https://example.org/me/crev-proofs
status_is 0
[ ! -e "$repo" ] || fail "it did not move"
repo=$(echo "$own"/example_org_me_crev-proofs-*)
[ "$(git -C "$repo" remote get-url origin)" = https://example.org/me/crev-proofs ] || fail "origin"
k trust ada --level medium
status_is 0
grep -rqx '  url: https://example.org/me/crev-proofs' "$repo/$me" || fail "the id's url in the proof"

# only an id that the repository itself proves: never one that claims its URL
command -v python3 >/dev/null || skip "there is no python3"
mkdir -p "$work/srv/plain"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/srv" "$work/port" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
i=0
while [ ! -s "$work/port" ] && [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
base=http://127.0.0.1:$(cat "$work/port")
# person NAME URL: an id with this URL that has said something; its repository is served
person() {
	KITH_HOME=$work/$1 "$kith" --now "$now" id new --no-passphrase --url "$2" >"$work/$1.id" 2>/dev/null
	KITH_HOME=$work/$1 "$kith" --now "$now" trust "$ada" --level low >/dev/null 2>&1
	git clone -q --bare "$work/$1"/proofs/*/ "$work/srv/$1.git"
}
person alice "$base/plain/alice.git"
person impostor "$base/plain/alice.git"
k fetch "$base/plain/impostor.git"
status_is 0
k trust "$base/plain/alice.git" --level high
status_is 0
grep -rq "id: $(cat "$work/alice.id")" "$repo/$me" || fail "alice is not trusted"
checks=$((checks + 1))
! grep -rq "id: $(cat "$work/impostor.id")" "$repo/$me" || fail "the impostor is trusted"
k trust "$base/plain/nowhere.git" --level high
status_is 3
err_has "cannot be fetched"
# the same repository with proofs of two: refused, not chosen
git clone -q "$work/srv/alice.git" "$work/both"
cp -R "$work/impostor/proofs"/*/"$(cat "$work/impostor.id")" "$work/both/"
git -C "$work/both" add -A
git -C "$work/both" commit -qm both
git clone -q --bare "$work/both" "$work/srv/both.git"
rm -rf "$work/srv/alice.git"
mv "$work/srv/both.git" "$work/srv/alice.git"
k fetch "$base/plain/alice.git"
status_is 0
k trust "$base/plain/alice.git" --level high
status_is 2
err_has "means 2 ids"
err_has "$(cat "$work/alice.id") (first seen 2026-06-03)"
err_has "$(cat "$work/impostor.id") (first seen 2026-06-03)"

# giving an id up for good
k id revoke
status_is 2
err_has "there is nobody to ask"
k --yes id revoke --comment "key stolen"
status_is 0
grep -rqx 'trust: distrust' "$repo/$me" || fail "no self-distrust"
[ "$(git -C "$repo" log -1 --format=%s)" = "Set distrust for $me" ] || fail "message of revoke"
clean_output

finish
