/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of opening a project, reading its manifests and finding bytes fails once. */
#include <stdlib.h>

#include "fault/wrap.h"
#include "package/project.h"
#include "unit/files.h"

static int
look(struct kith_project *p, const struct kith_cargo_places *places, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < p->lock->count && !r; i++) {
		struct kith_bytes_place place = {.path = NULL};

		r = kith_cargo_places_find(places, &p->lock->packages[i], &place, err);
		kith_bytes_place_clear(&place);
	}
	return r;
}

static int
work(const char *path, const struct kith_cargo_env *env, bool *ret_whole, struct kith_error *err)
{
	KITH_AUTO_PROJECT struct kith_project *p = NULL;
	KITH_AUTO_PLACES struct kith_cargo_places *places = NULL;
	int r;

	r = kith_project_open(path, &p, err);
	if (r)
		return p ? KITH_E_INTERNAL : r;
	r = kith_cargo_places_new(path, env, &places, err);
	if (r)
		return places ? KITH_E_INTERNAL : r;
	if ((r = kith_project_read_kinds(p, places, err)) || (r = look(p, places, err)))
		return r;
	*ret_whole = p->warnings.count == 2 && p->lock->packages[0].kinds == KITH_KIND_BUILD;
	return KITH_OK;
}

static void
put_project(const struct files *f)
{
	files_put(f, "Cargo.lock",
		  "version = 4\n[[package]]\nname = \"root\"\nversion = \"1.0.0\"\n"
		  "dependencies = [\"dep\", \"member\", \"gone\", \"two\"]\n"
		  "[[package]]\nname = \"member\"\nversion = \"1.0.0\"\n"
		  "[[package]]\nname = \"two\"\nversion = \"1.0.0\"\n"
		  "[[package]]\nname = \"two\"\nversion = \"1.0.1\"\n"
		  "[[package]]\nname = \"dep\"\nversion = \"1.0.0\"\ndependencies = [\"built\"]\n"
		  "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
		  "[[package]]\nname = \"built\"\nversion = \"1.0.0\"\n"
		  "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
		  "[metadata]\n\"checksum built 1.0.0 "
		  "(registry+https://github.com/rust-lang/crates.io-index)\" = "
		  "\"1111111111111111111111111111111111111111111111111111111111111111\"\n");
	files_put(f, "Cargo.toml",
		  "[package]\nname = \"root\"\nversion = \"1.0.0\"\n[dependencies]\ndep = \"1\"\n"
		  "shared.workspace = true\nmember = { path = \"m/x\" }\n"
		  "[workspace]\nmembers = [\"m/*\", \"gone\"]\nexclude = [\"m/y\"]\n"
		  "[workspace.dependencies]\nshared = \"1\"\n");
	files_put(f, "m/x/Cargo.toml", "[package]\nname = \"member\"\nversion = \"1.0.0\"\n");
	files_put(f, "m/z/Cargo.toml", "[package\n");
	files_put(f, ".cargo/config.toml",
		  "include = [\"more.toml\"]\npaths = [\"p\"]\n"
		  "[source.crates-io]\nreplace-with = \"v\"\n");
	files_put(f, ".cargo/more.toml",
		  "[source.v]\ndirectory = \"vendor\"\n"
		  "[source.g]\ngit = \"https://git.example/g\"\n"
		  "[registries.r]\nindex = \"https://r.example\"\n");
	files_put(f, "vendor/d/Cargo.toml",
		  "[package]\nname = \"dep\"\nversion = \"1.0.0\"\n[build-dependencies]\n"
		  "built = \"1\"\n");
	files_put(f, "vendor/e/Cargo.toml", "broken");
}

int
main(void)
{
	struct files f;
	struct kith_cargo_env env = {.home = NULL};
	struct kith_error err;
	bool whole;
	size_t n;
	int r = 0;

	files_make(&f);
	put_project(&f);
	env.home = f.root;
	for (n = 1;; n++) {
		whole = false;
		fault_arm(n);
		r = work(f.root, &env, &whole, &err);
		if (!fault_hit())
			break;
		/* sorting may do without memory; whatever succeeds is whole */
		if (r ? r != KITH_E_NOMEM || err.code != KITH_E_NOMEM : !whole) {
			fprintf(stderr, "allocation %zu: %d %s\n", n, r, r ? err.msg : "half");
			break;
		}
	}
	fault_arm(0);
	files_remove(&f);
	if (fault_hit() || r || !whole || n < 50) {
		fprintf(stderr, "after %zu allocations: %d %s\n", n, r, r ? err.msg : "");
		return 1;
	}
	printf("%zu allocations failed in turn\n", n - 1);
	return 0;
}
