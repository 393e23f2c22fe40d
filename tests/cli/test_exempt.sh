#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith exempt and kith accept: what they add, renew, list and remove, and that the rest of kith.toml
# stays as it was, byte for byte.
. "$KITH_SOURCE/tests/cli/lib.sh"
example_evidence
example_project
cd "$project"

# without a policy there is nothing to change, and the way out is named
k exempt kith-example-rare --reason why --until 2026-12-01
status_is 2
err_has "this project has no kith.toml"
err_has "kith init"
k exempt
status_is 2
k exempt kith-example-rare --list
status_is 2
k exempt kith-example-rare --until 2026-12-01
status_is 2
err_has "--reason"
k exempt kith-example-rare --reason why
status_is 2
err_has "--until"

printf '# ours, for ever\r\n[roots] # ada\r\nids = ["%s"]\r\n\r\n# the last word\r\n' "$root" >kith.toml
cp kith.toml "$work/before"

# what no exemption can help is refused with what would
k exempt kith-example-parse --reason why --until 2026-12-01
status_is 2
err_has "no exemption covers an objection"
err_has "kith accept"
k exempt kith-example-hash --reason why --until 2026-12-01
status_is 2
err_has "no exemption covers bytes that differ"
k exempt kith-example-json --reason why --until 2026-12-01
status_is 2
err_has "is verified: it needs no exemption"
k exempt kith-example-app --reason why --until 2026-12-01
status_is 2
err_has "the project's own package"
k exempt kith-example-nope --reason why --until 2026-12-01
status_is 2
err_has "no such dependency"
for until in 2026-06-01 2025-01-01 2026-02-30 soon 2026-12-01T00:00:00Z '' 9999-01-01; do
	k exempt kith-example-rare --reason why --until "$until"
	status_is 2
	err_has "--until: "
done
k exempt kith-example-rare --reason "$(printf 'a\nb')" --until 2026-12-01
status_is 2
err_has "--reason: must be text on one line"
k exempt kith-example-rare --reason "$(printf 'a\342\200\256b')" --until 2026-12-01
status_is 2
k exempt kith-example-rare --reason ' ' --until 2026-12-01
status_is 2
k exempt kith-example-rare --reason "$(head -c 5000 /dev/zero | tr '\0' x)" --until 2026-12-01
status_is 2
err_has "at most 4096"
cmp -s kith.toml "$work/before" || fail "a refusal changed kith.toml"

# added behind everything, in the file's own line ends
k exempt kith-example-rare --reason 'ann "reads" it' --until 2026-12-01 --owner ann
status_is 0
out_line "kith-example-rare 0.1.0: exempt until 2026-12-01, in kith.toml"
sum=$(awk '/^name = "kith-example-rare"/ { n = 1 } n && /^checksum/ { gsub("\"", "", $3); print $3; exit }' Cargo.lock)
{
	cat "$work/before"
	printf '\r\n[[exempt]]\r\npackage = "kith-example-rare"\r\nversion = "0.1.0"\r\nchecksum = "%s"\r\n' "$sum"
	printf 'reason = "ann \\"reads\\" it"\r\nowner = "ann"\r\nadded = 2026-06-01\r\nuntil = 2026-12-01\r\n'
} >"$work/want"
checks=$((checks + 1))
cmp kith.toml "$work/want" || fail "kith.toml is not what was wanted"
k verify --format jsonl
out_has '"name":"kith-example-rare","version":"0.1.0"'
grep '"kith-example-rare"' "$work/out" | grep -q '"status":"exempt"' || fail "it is not exempt"

# renewed in place: the same lines, another end
sed -i 's/^reason = "ann.*/&/; s/^until = 2026-12-01/until = 2026-12-01 # half a year/' kith.toml
k exempt kith-example-rare@0.1.0 --reason longer --until 2027-03-01
status_is 0
out_line "kith-example-rare 0.1.0: exemption renewed until 2027-03-01, in kith.toml"
sed 's/^reason = .*\r$/reason = "longer"\r/; s/^until = 2026-12-01/until = 2027-03-01 # half a year/' "$work/want" >"$work/want2"
cmp kith.toml "$work/want2" || fail "renewing changed something else"

# over: its own reason, the owner's name, and what it was for
run "$kith" --now 2027-03-01T00:00:00Z verify --failing --format jsonl
status_is 4
out_has '"reason":"its exemption has expired (2027-03-01, ann): longer"'
run "$kith" --now 2027-02-28T23:59:59Z verify --failing --format jsonl
out_lacks 'kith-example-rare'

