#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetching: every repository of the shared corpus from a server on loopback, first and again, in our
# own CPU seconds (kith and kith-git; the server's are its own); the index after one new proof; and
# a synthetic million of proofs (BENCH_PROOFS) in 10,000 sources.
set -eu
: "${KITH_BUILD:?}" "${KITH_SOURCE:?}" "${KITH_SHARED:?}"
corpus=$KITH_SHARED/corpus/crev
[ -d "$corpus" ] || { echo "no shared corpus here"; exit 0; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$work"' EXIT
export KITH_STARTER=/dev/null KITH_HOME="$work/home" KITH_LIBEXEC="$KITH_BUILD" LC_ALL=C.UTF-8 TZ=UTC GIT_CONFIG_NOSYSTEM=1
kith=$KITH_BUILD/kith

# timed NAME COMMAND...: wall and CPU time of the command and its children, and the largest of them
timed() {
	name=$1
	shift
	python3 - "$name" "$@" <<'END'
import os, resource, subprocess, sys, time
start = time.monotonic()
run = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
wall, use = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print("%-40s wall %7.3f s  cpu %7.3f s  largest %6.1f MB%s" % (sys.argv[1], wall, use.ru_utime + use.ru_stime,
      use.ru_maxrss / 1024, "" if run.returncode == 0 else "  FAILED %d: %s" % (run.returncode, run.stderr[-300:])))
END
}

mkdir "$work/root"
n=0
for bundle in "$corpus"/*.bundle; do
	n=$((n + 1))
	git clone -q --bare "$bundle" "$work/root/$n.git" 2>/dev/null
done
python3 "$KITH_SOURCE/tests/cli/git_http.py" "$work/root" "$work/port" &
server=$!
while [ ! -f "$work/port" ]; do sleep 0.1; done
url=http://127.0.0.1:$(cat "$work/port")/ok
set --
while [ "$n" -gt 0 ]; do
	set -- "$@" "$url/$n.git"
	n=$((n - 1))
done
timed "first fetch, $# sources" "$kith" fetch "$@"
timed "nothing new, $# sources" "$kith" fetch "$@"

# one new proof in one source, then only the index: made as it would be after the fetch
mkdir "$work/one"
sign() {
	"$KITH_BUILD/tests/sign_proof" 1 <<END
kind: trust
version: -1
date: 2026-01-0${1}T00:00:00+00:00
from:
  id-type: crev
  id: @ID@
ids:
- id-type: crev
  id: "@ID:2@"
trust: high
END
}
index=$KITH_HOME/cache/index
sign 1 >"$work/one/a.crev"
timed "one more source of one proof" "$kith" fetch "$work/one"
cp "$index" "$work/before"
sign 2 >>"$work/one/a.crev"
timed "… and one new proof in it" "$kith" fetch "$work/one"
timed "query sources, index there" "$kith" query sources
for _ in 1 2 3; do
	cp "$work/before" "$index"
	timed "the same, index updated by one proof" "$kith" query sources
done
rm "$index"
timed "the same, index made from nothing" "$kith" query sources

# many: verified, read again, updated; then a verdict from it (BENCH_PROOFS=1000000 BENCH_SOURCES=10000)
mkdir "$work/index" "$work/project"
"$KITH_BUILD/tests/bench_index" "${BENCH_PROOFS:-100000}" "${BENCH_SOURCES:-1000}" "$work/index" | tee "$work/figures"
awk 'BEGIN {
	print "version = 3\n"
	for (i = 0; i < 600; i++)
		printf "[[package]]\nname = \"package-%04d\"\nversion = \"1.%d.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"%064d\"\n\n", i, i, i
}' >"$work/project/Cargo.lock"
root=$(sed -n 's/^root //p' "$work/figures")
export KITH_HOME="$work/index"
for _ in 1 2 3; do
	# shellcheck disable=SC2016
	timed "verify from it, 600 packages" sh -c '"$1" -C "$2" verify --root "$3" >/dev/null || [ $? = 1 ]' sh "$kith" "$work/project" "$root"
done
