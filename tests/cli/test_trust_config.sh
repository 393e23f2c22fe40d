#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Native trust from configuration: teams, caps, actors, publishers, limited statements, floods; on
# evidence that is signed here for the purpose.
. "$KITH_SOURCE/tests/cli/lib.sh"
make_web=$KITH_BUILD/tests/make_web
idof() { "$make_web" --id "$1"; }

# one project with one dependency, vendored: its digest is what reviews must name
example_evidence
example_project
k -C "$project" explain kith-example-rare --root "$root"
digest=$(sed -n 's/^  digest      //p' "$work/out")
k -C "$project" explain kith-example-text --root "$root"
digest_text=$(sed -n 's/^  digest      //p' "$work/out")
rare="kith-example-rare 0.1.0"

# web: lines on stdin replace all evidence
web() {
	rm -rf "$HOME/.local" "$HOME/.cache" "$work/web"
	"$make_web" "$work/web"
	k fetch "$work"/web/*
	status_is 0
}
roots() {
	printf '[roots]\nids = ["%s"' "$(idof "$1")"
	shift
	for p in "$@"; do printf ', "%s"' "$(idof "$p")"; done
	printf ']\n'
}
rare_is() {
	k -C "$project" explain kith-example-rare
	status_is 0
	out_has "$rare: $1"
}

# a team of two, both must agree
web <<EOF
trust ann bob medium 2026-01-01
trust ann col medium 2026-01-01
trust una col medium 2026-01-01
review bob $rare $digest positive 2026-01-02
review una kith-example-text 1.0.0 $digest_text strong 2026-01-02
EOF
{ roots ann una; echo 'threshold = 2'; } >"$project/kith.toml"
rare_is insufficient
k -C "$project" explain -- "$(idof bob)"
status_is 0
out_has ": not trusted; objections count at medium (asked by 2 roots, 2 must agree)"
out_has "own word    of a root: medium"
out_has "too few of the roots come to trust it"
k -C "$project" explain -- "$(idof col)"
out_has ": medium (asked by 2 roots, 2 must agree)"
k -C "$project" query ids --trusted
status_is 0
out_has "$(idof col)"
out_lacks "$(idof bob)"
roots ann una >"$project/kith.toml"
rare_is verified
# also from a folder below
mkdir -p "$project/below"
k -C "$project/below" query ids --trusted
status_is 0
out_has "$(idof bob)"
k -C "$project" graph --format json
status_is 0
out_has "$(idof bob)"
for format in svg dot json terminal; do
	k -C "$project" graph --for kith-example-rare --format $format
	status_is 0
	clean_output
done
out_has "$(idof bob | cut -c1-8)"
# the user's [roots] are replaced as a whole: no threshold is left over
mkdir -p "$HOME/.config/kith"
{ roots ann una; echo 'threshold = 2'; } >"$HOME/.config/kith/config.toml"
rare_is verified
rm "$project/kith.toml"
rare_is insufficient
rm "$HOME/.config/kith/config.toml"

# a threshold that nobody can meet is an error
{ roots ann una; echo 'threshold = 3'; } >"$project/kith.toml"
k -C "$project" verify
status_is 2
err_has "threshold"

# a cap, and the level that policy wants
{ roots ann; printf '[policy]\nlevel = "medium"\n'; } >"$project/kith.toml"
rare_is verified
printf '[[cap]]\nid = "%s"\nlevel = "low"\n' "$(idof bob)" >>"$project/kith.toml"
rare_is insufficient
k -C "$project" explain -- "$(idof bob)"
out_has "limited by  a cap of your configuration"

# two keys of one person are one opinion; two people are two
web <<EOF
trust ann bob medium 2026-01-01
trust ann cat medium 2026-01-01
review bob $rare $digest positive 2026-01-02
review cat $rare $digest positive 2026-01-03
EOF
{ roots ann; printf '[policy]\nindependent = 2\n'; } >"$project/kith.toml"
rare_is verified
out_has "  independent 2"
out_has "  way 2 "
printf '[[actor]]\nname = "one person"\nids = ["%s", "%s"]\n' "$(idof bob)" "$(idof cat)" >>"$project/kith.toml"
rare_is insufficient
out_has "1 independent, 2 required"

# a publisher does not approve its own package, nor does whom it introduced
web <<EOF
trust ann bob medium 2026-01-01
trust bob cat medium 2026-01-01
review bob $rare $digest positive 2026-01-02
review cat $rare $digest positive 2026-01-03
EOF
roots ann >"$project/kith.toml"
rare_is verified
out_has "trusted through $(idof ann | cut -c1-8)… -medium-> $(idof bob | cut -c1-8)… -medium-> $(idof cat | cut -c1-8)…"
out_has "adds no independence: introduces $(idof cat | cut -c1-8)…"
printf '[[publisher]]\npackage = "kith-example-rare"\nids = ["%s"]\n' "$(idof bob)" >>"$project/kith.toml"
rare_is insufficient
out_has "approved only by its publisher"
out_has "not counted: by the publisher himself"
out_has "not counted: trusted only through the publisher"

# a statement that the configuration ignores does not exist
{ roots ann; printf '[[ignore]]\nby = "%s"\nabout = "%s"\n' "$(idof bob)" "$(idof cat)"; } >"$project/kith.toml"
k -C "$project" explain -- "$(idof cat)"
out_has ": not trusted"
k -C "$project" explain -- "$(idof bob)"
out_has ": medium"

# only one statement of it: the newest, or none
said=$("$make_web" --id nobody)
{ roots ann; printf '[[ignore]]\nby = "%s"\nabout = "%s"\ndigest = "%s"\n' "$(idof bob)" "$(idof cat)" "$said"; } >"$project/kith.toml"
k -C "$project" explain -- "$(idof cat)"
out_has ": medium"
k query proofs --author "$(idof bob)" --json
status_is 0
said=$(python3 -c 'import json, sys
print([r["proof"] for r in json.load(open(sys.argv[1]))["rows"] if r["kind"] == "trust"][0])' "$work/out")
sed -i "s|^digest.*|digest = \"$said\"|" "$project/kith.toml"
k -C "$project" explain -- "$(idof cat)"
out_has ": not trusted"

# a contact's distrust blocks, unless only roots may
web <<EOF
trust ann bob medium 2026-01-01
trust ann dan low 2026-01-01
trust dan cat low 2026-01-01
trust bob cat distrust 2026-01-02
review cat $rare $digest positive 2026-01-03
EOF
roots ann >"$project/kith.toml"
rare_is insufficient
k -C "$project" explain -- "$(idof cat)"
out_has "blocks every path"
out_has "blocked by"
k -C "$project" query ids --contested
status_is 0
out_has "$(idof cat)"
printf '[trust]\nveto = "root"\n' >>"$project/kith.toml"
rare_is verified

# scope, reach and end
web <<EOF
trust ann bob medium 2026-01-01 scope cargo:kith-example-r*
trust ann cat medium 2026-01-01 reach reviews
trust cat dan medium 2026-01-01
trust ann eve medium 2026-01-01 until 2026-05-01
review bob $rare $digest positive 2026-01-02
review bob kith-example-text 1.0.0 $digest_text positive 2026-01-02
EOF
roots ann >"$project/kith.toml"
rare_is verified
k -C "$project" explain kith-example-text
out_has "kith-example-text 1.0.0: insufficient"
k -C "$project" explain -- "$(idof bob)"
out_has "is for certain packages only; without that: medium"
out_has "; for cargo:kith-example-r* only"
k -C "$project" explain -- "$(idof cat)"
out_has ": medium (asked by"
out_has "; may review, not introduce"
k -C "$project" explain -- "$(idof dan)"
out_has "may review, not introduce; without that: medium"
k -C "$project" explain -- "$(idof eve)"
out_has "a statement on the path has expired; without that: medium"
out_has "; until 2026-05-01"
run "$kith" --now 2026-04-30T23:59:59Z -C "$project" explain -- "$(idof eve)"
status_is 0
out_has ": medium (asked by"
out_has "  expires     2026-05-01: what"

# the wildest glob is matched without ado; a statement of the future waits
web <<EOF
trust ann bob medium 2026-01-01 scope *a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b
trust ann cat medium 2030-01-01
review cat $rare $digest positive 2026-01-02
EOF
rare_is insufficient
k -C "$project" explain -- "$(idof cat)"
out_has ": not trusted"

# whoever says too much is cut to the newest, and that is told
web <<EOF
trust ann bob medium 2026-05-01
review bob $rare $digest positive 2026-01-02
flood ann 10500 2026-01-01
EOF
err_has "warning: $(idof ann) says more than 10000 things about people: the newest are kept, 501 are left out"
rare_is verified
err_has "says more than 10000 things"

# --json of what explain says
k -C "$project" explain --json --what-if "drop $(idof bob)" -- "$(idof bob)"
status_is 0
python3 - "$work/out" <<'EOF' || fail "what-if --json"
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.explain-person/1" and d["approve"] == "none"
w = d["what_if"]
assert [(x["before"], x["after"]) for x in w["people"]] == [("medium", "none")]
assert [(x["name"], x["before"], x["after"]) for x in w["packages"]] == \
    [("kith-example-rare", "verified", "insufficient")]
EOF
k -C "$project" explain --json --summary
status_is 0
python3 - "$work/out" "$(idof bob)" <<'EOF' || fail "summary --json"
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.explain-summary/1" and d["verified"] == 1 and d["packages"] == 17
assert d["hang_on"] == [{"id": sys.argv[2], "name": d["hang_on"][0]["name"], "packages": 1}]
assert d["people"]["high"] == 0 and d["people"]["medium"] == 1
EOF

finish
