#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith explain for people, what-ifs and the summary, on the example web.
. "$KITH_SOURCE/tests/cli/lib.sh"
example_evidence
example_project
id_of() { (cd "$KITH_SOURCE/proofs/$1" && echo *); }

# a root, a contact, somebody further away
k -C "$project" explain "$root" --root "$root"
status_is 0
out_has "a root: trusted by definition"
ben=$(id_of ben)
k -C "$project" explain "$ben" --root "$root"
status_is 0
out_has "($ben): "
out_has "  your word   "
# what the root says itself is all there is to say: neither path nor limit
out_lacks "  best path   "
out_lacks "limited by"
out_has ".proof.crev:"
clean_output
k -C "$project" explain "$ben" --root "$root" --json
status_is 0
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d["schema"] == "kith.explain-person/1" and d["id"] == sys.argv[2]
assert d["path"] and d["path"][-1]["to"] == sys.argv[2] and "proof" in d["path"][0]' "$work/out" "$ben" ||
	fail "explain person --json"

# not trusted: the reason, and who vouches
mal=$(id_of mal)
k -C "$project" explain "$mal" --root "$root"
status_is 0
out_has "not trusted"
out_has "  because     "

# a prefix of an id, with --
k -C "$project" explain --root "$root" -- "$(printf %.10s "$ben")"
status_is 0
out_has "$ben"

# a name as texts show it, nobody has checked it; what the user calls somebody goes before that
cora=$(id_of cora)
k -C "$project" explain "$cora" --root "$root"
name=$(sed -n '1s/ (.*//p' "$work/out")
k -C "$project" explain "$name" --root "$root"
status_is 0
out_has "$name ($cora): "
out_has ", which nobody has checked"
out_has "  best path   "
mkdir -p "$HOME/.config/kith"
printf '[names]\n"%s" = "%s"\n' "${name#\~}" "$mal" >"$HOME/.config/kith/config.toml"
k -C "$project" explain "${name#\~}" --root "$root"
status_is 0
out_has "${name#\~} ($mal): "
rm "$HOME/.config/kith/config.toml"
k -C "$project" explain nobody-at-all --root "$root"
status_is 1
err_has "nothing is known about 'nobody-at-all'"
err_has "hint: "

# what if
k -C "$project" explain "$mal" --root "$root" --what-if "trust $mal medium"
status_is 0
out_has "($mal): medium"
out_has "what would change"
out_has "rise, "
k -C "$project" explain kith-example-json --root "$root" --what-if "drop $ben"
status_is 0
out_has "kith-example-json 1.1.0: verified → "
k -C "$project" explain "$ben" --root "$root" --what-if "adore $ben"
status_is 2
err_has "is not understood"
err_has "hint: write"

# nothing was written: the same answer as before
k -C "$project" verify --root "$root"
out_has "17 packages: 4 verified"

# the whole project
k -C "$project" explain --summary --root "$root"
status_is 0
out_has "4 of 17 packages are verified"
out_has "hang on"
out_has "people: "
clean_output
k -C "$project" explain --summary kith-example-json --root "$root"
status_is 2
k -C "$project" explain https://nobody.example/x --root "$root"
status_is 1
err_has "nobody here is known as"

# crev's own rules, by its own words
k -C "$project" explain --semantics crev --root "$root" -- "$ben"
status_is 0
out_has "high at distance 0 (by crev's rules, asked by"
out_has "says high about"
out_has "; counts"
k -C "$project" explain --semantics crev --root "$root" -- "$mal"
out_has "distrusted (by crev's rules"
out_has "banned by"
out_has "the target is banned already"
out_has "ignored: somebody has banned the target"
k -C "$project" explain --semantics crev --root "$root" -- "$root"
out_has "ignored: too far"
out_has "; counts"
k -C "$project" explain kith-example-text --semantics crev --root "$root"
status_is 0
out_has "kith-example-text 1.0.0: pass (by crev's rules)"
out_has "  counted      2 for, 0 against"
out_lacks "mismatch"
k -C "$project" explain kith-example-parse --semantics crev --root "$root"
out_has "kith-example-parse 2.0.0: warn (by crev's rules)"
k -C "$project" explain --summary --semantics crev --root "$root"
status_is 2
err_has "are of the native rules"

# what can be done without trusting anybody new
k -C "$project" explain kith-example-args --root "$root"
out_line "  would help  reading it: kith diff kith-example-args@2.1.0 2.0.0 · kith review kith-example-args@2.1.0 --diff-base 2.0.0"
k -C "$project" explain kith-example-rare --root "$root" --json
checks=$((checks + 1))
python3 -c 'import json, sys
assert json.load(open(sys.argv[1]))["reading"] == ["kith open kith-example-rare@0.1.0", "kith review kith-example-rare@0.1.0"]' "$work/out" || fail "reading"
k -C "$project" explain kith-example-log --root "$root"
out_lacks "reading it"

# native by default, crev's own levels on request
k query ids --root "$root" --contested
[ "$status" = 0 ] || [ "$status" = 1 ] || fail "contested"
k query ids --root "$root" --semantics crev --trusted
status_is 0
finish
