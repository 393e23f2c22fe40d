#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith init: what it writes, that the project passes under it but for what nothing excuses, what it
# takes over from other tools, and when it refuses.
. "$KITH_SOURCE/tests/cli/lib.sh"
example_evidence
example_project
cd "$project"
summary() { sed -n "s/^17 packages: \(.*[A-Z]\)$/\1/p" "$work/out"; }
# parsed EXPRESSION: true of kith.toml, read by another reader as j
parsed() {
	checks=$((checks + 1))
	python3 - kith.toml "$1" <<'END2' || fail "not so in kith.toml: $1"
import sys
try:
    import tomllib as toml
except ImportError:
    try:
        import tomli as toml
    except ImportError:
        sys.exit(0)
j = toml.load(open(sys.argv[1], "rb"))
sys.exit(0 if eval(sys.argv[2]) else 1)
END2
}

# nobody's word, nothing to write
k init
status_is 2
err_has "no root and no source: whose word should count?"
err_has "--root"
[ ! -e kith.toml ] || fail "written all the same"
k -C "$work" init --root "$root"
status_is 2
err_has "Cargo.lock"
KITH_HOME=$work/nothing k init --root "$root"
status_is 2
err_has "there is no evidence here yet"
err_has "kith fetch"
k init --root "$root" --owner "$(printf 'a\nb')"
status_is 2
err_has "--owner"

# shown, not written
k init --print --root "$root"
status_is 0
out_has "[roots]"
err_has "kith.toml would have 1 root, 0 sources, 8 exemptions, until 2026-11-28"
[ ! -e kith.toml ] || fail "--print wrote it"
cp "$work/out" "$work/shown"

# green but for what stands against a package and what differs: those stay, and are told
k init --root "$root"
status_is 0
out_line "kith.toml: 1 root, 0 sources, 8 exemptions, until 2026-11-28"
out_has "0 insufficient, 2 negative, 1 mismatch"
out_has "  still mismatch  kith-example-hash 1.0.2"
out_has "  still negative  kith-example-parse 2.0.0"
out_has "nothing excuses bytes that differ"
out_line "in CI: kith fetch && kith verify"
cmp -s kith.toml "$work/shown" || fail "--print shows something else"
[ "$(stat -c %a kith.toml)" = 644 ] || fail "its mode"
parsed 'len(j["exempt"]) == 8 and "accept" not in j'
parsed 'all(x["until"].isoformat() == "2026-11-28" and x["added"].isoformat() == "2026-06-01" for x in j["exempt"])'
parsed '[x["package"] for x in j["exempt"]] == sorted(x["package"] for x in j["exempt"])'
parsed 'j["policy"] == {"level": "low", "independent": 1}'
k verify
status_is 4
out_has "17 packages: 4 verified, 8 exempt, 0 insufficient, 2 negative, 1 mismatch, 2 local        FAIL"
run "$kith" --now 2026-11-28T00:00:00Z verify --format jsonl
out_has '"reason":"its exemption has expired (2026-11-28): in use when this policy was made: '
# every line of the file that is commented out is right as well
sed 's/^# \([a-z-]* = [^#]*\)/\1/; s/^# \[package/[package/' kith.toml >uncommented
mv uncommented kith.toml
sed -i '/^exempt-owners/d' kith.toml
k verify
status_is 4
out_has "17 packages: 4 verified, 8 exempt, 0 insufficient, 2 negative, 1 mismatch, 2 local        FAIL"

# what is there is never replaced: neither here, nor by one in a folder above or behind a link
cp kith.toml "$work/before"
k init --root "$root"
status_is 2
err_has "kith.toml is there already: it is not overwritten"
cmp -s kith.toml "$work/before" || fail "overwritten"
rm kith.toml
ln -s "$work/nowhere" kith.toml
k init --root "$root"
status_is 2
[ ! -e "$work/nowhere" ] || fail "written through a link"
rm kith.toml
cp "$work/before" "$work/kith.toml"
k init --root "$root"
status_is 2
err_has "rules this project already"
rm "$work/kith.toml"

# what objects today, in writing, with an end
k init --root "$root" --accept-current --owner @team
status_is 0
out_line "kith.toml: 1 root, 0 sources, 8 exemptions, 2 accepted objections, until 2026-11-28"
out_has "0 negative, 1 mismatch"
parsed '{x["owner"] for x in j["exempt"] + j["accept"]} == {"@team"}'
parsed 'all(x["until"].isoformat() == "2026-11-28" for x in j["accept"])'
cp "$KITH_SOURCE/proofs/project/Cargo.lock" Cargo.lock
k verify
status_is 4
run "$kith" --now 2026-11-28T00:00:00Z verify --format jsonl
grep '"kith-example-parse"' "$work/out" | grep -q '"status":"negative"' || fail "accepted for ever"
# the commands go on where it ends
k exempt kith-example-rare --reason 'two weeks more' --until 2026-12-12
status_is 0
k exempt --list
out_has "8 exemptions, 2 acceptances, 0 of them unneeded"
rm kith.toml

