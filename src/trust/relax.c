/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native policy's one relaxation (trust.md N2, 6.1): states by falling level and budget, no
 * restart, no order inside a bucket. Approvals come first; objections, which refuse less, go on
 * from there with what was refused (N10).
 */
#include "base/base.h"
#include "trust/native.h"

#define REACH_SHIFT 30 /* of an entry: reach above the id */
#define MAX_PENDING ((size_t)1 << 30)

struct pending {
	uint32_t entry;
	uint32_t next;
};

struct run {
	struct native *nv;
	struct native_root *root;
	uint8_t *states;
	bool object;
	bool refused; /* something was noted for the objections */
	struct pending *pool;
	size_t n_pool, cap_pool;
	uint32_t free_list;
	uint32_t head[KITH_LEVEL_COUNT][NATIVE_MAX_BUDGET + 1];
	/* the state being followed */
	uint32_t u;
	unsigned level, reach, budget;
	struct kith_error *err;
};

static void
run_clear(struct run *x)
{
	free(x->pool);
	if (x->states && x->states != x->root->states)
		free(x->states);
}

static int
push(struct run *x, uint32_t id, unsigned level, unsigned reach, unsigned budget)
{
	uint32_t at = x->free_list;
	int r;

	if (at) {
		x->free_list = x->pool[at - 1].next;
	} else {
		r = kith_grow(&x->pool, &x->cap_pool, x->n_pool + 1, sizeof(*x->pool), MAX_PENDING,
			      "states of trust", x->err);
		if (r)
			return r;
		at = (uint32_t)++x->n_pool;
	}
	x->pool[at - 1] =
	    (struct pending){id | (uint32_t)reach << REACH_SHIFT, x->head[level][budget]};
	x->head[level][budget] = at;
	return KITH_OK;
}

static bool
dominated(const struct native *nv, const uint8_t *state, unsigned level, unsigned reach,
	  unsigned value)
{
	unsigned l, r;

	if (nv->n_reach == 1) {
		for (l = level; l <= KITH_LEVEL_HIGH; l++)
			if (state[l - KITH_LEVEL_LOW] >= value)
				return true;
		return false;
	}
	for (l = level; l <= KITH_LEVEL_HIGH; l++)
		for (r = reach; r < 3; r++)
			if (state[(l - KITH_LEVEL_LOW) * 3 + r] >= value)
				return true;
	return false;
}

static int
reach_state(struct run *x, uint32_t to, unsigned level, unsigned reach, unsigned budget)
{
	const struct native *nv = x->nv;
	uint8_t *state = x->states + (size_t)to * nv->stride;

	if (dominated(nv, state, level, reach, budget + 1))
		return KITH_OK;
	state[native_slot(nv, level, reach)] = (uint8_t)(budget + 1);
	return push(x, to, level, reach, budget);
}

static void
note(struct run *x, struct native_refused *where, unsigned level, unsigned reach, unsigned budget)
{
	uint8_t *best;

	if (!where)
		return;
	best = &where->budget[native_slot(x->nv, level, reach)];
	if (budget + 1 > *best)
		*best = (uint8_t)(budget + 1);
	x->refused = true;
}

/* One edge from the state at hand; `ignore` is what stands against it, if anything. */
static int
step(struct run *x, uint32_t to, unsigned stated, unsigned granted, struct native_ignore *ignore)
{
	const struct native *nv = x->nv;
	const uint8_t marks = x->states[(size_t)to * nv->stride + nv->marks_at];
	unsigned level = stated < x->level ? stated : x->level;
	unsigned cap = MARK_CAP(marks), cost, budget, reach;
	bool own = x->u == x->root->root;

	if ((marks & MARK_PINNED) && !own)
		return KITH_OK;
	if (cap < level)
		level = cap;
	if (level < KITH_LEVEL_LOW)
		return KITH_OK;
	cost = nv->cost[level];
	if (cost > x->budget && !own)
		return KITH_OK;
	budget = cost > x->budget ? 0 : x->budget - cost; /* your own word is never too far (N1) */
	reach = x->reach == KITH_REACH_DELEGATE ? KITH_REACH_DELEGATE : x->reach - 1;
	if (granted < reach)
		reach = granted;
	if (ignore) {
		if (!x->object && ignore->strength < NATIVE_BY_ROOT)
			note(x, &ignore->refused, level, reach, budget);
		return KITH_OK;
	}
	if (MARK_BLOCK(marks) >= level) {
		if (!x->object) {
			struct native_block *b = kith_native_block(x->root, to);

			note(x, b && b->object < level ? &b->refused : NULL, level, reach, budget);
		}
		return KITH_OK;
	}
	return reach_state(x, to, level, reach, budget);
}

