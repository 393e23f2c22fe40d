/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trust graph and how far each id is trusted (spec/trust.md): two policies over one graph.
 * Pure: no file, no clock, no randomness in results. Ids are interned in sorted order, so that
 * index order is byte order.
 */
#ifndef KITH_TRUST_TRUST_H
#define KITH_TRUST_TRUST_H

#include "base/base.h"

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
/* Forgets the statements of which `keep` (given their place) says no; the others stay in order. */
void kith_trust_builder_keep(struct kith_trust_builder *b,
			     bool (*keep)(void *ctx, uint64_t place, enum kith_level level),
			     void *ctx);
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

/* The distinct scopes of all statements; empty behind the last. Borrowed. */
size_t kith_trust_graph_count_scopes(const struct kith_trust_graph *g);
struct kith_span kith_trust_graph_scope(const struct kith_trust_graph *g, size_t i);

/* Whether the id ever distrusted itself (N11), and since when. */
bool kith_trust_graph_revoked(const struct kith_trust_graph *g, const struct kith_id *id,
			      struct kith_time *ret_since);

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

/* What a step of trust costs, and who has a veto (trust.md N2, N7). */
struct kith_native_params {
	unsigned budget;            /* at most 250 */
	unsigned high, medium, low; /* must not fall with falling level */
	bool veto_root;             /* contacts' distrust and ignore lists do nothing */
	bool no_pin;                /* the root's own level is no final word */
};
extern const struct kith_native_params kith_native_default; /* 12; 1 2 4 */

struct kith_trust_cap {
	struct kith_id id;
	enum kith_level level;
};

/*
 * Keys of one person or organisation (N12). A key in two of them belongs to the last. `proved`: by
 * a repository that they share, not by a configuration; then a root's other keys do not speak as
 * it.
 */
struct kith_trust_actor {
	const struct kith_id *ids;
	size_t n;
	bool proved;
};

/* The statement of `by` about `about` does not exist, whoever says so in a configuration. */
struct kith_trust_ignore {
	struct kith_id by, about;
};

/*
 * What is asked of the graph. Zeroed fields mean the defaults of the policy. Everything that is
 * pointed to is needed during kith_trust_resolve only, but for `subject`.
 */
struct kith_trust_question {
	enum kith_semantics semantics;
	const struct kith_id *roots; /* crev mode: the first is the root */
	size_t n_roots;
	unsigned threshold;                  /* native teams; 0: 1 */
	const struct kith_crev_params *crev; /* NULL: kith_crev_default */
	struct kith_time now;
	/* native only */
	const struct kith_native_params *native; /* NULL: kith_native_default */
	struct kith_span
	    subject; /* what scopes are matched with, "cargo:serde"; outlives the result */
	const struct kith_trust_cap *caps;
	size_t n_caps;
	const struct kith_trust_actor *actors;
	size_t n_actors;
	/* their statements do not exist for approvals, nor do they introduce; with their actors
	 * (N13) */
	const struct kith_id *publishers;
	size_t n_publishers;
	const struct kith_id *removed; /* ids that nobody reaches, and who therefore say nothing */
	size_t n_removed;
	const struct kith_trust_ignore *ignores;
	size_t n_ignores;
};

struct kith_trust_result; /* refers to the graph, which must outlive it */

/* Errors: KITH_E_NOMEM, KITH_E_LIMIT (see max_passes), KITH_E_USAGE. */
KITH_NODISCARD int kith_trust_resolve(const struct kith_trust_graph *g,
				      const struct kith_trust_question *q,
				      struct kith_trust_result **ret_result,
				      struct kith_error *err);
void kith_trust_result_free(struct kith_trust_result *r);

/*
 * Effective levels. Unknown ids: both NONE. Native: NONE or better, and never DISTRUST. In crev
 * mode approve = object = the level (1.4).
 */
void kith_trust_level(const struct kith_trust_result *r, const struct kith_id *id,
		      enum kith_level *ret_approve, enum kith_level *ret_object);
/* --- persons of a native result, by number: ids of the graph, then roots unknown there --- */

size_t kith_trust_count_persons(const struct kith_trust_result *r);
const struct kith_id *kith_trust_person_id(const struct kith_trust_result *r, size_t i);
bool kith_trust_person_find(const struct kith_trust_result *r, const struct kith_id *id,
			    size_t *ret_person);

#define KITH_NO_STATEMENT SIZE_MAX

