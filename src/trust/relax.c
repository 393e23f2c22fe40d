/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native policy's one relaxation (trust.md N2, 6.1): states by falling level and budget, no
 * restart, no order inside a bucket. Approvals come first; objections, which refuse less, go on
 * from there with what was refused (N10).
 */
#include "base/base.h"
#include "trust/native.h"

#define REACH_SHIFT 30 /* of an entry: reach above the id */
#define ENTRY_ID(x) ((x) & (((uint32_t)1 << REACH_SHIFT) - 1))
#define CHUNK       30
#define MAX_CHUNKS  (((size_t)1 << 30) / CHUNK)

/* Some states of one level and budget, in no order. */
struct pending {
	uint32_t next; /* index + 1 */
	uint32_t n;
	uint32_t entry[CHUNK];
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
	struct native_state at;
	struct kith_error *err;
};

static void
run_clear(struct run *x)
{
	free(x->pool);
	if (x->states && x->states != x->root->states)
		free(x->states);
}

/* Puts an empty chunk before the others of a bucket. */
static int
add_chunk(struct run *x, uint32_t *head)
{
	uint32_t at = x->free_list;
	int r;

	if (at) {
		x->free_list = x->pool[at - 1].next;
	} else {
		r = kith_grow(&x->pool, &x->cap_pool, x->n_pool + 1, sizeof(*x->pool), MAX_CHUNKS,
			      "states of trust", x->err);
		if (r)
			return r;
		at = (uint32_t)++x->n_pool;
	}
	x->pool[at - 1].next = *head;
	x->pool[at - 1].n = 0;
	*head = at;
	return KITH_OK;
}

static int
push(struct run *x, uint32_t id, const struct native_state *s)
{
	uint32_t *head = &x->head[s->level][s->budget];
	struct pending *p;
	int r;

	if ((!*head || x->pool[*head - 1].n == CHUNK) && (r = add_chunk(x, head)))
		return r;
	p = &x->pool[*head - 1];
	p->entry[p->n++] = id | s->reach << REACH_SHIFT;
	return KITH_OK;
}

static bool
dominated(const struct native *nv, const uint8_t *state, const struct native_state *s)
{
	unsigned l, r;

	for (l = s->level; l <= KITH_LEVEL_HIGH; l++) {
		if (nv->n_reach == 1) {
			if (state[l - KITH_LEVEL_LOW] > s->budget)
				return true;
			continue;
		}
		for (r = s->reach; r < 3; r++)
			if (state[(l - KITH_LEVEL_LOW) * 3 + r] > s->budget)
				return true;
	}
	return false;
}

static uint8_t *
marks_of(const struct run *x, uint32_t id)
{
	return &x->states[(size_t)id * x->nv->stride + x->nv->marks_at];
}

static int
reach_state(struct run *x, uint32_t to, const struct native_state *s)
{
	const struct native *nv = x->nv;
	uint8_t *state = x->states + (size_t)to * nv->stride;

	if (dominated(nv, state, s))
		return KITH_OK;
	state[native_slot(nv, s->level, s->reach)] = (uint8_t)(s->budget + 1);
	return push(x, to, s);
}

static void
note(struct run *x, struct native_refused *where, const struct native_state *s)
{
	uint8_t *best = &where->budget[native_slot(x->nv, s->level, s->reach)];

	if (s->budget + 1 > *best)
		*best = (uint8_t)(s->budget + 1);
	x->refused = true;
}

/* A step refused for approvals may be allowed for objections, then it is noted. */
static void
refuse(struct run *x, uint32_t to, struct native_ignore *ignore, const struct native_state *s)
{
	struct native_block *b;

	if (x->object)
		return;
	if (ignore) {
		if (ignore->strength < NATIVE_BY_ROOT)
			note(x, &ignore->refused, s);
		return;
	}
	b = kith_native_block(x->root, to);
	if (b && b->object < s->level)
		note(x, &b->refused, s);
}

