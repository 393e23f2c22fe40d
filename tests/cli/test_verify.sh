#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith verify on the example project.
. "$KITH_SOURCE/tests/cli/lib.sh"

# nothing to judge
mkdir "$work/empty"
k -C "$work/empty" verify
status_is 2
out_empty
err_has "no Cargo.lock"

# no evidence and no root: whose trust?
example_project
k -C "$project" verify
status_is 2
out_empty
err_has "no root: whose trust should count?"
err_has "hint: kith verify --root"

# a root that nobody knows: the table, and what to do
k -C "$project" verify --root AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
err_has "nobody here knows this id"
out_has "no evidence at all"
err_has "next: kith"

# the example web: every status but exempt
example_evidence
out_has "29 new proofs, 0 refused"
k -C "$project" verify --root "$root"
status_is 4
out_line "17 packages: 4 verified, 0 exempt, 8 insufficient, 2 negative, 1 mismatch, 2 local        FAIL"
out_has "✗ mismatch      kith-example-hash 1.0.2"
out_has "! negative      kith-example-parse 2.0.0"
out_has "  verified      kith-example-json 1.1.0"
out_has "  local         kith-example-app 0.1.0"
err_line "next: kith explain kith-example-hash@1.0.2"
clean_output
cp "$work/out" "$work/first"

# the same input gives the same bytes, from elsewhere and in another time zone
(cd "$project" && TZ=Asia/Tokyo "$kith" --now "$now" verify --root "$root" >"$work/second" 2>/dev/null) || true
cmp -s "$work/first" "$work/second" || fail "not the same bytes"

# below the project's root
mkdir -p "$project/src/deep"
k -C "$project/src/deep" verify --root "$root"
status_is 4
out_is "$work/first"

# a prefix of an id, a folder as root
k -C "$project" verify --root "$(printf %.8s "$root")"
status_is 4
out_is "$work/first"
k -C "$project" verify --root "$KITH_SOURCE/proofs/ada"
status_is 4
err_has "root $root (from "

# only what fails
k -C "$project" verify --root "$root" --failing
out_lacks "verified  "
out_has "17 packages: 4 verified"

# options replace fields for one run, and the output says so
k -C "$project" verify --root "$root" --level high --independent 2
out_has "for this run: level = high, independent = 2"
status_is 4

# to a file: atomically, and nothing on stdout
k -C "$project" verify --root "$root" -o "$work/report.txt"
status_is 4
out_empty
cmp -s "$work/first" "$work/report.txt" || fail "-o wrote something else"
# a pipe stays one: it is written to, no file takes its place; a link is replaced, not followed
mkfifo "$work/pipe"
cat "$work/pipe" >"$work/piped" &
k -C "$project" verify --root "$root" -o "$work/pipe"
wait $!
checks=$((checks + 1))
if ! [ -p "$work/pipe" ] || ! cmp -s "$work/report.txt" "$work/piped"; then fail 'not written into the pipe'; fi
ln -s report.txt "$work/link"
k -C "$project" verify --root "$root" --json -o "$work/link"
checks=$((checks + 1))
if [ -h "$work/link" ] || ! grep -q 'packages:' "$work/report.txt"; then fail 'followed a link'; fi
k -C "$project" verify --root "$root" -o "$work/no/such/folder"
status_is 3
err_has "No such file or directory"

# crev's own statuses
k -C "$project" verify --root "$root" --semantics crev
out_has "pass"
out_has "warn"
status_is 1
k -C "$project" verify --root "$root" --redundancy 2
status_is 2
err_has "--redundancy goes with --semantics crev"

# JSON is one document
k -C "$project" verify --root "$root" --json
status_is 4
out_has '"schema": "kith.verify/1"'
python3 - "$work/out" <<'PY' || fail "the JSON is not what docs/json.md says"
import json, sys
d = json.load(open(sys.argv[1]))
assert d["pass"] is False and d["summary"]["packages"] == 17
by = {p["name"]: p for p in d["packages"]}
assert by["kith-example-hash"]["status"] == "mismatch"
assert by["kith-example-json"]["chain"][1]["from"] == "1.0.0"
assert by["kith-example-parse"]["objections"][0]["kind"] == "negative-review"
assert by["kith-example-wide"]["miss"] == "vendored"
PY

# wrong usage
k verify --levle low
status_is 2
err_line "kith: verify: unknown option '--levle', did you mean '--level'?"
k verify --level enormous
status_is 2
err_line "kith: verify: --level: 'enormous' is none of: none, low, medium, high"
k verify --level low --level high
status_is 2
err_has "is given twice"
k verfy
status_is 2
err_line "kith: unknown command 'verfy', did you mean 'verify'?"
k -C "$project" verify --root nobody-at-all
status_is 2
err_has "no id, no known prefix, no folder"

# a damaged index is made anew, said once
find "$HOME" -name index -type f -exec sh -c 'printf x | dd of="$1" bs=1 seek=700 conv=notrunc 2>/dev/null' _ {} \;
find "$HOME" -name index -type f -exec sh -c 'head -c 600 "$1" >"$1.t"; mv "$1.t" "$1"' _ {} \;
k -C "$project" verify --root "$root"
status_is 4
err_has "made anew"
out_is "$work/first"
k -C "$project" verify --root "$root"
out_is "$work/first"
checks=$((checks + 1))
! grep -q "made anew" "$work/err" || fail "said twice"

# a lock file that is none
printf 'version = 3\n[[package]]\nname = 7\n' >"$project/Cargo.lock"
k -C "$project" verify --root "$root"
status_is 2
out_empty
err_has "Cargo.lock"

finish
