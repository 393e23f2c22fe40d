#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# Several keys of one person: one repository that serves them joins them for verdicts,
# explanations, lists and pictures alike; one that only others claim does not.
. "$KITH_SOURCE/tests/cli/lib.sh"
[ -x "$(command -v python3)" ] || skip 'no python3'
make_web=$KITH_BUILD/tests/make_web
idof() { "$make_web" --id "$1"; }
mkdir "$work/root"
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/root" "$work/port" &
server=$!
trap 'kill $server; rm -rf "$work"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -f "$work/port" ] && break; sleep 0.3; done
U=http://127.0.0.1:$(cat "$work/port")/ok
rare="kith-example-rare 0.1.0"
example_evidence
example_project
k -C "$project" explain kith-example-rare --root "$root"
digest=$(sed -n 's/^  digest      //p' "$work/out")
rm -rf "$HOME/.local" "$HOME/.cache"

# publish NAME PERSON...: one repository with the proofs of these people
publish() {
	name=$1
	shift
	rm -rf "$work/tree"
	mkdir "$work/tree"
	for p in "$@"; do cp -R "$work/web/$p/." "$work/tree"; done
	git init -q -b main --bare "$work/root/$name.git"
	git --git-dir "$work/root/$name.git" --work-tree "$work/tree" add -A
	git --git-dir "$work/root/$name.git" --work-tree "$work/tree" commit -q -m x
}
# json EXPRESSION: true of the document j on stdout, in which id is a function
json() {
	checks=$((checks + 1))
	python3 - "$work/out" "$1" "$(idof ann)" "$(idof bob)" "$(idof cat)" <<'END' || fail "not so: $1"
import json, sys
j = json.load(open(sys.argv[1]))
ann, bob, cat = sys.argv[3:]
sys.exit(0 if eval(sys.argv[2]) else 1)
END
}

# ann trusts both keys of one person, and a third key claims the same URL but is served elsewhere
"$make_web" "$work/web" <<END
url ann $U/ann.git
url ann2 $U/ann.git
url bob $U/bob.git
url cat $U/bob.git
url eve $U/bob.git
trust ann bob medium 2026-01-01
trust ann cat medium 2026-01-01
trust ann eve medium 2026-01-01
trust ann ann2 medium 2026-01-01
trust bob dan medium 2026-01-01
trust cat dan medium 2026-01-01
review bob $rare $digest positive 2026-01-02
review cat $rare $digest positive 2026-01-03
review eve other 1.0.0 $digest positive 2026-01-03
END
publish bob bob cat
publish eve eve
publish ann ann ann2
{ printf '[roots]\nids = ["%s"]\n[policy]\nindependent = 2\n' "$(idof ann)"; } >"$project/kith.toml"
cd "$project"

