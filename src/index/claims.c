/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews of the index as claims. Arrays come from the caller's arena, bytes from the map. */
#include "index/view.h"

static int
damaged(struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "the index is damaged");
}

/* A count inside a blob cannot exceed what the blob could hold of the smallest item. */
static bool
plausible(const struct index_cursor *c, size_t n, size_t least_bytes)
{
	return !c->bad && n <= c->left / least_bytes;
}

static enum kith_level
read_level(struct index_cursor *c)
{
	uint32_t v = kith_index_u32(c);

	if (v >= KITH_LEVEL_COUNT)
		c->bad = true;
	return c->bad ? KITH_LEVEL_NONE : (enum kith_level)v;
}

static enum kith_range
read_range(struct index_cursor *c)
{
	uint32_t v = kith_index_u32(c);

	if (v > KITH_RANGE_MINOR)
		c->bad = true;
	return c->bad ? KITH_RANGE_ALL : (enum kith_range)v;
}

static bool
read_issues(struct index_cursor *c, struct kith_arena *arena, struct kith_claim *out)
{
	size_t n = kith_index_u32(c), i;
	struct kith_proof_issue *list;

	if (!n)
		return true;
	if (!plausible(c, n, 16) || !(list = kith_arena_array(arena, n, sizeof(*list))))
		return false;
	for (i = 0; i < n; i++) {
		list[i].id = kith_index_text(c);
		list[i].severity = read_level(c);
		list[i].range = read_range(c);
		list[i].comment = kith_index_text(c);
	}
	out->issues = list;
	out->n_issues = n;
	return true;
}

static bool
read_advisory(struct index_cursor *c, struct kith_arena *arena, struct kith_proof_advisory *out)
{
	size_t n = kith_index_u32(c), i;
	struct kith_span *ids;

	if (!plausible(c, n, 4) || !(ids = kith_arena_array(arena, n, sizeof(*ids))))
		return false;
	for (i = 0; i < n; i++)
		ids[i] = kith_index_text(c);
	out->ids = ids;
	out->n_ids = n;
	out->severity = read_level(c);
	out->range = read_range(c);
	out->comment = kith_index_text(c);
	return true;
}

static bool
read_advisories(struct index_cursor *c, struct kith_arena *arena, struct kith_claim *out)
{
	size_t n = kith_index_u32(c), i;
	struct kith_proof_advisory *list;

	if (!n)
		return true;
	if (!plausible(c, n, 16) || !(list = kith_arena_array(arena, n, sizeof(*list))))
		return false;
	for (i = 0; i < n; i++)
		if (!read_advisory(c, arena, &list[i]))
			return false;
	out->advisories = list;
	out->n_advisories = n;
	return true;
}

static bool
read_overrides(struct index_cursor *c, struct kith_arena *arena, struct kith_claim *out)
{
	size_t n = kith_index_u32(c), i;
	struct kith_claim_override *list;

	if (!n)
		return true;
	if (!plausible(c, n, 32) || !(list = kith_arena_array(arena, n, sizeof(*list))))
		return false;
	for (i = 0; i < n; i++)
		kith_index_bytes32(c, list[i].id.bytes);
	out->overrides = list;
	out->n_overrides = n;
	return true;
}

static bool
read_alternatives(struct index_cursor *c, struct kith_arena *arena, struct kith_claim *out)
{
	size_t n = kith_index_u32(c), i;
	struct kith_proof_alternative *list;

	if (!n)
		return true;
	if (!plausible(c, n, 8) || !(list = kith_arena_array(arena, n, sizeof(*list))))
		return false;
	for (i = 0; i < n; i++) {
		list[i].source = kith_index_text(c);
		list[i].name = kith_index_text(c);
	}
	out->alternatives = list;
	out->n_alternatives = n;
	return true;
}

static bool
read_blob(struct index_cursor *c, struct kith_arena *arena, struct kith_claim *out)
{
	out->comment = kith_index_text(c);
	out->base_version = kith_index_text(c);
	kith_index_bytes32(c, out->base_digest.bytes);
	if (!read_issues(c, arena, out) || !read_advisories(c, arena, out) ||
	    !read_overrides(c, arena, out) || !read_alternatives(c, arena, out))
		return false;
	out->llm_model = kith_index_text(c);
	out->llm_version = kith_index_text(c);
	return !c->bad;
}

static void
set_flags(struct kith_claim *x, unsigned flags)
{
	x->has_digest = flags & INDEX_REVIEW_DIGEST;
	x->has_base = flags & INDEX_REVIEW_BASE;
	x->has_base_digest = flags & INDEX_REVIEW_BASE_DIGEST;
	x->empty = flags & INDEX_REVIEW_EMPTY;
	x->unmaintained = flags & INDEX_REVIEW_UNMAINTAINED;
	x->has_llm = flags & INDEX_REVIEW_LLM;
	x->llm_human_guided = flags & INDEX_REVIEW_LLM_HUMAN;
}

