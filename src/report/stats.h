/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage of a project by kinds of evidence. Pure. */
#ifndef KITH_REPORT_STATS_H
#define KITH_REPORT_STATS_H

#include "report/report.h"

#define KITH_MISS_COUNT (KITH_MISS_NO_EVIDENCE + 1)

struct kith_report_help {
	struct kith_party who;
	size_t packages; /* that trusting him would verify */
};

/* Numbers of packages that are not the project's own. */
struct kith_report_stats {
	size_t packages;
	size_t review, audit, version; /* that approve this version; version: either */
	size_t vouch;                  /* for anybody who publishes a package of this name */
	size_t any;                    /* of these */
	size_t name;                   /* something that approves any version */
	size_t objected, noted, unknown;
	size_t misses[KITH_MISS_COUNT];
	struct kith_report_help *helps; /* the most useful first; only with explained verdicts */
	size_t n_helps;
};

/* *ret_stats is yours (kith_report_stats_clear). KITH_E_NOMEM. */
KITH_NODISCARD int kith_report_stats_make(const struct kith_report *r,
					  struct kith_report_stats *ret_stats,
					  struct kith_error *err);
void kith_report_stats_clear(struct kith_report_stats *s);

void kith_report_stats_put(const struct kith_report *r, const struct kith_report_stats *s,
			   struct kith_buf *out);
/* The member "stats" of an object that is open. */
void kith_report_stats_json(const struct kith_report *r, const struct kith_report_stats *s,
			    struct kith_json_writer *w);

#endif
