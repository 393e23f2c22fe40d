/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over archives: what is refused and why, what is digested and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tarball.h"
#include "codec/base64.h"
#include "helpers/unpack/walk.h"

static struct kith_unpack_options
top_options(void)
{
	struct kith_unpack_options o = kith_unpack_defaults();

	o.top = true;
	return o;
}

/* Walks and digests as the helper does; *ret_digest only on success. */
static int
digest_of(struct kith_span archive, const struct kith_unpack_options *o, const char *ignore,
	  struct kith_digest *ret_digest, struct kith_error *err)
{
	struct kith_span sets[8], rest = kith_span_str(ignore);
	struct kith_tree *tree = NULL;
	size_t n = 0;
	int r = kith_unpack_walk(archive, o, &tree, err);

	while (n < 8 && kith_span_next(&rest, ',', &sets[n]))
		n++;
	if (!r)
		r = kith_tree_digest(tree, sets, n, ret_digest, err);
	kith_tree_free(tree);
	return r;
}

static void
assert_digest(struct kith_span archive, const char *ignore, const char *want)
{
	struct kith_unpack_options o = top_options();
	struct kith_digest d;
	struct kith_error err;
	struct kith_buf text;

	if (digest_of(archive, &o, ignore, &d, &err))
		fail_msg("%s", err.msg);
	kith_buf_init(&text, 100);
	kith_base64_put(&text, d.bytes, sizeof(d.bytes));
	assert_string_equal(kith_buf_str(&text), want);
	kith_buf_clear(&text);
}

static void
make(const char *text, struct kith_buf *out)
{
	kith_buf_init(out, KITH_MIB(80));
	assert_true(maker_make(kith_span_str(text), out));
}

/* The synthetic tree of the crev format's digest vectors. */
static const char vector_tree[] = "dir R/\n"
				  "file R/.cargo-ok x\nfile R/Cargo.lock bar\nfile R/target/o y\n"
				  "file R/a/.cargo-ok z\ndir R/a/empty/\nfile R/a/foo foo\n"
				  "file R/a/zero\nlink R/a/sub/link ../nowhere\n";

static void
test_vectors(void **state)
{
	struct kith_buf tar, gz;

	(void)state;
	make(vector_tree, &tar);
	kith_buf_init(&gz, KITH_MIB(1));
	maker_gzip(kith_buf_span(&tar), &gz);
	assert_digest(kith_buf_span(&tar), "", "4gSLDSB0zFVWOT2W4Sj9BUbWm2UL7EY1PuIkHtetJI8");
	assert_digest(kith_buf_span(&gz), "", "4gSLDSB0zFVWOT2W4Sj9BUbWm2UL7EY1PuIkHtetJI8");
	assert_digest(kith_buf_span(&gz), ".cargo-ok",
		      "-AVhk7B8EI3VgRoE0YLHyfTE5erORN0x-zpJyZY5_q4");
	assert_digest(kith_buf_span(&gz), ".cargo-ok,target",
		      "9hJQswJ3eYEtN037F0xG-o558oltQvKQ8fUqeUPaDyI");
	assert_digest(kith_buf_span(&gz), ".cargo-ok,target,Cargo.lock",
		      "MFEUlvuc4xXNdynt1f7R1braQGO9Y63BBK-FJThZuBQ");
	kith_buf_clear(&tar);
	kith_buf_clear(&gz);
	make("dir R/\n", &tar);
	assert_digest(kith_buf_span(&tar), "", "BAoZWZVn7_9fR1_tEAvWTGHXXXi8eQmzToeh06foEu0");
	kith_buf_clear(&tar);
}

