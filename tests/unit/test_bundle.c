/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles: what is written is read, what is changed is refused, and what is in it is evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/bundle.h"
#include "app/derived.h"
#include "codec/base64.h"
#include "unit/bundle_sample.h"

static struct kith_error err;

static void
sample(struct kith_buf *text)
{
	kith_buf_init(text, KITH_MAX_BUNDLE);
	assert_int_equal(sample_put(text, &err), 0);
}

static void
end_it(struct kith_buf *b)
{
	struct kith_digest d;
	char text[KITH_ID_TEXT + 1];

	kith_blake2b(kith_buf_span(b), &d);
	kith_base64_id(text, d.bytes);
	kith_buf_printf(b, "end %s\n", text);
}

static void
is_read_as_written(void **state)
{
	KITH_AUTO_BUF struct kith_buf text, again;
	KITH_AUTO_BUNDLE struct kith_bundle *b = NULL;

	(void)state;
	sample(&text);
	kith_buf_init(&again, KITH_MAX_BUNDLE);
	assert_int_equal(kith_bundle_read(kith_buf_span(&text), kith_blake2b, &b, &err), 0);
	assert_int_equal(b->n_sources, 5);
	assert_int_equal(b->n_proofs, 3);
	assert_true(kith_span_is(b->proofs[0].path, "a path/with % in it.crev"));
	assert_true(kith_span_is(b->proofs[1].path, "-"));
	assert_null(b->proofs[1].text.ptr);
	assert_true(b->proofs[2].flags & KITH_BUNDLE_GONE);
	assert_true(kith_span_is(b->sources[1].location, "copy\nof it"));
	assert_true(kith_span_is(b->pins, "version = 1\n"));
	assert_true(kith_span_is(b->files[0].text, SAMPLE_SET));
	kith_bundle_put(b, kith_blake2b, &again);
	assert_string_equal(kith_buf_str(&text), kith_buf_str(&again));
}

/* Every byte, one after another, and every length. */
static void
no_change_passes(void **state)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_bundle *b = NULL;
	size_t i;
	int r;

	(void)state;
	sample(&text);
	for (i = 0; i < text.len; i++) {
		text.ptr[i] ^= 1;
		r = kith_bundle_read(kith_buf_span(&text), kith_blake2b, &b, &err);
		text.ptr[i] ^= 1;
		assert_true(r == KITH_E_INTEGRITY || (r == KITH_E_FORMAT && i < 14));
		r = kith_bundle_read(kith_span(text.ptr, i), kith_blake2b, &b, &err);
		assert_true(r == KITH_E_INTEGRITY || (r == KITH_E_FORMAT && i < 14));
	}
	assert_null(b);
}

static void
lines_are_strict(void **state)
{
	static const char *const bad[] = {
	    "lock abc\n",
	    "lock\n",
	    "unknown\n",
	    "\n",
	    "pins 5\nab\n",
	    "pins 99999999999\nab\n",
	    "pins -1\n\n",
	    "proof x\n",
	    "file - 0\n\n",
	    "crev x y z own 1\n",
	    "crev x y z mine 1 1\n",
	    "crev x  z own 1 1\n",
	    "crev %2 - - own 1 1\n",
	    "crev %zz - - own 1 1\n",
	    "crev x - - own 1 1 1\n",
	    "vet x - - - 1 1 1\n",
	    "crev x - - own 1 1\nfile x 0\n\n",
	    "crev x - - own 1 1\nentry AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x 1 - -\n",
	    "vet x - - s 1 1 1\nagain AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x 1\n",
	    "crev x - - own 1 1\nproof AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x 1 gone 1 1 1\n"
	    "x\n",
	    "crev x - - own 1 1\nproof AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x 1 taken,taken "
	    "1 "
	    "1 1\nx\n",
	    "id AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA - perhaps - 1\n",
	    "no end of line"};
	struct kith_bundle *b = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		KITH_AUTO_BUF struct kith_buf text;
		int r;

		kith_buf_init(&text, KITH_MAX_BUNDLE);
		kith_buf_put_str(&text, "kith bundle 1\n");
		kith_buf_put_str(&text, bad[i]);
		end_it(&text);
		r = kith_bundle_read(kith_buf_span(&text), kith_blake2b, &b, &err);
		if (r != KITH_E_FORMAT && r != KITH_E_INTEGRITY)
			fail_msg("%s: %d", bad[i], r);
	}
	assert_null(b);
}

/* --- as evidence --- */

static void
enter(struct kith_buf *text, struct kith_session **s, int want)
{
	const struct kith_session_options o = {.no_home = 1, .now = "2026-06-01"};

	assert_int_equal(kith_session_new(&o, s, &err), 0);
	assert_int_equal(kith_app_bundle_enter(*s, "b", text, &err), want);
}

