/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "store/seen.h"

static char home[] = "/tmp/kith-seen.XXXXXX";

static void
look(const struct kith_dirs *d, struct kith_seen_want *wants, size_t n, struct kith_buf *text)
{
	kith_buf_clear(text);
	kith_buf_init(text, KITH_MAX_SEEN);
	assert_int_equal(kith_seen_read(d, text, NULL), KITH_OK);
	assert_int_equal(kith_seen_look(kith_buf_span(text), wants, n, NULL), KITH_OK);
}

static void
test_keys(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	kith_buf_init(&b, 200);
	assert_true(kith_seen_put_key(&b, "cargo", KITH_SPAN_NONE, KITH_SPAN_LIT("serde"),
				      KITH_SPAN_LIT("1.0.0+x")));
	assert_string_equal(kith_buf_str(&b), "cargo - serde 1.0.0+x");
	kith_buf_reset(&b);
	/* no part may end a word or a line */
	assert_false(kith_seen_put_key(&b, "cargo", KITH_SPAN_NONE, KITH_SPAN_LIT("a b"),
				       KITH_SPAN_LIT("1")));
	assert_false(kith_seen_put_key(&b, "cargo", KITH_SPAN_LIT("r\n"), KITH_SPAN_LIT("a"),
				       KITH_SPAN_LIT("1")));
	assert_false(
	    kith_seen_put_key(&b, "cargo", KITH_SPAN_NONE, KITH_SPAN_NONE, KITH_SPAN_LIT("1")));
	assert_false(
	    kith_seen_put_key(&b, "cargo", KITH_SPAN_NONE, KITH_SPAN_LIT("a"), KITH_SPAN_NONE));
	assert_int_equal(b.len, 0);
}

static void
test_first_counts(void **state)
{
	const struct kith_dirs *d = *state;
	struct kith_seen_want w[3] = {
	    {.key = KITH_SPAN_LIT("cargo - a 1.0.0"), .checksum = KITH_SPAN_LIT("aa")},
	    {.key = KITH_SPAN_LIT("cargo - b 1.0.0"), .checksum = KITH_SPAN_LIT("bb")},
	    {.key = KITH_SPAN_LIT("cargo - a 1.0.0"), .checksum = KITH_SPAN_LIT("cc")},
	};
	const bool marked[3] = {true, false, false};
	KITH_AUTO_BUF struct kith_buf text;

	kith_buf_init(&text, 1);
	look(d, w, 3, &text);
	assert_int_equal(w[0].answer, KITH_SEEN_FIRST);
	assert_int_equal(w[1].answer, KITH_SEEN_FIRST);
	assert_int_equal(kith_seen_note(d, w, marked, 3, 1000, NULL), KITH_OK);
	look(d, w, 3, &text);
	assert_int_equal(w[0].answer, KITH_SEEN_SAME);
	assert_int_equal(w[0].time, 1000);
	assert_int_equal(w[1].answer, KITH_SEEN_FIRST); /* it was not marked */
	assert_int_equal(w[2].answer, KITH_SEEN_OTHER); /* the same package, other bytes */
	assert_true(kith_span_is(w[2].seen, "aa"));
}

static void
test_forgotten(void **state)
{
	const struct kith_dirs *d = *state;
	struct kith_seen_want w[2] = {
	    {.key = KITH_SPAN_LIT("cargo - f 1.0.0"), .checksum = KITH_SPAN_LIT("aa")},
	    {.key = KITH_SPAN_LIT("cargo reg f 1.0.0"), .checksum = KITH_SPAN_LIT("bb")},
	};
	const bool marked[2] = {true, true};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_seen_record *list;
	KITH_AUTO_BUF struct kith_buf text;
	size_t n;

	kith_arena_init(&arena, KITH_MIB(1));
	kith_buf_init(&text, 1);
	look(d, w, 2, &text);
	assert_int_equal(kith_seen_note(d, w, marked, 2, 1000, NULL), KITH_OK);
	look(d, w, 2, &text);
	assert_int_equal(kith_seen_find(kith_buf_span(&text), KITH_SPAN_LIT("f"),
					KITH_SPAN_LIT("1.0.0"), &arena, &list, &n, NULL),
			 KITH_OK);
	assert_int_equal(n, 2);
	assert_true(kith_span_is(list[0].checksum, "aa") && kith_span_is(list[1].checksum, "bb"));
	assert_int_equal(kith_seen_find(kith_buf_span(&text), KITH_SPAN_LIT("f"),
					KITH_SPAN_LIT("1.0"), &arena, &list, &n, NULL),
			 KITH_OK);
	assert_int_equal(n, 0);
	assert_int_equal(kith_seen_find(kith_buf_span(&text), KITH_SPAN_LIT("f"),
					KITH_SPAN_LIT("1.0.0"), &arena, &list, &n, NULL),
			 KITH_OK);
	assert_int_equal(kith_seen_forget(d, list, 1, 2000, NULL), KITH_OK);
	look(d, w, 2, &text);
	assert_int_equal(w[0].answer, KITH_SEEN_FIRST);
	assert_int_equal(w[1].answer, KITH_SEEN_SAME);
	/* what is seen next is the first again */
	w[0].checksum = KITH_SPAN_LIT("cc");
	assert_int_equal(kith_seen_note(d, w, marked, 2, 3000, NULL), KITH_OK);
	look(d, w, 2, &text);
	assert_int_equal(w[0].answer, KITH_SEEN_SAME);
	assert_int_equal(w[0].time, 3000);
	assert_int_equal(kith_seen_find(kith_buf_span(&text), KITH_SPAN_LIT("f"),
					KITH_SPAN_LIT("1.0.0"), &arena, &list, &n, NULL),
			 KITH_OK);
	assert_int_equal(n, 2);
	assert_true(kith_span_is(list[1].checksum, "cc"));
}

