/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "package/project.h"
#include "unit/files.h"

#define CRATES_IO "registry+https://github.com/rust-lang/crates.io-index"
#define CACHE     "home/.cargo/registry/cache/"

static int
setup(void **state)
{
	struct files *f = kith_calloc(1, sizeof(*f));

	files_make(f);
	files_put(f, "proj/.git/HEAD", "");
	files_put(f, "proj/sub/Cargo.lock", "");
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	files_remove(*state);
	free(*state);
	return 0;
}

static int
try_places(const struct files *f, struct kith_cargo_places **ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *root = kith_fs_join(f->root, "proj/sub");
	KITH_AUTO_FREE char *home = kith_fs_join(f->root, "home");
	struct kith_cargo_env env = {.home = home};

	return kith_cargo_places_new(root, &env, ret, err);
}

static struct kith_cargo_places *
places(const struct files *f)
{
	struct kith_cargo_places *p = NULL;
	struct kith_error err = {.msg = ""};

	if (try_places(f, &p, &err))
		fail_msg("%s", err.msg);
	return p;
}

static struct kith_package
package(const char *name, const char *version, const char *source)
{
	struct kith_package p = {.name = kith_span_str(name),
				 .version = kith_span_str(version),
				 .source = kith_span_str(source)};

	assert_true(kith_cargo_origin(p.source, &p.origin));
	return p;
}

