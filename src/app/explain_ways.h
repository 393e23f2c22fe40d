/* SPDX-License-Identifier: Apache-2.0 */
/* How those who speak about a package are reached: one path each, and which paths share nobody. */
#ifndef KITH_APP_EXPLAIN_WAYS_H
#define KITH_APP_EXPLAIN_WAYS_H

#include "app/judge.h"

struct kith_app_ways {
	const struct kith_trust_result *result; /* NULL: nothing can be said */
	struct kith_trust_ways_found found;     /* to those whose approvals count */
	bool agree;                             /* the found ways are as many as the verdict says */
	struct kith_arena arena;
};

KITH_NODISCARD int kith_app_ways_init(struct kith_app_ways *w, const struct kith_app_run *run,
				      const struct kith_report_row *row, struct kith_error *err);
void kith_app_ways_clear(struct kith_app_ways *w);

/* A line with the best path to the author; nothing for roots and strangers. */
KITH_NODISCARD int kith_app_ways_put_path(struct kith_app_ways *w, const struct kith_report *r,
					  const struct kith_id *author, struct kith_buf *out,
					  struct kith_error *err);

/* One set of ways that share nobody, where there are two or more. */
void kith_app_ways_put_set(const struct kith_app_ways *w, const struct kith_report *r,
			   struct kith_buf *out);

/* "; shares an introducer with …" where another approval covers this one's independence. */
void kith_app_ways_put_share(const struct kith_app_ways *w, const struct kith_report *r,
			     const struct kith_id *author, struct kith_buf *out);

#endif
