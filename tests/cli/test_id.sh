#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith id: made, kept, opened, changed, exported, imported, unlocked; with and without a terminal.
. "$KITH_SOURCE/tests/cli/lib.sh"
ids=$HOME/.config/kith/ids
line() { head -n 1 "$work/out"; }

# nothing is made unasked
k id list
status_is 1
out_empty
err_has "kith id new"
k id show
status_is 2
err_has "you have no id yet"
[ ! -e "$HOME/.config/kith" ] || fail "a folder was made"

# without a passphrase only on demand
k id new
status_is 3
err_has "a passphrase is needed and there is nobody to ask"
printf '\n' >"$work/empty"
chmod 600 "$work/empty"
k id new --passphrase-file "$work/empty"
status_is 2
err_has "an empty passphrase protects nothing"
[ ! -e "$ids" ] || fail "a key was made"
k id new --no-passphrase
status_is 0
err_has "this id has no passphrase"
open=$(line)
[ "${#open}" = 43 ] || fail "no id on stdout"
[ "$(stat -c %a "$ids")" = 700 ] || fail "mode of the folder"
[ "$(stat -c %a "$ids/$open.yaml")" = 600 ] || fail "mode of the key file"
grep -qx "current-id = \"$open\"" "$HOME/.config/kith/config.toml" || fail "not the current id"

# a protected one; strong parameters, and the passphrase nowhere on disk
printf 'sesame\nignored\n' >"$work/pass"
chmod 600 "$work/pass"
k id new --url https://example.org/me/crev-proofs --passphrase-file "$work/pass"
status_is 0
err_has "the current id stays another one"
locked=$(line)
grep -qx '  memory-size: 262144' "$ids/$locked.yaml" || fail "memory of the KDF"
grep -qx '  variant: argon2id' "$ids/$locked.yaml" || fail "kind of the KDF"
grep -qx 'url: https://example.org/me/crev-proofs' "$ids/$locked.yaml" || fail "url"
checks=$((checks + 1))
! grep -rq sesame "$HOME" || fail "the passphrase is on disk"
k id list
status_is 0
out_has "$locked  locked       https://example.org/me/crev-proofs"
k id list --json
out_has '"schema": "kith.query/1"'
out_has '"state": "unprotected"'
k id use -- "$(printf %.8s "$locked")"
status_is 0
out_line "$locked"
k id show
out_line "id         $locked"
k id show https://example.org/me/crev-proofs/
out_line "id         $locked"
k id use -Zabc123
status_is 2
err_has "unknown option '-Z' (the beginning of an id goes behind --)"
k id use AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
status_is 2
err_has "is none of your ids"

# URLs
for url in ftp://example.org/x git@example.org:x/y 'https://example.org/x y' https://user:pw@example.org/x; do
	k id set-url "$url"
	status_is 2
done
k id set-url https://example.org/other
status_is 0
k id export --public
out_line "id: $locked"
out_line "url: https://example.org/other"

# options that belong elsewhere, words that mean nothing
k id list --url x
status_is 2
err_has "--url does not belong to kith id list"
k id nonsense
status_is 2
k id use
status_is 2

# passphrases: file, descriptor, command, crev's variable; once only without a terminal
printf 'wrong\n' >"$work/wrong"
chmod 600 "$work/wrong"
k id passwd --passphrase-file "$work/wrong" --new-passphrase-file "$work/wrong"
status_is 3
err_has "its passphrase is wrong (1 try)"
cp "$ids/$locked.yaml" "$work/before"
run sh -c 'printf "sesame\nnew one\n" | "$1" id passwd --passphrase-fd 3 --new-passphrase-fd 3 3<&0' sh "$kith"
status_is 0
checks=$((checks + 1))
! cmp -s "$ids/$locked.yaml" "$work/before" || fail "the key file did not change"
run env KITH_PASSPHRASE_CMD="echo 'new one'" "$kith" id passwd --new-passphrase-file "$work/pass"
status_is 0
run env CREV_PASSPHRASE=sesame "$kith" id passwd --no-passphrase
status_is 0
err_has "the passphrase is taken from CREV_PASSPHRASE"
grep -qx '  iterations: 1' "$ids/$locked.yaml" || fail "still protected"
chmod 644 "$work/pass"
k id passwd --new-passphrase-file "$work/pass"
status_is 0
err_has "others can read this passphrase"
run env KITH_PASSPHRASE_CMD="exit 7" "$kith" id unlock
status_is 3
err_has "failed with status 7"
k id unlock --passphrase-fd x
status_is 2

# export and import; others' modes
k id export
status_is 0
cp "$work/out" "$work/key.yaml"
cmp -s "$work/key.yaml" "$ids/$locked.yaml" || fail "export differs from the key file"
k id import "$work/key.yaml"
status_is 3
err_has "is here already"
rm "$ids/$locked.yaml"
chmod 644 "$work/key.yaml"
k id show
status_is 2
err_has "has no key file here"
k id import "$work/key.yaml"
status_is 0
err_has "others can read this key file"
out_line "$locked"
[ "$(stat -c %a "$ids/$locked.yaml")" = 600 ] || fail "mode after import"
chmod 640 "$ids/$locked.yaml"
k id export
status_is 2
err_has "others can read this key file (mode 0640)"
err_has "chmod 600"
k id list
out_has "refused"
k id show "$locked"
out_has "refused"
chmod 600 "$ids/$locked.yaml"
k id import "$work/pass"
status_is 2
k id import "$work/nowhere"
status_is 1

