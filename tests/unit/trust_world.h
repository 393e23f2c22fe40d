/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random small trust graphs for property tests: a world is a list of statements over few names,
 * asked in either policy, under any assignment of key bytes to names. Same seed, same world.
 */
#ifndef KITH_TEST_TRUST_WORLD_H
#define KITH_TEST_TRUST_WORLD_H

#include "base/base.h"
#include "trust/trust.h"

#define WORLD_NAMES      24
#define WORLD_STATEMENTS 96
#define WORLD_NOW        1000

struct said {
	uint8_t from, to, level, reach;
	uint8_t over[3], n_over;
	int64_t at, until; /* until 0: for ever */
};

struct world {
	size_t names, n;
	struct said said[WORLD_STATEMENTS];
	uint8_t key[WORLD_NAMES]; /* rank of the key bytes of a name */
	uint8_t roots[8];
	size_t n_roots;
	unsigned threshold;
	uint8_t cap[WORLD_NAMES]; /* level, HIGH for none */
	struct kith_native_params native;
	struct kith_crev_params crev;
};

/* By name. */
struct answer {
	struct kith_trust_graph *g;
	struct kith_trust_result *r;
	uint8_t approve[WORLD_NAMES], object[WORLD_NAMES];
	uint64_t distance[WORLD_NAMES]; /* crev mode; UINT64_MAX: no member */
	uint32_t person[WORLD_NAMES];
};

static uint64_t
world_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static unsigned
world_below(uint64_t *state, unsigned n)
{
	return (unsigned)(world_random(state) % n);
}

static struct kith_id
world_id(const struct world *w, size_t name)
{
	struct kith_id id = {{0}};

	id.bytes[0] = (uint8_t)(w->key[name] + 1);
	return id;
}

/* Whether the author has said something about the target. */
static inline bool
world_has(const struct world *w, unsigned from, unsigned to)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->said[i].from == from && w->said[i].to == to)
			return true;
	return false;
}

struct world_shape {
	unsigned names_min, names_max;
	unsigned distrust, none, low, medium, high; /* weights */
	unsigned over, reach, dated;                /* in 100 */
	unsigned roots;
};

static unsigned
world_level(uint64_t *rng, const struct world_shape *s)
{
	const unsigned weights[5] = {s->distrust, s->none, s->low, s->medium, s->high};
	unsigned x = world_below(rng, s->distrust + s->none + s->low + s->medium + s->high);
	unsigned level = 0;

	while (x >= weights[level])
		x -= weights[level++];
	return level;
}

static struct said
world_statement(uint64_t *rng, const struct world *w, const struct world_shape *s)
{
	struct said x = {.from = (uint8_t)world_below(rng, (unsigned)w->names),
			 .to = (uint8_t)world_below(rng, (unsigned)w->names),
			 .level = (uint8_t)world_level(rng, s),
			 .reach = KITH_REACH_DELEGATE};

	if (world_below(rng, 100) < s->reach && x.level)
		x.reach = (uint8_t)world_below(rng, 3);
	if (world_below(rng, 100) < s->over) {
		x.n_over = (uint8_t)(1 + world_below(rng, 3));
		x.over[0] = (uint8_t)world_below(rng, (unsigned)w->names);
		x.over[1] = (uint8_t)world_below(rng, (unsigned)w->names);
		x.over[2] = (uint8_t)world_below(rng, (unsigned)w->names);
	}
	if (world_below(rng, 100) < s->dated) {
		x.at = world_below(rng, WORLD_NOW + 20);
		x.until = world_below(rng, 3) ? 0 : WORLD_NOW - 3 + world_below(rng, 6);
	}
	return x;
}

/*
 * One statement a pair, but with `dated` some are said anew on other days: which of equal dates is
 * in force depends on ignore lists, which are compared by key bytes.
 */
