/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole base room in one include. Also bans functions that have no place in this code: they
 * truncate silently, have no bound, keep hidden state, or read numbers without saying what failed.
 * System and third-party headers are included before it.
 */
#ifndef KITH_BASE_H
#define KITH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/id.h"
#include "base/mem.h"
#include "base/span.h"
#include "base/buf.h"
#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "base/time.h"
#include "base/fs.h"
#include "base/pool.h"

#ifdef __GNUC__
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol atoll atof strtol strtoul
#pragma GCC poison strtoll strtoull strncpy strncat system popen tmpnam mktemp setlocale
#endif

#endif
