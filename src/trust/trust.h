/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust graph and how far each id is trusted (spec/trust.md): two policies over one graph.
 * Pure: no file, no clock, no randomness in results. Ids are interned in sorted order, so that
 * index order is byte order.
 */
#ifndef KITH_TRUST_TRUST_H
#define KITH_TRUST_TRUST_H

#include "base/base.h"

/* How far the target's own statements may be followed (trust.md N3). */
enum kith_reach { KITH_REACH_REVIEWS = 0, KITH_REACH_INTRODUCE = 1, KITH_REACH_DELEGATE = 2 };

/* One statement "from says LEVEL about to". Spans and arrays are copied. */
struct kith_trust_statement {
	struct kith_id from, to;
	enum kith_level level;
	struct kith_time date;
	const struct kith_id *ignores; /* crev's override list of the proof */
	size_t n_ignores;
	enum kith_reach reach;  /* DELEGATE unless the statement says otherwise */
	struct kith_span scope; /* glob such as "cargo:serde*"; empty: unscoped */
	bool has_until;
	struct kith_time until;
	uint64_t place; /* the caller's: where the proof lies; given back by explain */
};

/*
 * "by's review of this package version is to ignore x's": crev's override in reviews. `subject` is
 * an opaque key of the caller's for (source, name, version).
 */
struct kith_review_override {
	struct kith_id by, about;
	struct kith_span subject;
};

struct kith_trust_builder;
struct kith_trust_graph; /* immutable */

/* Statements are added in import order, which crev mode uses for equal dates (trust.md 1.1). */
KITH_NODISCARD int kith_trust_builder_new(struct kith_trust_builder **ret_builder,
					  struct kith_error *err);
void kith_trust_builder_free(struct kith_trust_builder *b);
/*
 * Errors: KITH_E_NOMEM, KITH_E_LIMIT, KITH_E_USAGE. A scope longer than KITH_MAX_SCOPE is
 * KITH_E_LIMIT and changes nothing, so the statement can be skipped. Of an id that says more than
 * KITH_MAX_STATEMENTS_PER_ID the newest are kept when the graph is sealed.
 */
KITH_NODISCARD int kith_trust_builder_add(struct kith_trust_builder *b,
					  const struct kith_trust_statement *s,
					  struct kith_error *err);
KITH_NODISCARD int kith_trust_builder_override(struct kith_trust_builder *b,
					       const struct kith_review_override *o,
					       struct kith_error *err);
/* Freezes; the builder is consumed also on failure. *ret_graph is yours (kith_trust_graph_free). */
KITH_NODISCARD int kith_trust_builder_seal(struct kith_trust_builder *b,
					   struct kith_trust_graph **ret_graph,
					   struct kith_error *err);
void kith_trust_graph_free(struct kith_trust_graph *g);

/*
 * Writes the graph as bytes; opening them again needs no parsing and borrows the span, which must
 * be aligned to 8 and outlive the graph (still kith_trust_graph_free it). The bytes are those of
 * this machine. Damaged bytes give KITH_E_FORMAT or wrong answers, never a bad access.
 */
KITH_NODISCARD int kith_trust_graph_write(const struct kith_trust_graph *g, struct kith_buf *buf,
					  struct kith_error *err);
KITH_NODISCARD int kith_trust_graph_open(struct kith_span bytes,
					 struct kith_trust_graph **ret_graph,
					 struct kith_error *err);

/* Ids that somebody speaks of, in byte order; NULL behind the last. Borrowed from the graph. */
size_t kith_trust_graph_count_ids(const struct kith_trust_graph *g);
const struct kith_id *kith_trust_graph_id(const struct kith_trust_graph *g, size_t i);
bool kith_trust_graph_find(const struct kith_trust_graph *g, const struct kith_id *id,
			   size_t *ret_index);

/*
 * Statements by number, superseded ones too; those of one author follow one another. The scope is
 * borrowed from the graph; the ignore list is the arena's (arena NULL: left out).
 * Errors: KITH_E_NOTFOUND, KITH_E_NOMEM.
 */
size_t kith_trust_graph_count_statements(const struct kith_trust_graph *g);
bool kith_trust_graph_row(const struct kith_trust_graph *g, const struct kith_id *from,
			  size_t *ret_first, size_t *ret_end);
