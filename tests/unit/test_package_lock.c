/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "package/package.h"

#define REGISTRY "registry+https://github.com/rust-lang/crates.io-index"

static void
test_origin(void **state)
{
	static const struct {
		const char *source;
		enum kith_origin origin;
	} rows[] = {
	    {"", KITH_ORIGIN_PATH},
	    {REGISTRY, KITH_ORIGIN_REGISTRY},
	    {REGISTRY "/", KITH_ORIGIN_REGISTRY},
	    {REGISTRY ".git", KITH_ORIGIN_REGISTRY},
	    {"registry+https://GitHub.com/Rust-Lang/crates.io-index", KITH_ORIGIN_REGISTRY},
	    {"sparse+https://index.crates.io/", KITH_ORIGIN_REGISTRY},
	    {REGISTRY "-mirror", KITH_ORIGIN_OTHER},
	    {"registry+http://github.com/rust-lang/crates.io-index", KITH_ORIGIN_OTHER},
	    {"registry+https://github.com.evil.example/rust-lang/crates.io-index",
	     KITH_ORIGIN_OTHER},
	    {"sparse+https://github.com/rust-lang/crates.io-index", KITH_ORIGIN_OTHER},
	    {"registry+https://index.crates.io/", KITH_ORIGIN_OTHER},
	    {"sparse+https://index.crates.io/evil", KITH_ORIGIN_OTHER},
	    {"git+https://github.com/rust-lang/crates.io-index", KITH_ORIGIN_GIT},
	    {"path+file:///a", KITH_ORIGIN_PATH},
	    {"local-registry+file:///a", KITH_ORIGIN_OTHER},
	};
	enum kith_origin o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(kith_cargo_origin(kith_span_str(rows[i].source), &o));
		assert_int_equal(o, rows[i].origin);
	}
	assert_false(kith_cargo_origin(KITH_SPAN_LIT("https://crates.io"), &o));
	assert_false(kith_cargo_origin(KITH_SPAN_LIT("hg+https://a"), &o));
	assert_string_equal(kith_origin_name(KITH_ORIGIN_OTHER), "other-registry");
	assert_string_equal(kith_ecosystem_name(KITH_ECO_CARGO), "cargo");
}

static struct kith_lock *
read_lock(const char *text)
{
	struct kith_lock *lock = NULL;
	struct kith_error err;

	assert_int_equal(kith_lock_read(kith_span_str(text), &lock, &err), KITH_OK);
	return lock;
}

static void
test_formats(void **state)
{
	static const char package[] = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
	static const char hex[] =
	    "1111111111111111111111111111111111111111111111111111111111111111";
	static const char *const keys[] = {"", "version = 1\n", "version = 2\n", "version = 3\n",
					   "version = 4\n"};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_lock *lock;
	size_t i;

	(void)state;
	kith_buf_init(&b, KITH_KIB(4));
	for (i = 1; i < 5; i++) {
		kith_buf_reset(&b);
		kith_buf_printf(&b, "%s%s", keys[i], package);
		lock = read_lock(kith_buf_str(&b));
		assert_int_equal(lock->format, i);
		kith_lock_free(lock);
	}
	lock = read_lock(package);
	assert_int_equal(lock->format, 2);
	kith_lock_free(lock);
	kith_buf_reset(&b);
	kith_buf_printf(&b, "%ssource = \"%s\"\n[metadata]\n\"checksum a 1.0.0 (%s)\" = \"%s\"\n",
			package, REGISTRY, REGISTRY, hex);
	lock = read_lock(kith_buf_str(&b));
	assert_int_equal(lock->format, 1);
	assert_true(kith_span_is(lock->packages[0].checksum, hex));
	kith_lock_free(lock);
	lock = read_lock("[root]\nname = \"a\"\nversion = \"1.0.0\"\n");
	assert_int_equal(lock->format, 0);
	assert_int_equal(lock->count, 1);
	kith_lock_free(lock);
}

/* The lock outlives the text that it was read from. */
static void
test_copies(void **state)
{
	static const char text[] = "version = 4\n[[package]]\nname = \"a\\u0062\"\n"
				   "version = \"1.0.0\"\nsource = \"" REGISTRY "\"\n";
	char *copy = kith_strndup(text, sizeof(text) - 1);
	struct kith_lock *lock = read_lock(copy);

	(void)state;
	memset(copy, 'x', sizeof(text) - 1);
	free(copy);
	assert_true(kith_span_is(lock->packages[0].name, "ab"));
	assert_true(kith_span_is(lock->packages[0].version, "1.0.0"));
	assert_true(kith_span_is(lock->packages[0].source, REGISTRY));
	assert_int_equal(lock->packages[0].line, 2);
	kith_lock_free(lock);
}

