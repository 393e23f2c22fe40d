/* SPDX-License-Identifier: Apache-2.0 */
/* The helper kith-unpack through its client: entries, refusals, and a helper that is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "store/archive.h"
#include "tarball.h"

static const struct kith_helper_options helper = {.dir = KITH_BUILD_DIR};
static char root[] = "/tmp/kith-archive-XXXXXX";
static char path[64];

static void
put(const char *text)
{
	struct kith_buf tar;
	struct kith_error err;

	kith_buf_init(&tar, KITH_MIB(80));
	assert_true(maker_make(kith_span_str(text), &tar));
	if (kith_fs_replace(path, kith_buf_span(&tar), 0644, &err))
		fail_msg("%s", err.msg);
	kith_buf_clear(&tar);
}

struct seen {
	struct kith_buf text;
	uint64_t content;
};

static int
see_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)err;
	kith_buf_printf(&s->text, "%d %o %llu %.*s %.*s\n", e->type, e->mode,
			(unsigned long long)e->size, KITH_SPAN_FMT(e->path),
			KITH_SPAN_FMT(e->target));
	return KITH_OK;
}

static int
see_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct seen *s = ctx;

	(void)err;
	s->content += bytes.len;
	return KITH_OK;
}

static int
stop_at_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	(void)ctx;
	(void)bytes;
	return kith_fail(err, KITH_E_CANCELLED, "enough");
}

static void
test_entries(void **state)
{
	struct seen s = {.content = 0};
	struct kith_archive_sink sink = {see_entry, see_content, &s};
	struct kith_archive_job job = {.path = path, .top = true};
	struct kith_archive_answer a;
	struct kith_error err;

	(void)state;
	kith_buf_init(&s.text, 1000);
	put("dir t/\nfill t/big 9000000\ndir t/d/\nlink t/l d/../x\nfile t/d/e abc\n");
	if (kith_archive_walk(&helper, &job, &sink, &a, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(kith_buf_str(&s.text), "0 644 9000000 big \n2 755 0 d \n"
						   "1 644 0 l d/../x\n0 644 3 d/e \n");
	assert_int_equal(s.content, 9000003);
	assert_true(a.has_sum && a.has_digests);
	sink.content = stop_at_content;
	assert_int_equal(kith_archive_walk(&helper, &job, &sink, &a, &err), KITH_E_CANCELLED);
	kith_buf_clear(&s.text);
}

static void
test_refused(void **state)
{
	static const uint8_t other[KITH_SHA256_BYTES] = {1};
	struct kith_archive_sink sink = {NULL, NULL, NULL};
	struct kith_archive_job job = {.path = path, .top = true};
	struct kith_archive_answer a;
	struct kith_error err;

	(void)state;
	put("file t/a 1\nfile t/a 1\n");
	assert_int_equal(kith_archive_walk(&helper, &job, &sink, &a, &err), KITH_E_FORMAT);
	job.expected = other; /* not the archive that was meant: not even looked into */
	assert_int_equal(kith_archive_walk(&helper, &job, &sink, &a, &err), KITH_E_INTEGRITY);
	job.path = "/nonexistent/x.crate";
	assert_int_equal(kith_archive_walk(&helper, &job, &sink, &a, &err), KITH_E_NOTFOUND);
	job.path = root;
	assert_int_equal(kith_archive_walk(&helper, &job, &sink, &a, &err), KITH_E_FORMAT);
	assert_non_null(strstr(err.msg, "not a regular file"));
}

static int
count(void *ctx, size_t i, const struct kith_archive_answer *a, struct kith_error *err)
{
	size_t *n = ctx;

	(void)i;
	(void)err;
	*n += a->has_digests;
	return KITH_OK;
}

/* More than one window of requests, all answered. */
static void
test_many(void **state)
{
	struct kith_archive_job jobs[100];
	struct kith_error err;
	size_t i, n = 0;

	(void)state;
	put("file t/a 1\n");
	for (i = 0; i < 100; i++)
		jobs[i] = (struct kith_archive_job){.path = path, .top = true};
	if (kith_archive_check(&helper, jobs, 100, count, &n, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(n, 100);
}

static void
test_no_helper(void **state)
{
	static const struct kith_helper_options nowhere = {.dir = "/nonexistent"};
	struct kith_archive_job job = {.path = path};
	struct kith_error err;
	size_t n = 0;

	(void)state;
	assert_int_equal(kith_archive_check(&nowhere, &job, 1, count, &n, &err), KITH_E_HELPER);
	assert_int_equal(kith_archive_check(&nowhere, &job, 0, count, &n, &err), KITH_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_entries),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_no_helper),
	};
	struct kith_error err;
	int failed;

	if (kith_crypto_init(&err) || !mkdtemp(root))
		return 1;
	snprintf(path, sizeof(path), "%s/t.crate", root);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return kith_fs_remove_tree(root, &err) ? 1 : failed;
}
