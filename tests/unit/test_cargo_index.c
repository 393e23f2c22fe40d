/* SPDX-License-Identifier: Apache-2.0 */
/* cargo's index cache: where the entry of an archive is, and which checksum it states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "package/cargo_index.h"

#define SUM "abababababababababababababababababababababababababababababababab"

static struct kith_error err;

static int
find(const char *text, size_t len, char *ret)
{
	return kith_cargo_index_find(kith_span(text, len), KITH_SPAN_LIT("Foo"),
				     KITH_SPAN_LIT("1.0.0"), ret, &err);
}

static void
one_file(void **state)
{
	static const char good[] =
	    "\003\002\0\0\0etag: x\0"
	    "0.9.0\0{\"name\":\"Foo\",\"vers\":\"0.9.0\",\"cksum\":\"00\"}\0"
	    "1.0.0\0{\"name\":\"Foo\",\"vers\":\"1.0.0\",\"cksum\":\"" SUM "\"}\0";
	/* an entry that lies about its version, one of another name, then the right one */
	static const char lies[] =
	    "1.0.0\0{\"name\":\"Foo\",\"vers\":\"2.0.0\",\"cksum\":\"" SUM "\"}\0"
	    "1.0.0\0{\"name\":\"foo\",\"vers\":\"1.0.0\",\"cksum\":\"" SUM "\"}\0";
	char sum[KITH_INDEX_CKSUM + 1] = "";

	(void)state;
	assert_int_equal(find(good, sizeof(good), sum), KITH_OK);
	assert_string_equal(sum, SUM);
	assert_int_equal(find(lies, sizeof(lies), sum), KITH_E_NOTFOUND);
	assert_int_equal(find("", 0, sum), KITH_E_NOTFOUND);
	assert_int_equal(find("1.0.0\0{broken}\0", 15, sum), KITH_E_NOTFOUND);
}

#define ENTRY(version, rest)                                                                       \
	version "\0{\"name\":\"Foo\",\"vers\":\"" version "\",\"cksum\":\"" SUM "\"" rest "}\0"

/* Whether a version is yanked, when it was published, and what is older and compatible. */
static void
facts(void **state)
{
	static const char file[] = "x\0" ENTRY("0.2.9", ",\"yanked\":true")
	    ENTRY("0.3.0", ",\"yanked\":true") ENTRY("0.3.1-rc.1", "") ENTRY("0.3.1", "")
		ENTRY("0.3.2", ",\"pubtime\":\"2026-01-02T03:04:05Z\",\"yanked\":false")
		    ENTRY("0.3.3", ",\"yanked\":true") ENTRY("1.0.0", ",\"pubtime\":7")
			ENTRY("0.0.1", "") ENTRY("0.0.2", "") ENTRY("2.0.0", ",\"yanked\":0");
	const struct kith_span text = kith_span(file, sizeof(file) - 1);
	uint8_t mark[KITH_INDEX_MARK];
	struct kith_index_facts f;
	struct kith_time t;

	(void)state;
	assert_int_equal(kith_cargo_index_facts(text, KITH_SPAN_LIT("Foo"), KITH_SPAN_LIT("0.3.2"),
						true, &f, &err),
			 KITH_OK);
	assert_true(kith_time_parse(KITH_SPAN_LIT("2026-01-02T03:04:05Z"), &t, NULL));
	assert_true(f.has_published && !f.yanked && f.published.sec == t.sec);
	assert_int_equal(f.cksum[0], 0xab);
	kith_index_version_mark(KITH_SPAN_LIT("0.2.9"), mark);
	assert_true(f.has_first && memcmp(f.first, mark, sizeof(mark)) == 0);
	assert_int_equal(f.older, 2);
	assert_int_equal(f.older_yanked, 1);
	assert_int_equal(kith_cargo_index_facts(text, KITH_SPAN_LIT("Foo"), KITH_SPAN_LIT("0.3.3"),
						false, &f, &err),
			 KITH_OK);
	assert_true(f.yanked && !f.has_published && !f.older);
	/* 0.0.2 is compatible with nothing else; times that are none are not known */
	assert_int_equal(kith_cargo_index_facts(text, KITH_SPAN_LIT("Foo"), KITH_SPAN_LIT("0.0.2"),
						true, &f, &err),
			 KITH_OK);
	assert_int_equal(f.older, 0);
	assert_int_equal(kith_cargo_index_facts(text, KITH_SPAN_LIT("Foo"), KITH_SPAN_LIT("1.0.0"),
						true, &f, &err),
			 KITH_OK);
	assert_true(!f.has_published && !f.older);
	assert_int_equal(kith_cargo_index_facts(text, KITH_SPAN_LIT("Foo"), KITH_SPAN_LIT("2.0.0"),
						true, &f, &err),
			 KITH_E_NOTFOUND);
}

