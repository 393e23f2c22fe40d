/* SPDX-License-Identifier: Apache-2.0 */
/* What an index knows of sources, ids, proofs and refusals. */
#include "crypto/crypto.h"
#include "index/builder.h"
#include "index/view.h"

void
kith_index_get_totals(const struct kith_index *ix, struct kith_index_totals *ret_totals)
{
	*ret_totals = ix->totals;
}

bool
kith_index_is_of(const struct kith_index *ix, const struct kith_digest *state)
{
	return kith_digest_eq(&ix->state, state);
}

size_t
kith_index_count_sources(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_SOURCES];
}

bool
kith_index_source_at(const struct kith_index *ix, size_t i, struct kith_index_source_info *ret_info)
{
	struct index_cursor c = kith_index_record(ix, SECTION_SOURCES, i);
	struct kith_index_source_info s;

	s.url = kith_index_str(&c);
	s.name = kith_index_str(&c);
	s.commit = kith_index_str(&c);
	s.own = kith_index_u32(&c) != 0;
	s.files = kith_index_u32(&c);
	s.proofs = kith_index_u32(&c);
	s.valid = kith_index_u32(&c);
	s.obsolete = kith_index_u32(&c);
	s.refused = kith_index_u32(&c);
	s.baseline = (int64_t)kith_index_u64(&c);
	s.fetched = (int64_t)kith_index_u64(&c);
	if (c.bad)
		return false;
	*ret_info = s;
	return true;
}

size_t
kith_index_count_ids(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_IDS];
}

bool
kith_index_id_at(const struct kith_index *ix, size_t i, struct kith_index_id_info *ret_info)
{
	struct index_cursor c = kith_index_record(ix, SECTION_IDS, i);
	struct kith_index_id_info x;
	unsigned flags;

	kith_index_bytes32(&c, x.id.bytes);
	x.url = kith_index_str(&c);
	x.other_url = kith_index_str(&c);
	kith_index_time(&c);
	flags = kith_index_u32(&c);
	x.says_url = flags & INDEX_ID_SELF_URL;
	x.proved = flags & INDEX_ID_PROVED;
	x.own = flags & INDEX_ID_OWN;
	x.reviews = kith_index_u32(&c);
	x.trusts = kith_index_u32(&c);
	if (c.bad)
		return false;
	*ret_info = x;
	return true;
}

bool
kith_index_find_id(const struct kith_index *ix, const struct kith_id *id, size_t *ret_i)
{
	size_t i = kith_index_lower_bound(ix, SECTION_IDS, id->bytes);
	struct index_cursor c = kith_index_record(ix, SECTION_IDS, i);

	if (c.bad || memcmp(c.p, id->bytes, KITH_ID_BYTES) != 0)
		return false;
	*ret_i = i;
	return true;
}

size_t
kith_index_count_names(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_NAMES];
}

bool
kith_index_name_at(const struct kith_index *ix, size_t i, enum kith_ecosystem *ret_eco,
		   struct kith_span *ret_name, size_t *ret_reviews)
{
	struct index_cursor c = kith_index_record(ix, SECTION_NAMES, i);
	struct kith_span name = kith_index_str(&c);
	uint32_t eco = kith_index_u32(&c), count;

	kith_index_u32(&c);
	count = kith_index_u32(&c);
	if (c.bad || eco >= KITH_ECO_COUNT)
		return false;
	*ret_eco = (enum kith_ecosystem)eco;
	*ret_name = name;
	*ret_reviews = count;
	return true;
}

size_t
kith_index_count_proofs(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_PROOFS];
}

