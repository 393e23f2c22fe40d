/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The best path to an id (trust.md 8): highest level, most budget left, fewest hops, smallest ids.
 * Breadth first over steps that lead exactly to a state that is there.
 */
#include "base/base.h"
#include "trust/explain.h"
#include "trust/path.h"

struct walk {
	const struct native *nv;
	const struct native_root *root;
	unsigned slots; /* of an id */
	size_t *from;   /* node + 1 that a node was reached from; its own for the start */
	uint32_t *edge; /* by which */
	size_t *queue;
	size_t n, layer_end;
	struct kith_error *err;
};

static void
walk_clear(struct walk *w)
{
	free(w->from);
	free(w->edge);
	free(w->queue);
}

static size_t
node_at(const struct walk *w, uint32_t id, const struct native_state *s)
{
	return (size_t)id * w->slots + native_slot(w->nv, s->level, s->reach);
}

static void
state_of(const struct walk *w, size_t node, uint32_t *ret_id, struct native_state *ret)
{
	unsigned slot = (unsigned)(node % w->slots);
	const struct native *nv = w->nv;

	*ret_id = (uint32_t)(node / w->slots);
	ret->level = KITH_LEVEL_LOW + slot / nv->n_reach;
	ret->reach = nv->n_reach == 1 ? KITH_REACH_DELEGATE : slot % nv->n_reach;
	ret->budget = w->root->states[(size_t)*ret_id * nv->stride + slot] - 1U;
}

/* One edge from a state of u: if it leads to a state that nothing led to yet, that is queued. */
static void
try_edge(struct walk *w, size_t node, uint32_t u, const struct native_state *at, uint32_t e,
	 unsigned reach)
{
	const struct native *nv = w->nv;
	uint32_t to = EDGE_TO(nv->g->edges[e]);
	const uint8_t *state = w->root->states + (size_t)to * nv->stride;
	uint8_t marks = state[nv->marks_at];
	bool own = u == w->root->root;
	const struct native_ignore *ignore = own ? NULL : kith_native_ignore(w->root, u, to);
	struct native_state s;
	size_t next;

	if (((marks & MARK_PINNED) && !own) || (ignore && ignore->strength > at->level) ||
	    !native_move(nv, at, own, MARK_CAP(marks), native_stated(nv, e), reach, &s) ||
	    MARK_BLOCK(marks) >= s.level ||
	    state[native_slot(nv, s.level, s.reach)] != s.budget + 1)
		return;
	next = node_at(w, to, &s);
	if (w->from[next])
		return;
	w->from[next] = node + 1;
	w->edge[next] = e;
	w->queue[w->n++] = next;
}

static void
expand(struct walk *w, size_t node)
{
	const struct native *nv = w->nv;
	const struct kith_trust_graph *g = nv->g;
	struct native_state at;
	struct trust_row row;
	uint32_t u, e, cursor;
	size_t i;

	state_of(w, node, &u, &at);
	if (u == w->root->root) {
		for (i = 0; i < w->root->n_mine; i++)
			try_edge(w, node, u, &at, w->root->mine[i].edge, w->root->mine[i].reach);
		return;
	}
	row = trust_row(g, u);
	cursor = row.special;
	if (at.reach == KITH_REACH_REVIEWS || kith_native_is_muted(nv, u))
		return;
	for (e = row.from; e < row.to; e++) {
		const struct trust_special *s =
		    g->edges[e] & EDGE_SPECIAL ? trust_special_next(g, e, &cursor) : NULL;

		if (native_counts(nv, w->root, u, e, row.to, s))
			try_edge(w, node, u, &at, e, native_reach_of(nv, s));
	}
}

/* By id, then the better state first. */
static int
cmp_node(const void *pa, const void *pb, void *ctx)
{
	const struct walk *w = ctx;
	size_t a, b;

	memcpy(&a, pa, sizeof(a));
	memcpy(&b, pb, sizeof(b));
	if (a / w->slots != b / w->slots)
		return a < b ? -1 : 1;
	return (a < b) - (a > b);
}

