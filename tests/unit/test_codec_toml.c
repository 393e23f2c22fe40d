/* SPDX-License-Identifier: Apache-2.0 */
/* The TOML reader: places, look-up, values at their edges, who may add to what, every limit. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/number.h"
#include "codec/toml.h"

static void
check_refused(struct kith_span text, int code, const char *message)
{
	struct kith_toml_doc *doc = NULL;
	struct kith_error err;

	assert_int_equal(kith_toml_parse(text, &doc, &err), code);
	assert_int_equal(err.code, code);
	if (message)
		assert_string_equal(err.msg, message);
	assert_null(doc);
}

static void
test_tree(void **state)
{
	static const char text[] = "\xef\xbb\xbftop = 'a'\n"
				   "[[package]]\n"
				   "name = \"x\\ty\" # comment\r\n"
				   "  deps = [\n    1,\n    2,\n  ]\n"
				   "[[package]]\n"
				   "[package.meta]\n"
				   "on = true\n"
				   "n = -5\n"
				   "[a.\"b c\".d]\n";
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	const struct kith_toml *root, *package, *v;
	struct kith_span s;
	int64_t i;
	bool b;

	(void)state;
	assert_int_equal(kith_toml_parse(kith_span_str(text), &doc, NULL), KITH_OK);
	root = kith_toml_root(doc);
	assert_int_equal(root->count, 3);
	assert_true(kith_toml_get_string(root, "top", &s) && kith_span_is(s, "a"));
	/* without escapes a string is borrowed from the text */
	assert_ptr_equal(s.ptr, text + 10);
	package = kith_toml_get(root, "package");
	assert_int_equal(package->type, KITH_TOML_ARRAY);
	assert_int_equal(package->count, 2);
	assert_int_equal(package->line, 2);
	assert_int_equal(package->column, 3);
	assert_true(kith_toml_get_string(package->first, "name", &s) && kith_span_is(s, "x\ty"));
	v = kith_toml_get(package->first, "deps");
	assert_int_equal(v->line, 4);
	assert_int_equal(v->column, 3);
	assert_int_equal(v->count, 2);
	assert_int_equal(v->first->next->line, 6);
	assert_int_equal(v->first->next->column, 5);
	v = kith_toml_get(package->first->next, "meta");
	assert_int_equal(v->line, 9);
	assert_true(kith_toml_get_boolean(v, "on", &b) && b);
	assert_true(kith_toml_get_integer(v, "n", &i) && i == -5);
	assert_false(kith_toml_get_string(v, "n", &s));
	assert_false(kith_toml_get_boolean(v, "n", &b));
	assert_false(kith_toml_get_integer(v, "none", &i));
	assert_null(kith_toml_get(package, "name"));
	assert_null(kith_toml_get(NULL, "name"));
	v = kith_toml_get(kith_toml_get(kith_toml_get(root, "a"), "b c"), "d");
	assert_int_equal(v->type, KITH_TOML_TABLE);
	assert_string_equal(kith_toml_type_name(KITH_TOML_TABLE), "table");
	assert_string_equal(kith_toml_type_name(KITH_TOML_STRING), "string");
}

