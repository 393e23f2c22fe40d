#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The verdict as a page: well-formed, usable without script, nothing of a stranger's text as markup.
. "$KITH_SOURCE/tests/cli/lib.sh"
export CARGO_HOME="$work/cargo"
mkdir -p "$CARGO_HOME"
for tool in tidy chromium; do
	[ -x "$(command -v $tool)" ] || skip "no $tool here (./dev setup)"
done
# page FILE: as a browser sees it, its script run
page() {
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$work/chromium" --dump-dom "file://$1" 2>"$work/chromium.log"
}
# tidy_is_quiet FILE: valid HTML; what the accessibility check says beyond it has a reason:
# reminders of what a person should look at, for any image, input, script or style sheet (2.1.1,
# 6.1.1.2, 6.2.2.2, 6.3.1.1, 7.1.1.1, 8.1.1.1); attributes that HTML 5 dropped (1.1.2.1, 5.5.1.1);
# short headers need no abbreviation (5.6.1.1); without script nothing is missing (1.1.10.1)
usual='2\.1\.1\.[0-9]|6\.1\.1\.2|6\.2\.2\.2|6\.3\.1\.1|7\.1\.1\.1|8\.1\.1\.1|1\.1\.2\.1|5\.5\.1\.1|5\.6\.1\.1|1\.1\.10\.1'
tidy_is_quiet() {
	run tidy -q -e "$1"
	status_is 0
	err_empty
	tidy -q -e -access 3 "$1" 2>&1 | grep -vE "Access: \[($usual)\]" >"$work/err" || true
	checks=$((checks + 1))
	[ ! -s "$work/err" ] || fail 'not accessible'
}

example_project
example_evidence
k -C "$project" verify --root "$root" --format html -o "$work/p.html"
status_is 4
tidy_is_quiet "$work/p.html"
cp "$work/p.html" "$work/out"
out_has '<h1>kith: <span class="fail">fail</span></h1>'
out_has '17 packages: 4 verified, 0 exempt, 8 insufficient, 2 negative, 1 mismatch, 2 local'
out_has 'src="data:image/svg+xml;charset=utf-8,%3Csvg'
checks=$((checks + 1))
! grep -oE '(href=|url\().{0,6}' "$work/p.html" | grep -vE '^(href=%22|url\()%23' || fail 'the picture loads something'
# a page that needs nothing else: no address that a browser would follow by itself
checks=$((checks + 1))
! sed 's|src="data:[^"]*"||' "$work/p.html" | grep -qE '(src|href)=|url\(' || fail 'it loads something'

# what the browser makes of it: the script is the one that the page names, rows are in the tree
page "$work/p.html" >"$work/out"
out_has '<button type="button">Package</button>'
out_has '<input type="search" id="search">'
cat >"$work/dom.py" <<'EOF'
import sys
from html.parser import HTMLParser
class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.fors, self.rows, self.tags, self.scopes = set(), set(), [], {}, 0
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if "id" in a:
            assert a["id"] not in self.ids
            self.ids.add(a["id"])
        if tag == "label":
            self.fors.add(a["for"])
        if tag == "tr" and ("data-pass" in a or "data-fail" in a):
            self.rows.append((a["class"], "data-pass" in a))
        if tag == "th":
            self.scopes += a.get("scope") in ("col", "row")
        if tag == "img":
            assert a["alt"]
        assert not any(k.startswith("on") for k in a), attrs
p = Page()
p.feed(open(sys.argv[1]).read())
assert len(p.rows) == 17 and sum(ok for _, ok in p.rows) == 6, p.rows
assert [c for c, _ in p.rows][0] == "mismatch"
assert p.scopes == p.tags["th"] and p.fors <= p.ids and len(p.fors) == 4, (p.fors, p.ids)
for tag in ("main", "h1", "caption", "legend", "title"):
    assert p.tags[tag] == 1, tag
EOF
checks=$((checks + 1))
python3 "$work/dom.py" "$work/out" || fail 'the tree'
# without script the filter is CSS: what does not pass is one choice away
checks=$((checks + 1))
sed 's/ checked>/>/; s/id="show-failing"/id="show-failing" checked/; s/<script>.*//' "$work/p.html" >"$work/q.html"
sed -n '/<style>/,/<\/style>/p' "$work/q.html" | grep -q 'main:has(#show-failing:checked) tr\[data-pass\]' || fail 'no filter without script'

# strangers' texts are texts
sign=$KITH_BUILD/tests/sign_proof
mkdir "$work/nasty" "$work/n"
cat >"$work/body" <<EOF
kind: package review
version: -1
date: '2024-01-01T00:00:00Z'
from:
  id-type: crev
  id: $("$sign" --id 1)
  url: https://x.example/"><script>alert(1)</script>
package:
  source: https://crates.io
  name: a
  version: 1.0.0
  digest: $("$sign" --id 2)
review:
  thoroughness: low
  understanding: low
  rating: positive
issues:
- id: '</td></table><img src=x onerror=a>'
  severity: high
  comment: ''
comment: ''
EOF
"$sign" 1 <"$work/body" >"$work/nasty/<b>a.crev"
k fetch "$work/nasty"
out_has '1 new proof, 0 refused'
printf 'version = 3\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "%s"\nchecksum = "%064d"\n' \
	registry+https://github.com/rust-lang/crates.io-index 0 >"$work/n/Cargo.lock"
k -C "$work/n" verify --root "$("$sign" --id 1)" --format html -o "$work/n.html"
status_is 1
tidy_is_quiet "$work/n.html"
page "$work/n.html" >"$work/out"
out_has '&lt;/td&gt;&lt;/table&gt;&lt;img src=x onerror=a&gt;'
out_has '&lt;b&gt;a.crev:'
checks=$((checks + 1))
[ "$(grep -o '<script' "$work/out" | wc -l) $(grep -o '<img' "$work/out" | wc -l)" = '1 1' ] || fail 'markup of a stranger'

# 2,000 packages with much evidence
python3 - >"$work/n/Cargo.lock" <<'EOF'
print("version = 3")
for i in range(2000):
    print('[[package]]\nname = "a%s"\nversion = "1.0.%d"\n'
          'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "%064d"' % ("" if i % 2 else i, i, i))
EOF
k -C "$work/n" verify --root "$("$sign" --id 1)" --format html -o "$work/n.html"
checks=$((checks + 1))
[ "$(wc -c <"$work/n.html")" -le 3000000 ] || fail 'a page of more than 3 MB'
finish