/* One edge from the state at hand; `ignore` is what stands against it, if anything. */
static int
step(struct run *x, uint32_t to, unsigned stated, unsigned granted, struct native_ignore *ignore)
{
	const uint8_t marks = *marks_of(x, to);
	bool own = x->u == x->root->root;
	struct native_state s;

	if (((marks & MARK_PINNED) && !own) ||
	    !native_move(x->nv, &x->at, own, MARK_CAP(marks), stated, granted, &s))
		return KITH_OK;
	if (ignore || MARK_BLOCK(marks) >= s.level) {
		refuse(x, to, ignore, &s);
		return KITH_OK;
	}
	return reach_state(x, to, &s);
}

/* The ignore that stands against following u's statement from the level at hand. NULL: none. */
static struct native_ignore *
against(struct run *x, uint32_t to)
{
	struct native_ignore *i = kith_native_ignore(x->root, x->u, to);

	if (!i || i->strength <= x->at.level || (x->object && i->strength < NATIVE_BY_ROOT))
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

/* Any edge: dates, scopes, reach, ignores. */
static int
follow_edge(struct run *x, uint32_t e, uint32_t end, bool slow, uint32_t *cursor)
{
	const struct native *nv = x->nv;
	uint32_t w = nv->g->edges[e], to = EDGE_TO(w);
	const struct trust_special *s =
	    w & EDGE_SPECIAL ? trust_special_next(nv->g, e, cursor) : NULL;

	if (!native_counts(nv, x->root, x->u, e, end, s))
		return KITH_OK;
	return step(x, to, native_stated(nv, e), native_reach_of(nv, s),
		    slow ? against(x, to) : NULL);
}

/*
 * Nearly all edges of a large graph say only a level, to an id without marks: what they lead to is
 * known for each level beforehand.
 */
struct shortcut {
	unsigned level[8], value[8]; /* by stated level; value 0: nowhere */
};

static void
prepare(const struct run *x, struct shortcut *c)
{
	struct native_state s;
	unsigned stated;

	memset(c, 0, sizeof(*c));
	for (stated = KITH_LEVEL_LOW; stated <= KITH_LEVEL_HIGH; stated++) {
		if (!native_move(x->nv, &x->at, false, KITH_LEVEL_HIGH, stated, KITH_REACH_DELEGATE,
				 &s))
			continue;
		c->level[stated] = s.level;
		c->value[stated] = s.budget + 1;
	}
}

static int
follow_plain(struct run *x, const struct trust_row *row)
{
	const uint32_t *edges = x->nv->g->edges, n_ids = x->nv->g->h.n_ids;
	uint32_t e, cursor = row->special;
	struct shortcut c;
	int r = KITH_OK;

	prepare(x, &c);
	for (e = row->from; e < row->to && r == KITH_OK; e++) {
		uint32_t w = edges[e], to = EDGE_TO(w);
		unsigned stated = EDGE_LEVEL(w), value = c.value[stated];
		uint8_t *state = x->states + (size_t)to * 4;

		if (w & (EDGE_SPECIAL | EDGE_LATER)) {
			r = follow_edge(x, e, row->to, false, &cursor);
			continue;
		}
		if (!value || to >= n_ids || state[c.level[stated] - KITH_LEVEL_LOW] >= value)
			continue;
		if (state[3]) /* marks */
			r = follow_edge(x, e, row->to, false, &cursor);
		else
			r = reach_state(x, to,
					&(struct native_state){c.level[stated], KITH_REACH_DELEGATE,
							       value - 1});
	}
	return r;
}

static int
follow(struct run *x)
{
	const struct native *nv = x->nv;
	struct trust_row row = trust_row(nv->g, x->u);
	uint32_t e, cursor = row.special;
	bool slow = *marks_of(x, x->u) & MARK_SLOW;
	int r = KITH_OK;

	if (x->at.reach == KITH_REACH_REVIEWS || x->at.budget < nv->cost[x->at.level])
		return KITH_OK;
	if (slow && !x->object && kith_native_is_muted(nv, x->u))
		return KITH_OK;
	if (nv->n_reach == 1 && !slow && !nv->future && !nv->loose.n_raise)
		return follow_plain(x, &row);
	for (e = row.from; e < row.to && r == KITH_OK; e++)
		r = follow_edge(x, e, row.to, slow, &cursor);
	return r;
}

/* The first chunk of a bucket, taken off it. */
static void
pop(struct run *x, uint32_t *head, struct pending *ret)
{
	uint32_t at = *head;

	*ret = x->pool[at - 1];
	*head = ret->next;
	x->pool[at - 1].next = x->free_list;
	x->free_list = at;
}

/* A state that was improved meanwhile is skipped. */
static int
follow_entry(struct run *x, uint32_t entry, unsigned level, unsigned budget)
{
	const struct native *nv = x->nv;
	uint8_t *state, *slot;

	x->u = ENTRY_ID(entry);
	x->at = (struct native_state){level, entry >> REACH_SHIFT, budget};
	state = x->states + (size_t)x->u * nv->stride;
	slot = &state[native_slot(nv, level, x->at.reach)];
	if (*slot != budget + 1)
		return KITH_OK;
	*slot = 0;
	if (dominated(nv, state, &x->at))
		return KITH_OK; /* and is no state of its own any more */
	*slot = (uint8_t)(budget + 1);
	return x->u == x->root->root ? follow_own(x) : follow(x);
}

/*
 * What a state is, and what its author says, lies anywhere in memory, and to wait for it is most of
 * the work in a large graph. So all of a chunk is asked for before the first is followed.
 */
static void
fetch_ahead(const struct run *x, const struct pending *p)
{
	const struct kith_trust_graph *g = x->nv->g;
	uint32_t i;

	for (i = 0; i < p->n; i++) {
		uint32_t id = ENTRY_ID(p->entry[i]);

		__builtin_prefetch(x->states + (size_t)id * x->nv->stride);
		if (id < g->h.n_ids)
			__builtin_prefetch(&g->rows[id]);
	}
	for (i = 0; i < p->n; i++) {
		struct trust_row row = trust_row(g, ENTRY_ID(p->entry[i]));

		if (row.from < row.to) {
			__builtin_prefetch(&g->edges[row.from]);
			__builtin_prefetch(&g->edges[row.to - 1]);
		}
	}
}

/* Follows the states of one bucket. */
static int
drain(struct run *x, unsigned level, unsigned budget)
{
	uint32_t *head = &x->head[level][budget];
	struct pending p;
	uint32_t i;
	int r = KITH_OK;

	while (r == KITH_OK && *head) {
		pop(x, head, &p);
		fetch_ahead(x, &p);
		for (i = 0; i < p.n && r == KITH_OK; i++)
			r = follow_entry(x, p.entry[i], level, budget);
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

static void
set_marks(struct run *x)
{
	const struct native *nv = x->nv;
	const struct native_root *root = x->root;
	size_t i;

	*marks_of(x, root->root) |= MARK_PINNED; /* nobody else's statement leads to the root */
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
	r = reach_state(x, x->root->root,
			&(struct native_state){KITH_LEVEL_HIGH, KITH_REACH_DELEGATE, nv->budget});
	if (r == KITH_OK)
		r = drain_all(x);
	x->root->states = x->states;
	return r;
}

/* Calls for each budget of an id: fn(x, id, state). */
typedef int state_fn(struct run *x, uint32_t id, const struct native_state *s);

static int
each_state(struct run *x, uint32_t id, const uint8_t *budgets, state_fn *fn)
{
	const struct native *nv = x->nv;
	struct native_state s;
	unsigned i;
	int r = KITH_OK;

	for (i = 0; i < 3 * nv->n_reach && r == KITH_OK; i++) {
		if (!budgets[i])
			continue;
		s.level = KITH_LEVEL_LOW + i / nv->n_reach;
		s.reach = nv->n_reach == 1 ? KITH_REACH_DELEGATE : i % nv->n_reach;
		s.budget = budgets[i] - 1U;
		r = fn(x, id, &s);
	}
	return r;
}

static int
take_refused(struct run *x, uint32_t to, const struct native_state *s)
{
	return MARK_BLOCK(*marks_of(x, to)) < s->level ? reach_state(x, to, s) : KITH_OK;
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
		r = each_state(x, root->blocks[i].id, root->blocks[i].refused.budget, take_refused);
	for (i = 0; i < root->n_ignores && r == KITH_OK; i++)
		r = each_state(x, root->ignores[i].b, root->ignores[i].refused.budget,
			       take_refused);
	/* what publishers say about others does count for objections (N13) */
	for (i = 0; i < nv->n_muted && r == KITH_OK; i++)
		r = each_state(x, nv->muted[i], x->states + (size_t)nv->muted[i] * nv->stride,
			       push);
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
