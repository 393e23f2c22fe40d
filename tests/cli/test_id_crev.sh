#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith id import --from-crev: ids, the current one, own repositories; asked on a terminal; and
# nothing of cargo-crev's changes.
. "$KITH_SOURCE/tests/cli/lib.sh"
crev=$work/crev
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
}
k id import --from-crev
status_is 2
err_has "cargo-crev keeps no ids there"

# what cargo-crev would have: two ids, the second one current, one with a repository; made by kith
# in a place of its own, since the formats are the same
other() { run env KITH_HOME="$work/other" "$kith" --now "$now" "$@"; }
ada=yN55UMIhZBPoxU_P6c0NdwfwkMTYxUHwouV0ygO1U2I
other id new --no-passphrase
one=$(cat "$work/out")
other id new --no-passphrase --url https://example.org/me/crev-proofs
two=$(cat "$work/out")
other trust "$ada" --level high --id "$two"
status_is 0
other trust "$ada" --level low --id "$one"
mkdir -p "$crev"
cp -R "$work/other/ids" "$work/other/proofs" "$crev/"
chmod 644 "$crev/ids"/*.yaml
printf 'version: -1\ncurrent-id:\n  id-type: crev\n  id: %s\nhost-salt: %s\n' "$two" "$ada" >"$crev/config.yaml"
tree=$(echo "$crev/proofs"/example_org*)
git -C "$tree" remote set-url origin git@example.org:me/crev-proofs.git
echo mine >"$tree/known_cargo_owners.txt"
touch "$tree/.git/index.lock"
ln -s README.md "$tree/link"
state() { (cd "$crev" && find . -printf '%p %m %s %T@ %l\n' | sort && find . -type f -exec sha256sum {} + | sort); }
state >"$work/before"
export CARGO_CREV_ROOT_DIR_OVERRIDE="$crev"

# on a terminal it says what, and asks
on="$KITH_BUILD/tests/on_terminal"
run "$on" "[y/N]" 'n\n' -- "$kith" --now "$now" id import --from-crev
status_is 2
out_has "id $two https://example.org/me/crev-proofs"
out_has "a copy of $tree"
[ ! -e "$HOME/.config/kith/ids" ] || fail "something was taken"
run "$on" "[y/N]" 'y\n' -- "$kith" --now "$now" id import --from-crev
status_is 0
out_has "2 imported, 0 known already, 2 proof repositories copied"
state >"$work/after"
checks=$((checks + 1))
cmp -s "$work/before" "$work/after" || fail "something of cargo-crev's changed: $(diff "$work/before" "$work/after")"
k id list
out_has "*  $two"
is "mode of a key" 600 "$(stat -c %a "$HOME/.config/kith/ids/$two.yaml")"
copy=$(echo "$HOME/.local/share/kith/proofs"/example_org*)
is "its remote" git@example.org:me/crev-proofs.git "$(git -C "$copy" remote get-url origin)"
is "what he had not committed" mine "$(cat "$copy/known_cargo_owners.txt")"
is "its link" README.md "$(readlink "$copy/link")"
[ ! -e "$copy/.git/index.lock" ] || fail "a lock was copied"
k query proofs --author "$two"
is "its proofs count" 1 "$(grep -c . "$work/out")"
k trust "$ada" --level medium
status_is 0
is "they go on" 2 "$(git -C "$copy" rev-list --count HEAD)"

# again: nothing new; what is here is left alone
k id import --from-crev
status_is 0
out_line "0 imported, 2 known already, 0 proof repositories copied"
err_has "left alone, the id has a repository here"
is "still here" 2 "$(git -C "$copy" rev-list --count HEAD)"

# a current id of kith's own stays; a broken file costs only itself
rm -rf "$HOME/.config" "$HOME/.local"
k id new --no-passphrase
mine=$(cat "$work/out")
printf 'nonsense' >"$crev/ids/x.yaml"
printf 'current-id: [' >"$crev/config.yaml"
k id import --from-crev
status_is 0
out_line "2 imported, 0 known already, 2 proof repositories copied"
err_has "x.yaml"
k id list
out_has "*  $mine"

# a repository that cannot be copied is no half one here
rm -rf "$HOME/.local"
run sh -c 'ulimit -f 0; trap "" XFSZ; exec "$@"' sh "$kith" id import --from-crev
status_is 3
checks=$((checks + 1))
[ -z "$(ls "$HOME/.local/share/kith/proofs" 2>/dev/null)" ] || fail "half a repository"
finish
