#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The starter set: what is shipped is well-formed; another one is fetched when a first verdict is
# looked at, never unseen; it counts where no kith.toml is, at its levels, and can be switched off.
. "$KITH_SOURCE/tests/cli/lib.sh"
export KITH_HOME="$work/kith"

# --- the one that is shipped ---
unset KITH_STARTER
k source list --starter --json
status_is 0
python3 - "$work/out" <<'END' || fail 'the shipped set'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
sets = {r["name"] for r in rows if r["kind"] == "vet" and r["level"] != "none"}
assert sets == {"actix", "ariel-os", "bytecode-alliance", "embark-studios", "fermyon", "google", "isrg",
                "mozilla", "zcash"}, sets
assert sum(r["source"].endswith("imports.lock") for r in rows) == 5
assert {r["name"] for r in rows if r["level"] == "none"} == {"debian", "guix"}
assert [r["name"] for r in rows if r["kind"] == "rustsec"] == ["rustsec"]
assert len({r["name"] for r in rows if r["kind"] == "crev"}) == 12
assert all(len(r["reason"]) > 10 and r["source"].startswith("https://") for r in rows)
assert len({r["source"] for r in rows}) == len(rows)
END
checks=$((checks + 1))
k source list --starter
out_has 'vet      none    debian'

# --- another one ---
mkdir "$work/files" "$work/git"
audit() {
	printf '[[audits.%s]]\nwho = "somebody"\ncriteria = "safe-to-deploy"\nversion = "%s"\n' "$1" "$2"
}
audit kith-example-rare 0.1.0 >"$work/files/audits.toml"
audit kith-example-color 1.3.0 >"$work/files/view.toml"
python3 "$KITH_SOURCE/tests/cli/file_http.py" "$work/files" "$work/port" &
server=$!
cp -R "$KITH_SOURCE/proofs/ben" "$work/ben"
(cd "$work/ben" && git init -q -b main && git add . && git commit -qm x && git clone -q --bare . "$work/git/ben.git")
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/git" "$work/gitport" &
gitserver=$!
trap 'kill $server $gitserver; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -f "$work/port" ] && [ -f "$work/gitport" ] && break
	sleep 0.3
done
F=http://127.0.0.1:$(cat "$work/port")
G=http://127.0.0.1:$(cat "$work/gitport")
ben=_LMuC9huFMJjb2lRBViWBb5gnVqVfQVPmPB81R2WHKc
cat >"$work/starter.toml" <<END
[[source]]
kind = "vet"
name = "theirs"
urls = ["$F/etag/audits.toml", "$F/404/audits.toml"]
level = "medium"
reason = "made for a test"

[[source]]
kind = "crev"
name = "ben"
url = "$G/ok/ben.git"
ids = ["$ben"]
level = "low"
reason = "made for a test"

[[source]]
kind = "vet"
name = "view"
url = "$F/bare/view.toml"
level = "none"
reason = "made for a test"
END
export KITH_STARTER="$work/starter.toml"
mkdir -p "$KITH_HOME"
printf '[fetch]\nwalk-allow = ["127.0.0.1"]\n' >"$KITH_HOME/config.toml"
example_project
cd "$project"
[ ! -e kith.toml ] || rm kith.toml

# never unseen: without somebody who looks nothing is fetched, and how to go on is said
: >"$work/files/access.log"
k verify
status_is 4
err_line 'no evidence is here yet: kith fetch gets the starter set, 4 public places (kith source list --starter)'
err_line 'next: kith fetch'
k --offline --progress=always verify
err_line 'no evidence is here yet, and --offline was given: without it kith verify gets the starter set'
k --quiet --progress=always verify
err_empty
checks=$((checks + 1))
[ ! -s "$work/files/access.log" ] || fail 'something was fetched unseen'

