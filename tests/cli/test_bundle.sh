#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All evidence of a project in one file: the same bytes in every format where there is nothing else,
# whatever kind of evidence it is; and a reason wherever the file is not what it should be.
. "$KITH_SOURCE/tests/cli/lib.sh"

example_project
example_evidence
sets=$work/sets
mkdir -p "$sets/north" "$sets/south"
cat >"$sets/north/audits.toml" <<'SET'
[criteria.looked]
description = "somebody looked"

[criteria.deeply]
description = "and looked again"
implies = ["looked", "safe-to-deploy"]

[criteria.unused]
description = "nobody uses it"

[[audits.kith-example-rare]]
who = ["Nora <nora@north.example>", "Ned"]
criteria = ["looked", "deeply"]
version = "0.1.0"
notes = """
small, "dull" and \u0007
entry AAAA
"""

[[audits.kith-example-args]]
criteria = "safe-to-deploy"
delta = "2.0.0 -> 2.1.0"

[[audits.kith-example-tiny]]
criteria = "looked"
version = "0.2.0"

[[audits.kith-example-old]]
criteria = "safe-to-run"
violation = "<0.5"

[[audits.not-in-the-project]]
criteria = "safe-to-deploy"
version = "1.0.0"

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

[[publisher.not-in-the-project]]
version = "1.3.0"
when = "2026-05-01"
user-id = 8
user-login = "doris"
LOCK
cat >"$sets/south/audits.toml" <<'SET'
[[audits.kith-example-rare]]
who = "Sam"
criteria = "safe-to-deploy"
version = "0.1.0"
aggregated-from = "https://north.example/audits"
SET
db=$work/db
mkdir -p "$db/crates/kith-example-text" "$db/crates/kith-example-log" "$db/crates/kith-example-json" "$db/crates/other"
advisory() { # ID PACKAGE PATCHED EXTRA...
	{
		printf '```toml\n[advisory]\nid = "%s"\npackage = "%s"\ndate = "2026-02-03"\n' "$1" "$2"
		extra=$3
		file=$db/crates/$2/$1.md
		shift 3
		for line; do printf '%s\n' "$line"; done
		printf '[versions]\npatched = [%s]\n```\n\n# It goes wrong\n\nBadly.\n' "$extra"
	} >"$work/advisory"
	mv "$work/advisory" "$file"
}
advisory RUSTSEC-2026-0001 kith-example-text '">= 1.0.1"' 'aliases = ["CVE-2026-1"]' \
	'cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"'
advisory RUSTSEC-2026-0002 kith-example-log '' 'informational = "unmaintained"'
advisory RUSTSEC-2026-0003 kith-example-json '' 'withdrawn = "2026-02-04"'
advisory RUSTSEC-2026-0004 other ''
printf 'not an advisory\n' >"$db/crates/kith-example-json/RUSTSEC-2026-0005.md"

policy() {
	cat <<END
[roots]
ids = ["$root"]

[policy]
independent = 1

[[source]]
kind = "vet"
path = "$sets/north/audits.toml"
name = "north"
level = "low"
criteria-map = { looked = "safe-to-run" }

[[source]]
kind = "vet"
path = "$sets/south/audits.toml"
name = "south"
level = "medium"

[[source]]
kind = "rustsec"
path = "$db"
name = "db"
level = "high"

[[exempt]]
package = "kith-example-bits"
version = "0.9.0"
checksum = "$(sed -n '/name = "kith-example-bits"/,/^$/s/checksum = "\(.*\)"/\1/p' "$project/Cargo.lock")"
reason = "to be looked at"
until = 2026-12-31
END
}
policy >"$project/kith.toml"
for set in north south; do
	k source add vet "$sets/$set/audits.toml" --name "$set" --level low
	status_is 0
done
k source add vet "$sets/north" --name "folder" --level low
k source add rustsec "$db" --name db --level high
k fetch
status_is 0
rm "$HOME/.config/kith/config.toml"

