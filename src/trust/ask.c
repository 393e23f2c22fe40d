/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes a question of the native policy in: ids become numbers, parameters are checked; and what
 * is looked up of it later.
 */
#include "base/base.h"
#include "trust/native.h"

const struct kith_native_params kith_native_default = {12, 1, 2, 4, false, false};

uint32_t
kith_native_index(const struct native *nv, const struct kith_id *id)
{
	uint32_t i = kith_trust_index(nv->g, id);

	if (i != TRUST_NONE)
		return i;
	for (i = nv->g->h.n_ids; i < nv->n; i++)
		if (memcmp(&nv->extra[i - nv->g->h.n_ids], id, sizeof(*id)) == 0)
			return i;
	return TRUST_NONE;
}

const struct kith_id *
kith_native_id(const struct native *nv, uint32_t i)
{
	return i < nv->g->h.n_ids ? &nv->g->keys[i] : &nv->extra[i - nv->g->h.n_ids];
}

bool
kith_native_scope_matches(const struct native *nv, uint32_t scope)
{
	uint8_t *memo;

	if (nv->loose.any_scope)
		return true;
	if (scope > nv->g->h.n_scopes || !nv->subject.len)
		return false;
	memo = &nv->scopes[scope - 1];
	if (!*memo)
		*memo = kith_glob_match(kith_trust_scope(nv->g, scope), nv->subject) ? 2 : 1;
	return *memo == 2;
}

