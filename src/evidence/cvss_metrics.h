/* SPDX-License-Identifier: Apache-2.0 */
/* What the versions of CVSS share. Inside the room only. */
#ifndef KITH_EVIDENCE_CVSS_METRICS_H
#define KITH_EVIDENCE_CVSS_METRICS_H

#include "evidence/cvss.h"

/* A metric and the letters that its value may be; `words` of one that is written out. */
struct cvss_metric {
	const char *name, *letters;
	const char *const *words; /* each begins with its letter; NULL-terminated */
};

#define CVSS_MAX_METRICS 32

/*
 * Reads "NAME:VALUE/…" by the table into letters, 0 where a metric is absent. NULL, or a fixed word
 * on why not. Names and values in any case, in any order, each name once.
 */
const char *cvss_read(struct kith_span rest, const struct cvss_metric *metrics, size_t n,
		      char letters[CVSS_MAX_METRICS]);

/* NULL and the score in tenths, or why not. `rest` begins behind "CVSS:x.y/". */
const char *cvss_score_2(struct kith_span rest, unsigned *ret_tenths);
const char *cvss_score_3(struct kith_span rest, unsigned *ret_tenths);
const char *cvss_score_4(struct kith_span rest, unsigned *ret_tenths);

#endif
