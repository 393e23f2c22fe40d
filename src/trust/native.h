/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native policy inside the trust room (trust.md 4). Rule numbers N1 to N15 are its own.
 *
 * A state of an id is (level, reach, budget left). For each level and reach the best budget is
 * kept, plus one (0: none), and behind them a byte of marks. A graph in which nobody limits reach
 * needs one reach only, which is delegate.
 */
#ifndef KITH_TRUST_NATIVE_H
#define KITH_TRUST_NATIVE_H

#include "trust/graph.h"

#define NATIVE_MAX_BUDGET 250
#define NATIVE_BY_ROOT    5 /* the strength of a root's block or ignore; a contact's is its level */

/* Marks of an id under one root. */
#define MARK_BLOCK(m)   ((m)&7U) /* states up to this level are refused */
#define MARK_CAP(m)     (4U - ((m) >> 3 & 7U))
#define MARK_PINNED     0x40U /* only the root's own statement leads here */
#define MARK_SLOW       0x80U /* some statement of it is ignored, or all are muted */
#define MARK_BLOCK_BITS 7U

struct native_mine { /* what the root itself says, one statement an id (N1); by target */
	uint32_t to, edge;
	uint8_t level, reach;
};

/* States refused for approvals that an objection may have (N10): best budget + 1, as above. */
struct native_refused {
	uint8_t budget[9];
};

struct native_block { /* by id */
	uint32_t id;
	uint8_t approve, object;
	bool revoked;
	struct native_refused refused;
};

struct native_ignore { /* by x, b: x's statement about b is ignored below a level */
	uint32_t x, b;
	uint8_t strength;
	struct native_refused refused;
};

struct native_root {
	uint32_t root;
	bool publisher; /* of the package that is asked about: its own review does not count */
	struct native_mine *mine;
	size_t n_mine;
	struct native_block *blocks;
	size_t n_blocks, cap_blocks;
	struct native_ignore *ignores;
	size_t n_ignores, cap_ignores;
	uint8_t *states;
	uint8_t *objects; /* may be the same memory */
};

struct native_cap {
	uint32_t id;
	uint8_t level;
};

struct native_actor {
	uint32_t id, actor;
	bool proved;
};

/* Loosened rules, for explanations only; zero: none. */
struct native_loose {
	bool no_vetoes, no_distrust, no_revocation, any_reach, any_scope, any_time;
	uint32_t drop_veto_by; /* id + 1 of a contact that may not block or ignore */
	const uint32_t *raise; /* edges that say high */
	size_t n_raise;
};

struct native {
	const struct kith_trust_graph *g;
	uint32_t n; /* ids of the graph, then roots that it does not know */
	unsigned stride, marks_at, n_reach;
	unsigned budget;
	unsigned cost[KITH_LEVEL_COUNT];
	bool pin, vetoes;
	bool future; /* some statement is dated later than now */
	struct kith_time now;
	struct kith_span subject;
	uint8_t *scopes;         /* 0: not asked yet, 1: does not match, 2: matches */
	struct native_cap *caps; /* by id */
	size_t n_caps;
	uint32_t *muted; /* publishers: what they say does not exist for approvals (N13); sorted */
	size_t n_muted;
	uint32_t *config; /* pairs (x, b) that the configuration ignores */
	size_t n_config;
	struct native_actor *actors; /* by id */
	size_t n_actors;
	struct kith_id *extra; /* ids of [g->h.n_ids, n) */
	struct native_root *roots;
	size_t n_roots;
	unsigned threshold;
	struct native_loose loose;
};

KITH_NODISCARD int kith_native_compute(const struct kith_trust_graph *g,
				       const struct kith_trust_question *q,
				       const struct native_loose *loose, struct native **ret_native,
				       struct kith_error *err);
void kith_native_free(struct native *nv);
/* ask.c: everything of nv but the roots' words and states. */
KITH_NODISCARD int kith_native_ask(struct native *nv, const struct kith_trust_question *q,
				   struct kith_error *err);

/* relax.c: fills states and objects of one root. */
KITH_NODISCARD int kith_native_run(struct native *nv, struct native_root *root,
				   struct kith_error *err);

/* Index of an id, extra ones included; TRUST_NONE. */
uint32_t kith_native_index(const struct native *nv, const struct kith_id *id);
const struct kith_id *kith_native_id(const struct native *nv, uint32_t i);

/* Best level of a state, 0 if there is none. */
unsigned kith_native_state_level(const struct native *nv, const uint8_t *state);
/* For approvals and objections, of all roots together (N14): NONE or above. */
unsigned kith_native_approve(const struct native *nv, uint32_t i);
unsigned kith_native_object(const struct native *nv, uint32_t i);

