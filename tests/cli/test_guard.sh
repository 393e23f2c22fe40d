#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith guard: what is judged, what is not, and that nothing of kith is left of a command that runs.
. "$KITH_SOURCE/tests/cli/lib.sh"

example_project
example_evidence
bin="$work/bin"
mkdir -p "$bin"
# a cargo that says what it was started with
cat >"$bin/cargo" <<'END'
#!/bin/sh
echo "cargo $*"
[ -z "${KITH_TEST_EXIT:-}" ] || exit "$KITH_TEST_EXIT"
END
chmod +x "$bin/cargo"
PATH="$bin:$PATH"
p="$work/p"
mkdir -p "$p/src" "$p/other"
cat >"$p/Cargo.toml" <<'END'
[package]
name = "p"
version = "0.1.0"
END
good() { printf 'version = 4\n\n[[package]]\nname = "p"\nversion = "0.1.0"\n' >"$p/Cargo.lock"; }
bad() {
	good
	cat >>"$p/Cargo.lock" <<'END'
dependencies = ["nobody-knows"]

[[package]]
name = "nobody-knows"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
END
}
g() { run "$kith" --now "$now" -C "$p" guard -- "$@"; }
started() {
	status_is 0
	out_line "$*"
}
stopped() {
	status_is 1
	out_empty
	err_has 'nobody-knows 1.0.0'
	err_has "was not started"
	err_line 'next: kith explain nobody-knows@1.0.0'
}

# without kith.toml it steps aside
bad
g cargo build
started cargo build
err_empty
printf '[roots]\nids = ["%s"]\n' "$root" >"$p/kith.toml"

# what passes is started, with its arguments as they are, and without a word of kith's
good
g cargo build --release -- --json 'a b' -q
started "cargo build --release -- --json a b -q"
err_empty
KITH_TEST_EXIT=37
export KITH_TEST_EXIT
g cargo test
status_is 37
unset KITH_TEST_EXIT
g sh -c 'kill -TERM $$'
status_is 143
# shellcheck disable=SC2016
g sh -c 'echo "$KITH_GUARD"; cat; exit 3'
status_is 3
out_line inside
g no-such-command
status_is 127
err_has 'no-such-command: No such file'
g "$p/Cargo.toml"
status_is 126

# signals are as they were before kith: not ignored, not handled
cat >"$bin/signals" <<'END'
#!/bin/sh
grep -E '^Sig(Ign|Cgt)' /proc/$$/status | tr -d '\t' >&2
exec sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status
END
chmod +x "$bin/signals"
signals >"$work/plain" 2>/dev/null </dev/null
g signals
status_is 0
out_is "$work/plain"
(trap '' INT && signals >"$work/plain" 2>/dev/null </dev/null)
(trap '' INT && "$kith" -C "$p" guard -- signals >"$work/guarded" 2>/dev/null </dev/null)
checks=$((checks + 1))
cmp -s "$work/plain" "$work/guarded" || fail 'an ignored signal is not ignored any more'
(cd "$p" && yes | "$kith" guard -- sh -c 'yes; echo "$?" >&2' 2>"$work/err" | head -1 >/dev/null)
checks=$((checks + 1))
grep -qx 141 "$work/err" || fail 'a broken pipe does not end the command'
# the command is this very process
checks=$((checks + 1))
# shellcheck disable=SC2016
pid=$(cd "$p" && sh -c 'echo $$ >"$1"; exec "$2" guard -- sh -c "echo \$\$"' sh "$work/pid" "$kith")
[ "$pid" = "$(cat "$work/pid")" ] || fail 'another process'
# file descriptors: none of kith's is left
# shellcheck disable=SC2016
run sh -c 'ls /proc/$$/fd'
cp "$work/out" "$work/plain"
# shellcheck disable=SC2016
g sh -c 'ls /proc/$$/fd'
out_is "$work/plain"

# what does not pass is not started; what builds nothing is
bad
for c in build b check c test t run r bench doc d fix clippy package publish rustc rustdoc miri \
	nextest xtask 'install --path .' '+nightly build' '--color never build' '-Z x --config a=1 run'; do
	# shellcheck disable=SC2086
	g cargo $c
	stopped
done
g make
stopped
g "$bin/cargo" build
stopped
for c in update 'update -p nobody-knows' add generate-lockfile fetch tree metadata new '' --version -V \
	--list 'help build' 'build --help' fmt audit 'deny check' vet crev clean; do
	# shellcheck disable=SC2086
	g cargo $c
	status_is 0
	out_has cargo
	err_empty