# a copy in the tree is exempt by the digest of its files, and only as long as they stay
k exempt kith-example-copied --reason 'we made it' --until 2026-12-01
status_is 0
k digest ./copied
digest=$(head -n 1 "$work/out" | cut -d' ' -f1)
grep -q "^checksum = \"$digest\"" kith.toml || fail "not by its digest"
k verify --format jsonl
grep '"kith-example-copied"' "$work/out" | grep -q '"status":"exempt"' || fail "the copy is not exempt"
echo '/* changed */' >>copied/src/lib.rs
k verify --format jsonl
grep '"kith-example-copied"' "$work/out" | grep -q '"status":"insufficient"' || fail "other bytes are exempt"
k exempt --list
out_has "exempt  given for other bytes      kith-example-copied 0.2.0"
cp "$KITH_SOURCE/proofs/project/copied/src/lib.rs" copied/src/lib.rs

# git: by the commit
cat >>Cargo.lock <<'END2'

[[package]]
name = "fromgit"
version = "0.1.0"
source = "git+https://example.org/fromgit?branch=main#0123456789abcdef0123456789abcdef01234567"
END2
k exempt fromgit --reason 'a fork of ours' --until 2026-12-01
status_is 0
grep -q '^checksum = "0123456789abcdef0123456789abcdef01234567"' kith.toml || fail "not by its commit"
k verify --format jsonl
grep '"fromgit"' "$work/out" | grep -q '"status":"exempt"' || fail "git is not exempt"
sed -i 's/#0123456789abcdef/#1123456789abcdef/' Cargo.lock
k verify --format jsonl
grep '"fromgit"' "$work/out" | grep -q '"status":"insufficient"' || fail "another commit is exempt"

# an objection by its id, as explain prints the command
k explain kith-example-parse
out_has "kith accept --reason '…' KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA kith-example-parse"
k accept KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA
status_is 2
err_has "--reason"
k accept RUSTSEC-2020-0001 --reason why
status_is 2
err_has "no objection 'RUSTSEC-2020-0001' stands against a package here"
k accept KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA kith-example-json --reason why
status_is 2
k accept KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA kith-example-parse --reason 'no numbers here' --owner ben
status_is 0
out_line "kith-example-parse: accepted KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA, in kith.toml"
k verify --format jsonl
grep '"kith-example-parse"' "$work/out" | grep -q '"status":"verified"' || fail "still objected to"
k accept GaSv8UIAMu2P5FdpMzIaAMZOVOXwt5tlXejsdKn3LjM/https://cora.example/clock-2 --reason 'no leap seconds' --until 2026-09-01
status_is 0
run "$kith" --now 2026-09-01T00:00:00Z verify --format jsonl
grep '"kith-example-clock"' "$work/out" | grep -q '"status":"negative"' || fail "accepted for ever"
k accept KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA --reason 'still none' --until 2026-10-01
status_is 0
out_has "acceptance renewed of KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA until 2026-10-01"
[ "$(grep -c '^\[\[accept\]\]' kith.toml)" = 2 ] || fail "renewed as a second one"

# what nobody needs: listed, told, asked about, removed; everything else stays
cp kith.toml "$work/needed"
cat >>kith.toml <<END2

# gone since
[[exempt]]
package = "kith-example-gone"
version = "1.0.0"
checksum = "00"
reason = "was here"

[[accept]]
package = "kith-example-json"
objection = "RUSTSEC-2020-0001"
reason = "was here"
added = 2026-01-01
END2
k exempt --list
status_is 0
out_has "exempt  in use                     kith-example-rare 0.1.0"
out_has "accept  in use                     kith-example-parse KHkdJ39AlCYqIK31-qPkpEHIAZqs_i0T4EY0sFZqiEA"
out_has "exempt  the package is gone        kith-example-gone 1.0.0"
out_has "accept  the objection is gone      kith-example-json RUSTSEC-2020-0001"
out_has "exempt  given for other bytes      fromgit 0.1.0"
out_line "4 exemptions, 3 acceptances, 3 of them unneeded: kith exempt --prune removes them"
k exempt --list --json
status_is 0
checks=$((checks + 1))
python3 - "$work/out" <<'END2' || fail "the list as JSON"
import json, sys
j = json.load(open(sys.argv[1]))
assert j["schema"] == "kith.exempt/1"
e = {(x["kind"], x["package"]): x for x in j["entries"]}
assert e["exempt", "kith-example-rare"]["until"] == "2027-03-01" and e["exempt", "kith-example-rare"]["needed"]
assert not e["exempt", "kith-example-gone"]["needed"] and e["accept", "kith-example-json"]["state"] == "the objection is gone"
assert [x["line"] for x in j["entries"]] == sorted(x["line"] for x in j["entries"])
END2
k exempt --prune
status_is 2
err_has "kith-example-gone"
cp kith.toml "$work/full"
cmp kith.toml "$work/full" || fail "removed without being asked"
k --yes exempt --prune
status_is 0
out_line "3 removed"
checks=$((checks + 1))
python3 - "$work/needed" kith.toml <<'END2' || fail "pruning changed something else"
import sys
a, b = (open(p, newline="").read() for p in sys.argv[1:])
cut = a.index('\r\n[[exempt]]\r\npackage = "fromgit"')
end = a.index("[[accept]]")
want = a[:cut] + "\r\n" + a[end:] + "\n# gone since\n"
norm = lambda t: [l for l in t.replace("\r", "").split("\n") if l]
sys.exit(norm(want) != norm(b))
END2
k --yes exempt --prune
status_is 0
out_line "0 unneeded"

