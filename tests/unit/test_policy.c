/* SPDX-License-Identifier: Apache-2.0 */
/* Requirements and their rules, actors, and what verdicts do not depend on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases/verdict_judge.h"
#include "policy/policy.h"

/* --- requirements --- */

static struct kith_requirement
required(const struct kith_policy *p, const char *name, unsigned kinds)
{
	struct kith_requirement r;

	assert_int_equal(kith_policy_requirement(p, kith_span_str(name), kinds, &r, NULL), 0);
	return r;
}

static void
test_preset(void **state)
{
	struct kith_policy p;
	struct kith_requirement r;

	(void)state;
	kith_policy_preset(&p);
	r = required(&p, "serde", KITH_KIND_NORMAL);
	assert_int_equal(r.level, KITH_LEVEL_LOW);
	assert_int_equal(r.independent, 1);
	assert_int_equal(r.llm, KITH_LLM_SUPPLEMENT);
	assert_false(r.assisted_counts);
	assert_int_equal(r.n_criteria, 1);
	assert_true(kith_span_is(r.criteria[0], "safe-to-deploy"));
	assert_int_equal(p.cooldown, 7 * 86400);
	/* only what nothing but developers run may be less; unknown counts as normal */
	r = required(&p, "serde", KITH_KIND_DEV);
	assert_true(kith_span_is(r.criteria[0], "safe-to-run"));
	r = required(&p, "serde", KITH_KIND_DEV | KITH_KIND_BUILD);
	assert_true(kith_span_is(r.criteria[0], "safe-to-deploy"));
	r = required(&p, "serde", 0);
	assert_true(kith_span_is(r.criteria[0], "safe-to-deploy"));
}

