/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A graph with one more speaker is the same whether the row was put in or everything was built
 * anew; what cannot be put in is built anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "trust/graph.h"
#include "trust/splice.h"
#include "trust_world.h"

static const struct world_shape shape = {4, 12, 3, 1, 3, 3, 3, 0, 30, 30, 1};

/* Somebody whom nobody knows, between the others' keys or behind them. */
static struct kith_id
stranger(uint64_t *rng)
{
	struct kith_id id = {{0}};

	id.bytes[0] = (uint8_t)world_below(rng, WORLD_NAMES + 2);
	id.bytes[1] = 1;
	id.bytes[2] = (uint8_t)world_below(rng, 200);
	return id;
}

static size_t
make_changes(const struct world *w, uint64_t *rng, struct kith_trust_change *c)
{
	struct kith_id from = stranger(rng);
	size_t i, n = 0;

	for (i = 0; i < w->names; i++) {
		if (world_below(rng, 2))
			continue;
		c[n++] = (struct kith_trust_change){KITH_CHANGE_SAY,
						    {.from = from,
						     .to = world_id(w, i),
						     .level = (enum kith_level)world_below(rng, 5),
						     .reach = (enum kith_reach)world_below(rng, 3),
						     .place = i}};
	}
	c[n] = (struct kith_trust_change){KITH_CHANGE_SAY,
					  {.from = from,
					   .to = stranger(rng),
					   .level = KITH_LEVEL_HIGH,
					   .reach = KITH_REACH_REVIEWS}};
	return memcmp(&c[n].statement.to, &from, sizeof(from)) == 0 ? n : n + 1;
}

/* To drop whom nobody knows changes nothing, but is no word that could be put in. */
static void
build_anew(const struct kith_trust_graph *g, struct kith_trust_change *c, size_t n,
	   struct kith_trust_graph **ret)
{
	memset(&c[n], 0, sizeof(c[n]));
	c[n].kind = KITH_CHANGE_DROP;
	memset(c[n].statement.from.bytes, 0xff, KITH_ID_BYTES);
	assert_false(kith_trust_can_splice(g, c, n + 1));
	assert_int_equal(kith_trust_graph_change(g, c, n + 1, ret, NULL), 0);
}

static void
test_same_as_anew(void **state)
{
	struct kith_trust_change c[WORLD_NAMES + 2];
	uint64_t rng = 11;
	unsigned round, spliced = 0;

	(void)state;
	for (round = 0; round < 400; round++) {
		struct kith_trust_graph *g = NULL, *put = NULL, *anew = NULL, *opened = NULL;
		struct world w;
		size_t n;

		world_make(&w, &rng, &shape);
		assert_int_equal(world_graph(&w, &g), 0);
		n = make_changes(&w, &rng, c);
		if (n && kith_trust_can_splice(g, c, n)) {
			spliced++;
			assert_int_equal(kith_trust_splice(g, c, n, &put, NULL), 0);
			build_anew(g, c, n, &anew);
			assert_int_equal(put->blob.len, anew->blob.len);
			assert_int_equal(memcmp(put->blob.ptr, anew->blob.ptr, put->blob.len), 0);
			assert_int_equal(kith_trust_graph_open(put->blob, &opened, NULL), 0);
		}
		kith_trust_graph_free(opened);
		kith_trust_graph_free(anew);
		kith_trust_graph_free(put);
		kith_trust_graph_free(g);
	}
	assert_in_range(spliced, 300, 400);
}

static void
test_what_is_built_anew(void **state)
{
	struct kith_trust_change c[2];
	struct kith_trust_graph *g = NULL;
	struct world w;
	uint64_t rng = 5;

	(void)state;
	world_make(&w, &rng, &shape);
	assert_int_equal(world_graph(&w, &g), 0);
	memset(c, 0, sizeof(c));
	c[0].kind = KITH_CHANGE_SAY;
	c[0].statement.from = stranger(&rng);
	c[0].statement.to = world_id(&w, 0);
	c[0].statement.reach = KITH_REACH_REVIEWS;
	assert_true(kith_trust_can_splice(g, c, 1));
	assert_false(kith_trust_can_splice(g, c, 0));
	c[1] = c[0];
	assert_false(kith_trust_can_splice(g, c, 2)); /* twice about one */
	c[1].statement.to = world_id(&w, 1);
	assert_true(kith_trust_can_splice(g, c, 2));
	c[1].statement.from = world_id(&w, 1);
	assert_false(kith_trust_can_splice(g, c, 2)); /* two who speak */
	c[0].statement.has_until = true;
	assert_false(kith_trust_can_splice(g, c, 1));
	c[0].statement.has_until = false;
	c[0].statement.scope = KITH_SPAN_LIT("cargo:*");
	assert_false(kith_trust_can_splice(g, c, 1));
	c[0].statement.scope = KITH_SPAN_NONE;
	c[0].statement.to = c[0].statement.from;
	assert_false(kith_trust_can_splice(g, c, 1)); /* a revocation */
	c[0].statement.to = world_id(&w, 0);
	c[0].statement.from = world_id(&w, w.said[0].from);
	assert_false(kith_trust_can_splice(g, c, 1)); /* who has spoken already */
	kith_trust_graph_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_as_anew),
	    cmocka_unit_test(test_what_is_built_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
