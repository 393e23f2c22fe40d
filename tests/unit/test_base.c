/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

static void
test_errno(void **state)
{
	struct kith_error err;

	(void)state;
	assert_int_equal(kith_fail_errno(&err, 20, "x"), KITH_E_IO);
	assert_string_equal(err.msg, "x: Not a directory");
	assert_int_equal(err.sys, 20);
	assert_int_equal(kith_fail_errno(&err, 99999, "x"), KITH_E_IO);
	assert_string_equal(err.msg, "x: error 99999");
}

static void
test_utf8(void **state)
{
	size_t pos = 0;
	uint32_t c;

	(void)state;
	assert_true(kith_utf8_valid(KITH_SPAN_LIT("aé€😀")));
	assert_false(kith_utf8_valid(KITH_SPAN_LIT("\xc0\x80")));
	assert_false(kith_utf8_valid(KITH_SPAN_LIT("\xed\xa0\x80")));
	assert_false(kith_utf8_valid(KITH_SPAN_LIT("\xf4\x90\x80\x80")));
	assert_false(kith_utf8_valid(KITH_SPAN_LIT("\xe2\x82")));
	assert_true(kith_utf8_next(KITH_SPAN_LIT("€"), &pos, &c));
	assert_int_equal(c, 0x20ac);
}

static void
test_trim(void **state)
{
	struct kith_span s = kith_span_trim_unicode(KITH_SPAN_LIT("\xc2\xa0 x y\xe2\x80\x83\r"));

	(void)state;
	assert_true(kith_span_is(s, "x y"));
	assert_int_equal(kith_span_trim_unicode(KITH_SPAN_LIT(" \xc2\x85 ")).len, 0);
}

static void
check_time(const char *text, int64_t sec, uint32_t nsec)
{
	struct kith_time t;

	assert_true(kith_time_parse(kith_span_str(text), &t, NULL));
	assert_int_equal(t.sec, sec);
	assert_int_equal(t.nsec, nsec);
}

static void
test_time(void **state)
{
	static const char *const bad[] = {"2020-01-01T00:00:00",       "2020-01-01T00:00Z",
					  "2020-01-01T24:00:00Z",      "2020-02-30T00:00:00Z",
					  "2020-01-01T00:00:00.Z",     "2020-01-01T00:00:00+0200",
					  "2020-01-01T00:00:00+24:00", "12020-01-01T00:00:00Z"};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_time t;
	size_t i;

	(void)state;
	check_time("1970-01-01T00:00:00Z", 0, 0);
	check_time("2021-03-15t13:00:15.785981436-07:00", 1615838415, 785981436);
	check_time("2021-03-15 13:00:15.7859814369\xe2\x88\x92"
		   "07:00",
		   1615838415, 785981436);
	check_time("2016-12-31T23:59:60Z", 1483228799, 1000000000);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(kith_time_parse(kith_span_str(bad[i]), &t, NULL));
	kith_buf_init(&b, 100);
	kith_time_put_offset(&b, (struct kith_time){1615838415, 785000000}, -420);
	assert_string_equal(kith_buf_str(&b), "2021-03-15T13:00:15.785-07:00");
}

static void
test_safe(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	kith_buf_init(&b, 100);
	kith_text_safe(&b, KITH_SPAN_LIT("a\x1b[31mb\n\xff\xe2\x80\xae é"), 0);
	assert_string_equal(kith_buf_str(&b), "a\\x1b[31mb\\n\\xff\\u{202e} é");
	kith_buf_reset(&b);
	assert_int_equal(kith_text_safe(&b, KITH_SPAN_LIT("abcdef"), 4), 4);
	assert_string_equal(kith_buf_str(&b), "abc…");
}

static void
test_glob(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	assert_true(
	    kith_glob_match(KITH_SPAN_LIT("cargo:serde*"), KITH_SPAN_LIT("cargo:serde_json")));
	assert_true(kith_glob_match(KITH_SPAN_LIT("a/*[0-9]?c"), KITH_SPAN_LIT("a/b/x7yc")));
	assert_true(kith_glob_match(KITH_SPAN_LIT("[!a]"), KITH_SPAN_LIT("b")));
	assert_true(kith_glob_match(KITH_SPAN_LIT("[x"), KITH_SPAN_LIT("[x")));
	assert_false(kith_glob_match(KITH_SPAN_LIT("a"), KITH_SPAN_LIT("A")));
	kith_buf_init(&b, 100000);
	kith_buf_put_fill(&b, 'a', 50000);
	assert_false(kith_glob_match(KITH_SPAN_LIT("*a*a*a*a*a*a*a*a*a*a*b"), kith_buf_span(&b)));
}

