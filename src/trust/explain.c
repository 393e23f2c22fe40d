/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explanations of one id: what holds it up, what limits it, what stands in its way. Each what-if
 * is a resolver run with one rule loosened.
 */
#include "base/base.h"
#include "trust/path.h"

#define MAX_WITHOUT    32 /* persons of the best path that are left out one by one */
#define MAX_CANDIDATES 16 /* contacts that are tried as the one who vetoes */

struct explain {
	const struct kith_trust_graph *g;
	const struct kith_trust_question *q;
	const struct kith_trust_result *r;
	const struct native *nv;
	struct kith_arena *arena;
	struct kith_trust_explanation *x;
	struct kith_error *err;
};

static void
native_freep(struct native **nv)
{
	kith_native_free(*nv);
}

/* The level of the person with rules loosened or a changed question; its path too if wanted. */
static int
ask_again(struct explain *e, const struct kith_trust_question *q, const struct native_loose *loose,
	  enum kith_level *ret_level, struct kith_trust_path *ret_path)
{
	KITH_CLEANUP(native_freep) struct native *nv = NULL;
	uint32_t person;
	int r = kith_native_compute(e->g, q, loose, &nv, e->err);

	if (r)
		return r;
	person = kith_native_index(nv, &e->x->id);
	*ret_level = (enum kith_level)kith_native_approve(nv, person);
	if (!ret_path || *ret_level < KITH_LEVEL_LOW)
		return KITH_OK;
	return kith_native_best_path(nv, person, e->arena, ret_path, e->err);
}

/* --- trusted: what limits the level --- */

static int
find_limits(struct explain *e)
{
	struct kith_trust_explanation *x = e->x;
	struct native_loose loose = {.n_raise = 0};
	size_t *limits = kith_arena_array(e->arena, x->path.n, sizeof(*limits)), i;
	uint32_t *edges = kith_arena_array(e->arena, x->path.n, sizeof(*edges));

	if (!limits || !edges)
		return kith_fail_nomem(e->err);
	x->raised = x->facts.approve;
	x->limits = limits;
	if (x->facts.approve == KITH_LEVEL_HIGH)
		return KITH_OK;
	for (i = 0; i < x->path.n; i++) {
		if (x->path.steps[i].stated > x->facts.approve)
			continue;
		edges[x->n_limits] = (uint32_t)x->path.steps[i].statement;
		limits[x->n_limits++] = i;
	}
	x->limited_by_cap = x->path.n && !x->n_limits;
	if (!x->n_limits)
		return KITH_OK;
	loose.raise = edges;
	loose.n_raise = x->n_limits;
	return ask_again(e, e->q, &loose, &x->raised, NULL);
}

/* --- trusted: how firmly --- */

static void
ways_freep(struct kith_trust_ways **w)
{
	kith_trust_ways_free(*w);
}

static int
find_bottleneck(struct explain *e)
{
	KITH_CLEANUP(ways_freep) struct kith_trust_ways *w = NULL;
	struct kith_error ignored;
	int r;

	if (e->x->facts.root)
		return KITH_OK;
	r = kith_trust_ways_new(e->r, e->x->facts.approve, &w, e->err);
	if (r)
		return r;
	r = kith_trust_ways_bottleneck(w, e->x->person, e->arena, &e->x->bottleneck, &ignored);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK; /* a second key of a root, or a publisher: introduced as no other */
	if (r && e->err)
		*e->err = ignored;
	e->x->has_bottleneck = r == KITH_OK;
	return r;
}

static int
find_without(struct explain *e)
{
	struct kith_trust_explanation *x = e->x;
	size_t n = x->path.n ? x->path.n - 1 : 0, i;
	struct kith_trust_question q = *e->q;
	struct kith_trust_without *without;
	struct kith_id *removed;
	int r = KITH_OK;

	n = n > MAX_WITHOUT ? MAX_WITHOUT : n;
	without = kith_arena_array(e->arena, n, sizeof(*without));
	removed = kith_arena_array(e->arena, q.n_removed + 1, sizeof(*removed));
	if (!without || !removed)
		return kith_fail_nomem(e->err);
	if (q.n_removed)
		memcpy(removed, q.removed, q.n_removed * sizeof(*removed));
	q.removed = removed;
	q.n_removed++;
	for (i = 0; i < n && r == KITH_OK; i++) {
		without[i].person = x->path.steps[i].to;
		removed[q.n_removed - 1] = *kith_native_id(e->nv, without[i].person);
		r = ask_again(e, &q, NULL, &without[i].level, NULL);
	}
	x->without = without;
	x->n_without = n;
	return r;
}

static void
find_expiry(struct explain *e)
{
	struct kith_trust_explanation *x = e->x;
	size_t i;

	x->expires = x->path.n;
	for (i = 0; i < x->path.n; i++) {
		const struct trust_special *s =
		    kith_trust_special(e->g, (uint32_t)x->path.steps[i].statement);
		struct kith_time until;

		if (!s || !s->has_until)
			continue;
		until = (struct kith_time){s->until_sec, s->until_nsec};
		if (x->expires == x->path.n || kith_time_cmp(until, x->expiry) < 0) {
			x->expires = i;
			x->expiry = until;
		}
	}
}