/* Names come through the same way however they are written down. */
static void
test_long_names(void **state)
{
	static const char *const same[] = {
	    "file t/%C3%A9/x 1\nlink t/l t\n",
	    "pax path t/%C3%A9/x\nfile no 1\nlink t/l t\n",
	    "long t/%C3%A9/x\nfile no 1\nlink t/l t\n",
	    "long t/%C3%A9/x%00\nfile no 1\npax linkpath t\nlink t/l no\n",
	    ("pax mtime 1.5\npax path t/%C3%A9/x\npax comment c\nfile no 1\nlonglink t%00\n"
	     "link t/l no\n"),
	    "global comment 0123\nfile t/%C3%A9/x 1\nlink t/l t\n",
	    "link t/l t\nmagic ustar%20%20%00\nfile t/%C3%A9/x 1\n"};
	struct kith_unpack_options o = top_options();
	struct kith_digest first, d;
	struct kith_error err;
	struct kith_buf tar;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(*same); i++) {
		make(same[i], &tar);
		if (digest_of(kith_buf_span(&tar), &o, "", i ? &d : &first, &err))
			fail_msg("%zu: %s", i, err.msg);
		if (i)
			assert_memory_equal(&d, &first, sizeof(d));
		kith_buf_clear(&tar);
	}
}

static const struct {
	const char *text, *why;
} hostile[] = {
    {"file /etc/x 1\n", "outside the top folder"},
    {"file t/a 1\nfile u/b 1\n", "outside the top folder"},
    {"file t 1\n", "outside the top folder"},
    {"link t /etc\nfile t/a 1\n", "outside the top folder"},
    {"file ../t/a 1\n", "outside the top folder"},
    {"file ./t/a 1\n", "outside the top folder"},
    {"", "is empty"},
    {"file t//etc/x 1\n", "plain relative name"},
    {"file t/a/../../b 1\n", "plain relative name"},
    {"file t/./a 1\n", "plain relative name"},
    {"file t/a/. 1\n", "plain relative name"},
    {"dir t/a//\n", "plain relative name"},
    {"pax path t/a/../b\nfile x 1\n", "plain relative name"},
    {"long t/a/../b\nfile x 1\n", "plain relative name"},
    {"file t/a 1\nfile t/a 1\n", ""},
    {"file t/a 1\nfile t/b 1\nlink t/a x\n", ""},
    {"file t/a 1\ndir t/a/\n", ""},
    {"link t/a /etc\nfile t/a/x 1\n", ""},
    {"file t/a/x 1\nlink t/a /etc\n", ""},
    {"file t/a 1\nfile t/a-b 1\nfile t/a/x 1\n", ""},
    {"file t/b/c 1\nfile t/b/c/d/e 1\n", ""},
    {"file t/a 1\nentry 1 t/b t/a\n", "hard link"},
    {"entry 3 t/b\n", "device"},
    {"entry 4 t/b\n", "device"},
    {"entry 6 t/b\n", "named pipe"},
    {"entry S t/b\n", "sparse"},
    {"entry 7 t/b\n", "unknown type"},
    {"entry V t/b\n", "unknown type"},
    {"pax GNU.sparse.major 1\npax GNU.sparse.minor 0\npax GNU.sparse.name t/a\n"
     "pax GNU.sparse.realsize 1000000000000\nfile t/a 1\n",
     "GNU.sparse.major"},
    {"pax path t/nul%00more\nfile t/x 1\n", "NUL"},
    {"long t/nul%00more\nfile t/x 1\n", "NUL"},
    {"pax linkpath a%00b\nlink t/x y\n", "NUL"},
    {"pax path t/a\npax path t/b\nfile t/x 1\n", "twice"},
    {"long t/a\nlong t/b\nfile t/x 1\n", "twice"},
    {"long t/a\npax path t/b\nfile t/x 1\n", "twice"},
    {"pax size 3\nfile t/a 1\n", "'size' is not supported"},
    {"pax hdrcharset BINARY\nfile t/a 1\n", "hdrcharset"},
    {"global path t/a\nfile t/x 1\n", "global pax record"},
    {"pax path t/%FF\nfile t/x 1\n", "UTF-8"},
    {"paxraw 99%20path=t/x%0A\nfile t/x 1\n", "malformed pax"},
    {"paxraw 10%20path=t/x\nfile t/x 1\n", "malformed pax"},
    {"paxraw x%20path=t/x%0A\nfile t/x 1\n", "malformed pax"},
    {"pax linkpath y\nfile t/x 1\n", "no link"},
    {"pax path t/a\n", ""},
    {"long t/a\n", "without its entry"},
    {"file t/a/ 1\n", "ends with /"},
    {"size 600\ndir t/a\nfile t/b 1\n", "link or folder with content"},
    {"size 1\nlink t/a b\n", "link or folder with content"},
    {"file t/a 1\nsum 1\nfile t/b 1\n", "checksum is wrong"},
    {"magic %00%00%00%00%00%00%00%00\nfile t/a 1\n", "neither a POSIX nor a GNU"},
    {"file t/a 1\nend\nfile t/b 1\n", "after the end"},
    {"file t/a 1\nend\nraw x\n", "after the end"},
    {"file t/a 1\nzeros 1\nfile t/b 1\n", "after the end"},
    {"open\nfile t/a 1\n", "cut short"},
    {"open\nfile t/a 1\nzeros 1\n", "cut short"},
    {"open\nsize 5000\nfile t/a 1\n", ""},
    {"size 5000\nfile t/a 1\nzeros 1\n", ""},
    {"open\nraw t/a\n", ""},
};

