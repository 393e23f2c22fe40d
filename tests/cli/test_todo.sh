#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith todo: what comes first and why, whom to trust next, whom a package suits.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
make_web=$KITH_BUILD/tests/make_web
idof() { "$make_web" --id "$1"; }
digest_of() { k digest "$work/src/$1-$2"; head -n 1 "$work/out" | cut -d' ' -f1; }
# json EXPRESSION: true of the document j on stdout; r: its rows to review by name
json() {
	checks=$((checks + 1))
	python3 - "$work/out" "$1" "$(idof ann)" "$(idof bob)" "$(idof sam)" <<'END' || fail "not so: $1"
import json, sys
j = json.load(open(sys.argv[1]))
ann, bob, sam = sys.argv[3:]
r = {x["name"]: x for x in j.get("review", [])}
names = [x["name"] for x in j.get("review", [])]
sys.exit(0 if eval(sys.argv[2]) else 1)
END
}
# made NAME: a package of one version, whose manifest's end comes from stdin
made() {
	mkdir -p "$work/src/$1-1.0.0/src"
	{ printf '[package]\nname = "%s"\nversion = "1.0.0"\n' "$1"; cat; } >"$work/src/$1-1.0.0/Cargo.toml"
}
lines() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "fn f" i "() {}" }'; }

made mac <<'END'
[lib]
proc-macro = true
END
lines 10 >"$work/src/mac-1.0.0/src/lib.rs"
made big </dev/null
lines 5000 >"$work/src/big-1.0.0/src/lib.rs"
mkdir "$work/src/big-1.0.0/tests"
lines 700 >"$work/src/big-1.0.0/tests/t.rs"
# unsafe four times: neither in comments nor as part of a word
made scr <<'END'
build = "make.rs"
END
cat >"$work/src/scr-1.0.0/src/lib.rs" <<'END'
#![allow(unsafe_code)] // unsafe
/* unsafe * / unsafe **/ unsafe fn a() {}
/// unsafe
pub fn b() { unsafe { a() } } // http: unsafe
fn very_unsafe() { let x = 4 / 2; unsafe{a()} }
END
printf 'unsafe' >"$work/src/scr-1.0.0/src/end.rs"
printf 'fn main() {}\n' >"$work/src/scr-1.0.0/make.rs"
# says that it has no build script, though the file is there
made off <<'END'
build = false
END
printf 'fn main() {}\n' | tee "$work/src/off-1.0.0/build.rs" >"$work/src/off-1.0.0/src/lib.rs"
made bad </dev/null
made str </dev/null
for n in mac big scr off bad str; do crate $n 1.0.0; done
crate bit 1.0.0
crate bit 1.1.0
lock mac 1.0.0 big 1.0.0 scr 1.0.0 off 1.0.0 bad 1.0.0 str 1.0.0 bit 1.1.0
# big needs scr, and mac needs big
awk '{ print } /^name = /{ n = $3 } /^checksum/ && n == "\"big\"" { print "dependencies = [\"scr\"]" }
	/^checksum/ && n == "\"mac\"" { print "dependencies = [\"big\"]" }' "$project/Cargo.lock" >"$work/lock"
cp "$work/lock" "$project/Cargo.lock"

# whose trust? and of what project?
k -C "$project" todo
status_is 2
err_has "no root: whose trust should count?"
k -C "$work" todo --root "$(idof ann)"
status_is 1
err_has "Cargo.lock"