# cargo-crev's ids, with everything left as it was
crev=$HOME/.config/crev
mkdir -p "$crev/ids"
cp "$KITH_SOURCE/tests/fuzz/corpus/keyfile/id-passphrase.yaml" "$crev/ids/-2u1ewxZc-2f8WhurgrQJHVvcI7lrv2cU7NDGP0MCUc.yaml"
cp "$work/pass" "$crev/ids/broken.yaml"
k id import --from-crev
status_is 0
out_line "1 imported, 0 known already, 0 proof repositories copied"
err_has "broken.yaml"
k id import --from-crev
out_line "0 imported, 1 known already, 0 proof repositories copied"
k id use -2u1ewxZc-2f8WhurgrQJHVvcI7lrv2cU7NDGP0MCUc
status_is 0
printf 'correct horse \303\274\n' >"$work/crevpass"
chmod 600 "$work/crevpass"
k id unlock --passphrase-file "$work/crevpass" --for 1h
status_is 0
k id list
out_has "unlocked"
k id list --json
out_has '"unlocked_seconds": 3'
k id lock
status_is 0
k id list
out_lacks "unlocked"
k id unlock --passphrase-file "$work/wrong"
status_is 3
k id unlock --for 8d --passphrase-file "$work/crevpass"
status_is 2
k id unlock --passphrase-file "$work/crevpass"
status_is 0
k id lock --all
status_is 0
k id lock
status_is 0
err_has "locked already"
k id unlock "$open"
status_is 2
err_has "nothing is locked"

# an ssh-agent's key
if command -v ssh-agent >/dev/null && command -v ssh-keygen >/dev/null; then
	eval "$(ssh-agent -a "$work/agent" -s)" >/dev/null
	trap 'kill "$SSH_AGENT_PID" 2>/dev/null || true; rm -rf "$work"' EXIT
	k id new --ssh-agent
	status_is 2
	err_has "no such Ed25519 key"
	ssh-keygen -q -t ed25519 -N '' -C first@here -f "$work/k1"
	ssh-keygen -q -t ed25519 -N '' -C second@here -f "$work/k2"
	ssh-add -q "$work/k1" "$work/k2" 2>/dev/null
	k id new --ssh-agent
	status_is 2
	err_has "several Ed25519 keys"
	k id new --ssh-key second --url https://example.org/ssh
	status_is 0
	ssh=$(line)
	grep -qx 'held-by: ssh-agent' "$ids/$ssh.yaml" || fail "ssh key file"
	k id list
	out_has "$ssh  ssh-agent    https://example.org/ssh"
	k id passwd "$ssh" --new-passphrase-file "$work/pass"
	status_is 2
	k id new --ssh-key second
	status_is 3
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK
	k id new --ssh-agent
	status_is 2
	err_has "SSH_AUTH_SOCK is not set"
else
	echo "there is no ssh-agent here: its part is left out" >&2
fi

# on a terminal: asked twice, not echoed, three tries, interrupted; the terminal as it was
on=$KITH_BUILD/tests/on_terminal
t() { run "$on" "$@"; }
t "new passphrase: " 'open \xc3\xbcx\x7f\n' "the same again: " 'other\n' \
	"new passphrase: " 'open \xc3\xbcx\x7f\n' "the same again: " 'junk\x15open \xc3\xbc\n' -- "$kith" id new
status_is 0
out_has "these two differ"
out_has "[echo on]"
out_lacks "open "
typed=$(grep -oE '^[A-Za-z0-9_-]{43}' "$work/out")
printf 'open \303\274\n' >"$work/typed"
chmod 600 "$work/typed"
k id unlock "$typed" --passphrase-file "$work/typed"
status_is 0
k id lock --all
t "new passphrase: " '\n' -- "$kith" id new
status_is 2
out_has "an empty passphrase protects nothing"
t "passphrase of id" 'a\n' "wrong" '' "passphrase of id" 'b\n' "wrong" '' "passphrase of id" 'c\n' -- \
	"$kith" id unlock "$typed"
status_is 3
out_has "its passphrase is wrong (3 tries)"
t "passphrase of id" 'abc\x03' -- "$kith" id unlock "$typed"
status_is 130
out_has "[echo on]"
out_lacks "abc"
t "passphrase of id" 'abc\S' -- "$kith" id unlock "$typed"
status_is 130
out_has "[echo on]"
t "passphrase of id" '\x04' -- "$kith" id unlock "$typed"
status_is 130
t "passphrase of id" 'b\n' "wrong" '' "passphrase of id" 'open \xc3\xbc\n' -- "$kith" id unlock "$typed"
status_is 0
k id lock --all
status_is 0

# a full disk leaves the old file
cp "$ids/$open.yaml" "$work/before"
run sh -c 'ulimit -f 0; trap "" XFSZ; exec "$@"' sh "$kith" id set-url https://example.org/y "$open"
status_is 3
cmp -s "$ids/$open.yaml" "$work/before" || fail "the key file was torn"
[ "$(find "$ids" -name '*.new')" = "" ] || fail "a file was left behind"

finish