# another lock file under the same policy may need what this one does not
cp kith.toml "$work/one"
mkdir -p nested/src own/src
cp Cargo.lock own/Cargo.lock
printf '' >nested/src/lib.rs
printf '[package]\nname = "nested"\nversion = "0.1.0"\n[dependencies]\nfar = "1"\n[workspace]\n' >nested/Cargo.toml
cat >nested/Cargo.lock <<'END2'
version = 3

[[package]]
name = "far"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "1111111111111111111111111111111111111111111111111111111111111111"

[[package]]
name = "nested"
version = "0.1.0"
dependencies = ["far"]
END2
cat >>kith.toml <<'END2'

[[exempt]]
package = "far"
version = "1.0.0"
checksum = "1111111111111111111111111111111111111111111111111111111111111111"
reason = "the nested one has it"
END2
k exempt --list
out_has "exempt  in use                     far 1.0.0"
k --yes exempt --prune
out_line "0 unneeded"
# … unless it has a policy of its own
printf '[roots]\nids = ["%s"]\n' "$root" >nested/kith.toml
k exempt --list
out_has "exempt  the package is gone        far 1.0.0"
rm nested/kith.toml
# one that cannot be read stops it: nobody knows what it needs
echo 'no lock' >nested/Cargo.lock
k --yes exempt --prune
status_is 2
err_has "nested/Cargo.lock"
rm -r nested own
cp "$work/one" kith.toml

# a verdict warns of what it does not need
printf '\n[[exempt]]\npackage = "far"\nversion = "1.0.0"\nchecksum = "00"\n' >>kith.toml
k verify --json
python3 - "$work/out" <<'END2' || fail "what is unneeded is no remark"
import json, sys
j = json.load(open(sys.argv[1]))
assert [x["severity"] for x in j["findings"] if x["rule"] == "kith/unneeded"] == ["warning"], j["findings"]
END2
k --yes exempt --prune
out_line "1 removed"

# a package that fails for something worse keeps its exemption
k exempt kith-example-tiny --reason why --until 2026-12-01
status_is 0
cp vendor/kith-example-tiny/src/lib.rs "$work/lib"
echo x >>vendor/kith-example-tiny/src/lib.rs
k exempt --list
out_has "exempt  fails for something worse  kith-example-tiny 0.2.0"
cp "$work/lib" vendor/kith-example-tiny/src/lib.rs

# who may own one, where the policy says so
printf '[policy]\nexempt-owners = ["ann", "@team"]\n' >>kith.toml
k exempt kith-example-bits --reason why --until 2026-12-01
status_is 2
err_has "--owner: kith.toml wants somebody of exempt-owners"
err_has "ann, @team"
k exempt kith-example-bits --reason why --until 2026-12-01 --owner mal
status_is 2
err_has "'mal' is not among exempt-owners"
k exempt kith-example-bits --reason why --until 2026-12-01 --owner @team
status_is 0
# written as in CODEOWNERS, or not: one owner, as for a change under review
k exempt kith-example-bits --reason why --until 2026-12-02 --owner Team
status_is 0

# never through a link, and a file with a mistake is not touched
mv kith.toml "$work/elsewhere"
ln -s "$work/elsewhere" kith.toml
cp "$work/elsewhere" "$work/before"
k exempt kith-example-quick --reason why --until 2026-12-01 --owner ann
status_is 2
err_has "is a symbolic link: it is not written to"
cmp "$work/elsewhere" "$work/before" || fail "written through a link"
rm kith.toml
cp "$work/before" kith.toml
echo 'levle = "low"' >>kith.toml
cp kith.toml "$work/before"
k exempt kith-example-quick --reason why --until 2026-12-01 --owner ann
status_is 2
err_has "unknown key 'levle' in [policy], did you mean 'level'?"
cmp kith.toml "$work/before" || fail "a broken file was changed"
clean_output
finish