/* Order is that of versions, and of a name's many versions each is found. */
static void
test_order_and_find(void **state)
{
	struct kith_lock *lock =
	    read_lock("version = 4\n"
		      "[[package]]\nname = \"a\"\nversion = \"1.10.0\"\n"
		      "[[package]]\nname = \"a\"\nversion = \"1.9.0\"\nsource = \"" REGISTRY "\"\n"
		      "[[package]]\nname = \"a\"\nversion = \"1.9.0-rc.1\"\n"
		      "[[package]]\nname = \"a\"\nversion = \"1.9.0+b\"\n"
		      "[[package]]\nname = \"A\"\nversion = \"3.0.0\"\n"
		      "dependencies = [\"a 1.10.0\", \"a 1.9.0+b\", \"a 1.9.0\", \"a 1.10.0\"]\n");
	static const char *const versions[] = {"3.0.0", "1.9.0-rc.1", "1.9.0", "1.9.0+b", "1.10.0"};
	size_t i, from, end;

	(void)state;
	assert_int_equal(lock->count, 5);
	for (i = 0; i < 5; i++)
		assert_true(kith_span_is(lock->packages[i].version, versions[i]));
	assert_int_equal(kith_lock_find_path(lock, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.10.0")), 4);
	assert_int_equal(kith_lock_find_path(lock, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.9.0+b")),
			 3);
	/* has a source, is another version, is no version */
	assert_int_equal(kith_lock_find_path(lock, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.9.0")), 5);
	assert_int_equal(kith_lock_find_path(lock, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("2.0.0")), 5);
	assert_int_equal(kith_lock_find_path(lock, KITH_SPAN_LIT("b"), KITH_SPAN_LIT("1.9.0")), 5);
	assert_int_equal(kith_lock_find_path(lock, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("x")), 5);
	assert_int_equal(lock->packages[0].n_deps, 3);
	end = kith_lock_find_deps(lock, &lock->packages[0], KITH_SPAN_LIT("a"), &from);
	assert_int_equal(from, 0);
	assert_int_equal(end, 3);
	end = kith_lock_find_deps(lock, &lock->packages[0], KITH_SPAN_LIT("b"), &from);
	assert_int_equal(from, end);
	kith_lock_free(lock);
}

static void
test_ambiguous(void **state)
{
	struct kith_lock *lock =
	    read_lock("version = 4\n"
		      "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"
		      "[[package]]\nname = \"a\"\nversion = \"2.0.0\"\n"
		      "[[package]]\nname = \"a\"\nversion = \"3.0.0\"\n"
		      "[[package]]\nname = \"b\"\nversion = \"1.0.0\"\ndependencies = [\"a\"]\n"
		      "[[package]]\nname = \"c\"\nversion = \"1.0.0\"\ndependencies = [\"c\"]\n");
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_true(lock->packages[i].ambiguous);
		assert_true(lock->packages[i].named);
	}
	assert_true(lock->packages[3].dangling);
	assert_int_equal(lock->packages[3].n_deps, 0);
	assert_false(lock->packages[3].named);
	/* whoever names only itself is named by nobody else */
	assert_false(lock->packages[4].named);
	assert_int_equal(lock->packages[4].n_deps, 1);
	assert_false(lock->packages[4].dangling);
	kith_lock_free(lock);
}

static int
read_code(struct kith_buf *b)
{
	struct kith_lock *lock = NULL;
	struct kith_error err;
	int r = kith_lock_read_cargo(kith_buf_span(b), &lock, &err);

	kith_lock_free(lock);
	return r;
}

static void
test_limits(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	(void)state;
	kith_buf_init(&b, KITH_MAX_LOCK_BYTES + 1);
	kith_buf_put_fill(&b, '\n', KITH_MAX_LOCK_BYTES + 1);
	assert_int_equal(read_code(&b), KITH_E_LIMIT);
	kith_buf_reset(&b);
	kith_buf_put_str(&b, "package=[");
	for (i = 0; i <= KITH_MAX_LOCK_PKGS; i++)
		kith_buf_put_str(&b, "0,");
	kith_buf_put_str(&b, "]\n");
	assert_int_equal(kith_buf_check(&b, NULL), KITH_OK);
	assert_int_equal(read_code(&b), KITH_E_LIMIT);
}

/* Many versions of one name, each package naming all it can: no square of anything. */
static void
test_large(void **state)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_lock *lock = NULL;
	struct kith_error err;
	size_t i;

	(void)state;
	kith_buf_init(&b, KITH_MAX_LOCK_BYTES);
	kith_buf_put_str(&b, "version = 4\n");
	for (i = 0; i < 60000; i++)
		kith_buf_printf(&b,
				"[[package]]\nname = \"a\"\nversion = \"1.%zu.0\"\nsource = "
				"\"git+https://x.example/r?rev=%zu#0\"\ndependencies = [\"a\", \"a "
				"1.%zu.0\"]\n",
				i, i, (i * 7919) % 60000);
	assert_int_equal(kith_lock_read(kith_buf_span(&b), &lock, &err), KITH_OK);
	assert_int_equal(lock->count, 60000);
	assert_true(lock->packages[0].ambiguous && lock->packages[59999].ambiguous);
	for (i = 0; i < lock->count; i++)
		assert_int_equal(lock->packages[i].n_deps, 1);
	kith_lock_free(lock);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_origin),    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_copies),    cmocka_unit_test(test_order_and_find),
	    cmocka_unit_test(test_ambiguous), cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
