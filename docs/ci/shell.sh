#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Judges the dependencies of the project in this folder; for any CI that runs a shell.
#
#     docs/ci/shell.sh [REVISION]
#
# REVISION, for a change: what it is to be merged into, such as origin/main. Its policy counts then.
# Reports go to $KITH_REPORTS (kith-reports). The exit status is that of kith verify.
set -eu
out=${KITH_REPORTS:-kith-reports}
locked=
[ ! -e kith.lock ] || locked=--locked
mkdir -p "$out"
# shellcheck disable=SC2086
kith fetch $locked
# shellcheck disable=SC2086
set -- $locked ${1:+--since "$1"}
status=0
kith verify "$@" || status=$?
for format in sarif junit markdown html json; do
	kith --quiet verify "$@" --format "$format" -o "$out/kith.$format" || [ "$?" = "$status" ]
done
exit "$status"
