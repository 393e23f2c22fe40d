/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `lock FILE`: what a lock file holds, one TSV line a package; `-` for what is absent. With
 * --edges: one line an edge, name, version and source of both ends; a package that names what the
 * file does not hold, or not clearly, has a line with three `-`.
 */
#include "cases/cases.h"
#include "package/package.h"

static void
put(struct kith_span s, char end)
{
	printf("%.*s%c", s.len ? (int)s.len : 1, s.len ? (const char *)s.ptr : "-", end);
}

static void
put_package(const struct kith_package *p)
{
	put(p->name, '\t');
	put(p->version, '\t');
	put(kith_span_str(kith_origin_name(p->origin)), '\t');
	put(p->source, '\t');
	put(p->checksum, '\n');
}

static void
put_end(const struct kith_package *p, char end)
{
	put(p->name, '\t');
	put(p->version, '\t');
	put(p->source, end);
}

static void
put_edges(const struct kith_lock *lock, const struct kith_package *p)
{
	size_t i;

	for (i = 0; i < p->n_deps; i++) {
		put_end(p, '\t');
		put_end(&lock->packages[p->deps[i]], '\n');
	}
	if (p->dangling) {
		put_end(p, '\t');
		puts("-\t-\t-");
	}
}

int
cases_lock(int argc, char **argv)
{
	bool edges = argc == 2 && strcmp(argv[0], "--edges") == 0;
	struct kith_lock *lock;
	struct kith_error err;
	size_t i;

	if (argc != 1 && !edges) {
		fputs("usage: ./dev cases lock [--edges] FILE\n", stderr);
		return 2;
	}
	if (kith_lock_read(cases_read(argv[argc - 1]), &lock, &err)) {
		fprintf(stderr, "%s: %s\n", argv[argc - 1], err.msg);
		return 1;
	}
	for (i = 0; i < lock->count; i++) {
		if (edges)
			put_edges(lock, &lock->packages[i]);
		else
			put_package(&lock->packages[i]);
	}
	kith_lock_free(lock);
	return 0;
}