static void
is_all_the_evidence(void **state)
{
	struct kith_claim_set_reading reading = {.name = KITH_SPAN_LIT("set")};
	const struct kith_claim_set *sets, *databases;
	const struct kith_advisory_set *advisories;
	struct kith_advisory_database db;
	struct kith_index_proof_info proof;
	const struct kith_claim *claims;
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_session *s;
	struct kith_index *ix;
	struct kith_place at;
	struct kith_claim *said;
	size_t n;

	(void)state;
	kith_arena_init(&arena, KITH_MIB(16));
	sample(&text);
	enter(&text, &s, 0);
	assert_int_equal(kith_app_index(s, &ix, &err), 0);
	assert_int_equal(kith_index_count_sources(ix), 2);
	assert_int_equal(kith_index_count_proofs(ix), 2);
	assert_int_equal(
	    kith_index_claims(ix, KITH_ECO_CARGO, KITH_SPAN_LIT("a"), &arena, &claims, &n, &err),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(claims[0].n_places, 2);
	assert_int_equal(claims[0].places[0].line, 17);
	assert_true(kith_span_is(claims[0].places[0].commit, "0123"));
	assert_int_equal(claims[0].places[1].line, 3);
	assert_true(claims[0].has_previous);
	assert_int_equal(claims[0].previous.sec, 1600000000);
	assert_true(kith_index_proof_at(ix, 1, &proof));
	assert_true(proof.gone);
	assert_true(kith_index_place_at(ix, &proof, 0, &at));
	assert_true(kith_span_is(at.path, KITH_INDEX_GONE_PATH));

	assert_int_equal(kith_app_sets(s, &sets, &err), 0);
	assert_int_equal(kith_app_sets_fetched(s, 0), 40);
	assert_int_equal(kith_claim_set_claims(sets, KITH_ECO_CARGO, KITH_SPAN_LIT("a"), &reading,
					       s->now, &arena, &said, &n, &err),
			 0);
	assert_int_equal(n, 1);
	assert_int_equal(said[0].places[0].line, 100);
	assert_true(said[0].has_seen);
	assert_int_equal(said[0].seen.sec, 7);
	assert_int_equal(kith_claim_set_claims(sets, KITH_ECO_CARGO, KITH_SPAN_LIT("b"), &reading,
					       s->now, &arena, &said, &n, &err),
			 0);
	assert_int_equal(n, 1);
	assert_true(said[0].gone);
	assert_int_equal(said[0].gone_since.sec, 1780000000);

	assert_int_equal(kith_app_advisories(s, &databases, &advisories, &err), 0);
	assert_int_equal(databases->n_sources, 2);
	assert_true(kith_advisory_set_database(advisories, 0, &db));
	assert_int_equal(db.advisories, 1);
	kith_session_free(s);
}

/* A change of one of its texts, under a right last line. */
static void
refuses(const char *old, const char *new, const char *why)
{
	KITH_AUTO_BUF struct kith_buf text, changed;
	struct kith_session *s;
	struct kith_span rest;
	size_t i, n = strlen(old);

	sample(&text);
	kith_buf_init(&changed, KITH_MAX_BUNDLE);
	rest = kith_span_sub(kith_buf_span(&text), 0, text.len - 48);
	for (i = 0; i + n <= rest.len && memcmp(rest.ptr + i, old, n) != 0;)
		i++;
	assert_true(i + n <= rest.len);
	kith_buf_put_span(&changed, kith_span_sub(rest, 0, i));
	kith_buf_put_str(&changed, new);
	kith_buf_put_span(&changed, kith_span_sub(rest, i + n, SIZE_MAX));
	end_it(&changed);
	enter(&changed, &s, KITH_E_INTEGRITY);
	assert_non_null(strstr(err.msg, why));
	assert_null(s->bundle);
	kith_session_free(s);
}

static void
believes_no_unsigned_proof(void **state)
{
	(void)state;
	refuses("rating: positive", "rating: negative", "not as it was signed");
	refuses("----- BEGIN", "----- BEGAN", "not as it was signed");
	refuses("criteria = \"safe-to-run\"", "criteria = \"safe-to-ru_\"", "entries where");
	refuses("version = \"1.0.0\"\n\n[[audits.b]]", "version = \"1.0.1\"\n\n[[audits.b]]",
		"is not as it was");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_read_as_written),         cmocka_unit_test(no_change_passes),
	    cmocka_unit_test(lines_are_strict),           cmocka_unit_test(is_all_the_evidence),
	    cmocka_unit_test(believes_no_unsigned_proof),
	};

	if (kith_crypto_init(&err))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
