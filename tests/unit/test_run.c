/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that speak no protocol of ours: status, words, folder, environment, and their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "helper/run.h"

struct heard {
	struct kith_buf text;
	size_t lines;
};

static void
hear(void *ctx, struct kith_span line)
{
	struct heard *h = ctx;

	kith_buf_put_span(&h->text, line);
	kith_buf_put_char(&h->text, '|');
	h->lines++;
}

static int
run(const char *script, const char *const *set, unsigned seconds, struct heard *h, int *status,
    struct kith_error *err)
{
	static const char *const env[] = {"KITH_RUN_SEEN", NULL};
	const char *const argv[] = {"sh", "-c", script, NULL};
	const struct kith_run r = {.argv = argv,
				   .folder = "/usr",
				   .env = env,
				   .set = set,
				   .timeout_s = seconds,
				   .line = hear,
				   .ctx = h};

	kith_buf_clear(&h->text);
	kith_buf_init(&h->text, KITH_MIB(1));
	h->lines = 0;
	return kith_run_program(&r, status, err);
}

static void
status_words_and_surroundings(void **state)
{
	static const char *const set[] = {"GIVEN=here", NULL};
	struct kith_error err;
	struct heard h = {.lines = 0};
	int status = -1;

	(void)state;
	setenv("KITH_RUN_SEEN", "yes", 1);
	setenv("KITH_RUN_HIDDEN", "no", 1);
	assert_int_equal(run("echo $KITH_RUN_SEEN $KITH_RUN_HIDDEN $GIVEN; pwd; echo end >&2; "
			     "printf last; exit 7",
			     set, 30, &h, &status, &err),
			 KITH_OK);
	assert_int_equal(status, 7);
	assert_string_equal(kith_buf_str(&h.text), "yes here|/usr|end|last|");
	assert_int_equal(run("read x && echo asked", NULL, 30, &h, &status, &err), KITH_OK);
	assert_int_equal(h.lines, 0); /* there is nobody to ask */
	assert_int_equal(run("kill -TERM $$", NULL, 30, &h, &status, &err), KITH_OK);
	assert_int_equal(status, 128 + 15);
	kith_buf_clear(&h.text);
}

static void
bounds(void **state)
{
	struct kith_error err;
	struct heard h = {.lines = 0};
	int status = -1;

	(void)state;
	/* a line without end is cut, and what comes behind it is heard */
	assert_int_equal(run("head -c 100000 /dev/zero | tr '\\0' x; echo; echo after", NULL, 30,
			     &h, &status, &err),
			 KITH_OK);
	assert_int_equal(h.lines, 2);
	assert_true(h.text.len < 10000);
	assert_non_null(strstr(kith_buf_str(&h.text), "|after|"));
	/* one that says nothing, one that talks for ever, one that closes its output */
	assert_int_equal(run("exec sleep 30", NULL, 1, &h, &status, &err), KITH_E_HELPER);
	assert_string_equal(err.msg, "sh: killed after 1 s");
	assert_int_equal(run("while :; do echo x; done", NULL, 1, &h, &status, &err),
			 KITH_E_HELPER);
	assert_int_equal(run("exec >/dev/null 2>&1; exec sleep 30", NULL, 1, &h, &status, &err),
			 KITH_E_HELPER);
	kith_buf_clear(&h.text);
}

static void
no_such_program(void **state)
{
	const char *const argv[] = {"kith-no-such-program", NULL};
	const struct kith_run r = {.argv = argv, .folder = "/", .timeout_s = 5};
	struct kith_error err;
	int status = 77;

	(void)state;
	assert_int_equal(kith_run_program(&r, &status, &err), KITH_E_NOTFOUND);
	assert_string_equal(err.msg, "kith-no-such-program is not installed here");
	assert_int_equal(status, 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(status_words_and_surroundings),
					   cmocka_unit_test(bounds),
					   cmocka_unit_test(no_such_program)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