static void
test_damage(void **state)
{
	const struct kith_dirs *d = *state;
	KITH_AUTO_FREE char *path = kith_fs_join(d->data, "packages.journal");
	struct kith_seen_want w = {.key = KITH_SPAN_LIT("cargo - c 1.0.0"),
				   .checksum = KITH_SPAN_LIT("cc")};
	const bool marked = true;
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error err;

	kith_buf_init(&text, 1);
	/* cut off in the middle of a line: that line is none, the next stands by itself */
	assert_int_equal(kith_fs_replace(path,
					 KITH_SPAN_LIT("kith-packages 1\n"
						       "other things\n"
						       "package x dd cargo - c 1.0.0\n"
						       "package 99999999999999999999 dd cargo - c "
						       "1.0.0\n"
						       "package 5\npackage 5 \npackage 5 dd \n"
						       "package 5 dd cargo - c 1.0.0"),
					 0600, NULL),
			 KITH_OK);
	look(d, &w, 1, &text);
	assert_int_equal(w.answer, KITH_SEEN_FIRST);
	assert_int_equal(kith_seen_note(d, &w, &marked, 1, -5, NULL), KITH_OK);
	look(d, &w, 1, &text);
	assert_int_equal(w.answer, KITH_SEEN_SAME);
	assert_int_equal(w.time, 0);
	/* cut off in its very first line */
	assert_int_equal(kith_fs_replace(path, KITH_SPAN_LIT("kith-pa"), 0600, NULL), KITH_OK);
	look(d, &w, 1, &text);
	assert_int_equal(w.answer, KITH_SEEN_FIRST);
	assert_int_equal(kith_seen_note(d, &w, &marked, 1, 7, NULL), KITH_OK);
	look(d, &w, 1, &text);
	assert_int_equal(w.answer, KITH_SEEN_SAME);
	assert_int_equal(kith_seen_look(KITH_SPAN_LIT("something\n"), &w, 1, &err), KITH_E_FORMAT);
	assert_string_equal(err.msg, "it does not begin with 'kith-packages 1'");
	assert_int_equal(kith_seen_look(KITH_SPAN_NONE, &w, 1, NULL), KITH_OK);
	assert_int_equal(w.answer, KITH_SEEN_FIRST);
}

static void
test_limit(void **state)
{
	const struct kith_dirs *d = *state;
	KITH_AUTO_FREE char *path = kith_fs_join(d->data, "packages.journal");
	struct kith_seen_want w = {.key = KITH_SPAN_LIT("cargo - d 1.0.0"),
				   .checksum = KITH_SPAN_LIT("cc")};
	const bool marked = true;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;

	kith_buf_init(&b, KITH_MAX_SEEN);
	kith_buf_put_str(&b, "kith-packages 1\n");
	kith_buf_put_fill(&b, '\n', KITH_MAX_SEEN - b.len - 10);
	assert_int_equal(kith_fs_replace(path, kith_buf_span(&b), 0600, NULL), KITH_OK);
	assert_int_equal(kith_seen_note(d, &w, &marked, 1, 1, &err), KITH_E_LIMIT);
}

static int
set_up(void **state)
{
	static struct kith_dirs d;
	const struct kith_dirs_env env = {.kith_home = home};

	*state = &d;
	return kith_crypto_init(NULL) || !mkdtemp(home) || kith_dirs_init(&d, &env, NULL);
}

static int
tear_down(void **state)
{
	kith_dirs_clear(*state);
	return kith_fs_remove_tree(home, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),      cmocka_unit_test(test_first_counts),
	    cmocka_unit_test(test_forgotten), cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