# the same file for the same project, wherever it is made
k init --root "$root" --print
cp "$work/out" "$work/first"
TZ=Asia/Tokyo LC_ALL=C k -C / init "$project" --root "$root" --print
out_is "$work/first"

# a user with roots, sources and a policy of his own: what others can have is taken over
export KITH_HOME="$work/user"
mkdir -p "$KITH_HOME"
example_evidence
cat >"$KITH_HOME/config.toml" <<END2
[roots]
ids = ["$root", "_LMuC9huFMJjb2lRBViWBb5gnVqVfQVPmPB81R2WHKc"]
threshold = 2
[policy]
level = "high"
[[source]]
kind = "vet"
path = "$work"
name = "mine"
[[source]]
kind = "vet"
url = "https://example.org/audits.toml"
name = "theirs \"quoted\" # and more"
level = "medium"
object-level = "high"
criteria-map = { "crypto reviewed" = "safe-to-deploy", b = [] }
[[source]]
kind = "rustsec"
url = "https://example.org/db"
END2
k init
status_is 0
out_has "kith.toml: 2 roots, 2 sources, "
out_has "note: 1 of your sources lies on this disk"
out_has "of your own config.toml stay yours"
parsed 'j["roots"]["threshold"] == 2 and len(j["roots"]["ids"]) == 2 and j["policy"]["level"] == "low"'
parsed 'j["source"][0] == {"kind": "vet", "url": "https://example.org/audits.toml", "name": "theirs \"quoted\" # and more", "level": "medium", "object-level": "high", "criteria-map": {"crypto reviewed": ["safe-to-deploy"], "b": []}}'
parsed 'j["source"][1]["kind"] == "rustsec" and len(j["source"]) == 2'
k verify
out_has "0 insufficient"
rm kith.toml "$KITH_HOME/config.toml"

# what the user's own sources object to is no matter for others, but it is for `kith verify` here
printf '[[audits.kith-example-json]]\nwho = "me"\ncriteria = "safe-to-deploy"\nviolation = "*"\n' >"$work/mine.toml"
printf '[[source]]\nkind = "vet"\npath = "%s"\nname = "mine"\nlevel = "high"\n' "$work/mine.toml" >"$KITH_HOME/config.toml"
k fetch
status_is 0
k init --root "$root" --accept-current --print
err_has "0 negative, 1 mismatch"
err_has "kith verify on this machine says, with your own configuration:"
k init --root "$root" --accept-current
status_is 0
sed -n '/^kith verify on this machine says/{n;s/^  //p;}' "$work/out" >"$work/foretold"
grep -q ' 1 negative, 1 mismatch, 2 local        FAIL$' "$work/foretold" || fail "no word of what verify here says"
k verify
checks=$((checks + 1))
grep -qxF -- "$(cat "$work/foretold")" "$work/out" || fail "verify says something else than init has told"
rm kith.toml "$KITH_HOME/config.toml"
k init --root "$root"
status_is 0
checks=$((checks + 1))
! grep -q 'on this machine' "$work/out" || fail "told where nothing differs"
rm kith.toml

# an id of one's own that has published nothing is no root for others: whom it trusts most is
k id new --no-passphrase
status_is 0
k trust "$root" --level high
status_is 0
k init
status_is 0
out_has "the roots are those whom you trust at level high"
parsed 'j["roots"]["ids"] == ["'"$root"'"]'
rm kith.toml

# the starter set, made explicit
cat >"$work/starter.toml" <<'END2'
[[source]]
kind = "vet"
name = "theirs"
urls = ["https://example.org/audits.toml", "https://example.org/imports.lock"]
level = "medium"
reason = "made for a test"
[[source]]
kind = "crev"
name = "ben"
url = "https://example.org/ben"
ids = ["_LMuC9huFMJjb2lRBViWBb5gnVqVfQVPmPB81R2WHKc"]
level = "low"
reason = "made for a test"
END2
export KITH_STARTER="$work/starter.toml"
k init --root "$root"
status_is 0
out_has "1 root, 2 sources"
parsed 'j["source"][0]["urls"] == ["https://example.org/audits.toml", "https://example.org/imports.lock"]'
parsed 'j["source"][1] == {"kind": "crev", "url": "https://example.org/ben", "name": "ben", "level": "low", "trust-ids": True}'
grep -qx '# made for a test' kith.toml || fail "the reason is not told"
grep -q 'starter set: strike out whom you do' kith.toml || fail "not told whose it is"
k verify
out_has "0 insufficient"
rm kith.toml
export KITH_STARTER=/dev/null

# deny.toml: what can be taken over is, what cannot is told with its line
mkdir -p "$work/db/crates/kith-example-text" "$work/db/crates/kith-example-json"
advisory() {
	# shellcheck disable=SC2016
	printf '```toml\n[advisory]\nid = "%s"\npackage = "%s"\ndate = "2026-02-03"\n[versions]\npatched = [">= 9"]\n```\n\n# It goes wrong\n' \
		"$1" "$2" >"$work/db/crates/$2/$1.md"
}
advisory RUSTSEC-2026-0001 kith-example-text
advisory RUSTSEC-2026-0002 kith-example-json
mkdir "$work/git"
(cd "$work/db" && git init -q -b main && git add . && git commit -qm x && git clone -q --bare . "$work/git/db.git")
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/git" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -f "$work/port" ] && break
	sleep 0.3
