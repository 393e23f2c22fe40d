#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whatever strangers can write or name, put where kith reads: terminal escapes, bidirectional and
# invisible characters, special files, absurd sizes and depths. Each ends with an answer or a clear
# error in time, and nothing raw reaches the terminal.
. "$KITH_SOURCE/tests/cli/lib.sh"
sign=$KITH_BUILD/tests/sign_proof
esc=$(printf '\033')
raw=$(printf 'x\033[31m\a\302\2332J\342\200\256b\342\200\213c\342\201\246d')
export CARGO_HOME="$work/cargo"
mkdir -p "$CARGO_HOME"

# no control, no C1, no bidirectional or invisible character: they are shown as \x1b or \u{202e}
clean() {
	clean_output
	checks=$((checks + 1))
	! cat "$work/out" "$work/err" |
		LC_ALL=C grep -qaP '\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf' ||
		fail 'characters that deceive reach the terminal'
}
# sane COMMAND...: in time, with an exit status that says something, nothing raw
sane() {
	run timeout 60 "$@"
	checks=$((checks + 1))
	[ "$status" -le 4 ] || fail "status $status"
	checks=$((checks + 1))
	[ "$status" -lt 2 ] || [ -s "$work/err" ] || [ "$status" = 4 ] || fail 'failed without a word'
	clean
}
s() { sane "$kith" --now "$now" "$@"; }

# --- evidence: every text of a proof ---
N='x\e[31m\a\x9b2J\u202eb\u200bc\u2066d\nline\ttab\x7f\u2028z'
# body DAY SOURCE NAME VERSION DIGEST RATING
body() {
	cat <<EOF
kind: package review
version: -1
date: '2024-01-0${1}T00:00:00Z'
from:
  id-type: crev
  id: @ID@
  url: "https://example.org/$N"
package:
  source: "$2"
  name: "$3"
  version: $4
  revision: "$N"
  revision-type: "$N"
  digest: $5
review:
  thoroughness: high
  understanding: high
  rating: $6
issues:
- id: "ISSUE-$N"
  severity: high
  comment: "$N"
advisories:
- ids:
  - "ADV-$N"
  severity: high
  comment: "$N"
alternatives:
- source: "$N"
  name: "$N"
override:
- id-type: crev
  id: @ID:2@
  url: "https://example.org/$N"
  comment: "$N"
llm-agent:
  model: "$N"
  model-version: "$N"
  human-guided: true
comment: "$N"
EOF
}
digest=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
mkdir "$work/e"
{
	body 1 https://crates.io a 1.0.0 $digest positive | "$sign" 1
	body 2 https://crates.io "$N" 1.0.0 $digest negative | "$sign" 1
	body 3 "$N" a 1.0.0 $digest positive | "$sign" 1
	body 4 https://crates.io c 1.0.0 $digest strong | "$sign" 1
	cat <<EOF | "$sign" 1
kind: trust
version: -1
date: '2024-01-05T00:00:00Z'
from:
  id-type: crev
  id: @ID@
ids:
- id-type: crev
  id: @ID:2@
  url: "https://example.org/$N"
trust: high
comment: "$N"
EOF
} >"$work/e/good.crev"
# refused ones, each with such a text in its cause: kind, version, date, level, id, delimiters
{
	for line in 'kind: "'"$N"'"' 'kind: trust
version: "'"$N"'"' 'kind: package review
version: -1
date: "'"$N"'"' 'kind: trust
version: -1
date: 2024-01-01T00:00:00Z
from: {id-type: "'"$N"'", id: "'"$N"'"}'; do
		printf -- '----- BEGIN CREV PROOF -----\n%s\n----- SIGN CREV PROOF -----\n%s\n----- END CREV PROOF -----\n' "$line" "$N"
	done
	printf -- '----- BEGIN CREV PROOF -----\nkind: trust\n%s\n' "$raw"
	printf -- '-----BEGIN CREV -----\n-----BEGIN CREV %s-----\n-----BEGIN CREV SIGNATURE-----\n-----END CREV -----\n' "$raw"
} >"$work/e/bad.crev"
printf -- '-----BEGIN CREV TRUST-----\nx\n-----BEGIN CREV SIGNATURE-----\n' >"$work/e/cut.crev"
printf 'no proof at all %s\n\0\377\n' "$raw" >"$work/e/none.crev"
{ yes "- [" | head -n 20000 | tr -d '\n'; echo; } >"$work/e/flat.crev"
{
	printf -- '----- BEGIN CREV PROOF -----\nkind: trust\nversion: -1\ncomment: '
	yes '[' | head -n 30000 | tr -d '\n'
	printf -- '\n----- SIGN CREV PROOF -----\nx\n----- END CREV PROOF -----\n'
} >"$work/e/deep.crev"
cp "$work/e/good.crev" "$work/e/$(printf 'x\033[2J\nname').crev"
cp "$work/e/good.crev" "$work/e/$(printf 'latin\351').crev"
mkfifo "$work/e/pipe.crev"
ln -s /dev/zero "$work/e/zero.crev"
ln -s loop.crev "$work/e/loop.crev"
s fetch "$work/e"
status_is 0
out_has '5 new proofs, '
s query proofs --refused
status_is 0
out_has '\x1b[31m'
for list in ids proofs reviews packages issues advisories sources; do
	s query $list
	status_is 0
	s query $list --json
	status_is 0
	python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/out" || fail "query $list: no JSON"
	case $list in
	issues | advisories)
		checks=$((checks + 1))
		python3 -c '
