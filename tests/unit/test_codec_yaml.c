/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML subset of proof bodies: the tree, every refusal with its line, every limit crossed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "codec/yaml.h"

static void
check_refused(struct kith_span text, int code, const char *message)
{
	KITH_AUTO_ARENA struct kith_arena a;
	const struct kith_yaml *root = NULL;
	struct kith_error err;

	kith_arena_init(&a, KITH_MIB(8));
	assert_int_equal(kith_yaml_parse(text, &a, &root, &err), code);
	assert_int_equal(err.code, code);
	if (message)
		assert_string_equal(err.msg, message);
	assert_null(root);
}

static void
test_tree(void **state)
{
	KITH_AUTO_ARENA struct kith_arena a;
	const struct kith_yaml *root, *ids;
	struct kith_span s;

	(void)state;
	kith_arena_init(&a, KITH_KIB(64));
	assert_int_equal(kith_yaml_parse(KITH_SPAN_LIT("---\nkind: trust\nids:\n- id: abc\n"
						       "  url: 'x: y'\n- {id: \"d\\te\"}\n"
						       "none: ~\nempty:\nquoted: 'null'\n"
						       "comment: |-\n  two\n  lines\n"),
					 &a, &root, NULL),
			 KITH_OK);
	assert_int_equal(root->count, 6);
	assert_true(kith_yaml_get_scalar(root, "kind", &s) && kith_span_is(s, "trust"));
	ids = kith_yaml_get(root, "ids");
	assert_int_equal(ids->type, KITH_YAML_SEQUENCE);
	assert_int_equal(ids->count, 2);
	assert_int_equal(ids->first->line, 4);
	assert_true(kith_yaml_get_scalar(ids->first, "url", &s) && kith_span_is(s, "x: y"));
	assert_false(kith_yaml_get(ids->first, "url")->plain);
	assert_true(kith_yaml_get_scalar(ids->first->next, "id", &s) && kith_span_is(s, "d\te"));
	assert_true(kith_yaml_is_null(kith_yaml_get(root, "none")));
	assert_true(kith_yaml_is_null(kith_yaml_get(root, "empty")));
	assert_false(kith_yaml_is_null(kith_yaml_get(root, "quoted")));
	assert_false(kith_yaml_is_null(kith_yaml_get(root, "missing")));
	assert_true(kith_yaml_get_scalar(root, "comment", &s) && kith_span_is(s, "two\nlines"));
	assert_false(kith_yaml_get_scalar(root, "ids", &s));
	assert_null(kith_yaml_get(ids, "id"));
	assert_null(kith_yaml_get(NULL, "id"));
}

