/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs of hundreds of ids, too large for the models: the quick ways through them against the
 * thorough ones, which a log (crev mode) and a statement elsewhere that limits reach (native) ask
 * for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "trust/trust.h"

#define IDS        400
#define GRAPHS     60
#define STATEMENTS 3000

static uint64_t
next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static unsigned
below(uint64_t *state, unsigned n)
{
	return (unsigned)(next(state) % n);
}

static struct kith_id
key(unsigned i)
{
	struct kith_id id = {{0}};

	id.bytes[0] = (uint8_t)(i * 151 % 251); /* not in order of i */
	id.bytes[1] = (uint8_t)(i >> 8);
	id.bytes[2] = (uint8_t)i;
	return id;
}

struct graph_shape {
	unsigned distrust; /* of 1,000 statements */
	unsigned ignores;  /* of 1,000 statements */
	bool limited;      /* two strangers limit each other's reach */
};

static void
make(uint64_t seed, const struct graph_shape *shape, struct kith_trust_graph **ret_graph)
{
	struct kith_trust_builder *b;
	struct kith_id over[2];
	unsigned i;

	assert_int_equal(kith_trust_builder_new(&b, NULL), 0);
	for (i = 0; i < STATEMENTS; i++) {
		/* half of all statements are about few */
		unsigned to = below(&seed, below(&seed, 2) ? IDS : 40);
		struct kith_trust_statement s = {.from = key(below(&seed, IDS)),
						 .to = key(to),
						 .level = 1 + below(&seed, 4),
						 .reach = KITH_REACH_DELEGATE,
						 .date = {below(&seed, 3), 0}};

		if (below(&seed, 1000) < shape->distrust)
			s.level = KITH_LEVEL_DISTRUST;
		over[0] = key(below(&seed, IDS));
		over[1] = key(below(&seed, IDS));
		s.ignores = over;
		s.n_ignores = below(&seed, 1000) < shape->ignores ? 2 : 0;
		assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
	}
	if (shape->limited) {
		struct kith_trust_statement s = {
		    .from = key(IDS), .to = key(IDS + 1), .level = KITH_LEVEL_HIGH};

		assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
	}
	assert_int_equal(kith_trust_builder_seal(b, ret_graph, NULL), 0);
}

static void
ignore_pass(void *ctx, unsigned number)
{
	(void)number;
	++*(size_t *)ctx;
}

static void
ignore_edge(void *ctx, const struct kith_crev_edge *edge)
{
	(void)ctx;
	(void)edge;
}

/* Costs of every order; a distance decides only if it can be too far. */
static struct kith_crev_params
params_of(uint64_t *seed)
{
	struct kith_crev_params p = kith_crev_default;
	size_t i;

	if (below(seed, 3) == 0)
		return p;
	p.max = 1 + below(seed, 30);
	for (i = 0; i < KITH_LEVEL_COUNT; i++)
		p.cost[i] = below(seed, 9);
	return p;
}

static void
compare_crev(const struct kith_trust_graph *g, const struct kith_trust_question *q, size_t *banned)
{
	size_t passes = 0, i;
	const struct kith_crev_log log = {.ctx = &passes, .pass = ignore_pass, .edge = ignore_edge};
	struct kith_trust_result *a, *b;

	assert_int_equal(kith_trust_resolve(g, q, &a, NULL), 0);
	assert_int_equal(kith_trust_resolve_logged(g, q, &log, &b, NULL), 0);
	assert_int_equal(kith_trust_passes(a), passes);
	assert_int_equal(kith_trust_passes(b), passes);
	for (i = 0; i < kith_trust_graph_count_ids(g); i++) {
		const struct kith_id *id = kith_trust_graph_id(g, i);
		enum kith_level x[2], y[2];
		uint64_t dx = 0, dy = 0;
		struct kith_id bx = {{0}}, by = {{0}};

		kith_trust_level(a, id, &x[0], &x[1]);
		kith_trust_level(b, id, &y[0], &y[1]);
		assert_int_equal(x[0], y[0]);
		assert_int_equal(kith_trust_member(a, id, &dx), kith_trust_member(b, id, &dy));
		assert_int_equal(dx, dy);
		assert_int_equal(kith_trust_banned(a, id, &bx), kith_trust_banned(b, id, &by));
		assert_memory_equal(&bx, &by, sizeof(bx));
		*banned += kith_trust_banned(a, id, NULL);
	}
	kith_trust_result_free(a);
	kith_trust_result_free(b);
}