static void
write_entry(const char *root, const char *folder, const char *name, const char *version)
{
	KITH_AUTO_FREE char *dir = kith_asprintf("%s/registry/index/R/.cache/%s", root, folder);
	KITH_AUTO_BUF struct kith_buf path, text;

	kith_buf_init(&path, KITH_MAX_PATH);
	kith_buf_init(&text, KITH_KIB(4));
	kith_buf_printf(&path, "%s/%s", dir, name);
	kith_buf_put(&text, "x\0", 2);
	kith_buf_put(&text, version, strlen(version) + 1);
	kith_buf_printf(&text, "{\"name\":\"%s\",\"vers\":\"%s\",\"cksum\":\"" SUM "\"}", name,
			version);
	kith_buf_put_char(&text, '\0');
	assert_int_equal(kith_fs_mkdirs(dir, 0700, &err), KITH_OK);
	assert_int_equal(kith_fs_replace(kith_buf_str(&path), kith_buf_span(&text), 0600, &err),
			 KITH_OK);
}

static int
of_archive(const char *root, const char *below, const char *name)
{
	KITH_AUTO_FREE char *archive = kith_asprintf("%s%s", root, below);
	char sum[KITH_INDEX_CKSUM + 1];

	return kith_cargo_index_of_archive(archive, kith_span_str(name), KITH_SPAN_LIT("1.0.0"),
					   sum, &err);
}

static void
by_archive(void **state)
{
	char root[] = "/tmp/kith-index-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(root));
	write_entry(root, "1", "a", "1.0.0");
	write_entry(root, "2", "ab", "1.0.0");
	write_entry(root, "3/a", "abc", "1.0.0");
	write_entry(root, "ab/cd", "abcd", "1.0.0");
	assert_int_equal(of_archive(root, "/registry/cache/R/a-1.0.0.crate", "a"), KITH_OK);
	assert_int_equal(of_archive(root, "/registry/cache/R/ab-1.0.0.crate", "ab"), KITH_OK);
	assert_int_equal(of_archive(root, "/registry/cache/R/abc-1.0.0.crate", "abc"), KITH_OK);
	assert_int_equal(of_archive(root, "/registry/cache/R/abcd-1.0.0.crate", "abcd"), KITH_OK);
	/* elsewhere, another registry's, no name of a package */
	assert_int_equal(of_archive(root, "/a-1.0.0.crate", "a"), KITH_E_NOTFOUND);
	assert_int_equal(of_archive(root, "/registry/cache/S/a-1.0.0.crate", "a"), KITH_E_NOTFOUND);
	assert_int_equal(of_archive(root, "/registry/cache/R/x/a-1.0.0.crate", "a"),
			 KITH_E_NOTFOUND);
	assert_int_equal(of_archive(root, "/registry/cache/R/a-1.0.0.crate", "../../a"),
			 KITH_E_NOTFOUND);
	assert_int_equal(of_archive(root, "/registry/cache/R/a-1.0.0.crate", ""), KITH_E_NOTFOUND);
	assert_int_equal(kith_fs_remove_tree(root, &err), KITH_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_file),
	    cmocka_unit_test(facts),
	    cmocka_unit_test(by_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
