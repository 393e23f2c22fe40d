/* SPDX-License-Identifier: Apache-2.0 */
/* The recursive digest, from entries and from disk: known values, order, refusals, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/tree.h"

struct given {
	const char *path;
	enum kith_tree_type type;
	const char *content;
};

/* crev's synthetic tree; its files end without a newline */
static const struct given known[] = {
    {".cargo-ok", KITH_TREE_FILE, "x"}, {"Cargo.lock", KITH_TREE_FILE, "bar"},
    {"a", KITH_TREE_DIR, NULL},         {"a/.cargo-ok", KITH_TREE_FILE, "z"},
    {"a/empty", KITH_TREE_DIR, NULL},   {"a/foo", KITH_TREE_FILE, "foo"},
    {"a/sub", KITH_TREE_DIR, NULL},     {"a/sub/link", KITH_TREE_LINK, "../nowhere"},
    {"a/zero", KITH_TREE_FILE, ""},     {"target", KITH_TREE_DIR, NULL},
    {"target/o", KITH_TREE_FILE, "y"},
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

static const struct {
	const char *subdir;
	size_t nignore;
	const char *ignore[3];
	const char *digest;
} values[] = {
    {"", 0, {NULL}, "4gSLDSB0zFVWOT2W4Sj9BUbWm2UL7EY1PuIkHtetJI8"},
    {"", 1, {".cargo-ok"}, "-AVhk7B8EI3VgRoE0YLHyfTE5erORN0x-zpJyZY5_q4"},
    {"", 2, {".cargo-ok", "target"}, "9hJQswJ3eYEtN037F0xG-o558oltQvKQ8fUqeUPaDyI"},
    {"", 3, {".cargo-ok", "target", "Cargo.lock"}, "MFEUlvuc4xXNdynt1f7R1braQGO9Y63BBK-FJThZuBQ"},
    {"a/empty", 0, {NULL}, "BAoZWZVn7_9fR1_tEAvWTGHXXXi8eQmzToeh06foEu0"},
    {"a", 1, {".cargo-ok"}, "Paqju6D8TXHIiwQEXhziArgpVBOLQ5GmoO-VzjCdk_s"},
};
#define VALUES (sizeof(values) / sizeof(values[0]))

static void
hash_content(enum kith_tree_type type, const char *content, struct kith_digest *ret)
{
	struct kith_blake2b_state *s = kith_blake2b_new();

	assert_non_null(s);
	kith_tree_hash_start(s, type);
	kith_blake2b_update(s, kith_span_str(content));
	kith_blake2b_finish(s, ret);
	kith_blake2b_free(s);
}

static int
add(struct kith_tree *t, const char *path, enum kith_tree_type type, const char *content)
{
	struct kith_digest d = {{0}};

	if (type != KITH_TREE_DIR)
		hash_content(type, content, &d);
	return kith_tree_add(t, kith_span_str(path), type, &d, NULL);
}

static void
assert_digest(const struct kith_digest *d, const char *want)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 100);
	kith_base64_put(&b, d->bytes, sizeof(d->bytes));
	assert_string_equal(kith_buf_str(&b), want);
}

static size_t
ignore_of(size_t i, struct kith_span ret[3])
{
	size_t k;

	for (k = 0; k < values[i].nignore; k++)
		ret[k] = kith_span_str(values[i].ignore[k]);
	return values[i].nignore;
}

/* The known tree's entries in several orders, folders given or only implied. */
static void
test_known_entries(void **state)
{
	struct kith_span ignore[3];
	struct kith_digest d;
	size_t i, k, at, step;

	(void)state;
	for (i = 0; i < VALUES; i++) {
		if (values[i].subdir[0])
			continue;
		for (step = 1; step < KNOWN; step++) {
			struct kith_tree *t = kith_tree_new(100, 1000);

			assert_non_null(t);
			for (k = 0; k < KNOWN; k++) {
				at = k * step % KNOWN; /* 11 is a prime: every one once */
				if (step % 2 && known[at].type == KITH_TREE_DIR &&
				    strcmp(known[at].path, "a/empty") != 0)
					continue;
				assert_int_equal(
				    add(t, known[at].path, known[at].type, known[at].content), 0);
			}
			assert_int_equal(
			    kith_tree_digest(t, ignore, ignore_of(i, ignore), &d, NULL), 0);
			assert_digest(&d, values[i].digest);
			kith_tree_free(t);
		}
	}
}

static char root[] = "/tmp/kith-tree-XXXXXX";

static void
path_in(char out[600], const char *name)
{
	snprintf(out, 600, "%s/%s", root, name);
}

