/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of cargo-vet's verdict share. Inside the room only. */
#ifndef KITH_POLICY_VET_WORK_H
#define KITH_POLICY_VET_WORK_H

#include "policy/vet.h"

struct vet_work {
	const struct kith_vet_question *q;
	struct kith_vet_answer *answer;
	struct kith_arena *arena; /* the answer's */
	const struct kith_vet_graph *graph;
	const struct kith_vet_config *config;
	const struct kith_vet_set *own;
	const struct kith_vet_imports *stored;  /* imports.lock */
	const struct kith_vet_imports *imports; /* what counts: live or stored */
	const struct kith_vet_criteria *criteria;
	struct kith_vet_problem *problems;
	size_t n_problems, problems_cap;
	/* of each node */
	const struct kith_vet_policy **policies;
	bool *third, *root, *visited;
	uint64_t *required;
	size_t steps;
	struct kith_error *err;
};

/* Counts work; KITH_E_LIMIT when it was too much. */
int vet_step(struct vet_work *w, size_t n);
/* Notes a problem; the detail is copied. */
int vet_problem(struct vet_work *w, enum kith_vet_problem_kind kind, struct kith_span subject,
		struct kith_span detail);
/* … in this line of a file of the store. */
int vet_problem_in(struct vet_work *w, enum kith_vet_problem_kind kind, struct kith_span subject,
		   struct kith_span detail, const char *file, uint32_t line);
/* Turns KITH_E_FORMAT, the cause in w->err, into a problem of this kind; *ret_stop is then true. */
int vet_problem_of(struct vet_work *w, int code, enum kith_vet_problem_kind kind,
		   struct kith_span subject, bool *ret_stop);

/* The answer takes the file over. */
int vet_keep(struct vet_work *w, struct kith_vet_file **file);
/* A.7, from the files on. */
int vet_load(struct vet_work *w, bool *ret_stop);
/* D.6 */
int vet_check_policies(struct vet_work *w);
/* D.2 to D.5 */
int vet_prepare(struct vet_work *w);
int vet_require(struct vet_work *w);
/* C */
int vet_go_live(struct vet_work *w, bool *ret_stop);
/* E.1 to E.3, for nodes [from, to), which have one name. */
int vet_crate(struct vet_work *w, size_t from, size_t to, struct kith_vet_crate **ret_crate);
/* E.4, E.5 */
int vet_search(struct vet_work *w, const struct kith_vet_crate *c, unsigned criterion,
	       uint32_t target, struct kith_vet_way *ret_way);
/* E.8, for a failed row. */
int vet_suggest(struct vet_work *w, size_t node, uint32_t target, struct kith_vet_row *row);
/* Index of a version that the crate has. */
uint32_t vet_version_index(const struct kith_vet_crate *c, const struct kith_vet_version *v);

#endif
