/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audits FILE: reading a set as kith reads foreign ones. state TREE STORE: what
 * `verify --semantics vet` does itself: lock, manifests, store, verdict. Prints the first time,
 * which pays for fresh memory, and the median of the rest.
 */
#include <time.h>

#include "policy/vet.h"

#define ROUNDS 21

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
read_file(const char *folder, const char *name, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(folder, name);

	return path ? kith_fs_read(path, out, err) : kith_fail_nomem(err);
}

static int
run_audits(char **argv, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_MAX_TOML_BYTES);
	r = read_file("", argv[0], &text, err);
	return r ? r : kith_vet_read_audits(kith_buf_span(&text), KITH_VET_LENIENT, &f, err);
}

static int
run_state(char **argv, struct kith_error *err)
{
	KITH_CLEANUP(kith_vet_answer_freep) struct kith_vet_answer *a = NULL;
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	KITH_AUTO_PROJECT struct kith_project *p = NULL;
	KITH_AUTO_BUF struct kith_buf config, audits, imports, json;
	struct kith_vet_question q = {.today = 20700};
	int r;

	kith_buf_init(&config, KITH_MAX_TOML_BYTES);
	kith_buf_init(&audits, KITH_MAX_TOML_BYTES);
	kith_buf_init(&imports, KITH_MAX_TOML_BYTES);
	kith_buf_init(&json, KITH_MIB(64));
	if ((r = read_file(argv[1], "config.toml", &config, err)) ||
	    (r = read_file(argv[1], "audits.toml", &audits, err)) ||
	    (r = read_file(argv[1], "imports.lock", &imports, err)))
		return r;
	q.config = kith_buf_span(&config);
	q.audits = kith_buf_span(&audits);
	q.imports = kith_buf_span(&imports);
	if ((r = kith_project_open(argv[0], &p, err)) || (r = kith_vet_graph_of(p, &g, err)))
		return r;
	q.graph = g;
	r = kith_vet_judge(&q, &a, err);
	if (!r && a->conclusion == KITH_VET_ERROR)
		r = kith_fail(err, KITH_E_FORMAT, "%s", kith_vet_problem_name(a->problems[0].kind));
	return r ? r : kith_vet_put_json(a, &json, err);
}

static int
cmp_double(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

int
main(int argc, char **argv)
{
	double times[ROUNDS], from;
	struct kith_error err;
	bool state = argc == 4 && strcmp(argv[1], "state") == 0;
	size_t i;

	if (!state && !(argc == 3 && strcmp(argv[1], "audits") == 0)) {
		fputs("usage: bench_vet audits FILE | state TREE STORE\n", stderr);
		return 2;
	}
	for (i = 0; i < ROUNDS; i++) {
		from = now_ms();
		if (state ? run_state(argv + 2, &err) : run_audits(argv + 2, &err)) {
			fprintf(stderr, "bench_vet: %s\n", err.msg);
			return 1;
		}
		times[i] = now_ms() - from;
	}
	from = times[0];
	qsort(times + 1, ROUNDS - 1, sizeof(*times), cmp_double);
	printf("%-7s first %6.2f ms, median %6.2f ms  %s\n", argv[1], from, times[ROUNDS / 2],
	       argv[2]);
	return 0;
}
