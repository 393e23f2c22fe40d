/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of explain; explain.c decides which one answers. */
#ifndef KITH_APP_EXPLAIN_H
#define KITH_APP_EXPLAIN_H

#include "app/judge.h"

/* NAME, NAME@VERSION or pkg:cargo/NAME@VERSION taken apart; spans borrow from word. */
struct kith_app_package_word {
	struct kith_span name, version; /* version may be empty */
};
/* KITH_E_USAGE for a package URL of an ecosystem that is not known here. */
KITH_NODISCARD int kith_app_package_word(const char *word, struct kith_app_package_word *ret_word,
					 struct kith_error *err);

/* One row of a judged project, with every claim and what became of it. */
KITH_NODISCARD int kith_app_explain_row(const struct kith_app_run *run,
					const struct kith_report_row *row, enum kith_format format,
					struct kith_buf *out, struct kith_error *err);

/* --- explain_claim.c --- */

/* "1.0.0 → 1.1.0: ", or nothing where a claim is about no version. */
void kith_app_put_versions(const struct kith_claim *c, struct kith_buf *out);
/* A line: when, signed or not, by whom, found where. */
void kith_app_put_places(const struct kith_claim *c, struct kith_buf *out);
/* A line with the author's own words, if there are any. */
void kith_app_put_words(const struct kith_claim *c, struct kith_buf *out);

/* --- explain_package.c --- */

/* A name that is no dependency here: what the index holds about it. */
KITH_NODISCARD int kith_app_explain_claims(struct kith_session *s,
					   const struct kith_explain_options *o,
					   const struct kith_app_package_word *word,
					   struct kith_buf *out, struct kith_error *err);

struct kith_app_levels;

/* A person, on `graph` (the levels' own, or a changed one). */
KITH_NODISCARD int kith_app_explain_person(struct kith_session *s,
					   const struct kith_app_levels *levels,
					   const struct kith_trust_graph *graph,
					   const struct kith_id *id, enum kith_format format,
					   struct kith_buf *out, struct kith_error *err);

/* The same two by crev's own rules; levels must have been resolved so. Text only. */
KITH_NODISCARD int kith_app_explain_crev_person(struct kith_session *s,
						const struct kith_app_levels *levels,
						const struct kith_id *id, struct kith_buf *out,
						struct kith_error *err);
KITH_NODISCARD int kith_app_explain_crev_row(const struct kith_app_run *run,
					     const struct kith_report_row *row,
					     struct kith_buf *out, struct kith_error *err);

/* What the verdict on the whole project hangs on. */
KITH_NODISCARD int kith_app_explain_summary(struct kith_session *s,
					    const struct kith_app_levels *levels,
					    const struct kith_explain_options *o,
					    struct kith_buf *out, struct kith_error *err);

#endif
