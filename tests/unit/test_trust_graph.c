/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/trust_world.h"

static struct kith_id
id_of(unsigned n)
{
	struct kith_id id = {{0}};

	id.bytes[0] = (uint8_t)(n >> 8);
	id.bytes[1] = (uint8_t)n;
	return id;
}

static void
say(struct kith_trust_builder *b, unsigned from, unsigned to, enum kith_level level, int64_t at)
{
	struct kith_trust_statement s = {.from = id_of(from),
					 .to = id_of(to),
					 .level = level,
					 .date = {at, 0},
					 .reach = KITH_REACH_DELEGATE,
					 .place = (uint64_t)at + 1};

	assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
}

static struct kith_trust_builder *
builder(void)
{
	struct kith_trust_builder *b = NULL;

	assert_int_equal(kith_trust_builder_new(&b, NULL), 0);
	return b;
}

static struct kith_trust_graph *
seal(struct kith_trust_builder *b)
{
	struct kith_trust_graph *g = NULL;

	assert_int_equal(kith_trust_builder_seal(b, &g, NULL), 0);
	return g;
}

static enum kith_level
level_at(const struct kith_trust_graph *g, enum kith_semantics semantics, unsigned root,
	 unsigned id, int64_t now)
{
	struct kith_id r = id_of(root), x = id_of(id);
	struct kith_trust_question q = {
	    .semantics = semantics, .roots = &r, .n_roots = 1, .now = {now, 0}};
	struct kith_trust_result *res = NULL;
	enum kith_level approve, object;

	assert_int_equal(kith_trust_resolve(g, &q, &res, NULL), 0);
	kith_trust_level(res, &x, &approve, &object);
	kith_trust_result_free(res);
	return approve;
}

static void
test_empty(void **state)
{
	struct kith_trust_graph *g = seal(builder());

	(void)state;
	assert_int_equal(kith_trust_graph_count_ids(g), 0);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 1, 9), KITH_LEVEL_HIGH);
	assert_int_equal(level_at(g, KITH_SEMANTICS_CREV, 1, 1, 9), KITH_LEVEL_HIGH);
	assert_int_equal(level_at(g, KITH_SEMANTICS_CREV, 1, 2, 9), KITH_LEVEL_NONE);
	kith_trust_graph_free(g);
}

/* Whoever asks for a day gets what was said until then; crev knows no days (trust.md N5, 1.1). */
static void
test_dates(void **state)
{
	struct kith_trust_builder *b = builder();
	struct kith_trust_graph *g;

	(void)state;
	say(b, 1, 2, KITH_LEVEL_HIGH, 30);
	say(b, 1, 2, KITH_LEVEL_LOW, 10);
	say(b, 1, 2, KITH_LEVEL_MEDIUM, 20);
	g = seal(b);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 9), KITH_LEVEL_NONE);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 10), KITH_LEVEL_LOW);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 25), KITH_LEVEL_MEDIUM);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 30), KITH_LEVEL_HIGH);
	assert_int_equal(level_at(g, KITH_SEMANTICS_CREV, 1, 2, 9), KITH_LEVEL_HIGH);
	kith_trust_graph_free(g);
}

/* Of equal dates crev takes the one imported last, even if the same was said before. */
static void
test_equal_dates(void **state)
{
	struct kith_trust_builder *b = builder();
	struct kith_trust_graph *g;

	(void)state;
	say(b, 1, 2, KITH_LEVEL_HIGH, 10);
	say(b, 1, 2, KITH_LEVEL_LOW, 10);
	say(b, 1, 2, KITH_LEVEL_HIGH, 10);
	g = seal(b);
	assert_int_equal(kith_trust_graph_count_statements(g), 2);
	assert_int_equal(level_at(g, KITH_SEMANTICS_CREV, 1, 2, 99), KITH_LEVEL_HIGH);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 99), KITH_LEVEL_LOW);
	kith_trust_graph_free(g);
}

