/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make FILE IDS STATEMENTS DISTRUST [WHAT]: builds a synthetic graph (DISTRUST in 10,000
 * statements) and writes it sealed; statements carry dates or, as those of the index, dates and
 * places, if WHAT says so. real FILE: every id as root, everything. run FILE: nine roots, and
 * queries. Degrees as trust.md 6.2: statements an author Pareto, targets by rank^-2/3, keys random.
 */
#include <fcntl.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "trust/explain.h"

#define ROOTS   9
#define QUERIES 2000

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of this program's own beginning: what an exec'ed child inherits is not counted. */
static double
resident_mb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

static uint64_t
rnd(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static double
unit(uint64_t *state)
{
	return (double)(rnd(state) >> 11) / 9007199254740992.0;
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
	fprintf(stderr, "bench_trust: %s\n", err->msg);
	exit(1);
}

/* --- make --- */

/* The key of a number: looks random, needs no memory. */
static struct kith_id
key_of(uint64_t i)
{
	struct kith_id id;
	uint64_t state = i * 0x2545f4914f6cdd1dULL + 1, x;
	size_t k;

	for (k = 0; k < 4; k++) {
		x = rnd(&state);
		memcpy(id.bytes + 8 * k, &x, 8);
	}
	return id;
}

static enum kith_level
level_of(uint64_t *state, unsigned distrust)
{
	unsigned x = (unsigned)(rnd(state) % 10000);

	if (x < distrust)
		return KITH_LEVEL_DISTRUST;
	x = (unsigned)(rnd(state) % 99);
	if (x < 18)
		return KITH_LEVEL_HIGH;
	if (x < 18 + 36)
		return KITH_LEVEL_MEDIUM;
	return x < 18 + 36 + 27 ? KITH_LEVEL_LOW : KITH_LEVEL_NONE;
}

enum carry { NOTHING, DATES, PLACES };

static int
add_all(struct kith_trust_builder *b, size_t ids, size_t statements, unsigned distrust,
	enum carry carry, struct kith_error *err)
{
	double mean = (double)statements / (double)ids;
	uint64_t state = 20260101, place = 0, from, n;
	int r = 0;

	for (from = 0; from < ids && !r; from++) {
		struct kith_trust_statement s = {.from = key_of(from),
						 .reach = KITH_REACH_DELEGATE};

		n = (uint64_t)(mean / 2 / sqrt(1 - unit(&state)) + 0.5);
		n = n > 5000 ? 5000 : n;
		for (; n && !r; n--) {
			s.to = key_of((uint64_t)(pow(unit(&state), 3) * (double)ids));
			s.level = level_of(&state, distrust);
			if (carry >= DATES)
				s.date = (struct kith_time){1500000000 +
								(int64_t)(rnd(&state) % 200000000),
							    (uint32_t)(rnd(&state) % 1000000000)};
			if (carry == PLACES)
				s.place = place++;
			r = kith_trust_builder_add(b, &s, err);
		}
	}
	return r;
}

static void
make(const char *path, size_t ids, size_t statements, unsigned distrust, enum carry carry)
{
	struct kith_trust_builder *b;
	struct kith_trust_graph *g;
	struct kith_buf bytes;
	struct kith_error err;
	double start = cpu_ms(), sealed, added;

	if (kith_trust_builder_new(&b, &err) || add_all(b, ids, statements, distrust, carry, &err))
		die(&err);
	added = cpu_ms();
	if (kith_trust_builder_seal(b, &g, &err))
		die(&err);
	sealed = cpu_ms();
	printf("  build: %zu ids, %zu statements: adding %.0f ms, sealing %.0f ms, peak %.0f MB\n",
	       kith_trust_graph_count_ids(g), kith_trust_graph_count_statements(g), added - start,
	       sealed - added, resident_mb());
	kith_buf_init(&bytes, SIZE_MAX / 4);
	if (kith_trust_graph_write(g, &bytes, &err) ||
	    kith_fs_replace(path, kith_buf_span(&bytes), 0644, &err))
		die(&err);
	kith_buf_clear(&bytes);
	kith_trust_graph_free(g);
}

/* --- run --- */

static struct kith_trust_graph *
map(const char *path)
{
	struct kith_trust_graph *g;
	struct kith_error err;
	struct stat st;
	double start;
	void *p;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) ||
	    (p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0)) == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	close(fd);
	start = cpu_ms();
	if (kith_trust_graph_open(kith_span(p, (size_t)st.st_size), &g, &err))
		die(&err);
	printf("  open the mapped file: %.2f ms, %zu MB\n", cpu_ms() - start,
	       (size_t)st.st_size >> 20);
	return g;
}