static void
write_file(const char *name, const void *bytes, size_t n)
{
	char path[600];
	int fd;

	path_in(path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(kith_fs_write_full(fd, bytes, n, NULL), 0);
	close(fd);
}

static void
make_dir(const char *name)
{
	char path[600];

	path_in(path, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int
set_up(void **state)
{
	(void)state;
	memcpy(root + strlen(root) - 6, "XXXXXX", 6);
	return mkdtemp(root) ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	return kith_fs_remove_tree(root, NULL);
}

static void
build_known(void)
{
	char path[600];
	size_t i;

	for (i = 0; i < KNOWN; i++) {
		path_in(path, known[i].path);
		if (known[i].type == KITH_TREE_DIR)
			make_dir(known[i].path);
		else if (known[i].type == KITH_TREE_FILE)
			write_file(known[i].path, known[i].content, strlen(known[i].content));
		else
			assert_int_equal(symlink(known[i].content, path), 0);
	}
}

static void
test_known_on_disk(void **state)
{
	struct kith_span ignore[3];
	struct kith_digest d, want;
	struct kith_error err;
	char path[600];
	size_t i;

	(void)state;
	build_known();
	for (i = 0; i < VALUES; i++) {
		path_in(path, values[i].subdir);
		assert_int_equal(
		    kith_tree_digest_path(path, ignore, ignore_of(i, ignore), &d, &err), 0);
		assert_digest(&d, values[i].digest);
	}
	/* a root that is a file or a link digests as one */
	path_in(path, "a/foo");
	assert_int_equal(kith_tree_digest_path(path, NULL, 0, &d, &err), 0);
	hash_content(KITH_TREE_FILE, "foo", &want);
	assert_true(kith_digest_eq(&d, &want));
	path_in(path, "a/sub/link");
	assert_int_equal(kith_tree_digest_path(path, NULL, 0, &d, &err), 0);
	hash_content(KITH_TREE_LINK, "../nowhere", &want);
	assert_true(kith_digest_eq(&d, &want));
	path_in(path, "b");
	assert_int_equal(kith_tree_digest_path(path, NULL, 0, &d, &err), KITH_E_NOTFOUND);
}

/* Files around the read block, many in a folder, names that sort apart: disk equals entries. */
static void
test_disk_equals_entries(void **state)
{
	static char bytes[600001];
	static const size_t sizes[] = {0, 1, 262143, 262144, 262145, 524288, 600000};
	static const char *const dirs[] = {"d", "d-", "d.x", "d0", "d/e", "\xff\xfe"};
	struct kith_tree *t = kith_tree_new(1000, 100000);
	struct kith_digest from_disk, from_entries;
	char name[100];
	size_t i, k;

	(void)state;
	assert_non_null(t);
	memset(bytes, 'k', sizeof(bytes) - 1);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		make_dir(dirs[i]);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (k = 0; k < sizeof(dirs) / sizeof(dirs[0]); k++) {
			snprintf(name, sizeof(name), "%s/f%zu", dirs[k], i);
			write_file(name, bytes, sizes[i]);
			bytes[sizes[i]] = '\0';
			assert_int_equal(add(t, name, KITH_TREE_FILE, bytes), 0);
			bytes[sizes[i]] = 'k';
		}
	}
	assert_int_equal(kith_tree_digest(t, NULL, 0, &from_entries, NULL), 0);
	assert_int_equal(kith_tree_digest_path(root, NULL, 0, &from_disk, NULL), 0);
	assert_true(kith_digest_eq(&from_disk, &from_entries));
	kith_tree_free(t);
}

static void
test_special_files(void **state)
{
	struct kith_span ignore = KITH_SPAN_LIT("pipe");
	struct kith_digest d;
	struct kith_error err;
	char path[600];

	(void)state;
	path_in(path, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(kith_tree_digest_path(root, NULL, 0, &d, &err), KITH_E_FORMAT);
	assert_non_null(strstr(err.msg, "/pipe: neither file, folder nor link"));
	assert_int_equal(kith_tree_digest_path(path, NULL, 0, &d, &err), KITH_E_FORMAT);
	assert_int_equal(kith_tree_digest_path(root, &ignore, 1, &d, &err), 0);
	assert_digest(&d, "BAoZWZVn7_9fR1_tEAvWTGHXXXi8eQmzToeh06foEu0");
}

static void
test_depth_on_disk(void **state)
{
	char deep[600] = "d";
	struct kith_digest d;
	int i;

	(void)state;
	for (i = 1; i < KITH_MAX_TREE_DEPTH; i++) {
		make_dir(deep);
		memcpy(deep + strlen(deep), "/d", 3);
	}
	make_dir(deep);
	assert_int_equal(kith_tree_digest_path(root, NULL, 0, &d, NULL), 0);
	memcpy(deep + strlen(deep), "/f", 3);
	write_file(deep, "", 0);
	assert_int_equal(kith_tree_digest_path(root, NULL, 0, &d, NULL), KITH_E_LIMIT);
}

static void
test_refused_paths(void **state)
{
	static const char *const bad[] = {"",    "/",     "/etc/x", "a//b", "a/",   ".",
					  "./a", "a/./b", "..",     "a/..", "../x", "a/../../b"};
	struct kith_tree *t = kith_tree_new(100, 10000);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(add(t, bad[i], KITH_TREE_FILE, ""), KITH_E_FORMAT);
	assert_int_equal(kith_tree_add(t, kith_span("a\0b", 3), KITH_TREE_DIR, NULL, NULL),
			 KITH_E_FORMAT);
	assert_int_equal(add(t, "..a/...", KITH_TREE_FILE, ""), 0);
	kith_tree_free(t);
}

/* What contradicts itself must not have a digest. */
static void
test_contradictions(void **state)
{
	static const struct {
		struct given first, second;
		const char *why;
	} pairs[] = {
	    {{"a", KITH_TREE_FILE, "x"}, {"a", KITH_TREE_FILE, "x"}, "occurs twice"},
	    {{"a", KITH_TREE_DIR, ""}, {"a", KITH_TREE_DIR, ""}, "occurs twice"},
	    {{"a", KITH_TREE_DIR, ""}, {"a", KITH_TREE_FILE, ""}, "occurs twice"},
	    {{"a/b", KITH_TREE_FILE, ""}, {"a", KITH_TREE_FILE, ""}, "lies below a file"},
	    {{"a", KITH_TREE_LINK, ".."}, {"a/b/c", KITH_TREE_FILE, ""}, "lies below a link"},
	    {{"t/a", KITH_TREE_LINK, "/"}, {"t/a/b", KITH_TREE_DIR, ""}, "lies below a link"}};
	struct kith_span ignore = KITH_SPAN_LIT("t");
	struct kith_digest d;
	struct kith_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct kith_tree *t = kith_tree_new(10, 100);

		assert_int_equal(add(t, "a-b", KITH_TREE_FILE, ""), 0);
		assert_int_equal(
		    add(t, pairs[i].first.path, pairs[i].first.type, pairs[i].first.content), 0);
		assert_int_equal(
		    add(t, pairs[i].second.path, pairs[i].second.type, pairs[i].second.content), 0);
		/* also where it would be left out */
		assert_int_equal(kith_tree_digest(t, &ignore, 1, &d, &err), KITH_E_FORMAT);
		assert_non_null(strstr(err.msg, pairs[i].why));
		kith_tree_free(t);
	}
}

static void
test_ignored_leaves_its_folder(void **state)
{
	struct kith_span ignore = KITH_SPAN_LIT("a/b");
	struct kith_tree *t = kith_tree_new(10, 100), *u = kith_tree_new(10, 100);
	struct kith_digest d, e;

	(void)state;
	assert_int_equal(add(t, "a/b/c", KITH_TREE_FILE, "x"), 0);
	assert_int_equal(add(u, "a", KITH_TREE_DIR, NULL), 0);
	assert_int_equal(kith_tree_digest(t, &ignore, 1, &d, NULL), 0);
	assert_int_equal(kith_tree_digest(u, &ignore, 1, &e, NULL), 0);
	assert_true(kith_digest_eq(&d, &e));
	assert_int_equal(kith_tree_digest(t, NULL, 0, &e, NULL), 0);
	assert_false(kith_digest_eq(&d, &e));
	kith_tree_free(t);
	kith_tree_free(u);
}

static void
test_limits(void **state)
{
	struct kith_tree *t = kith_tree_new(2, 10000);
	static char path[KITH_MAX_PATH + 2];
	size_t i;

	(void)state;
	assert_int_equal(add(t, "a", KITH_TREE_FILE, ""), 0);
	assert_int_equal(add(t, "b", KITH_TREE_FILE, ""), 0);
	assert_int_equal(add(t, "c", KITH_TREE_FILE, ""), KITH_E_LIMIT);
	kith_tree_free(t);
	t = kith_tree_new(10, 5);
	assert_int_equal(add(t, "abc", KITH_TREE_FILE, ""), 0);
	assert_int_equal(add(t, "def", KITH_TREE_FILE, ""), KITH_E_LIMIT);
	kith_tree_free(t);
	t = kith_tree_new(10, 100000);
	memset(path, 'p', sizeof(path) - 1);
	assert_int_equal(add(t, path, KITH_TREE_FILE, ""), KITH_E_LIMIT);
	path[KITH_MAX_PATH] = '\0';
	assert_int_equal(add(t, path, KITH_TREE_FILE, ""), 0);
	for (i = 1; i < 2 * KITH_MAX_TREE_DEPTH; i += 2)
		path[i] = '/';
	path[2 * KITH_MAX_TREE_DEPTH - 1] = '\0';
	assert_int_equal(add(t, path, KITH_TREE_FILE, ""), 0);
	path[2 * KITH_MAX_TREE_DEPTH - 1] = '/';
	assert_int_equal(add(t, path, KITH_TREE_FILE, ""), KITH_E_LIMIT);
	kith_tree_free(t);
	kith_tree_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_entries),
	    cmocka_unit_test_setup_teardown(test_known_on_disk, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_disk_equals_entries, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_special_files, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_depth_on_disk, set_up, tear_down),
	    cmocka_unit_test(test_refused_paths),
	    cmocka_unit_test(test_contradictions),
	    cmocka_unit_test(test_ignored_leaves_its_folder),
	    cmocka_unit_test(test_limits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
