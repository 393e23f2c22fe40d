#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What real implementations answered, for every ecosystem.
set -eu
vectors=$KITH_SHARED/vectors/versions
[ -d "$vectors" ] || { echo "skipped: no $vectors"; exit 77; }
for ecosystem in cargo npm go pypi debian; do
	out=$("$KITH_BUILD/tests/kith-cases" versions "$vectors/$ecosystem"[-.]*txt) ||
		{ echo "$out" | grep -v '^PASS'; exit 1; }
	last=$(echo "$out" | tail -n 1)
	echo "$ecosystem: $last"
	[ "${last%% *}" -ge 700 ] || { echo "fewer cases than there must be"; exit 1; }
done
