/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations and what-ifs of small graphs written as `.wot` text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases/wot_read.c"
#include "cases/wot_graph.c"
#include "trust/explain.h"

struct scene {
	struct wot w;
	struct kith_arena arena;
	struct kith_id *keys;
	struct kith_native_params params;
	struct kith_trust_question q;
	struct kith_trust_graph *g;
	struct kith_trust_result *r;
};

static void
open_scene(struct scene *s, const char *text, const char *subject)
{
	struct kith_error err;

	memset(s, 0, sizeof(*s));
	wot_init(&s->w);
	kith_arena_init(&s->arena, KITH_MIB(4));
	assert_int_equal(wot_read(&s->w, kith_span_str(text), &err), 0);
	s->keys = wot_keys(&s->w, false);
	assert_int_equal(wot_graph(&s->w, s->keys, &s->g, &err), 0);
	assert_int_equal(wot_question(&s->w, s->keys, &s->params, &s->q, &err), 0);
	s->q.subject = kith_span_str(subject);
	assert_int_equal(kith_trust_resolve(s->g, &s->q, &s->r, &err), 0);
}

static void
close_scene(struct scene *s)
{
	kith_trust_result_free(s->r);
	kith_trust_graph_free(s->g);
	kith_arena_clear(&s->arena);
	wot_clear(&s->w);
}

static struct kith_id
id_named(const struct scene *s, const char *name)
{
	size_t i;

	assert_true(kith_map_get(&s->w.names, kith_span_str(name), &i));
	return s->keys[i];
}

static const char *
name_of(const struct scene *s, uint32_t person)
{
	static char name[64];
	size_t i;

	if (person == KITH_NO_PERSON)
		return "-";
	for (i = 0; i < s->w.names.count; i++)
		if (memcmp(&s->keys[i], kith_trust_person_id(s->r, person), 32) == 0)
			snprintf(name, sizeof(name), "%.*s",
				 KITH_SPAN_FMT(s->w.names.entries[i].key));
	return name;
}

static struct kith_trust_explanation
explain(struct scene *s, const char *name)
{
	struct kith_trust_explanation x;
	struct kith_id id = id_named(s, name);

	memset(&x, 0, sizeof(x));
	assert_int_equal(kith_trust_explain(s->g, &s->q, s->r, &id, &s->arena, &x, NULL), 0);
	return x;
}

/* "B:medium/9 C:low/5": where each step leads. */
static void
assert_path(const struct scene *s, const struct kith_trust_path *p, const char *want)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_KIB(4));
	for (i = 0; i < p->n; i++)
		kith_buf_printf(&b, "%s%s:%s/%u", i ? " " : "", name_of(s, p->steps[i].to),
				kith_level_name(p->steps[i].level), p->steps[i].budget);
	assert_string_equal(kith_buf_str(&b), want);
}

static void
assert_persons(const struct scene *s, const uint32_t *persons, size_t n, const char *want)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_KIB(4));
	for (i = 0; i < n; i++)
		kith_buf_printf(&b, "%s%s", i ? " " : "", name_of(s, persons[i]));
	assert_string_equal(kith_buf_str(&b), want);
}

static void
test_chain(void **state)
{
	struct kith_trust_explanation x;
	struct scene s;

	(void)state;
	open_scene(&s, "root A\ntrust A B high\ntrust B C medium\ntrust C D high\ntrust D E low\n",
		   "");
	x = explain(&s, "E");
	assert_int_equal(x.facts.approve, KITH_LEVEL_LOW);
	assert_path(&s, &x.path, "B:high/11 C:medium/9 D:medium/7 E:low/3");
	assert_int_equal(x.path.steps[2].stated, KITH_LEVEL_HIGH);
	assert_int_equal(x.n_limits, 1);
	assert_int_equal(x.limits[0], 3);
	assert_int_equal(x.raised, KITH_LEVEL_MEDIUM);
	assert_false(x.limited_by_cap);
	assert_true(x.has_bottleneck);
	assert_int_equal(x.bottleneck.introductions, 1);
	assert_persons(&s, x.bottleneck.dominators, x.bottleneck.n_dominators, "B C D");
	assert_int_equal(x.n_without, 3);
	assert_int_equal(x.without[0].level, KITH_LEVEL_NONE);
	assert_int_equal(x.obstacle, KITH_OBSTACLE_NONE);
	assert_int_equal(x.expires, x.path.n);
	x = explain(&s, "A");
	assert_true(x.facts.root);
	assert_int_equal(x.path.n, 0);
	assert_false(x.has_bottleneck);
	close_scene(&s);
}

