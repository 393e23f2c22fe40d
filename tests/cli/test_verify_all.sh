#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify --all: several lock files, each with its own verdict, in every format one document.
. "$KITH_SOURCE/tests/cli/lib.sh"
python=python3
"$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3

example_project
example_evidence
t="$work/t"
mkdir -p "$t"
# make DIR [NAME VERSION]: a project with at most one dependency
make() {
	mkdir -p "$t/$1"
	printf 'version = 4\n\n[[package]]\nname = "p"\nversion = "0.1.0"\n' >"$t/$1/Cargo.lock"
	[ "$#" = 1 ] || cat >>"$t/$1/Cargo.lock" <<END
dependencies = ["$2"]

[[package]]
name = "$2"
version = "$3"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
END
}
make .
make fuzz
make tools/deep nobody-knows 1.0.0
# what is passed over, and links that lead out or round
for d in target node_modules vendor .git; do make "$d" nobody-knows 2.0.0; done
make ../outside nobody-knows 3.0.0
ln -s ../outside "$t/link"
ln -s . "$t/round"
ln -s ../../outside/Cargo.lock "$t/fuzz/other.lock"
v() { k -C "$t" verify --all --root "$root" "$@"; }

v
status_is 1
out_line 'Cargo.lock'
out_line 'fuzz/Cargo.lock'
out_line 'tools/deep/Cargo.lock'
out_line '3 lock files: 2 pass, 1 does not        FAIL'
out_has 'nobody-knows 1.0.0'
out_lacks '2.0.0'
out_lacks '3.0.0'
err_line 'next: kith -C tools/deep explain nobody-knows@1.0.0'
clean_output
v --only 'nobody-*'
status_is 1
v --only nobdy
status_is 2
out_empty
v fuzz
status_is 0
out_line '1 lock file: 1 passes, 0 do not        PASS'
v fuzz/Cargo.lock
status_is 0
k -C "$t" verify --root "$root"
status_is 0
out_lacks 'lock files'
k -C "$t" verify --all --semantics vet
status_is 2
err_has '--all means nothing to cargo-vet'

# what cargo would follow is not passed over
ln -s ../../outside/Cargo.lock "$t/fuzz/Cargo.lock.new"
mkdir "$t/linked"
ln -s ../../outside/Cargo.lock "$t/linked/Cargo.lock"
v
status_is 1
out_has '! error  linked/Cargo.lock: it is a symbolic link, which is not followed here'
out_line '4 lock files: 2 pass, 2 do not        FAIL'
out_lacks '3.0.0'
rm -r "$t/linked" "$t/fuzz/Cargo.lock.new"

# a lock file that cannot be read fails, and hides no other
echo 'rubbish [' >"$t/fuzz/Cargo.lock"
v
status_is 1
out_has '! error  fuzz/Cargo.lock: '
out_line '3 lock files: 1 passes, 2 do not        FAIL'
for format in json jsonl sarif junit github markdown html; do
	v --format "$format"
	status_is 1
	clean_output
	cp "$work/out" "$work/all.$format"
done
cat >"$work/check.py" <<'EOF2'
import json, sys, xml.etree.ElementTree as ET
d = sys.argv[1]
doc = json.load(open(d + "/all.json"))
assert doc["schema"] == "kith.verify-all/1" and doc["pass"] is False
paths = ["Cargo.lock", "fuzz/Cargo.lock", "tools/deep/Cargo.lock"]
assert [p["lock_file"] for p in doc["projects"]] == paths
assert [p["pass"] for p in doc["projects"]] == [True, False, False]
assert doc["projects"][1]["findings"][0]["rule"] == "kith/lock-unreadable"
lines = [json.loads(line) for line in open(d + "/all.jsonl")]
assert {x["lock_file"] for x in lines} == set(paths)
assert [x["name"] for x in lines if "name" in x] == ["p", "nobody-knows", "p"]
sarif = json.load(open(d + "/all.sarif"))
ids = [r["automationDetails"]["id"] for r in sarif["runs"]]
assert ids == ["kith/" + p for p in paths], ids
assert [len(r["results"]) for r in sarif["runs"]] == [0, 1, 1]
suites = ET.parse(d + "/all.junit").getroot()
assert [s.get("package") for s in suites] == paths
assert [s.get("id") for s in suites] == ["0", "1", "2"]
for s in suites:
    assert int(s.get("tests")) == len(s.findall("testcase"))
html = open(d + "/all.html").read()
assert html.count("<table id=") == 2 and html.count("<fieldset>") == 1 and html.count("<h1>") == 1
md = open(d + "/all.markdown").read()
assert md.count("<!-- kith verify -->") == 1 and md.index("deep") < md.index("pass: Cargo")
github = open(d + "/all.github").read().splitlines()
assert [x.split(",")[0] for x in github[:2]] == ["::error file=fuzz/Cargo.lock", "::warning file=tools/deep/Cargo.lock"]
EOF2
checks=$((checks + 1))
"$python" "$work/check.py" "$work" || fail 'one document in every format'
schemas="${KITH_SHARED:-/nonexistent}/corpus/peer-tests/schemas"
if [ -d "$schemas" ]; then
	checks=$((checks + 2))
	"$python" -m jsonschema -i "$work/all.sarif" \
		"$schemas/sarif-2.1.0/sarif-2.1/schema/sarif-schema-2.1.0.json" 2>"$work/err" ||
		fail 'SARIF schema'
	xmllint --noout --schema "$schemas/junit/JUnit.xsd" "$work/all.junit" 2>"$work/err" ||
		fail 'JUnit xsd'
fi
if [ -x "$(command -v tidy)" ]; then
	run tidy -q -e "$work/all.html"
	status_is 0
	err_empty
fi

# mismatch is the worst
mkdir "$t/example"
cp -r "$project/." "$t/example/"
make fuzz
v
status_is 4
rm -r "$t/example"

# [lockfile] ignore and paths; a path that is named and not there
printf '[lockfile]\nignore = ["tools/*"]\n' >"$t/kith.toml"
v
status_is 0
out_line '2 lock files: 2 pass, 0 do not        PASS'
printf '[lockfile]\npaths = ["fuzz/Cargo.lock", "tools/deep/Cargo.lock"]\n' >"$t/kith.toml"
v
status_is 1
out_line '2 lock files: 1 passes, 1 does not        FAIL'
k -C "$t" verify --root "$root"
status_is 1
out_line '2 lock files: 1 passes, 1 does not        FAIL'
k -C "$t" verify --root "$root" Cargo.lock
status_is 0
out_lacks 'lock files'
k -C "$t/fuzz" verify --root "$root" --json
status_is 0
out_has '"lock_file": "Cargo.lock"'
out_lacks deep
printf '[lockfile]\npaths = ["gone/Cargo.lock"]\n' >"$t/kith.toml"
v
status_is 1
out_has '! error  gone/Cargo.lock: '
rm "$t/kith.toml"

# a tree that is too deep, and one with too many: refused, not looked at in part
d="$t/x"
i=0
while [ $i -lt 40 ]; do
	d="$d/x"
	i=$((i + 1))
done
mkdir -p "$d"
v
status_is 3
out_empty
err_has 'too many folders'
err_has 'hint: name the lock files in [lockfile] paths'
rm -r "$t/x"
i=0
while [ $i -lt 501 ]; do
	mkdir "$t/y$i"
	: >"$t/y$i/Cargo.lock"
	i=$((i + 1))
done
v
status_is 3
out_empty
err_has 'too many lock files'
finish
