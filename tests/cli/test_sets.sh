#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proofs, audit sets and advisories together: one verdict, with the place of everything in it.
. "$KITH_SOURCE/tests/cli/lib.sh"

example_project
example_evidence

# one set that counts a little, one that counts more, one that nobody named
sets=$work/sets
mkdir -p "$sets/north" "$sets/south"
cat >"$sets/north/audits.toml" <<'SET'
[criteria.looked]
description = "somebody looked"

[[audits.kith-example-rare]]
who = "Nora <nora@north.example>"
criteria = "safe-to-deploy"
version = "0.1.0"
notes = "small and dull"

[[audits.kith-example-args]]
criteria = "safe-to-deploy"
delta = "2.0.0 -> 2.1.0"

[[audits.kith-example-tiny]]
criteria = "looked"
version = "0.2.0"

[[audits.kith-example-old]]
criteria = "safe-to-run"
violation = "<0.5"

[[audits.kith-example-text]]
criteria = "safe-to-deploy"
version = "none"

[[trusted.kith-example-color]]
criteria = "safe-to-deploy"
user-id = 7
start = "2025-01-01"
end = "2027-01-01"
SET
cat >"$sets/north/imports.lock" <<'LOCK'
[[publisher.kith-example-color]]
version = "1.3.0"
when = "2026-05-01"
user-id = 7
user-login = "carl"
LOCK
cat >"$sets/south/audits.toml" <<'SET'
[[audits.kith-example-rare]]
who = "Sam"
criteria = "safe-to-deploy"
version = "0.1.0"
aggregated-from = "https://north.example/audits"
SET
db=$work/db
mkdir -p "$db/crates/kith-example-text" "$db/crates/kith-example-log" "$db/crates/kith-example-json"
advisory() { # ID PACKAGE PATCHED EXTRA...
	{
		printf '```toml\n[advisory]\nid = "%s"\npackage = "%s"\ndate = "2026-02-03"\n' "$1" "$2"
		extra=$3
		shift 3
		for line; do printf '%s\n' "$line"; done
		printf '[versions]\npatched = [%s]\n```\n\n# It goes wrong\n\nBadly.\n' "$extra"
	} >"$db/crates/$2/$1.md" 2>/dev/null || true
}
advisory RUSTSEC-2026-0001 kith-example-text '">= 1.0.1"' 'aliases = ["CVE-2026-1"]' \
	'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"'
advisory RUSTSEC-2026-0002 kith-example-log '' 'informational = "unmaintained"'
advisory RUSTSEC-2026-0003 kith-example-json '' 'withdrawn = "2026-02-04"'

for set in north south; do
	k source add vet "$sets/$set" --name "$set" --level low
	status_is 0
done
k source add rustsec "$db" --name db --level high
status_is 0
k fetch
status_is 0

# shown NAME: what explain says of a package, without what differs from run to run
shown() {
	k -C "$project" explain --root "$root" "kith-example-$1"
	status_is 0
	sed -e "s,$work/,,g;s,$KITH_SOURCE/,,g" -e 's/ [0-9a-f]\{12\} / COMMIT /' "$work/out" >"$work/shown"
	mv "$work/shown" "$work/out"
}