bool
kith_index_proof_at(const struct kith_index *ix, size_t i, struct kith_index_proof_info *ret_info)
{
	struct index_cursor c = kith_index_record(ix, SECTION_PROOFS, i), blob, id;
	struct kith_index_proof_info x = {0};
	uint32_t kind, level, offset, len, flags;
	uint8_t checked[32];

	kith_index_bytes32(&c, x.digest.bytes);
	kith_index_bytes32(&c, checked);
	kind = kith_index_u32(&c);
	level = kith_index_u32(&c);
	kith_index_u32(&c);
	x.date = kith_index_time(&c);
	offset = kith_index_u32(&c);
	len = kith_index_u32(&c);
	x.first_place = kith_index_u32(&c);
	x.n_places = kith_index_u32(&c);
	id = kith_index_record(ix, SECTION_IDS, kith_index_u32(&c));
	kith_index_bytes32(&id, x.author.bytes);
	flags = kith_index_u32(&c);
	x.gone = flags & INDEX_PROOF_GONE;
	x.withdrawn = flags & INDEX_PROOF_WITHDRAWN;
	x.has_previous = flags & INDEX_PROOF_LATER;
	x.previous = (int64_t)kith_index_u64(&c);
	x.seen = (int64_t)kith_index_u64(&c);
	blob = kith_index_blob(ix, offset, len);
	x.comment = kith_index_text(&blob);
	if (c.bad || id.bad || blob.bad || kind > KITH_PROOF_UNKNOWN || level >= KITH_LEVEL_COUNT)
		return false;
	x.kind = (enum kith_proof_kind)kind;
	x.level = (enum kith_level)level;
	*ret_info = x;
	return true;
}

bool
kith_index_find_proof(const struct kith_index *ix, const struct kith_digest *digest, size_t *ret_i)
{
	size_t i = kith_index_lower_bound(ix, SECTION_PROOFS, digest->bytes);
	struct index_cursor c = kith_index_record(ix, SECTION_PROOFS, i);

	if (c.bad || memcmp(c.p, digest->bytes, KITH_DIGEST_BYTES) != 0)
		return false;
	*ret_i = i;
	return true;
}

bool
kith_index_find_order(const struct kith_index *ix, uint64_t order, size_t *ret_i)
{
	struct index_cursor c =
	    kith_index_record(ix, SECTION_ORDER, order < SIZE_MAX ? (size_t)order : SIZE_MAX);
	uint32_t i = kith_index_u32(&c);

	if (c.bad || i == INDEX_NO_PROOF)
		return false;
	*ret_i = i;
	return true;
}

bool
kith_index_verified_before(const struct kith_index *old, const struct kith_digest *body,
			   const struct kith_digest *checked)
{
	struct index_cursor c;
	size_t i;

	if (!kith_index_find_proof(old, body, &i))
		return false;
	c = kith_index_record(old, SECTION_PROOFS, i);
	return !c.bad && memcmp(c.p + KITH_DIGEST_BYTES, checked->bytes, KITH_DIGEST_BYTES) == 0;
}

bool
kith_index_place_at(const struct kith_index *ix, size_t i, struct kith_place *ret_place)
{
	struct index_cursor c = kith_index_record(ix, SECTION_PLACES, i);
	struct kith_index_source_info source;
	struct kith_place p;

	if (!kith_index_source_at(ix, kith_index_u32(&c), &source))
		return false;
	p.source = source.name;
	p.commit = source.commit;
	p.path = kith_index_str(&c);
	p.line = kith_index_u32(&c);
	if (c.bad)
		return false;
	*ret_place = p;
	return true;
}

size_t
kith_index_count_refused(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_REFUSED];
}

bool
kith_index_refused_at(const struct kith_index *ix, size_t i, struct kith_index_refusal *ret_refusal)
{
	struct index_cursor c = kith_index_record(ix, SECTION_REFUSED, i);
	struct kith_index_refusal x;
	uint32_t status;

	x.source = kith_index_u32(&c);
	x.path = kith_index_str(&c);
	x.line = kith_index_u32(&c);
	status = kith_index_u32(&c);
	x.cause = kith_index_str(&c);
	if (c.bad || status > KITH_PROOF_BAD_FRAME)
		return false;
	x.status = (enum kith_proof_status)status;
	*ret_refusal = x;
	return true;
}
