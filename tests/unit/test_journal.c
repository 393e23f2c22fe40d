/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "store/journal.h"
#include "store/meta.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"

static char home[] = "/tmp/kith-journal.XXXXXX";

static void
note(const struct kith_dirs *d, const char *old_head, const char *head, int64_t success,
     int64_t now, bool rewritten)
{
	char slug[] = "x", location[] = "https://example.org/x";
	struct kith_mirror m = {
	    .source = {.kind = KITH_GIT_URL, .location = location, .slug = slug},
	    .success = success};
	struct kith_error err;

	memcpy(m.head, head, sizeof(m.head));
	assert_int_equal(kith_journal_note(d, &m, old_head, now, rewritten, &err), KITH_OK);
}

static void
read_back(const struct kith_dirs *d, struct kith_journal *j)
{
	struct kith_error err;

	kith_journal_clear(j);
	assert_int_equal(kith_journal_read(d, "x", j, &err), KITH_OK);
}

static void
test_appended(void **state)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	const struct kith_dirs *d = *state;
	const struct kith_digest one = {{1}}, two = {{2}};
	struct kith_journal_change change = {
	    .head = 1, .news = &one, .n_news = 1, .gone = &two, .n_gone = 1};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;

	kith_buf_init(&b, 1);
	read_back(d, &j);
	assert_int_equal(j.n_heads, 0);
	note(d, "", A, 0, 100, false);
	note(d, "", A, 0, 101, false); /* the text file was lost: nothing new */
	note(d, A, B, 150, 200, true);
	read_back(d, &j);
	assert_int_equal(j.n_heads, 2);
	assert_true(j.heads[0].compared && !j.heads[1].compared && j.heads[1].rewritten);
	assert_int_equal(j.heads[1].previous, 150);
	assert_string_equal(j.heads[1].old_head, A);

	change.gone_text = KITH_SPAN_LIT("text\n");
	assert_int_equal(kith_journal_settle(d, "x", &change, &err), KITH_OK);
	/* another process was slower: nothing twice */
	assert_int_equal(kith_journal_settle(d, "x", &change, &err), KITH_OK);
	read_back(d, &j);
	assert_true(j.heads[1].compared);
	assert_int_equal(j.n_news, 1);
	assert_int_equal(j.n_gone, 1);
	assert_int_equal(j.gone[0].head, 1);
	assert_memory_equal(&j.gone[0].digest, &two, sizeof(two));
	assert_int_equal(kith_journal_gone_text(d, "x", &b, &err), KITH_OK);
	assert_string_equal(kith_buf_str(&b), "text\n");
	/* a mirror from before there were journals: its head is the baseline */
	note(d, C, A, 150, 300, false);
	read_back(d, &j);
	assert_string_equal(j.heads[2].old_head, B);
}

static void
test_old_mirror(void **state)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	const struct kith_dirs *d = *state;
	KITH_AUTO_FREE char *path = kith_meta_path(d, "x", ".journal");

	assert_int_equal(remove(path), 0);
	note(d, C, A, 150, 300, false);
	read_back(d, &j);
	assert_int_equal(j.n_heads, 2);
	assert_string_equal(j.heads[0].head, C);
	assert_int_equal(j.heads[0].time, 150);
	assert_int_equal(j.heads[1].previous, 150);
}

/* What a kill cut off is no line, and does not spoil the next. */
static void
test_cut_off(void **state)
{
	static const char text[] = "kith-journal 1\nhead 100 0 - " A " first\n"
				   "head 200 100 " A " " B " updated\nnew 1 AAAA";
	const struct kith_span broken[] = {
	    KITH_SPAN_LIT("kith-jour\nhead 100 0 - " A " first\n"),
	    KITH_SPAN_LIT("kith\0\0\0\nhead 100 0 - " A " first\n"),
	    KITH_SPAN_LIT("\nhead 100 0 - " A " first\n"),
	};
	const size_t first = sizeof("kith-journal 1\nhead 100 0 - " A " first\n") - 1;
	const size_t whole = sizeof(text) - sizeof("new 1 AAAA");
	const struct kith_dirs *d = *state;
	KITH_AUTO_FREE char *path = kith_meta_path(d, "x", ".journal");
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	struct kith_error err;
	size_t len;

	for (len = 0; len < sizeof(text); len++) {
		assert_int_equal(kith_fs_replace(path, kith_span(text, len), 0600, &err), 0);
		note(d, "", C, 250, 300, false);
		read_back(d, &j);
		assert_string_equal(j.heads[j.n_heads - 1].head, C);
		/* whole with its newline or not at all */
		assert_int_equal(j.n_heads, len < first ? 1 : len < whole ? 2 : 3);
		assert_int_equal(j.n_news, 0);
	}
	/* lines behind half a header, or behind blocks that never reached the disk */
	for (len = 0; len < sizeof(broken) / sizeof(broken[0]); len++) {
		assert_int_equal(kith_fs_replace(path, broken[len], 0600, &err), 0);
		note(d, "", C, 250, 300, false);
		read_back(d, &j);
		assert_int_equal(j.n_heads, 2);
		assert_string_equal(j.heads[1].head, C);
	}
	assert_int_equal(kith_fs_replace(path, KITH_SPAN_LIT("other\n"), 0600, &err), 0);
	kith_journal_clear(&j);
	assert_int_equal(kith_journal_read(d, "x", &j, &err), KITH_E_FORMAT);
}

static void
test_limit(void **state)
{
	const struct kith_dirs *d = *state;
	const struct kith_digest one = {{1}};
	struct kith_journal_change change = {.head = 1, .gone = &one, .n_gone = 1};
	KITH_AUTO_FREE char *path = kith_meta_path(d, "x", ".journal");
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;

	assert_int_equal(remove(path), 0);
	note(d, A, B, 150, 300, false);
	kith_buf_init(&b, KITH_MAX_GONE);
	kith_buf_put_fill(&b, 'x', KITH_MAX_GONE - 2);
	change.gone_text = kith_buf_span(&b);
	assert_int_equal(kith_journal_settle(d, "x", &change, &err), KITH_E_LIMIT);
	change.gone_text = KITH_SPAN_NONE;
	assert_int_equal(kith_journal_settle(d, "x", &change, &err), KITH_OK);
}

static int
set_up(void **state)
{
	static struct kith_dirs d;
	const struct kith_dirs_env env = {.kith_home = home};
	KITH_AUTO_FREE char *path = NULL;

	if (kith_crypto_init(NULL) || !mkdtemp(home) || kith_dirs_init(&d, &env, NULL))
		return -1;
	path = kith_meta_folder(&d);
	*state = &d;
	return kith_fs_mkdirs(path, 0700, NULL);
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
	    cmocka_unit_test(test_appended),
	    cmocka_unit_test(test_old_mirror),
	    cmocka_unit_test(test_cut_off),
	    cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