static int
walk_to(struct walk *w, size_t target)
{
	size_t states = (size_t)w->nv->n * w->slots, head = 0, end;
	struct native_state s = {KITH_LEVEL_HIGH, KITH_REACH_DELEGATE, 0};

	w->from = kith_calloc(states, sizeof(*w->from));
	w->edge = kith_calloc(states, sizeof(*w->edge));
	w->queue = kith_calloc(states, sizeof(*w->queue));
	if (!w->from || !w->edge || !w->queue)
		return kith_fail_nomem(w->err);
	w->queue[w->n++] = node_at(w, w->root->root, &s);
	w->from[w->queue[0]] = w->queue[0] + 1;
	while (head < w->n && !w->from[target]) {
		end = w->n;
		qsort_r(w->queue + head, end - head, sizeof(*w->queue), cmp_node, w);
		for (; head < end; head++)
			expand(w, w->queue[head]);
	}
	return KITH_OK;
}

static int
give(const struct walk *w, size_t target, struct kith_arena *arena, struct kith_trust_path *ret)
{
	struct kith_trust_step *steps;
	size_t n = 0, at;

	for (at = target; w->from[at] != at + 1; at = w->from[at] - 1)
		n++;
	steps = kith_arena_array(arena, n, sizeof(*steps));
	if (!steps)
		return kith_fail_nomem(w->err);
	ret->steps = steps;
	ret->n = n;
	for (at = target; w->from[at] != at + 1; at = w->from[at] - 1) {
		struct kith_trust_step *x = &steps[--n];
		struct native_state s, before;

		state_of(w, at, &x->to, &s);
		state_of(w, w->from[at] - 1, &x->from, &before);
		x->statement = w->edge[at];
		x->stated = (enum kith_level)native_stated(w->nv, w->edge[at]);
		x->level = (enum kith_level)s.level;
		x->reach = (enum kith_reach)s.reach;
		x->budget = s.budget;
	}
	return KITH_OK;
}

/* The root that thinks best of the person, and the slot of its best state. */
static const struct native_root *
best_root(const struct native *nv, uint32_t person, unsigned *ret_slot)
{
	const struct native_root *best = NULL;
	unsigned level = 0, reach, value;
	size_t k;

	for (k = 0; k < nv->n_roots; k++) {
		const uint8_t *state = nv->roots[k].states + (size_t)person * nv->stride;

		if (nv->roots[k].root != person && kith_native_state_level(nv, state) > level) {
			level = kith_native_state_level(nv, state);
			best = &nv->roots[k];
		}
	}
	for (reach = value = 0; best && reach < nv->n_reach; reach++) {
		unsigned slot = native_slot(nv, level, reach);
		unsigned here = best->states[(size_t)person * nv->stride + slot];

		if (here && here >= value) {
			value = here;
			*ret_slot = slot;
		}
	}
	return best;
}

int
kith_native_best_path(const struct native *nv, uint32_t person, struct kith_arena *arena,
		      struct kith_trust_path *ret_path, struct kith_error *err)
{
	KITH_CLEANUP(walk_clear) struct walk w = {.nv = nv, .slots = 3 * nv->n_reach, .err = err};
	struct kith_trust_path none = {NULL, 0};
	unsigned slot = 0;
	size_t target;
	int r;

	*ret_path = none;
	w.root = person < nv->n && !kith_native_is_root(nv, person) ? best_root(nv, person, &slot)
								    : NULL;
	if (!w.root)
		return KITH_OK;
	target = (size_t)person * w.slots + slot;
	r = walk_to(&w, target);
	/* a root is known to other roots without a path */
	return r || !w.from[target] ? r : give(&w, target, arena, ret_path);
}

int
kith_trust_best_path(const struct kith_trust_result *r, size_t person, struct kith_arena *arena,
		     struct kith_trust_path *ret_path, struct kith_error *err)
{
	if (!r->native)
		return kith_fail(err, KITH_E_USAGE, "paths are for the native policy");
	return kith_native_best_path(r->native, person > UINT32_MAX ? UINT32_MAX : (uint32_t)person,
				     arena, ret_path, err);
}