import json, sys
assert "x\x1b[31m\a\x9b2J\u202eb" in json.dumps(json.load(open(sys.argv[1])), ensure_ascii=False).replace("\\u001b", "\x1b").replace("\\u0007", "\a")' "$work/out" ||
			fail "query $list: the text is lost"
		;;
	esac
done

# --- the verdict on packages with such claims ---
root=$("$sign" --id 1)
p=$work/p
mkdir "$p"
# lock NAME VERSION SOURCE
lock() {
	printf 'version = 3\n[[package]]\nname = "%s"\nversion = "%s"\nsource = "%s"\nchecksum = "%064d"\n' "$1" "$2" "$3" 0 >"$p/Cargo.lock"
}
index=registry+https://github.com/rust-lang/crates.io-index
lock a 1.0.0 $index
s -C "$p" verify --root "$root"
status_is 1
out_has 'negative  a 1.0.0  open issue ISSUE-x\x1b[31m\x07\u{9b}2J\u{202e}'
s -C "$p" verify --root "$root" --json
status_is 1
s -C "$p" verify --root "$root" --semantics crev
s -C "$p" explain a --root "$root"
out_has 'they write: “x\x1b[31m'
s -C "$p" explain a --root "$root" --json
s explain "$root" --root "$root"
s explain "$("$sign" --id 2)" --root "$root"
# what can be pasted into a configuration is one string, whatever it says
checks=$((checks + 1))
"$kith" --now "$now" -C "$p" explain a --root "$root" | sed -n '/\[\[accept\]\]/,$p' >"$work/paste.toml"
cat >"$work/toml.py" <<'EOF'
import sys, tomllib
accept = tomllib.load(open(sys.argv[1], "rb"))["accept"]
assert accept[0]["package"] == "a", accept
assert "/ISSUE-x\x1b[31m\a\x9b2J\u202eb\u200bc\u2066d\nline\ttab\x7f\u2028z" in accept[0]["objection"], accept
EOF
if python3 -c 'import tomllib' 2>/dev/null; then
	python3 "$work/toml.py" "$work/paste.toml" || fail "what is offered to be pasted is not TOML: $(cat "$work/paste.toml")"
fi