static void
test_hostile(void **state)
{
	struct kith_unpack_options o = top_options();
	struct kith_digest d;
	struct kith_error err;
	struct kith_buf tar, gz;
	size_t i, pass;
	int r;

	(void)state;
	for (i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		make(hostile[i].text, &tar);
		kith_buf_init(&gz, KITH_MIB(1));
		maker_gzip(kith_buf_span(&tar), &gz);
		for (pass = 0; pass < 2; pass++) {
			err.code = KITH_OK;
			r = digest_of(kith_buf_span(pass ? &gz : &tar), &o, "", &d, &err);
			if (r != KITH_E_FORMAT || err.code != r || !err.msg[0] ||
			    !strstr(err.msg, hostile[i].why))
				fail_msg("%s: %d %s", hostile[i].text, r, r ? err.msg : "");
		}
		kith_buf_clear(&tar);
		kith_buf_clear(&gz);
	}
}

/* Without a top folder to be below, absolute and climbing names are refused for what they are. */
static void
test_no_top(void **state)
{
	static const char *const names[] = {"/etc/x", "../x", "./x", "a/..", "a//b", ".", ".."};
	struct kith_unpack_options o = kith_unpack_defaults();
	struct kith_digest d;
	struct kith_error err;
	struct kith_buf tar, text;
	size_t i;

	(void)state;
	kith_buf_init(&text, 100);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		kith_buf_reset(&text);
		kith_buf_printf(&text, "file %s 1\n", names[i]);
		make(kith_buf_str(&text), &tar);
		assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_E_FORMAT);
		assert_non_null(strstr(err.msg, "plain relative name"));
		kith_buf_clear(&tar);
	}
	kith_buf_clear(&text);
	make("file a 1\nfile b/c 2\n", &tar);
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_OK);
	o = top_options();
	o.top_name = KITH_SPAN_LIT("b");
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_E_FORMAT);
	kith_buf_clear(&tar);
}

static void
assert_refused(struct kith_span archive, int code, const char *why)
{
	struct kith_unpack_options o = top_options();
	struct kith_digest d;
	struct kith_error err = {.code = KITH_OK};
	int r = digest_of(archive, &o, "", &d, &err);

	if (r != code || !strstr(err.msg, why))
		fail_msg("%d %s instead of %d %s", r, r ? err.msg : "", code, why);
}

static void
test_gzip(void **state)
{
	struct kith_buf tar, more, gz;
	size_t whole, i;

	(void)state;
	make("file t/a 1\n", &tar);
	make("file t/b 1\n", &more);
	kith_buf_init(&gz, KITH_MIB(1));
	maker_gzip(kith_buf_span(&tar), &gz);
	whole = gz.len;
	for (i = 0; i < whole; i++)
		assert_refused(kith_span(gz.ptr, i), KITH_E_FORMAT, "");
	kith_buf_put_char(&gz, '\0');
	assert_refused(kith_buf_span(&gz), KITH_E_FORMAT, "after the end of the gzip stream");
	gz.len = whole;
	maker_gzip(kith_buf_span(&more), &gz); /* a second member with an archive */
	assert_refused(kith_buf_span(&gz), KITH_E_FORMAT, "after the end");
	kith_buf_reset(&gz);
	/* one archive cut into two members: cargo would see the first half only */
	maker_gzip(kith_span(tar.ptr, 1024), &gz);
	maker_gzip(kith_span(tar.ptr + 1024, tar.len - 1024), &gz);
	assert_refused(kith_buf_span(&gz), KITH_E_FORMAT, "more than one gzip member");
	kith_buf_reset(&gz);
	maker_gzip(kith_buf_span(&tar), &gz);
	maker_gzip(KITH_SPAN_NONE, &gz); /* an empty one behind */
	assert_refused(kith_buf_span(&gz), KITH_E_FORMAT, "more than one gzip member");
	assert_refused(KITH_SPAN_LIT(""), KITH_E_FORMAT, "");
	assert_refused(KITH_SPAN_LIT("no archive at all"), KITH_E_FORMAT, "");
	kith_buf_clear(&tar);
	kith_buf_clear(&more);
	kith_buf_clear(&gz);
}

