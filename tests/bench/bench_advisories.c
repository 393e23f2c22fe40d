/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FOLDER: a RustSec database's files read, parsed and made a set (median), and looked up.
 * osv N: N OSV records like npm's export (mostly whole malicious packages), made one after another
 *   as from a stream: time, peak memory, size of the set, look-ups.
 */
#include <sys/resource.h>
#include <time.h>

#include "evidence/advisory_set.h"

#define ROUNDS  15
#define LOOKUPS 200000

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
die(const struct kith_error *err)
{
	fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

/* Every package of a set asked about in turn. */
static void
look_up(const struct kith_advisory_set *set, char *const *names, size_t n, const char *ecosystem)
{
	struct kith_arena arena;
	struct kith_advisory_query q = {.ecosystem = kith_span_str(ecosystem)};
	const struct kith_advisory_problem *p;
	struct kith_error err;
	double start = now_ms();
	size_t i, count, hits = 0;

	q.version = KITH_SPAN_LIT("1.2.3");
	kith_arena_init(&arena, KITH_MIB(64));
	for (i = 0; i < LOOKUPS; i++) {
		q.name = kith_span_str(names[i * 7919 % n]);
		if (kith_advisory_match(set, &q, &arena, &p, &count, &err))
			die(&err);
		hits += count;
		kith_arena_clear(&arena);
	}
	printf("%8.2f us a look-up, %zu problems in %d\n", (now_ms() - start) * 1e3 / LOOKUPS, hits,
	       LOOKUPS);
}

/* --- RustSec --- */

struct files {
	char **paths, **names; /* crates/NAME/ID.md; NAME */
	struct kith_buf *texts;
	size_t n, cap_paths, cap_names, cap_texts, bytes;
};

static void
add_file(struct files *f, const char *root, const char *package, const char *file)
{
	KITH_AUTO_FREE char *full = kith_asprintf("%s/crates/%s/%s", root, package, file);
	struct kith_error err;

	if (kith_grow(&f->paths, &f->cap_paths, f->n + 1, sizeof(*f->paths), 1000000, "files",
		      &err) ||
	    kith_grow(&f->names, &f->cap_names, f->n + 1, sizeof(*f->names), 1000000, "files",
		      &err) ||
	    kith_grow(&f->texts, &f->cap_texts, f->n + 1, sizeof(*f->texts), 1000000, "files",
		      &err))
		die(&err);
	f->paths[f->n] = kith_asprintf("crates/%s/%s", package, file);
	f->names[f->n] = kith_asprintf("%s", package);
	kith_buf_init(&f->texts[f->n], KITH_MAX_RUSTSEC_FILE);
	if (kith_fs_read(full, &f->texts[f->n], &err))
		die(&err);
	f->bytes += f->texts[f->n++].len;
}

static void
gather(struct files *f, const char *root)
{
	KITH_AUTO_FREE char *crates = kith_fs_join(root, "crates");
	struct kith_fs_names packages, files;
	struct kith_error err;
	size_t i, k;

	if (kith_fs_list(crates, &packages, &err))
		die(&err);
	for (i = 0; i < packages.count; i++) {
		KITH_AUTO_FREE char *folder = kith_fs_join(crates, packages.names[i]);

		if (kith_fs_list(folder, &files, &err))
			die(&err);
		for (k = 0; k < files.count; k++)
			add_file(f, root, packages.names[i], files.names[k]);
		kith_fs_names_free(&files);
	}
	kith_fs_names_free(&packages);
}

static double
build(const struct files *f, struct kith_buf *out)
{
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = NULL;
	double start = now_ms();
	struct kith_error err;
	size_t i;
	int r = kith_advisory_builder_new(&b, &err);

	for (i = 0; i < f->n && !r; i++)
		r = kith_advisory_builder_add(b, KITH_ADVISORY_RUSTSEC, 0,
					      kith_span_str(f->paths[i]),
					      kith_buf_span(&f->texts[i]), &err);
	if (!r)
		r = kith_advisory_builder_seal(b, out, &err);
	if (r)
		die(&err);
	return now_ms() - start;
}

static void
bench_rustsec(const char *root)
{
	struct files f = {.n = 0};
	struct kith_advisory_set set;
	struct kith_error err;
	struct kith_buf out;
	double ms[ROUNDS], first;
	size_t i;

	gather(&f, root);
	kith_buf_init(&out, KITH_MAX_ADVISORY_SET);
	for (i = 0; i < ROUNDS; i++) {
		kith_buf_reset(&out);
		ms[i] = build(&f, &out);
	}
	first = ms[0];
	qsort(ms, ROUNDS, sizeof(ms[0]), order);
	printf("%8.2f ms first, %.2f ms median: %zu files, %zu bytes, set of %zu bytes\n", first,
	       ms[ROUNDS / 2], f.n, f.bytes, out.len);
	if (kith_advisory_set_open(kith_buf_span(&out), &set, &err))
		die(&err);
	look_up(&set, f.names, f.n, "crates.io");
}

/* --- OSV --- */

/* Of fifty records one is an ordinary advisory with ranges, aliases and a vector. */
static void
put_record(struct kith_buf *out, size_t i)
{
	bool ordinary = i % 50 == 0;

	kith_buf_reset(out);
	kith_buf_printf(out,
			"{\"schema_version\":\"1.7.3\",\"id\":\"%s-2025-%zu\",\"modified\":"
			"\"2025-11-12T01:02:03Z\",\"published\":\"2025-11-12T01:02:03Z\",",
			ordinary ? "GHSA" : "MAL", i);
	if (ordinary)
		kith_buf_printf(out,
				"\"aliases\":[\"CVE-2025-%zu\"],\"severity\":[{\"type\":"
				"\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/"
				"I:H/A:H\"}],",
				i);
	kith_buf_printf(out,
			"\"summary\":\"Malicious code in package-number-%zu (npm)\",\"details\":"
			"\"",
			i);
	kith_buf_put_fill(out, 'x', ordinary ? 2000 : 300);
	kith_buf_printf(out,
			"\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":"
			"\"package-number-%zu\"},",
			i);
	if (ordinary)
		kith_buf_put_str(out,
				 "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":"
				 "\"0\"},{\"fixed\":\"1.2.3\"},{\"introduced\":\"2.0.0\"},"
				 "{\"fixed\":\"2.3.4\"}]}]");
	else if (i % 3)
		kith_buf_put_str(out, "\"versions\":[\"1.0.0\",\"1.0.1\",\"9.9.9\"]");
	else
		kith_buf_put_str(out,
				 "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":"
				 "\"0\"}]}]");
	kith_buf_put_str(out,
			 ",\"database_specific\":{\"cwes\":[{\"cweId\":\"CWE-506\",\"name\":"
			 "\"Embedded Malicious Code\"}]}}],\"references\":[{\"type\":\"WEB\","
			 "\"url\":\"https://example.org/one\"}],\"database_specific\":{"
			 "\"malicious-packages-origins\":[{\"source\":\"x\",\"sha256\":\"0011223344"
			 "556677\",\"import_time\":\"2025-11-12T01:02:03Z\"}]}}");
}

static void
build_osv(size_t n, struct kith_buf *out)
{
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = NULL;
	struct kith_buf text;
	struct kith_error err;
	char path[64];
	size_t i;
	int r = kith_advisory_builder_new(&b, &err);

	kith_buf_init(&text, KITH_MAX_OSV_RECORD);
	for (i = 0; i < n && !r; i++) {
		put_record(&text, i);
		snprintf(path, sizeof(path), "npm/MAL-2025-%zu.json", i);
		r = kith_advisory_builder_add(b, KITH_ADVISORY_OSV, 0, kith_span_str(path),
					      kith_buf_span(&text), &err);
	}
	if (!r)
		r = kith_advisory_builder_seal(b, out, &err);
	if (r)
		die(&err);
	kith_buf_clear(&text);
}

static void
bench_osv(size_t n)
{
	struct kith_advisory_set set;
	struct kith_error err;
	struct kith_buf out;
	struct rusage ru;
	double start = now_ms();
	char **names = kith_calloc(n, sizeof(*names));
	size_t i;

	kith_buf_init(&out, KITH_MAX_ADVISORY_SET);
	build_osv(n, &out);
	getrusage(RUSAGE_SELF, &ru);
	printf("%8.2f s, peak of %ld MiB: %zu records, set of %zu bytes\n",
	       (now_ms() - start) / 1e3, ru.ru_maxrss / 1024, n, out.len);
	if (kith_advisory_set_open(kith_buf_span(&out), &set, &err))
		die(&err);
	for (i = 0; names && i < n; i++)
		names[i] = kith_asprintf("package-number-%zu", i);
	if (names)
		look_up(&set, names, n, "npm");
}

int
main(int argc, char **argv)
{
	uint64_t n;

	if (argc == 3 && strcmp(argv[1], "osv") == 0 && kith_span_u64(kith_span_str(argv[2]), &n) &&
	    n)
		bench_osv(n);
	else if (argc == 2)
		bench_rustsec(argv[1]);
	else
		return 2;
	return 0;
}