/* --- not trusted: what stands in the way --- */

static void
add_candidate(uint32_t *list, size_t *n, uint32_t contact)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (list[i] == contact)
			return;
	if (*n < MAX_CANDIDATES)
		list[(*n)++] = contact;
}

/* Whether one of the contact's statements is distrust of `to`, or ignores what `from` says of it.
 */
static bool
hinders(const struct explain *e, uint32_t contact, uint32_t from, uint32_t to)
{
	struct trust_row row = trust_row(e->g, contact);
	uint32_t i, k, n;

	for (i = row.from; i < row.to; i++) {
		uint32_t w = e->g->edges[i];
		const uint32_t *list;

		if (EDGE_TO(w) != to)
			continue;
		if (EDGE_LEVEL(w) == KITH_LEVEL_DISTRUST)
			return true;
		list =
		    w & EDGE_SPECIAL ? trust_ignores(e->g, kith_trust_special(e->g, i), &n) : NULL;
		for (k = 0; list && k < n; k++)
			if (list[k] == from)
				return true;
	}
	return false;
}

/* The one contact whose veto, if it fell, would let the id in; else it takes several. */
static int
name_veto(struct explain *e, const struct kith_trust_path *path)
{
	uint32_t list[MAX_CANDIDATES];
	size_t n = 0, i, k, c;
	struct native_loose loose = {.no_vetoes = false};
	enum kith_level level;
	int r;

	for (i = path->n; i-- > 0;)
		for (k = 0; k < e->nv->n_roots; k++)
			for (c = 0; c < e->nv->roots[k].n_mine; c++)
				if (hinders(e, e->nv->roots[k].mine[c].to, path->steps[i].from,
					    path->steps[i].to))
					add_candidate(list, &n, e->nv->roots[k].mine[c].to);
	for (i = 0; i < n; i++) {
		loose.drop_veto_by = list[i] + 1;
		r = ask_again(e, e->q, &loose, &level, NULL);
		if (r)
			return r;
		if (level >= KITH_LEVEL_LOW) {
			e->x->who = list[i];
			return KITH_OK;
		}
	}
	return KITH_OK;
}

/* The one person of the path whom a root distrusts, or who is revoked. */
static void
name_blocked(struct explain *e, const struct kith_trust_path *path, bool revoked)
{
	size_t i, k;

	for (i = 0; i < path->n; i++) {
		for (k = 0; k < e->nv->n_roots; k++) {
			const struct native_block *b =
			    kith_native_block(&e->nv->roots[k], path->steps[i].to);

			if (!b || !(revoked ? b->revoked : b->object == NATIVE_BY_ROOT) ||
			    e->x->who == path->steps[i].to)
				continue;
			if (e->x->who != KITH_NO_PERSON) {
				e->x->who = KITH_NO_PERSON;
				return;
			}
			e->x->who = path->steps[i].to;
		}
	}
}

/* Tries one loosened rule. */
static int
try_rule(struct explain *e, enum kith_trust_obstacle obstacle)
{
	struct kith_trust_question q = *e->q;
	struct kith_native_params params = q.native ? *q.native : kith_native_default;
	struct native_loose loose = {.no_vetoes = obstacle == KITH_OBSTACLE_VETO,
				     .no_distrust = obstacle == KITH_OBSTACLE_DISTRUST,
				     .no_revocation = obstacle == KITH_OBSTACLE_REVOKED,
				     .any_reach = obstacle == KITH_OBSTACLE_REACH,
				     .any_scope = obstacle == KITH_OBSTACLE_SCOPE,
				     .any_time = obstacle == KITH_OBSTACLE_EXPIRY};
	struct kith_trust_path path = {NULL, 0};
	enum kith_level level;
	int r;

	q.native = &params;
	if (obstacle == KITH_OBSTACLE_PIN)
		params.no_pin = true;
	if (obstacle == KITH_OBSTACLE_BUDGET)
		params.budget = NATIVE_MAX_BUDGET;
	if (obstacle == KITH_OBSTACLE_REMOVED)
		q.n_removed = q.n_caps = 0;
	r = ask_again(e, &q, &loose, &level, &path);
	if (r || level < KITH_LEVEL_LOW)
		return r;
	e->x->obstacle = obstacle;
	e->x->would = level;
	e->x->path = path;
	if (obstacle == KITH_OBSTACLE_VETO)
		return name_veto(e, &path);
	if (obstacle == KITH_OBSTACLE_DISTRUST || obstacle == KITH_OBSTACLE_REVOKED)
		name_blocked(e, &path, obstacle == KITH_OBSTACLE_REVOKED);
	return KITH_OK;
}