# a digest that is none: refused once, others of its author stand (crev format 9.1)
mkdir "$work/short"
{
	body 1 https://crates.io b 1.0.0 $digest positive | "$sign" 1
	body 1 https://crates.io b 1.0.0 $digest positive | "$sign" 1 | sed 's/digest: AAAA.*/digest: AAAA/'
} >"$work/short/a.crev"
s fetch "$work/short"
status_is 0
out_has '1 new proof, 1 refused'

# --- lock files ---
while IFS='|' read -r name version source; do
	lock "$name" "$version" "$source"
	s -C "$p" verify --root "$root"
	status_is 2
	err_has "$p/Cargo.lock: "
	out_empty
done <<EOF
a\\u001b[31m|1.0.0|$index
\$(id)|1.0.0|$index
../../a|1.0.0|$index
a|1.0.0\\u001b[2J|$index
a|1.0.0;id|$index
a|1.0.0|registry+https://x/\\u001b[31m
EOF
# letters of other scripts are names for cargo; what cannot be seen is shown
lock 'a\u202e' 1.0.0 "git+https://x/\u009b2J#abc"
s -C "$p" verify --root "$root"
status_is 1
out_has 'a\u{202e} 1.0.0'
bad_lock() {
	s -C "$p" verify --root "$root"
	status_is "$1"
	out_empty
	err_has 'Cargo.lock'
}
printf 'version = 3\n[[package]]\nname = "a"%s\n' "$raw" >"$p/Cargo.lock"
bad_lock 2
printf 'version = 3\n[[package]]\nname = "a"\nname = "b"\n' >"$p/Cargo.lock"
bad_lock 2
printf 'version = 3\n\0\377\376' >"$p/Cargo.lock"
bad_lock 2
{ printf 'x = '; yes '[' | head -n 200000 | tr -d '\n'; } >"$p/Cargo.lock"
bad_lock 2
{ yes 'a.' | head -n 200000 | tr -d '\n'; echo 'b = 1'; } >"$p/Cargo.lock"
bad_lock 2
{ printf 'x = "'; head -c 70000000 /dev/zero | tr '\0' a; printf '"\n'; } >"$p/Cargo.lock"
bad_lock 3
rm "$p/Cargo.lock"
mkfifo "$p/Cargo.lock"
bad_lock 2
rm "$p/Cargo.lock"
mkdir "$p/Cargo.lock"
s -C "$p" verify --root "$root"
rm -r "$p/Cargo.lock"
ln -s Cargo.lock "$p/Cargo.lock"
s -C "$p" verify --root "$root"
rm "$p/Cargo.lock"
ln -s /dev/zero "$p/Cargo.lock"
bad_lock 2
rm "$p/Cargo.lock"

# --- names of folders and words of the command line ---
odd="$work/$(printf 'dir\033[31m\nx\351')"
mkdir "$odd"
printf 'version = 3\nx' >"$odd/Cargo.lock"
s -C "$odd" verify --root "$root"
status_is 2
err_has 'dir\x1b[31m\nx\xe9'
s verify "$odd" --root "$root"
s fetch "$odd"
s query sources
s -C "$odd/none" verify
for word in "$raw" "$(printf '\377\376\033]0;x\a')"; do
	s "$word"
	status_is 2
	s verify "--$word"
	status_is 2
	s verify --level "$word"
	status_is 2
	s verify --root "$word"
	status_is 2
	s verify "$word"
	s fetch "$word"
	s fetch "https://$word/"
	status_is 2
	s query "$word"
	s query reviews "$word"
	s query proofs --author "$word"
	s explain "$word" --root "$root"
	s help "$word"
	s --now "$word" query ids
	status_is 2
	s --config "$work/$word" query ids
	s -C "$work/$word" query ids
	lock a 1.0.0 $index
	s -C "$p" verify --root "$root" -o "$work/none/$word"
	status_is 3
done

# --- configuration ---
mkdir -p "$HOME/.config/kith"
for text in "x = \"${esc}[31m\"" "\"k\\u001b[31m\" = 1" "[roots]
\"$raw\" = 1" "roots = [\"\\u202e\"]" "$raw"; do
	printf '%s\n' "$text" >"$p/kith.toml"
	s -C "$p" verify --root "$root"
	status_is 2
	out_empty
	err_has 'kith.toml'
	rm "$p/kith.toml"
	printf '%s\n' "$text" >"$HOME/.config/kith/config.toml"
	s -C "$p" verify --root "$root"
	status_is 2
	err_has 'config.toml'
	rm "$HOME/.config/kith/config.toml"
done

# --- cargo's own files, vendored crates, archives ---
mkdir -p "$p/.cargo" "$p/vendor/a"
lock a 1.0.0 $index
for text in "[source.\"x$esc\"]" "[source.crates-io]
replace-with = \"\\u001b[31m\"" "[source.crates-io]
replace-with = \"v\"
[source.v]
directory = \"ven\\u001b[31mdor\"" "$raw"; do
	printf '%s\n' "$text" >"$p/.cargo/config.toml"
	s -C "$p" verify --root "$root"
done
printf '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n' >"$p/.cargo/config.toml"
printf '[package]\nname = "a"\nversion = "1.0.0"\n' >"$p/vendor/a/Cargo.toml"
for text in '{' "{\"files\":{\"x\\u001b[31m\":\"00\"},\"package\":\"$(printf %064d 0)\"}" \
	"{\"files\":{\"../../../etc/passwd\":\"$(printf %064d 0)\"},\"package\":\"$(printf %064d 0)\"}" \
	"{\"files\":{},\"files\":{},\"package\":\"$raw\"}" \
	"{\"files\":{\"Cargo.toml\":\"$(sha256sum <"$p/vendor/a/Cargo.toml" | cut -d' ' -f1)\"},\"package\":\"$(printf %064d 0)\"}"; do
	printf '%s' "$text" >"$p/vendor/a/.cargo-checksum.json"
	s -C "$p" verify --root "$root"
	s -C "$p" explain a --root "$root"
done
mkfifo "$p/vendor/a/pipe"
: >"$p/vendor/a/$(printf 'x\033[31m\n\351')"
ln -s / "$p/vendor/a/up"
s -C "$p" verify --root "$root"
status_is 4
s -C "$p" explain a --root "$root"
rm -r "$p/.cargo" "$p/vendor"

cache=$CARGO_HOME/registry/cache/index.crates.io-1949cf8c6b5b557f
mkdir -p "$cache"
# archive: the lock says its checksum; then whatever it holds, there is a verdict
archive() {
	sum=$(sha256sum "$cache/a-1.0.0.crate" | cut -d' ' -f1)
	lock a 1.0.0 $index
	sed -i "s/^checksum = .*/checksum = \"$sum\"/" "$p/Cargo.lock"
	s -C "$p" verify --root "$root"
	s -C "$p" explain a --root "$root"
	out_has 'a 1.0.0: '
}
mkdir -p "$work/t/a-1.0.0"
echo x >"$work/t/a-1.0.0/$(printf 'x\033[31m\n\351\342\200\256')"
tar -C "$work/t" -czf "$cache/a-1.0.0.crate" a-1.0.0
archive
head -c 100000 /dev/zero | gzip >"$cache/a-1.0.0.crate"
archive
head -c 1000 /dev/urandom >"$cache/a-1.0.0.crate"
archive
: >"$cache/a-1.0.0.crate"
archive
rm "$cache/a-1.0.0.crate"
for make in mkfifo mkdir 'ln -s /dev/zero' 'ln -s a-1.0.0.crate'; do
	$make "$cache/a-1.0.0.crate"
	s -C "$p" verify --root "$root"
	s -C "$p" explain a --root "$root"
	rm -rf "$cache/a-1.0.0.crate"
done
finish
