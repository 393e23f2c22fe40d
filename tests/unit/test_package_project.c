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

#define REGISTRY           "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
#define PKG(name, version) "[[package]]\nname = \"" name "\"\nversion = \"" version "\"\n"
#define NORMAL             KITH_KIND_NORMAL
#define BUILD              KITH_KIND_BUILD
#define DEV                KITH_KIND_DEV

static int
setup(void **state)
{
	struct files *f = kith_calloc(1, sizeof(*f));

	files_make(f);
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

static struct kith_project *
open_at(const struct files *f, const char *path)
{
	KITH_AUTO_FREE char *full = kith_fs_join(f->root, path);
	struct kith_project *p = NULL;
	struct kith_error err = {.msg = ""};

	if (kith_project_open(full, &p, &err))
		fail_msg("%s", err.msg);
	return p;
}

static const struct kith_package *
package(const struct kith_project *p, const char *name, const char *version)
{
	size_t i;

	for (i = 0; i < p->lock->count; i++)
		if (kith_span_is(p->lock->packages[i].name, name) &&
		    kith_span_is(p->lock->packages[i].version, version))
			return &p->lock->packages[i];
	fail_msg("no %s %s", name, version);
	return NULL;
}

static bool
is_local(const struct kith_project *p, const char *name)
{
	return package(p, name, "1.0.0")->local;
}

static unsigned
kinds(const struct kith_project *p, const char *name)
{
	return package(p, name, "1.0.0")->kinds;
}

static void
test_walks_up(void **state)
{
	struct files *f = *state;
	struct kith_project *p;
	KITH_AUTO_FREE char *lock = kith_fs_join(f->root, "Cargo.lock");

	files_put(f, "Cargo.lock", "version = 4\n" PKG("a", "1.0.0"));
	files_put(f, "deep/er/file", "");
	p = open_at(f, "deep/er");
	assert_string_equal(p->root, f->root);
	assert_string_equal(p->lock_path, lock);
	assert_false(p->manifests);
	kith_project_free(p);
	/* the nearest one */
	files_put(f, "deep/Cargo.lock", "version = 4\n" PKG("b", "1.0.0"));
	p = open_at(f, "deep/er");
	assert_true(kith_span_is(p->lock->packages[0].name, "b"));
	kith_project_free(p);
	/* a lock file by its name, whatever that is */
	files_put(f, "other", "version = 4\n" PKG("c", "1.0.0"));
	p = open_at(f, "other");
	assert_true(kith_span_is(p->lock->packages[0].name, "c"));
	assert_string_equal(p->root, f->root);
	kith_project_free(p);
}

static void
test_open_fails(void **state)
{
	struct files *f = *state;
	KITH_AUTO_FREE char *none = kith_fs_join(f->root, "none");
	KITH_AUTO_FREE char *fifo = kith_fs_join(f->root, "Cargo.lock");
	KITH_AUTO_FREE char *bad = kith_fs_join(f->root, "bad");
	KITH_AUTO_FREE char *want = kith_asprintf("%s/bad: line 2: a package without", f->root);
	struct kith_project *p = NULL;
	struct kith_error err;

	assert_int_equal(kith_project_open(none, &p, &err), KITH_E_NOTFOUND);
	assert_int_equal(kith_project_open(f->root, &p, &err), KITH_E_NOTFOUND);
	assert_non_null(strstr(err.msg, "no Cargo.lock in "));
	assert_true(err.hint[0] != '\0');
	files_put(f, "bad", "version = 4\n[[package]]\nversion = \"1.0.0\"\n");
	assert_int_equal(kith_project_open(bad, &p, &err), KITH_E_FORMAT);
	assert_memory_equal(err.msg, want, strlen(want));
	/* does not wait for somebody to write */
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(kith_project_open(f->root, &p, &err), KITH_E_FORMAT);
	assert_null(p);
}

static void
test_local_without_manifests(void **state)
{
	struct files *f = *state;
	struct kith_project *p;

	files_put(
	    f, "Cargo.lock",
	    "version = 4\n" PKG("root", "1.0.0") "dependencies = [\"lib\", \"reg\", \"two\"]\n" PKG(
		"lib", "1.0.0") PKG("other-root", "1.0.0") PKG("reg", "1.0.0")
		REGISTRY PKG("two", "1.0.0") PKG("two", "2.0.0"));
	p = open_at(f, "");
	assert_false(p->manifests);
	assert_true(is_local(p, "root"));
	assert_true(is_local(p, "other-root"));
	assert_false(is_local(p, "lib"));
	assert_false(is_local(p, "reg"));
	/* named, if ambiguously: nobody can say that nothing depends on it */
	assert_false(is_local(p, "two"));
	assert_int_equal(kinds(p, "reg"), 0);
	kith_project_free(p);
}

static void
put_workspace(const struct files *f)
{
	files_put(f, "Cargo.lock",
		  "version = 4\n" PKG(
		      "root", "1.0.0") "dependencies = [\"auto\", \"lib-a\", "
				       "\"patched\"]\n" PKG(
					   "lib-a", "1.0.0") "dependencies = "
							     "[\"root\"]\n" PKG("lib-b", "1.0.0")
								 PKG("skipped", "1.0.0")
								     PKG("auto", "1.0.0")
									 PKG("patched", "1.0.0")
									     PKG("stale", "1.0.0"));
	files_put(f, "Cargo.toml",
		  "[package]\nname = \"root\"\nversion = \"1.0.0\"\n"
		  "[workspace]\nmembers = [\"libs/*\", \"./deep/**/c\", \"missing\"]\n"
		  "exclude = [\"libs/skipped\"]\n"
		  "[workspace.package]\nversion = \"1.0.0\"\n"
		  "[dependencies]\nauto = { path = \"auto\" }\nlib-a = { path = \"libs/a\" }\n"
		  "[patch.crates-io]\npatched = { path = \"patched\" }\n");
	files_put(f, "libs/a/Cargo.toml",
		  "[package]\nname = \"lib-a\"\nversion.workspace = true\n");
	files_put(f, "libs/skipped/Cargo.toml",
		  "[package]\nname = \"skipped\"\nversion = \"1.0.0\"\n");
	files_put(f, "libs/notes/README", "no package here\n");
	files_put(f, "libs/old/Cargo.toml", "[package]\nname = \"stale\"\nversion = \"1.0.1\"\n");
	files_put(f, "deep/x/y/c/Cargo.toml", "[package]\nname = \"lib-b\"\nversion = \"1.0.0\"\n");
	files_put(f, "auto/Cargo.toml", "[package]\nname = \"auto\"\nversion = \"1.0.0\"\n");
	files_put(f, "patched/Cargo.toml", "[package]\nname = \"patched\"\nversion = \"1.0.0\"\n");
}

/* verdict.md 1: what `members` names is local; what a path leads to is a copy. */
static void
test_members(void **state)
{
	struct files *f = *state;
	struct kith_project *p;

	put_workspace(f);
	p = open_at(f, "libs/a");
	assert_true(p->manifests);
	assert_true(is_local(p, "root"));
	assert_true(is_local(p, "lib-a"));
	assert_true(is_local(p, "lib-b"));
	assert_false(is_local(p, "auto"));
	assert_false(is_local(p, "patched"));
	assert_false(is_local(p, "skipped"));
	assert_false(is_local(p, "stale"));
	assert_int_equal(p->warnings.count, 1);
	assert_non_null(strstr(p->warnings.lines[0], "missing/Cargo.toml"));
	kith_project_free(p);
}

static void
test_broken_manifests(void **state)
{
	struct files *f = *state;
	struct kith_project *p;

	put_workspace(f);
	files_put(f, "libs/a/Cargo.toml", "[package]\nname = 1\n");
	p = open_at(f, "");
	assert_false(is_local(p, "lib-a"));
	assert_true(is_local(p, "root"));
	assert_int_equal(p->warnings.count, 2);
	kith_project_free(p);
	files_put(f, "Cargo.toml", "[package\n");
	p = open_at(f, "");
	assert_false(p->manifests);
	assert_int_equal(p->warnings.count, 1);
	assert_non_null(strstr(p->warnings.lines[0], "Cargo.toml: line 1"));
	kith_project_free(p);
}

static const char kinds_lock[] = "version = 4\n" PKG(
    "root",
    "1.0.0") "dependencies = [\"both\", \"built\", \"gen\", \"inherited\", \"member\","
	     " \"real\", \"tested\", \"two 1.0.0\", \"two 2.0.0\", \"unlisted\", \"win\"]\n" PKG(
		 "member", "1.0.0") "dependencies = [\"only-member-dev\"]\n" PKG("both", "1.0.0")
		 REGISTRY PKG("built", "1.0.0") REGISTRY
    "dependencies = [\"under-built\"]\n" PKG("under-built", "1.0.0") REGISTRY PKG("gen", "1.0.0")
	REGISTRY "dependencies = [\"under-gen\"]\n" PKG("under-gen", "1.0.0")
	    REGISTRY PKG("inherited", "1.0.0") REGISTRY PKG("real", "1.0.0")
		REGISTRY PKG("tested", "1.0.0") REGISTRY
    "dependencies = [\"shared\", \"under-tested\"]\n" PKG("shared", "1.0.0")
	REGISTRY PKG("under-tested", "1.0.0") REGISTRY PKG("two", "1.0.0")
	    REGISTRY PKG("two", "2.0.0") REGISTRY
    "dependencies = [\"shared\"]\n" PKG("unlisted", "1.0.0") REGISTRY PKG("win", "1.0.0")
	REGISTRY PKG("only-member-dev", "1.0.0") REGISTRY PKG("orphan", "1.0.0") REGISTRY;

static void
put_kinds(const struct files *f)
{
	files_put(f, "Cargo.lock", kinds_lock);
	files_put(f, "Cargo.toml",
		  "[package]\nname = \"root\"\nversion = \"1.0.0\"\n"
		  "[dependencies]\nboth = \"1\"\nalias = { package = \"real\", version = \"1\" }\n"
		  "inherited = { workspace = true, optional = true }\n"
		  "gen = \"1\"\nmember = { path = \"member\" }\n"
		  "[build-dependencies]\nbuilt = \"1\"\n"
		  "[dev-dependencies]\nboth = \"1\"\ntested = \"1\"\ntwo = \"1\"\n"
		  "[target.'cfg(windows)'.dependencies]\nwin = \"1\"\ntwo = \"2\"\n"
		  "[workspace]\nmembers = [\"member\"]\n"
		  "[workspace.dependencies]\ninherited = \"1\"\n");
	files_put(f, "member/Cargo.toml",
		  "[package]\nname = \"member\"\nversion = \"1.0.0\"\n"
		  "[dev_dependencies]\nonly-member-dev = \"*\"\n");
}

static void
test_kinds(void **state)
{
	struct files *f = *state;
	struct kith_project *p;

	put_kinds(f);
	p = open_at(f, "");
	assert_int_equal(p->warnings.count, 0);
	assert_int_equal(kinds(p, "both"), NORMAL | DEV);
	assert_int_equal(kinds(p, "real"), NORMAL);
	assert_int_equal(kinds(p, "inherited"), NORMAL);
	assert_int_equal(kinds(p, "win"), NORMAL);
	assert_int_equal(kinds(p, "built"), BUILD);
	assert_int_equal(kinds(p, "under-built"), BUILD);
	assert_int_equal(kinds(p, "tested"), DEV);
	assert_int_equal(kinds(p, "under-tested"), DEV);
	assert_int_equal(kinds(p, "only-member-dev"), DEV);
	/* told apart by their requirements */
	assert_int_equal(package(p, "two", "1.0.0")->kinds, DEV);
	assert_int_equal(package(p, "two", "2.0.0")->kinds, NORMAL);
	/* what no manifest tells: under a normal one, beside `dev`, in the lock only, unreachable
	 */
	assert_int_equal(kinds(p, "under-gen"), 0);
	assert_int_equal(kinds(p, "shared"), 0);
	assert_int_equal(kinds(p, "unlisted"), 0);
	assert_int_equal(kinds(p, "orphan"), 0);
	kith_project_free(p);
}

/* Two of a name and no requirement that tells them apart: not to be told. */
static void
test_kinds_unclear(void **state)
{
	struct files *f = *state;
	struct kith_project *p;

	files_put(f, "Cargo.lock",
		  "version = 4\n" PKG(
		      "root",
		      "1.0.0") "dependencies = [\"two 1.0.0\", \"two 1.1.0\"]\n" PKG("two", "1.0.0")
		      REGISTRY PKG("two", "1.1.0") REGISTRY);
	files_put(f, "Cargo.toml",
		  "[package]\nname = \"root\"\nversion = \"1.0.0\"\n[dev-dependencies]\n"
		  "two = \"1\"\nother = { package = \"two\", version = \"=1.1.0\" }\n");
	p = open_at(f, "");
	assert_int_equal(package(p, "two", "1.0.0")->kinds, 0);
	assert_int_equal(package(p, "two", "1.1.0")->kinds, 0);
	kith_project_free(p);
}

static void
test_read_kinds(void **state)
{
	struct files *f = *state;
	struct kith_cargo_env env = {.home = f->root};
	KITH_AUTO_PLACES struct kith_cargo_places *places = NULL;
	struct kith_project *p;
	struct kith_error err;

	put_kinds(f);
	files_put(f, ".cargo/registry/src/index.crates.io-1949cf8c6b5b557f/gen-1.0.0/Cargo.toml",
		  "[package]\nname = \"gen\"\nversion = \"1.0.0\"\n"
		  "[build-dependencies.under-gen]\nversion = \"1\"\n");
	/* a dependency that says `dev` of what the lock holds has not told why it is there */
	files_put(
	    f, ".cargo/registry/src/index.crates.io-1949cf8c6b5b557f/two-2.0.0/Cargo.toml",
	    "[package]\nname = \"two\"\nversion = \"2.0.0\"\n[dev-dependencies]\nshared = \"1\"\n");
	p = open_at(f, "");
	assert_int_equal(kith_cargo_places_new(f->root, &env, &places, &err), KITH_OK);
	assert_int_equal(kith_project_read_kinds(p, places, &err), KITH_OK);
	assert_int_equal(kinds(p, "under-gen"), BUILD);
	assert_int_equal(kinds(p, "shared"), 0);
	assert_int_equal(kinds(p, "real"), NORMAL);
	kith_project_free(p);
	/* of another package it tells nothing; a broken one is said */
	files_put(f, ".cargo/registry/src/index.crates.io-1949cf8c6b5b557f/gen-1.0.0/Cargo.toml",
		  "[package]\nname = \"gen\"\nversion = \"1.0.1\"\n"
		  "[build-dependencies.under-gen]\nversion = \"1\"\n");
	files_put(f, ".cargo/registry/src/index.crates.io-1949cf8c6b5b557f/two-2.0.0/Cargo.toml",
		  "[package\n");
	p = open_at(f, "");
	assert_int_equal(kith_project_read_kinds(p, places, &err), KITH_OK);
	assert_int_equal(kinds(p, "under-gen"), 0);
	assert_int_equal(p->warnings.count, 1);
	kith_project_free(p);
}

/* One name a thousand times on both sides: beyond a budget of comparisons nothing is told. */
static void
test_kinds_budget(void **state)
{
	struct files *f = *state;
	KITH_AUTO_BUF struct kith_buf lock;
	KITH_AUTO_BUF struct kith_buf manifest;
	struct kith_project *p;
	size_t i;

	kith_buf_init(&lock, KITH_MIB(16));
	kith_buf_init(&manifest, KITH_MIB(16));
	kith_buf_put_str(&lock, "version = 4\n" PKG("root", "1.0.0") "dependencies = [");
	for (i = 0; i < 2000; i++)
		kith_buf_printf(&lock, "\"a 1.%zu.0\",", i);
	kith_buf_put_str(&lock, "]\n");
	for (i = 0; i < 2000; i++)
		kith_buf_printf(&lock,
				"[[package]]\nname = \"a\"\nversion = \"1.%zu.0\"\n" REGISTRY, i);
	kith_buf_put_str(&manifest, "[package]\nname = \"root\"\nversion = \"1.0.0\"\n"
				    "[dev-dependencies]\n");
	for (i = 0; i < 2000; i++)
		kith_buf_printf(&manifest, "k%zu = { package = \"a\", version = \"=1.%zu.0\" }\n",
				i, i);
	files_put(f, "Cargo.lock", kith_buf_str(&lock));
	files_put(f, "Cargo.toml", kith_buf_str(&manifest));
	p = open_at(f, "");
	assert_int_equal(package(p, "a", "1.0.0")->kinds, 0);
	assert_int_equal(package(p, "a", "1.1999.0")->kinds, 0);
	kith_project_free(p);
}

static void
test_path_deps_limit(void **state)
{
	struct files *f = *state;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_project *p;
	size_t i;

	kith_buf_init(&b, KITH_MAX_MANIFEST);
	files_put(f, "Cargo.lock", "version = 4\n" PKG("root", "1.0.0"));
	kith_buf_put_str(&b, "[package]\nname = \"root\"\nversion = \"1.0.0\"\n[dependencies]\n");
	for (i = 0; i < KITH_MAX_PATH_DEPS + 1; i++)
		kith_buf_printf(&b, "k%zx={path='x'}\n", i);
	assert_int_equal(kith_buf_check(&b, NULL), KITH_OK);
	files_put(f, "Cargo.toml", kith_buf_str(&b));
	p = open_at(f, "");
	assert_true(is_local(p, "root"));
	assert_int_equal(p->warnings.count, 1);
	assert_non_null(strstr(p->warnings.lines[0], "path dependencies: more than"));
	kith_project_free(p);
}

static void
test_member_limits(void **state)
{
	struct files *f = *state;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_project *p;
	size_t i;

	kith_buf_init(&b, KITH_MAX_MANIFEST);
	files_put(f, "Cargo.lock", "version = 4\n" PKG("root", "1.0.0"));
	/* more warnings than are kept are counted */
	kith_buf_put_str(&b, "[workspace]\nmembers = [");
	for (i = 0; i < KITH_MAX_WARNINGS + 3; i++)
		kith_buf_printf(&b, "\"gone%zu\",", i);
	kith_buf_put_str(&b, "]\n");
	files_put(f, "Cargo.toml", kith_buf_str(&b));
	p = open_at(f, "");
	assert_int_equal(p->warnings.count, KITH_MAX_WARNINGS);
	assert_int_equal(p->warnings.more, 3);
	kith_project_free(p);
	kith_buf_reset(&b);
	kith_buf_put_str(&b, "[workspace]\nmembers = [");
	for (i = 0; i < KITH_MAX_MANIFESTS + 1; i++)
		kith_buf_put_str(&b, "\"a\",");
	kith_buf_put_str(&b, "]\n");
	files_put(f, "Cargo.toml", kith_buf_str(&b));
	p = open_at(f, "");
	assert_false(p->manifests);
	assert_non_null(strstr(p->warnings.lines[0], "too many members"));
	kith_project_free(p);
	kith_buf_reset(&b);
	kith_buf_put_str(&b, "[workspace]\nexclude = [");
	for (i = 0; i < KITH_MAX_EXCLUDES + 1; i++)
		kith_buf_put_str(&b, "\"a\",");
	kith_buf_put_str(&b, "]\n");
	files_put(f, "Cargo.toml", kith_buf_str(&b));
	p = open_at(f, "");
	assert_non_null(strstr(p->warnings.lines[0], "too many exclude"));
	kith_project_free(p);
}

/* Each pattern lists the same folder again; all of them together are bounded. */
static void
test_glob_limit(void **state)
{
	struct files *f = *state;
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_project *p;
	struct kith_error err;
	size_t i;

	for (i = 0; i < 200; i++) {
		KITH_AUTO_FREE char *dir = kith_asprintf("%s/d%zu", f->root, i);

		assert_int_equal(kith_fs_mkdirs(dir, 0755, &err), KITH_OK);
	}
	kith_buf_init(&b, KITH_MAX_MANIFEST);
	files_put(f, "Cargo.lock", "version = 4\n" PKG("root", "1.0.0"));
	kith_buf_put_str(&b, "[workspace]\nmembers = [");
	for (i = 0; i < KITH_MAX_GLOB_VISITS / 200 + 1; i++)
		kith_buf_printf(&b, "\"x*%zu\",", i);
	kith_buf_put_str(&b, "]\n");
	files_put(f, "Cargo.toml", kith_buf_str(&b));
	p = open_at(f, "");
	assert_true(p->warnings.count > 0);
	assert_non_null(strstr(p->warnings.lines[0], "files looked at"));
	kith_project_free(p);
}

static void
test_parents_limit(void **state)
{
	struct files *f = *state;
	KITH_AUTO_BUF struct kith_buf path;
	struct kith_project *p = NULL;
	struct kith_error err;
	size_t i;

	files_put(f, "Cargo.lock", "version = 4\n" PKG("root", "1.0.0"));
	kith_buf_init(&path, KITH_MAX_PATH);
	kith_buf_put_str(&path, f->root);
	for (i = 0; i < KITH_MAX_PARENTS; i++)
		kith_buf_put_str(&path, "/d");
	assert_int_equal(kith_fs_mkdirs(kith_buf_str(&path), 0755, &err), KITH_OK);
	assert_int_equal(kith_project_open(kith_buf_str(&path), &p, &err), KITH_E_NOTFOUND);
	path.ptr[path.len - 2] = '\0';
	assert_int_equal(kith_project_open(kith_buf_str(&path), &p, &err), KITH_OK);
	kith_project_free(p);
}

/* Globs that fan out and links that lead back end at a limit, with a warning. */
static void
test_hostile_members(void **state)
{
	struct files *f = *state;
	KITH_AUTO_FREE char *loop = kith_fs_join(f->root, "a/loop");
	struct kith_project *p;

	files_put(f, "Cargo.lock", "version = 4\n" PKG("root", "1.0.0"));
	files_put(
	    f, "Cargo.toml",
	    "[workspace]\nmembers = [\"*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*\", \"**/**/**\", \"/**\","
	    " \"a\\u0000b\", \"../../../../../../../../../etc\", \"\", \"//\"]\n");
	files_put(f, "a/b/c/file", "");
	assert_int_equal(symlink("..", loop), 0);
	p = open_at(f, "");
	assert_true(p->manifests);
	assert_false(is_local(p, "root"));
	assert_true(p->warnings.count > 0);
	kith_project_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_walks_up, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_open_fails, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_local_without_manifests, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_members, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_broken_manifests, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_kinds_unclear, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_read_kinds, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_kinds_budget, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_path_deps_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_member_limits, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_glob_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_parents_limit, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_hostile_members, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