/* The least budget that is enough, and the path with it: more never hurts, so halving finds it. */
static int
measure_budget(struct explain *e)
{
	struct kith_trust_question q = *e->q;
	struct kith_native_params params = q.native ? *q.native : kith_native_default;
	unsigned lo = params.budget, hi = NATIVE_MAX_BUDGET;
	struct kith_trust_path path = {NULL, 0};
	enum kith_level level;
	int r;

	q.native = &params;
	while (hi - lo > 1) {
		params.budget = lo + (hi - lo) / 2;
		r = ask_again(e, &q, NULL, &level, NULL);
		if (r)
			return r;
		if (level >= KITH_LEVEL_LOW)
			hi = params.budget;
		else
			lo = params.budget;
	}
	params.budget = hi;
	r = ask_again(e, &q, NULL, &e->x->would, &path);
	e->x->path = path;
	params = e->q->native ? *e->q->native : kith_native_default;
	e->x->more_budget = hi - params.budget;
	return r;
}

static int
find_obstacle(struct explain *e)
{
	enum kith_trust_obstacle o;
	int r = KITH_OK;

	for (o = KITH_OBSTACLE_PIN;
	     o <= KITH_OBSTACLE_REMOVED && r == KITH_OK && e->x->obstacle == KITH_OBSTACLE_NONE;
	     o++)
		r = try_rule(e, o);
	if (r == KITH_OK && e->x->obstacle == KITH_OBSTACLE_BUDGET)
		r = measure_budget(e);
	return r;
}

/* --- always --- */

static int
find_doubts(struct explain *e)
{
	const struct kith_trust_doubt *all;
	size_t n, i;
	int r = kith_trust_doubts(e->r, e->arena, &all, &n, e->err);

	for (i = 0; r == KITH_OK && i < n; i++) {
		if (all[i].about != e->x->person)
			continue;
		if (!e->x->n_doubts)
			e->x->doubts = &all[i];
		e->x->n_doubts++;
	}
	return r;
}

static int
cmp_voucher(const void *pa, const void *pb)
{
	const struct kith_trust_voucher *a = pa, *b = pb;

	if (a->approve != b->approve)
		return a->approve > b->approve ? -1 : 1;
	if (a->stated != b->stated)
		return a->stated > b->stated ? -1 : 1;
	return (a->person > b->person) - (a->person < b->person);
}

/* Keeps the best of a list twice as long as what is shown. */
static void
keep_best(struct kith_trust_voucher *list, size_t *n)
{
	qsort(list, *n, sizeof(*list), cmp_voucher);
	*n = *n > KITH_MAX_VOUCHERS ? KITH_MAX_VOUCHERS : *n;
}

static int
find_vouchers(struct explain *e)
{
	const struct kith_trust_graph *g = e->g;
	struct kith_trust_voucher *list =
	    kith_arena_array(e->arena, 2 * KITH_MAX_VOUCHERS, sizeof(*list));
	uint32_t u, i;
	size_t n = 0;

	if (!list)
		return kith_fail_nomem(e->err);
	for (u = 0; u < g->h.n_ids; u++) {
		struct trust_row row = trust_row(g, u);

		for (i = row.from; i < row.to; i++) {
			unsigned level = EDGE_LEVEL(g->edges[i]);

			if (EDGE_TO(g->edges[i]) != e->x->person || u == e->x->person ||
			    level < KITH_LEVEL_LOW || level > KITH_LEVEL_HIGH ||
			    !native_live(e->nv, i, row.to, kith_trust_special(g, i)))
				continue;
			if (n == 2 * KITH_MAX_VOUCHERS)
				keep_best(list, &n);
			list[n++] = (struct kith_trust_voucher){
			    u, i, (enum kith_level)level,
			    (enum kith_level)kith_native_approve(e->nv, u)};
		}
	}
	keep_best(list, &n);
	e->x->vouchers = list;
	e->x->n_vouchers = n;
	return KITH_OK;
}

static int
explain_person(struct explain *e)
{
	int r;

	kith_trust_person(e->r, e->x->person, &e->x->facts);
	r = find_doubts(e);
	if (r == KITH_OK)
		r = find_vouchers(e);
	if (r)
		return r;
	if (e->x->facts.approve < KITH_LEVEL_LOW)
		return find_obstacle(e);
	r = kith_native_best_path(e->nv, e->x->person, e->arena, &e->x->path, e->err);
	find_expiry(e);
	if (r == KITH_OK)
		r = find_limits(e);
	if (r == KITH_OK)
		r = find_bottleneck(e);
	return r ? r : find_without(e);
}

int
kith_trust_explain(const struct kith_trust_graph *g, const struct kith_trust_question *q,
		   const struct kith_trust_result *res, const struct kith_id *id,
		   struct kith_arena *arena, struct kith_trust_explanation *ret_explanation,
		   struct kith_error *err)
{
	struct kith_trust_explanation x = {
	    .id = *id, .person = KITH_NO_PERSON, .who = KITH_NO_PERSON, .would = KITH_LEVEL_NONE};
	struct explain e = {g, q, res, res->native, arena, &x, err};
	size_t person;
	int r;

	if (!res->native)
		return kith_fail(err, KITH_E_USAGE, "explanations are for the native policy");
	kith_trust_person(res, SIZE_MAX, &x.facts);
	if (kith_trust_person_find(res, id, &person)) {
		x.person = (uint32_t)person;
		r = explain_person(&e);
		if (r)
			return r;
	}
	*ret_explanation = x;
	return KITH_OK;
}
