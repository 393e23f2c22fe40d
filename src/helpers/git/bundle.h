/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's header, by itself so that it can be fuzzed. */
#ifndef KITH_HELPERS_GIT_BUNDLE_H
#define KITH_HELPERS_GIT_BUNDLE_H

#include "helper/git.h"

struct bundle_head {
	char hex[KITH_GIT_HEX + 1]; /* the commit to take: HEAD, else main, master, the only one */
	size_t refs;                /* 0: an empty bundle */
	size_t size;                /* bytes of the header: the pack follows */
	unsigned rank;
	bool ambiguous;
};

/* `bytes` begin with the whole header. KITH_E_FORMAT, KITH_E_LIMIT (refs). */
int bundle_read_head(struct kith_span bytes, struct bundle_head *ret_head, struct kith_error *err);

#endif
