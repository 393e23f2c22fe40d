/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON gate, the typed look-up over it, and the writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/json.h"

static void
check_refused(struct kith_span text, int code, const char *message)
{
	struct kith_json_doc *doc = NULL;
	struct kith_error err;

	assert_int_equal(kith_json_parse(text, &doc, &err), code);
	assert_int_equal(err.code, code);
	if (message)
		assert_string_equal(err.msg, message);
	assert_null(doc);
}

static void
test_values(void **state)
{
	static const char text[] =
	    " {\"from\": \"a\\u00e9\\ud83d\\ude00\", \"From\": 1, \"n\": -12.5e1, \"big\": "
	    "9007199254740991,"
	    " \"huge\": 9007199254740993, \"half\": 0.5, \"inf\": 1e999, \"t\": true, \"z\": null,"
	    " \"list\": [1, [], {}], \"\": \"\"} ";
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	const struct kith_json *root, *list;
	struct kith_span s;
	int64_t i;
	double d;
	bool b;

	(void)state;
	assert_int_equal(kith_json_parse(kith_span_str(text), &doc, NULL), KITH_OK);
	root = kith_json_root(doc);
	assert_int_equal(kith_json_type(root), KITH_JSON_OBJECT);
	assert_int_equal(kith_json_count(root), 11);
	assert_true(kith_json_get_string(root, "from", &s) && kith_span_is(s, "aé😀"));
	assert_true(kith_json_integer(kith_json_get(root, "From"), &i) && i == 1);
	assert_null(kith_json_get(root, "FROM"));
	assert_true(kith_json_integer(kith_json_get(root, "n"), &i) && i == -125);
	assert_true(kith_json_integer(kith_json_get(root, "big"), &i) && i == 9007199254740991);
	assert_false(kith_json_integer(kith_json_get(root, "huge"), &i));
	assert_false(kith_json_integer(kith_json_get(root, "half"), &i));
	assert_true(kith_json_number(kith_json_get(root, "half"), &d) && d == 0.5);
	assert_false(kith_json_number(kith_json_get(root, "inf"), &d));
	assert_true(kith_json_boolean(kith_json_get(root, "t"), &b) && b);
	assert_false(kith_json_boolean(kith_json_get(root, "z"), &b));
	assert_int_equal(kith_json_type(kith_json_get(root, "z")), KITH_JSON_NULL);
	assert_false(kith_json_get_string(root, "n", &s));
	assert_true(kith_json_get_string(root, "", &s) && s.len == 0);
	list = kith_json_get(root, "list");
	assert_int_equal(kith_json_count(list), 3);
	assert_null(kith_json_get(list, "0"));
	assert_int_equal(kith_json_type(kith_json_next(kith_json_first(list))), KITH_JSON_ARRAY);
	assert_true(kith_span_is(kith_json_key(list), "list"));
	assert_int_equal(kith_json_key(kith_json_first(list)).len, 0);
}

