/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo-crev's statuses, bit for bit where its answer is defined. Where its own is arbitrary (one
 * author with reviews of the same bytes under two names) the worst rating is taken. Pure.
 */
#include "policy/crev.h"

const struct kith_crev_options kith_crev_options_default = {KITH_LEVEL_LOW, KITH_LEVEL_NONE,
							    KITH_LEVEL_NONE, 1, false};

const char *
kith_crev_status_name(enum kith_crev_status s)
{
	static const char *const names[] = {"warn", "none", "pass", "local"};

	return names[s];
}

/* A claim and its place in the caller's order, which decides where dates are equal. */
struct item {
	const struct kith_claim *claim;
	size_t order;
};

struct items {
	struct item *at;
	size_t n;
};

static void
items_clear(struct items *s)
{
	free(s->at);
}

static int
cmp_subject(const struct kith_claim *a, const struct kith_claim *b)
{
	int c = kith_span_cmp(a->source, b->source);

	if (!c)
		c = kith_span_cmp(a->name, b->name);
	return c ? c : kith_span_cmp(a->version, b->version);
}

/* By author and subject; the one in force first. */
static int
cmp_item(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int c = memcmp(a->claim->author.bytes, b->claim->author.bytes, KITH_ID_BYTES);

	if (!c)
		c = cmp_subject(a->claim, b->claim);
	if (!c)
		c = kith_time_cmp(b->claim->date, a->claim->date);
	if (!c)
		c = (b->claim->order > a->claim->order) - (b->claim->order < a->claim->order);
	return c ? c : (a->order > b->order) - (a->order < b->order);
}

static bool
same_author(const struct kith_claim *a, const struct kith_claim *b)
{
	return memcmp(a->author.bytes, b->author.bytes, KITH_ID_BYTES) == 0;
}

/* Sorts, and keeps one review of each author and subject: the latest. */
static void
items_latest(struct items *s)
{
	size_t i, n = 0;

	if (s->n)
		qsort(s->at, s->n, sizeof(*s->at), cmp_item);
	for (i = 0; i < s->n; i++)
		if (!n || !same_author(s->at[n - 1].claim, s->at[i].claim) ||
		    cmp_subject(s->at[n - 1].claim, s->at[i].claim) != 0)
			s->at[n++] = s->at[i];
	s->n = n;
}

static bool
names_digest(const struct kith_claim *c, const struct kith_digest *d)
{
	return c->has_digest && memcmp(c->digest.bytes, d->bytes, KITH_DIGEST_BYTES) == 0;
}

/* All reviews of the asked source and name. */
static int
collect_name(const struct kith_crev_question *q, struct items *ret, struct kith_error *err)
{
	size_t i, k = 0;
	struct item *at = kith_calloc(q->n_claims + 1, sizeof(*at));

	if (!at)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_claims; i++) {
		const struct kith_claim *c = &q->claims[i];

		if (c->kind == KITH_CLAIM_REVIEW && !c->gone &&
		    kith_span_eq(c->source, q->source) && kith_span_eq(c->name, q->name))
			at[k++] = (struct item){c, i};
	}
	ret->at = at;
	ret->n = k;
	items_latest(ret);
	return KITH_OK;
}

static int
cmp_digest(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	int c = memcmp(a->claim->digest.bytes, b->claim->digest.bytes, KITH_DIGEST_BYTES);

	return c ? c : (a->order > b->order) - (a->order < b->order);
}

/* The question with the caller's claims in digest order, so that many versions stay n log n. */
struct run {
	const struct kith_crev_question *q;
	struct kith_arena *arena;
	struct items sorted;
};

static void
run_clear(struct run *run)
{
	items_clear(&run->sorted);
}

static int
run_init(struct run *run, struct kith_error *err)
{
	const struct kith_crev_question *q = run->q;
	struct item *at;
	size_t i, k = 0;

	if (q->by_digest)
		return KITH_OK;
	at = run->sorted.at = kith_calloc(q->n_claims + 1, sizeof(*at));
	if (!at)
		return kith_fail_nomem(err);
	for (i = 0; i < q->n_claims; i++)
		if (q->claims[i].kind == KITH_CLAIM_REVIEW && !q->claims[i].gone &&
		    q->claims[i].has_digest)
			at[k++] = (struct item){&q->claims[i], i};
	run->sorted.n = k;
	if (k)
		qsort(at, k, sizeof(*at), cmp_digest);
	return KITH_OK;
}

/* Copies the reviews of `digest` out of the sorted ones. */
static int
collect_sorted(const struct run *run, const struct kith_digest *digest, struct items *ret,
	       struct kith_error *err)
{
	const struct items *s = &run->sorted;
	size_t lo = 0, hi = s->n, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(s->at[mid].claim->digest.bytes, digest->bytes, KITH_DIGEST_BYTES) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < s->n && names_digest(s->at[lo + n].claim, digest))
		n++;
	ret->at = kith_calloc(n + 1, sizeof(*ret->at));
	if (!ret->at)
		return kith_fail_nomem(err);
	if (n)
		memcpy(ret->at, s->at + lo, n * sizeof(*ret->at));
	ret->n = n;
	items_latest(ret);
	return KITH_OK;
}

