/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "proof/write.h"

static const uint8_t seed[KITH_SEED_BYTES] = {7};

static void
sign(struct kith_proof *p, struct kith_buf *out)
{
	struct kith_public_id to = {.id = {{9}}, .valid = true};
	struct kith_buf body;
	struct kith_error err;

	p->kind = KITH_PROOF_TRUST;
	p->date = (struct kith_time){1772359200, 0};
	p->level = KITH_LEVEL_MEDIUM;
	p->ids = &to;
	p->n_ids = 1;
	kith_ed25519_public(seed, &p->from.id);
	p->from.valid = true;
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	if (kith_proof_write_body(p, &body, &err) ||
	    kith_proof_sign(kith_buf_span(&body), seed, out, &err))
		fail_msg("%s", err.msg);
	kith_buf_clear(&body);
}

static void
read_one(const struct kith_buf *file, struct kith_arena *arena, struct kith_proof_item *ret)
{
	struct kith_proof_list list;

	assert_int_equal(kith_proof_parse(kith_buf_span(file), arena, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	kith_proof_check(&list.items[0]);
	*ret = list.items[0];
}

static void
test_round_trip(void **state)
{
	struct kith_proof p = {.limited = true,
			       .reach = KITH_REACH_REVIEWS,
			       .scope = KITH_SPAN_LIT("cargo:serde*"),
			       .has_until = true,
			       .until = {1803859200, 0},
			       .comment = KITH_SPAN_LIT("knows serialisers")};
	struct kith_proof_item item;
	struct kith_arena arena;
	struct kith_buf file;

	(void)state;
	assert_int_equal(kith_crypto_init(NULL), 0);
	kith_buf_init(&file, KITH_MIB(1));
	kith_arena_init(&arena, KITH_MIB(1));
	sign(&p, &file);
	assert_non_null(strstr(kith_buf_str(&file), "kind: kith trust\nversion: -1\n"));
	assert_non_null(strstr(kith_buf_str(&file),
			       "trust: medium\nreach: reviews\nscope: cargo:serde*\n"
			       "until: 2027-03-01T00:00:00+00:00\ncomment: |-\n"));
	read_one(&file, &arena, &item);
	assert_int_equal(item.status, KITH_PROOF_VALID);
	assert_int_equal(item.proof.kind, KITH_PROOF_TRUST);
	assert_true(item.proof.limited && item.proof.has_until);
	assert_int_equal(item.proof.reach, KITH_REACH_REVIEWS);
	assert_true(kith_span_is(item.proof.scope, "cargo:serde*"));
	assert_int_equal(item.proof.until.sec, 1803859200);
	kith_arena_clear(&arena);
	kith_buf_clear(&file);
}

/* A plain statement stays plain, and its unknown keys are ignored as ever. */
static void
test_plain_is_not_limited(void **state)
{
	struct kith_proof p = {0};
	struct kith_proof_item item;
	struct kith_arena arena;
	struct kith_buf file;

	(void)state;
	kith_buf_init(&file, KITH_MIB(1));
	kith_arena_init(&arena, KITH_MIB(1));
	sign(&p, &file);
	assert_non_null(strstr(kith_buf_str(&file), "kind: trust\n"));
	read_one(&file, &arena, &item);
	assert_int_equal(item.status, KITH_PROOF_VALID);
	assert_false(item.proof.limited);
	kith_arena_clear(&arena);
	kith_buf_clear(&file);
}

static void
check_refused(const char *extra)
{
	static const char body[] =
	    "kind: kith trust\nversion: -1\ndate: 2026-03-01T10:00:00+00:00\nfrom:\n"
	    "  id-type: crev\n  id: 6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw\nids: []\n"
	    "trust: low\n";
	struct kith_proof_item item;
	struct kith_arena arena;
	struct kith_buf file;

	kith_buf_init(&file, KITH_MIB(1));
	kith_arena_init(&arena, KITH_MIB(1));
	kith_buf_printf(&file,
			"----- BEGIN CREV PROOF -----\n%s%s\n----- SIGN CREV PROOF -----\nx\n"
			"----- END CREV PROOF -----\n",
			body, extra);
	read_one(&file, &arena, &item);
	if (item.status != KITH_PROOF_BAD_BODY)
		fail_msg("not refused: %s", extra);
	kith_arena_clear(&arena);
	kith_buf_clear(&file);
}

static void
test_refused(void **state)
{
	(void)state;
	check_refused("moreover: nothing");
	check_refused("reach: everywhere");
	check_refused("scope: ''");
	check_refused("until: tomorrow");
	check_refused("scope: [a]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_plain_is_not_limited),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