static void
test_buf_limit(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;

	(void)state;
	kith_buf_init(&b, 10);
	kith_buf_put_str(&b, "0123456789");
	assert_int_equal(kith_buf_check(&b, &err), KITH_OK);
	kith_buf_put_char(&b, 'x');
	assert_int_equal(kith_buf_check(&b, &err), KITH_E_LIMIT);
	assert_string_equal(kith_buf_str(&b), "0123456789");
}

static void
test_map(void **state)
{
	static char keys[5000][8];
	KITH_AUTO_MAP struct kith_map m;
	size_t i, v;
	bool added;

	(void)state;
	kith_map_init(&m, NULL);
	for (i = 0; i < 5000; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%zu", i);
		assert_int_equal(kith_map_add(&m, kith_span_str(keys[i]), i, &v, &added, NULL), 0);
		assert_true(added && v == i);
	}
	assert_int_equal(kith_map_add(&m, KITH_SPAN_LIT("42"), 7, &v, &added, NULL), 0);
	assert_true(!added && v == 42);
	assert_true(kith_map_get(&m, KITH_SPAN_LIT("4999"), &v) && v == 4999);
	assert_false(kith_map_get(&m, KITH_SPAN_LIT("5000"), &v));
}

static void
test_siphash(void **state)
{
	/* the reference vector of SipHash-1-3 for key 00..0f and input 00..07 differs from 2-4 */
	const uint64_t seed[2] = {0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};

	(void)state;
	assert_true(kith_siphash(seed, KITH_SPAN_LIT("a")) !=
		    kith_siphash(seed, KITH_SPAN_LIT("b")));
	assert_true(kith_siphash(seed, KITH_SPAN_NONE) == 0xabac0158050fc4dcULL);
}

static void
test_errors(void **state)
{
	struct kith_error err;
	char *p;

	(void)state;
	assert_int_equal(kith_fail(&err, KITH_E_FORMAT, "bad '%s'", "x\x1b"), KITH_E_FORMAT);
	assert_string_equal(err.msg, "bad 'x\\x1b'");
	kith_context(&err, KITH_E_FORMAT, "line %d", 3);
	assert_string_equal(err.msg, "line 3: bad 'x\\x1b'");
	for (p = err.msg; p < err.msg + sizeof(err.msg) - 1; p++)
		*p = 'a';
	*p = '\0';
	kith_context(&err, KITH_E_FORMAT, "long");
	assert_true(strlen(err.msg) < sizeof(err.msg));
}

static void
test_nearest(void **state)
{
	static const char *const words[] = {"verify", "explain", "query"};

	(void)state;
	assert_string_equal(kith_text_nearest(KITH_SPAN_LIT("verfiy"), words, 3), "verify");
	assert_null(kith_text_nearest(KITH_SPAN_LIT("zzz"), words, 3));
}

static void
test_replace(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_fs_names names;
	struct kith_error err;
	char dir[] = "/tmp/kith-test-XXXXXX";
	KITH_AUTO_FREE char *file = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = kith_fs_join(dir, "f");
	assert_int_equal(kith_fs_replace(file, KITH_SPAN_LIT("one"), 0600, &err), 0);
	assert_int_equal(kith_fs_replace(file, KITH_SPAN_LIT("two"), 0600, &err), 0);
	kith_buf_init(&b, 3);
	assert_int_equal(kith_fs_read(file, &b, &err), 0);
	assert_string_equal(kith_buf_str(&b), "two");
	assert_int_equal(kith_fs_list(dir, &names, &err), 0);
	assert_int_equal(names.count, 1);
	kith_fs_names_free(&names);
	kith_buf_reset(&b);
	assert_int_equal(kith_fs_read(dir, &b, &err), KITH_E_FORMAT);
	assert_int_equal(kith_fs_remove_tree(dir, &err), 0);
	assert_false(kith_fs_exists(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_errno),     cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_trim),      cmocka_unit_test(test_time),
	    cmocka_unit_test(test_safe),      cmocka_unit_test(test_glob),
	    cmocka_unit_test(test_buf_limit), cmocka_unit_test(test_map),
	    cmocka_unit_test(test_siphash),   cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_nearest),   cmocka_unit_test(test_replace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
