/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS vectors to scores (advisories.md 3): base scores of 2.0, 3.0 and 3.1; 4.0 with its threat
 * and environmental metrics. A vector that is refused costs nobody his advisory: its severity is
 * then unknown.
 */
#ifndef KITH_EVIDENCE_CVSS_H
#define KITH_EVIDENCE_CVSS_H

#include "base/base.h"

enum kith_severity {
	KITH_SEVERITY_NONE,
	KITH_SEVERITY_LOW,
	KITH_SEVERITY_MEDIUM,
	KITH_SEVERITY_HIGH,
	KITH_SEVERITY_CRITICAL
};
#define KITH_SEVERITY_COUNT 5

/* "none" "low" "medium" "high" "critical". Never NULL. */
const char *kith_severity_name(enum kith_severity severity);
/*
 * Reads a word in any case; besides those above "moderate" (medium, as GitHub writes) and
 * "negligible" (none, as Ubuntu writes).
 */
bool kith_severity_parse(struct kith_span word, enum kith_severity *ret_severity);
/* The label of a score in tenths. */
enum kith_severity kith_severity_of(unsigned tenths);

struct kith_cvss {
	unsigned version; /* in tenths: 20, 30, 31, 40 */
	unsigned tenths;  /* the score times ten, 0 to 100 */
};

#define KITH_MAX_CVSS 512 /* bytes of a vector */

/* Errors: KITH_E_FORMAT ("CVSS: why"). */
KITH_NODISCARD int kith_cvss_score(struct kith_span vector, struct kith_cvss *ret_cvss,
				   struct kith_error *err);

#endif
