#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One verdict in every format: the same packages, nothing of a stranger's text as markup.
. "$KITH_SOURCE/tests/cli/lib.sh"
export CARGO_HOME="$work/cargo"
mkdir -p "$CARGO_HOME"
python=python3
"$python" -c 'import jsonschema' 2>/dev/null || python=/usr/bin/python3

example_project
example_evidence
v() { k -C "$project" verify --root "$root" "$@"; }

k -C "$project" verify --root "$root" --format xml
status_is 2
err_has "--format: 'xml' is none of: table, json, jsonl, sarif, junit, github, markdown, html"
k -C "$project" verify --semantics vet --format junit
status_is 2
err_has '--semantics vet answers as table or json'
for format in table json jsonl sarif junit github markdown html; do
	v --format "$format"
	status_is 4
	clean_output
	cp "$work/out" "$work/$format"
	# elsewhere, at another time of the day and in another zone: the same bytes
	(cd "$project" && TZ=Asia/Tokyo "$kith" --now "$now" verify --root "$root" --format "$format" >"$work/again" 2>/dev/null) || true
	checks=$((checks + 1))
	cmp -s "$work/$format" "$work/again" || fail "$format: not the same bytes"
done
v -o "$work/file.sarif" --format sarif
out_empty
checks=$((checks + 1))
cmp -s "$work/file.sarif" "$work/sarif" || fail '-o'

# the same statuses as the JSON document says
cat >"$work/check.py" <<'EOF'
import json, sys, xml.etree.ElementTree as ET
d = sys.argv[1]
doc = json.load(open(d + "/json"))
rows = doc["packages"]
bad = [p for p in rows if p["status"] in ("mismatch", "negative", "insufficient")]
assert doc["lock_file"] == "Cargo.lock", doc["lock_file"]
# jsonl
assert [json.loads(line) for line in open(d + "/jsonl")] == rows
# sarif
run = json.load(open(d + "/sarif"))["runs"][0]
rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
want = []
for p in bad:
    ids = ["kith/" + o["kind"] for o in p["objections"]] if p["status"] == "negative" else ["kith/" + p["status"]]
    want += [(i, p["line"], p["name"] + " " + p["version"]) for i in ids]