static bool
set_levels(struct kith_claim *x, uint32_t packed)
{
	uint32_t t = packed & 0xff, u = packed >> 8 & 0xff, r = packed >> 16 & 0xff;

	if (t >= KITH_LEVEL_COUNT || u >= KITH_LEVEL_COUNT || r >= KITH_RATING_COUNT)
		return false;
	x->thoroughness = (enum kith_level)t;
	x->understanding = (enum kith_level)u;
	x->rating = (enum kith_rating)r;
	return true;
}

/* The proof behind a review: its digest, and every place where it was found. */
static bool
set_proof(const struct kith_index *ix, uint32_t order, struct kith_arena *arena,
	  struct kith_claim *x)
{
	struct index_cursor c = kith_index_record(ix, SECTION_ORDER, order);
	struct kith_index_proof_info proof;
	struct kith_place *places;
	size_t i;

	x->order = order;
	if (!kith_index_proof_at(ix, kith_index_u32(&c), &proof))
		return false;
	x->proof = proof.digest;
	x->gone = proof.gone;
	x->withdrawn = proof.withdrawn;
	x->has_previous = proof.has_previous;
	x->previous.sec = proof.previous;
	if (proof.n_places > ix->count[SECTION_PLACES])
		return false;
	places = kith_arena_array(arena, proof.n_places, sizeof(*places));
	if (!places)
		return false;
	for (i = 0; i < proof.n_places; i++)
		if (!kith_index_place_at(ix, proof.first_place + i, &places[i]))
			return false;
	x->places = places;
	x->n_places = proof.n_places;
	return true;
}

static bool
read_claim(const struct kith_index *ix, size_t i, struct kith_arena *arena, struct kith_claim *out)
{
	struct index_cursor c = kith_index_record(ix, SECTION_REVIEWS, i), blob;
	struct kith_claim x = {.kind = KITH_CLAIM_REVIEW, .is_signed = true};
	uint32_t offset, len, levels, name, order;
	size_t reviews;

	name = kith_index_u32(&c);
	kith_index_bytes32(&c, x.author.bytes);
	x.version = kith_index_str(&c);
	x.source = kith_index_str(&c);
	offset = kith_index_u32(&c);
	len = kith_index_u32(&c);
	set_flags(&x, kith_index_u32(&c));
	levels = kith_index_u32(&c);
	x.date = kith_index_time(&c);
	order = kith_index_u32(&c);
	kith_index_bytes32(&c, x.digest.bytes);
	if (c.bad || !set_levels(&x, levels) ||
	    !kith_index_name_at(ix, name, &x.eco, &x.name, &reviews))
		return false;
	blob = kith_index_blob(ix, offset, len);
	if (!read_blob(&blob, arena, &x) || !set_proof(ix, order, arena, &x))
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
	size_t at = find_name(ix, eco, name), n = 0, i, first;
	enum kith_ecosystem found_eco;
	struct kith_span found;
	struct index_cursor c;
	struct kith_claim *list;

	if (!kith_index_name_at(ix, at, &found_eco, &found, &n) || found_eco != eco ||
	    !kith_span_eq(found, name)) {
		*ret_claims = NULL;
		*ret_count = 0;
		return KITH_OK;
	}
	c = kith_index_record(ix, SECTION_NAMES, at);
	kith_index_str(&c);
	kith_index_u32(&c);
	first = kith_index_u32(&c);
	if (c.bad || n > ix->count[SECTION_REVIEWS])
		return damaged(err);
	list = kith_arena_array(arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		if (!read_claim(ix, first + i, arena, &list[i]))
			return damaged(err);
	*ret_claims = list;
	*ret_count = n;
	return KITH_OK;
}

int
kith_index_claims_by_digest(const struct kith_index *ix, const struct kith_digest *digest,
			    struct kith_arena *arena, const struct kith_claim **ret_claims,
			    size_t *ret_count, struct kith_error *err)
{
	size_t first = kith_index_lower_bound(ix, SECTION_DIGESTS, digest->bytes), n = 0, i;
	struct kith_claim *list;
	struct index_cursor c;

	for (;; n++) {
		c = kith_index_record(ix, SECTION_DIGESTS, first + n);
		if (c.bad || memcmp(c.p, digest->bytes, KITH_DIGEST_BYTES) != 0)
			break;
	}
	list = kith_arena_array(arena, n, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		uint8_t skip[32];

		c = kith_index_record(ix, SECTION_DIGESTS, first + i);
		kith_index_bytes32(&c, skip);
		if (!read_claim(ix, kith_index_u32(&c), arena, &list[i]))
			return damaged(err);
	}
	*ret_claims = list;
	*ret_count = n;
	return KITH_OK;
}