static int
collect_digest(const struct run *run, const struct kith_digest *digest, struct items *ret,
	       struct kith_error *err)
{
	const struct kith_crev_question *q = run->q;
	const struct kith_claim *claims = NULL;
	size_t i, n = 0;
	int r;

	if (!q->by_digest)
		return collect_sorted(run, digest, ret, err);
	r = q->by_digest(q->by_digest_ctx, digest, run->arena, &claims, &n, err);
	if (r)
		return r;
	ret->at = kith_calloc(n + 1, sizeof(*ret->at));
	if (!ret->at)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		if (claims[i].kind == KITH_CLAIM_REVIEW && !claims[i].gone &&
		    names_digest(&claims[i], digest))
			ret->at[ret->n++] = (struct item){&claims[i], i};
	items_latest(ret);
	return KITH_OK;
}

static enum kith_level
level_of(const struct kith_crev_question *q, const struct kith_id *id)
{
	enum kith_level approve, object;

	kith_trust_level(q->trust, id, &approve, &object);
	return approve;
}

/* Whether somebody who stands higher than the author says to ignore this review (7.5). */
static bool
overridden(const struct kith_crev_question *q, const struct kith_claim *c, struct kith_buf *key)
{
	kith_buf_reset(key);
	kith_claim_put_subject(key, c->source, c->name, c->version);
	return kith_trust_review_override(q->trust, &c->author, kith_buf_span(key)) >
	       level_of(q, &c->author);
}

/* Of an author's reviews of these bytes under several names the one with the worst rating. */
static const struct kith_claim *
worst_of_author(const struct kith_crev_question *q, const struct items *s, size_t *pos,
		struct kith_buf *key)
{
	const struct kith_claim *first = s->at[*pos].claim, *worst = NULL;

	for (; *pos < s->n && same_author(first, s->at[*pos].claim); ++*pos) {
		const struct kith_claim *c = s->at[*pos].claim;

		if (!overridden(q, c, key) && (!worst || c->rating < worst->rating))
			worst = c;
	}
	return worst;
}

struct count {
	size_t positive, negative;
};

static enum kith_crev_status
count_reviews(const struct kith_crev_question *q, const struct items *s, struct kith_buf *key,
	      struct count *ret)
{
	const struct kith_crev_options *o = q->options ? q->options : &kith_crev_options_default;
	size_t i = 0;

	*ret = (struct count){0, 0};
	while (i < s->n) {
		const struct kith_claim *c = worst_of_author(q, s, &i, key);

		if (!c || !kith_trust_member(q->trust, &c->author, NULL) ||
		    (o->ignore_llm && c->has_llm))
			continue;
		if (c->rating == KITH_RATING_NEGATIVE)
			ret->negative++;
		else if (!c->empty && c->thoroughness >= o->thoroughness &&
			 c->understanding >= o->understanding &&
			 level_of(q, &c->author) >= o->level)
			ret->positive++;
	}
	if (ret->negative)
		return KITH_CREV_NEGATIVE;
	return ret->positive >= o->redundancy ? KITH_CREV_VERIFIED : KITH_CREV_INSUFFICIENT;
}

static int
status_of(const struct run *run, const struct kith_digest *digest, struct count *ret_count,
	  enum kith_crev_status *ret_status, struct kith_error *err)
{
	KITH_CLEANUP(items_clear) struct items s = {NULL, 0};
	KITH_AUTO_BUF struct kith_buf key;
	int r;

	kith_buf_init(&key, KITH_MAX_PROOF_BODY + 64);
	r = collect_digest(run, digest, &s, err);
	if (r)
		return r;
	*ret_status = count_reviews(run->q, &s, &key, ret_count);
	return kith_buf_check(&key, err);
}

/* A reviewed version and the bytes that were reviewed. */
struct seen {
	struct kith_semver v;
	const struct kith_claim *claim;
};

/* Greatest version first; equal ones by digest, so that each pair is judged once. */
static int
cmp_seen(const void *pa, const void *pb)
{
	const struct seen *a = pa, *b = pb;
	int c = kith_semver_cmp_total(&b->v, &a->v);

	return c ? c : memcmp(a->claim->digest.bytes, b->claim->digest.bytes, KITH_DIGEST_BYTES);
}

static int
latest_verified(const struct run *run, struct seen *seen, size_t n, const struct seen **ret_seen,
		struct kith_error *err)
{
	KITH_AUTO_MAP struct kith_map done;
	size_t i;

	*ret_seen = NULL;
	kith_map_init(&done, NULL);
	if (n)
		qsort(seen, n, sizeof(*seen), cmp_seen);
	for (i = 0; i < n; i++) {
		const struct kith_digest *d = &seen[i].claim->digest;
		enum kith_crev_status status;
		struct count count;
		bool added;
		int r = kith_map_add(&done, kith_span(d->bytes, sizeof(d->bytes)), 0, NULL, &added,
				     err);

		if (!r && !added)
			continue;
		if (!r)
			r = status_of(run, d, &count, &status, err);
		if (r)
			return r;
		if (status == KITH_CREV_VERIFIED) {
			*ret_seen = &seen[i];
			return KITH_OK;
		}
	}
	return KITH_OK;
}

