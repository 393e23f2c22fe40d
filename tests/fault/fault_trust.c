/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation fails once of: building and sealing a graph, resolving it either way, counting
 * ways, explaining, changing. Each ends in an error without output, or in the whole answer.
 */
#include "fault/wrap.h"
#include "trust/explain.h"
#include "unit/trust_world.h"

struct outcome {
	int r;
	uint64_t sum; /* of everything that was answered */
};

static void
add(struct outcome *o, uint64_t x)
{
	o->sum = (o->sum ^ x) * 0x9e3779b97f4a7c15ULL;
}

static void
result_freep(struct kith_trust_result **r)
{
	kith_trust_result_free(*r);
}

static void
graph_freep(struct kith_trust_graph **g)
{
	kith_trust_graph_free(*g);
}

static void
ways_freep(struct kith_trust_ways **w)
{
	kith_trust_ways_free(*w);
}

static int
sum_ways(const struct kith_trust_result *res, struct kith_arena *arena, struct outcome *o,
	 struct kith_error *err)
{
	KITH_CLEANUP(ways_freep) struct kith_trust_ways *ways = NULL;
	struct kith_trust_ways_found found = {.count = 0};
	const struct kith_trust_carrier *carriers = NULL;
	const struct kith_trust_link *links = NULL;
	const struct kith_trust_doubt *doubts = NULL;
	uint32_t all[WORLD_NAMES];
	size_t n = kith_trust_count_persons(res), i, count = 0;
	int r = kith_trust_ways_new(res, KITH_LEVEL_LOW, &ways, err);

	for (i = 0; i < n && i < WORLD_NAMES; i++)
		all[i] = (uint32_t)i;
	if (!r)
		r = kith_trust_ways_find(ways, all, i, arena, &found, err);
	add(o, found.count);
	if (!r)
		r = kith_trust_ways_carriers(ways, arena, &carriers, &count, err);
	add(o, count);
	if (!r)
		r = kith_trust_links(res, KITH_LEVEL_LOW, arena, &links, &count, err);
	add(o, count);
	if (!r)
		r = kith_trust_doubts(res, arena, &doubts, &count, err);
	add(o, count);
	return r;
}

static int
sum_native(const struct kith_trust_graph *g, const struct world *w, struct outcome *o,
	   struct kith_error *err)
{
	KITH_CLEANUP(result_freep) struct kith_trust_result *res = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_id root = world_id(w, 0);
	struct kith_trust_question q = {.roots = &root, .n_roots = 1, .now = {WORLD_NOW, 0}};
	struct kith_trust_explanation x = {.n_vouchers = 0};
	size_t i;
	int r = kith_trust_resolve(g, &q, &res, err);

	kith_arena_init(&arena, KITH_MIB(4));
	if (r)
		return res ? KITH_E_INTERNAL : r;
	r = sum_ways(res, &arena, o, err);
	for (i = 0; i < w->names && !r; i++) {
		struct kith_id id = world_id(w, i);

		r = kith_trust_explain(g, &q, res, &id, &arena, &x, err);
		add(o, (uint64_t)x.facts.approve + x.path.n * 8 + x.n_without * 64 + x.obstacle);
	}
	return r;
}

static int
sum_crev(const struct kith_trust_graph *g, const struct world *w, struct outcome *o,
	 struct kith_error *err)
{
	KITH_CLEANUP(result_freep) struct kith_trust_result *res = NULL;
	struct kith_id root = world_id(w, 0);
	struct kith_trust_question q = {
	    .semantics = KITH_SEMANTICS_CREV, .roots = &root, .n_roots = 1};
	size_t i;
	int r = kith_trust_resolve(g, &q, &res, err);

	if (r)
		return res ? KITH_E_INTERNAL : r;
	for (i = 0; i < w->names; i++) {
		struct kith_id id = world_id(w, i);
		enum kith_level a, b;

		kith_trust_level(res, &id, &a, &b);
		add(o, (uint64_t)a);
	}
	return KITH_OK;
}

static struct outcome
work(const struct world *w)
{
	KITH_CLEANUP(graph_freep) struct kith_trust_graph *g = NULL;
	KITH_CLEANUP(graph_freep) struct kith_trust_graph *changed = NULL;
	struct kith_trust_change change = {KITH_CHANGE_DROP, {.from = world_id(w, 1)}};
	struct kith_trust_change more = {KITH_CHANGE_SAY, {.from = {{0xfe}}, .to = world_id(w, 1)}};
	struct outcome o = {0, 0};
	struct kith_error err;

	o.r = world_graph(w, &g);
	if (!o.r)
		o.r = sum_native(g, w, &o, &err);
	if (!o.r)
		o.r = sum_crev(g, w, &o, &err);
	if (!o.r)
		o.r = kith_trust_graph_change(g, &change, 1, &changed, &err);
	if (!o.r)
		add(&o, kith_trust_graph_count_statements(changed));
	kith_trust_graph_free(changed);
	changed = NULL;
	if (!o.r)
		o.r = kith_trust_graph_change(g, &more, 1, &changed, &err);
	if (!o.r)
		add(&o, kith_trust_graph_count_statements(changed));
	return o;
}

int
main(void)
{
	static const struct world_shape shape = {8, 8, 3, 1, 3, 3, 3, 40, 30, 30, 1};
	struct outcome want, got;
	struct world w;
	uint64_t rng = 3;
	size_t n;

	world_make(&w, &rng, &shape);
	want = work(&w);
	if (want.r || !want.sum) {
		fprintf(stderr, "does not work at all: %d\n", want.r);
		return 1;
	}
	for (n = 1;; n++) {
		fault_arm(n);
		got = work(&w);
		if (!fault_hit())
			break;
		fault_arm(0);
		/* the helper of worlds has but one code */
		if (got.r != KITH_E_NOMEM && got.r != -1 && (got.r || got.sum != want.sum)) {
			fprintf(stderr, "allocation %zu: %d\n", n, got.r);
			return 1;
		}
	}
	printf("%zu allocations failed one by one\n", n - 1);
	return got.r || got.sum != want.sum || n < 100;
}