static void
test_statements(void **state)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_trust_builder *b = builder();
	struct kith_id over[3] = {id_of(9), id_of(7), id_of(9)};
	struct kith_trust_statement s = {.from = id_of(2),
					 .to = id_of(1),
					 .level = KITH_LEVEL_LOW,
					 .date = {5, 6},
					 .ignores = over,
					 .n_ignores = 3,
					 .reach = KITH_REACH_INTRODUCE,
					 .scope = KITH_SPAN_LIT("cargo:x*"),
					 .has_until = true,
					 .until = {8, 9},
					 .place = 77};
	struct kith_trust_statement got;
	struct kith_trust_graph *g;
	size_t first, end;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
	say(b, 3, 4, KITH_LEVEL_HIGH, 1);
	g = seal(b);
	assert_int_equal(kith_trust_graph_count_ids(g), 6);
	assert_memory_equal(kith_trust_graph_id(g, 0)->bytes, id_of(1).bytes, KITH_ID_BYTES);
	assert_null(kith_trust_graph_id(g, 6));
	assert_true(kith_trust_graph_row(g, &s.from, &first, &end));
	assert_int_equal(end - first, 1);
	assert_int_equal(kith_trust_graph_statement(g, first, &arena, &got, NULL), 0);
	assert_memory_equal(&got.from, &s.from, sizeof(s.from));
	assert_memory_equal(&got.to, &s.to, sizeof(s.to));
	assert_int_equal(got.level, KITH_LEVEL_LOW);
	assert_int_equal(got.date.nsec, 6);
	assert_int_equal(got.n_ignores, 2); /* a set, sorted */
	assert_memory_equal(&got.ignores[0], &over[1], sizeof(*over));
	assert_int_equal(got.reach, KITH_REACH_INTRODUCE);
	assert_true(kith_span_is(got.scope, "cargo:x*"));
	assert_true(got.has_until);
	assert_int_equal(got.until.sec, 8);
	assert_int_equal(got.place, 77);
	assert_int_equal(kith_trust_graph_statement(g, 2, &arena, &got, NULL), KITH_E_NOTFOUND);
	kith_trust_graph_free(g);
}

static void
test_refused(void **state)
{
	static uint8_t scope[KITH_MAX_SCOPE + 1];
	struct kith_trust_builder *b = builder();
	struct kith_trust_statement s = {.from = id_of(1),
					 .to = id_of(2),
					 .level = KITH_LEVEL_LOW,
					 .scope = {scope, sizeof(scope)}};
	struct kith_trust_graph *g;

	(void)state;
	memset(scope, '*', sizeof(scope));
	assert_int_equal(kith_trust_builder_add(b, &s, NULL), KITH_E_LIMIT);
	s.scope.len--;
	assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
	s.level = (enum kith_level)5;
	assert_int_equal(kith_trust_builder_add(b, &s, NULL), KITH_E_USAGE);
	g = seal(b);
	assert_int_equal(kith_trust_graph_count_statements(g), 1);
	kith_trust_graph_free(g);
}

/* Too much by one id: what is in force and newest is kept, the revocation never forgotten (N11). */
static void
test_flood(void **state)
{
	struct kith_trust_builder *b = builder();
	struct kith_trust_graph *g;
	struct kith_id who;
	size_t dropped;
	unsigned i;

	(void)state;
	say(b, 1, 2, KITH_LEVEL_HIGH, 1);
	say(b, 2, 2, KITH_LEVEL_DISTRUST, 3);
	for (i = 0; i < 50; i++)
		say(b, 2, 5, KITH_LEVEL_LOW, 20000 + i);
	for (i = 0; i < KITH_MAX_STATEMENTS_PER_ID + 20; i++)
		say(b, 2, 10 + i, KITH_LEVEL_HIGH, 10 + (int64_t)i);
	g = seal(b);
	assert_int_equal(kith_trust_graph_count_floods(g), 1);
	assert_true(kith_trust_graph_flood(g, 0, &who, &dropped));
	assert_memory_equal(&who, id_of(2).bytes, sizeof(who));
	assert_int_equal(kith_trust_graph_count_statements(g), KITH_MAX_STATEMENTS_PER_ID + 1);
	assert_int_equal(dropped, 1 + 50 + 20); /* one of the fifty is in force */
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 2, 10, 99999), KITH_LEVEL_NONE);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 2, 10 + 10000, 99999), KITH_LEVEL_HIGH);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 2, 5, 99999), KITH_LEVEL_LOW);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 2), KITH_LEVEL_HIGH);
	assert_int_equal(level_at(g, KITH_SEMANTICS_NATIVE, 1, 2, 3), KITH_LEVEL_NONE);
	kith_trust_graph_free(g);
}