static void
test_refused(void **state)
{
	static const char *const rows[][2] = {
	    {"", "offset 0: the text ends too early"},
	    {"  ", "offset 2: the text ends too early"},
	    {"{\"a\":1,\"a\":2}", "duplicate key 'a'"},
	    {"[{\"a\":1,\"\\u0061\":2}]", "duplicate key 'a'"},
	    {"[\"x\", \"a\\u0000b\"]", "offset 8: \\u0000 in a string"},
	    {"{\"\\u0000\":1}", "offset 2: \\u0000 in a string"},
	    {"[01]", "offset 1: malformed number"},
	    {"[1.]", "offset 1: malformed number"},
	    {"[-]", "offset 1: malformed number"},
	    {"[1e+]", "offset 1: malformed number"},
	    {"[.5]", "offset 1: a value is expected"},
	    {"[+1]", "offset 1: a value is expected"},
	    {"[1,]", "offset 3: a value is expected"},
	    {"{\"a\":1,}", "offset 7: a key is expected"},
	    {"{\"a\" 1}", "offset 5: a colon is expected"},
	    {"{a:1}", "offset 1: a key is expected"},
	    {"[1}", "offset 2: ',' or ']' is expected"},
	    {"{\"a\":1]", "offset 6: ',' or '}' is expected"},
	    {"[1] 2", "offset 4: bytes after the value"},
	    {"[1]\xef\xbb\xbf", "offset 3: bytes after the value"},
	    {"\xef\xbb\xbf[1]", "offset 0: a value is expected"},
	    {"[NaN]", "offset 1: a value is expected"},
	    {"[truE]", "offset 1: a value is expected"},
	    {"[\"\\x\"]", "offset 2: unknown escape"},
	    {"[\"\\u12g4\"]", "offset 2: \\u without four hex digits"},
	    {"[\"\\ud800\"]", "offset 2: half of a surrogate pair"},
	    {"[\"\\udc00\\ud800\"]", "offset 2: half of a surrogate pair"},
	    {"[\"\\ud800\\u0041\"]", "offset 2: half of a surrogate pair"},
	    {"[\"a\nb\"]", "offset 3: control character in a string"},
	    {"[\"\xc0\x80\"]", "offset 2: no UTF-8"},
	    {"[\"\xed\xa0\x80\"]", "offset 2: no UTF-8"},
	    {"[\"abc", "offset 1: string without end"},
	    {"[\"abc\\", "offset 5: unknown escape"},
	    {"[/**/1]", "offset 1: a value is expected"},
	    {"[\v1]", "offset 1: a value is expected"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_refused(kith_span_str(rows[i][0]), KITH_E_FORMAT, rows[i][1]);
	check_refused(KITH_SPAN_LIT("[1]\0"), KITH_E_FORMAT, "offset 3: bytes after the value");
	check_refused(KITH_SPAN_LIT("[\"\0\"]"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_LIT("[1\0]"), KITH_E_FORMAT, NULL);
}

static void
fill(struct kith_buf *b, const char *before, const char *each, size_t n, const char *after)
{
	size_t i;

	kith_buf_init(b, KITH_MAX_JSON_BYTES * 2);
	kith_buf_put_str(b, before);
	for (i = 0; i < n; i++)
		kith_buf_put_str(b, each);
	kith_buf_put_str(b, after);
	assert_int_equal(kith_buf_check(b, NULL), KITH_OK);
}

static void
test_depth(void **state)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_BUF struct kith_buf c;

	(void)state;
	fill(&b, "", "[", KITH_MAX_JSON_DEPTH, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	assert_int_equal(kith_json_parse(kith_buf_span(&b), &doc, NULL), KITH_OK);
	assert_int_equal(kith_json_check(kith_buf_span(&b), 31, NULL), KITH_E_LIMIT);
	fill(&c, "", "[", 1000000, "");
	check_refused(kith_buf_span(&c), KITH_E_LIMIT, "offset 32: nested too deeply");
	assert_int_equal(kith_json_check(kith_buf_span(&c), SIZE_MAX, NULL), KITH_E_LIMIT);
}

static void
test_size(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_BUF struct kith_buf c;

	(void)state;
	fill(&b, "[0", ",0", KITH_MAX_JSON_NODES, "]");
	check_refused(kith_buf_span(&b), KITH_E_LIMIT, NULL);
	fill(&c, "", "                                                                ",
	     KITH_MAX_JSON_BYTES / 64 + 1, "1");
	check_refused(kith_buf_span(&c), KITH_E_LIMIT, "offset 0: too many bytes of JSON");
}

/* Objects with few and with many members are checked in two ways. */
static void
test_many_keys(void **state)
{
	size_t sizes[] = {2, 16, 17, 20000}, k, i;

	(void)state;
	for (k = 0; k < 4; k++) {
		KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
		KITH_AUTO_BUF struct kith_buf b;

		kith_buf_init(&b, KITH_MIB(1));
		kith_buf_put_str(&b, "{\"k\":0");
		for (i = 1; i < sizes[k]; i++)
			kith_buf_printf(&b, ",\"k%zu\":0", i);
		kith_buf_put_str(&b, "}");
		assert_int_equal(kith_json_parse(kith_buf_span(&b), &doc, NULL), KITH_OK);
		assert_int_equal(kith_json_count(kith_json_root(doc)), sizes[k]);
		b.len--;
		kith_buf_put_str(&b, ",\"k1\":0}");
		check_refused(kith_buf_span(&b), KITH_E_FORMAT, "duplicate key 'k1'");
	}
}

/* cJSON reads 63 characters of a number at most; longer ones are shortened before. */
static void
test_long_numbers(void **state)
{
	static const struct {
		const char *before, *after;
		double value;
	} rows[] = {{"[1", "]", 1e80},
		    {"[0.", "1]", 1e-81},
		    {"[-0.", "1e+81, \"\\\"1\"]", -1},
		    {"[\"\\\\\", 12", "e-80]", 12}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
		KITH_AUTO_BUF struct kith_buf b;
		const struct kith_json *v;
		double d = 0;

		fill(&b, rows[i].before, "00000000", 10, rows[i].after);
		assert_int_equal(kith_json_parse(kith_buf_span(&b), &doc, NULL), KITH_OK);
		v = kith_json_first(kith_json_root(doc));
		if (kith_json_type(v) == KITH_JSON_STRING)
			v = kith_json_next(v);
		assert_true(kith_json_number(v, &d));
		assert_true(d == rows[i].value);
	}
}

static void
test_write(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_json_writer w;
	int pretty;
	static const char *const want[] = {
	    "{\"a\":[],\"b\":{},\"c\":[1,\"x\",[true,null]],\"d\":{\"e\":-5,\"f\":false,\"g\":null}"
	    "}",
	    "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    \"x\",\n    [\n      true,\n"
	    "      null\n    ]\n  ],\n  \"d\": {\n    \"e\": -5,\n    \"f\": false,\n    \"g\": "
	    "null\n"
	    "  }\n}"};

	(void)state;
	kith_buf_init(&b, 4096);
	for (pretty = 0; pretty < 2; pretty++) {
		kith_buf_reset(&b);
		kith_json_begin(&w, &b, pretty);
		kith_json_open_object(&w);
		kith_json_put_key(&w, "a");
		kith_json_open_array(&w);
		kith_json_close_array(&w);
		kith_json_put_key(&w, "b");
		kith_json_open_object(&w);
		kith_json_close_object(&w);
		kith_json_put_key(&w, "c");
		kith_json_open_array(&w);
		kith_json_put_integer(&w, 1);
		kith_json_put_str(&w, "x");
		kith_json_open_array(&w);
		kith_json_put_boolean(&w, true);
		kith_json_put_null(&w);
		kith_json_close_array(&w);
		kith_json_close_array(&w);
		kith_json_put_key(&w, "d");
		kith_json_open_object(&w);
		kith_json_member_integer(&w, "e", -5);
		kith_json_member_boolean(&w, "f", false);
		kith_json_member_str(&w, "g", NULL);
		kith_json_close_object(&w);
		kith_json_close_object(&w);
		assert_string_equal(kith_buf_str(&b), want[pretty]);
	}
}

static void
check_written(const char *text, const char *want)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_json_writer w;

	kith_buf_init(&b, 4096);
	kith_json_begin(&w, &b, false);
	kith_json_put_str(&w, text);
	assert_string_equal(kith_buf_str(&b), want);
}

static void
test_write_strings(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_json_writer w;

	(void)state;
	check_written("\"\\/\b\f\n\r\t\x1b[31m\x7f",
		      "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001b[31m\\u007f\"");
	check_written("é€😀", "\"é€😀\"");
	check_written("\xe2\x80\xa8\xe2\x80\xae\xe2\x80\x8b", "\"\\u2028\\u202e\\u200b\"");
	check_written("\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"");
	check_written("a\xff\xc3z", "\"a\xef\xbf\xbd\xef\xbf\xbdz\"");
	kith_buf_init(&b, 64);
	kith_json_begin(&w, &b, false);
	kith_json_put_string(&w, KITH_SPAN_LIT("a\0b"));
	assert_string_equal(kith_buf_str(&b), "\"a\\u0000b\"");
	kith_buf_clear(&b);
	b.max = 4;
	kith_json_put_str(&w, "too long");
	assert_int_equal(kith_buf_check(&b, NULL), KITH_E_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_depth),     cmocka_unit_test(test_size),
	    cmocka_unit_test(test_many_keys), cmocka_unit_test(test_long_numbers),
	    cmocka_unit_test(test_write),     cmocka_unit_test(test_write_strings)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