static void
test_rules_tighten(void **state)
{
	struct kith_rule rules[] = {
	    {.glob = KITH_SPAN_LIT("se*"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_OBJECTION_LEVEL | KITH_FIELD_CRITERIA,
	     .r = {.level = KITH_LEVEL_HIGH,
		   .objection_level = KITH_LEVEL_HIGH,
		   .criteria = {KITH_SPAN_LIT("crypto")},
		   .n_criteria = 1}},
	    {.glob = KITH_SPAN_LIT("*"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_INDEPENDENT | KITH_FIELD_LLM |
		       KITH_FIELD_SIGNED | KITH_FIELD_LLM_ASSISTED,
	     .r = {.level = KITH_LEVEL_MEDIUM,
		   .independent = 2,
		   .llm = KITH_LLM_COUNT,
		   .only_signed = true,
		   .assisted_counts = true}},
	};
	struct kith_policy p;
	struct kith_requirement r;

	(void)state;
	kith_policy_preset(&p);
	p.rules = rules;
	p.n_rules = 2;
	r = required(&p, "serde", KITH_KIND_NORMAL);
	assert_int_equal(r.level, KITH_LEVEL_HIGH);
	assert_int_equal(r.independent, 2);
	assert_int_equal(r.llm, KITH_LLM_SUPPLEMENT);        /* not laxer */
	assert_int_equal(r.objection_level, KITH_LEVEL_LOW); /* not deafer */
	assert_false(r.assisted_counts);
	assert_true(r.only_signed);
	assert_int_equal(r.n_criteria, 2);
	r = required(&p, "rand", KITH_KIND_NORMAL);
	assert_int_equal(r.level, KITH_LEVEL_MEDIUM);
	assert_int_equal(r.n_criteria, 1);
}

/* Who said what: the last rule that made it stricter, the one that replaced it, or [policy]. */
static void
test_origins(void **state)
{
	struct kith_rule rules[] = {
	    {.glob = KITH_SPAN_LIT("*"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_CRITERIA,
	     .r = {.level = KITH_LEVEL_MEDIUM,
		   .criteria = {KITH_SPAN_LIT("crypto"), KITH_SPAN_LIT("safe-to-deploy")},
		   .n_criteria = 2}},
	    {.glob = KITH_SPAN_LIT("se*"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_INDEPENDENT,
	     .r = {.level = KITH_LEVEL_LOW, .independent = 2}},
	    {.glob = KITH_SPAN_LIT("serde"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_THOROUGHNESS,
	     .r = {.level = KITH_LEVEL_HIGH, .thoroughness = KITH_LEVEL_LOW},
	     .replace = true},
	};
	struct kith_requirement_origins o;
	struct kith_requirement r;
	struct kith_policy p;

	(void)state;
	kith_policy_preset(&p);
	p.rules = rules;
	p.n_rules = 3;
	assert_int_equal(
	    kith_policy_requirement_origins(&p, KITH_SPAN_LIT("semver"), 0, &r, &o, NULL), 0);
	assert_int_equal(o.of[0], 0); /* a laxer rule says nothing */
	assert_int_equal(o.of[1], 1);
	assert_int_equal(o.of[2], KITH_ORIGIN_BASE);
	assert_int_equal(r.n_criteria, 2);
	assert_int_equal(o.criteria[0], KITH_ORIGIN_BASE);
	assert_int_equal(o.criteria[1], 0);
	assert_int_equal(
	    kith_policy_requirement_origins(&p, KITH_SPAN_LIT("serde"), 0, &r, &o, NULL), 0);
	assert_int_equal(o.of[0], 2);
	assert_int_equal(o.of[2], 2); /* said again, though it is the same */
	assert_int_equal(o.of[3], KITH_ORIGIN_BASE);
}

static void
test_rules_replace(void **state)
{
	struct kith_rule rules[] = {
	    {.glob = KITH_SPAN_LIT("serde*"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_CRITERIA,
	     .r = {.level = KITH_LEVEL_LOW,
		   .criteria = {KITH_SPAN_LIT("safe-to-run")},
		   .n_criteria = 1},
	     .replace = true},
	    {.glob = KITH_SPAN_LIT("se*"),
	     .fields = KITH_FIELD_LEVEL | KITH_FIELD_THOROUGHNESS,
	     .r = {.level = KITH_LEVEL_MEDIUM, .thoroughness = KITH_LEVEL_NONE},
	     .replace = true},
	    {.glob = KITH_SPAN_LIT("[st]erd?"),
	     .fields = KITH_FIELD_INDEPENDENT,
	     .r = {.independent = 3}},
	};
	struct kith_policy p;
	struct kith_requirement r;
	struct kith_error err;

	(void)state;
	kith_policy_preset(&p);
	p.base.level = KITH_LEVEL_HIGH;
	p.rules = rules;
	p.n_rules = 3;
	/* the longest prefix replaces, the other is and-ed although it says replace */
	r = required(&p, "serde", KITH_KIND_NORMAL);
	assert_int_equal(r.level, KITH_LEVEL_MEDIUM);
	assert_int_equal(r.thoroughness, KITH_LEVEL_LOW);
	assert_int_equal(r.independent, 3);
	assert_int_equal(r.n_criteria, 1);
	assert_true(kith_span_is(r.criteria[0], "safe-to-run"));
	/* alone it replaces */
	r = required(&p, "semver", KITH_KIND_NORMAL);
	assert_int_equal(r.level, KITH_LEVEL_MEDIUM);
	assert_int_equal(r.thoroughness, KITH_LEVEL_NONE);
	rules[1].glob = KITH_SPAN_LIT("serde?");
	assert_int_equal(kith_policy_requirement(&p, KITH_SPAN_LIT("serdex"), 0, &r, &err),
			 KITH_E_USAGE);
	assert_non_null(strstr(err.msg, "serdex"));
}

static void
test_criteria_limit(void **state)
{
	struct kith_rule rules[KITH_MAX_CRITERIA + 1];
	char names[KITH_MAX_CRITERIA + 1][8];
	struct kith_policy p;
	struct kith_requirement r;
	size_t i;

	(void)state;
	kith_policy_preset(&p);
	memset(rules, 0, sizeof(rules));
	for (i = 0; i <= KITH_MAX_CRITERIA; i++) {
		snprintf(names[i], sizeof(names[i]), "c%zu", i);
		rules[i].glob = KITH_SPAN_LIT("*");
		rules[i].fields = KITH_FIELD_CRITERIA;
		rules[i].r.criteria[0] = kith_span_str(names[i]);
		rules[i].r.n_criteria = 1;
	}
	p.rules = rules;
	p.n_rules = KITH_MAX_CRITERIA - 1; /* with the preset's own */
	r = required(&p, "x", 0);
	assert_int_equal(r.n_criteria, KITH_MAX_CRITERIA);
	p.n_rules++;
	assert_int_equal(kith_policy_requirement(&p, KITH_SPAN_LIT("x"), 0, &r, NULL),
			 KITH_E_LIMIT);
}

/* --- actors --- */

static void
test_actors(void **state)
{
	struct kith_actors *a;
	struct kith_id ids[3];
	uint32_t keys[3], firm, org;
	struct kith_actor x, y, z;
	size_t i;

	(void)state;
	memset(ids, 0, sizeof(ids));
	assert_int_equal(kith_actors_new(&a, NULL), 0);
	for (i = 0; i < 3; i++) {
		ids[i].bytes[0] = (uint8_t)i;
		assert_int_equal(kith_actors_add_id(a, &ids[i], &keys[i], NULL), 0);
	}
	assert_int_equal(kith_actors_add_name(a, KITH_SPAN_LIT("firm"), &firm, NULL), 0);
	assert_int_equal(kith_actors_add_name(a, KITH_SPAN_LIT("org"), &org, NULL), 0);
	kith_actors_join(a, keys[0], firm, true);
	kith_actors_join(a, keys[1], firm, false); /* only its repository says so */
	assert_true(kith_actors_of_id(a, &ids[0], &x));
	assert_true(kith_actors_of_id(a, &ids[1], &y));
	assert_true(kith_actors_of_id(a, &ids[2], &z));
	assert_int_equal(x.number, y.number);
	assert_int_not_equal(x.house, y.house);
	assert_int_not_equal(x.number, z.number);
	kith_actors_join(a, firm, org, true);
	assert_true(kith_actors_of_name(a, KITH_SPAN_LIT("org"), &z));
	assert_true(kith_actors_of_id(a, &ids[0], &x));
	assert_int_equal(x.number, z.number);
	/* a ring is one actor from wherever it is entered */
	kith_actors_join(a, org, firm, true);
	assert_true(kith_actors_of_name(a, KITH_SPAN_LIT("org"), &z));
	assert_true(kith_actors_of_id(a, &ids[0], &x));
	assert_int_equal(x.number, z.number);
	assert_false(kith_actors_of_name(a, KITH_SPAN_LIT("nobody"), &z));
	kith_actors_free(a);
}

/* --- what a verdict does not depend on --- */

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

static void
shuffle(struct kith_claim *claims, size_t n, uint32_t *seed)
{
	size_t i;

	for (i = n; i > 1; i--) {
		size_t k = next(seed) % i;
		struct kith_claim swap = claims[i - 1];

		claims[i - 1] = claims[k];
		claims[k] = swap;
	}
}

static int
cmp_line(const void *a, const void *b)
{
	return kith_span_cmp(*(const struct kith_span *)a, *(const struct kith_span *)b);
}

/* An answer with its lines sorted: claims are explained in the order in which they were given. */
static void
sorted_answer(struct verdict_world *v, struct kith_span package, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span lines[200], rest;
	struct kith_error err;
	size_t n = 0, i;

	kith_buf_init(&b, KITH_MIB(1));
	assert_int_equal(verdict_answer(v, package, true, &b, &err), 0);
	rest = kith_buf_span(&b);
	while (n < 200 && kith_span_next(&rest, '\n', &lines[n]))
		n++;
	qsort(lines, n, sizeof(*lines), cmp_line);
	for (i = 0; i < n; i++) {
		kith_buf_put_span(out, lines[i]);
		kith_buf_put_char(out, '\n');
	}
}

static void
check_order_free(const char *path)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error err;
	uint32_t seed = 7;
	size_t i, k;

	verdict_init(&v);
	kith_buf_init(&text, KITH_MIB(1));
	assert_int_equal(kith_fs_read(path, &text, &err), 0);
	assert_int_equal(verdict_read(&v, kith_buf_span(&text), &err), 0);
	for (i = 0; i < v.w.n_expects; i++) {
		KITH_AUTO_BUF struct kith_buf first;

		kith_buf_init(&first, KITH_MIB(1));
		sorted_answer(&v, v.w.expects[i].words[0], &first);
		for (k = 0; k < 5; k++) {
			KITH_AUTO_BUF struct kith_buf again;

			kith_buf_init(&again, KITH_MIB(1));
			shuffle(v.claims, v.n_claims, &seed);
			sorted_answer(&v, v.w.expects[i].words[0], &again);
			assert_string_equal(kith_buf_str(&again), kith_buf_str(&first));
		}
	}
}

static void
test_order_free(void **state)
{
	struct kith_fs_names names;
	size_t i, n = 0;

	(void)state;
	assert_int_equal(kith_fs_list(KITH_SOURCE_DIR "/tests/cases/verdict", &names, NULL), 0);
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *path =
		    kith_fs_join(KITH_SOURCE_DIR "/tests/cases/verdict", names.names[i]);

		if (!kith_span_ends(kith_span_str(path), KITH_SPAN_LIT(".verdict")))
			continue;
		check_order_free(path);
		n++;
	}
	assert_true(n >= 6);
	kith_fs_names_free(&names);
}

/* --- ranges and exemptions, which cases cannot write --- */

static void
read_world(struct verdict_world *v, const char *text)
{
	verdict_init(v);
	assert_int_equal(verdict_read(v, kith_span_str(text), NULL), 0);
}

static struct kith_verdict
judge_first(struct verdict_world *v, struct kith_arena *arena, const struct kith_claim *claims,
	    size_t n)
{
	KITH_CLEANUP(verdict_asked_clear) struct verdict_asked a = {.v = v};
	struct kith_verdict x;

	assert_int_equal(verdict_ask(v, &a, NULL), 0);
	assert_int_equal(
	    kith_policy_judge(&a.world, &v->packages[0].subject, claims, n, false, arena, &x, NULL),
	    0);
	return x;
}

static void
test_ranges(void **state)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	KITH_AUTO_ARENA struct kith_arena arena;
	static const struct kith_span run = {(const uint8_t *)"safe-to-run", 11};
	struct kith_verdict x;
	size_t i, n = 3, most = KITH_MAX_BAR_STEPS / 3 + 10;
	struct kith_claim *claims;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(256));
	read_world(&v, "root R\nsource S level high\npkg foo@1.2.0 digest d checksum c\n"
		       "audit S foo 1.0.0\naudit S foo 1.0.0->1.1.0\naudit S foo 1.1.0->1.2.0\n");
	claims = kith_calloc(n + most, sizeof(*claims));
	assert_non_null(claims);
	memcpy(claims, v.claims, n * sizeof(*claims));
	for (i = n; i < n + most; i++) {
		claims[i] = v.claims[0];
		claims[i].kind = KITH_CLAIM_VIOLATION;
		claims[i].id = KITH_SPAN_LIT("V");
		claims[i].criteria = &run;
		claims[i].n_criteria = 1;
		claims[i].range = KITH_SPAN_LIT("=9.9.9");
	}
	assert_int_equal(judge_first(&v, &arena, claims, n + 1).status, KITH_STATUS_VERIFIED);
	/* what a chain passes, and what is asked about */
	claims[n].range = KITH_SPAN_LIT(">=1.1, <1.2");
	assert_int_equal(judge_first(&v, &arena, claims, n + 1).status, KITH_STATUS_INSUFFICIENT);
	claims[n].range = KITH_SPAN_LIT(">=1.2");
	x = judge_first(&v, &arena, claims, n + 1);
	assert_int_equal(x.status, KITH_STATUS_NEGATIVE);
	assert_true(kith_span_is(x.objections[0].id, "V"));
	/* no range at all hits nothing */
	claims[n].range = KITH_SPAN_LIT("]]");
	assert_int_equal(judge_first(&v, &arena, claims, n + 1).status, KITH_STATUS_VERIFIED);
	/* a flood of them costs the chain */
	assert_int_equal(judge_first(&v, &arena, claims, n + most).status,
			 KITH_STATUS_INSUFFICIENT);
	free(claims);
}

static void
test_exemption_criteria(void **state)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	KITH_AUTO_ARENA struct kith_arena arena;
	static const struct kith_span run = {(const uint8_t *)"safe-to-run", 11};
	static const struct kith_span deploy = {(const uint8_t *)"safe-to-deploy", 14};

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	read_world(&v, "root R\npkg foo@1.2.0 digest d checksum c\nexempt foo@1.2.0 checksum c\n");
	assert_int_equal(judge_first(&v, &arena, NULL, 0).status, KITH_STATUS_EXEMPT);
	v.exemptions[0].n_criteria = 1;
	v.exemptions[0].criteria = &run;
	assert_int_equal(judge_first(&v, &arena, NULL, 0).status, KITH_STATUS_INSUFFICIENT);
	v.packages[0].package.kinds = KITH_KIND_DEV;
	assert_int_equal(judge_first(&v, &arena, NULL, 0).status, KITH_STATUS_EXEMPT);
	v.exemptions[0].criteria = &deploy;
	assert_int_equal(judge_first(&v, &arena, NULL, 0).status, KITH_STATUS_EXEMPT);
	/* nothing is exempt for bytes that nobody named */
	v.exemptions[0].key = v.packages[0].subject.exempt_key = KITH_SPAN_NONE;
	assert_int_equal(judge_first(&v, &arena, NULL, 0).status, KITH_STATUS_INSUFFICIENT);
}

static void
test_ignored_claims(void **state)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	KITH_CLEANUP(verdict_asked_clear) struct verdict_asked a = {.v = &v};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_claim_ignore ignore = {.package = KITH_SPAN_LIT("f*")};
	struct kith_verdict x;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	read_world(&v, "root R\ntrust R A high\npkg foo@1.2.0 digest d checksum c\n"
		       "review A foo@1.2.0 negative digest d\n");
	assert_int_equal(verdict_ask(&v, &a, NULL), 0);
	a.world.ignores = &ignore;
	a.world.n_ignores = 1;
	ignore.by = v.claims[0].author;
	assert_int_equal(kith_policy_judge(&a.world, &v.packages[0].subject, v.claims, 1, false,
					   &arena, &x, NULL),
			 0);
	assert_int_equal(x.status, KITH_STATUS_INSUFFICIENT);
	/* only the one statement */
	ignore.has_digest = true;
	ignore.digest = v.claims[0].proof;
	ignore.digest.bytes[31] ^= 1;
	assert_int_equal(kith_policy_judge(&a.world, &v.packages[0].subject, v.claims, 1, false,
					   &arena, &x, NULL),
			 0);
	assert_int_equal(x.status, KITH_STATUS_NEGATIVE);
}

