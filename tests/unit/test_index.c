/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "index/index.h"
#include "proof/write.h"

static const uint8_t secret[KITH_INDEX_SECRET_BYTES] = {1, 2, 3};
static const struct kith_digest mirrors = {{5}};
static const uint8_t other_secret[KITH_INDEX_SECRET_BYTES] = {9};

struct fixture {
	char dir[64];
	char *path;
	struct kith_id alice, bob;
};

static void
put_signed(struct kith_buf *out, uint8_t seed_byte, struct kith_proof *p)
{
	uint8_t seed[KITH_SEED_BYTES];
	struct kith_buf body;
	struct kith_error err;

	memset(seed, seed_byte, sizeof(seed));
	kith_ed25519_public(seed, &p->from.id);
	p->from.valid = true;
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	if (kith_proof_write_body(p, &body, &err))
		fail_msg("%s", err.msg);
	if (kith_proof_sign(kith_buf_span(&body), seed, out, &err))
		fail_msg("%s", err.msg);
	kith_buf_put_char(out, '\n');
	kith_buf_clear(&body);
}

static void
put_review(struct kith_buf *out, uint8_t seed, const char *name, const char *version, int64_t when,
	   const char *url)
{
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .date = {when, 0},
			       .thoroughness = KITH_LEVEL_LOW,
			       .understanding = KITH_LEVEL_MEDIUM,
			       .rating = KITH_RATING_POSITIVE,
			       .comment = KITH_SPAN_LIT("fine")};
	const struct kith_proof_issue issue = {KITH_SPAN_LIT("X-1"), KITH_LEVEL_HIGH,
					       KITH_RANGE_MAJOR, KITH_SPAN_LIT("")};

	p.from.url = kith_span_str(url);
	p.package.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	p.package.name = kith_span_str(name);
	p.package.version = kith_span_str(version);
	p.package.digest_valid = true;
	memset(p.package.digest.bytes, 7, KITH_DIGEST_BYTES);
	p.issues = &issue;
	p.n_issues = 1;
	put_signed(out, seed, &p);
}

static void
put_trust(struct kith_buf *out, uint8_t seed, const struct kith_id *to)
{
	struct kith_public_id id = {.id = *to, .valid = true};
	struct kith_proof p = {.kind = KITH_PROOF_TRUST,
			       .date = {1600000000, 0},
			       .level = KITH_LEVEL_HIGH,
			       .ids = &id,
			       .n_ids = 1};

	put_signed(out, seed, &p);
}

static void
build(const struct fixture *f, struct kith_index *old, struct kith_index_totals *totals)
{
	struct kith_index_builder *b;
	struct kith_buf file;
	struct kith_error err;
	const struct kith_index_source one = {KITH_SPAN_LIT("https://Example.org/a.git"),
					      KITH_SPAN_LIT("one"),
					      KITH_SPAN_LIT("abc"),
					      false,
					      0,
					      0};
	const struct kith_index_source two = {
	    KITH_SPAN_NONE, KITH_SPAN_LIT("two"), KITH_SPAN_LIT("def"), false, 0, 0};

	kith_buf_init(&file, KITH_MIB(1));
	put_review(&file, 1, "serde", "1.0.0", 1600000000, "https://example.org/a");
	put_review(&file, 2, "serde", "1.0.1", 1600000001, "https://example.org/b");
	put_trust(&file, 1, &f->bob);
	kith_buf_put_str(&file, "nonsense\n");
	assert_int_equal(kith_index_builder_new(old, f->dir, &b, &err), 0);
	assert_int_equal(kith_index_builder_source(b, &one, &err), 0);
	assert_int_equal(
	    kith_index_builder_file(b, KITH_SPAN_LIT("a.crev"), kith_buf_span(&file), &err), 0);
	assert_int_equal(kith_index_builder_source(b, &two, &err), 0);
	kith_buf_reset(&file);
	put_review(&file, 1, "serde", "1.0.0", 1600000000, "https://example.org/a");
	put_review(&file, 2, "abc", "0.1.0", 1600000002, "https://example.org/b");
	assert_int_equal(
	    kith_index_builder_file(b, KITH_SPAN_LIT("b.crev"), kith_buf_span(&file), &err), 0);
	assert_int_equal(kith_index_builder_write(b, f->path, secret, &mirrors, totals, &err), 0);
	kith_index_builder_free(b);
	kith_buf_clear(&file);
}

