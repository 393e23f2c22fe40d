#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith review and unreview: what is signed, of which bytes, and what stops it.
# shellcheck disable=SC2086 # $good is several words
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
export GIT_CONFIG_NOSYSTEM=1
kp() { k -C "$project" "$@"; }
k id new --no-passphrase
me=$(cat "$work/out")
repo=$HOME/.local/share/kith/proofs/local_only_$me
good="--rating positive --thoroughness low --understanding medium"
commits() { git -C "$repo" rev-list --count HEAD 2>/dev/null || echo 0; }
# the body of the newest proof
newest() { awk '/BEGIN CREV/{t=""; next} /SIGN CREV/{last=t} {t=t $0 "\n"} END{printf "%s", last}' "$repo/$me"/reviews/*.crev >"$work/body"; }
body_has() {
	checks=$((checks + 1))
	grep -qxF -- "$1" "$work/body" || fail "the proof lacks: $1
$(cat "$work/body")"
}
body_lacks() {
	checks=$((checks + 1))
	! grep -qF -- "$1" "$work/body" || fail "the proof has: $1"
}

# --- nothing is signed that was not looked at ---
kp review bit $good
status_is 2
err_has "bit 1.1.0: you have not opened it here"
err_has "hint: kith open bit@1.1.0 (or --skip-activity-check)"
[ ! -e "$repo" ] || fail "a repository was made"
kp open bit
now=2026-06-04T12:00:00Z
kp review bit $good
status_is 2
err_has "it is more than two days that you opened it"
now=2026-06-01T12:00:00Z

# --- what is signed ---
kp review bit $good --comment "Read all of it."
status_is 0
out_has "1 proof stored in $repo/$me/reviews/2026-06-package-"
err_has "kith publish lets others see it"
kp digest bit
digest=$(cat "$work/out")
newest
cat >"$work/expected" <<END
kind: package review
version: -1
date: 2026-06-01T12:00:00+00:00
from:
  id-type: crev
  id: $me
package:
  source: https://crates.io
  name: bit
  version: 1.1.0
  revision: 89abcdef0123456789abcdef0123456701234567
  digest: $digest
review:
  thoroughness: low
  understanding: medium
  rating: positive
comment: |-
  Read all of it.
END
checks=$((checks + 3))
cmp "$work/expected" "$work/body" || fail "the body: $(diff "$work/expected" "$work/body")"
[ "$(git -C "$repo" log -1 --format=%s)" = "Add review for bit v1.1.0" ] || fail "message"
[ -z "$(git -C "$repo" status --porcelain)" ] || fail "the work tree is not clean"
# it counts
kp verify --root "$me"
out_has "verified      bit 1.1.0"
kp query reviews --author "$me"
out_has "bit                   1.1.0"
cp "$work/out" "$work/mine"
example_evidence
kp query reviews --mine
out_is "$work/mine"

# --- again: what one said before is the beginning; dates go forward ---
kp review bit --issue https://example.org/x:1:high:minor --issue CVE-2026-1 --advisory A-1,A-2:low
status_is 0
newest
for line in 'date: 2026-06-01T12:00:00.000000001+00:00' '  rating: positive' '- id: https://example.org/x:1' \
	'  severity: high' '  range: minor' '- id: CVE-2026-1' '  severity: medium' '  - A-1' '  - A-2' '  range: major' '  Read all of it.'; do
	body_has "$line"
done
[ "$(git -C "$repo" log -1 --format=%s)" = "Overwrite review for bit v1.1.0" ] || fail "message"
kp review bit --issue CVE-2026-1:low --unmaintained --alternative bot --alternative bat --llm gpt:7 --human-guided
newest
body_has '  - A-1'
body_has '  unmaintained: true'
body_has '  model: gpt'
body_has "  model-version: '7'"
body_has '  human-guided: true'
body_has '- source: https://crates.io'
checks=$((checks + 1))
[ "$(grep -c 'id: CVE' "$work/body")" = 1 ] || fail "an issue twice"
# flags are taken back with a word, or carried over when asked; a machine never is
kp review bit $good
err_has "warning: your review of 1.1.0 says 'unmaintained'; this one takes that back unless you say it again (--carry-over)"
newest
body_lacks unmaintained
body_lacks llm
kp review bit $good --unmaintained
kp review bit $good --carry-over
err_lacks() { checks=$((checks + 1)); ! grep -qF -- "$1" "$work/err" || fail "stderr has: $1"; }
err_lacks "takes that back"
newest
body_has '  unmaintained: true'

# --- deltas: compared, not opened ---
kp review bit --diff-base 1.0.0 $good
status_is 2
err_has "you have not compared these versions here"
err_has "hint: kith diff bit@1.1.0 1.0.0"
kp diff bit 1.0.0
kp digest bit@1.0.0
base=$(cat "$work/out")
kp review bit --diff-base 1.0.0 $good
status_is 0
newest
body_has 'package-diff-base:'
body_has "  digest: $base"
body_has '  revision: 0123456789abcdef0123456789abcdef01234567'
kp review bit --diff-base 1.1.0 $good
status_is 2

# --- other bytes stop it, whatever is asked ---
before=$(commits)
cp "$cache/bit-1.1.0.crate" "$work/right.crate"
cp "$cache/odd-0.1.0.crate" "$cache/bit-1.1.0.crate"
kp review bit $good --skip-activity-check
status_is 4
err_has "its checksum differs from the lock file's"
# opened as one thing, locked as another
mv "$project/Cargo.lock" "$work/right.lock"
mkdir -p "$work/src/bit-1.1.0/evil" && touch "$work/src/bit-1.1.0/evil/x"
tar -C "$work/src" -czf "$cache/bit-1.1.0.crate" bit-1.1.0
rm -r "$work/src/bit-1.1.0/evil"
lock bit 1.1.0 odd 0.1.0
kp review bit $good --skip-activity-check
status_is 4
err_has "what you opened as bit 1.1.0 were other bytes"
cp "$work/right.crate" "$cache/bit-1.1.0.crate"
mv "$work/right.lock" "$project/Cargo.lock"
checks=$((checks + 1))
[ "$(commits)" = "$before" ] || fail "something was stored"
# nobody vouches for the bytes
mv "$index/3/b/bit" "$work/bit.index"
kp review bit@1.0.0 $good --skip-activity-check
status_is 2
err_has "nothing here states the checksum of bit 1.0.0"
mv "$work/bit.index" "$index/3/b/bit"
kp review bit@1.0.0 $good --skip-activity-check
status_is 0

# --- wrong words ---
for words in '--rating good' '--rating positive' '--thoroughness low --understanding low' \
	'--issue : --skip-activity-check' '--advisory , --skip-activity-check' '--human-guided --skip-activity-check --rating neutral --thoroughness none --understanding none' \
	'--no-edit --skip-activity-check' '--edit --no-edit' '--override nobody --skip-activity-check'; do
	# shellcheck disable=SC2086
	kp review odd $words
	status_is 2
	out_empty
done
kp review
status_is 2
kp review bit
status_is 2
err_has "there is nobody to fill in a draft"
kp review p $good
status_is 2

# --- printed, not stored; stored, not committed ---
before=$(commits)
kp review odd $good --skip-activity-check --print
status_is 0
out_line "  name: odd"
out_line "----- END CREV PROOF -----"
kp review odd $good --skip-activity-check --no-commit
out_has "not committed"
checks=$((checks + 1))
[ "$(commits)" = "$before" ] || fail "committed"

# --- hostile comments arrive as they are ---
printf '  indented\n----- SIGN CREV PROOF -----\nkey: \302\205 \342\200\256\r\n\ttab' >"$work/comment"
status=0
"$kith" --now "$now" -C "$project" review odd $good --skip-activity-check --comment - <"$work/comment" >"$work/out" 2>"$work/err" || status=$?
status_is 0
kp query reviews odd --json
python3 - "$work/out" "$work/comment" <<'END' || fail "the comment changed"
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
want = open(sys.argv[2], newline="").read()
assert any(r["comment"] == want for r in rows), rows
END
checks=$((checks + 1))

printf '\357\273\277BOM \342\200\250 LS\n\n\n \033[2J\r' >"$work/comment"
status=0
"$kith" --now "$now" -C "$project" review odd $good --skip-activity-check --comment - <"$work/comment" >"$work/out" 2>"$work/err" || status=$?
status_is 0
kp query reviews odd --json
python3 - "$work/out" "$work/comment" <<'END' || fail "the comment changed"
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
assert any(r["comment"] == open(sys.argv[2], newline="").read() for r in rows), rows
END
clean_output
kp query proofs --refused
status_is 1

# --- two at once: both are there, one after the other; or the second says that it came too late ---
before=$(commits)
for i in 1 2 3 4; do
	(
		s=0
		"$kith" --now "$now" -C "$project" review odd $good --skip-activity-check --comment "at once $i" \
			>"$work/at$i" 2>&1 </dev/null || s=$?
		echo "$s" >>"$work/at$i"
	) &
done
wait
stored=$(cat "$work"/at? | grep -c '1 proof stored')
late=$(cat "$work"/at? | grep -c 'another review of odd 0.1.0 was stored while you wrote this one' || true)
checks=$((checks + 3))
if [ $((stored + late)) != 4 ] || [ "$stored" -lt 1 ]; then fail "at once: $(cat "$work"/at?)"; fi
[ "$(commits)" = $((before + stored)) ] || fail "commits of those at once"
[ -z "$(git -C "$repo" status --porcelain)" ] || fail "the work tree is not clean"

# --- unreview ---
kp unreview nosuch@1.0.0
status_is 1
err_has "you have no review of nosuch 1.0.0 in force"
kp review bit --unmaintained
kp unreview bit --comment 'wrong'
status_is 0
err_has "warning: your flags and alternatives of the package go with it"
newest
body_has 'comment: |-'
body_has "  digest: $digest"
body_lacks 'review:'
kp verify --root "$me"
out_has "insufficient  bit 1.1.0"
kp unreview bit
status_is 1

# --- files: all or none, dated now, digests right ---
before=$(commits)
cat >"$work/a.yaml" <<END
date: 2001-01-01T00:00:00Z
package:
  name: bit
  version: 1.1.0
  digest: $digest
review:
  thoroughness: high
  understanding: high
  rating: strong
comment: one
END
cat >"$work/b.yaml" <<END
kind: package review
package:
  source: https://crates.io
  name: odd
  version: 0.1.0
issues:
- id: X-1
  severity: low
END
kp review --from "$work/a.yaml" "$work/b.yaml"
status_is 0
out_has "2 proofs stored"
checks=$((checks + 2))
[ "$(commits)" = $((before + 1)) ] || fail "one commit"
[ "$(git -C "$repo" log -1 --format=%s)" = "Add 2 reviews" ] || fail "message"
newest
body_has '- id: X-1'
before=$(commits)
sed 's/digest: ./digest: Z/' "$work/a.yaml" >"$work/c.yaml"
kp review --from "$work/b.yaml" --from "$work/c.yaml"
status_is 4
err_has "c.yaml: the digest in it is not that of bit 1.1.0"
sed 's/comment/coment/' "$work/a.yaml" >"$work/c.yaml"
kp review --from "$work/c.yaml"
status_is 2
err_has "c.yaml: line 10: there is no key 'coment', did you mean 'comment'?"
printf 'package:\n  name: bit\n  version: 1.1.0\n' >"$work/c.yaml"
kp review --from "$work/c.yaml"
status_is 2
err_has "it says nothing"
kp review --from "$work/nothing.yaml"
status_is 1
checks=$((checks + 1))
[ "$(commits)" = "$before" ] || fail "something was stored"

# --- somebody else's, signed anew ---
before=$(commits)
k review --reissue "$root" kith-example-hash --comment "they lost their key"
status_is 0
newest
checks=$((checks + 2))
grep -qx 'original:' "$work/body" || fail "no original: $(cat "$work/body")"
grep -qx '  comment: they lost their key' "$work/body" || fail "no reason"
body_has "  id: $me"
body_has 'date: 2026-06-01T12:00:00+00:00'
body_has '  name: kith-example-hash'
# once only
k review --reissue "$root" kith-example-hash --comment "again"
status_is 1
err_has "you have said in the same words already"
k review --reissue "$root" --comment "all of them"
status_is 0
k review --reissue "$root"
status_is 2
k review --reissue "$me" --comment x
status_is 2
k review --reissue nobody --comment x
status_is 1

# --- proofs on standard input ---
cat "$KITH_SOURCE"/proofs/ben/*/reviews/*.crev >"$work/proofs"
want=$(grep -c 'END CREV PROOF' "$work/proofs")
sed 's/^  name: /  name: x/' "$work/proofs" >"$work/forged"
import() {
	last="review --import <$1"
	status=0
	"$kith" --now "$now" review --import <"$1" >"$work/out" 2>"$work/err" || status=$?
}
import "$work/forged"
status_is 1
err_has "there is no validly signed review in it"
import "$work/proofs"
status_is 0
newest
body_lacks original
body_has "  id: $me"
checks=$((checks + 1))
[ "$want" -gt 1 ] || fail "a poor example"
printf 'nonsense\n' >"$work/proofs"
import "$work/proofs"
status_is 1

# --- cargo-crev's spellings ---
for words in 'crate review:review PACKAGE' 'crate diff:diff PACKAGE VERSION' 'crate unreview:unreview PACKAGE' \
	'id trust:trust PERSON --level low|medium|high' 'id switch:id use ID' 'proof find:query reviews [PACKAGE] [--author ID]' \
	'wot log:explain PERSON, or kith graph' 'goto:open PACKAGE, which prints a folder to cd into' 'update:fetch'; do
	# shellcheck disable=SC2086
	k ${words%%:*} x
	status_is 2
	err_has "is cargo-crev's way to say it; here it is: kith ${words#*:}"
	# shellcheck disable=SC2086
	k help ${words%%:*}
	status_is 0
done
k help crate review
out_line "kith review PACKAGE"
k id trust "$me"
status_is 2
k crates
status_is 2
err_has "unknown command 'crates'"
finish
