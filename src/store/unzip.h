/* SPDX-License-Identifier: Apache-2.0 */
/* A zip archive of OSV records becomes a file of records, which kith-git brings into the mirror. */
#ifndef KITH_STORE_UNZIP_H
#define KITH_STORE_UNZIP_H

#include "base/base.h"

/* True for a name that ends in ".zip". */
bool kith_store_is_zip(struct kith_span name);

/*
 * Writes the records (names in ".json") of the archive to `path`, in the form of KITH_GIT_RECORDS.
 * Nothing is left there on failure. Errors: KITH_E_FORMAT, KITH_E_LIMIT with the place in the
 * archive, KITH_E_NOTFOUND, KITH_E_IO, KITH_E_HELPER.
 */
KITH_NODISCARD int kith_store_unzip(const char *libexec, const char *archive, const char *path,
				    struct kith_error *err);

#endif
