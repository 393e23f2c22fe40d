#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith open, diff and digest: always of the bytes that the lock file or the registry's index means.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
kp() { k -C "$project" "$@"; }

# --- digest: of the archive, as of its tree ---
kp digest bit
status_is 0
err_empty
cp "$work/out" "$work/digest"
kp digest bit@1.1.0
out_is "$work/digest"
kp digest pkg:cargo/bit@1.1.0
out_is "$work/digest"
kp digest "$work/src/bit-1.1.0"
out_is "$work/digest"
kp digest "$cache/bit-1.1.0.crate"
out_is "$work/digest"
touch "$work/src/bit-1.1.0/.cargo-ok"
kp digest "$work/src/bit-1.1.0"
out_is "$work/digest"
rm "$work/src/bit-1.1.0/.cargo-ok"
# a version that is not locked: by the registry's index
kp digest bit@1.0.0
status_is 0
err_empty
checks=$((checks + 1))
! cmp -s "$work/out" "$work/digest" || fail "two versions, one digest"
(cd "$work/src" && run "$kith" digest bit@1.0.0)
status_is 0

# --- what is refused ---
kp digest nosuch
status_is 2
err_has "nosuch is no dependency of a project here"
err_has "hint: say which version: nosuch@VERSION"
kp digest nosuch@1.0.0
status_is 1
err_has "nosuch 1.0.0 is not on this machine"
kp digest p
status_is 2
err_has "p is the project's own package"
kp digest 'a/../b@1'
status_is 1
kp digest "$(printf 'x\033[2J')"
status_is 2
clean_output
kp digest pkg:npm/left-pad@1.0.0
status_is 2
mv "$index/3/b/bit" "$work/bit.index"
kp digest bit@1.0.0
status_is 0
err_has "warning: bit 1.0.0: nothing here states its checksum: these may be any bytes"
mv "$work/bit.index" "$index/3/b/bit"
cp "$cache/bit-1.0.0.crate" "$work/bit.crate"
cp "$cache/odd-0.1.0.crate" "$cache/bit-1.0.0.crate"
for word in 'digest bit@1.0.0' 'open bit@1.0.0' 'diff bit 1.0.0'; do
	# shellcheck disable=SC2086
	kp $word
	status_is 4
	err_has "this is not the archive of bit 1.0.0: its checksum differs from the registry's"
	out_empty
done
cp "$work/bit.crate" "$cache/bit-1.0.0.crate"

# --- open ---
kp open odd
status_is 0
err_has "6 renamed, 1 left out, 1 rewritten (README-CREV.txt)"
copy=$(cat "$work/out")
[ -d "$copy" ] || finish
checks=$((checks + 3))
case $copy in "$HOME/.cache/kith/src/odd_0_1_0_https_"*) ;; *) fail "its place: $copy" ;; esac
(cd "$copy" && find . -type f | LC_ALL=C sort) >"$work/names"
cat >"$work/expected" <<END
./CREV.cargo/config.toml
./CREV.vscode/tasks.json
./Cargo.CREV.toml
./README-CREV.txt
./cargo/config.CREV
./lib.rs
./run.sh
./rust-toolchain.CREV
END
grep -v '/a_b-.*\.CREV$' "$work/names" | diff "$work/expected" - >&2 || fail "names in the copy"
[ "$(wc -l <"$work/names")" = 9 ] || fail "number of files in the copy"
[ "$(cat "$copy/lib.rs")" = 'a\u{202e}b' ] || fail "text: $(cat "$copy/lib.rs")"
checks=$((checks + 3))
[ -z "$(find "$copy" ! -type d -perm /333; find "$copy" -type d -perm /022)" ] || fail "modes"
[ -z "$(find "$copy" ! -type d ! -type f)" ] || fail "special files"
grep -qF 'left out  link.rs -> lib.rs' "$copy/README-CREV.txt" || fail "notes: $(cat "$copy/README-CREV.txt")"
# again, over the old one; nothing is left behind
kp open odd
status_is 0
checks=$((checks + 1))
[ "$(find "$HOME/.cache/kith/src" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ] || fail "left behind"
kp -q open odd
err_empty

# --- diff ---
kp diff bit 1.0.0
status_is 0
err_empty
cat >"$work/expected" <<'END'
--- bit-1.0.0/.cargo_vcs_info.json
+++ bit-1.1.0/.cargo_vcs_info.json
@@ -1 +1 @@
-{"git":{"sha1":"0123456789abcdef0123456789abcdef01234567"},"path_in_vcs":""}
\ No newline at end of file
+{"git":{"sha1":"89abcdef0123456789abcdef0123456701234567"}}
\ No newline at end of file
--- bit-1.0.0/Cargo.toml
+++ bit-1.1.0/Cargo.toml
@@ -1,3 +1,3 @@
 [package]
 name = "bit"
-version = "1.0.0"
+version = "1.1.0"
--- /dev/null
+++ bit-1.1.0/new.txt
is executable
@@ -0,0 +1 @@
+new
--- bit-1.0.0/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
--- bit-1.0.0/src/lib.rs
+++ bit-1.1.0/src/lib.rs
@@ -1,4 +1,5 @@
 pub fn a() {}
 
-	fn tab() {}
-pub fn z() {}
\ No newline at end of file
+	fn tab() { 1 }
+pub fn z() {}
+// \u{202e}esrever\x1b[2J\r
--- bit-1.0.0/x.bin
+++ bit-1.1.0/x.bin
binary: 3 bytes before, 4 now
END
out_is "$work/expected"
clean_output
kp diff bit 1.0.0 --stat
cat >"$work/expected" <<'END'
 .cargo_vcs_info.json | +1 -1
 Cargo.toml           | +1 -1
 new.txt              | +1 -0 (new)
 old.txt              | +0 -1 (gone)
 src/lib.rs           | +3 -2
 x.bin                | binary
6 files changed, 6 lines added, 5 removed
END
out_is "$work/expected"
kp diff bit 1.0.0 -U 0
out_lacks ' [package]'
kp diff bit 1.1.0
status_is 0
out_empty
err_has "the two are the same"
kp diff bit 9.9.9
status_is 1
err_has "bit 9.9.9 is not on this machine"
err_has "hint: kith fetch --packages bit@9.9.9 gets it"
kp diff bit 1.0.0 --color=always
out_has "$(printf '\033[32m+new\033[0m')"

# on a terminal through the pager
printf 'import os, pty, sys\nsys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))\n' >"$work/terminal.py"
PAGER='sed s/^/paged:/' run python3 "$work/terminal.py" "$kith" -C "$project" diff bit 1.0.0 --color=never
status_is 0
out_has "paged:+new"
PAGER='' run python3 "$work/terminal.py" "$kith" -C "$project" diff bit 1.0.0 --color=never
out_lacks "paged"
out_has "+new"
PAGER=/no/such/program run python3 "$work/terminal.py" "$kith" -C "$project" diff bit 1.0.0 --color=never
out_has "+new"
finish