done
g cargo install ripgrep
status_is 0
err_has 'this builds what the lock file here does not name: not judged'
# shellcheck disable=SC2086
for c in 'metadata -- build' 'update build'; do
	g cargo $c
	status_is 0
done

# aliases by what they stand for; none hides a command of cargo's own, or a well-known one
mkdir -p "$p/.cargo"
cat >"$p/.cargo/config.toml" <<'END'
[alias]
up = "update"
twice = ["up", "--dry-run"]
ship = "run --release"
fmt = "run --package evil"
update = "run"
build = "update"
b = "update"
loop = "loop2"
loop2 = "loop"
END
g cargo up
started cargo up
g cargo twice
started cargo twice
g cargo update
started cargo update
for c in ship fmt build b loop '--config alias.audit=run audit'; do
	# shellcheck disable=SC2086
	g cargo $c
	stopped
done
# … that cargo does not see, since it reads `config` only, or has from elsewhere
printf '[alias]\nclippy = "version"\n' >"$p/.cargo/config.toml"
g cargo clippy
started cargo clippy
: >"$p/.cargo/config"
g cargo clippy
stopped
rm "$p/.cargo/config"
printf 'include = ["more.toml"]\n' >"$p/.cargo/config.toml"
printf '[alias]\nfmt = "run"\n' >"$p/.cargo/more.toml"
g cargo fmt
stopped
g cargo tree
started cargo tree
rm -r "$p/.cargo"
g cargo set-version
started cargo set-version
CARGO_ALIAS_SET_VERSION='run --release' g cargo set-version
stopped
CARGO_ALIAS_SET='run --release' g cargo set-version
started cargo set-version
mkdir -p "$work/cargo"
printf '[alias]\nhome = "tree"\n' >"$work/cargo/config.toml"
CARGO_HOME="$work/cargo" g cargo home
started cargo home
printf '[alias\n' >"$work/cargo/config.toml"
CARGO_HOME="$work/cargo" g cargo home
status_is 2
out_empty
err_has "was not started: nobody can tell what it would build"

# where: -C, --manifest-path, a folder below
q="$work/q"
mkdir -p "$q"
run "$kith" -C "$q" guard -- cargo build
started cargo build
for c in "-C $p build" "-C$p build" "build --manifest-path $p/Cargo.toml" \
	"build --manifest-path=$p/Cargo.toml" "-C $work build --manifest-path p/Cargo.toml" \
	"install --path $p"; do
	# shellcheck disable=SC2086
	run "$kith" --now "$now" -C "$q" guard -- cargo $c
	stopped
done
run "$kith" --now "$now" -C "$q" guard -- cargo run -- -C "$p" --manifest-path "$p/Cargo.toml"
status_is 0
run "$kith" --now "$now" -C "$p/src" guard -- cargo build
stopped

# switched off, nested
KITH_GUARD=off g cargo build
started cargo build
KITH_GUARD=inside g cargo build
started cargo build
KITH_GUARD=on g cargo build
stopped
err_has 'warning: KITH_GUARD=on means nothing'
good
g "$kith" guard -- sh -c 'echo nested'
started nested

# what cannot be judged is not started
echo 'rubbish [' >"$p/Cargo.lock"
g cargo build
status_is 2
out_empty
err_has 'was not started: nobody can judge what it would build'
rm "$p/Cargo.lock"
g cargo build
status_is 1
out_empty
err_has 'there is no lock file'
good
printf '\n[dependencies]\nnew = "1"\n' >>"$p/Cargo.toml"
g cargo build
status_is 1
err_has 'new 1 is wanted'
echo '[polcy]' >>"$p/kith.toml"
g cargo build
status_is 2
out_empty
err_has "did you mean 'policy'"

# where a kith.lock is, nothing but what it pins counts
sed -i '/^\[polcy\]/d' "$p/kith.toml"
sed -i '/^\[dependencies\]/,$d' "$p/Cargo.toml"
good
k -C "$p" pin
status_is 0
g cargo build
started cargo build
echo 'rubbish' >>"$p/kith.lock"
g cargo build
checks=$((checks + 1))
[ "$status" != 0 ] || fail 'a broken kith.lock'
out_empty
err_has 'was not started'
rm "$p/kith.lock"
g cargo build
started cargo build
echo '[polcy]' >>"$p/kith.toml"

# bytes that differ: 4
cp "$p/kith.toml" "$work/broken"
printf '[roots]\nids = ["%s"]\n' "$root" >"$project/kith.toml"
run "$kith" --now "$now" -C "$project" guard -- cargo build
status_is 4
out_empty
err_has mismatch

# an alias of a shell's finds the real one
k guard
status_is 2
err_has 'something is missing: kith guard -- COMMAND'
finish
