/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What does not pass, one finding at a time: the remarks on the project, then a row that is
 * insufficient or differs is one, a negative one has a finding for each objection. Remarks may be
 * mere warnings.
 */
#ifndef KITH_REPORT_FINDING_H
#define KITH_REPORT_FINDING_H

#include "report/report.h"

struct kith_rule_text {
	const char *id;    /* "kith/mismatch" */
	const char *title; /* a few words */
	const char *about; /* a sentence or two */
	const char *help;  /* the way out */
	bool error;        /* else a warning: nobody says that it is bad */
};
const struct kith_rule_text *kith_rule_text(enum kith_rule_id rule);

struct kith_finding {
	enum kith_rule_id rule;
	const struct kith_report_row *row;
	const struct kith_objection *objection;  /* NULL: the row as a whole */
	const struct kith_report_remark *remark; /* not NULL: it is about the project; no row */
};

/*
 * Calls `found` for each finding of the report, remarks first, then the worst row; ends early when
 * it returns false.
 */
void kith_report_findings(const struct kith_report *r,
			  bool (*found)(void *ctx, const struct kith_finding *f), void *ctx);
/* "name 1.2.3: negative review by alice"; third-party text escaped for a terminal. */
void kith_finding_message(const struct kith_report *r, const struct kith_finding *f,
			  struct kith_buf *out);
/* The same finding in two runs, and no other one, has this name. */
void kith_finding_fingerprint(const struct kith_finding *f, struct kith_buf *out);
/* The file and the line that it is about, from 1. */
const char *kith_finding_path(const struct kith_report *r, const struct kith_finding *f);
uint32_t kith_finding_line(const struct kith_finding *f);
/* Whether it is an error; else a warning. */
bool kith_finding_is_error(const struct kith_finding *f);

#endif
