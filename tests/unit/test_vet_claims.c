/* SPDX-License-Identifier: Apache-2.0 */
/* Audit sets as claims: what they grant and deny, whose opinion they are, what they are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/base64.h"
#include "evidence/vet_claims.h"
#include "unit/vet_text.h"

#define CREV_ID "FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE"

static struct kith_error err;

struct fixture {
	struct kith_vet_file *file;
	struct kith_vet_claims_of of;
	struct kith_vet_claimer *claimer;
	struct kith_arena arena;
	struct kith_claim *claims;
	size_t n;
};

static void
make(struct fixture *f, const char *text, const char *crate)
{
	kith_arena_init(&f->arena, KITH_MIB(4));
	assert_int_equal(
	    kith_vet_read_audits(kith_span_str(text), KITH_VET_LENIENT, &f->file, &err), 0);
	f->of.set = &f->file->set;
	f->of.number = 3;
	f->of.name = KITH_SPAN_LIT("peer");
	f->of.source = KITH_SPAN_LIT("https://peer.example/audits.toml");
	f->of.path = KITH_SPAN_LIT("audits.toml");
	assert_int_equal(kith_vet_claimer_new(&f->of, &f->claimer, &err), 0);
	assert_int_equal(kith_vet_claimer_claims(f->claimer,
						 crate ? kith_span_str(crate) : KITH_SPAN_NONE,
						 &f->arena, &f->claims, &f->n, &err),
			 0);
}

static void
unmake(struct fixture *f)
{
	kith_vet_claimer_free(f->claimer);
	kith_vet_file_free(f->file);
	kith_arena_clear(&f->arena);
}

static bool
has(const struct kith_claim *c, const char *criterion)
{
	size_t i;

	for (i = 0; i < c->n_criteria; i++)
		if (kith_span_is(c->criteria[i], criterion))
			return true;
	return false;
}

static void
everything_becomes_a_claim(void **state)
{
	struct fixture f = {.n = 0};
	const struct kith_claim *c;

	(void)state;
	make(&f, VET_FULL_SET, NULL);
	/* not the one that is not importable, nor the one without criteria */
	assert_int_equal(f.n, 4);
	c = &f.claims[0];
	assert_int_equal(c->kind, KITH_CLAIM_AUDIT);
	assert_int_equal(c->eco, KITH_ECO_CARGO);
	assert_int_equal(c->set, 3);
	assert_false(c->is_signed);
	assert_true(kith_span_is(c->source, KITH_CRATES_IO));
	assert_true(kith_span_is(c->name, "a"));
	assert_true(kith_span_is(c->version, "1.0.0"));
	assert_true(kith_span_is(c->who, "Ada Lovelace, who computes on paper, "
					 "Grace Hopper, who compiles on ships"));
	assert_true(kith_span_is(c->id, "peer/a/1.0.0/careful,quick"));
	assert_int_equal(c->n_places, 1);
	assert_int_equal(c->places[0].line, 21);
	/* of own criteria what they imply, as nobody mapped them */
	assert_int_equal(c->n_criteria, 2);
	assert_true(has(c, "safe-to-run") && has(c, "safe-to-deploy"));
	c = &f.claims[1];
	assert_int_equal(c->kind, KITH_CLAIM_VIOLATION);
	assert_true(kith_span_is(c->range, ">=1, <1.4"));
	assert_int_equal(c->n_criteria, 1);
	assert_true(has(c, "safe-to-deploy"));
	assert_true(kith_span_is(c->origin, "https://x/#a"));
	assert_false(c->has_origin_id);
	assert_true(kith_span_is(c->id, "peer/b/>=1, <1.4/safe-to-deploy"));
	c = &f.claims[2];
	assert_int_equal(c->kind, KITH_CLAIM_VOUCH);
	assert_true(kith_span_is(c->login, "trusted-publisher:github:t/t"));
	c = &f.claims[3];
	assert_true(kith_span_is(c->login, "user-id:7"));
	assert_int_equal(c->start.sec, INT64_C(19358) * 86400);
	assert_true(kith_span_is(c->id, "peer/w/user-id:7:2023-01-01..2024-06-30/safe-to-deploy"));
	assert_true(kith_span_is(c->comment, "mine"));
	unmake(&f);
}

