/* SPDX-License-Identifier: Apache-2.0 */
/* crev reviews written as an audit set: what stands in the file, and what is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "evidence/vet_claims.h"
#include "evidence/vet_export.h"
#include "evidence/vet_write.h"

static struct kith_error err;

static struct kith_claim
review(const char *name, const char *version, uint8_t author, enum kith_rating rating, int64_t date)
{
	struct kith_claim c = {.kind = KITH_CLAIM_REVIEW,
			       .name = kith_span_str(name),
			       .version = kith_span_str(version),
			       .thoroughness = KITH_LEVEL_HIGH,
			       .understanding = KITH_LEVEL_HIGH,
			       .rating = rating,
			       .date = {.sec = date}};

	c.author.bytes[0] = author;
	c.proof.bytes[0] = (uint8_t)date;
	return c;
}

static void
writes_reviews(void **state)
{
	static const struct kith_proof_issue issues[] = {{.severity = KITH_LEVEL_LOW},
							 {.severity = KITH_LEVEL_HIGH}};
	struct kith_claim c[] = {review("b", "1.0.0", 1, KITH_RATING_POSITIVE, 1),
				 review("a", "1.1.0", 2, KITH_RATING_STRONG, 2),
				 review("a", "1.2.0-rc.1+x", 2, KITH_RATING_NEGATIVE, 3),
				 review("b", "1.0.0", 1, KITH_RATING_NEUTRAL, 4),
				 review("b", "one", 1, KITH_RATING_STRONG, 5),
				 review("b", "2.0.0", 1, KITH_RATING_NEGATIVE, 6)};
	struct kith_vet_export_review x[6] = {{.claim = NULL}};
	KITH_AUTO_VET_FILE struct kith_vet_file *again = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_vet_set set;
	size_t left_out, i;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	kith_buf_init(&out, KITH_MIB(1));
	c[1].has_base = true;
	c[1].base_version = KITH_SPAN_LIT("1.0.0");
	c[1].comment = KITH_SPAN_LIT("\nfine \"work\"\n");
	c[2].issues = issues;
	c[2].n_issues = 2;
	for (i = 0; i < 6; i++)
		x[i] = (struct kith_vet_export_review){
		    &c[i], i == 5 ? KITH_LEVEL_NONE : KITH_LEVEL_HIGH, KITH_SPAN_LIT("Ada"),
		    i == 1 ? KITH_SPAN_LIT("https://ada.example/proofs") : KITH_SPAN_NONE};
	assert_int_equal(kith_vet_export(x, 6, &arena, &set, &left_out, &err), 0);
	assert_int_equal(left_out, 1);
	assert_int_equal(kith_vet_write_audits(&set, NULL, &out, &err), 0);
	assert_non_null(strstr(
	    kith_buf_str(&out),
	    "\n[[audits.a]]\nwho = \"Ada\"\n"
	    "criteria = [\n    \"strong\",\n    \"level-high\",\n    \"trust-high\",\n"
	    "    \"safe-to-deploy\",\n    \"safe-to-run\",\n]\ndelta = \"1.0.0 -> 1.1.0\"\nnotes = "
	    "'fine \"work\"'\n"
	    "aggregated-from = [\n"
	    "    \"https://ada.example/proofs#AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\n"
	    "    \"crev:review/AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\n]\n"));
	assert_non_null(strstr(kith_buf_str(&out),
			       "criteria = [\"safe-to-run\", \"safe-to-deploy\"]\n"
			       "violation = \"=1.2.0-rc.1\"\n"));
	/* the author's newest word; a violation whatever the trust */
	assert_non_null(strstr(kith_buf_str(&out),
			       "criteria = [\n    \"neutral\",\n    \"level-high\",\n"
			       "    \"trust-high\",\n    \"safe-to-deploy\",\n"
			       "    \"safe-to-run\",\n]\nversion = \"1.0.0\"\n"));
	assert_null(strstr(kith_buf_str(&out), "\"positive\",\n"));
	assert_non_null(
	    strstr(kith_buf_str(&out), "criteria = \"safe-to-deploy\"\nviolation = \"=2.0.0\"\n"));
	/* cargo-vet takes it: every criterion is defined, every entry reads */
	assert_int_equal(kith_vet_read_audits(kith_buf_span(&out), KITH_VET_PEER, &again, &err), 0);
	assert_int_equal(again->refusals.count, 0);
	assert_int_equal(again->set.audits.count, 2);
}

static void
comes_back_as_the_reviewers_opinion(void **state)
{
	struct kith_claim c = review("a", "1.0.0", 7, KITH_RATING_POSITIVE, 1);
	struct kith_vet_export_review x = {&c, KITH_LEVEL_HIGH, KITH_SPAN_NONE, KITH_SPAN_NONE};
	struct kith_vet_claims_of of = {.name = KITH_SPAN_LIT("set")};
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *claimer = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_vet_set set;
	struct kith_claim *claims;
	size_t n;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(kith_vet_export(&x, 1, &arena, &set, &n, &err), 0);
	of.set = &set;
	assert_int_equal(kith_vet_claimer_new(&of, &claimer, &err), 0);
	assert_int_equal(
	    kith_vet_claimer_claims(claimer, KITH_SPAN_NONE, &arena, &claims, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_true(claims[0].has_origin_id);
	assert_int_equal(claims[0].origin_id.bytes[0], 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_reviews),
	    cmocka_unit_test(comes_back_as_the_reviewers_opinion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
