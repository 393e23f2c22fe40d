/* SPDX-License-Identifier: Apache-2.0 */
/* From what a `.wot` file says to graphs and answers of the library. */
#ifndef KITH_CASES_WOT_GRAPH_H
#define KITH_CASES_WOT_GRAPH_H

#include "cases/wot_read.h"
#include "trust/trust.h"

/* The graph of all statements and of what reviews override; keys as wot_keys gave them. */
KITH_NODISCARD int wot_graph(const struct wot *w, const struct kith_id *keys,
			     struct kith_trust_graph **ret_graph, struct kith_error *err);
/* The ids of a list, the arena's; NULL when out of memory. */
struct kith_id *wot_ids(struct wot *w, const struct kith_id *keys, const struct wot_list *list);
/* Splits name@version. */
void wot_package(struct kith_span package, struct kith_span *ret_name,
		 struct kith_span *ret_version);

/* One `expect` line: what the library answers, as words like those expected. */
struct wot_answer {
	struct kith_span *words;
	size_t n, cap;
	bool whole; /* one word, not a set */
};

/* Words behind `expect crev KIND`, without KEY=VALUE pairs; those are found by wot_value. */
bool wot_value(const struct wot_expect *e, const char *key, struct kith_span *ret_value);
KITH_NODISCARD int wot_answer_add(struct wot *w, struct wot_answer *a, struct kith_error *err,
				  const char *fmt, ...) KITH_PRINTF(4, 5);

KITH_NODISCARD int wot_crev(struct wot *w, const struct wot_expect *e, struct wot_answer *ret,
			    struct kith_error *err);
KITH_NODISCARD int wot_native(struct wot *w, const struct wot_expect *e, struct wot_answer *ret,
			      struct kith_error *err);
/* Approve and object of an unscoped question: equal where a file expects no object. */
KITH_NODISCARD int wot_native_objects(struct wot *w, struct wot_answer *ret_approve,
				      struct wot_answer *ret_object, struct kith_error *err);
/* The question that a file asks; publishers and subject are left to the caller. */
KITH_NODISCARD int wot_question(struct wot *w, const struct kith_id *keys,
				struct kith_native_params *params, struct kith_trust_question *ret,
				struct kith_error *err);

#endif
