#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith fetch --packages: cargo gets what is not here, outside the project; each package is checked,
# and one that cannot be got costs only itself. First with a cargo that is none, then with a real
# one and a registry on this machine.
. "$KITH_SOURCE/tests/cli/lib.sh"
. "$KITH_SOURCE/tests/cli/packages.sh"
kp() { k -C "$project" "$@"; }
mkdir -p "$work/src/far-3.0.0"
printf '[package]\nname = "far"\nversion = "3.0.0"\n' >"$work/src/far-3.0.0/Cargo.toml"
crate far 3.0.0
lock bit 1.1.0 far 3.0.0 odd 0.1.0
mkdir -p "$work/store" "$work/bin" "$project/.cargo"
printf 'this = is no TOML\n' >"$project/rust-toolchain.toml"

# the other one: notes what it sees, copies what the manifest asks for, fails if told to
cat >"$work/bin/cargo" <<END
#!/bin/sh
[ ! -e "$work/slow" ] || sleep 2
{ echo "\$*"; pwd; env | cut -d= -f1 | sort | tr '\n' ' '; echo; } >>"$work/log"
cp Cargo.toml "$work/manifest"
rm -f "$work/lockfile"
[ ! -e Cargo.lock ] || cp Cargo.lock "$work/lockfile"
ok=0
sed -n 's/^p[0-9]* = { package = "\([^"]*\)", version = "=\([^"]*\)".*/\1-\2/p' Cargo.toml >list
while read -r p; do
	if [ -e "$work/store/\$p.crate" ] && [ ! -e "$work/broken" ]; then
		cp "$work/store/\$p.crate" "$cache/"
		echo "  Downloaded \$p" >&2
	else
		echo "error: no such package '\$p'" >&2
		[ ! -e "$work/broken" ] || printf '\nCaused by:\n  the cable was \033[31mbitten\n' >&2
		ok=101
		[ ! -e "$work/broken" ] || break
		grep -q "p1 =" Cargo.toml && break
	fi
done <list
exit \$ok
END
chmod +x "$work/bin/cargo"
PATH=$work/bin:$PATH
export SECRET_TOKEN=x
calls() { grep -c '^fetch' "$work/log" 2>/dev/null || echo 0; }
is() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] || fail "$1: want $2, got $3"
}

# all is here
kp fetch --packages
status_is 0
out_line "3 packages: 0 fetched, 3 here before, 0 failed"
[ ! -e "$work/log" ] || fail "cargo was started for nothing"

# what is missing, together, with the lock; nothing of the project's, and a clean environment
mv "$cache"/bit-1.1.0.crate "$cache"/far-3.0.0.crate "$work/store/"
kp --offline fetch --packages
status_is 2
err_has "2 packages are not here, and --offline was given"
kp fetch --packages
status_is 0
out_line "fetched   bit 1.1.0"
out_line "fetched   far 3.0.0"
out_line "3 packages: 2 fetched, 1 here before, 0 failed"
is "started once" 1 "$(calls)"
is "outside the project" "$HOME/.cache/kith/packages" "$(sed -n 2p "$work/log")"
checks=$((checks + 5))
! sed -n 3p "$work/log" | grep -q SECRET_TOKEN || fail "the environment: $(sed -n 3p "$work/log")"
sed -n 3p "$work/log" | grep -q 'CARGO_HOME ' || fail "no CARGO_HOME: $(sed -n 3p "$work/log")"
grep -qx 'p0 = { package = "bit", version = "=1.1.0", default-features = false }' "$work/manifest" || fail "manifest"
grep -qx '\[workspace\]' "$work/manifest" || fail "a project above would count"
grep -q "checksum = \"$(sha256sum "$work/store/bit-1.1.0.crate" | cut -d' ' -f1)\"" "$work/lockfile" || fail "no checksum in the lock"
[ ! -e "$HOME/.cache/kith/packages" ] || fail "the folder was left behind"

# one that cannot be got costs only itself; cargo's words arrive on one line and harmless
rm "$cache"/bit-1.1.0.crate "$cache"/far-3.0.0.crate
mv "$work/store/bit-1.1.0.crate" "$work/kept"
kp fetch --packages
status_is 3
out_line "failed    bit 1.1.0: cargo: no such package 'bit-1.1.0'"
out_line "fetched   far 3.0.0"
touch "$work/broken"
rm "$cache/far-3.0.0.crate"
kp fetch --packages
status_is 3
out_line "failed    bit 1.1.0: cargo: no such package 'bit-1.1.0': the cable was \\x1b[31mbitten"
clean_output
rm "$work/broken"