static void
test_crev(void **state)
{
	size_t banned = 0;
	unsigned i;

	(void)state;
	for (i = 0; i < GRAPHS; i++) {
		const struct graph_shape shape = {.distrust = i % 3 * 20, .ignores = i % 2 * 30};
		uint64_t seed = i;
		struct kith_crev_params params = params_of(&seed);
		struct kith_id root = key(below(&seed, IDS));
		struct kith_trust_question q = {.semantics = KITH_SEMANTICS_CREV,
						.roots = &root,
						.n_roots = 1,
						.now = {9, 0},
						.crev = &params};
		struct kith_trust_graph *g;

		make(i, &shape, &g);
		compare_crev(g, &q, &banned);
		kith_trust_graph_free(g);
	}
	assert_true(banned > 100);
}

static void
compare_native(const struct kith_trust_graph *ga, const struct kith_trust_graph *gb,
	       const struct kith_trust_question *q, size_t *trusted, size_t *objecting)
{
	struct kith_trust_result *a, *b;
	size_t i, at;

	assert_int_equal(kith_trust_resolve(ga, q, &a, NULL), 0);
	assert_int_equal(kith_trust_resolve(gb, q, &b, NULL), 0);
	for (i = 0; i < kith_trust_graph_count_ids(ga); i++) {
		struct kith_trust_person x, y;

		assert_true(kith_trust_person_find(b, kith_trust_graph_id(ga, i), &at));
		kith_trust_person(a, i, &x);
		kith_trust_person(b, at, &y);
		assert_int_equal(x.approve, y.approve);
		assert_int_equal(x.object, y.object);
		assert_int_equal(x.budget, y.budget);
		assert_int_equal(x.object_budget, y.object_budget);
		assert_int_equal(x.blocked, y.blocked);
		*trusted += x.approve >= KITH_LEVEL_LOW;
		*objecting += x.object > x.approve;
	}
	kith_trust_result_free(a);
	kith_trust_result_free(b);
}

static void
test_native(void **state)
{
	static const struct kith_native_params wide = {250, 1, 1, 2, false, false};
	static const struct kith_native_params free_of_charge = {3, 0, 0, 1, false, false};
	size_t trusted = 0, objecting = 0;
	unsigned i;

	(void)state;
	for (i = 0; i < GRAPHS; i++) {
		struct graph_shape shape = {.distrust = i % 3 * 20, .ignores = i % 2 * 30};
		uint64_t seed = i;
		struct kith_id root = key(below(&seed, IDS));
		struct kith_trust_question q = {
		    .roots = &root, .n_roots = 1, .now = {i % 2 ? 2 : 9, 0}};
		struct kith_trust_graph *a, *b;

		q.native = i % 3 == 0 ? NULL : i % 3 == 1 ? &wide : &free_of_charge;
		make(i, &shape, &a);
		shape.limited = true;
		make(i, &shape, &b);
		compare_native(a, b, &q, &trusted, &objecting);
		kith_trust_graph_free(a);
		kith_trust_graph_free(b);
	}
	assert_true(trusted > (size_t)GRAPHS * IDS / 4);
	assert_true(objecting > 10);
}

/* Dates come back whole, also those that are kept apart while a graph is built, and none at all. */
static void
test_dates(void **state)
{
	static const struct kith_time dates[] = {
	    {0, 0},          {-62135596800, 1},       {-4294967297, 999999999}, {-4294967296, 0},
	    {-1, 999999999}, {4294967295, 999999999}, {4294967296, 0},          {253402300799, 7}};
	struct kith_trust_builder *b;
	struct kith_trust_graph *g;
	struct kith_trust_statement s;
	size_t i, n = sizeof(dates) / sizeof(dates[0]), first, end;
	struct kith_id from;

	(void)state;
	assert_int_equal(kith_trust_builder_new(&b, NULL), 0);
	for (i = 0; i < n; i++) {
		s = (struct kith_trust_statement){.from = key((unsigned)(n - i)),
						  .to = key(100),
						  .level = KITH_LEVEL_LOW,
						  .reach = KITH_REACH_DELEGATE,
						  .date = dates[i],
						  .place = i * 3};
		assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
	}
	assert_int_equal(kith_trust_builder_seal(b, &g, NULL), 0);
	for (i = 0; i < n; i++) {
		from = key((unsigned)(n - i));
		assert_true(kith_trust_graph_row(g, &from, &first, &end));
		assert_int_equal(end - first, 1);
		assert_int_equal(kith_trust_graph_statement(g, first, NULL, &s, NULL), 0);
		assert_true(s.date.sec == dates[i].sec);
		assert_int_equal(s.date.nsec, dates[i].nsec);
		assert_int_equal(s.place, i * 3);
	}
	kith_trust_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_crev),
	    cmocka_unit_test(test_native),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