# from folders nothing is proved: two people, as far as anybody knows
k fetch "$work"/web/*
status_is 0
k explain kith-example-rare
out_has "$rare: verified"
k explain -- "$(idof dan)"
out_has '  independent 2 introductions that share nobody'
k explain -- "$(idof bob)"
out_lacks 'same person'
k explain "$U/bob.git"
status_is 2
err_has "3 ids are called '$U/bob.git'"
err_has "$(idof eve)"
k graph --for kith-example-rare --format json
json 'j["independent"] == 2 and not any("actor" in p for p in j["people"])'

# from the repository that the keys name: one
rm -rf "$HOME/.local" "$HOME/.cache"
k fetch "$U/ann.git" "$U/bob.git" "$U/eve.git"
status_is 0
k explain kith-example-rare
out_has "$rare: insufficient"
out_has '1 independent, 2 required'
k explain -- "$(idof dan)"
out_has '  independent 1 introduction;'
k explain -- "$(idof bob)"
out_has '  same person '
out_has "$(idof cat | cut -c1-8)…: one repository serves these keys"
out_lacks "$(idof eve | cut -c1-8)"
k explain --json -- "$(idof bob)"
json 'j["other_keys"] == [cat]'
k query ids --json
json '{r["id"]: r["actor"] for r in j["rows"] if "actor" in r} == {bob: min(bob, cat), cat: min(bob, cat)}'
k graph --format json
json '{p["id"]: p["actor"] for p in j["people"] if p["id"] in (bob, cat)} == {bob: min(bob, cat), cat: min(bob, cat)}'
k graph --for kith-example-rare --format json
json 'j["independent"] == 1'

# a configuration has the last word: two people share a repository
printf '[[actor]]\nname = "bob alone"\nids = ["%s"]\n' "$(idof bob)" >>kith.toml
k explain kith-example-rare
out_has "$rare: verified"
k explain -- "$(idof bob)"
out_lacks 'same person'
k graph --for kith-example-rare --format json
json 'j["independent"] == 2'

# a publisher is no reviewer, with all its keys
{ printf '[roots]\nids = ["%s"]\n[[publisher]]\npackage = "kith-example-rare"\nids = ["%s"]\n' "$(idof ann)" "$(idof bob)"; } >kith.toml
k explain kith-example-rare
out_has "$rare: insufficient"
k graph --for kith-example-rare --format json
json 'j["independent"] == 0'

# a root and another key in its repository are one opinion, but that key does not speak as the root
rm -rf "$work/web" "$work/root"/*.git "$HOME/.local" "$HOME/.cache"
"$make_web" "$work/web" <<END
url ann $U/ann.git
url ann2 $U/ann.git
trust ann ann2 medium 2026-01-01
trust ann2 dan medium 2026-01-01
review ann $rare $digest positive 2026-01-02
review ann2 $rare $digest positive 2026-01-03
END
publish ann ann ann2
printf '[roots]\nids = ["%s"]\n[policy]\nindependent = 2\n' "$(idof ann)" >kith.toml
k fetch "$U/ann.git"
status_is 0
k explain kith-example-rare
out_has '1 independent, 2 required'
k graph --for kith-example-rare --format json
json 'j["independent"] == 1'
k explain -- "$(idof dan)"
out_has "every path passes "
out_has "$(idof ann2 | cut -c1-8)"
printf '[[actor]]\nname = "ann"\nids = ["%s", "%s"]\n' "$(idof ann)" "$(idof ann2)" >>kith.toml
k explain -- "$(idof dan)"
out_lacks 'every path passes'
k explain -- "$(idof ann2)"
out_has ': your configuration says so'
# trust-ids: whose own repository it is counts at its level, nobody who is only copied into it,
# nobody whom they trust, and nothing against the word of a root
rm -rf "$HOME/.config" "$HOME/.local" "$HOME/.cache" "$work/web" "$work/root"/*.git kith.toml
mkdir -p "$HOME/.config/kith"
"$make_web" "$work/web" <<END
url bob $U/bob.git
url cat $U/bob.git
url dan $U/dan.git
trust cat eve high 2026-01-01
trust dan eve high 2026-01-01
review bob $rare $digest positive 2026-01-02
END
conf=$HOME/.config/kith/config.toml
printf '[[source]]\nkind = "crev"\nurl = "%s"\nlevel = "medium"\ntrust-ids = true\n' "$U/bob.git" >"$conf"
publish bob bob cat dan
k fetch
status_is 0
k explain "$(idof bob)"
status_is 0
out_has ': medium'
out_line '  said by     the configuration: medium, for its reviews only; your own word would take its place'
k explain "$(idof eve)"
out_has ': not trusted'
k explain "$(idof dan)"
out_has ': not trusted'
k -C "$project" verify --level medium
out_has 'verified      kith-example-rare 0.1.0'
# a root that says less is believed
printf '[roots]\nids = ["%s"]\n' "$(idof ann)" >>"$conf"
printf 'url ann %s\nurl bob %s\ntrust ann bob none 2026-01-01\n' "$U/ann.git" "$U/bob.git" | "$make_web" "$work/web2"
k fetch "$work/web2/ann"
status_is 0
k explain "$(idof bob)"
out_has ': not trusted'
k explain "$(idof cat)"
out_has ': medium'
# several roots who must agree: configuration is none of them
sed -i '/^\[roots\]/,$d' "$conf"
printf '[roots]\nids = ["%s", "%s"]\nthreshold = 2\n' "$(idof ann)" "$(idof dan)" >>"$conf"
k explain "$(idof cat)"
err_has 'trust-ids counts for nothing where [roots] has a threshold'
out_has ': not trusted'
# without the word nobody is trusted for where his proofs lie
sed -i '/^trust-ids/d; s/^threshold = 2/threshold = 1/' "$conf"
k explain "$(idof cat)"
out_has ': not trusted'
finish
