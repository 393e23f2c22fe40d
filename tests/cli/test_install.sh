#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts down works by itself, wherever it was put: the program finds its
# helpers, pkg-config finds the library, and C and C++ programs build against it, shared and static.
. "$KITH_SOURCE/tests/cli/lib.sh"
for tool in cmake pkg-config gcc g++; do
	[ -x "$(command -v $tool)" ] || skip "no $tool: ./dev setup installs it"
done
cc=gcc cxx=g++ flags=''
if nm -D "$KITH_BUILD/libkith.so" | grep -q __asan_init; then
	[ -x "$(command -v clang++-14)" ] || skip "no clang++-14: a sanitized library needs it"
	cc=clang-14 cxx=clang++-14 flags='-fsanitize=address,undefined'
fi
# nothing of the build folder may be needed: the helpers are looked for in the installed tree
unset KITH_LIBEXEC
prefix="$work/else where/kith"
run cmake --install "$KITH_BUILD" --prefix "$prefix"
status_is 0
installed=$(cd "$prefix" && find . -type f -o -type l | LC_ALL=C sort)
has() {
	checks=$((checks + 1))
	printf '%s\n' "$installed" | grep -qE -- "^\./$1\$" || fail "not installed: $1 in
$installed"
}
has 'bin/kith'
has 'libexec/kith/kith-git'
has 'libexec/kith/kith-unpack'
has 'lib[^ ]*/libkith\.so'
has 'lib[^ ]*/libkith\.so\.0'
has 'lib[^ ]*/libkith\.a'
has 'include/kith/kith\.h'
has 'lib[^ ]*/pkgconfig/kith\.pc'

has 'bin/cargo-kith'
has 'share/man/man1/cargo-kith\.1'
has 'share/man/man1/kith\.1'
has 'share/man/man1/kith-verify\.1'
has 'share/man/man1/kith-distrust\.1'
has 'share/man/man1/kith-unreview\.1'
has 'share/man/man5/kith-proof\.5'
has 'share/bash-completion/completions/kith'
has 'share/zsh/site-functions/_kith'
has 'share/fish/vendor_completions\.d/kith\.fish'
has 'share/kith/starter\.toml'
has 'share/doc/kith/README\.md'
has 'share/doc/kith/json\.md'
checks=$((checks + 1))
[ -f "$prefix/share/man/man1/kith-distrust.1" ] || fail 'the page of kith distrust leads nowhere'

# --help opens the manual page that was installed, on a terminal only
if [ -x "$(command -v man)" ]; then
	run env MANPAGER=cat "$KITH_BUILD/tests/on_terminal" -- "$prefix/bin/kith" distrust --help
	status_is 0
	out_has 'KITH-TRUST(1)'
fi
run "$prefix/bin/kith" distrust --help
status_is 0
out_has 'usage: kith distrust'

# as cargo starts it
run "$prefix/bin/cargo-kith" kith digest "$KITH_SOURCE/proofs/project/src"
status_is 0
run "$prefix/bin/cargo-kith" kith --version
status_is 0
out_has 'kith 0.'

# the installed program, with helpers from its own tree only
kith="$prefix/bin/kith"
export CARGO_HOME="$work/cargo"
example_evidence
k -C "$KITH_SOURCE/proofs/project" verify --root "$root"
status_is 4
out_has '17 packages: '
mv "$prefix/libexec" "$prefix/away"
rm -rf "$HOME" && mkdir "$HOME"
k fetch "$KITH_SOURCE/proofs"
status_is 3
err_has 'kith-git'
mv "$prefix/away" "$prefix/libexec"

# the library
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name kith.pc)")
export PKG_CONFIG_PATH
run pkg-config --modversion kith
status_is 0
out_line "$("$kith" --version | sed -n 's/^kith //p')"
libdir=$(dirname "$(find "$prefix" -name libkith.a)")
examples=$KITH_SOURCE/docs/examples
mkdir "$work/k"
KITH_HOME="$work/k" "$kith" --quiet fetch "$KITH_SOURCE/proofs/"*/ >"$work/out" 2>"$work/err" || true
# build OUTPUT COMPILER STANDARD SOURCE LINKER-OPTIONS...
build() {
	output=$1 compiler=$2 standard=$3 source=$4; shift 4
	# shellcheck disable=SC2046,SC2086
	eval set -- $(pkg-config --cflags kith) '"$@"'
	# shellcheck disable=SC2086
	run $compiler $flags -std="$standard" -Wall -Wextra -Wpedantic -Werror -o "$output" "$source" "$@"
	status_is 0
	err_empty
}
example() { # PROGRAM ARGUMENT...
	run env LD_LIBRARY_PATH="$libdir" "$@"
}
project=$KITH_SOURCE/proofs/project
verdict() {
	example "$1" "$work/k" "$project" "$root"
	status_is 4
	out_has '17 packages: '
	out_has 'mismatch'
}
eval set -- "$(pkg-config --libs kith)"
build "$work/verify" $cc c17 "$examples/verify.c" "$@"
verdict "$work/verify"
example "$work/verify" "$work/k" "$work/nowhere" "$root"
checks=$((checks + 1))
[ "$status" != 0 ] || fail 'no project, and no failure'
err_has 'verify: '
build "$work/vouchers" $cc c17 "$examples/vouchers.c" "$@"
example "$work/vouchers" "$work/k" kith-example-hash
status_is 0
out_has '"kith.query/1"'
out_has "$root"
example "$work/vouchers" "$work/k" nobody-has-heard-of-this
status_is 1
build "$work/explain" $cxx c++17 "$examples/explain.cc" "$@"
example "$work/explain" "$work/k" "$project" "$root" kith-example-hash
status_is 0
out_has 'kith-example-hash'
example "$work/explain" "$work/k" "$project" "$root" nobody-has-heard-of-this
checks=$((checks + 1))
[ "$status" != 0 ] || fail 'nothing is known, and no failure'
err_has 'explain: '
eval set -- "$(pkg-config --static --libs kith)"
build "$work/static" $cc c17 "$examples/verify.c" -L"$libdir" -Wl,-Bstatic -lkith -Wl,-Bdynamic,--as-needed "$@"
checks=$((checks + 1))
! readelf -d "$work/static" | grep -q libkith || fail 'the static program needs libkith.so'
verdict "$work/static"

# and each public header is there for the taking
for h in "$KITH_SOURCE"/include/kith/*.h; do
	checks=$((checks + 1))
	cmp -s "$h" "$prefix/include/kith/$(basename "$h")" || fail "not installed as it is: $h"
done
finish
