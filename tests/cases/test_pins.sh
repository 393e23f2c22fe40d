#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kith.lock as it is written, merged, damaged and forged, in small files of our own.
set -eu
exec "$KITH_BUILD/tests/kith-cases" pins "$KITH_SOURCE"/tests/cases/pins/*.lock