static void
test_two_ways(void **state)
{
	struct kith_trust_explanation x;
	struct scene s;

	(void)state;
	open_scene(&s,
		   "root A\ntrust A B high\ntrust A C medium\ntrust B X high until 50\n"
		   "trust C X high\nnow 10\ncap Y low\ntrust X Y high\n",
		   "");
	x = explain(&s, "X");
	assert_path(&s, &x.path, "B:high/11 X:high/10");
	assert_int_equal(x.n_limits, 0);
	assert_int_equal(x.bottleneck.introductions, 1); /* C is too low at this level */
	assert_int_equal(x.n_without, 1);
	assert_int_equal(x.without[0].level, KITH_LEVEL_MEDIUM);
	assert_int_equal(x.expires, 1);
	assert_int_equal(x.expiry.sec, 50);
	assert_int_equal(x.n_vouchers, 2);
	assert_string_equal(name_of(&s, x.vouchers[0].person), "B");
	x = explain(&s, "Y");
	assert_int_equal(x.facts.approve, KITH_LEVEL_LOW);
	assert_true(x.limited_by_cap);
	assert_int_equal(x.facts.cap, KITH_LEVEL_LOW);
	assert_int_equal(x.bottleneck.introductions, 1);
	assert_persons(&s, x.bottleneck.dominators, x.bottleneck.n_dominators, "X");
	close_scene(&s);
}

static void
test_vetoes(void **state)
{
	struct kith_trust_explanation x;
	struct scene s;

	(void)state;
	open_scene(&s,
		   "root A\ntrust A B medium\ntrust A H high\ntrust H X high\ntrust B Y high\n"
		   "trust H Y medium\ntrust B S low\ndistrust B X\ndistrust B Y\ndistrust S H\n",
		   "");
	x = explain(&s, "X");
	assert_int_equal(x.facts.approve, KITH_LEVEL_HIGH);
	assert_int_equal(x.facts.blocked, KITH_LEVEL_MEDIUM);
	assert_int_equal(x.n_doubts, 1);
	assert_string_equal(name_of(&s, x.doubts[0].by), "B");
	assert_true(x.doubts[0].blocks);
	x = explain(&s, "H");
	assert_int_equal(x.n_doubts, 1);
	assert_false(x.doubts[0].blocks);
	assert_int_equal(x.facts.contact, KITH_LEVEL_HIGH);
	assert_true(x.facts.pinned);
	x = explain(&s, "Y");
	assert_int_equal(x.facts.approve, KITH_LEVEL_NONE);
	assert_int_equal(x.facts.object, KITH_LEVEL_MEDIUM);
	assert_int_equal(x.obstacle, KITH_OBSTACLE_VETO);
	assert_string_equal(name_of(&s, x.who), "B");
	assert_int_equal(x.would, KITH_LEVEL_MEDIUM);
	assert_path(&s, &x.path, "H:high/11 Y:medium/9");
	assert_int_equal(x.n_vouchers, 1);
	close_scene(&s);
}

static void
expect_obstacle(const char *text, const char *name, enum kith_trust_obstacle obstacle,
		const char *who, unsigned more, const char *path)
{
	struct kith_trust_explanation x;
	struct scene s;

	open_scene(&s, text, "cargo:foo");
	x = explain(&s, name);
	assert_int_equal(x.facts.approve, KITH_LEVEL_NONE);
	assert_int_equal(x.obstacle, obstacle);
	assert_string_equal(name_of(&s, x.who), who);
	assert_int_equal(x.more_budget, more);
	assert_path(&s, &x.path, path);
	close_scene(&s);
}

