/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews of the index as claims. Arrays come from the caller's arena, bytes from the index. */
#include "crypto/crypto.h"
#include "index/record.h"

static bool
set_overrides(struct kith_claim *x, const struct kith_proof *p, struct kith_arena *arena)
{
	struct kith_claim_override *list;
	size_t i;

	if (!p->n_overrides)
		return true;
	list = kith_arena_array(arena, p->n_overrides, sizeof(*list));
	if (!list)
		return false;
	for (i = 0; i < p->n_overrides; i++)
		list[i].id = p->overrides[i].id;
	x->overrides = list;
	x->n_overrides = p->n_overrides;
	return true;
}

static bool
set_places(const struct kith_index *ix, struct kith_claim *x, const struct index_record *record,
	   struct kith_arena *arena)
{
	struct kith_place *list = kith_arena_array(arena, record->n_places, sizeof(*list));
	size_t i;

	if (!list)
		return false;
	for (i = 0; i < record->n_places; i++)
		if (!kith_index_read_place(ix, record->places, i, &list[i]))
			return false;
	x->places = list;
	x->n_places = record->n_places;
	return true;
}

static void
set_proof(struct kith_claim *x, const struct index_record *record)
{
	const struct kith_proof *p = &record->proof;

	x->author = p->from.id;
	x->date = p->date;
	x->proof = p->digest;
	x->order = record->number;
	x->has_previous = record->flags & INDEX_PROOF_LATER;
	x->previous.sec = record->previous;
	x->gone = record->flags & INDEX_PROOF_GONE;
	x->withdrawn = record->flags & INDEX_PROOF_WITHDRAWN;
	x->source = p->package.source;
	x->version = p->package.version;
	x->digest = p->package.digest;
	x->has_digest = p->package.digest_valid;
	x->has_base = p->has_base;
	x->base_version = p->base.version;
	x->base_digest = p->base.digest;
	x->has_base_digest = p->base.digest_valid;
}

static void
set_review(struct kith_claim *x, const struct index_record *record)
{
	const struct kith_proof *p = &record->proof;

	x->thoroughness = p->thoroughness;
	x->understanding = p->understanding;
	x->rating = p->rating;
	x->empty = record->review_flags & INDEX_REVIEW_EMPTY;
	x->unmaintained = p->unmaintained;
	x->has_llm = p->has_llm;
	x->llm_human_guided = p->llm_human_guided;
	x->llm_model = p->llm_model;
	x->llm_version = p->llm_version;
	x->issues = p->issues;
	x->n_issues = p->n_issues;
	x->advisories = p->advisories;
	x->n_advisories = p->n_advisories;
	x->alternatives = p->alternatives;
	x->n_alternatives = p->n_alternatives;
	x->comment = p->comment;
}

/* The cursor is left behind the record. */
static bool
read_claim(struct index_cursor *c, enum kith_ecosystem eco, struct kith_span name,
	   struct kith_arena *arena, struct kith_claim *out)
{
	struct kith_claim x = {.kind = KITH_CLAIM_REVIEW, .is_signed = true};
	struct index_record record;

	if (!kith_index_read_record(c, arena, &record) || record.proof.kind != KITH_PROOF_REVIEW)
		return false;
	x.eco = eco;
	x.name = name;
	set_proof(&x, &record);
	set_review(&x, &record);
	if (!set_overrides(&x, &record.proof, arena) || !set_places(c->ix, &x, &record, arena))
		return false;
	*out = x;
	return true;
}

/* First name that is not less than (eco, name). */
static size_t
find_name(const struct kith_index *ix, enum kith_ecosystem eco, struct kith_span name)
{
	size_t lo = 0, hi = kith_index_count_names(ix), mid, n;
	enum kith_ecosystem e;
	struct kith_span s;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (!kith_index_name_at(ix, mid, &e, &s, &n))
			return kith_index_count_names(ix);
		if (e < eco || (e == eco && kith_span_cmp(s, name) < 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int
kith_index_claims(const struct kith_index *ix, enum kith_ecosystem eco, struct kith_span name,
		  struct kith_arena *arena, const struct kith_claim **ret_claims, size_t *ret_count,
		  struct kith_error *err)
{
	size_t at = find_name(ix, eco, name), n = 0, i;
	enum kith_ecosystem found_eco;
	struct kith_claim *list;
	struct kith_span found;
	struct index_cursor c;
	uint32_t offset, len;

	if (!kith_index_name_at(ix, at, &found_eco, &found, &n) || found_eco != eco ||
	    !kith_span_eq(found, name)) {
		if (kith_index_is_damaged(ix))
			return kith_index_fail(err);
		*ret_claims = NULL;
		*ret_count = 0;
		return KITH_OK;
	}
	c = kith_index_row(ix, SECTION_NAMES, at);
	kith_index_skip(&c, 12);
	offset = kith_index_u32(&c);
	len = kith_index_u32(&c);
	if (c.bad || n > len / INDEX_RECORD_HEAD)
		return kith_index_fail(err);
	c = kith_index_bytes(ix, SECTION_RECORDS, offset, len);
	list = kith_arena_array(arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		if (!read_claim(&c, eco, found, arena, &list[i]))
			return arena->failed ? kith_fail_nomem(err) : kith_index_fail(err);
	*ret_claims = list;
	*ret_count = n;
	return KITH_OK;
}

static bool
read_by_number(const struct kith_index *ix, uint32_t proof, struct kith_arena *arena,
	       struct kith_claim *out)
{
	struct index_cursor c = kith_index_proof_record(ix, proof), again = c;
	struct index_record record;
	enum kith_ecosystem eco;
	struct kith_span name;
	size_t n;

	return kith_index_read_record(&again, arena, &record) &&
	       kith_index_name_at(ix, record.name, &eco, &name, &n) &&
	       read_claim(&c, eco, name, arena, out);
}

/* Digests that begin alike follow one another: somebody may have chosen them so. */
int
kith_index_claims_by_digest(const struct kith_index *ix, const struct kith_digest *digest,
			    struct kith_arena *arena, const struct kith_claim **ret_claims,
			    size_t *ret_count, struct kith_error *err)
{
	size_t first = kith_index_lower_bound(ix, SECTION_DIGESTS, digest->bytes, 8), end, n = 0;
	struct kith_claim *list, x;
	struct index_cursor c;

	for (end = first;; end++) {
		c = kith_index_row(ix, SECTION_DIGESTS, end);
		if (c.bad || memcmp(c.p, digest->bytes, 8) != 0)
			break;
	}
	if (kith_index_is_damaged(ix))
		return kith_index_fail(err);
	list = kith_arena_array(arena, end - first, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (; first < end; first++) {
		c = kith_index_row(ix, SECTION_DIGESTS, first);
		kith_index_skip(&c, 8);
		if (!read_by_number(ix, kith_index_u32(&c), arena, &x))
			return kith_index_fail(err);
		if (x.has_digest && kith_digest_eq(&x.digest, digest))
			list[n++] = x;
	}
	*ret_claims = list;
	*ret_count = n;
	return KITH_OK;
}
