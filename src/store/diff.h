/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing texts through kith-git, which does it in a guarded child. */
#ifndef KITH_STORE_DIFF_H
#define KITH_STORE_DIFF_H

#include "helper/own.h"
#include "store/store.h"

struct kith_diff_pair {
	struct kith_span old_bytes, new_bytes;
};

/*
 * Calls back for each pair, in order; hunks are raw and borrowed. A pair that cannot be compared
 * has its code set and costs itself only. Errors: KITH_E_HELPER, what the callback returned.
 */
KITH_NODISCARD int kith_store_diff(const char *libexec, const struct kith_diff_pair *pairs,
				   size_t n, unsigned context,
				   int (*done)(void *ctx, size_t i, const struct kith_git_diffed *d,
					       struct kith_error *err),
				   void *ctx, struct kith_error *err);

#endif
