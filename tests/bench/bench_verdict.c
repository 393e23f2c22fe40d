/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time of native verdicts over made-up worlds: a project of 585 packages with a real-sized web, and
 * packages that a reviewer who is trusted floods. Prints medians.
 */
#include <time.h>

#include "cases/verdict_judge.h"

#define RUNS     9
#define PACKAGES 585

static uint32_t seed = 1;

static uint32_t
pick(uint32_t n)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % n;
}

/* The root trusts eight people, each of 150 some others; four sets. */
static void
put_people(struct kith_buf *b)
{
	static const char *const levels[] = {"low", "medium", "high"};
	uint32_t i;

	kith_buf_put_str(b, "root R\nnow 2000\n");
	for (i = 0; i < 8; i++)
		kith_buf_printf(b, "trust R P%u high\n", i);
	for (i = 0; i < 560; i++)
		kith_buf_printf(b, "trust P%u P%u %s\n", pick(150), pick(150), levels[pick(3)]);
	for (i = 0; i < 4; i++)
		kith_buf_printf(b, "source S%u level medium\n", i);
}

static void
project(struct kith_buf *b)
{
	uint32_t i, k;

	put_people(b);
	for (i = 0; i < PACKAGES; i++) {
		kith_buf_printf(b, "pkg p%u@1.%u.0 digest d%u checksum c\n", i, pick(4), i);
		for (k = pick(8); k > 0; k--)
			kith_buf_printf(b, "review P%u p%u@1.%u.0 positive digest d%u at %u\n",
					pick(200), i, pick(4), i, pick(1000));
		for (k = pick(5); k > 0; k--)
			kith_buf_printf(b, "audit S%u p%u 1.%u.0->1.%u.0\n", pick(4), i, pick(4),
					pick(4));
	}
}

/* A thousand versions, each reviewed as a delta of the one before by two people, both ways. */
static void
long_chain(struct kith_buf *b)
{
	uint32_t i;

	put_people(b);
	kith_buf_put_str(b, "pkg p0@1.999.0 digest d999 checksum c\n"
			    "review P0 p0@1.0.0 positive digest d0\n"
			    "review P1 p0@1.0.0 positive digest d0\n");
	for (i = 1; i < 1000; i++) {
		kith_buf_printf(b, "review P%u p0@1.%u.0 positive digest d%u base 1.%u.0/d%u\n",
				i % 8, i, i, i - 1, i - 1);
		kith_buf_printf(b, "review P%u p0@1.%u.0 positive digest d%u base 1.%u.0/d%u\n",
				(i + 3) % 8, i, i, i - 1, i - 1);
		kith_buf_printf(b, "audit S%u p0 1.%u.0->1.%u.0\n", i % 4, i, i - 1);
	}
}

static void
flood(struct kith_buf *b)
{
	uint32_t i;

	put_people(b);
	kith_buf_put_str(b, "pkg p0@1.0.0 digest d checksum c\n");
	for (i = 0; i < 5000; i++) {
		kith_buf_printf(b, "review P0 p0@1.0.0 positive digest d%u at %u override P%u\n", i,
				i % 7, i % 150);
		kith_buf_printf(b,
				"review P%u p0@0.0.%u positive digest e%u issue I:low:all "
				"advisory I,J:high:all\n",
				i % 8, i, i);
	}
	for (i = 0; i < 1000; i++)
		kith_buf_printf(b, "audit S0 p0 0.0.%u->0.0.%u\n", pick(5000), pick(5000));
}

/* Many people who all stand behind each other: the search for independence has most to do. */
static void
tangle(struct kith_buf *b)
{
	uint32_t i;

	put_people(b);
	kith_buf_put_str(b, "pkg p0@1.20.0 digest d20 checksum c\npolicy independent 4\n");
	for (i = 0; i < 600; i++) {
		uint32_t v = pick(20);

		kith_buf_printf(b, "review P%u p0@1.%u.0 positive digest d%u base 1.%u.0/d%u\n",
				pick(150), v + 1, v + 1, v, v);
	}
	for (i = 0; i < 30; i++)
		kith_buf_printf(b, "review P%u p0@1.0.0 positive digest d0\n", pick(150));
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
cmp_double(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Claims by name, as the index gives them: a package's own stand together in the text. */
static void
claims_of(const struct verdict_world *v, struct kith_span name, size_t *pos, size_t *ret_n)
{
	size_t n = 0;

	while (*pos < v->n_claims && !kith_span_eq(v->claims[*pos].name, name))
		++*pos;
	while (*pos + n < v->n_claims && kith_span_eq(v->claims[*pos + n].name, name))
		n++;
	*ret_n = n;
}

static void
run_once(struct verdict_world *v, bool explain, size_t counts[KITH_STATUS_COUNT])
{
	KITH_CLEANUP(verdict_asked_clear) struct verdict_asked a = {.v = v};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_verdict x;
	struct kith_error err;
	size_t i, n, pos = 0;

	kith_arena_init(&arena, KITH_MIB(512));
	memset(counts, 0, KITH_STATUS_COUNT * sizeof(*counts));
	if (verdict_ask(v, &a, &err))
		abort();
	for (i = 0; i < v->n_packages; i++) {
		size_t at = pos;

		claims_of(v, v->packages[i].package.name, &at, &n);
		pos = n ? at : pos;
		if (kith_policy_judge(&a.world, &v->packages[i].subject, v->claims + at, n, explain,
				      &arena, &x, &err))
			abort();
		counts[x.status]++;
	}
}

static void
measure(const char *name, void (*make)(struct kith_buf *b), bool explain)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	KITH_AUTO_BUF struct kith_buf text;
	size_t counts[KITH_STATUS_COUNT];
	double times[RUNS];
	struct kith_error err;
	int i;

	kith_buf_init(&text, KITH_MIB(64));
	verdict_init(&v);
	seed = 1;
	make(&text);
	if (verdict_read(&v, kith_buf_span(&text), &err)) {
		fprintf(stderr, "%s: %s\n", name, err.msg);
		exit(1);
	}
	for (i = 0; i < RUNS; i++) {
		double from = now_ms();

		run_once(&v, explain, counts);
		times[i] = now_ms() - from;
	}
	qsort(times, RUNS, sizeof(*times), cmp_double);
	printf("%-12s %5zu packages %6zu claims %9.2f ms  verified %zu insufficient %zu negative "
	       "%zu\n",
	       name, v.n_packages, v.n_claims, times[RUNS / 2], counts[KITH_STATUS_VERIFIED],
	       counts[KITH_STATUS_INSUFFICIENT], counts[KITH_STATUS_NEGATIVE]);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(struct kith_buf *b);
		bool explain;
	} worlds[] = {
	    {"project", project, false}, {"explained", project, true}, {"chain", long_chain, false},
	    {"flood", flood, false},     {"tangle", tangle, false},
	};
	size_t i;

	for (i = 0; i < sizeof(worlds) / sizeof(worlds[0]); i++)
		if (argc < 2 || strcmp(argv[1], worlds[i].name) == 0)
			measure(worlds[i].name, worlds[i].make, worlds[i].explain);
	return 0;
}