/* What is accepted, listed and taken over from elsewhere may name any id of a problem. */
static void
test_ids_of_objections(void **state)
{
	struct kith_span others[] = {KITH_SPAN_LIT("CVE-2026-1"), KITH_SPAN_LIT("GHSA-x")};
	const struct kith_claim claim = {.other_ids = others, .n_other_ids = 2};
	struct kith_objection o = {.id = KITH_SPAN_LIT("RUSTSEC-2026-0001"), .claim = &claim};

	(void)state;
	assert_true(kith_policy_objection_has_id(&o, kith_span_str("RUSTSEC-2026-0001")));
	assert_true(kith_policy_objection_has_id(&o, kith_span_str("CVE-2026-1")));
	assert_true(kith_policy_objection_has_id(&o, kith_span_str("GHSA-x")));
	assert_false(kith_policy_objection_has_id(&o, kith_span_str("GHSA-")));
	assert_false(kith_policy_objection_has_id(&o, kith_span_str("")));
	/* what no claim makes has no more than its own */
	o.claim = NULL;
	assert_true(kith_policy_objection_has_id(&o, kith_span_str("RUSTSEC-2026-0001")));
	assert_false(kith_policy_objection_has_id(&o, kith_span_str("CVE-2026-1")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_preset),
	    cmocka_unit_test(test_rules_tighten),
	    cmocka_unit_test(test_origins),
	    cmocka_unit_test(test_rules_replace),
	    cmocka_unit_test(test_criteria_limit),
	    cmocka_unit_test(test_ranges),
	    cmocka_unit_test(test_exemption_criteria),
	    cmocka_unit_test(test_ignored_claims),
	    cmocka_unit_test(test_actors),
	    cmocka_unit_test(test_order_free),
	    cmocka_unit_test(test_ids_of_objections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