# bare ARGUMENT...: kith on a machine without a home, helpers, mirrors, archives
bare() { run env -i LC_ALL=C "$kith" --now "$now" "$@"; }
bundle=$work/evidence.kith
formats='table json jsonl sarif junit github markdown html'
# same WHAT: the mirrors' verdict and the bundle's, byte for byte, in every format
same() {
	for format in $formats; do
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

k -C "$project" pin --bundle "$bundle"
status_is 0
err_has "next: kith verify --bundle $bundle"
same
k -C "$project" verify
out_has ' verified '
out_has ' insufficient '
out_has ' exempt '
out_has ' negative '
out_has ' mismatch '

# only what the project names, as text, with nothing of this machine but what the output says too
for text in not-in-the-project unused doris RUSTSEC-2026-0004 RUSTSEC-2026-0003; do
	checks=$((checks + 1))
	! grep -q "$text" "$bundle" || fail "the bundle has: $text"
done
for text in 'kith bundle 1' 'BEGIN CREV PROOF' 'audits.kith-example-rare' 'somebody looked' \
	'and looked again' 'RUSTSEC-2026-0001' "published kith-example-color 1.3.0 user-id:7 carl"; do
	checks=$((checks + 1))
	grep -qF "$text" "$bundle" || fail "the bundle lacks: $text"
done
# what was made, for people and for scripts
k -C "$project" pin --bundle "$bundle"
out_has "$bundle: $(wc -c <"$bundle") bytes: "
k -C "$project" pin --bundle "$bundle" --json
status_is 0
python3 - "$work/out" "$bundle" <<'EOF' || fail 'the JSON of pin --bundle'
import json, os, re, sys
d = json.load(open(sys.argv[1]))
text = open(sys.argv[2], encoding="utf-8").read()
assert list(d) == ["schema", "file", "bytes", "proofs", "audits", "advisories", "pass"], d
assert d["schema"] == "kith.bundled/1" and d["file"] == sys.argv[2] and d["pass"] is False, d
assert d["bytes"] == os.path.getsize(sys.argv[2]), d
lines = text.splitlines()
assert d["proofs"] == sum(l.startswith(("proof ", "gone ")) for l in lines) == len(re.findall("-----+ ?END CREV ", text)) > 0, d
assert d["audits"] == sum(bool(re.match(r"entry [\w-]{43} ", l)) for l in lines) > 0, d
# two that can be read, and one about a package of the project that cannot: it is told, too
assert d["advisories"] == sum(l.startswith("file ") and "RUSTSEC" in l for l in lines) == 3, d
EOF
checks=$((checks + 1))
# the same bundle again
k -C "$project" pin --bundle "$work/again.kith"
checks=$((checks + 1))
cmp -s "$bundle" "$work/again.kith" || fail 'another bundle of the same evidence'
# its verdict hangs on nothing here: not on mirrors, not on the user's configuration
mv "$HOME" "$work/elsewhere"
k -C "$project" verify --json --bundle "$bundle"
cp "$work/out" "$work/want"
mv "$work/elsewhere" "$HOME"
mkdir -p "$HOME/.config/kith"
printf '[names]\nnobody = "%s"\n' "$root" >"$HOME/.config/kith/config.toml"
k -C "$project" verify --json --bundle "$bundle"
out_is "$work/want"
rm "$HOME/.config/kith/config.toml"

# other time zone, locale, number of columns
cd "$project"
run env -i LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo COLUMNS=40 "$kith" --now "$now" verify --bundle "$bundle" --json
out_is "$work/want"
cd "$work"

# --- what is refused, and why ---

k -C "$project" verify --bundle "$work/none.kith"
status_is 2
err_has 'no such file'
err_has 'hint: kith pin --bundle'
printf 'hello\n' >"$work/x.kith"
k -C "$project" verify --bundle "$work/x.kith"
status_is 2
err_has 'no bundle of evidence'
sed '1s/1/2/' "$bundle" >"$work/x.kith"
k -C "$project" verify --bundle "$work/x.kith"
status_is 2
err_has 'a bundle of version 2'
k -C "$project" verify --bundle "$bundle" --root "$root"
status_is 2
k -C "$project" verify --bundle "$bundle" --semantics crev
status_is 2

# cut off, at every tenth of it
size=$(wc -c <"$bundle")
for tenth in 1 2 3 4 5 6 7 8 9; do
	head -c $((size * tenth / 10)) "$bundle" >"$work/x.kith"
	k -C "$project" verify --bundle "$work/x.kith"
	status_is 4
	err_has 'cut off'
	out_empty
done
# a byte changed, somewhere
python3 - "$bundle" "$work" <<'EOF'
import random, sys
random.seed(7)
b = open(sys.argv[1], "rb").read()
for i in range(12):
    x = bytearray(b)
    x[random.randrange(16, len(x))] ^= 1 << random.randrange(8)
    open("%s/flip%d.kith" % (sys.argv[2], i), "wb").write(x)
EOF
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do
	k -C "$project" verify --bundle "$work/flip$i.kith"
	status_is 4
	out_empty
done

# forge OLD NEW: the bundle with these words (of one length) changed, and the last line as it should be
forge() {
	python3 - "$bundle" "$1" "$2" >"$work/x.kith" <<'EOF'
import base64, hashlib, sys
b = open(sys.argv[1], "rb").read()
body = b[:b.rindex(b"end ")]
assert sys.argv[2].encode() in body and len(sys.argv[2]) == len(sys.argv[3])
body = body.replace(sys.argv[2].encode(), sys.argv[3].encode())
digest = base64.urlsafe_b64encode(hashlib.blake2b(body, digest_size=32).digest()).rstrip(b"=")
sys.stdout.buffer.write(body + b"end " + digest + b"\n")
EOF
}
# who can also write the last line still signs nothing: a praise made of a negative review
forge 'rating: negative' 'rating: positive'
k -C "$project" verify --bundle "$work/x.kith"
status_is 4
err_has 'is not as it was signed'
# an audit is only what its identity says
forge 'delta = "2.0.0 -> 2.1.0"' 'delta = "1.0.0 -> 2.1.0"'
k -C "$project" verify --bundle "$work/x.kith"
status_is 4
err_has 'is not as it was'

# another policy, another lock file, another project
policy | sed 's/independent = 1/independent = 2/' >"$project/kith.toml"
k -C "$project" verify --bundle "$bundle"
status_is 4
err_has 'made for another policy; changed since: policy'
{ printf '# only a comment\n'; policy; } >"$project/kith.toml"
k -C "$project" verify --bundle "$bundle"
err_has 'next: '
policy >"$project/kith.toml"
cp "$project/Cargo.lock" "$work/lock"
sed 's/^name = "kith-example-bits"/name = "kith-example-bots"/' "$work/lock" >"$project/Cargo.lock"
k -C "$project" verify --bundle "$bundle"
status_is 4
err_has 'made for another state of'
err_has 'new there: kith-example-bots 0.9.0'
err_has 'hint: make it anew: kith pin --bundle'
cp "$work/lock" "$project/Cargo.lock"

# too old (verdict.md 10): pins must not blind
now=2026-08-01T12:00:00Z
k -C "$project" verify --bundle "$bundle"
status_is 4
err_has 'max-pin-age'
now=2026-06-01T12:00:00Z

finish