done
printf '[[source]]\nkind = "rustsec"\nurl = "http://127.0.0.1:%s/ok/db.git"\nname = "rustsec"\nlevel = "high"\n' \
	"$(cat "$work/port")" >"$KITH_HOME/config.toml"
k fetch
k init --root "$root"
out_has "4 negative"
rm kith.toml
cat >deny.toml <<'END2'
[graph]
all-features = true
[advisories]
db-path = "~/.cargo/advisory-dbs"
unmaintained = "workspace"
unsound = "all"
yanked = "deny"
ignore = [
  "RUSTSEC-2019-0001",
  { id = "RUSTSEC-2026-0001", reason = "we never \"ask\" it that" },
]
[bans]
multiple-versions = "deny"
[licenses]
allow = ["MIT"]
END2
k init --root "$root" --from-deny deny.toml
status_is 0
out_has "note: deny.toml:5: advisories.unmaintained is left out"
out_has "note: deny.toml:12: [bans] is left out"
out_has "note: deny.toml:14: [licenses] is left out"
out_has "note: deny.toml:9: 'RUSTSEC-2019-0001' is left out: nothing here needs it"
parsed 'j["policy"]["unsound"] == "object" and j["policy"]["yanked"] == "object" and "unmaintained" not in j["policy"]'
parsed 'j["source"][0]["kind"] == "rustsec" and len(j["source"]) == 1'
parsed '[(x["package"], x["objection"], x["reason"]) for x in j["accept"]] == [("kith-example-text", "RUSTSEC-2026-0001", "we never \"ask\" it that")]'
parsed '"until" not in j["accept"][0]'
k verify --format jsonl
grep '"kith-example-text"' "$work/out" | grep -q '"status":"verified"' || fail "still objected to"
grep '"kith-example-json"' "$work/out" | grep -q '"status":"negative"' || fail "accepted too much"
rm kith.toml
k init --root "$root" --from-deny nothing.toml
status_is 2
printf '[advisories]\nignore = "x"\n' >deny.toml
k init --root "$root" --from-deny deny.toml
status_is 2
err_has "deny.toml:2: 'ignore' must be a list"
[ ! -e kith.toml ] || fail "written in spite of a mistake"

rm "$KITH_HOME/config.toml"
# cargo-vet: imports, exemptions and criteria become the policy's own
k init --root "$root" --from-vet
status_is 2
err_has "no cargo-vet store"
mkdir supply-chain
printf '' >supply-chain/imports.lock
printf '[criteria.crypto]\ndescription = "looked at the crypto"\n[[audits.kith-example-color]]\nwho = "us"\ncriteria = "safe-to-deploy"\nversion = "1.3.0"\n' >supply-chain/audits.toml
cat >supply-chain/config.toml <<'END2'
[cargo-vet]
version = "0.10"
[imports.friend]
url = "https://example.org/friend/audits.toml"
[imports.friend.criteria-map]
reviewed = "safe-to-run"
[[exemptions.kith-example-rare]]
version = "0.1.0"
criteria = "safe-to-deploy"
notes = "tiny"
END2
printf '[imports.friend]\n' >supply-chain/imports.lock
k init --root "$root"
status_is 0
parsed 'not [x for x in j["exempt"] if x["package"] == "kith-example-rare"] and "source" not in j'
k verify
out_has "0 insufficient"
rm kith.toml
k init --root "$root" --from-vet
status_is 0
parsed '[x["reason"] for x in j["exempt"] if x["package"] == "kith-example-rare"] == ["exempt in the cargo-vet store: tiny"]'
parsed 'j["source"][0] == {"kind": "vet", "url": "https://example.org/friend/audits.toml", "name": "friend", "level": "low", "criteria-map": {"reviewed": ["safe-to-run"]}}'
out_has "are the project's own word and stay there"
k verify
out_has "0 insufficient"
clean_output

# more exemptions than a policy can hold: what to do, and nothing half written
mkdir "$work/big"
cd "$work/big"
printf '[package]\nname = "me"\nversion = "0.1.0"\n' >Cargo.toml
awk 'BEGIN {
	printf "version = 4\n\n[[package]]\nname = \"me\"\nversion = \"0.1.0\"\n"
	for (i = 0; i < 19000; i++)
		printf "\n[[package]]\nname = \"p%05d-with-a-name-of-some-length\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"%064d\"\n", i, i
}' >Cargo.lock
k init --root "$root"
status_is 3
err_has "19000 exemptions do not fit into kith.toml: at most 4 MiB"
err_has "hint: get more evidence first"
[ ! -e kith.toml ] || fail "written all the same"
finish
