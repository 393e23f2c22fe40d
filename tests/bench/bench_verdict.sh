#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Native verdicts, trust resolved once included: a project, and packages that are flooded.
set -eu
echo '== verdict'
"$KITH_BUILD/tests/bench_verdict"
