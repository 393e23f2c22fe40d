/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which review of an author is in force, and whose objections stand (verdict.md 2). One pass over
 * sorted groups: floods of reviews stay n log n. Pure.
 */
#include "policy/judge.h"

/* Whether it can be an author's newest word on a version; late ones cannot, unless they withdraw.
 */
static bool
can_be_newest(const struct review *x)
{
	return !x->silent && x->arrived &&
	       (!x->late || x->claim->rating == KITH_RATING_NEGATIVE || x->claim->empty);
}

static bool
dated(const struct review *x, const struct review *other)
{
	return other && kith_time_cmp(x->claim->date, other->claim->date) == 0;
}

static bool
newer(const struct review *x, const struct review *than)
{
	return !than || kith_time_cmp(x->claim->date, than->claim->date) > 0;
}

/* Marks newest and latest in the group of one author and version. */
static void
mark_group(const struct judge *j, struct review *g, size_t n)
{
	const struct review *newest = NULL, *latest = NULL;
	bool revoked = n && j->authors[g->author].revoked;
	size_t i;

	for (i = 0; i < n; i++) {
		if (can_be_newest(&g[i]) && newer(&g[i], newest))
			newest = &g[i];
		if (!g[i].silent && g[i].arrived && newer(&g[i], latest))
			latest = &g[i];
	}
	for (i = 0; i < n; i++) {
		g[i].newest = can_be_newest(&g[i]) && dated(&g[i], newest);
		/* what a revoked key said of other bytes is never taken back by it */
		g[i].latest = !g[i].silent && (revoked || (g[i].arrived && dated(&g[i], latest)));
	}
}

/*
 * An objection lapses only when its author speaks again of the same bytes; the group is sorted by
 * digest, newest first. A late review that is not negative takes nothing back.
 */
static void
mark_standing(const struct judge *j, struct review *g, size_t n)
{
	const struct review *over = NULL;
	bool revoked = n && j->authors[g->author].revoked;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i && (g[i].digest != g[i - 1].digest || g[i].digest == NO_DIGEST))
			over = NULL;
		g[i].standing =
		    !g[i].silent &&
		    (revoked || !over || kith_time_cmp(over->claim->date, g[i].claim->date) <= 0);
		if (!over && !g[i].silent && g[i].arrived &&
		    ((!g[i].late && !g[i].claim->withdrawn) ||
		     g[i].claim->rating == KITH_RATING_NEGATIVE))
			over = &g[i];
	}
}

/* A root's wish that one key's reviews of one version be ignored. */
struct vote {
	const struct kith_id *about;
	uint32_t version, root;
};

static int
cmp_subject(const struct vote *a, const struct vote *b)
{
	int c = memcmp(a->about->bytes, b->about->bytes, KITH_ID_BYTES);

	return c ? c : (a->version > b->version) - (a->version < b->version);
}

static int
cmp_vote(const void *pa, const void *pb)
{
	const struct vote *a = pa, *b = pb;
	int c = cmp_subject(a, b);

	return c ? c : (a->root > b->root) - (a->root < b->root);
}

static bool
overrides(const struct kith_claim *c, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i < c->n_overrides; i++)
		if (memcmp(c->overrides[i].id.bytes, id->bytes, KITH_ID_BYTES) == 0)
			return true;
	return false;
}

/* What all of a root's newest reviews of a version say to ignore, none of them a machine's. */
static void
collect_votes(const struct review *g, size_t n, struct vote *votes, size_t *n_votes)
{
	const struct review *first = NULL;
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (g[i].newest && g[i].machine)
			return;
		if (g[i].newest && !first)
			first = &g[i];
	}
	for (k = 0; first && k < first->claim->n_overrides; k++) {
		const struct kith_id *id = &first->claim->overrides[k].id;

		for (i = 0; i < n; i++)
			if (g[i].newest && !overrides(g[i].claim, id))
				break;
		if (i == n)
			votes[(*n_votes)++] = (struct vote){id, first->version, first->author};
	}
}

/* Keeps the subjects that enough roots voted for, one entry each. */
static size_t
carried_votes(const struct judge *j, struct vote *votes, size_t n)
{
	size_t i = 0, kept = 0;

	if (n)
		qsort(votes, n, sizeof(*votes), cmp_vote);
	while (i < n) {
		size_t first = i, roots = 0;

		for (; i < n && cmp_subject(&votes[first], &votes[i]) == 0; i++)
			roots += i == first || votes[i].root != votes[i - 1].root;
		if (roots >= j->people->threshold)
			votes[kept++] = votes[first];
	}
	return kept;
}

/* Whether the configuration says not to listen to this claim. */
static bool
is_ignored(const struct judge *j, const struct kith_claim *c)
{
	size_t i;

	for (i = 0; i < j->world->n_ignores; i++) {
		const struct kith_claim_ignore *g = &j->world->ignores[i];

		if (memcmp(g->by.bytes, c->author.bytes, KITH_ID_BYTES) == 0 &&
		    kith_glob_match(g->package, c->name) &&
		    (!g->has_digest ||
		     memcmp(g->digest.bytes, c->proof.bytes, KITH_DIGEST_BYTES) == 0))
			return true;
	}
	return false;
}

static void
silence(struct judge *j, const struct vote *votes, size_t n)
{
	size_t i;

	for (i = 0; i < j->n_reviews; i++) {
		struct review *x = &j->reviews[i];
		/* exactly the named key, not the others of its actor */
		struct vote key = {&x->claim->author, x->version, 0};
		size_t lo = 0, hi = n;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (cmp_subject(&votes[mid], &key) < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		x->silent =
		    (lo < n && cmp_subject(&votes[lo], &key) == 0) || is_ignored(j, x->claim);
	}
}

int
judge_force(struct judge *j, struct kith_error *err)
{
	size_t i, end, n_votes = 0, most = 0;
	struct vote *votes;

	for (i = 0; i < j->n_reviews; i++)
		if (j->authors[j->reviews[i].author].root)
			most += j->reviews[i].claim->n_overrides;
	votes = kith_arena_array(&j->scratch, most + 1, sizeof(*votes));
	if (!votes)
		return kith_fail_nomem(err);
	for (i = 0; most && i < j->n_reviews; i = end) {
		end = judge_group_end(j, i);
		mark_group(j, &j->reviews[i], end - i);
		if (j->authors[j->reviews[i].author].root)
			collect_votes(&j->reviews[i], end - i, votes, &n_votes);
	}
	silence(j, votes, carried_votes(j, votes, n_votes));
	for (i = 0; i < j->n_reviews; i = end) {
		end = judge_group_end(j, i);
		mark_group(j, &j->reviews[i], end - i);
		mark_standing(j, &j->reviews[i], end - i);
	}
	return KITH_OK;
}