static void
test_refused(void **state)
{
	static const char *const rows[][2] = {
	    {"", "line 1: the document is empty"},
	    {"# only a comment\n", "line 1: the document is empty"},
	    {"- a\n", "line 1: the top level is no mapping"},
	    {"plain\n", "line 1: the top level is no mapping"},
	    {"a: 1\nb: 2\na: 3\n", "line 3: duplicate key 'a'"},
	    {"x: {b: 2, \"b\": 3}\n", "line 1: duplicate key 'b'"},
	    {"a: &x 1\nb: *x\n", "line 1: anchors are not allowed"},
	    {"a: &x [1]\n", "line 1: anchors are not allowed"},
	    {"a: *x\n", "line 1: aliases are not allowed"},
	    {"a: !!str 1\n", "line 1: tags are not allowed"},
	    {"\xc3\xa9: 1\na: ! b\n", "line 2: tags are not allowed"},
	    {"a: ! 'b'\n", "line 1: tags are not allowed"},
	    {"!x a: b\n", "line 1: tags are not allowed"},
	    {"a: !x [b]\n", "line 1: tags are not allowed"},
	    {"--- !x\na: b\n", "line 1: tags are not allowed"},
	    {"%YAML 1.1\n---\na: b\n", "line 1: directives are not allowed"},
	    {"%TAG ! tag:x,2000:\n---\na: b\n", "line 1: directives are not allowed"},
	    {"a: b\n---\na: b\n", "line 2: a second document"},
	    {"? [a]\n: b\n", "line 1: a key is no scalar"},
	    {"? {a: b}\n: b\n", "line 1: a key is no scalar"},
	    {"a: \"x\\0y\"\n", "line 1: NUL in a text"},
	    {"a: \"\\x00\"\n", "line 1: NUL in a text"},
	    {"\"\\0\": a\n", "line 1: NUL in a text"},
	    {"a: \"\\ud800\"\n", NULL},
	    {"a: \x01\n", NULL},
	    {"a: \xff\n", NULL},
	    {"a: \xed\xa0\x80\n", NULL},
	    {"\xff\xfe"
	     "a: b\n",
	     NULL},
	    {"a: b: c\n", NULL},
	    {"a: [1\n", NULL},
	    {"a: 'b\n", NULL},
	    {"a:\n\t- b\n", NULL}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_refused(kith_span_str(rows[i][0]), KITH_E_FORMAT, rows[i][1]);
	check_refused(KITH_SPAN_LIT("a: b\0c\n"), KITH_E_FORMAT, NULL);
	check_refused(KITH_SPAN_NONE, KITH_E_FORMAT, NULL);
}

/* `before`, then n times `each` with a rising number where it says %zu, then `after`. */
static struct kith_span
repeat(struct kith_buf *b, const char *before, size_t n, const char *each, const char *after)
{
	size_t i;

	kith_buf_init(b, KITH_MIB(1));
	kith_buf_put_str(b, before);
	for (i = 0; i < n; i++) {
		if (strcmp(each, "#") == 0)
			kith_buf_printf(b, "k%zu: v\n", i);
		else
			kith_buf_put_str(b, each);
	}
	kith_buf_put_str(b, after);
	assert_int_equal(kith_buf_check(b, NULL), KITH_OK);
	return kith_buf_span(b);
}

static void
test_limits(void **state)
{
	static const struct {
		const char *before, *each;
		size_t n;
	} rows[] = {{"a: ", "[", KITH_MAX_YAML_DEPTH},
		    {"a: ", "[", 32000},
		    {"a: ", "{a: ", 8000},
		    {"a:\n ", "- ", 16000},
		    {"", "#", KITH_MAX_YAML_KEYS + 1},
		    {"a: [", "x,", KITH_MAX_YAML_NODES},
		    {"a: ", "x", KITH_MAX_YAML_BYTES}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_BUF struct kith_buf b;
		struct kith_span text = repeat(&b, rows[i].before, rows[i].n, rows[i].each, "\n");

		check_refused(text, KITH_E_LIMIT, NULL);
	}
}

static void
test_below_limits(void **state)
{
	static const struct {
		const char *before, *each, *after;
		size_t n;
	} rows[] = {{"a: ", "[", "]]]]]]]]]]]]]]]", KITH_MAX_YAML_DEPTH - 1},
		    {"", "#", "", KITH_MAX_YAML_KEYS},
		    {"a: [", "x,", "]", KITH_MAX_YAML_NODES - 2},
		    {"a: ", "x", "", KITH_MAX_YAML_BYTES - 3}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		KITH_AUTO_ARENA struct kith_arena a;
		KITH_AUTO_BUF struct kith_buf b;
		const struct kith_yaml *root = NULL;

		kith_arena_init(&a, KITH_MIB(8));
		assert_int_equal(kith_yaml_parse(repeat(&b, rows[i].before, rows[i].n, rows[i].each,
							rows[i].after),
						 &a, &root, NULL),
				 KITH_OK);
		assert_non_null(root);
	}
}

static void
test_arena_bound(void **state)
{
	KITH_AUTO_ARENA struct kith_arena a;
	const struct kith_yaml *root = NULL;

	(void)state;
	kith_arena_init(&a, 100);
	assert_int_equal(kith_yaml_parse(KITH_SPAN_LIT("a: b\nc: d\n"), &a, &root, NULL),
			 KITH_E_NOMEM);
	assert_null(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tree),        cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_limits),      cmocka_unit_test(test_below_limits),
	    cmocka_unit_test(test_arena_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
