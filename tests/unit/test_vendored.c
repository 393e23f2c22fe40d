/* SPDX-License-Identifier: Apache-2.0 */
/* Vendored trees: what must agree with .cargo-checksum.json and with the lock file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/tree.h"
#include "package/project.h"

#define SUM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
/* SHA-256 of "foo" and of nothing */
#define FOO  "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
#define NONE "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char root[] = "/tmp/kith-vendored-XXXXXX";

static const char *
below(const char *path)
{
	static char full[600];

	snprintf(full, sizeof(full), "%s/v/%s", root, path);
	return full;
}

static void
put(const char *path, const char *text)
{
	struct kith_error err;

	if (kith_fs_replace(below(path), kith_span_str(text), 0644, &err))
		fail_msg("%s", err.msg);
}

#define LIST(files) "{\"files\":{" files "},\"package\":\"" SUM "\"}"
#define GOOD        LIST("\"a\":\"" FOO "\",\"d/zero\":\"" NONE "\"")

/* A tree that agrees with itself. */
static int
set_up(void **state)
{
	struct kith_error err;

	(void)state;
	if (kith_fs_remove_tree(below(""), &err) || kith_fs_mkdirs(below("d"), 0755, &err))
		return -1;
	put("a", "foo");
	put("d/zero", "");
	put(".cargo-checksum.json", GOOD);
	return 0;
}

static int
check(const char *checksum, struct kith_digest *ret, struct kith_error *err)
{
	struct kith_package pkg = {.checksum = kith_span_str(checksum)};

	return kith_vendored_check(below("."), &pkg, ret, err);
}

static void
assert_differs(int code, const char *why)
{
	struct kith_digest d;
	struct kith_error err;
	int r = check(SUM, &d, &err);

	if (r != code || !strstr(err.msg, why))
		fail_msg("%d %s instead of %d %s", r, r ? err.msg : "", code, why);
}

static void
test_good(void **state)
{
	struct kith_digest d, plain;
	struct kith_error err;

	(void)state;
	assert_int_equal(check(SUM, &d, &err), KITH_OK);
	unlink(below(".cargo-checksum.json"));
	assert_int_equal(kith_tree_digest_path(below("."), NULL, 0, &plain, &err), KITH_OK);
	assert_memory_equal(&d, &plain, sizeof(d));
	/* .cargo-ok is cargo's, also where it is not listed */
	put(".cargo-checksum.json", GOOD);
	put(".cargo-ok", "ok");
	assert_int_equal(check(SUM, &d, &err), KITH_OK);
	assert_memory_equal(&d, &plain, sizeof(d));
	/* only at the top */
	put("d/.cargo-ok", "ok");
	assert_differs(KITH_E_INTEGRITY, "d/.cargo-ok: is not listed");
}

static void
test_package(void **state)
{
	struct kith_digest d;
	struct kith_error err;

	(void)state;
	assert_int_equal(check(NONE, &d, &err), KITH_E_INTEGRITY);
	assert_int_equal(check("", &d, &err), KITH_E_INTEGRITY);
	put(".cargo-checksum.json",
	    "{\"package\":null,\"files\":{\"a\":\"" FOO "\",\"d/zero\":\"" NONE "\"}}");
	assert_int_equal(check("", &d, &err), KITH_OK);
	assert_differs(KITH_E_INTEGRITY, "not of the package");
}

static void
test_changed(void **state)
{
	(void)state;
	put("a", "fop");
	assert_differs(KITH_E_INTEGRITY, "/a: is not what");
	put("a", "foo");
	put("b", "");
	assert_differs(KITH_E_INTEGRITY, "/b: is not listed");
	unlink(below("b"));
	unlink(below("d/zero"));
	assert_differs(KITH_E_INTEGRITY, "d/zero: is listed but not there");
	put("d/zero", "");
	put("d/.cargo-checksum.json", "{}");
	assert_differs(KITH_E_INTEGRITY, "d/.cargo-checksum.json: is not listed");
}

static void
test_special(void **state)
{
	(void)state;
	unlink(below("a"));
	assert_int_equal(symlink("d/zero", below("a")), 0);
	assert_differs(KITH_E_INTEGRITY, "/a: is a symbolic link");
	unlink(below("a"));
	assert_int_equal(mkfifo(below("a"), 0600), 0);
	assert_differs(KITH_E_INTEGRITY, "/a: is not a file or folder");
	unlink(below("a"));
	assert_int_equal(mkdir(below("a"), 0755), 0);
	assert_differs(KITH_E_INTEGRITY, "lists files that are not there");
	assert_int_equal(rmdir(below("a")), 0);
	put("a", "foo");
	/* a listed name that climbs is never looked for outside */
	put(".cargo-checksum.json",
	    LIST("\"a\":\"" FOO "\",\"d/zero\":\"" NONE "\",\"d/../a\":\"" FOO "\""));
	assert_differs(KITH_E_INTEGRITY, "not there");
}

static void
test_list(void **state)
{
	static const struct {
		const char *json;
		int code;
		const char *why;
	} bad[] = {{"", KITH_E_FORMAT, ".cargo-checksum.json"},
		   {"[]", KITH_E_FORMAT, "lists no files"},
		   {"{\"files\":[],\"package\":\"" SUM "\"}", KITH_E_FORMAT, "lists no files"},
		   {LIST("\"a\":\"12\""), KITH_E_FORMAT, "'a' has no SHA-256"},
		   {LIST("\"a\":null"), KITH_E_FORMAT, "'a' has no SHA-256"},
		   {LIST("\"a\":\"" FOO "\",\"a\":\"" FOO "\""), KITH_E_FORMAT, "duplicate key"},
		   {LIST("\"a\":\"" FOO "\""), KITH_E_INTEGRITY, "d/zero: is not listed"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		put(".cargo-checksum.json", bad[i].json);
		assert_differs(bad[i].code, bad[i].why);
	}
	unlink(below(".cargo-checksum.json"));
	assert_differs(KITH_E_INTEGRITY, "has no .cargo-checksum.json");
	assert_int_equal(symlink("a", below(".cargo-checksum.json")), 0);
	assert_differs(KITH_E_IO, ".cargo-checksum.json");
}

static void
test_deep(void **state)
{
	char path[400];
	struct kith_error err;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i <= KITH_MAX_TREE_DEPTH; i++)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "x/");
	assert_int_equal(kith_fs_mkdirs(below(path), 0755, &err), KITH_OK);
	assert_differs(KITH_E_LIMIT, "deeper than");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_good, set_up),
	    cmocka_unit_test_setup(test_package, set_up),
	    cmocka_unit_test_setup(test_changed, set_up),
	    cmocka_unit_test_setup(test_special, set_up),
	    cmocka_unit_test_setup(test_list, set_up),
	    cmocka_unit_test_setup(test_deep, set_up),
	};
	struct kith_error err;
	int failed;

	if (kith_crypto_init(&err) || !mkdtemp(root))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return kith_fs_remove_tree(root, &err) ? 1 : failed;
}
