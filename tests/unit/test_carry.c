/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "store/carry.h"
#include "store/meta.h"

#define A    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define META "kith-source 1\nkind url\nlocation https://example.org/x\nhead " A "\nsuccess 50\n"

static char home[] = "/tmp/kith-carry.XXXXXX";

static char *
write_file(const struct kith_dirs *d, struct kith_span bytes)
{
	char *path = kith_fs_join(d->cache, "in");

	assert_int_equal(kith_fs_mkdirs(d->cache, 0700, NULL), KITH_OK);
	assert_int_equal(kith_fs_replace(path, bytes, 0600, NULL), KITH_OK);
	return path;
}

static int
unpack(const struct kith_dirs *d, struct kith_span bytes, struct kith_carried *c,
       struct kith_error *err)
{
	KITH_AUTO_FREE char *path = write_file(d, bytes);

	return kith_carry_unpack(path, d->cache, c, err);
}

/* What is written is what is read, in pieces. */
static void
test_round_trip(void **state)
{
	const struct kith_dirs *d = *state;
	char location[] = "https://example.org/x", slug[] = "x", text[] = "an error";
	struct kith_mirror m = {.source = {.kind = KITH_GIT_URL,
					   .class = KITH_SOURCE_WALKED,
					   .location = location,
					   .slug = slug},
				.head = A,
				.success = 50,
				.attempt = 60,
				.failures = 2,
				.error = text};
	KITH_AUTO_FREE char *path = kith_fs_join(home, "out");
	KITH_AUTO_CARRIED struct kith_carried c = {0};
	KITH_AUTO_BUF struct kith_buf big, got;
	struct kith_carry_writer w;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);

	kith_buf_init(&big, KITH_MIB(4));
	kith_buf_init(&got, KITH_MIB(4));
	kith_buf_put_fill(&big, 'j', KITH_MIB(2) + 5);
	assert_int_equal(kith_carry_begin(&w, fd, NULL), KITH_OK);
	assert_int_equal(kith_carry_source(&w, &m, NULL), KITH_OK);
	assert_int_equal(kith_carry_put(&w, "journal", kith_buf_span(&big), NULL), KITH_OK);
	assert_int_equal(kith_carry_put(&w, "pack", KITH_SPAN_LIT("PACK"), NULL), KITH_OK);
	assert_int_equal(kith_carry_whole(&w, true, NULL), KITH_OK);
	assert_int_equal(kith_carry_source(&w, &m, NULL), KITH_OK);
	assert_int_equal(kith_carry_whole(&w, false, NULL), KITH_OK);
	assert_int_equal(kith_carry_end(&w, NULL), KITH_OK);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), w.bytes);
	close(fd);
	assert_true(kith_carry_is(path));
	assert_false(kith_carry_is(home));
	assert_int_equal(kith_carry_unpack(path, d->cache, &c, NULL), KITH_OK);
	assert_int_equal(c.count, 1); /* the broken one is left out */
	assert_string_equal(c.items[0].meta.source.location, location);
	assert_string_equal(c.items[0].meta.head, A);
	assert_int_equal(c.items[0].meta.success, 50);
	assert_int_equal(c.items[0].meta.failures, 0);
	assert_int_equal(c.items[0].meta.source.class, KITH_SOURCE_USER);
	assert_null(c.items[0].gone);
	assert_int_equal(kith_fs_read(c.items[0].journal, &got, NULL), KITH_OK);
	assert_true(kith_span_eq(kith_buf_span(&got), kith_buf_span(&big)));
	kith_buf_reset(&got);
	assert_int_equal(kith_fs_read(c.items[0].bundle, &got, NULL), KITH_OK);
	assert_string_equal(kith_buf_str(&got), "# v2 git bundle\n" A " HEAD\n\nPACK");
}

static const struct {
	const char *file, *why;
} bad[] = {
    {"# kith evidence 1\nsource 4\nnone", "it does not begin with 'kith-source 1'"},
    {"# kith evidence 1\nsource  4\nnone", "carried evidence: 'source  4' is no line of it"},
    {"# kith evidence 1\nsource -1\n", "carried evidence: 'source -1' is no line of it"},
    {"# kith evidence 1\nsource 1048577\n", "carried evidence: 'source 1048577' is no line of it"},
    {"# kith evidence 1\nsource 9\nnone", "the carried evidence is cut off"},
    {"# kith evidence 1\n", "the carried evidence is cut off"},
    {"# kith evidence 1", "the carried evidence is cut off"},
    {"# kith evidence 1\nwhole 0\n", "carried evidence: 'whole' is out of place"},
    {"# kith evidence 1\nend 0 0\n", "carried evidence: 'end 0 0' is no line of it"},
    {"# kith evidence 1\njournal 0\n", "carried evidence: 'journal' is out of place"},
    {"# kith evidence 1 and more than a line\n", "not a file of carried evidence"},
    {"something else\n", "not a file of carried evidence"},
};