static inline void
world_make(struct world *w, uint64_t *rng, const struct world_shape *s)
{
	size_t want, i;

	memset(w, 0, sizeof(*w));
	w->names = s->names_min + world_below(rng, s->names_max - s->names_min + 1);
	w->n_roots = s->roots;
	w->threshold = 1;
	for (i = 0; i < s->roots; i++)
		w->roots[i] = (uint8_t)i;
	for (i = 0; i < WORLD_NAMES; i++) {
		w->key[i] = (uint8_t)i;
		w->cap[i] = KITH_LEVEL_HIGH;
	}
	want = w->names + world_below(rng, (unsigned)w->names * 3);
	want = want > WORLD_STATEMENTS - 24 ? WORLD_STATEMENTS - 24 : want;
	for (i = 0; i < want; i++) {
		struct said x = world_statement(rng, w, s);

		if (world_has(w, x.from, x.to)) {
			if (!s->dated)
				continue;
			x.at = 1 + (int64_t)i; /* other days than those of single statements */
			x.n_over = 0;
		}
		w->said[w->n++] = x;
	}
	w->native = kith_native_default;
	if (world_below(rng, 2))
		w->native =
		    (struct kith_native_params){3 + world_below(rng, 4), 1, 2, 3, false, false};
	w->crev = kith_crev_default;
	if (world_below(rng, 2))
		w->crev = (struct kith_crev_params){5, {6, 6, 1, 1, 1}, 0};
}

static inline int
world_graph(const struct world *w, struct kith_trust_graph **ret)
{
	struct kith_trust_builder *b;
	struct kith_error err;
	size_t i, k;

	if (kith_trust_builder_new(&b, &err))
		return -1;
	for (i = 0; i < w->n; i++) {
		const struct said *x = &w->said[i];
		struct kith_id over[3];
		struct kith_trust_statement s = {.from = world_id(w, x->from),
						 .to = world_id(w, x->to),
						 .level = (enum kith_level)x->level,
						 .date = {x->at, 0},
						 .ignores = over,
						 .n_ignores = x->n_over,
						 .reach = (enum kith_reach)x->reach,
						 .has_until = x->until != 0,
						 .until = {x->until, 0},
						 .place = i + 1};

		for (k = 0; k < x->n_over; k++)
			over[k] = world_id(w, x->over[k]);
		if (kith_trust_builder_add(b, &s, &err)) {
			kith_trust_builder_free(b);
			return -1;
		}
	}
	return kith_trust_builder_seal(b, ret, &err);
}

static inline void
world_forget(struct answer *a)
{
	kith_trust_result_free(a->r);
	kith_trust_graph_free(a->g);
	memset(a, 0, sizeof(*a));
}

static inline int
world_ask(const struct world *w, enum kith_semantics semantics, struct answer *a)
{
	struct kith_id roots[8];
	struct kith_trust_cap caps[WORLD_NAMES];
	struct kith_trust_question q = {.semantics = semantics,
					.roots = roots,
					.n_roots = w->n_roots,
					.threshold = w->threshold,
					.now = {WORLD_NOW, 0},
					.native = &w->native,
					.crev = &w->crev,
					.caps = caps};
	struct kith_error err;
	size_t i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < w->n_roots; i++)
		roots[i] = world_id(w, w->roots[i]);
	for (i = 0; i < w->names; i++)
		if (w->cap[i] != KITH_LEVEL_HIGH)
			caps[q.n_caps++] =
			    (struct kith_trust_cap){world_id(w, i), (enum kith_level)w->cap[i]};
	if (world_graph(w, &a->g) || kith_trust_resolve(a->g, &q, &a->r, &err)) {
		world_forget(a);
		return -1;
	}
	for (i = 0; i < w->names; i++) {
		struct kith_id id = world_id(w, i);
		enum kith_level approve, object;
		size_t person;

		kith_trust_level(a->r, &id, &approve, &object);
		a->approve[i] = (uint8_t)approve;
		a->object[i] = (uint8_t)object;
		a->distance[i] = UINT64_MAX;
		kith_trust_member(a->r, &id, &a->distance[i]);
		a->person[i] =
		    kith_trust_person_find(a->r, &id, &person) ? (uint32_t)person : UINT32_MAX;
	}
	return 0;
}

/* Independent ways to a set of names, given as bits. SIZE_MAX on failure. */
static inline size_t
world_ways(const struct world *w, const struct answer *a, enum kith_level level, uint32_t names)
{
	struct kith_trust_ways *ways;
	uint32_t list[WORLD_NAMES];
	size_t i, n = 0, count = SIZE_MAX;

	if (kith_trust_ways_new(a->r, level, &ways, NULL))
		return SIZE_MAX;
	for (i = 0; i < w->names; i++)
		if ((names >> i & 1) && a->person[i] != UINT32_MAX)
			list[n++] = a->person[i];
	if (kith_trust_ways_count(ways, list, n, 0, &count, NULL))
		count = SIZE_MAX;
	kith_trust_ways_free(ways);
	return count;
}

#endif