k --progress=always verify
status_is 4
err_has 'no evidence is here yet: getting the starter set, 4 public places (kith source list --starter)'
err_has '3 of 4 came; kith fetch says what is wrong with the others'
err_has 'policy: starter set: 1 audit set, 1 proof repository, 0 databases (kith source list --starter)'
grep 'kith-example-rare' "$work/out" >"$work/rare"
grep 'kith-example-color' "$work/out" >"$work/color"
k --progress=always verify
err_has 'policy: starter set'
checks=$((checks + 1))
! grep -q 'getting the starter set' "$work/err" || fail 'fetched again'

# a set approves at its level, a view at level none approves nothing and is shown
cp "$work/rare" "$work/out"
out_has 'verified      kith-example-rare 0.1.0'
out_has 'theirs'
cp "$work/color" "$work/out"
out_has 'insufficient  kith-example-color 1.3.0'
k explain kith-example-color
out_has 'view'

# which starter set it was is said by digest
k verify --json
checks=$((checks + 1))
python3 -c '
import json, sys
i = json.load(open(sys.argv[1]))["inputs"]
assert len(i["starter"]) == 43, i' "$work/out" || fail 'inputs.starter'

# ben counts as listed, for his reviews only
k explain "$ben"
status_is 0
out_has "($ben): low (asked by starter set)"
out_line '  said by     the starter set: low, for its reviews only; your own word would take its place'
cora=Wk5O8bMurmGnr7Bidg7tL6vyFIBfKSOaem0JUGzaXJ8
k explain "$cora"
out_has "$cora: not trusted (asked by starter set)"
k source list
out_has "starter  vet      $(echo "$now" | cut -c1-10)  ok       $F/etag/audits.toml"
out_has 'starter  crev     '
k verify --semantics crev
status_is 2
err_has 'no root'

# his own trust replaces it, and counts together with it
k id new --no-passphrase --url https://example.org/me/crev-proofs
status_is 0
k trust "$ben" --level high --yes
status_is 0
k explain "$ben"
out_has "($ben): high"
k explain "$cora"
out_has "$cora: medium"
now=2026-06-02T12:00:00Z
k distrust "$ben" --yes
status_is 0
k explain "$ben"
out_has "($ben): not trusted"

# a project that says something itself has no starter set
: >kith.toml
k source list --starter
status_is 1
err_line 'a project with a kith.toml has no starter set'
k verify
checks=$((checks + 1))
! grep -q 'starter set' "$work/err" || fail 'starter set in a project with a kith.toml'
k verify --json
out_lacks '"starter"'
rm kith.toml

# off for good, and on again; what it had fetched is fetched no more
k source remove --starter
status_is 0
k source list --starter
status_is 1
k source list
out_has 'removed  vet'
out_lacks 'starter  '
: >"$work/files/access.log"
k fetch
checks=$((checks + 1))
[ ! -s "$work/files/access.log" ] || fail 'fetched after it was switched off'
k source add --starter
status_is 0
k fetch --all
status_is 3
out_has "404/audits.toml: there is no such file (HTTP 404)"
k source list
out_has 'starter  vet'
k source show --starter
status_is 2
k source add --starter vet
status_is 2

# a damaged one is named with its line, and nothing is guessed
bad() {
	printf '%s\n' "$2" >"$work/bad.toml"
	run env KITH_STARTER="$work/bad.toml" "$kith" --now "$now" verify
	status_is 2
	err_line "kith: verify: $work/bad.toml:$1"
}
bad "1: only [[source]] tables are here" 'x = 1'
bad "2: kind is one of: crev, vet, rustsec, osv" '[[source]]
kind = "git"'
bad "3: must be an https URL" '[[source]]
kind = "vet"
url = "http://example.org/a.toml"'
bad "2: an unknown key" '[[source]]
trust = 1'
bad "3: an id is 43 characters of base64url" '[[source]]
kind = "crev"
ids = ["abc"]'
bad "1: lacks one of: kind, url, name, reason" '[[source]]
kind = "crev"
url = "https://example.org/x"
name = "x"'
bad "2: a level is one of: none, low, medium, high" '[[source]]
level = "distrust"'
run env KITH_STARTER="$work/none.toml" "$kith" verify
status_is 2
err_line "kith: verify: KITH_STARTER: $work/none.toml: no such file"
finish