static int
set_up(void **state)
{
	static struct fixture f;
	uint8_t seed[KITH_SEED_BYTES];

	memset(&f, 0, sizeof(f));
	memcpy(f.dir, "/tmp/kith-index-XXXXXX", sizeof("/tmp/kith-index-XXXXXX"));
	if (kith_crypto_init(NULL) || !mkdtemp(f.dir))
		return -1;
	f.path = kith_fs_join(f.dir, "index");
	memset(seed, 1, sizeof(seed));
	kith_ed25519_public(seed, &f.alice);
	memset(seed, 2, sizeof(seed));
	kith_ed25519_public(seed, &f.bob);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	free(f->path);
	return kith_fs_remove_tree(f->dir, NULL);
}

static void
test_build_and_look_up(void **state)
{
	const struct fixture *f = *state;
	struct kith_index_totals t;
	struct kith_index_id_info id;
	struct kith_index *ix;
	struct kith_arena arena;
	const struct kith_claim *claims;
	const struct kith_trust_graph *g;
	struct kith_error err;
	size_t n, i;

	build(f, NULL, &t);
	assert_int_equal(t.sources, 2);
	assert_int_equal(t.proofs, 6); /* five, and the nonsense */
	assert_int_equal(t.valid, 4);
	assert_int_equal(t.refused, 1);
	assert_int_equal(kith_index_open(f->path, secret, &ix, &err), 0);
	kith_arena_init(&arena, KITH_MIB(1));
	assert_int_equal(kith_index_claims(ix, KITH_ECO_CARGO, KITH_SPAN_LIT("serde"), &arena,
					   &claims, &n, &err),
			 0);
	assert_int_equal(n, 2);
	/* the last imported first */
	assert_true(kith_span_is(claims[0].version, "1.0.1"));
	assert_true(kith_span_is(claims[1].version, "1.0.0"));
	assert_int_equal(claims[1].n_places, 2);
	assert_true(kith_span_is(claims[1].places[1].path, "b.crev"));
	assert_int_equal(claims[1].n_issues, 1);
	assert_int_equal(claims[1].issues[0].severity, KITH_LEVEL_HIGH);
	assert_true(kith_span_is(claims[1].comment, "fine"));
	assert_int_equal(
	    kith_index_claims_by_digest(ix, &claims[0].digest, &arena, &claims, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(
	    kith_index_claims(ix, KITH_ECO_CARGO, KITH_SPAN_LIT("serd"), &arena, &claims, &n, &err),
	    0);
	assert_int_equal(n, 0);
	/* the first source is alice's own place and not bob's */
	assert_true(kith_index_find_id(ix, &f->alice, &i) && kith_index_id_at(ix, i, &id));
	assert_true(id.proved && id.reviews == 1 && id.trusts == 1);
	assert_true(kith_index_find_id(ix, &f->bob, &i) && kith_index_id_at(ix, i, &id));
	assert_true(!id.proved && id.says_url);
	assert_int_equal(kith_index_graph(ix, &g, &err), 0);
	assert_int_equal(kith_index_count_refused(ix), 1);
	assert_true(kith_index_is_of(ix, &mirrors));
	kith_arena_clear(&arena);
	kith_index_free(ix);
}

static void
test_rebuild_needs_no_signature(void **state)
{
	const struct fixture *f = *state;
	struct kith_index_totals a, b;
	struct kith_index *ix;
	struct kith_error err;

	build(f, NULL, &a);
	assert_int_equal(kith_index_open(f->path, secret, &ix, &err), 0);
	build(f, ix, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	kith_index_free(ix);
}

static void
test_foreign_secret(void **state)
{
	const struct fixture *f = *state;
	struct kith_index_totals t;
	struct kith_index *ix;
	struct kith_error err;

	build(f, NULL, &t);
	assert_int_equal(kith_index_open(f->path, other_secret, &ix, &err), KITH_E_FORMAT);
}

/* Reads everything; false as soon as something is not as it was. */
static bool
is_whole(const struct fixture *f)
{
	struct kith_index_proof_info p;
	struct kith_index_id_info id;
	struct kith_place place;
	struct kith_arena arena;
	const struct kith_claim *claims;
	struct kith_index *ix;
	size_t n, i;
	bool ok = true;

	if (kith_index_open(f->path, secret, &ix, NULL))
		return false;
	kith_arena_init(&arena, KITH_MIB(1));
	ok = !kith_index_claims(ix, KITH_ECO_CARGO, KITH_SPAN_LIT("serde"), &arena, &claims, &n,
				NULL);
	if (ok && n != 2)
		fail_msg("damage has hidden a review");
	for (i = 0; ok && i < kith_index_count_proofs(ix); i++)
		ok = kith_index_proof_at(ix, i, &p) && kith_index_place_at(ix, &p, 0, &place);
	for (i = 0; ok && i < kith_index_count_ids(ix); i++)
		ok = kith_index_id_at(ix, i, &id);
	kith_arena_clear(&arena);
	kith_index_free(ix);
	return ok;
}

static void
test_every_damage_is_seen(void **state)
{
	const struct fixture *f = *state;
	struct kith_index_totals t;
	struct kith_buf whole;
	struct kith_error err;
	size_t i;

	build(f, NULL, &t);
	assert_true(is_whole(f));
	kith_buf_init(&whole, KITH_MIB(8));
	assert_int_equal(kith_fs_read(f->path, &whole, &err), 0);
	for (i = 0; i < whole.len; i += 37) {
		whole.ptr[i] ^= 1;
		assert_int_equal(kith_fs_replace(f->path, kith_buf_span(&whole), 0600, &err), 0);
		if (is_whole(f))
			fail_msg("a changed byte at %zu was not seen", i);
		whole.ptr[i] ^= 1;
	}
	for (i = 0; i < whole.len; i += 511) {
		assert_int_equal(kith_fs_replace(f->path, kith_span(whole.ptr, i), 0600, &err), 0);
		assert_false(is_whole(f));
	}
	kith_buf_clear(&whole);
}

/* A file that holds more than any may costs itself only. */
static void
test_too_much_in_one_file(void **state)
{
	const struct fixture *f = *state;
	const struct kith_index_source one = {.name = KITH_SPAN_LIT("one"),
					      .commit = KITH_SPAN_LIT("abc")};
	struct kith_index_builder *b;
	struct kith_index_refusal x;
	struct kith_index_totals t;
	struct kith_index *ix;
	struct kith_buf file, good;
	struct kith_error err;
	size_t i;

	kith_buf_init(&file, KITH_MAX_PROOF_FILE);
	kith_buf_init(&good, KITH_MIB(1));
	put_review(&good, 1, "serde", "1.0.0", 1600000000, "https://example.org/a");
	for (i = 0; i <= KITH_MAX_PROOF_ITEMS; i++)
		kith_buf_put_span(&file, kith_buf_span(&good));
	assert_int_equal(kith_buf_check(&file, &err), 0);
	assert_int_equal(kith_index_builder_new(NULL, NULL, &b, &err), 0);
	assert_int_equal(kith_index_builder_source(b, &one, &err), 0);
	assert_int_equal(
	    kith_index_builder_file(b, KITH_SPAN_LIT("much"), kith_buf_span(&file), &err), 0);
	assert_int_equal(
	    kith_index_builder_file(b, KITH_SPAN_LIT("good"), kith_buf_span(&good), &err), 0);
	assert_int_equal(kith_index_builder_write(b, f->path, secret, &mirrors, &t, &err), 0);
	kith_index_builder_free(b);
	assert_int_equal(t.valid, 1);
	assert_int_equal(t.refused, 1);
	assert_int_equal(kith_index_open(f->path, secret, &ix, &err), 0);
	assert_int_equal(kith_index_count_refused(ix), 1);
	assert_true(kith_index_refused_at(ix, 0, &x));
	assert_true(kith_span_is(x.path, "much"));
	assert_true(kith_span_starts(x.cause, KITH_SPAN_LIT("too many proofs in one file")));
	kith_index_free(ix);
	kith_buf_clear(&file);
	kith_buf_clear(&good);
}

/* Digests that begin alike are told apart. */
static void
test_similar_digests(void **state)
{
	const struct fixture *f = *state;
	struct kith_index_totals t;
	const struct kith_claim *claims;
	struct kith_digest d;
	struct kith_arena arena;
	struct kith_index *ix;
	struct kith_error err;
	size_t n;

	build(f, NULL, &t);
	assert_int_equal(kith_index_open(f->path, secret, &ix, &err), 0);
	kith_arena_init(&arena, KITH_MIB(1));
	memset(d.bytes, 7, sizeof(d.bytes));
	assert_int_equal(kith_index_claims_by_digest(ix, &d, &arena, &claims, &n, &err), 0);
	assert_int_equal(n, 3);
	d.bytes[8] ^= 1;
	assert_int_equal(kith_index_claims_by_digest(ix, &d, &arena, &claims, &n, &err), 0);
	assert_int_equal(n, 0);
	d.bytes[0] = 0xff;
	assert_int_equal(kith_index_claims_by_digest(ix, &d, &arena, &claims, &n, &err), 0);
	assert_int_equal(n, 0);
	kith_arena_clear(&arena);
	kith_index_free(ix);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_build_and_look_up, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_rebuild_needs_no_signature, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_foreign_secret, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_too_much_in_one_file, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_similar_digests, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_every_damage_is_seen, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
