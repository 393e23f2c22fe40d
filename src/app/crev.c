/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-crev's own answer for every package (verdict.md 9). */
#include "app/judge.h"

struct by_digest {
	struct kith_index *index;
};

static int
find_by_digest(void *ctx, const struct kith_digest *digest, struct kith_arena *arena,
	       const struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	const struct by_digest *d = ctx;

	return kith_index_claims_by_digest(d->index, digest, arena, ret_claims, ret_count, err);
}

int
kith_app_crev_reach(const struct kith_app_run *run, bool *ret_reached, struct kith_error *err)
{
	const struct kith_lock *lock = run->project->lock;
	size_t i;

	(void)err;
	/*
	 * cargo-crev looks at what normal dependencies reach. Without --dev-dependencies a package
	 * that is known to be needed otherwise only is left out; one whose kind is not known stays.
	 */
	for (i = 0; i < lock->count; i++)
		ret_reached[i] = run->options->crev.dev_dependencies || !lock->packages[i].kinds ||
				 (lock->packages[i].kinds & KITH_KIND_NORMAL) ||
				 lock->packages[i].local;
	return KITH_OK;
}

static int
judge_one(struct kith_app_run *run, struct kith_report_row *row, struct kith_error *err)
{
	struct by_digest d = {run->index};
	struct kith_crev_row *out = kith_arena_alloc(&run->arena, sizeof(*out));
	const struct kith_crev_question q = {
	    .trust = run->trust,
	    .options = &run->crev,
	    .source = KITH_SPAN_LIT(KITH_CRATES_IO),
	    .name = row->package->name,
	    .version = row->package->version,
	    .local = row->package->origin != KITH_ORIGIN_REGISTRY,
	    .has_digest = row->subject.has_digest && !row->subject.mismatch,
	    .digest = row->subject.digest,
	    .claims = row->claims,
	    .n_claims = row->n_claims,
	    .by_digest = find_by_digest,
	    .by_digest_ctx = &d,
	};
	int r;

	if (!out)
		return kith_fail_nomem(err);
	r = kith_crev_judge(&q, &run->arena, out, err);
	if (r)
		return r;
	row->crev = out;
	row->crev_status = out->status;
	return KITH_OK;
}

/* Who needs each package: users[first[i]] … users[first[i + 1] - 1]. */
struct users {
	uint32_t *first, *users, *queue;
};

static int
find_users(const struct kith_lock *lock, struct users *u, struct kith_error *err)
{
	size_t i, j, n = 0;

	for (i = 0; i < lock->count; i++)
		n += lock->packages[i].n_deps;
	u->first = kith_calloc(lock->count + 2, sizeof(*u->first));
	u->users = kith_calloc(n, sizeof(*u->users));
	u->queue = kith_calloc(lock->count, sizeof(*u->queue));
	if (!u->first || !u->users || !u->queue)
		return kith_fail_nomem(err);
	for (i = 0; i < lock->count; i++)
		for (j = 0; j < lock->packages[i].n_deps; j++)
			u->first[lock->packages[i].deps[j] + 2]++;
	for (i = 2; i < lock->count + 2; i++)
		u->first[i] += u->first[i - 1];
	for (i = 0; i < lock->count; i++)
		for (j = 0; j < lock->packages[i].n_deps; j++)
			u->users[u->first[lock->packages[i].deps[j] + 1]++] = (uint32_t)i;
	return KITH_OK;
}

/* Everybody who needs, however indirectly, a package of this status gets it if he has a better. */
static void
spread_status(struct kith_app_run *run, const struct users *u, enum kith_crev_status status)
{
	size_t n = 0, at, i, user;

	for (i = 0; i < run->project->lock->count; i++)
		if (run->rows[i].crev_status == status)
			u->queue[n++] = (uint32_t)i;
	for (at = 0; at < n; at++) {
		for (i = u->first[u->queue[at]]; i < u->first[u->queue[at] + 1]; i++) {
			user = u->users[i];
			if (run->rows[user].crev_status <= status)
				continue;
			run->rows[user].crev_status = status;
			u->queue[n++] = (uint32_t)user;
		}
	}
}

/* The status of a package is the worst of its own and of all that it needs (crev format 7.5). */
static int
spread(struct kith_app_run *run, struct kith_error *err)
{
	struct users u = {NULL, NULL, NULL};
	int r = find_users(run->project->lock, &u, err), status;

	for (status = KITH_CREV_NEGATIVE; !r && status < KITH_CREV_LOCAL; status++)
		spread_status(run, &u, (enum kith_crev_status)status);
	free(u.first);
	free(u.users);
	free(u.queue);
	return r;
}

int
kith_app_judge_crev(struct kith_app_run *run, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < run->project->lock->count; i++)
		r = judge_one(run, &run->rows[i], err);
	if (!r && run->options->crev.recursive)
		r = spread(run, err);
	return r;
}