/* Each pair of sybils costs crev's algorithm a whole pass more (trust.md D16). */
static void
test_ladder(void **state)
{
	const unsigned pairs = 2000;
	struct kith_trust_builder *b = builder();
	struct kith_id root = id_of(1);
	struct kith_trust_question q = {
	    .semantics = KITH_SEMANTICS_CREV, .roots = &root, .n_roots = 1};
	struct kith_crev_params many = kith_crev_default;
	struct kith_trust_result *r = NULL;
	struct kith_trust_graph *g;
	struct kith_error err;
	unsigned i;

	(void)state;
	say(b, 1, 2, KITH_LEVEL_MEDIUM, 0);
	for (i = 0; i < pairs; i++) {
		struct kith_id sybil = id_of(10000 + i + 1);
		struct kith_trust_statement s = {.from = id_of(100 + i),
						 .to = id_of(100 + i + 1),
						 .level = KITH_LEVEL_MEDIUM,
						 .ignores = &sybil,
						 .n_ignores = 1,
						 .reach = KITH_REACH_DELEGATE};

		say(b, 2, 100 + i, KITH_LEVEL_MEDIUM, 0);
		say(b, 2, 10000 + i, KITH_LEVEL_LOW, 0);
		say(b, 10000 + i, 100 + i, KITH_LEVEL_DISTRUST, 0);
		assert_int_equal(kith_trust_builder_add(b, &s, NULL), 0);
	}
	g = seal(b);
	assert_int_equal(kith_trust_resolve(g, &q, &r, &err), KITH_E_LIMIT);
	assert_non_null(strstr(err.msg, "1000 passes"));
	many.max_passes = pairs + 5;
	q.crev = &many;
#ifndef KITH_SANITIZED
	assert_int_equal(kith_trust_resolve(g, &q, &r, &err), 0);
	assert_true(kith_trust_passes(r) >= pairs);
	kith_trust_result_free(r);
#endif
	q.semantics = KITH_SEMANTICS_NATIVE;
	assert_int_equal(kith_trust_resolve(g, &q, &r, &err), 0);
	kith_trust_result_free(r);
	kith_trust_graph_free(g);
}

static void
test_parameters(void **state)
{
	struct kith_trust_graph *g = seal(builder());
	struct kith_id root = id_of(1), many[KITH_MAX_TRUST_ROOTS + 1];
	struct kith_native_params native = kith_native_default;
	struct kith_crev_params crev = kith_crev_default;
	struct kith_trust_question q = {
	    .roots = &root, .n_roots = 1, .native = &native, .crev = &crev};
	struct kith_trust_result *r = NULL;
	unsigned i;

	(void)state;
	native.budget = 251;
	assert_int_equal(kith_trust_resolve(g, &q, &r, NULL), KITH_E_USAGE);
	native = (struct kith_native_params){12, 2, 1, 4, false, false};
	assert_int_equal(kith_trust_resolve(g, &q, &r, NULL), KITH_E_USAGE);
	native = kith_native_default;
	for (i = 0; i <= KITH_MAX_TRUST_ROOTS; i++)
		many[i] = id_of(i + 1);
	q.roots = many;
	q.n_roots = KITH_MAX_TRUST_ROOTS + 1;
	assert_int_equal(kith_trust_resolve(g, &q, &r, NULL), KITH_E_LIMIT);
	q.n_roots = 1;
	q.semantics = KITH_SEMANTICS_CREV;
	crev.cost[KITH_LEVEL_LOW] = UINT64_MAX;
	assert_int_equal(kith_trust_resolve(g, &q, &r, NULL), KITH_E_USAGE);
	q.semantics = KITH_SEMANTICS_VET;
	assert_int_equal(kith_trust_resolve(g, &q, &r, NULL), KITH_E_USAGE);
	assert_null(r);
	kith_trust_graph_free(g);
}

