/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many actors stand behind an approval (verdict.md 5): the fewest whose removal, as reviewers
 * and as introducers, breaks it. Every set that breaks it meets every way that holds, so the search
 * takes one way, removes each of its actors in turn and asks again; at most four deep, and bounded:
 * finding smallest label cuts is hard in general. Pure.
 */
#include "policy/judge.h"

struct search {
	struct judge *j;
	struct chain *c;
	unsigned criterion;
	struct kith_people_walk people;
	bool *removed, *kept; /* by actor */
	bool *bears;          /* by actor: somebody is reached through him */
	size_t n_bearing;     /* of the removed */
	const struct kith_introductions *in;
	const bool *reached; /* of the last walk */
	const uint32_t *via;
	bool *wanted;    /* by person: reviewers */
	uint32_t *marks; /* by actor: number of the way that used it last */
	uint32_t n_ways;
	size_t trials, max_trials;
	uint32_t cut[KITH_MAX_INDEPENDENT];
	size_t n_cut;
};

static void
search_clear(struct search *s)
{
	free(s->people.seen);
	free(s->people.via);
	free(s->people.queue);
	free(s->removed);
	free(s->kept);
	free(s->marks);
	free(s->bears);
	free(s->wanted);
}

/* Whom the walks look for, and whose removal changes whom they find. */
static void
mark_persons(struct search *s)
{
	const struct kith_people *p = s->j->people;
	uint32_t i;

	for (i = 0; i < p->n_persons; i++)
		if (s->in->introduces[i])
			s->bears[p->persons[i].actor.number] = true;
	for (i = 0; i < s->c->n_edges; i++) {
		uint32_t x = s->j->authors[s->c->edges[i].author].person;

		if (x != NOBODY && !s->wanted[x]) {
			s->wanted[x] = true;
			s->people.n_wanted++;
		}
	}
	s->people.wanted = s->wanted;
}

static int
search_init(struct search *s, struct judge *j, struct chain *c, struct kith_error *err)
{
	size_t persons = (size_t)j->people->n_persons + 1, actors = (size_t)j->n_actors + 1;

	s->j = j;
	s->c = c;
	s->people.seen = kith_calloc(persons, sizeof(*s->people.seen));
	s->people.via = kith_calloc(persons, sizeof(*s->people.via));
	s->people.queue = kith_calloc(persons, sizeof(*s->people.queue));
	s->removed = kith_calloc(actors, sizeof(*s->removed));
	s->kept = kith_calloc(actors, sizeof(*s->kept));
	s->marks = kith_calloc(actors, sizeof(*s->marks));
	s->bears = kith_calloc(actors, sizeof(*s->bears));
	s->wanted = kith_calloc(persons, sizeof(*s->wanted));
	if (!s->people.seen || !s->people.via || !s->people.queue || !s->removed || !s->kept ||
	    !s->marks || !s->bears || !s->wanted)
		return kith_fail_nomem(err);
	s->in = c->loose & LOOSE_OWNER ? &j->people->full : &j->people->bare;
	mark_persons(s);
	/* a trial walks all of it; a large web gets fewer, and an answer that is a lower bound */
	actors = persons + s->in->first[j->people->n_persons] + c->n_edges;
	s->max_trials = KITH_MAX_CUT_STEPS / actors;
	if (s->max_trials < KITH_MIN_CUT_TRIALS)
		s->max_trials = KITH_MIN_CUT_TRIALS;
	return KITH_OK;
}

/*
 * Who is reached without the removed actors. Only those matter through whom the first walk reached
 * somebody: without the others it is still right, since removed reviewers are left out elsewhere.
 */
static void
reach(struct search *s)
{
	const struct kith_people *p = s->j->people;

	s->reached = s->in->reached;
	s->via = s->in->via;
	if (!s->n_bearing)
		return;
	kith_people_reach(p, s->in, s->removed, &s->people);
	s->reached = s->people.seen;
	s->via = s->people.via;
}

/* Whether the approval holds without the removed actors. */
static bool
holds(struct search *s)
{
	struct chain_walk w = {s->criterion, true, s->removed, NULL};

	s->trials++;
	reach(s);
	w.reached = s->reached;
	return chain_walk(s->j, s->c, &w);
}

static void
set_removed(struct search *s, uint32_t actor, bool removed)
{
	if (s->bears[actor])
		s->n_bearing += removed ? 1 : (size_t)-1;
	s->removed[actor] = removed;
}

static int breaks(struct search *s, unsigned left, bool *ret_breaks, struct kith_error *err);

struct way {
	uint32_t *actors;
	size_t n;
};

static void
way_clear(struct way *w)
{
	free(w->actors);
}

static void
way_add(struct search *s, struct way *w, size_t cap, uint32_t actor)
{
	if (s->marks[actor] == s->n_ways || w->n == cap)
		return;
	s->marks[actor] = s->n_ways;
	w->actors[w->n++] = actor;
}

