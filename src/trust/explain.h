/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an id is, or is not, trusted natively (trust.md 8), and what a change would do: plain data,
 * worded elsewhere. Persons are numbers of the result that is explained, statements numbers of its
 * graph. Everything is the arena's.
 */
#ifndef KITH_TRUST_EXPLAIN_H
#define KITH_TRUST_EXPLAIN_H

#include "trust/trust.h"

#define KITH_NO_PERSON UINT32_MAX

struct kith_trust_step {
	uint32_t from, to;
	size_t statement;
	enum kith_level stated;
	/* after the step */
	enum kith_level level;
	enum kith_reach reach;
	unsigned budget;
};

/* From a root on. */
struct kith_trust_path {
	const struct kith_trust_step *steps;
	size_t n;
};

struct kith_trust_without {
	uint32_t person;       /* … of the best path; without this one the level is */
	enum kith_level level; /* NONE: not trusted */
};

struct kith_trust_voucher {
	uint32_t person;
	size_t statement;
	enum kith_level stated;
	enum kith_level approve; /* how far the voucher is trusted */
};

/* The first single rule without which the id would be trusted, tried in this order. */
enum kith_trust_obstacle {
	KITH_OBSTACLE_NONE, /* nobody you reach has heard of it, or nothing single stands against */
	KITH_OBSTACLE_PIN,  /* the root's own word (`none`) */
	KITH_OBSTACLE_VETO, /* a contact blocks a path or ignores a statement; who: the contact */
	KITH_OBSTACLE_DISTRUST, /* the root distrusts who */
	KITH_OBSTACLE_REVOKED,  /* who says that its key is not to be trusted */
	KITH_OBSTACLE_REACH,    /* a statement on the path lets nobody be introduced */
	KITH_OBSTACLE_BUDGET,   /* too far; by how much */
	KITH_OBSTACLE_SCOPE,    /* a statement on the path is for other packages */
	KITH_OBSTACLE_EXPIRY,   /* a statement on the path has expired */
	KITH_OBSTACLE_REMOVED   /* the question leaves it out, or a cap does */
};

struct kith_trust_explanation {
	struct kith_id id;
	uint32_t person; /* KITH_NO_PERSON: nobody in the graph speaks of it */
	struct kith_trust_person facts;
	struct kith_trust_path path; /* the best one, or with the obstacle away the one there is */
	/* where approve is LOW or better */
	const size_t *limits; /* steps of the path that state no more than the result */
	size_t n_limits;
	enum kith_level raised;                  /* what it would be if they stated high */
	bool limited_by_cap;                     /* and not by a statement */
	bool has_bottleneck;                     /* false for roots */
	struct kith_trust_bottleneck bottleneck; /* at the level of approve */
	const struct kith_trust_without *without;
	size_t n_without;
	size_t expires; /* step whose statement expires first, or path.n */
	struct kith_time expiry;
	/* where it is not */
	enum kith_trust_obstacle obstacle;
	uint32_t who;          /* see above, or KITH_NO_PERSON: more than one */
	unsigned more_budget;  /* that is needed */
	enum kith_level would; /* the level without the obstacle */
	/* always */
	const struct kith_trust_doubt *doubts; /* about this id */
	size_t n_doubts;
	const struct kith_trust_voucher *vouchers; /* best first; at most KITH_MAX_VOUCHERS */
	size_t n_vouchers;
};

#define KITH_MAX_VOUCHERS ((size_t)100)

/*
 * r: what kith_trust_resolve gave for q on g. Resolves again a few times. Errors: KITH_E_NOMEM,
 * KITH_E_LIMIT, KITH_E_USAGE (not native).
 */
KITH_NODISCARD int kith_trust_explain(const struct kith_trust_graph *g,
				      const struct kith_trust_question *q,
				      const struct kith_trust_result *r, const struct kith_id *id,
				      struct kith_arena *arena,
				      struct kith_trust_explanation *ret_explanation,
				      struct kith_error *err);

/* The best path to a person, as above; n is 0 for roots and for who is not trusted. */
KITH_NODISCARD int kith_trust_best_path(const struct kith_trust_result *r, size_t person,
					struct kith_arena *arena, struct kith_trust_path *ret_path,
					struct kith_error *err);

/* --- what if --- */

enum kith_trust_change_kind {
	KITH_CHANGE_SAY, /* the statement instead of what its author said about target and scope */
	KITH_CHANGE_DROP /* statement.from leaves: nothing by it or about it */
};

struct kith_trust_change {
	enum kith_trust_change_kind kind;
	struct kith_trust_statement statement;
};

/* A new graph with the changes made in order; g stays. Errors as of building. */
KITH_NODISCARD int kith_trust_graph_change(const struct kith_trust_graph *g,
					   const struct kith_trust_change *changes, size_t n,
					   struct kith_trust_graph **ret_graph,
					   struct kith_error *err);

struct kith_trust_difference {
	struct kith_id id;
	enum kith_level approve[2], object[2]; /* before, after */
};

/* Ids whose levels differ between two results, whatever their graphs; sorted. */
KITH_NODISCARD int kith_trust_compare(const struct kith_trust_result *before,
				      const struct kith_trust_result *after,
				      struct kith_arena *arena,
				      const struct kith_trust_difference **ret_differences,
				      size_t *ret_count, struct kith_error *err);

/* --- single points of failure --- */

struct kith_trust_carrier {
	uint32_t person;
	uint32_t carried; /* others whom nobody introduces if this one is gone */
};

/* Everybody who carries somebody, most first. Errors: KITH_E_NOMEM. */
KITH_NODISCARD int kith_trust_ways_carriers(const struct kith_trust_ways *w,
					    struct kith_arena *arena,
					    const struct kith_trust_carrier **ret_carriers,
					    size_t *ret_count, struct kith_error *err);

#endif
