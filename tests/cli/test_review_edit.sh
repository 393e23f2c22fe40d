#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith review with an editor: the draft, what becomes of it, and that nothing foreign gets into it.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
export GIT_CONFIG_NOSYSTEM=1 TMPDIR="$work/tmp"
mkdir "$TMPDIR"
k id new --no-passphrase
me=$(cat "$work/out")
repo=$HOME/.local/share/kith/proofs/local_only_$me
t() { run python3 "$KITH_SOURCE/tests/cli/terminal.py" "$@"; }
review() { "$kith" --now "$now" -C "$project" review "$@"; }
editor() { # reads a shell script that edits "$1"
	cat >"$work/editor"
	chmod +x "$work/editor"
	sed -i '1i #!/bin/sh' "$work/editor"
	export VISUAL="$work/editor"
}
drafts() { find "$TMPDIR" -name crev.review.yaml | wc -l; }
newest() { awk '/BEGIN CREV/{t=""; next} /SIGN CREV/{last=t} {t=t $0 "\n"} END{printf "%s", last}' "$repo/$me"/reviews/*.crev >"$work/body"; }

# --- the draft ---
k -C "$project" open odd
editor <<END
cp "\$1" "$work/draft"
sed -i 's/^  rating: .*/  rating: neutral/; s/^comment: .*/comment: |-\n  Looked at it.\n  # a heading/' "\$1"
END
run review odd --edit
status_is 0
out_has "1 proof stored"
err_has "  rating: neutral"
k -C "$project" digest odd
cat >"$work/expected" <<END
# Package Review of odd 0.1.0
# digest $(cat "$work/out"), of the archive with the lock file's checksum

review:
  thoroughness: low
  understanding: medium
  rating: positive
flags:
  unmaintained: false
alternatives:
- source: https://crates.io
  name: ''
comment: |-
  
END
checks=$((checks + 3))
head -n 14 "$work/draft" | cmp -s - "$work/expected" || fail "the draft: $(head -n 14 "$work/draft" | diff "$work/expected" -)"
grep -q '^# thoroughness ' "$work/draft" || fail "no scale in words"
newest
tail -n 7 "$work/body" >"$work/tail"
printf 'review:\n  thoroughness: low\n  understanding: medium\n  rating: neutral\ncomment: |-\n  Looked at it.\n  # a heading\n' | cmp -s - "$work/tail" || fail "signed: $(cat "$work/body")"
checks=$((checks + 1))
[ "$(drafts)" = 0 ] || fail "a draft is left"
# the next one begins with it
editor <<END
cp "\$1" "$work/draft"
echo >>"\$1"
END
run review odd --edit
status_is 0
checks=$((checks + 3))
grep -qxF '# Overwriting your review of 2026-06-01T12:00:00Z' "$work/draft" || fail "no word of the earlier one"
grep -qxF '# Your latest review of this package: 0.1.0, 2026-06-01T12:00:00Z: neutral, thoroughness low, understanding medium' "$work/draft" || fail "no summary"
grep -qxF '  Looked at it.' "$work/draft" || fail "its comment is gone"

# --- a terminal: nothing changed, nonsense, again ---
editor <<'END'
:
END
t 'Sign it so? (y/N/q)' q -- "$kith" --now "$now" -C "$project" review odd
status_is 130
t 'Sign it so? (y/N/q)' '' 'Sign it so? (y/N/q)' y -- "$kith" --now "$now" -C "$project" review odd
status_is 0
out_has "1 proof stored"
editor <<END
if [ -e "$work/second" ]; then
	grep -q 'coment: kept' "\$1" && sed -i 's/^coment/comment/; s/kept/repaired/' "\$1"
else
	touch "$work/second"
	sed -i '/^comment/,\$d' "\$1"
	echo 'coment: kept' >>"\$1"
fi
END
t 'Edit it again? (Y/n)' '' -- "$kith" --now "$now" -C "$project" review odd
status_is 0
out_has "there is no key 'coment', did you mean 'comment'?"
newest
checks=$((checks + 1))
grep -q '  repaired' "$work/body" || fail "not the second text: $(cat "$work/body")"
# given up: the text is kept, and can be gone on with
rm "$work/second"
t 'Edit it again? (Y/n)' n -- "$kith" --now "$now" -C "$project" review odd
status_is 2
out_has "your text is kept in $TMPDIR/kith-"
kept=$(find "$TMPDIR" -name crev.review.yaml)
checks=$((checks + 1))
[ "$(stat -c %a "$kept")" = 600 ] || fail "others can read the draft"
run review odd --draft "$kept"
status_is 0
newest
checks=$((checks + 1))
grep -q '  repaired' "$work/body" || fail "the kept draft"
rm -r "${TMPDIR:?}"/*

# --- all of it as a person does it: a protected id, the editor, the passphrase, on one terminal ---
printf 'sesame\n' >"$work/sesame"
chmod 600 "$work/sesame"
k id passwd --new-passphrase-file "$work/sesame"
status_is 0
editor <<END
env >"$work/environment"
sed -i 's/^comment: .*/comment: |-\n  by hand/' "\$1"
END
on=$KITH_BUILD/tests/on_terminal
run env CREV_PASSPHRASE=wrong "$on" "its passphrase is wrong" '' -- "$kith" --now "$now" -C "$project" review odd
status_is 3
out_has "your text is kept in"
checks=$((checks + 1))
! grep -q CREV_PASSPHRASE "$work/environment" || fail "the editor sees the passphrase"
rm -r "${TMPDIR:?}"/*
run "$on" "passphrase of id" 'nonsense\n' "this passphrase is wrong" '' "passphrase of id" 'sesame\n' -- \
	"$kith" --now "$now" -C "$project" review odd
status_is 0
out_has "1 proof stored"
out_has "[echo on]"
out_lacks sesame
newest
checks=$((checks + 1))
grep -qx '  by hand' "$work/body" || fail "another text: $(cat "$work/body")"
# Ctrl-C at the passphrase: nothing is signed, the text is kept
run "$on" "passphrase of id" '\x03' -- "$kith" --now "$now" -C "$project" review odd
status_is 130
run "$on" "passphrase of id" 'sesame\n' -- "$kith" --now "$now" id passwd --no-passphrase
status_is 0
rm -rf "${TMPDIR:?}"/*

# --- editors that fail; drafts of nothing ---
editor <<'END'
exit 3
END
run review odd --edit
status_is 3
err_has "the editor failed: $work/editor"
err_has "your text is kept in"
rm -r "${TMPDIR:?}"/*
editor <<'END'
grep '^#' "$1" >"$1.x"
mv "$1.x" "$1"
END
run review odd --edit
status_is 130
err_has "the draft is empty"
editor <<'END'
printf 'flags:\n  unmaintained: false\n' >"$1"
END
run review odd --edit
status_is 2
err_has "it says nothing"
editor <<'END'
rm "$1"
mkfifo "$1"
END
run review odd --edit
status_is 2
editor <<'END'
printf 'package: {name: other}\nreview: {rating: strong, thoroughness: high, understanding: high}\n' >"$1"
END
run review odd --edit
status_is 2
err_has "line 1: there is no key 'package'"
rm -r "${TMPDIR:?}"/*

# --- nothing foreign becomes live: an earlier review's texts and versions stay in their comments ---
cat >"$work/evil.yaml" <<'END'
package:
  name: odd
  version: 0.1.0
flags:
  unmaintained: true
comment: "x\noverride:\n- id-type: crev\n  id: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n# y"
llm-agent:
  model: "m\noverride: []\n#"
  human-guided: false
END
run review --from "$work/evil.yaml"
status_is 0
editor <<END
cp "\$1" "$work/draft"
echo >>"\$1"
END
run review odd --edit --llm "$(printf 'm\noverride: []\n#')"
status_is 0
newest
checks=$((checks + 2))
! grep -q '^override' "$work/body" || fail "injected: $(cat "$work/body")"
! grep -q '^override' "$work/draft" || fail "injected into the draft"
[ -z "$(ls "$TMPDIR")" ] || fail "left behind: $(ls "$TMPDIR")"
finish