static void
test_limits(void **state)
{
	struct kith_unpack_options o = top_options();
	struct kith_digest d;
	struct kith_error err;
	struct kith_buf tar, text;
	size_t i;

	(void)state;
	make("fill t/a 100000\nfile t/b 1\nfile t/c 1\n", &tar);
	o.max_bytes = tar.len;
	o.max_entries = 3;
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_OK);
	o.max_bytes--;
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_E_LIMIT);
	o.max_bytes++;
	o.max_entries--;
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_E_LIMIT);
	kith_buf_clear(&tar);

	o = top_options();
	kith_buf_init(&text, KITH_KIB(8));
	for (i = 0; i < 2; i++) { /* 64 folders deep, then 65 */
		kith_buf_reset(&text);
		kith_buf_put_str(&text, "long t");
		while (text.len < 6 + 2 * (KITH_MAX_TREE_DEPTH + i))
			kith_buf_put_str(&text, "/d");
		kith_buf_put_str(&text, "\nfile x 1\n");
		make(kith_buf_str(&text), &tar);
		assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err),
				 i ? KITH_E_LIMIT : KITH_OK);
		kith_buf_clear(&tar);
	}
	kith_buf_reset(&text);
	kith_buf_put_str(&text, "long t/");
	kith_buf_put_fill(&text, 'n', KITH_MAX_PATH - 1);
	kith_buf_put_str(&text, "\nfile x 1\n");
	make(kith_buf_str(&text), &tar);
	assert_refused(kith_buf_span(&tar), KITH_E_LIMIT, "a name of more than 4096");
	kith_buf_clear(&tar);
	kith_buf_clear(&text);
}

struct seen {
	size_t entries, content;
	int fail_at;
};

static int
see_entry(void *ctx, const struct kith_unpack_entry *e, struct kith_error *err)
{
	struct seen *s = ctx;

	s->entries++;
	assert_true(e->mode == (e->type == KITH_TREE_DIR ? 0755 : 0644));
	assert_true(e->type == KITH_TREE_FILE || !e->size);
	return s->fail_at == (int)s->entries ? kith_fail(err, KITH_E_CANCELLED, "stop") : KITH_OK;
}

static int
see_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)err;
	s->content += bytes.len;
	return KITH_OK;
}

static void
test_sink(void **state)
{
	struct seen s = {0, 0, 0};
	struct kith_unpack_options o = top_options();
	struct kith_digest d;
	struct kith_error err;
	struct kith_buf tar;

	(void)state;
	o.sink = (struct kith_unpack_sink){see_entry, see_content, &s};
	make("fill t/a 100000\ndir t/d\nlink t/l x\nfile t/d/e abc\n", &tar);
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_OK);
	assert_int_equal(s.entries, 4);
	assert_int_equal(s.content, 100003);
	s = (struct seen){0, 0, 2};
	assert_int_equal(digest_of(kith_buf_span(&tar), &o, "", &d, &err), KITH_E_CANCELLED);
	assert_int_equal(s.entries, 2);
	kith_buf_clear(&tar);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors), cmocka_unit_test(test_long_names),
	    cmocka_unit_test(test_hostile), cmocka_unit_test(test_no_top),
	    cmocka_unit_test(test_gzip),    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_sink),
	};
	struct kith_error err;

	if (kith_crypto_init(&err) || !kith_unpack_set_locale())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