# other bytes than the lock file means
cp "$work/store/far-3.0.0.crate" "$work/store/bit-1.1.0.crate"
kp fetch --packages
status_is 4
out_has "mismatch  bit 1.1.0: "
out_line "fetched   far 3.0.0"
out_has "1 with other bytes"
kp fetch --packages --json
status_is 0
out_has '"schema": "kith.packages/1"'
out_has '"outcome": "here"'
cp "$work/kept" "$work/store/bit-1.1.0.crate"
cp "$work/kept" "$cache/bit-1.1.0.crate"

# a version that is not locked: alone, without the lock
mv "$cache/bit-1.0.0.crate" "$work/store/"
kp diff bit 1.0.0
status_is 1
err_has "hint: kith fetch --packages bit@1.0.0 gets it"
kp fetch --packages bit@1.0.0
status_is 0
out_line "fetched   bit 1.0.0"
[ ! -e "$work/lockfile" ] || fail "another version with the lock"
kp diff bit 1.0.0 --stat
status_is 0
k -C / fetch --packages bit@1.0.0
status_is 0
out_line "1 package: 0 fetched, 1 here before, 0 failed"

# words that make no sense, places that would make cargo obey the project
k -C / fetch --packages
status_is 2
err_has "there is no project here"
kp fetch --packages bit --jobs 2
status_is 2
kp fetch --packages 'a b@1.0.0'
status_is 2
kp fetch --packages 'a"b@1.0.0'
status_is 3
out_has "cargo knows no packages of such names"
run env XDG_CACHE_HOME="$project/target" "$kith" --now "$now" -C "$project" fetch --packages nosuch@1.0.0
status_is 2
err_has "kith's cache lies inside the project"
run env PATH=/nonexistent "$kith" --now "$now" -C "$project" fetch --packages nosuch@1.0.0
status_is 3
err_has "cargo is not installed here"

# interrupted: no cargo is left behind, and the next one is not kept from its work
touch "$work/slow"
"$kith" -C "$project" fetch --packages nosuch@1.0.0 >/dev/null 2>&1 </dev/null &
pid=$!
sleep 0.4
kill -KILL $pid
wait $pid 2>/dev/null || true
rm "$work/slow"
kp fetch --packages nosuch@1.0.0
status_is 3
out_has "no such package 'nosuch-1.0.0'"

# --- the real one ---
whose=$(getent passwd "$(id -u)" | cut -d: -f6)
export RUSTUP_HOME="${RUSTUP_HOME:-$whose/.rustup}"
PATH=$whose/.cargo/bin:/usr/local/bin:/usr/bin:/bin
if ! cargo --version >/dev/null 2>&1; then
	echo "there is no cargo here: its part is left out" >&2
	finish
	exit
fi
served=$work/served
mkdir -p "$served/dl"
cp "$work/store"/*.crate "$served/dl/"
cp "$cache"/*.crate "$served/dl/"
python3 - "$served" <<'END' &
import functools, http.server, os, sys
class H(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *a): pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(H, directory=sys.argv[1]))
port = s.server_address[1]
open(sys.argv[1] + "/config.json", "w").write('{"dl":"http://127.0.0.1:%d/dl/{crate}-{version}.crate"}' % port)
open(sys.argv[1] + "/port.new", "w").write(str(port))
os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
s.serve_forever()
END
server=$!
# what the killed kith had started may still be ending in its folder
trap 'kill $server 2>/dev/null || true; wait; rm -rf "$work" 2>/dev/null || { sleep 2; rm -rf "$work"; }' EXIT
while [ ! -s "$served/port" ]; do sleep 0.05; done
(cd "$index" && find . -type f) | while read -r f; do
	mkdir -p "$served/$(dirname "$f")"
	tr '\000' '\n' <"$index/$f" | grep '^{' >"$served/$f"
done
export CARGO_HOME="$work/cargo2"
mkdir "$CARGO_HOME"
printf '[source.crates-io]\nreplace-with = "mirror"\n[source.mirror]\nregistry = "sparse+http://127.0.0.1:%s/"\n' "$(cat "$served/port")" >"$CARGO_HOME/config.toml"
kp fetch --packages
status_is 0
out_line "3 packages: 3 fetched, 0 here before, 0 failed"
kp fetch --packages bit@1.0.0 bit@7.7.7
status_is 3
out_line "fetched   bit 1.0.0"
out_has "failed    bit 7.7.7: cargo: failed to select a version"
kp digest bit@1.0.0
status_is 0
finish
