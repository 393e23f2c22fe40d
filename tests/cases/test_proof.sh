#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The looking kind `proof-file`: its lines, and that hostile text in them is escaped.
set -eu
corpus=$KITH_SOURCE/tests/fuzz/corpus/envelope
out=$("$KITH_BUILD/tests/kith-cases" proof-file "$corpus/mixed.crev")
tab=$(printf '\t')
id=6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw
expected="1${tab}trust${tab}valid${tab}$id${tab}-
19${tab}-${tab}bad envelope${tab}-${tab}text outside a proof
21${tab}trust${tab}bad signature${tab}$id${tab}the signature does not match the body
39${tab}-${tab}bad body${tab}-${tab}line 54: did not find expected node content
57${tab}trust${tab}valid${tab}$id${tab}-"
[ "$out" = "$expected" ] || { echo "$out"; exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf -- '-----BEGIN CREV \033[31m-----\nx: 1\n-----BEGIN CREV \033[31m SIGNATURE-----\nA\n-----END CREV \033[31m-----\n' \
	>"$scratch/escape.crev"
out=$("$KITH_BUILD/tests/kith-cases" proof-file "$scratch/escape.crev")
case $out in
*"$(printf '\033')"*) echo "raw escape: $out"; exit 1 ;;
*'\x1b[31m'*) ;;
*) echo "not shown: $out"; exit 1 ;;
esac
