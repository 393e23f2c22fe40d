/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vet-set FILE…: one TSV line an audit set as kith reads foreign ones: file, criteria, full audits,
 * deltas, violations, vouches, claims, entries left out; what was left out goes to stderr.
 */
#include "cases/cases.h"
#include "evidence/vet_claims.h"

static int
look(const char *path, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *c = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_vet_claims_of of = {.name = KITH_SPAN_LIT("set")};
	struct kith_claim *claims = NULL;
	size_t n = 0, i, full = 0, delta = 0, violation = 0, vouch = 0;
	int r;

	kith_arena_init(&arena, KITH_MIB(512));
	r = kith_vet_read_audits(cases_read(path), KITH_VET_LENIENT, &f, err);
	if (r)
		return r;
	of.set = &f->set;
	if ((r = kith_vet_claimer_new(&of, &c, err)) ||
	    (r = kith_vet_claimer_claims(c, KITH_SPAN_NONE, &arena, &claims, &n, err)))
		return r;
	for (i = 0; i < n; i++) {
		full += claims[i].kind == KITH_CLAIM_AUDIT && !claims[i].has_base;
		delta += claims[i].has_base;
		violation += claims[i].kind == KITH_CLAIM_VIOLATION;
		vouch += claims[i].kind == KITH_CLAIM_VOUCH;
	}
	printf("%s\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\t%zu\n", path, f->set.n_criteria, full, delta,
	       violation, vouch, n, f->refusals.count + f->refusals.more);
	for (i = 0; i < f->refusals.count; i++)
		fprintf(stderr, "%s: %s\n", path, f->refusals.items[i].why);
	return KITH_OK;
}

int
cases_vet_set(int argc, char **argv)
{
	struct kith_error err;
	int i, failed = 0;

	for (i = 0; i < argc; i++) {
		if (!look(argv[i], &err))
			continue;
		fprintf(stderr, "%s: %s\n", argv[i], err.msg);
		failed = 1;
	}
	return failed;
}