static void
test_obstacles(void **state)
{
	(void)state;
	expect_obstacle("root A\ntrust A B high\ntrust B C high\ntrust A C none\n", "C",
			KITH_OBSTACLE_PIN, "-", 0, "B:high/11 C:high/10");
	expect_obstacle("root A\ntrust A B high\ntrust B C high\ndistrust A C\n", "C",
			KITH_OBSTACLE_DISTRUST, "C", 0, "B:high/11 C:high/10");
	expect_obstacle("root A\ntrust A B high\ntrust B C high\ntrust C D low\ndistrust C C\n",
			"D", KITH_OBSTACLE_REVOKED, "C", 0, "B:high/11 C:high/10 D:low/6");
	expect_obstacle("root A\ntrust A B high reach reviews\ntrust B C high\n", "C",
			KITH_OBSTACLE_REACH, "-", 0, "B:high/11 C:high/10");
	expect_obstacle(
	    "root A\nparam native budget=4\ntrust A B low\ntrust B C low\ntrust C D low\n", "D",
	    KITH_OBSTACLE_BUDGET, "-", 8, "B:low/8 C:low/4 D:low/0");
	expect_obstacle("root A\ntrust A B high\ntrust B C high scope npm:*\n", "C",
			KITH_OBSTACLE_SCOPE, "-", 0, "B:high/11 C:high/10");
	expect_obstacle("root A\nnow 9\ntrust A B high\ntrust B C high until 9\n", "C",
			KITH_OBSTACLE_EXPIRY, "-", 0, "B:high/11 C:high/10");
	expect_obstacle("root A\ncap B none\ntrust A B high\ntrust B C high\n", "C",
			KITH_OBSTACLE_REMOVED, "-", 0, "B:high/11 C:high/10");
	expect_obstacle("root A\ntrust A B high\ntrust C D high\n", "D", KITH_OBSTACLE_NONE, "-", 0,
			"");
	/* two contacts each block all that there is: neither alone would do */
	expect_obstacle("root A\ntrust A B high\ntrust A C high\ntrust B X high\ndistrust B Y\n"
			"distrust C Y\ntrust X Y high\n",
			"Y", KITH_OBSTACLE_VETO, "-", 0, "B:high/11 X:high/10 Y:high/9");
	/* a contact that ignores the only statement */
	expect_obstacle("root A\ntrust A B high\ntrust A C medium\ntrust C X medium\n"
			"trust B X none override C\n",
			"X", KITH_OBSTACLE_VETO, "B", 0, "C:medium/10 X:medium/8");
}

static void
test_unknown(void **state)
{
	struct kith_trust_explanation x;
	struct kith_id nobody = {{9, 9, 9}};
	struct scene s;

	(void)state;
	open_scene(&s, "root A\ntrust A B high\n", "");
	assert_int_equal(kith_trust_explain(s.g, &s.q, s.r, &nobody, &s.arena, &x, NULL), 0);
	assert_int_equal(x.person, KITH_NO_PERSON);
	assert_int_equal(x.facts.approve, KITH_LEVEL_NONE);
	s.q.semantics = KITH_SEMANTICS_CREV;
	kith_trust_result_free(s.r);
	assert_int_equal(kith_trust_resolve(s.g, &s.q, &s.r, NULL), 0);
	assert_int_equal(kith_trust_explain(s.g, &s.q, s.r, &nobody, &s.arena, &x, NULL),
			 KITH_E_USAGE);
	close_scene(&s);
}