static int
find_latest(const struct run *run, const struct items *all, struct kith_crev_row *row,
	    struct kith_error *err)
{
	KITH_AUTO_FREE struct seen *seen = kith_calloc(all->n + 1, sizeof(*seen));
	const struct seen *found;
	struct kith_semver own;
	size_t i, n = 0;
	int c;

	if (!seen)
		return kith_fail_nomem(err);
	for (i = 0; i < all->n; i++) {
		const struct kith_claim *claim = all->at[i].claim;

		seen[n].claim = claim;
		if (claim->has_digest && kith_semver_parse(claim->version, &seen[n].v))
			n++;
	}
	c = latest_verified(run, seen, n, &found, err);
	if (c || !found || !kith_semver_parse(run->q->version, &own))
		return c;
	c = kith_semver_cmp_total(&found->v, &own);
	row->latest = c == 0 ? KITH_LATEST_EQUAL : c > 0 ? KITH_LATEST_NEWER : KITH_LATEST_OLDER;
	row->latest_version = found->claim->version;
	return KITH_OK;
}

static int
find_issues(const struct kith_crev_question *q, const struct items *all, struct kith_arena *arena,
	    struct kith_crev_row *row, struct kith_error *err)
{
	const struct kith_crev_options *o = q->options ? q->options : &kith_crev_options_default;
	const struct kith_claim **claims = kith_arena_array(arena, all->n + 1, sizeof(*claims));
	uint8_t *levels = kith_arena_alloc(arena, all->n + 1);
	const struct kith_open_issue *trusted;
	size_t i;
	int r;

	if (!claims || !levels)
		return kith_fail_nomem(err);
	for (i = 0; i < all->n; i++) {
		claims[i] = all->at[i].claim;
		levels[i] = (uint8_t)level_of(q, &claims[i]->author);
	}
	r = kith_crev_open_issues(claims, levels, all->n, q->version, o->level, arena, &trusted,
				  &row->issues_trusted, err);
	if (!r)
		r = kith_crev_open_issues(claims, levels, all->n, q->version, KITH_LEVEL_NONE,
					  arena, &row->open, &row->issues_all, err);
	return r;
}

/* Flags are those of an author's latest review of any version (7.2); all[] is sorted by author. */
static bool
flagged_unmaintained(const struct kith_crev_question *q, const struct items *all)
{
	const struct item *latest = NULL;
	size_t i;

	for (i = 0; i < all->n; i++) {
		const struct item *it = &all->at[i];
		int c;

		if (latest && same_author(latest->claim, it->claim)) {
			c = kith_time_cmp(it->claim->date, latest->claim->date);
			if (c > 0 || (c == 0 && it->order < latest->order))
				latest = it;
		} else {
			latest = it;
		}
		if (i + 1 < all->n && same_author(it->claim, all->at[i + 1].claim))
			continue;
		if (latest->claim->unmaintained &&
		    kith_trust_member(q->trust, &latest->claim->author, NULL))
			return true;
	}
	return false;
}

static int
find_mismatches(const struct kith_crev_question *q, const struct items *all,
		struct kith_arena *arena, struct kith_crev_row *row, struct kith_error *err)
{
	const struct kith_claim **other = kith_arena_array(arena, all->n + 1, sizeof(*other));
	size_t i, n = 0;

	if (!other)
		return kith_fail_nomem(err);
	for (i = 0; i < all->n; i++) {
		const struct kith_claim *c = all->at[i].claim;

		if (!kith_span_eq(c->version, q->version))
			continue;
		row->reviews_version++;
		if (q->has_digest && c->has_digest && !names_digest(c, &q->digest))
			other[n++] = c;
	}
	row->mismatches = other;
	row->n_mismatches = n;
	return KITH_OK;
}

int
kith_crev_judge(const struct kith_crev_question *q, struct kith_arena *arena,
		struct kith_crev_row *ret_row, struct kith_error *err)
{
	KITH_CLEANUP(items_clear) struct items all = {NULL, 0};
	struct kith_crev_row row = {.status = KITH_CREV_INSUFFICIENT};
	KITH_CLEANUP(run_clear) struct run run = {q, arena, {NULL, 0}};
	struct count count = {0, 0};
	int r = collect_name(q, &all, err);

	if (!r)
		r = run_init(&run, err);
	if (r)
		return r;
	row.reviews_all = all.n;
	row.unmaintained = flagged_unmaintained(q, &all);
	r = find_mismatches(q, &all, arena, &row, err);
	if (!r)
		r = find_issues(q, &all, arena, &row, err);
	if (!r)
		r = find_latest(&run, &all, &row, err);
	if (!r && q->local)
		row.status = KITH_CREV_LOCAL;
	else if (!r && q->has_digest)
		r = status_of(&run, &q->digest, &count, &row.status, err);
	if (r)
		return r;
	row.positive = count.positive;
	row.negative = count.negative;
	*ret_row = row;
	return KITH_OK;
}
