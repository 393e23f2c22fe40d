#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How the lock file is kept: each finding in every format, as bad as kith.toml says.
. "$KITH_SOURCE/tests/cli/lib.sh"
python=python3
"$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3

example_project
example_evidence
p="$work/p"
mkdir -p "$p/src"
cat >"$p/Cargo.toml" <<'END'
[package]
name = "p"
version = "0.1.0"

[dependencies]
alpha = "1.2"
END

# lock VERSION [EXTRA]: a lock file with alpha at VERSION
lock() {
	cat >"$p/Cargo.lock" <<END
version = 4

[[package]]
name = "alpha"
version = "$1"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

[[package]]
name = "p"
version = "0.1.0"
dependencies = [
 "alpha",
]
END
}
v() { k -C "$p" verify --root "$root" "$@"; }

# a manifest without a lock file: a verdict in every format, not a usage error
v
status_is 1
out_line '! error  Cargo.lock: there is no lock file beside the manifest'
out_has '0 packages:'
out_has FAIL
err_line 'next: cargo generate-lockfile'
clean_output
for format in table json jsonl sarif junit github markdown html; do
	v --format "$format"
	status_is 1
	out_has 'there is no lock file'
	cp "$work/out" "$work/missing.$format"
	cp "$work/out" "$work/all.$format"
done
k -C "$p/src" verify --root "$root" --json
status_is 1
out_has '"rule": "kith/lock-missing"'
printf '[lockfile]\nmissing = "warn"\n' >"$p/kith.toml"
v
status_is 0
out_has '  warning  Cargo.lock: there is no'
printf '[lockfile]\nmissing = "off"\n' >"$p/kith.toml"
v --json
status_is 0
out_has '"findings": []'
rm "$p/kith.toml"
k -C "$p" explain alpha
status_is 1
err_has "nothing is known about 'alpha'"

# as old as the manifest: nothing; older: what is wanted and what is there, at its line
lock 1.2.9
v
status_is 1
out_lacks error
lock 1.1.0
v
status_is 1
out_line '! error  Cargo.toml:6: alpha 1.2 is wanted, and the lock file has 1.1.0'
printf 'beta = "3"\n' >>"$p/Cargo.toml"
v --json
out_has '"rule": "kith/lock-outdated"'
out_has '"message": "beta 3 is wanted, and the lock file does not have it"'
out_has '"line": 7'
sed -i 's/^version = "0.1.0"/version = "0.2.0"/' "$p/Cargo.toml"
v
out_line "! error  Cargo.toml: the lock file does not have the project's own package p 0.2.0"
# another lock file that is named is not the manifest's
cp "$p/Cargo.lock" "$p/old.lock"
k -C "$p" verify --root "$root" old.lock
out_lacks Cargo.toml
printf '[lockfile]\noutdated = "off"\n' >"$p/kith.toml"
v
out_lacks 'is wanted'
rm "$p/kith.toml"
sed -i 's/^version = "0.2.0"/version = "0.1.0"/; /^beta/d' "$p/Cargo.toml"

# a package without a checksum, at its line
lock 1.2.9
sed -i '/^checksum/d' "$p/Cargo.lock"
v
status_is 1
out_line '  warning  Cargo.lock:3: alpha 1.2.9 is there without a checksum'
printf '[lockfile]\nno-checksum = "error"\n' >"$p/kith.toml"
v --format sarif
out_has '"ruleId": "kith/lock-checksum"'
out_has '"startLine": 3'
rm "$p/kith.toml"