static void
maps_criteria(void **state)
{
	static const struct kith_span deploy[] = {{(const uint8_t *)"safe-to-deploy", 14}};
	static const struct kith_span mine[] = {{(const uint8_t *)"mine", 4}};
	struct kith_vet_named_list map[] = {{KITH_SPAN_LIT("quick"), {mine, 1, true}},
					    {KITH_SPAN_LIT("sound"), {deploy, 1, true}},
					    {KITH_SPAN_LIT("safe-to-run"), {NULL, 0, true}}};
	struct kith_vet_import how = {.map = map, .n_map = 3};
	struct fixture f = {.of = {.map = &how}};

	(void)state;
	make(&f,
	     "[criteria.quick]\n[criteria.sound]\n[criteria.plain]\n"
	     "[[audits.a]]\ncriteria = [\"quick\", \"safe-to-run\"]\nversion = \"1.0.0\"\n"
	     "[[audits.a]]\ncriteria = [\"sound\", \"plain\"]\ndelta = \"1.0.0 -> 1.1.0\"\n"
	     "[[audits.a]]\ncriteria = [\"quick\", \"plain\", \"odd\"]\nviolation = \"*\"\n",
	     "a");
	assert_int_equal(f.n, 3);
	assert_int_equal(f.claims[0].n_criteria, 1);
	assert_true(has(&f.claims[0], "mine"));
	assert_int_equal(f.claims[1].n_criteria, 2);
	assert_true(has(&f.claims[1], "safe-to-run") && has(&f.claims[1], "safe-to-deploy"));
	assert_true(f.claims[1].has_base);
	assert_true(kith_span_is(f.claims[1].base_version, "1.0.0"));
	assert_true(kith_span_is(f.claims[1].id, "peer/a/1.0.0->1.1.0/sound,plain"));
	/* an objection keeps the words that nobody mapped */
	assert_int_equal(f.claims[2].n_criteria, 3);
	assert_true(has(&f.claims[2], "mine") && has(&f.claims[2], "plain") &&
		    has(&f.claims[2], "odd"));
	unmake(&f);
}

static void
own_stores_keep_own_criteria(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *own = NULL;
	struct kith_vet_criteria c;
	struct fixture f = {.of = {.own = &c}};

	(void)state;
	assert_int_equal(kith_vet_read_audits(KITH_SPAN_LIT("[audits]\n[criteria.careful]\n"
							    "implies = \"safe-to-run\"\n"),
					      KITH_VET_STRICT, &own, &err),
			 0);
	assert_int_equal(kith_vet_criteria_init(&c, &own->set, false, &err), 0);
	make(&f,
	     "[criteria.careful]\n[[audits.a]]\ncriteria = \"careful\"\nversion = \"1.0.0\"\n"
	     "[[audits.b]]\ncriteria = \"safe-to-deploy\"\nversion = \"1.0.0\"\n",
	     "a");
	/* the peer's file says no `implies`: the project's own does */
	assert_int_equal(f.n, 1);
	assert_int_equal(f.claims[0].n_criteria, 2);
	assert_true(has(&f.claims[0], "careful") && has(&f.claims[0], "safe-to-run"));
	unmake(&f);
}

static void
finds_the_crev_id_behind_an_export(void **state)
{
	struct fixture f = {.n = 0};
	char id[KITH_ID_TEXT + 1];

	(void)state;
	make(&f,
	     "[[audits.a]]\ncriteria = \"safe-to-run\"\nversion = \"1.0.0\"\naggregated-from = ["
	     "\"https://github.com/dpc/crev-proofs#" CREV_ID "\", \"crev:review/12yY\"]\n"
	     "[[audits.a]]\ncriteria = \"safe-to-run\"\nversion = \"1.0.1\"\naggregated-from = "
	     "\"https://github.com/dpc/crev-proofs#" CREV_ID "\"\n",
	     "a");
	assert_true(f.claims[0].has_origin_id);
	kith_base64_id(id, f.claims[0].origin_id.bytes);
	assert_string_equal(id, CREV_ID);
	assert_true(
	    kith_span_is(f.claims[0].origin, "https://github.com/dpc/crev-proofs#" CREV_ID));
	/* a URL alone is no export of a review */
	assert_false(f.claims[1].has_origin_id);
	unmake(&f);
}

static void
publishers_are_facts(void **state)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_vet_fact *facts;
	size_t n;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(
	    kith_vet_read_imports(KITH_SPAN_LIT("[[publisher.b]]\nversion = \"1.0.0\"\n"
						"when = \"1970-01-02\"\ntrusted-publisher = "
						"\"github:b/b\"\n[[publisher.a]]\n"
						"version = \"0.1.0\"\nwhen = \"1970-01-03\"\n"
						"user-id = 5\nuser-login = \"eve\"\n"),
				  &f, &err),
	    0);
	assert_int_equal(kith_vet_facts(&f->imports, &arena, &facts, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_true(kith_span_is(facts[0].name, "a"));
	assert_true(kith_span_is(facts[0].publisher, "user-id:5"));
	assert_true(kith_span_is(facts[0].login, "eve"));
	assert_int_equal(facts[0].published.sec, 2 * 86400);
	assert_true(kith_span_is(facts[1].publisher, "trusted-publisher:github:b/b"));
	assert_int_equal(facts[1].login.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_becomes_a_claim),
	    cmocka_unit_test(maps_criteria),
	    cmocka_unit_test(own_stores_keep_own_criteria),
	    cmocka_unit_test(finds_the_crev_id_behind_an_export),
	    cmocka_unit_test(publishers_are_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