const struct native_mine *kith_native_mine(const struct native_root *root, uint32_t to);
struct native_block *kith_native_block(const struct native_root *root, uint32_t id);
struct native_ignore *kith_native_ignore(const struct native_root *root, uint32_t x, uint32_t b);
uint32_t kith_native_actor(const struct native *nv, uint32_t id); /* TRUST_NONE: its own */
/* Whether a configuration says that the id and a root are one actor. */
bool kith_native_speaks_as_root(const struct native *nv, uint32_t id);
bool kith_native_is_root(const struct native *nv, uint32_t id);
bool kith_native_is_muted(const struct native *nv, uint32_t id);
bool kith_native_scope_matches(const struct native *nv, uint32_t scope);
unsigned kith_native_cap(const struct native *nv, uint32_t id);

/* N4, N5: whether edge e (special s, NULL if none) of a row that ends before `end` is in force. */
static inline bool
native_live(const struct native *nv, uint32_t e, uint32_t end, const struct trust_special *s)
{
	const struct kith_trust_graph *g = nv->g;

	if (nv->future) {
		if (kith_time_cmp(trust_date(g, e), nv->now) > 0)
			return false;
		if ((g->edges[e] & EDGE_LATER) && e + 1 < end &&
		    kith_time_cmp(trust_date(g, e + 1), nv->now) <= 0)
			return false;
	} else if (g->edges[e] & EDGE_LATER) {
		return false;
	}
	if (!s)
		return true;
	if (s->has_until && !nv->loose.any_time) {
		struct kith_time until = {s->until_sec, s->until_nsec};

		if (kith_time_cmp(nv->now, until) >= 0)
			return false;
	}
	return s->scope == 0 || kith_native_scope_matches(nv, s->scope);
}

/* By person, whether it stands at the level itself; an array of n, yours. NULL: out of memory. */
bool *kith_native_standing(const struct native *nv, unsigned level);
/*
 * Statements as others see them: calls fn for every edge that some state of its author can use to
 * reach somebody of that standing.
 */
typedef int native_edge_fn(void *ctx, uint32_t from, uint32_t to, uint32_t edge,
			   struct kith_error *err);
KITH_NODISCARD int kith_native_each_link(const struct native *nv, unsigned level,
					 const bool *standing, native_edge_fn *fn, void *ctx,
					 struct kith_error *err);

/* Level that an edge states, given what is loosened; above HIGH if the graph is damaged. */
static inline unsigned
native_stated(const struct native *nv, uint32_t e)
{
	size_t i;

	for (i = 0; i < nv->loose.n_raise; i++)
		if (nv->loose.raise[i] == e)
			return KITH_LEVEL_HIGH;
	return EDGE_LEVEL(nv->g->edges[e]);
}

static inline unsigned
native_reach_of(const struct native *nv, const struct trust_special *s)
{
	if (!s || nv->loose.any_reach || s->reach > KITH_REACH_DELEGATE)
		return KITH_REACH_DELEGATE;
	return s->reach;
}

struct native_state {
	unsigned level, reach, budget;
};

/*
 * Where an edge leads from a state, before blocks, ignores and pins (N1, N2, N3). `own`: from the
 * root. False: nowhere.
 */
static inline bool
native_move(const struct native *nv, const struct native_state *from, bool own, unsigned cap,
	    unsigned stated, unsigned granted, struct native_state *ret)
{
	unsigned level = stated < from->level ? stated : from->level, cost, reach;

	if (cap < level)
		level = cap;
	if (level < KITH_LEVEL_LOW)
		return false;
	cost = nv->cost[level];
	if (cost > from->budget && !own)
		return false;
	reach = from->reach == KITH_REACH_DELEGATE ? KITH_REACH_DELEGATE : from->reach - 1;
	ret->level = level;
	ret->reach = granted < reach ? granted : reach;
	/* your own word is never too far */
	ret->budget = cost > from->budget ? 0 : from->budget - cost;
	return true;
}

/* Whether edge e of u's row, which ends before `end`, is a statement of trust that is looked at. */
static inline bool
native_counts(const struct native *nv, const struct native_root *root, uint32_t u, uint32_t e,
	      uint32_t end, const struct trust_special *s)
{
	uint32_t to = EDGE_TO(nv->g->edges[e]);
	unsigned stated = native_stated(nv, e);

	return stated >= KITH_LEVEL_LOW && stated <= KITH_LEVEL_HIGH && to < nv->g->h.n_ids &&
	       to != root->root && to != u && native_live(nv, e, end, s);
}

/* Slot of a state among the budgets of an id. */
static inline unsigned
native_slot(const struct native *nv, unsigned level, unsigned reach)
{
	return (level - KITH_LEVEL_LOW) * nv->n_reach + (nv->n_reach == 1 ? 0 : reach);
}

#endif
