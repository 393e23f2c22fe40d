#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154
# What this machine first saw of a package decides when a lock file or its archive later changes.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
lock bit 1.1.0
example_evidence
# what verify says besides the next step
talk_empty() {
	checks=$((checks + 1))
	! grep -v '^next: ' "$work/err" || fail 'stderr has more than the next step'
}
seen=$HOME/.local/share/kith/packages.journal
old=$(sha256sum "$cache/bit-1.1.0.crate" | cut -d' ' -f1)

k -C "$project" verify --root "$root"
status_is 1
out_has 'insufficient  bit 1.1.0'
talk_empty
checks=$((checks + 2))
[ "$(cat "$seen")" = "kith-packages 1
package 1780315200 $old cargo - bit 1.1.0" ] || fail "journal: $(cat "$seen")"
[ "$(stat -c %a "$seen")" = 600 ] || fail "mode $(stat -c %a "$seen")"
# asked again nothing is written
k -C "$project" verify --root "$root"
checks=$((checks + 1))
[ "$(wc -l <"$seen")" = 2 ] || fail "journal: $(cat "$seen")"

# the registry, the archive and the lock all change together: only memory can tell
rm -r "$index"
printf 'evil\n' >>"$work/src/bit-1.1.0/src/lib.rs"
crate() { # without an index entry
	tar -C "$work/src" --format=ustar --owner=0 --group=0 --mtime=@0 --sort=name -czf "$cache/$1-$2.crate" "$1-$2"
}
crate bit 1.1.0
lock bit 1.1.0
run "$kith" --now 2026-07-01T00:00:00Z -C "$project" verify --root "$root"
status_is 4
out_has "mismatch"
out_has "✗ mismatch  bit 1.1.0  not the checksum first seen here (2026-06-01)"
err_has "bit 1.1.0: $(echo "$old" | cut -c1-12)… was first seen, the lock file says $(sha256sum "$cache/bit-1.1.0.crate" | cut -c1-12)…"
err_has "1 checksum changed since first seen here: if you know that the first was wrong: kith doctor --forget-checksum bit@1.1.0"
clean_output
k -C "$project" verify --root "$root" --json
status_is 4
python3 -c '
import json, sys
p = [p for p in json.load(open(sys.argv[1]))["packages"] if p["name"] == "bit"][0]
assert p["status"] == "mismatch" and "first seen" in p["reason"], p' "$work/out" || fail 'verify --json'
# losing the cache does not lose it, and the way out that was named works
rm -r "$HOME/.cache/kith"
k -C "$project" verify --root "$root"
status_is 4
k doctor --forget-checksum bit
status_is 2
err_has 'bit: a package is named NAME@VERSION here'
k doctor --forget-checksum bit@9.9.9
status_is 1
err_has 'bit@9.9.9: no checksum of it was seen here'
cp "$seen" "$work/before"
k doctor --forget-checksum bit@1.1.0
status_is 0
out_line "cargo - bit 1.1.0: $old, first seen 2026-06-01, is forgotten"
cp "$work/before" "$seen"
k doctor --forget-checksum bit@1.1.0 --json
status_is 0
python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
assert d == {"schema": "kith.forgotten/1", "forgotten": [{"ecosystem": "cargo", "name": "bit",
    "version": "1.1.0", "checksum": sys.argv[2], "first_seen": "2026-06-01T12:00:00Z"}]}, d' "$work/out" "$old" || fail 'doctor --forget-checksum --json'
k -C "$project" verify --root "$root"
status_is 1
out_has 'insufficient  bit 1.1.0'
k -C "$project" verify --root "$root"
status_is 1
out_has 'insufficient  bit 1.1.0'

# a checksum that the archive here contradicts is not remembered
lock bit 1.0.0
sed -i "s/^checksum = .*/checksum = \"$(printf '%064d' 7)\"/" "$project/Cargo.lock"
k -C "$project" verify --root "$root"
status_is 4
checks=$((checks + 1))
! grep -q ' bit 1.0.0$' "$seen" || fail 'a wrong checksum was remembered'
# cargo-crev's own answer knows nothing of it
lock bit 1.0.0
cp "$seen" "$work/before"
k -C "$project" verify --root "$root" --semantics crev
checks=$((checks + 1))
cmp -s "$seen" "$work/before" || fail '--semantics crev remembers'

# memory that cannot be used is said and costs nothing else
echo nonsense >"$seen"
k -C "$project" verify --root "$root"
status_is 1
err_has "packages' first checksums are not remembered: it does not begin with 'kith-packages 1'"
rm "$seen"
mkdir "$seen"
k -C "$project" verify --root "$root"
status_is 1
err_has "packages' first checksums are not remembered: "
# two at once
rmdir "$seen"
lock bit 1.1.0 odd 0.1.0
for n in 1 2 3 4; do "$kith" --now "$now" -C "$project" verify --root "$root" >/dev/null 2>"$work/err.$n" & done
wait
checks=$((checks + 1))
[ "$(grep -c '^package 1780315200 [0-9a-f]\{64\} cargo - [a-z]* [0-9.]*$' "$seen")" = "$(($(wc -l <"$seen") - 1))" ] || fail "journal: $(cat "$seen")"
k -C "$project" verify --root "$root"
status_is 1
talk_empty
finish