/* Sybils behind one introducer (trust.md D13), and who is behind it all. */
static void
test_ways(void **state)
{
	struct kith_trust_ways_found found;
	const struct kith_trust_carrier *carriers;
	struct kith_trust_ways *ways = NULL;
	uint32_t reviewers[4];
	static const char *const names[] = {"S1", "S2", "S3", "C"};
	struct scene s;
	size_t i, n;

	(void)state;
	open_scene(&s,
		   "root A\ntrust A B high\ntrust B S1 high\ntrust S1 S2 high\ntrust S1 S3 high\n"
		   "trust A C high\n",
		   "");
	for (i = 0; i < 4; i++) {
		struct kith_id id = id_named(&s, names[i]);
		size_t person = 0;

		assert_true(kith_trust_person_find(s.r, &id, &person));
		reviewers[i] = (uint32_t)person;
	}
	assert_int_equal(kith_trust_ways_new(s.r, KITH_LEVEL_MEDIUM, &ways, NULL), 0);
	assert_int_equal(kith_trust_ways_count(ways, reviewers, 3, 0, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(kith_trust_ways_count(ways, reviewers, 4, 1, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(kith_trust_ways_find(ways, reviewers, 4, &s.arena, &found, NULL), 0);
	assert_int_equal(found.count, 2);
	assert_int_equal(found.n_ways, 2);
	assert_int_equal(found.n_cut, 2);
	assert_int_equal(kith_trust_ways_find(ways, reviewers, 3, &s.arena, &found, NULL), 0);
	assert_int_equal(found.n_ways, 1);
	assert_persons(&s, found.ways[0].persons, 2, "B S1");
	assert_int_equal(found.n_cut, 1);
	assert_int_equal(kith_trust_ways_carriers(ways, &s.arena, &carriers, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_string_equal(name_of(&s, carriers[0].person), "B");
	assert_int_equal(carriers[0].carried, 3);
	assert_string_equal(name_of(&s, carriers[1].person), "S1");
	assert_int_equal(carriers[1].carried, 2);
	kith_trust_ways_free(ways);
	close_scene(&s);
}

/* --- what if --- */

static void
assert_change(struct scene *s, const struct kith_trust_change *changes, size_t n, const char *want)
{
	KITH_AUTO_BUF struct kith_buf b;
	const struct kith_trust_difference *d;
	struct kith_trust_graph *g = NULL;
	struct kith_trust_result *r = NULL;
	size_t i, k, count;

	kith_buf_init(&b, KITH_KIB(4));
	assert_int_equal(kith_trust_graph_change(s->g, changes, n, &g, NULL), 0);
	assert_int_equal(kith_trust_resolve(g, &s->q, &r, NULL), 0);
	assert_int_equal(kith_trust_compare(s->r, r, &s->arena, &d, &count, NULL), 0);
	for (i = 0; i < count; i++) {
		for (k = 0; memcmp(&s->keys[k], &d[i].id, sizeof(d[i].id)) != 0; k++)
			;
		kith_buf_printf(&b, "%s%.*s:%s>%s", i ? " " : "",
				KITH_SPAN_FMT(s->w.names.entries[k].key),
				kith_level_name(d[i].approve[0]), kith_level_name(d[i].approve[1]));
	}
	assert_string_equal(kith_buf_str(&b), want);
	kith_trust_result_free(r);
	kith_trust_graph_free(g);
}

static struct kith_trust_change
saying(const struct scene *s, const char *from, const char *to, enum kith_level level)
{
	return (struct kith_trust_change){KITH_CHANGE_SAY,
					  {.from = id_named(s, from),
					   .to = id_named(s, to),
					   .level = level,
					   .date = {5, 0},
					   .reach = KITH_REACH_DELEGATE}};
}

static void
test_what_if(void **state)
{
	struct kith_trust_change c[2];
	struct scene s;

	(void)state;
	open_scene(&s,
		   "root A\nnow 9\ntrust A B low at 9\ntrust B C high\ntrust A D high\n"
		   "trust D C medium\ntrust C E high\ntrust F E low\n",
		   "");
	c[0] = saying(&s, "A", "B", KITH_LEVEL_HIGH); /* instead of the newer one that is there */
	assert_change(&s, c, 1, "B:low>high C:medium>high E:medium>high");
	c[0] = saying(&s, "A", "F", KITH_LEVEL_MEDIUM);
	assert_change(&s, c, 1, "F:none>medium");
	c[0] = (struct kith_trust_change){KITH_CHANGE_DROP, {.from = id_named(&s, "C")}};
	assert_change(&s, c, 1, "C:medium>none E:medium>none");
	c[1] = saying(&s, "A", "C", KITH_LEVEL_LOW); /* comes back after having left */
	assert_change(&s, c, 2, "C:medium>low E:medium>none");
	c[0] = saying(&s, "A", "C", KITH_LEVEL_DISTRUST);
	assert_change(&s, c, 1, "C:medium>none E:medium>none");
	assert_change(&s, c, 0, "");
	close_scene(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chain),   cmocka_unit_test(test_two_ways),
	    cmocka_unit_test(test_vetoes),  cmocka_unit_test(test_obstacles),
	    cmocka_unit_test(test_unknown), cmocka_unit_test(test_ways),
	    cmocka_unit_test(test_what_if),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