/* The actors that introduce the author of an edge; roots and their keys cannot be removed. */
static void
add_introducers(struct search *s, struct way *w, size_t cap, const struct chain_edge *e)
{
	const struct kith_people *p = s->j->people;
	uint32_t x = s->j->authors[e->author].person;

	if (s->j->authors[e->author].is_source || e->author == s->c->boosted || x == NOBODY)
		return;
	while (s->via[x] != x) {
		if (!kith_people_is_root_key(p, x))
			way_add(s, w, cap, p->persons[x].actor.number);
		x = s->via[x];
	}
}

/* Every actor that the way which was just found needs. */
static int
read_way(struct search *s, struct way *ret_way, struct kith_error *err)
{
	size_t cap = (size_t)s->j->n_actors + 1;
	uint32_t at = s->c->target;
	unsigned i;

	ret_way->actors = kith_calloc(cap, sizeof(*ret_way->actors));
	if (!ret_way->actors)
		return kith_fail_nomem(err);
	ret_way->n = 0;
	s->n_ways++;
	for (; at != NOBODY; at = s->c->via_node[at]) {
		const struct chain_edge *e = &s->c->edges[s->c->via_edge[at]];

		for (i = 0; i < e->n_actors; i++)
			way_add(s, ret_way, cap, e->actors[i]);
		add_introducers(s, ret_way, cap, e);
	}
	return KITH_OK;
}

static void
remove_way(struct search *s, const struct way *w, bool removed)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		set_removed(s, w->actors[i], removed);
}

/*
 * Whether more than `left` ways share no actor: then removing `left` cannot break them all. `way`
 * is the first; it and those that are found are removed for the while.
 */
static int
has_disjoint(struct search *s, const struct way *way, unsigned left, bool *ret_has,
	     struct kith_error *err)
{
	KITH_CLEANUP(way_clear) struct way next = {NULL, 0};
	int r = KITH_OK;

	remove_way(s, way, true);
	*ret_has = holds(s);
	if (*ret_has && left > 1) {
		r = read_way(s, &next, err);
		if (!r)
			r = has_disjoint(s, &next, left - 1, ret_has, err);
	}
	remove_way(s, way, false);
	return r;
}

/*
 * Removes actors of a way in turn. Sets with an actor that was tried before have been looked at
 * then, so he is kept for the rest.
 */
static int
try_each(struct search *s, struct way *way, unsigned left, bool *ret_breaks, struct kith_error *err)
{
	size_t i, tried;
	int r = KITH_OK;

	for (i = 0; i < way->n && !r && !*ret_breaks && s->trials <= s->max_trials; i++) {
		uint32_t a = way->actors[i];

		if (s->kept[a]) {
			way->actors[i] = NOBODY;
			continue;
		}
		s->kept[a] = true;
		set_removed(s, a, true);
		s->cut[s->n_cut++] = a;
		r = breaks(s, left - 1, ret_breaks, err);
		set_removed(s, a, false);
		s->n_cut -= *ret_breaks ? 0 : 1;
	}
	for (tried = i, i = 0; i < tried; i++)
		if (way->actors[i] != NOBODY)
			s->kept[way->actors[i]] = false;
	return r;
}

/* Whether removing at most `left` more actors breaks the approval; s->cut gets them. */
static int
breaks(struct search *s, unsigned left, bool *ret_breaks, struct kith_error *err)
{
	KITH_CLEANUP(way_clear) struct way way = {NULL, 0};
	bool disjoint;
	int r;

	*ret_breaks = !holds(s);
	if (*ret_breaks || !left)
		return KITH_OK;
	r = read_way(s, &way, err);
	if (!r)
		r = has_disjoint(s, &way, left, &disjoint, err);
	if (r || disjoint)
		return r;
	return try_each(s, &way, left, ret_breaks, err);
}

static int
count_criterion(struct search *s, struct independence *ret, struct kith_error *err)
{
	unsigned k;

	s->trials = 0;
	for (k = 1; k < KITH_MAX_INDEPENDENT; k++) {
		bool broken;
		int r;

		s->n_cut = 0;
		r = breaks(s, k, &broken, err);
		if (r)
			return r;
		if (broken || s->trials > s->max_trials) {
			ret->least = !broken;
			break;
		}
	}
	ret->k = k;
	ret->criterion = s->criterion;
	ret->n_cut = ret->least || k == KITH_MAX_INDEPENDENT ? 0 : s->n_cut;
	memcpy(ret->cut, s->cut, sizeof(ret->cut));
	return KITH_OK;
}

int
judge_independence(struct judge *j, struct chain *c, struct independence *ret,
		   struct kith_error *err)
{
	struct independence best = {.k = KITH_MAX_INDEPENDENT + 1}, one;
	KITH_CLEANUP(search_clear) struct search s = {.j = NULL};
	unsigned i;
	int r;

	*ret = (struct independence){.k = 0};
	for (i = 0; i < j->need.n_criteria; i++) {
		ret->criterion = i;
		if (!chain_walk(j, c, &(struct chain_walk){i, false, NULL, NULL}))
			return KITH_OK;
	}
	r = search_init(&s, j, c, err);
	for (i = 0; i < j->need.n_criteria && !r; i++) {
		one = (struct independence){.k = 0};
		s.criterion = i;
		r = count_criterion(&s, &one, err);
		if (!r && one.k < best.k)
			best = one;
	}
	if (!r)
		*ret = best;
	return r;
}