unsigned
kith_native_cap(const struct native *nv, uint32_t id)
{
	size_t lo = 0, hi = nv->n_caps;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (nv->caps[mid].id == id)
			return nv->caps[mid].level;
		if (nv->caps[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return KITH_LEVEL_HIGH;
}

bool
kith_native_is_muted(const struct native *nv, uint32_t id)
{
	size_t lo = 0, hi = nv->n_muted;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (nv->muted[mid] == id)
			return true;
		if (nv->muted[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static int
cmp_u32(const void *pa, const void *pb)
{
	uint32_t a, b;

	memcpy(&a, pa, sizeof(a));
	memcpy(&b, pb, sizeof(b));
	return (a > b) - (a < b);
}

static int
cmp_cap(const void *pa, const void *pb)
{
	const struct native_cap *a = pa, *b = pb;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (int)a->level - (int)b->level;
}

/* Caps, the lowest of several; an id that is removed is capped to nothing. */
static int
take_caps(struct native *nv, const struct kith_trust_question *q, struct kith_error *err)
{
	size_t i, n = 0;

	nv->caps = kith_calloc(q->n_caps + q->n_removed, sizeof(*nv->caps));
	if (!nv->caps)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_caps; i++) {
		uint32_t id = kith_native_index(nv, &q->caps[i].id);

		if ((unsigned)q->caps[i].level > KITH_LEVEL_HIGH)
			return kith_fail(err, KITH_E_USAGE, "cap with an unknown level");
		if (id != TRUST_NONE)
			nv->caps[n++] = (struct native_cap){id, (uint8_t)q->caps[i].level};
	}
	for (i = 0; i < q->n_removed; i++) {
		uint32_t id = kith_native_index(nv, &q->removed[i]);

		if (id != TRUST_NONE)
			nv->caps[n++] = (struct native_cap){id, KITH_LEVEL_DISTRUST};
	}
	if (n)
		qsort(nv->caps, n, sizeof(*nv->caps), cmp_cap);
	for (i = 0; i < n; i++)
		if (!nv->n_caps || nv->caps[nv->n_caps - 1].id != nv->caps[i].id)
			nv->caps[nv->n_caps++] = nv->caps[i];
	return KITH_OK;
}

bool
kith_native_is_root(const struct native *nv, uint32_t id)
{
	size_t i;

	for (i = 0; i < nv->n_roots; i++)
		if (nv->roots[i].root == id)
			return true;
	return false;
}

static int
cmp_actor(const void *pa, const void *pb)
{
	const struct native_actor *a = pa, *b = pb;

	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return (a->actor < b->actor) - (a->actor > b->actor);
}

static int
take_actors(struct native *nv, const struct kith_trust_question *q, struct kith_error *err)
{
	size_t i, k, n = 0;

	for (i = 0; i < q->n_actors; i++)
		n += q->actors[i].n;
	nv->actors = kith_calloc(n, sizeof(*nv->actors));
	if (!nv->actors)
		return kith_fail_nomem(err);
	for (i = n = 0; i < q->n_actors; i++) {
		for (k = 0; k < q->actors[i].n; k++) {
			uint32_t id = kith_native_index(nv, &q->actors[i].ids[k]);

			if (id != TRUST_NONE)
				nv->actors[n++] =
				    (struct native_actor){id, (uint32_t)i, q->actors[i].proved};
		}
	}
	if (n)
		qsort(nv->actors, n, sizeof(*nv->actors), cmp_actor);
	for (i = 0; i < n; i++) /* the last actor that names a key comes first */
		if (!nv->n_actors || nv->actors[nv->n_actors - 1].id != nv->actors[i].id)
			nv->actors[nv->n_actors++] = nv->actors[i];
	return KITH_OK;
}

static const struct native_actor *
find_actor(const struct native *nv, uint32_t id)
{
	size_t lo = 0, hi = nv->n_actors;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (nv->actors[mid].id == id)
			return &nv->actors[mid];
		if (nv->actors[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

uint32_t
kith_native_actor(const struct native *nv, uint32_t id)
{
	const struct native_actor *a = find_actor(nv, id);

	return a ? a->actor : TRUST_NONE;
}

bool
kith_native_speaks_as_root(const struct native *nv, uint32_t id)
{
	const struct native_actor *a = find_actor(nv, id);
	size_t i;

	for (i = 0; a && !a->proved && i < nv->n_roots; i++)
		if (kith_native_actor(nv, nv->roots[i].root) == a->actor)
			return true;
	return false;
}

static void
mute(struct native *nv, uint32_t id, size_t *n)
{
	size_t i;

	for (i = 0; i < nv->n_roots; i++) {
		if (nv->roots[i].root == id) {
			nv->roots[i].publisher = true;
			return;
		}
	}
	nv->muted[(*n)++] = id;
}

/* The last actor that names an id, which the graph need not know. */
static uint32_t
actor_of_id(const struct kith_trust_question *q, const struct kith_id *id)
{
	size_t i, k;

	for (i = q->n_actors; i-- > 0;)
		for (k = 0; k < q->actors[i].n; k++)
			if (memcmp(&q->actors[i].ids[k], id, sizeof(*id)) == 0)
				return (uint32_t)i;
	return TRUST_NONE;
}

/* Publishers with all keys of their actors (N12, N13); a root stays one whatever it publishes. */
static int
take_publishers(struct native *nv, const struct kith_trust_question *q, struct kith_error *err)
{
	KITH_AUTO_FREE bool *owns = kith_calloc(q->n_actors, sizeof(*owns));
	size_t i, n = 0;

	nv->muted = kith_calloc(q->n_publishers + nv->n_actors, sizeof(*nv->muted));
	if (!owns || !nv->muted)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_publishers; i++) {
		uint32_t id = kith_native_index(nv, &q->publishers[i]);
		uint32_t actor = actor_of_id(q, &q->publishers[i]);

		if (actor != TRUST_NONE)
			owns[actor] = true;
		else if (id != TRUST_NONE)
			mute(nv, id, &n);
	}
	for (i = 0; i < nv->n_actors; i++)
		if (owns[nv->actors[i].actor])
			mute(nv, nv->actors[i].id, &n);
	if (n)
		qsort(nv->muted, n, sizeof(*nv->muted), cmp_u32);
	for (i = 0; i < n; i++)
		if (!nv->n_muted || nv->muted[nv->n_muted - 1] != nv->muted[i])
			nv->muted[nv->n_muted++] = nv->muted[i];
	return KITH_OK;
}

static int
take_ignores(struct native *nv, const struct kith_trust_question *q, struct kith_error *err)
{
	size_t i;

	nv->config = kith_calloc(q->n_ignores, 2 * sizeof(*nv->config));
	if (!nv->config)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_ignores; i++) {
		uint32_t by = kith_trust_index(nv->g, &q->ignores[i].by);
		uint32_t about = kith_trust_index(nv->g, &q->ignores[i].about);

		if (by == TRUST_NONE || about == TRUST_NONE)
			continue;
		nv->config[2 * nv->n_config] = by;
		nv->config[2 * nv->n_config + 1] = about;
		nv->n_config++;
	}
	return KITH_OK;
}

static int
take_params(struct native *nv, const struct kith_native_params *p, struct kith_error *err)
{
	if (p->budget > NATIVE_MAX_BUDGET)
		return kith_fail(err, KITH_E_USAGE, "trust budget must be at most %d",
				 NATIVE_MAX_BUDGET);
	if (p->high > p->medium || p->medium > p->low || p->low > 10 * NATIVE_MAX_BUDGET)
		return kith_fail(err, KITH_E_USAGE,
				 "costs of trust must not fall with falling level");
	nv->budget = p->budget;
	nv->cost[KITH_LEVEL_HIGH] = p->high;
	nv->cost[KITH_LEVEL_MEDIUM] = p->medium;
	nv->cost[KITH_LEVEL_LOW] = p->low;
	nv->vetoes = !p->veto_root;
	nv->pin = !p->no_pin;
	return KITH_OK;
}

static int
take_roots(struct native *nv, const struct kith_trust_question *q, struct kith_error *err)
{
	size_t i;

	if (q->n_roots > KITH_MAX_TRUST_ROOTS)
		return kith_fail(err, KITH_E_LIMIT, "too many roots (at most %d)",
				 KITH_MAX_TRUST_ROOTS);
	nv->roots = kith_calloc(q->n_roots, sizeof(*nv->roots));
	nv->extra = kith_calloc(q->n_roots, sizeof(*nv->extra));
	if (!nv->roots || !nv->extra)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_roots; i++) {
		uint32_t id = kith_native_index(nv, &q->roots[i]);

		if (id == TRUST_NONE) {
			id = nv->n++;
			nv->extra[id - nv->g->h.n_ids] = q->roots[i];
		}
		if (!kith_native_is_root(nv, id)) /* the same root twice is no team */
			nv->roots[nv->n_roots++].root = id;
	}
	return KITH_OK;
}

int
kith_native_ask(struct native *nv, const struct kith_trust_question *q, struct kith_error *err)
{
	const struct kith_trust_graph *g = nv->g;
	int r;

	nv->n = g->h.n_ids;
	nv->now = q->now;
	nv->future =
	    g->sec && kith_time_cmp((struct kith_time){g->h.last_sec, g->h.last_nsec}, q->now) > 0;
	nv->subject = q->subject;
	nv->threshold = q->threshold ? q->threshold : 1;
	nv->scopes = kith_calloc(g->h.n_scopes, 1);
	if (!nv->scopes)
		return kith_fail_nomem(err);
	r = take_params(nv, q->native ? q->native : &kith_native_default, err);
	if (r == KITH_OK)
		r = take_roots(nv, q, err);
	if (r == KITH_OK)
		r = take_caps(nv, q, err);
	if (r == KITH_OK)
		r = take_actors(nv, q, err);
	if (r == KITH_OK)
		r = take_publishers(nv, q, err);
	if (r == KITH_OK)
		r = take_ignores(nv, q, err);
	nv->n_reach = (g->h.flags & TRUST_HAS_REACH) || nv->n_roots > 1 ? 3 : 1;
	nv->marks_at = 3 * nv->n_reach;
	nv->stride = nv->n_reach == 1 ? 4 : 12;
	return r;
}
