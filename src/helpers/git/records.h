/* SPDX-License-Identifier: Apache-2.0 */
/* The file of records (KITH_GIT_RECORDS): what stood in an archive, one after another. */
#ifndef KITH_HELPERS_GIT_RECORDS_H
#define KITH_HELPERS_GIT_RECORDS_H

#include <stdio.h>

#include "base/base.h"

/* The file's beginning. KITH_E_FORMAT: it is another. */
KITH_NODISCARD int records_begin(FILE *in, struct kith_error *err);
/*
 * The next one: a name that may stand in a folder, and its bytes. KITH_E_NOTFOUND, and no message:
 * that was the last one; KITH_E_FORMAT: damaged or cut short.
 */
KITH_NODISCARD int records_next(FILE *in, struct kith_buf *name, struct kith_buf *bytes,
				struct kith_error *err);

#endif