/*
 * One person. Budget and reach are those of the best state: level, then budget, then reach; of the
 * first root that has one of that level. With several roots the marks are those of any of them.
 */
struct kith_trust_person {
	enum kith_level approve, object; /* NONE or better */
	unsigned budget, object_budget;  /* left */
	enum kith_reach reach, object_reach;
	bool root;
	bool pinned;             /* the root's own word decides … */
	enum kith_level own;     /* … which is this */
	size_t own_statement;    /* number in the graph, or KITH_NO_STATEMENT */
	enum kith_level contact; /* the strength of its vetoes; NONE if it is no contact */
	enum kith_level blocked; /* contacts refuse paths up to this level; NONE if nobody does */
	enum kith_level cap;     /* HIGH if there is none */
	bool disowned;           /* some root's own word distrusts it */
	bool revoked;            /* says itself that the key is not to be trusted (N11) */
	bool publisher;          /* muted in this question (N13) */
};
void kith_trust_person(const struct kith_trust_result *r, size_t i,
		       struct kith_trust_person *ret_person);

/* "by distrusts about". */
struct kith_trust_doubt {
	uint32_t about, by; /* persons */
	size_t statement;
	enum kith_level by_object; /* how far `by` counts */
	bool blocks;               /* by is a contact, and its word has effect */
};
/*
 * All distrust that is to be shown (N9): by somebody who counts, about somebody who counts for
 * objections; sorted by about, by. The array is the arena's. Error: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_trust_doubts(const struct kith_trust_result *r, struct kith_arena *arena,
				     const struct kith_trust_doubt **ret_doubts, size_t *ret_count,
				     struct kith_error *err);

/* "from introduces to": some admitted state of `from` reaches `to` at the level asked for (4.5). */
struct kith_trust_link {
	uint32_t from, to; /* persons */
};
/*
 * Who introduces whom among those whose approve is at `level` or better, and the roots; sorted,
 * each once, publishers left out. The array is the arena's. Error: KITH_E_NOMEM, KITH_E_LIMIT.
 */
KITH_NODISCARD int kith_trust_links(const struct kith_trust_result *r, enum kith_level level,
				    struct kith_arena *arena,
				    const struct kith_trust_link **ret_links, size_t *ret_count,
				    struct kith_error *err);

/* --- independence (4.5): ways of introduction that share nobody but the root --- */

/*
 * The graph of kith_trust_links with every actor as one vertex and the roots, with their second
 * keys, as the source. Queries use memory of its own, so one thread at a time.
 */
struct kith_trust_ways; /* refers to the result */
KITH_NODISCARD int kith_trust_ways_new(const struct kith_trust_result *r, enum kith_level level,
				       struct kith_trust_ways **ret_ways, struct kith_error *err);
void kith_trust_ways_free(struct kith_trust_ways *w);

/*
 * How many of `want` (0: all) ways lead from the root to reviewers, each by another actor;
 * reviewers who do not stand at the level are left out, a root among them adds one. Errors:
 * KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_trust_ways_count(struct kith_trust_ways *w, const uint32_t *reviewers,
					 size_t n, size_t want, size_t *ret_count,
					 struct kith_error *err);

/* A way: persons from the root (left out) to the last, each introduced by the one before. */
struct kith_trust_way {
	const uint32_t *persons;
	size_t n;
};

/*
 * As kith_trust_ways_count with all ways, and what they are; `cut` are persons, one for each way
 * that goes through others than the root, without whom none of these ways exists.
 */
struct kith_trust_ways_found {
	size_t count;
	const struct kith_trust_way *ways;
	size_t n_ways; /* without the root's own reviews */
	const uint32_t *cut;
	size_t n_cut;
};
KITH_NODISCARD int kith_trust_ways_find(struct kith_trust_ways *w, const uint32_t *reviewers,
					size_t n, struct kith_arena *arena,
					struct kith_trust_ways_found *ret_found,
					struct kith_error *err);

/*
 * To one person: how many introductions share nobody but root and person, and the dominators, from
 * the root on: persons that every way passes. KITH_E_NOTFOUND: the person is not introduced at all.
 */
struct kith_trust_bottleneck {
	size_t introductions;
	const uint32_t *dominators;
	size_t n_dominators;
};
KITH_NODISCARD int kith_trust_ways_bottleneck(struct kith_trust_ways *w, uint32_t person,
					      struct kith_arena *arena,
					      struct kith_trust_bottleneck *ret_bottleneck,
					      struct kith_error *err);

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