got = []
for r in run["results"]:
    assert rules[r["ruleIndex"]] == r["ruleId"]
    where = r["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == "Cargo.lock"
    got.append((r["ruleId"], where["region"]["startLine"], r["message"]["text"].split(":")[0]))
assert got == want, (got, want)
names = [r["partialFingerprints"]["kith/v1"] for r in run["results"]]
assert len(set(names)) == len(names)
assert len({r[0] for r in want}) > 3, want
# junit
suite = ET.parse(d + "/junit").getroot()[0]
kinds = {"mismatch": "error", "negative": "error", "insufficient": "failure", "exempt": "skipped"}
cases = suite.findall("testcase")
assert len(cases) == len(rows) == int(suite.get("tests"))
for case, p in zip(cases, rows):
    assert case.get("name") == p["name"] + " " + p["version"]
    want = kinds.get(p["status"])
    assert [c.tag for c in case] == ([want] if want else []), (case.get("name"), p["status"])
    if want:
        assert case[0].get("message") == p["reason"]
for word, key in (("errors", "error"), ("failures", "failure"), ("skipped", "skipped")):
    assert int(suite.get(word)) == len(suite.findall("testcase/" + key))
newest = max(c["date"] for p in rows for c in p["chain"] + [o for o in p["objections"] if "date" in o])
assert suite.get("timestamp") == newest[:19], (suite.get("timestamp"), newest)
# github
lines = open(d + "/github").read().splitlines()
assert len(lines) == len(run["results"]) + 1
for line, r in zip(lines, run["results"]):
    level = "error" if r["level"] == "error" else "warning"
    assert line.startswith("::%s file=Cargo.lock,line=" % level), line
assert lines[-1].startswith("::notice title=kith fail::17 packages: 4 verified,")
# markdown
text = open(d + "/markdown").read()
head, rest = text.split("<details>")
assert text.startswith("<!-- kith verify -->\n### kith: fail\n")
assert head.count("\n| ") - 2 == len(bad) and rest.count("\n| ") - 2 == len(rows) - len(bad)
EOF
checks=$((checks + 1))
python3 "$work/check.py" "$work" || fail 'formats disagree'

# only what fails
v --failing --format jsonl
checks=$((checks + 1))
[ "$(wc -l <"$work/out")" = 11 ] || fail 'jsonl --failing'
v --failing --format junit
out_has 'tests="11" failures="8" errors="3" skipped="0"'
v --failing --format markdown
out_lacks '<details>'
v --semantics crev --format sarif
out_has '"ruleId": "kith/crev"'
v --semantics crev --format junit
out_has '<failure message='

# strangers' texts: of a reviewer, and a package's
sign=$KITH_BUILD/tests/sign_proof
mkdir "$work/nasty"
# body NAME TEXT
body() {
	cat <<EOF
kind: package review
version: -1
date: '2024-01-01T00:00:00Z'
from:
  id-type: crev
  id: $("$sign" --id 1)
package:
  source: https://crates.io
  name: $1
  version: 1.0.0
  digest: $("$sign" --id 2)
review:
  thoroughness: low
  understanding: low
  rating: positive
issues:
- id: '$2'
  severity: high
  comment: ''
comment: ''
EOF
}
while read -r name text; do
	body "$name" "$text" | "$sign" 1
done >"$work/nasty/a.crev" <<'EOF'
a </script><img src=x onerror=1>
b |[a](https://x.example)![b](y)
c `*@team #1 ]]>&amp;"</td>
d www.x.example ::error::%0A
EOF
k fetch "$work/nasty"
out_has '4 new proofs, 0 refused'
mkdir "$work/n"
{
	echo 'version = 3'
	for name in a b c d; do
		printf '[[package]]\nname = "%s"\nversion = "1.0.0"\nsource = "%s"\nchecksum = "%064d"\n' \
			$name registry+https://github.com/rust-lang/crates.io-index 0
	done
} >"$work/n/Cargo.lock"
n() { k -C "$work/n" verify --root "$("$sign" --id 1)" "$@"; }
n --format github
status_is 1
checks=$((checks + 1))
[ "$(grep -c '^::' "$work/out") $(wc -l <"$work/out")" = '5 5' ] || fail 'a line of its own'
out_has '::error file=Cargo.lock,line=2,title=kith/issue::a 1.0.0: open issue </script><img src=x onerror=1> (high) by '
out_has '::error::%250A'
n --format markdown
out_lacks '<img'
out_lacks '](http'
out_lacks '@team'
out_lacks 'team #'
out_lacks 'www.x'
out_lacks 'https://'
checks=$((checks + 1))
[ "$(grep -c '^| ' "$work/out")" = 6 ] || fail 'a row of its own'
n --format junit
out_lacks '<img'
checks=$((checks + 1))
python3 -c '
import sys, xml.etree.ElementTree as ET
assert "onerror=1" in ET.parse(sys.argv[1]).getroot().find(".//error").get("message")' "$work/out" ||
	fail 'junit: the text is lost'
n --format sarif
checks=$((checks + 1))
python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))["runs"][0]["results"]
assert len(r) == 4 and r[0]["ruleId"] == "kith/issue" and "</script>" in r[0]["message"]["text"]' "$work/out" ||
	fail 'sarif: the text is lost'

# a name of any length breaks no format, and hides no other package
python3 - >"$work/n/Cargo.lock" <<'EOF'
print("version = 3")
for name in ("B" * 200000, "b"):
    print('[[package]]\nname = "%s"\nversion = "1.0.0"\n'
          'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%064d"' % (name, 0))
EOF
for format in table json jsonl sarif junit github markdown html; do
	n --format "$format"
	status_is 1
done
n --format github
checks=$((checks + 1))
[ "$(grep -c 'title=kith/' "$work/out")" = 2 ] || fail 'two findings'
n --format markdown
out_has '1 more is left out here: '
out_has '| b 1.0.0 |'
out_has '2 packages: '

# thousands of packages: every format ends, a comment fits
python3 - >"$work/n/Cargo.lock" <<'EOF'
print("version = 3")
for i in range(10000):
    print('[[package]]\nname = "crate-number-%d"\nversion = "1.0.%d"\n'
          'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%064d"' % (i, i, i))
EOF
n --format markdown
checks=$((checks + 1))
[ "$(wc -c <"$work/out")" -le 60000 ] || fail 'a comment too long'
out_has ' more are left out here: '
n --format sarif
checks=$((checks + 1))
[ "$(grep -c '"ruleId"' "$work/out")" = 10000 ] || fail 'sarif of 10,000'

if [ -n "${KITH_SHARED:-}" ] && [ -d "$KITH_SHARED" ]; then
	schemas=$KITH_SHARED/corpus/peer-tests/schemas
	checks=$((checks + 1))
	xmllint --noout --schema "$schemas/junit/JUnit.xsd" "$work/junit" 2>"$work/err" || fail "junit: not by its schema"
	cat >"$work/schema.py" <<'EOF'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.validators.validator_for(schema)(schema).validate(json.load(open(sys.argv[2])))
EOF
	for f in "$work/sarif" "$work/out"; do
		checks=$((checks + 1))
		"$python" "$work/schema.py" \
			"$schemas/sarif-2.1.0/sarif-2.1/schema/sarif-schema-2.1.0.json" "$f" 2>"$work/err" ||
			fail "sarif: not by its schema"
	done
fi
finish