"$make_web" "$work/web" <<END
trust ann bob medium 2026-01-01
review bob bit 1.0.0 $(digest_of bit 1.0.0) positive 2026-01-02
review bob bad 1.0.0 $(digest_of bad 1.0.0) negative 2026-01-02
review sam str 1.0.0 $(digest_of str 1.0.0) positive 2026-01-02
review sam off 1.0.0 $(digest_of off 1.0.0) positive 2026-01-02
review ann big 0.9.0 $(digest_of big 1.0.0) positive 2026-01-02
END
k fetch "$work"/web/*
status_is 0
cd "$project"
printf '[roots]\nids = ["%s"]\n' "$(idof ann)" >kith.toml

k todo --json
status_is 0
json 'j["schema"] == "kith.todo/1" and (j["packages"], j["to_decide"], j["to_review"]) == (8, 1, 6)'
json '[(x["name"], x["status"]) for x in j["decide"]] == [("bad", "negative")]'
json 'r["scr"]["unsafe"] == 4 and r["scr"]["build_script"] and r["scr"]["lines"] == 6 and not r["scr"]["proc_macro"]'
json 'r["mac"]["proc_macro"] and not r["mac"]["build_script"] and r["mac"]["lines"] == 10'
json 'r["big"]["lines"] == 5000 and r["big"]["unsafe"] == 0 and not r["off"]["build_script"]'
json '{n: r[n]["needed_by"] for n in r} == {"scr": 3, "big": 2, "mac": 1, "off": 1, "str": 1, "bit": 1}'
json 'r["bit"]["base"] == "1.0.0" and r["bit"]["diff_lines"] > 0'
json 'r["big"]["base"] == "0.9.0" and "diff_lines" not in r["big"]'
# what runs at build time and has little code comes first, much code for nothing last
json 'names[:2] == ["scr", "mac"] and names[-1] == "big"'
json 'r["scr"]["suits"] == {"id": ann, "reviewed": ["big"]} and "suits" not in r["off"]'
json '[x["score"] for x in j["review"]] == sorted((x["score"] for x in j["review"]), reverse=True)'

k todo
status_is 0
clean_output
out_line '8 packages: 1 to decide on, 6 to review, 0 verified'
out_has 'kith explain NAME says what stands against them'
out_has '  bad 1.0.0                     negative review by '
out_has '  scr 1.0.0                     6 lines; needed by 3; build script; unsafe 4 times'
out_has '  mac 1.0.0                     10 lines; needed by 1; macro that runs in the compiler'
out_has '  big 1.0.0                     the difference to 0.9.0, or all 5,000 lines; needed by 2'
out_has 'next: kith open scr@1.0.0 · kith review scr · kith todo --people'
out_lacks 'suits'
k todo --limit 1
status_is 0
out_has '  scr 1.0.0'
out_lacks '  mac 1.0.0'
out_has '… and 5 more: --limit 0 shows all'
k todo --limit 0
out_lacks 'more: --limit'
k todo --limit many
status_is 2
k todo --people --limit 3
status_is 2

# the same project gives the same bytes
k todo --json
cp "$work/out" "$work/first"
k todo --json
out_is "$work/first"

# whom to trust, and what came of it
k todo --people
status_is 0
out_has "     2  $(idof sam | cut -c1-8)… at low: off, str"
out_has "next: kith query reviews --author $(idof sam)"
out_has "     1  $(idof ann | cut -c1-8)…: big"
k todo --people --json
json 'j["people"] == [{"id": sam, "level": "low", "packages": 2}]'
json 'j["team"] == [{"id": ann, "reviewed": ["big"]}]'

# a team: whoever knows the surroundings
printf '[roots]\nids = ["%s", "%s"]\n' "$(idof ann)" "$(idof bob)" >kith.toml
k todo
out_has "  scr 1.0.0                     6 lines; needed by 3; build script; unsafe 4 times; suits $(idof ann | cut -c1-8)…, who reviewed big"
out_has "suits $(idof bob | cut -c1-8)…, who reviewed bit"

# what is excused is still to be done, and said to be excused
cat >>kith.toml <<END
[[exempt]]
package = "scr"
version = "1.0.0"
checksum = "$(sha256sum "$cache/scr-1.0.0.crate" | cut -d' ' -f1)"
reason = "for now"
added = 2026-05-01
until = 2026-10-01
END
k todo
status_is 0
out_has 'unsafe 4 times; exempt today'

# an archive that is not here, and one that differs: the list is there all the same
rm "$cache/mac-1.0.0.crate"
printf 'no archive' >"$cache/off-1.0.0.crate"
k todo
status_is 0
out_has "  mac 1.0.0                     its archive is not here; needed by 1"
out_has "  off 1.0.0                     the archive here differs"
clean_output
finish