# several: two of npm, and one in a member's folder; [lockfile] ignore
lock 1.2.9
mkdir -p "$p/member"
printf '\n[workspace]\nmembers = ["member"]\n' >>"$p/Cargo.toml"
printf '[package]\nname = "member"\nversion = "1.0.0"\n' >"$p/member/Cargo.toml"
printf '\n[[package]]\nname = "member"\nversion = "1.0.0"\n' >>"$p/Cargo.lock"
echo '{}' >"$p/package-lock.json"
echo '' >"$p/yarn.lock"
cp "$p/Cargo.lock" "$p/member/Cargo.lock"
v
out_line '  warning  yarn.lock: a second lock file of the same ecosystem lies here'
out_line '  warning  member/Cargo.lock: a second lock file of the same ecosystem lies here'
out_lacks package-lock.json
# started in the member's folder: what cargo reads is judged, not what lies nearer
sed -i 's/alpha/omega/' "$p/member/Cargo.lock"
k -C "$p/member" verify --root "$root"
out_has alpha
out_lacks omega
cp "$p/member/Cargo.toml" "$work/member.toml"
printf '\n[workspace]\n' >>"$p/member/Cargo.toml"
k -C "$p/member" verify --root "$root"
out_has omega
cp "$work/member.toml" "$p/member/Cargo.toml"
printf '[lockfile]\nignore = ["yarn.lock", "member/*"]\n' >"$p/kith.toml"
v
out_lacks 'second lock file'
printf '[lockfile]\nseveral = "error"\nignore = ["yarn.lock"]\n' >"$p/kith.toml"
v --format github
out_has '::error file=member/Cargo.lock,line=1,title=kith/lock-several::'
for format in sarif junit json html markdown; do
	v --format "$format"
	status_is 1
	cp "$work/out" "$work/all.$format"
done
cat >"$work/check.py" <<'EOF2'
import json, sys, xml.etree.ElementTree as ET
d = sys.argv[1]
for name in ("missing", "all"):
    run = json.load(open(f"{d}/{name}.sarif"))["runs"][0]
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    prints = [r["partialFingerprints"]["kith/v1"] for r in run["results"]]
    assert len(set(prints)) == len(prints)
    locks = [r for r in run["results"] if r["ruleId"].startswith("kith/lock-")]
    assert locks
    for r in locks:
        rule = run["tool"]["driver"]["rules"][r["ruleIndex"]]
        assert rule["id"] == r["ruleId"] and rule["help"]["text"] and r["level"] == "error"
    suite = ET.parse(f"{d}/{name}.junit").getroot()[0]
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    own = [c for c in cases if c.get("classname") == "project"]
    assert [c.find("failure").get("type") for c in own] == [r["ruleId"] for r in locks]
assert "<h2>The project</h2>" in open(f"{d}/all.html").read()
EOF2
checks=$((checks + 1))
"$python" "$work/check.py" "$work" || fail 'the same findings in every format'

# --only and --kind: a part is named as one, and a glob that meets nothing is no pass
rm "$p/kith.toml"
k -C "$project" verify --root "$root" --only 'kith-example-j*'
status_is 0
out_line 'for this run: only = kith-example-j*'
out_has '1 package: 1 verified'
k -C "$project" verify --root "$root" --only kith-example-json --only kith-example-hash
status_is 4
out_has '2 packages:'
k -C "$project" verify --root "$root" --only 'kith-exmaple-*'
status_is 2
out_empty
err_has "is named 'kith-exmaple-*'"
k -C "$project" verify --root "$root" --kind normal,nightly
status_is 2
err_has "--kind: 'nightly' is none of: normal, build, dev"
v --kind dev
out_line 'for this run: kind = dev'
out_has '0 packages:'
printf '\n[dev-dependencies]\nalpha = "1"\n' >"$p/member/Cargo.toml.add"
cat "$p/member/Cargo.toml.add" >>"$p/member/Cargo.toml"
sed -i 's/^alpha = "1.2"//' "$p/Cargo.toml"
lock 1.2.9
sed -i '/^name = "p"/,$d' "$p/Cargo.lock"
cat >>"$p/Cargo.lock" <<'END'
name = "p"
version = "0.1.0"

[[package]]
name = "member"
version = "1.0.0"
dependencies = ["alpha"]
END
v --kind dev
out_has 'alpha 1.2.9'
out_has '  dev  '
v --kind build,normal
out_lacks alpha
rm "$p/Cargo.toml" "$p/member/Cargo.toml"
v --kind normal
out_has '  unknown  '
err_has 'is not known: counted as normal'
v --kind dev
out_lacks alpha
k -C "$p" verify --semantics vet --kind dev
status_is 2
err_has '--kind means nothing to cargo-vet'
finish