KITH_NODISCARD int kith_trust_graph_statement(const struct kith_trust_graph *g, size_t i,
					      struct kith_arena *arena,
					      struct kith_trust_statement *ret_statement,
					      struct kith_error *err);

/* Ids that said more than KITH_MAX_STATEMENTS_PER_ID, to be reported. False: no such i. */
size_t kith_trust_graph_count_floods(const struct kith_trust_graph *g);
bool kith_trust_graph_flood(const struct kith_trust_graph *g, size_t i, struct kith_id *ret_id,
			    size_t *ret_dropped);

struct kith_crev_params {
	uint64_t max;
	uint64_t cost[KITH_LEVEL_COUNT]; /* by level; distrust first */
	unsigned max_passes;             /* 0: 1,000; reaching it is KITH_E_LIMIT, never silent */
};
extern const struct kith_crev_params kith_crev_default; /* 20; 21 21 5 1 0 */
extern const struct kith_crev_params kith_crev_direct;  /* 1; 1000 1000 1 1 1 */

/* What is asked of the graph. Zeroed fields mean the defaults of the policy. */
struct kith_trust_question {
	enum kith_semantics semantics;
	const struct kith_id *roots; /* crev mode: the first is the root */
	size_t n_roots;
	unsigned threshold;                  /* native teams; 0: 1 */
	const struct kith_crev_params *crev; /* NULL: kith_crev_default */
	struct kith_time now;
};

struct kith_trust_result; /* refers to the graph, which must outlive it */

/* Errors: KITH_E_NOMEM, KITH_E_LIMIT (see max_passes), KITH_E_USAGE. */
KITH_NODISCARD int kith_trust_resolve(const struct kith_trust_graph *g,
				      const struct kith_trust_question *q,
				      struct kith_trust_result **ret_result,
				      struct kith_error *err);
void kith_trust_result_free(struct kith_trust_result *r);

/* Effective levels. Unknown ids: both NONE. In crev mode approve = object = the level (1.4). */
void kith_trust_level(const struct kith_trust_result *r, const struct kith_id *id,
		      enum kith_level *ret_approve, enum kith_level *ret_object);
/* crev mode: whether the id is in the trust set, and its distance. */
bool kith_trust_member(const struct kith_trust_result *r, const struct kith_id *id,
		       uint64_t *ret_distance);
/* crev mode: who banned the id; false if nobody did. A banned root is a member as well. */
bool kith_trust_banned(const struct kith_trust_result *r, const struct kith_id *id,
		       struct kith_id *ret_by);
/* crev mode: the strongest level among those who say to ignore from's statement about to. */
enum kith_level kith_trust_ignored(const struct kith_trust_result *r, const struct kith_id *from,
				   const struct kith_id *to);
/* crev mode: the strongest level among those who override about's review of subject, or DISTRUST.
 */
enum kith_level kith_trust_review_override(const struct kith_trust_result *r,
					   const struct kith_id *about, struct kith_span subject);
/* crev mode: how often the algorithm had to start over. */
unsigned kith_trust_passes(const struct kith_trust_result *r);

/* What crev's algorithm does with one statement (trust.md 1.2 5), for its log. */
struct kith_crev_edge {
	const struct kith_id *from, *to;
	size_t statement;      /* number in the graph */
	enum kith_level level; /* of the visit of `from` */
	uint64_t distance;
	enum kith_level direct, effective;
	uint64_t cost, total;
	bool banned;     /* `to` was banned before */
	bool overridden; /* somebody who stands higher ignores this statement */
	bool too_far;
	bool counted; /* it vouches for `to` */
	bool changed; /* … and gave it a better level or distance: queued */
};

/* Called in order; only what follows the last call of `pass` makes the result. May be NULL. */
struct kith_crev_log {
	void *ctx;
	void (*pass)(void *ctx, unsigned number);
	void (*visit)(void *ctx, const struct kith_id *id, enum kith_level level,
		      uint64_t distance);
	void (*edge)(void *ctx, const struct kith_crev_edge *edge);
};

/* As kith_trust_resolve in crev mode, telling what happens. */
KITH_NODISCARD int kith_trust_resolve_logged(const struct kith_trust_graph *g,
					     const struct kith_trust_question *q,
					     const struct kith_crev_log *log,
					     struct kith_trust_result **ret_result,
					     struct kith_error *err);

#endif
