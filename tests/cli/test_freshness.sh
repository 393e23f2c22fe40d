#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# How old evidence is, and what fails: told once, not on every run.
. "$KITH_SOURCE/tests/cli/lib.sh"

example_evidence
example_project
k verify "$project" --root "$root"
err_lacks() {
	checks=$((checks + 1))
	! grep -qF -- "$1" "$work/err" || fail "stderr has: $1"
}
err_lacks 'older than'
run "$kith" --now 2026-07-01T12:00:00Z verify "$project" --root "$root"
err_lacks 'older than'
run "$kith" --now 2026-07-02T12:00:00Z verify "$project" --root "$root"
err_has 'evidence of 7 sources is older than 30 days ('
err_has ": 31 days): run 'kith fetch'"
printf '[policy]\nmax-evidence-age = "60 days"\n' >"$project/kith.toml"
run "$kith" --now 2026-07-02T12:00:00Z verify "$project" --root "$root"
err_lacks 'older than'
# a refresh that brings nothing new makes it fresh
rm "$project/kith.toml"
run "$kith" --now 2026-07-02T12:00:00Z fetch
status_is 0
run "$kith" --now 2026-07-02T12:00:00Z verify "$project" --root "$root"
err_lacks 'older than'

# one source fails: its evidence stays, it is said once, then it waits longer and longer
git init -q -b main "$work/repo"
cp -R "$KITH_SOURCE"/proofs/ben/* "$work/repo/"
git -C "$work/repo" add -A
git -C "$work/repo" commit -qm one
git -C "$work/repo" bundle create -q "$work/good" HEAD
cp "$work/good" "$work/ben.bundle"
export KITH_HOME="$work/k"
k fetch "$work/ben.bundle"
status_is 0
printf "# v2 git bundle\nnonsense\n" >"$work/ben.bundle"
k fetch "$work/ben.bundle"
status_is 3
out_has 'failed '
k query sources --json
checks=$((checks + 1))
python3 - "$work/out" <<'END' || fail 'query sources --json'
import json, sys
s = json.load(open(sys.argv[1]))["rows"][0]
assert s["failures"] == 1 and s["last_error"] and s["valid"] > 0, s
assert s["last_success"] == s["last_attempt"] == s["first_success"] == "2026-06-01T12:00:00Z", s
assert s["next_attempt"] == "2026-06-01T12:15:00Z", s
END
k query sources
out_has '2026-06-01  failing'
k fetch
status_is 0
err_has '1 source failed a short while ago and is not tried: kith fetch --all tries'
k fetch --all
status_is 3
run "$kith" --now 2026-06-01T12:16:00Z fetch
status_is 0
err_has 'is not tried'
run "$kith" --now 2026-06-01T12:31:00Z fetch
status_is 3
cp "$work/good" "$work/ben.bundle"
k fetch --all
status_is 0
k query sources
out_has '2026-06-01  ok'

# what the network is needed for, offline refuses
k --offline fetch "$work/repo"
status_is 0
k --offline fetch ssh://git@example.org/x
status_is 2
err_has 'ssh://git@example.org/x: needs the network, and --offline was given'
# without a source it refreshes what is on this machine, and says what it leaves out
k source add crev ssh://git@example.org/x
status_is 0
k --offline fetch
status_is 0
out_has ' 1 left out (--offline); '
err_has '--offline: 1 source is left out, needing the network'
k --offline fetch --json
status_is 0
grep -q '"left_out": 1' "$work/out" || fail 'left_out'
# … unless that is nothing
KITH_HOME=$work/other k source add crev ssh://git@example.org/x
KITH_HOME=$work/other k --offline fetch
status_is 2
err_has 'every source known here (1) needs the network, and --offline was given'
err_has 'hint: carried evidence needs none'
finish
