/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are put once and read back in any order: in memory, beyond that in a nameless file. */
#ifndef KITH_INDEX_SPOOL_H
#define KITH_INDEX_SPOOL_H

#include "base/base.h"

struct index_spool {
	char *folder; /* NULL: never a file */
	struct kith_buf mem;
	size_t written; /* bytes in the file, before those in mem */
	int fd;
};

/* At most 4 GiB altogether. */
KITH_NODISCARD int kith_index_spool_init(struct index_spool *s, const char *folder,
					 struct kith_error *err);
void kith_index_spool_clear(struct index_spool *s);
/* Appends; *ret_at is where it lies. */
KITH_NODISCARD int kith_index_spool_put(struct index_spool *s, struct kith_span bytes,
					uint32_t *ret_at, struct kith_error *err);
/* Appends the bytes to `out`. */
KITH_NODISCARD int kith_index_spool_get(const struct index_spool *s, uint32_t at, uint32_t len,
					struct kith_buf *out, struct kith_error *err);

#endif