/* The n-th candidate is at `path` below the test's folder (NULL: there is none). */
static void
expect_nth(const struct files *f, const struct kith_cargo_places *p, const struct kith_package *pkg,
	   size_t n, enum kith_bytes_state state, const char *path, bool sure)
{
	KITH_AUTO_FREE char *full = path ? kith_fs_join(f->root, path) : NULL;
	struct kith_bytes_place place;
	struct kith_error err = {.msg = ""};

	if (kith_cargo_places_candidate(p, pkg, n, &place, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(place.state, state);
	if (!full) {
		assert_null(place.path);
		return;
	}
	assert_string_equal(place.path, full);
	assert_int_equal(place.sure, sure);
	kith_bytes_place_clear(&place);
	assert_null(place.path);
}

static void
test_cache(void **state)
{
	struct files *f = *state;
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL;
	struct kith_package a = package("a", "1.0.0+b", CRATES_IO);
	struct kith_package other = package("a", "1.0.0+b", "sparse+https://reg.example/index/");
	struct kith_package git = package("a", "1.0.0+b", "git+https://github.com/x/a#0");
	struct kith_package path = package("a", "1.0.0+b", "");
	struct kith_package evil = package("../a", "1.0.0+b", CRATES_IO);
	const struct kith_cargo_replacement *list;

	files_put(f, CACHE "github.com-0123456789abcdef/a-1.0.0+b.crate", "fork");
	files_put(f, CACHE "github.com-1ecc6299db9ec823/a-1.0.0+b.crate", "");
	files_put(f, CACHE "index.crates.io-1949cf8c6b5b557f/a-1.0.0+b.crate", "new");
	files_put(f, CACHE "index.crates.io-6f17d22bba15001f/a-1.0.0+b.crate", "old");
	files_put(f, CACHE "mine/a-1.0.0+b.crate", "copied");
	files_put(f, CACHE "reg.example-0123456789abcdef/a-1.0.0+b.crate", "other");
	files_put(f, CACHE "a-1.0.0+b.crate", "not here");
	p = places(f);
	/* the empty one is none; a folder of the same host may be another registry's */
	expect_nth(f, p, &a, 0, KITH_BYTES_ARCHIVE,
		   CACHE "index.crates.io-1949cf8c6b5b557f/a-1.0.0+b.crate", true);
	expect_nth(f, p, &a, 1, KITH_BYTES_ARCHIVE,
		   CACHE "index.crates.io-6f17d22bba15001f/a-1.0.0+b.crate", true);
	expect_nth(f, p, &a, 2, KITH_BYTES_ARCHIVE,
		   CACHE "github.com-0123456789abcdef/a-1.0.0+b.crate", false);
	expect_nth(f, p, &a, 3, KITH_BYTES_ARCHIVE, CACHE "mine/a-1.0.0+b.crate", false);
	expect_nth(f, p, &a, 4, KITH_BYTES_ABSENT, NULL, false);
	expect_nth(f, p, &other, 0, KITH_BYTES_ARCHIVE,
		   CACHE "reg.example-0123456789abcdef/a-1.0.0+b.crate", true);
	expect_nth(f, p, &other, 1, KITH_BYTES_ARCHIVE, CACHE "mine/a-1.0.0+b.crate", false);
	expect_nth(f, p, &other, 2, KITH_BYTES_ABSENT, NULL, false);
	expect_nth(f, p, &git, 0, KITH_BYTES_ABSENT, NULL, false);
	expect_nth(f, p, &path, 0, KITH_BYTES_ABSENT, NULL, false);
	expect_nth(f, p, &evil, 0, KITH_BYTES_ABSENT, NULL, false);
	assert_int_equal(kith_cargo_places_in_tree(p, &list), 0);
}

static void
test_no_home(void **state)
{
	struct files *f = *state;
	struct kith_cargo_env none = {.home = NULL}, missing = {.cargo_home = "/nonexistent/cargo"};
	struct kith_package a = package("a", "1.0.0", CRATES_IO);
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL, *q = NULL;
	struct kith_error err;
	char *dir = f->root;

	assert_int_equal(kith_cargo_places_new(f->root, &none, &p, &err), KITH_OK);
	expect_nth(f, p, &a, 0, KITH_BYTES_ABSENT, NULL, false);
	assert_int_equal(kith_cargo_places_unpacked(p, &a, &dir, &err), KITH_OK);
	assert_null(dir);
	assert_int_equal(kith_cargo_places_new(f->root, &missing, &q, &err), KITH_OK);
	expect_nth(f, q, &a, 0, KITH_BYTES_ABSENT, NULL, false);
}

static void
test_vendored(void **state)
{
	struct files *f = *state;
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL;
	struct kith_package a1 = package("a", "1.0.0", CRATES_IO);
	struct kith_package a2 = package("a", "2.0.0", CRATES_IO);
	struct kith_package a3 = package("a", "3.0.0", CRATES_IO);
	struct kith_package g = package("g", "1.0.0", "git+https://git.example/g.git?rev=1#1");
	struct kith_package twin = package("twin", "1.0.0", CRATES_IO);
	struct kith_package broken = package("broken", "1.0.0", CRATES_IO);
	const struct kith_cargo_replacement *list;
	KITH_AUTO_FREE char *config = kith_fs_join(f->root, "proj/.cargo/config.toml");
	struct kith_bytes_place place;
	struct kith_error err;
	char *dir;

	files_put(f, "proj/.cargo/config.toml",
		  "[source.crates-io]\nreplace-with = \"vendored-sources\"\n\n"
		  "[source.\"git+https://git.example/g?rev=1\"]\ngit = \"https://git.example/g\"\n"
		  "rev = \"1\"\nreplace-with = \"vendored-sources\"\n\n"
		  "[source.vendored-sources]\ndirectory = \"vendor\"\n");
	/* folder names tell nothing: cargo goes by the manifests */
	files_put(f, "proj/vendor/a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"2.0.0\"\n");
	files_put(f, "proj/vendor/a-2.0.0/Cargo.toml",
		  "[package]\nname = \"a\"\nversion = \"1.0.0\"\n");
	files_put(f, "proj/vendor/.hidden/Cargo.toml",
		  "[package]\nname = \"a\"\nversion = \"3.0.0\"\n");
	files_put(f, "proj/vendor/g/Cargo.toml", "[package]\nname = \"g\"\nversion = \"1.0.0\"\n");
	files_put(f, "proj/vendor/twin/Cargo.toml",
		  "[package]\nname = \"twin\"\nversion = \"1.0.0\"\n");
	files_put(f, "proj/vendor/zzz/Cargo.toml",
		  "[package]\nname = \"twin\"\nversion = \"1.0.0\"\n");
	files_put(f, "proj/vendor/broken-1.0.0/Cargo.toml", "[package]\nname = 1\n");
	files_put(f, "proj/vendor/leftover/file", "no manifest");
	files_put(f, CACHE "index.crates.io-1949cf8c6b5b557f/a-3.0.0.crate", "not asked");
	p = places(f);
	expect_nth(f, p, &a1, 0, KITH_BYTES_VENDORED, "proj/vendor/a-2.0.0", true);
	expect_nth(f, p, &a1, 1, KITH_BYTES_ABSENT, NULL, false);
	expect_nth(f, p, &a2, 0, KITH_BYTES_VENDORED, "proj/vendor/a", true);
	expect_nth(f, p, &a3, 0, KITH_BYTES_ABSENT, NULL, false);
	expect_nth(f, p, &g, 0, KITH_BYTES_VENDORED, "proj/vendor/g", true);
	assert_int_equal(kith_cargo_places_find(p, &twin, &place, &err), KITH_E_INTEGRITY);
	assert_non_null(strstr(err.msg, "'twin' and 'zzz' both hold twin 1.0.0"));
	assert_int_equal(kith_cargo_places_find(p, &broken, &place, &err), KITH_E_FORMAT);
	assert_non_null(strstr(err.msg, "vendor/broken-1.0.0/Cargo.toml: line 2"));
	assert_int_equal(kith_cargo_places_unpacked(p, &a2, &dir, &err), KITH_OK);
	assert_string_equal(strrchr(dir, '/'), "/a");
	free(dir);
	assert_int_equal(kith_cargo_places_in_tree(p, &list), 2);
	assert_string_equal(list[0].source, "crates-io");
	assert_string_equal(list[0].with, "vendored-sources");
	assert_string_equal(list[0].config, config);
	assert_int_equal(list[0].line, 2);
}

static void
test_hierarchy(void **state)
{
	struct files *f = *state;
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL, *q = NULL;
	struct kith_package a = package("a", "1.0.0", CRATES_IO);
	const struct kith_cargo_replacement *list;

	/* the nearer says what `mine` is, the farther that it is used; `config` before its .toml */
	files_put(f, "home/.cargo/config.toml", "[source.crates-io]\nreplace-with = \"mine\"\n");
	files_put(f, "proj/sub/.cargo/config", "[source.mine]\nlocal-registry = \"reg\"\n");
	files_put(f, "proj/sub/.cargo/config.toml", "not read at all");
	files_put(f, "proj/.cargo/config.toml", "[source.mine]\nlocal-registry = \"farther\"\n");
	files_put(f, "proj/sub/reg/a-1.0.0.crate", "x");
	p = places(f);
	expect_nth(f, p, &a, 0, KITH_BYTES_ARCHIVE, "proj/sub/reg/a-1.0.0.crate", true);
	assert_int_equal(kith_cargo_places_in_tree(p, &list), 1);
	assert_string_equal(list[0].source, "crates-io");
	assert_string_equal(list[0].with, "reg");
	/* moved without being replaced by name */
	files_put(f, "home/.cargo/config.toml", "");
	files_put(f, "proj/sub/.cargo/config", "[source.crates-io]\nlocal-registry = \"reg\"\n");
	q = places(f);
	expect_nth(f, q, &a, 0, KITH_BYTES_ARCHIVE, "proj/sub/reg/a-1.0.0.crate", true);
	assert_int_equal(kith_cargo_places_in_tree(q, &list), 1);
}

static void
test_include(void **state)
{
	struct files *f = *state;
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL, *q = NULL;
	struct kith_package a = package("a", "1.0.0", CRATES_IO);
	const struct kith_cargo_replacement *list;
	struct kith_error err;

	files_put(f, "proj/.cargo/config.toml",
		  "include = [\"one.toml\", {path = \"two.toml\", optional = true}]\n"
		  "paths = [\"over/ride\"]\n");
	files_put(f, "proj/.cargo/one.toml",
		  "[source.crates-io]\nreplace-with = \"l\"\n"
		  "[source.l]\nlocal-registry = \"one\"\n");
	files_put(f, "proj/.cargo/two.toml", "[source.l]\nlocal-registry = \"two\"\n");
	files_put(f, "proj/one/a-1.0.0.crate", "1");
	files_put(f, "proj/two/a-1.0.0.crate", "2");
	p = places(f);
	expect_nth(f, p, &a, 0, KITH_BYTES_ARCHIVE, "proj/two/a-1.0.0.crate", true);
	assert_int_equal(kith_cargo_places_in_tree(p, &list), 2);
	assert_string_equal(list[1].source, "paths");
	assert_string_equal(list[1].with, "over/ride");
	files_put(f, "proj/.cargo/config.toml", "include = \"gone.toml\"\n");
	assert_int_equal(try_places(f, &q, &err), KITH_E_FORMAT);
	assert_non_null(strstr(err.msg, "gone.toml"));
	files_put(f, "proj/.cargo/config.toml", "include = \"config.toml\"\n");
	assert_int_equal(try_places(f, &q, &err), KITH_E_LIMIT);
}

static void
test_registries(void **state)
{
	struct files *f = *state;
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL;
	struct kith_package a = package("a", "1.0.0", CRATES_IO);
	struct kith_package own =
	    package("a", "1.0.0", "registry+https://own.example/git/index.git");

	files_put(
	    f, "home/.cargo/config",
	    "[registries.mirror]\nindex = \"sparse+https://user@mirror.example:8080/index/\"\n"
	    "[source.crates-io]\nreplace-with = \"mirror\"\n"
	    "[source.own]\nregistry = \"https://own.example/git/index\"\n"
	    "replace-with = \"crates-io\"\n");
	files_put(f, CACHE "mirror.example-0123456789abcdef/a-1.0.0.crate", "m");
	files_put(f, CACHE "index.crates.io-1949cf8c6b5b557f/a-1.0.0.crate", "c");
	p = places(f);
	expect_nth(f, p, &a, 0, KITH_BYTES_ARCHIVE,
		   CACHE "mirror.example-0123456789abcdef/a-1.0.0.crate", true);
	expect_nth(f, p, &a, 1, KITH_BYTES_ABSENT, NULL, false);
	/* replaced by what is itself replaced */
	expect_nth(f, p, &own, 0, KITH_BYTES_ARCHIVE,
		   CACHE "mirror.example-0123456789abcdef/a-1.0.0.crate", true);
}

static void
test_broken_configuration(void **state)
{
	static const struct {
		const char *text, *message;
		int code;
	} rows[] = {
	    {"[source\n", "config.toml: line 1", KITH_E_FORMAT},
	    {"source = 1\n", "config.toml: line 1: source is of type integer", KITH_E_FORMAT},
	    {"\n[source]\na = 1\n", "config.toml: line 3", KITH_E_FORMAT},
	    {"[source.crates-io]\nreplace-with = [1]\n", "config.toml: line 2", KITH_E_FORMAT},
	    {"[source.a]\ndirectory = \"a\\u0000b\"\n", "config.toml: line 2", KITH_E_FORMAT},
	    {"paths = [1]\n", "config.toml: line 1", KITH_E_FORMAT},
	    {"include = [[]]\n", "config.toml: line 1", KITH_E_FORMAT},
	    {"[source.crates-io]\nreplace-with = \"none\"\n",
	     "config.toml: line 2: source replaced by 'none'", KITH_E_USAGE},
	    {"[source.crates-io]\nreplace-with = \"a\"\n[source.a]\ndirectory = \"b\"\n"
	     "replace-with = \"crates-io\"\n",
	     "a circle", KITH_E_USAGE},
	    {"[source.crates-io]\nreplace-with = \"a\"\n[source.a]\n",
	     "config.toml: line 3: source 'a' has no location", KITH_E_USAGE},
	    {"[source.crates-io]\nreplace-with = \"a\"\n[source.a]\ndirectory = \"b\"\n"
	     "git = \"c\"\n",
	     "more than one location", KITH_E_USAGE},
	};
	struct files *f = *state;
	struct kith_cargo_places *p = NULL;
	struct kith_error err;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		files_put(f, "proj/.cargo/config.toml", rows[i].text);
		assert_int_equal(try_places(f, &p, &err), rows[i].code);
		if (!strstr(err.msg, rows[i].message))
			fail_msg("%s", err.msg);
	}
	assert_null(p);
}

/* Configuration that is no file is refused without waiting; above the tree it is not ours. */
static void
test_odd_files(void **state)
{
	struct files *f = *state;
	KITH_AUTO_FREE char *fifo = kith_fs_join(f->root, "proj/sub/.cargo/config.toml");
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL, *q = NULL;
	const struct kith_cargo_replacement *list;
	struct kith_error err;

	files_put(f, ".cargo/config.toml",
		  "[source.crates-io]\nreplace-with = \"v\"\n"
		  "[source.v]\ndirectory = \"v\"\n");
	p = places(f);
	assert_int_equal(kith_cargo_places_in_tree(p, &list), 0);
	files_put(f, "proj/sub/.cargo/x", "");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(try_places(f, &q, &err), KITH_E_FORMAT);
}

/* Whoever changes the tree can write a CARGO_HOME that lies in it. */
static void
test_home_in_tree(void **state)
{
	struct files *f = *state;
	KITH_AUTO_FREE char *root = kith_fs_join(f->root, "proj/sub");
	KITH_AUTO_FREE char *home = kith_fs_join(f->root, "proj/cache");
	struct kith_cargo_env env = {.cargo_home = home};
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL;
	const struct kith_cargo_replacement *list;
	struct kith_error err;

	files_put(f, "proj/cache/config.toml",
		  "[source.crates-io]\nreplace-with = \"w\"\n"
		  "[source.w]\ndirectory = \"w\"\n");
	assert_int_equal(kith_cargo_places_new(root, &env, &p, &err), KITH_OK);
	assert_int_equal(kith_cargo_places_in_tree(p, &list), 1);
}

/* No name is too long for a message or a path, and none is cut to another one. */
static void
test_long_names(void **state)
{
	struct files *f = *state;
	KITH_AUTO_PLACES struct kith_cargo_places *p = NULL;
	KITH_AUTO_BUF struct kith_buf name;
	struct kith_package a = package("a", "1.0.0", CRATES_IO);

	kith_buf_init(&name, KITH_MIB(1));
	kith_buf_put_fill(&name, 'a', KITH_KIB(70));
	a.name = kith_buf_span(&name);
	files_put(f, "proj/.cargo/config.toml",
		  "[source.crates-io]\nreplace-with = \"v\"\n"
		  "[source.v]\ndirectory = \"v\"\n");
	p = places(f);
	expect_nth(f, p, &a, 0, KITH_BYTES_ABSENT, NULL, false);
}

static void
test_configuration_limits(void **state)
{
	struct files *f = *state;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_cargo_places *p = NULL;
	struct kith_error err;
	size_t i;

	kith_buf_init(&b, KITH_MIB(8));
	kith_buf_put_fill(&b, '\n', KITH_MAX_CONFIG + 1);
	files_put(f, "proj/.cargo/config.toml", kith_buf_str(&b));
	assert_int_equal(try_places(f, &p, &err), KITH_E_LIMIT);
	/* each small enough, all together not */
	kith_buf_reset(&b);
	kith_buf_put_fill(&b, '\n', KITH_MAX_CONFIG_TOTAL / 5);
	files_put(f, "proj/.cargo/x.toml", kith_buf_str(&b));
	files_put(f, "proj/.cargo/config.toml",
		  "include = [\"x.toml\", \"x.toml\", \"x.toml\", \"x.toml\", \"x.toml\"]\n");
	assert_int_equal(try_places(f, &p, &err), KITH_E_LIMIT);
	kith_buf_reset(&b);
	kith_buf_put_str(&b, "[source.crates-io]\nreplace-with = \"s0\"\n");
	for (i = 0; i <= KITH_MAX_REPLACE_HOPS; i++)
		kith_buf_printf(&b, "[source.s%zu]\ndirectory = \"d\"\nreplace-with = \"s%zu\"\n",
				i, i + 1);
	kith_buf_put_str(&b, "[source.s17]\ndirectory = \"d\"\n");
	files_put(f, "proj/.cargo/config.toml", kith_buf_str(&b));
	assert_int_equal(try_places(f, &p, &err), KITH_E_USAGE);
	assert_null(p);
}

static int
find_in_vendor(const struct files *f, struct kith_error *err)
{
	KITH_AUTO_PLACES struct kith_cargo_places *p = places(f);
	struct kith_package a = package("a", "1.0.0", CRATES_IO);
	struct kith_bytes_place place = {.path = NULL};
	int r = kith_cargo_places_find(p, &a, &place, err);

	kith_bytes_place_clear(&place);
	return r;
}

static void
test_vendor_limits(void **state)
{
	struct files *f = *state;
	KITH_AUTO_FREE char *big = kith_fs_join(f->root, "big");
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	size_t i;

	files_put(f, "proj/.cargo/config.toml",
		  "[source.crates-io]\nreplace-with = \"v\"\n"
		  "[source.v]\ndirectory = \"v\"\n");
	kith_buf_init(&b, KITH_MIB(8));
	kith_buf_put_fill(&b, '#', KITH_MAX_MANIFEST);
	files_put(f, "big", kith_buf_str(&b));
	for (i = 0; i <= KITH_MAX_MANIFEST_TOTAL / KITH_MAX_MANIFEST; i++) {
		KITH_AUTO_FREE char *dir = kith_asprintf("%s/proj/v/%zu", f->root, i);
		KITH_AUTO_FREE char *file = kith_fs_join(dir, "Cargo.toml");

		assert_int_equal(kith_fs_mkdirs(dir, 0755, &err), KITH_OK);
		assert_int_equal(symlink(big, file), 0);
	}
	assert_int_equal(find_in_vendor(f, &err), KITH_E_LIMIT);
	assert_non_null(strstr(err.msg, "bytes of manifests"));
	files_put(f, "big", "");
	assert_int_equal(find_in_vendor(f, &err), KITH_OK);
	for (i = 0; i <= KITH_MAX_MANIFESTS; i++) {
		KITH_AUTO_FREE char *dir = kith_asprintf("%s/proj/v/x%zu", f->root, i);

		assert_int_equal(mkdir(dir, 0755), 0);
	}
	assert_int_equal(find_in_vendor(f, &err), KITH_E_LIMIT);
	assert_non_null(strstr(err.msg, "folders"));
}

#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    ROW(test_cache),         ROW(test_no_home),      ROW(test_vendored),
	    ROW(test_hierarchy),     ROW(test_include),      ROW(test_registries),
	    ROW(test_odd_files),     ROW(test_home_in_tree), ROW(test_configuration_limits),
	    ROW(test_vendor_limits), ROW(test_long_names),   ROW(test_broken_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