/* --- the graph as bytes --- */

static const struct world_shape wild = {6, 20, 3, 1, 3, 3, 3, 30, 30, 30, 2};

static void
same_answers(const struct kith_trust_graph *a, const struct kith_trust_graph *b,
	     enum kith_semantics semantics)
{
	unsigned root, i;

	for (root = 1; root < 4; root++) {
		struct kith_id r = {{(uint8_t)root}}, x = {{0}};
		struct kith_trust_question q = {
		    .semantics = semantics, .roots = &r, .n_roots = 1, .now = {WORLD_NOW, 0}};
		struct kith_trust_result *ra = NULL, *rb = NULL;
		enum kith_level l[4];

		assert_int_equal(kith_trust_resolve(a, &q, &ra, NULL), 0);
		assert_int_equal(kith_trust_resolve(b, &q, &rb, NULL), 0);
		for (i = 0; i < 26; i++) {
			x.bytes[0] = (uint8_t)i;
			kith_trust_level(ra, &x, &l[0], &l[1]);
			kith_trust_level(rb, &x, &l[2], &l[3]);
			assert_int_equal(l[0], l[2]);
			assert_int_equal(l[1], l[3]);
		}
		kith_trust_result_free(ra);
		kith_trust_result_free(rb);
	}
}

static void
test_bytes(void **state)
{
	uint64_t rng = 4711;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		KITH_AUTO_BUF struct kith_buf first, second;
		struct kith_trust_graph *g = NULL, *opened = NULL;
		struct world w;

		kith_buf_init(&first, KITH_MIB(1));
		kith_buf_init(&second, KITH_MIB(1));
		world_make(&w, &rng, &wild);
		assert_int_equal(world_graph(&w, &g), 0);
		assert_int_equal(kith_trust_graph_write(g, &first, NULL), 0);
		assert_int_equal(kith_trust_graph_open(kith_buf_span(&first), &opened, NULL), 0);
		assert_int_equal(kith_trust_graph_write(opened, &second, NULL), 0);
		assert_int_equal(first.len, second.len);
		assert_memory_equal(first.ptr, second.ptr, first.len);
		same_answers(g, opened, KITH_SEMANTICS_CREV);
		same_answers(g, opened, KITH_SEMANTICS_NATIVE);
		kith_trust_graph_free(opened);
		kith_trust_graph_free(g);
	}
}

/* Any damage is refused or misread, and the sanitizers see no bad access. */
static void
test_damage(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	uint64_t rng = 12;
	struct kith_trust_graph *g = NULL;
	struct world w;
	size_t i, opened = 0;
	uint8_t flip;

	(void)state;
	kith_buf_init(&b, KITH_MIB(1));
	world_make(&w, &rng, &wild);
	assert_int_equal(world_graph(&w, &g), 0);
	assert_int_equal(kith_trust_graph_write(g, &b, NULL), 0);
	kith_trust_graph_free(g);
	for (i = 0; i < b.len; i += 1 + i / 100) {
		g = NULL;
		assert_int_equal(kith_trust_graph_open(kith_span(b.ptr, i), &g, NULL),
				 KITH_E_FORMAT);
		flip = (uint8_t)(1 + world_below(&rng, 255));
		b.ptr[i] ^= flip;
		if (kith_trust_graph_open(kith_buf_span(&b), &g, NULL) == 0) {
			opened++;
			same_answers(g, g, KITH_SEMANTICS_CREV);
			same_answers(g, g, KITH_SEMANTICS_NATIVE);
			kith_trust_graph_free(g);
		}
		b.ptr[i] ^= flip;
	}
	assert_true(opened > 0);
	assert_int_equal(kith_trust_graph_open(kith_span(b.ptr + 1, b.len - 1), &g, NULL),
			 KITH_E_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),       cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_equal_dates), cmocka_unit_test(test_statements),
	    cmocka_unit_test(test_refused),     cmocka_unit_test(test_flood),
	    cmocka_unit_test(test_ladder),      cmocka_unit_test(test_parameters),
	    cmocka_unit_test(test_bytes),       cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