/* Authors spread over the whole graph, who said something. */
static struct kith_id
root_of(const struct kith_trust_graph *g, size_t i)
{
	size_t n = kith_trust_graph_count_ids(g), at = (2 * i + 1) * n / (2 * ROOTS), first, end;

	for (;; at = (at + 1) % n)
		if (kith_trust_graph_row(g, kith_trust_graph_id(g, at), &first, &end) &&
		    end > first)
			return *kith_trust_graph_id(g, at);
}

static size_t
count_trusted(const struct kith_trust_graph *g, const struct kith_trust_result *r)
{
	enum kith_level a, b;
	size_t i, n = 0;

	for (i = 0; i < kith_trust_graph_count_ids(g); i++) {
		kith_trust_level(r, kith_trust_graph_id(g, i), &a, &b);
		n += a >= KITH_LEVEL_LOW;
	}
	return n;
}

static void
time_roots(const struct kith_trust_graph *g, struct kith_trust_question q, const char *what)
{
	double ms[ROOTS], start, took;
	struct kith_trust_result *r = NULL;
	struct kith_error err;
	size_t i, k, trusted = 0;
	unsigned passes = 0;

	for (i = 0; i < ROOTS; i++) {
		struct kith_id root = root_of(g, i);

		q.roots = &root;
		q.n_roots = 1;
		ms[i] = 1e9;
		for (k = 0; k < 3; k++) {
			start = cpu_ms();
			if (kith_trust_resolve(g, &q, &r, &err))
				die(&err);
			took = cpu_ms() - start;
			ms[i] = took < ms[i] ? took : ms[i];
			if (k == 0 && i == ROOTS / 2)
				trusted = count_trusted(g, r);
			passes = kith_trust_passes(r) > passes ? kith_trust_passes(r) : passes;
			kith_trust_result_free(r);
		}
	}
	qsort(ms, ROOTS, sizeof(ms[0]), order);
	printf("  %-24s %9.3f ms median, %9.3f max; %zu ids trusted; %u passes; resident %.0f MB\n",
	       what, ms[ROOTS / 2], ms[ROOTS - 1], trusted, passes, resident_mb());
}

static void
time_ways(const struct kith_trust_graph *g, struct kith_trust_question q)
{
	static double ms[QUERIES];
	double start;
	struct kith_trust_result *r;
	struct kith_trust_ways *w;
	struct kith_error err;
	struct kith_id root = root_of(g, ROOTS / 2);
	uint64_t state = 5;
	size_t want, i, k, n, count, sum;

	q.roots = &root;
	q.n_roots = 1;
	start = cpu_ms();
	if (kith_trust_resolve(g, &q, &r, &err) || kith_trust_ways_new(r, KITH_LEVEL_LOW, &w, &err))
		die(&err);
	printf("  graph of ways: %.1f ms with resolving, resident %.0f MB\n", cpu_ms() - start,
	       resident_mb());
	n = kith_trust_count_persons(r);
	for (want = 2; want <= 4; want++) {
		for (i = sum = 0; i < QUERIES; i++) {
			uint32_t reviewers[4];

			for (k = 0; k < want; k++)
				reviewers[k] = (uint32_t)(rnd(&state) % n);
			start = cpu_ms();
			if (kith_trust_ways_count(w, reviewers, want, want, &count, &err))
				die(&err);
			ms[i] = cpu_ms() - start;
			sum += count;
		}
		qsort(ms, QUERIES, sizeof(ms[0]), order);
		printf(
		    "  %zu ways of %zu reviewers: %.4f ms median, %.4f p99, %.4f max; %.2f found\n",
		    want, want, ms[QUERIES / 2], ms[QUERIES * 99 / 100], ms[QUERIES - 1],
		    (double)sum / QUERIES);
	}
	kith_trust_ways_free(w);
	kith_trust_result_free(r);
}

