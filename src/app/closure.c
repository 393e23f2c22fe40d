/* SPDX-License-Identifier: Apache-2.0 */
/* The closure of all verdicts of a run, and its digest. */
#include "app/judge.h"

static int
close_row(struct kith_app_run *run, struct kith_report_row *row, bool *in, struct kith_error *err)
{
	struct kith_claim *named;
	size_t i, n = 0;
	int r;

	row->named = row->claims;
	row->n_named = row->n_claims;
	if (run->options->semantics != KITH_SEMANTICS_NATIVE || !row->n_claims)
		return KITH_OK; /* cargo-crev counts everybody */
	r = kith_policy_closure(&run->world, &row->subject, row->claims, row->n_claims,
				&row->verdict, in, err);
	if (r)
		return r;
	for (i = 0; i < row->n_claims; i++)
		n += in[i];
	if (n == row->n_claims)
		return KITH_OK;
	named = kith_arena_array(&run->arena, n + 1, sizeof(*named));
	if (!named)
		return kith_fail_nomem(err);
	row->named = named;
	row->n_named = 0;
	for (i = 0; i < row->n_claims; i++)
		if (in[i])
			named[row->n_named++] = row->claims[i];
	return KITH_OK;
}

static int
cmp_digest(const void *a, const void *b)
{
	return memcmp(a, b, KITH_DIGEST_BYTES);
}

/* Each claim once, in the order of digests: not of sources, files or packages. */
static int
digest(const struct kith_app_run *run, size_t n, struct kith_digest *ret_digest,
       struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_digest *all = kith_calloc(n + 1, sizeof(*all));
	struct kith_blake2b_state *h = kith_blake2b_new();
	size_t i, k, at = 0;

	if (!all || !h) {
		kith_blake2b_free(h);
		return kith_fail_nomem(err);
	}
	for (i = 0; i < run->project->lock->count; i++)
		for (k = 0; k < run->rows[i].n_named; k++)
			all[at++] = run->rows[i].named[k].proof;
	qsort(all, n, sizeof(*all), cmp_digest);
	kith_blake2b_start(h);
	for (i = 0; i < n; i++)
		if (!i || cmp_digest(&all[i - 1], &all[i]) != 0)
			kith_blake2b_update(h, kith_span(all[i].bytes, KITH_DIGEST_BYTES));
	kith_blake2b_finish(h, ret_digest);
	kith_blake2b_free(h);
	return KITH_OK;
}

int
kith_app_close(struct kith_app_run *run, struct kith_digest *ret_digest, struct kith_error *err)
{
	size_t count = run->project->lock->count, most = 0, n = 0, i;
	KITH_AUTO_FREE bool *in = NULL;
	int r = KITH_OK;

	for (i = 0; i < count; i++)
		most = run->rows[i].n_claims > most ? run->rows[i].n_claims : most;
	in = kith_calloc(most + 1, sizeof(*in));
	if (!in)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < count; i++) {
		r = close_row(run, &run->rows[i], in, err);
		n += run->rows[i].n_named;
	}
	return r ? r : digest(run, n, ret_digest, err);
}