/* The ignore that stands against following u's statement from the level at hand. NULL: none. */
static struct native_ignore *
against(struct run *x, uint32_t to)
{
	struct native_ignore *i = kith_native_ignore(x->root, x->u, to);

	if (!i || i->strength <= x->level || (x->object && i->strength < NATIVE_BY_ROOT))
		return NULL;
	return i;
}

static int
follow_own(struct run *x)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < x->root->n_mine && r == KITH_OK; i++) {
		const struct native_mine *m = &x->root->mine[i];

		if (m->level >= KITH_LEVEL_LOW)
			r = step(x, m->to, m->level, m->reach, NULL);
	}
	return r;
}

static int
follow(struct run *x)
{
	const struct native *nv = x->nv;
	const struct kith_trust_graph *g = nv->g;
	struct trust_row row = trust_row(g, x->u);
	uint32_t e, cursor = row.special;
	bool slow = x->states[(size_t)x->u * nv->stride + nv->marks_at] & MARK_SLOW;
	int r = KITH_OK;

	if (x->u == x->root->root)
		return follow_own(x);
	if (x->reach == KITH_REACH_REVIEWS || x->budget < nv->cost[x->level])
		return KITH_OK;
	if (slow && !x->object && kith_native_is_muted(nv, x->u))
		return KITH_OK;
	for (e = row.from; e < row.to && r == KITH_OK; e++) {
		uint32_t w = g->edges[e], to = EDGE_TO(w);
		const struct trust_special *s = NULL;
		unsigned stated = native_stated(nv, e);

		if (w & EDGE_SPECIAL)
			s = trust_special_next(g, e, &cursor);
		if (stated < KITH_LEVEL_LOW || stated > KITH_LEVEL_HIGH || to == x->root->root ||
		    to == x->u || to >= g->h.n_ids || !native_live(nv, e, row.to, s))
			continue;
		r = step(x, to, stated, native_reach_of(nv, s), slow ? against(x, to) : NULL);
	}
	return r;
}

/* Follows the states of one bucket; a state that was improved meanwhile is skipped. */
static int
drain(struct run *x, unsigned level, unsigned budget)
{
	const struct native *nv = x->nv;
	int r = KITH_OK;

	while (r == KITH_OK && x->head[level][budget]) {
		uint32_t at = x->head[level][budget];
		struct pending p = x->pool[at - 1];
		unsigned reach = p.entry >> REACH_SHIFT, slot;
		uint8_t *state;

		x->head[level][budget] = p.next;
		x->pool[at - 1].next = x->free_list;
		x->free_list = at;
		x->u = p.entry & (((uint32_t)1 << REACH_SHIFT) - 1);
		state = x->states + (size_t)x->u * nv->stride;
		slot = native_slot(nv, level, reach);
		if (state[slot] != budget + 1)
			continue;
		state[slot] = 0;
		if (dominated(nv, state, level, reach, budget + 1))
			continue; /* and is no state of its own any more */
		state[slot] = (uint8_t)(budget + 1);
		x->level = level;
		x->reach = reach;
		x->budget = budget;
		r = follow(x);
	}
	return r;
}

static int
drain_all(struct run *x)
{
	unsigned level, budget;
	int r = KITH_OK;

	for (level = KITH_LEVEL_HIGH; level >= KITH_LEVEL_LOW; level--)
		for (budget = x->nv->budget + 1; budget-- > 0 && r == KITH_OK;)
			r = drain(x, level, budget);
	return r;
}

static uint8_t *
marks_of(const struct run *x, uint32_t id)
{
	return &x->states[(size_t)id * x->nv->stride + x->nv->marks_at];
}

static void
set_marks(struct run *x)
{
	const struct native *nv = x->nv;
	const struct native_root *root = x->root;
	size_t i;

	for (i = 0; i < nv->n_caps; i++)
		*marks_of(x, nv->caps[i].id) |= (uint8_t)((4U - nv->caps[i].level) << 3);
	for (i = 0; i < root->n_mine && nv->pin; i++)
		*marks_of(x, root->mine[i].to) |= MARK_PINNED;
	for (i = 0; i < root->n_blocks; i++)
		*marks_of(x, root->blocks[i].id) |= root->blocks[i].approve;
	for (i = 0; i < root->n_ignores; i++)
		*marks_of(x, root->ignores[i].x) |= MARK_SLOW;
	for (i = 0; i < nv->n_muted; i++)
		*marks_of(x, nv->muted[i]) |= MARK_SLOW;
}