static void
run(const char *path)
{
	static const struct kith_native_params wide = {250, 1, 1, 2, false, false};
	struct kith_trust_graph *g = map(path);
	struct kith_trust_question q = {.now = {1, 0}};

	time_roots(g, q, "native, default");
	q.native = &wide;
	time_roots(g, q, "native, everybody");
	q.semantics = KITH_SEMANTICS_CREV;
	time_roots(g, q, "crev");
	q.semantics = KITH_SEMANTICS_NATIVE;
	time_ways(g, q);
	kith_trust_graph_free(g);
}

/* Each id of a real web as root: levels, doubts, ways, and one person explained. */
static void
real(const char *path)
{
	struct kith_trust_graph *g = map(path);
	struct kith_trust_question q = {.now = {4102444800, 0}};
	struct kith_arena arena;
	struct kith_error err;
	size_t n = kith_trust_graph_count_ids(g), i, count;
	double sum[5] = {0}, max[5] = {0};

	kith_arena_init(&arena, KITH_MIB(64));
	for (i = 0; i < n; i++) {
		double at[6];
		struct kith_trust_result *r = NULL, *crev = NULL;
		struct kith_trust_ways *w = NULL;
		const struct kith_trust_doubt *doubts;
		struct kith_trust_explanation x;
		size_t k;

		kith_arena_clear(&arena);
		q.roots = kith_trust_graph_id(g, i);
		q.n_roots = 1;
		q.semantics = KITH_SEMANTICS_NATIVE;
		at[0] = cpu_ms();
		if (kith_trust_resolve(g, &q, &r, &err))
			die(&err);
		at[1] = cpu_ms();
		if (kith_trust_ways_new(r, KITH_LEVEL_LOW, &w, &err))
			die(&err);
		at[2] = cpu_ms();
		if (kith_trust_doubts(r, &arena, &doubts, &count, &err))
			die(&err);
		at[3] = cpu_ms();
		if (kith_trust_explain(g, &q, r, kith_trust_graph_id(g, (i + 7) % n), &arena, &x,
				       &err))
			die(&err);
		at[4] = cpu_ms();
		q.semantics = KITH_SEMANTICS_CREV;
		if (kith_trust_resolve(g, &q, &crev, &err))
			die(&err);
		at[5] = cpu_ms();
		for (k = 0; k < 5; k++) {
			sum[k] += at[k + 1] - at[k];
			max[k] = at[k + 1] - at[k] > max[k] ? at[k + 1] - at[k] : max[k];
		}
		kith_trust_ways_free(w);
		kith_trust_result_free(r);
		kith_trust_result_free(crev);
	}
	printf("  %zu roots, mean (max) ms: native %.4f (%.4f), ways %.4f (%.4f), doubts %.4f "
	       "(%.4f),\n"
	       "  explaining one %.4f (%.4f), crev %.4f (%.4f)\n",
	       n, sum[0] / (double)n, max[0], sum[1] / (double)n, max[1], sum[2] / (double)n,
	       max[2], sum[3] / (double)n, max[3], sum[4] / (double)n, max[4]);
	kith_arena_clear(&arena);
	kith_trust_graph_free(g);
}

int
main(int argc, char **argv)
{
	enum carry carry = NOTHING;
	uint64_t n[3];
	int i;

	if (argc == 3 && strcmp(argv[1], "run") == 0) {
		run(argv[2]);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "real") == 0) {
		real(argv[2]);
		return 0;
	}
	if (argc == 7 && strcmp(argv[6], "dates") == 0)
		carry = DATES;
	else if (argc == 7 && strcmp(argv[6], "places") == 0)
		carry = PLACES;
	argc -= carry != NOTHING;
	for (i = 0; argc == 6 && i < 3; i++)
		if (!kith_span_u64(kith_span_str(argv[3 + i]), &n[i]))
			argc = 0;
	if (argc != 6) {
		fputs("usage: bench_trust make FILE IDS STATEMENTS DISTRUST [dates|places] | run "
		      "FILE | "
		      "real FILE\n",
		      stderr);
		return 2;
	}
	make(argv[2], (size_t)n[0], (size_t)n[1], (unsigned)n[2], carry);
	return 0;
}
