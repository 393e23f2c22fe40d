/* SPDX-License-Identifier: Apache-2.0 */
/* What an index knows of sources, ids, proofs and refusals. */
#include "index/builder.h"

void
kith_index_get_totals(const struct kith_index *ix, struct kith_index_totals *ret_totals)
{
	*ret_totals = ix->totals;
}

bool
kith_index_is_of(const struct kith_index *ix, const struct kith_digest *state)
{
	return kith_tagged_is_of(ix->file, state);
}

bool
kith_index_is_damaged(const struct kith_index *ix)
{
	return kith_tagged_is_damaged(ix->file);
}

int
kith_index_fail(struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_IO, "the index is damaged"),
			 "run it again: the index is made anew then");
}

size_t
kith_index_count_sources(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_SOURCES];
}

bool
kith_index_source_at(const struct kith_index *ix, size_t i, struct kith_index_source_info *ret_info)
{
	struct index_cursor c = kith_index_row(ix, SECTION_SOURCES, i);
	struct kith_index_source_info s;

	s.url = kith_index_str(&c);
	s.name = kith_index_str(&c);
	s.commit = kith_index_str(&c);
	s.own = kith_index_u32(&c) & INDEX_SOURCE_OWN;
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
	struct index_cursor c = kith_index_row(ix, SECTION_IDS, i);
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
	size_t i = kith_index_lower_bound(ix, SECTION_IDS, id->bytes, KITH_ID_BYTES);
	struct index_cursor c = kith_index_row(ix, SECTION_IDS, i);

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
	struct index_cursor c = kith_index_row(ix, SECTION_NAMES, i);
	struct kith_span name = kith_index_str(&c);
	uint32_t eco = kith_index_u32(&c), count;

	kith_index_skip(&c, 8);
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

struct index_cursor
kith_index_proof_record(const struct kith_index *ix, size_t i)
{
	struct index_cursor c = kith_index_row(ix, SECTION_PROOFS, i);
	uint32_t at = kith_index_u32(&c), len = kith_index_u32(&c);

	return c.bad ? c : kith_index_bytes(ix, SECTION_RECORDS, at, len);
}

bool
kith_index_proof_at(const struct kith_index *ix, size_t i, struct kith_index_proof_info *ret_info)
{
	struct index_cursor c = kith_index_proof_record(ix, i);
	struct kith_index_proof_info info = {.kind = KITH_PROOF_UNKNOWN};
	struct index_record x;
	struct kith_arena arena;
	bool ok;

	kith_arena_init(&arena, KITH_MAX_YAML_BYTES * 16);
	ok = kith_index_read_record(&c, &arena, &x) && x.number == i;
	kith_arena_clear(&arena);
	if (!ok)
		return false;
	info.digest = x.proof.digest;
	info.kind = x.proof.kind;
	info.author = x.proof.from.id;
	info.date = x.proof.date;
	info.comment = x.proof.comment;
	info.level = x.proof.level;
	info.places = x.places;
	info.n_places = x.n_places;
	info.gone = x.flags & INDEX_PROOF_GONE;
	info.withdrawn = x.flags & INDEX_PROOF_WITHDRAWN;
	info.taken = x.flags & INDEX_PROOF_TAKEN;
	info.has_previous = x.flags & INDEX_PROOF_LATER;
	info.previous = x.previous;
	info.seen = x.seen;
	*ret_info = info;
	return true;
}

bool
kith_index_read_place(const struct kith_index *ix, uint64_t places, size_t i,
		      struct kith_place *ret_place)
{
	struct index_cursor c = kith_index_bytes(
	    ix, SECTION_RECORDS, places + (uint64_t)i * INDEX_RECORD_PLACE, INDEX_RECORD_PLACE);
	struct index_cursor source = kith_index_row(ix, SECTION_SOURCES, kith_index_u32(&c));
	struct kith_place p;

	kith_index_skip(&source, 8);
	p.source = kith_index_str(&source);
	p.commit = kith_index_str(&source);
	p.path = kith_index_str(&c);
	p.line = kith_index_u32(&c);
	if (c.bad || source.bad)
		return false;
	*ret_place = p;
	return true;
}

bool
kith_index_place_source(const struct kith_index *ix, const struct kith_index_proof_info *proof,
			size_t i, uint32_t *ret_source)
{
	struct index_cursor c;

	if (i >= proof->n_places)
		return false;
	c = kith_index_bytes(ix, SECTION_RECORDS, proof->places + (uint64_t)i * INDEX_RECORD_PLACE,
			     INDEX_RECORD_PLACE);
	*ret_source = kith_index_u32(&c);
	return !c.bad;
}

bool
kith_index_place_at(const struct kith_index *ix, const struct kith_index_proof_info *proof,
		    size_t i, struct kith_place *ret_place)
{
	return i < proof->n_places && kith_index_read_place(ix, proof->places, i, ret_place);
}

bool
kith_index_verified_before(const struct kith_index *old, const struct index_checked *checked)
{
	size_t i = kith_index_lower_bound(old, SECTION_CHECKED, checked->bytes, INDEX_CHECKED);
	struct index_cursor c = kith_index_row(old, SECTION_CHECKED, i);

	return !c.bad && memcmp(c.p, checked->bytes, INDEX_CHECKED) == 0;
}

size_t
kith_index_count_refused(const struct kith_index *ix)
{
	return (size_t)ix->count[SECTION_REFUSED];
}

bool
kith_index_refused_at(const struct kith_index *ix, size_t i, struct kith_index_refusal *ret_refusal)
{
	struct index_cursor c = kith_index_row(ix, SECTION_REFUSED, i);
	struct kith_index_refusal x;
	uint32_t status;

	x.source = kith_index_u32(&c);
	x.path = kith_index_str(&c);
	x.line = kith_index_u32(&c);
	status = kith_index_u32(&c);
	kith_index_skip(&c, 8);
	x.cause = kith_index_str(&c);
	if (c.bad || status > KITH_PROOF_BAD_FRAME)
		return false;
	x.status = (enum kith_proof_status)status;
	*ret_refusal = x;
	return true;
}