/* N14: other roots, unless this one distrusts them, are known as high; they introduce nobody. */
static void
know_roots(struct run *x)
{
	const struct native *nv = x->nv;
	size_t i;

	for (i = 0; i < nv->n_roots; i++) {
		uint32_t other = nv->roots[i].root;
		const struct native_mine *m = kith_native_mine(x->root, other);

		if (other != x->root->root && (!m || m->level != KITH_LEVEL_DISTRUST))
			x->states[(size_t)other * nv->stride +
				  native_slot(nv, KITH_LEVEL_HIGH, KITH_REACH_REVIEWS)] = 1;
	}
}

static int
approvals(struct run *x)
{
	const struct native *nv = x->nv;
	int r;

	x->states = kith_calloc(nv->n, nv->stride);
	if (!x->states)
		return kith_fail_nomem(x->err);
	set_marks(x);
	know_roots(x);
	r = reach_state(x, x->root->root, KITH_LEVEL_HIGH, KITH_REACH_DELEGATE, nv->budget);
	if (r == KITH_OK)
		r = drain_all(x);
	x->root->states = x->states;
	return r;
}

static int
take_refused(struct run *x, uint32_t to, const struct native_refused *refused)
{
	const struct native *nv = x->nv;
	unsigned level, reach;
	int r = KITH_OK;

	for (level = KITH_LEVEL_HIGH; level >= KITH_LEVEL_LOW; level--) {
		for (reach = 0; reach < nv->n_reach && r == KITH_OK; reach++) {
			unsigned value = refused->budget[native_slot(nv, level, reach)];

			if (value && MARK_BLOCK(*marks_of(x, to)) < level)
				r = reach_state(x, to, level, nv->n_reach == 1 ? 2 : reach,
						value - 1);
		}
	}
	return r;
}

/* What publishers say about others does count for objections (N13). */
static int
follow_muted(struct run *x, uint32_t id)
{
	const struct native *nv = x->nv;
	unsigned level, reach;
	int r = KITH_OK;

	for (level = KITH_LEVEL_LOW; level <= KITH_LEVEL_HIGH; level++) {
		for (reach = 0; reach < nv->n_reach && r == KITH_OK; reach++) {
			unsigned value =
			    x->states[(size_t)id * nv->stride + native_slot(nv, level, reach)];

			if (value)
				r = push(x, id, level, nv->n_reach == 1 ? 2 : reach, value - 1);
		}
	}
	return r;
}

static int
objections(struct run *x)
{
	const struct native *nv = x->nv;
	const struct native_root *root = x->root;
	size_t i, size = (size_t)nv->n * nv->stride;
	int r = KITH_OK;

	x->root->objects = x->root->states;
	if (!x->refused && !nv->n_muted)
		return KITH_OK;
	x->states = malloc(size);
	if (!x->states)
		return kith_fail_nomem(x->err);
	memcpy(x->states, root->states, size);
	x->object = true;
	for (i = 0; i < root->n_blocks; i++)
		*marks_of(x, root->blocks[i].id) =
		    (uint8_t)((*marks_of(x, root->blocks[i].id) & ~MARK_BLOCK_BITS) |
			      root->blocks[i].object);
	for (i = 0; i < root->n_blocks && r == KITH_OK; i++)
		r = take_refused(x, root->blocks[i].id, &root->blocks[i].refused);
	for (i = 0; i < root->n_ignores && r == KITH_OK; i++)
		r = take_refused(x, root->ignores[i].b, &root->ignores[i].refused);
	for (i = 0; i < nv->n_muted && r == KITH_OK; i++)
		r = follow_muted(x, nv->muted[i]);
	if (r == KITH_OK)
		r = drain_all(x);
	if (r == KITH_OK)
		x->root->objects = kith_steal(&x->states);
	return r;
}

int
kith_native_run(struct native *nv, struct native_root *root, struct kith_error *err)
{
	KITH_CLEANUP(run_clear) struct run x = {.nv = nv, .root = root, .err = err};
	int r = approvals(&x);

	return r ? r : objections(&x);
}
