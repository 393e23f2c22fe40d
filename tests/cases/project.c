/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `project [--cargo-home DIR] [--read-kinds] PATH`: the project at or above PATH, one TSV line a
 * package: name, version, origin, `local` or `-`, kinds, where its bytes lie, the path. Warnings
 * and source replacements of the tree go to stderr.
 */
#include "cases/cases.h"
#include "package/project.h"

static const char *
kinds_name(unsigned kinds)
{
	static const char *const names[8] = {"-",   "normal",     "build",     "normal,build",
					     "dev", "normal,dev", "build,dev", "normal,build,dev"};

	return names[kinds & 7];
}

static int
put_package(const struct kith_package *p, const struct kith_cargo_places *places,
	    struct kith_error *err)
{
	static const char *const states[] = {"absent", "archive", "vendored"};
	struct kith_bytes_place place;
	int r = kith_cargo_places_find(places, p, &place, err);

	if (r)
		return r;
	printf("%.*s\t%.*s\t%s\t%s\t%s\t%s\t%s\n", KITH_SPAN_FMT(p->name),
	       KITH_SPAN_FMT(p->version), kith_origin_name(p->origin), p->local ? "local" : "-",
	       kinds_name(p->kinds), states[place.state], place.path ? place.path : "-");
	kith_bytes_place_clear(&place);
	return KITH_OK;
}

static void
put_notes(const struct kith_project *p, const struct kith_cargo_places *places)
{
	const struct kith_cargo_replacement *list;
	size_t n = kith_cargo_places_in_tree(places, &list), i;

	for (i = 0; i < p->warnings.count; i++)
		fprintf(stderr, "warning: %s\n", p->warnings.lines[i]);
	for (i = 0; i < n; i++)
		fprintf(stderr, "in tree: %s: line %u: %s by %s\n", list[i].config,
			(unsigned)list[i].line, list[i].source, list[i].with);
}

static int
show(const char *path, const struct kith_cargo_env *env, bool read_kinds, struct kith_error *err)
{
	KITH_AUTO_PROJECT struct kith_project *p = NULL;
	KITH_AUTO_PLACES struct kith_cargo_places *places = NULL;
	size_t i;
	int r;

	if ((r = kith_project_open(path, &p, err)) ||
	    (r = kith_cargo_places_new(p->root, env, &places, err)) ||
	    (r = read_kinds ? kith_project_read_kinds(p, places, err) : KITH_OK))
		return r;
	for (i = 0; i < p->lock->count && !r; i++)
		r = put_package(&p->lock->packages[i], places, err);
	put_notes(p, places);
	return r;
}

int
cases_project(int argc, char **argv)
{
	struct kith_cargo_env env = {.home = NULL};
	struct kith_error err;
	bool read_kinds = false;
	int i = 0;

	if (i + 1 < argc && strcmp(argv[i], "--cargo-home") == 0) {
		env.cargo_home = argv[i + 1];
		i += 2;
	}
	if (i < argc && strcmp(argv[i], "--read-kinds") == 0) {
		read_kinds = true;
		i++;
	}
	if (i + 1 != argc) {
		fputs("usage: ./dev cases project [--cargo-home DIR] [--read-kinds] PATH\n",
		      stderr);
		return 2;
	}
	if (show(argv[i], &env, read_kinds, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	return 0;
}