k -C "$project" verify --root "$root"
status_is 4
clean_output
cat >"$work/want" <<'WANT'
✗ mismatch      kith-example-hash 1.0.2    src/lib.rs: is not what .cargo-check…
! negative      kith-example-clock 0.1.5   open issue https://cora.example/cloc…
! negative      kith-example-old 0.4.0     violation found by north
! negative      kith-example-parse 2.0.0   negative review by ~ben.example/crev…
! negative      kith-example-text 1.0.0    RUSTSEC-2026-0001 (high 7.5): It goe…
  insufficient  kith-example-bits 0.9.0    approved only with supplements (revi…
  insufficient  kith-example-color 1.3.0   only strangers: ~mal.example/crev-pr…
  insufficient  kith-example-copied 0.2.0  path copy, not the project's own
  insufficient  kith-example-quick 3.0.0   trusted too little: ~ben.example/cre…
  insufficient  kith-example-tiny 0.2.0    does not count: north
  insufficient  kith-example-wide 1.0.0    vendored copy cannot be compared; ~c…
  verified      kith-example-args 2.1.0    ~ben.example/crev-proofs 2.0.0, nort…
  verified      kith-example-json 1.1.0    ~ben.example/crev-proofs 1.0.0, ~cor…
  verified      kith-example-log 0.3.0     ~cora.example/crev-proofs (positive)…
  verified      kith-example-rare 0.1.0    north; 2 independent
  local         kith-example-app 0.1.0     the project's own
  local         kith-example-core 0.1.0    the project's own
17 packages: 4 verified, 0 exempt, 6 insufficient, 4 negative, 1 mismatch, 2 local        FAIL
WANT
out_is "$work/want"

# a chain across a signed review and a set's delta, each with its place
shown args
cat >"$work/want" <<'WANT'
kith-example-args 2.1.0: verified — ~ben.example/crev-proofs 2.0.0, north 2.0.0 → 2.1.0
  bytes       a vendored copy: it may confirm a review, never contradict one
  digest      UsTV8ESUzXRe-p4Cb8T5GV2X9_vadVPe6NktttGsUJ0
  registry    cargo's index cache does not know it; when it was published is not known
  required    1 independent approval by people trusted low or better, thoroughness low, understanding low, machines: supplement
  independent 1; all hang on north
  counts      ~ben.example/crev-proofs (high) 2.0.0: positive, thoroughness medium, understanding medium
              2025-03-10, signed, proofs/ben COMMIT _LMuC9huFMJjb2lRBViWBb5gnVqVfQVPmPB81R2WHKc/reviews/2025-03-package--g79AQ.proof.crev:68
              trusted through ~ada.example/crev-proofs -high-> ~ben.example/crev-proofs
  counts      north (low) 2.0.0 → 2.1.0: audited for safe-to-run, safe-to-deploy
              unsigned, sets/north COMMIT audits.toml:10
WANT
out_is "$work/want"

# an advisory that has another id too; what is informational is a note
shown text
out_line "  objection   RUSTSEC-2026-0001"
out_line "  objects     db (high) advisory RUSTSEC-2026-0001, high 7.5, also CVE-2026-1"
out_line "              2026-02-03, unsigned, db COMMIT crates/kith-example-text/RUSTSEC-2026-0001.md"
out_line "              kith accept --reason '…' RUSTSEC-2026-0001 kith-example-text"
shown log
out_line "  note        db (high) advisory RUSTSEC-2026-0002, unmaintained"
shown json
out_lacks RUSTSEC-2026-0003
# the same as a list: of what is locked here, of a version, of a name
run sh -c "cd '$project' && '$kith' --now $now query advisories"
status_is 0
out_has '2026-02-03  kith-example-text     1.0.0       RUSTSEC-2026-0001    high      vulnerability  affected'
out_has 'RUSTSEC-2026-0002    -         unmaintained   affected'
out_lacks RUSTSEC-2026-0003
k query advisories kith-example-text@1.0.1
status_is 1
k query advisories kith-example-text
out_has 'kith-example-text     *           RUSTSEC-2026-0001    high      vulnerability  [0,1.0.1)'
run sh -c "cd / && '$kith' --now $now query advisories"
err_has "no project is here"
k query advisories kith-example-text@1.0.0 --json
python3 -c '
import json, sys
rows = [r for r in json.load(open(sys.argv[1]))["rows"] if r.get("kind")]
assert len(rows) == 1, rows
r = rows[0]
assert (r["id"], r["other_ids"], r["state"], r["severity"], r["title"]) == (
    "RUSTSEC-2026-0001", "CVE-2026-1", "affected", "high", "It goes wrong"), r
assert r["source"].endswith("/db") and r["path"] == "crates/kith-example-text/RUSTSEC-2026-0001.md", r' "$work/out" || fail 'query advisories --json'
# without a root the sets decide, and the summary tells what hangs on them
k -C "$project" explain --summary
status_is 0
out_has ' hang on north'
out_line 'people: nobody is trusted, for no root is named'
k -C "$project" explain --summary --json
status_is 0
out_has '"carriers": []'
# a violation is about the criterion that is required, and what it asks for
shown old
out_line "  objection   north/kith-example-old/<0.5/safe-to-run"
out_line "  objects     north (low) <0.5 violates safe-to-run"
# words of the set's own mean nothing until somebody says what
shown tiny
out_line "  -           north (low) 0.2.0: audited for no criterion that is known here; not counted: for another criterion"
# a publisher is known, but not whether the package was always his
shown color
out_line "  published   2026-05-01 by user-id:7"
out_line "  -           north (low) vouches for what user-id:7 publishes from 2025-01-01 until before 2027-01-01; not counted: the registry's facts about the publisher are not known"

# JSON: the state of each source, the notes, and the place of what decides
k -C "$project" verify --root "$root" --json
python3 - "$work" "$work/out" >"$work/json" <<'PY'
import json, sys
work, path = sys.argv[1:]
def once(pairs):
    d = dict(pairs)
    assert len(d) == len(pairs), pairs
    return d
d = json.load(open(path), object_pairs_hook=once)
for s in d["inputs"]["sources"]:
    assert len(s["commit"]) == 40
    print(s["name"], s["level"], s["object_level"], s["source"].replace(work + "/", ""))
p = {x["name"][13:]: x for x in d["packages"]}
o = p["text"]["objections"][0]
print(o["id"], o["kind"], o["severity"], o["author"], o["claim"], o["other_ids"], o["advisory_score"], o["places"][0]["path"])
n = p["log"]["notes"][0]
print(n["kind"], n["claim_id"], n["advisory_kind"])
c = p["rare"]["chain"][0]
print(c["author"], c["claim"], c["claim_id"], c["who"], c["criteria"], c["places"][0]["line"])
PY
cat >"$work/want" <<'WANT'
north low low sets/north
south low low sets/south
db high high db
RUSTSEC-2026-0001 advisory high db advisory ['CVE-2026-1'] 7.5 crates/kith-example-text/RUSTSEC-2026-0001.md
advisory RUSTSEC-2026-0002 unmaintained
north audit north/kith-example-rare/0.1.0/safe-to-deploy Nora <nora@north.example> ['safe-to-run', 'safe-to-deploy'] 4
WANT
cp "$work/json" "$work/out"
out_is "$work/want"

# entries as they stand in the sets
k query audits kith-example-old
status_is 0
out_has "violation  kith-example-old"
out_has "$sets/north:audits.toml:18"
k query audits --json
out_has '"claim_id": "south/kith-example-rare/0.1.0/safe-to-deploy"'
k query audits kith-example-json
status_is 1

# coverage, for people and for scripts
k -C "$project" verify --root "$root" --stats
sed -n '/^evidence/,$p' "$work/out" >"$work/stats"
mv "$work/stats" "$work/out"
cat >"$work/want" <<'WANT'
evidence about 15 packages, whoever gave it:
  a signed review of this version                 12   80 %
  an audit of this version in a set                3   20 %
  either of them                                  14   93 %
  a vouch for somebody who publishes it            1    7 %
  any of these                                    14   93 %
  something about any version                     14   93 %
  nothing at all                                   1    7 %
  an objection in force                            4   27 %
  a note                                           1    7 %
insufficient: path-copy 1, supplement-only 1, vendored 1, too-low 1, does-not-count 1, nobody-trusted 1
would help: trusting ~mal.example/crev-proofs (e42iFrzOBpRk50RiND8pZhWMMbYxKYF96X_8BYY-zkI) as required: 1 package
            trusting ~eve.example/crev-proofs (t55QbW7PrRONPzUcxgRA7TKIzSRiIKmbYC5-VA88XtI) as required: 1 package
WANT
out_is "$work/want"
k -C "$project" verify --root "$root" --stats --json
out_has '"review_or_audit": 14'
k -C "$project" verify --semantics crev --stats
status_is 2
err_has "--stats goes with --semantics native"

# the project's own words: what a criterion means, whose a set is, who publishes, what is accepted
cat >"$project/kith.toml" <<CONF
[[actor]]
name = "north"
sources = ["north", "https://north.example/audits"]

[[source]]
kind = "vet"
path = "$sets/north"
name = "north"
level = "low"
criteria-map = { "looked" = "safe-to-deploy" }

[[publisher]]
package = "kith-example-color"
logins = ["carl"]

[[accept]]
package = "kith-example-text"
objection = "CVE-2026-1"
reason = "we never ask it that"
added = 2026-05-01

[policy]
unmaintained = "object"
CONF
k -C "$project" verify --root "$root"
status_is 4
out_has "  verified      kith-example-tiny 0.2.0    north"
out_has "  verified      kith-example-color 1.3.0   north"
out_has "  verified      kith-example-text 1.0.0    ~ben"
out_has "! negative      kith-example-log 0.3.0     RUSTSEC-2026-0002 (unmaintained)"
# one opinion that arrives on two roads counts once
out_line "  verified      kith-example-rare 0.1.0    north"
shown text
out_line "  -           db (high) advisory RUSTSEC-2026-0001, high 7.5, also CVE-2026-1; not counted: objects, but kith.toml accepts it"
# a version that is younger than the cool-down is not blessed by a vouch alone
sed -i 's/2026-05-01"/2026-05-28"/' "$sets/north/imports.lock"
k fetch
k -C "$project" verify --root "$root"
out_has "  insufficient  kith-example-color 1.3.0   approved only with supplements"
rm "$project/kith.toml"

# what a later fetch brings cools down; a violation that vanishes counts on, and is told
cat >>"$sets/south/audits.toml" <<'SET'

[[audits.kith-example-tiny]]
criteria = "safe-to-deploy"
version = "0.2.0"
SET
sed -i '/violation/d' "$sets/north/audits.toml"
sed -i 's/criteria = "safe-to-run"/criteria = "safe-to-run"\nversion = "0.4.0"/' "$sets/north/audits.toml"
k fetch
status_is 0
shown tiny
out_line "  -           south (low) 0.2.0: audited for safe-to-run, safe-to-deploy; not counted: seen here too recently"
out_line "              unsigned, first seen here 2026-06-01, sets/south COMMIT audits.toml:7"
shown old
out_line "  objects     north (low) <0.5 violates safe-to-run (the set does not say so any more)"
# from nothing the same: what is derived can be lost
cp "$work/out" "$work/before"
rm "$HOME/.cache/kith/sets" "$HOME/.cache/kith/advisories"
shown old
out_is "$work/before"
now=2026-06-05T12:00:00Z
shown tiny
out_line "kith-example-tiny 0.2.0: verified — south"
now=2026-07-05T12:00:00Z
shown old
out_lacks "violates"

# a damaged file is made anew, and said so
printf 'x' | dd of="$HOME/.cache/kith/sets" bs=1 seek=4200 conv=notrunc 2>/dev/null
printf 'x' | dd of="$HOME/.cache/kith/advisories" bs=1 seek=10 conv=notrunc 2>/dev/null
shown tiny
out_line "kith-example-tiny 0.2.0: verified — south"

# a source that nobody names any more is shown, and does not count
k source remove south
k -C "$project" explain --root "$root" kith-example-rare
out_has "counts      north (low)"
out_has "(none) 0.1.0: audited for safe-to-run, safe-to-deploy; not counted: nobody you trust trusts the author"

# a database that holds nothing says nothing: that is no all-clear
rm -r "$db/crates"
mkdir "$db/crates"
echo "# nothing" >"$db/README.md"
k fetch
k -C "$project" verify --root "$root"
status_is 4
err_has "holds no advisory"

finish
