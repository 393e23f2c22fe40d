#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What crev's own programs wrote is read, and written again to the same bytes.
set -eu
vectors=$KITH_SHARED/vectors
[ -d "$vectors" ] || { echo "skipped: no $vectors"; exit 77; }

# judge KIND NUMBER FILE...: all pass, and there are as many as there should be
judge() {
	kind=$1 number=$2
	shift 2
	out=$("$KITH_BUILD/tests/kith-cases" "$kind" "$@") || { echo "$out" | grep -v '^PASS'; exit 1; }
	last=${out##*
}
	echo "$kind: $last"
	[ "$last" = "$number passed, 0 failed" ] || { echo "$kind: $number expected"; exit 1; }
}

judge yaml-scalars 120 "$vectors/yaml-scalars.tsv"
judge proof-write 5 "$vectors/authoring-samples.proof.crev"
judge proof-write 14 "$vectors"/crev-binary/*.crev

# crev drops the two of them that name nothing; the others verify
found=$("$KITH_BUILD/tests/kith-cases" proof-file "$vectors"/crev-binary/*.crev | cut -f3 | sort | uniq -c |
	sed 's/^ *//')
[ "$found" = "2 bad body
12 valid" ] || { echo "$found"; exit 1; }