static void
test_bad(void **state)
{
	const struct kith_dirs *d = *state;
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	struct kith_carried c;
	struct kith_error err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(unpack(d, kith_span_str(bad[i].file), &c, &err), KITH_E_FORMAT);
		if (!strstr(err.msg, bad[i].why))
			fail_msg("%s: %s", bad[i].file, err.msg);
	}
	/* nothing is left of them */
	assert_int_equal(kith_fs_list(d->cache, &names, NULL), KITH_OK);
	assert_int_equal(names.count, 1);
}

static void
prepare(const struct kith_dirs *d, struct kith_span file, struct kith_source *s, bool *older)
{
	KITH_AUTO_CARRIED struct kith_carried c = {0};

	assert_int_equal(unpack(d, file, &c, NULL), KITH_OK);
	assert_int_equal(c.count, 1);
	kith_source_clear(s);
	assert_int_equal(kith_carry_prepare(d, &c.items[0], s, older, NULL), KITH_OK);
}

#define SOURCE(journal, n)                                                                         \
	KITH_SPAN_LIT("# kith evidence 1\nsource 111\n" META "journal " n "\n" journal             \
		      "whole 0\nend 0\n")
#define HEAD_LINE "head 1 0 - " A " first\n"

static void
test_prepare(void **state)
{
	const struct kith_dirs *d = *state;
	KITH_AUTO_FREE char *slug = kith_carry_slug("https://example.org/x");
	KITH_AUTO_FREE char *journal = kith_meta_path(d, slug, ".journal");
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL};
	KITH_AUTO_BUF struct kith_buf got;
	struct kith_mirror here = {.success = 51, .head = A};
	bool older = true;

	assert_int_equal(strlen(META), 111);
	kith_buf_init(&got, 1000);
	/* a journal that is not about this head is not taken */
	prepare(d, SOURCE("kith-journal 1\n", "15"), &s, &older);
	assert_false(older);
	assert_false(kith_fs_exists(journal));
	assert_int_equal(s.class, KITH_SOURCE_CARRIED);
	assert_int_equal(s.as_of, 50);
	assert_string_equal(s.slug, slug);
	prepare(d, SOURCE("kith-journal 1\n" HEAD_LINE, "73"), &s, &older);
	assert_true(kith_fs_exists(journal));
	/* one that goes on is; one that says something else is not */
	prepare(d, SOURCE("kith-journal 1\n" HEAD_LINE "read 0\n", "80"), &s, &older);
	assert_int_equal(kith_fs_read(journal, &got, NULL), KITH_OK);
	assert_string_equal(kith_buf_str(&got), "kith-journal 1\n" HEAD_LINE "read 0\n");
	prepare(d, SOURCE("kith-journal 1\nother\n" HEAD_LINE, "79"), &s, &older);
	kith_buf_reset(&got);
	assert_int_equal(kith_fs_read(journal, &got, NULL), KITH_OK);
	assert_string_equal(kith_buf_str(&got), "kith-journal 1\n" HEAD_LINE "read 0\n");
	/* newer evidence is here */
	here.source = (struct kith_source){.kind = KITH_GIT_URL,
					   .class = KITH_SOURCE_CARRIED,
					   .location = s.location,
					   .slug = slug};
	assert_int_equal(kith_meta_write(d, &here, NULL), KITH_OK);
	prepare(d, SOURCE("kith-journal 1\n" HEAD_LINE, "73"), &s, &older);
	assert_true(older);
}

static void
test_names(void **state)
{
	char location[] = "https://example.org/x";
	struct kith_mirror m = {
	    .source = {.kind = KITH_GIT_URL, .class = KITH_SOURCE_USER, .location = location}};
	KITH_AUTO_BUF struct kith_buf b;

	(void)state;
	kith_buf_init(&b, 100);
	assert_true(kith_mirror_proves(&m));
	assert_true(kith_mirror_is_called(&m, KITH_SPAN_LIT("https://example.org/x")));
	m.source.class = KITH_SOURCE_CARRIED;
	assert_false(kith_mirror_proves(&m));
	assert_false(kith_mirror_is_called(&m, KITH_SPAN_LIT("https://example.org/x")));
	kith_mirror_put_name(&b, &m);
	assert_string_equal(kith_buf_str(&b), "https://example.org/x (carried)");
	assert_true(kith_mirror_is_called(&m, kith_buf_span(&b)));
	m.own = true;
	m.source.class = KITH_SOURCE_USER;
	assert_false(kith_mirror_proves(&m));
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
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_prepare),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
