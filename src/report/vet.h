/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-vet's verdict as text for people (verdict.md 9); its JSON is kith_vet_put_json's. Pure. */
#ifndef KITH_REPORT_VET_H
#define KITH_REPORT_VET_H

#include "policy/vet.h"
#include "report/report.h"

/* The table: one line a package, the worst first, then what cargo-vet says in one line. */
void kith_report_vet(const struct kith_vet_answer *a, const struct kith_report_options *o,
		     struct kith_buf *out);

/* How a row came about, or what it lacks, in words that fit a line; texts escaped. */
void kith_report_vet_reason(const struct kith_vet_answer *a, size_t row, struct kith_buf *out);

/* Index of the first row of the table, or graph->count where there is none. */
size_t kith_report_vet_worst(const struct kith_vet_answer *a);

/*
 * The step that is worth looking at for a row that failed, among what cargo-vet would suggest:
 * false where there is none. from NULL: the whole of `to`.
 */
bool kith_report_vet_step(const struct kith_vet_answer *a, size_t row,
			  const struct kith_vet_version **ret_from,
			  const struct kith_vet_version **ret_to);

#endif
