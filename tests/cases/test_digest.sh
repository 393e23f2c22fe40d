#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `./dev cases digest`: a folder and an archive of it have one digest; hostile archives have none.
set -eu
tests=$KITH_BUILD/tests
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM
failed=0

digest() { "$tests/kith-cases" digest "$@"; }

# same DIGEST ARGUMENT...
same() {
	want=$1; shift
	got=$(digest "$@" 2>&1) || true
	[ "$got" = "$want" ] || { echo "FAIL digest $*: $got, not $want"; failed=1; }
}

# refused WORD FILE
refused() {
	if got=$(digest "$2" 2>&1); then
		echo "FAIL digest $2: accepted"; failed=1
	fi
	case $got in
	*"$1"*) ;;
	*) echo "FAIL digest $2: '$got' says nothing of '$1'"; failed=1 ;;
	esac
}

# the synthetic tree of the crev format's digest vectors, as folder and as archives
mkdir -p "$tmp/R/target" "$tmp/R/a/empty" "$tmp/R/a/sub"
printf x >"$tmp/R/.cargo-ok"; printf bar >"$tmp/R/Cargo.lock"; printf y >"$tmp/R/target/o"
printf z >"$tmp/R/a/.cargo-ok"; printf foo >"$tmp/R/a/foo"; : >"$tmp/R/a/zero"
ln -s ../nowhere "$tmp/R/a/sub/link"
for format in gnu ustar pax; do
	tar -C "$tmp" --format=$format -czf "$tmp/$format.crate" R
done
tar -C "$tmp" -cf "$tmp/plain.tar" R
tar -C "$tmp/R" -czf "$tmp/a.crate" a
for what in R gnu.crate ustar.crate pax.crate plain.tar; do
	same 4gSLDSB0zFVWOT2W4Sj9BUbWm2UL7EY1PuIkHtetJI8 "$tmp/$what"
	same -AVhk7B8EI3VgRoE0YLHyfTE5erORN0x-zpJyZY5_q4 --ignore .cargo-ok "$tmp/$what"
	same 9hJQswJ3eYEtN037F0xG-o558oltQvKQ8fUqeUPaDyI --ignore .cargo-ok,target "$tmp/$what"
	same MFEUlvuc4xXNdynt1f7R1braQGO9Y63BBK-FJThZuBQ --ignore .cargo-ok,target,Cargo.lock "$tmp/$what"
done
same Paqju6D8TXHIiwQEXhziArgpVBOLQ5GmoO-VzjCdk_s --ignore .cargo-ok "$tmp/a.crate"
same Paqju6D8TXHIiwQEXhziArgpVBOLQ5GmoO-VzjCdk_s --ignore .cargo-ok "$tmp/R/a"
same BAoZWZVn7_9fR1_tEAvWTGHXXXi8eQmzToeh06foEu0 "$tmp/R/a/empty"

# names of every kind
mkdir -p "$tmp/n/d" "$tmp/n/d-x" "$tmp/n/été"
long=$(printf '%0180d' 0)
for name in d/x d-x/y d.z "été/ü" "$long" "sp ace" "$(printf 'raw\377')"; do printf '%s' "$name" >"$tmp/n/$name"; done
tar -C "$tmp" --format=gnu -czf "$tmp/n.crate" n
same "$(digest "$tmp/n")" "$tmp/n.crate"
rm "$tmp/n/$(printf 'raw\377')"
tar -C "$tmp" --format=pax -czf "$tmp/n.crate" n
same "$(digest "$tmp/n")" "$tmp/n.crate"

# hostile archives, packed by gzip itself
hostile() {
	word=$1; shift
	printf '%s\n' "$@" | "$tests/make_archive" | gzip -n >"$tmp/h.crate"
	refused "$word" "$tmp/h.crate"
}
hostile 'outside the top folder' 'file t-1/a x' 'file u/b y'
hostile 'outside the top folder' 'file /etc/passwd x'
hostile 'plain relative name' 'file t-1/../../b x'
hostile 'hard link' 'file t-1/a x' 'entry 1 t-1/b t-1/a'
hostile 'device' 'entry 3 t-1/b'
hostile 'sparse' 'entry S t-1/b'
hostile '' 'link t-1/a /etc' 'file t-1/a/x 1'
hostile '' 'file t-1/a 1' 'file t-1/a 1'
hostile 'after the end' 'file t-1/a x' 'end' 'file t-1/b x'
hostile 'NUL' 'pax path t-1/a%00b' 'file t-1/x 1'
hostile 'cut short' 'open' 'file t-1/a x'
printf 'file t-1/a x\n' | "$tests/make_archive" | gzip -n >"$tmp/h.crate"
printf 'x' >>"$tmp/h.crate"
refused 'after the end of the gzip stream' "$tmp/h.crate"
printf 'file t-1/a x\n' | "$tests/make_archive" | gzip -n | head -c 60 >"$tmp/h.crate"
refused '' "$tmp/h.crate"
mkfifo "$tmp/fifo"
refused 'not a regular file' "$tmp/fifo"
refused 'not a regular file' /dev/null

[ $failed = 0 ] && echo "digests agree"
exit $failed