static void
test_places(void **state)
{
	static const char *const rows[][2] = {
	    {"a = 1\na = 2\n", "line 2, column 1: 'a' is defined twice"},
	    {"a = \"\\q\"\n", "line 1, column 6: unknown escape"},
	    {"a = \"\\ud800\"\n", "line 1, column 6: \\u stands for no character"},
	    {"a = \"x\n", "line 1, column 7: the string does not end on its line"},
	    {"a = '''\nx\n\n", "line 4, column 1: the string does not end"},
	    {"a = '''\n\x01'''\n", "line 2, column 1: control character"},
	    {"# \xff\n", "line 1, column 3: no UTF-8"},
	    {"a = 1 b = 2\n", "line 1, column 7: the end of the line is expected"},
	    {"a = \n", "line 1, column 5: a value is expected"},
	    {"a\n", "line 1, column 2: '=' is expected"},
	    {"= 1\n", "line 1, column 1: a key is expected"},
	    {"a = 1\n<<<<<<< HEAD\n", "line 2, column 1: a merge that was not finished"},
	    {"a = 1\n=======\n", "line 2, column 1: a merge that was not finished"},
	    {"||||||| 1\n", "line 1, column 1: a merge that was not finished"},
	    {">>>>>>> x\n", "line 1, column 1: a merge that was not finished"},
	    {" >>>>>>> x\n", "line 1, column 2: a key is expected"},
	    {"[a\n", "line 1, column 3: ']' is expected"},
	    {"[[a]\n", "line 1, column 5: ']' is expected"},
	    {"a = [1 2]\n", "line 1, column 8: ',' or ']' is expected"},
	    {"a = {b = 1,}\n", "line 1, column 12: a key is expected"},
	    {"a = {b = 1\n}\n", "line 1, column 11: ',' or '}' is expected"},
	    {"a = 012\n", "line 1, column 5: malformed number"},
	    {"a = 9223372036854775808\n", "line 1, column 5: an integer of more than 64 bits"},
	    {"a = 2021-02-29\n", "line 1, column 5: no such date or time"},
	    {"a = 1\rb = 2\n", "line 1, column 6: the end of the line is expected"},
	    {"[a]\n[a]\n", "line 2, column 2: 'a' is defined twice"},
	    {"[a]\n[[a]]\n", "line 2, column 3: 'a' is no array of tables"},
	    {"[[a]]\n[a]\n", "line 2, column 2: 'a' is defined twice"},
	    {"a = 1\n[a.b]\n", "line 2, column 2: 'a' is no table that a header may add to"},
	    {"a = {}\n[a.b]\n", "line 2, column 2: 'a' is no table that a header may add to"},
	    {"a = {}\na.b = 1\n", "line 2, column 1: 'a' is no table that a dotted key may add to"},
	    {"[a.b]\n[a]\nb.c = 1\n",
	     "line 3, column 1: 'b' is no table that a dotted key may add to"},
	    {"a.b = 1\n[a]\n", "line 2, column 2: 'a' is defined twice"},
	    {"a = [{}]\n[[a]]\n", "line 2, column 3: 'a' is no array of tables"},
	    {"a = [{}]\n[a.b]\n", "line 2, column 2: 'a' is no table that a header may add to"},
	    {"\"\x1b[31m\" = 1\n", "line 1, column 2: control character"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_refused(kith_span_str(rows[i][0]), KITH_E_FORMAT, rows[i][1]);
	check_refused(KITH_SPAN_LIT("a = 1\0\n"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = 1 # \0\n"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = '\0'\n"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("\0"), KITH_E_FORMAT, NULL);
}

/* The first value of a file that must be accepted. */
static struct kith_toml
only(const char *text)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	struct kith_error err = {0};

	if (kith_toml_parse(kith_span_str(text), &doc, &err))
		fail_msg("%s: %s", text, err.msg);
	return *kith_toml_root(doc)->first;
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {{"a = 0.1", 0.1},
		    {"a = -1_0.2_5", -10.25},
		    {"a = 5e+22", 5e22},
		    {"a = 0e5", 0},
		    {"a = 1e-0_5", 1e-5},
		    {"a = 1.7976931348623157e308", DBL_MAX},
		    {"a = 4.9406564584124654e-324", 4.9406564584124654e-324},
		    {"a = 2.2250738585072011e-308", 2.2250738585072011e-308},
		    {"a = 0.000000000000000000000000000000000000001e39", 1},
		    {"a = 1e400", (double)INFINITY},
		    {"a = -inf", -(double)INFINITY}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kith_toml v = only(rows[i].text);

		assert_int_equal(v.type, KITH_TOML_FLOAT);
		assert_true(v.u.real == rows[i].value);
	}
	assert_true(isnan(only("a = +nan").u.real));
	assert_true(signbit(only("a = -0.0").u.real));
	assert_true(only("a = -9223372036854775808").u.integer == INT64_MIN);
	assert_true(only("a = 0x7fff_ffff_ffff_ffff").u.integer == INT64_MAX);
	assert_true(only("a = +0").u.integer == 0);
}

/* 1 + 2^-53 lies half-way between two doubles: only what follows far behind decides. */
static void
test_rounding(void **state)
{
	static const char tie[] = "1.00000000000000011102230246251565404236316680908203125";
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	kith_buf_init(&b, 4096);
	kith_buf_put_str(&b, tie);
	assert_true(kith_number_double(kith_buf_span(&b)) == 1.0);
	kith_buf_put_fill(&b, '0', 2000);
	assert_true(kith_number_double(kith_buf_span(&b)) == 1.0);
	kith_buf_put_str(&b, "1");
	assert_true(kith_number_double(kith_buf_span(&b)) == 1.0 + DBL_EPSILON);
	assert_true(kith_number_double(KITH_SPAN_LIT("1e99999999999999999999")) ==
		    (double)INFINITY);
	assert_true(kith_number_double(KITH_SPAN_LIT("1e-99999999999999999999")) == 0);
}

static void
test_times(void **state)
{
	struct kith_toml v = only("a = 1979-05-27 00:32:00.999999999999-07:30 # c\n");

	(void)state;
	assert_int_equal(v.type, KITH_TOML_OFFSET_DATETIME);
	assert_int_equal(v.u.time.year, 1979);
	assert_int_equal(v.u.time.minute, 32);
	assert_int_equal(v.u.time.nsec, 999999999);
	assert_int_equal(v.u.time.offset, -450);
	assert_int_equal(only("a = 1979-05-27t00:32:60z").u.time.second, 60);
	assert_int_equal(only("a = 1979-05-27 # c").type, KITH_TOML_LOCAL_DATE);
	assert_int_equal(only("a = 2000-02-29").u.time.day, 29);
	assert_int_equal(only("a = 23:59:59.5").u.time.nsec, 500000000);
	check_refused(KITH_SPAN_LIT("a = 1900-02-29"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = 1979-05-27T"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = 1979-05-27T24:00:00"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = 07:32"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = 07:32:00Z"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("a = 1979-05-27 07:32:00+24:00"), KITH_E_FORMAT, NULL);
}

static void
test_strings(void **state)
{
	static const char *const rows[][2] = {
	    {"a = \"\"\"\r\nx\r\n  y\"\"\"", "x\n  y"},
	    {"a = \"\"\"x \\\n\n \t y\"\"\"", "x y"},
	    {"a = \"\"\"\"\"x\"\"\"\"\"", "\"\"x\"\""},
	    {"a = ''''x'''''", "'x''"},
	    {"a = '''\n\nx\\n'''", "\nx\\n"},
	    {"a = \"\\\"\\\\\\b\\f\\n\\r\\t\\u00e9\\U0001F600\"", "\"\\\b\f\n\r\té😀"},
	    {"a = 'C:\\t\xc3\xa9'", "C:\\té"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
		struct kith_span s;

		assert_int_equal(kith_toml_parse(kith_span_str(rows[i][0]), &doc, NULL), KITH_OK);
		assert_true(kith_toml_get_string(kith_toml_root(doc), "a", &s));
		if (!kith_span_is(s, rows[i][1]))
			fail_msg("%s: %.*s", rows[i][0], KITH_SPAN_FMT(s));
	}
}

static void
fill(struct kith_buf *b, const char *before, const char *each, size_t n, const char *after)
{
	size_t i;

	kith_buf_init(b, KITH_MAX_TOML_BYTES + KITH_KIB(4));
	kith_buf_put_str(b, before);
	for (i = 0; i < n; i++)
		kith_buf_put_str(b, each);
	kith_buf_put_str(b, after);
	assert_int_equal(kith_buf_check(b, NULL), KITH_OK);
}

static void
test_depth(void **state)
{
	static const struct {
		const char *before, *each, *after;
		size_t most;
	} rows[] = {{"a = ", "[", "", KITH_MAX_TOML_DEPTH - 1},
		    {"", "a.", "a = 1\n", KITH_MAX_TOML_DEPTH - 1},
		    {"a = ", "{a = ", "1", KITH_MAX_TOML_DEPTH - 1},
		    {"[", "a.", "a]\n", KITH_MAX_TOML_DEPTH - 2},
		    {"[[", "a.", "a]]\n", KITH_MAX_TOML_DEPTH - 2}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_BUF struct kith_buf most;
		KITH_AUTO_BUF struct kith_buf more;
		KITH_AUTO_BUF struct kith_buf absurd;
		struct kith_toml_doc *doc = NULL;

		fill(&most, rows[i].before, rows[i].each, rows[i].most, rows[i].after);
		assert_int_not_equal(kith_toml_parse(kith_buf_span(&most), &doc, NULL),
				     KITH_E_LIMIT);
		kith_toml_free(doc);
		fill(&more, rows[i].before, rows[i].each, rows[i].most + 1, rows[i].after);
		check_refused(kith_buf_span(&more), KITH_E_LIMIT, NULL);
		fill(&absurd, rows[i].before, rows[i].each, 1000000, rows[i].after);
		check_refused(kith_buf_span(&absurd), KITH_E_LIMIT, NULL);
	}
}

/* Arrays of tables below one another, each with its own header. */
static void
test_depth_of_elements(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, k;

	(void)state;
	kith_buf_init(&b, KITH_MIB(1));
	for (i = 1; i <= 40; i++) {
		kith_buf_put_str(&b, "[[a");
		for (k = 1; k < i; k++)
			kith_buf_put_str(&b, ".a");
		kith_buf_put_str(&b, "]]\n");
	}
	check_refused(kith_buf_span(&b), KITH_E_LIMIT, "line 33, column 68: nested too deeply");
}

static void
test_size(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_BUF struct kith_buf c;

	(void)state;
	fill(&b, "a = [\n", "0,", KITH_MAX_TOML_NODES, "]\n");
	check_refused(kith_buf_span(&b), KITH_E_LIMIT, NULL);
	fill(&c, "a = 1\n#", "                                ", KITH_MAX_TOML_BYTES / 32, "\n");
	check_refused(kith_buf_span(&c), KITH_E_LIMIT, "line 1, column 1: too many bytes of TOML");
}

/* Small tables are searched, large ones hashed: both find the duplicate, wherever it stands. */
static void
test_many_keys(void **state)
{
	static const size_t sizes[] = {1, 7, 8, 9, 10, 49, 300000};
	size_t k, i;

	(void)state;
	for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
		KITH_AUTO_BUF struct kith_buf b;
		char name[32];

		kith_buf_init(&b, KITH_MIB(32));
		for (i = 0; i < sizes[k]; i++)
			kith_buf_printf(&b, "k%zu = 0\n", i);
		assert_int_equal(kith_toml_parse(kith_buf_span(&b), &doc, NULL), KITH_OK);
		assert_int_equal(kith_toml_root(doc)->count, sizes[k]);
		snprintf(name, sizeof(name), "k%zu", sizes[k] - 1);
		assert_non_null(kith_toml_get(kith_toml_root(doc), name));
		kith_buf_printf(&b, "k%zu = 0\n", sizes[k] / 2);
		check_refused(kith_buf_span(&b), KITH_E_FORMAT, NULL);
	}
}

/* The same keys in many tables must not meet each other in the index. */
static void
test_many_tables(void **state)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, k;

	(void)state;
	kith_buf_init(&b, KITH_MIB(8));
	for (i = 0; i < 2000; i++) {
		kith_buf_printf(&b, "[t%zu]\n", i);
		for (k = 0; k < 12; k++)
			kith_buf_printf(&b, "k%zu = %zu\n", k, i);
	}
	assert_int_equal(kith_toml_parse(kith_buf_span(&b), &doc, NULL), KITH_OK);
	assert_int_equal(kith_toml_root(doc)->count, 2000);
	assert_int_equal(kith_toml_root(doc)->u.last->count, 12);
	kith_buf_put_str(&b, "k3 = 1\n");
	check_refused(kith_buf_span(&b), KITH_E_FORMAT,
		      "line 26001, column 1: 'k3' is defined twice");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tree),       cmocka_unit_test(test_places),
	    cmocka_unit_test(test_numbers),    cmocka_unit_test(test_rounding),
	    cmocka_unit_test(test_times),      cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_depth),      cmocka_unit_test(test_depth_of_elements),
	    cmocka_unit_test(test_size),       cmocka_unit_test(test_many_keys),
	    cmocka_unit_test(test_many_tables)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
