/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns proofs into the builder's records, in import order: what was read just now and what comes
 * from the old index pass here alike, so that both make the same file.
 */
#include "evidence/url.h"
#include "index/builder.h"

static int
intern(struct kith_index_builder *b, struct kith_span s, struct index_str *ret_str,
       struct kith_error *err)
{
	struct kith_span key;
	size_t at;
	int r;

	if (!kith_map_get(&b->string_map, s, &at)) {
		at = b->strings.len;
		if (!kith_arena_copy(&b->keys, s, &key))
			return kith_fail_nomem(err);
		r = kith_map_add(&b->string_map, key, at, NULL, NULL, err);
		if (r)
			return r;
		kith_buf_put_span(&b->strings, s);
		r = kith_buf_check(&b->strings, err);
		if (r)
			return r;
	}
	*ret_str = (struct index_str){(uint32_t)at, (uint32_t)s.len};
	return KITH_OK;
}

int
kith_index_intern(struct kith_index_builder *b, struct kith_span s, struct index_str *ret_str,
		  struct kith_error *err)
{
	struct index_memo *m = NULL;
	int r;

	if (!s.len) {
		*ret_str = (struct index_str){0, 0};
		return KITH_OK;
	}
	if (b->memo) {
		m = &b->memo[((uintptr_t)s.ptr ^ (uintptr_t)s.ptr >> 10) % INDEX_MEMO];
		if (m->ptr == s.ptr && m->str.len == s.len) {
			*ret_str = m->str;
			return KITH_OK;
		}
	}
	r = intern(b, s, ret_str, err);
	if (!r && m)
		*m = (struct index_memo){s.ptr, *ret_str};
	return r;
}

int
kith_index_take_id(struct kith_index_builder *b, const struct kith_id *id, uint32_t *ret_i,
		   struct kith_error *err)
{
	struct kith_span key = kith_span(id->bytes, sizeof(id->bytes));
	size_t at;
	int r;

	if (!kith_map_get(&b->id_map, key, &at)) {
		at = b->n_ids;
		r = INDEX_GROW(b, ids, err);
		if (r)
			return r;
		if (!kith_arena_copy(&b->keys, key, &key))
			return kith_fail_nomem(err);
		r = kith_map_add(&b->id_map, key, at, NULL, NULL, err);
		if (r)
			return r;
		b->ids[b->n_ids++] = (struct index_id){.id = *id};
	}
	*ret_i = (uint32_t)at;
	return KITH_OK;
}

static int
find_name(struct kith_index_builder *b, enum kith_ecosystem eco, struct kith_span name,
	  uint32_t *ret_i, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf key;
	struct index_name x = {.eco = eco};
	struct kith_span k;
	size_t at;
	int r;

	kith_buf_init(&key, KITH_MAX_YAML_BYTES + 1);
	kith_buf_put_char(&key, (char)eco);
	kith_buf_put_span(&key, name);
	r = kith_buf_check(&key, err);
	if (r)
		return r;
	if (!kith_map_get(&b->name_map, kith_buf_span(&key), &at)) {
		at = b->n_names;
		r = INDEX_GROW(b, names, err);
		if (!r)
			r = kith_index_intern(b, name, &x.str, err);
		if (r)
			return r;
		if (!kith_arena_copy(&b->keys, kith_buf_span(&key), &k))
			return kith_fail_nomem(err);
		r = kith_map_add(&b->name_map, k, at, NULL, NULL, err);
		if (r)
			return r;
		x.text = kith_span_sub(k, 1, SIZE_MAX);
		b->names[b->n_names++] = x;
	}
	*ret_i = (uint32_t)at;
	return KITH_OK;
}

/* --- the table of proofs --- */

static size_t
slot_of(const struct kith_index_builder *b, const struct kith_digest *digest)
{
	size_t mask = b->n_proof_slots - 1;
	size_t i =
	    (size_t)kith_siphash(b->seed, kith_span(digest->bytes, KITH_DIGEST_BYTES)) & mask;

	while (b->proof_slots[i] &&
	       memcmp(&b->proofs[b->proof_slots[i] - 1].digest, digest, sizeof(*digest)) != 0)
		i = (i + 1) & mask;
	return i;
}

bool
kith_index_builder_find(const struct kith_index_builder *b, const struct kith_digest *digest,
			uint32_t *ret_proof)
{
	uint32_t found = b->n_proof_slots ? b->proof_slots[slot_of(b, digest)] : 0;

	if (found)
		*ret_proof = found - 1;
	return found > 0;
}

static int
grow_slots(struct kith_index_builder *b, struct kith_error *err)
{
	size_t n = b->n_proof_slots ? b->n_proof_slots * 2 : 64, i;
	uint32_t *slots = kith_calloc(n, sizeof(*slots));

	if (!slots)
		return kith_fail_nomem(err);
	free(b->proof_slots);
	b->proof_slots = slots;
	b->n_proof_slots = n;
	for (i = 0; i < b->n_proofs; i++)
		b->proof_slots[slot_of(b, &b->proofs[i].digest)] = (uint32_t)i + 1;
	return KITH_OK;
}

static int
add_proof(struct kith_index_builder *b, const struct index_proof *x, struct kith_error *err)
{
	int r = INDEX_GROW(b, proofs, err);

	if (!r && (b->n_proofs + 1) * 2 > b->n_proof_slots)
		r = grow_slots(b, err);
	if (r)
		return r;
	b->proof_slots[slot_of(b, &x->digest)] = (uint32_t)b->n_proofs + 1;
	b->proofs[b->n_proofs++] = *x;
	b->totals.valid++;
	if (!kith_map_get(&b->bad_map, kith_span(x->digest.bytes, KITH_DIGEST_BYTES), NULL))
		b->totals.distinct++;
	return KITH_OK;
}

/* --- what a proof says --- */

/* Overrides in a review become entries of the trust graph (crev format 7.3, RO). */
static int
take_overrides(struct kith_index_builder *b, const struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf subject;
	size_t i;
	int r;

	kith_buf_init(&subject, KITH_MAX_YAML_BYTES * 3);
	if (!p->n_overrides)
		return KITH_OK;
	kith_claim_put_subject(&subject, p->package.source, p->package.name, p->package.version);
	r = kith_buf_check(&subject, err);
	for (i = 0; !r && i < p->n_overrides; i++) {
		struct kith_review_override o = {p->from.id, p->overrides[i].id,
						 kith_buf_span(&subject)};

		if (p->overrides[i].valid)
			r = kith_trust_builder_override(b->trust, &o, err);
	}
	return r;
}

static int
take_review(struct kith_index_builder *b, const struct kith_proof *p, struct index_proof *x,
	    struct index_tail_strings *strings, struct kith_error *err)
{
	struct index_digest d = {.proof = (uint32_t)b->n_proofs};
	size_t i;
	int r;

	r = find_name(b, KITH_ECO_CARGO, p->package.name, &x->name, err);
	if (!r)
		r = kith_index_intern(b, p->package.version, &strings->version, err);
	if (!r)
		r = kith_index_intern(b, p->package.source, &strings->source, err);
	if (!r && p->package.digest_valid)
		r = INDEX_GROW(b, digests, err);
	if (!r)
		r = take_overrides(b, p, err);
	if (r)
		return r;
	for (i = 0; i < sizeof(d.prefix); i++)
		d.prefix = d.prefix << 8 | p->package.digest.bytes[i];
	if (p->package.digest_valid)
		b->digests[b->n_digests++] = d;
	b->names[x->name].count++;
	b->ids[x->author].reviews++;
	b->totals.reviews++;
	return KITH_OK;
}

static int
take_statements(struct kith_index_builder *b, const struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_id *ignores = kith_calloc(p->n_overrides, sizeof(*ignores));
	struct kith_trust_statement s = {
	    .from = p->from.id, .level = p->level, .date = p->date, .reach = KITH_REACH_DELEGATE};
	uint32_t to;
	size_t i;
	int r = KITH_OK;

	if (!ignores)
		return kith_fail_nomem(err);
	if (p->limited) {
		s.reach = p->reach;
		s.scope = p->scope;
		s.has_until = p->has_until;
		s.until = p->until;
	}
	for (i = 0; i < p->n_overrides; i++)
		if (p->overrides[i].valid)
			ignores[s.n_ignores++] = p->overrides[i].id;
	s.ignores = ignores;
	s.place = b->n_proofs;
	for (i = 0; !r && i < p->n_ids; i++) {
		if (!p->ids[i].valid)
			continue;
		s.to = p->ids[i].id;
		r = kith_trust_builder_add(b->trust, &s, err);
		if (!r)
			r = kith_index_take_id(b, &s.to, &to, err);
		if (!r && p->ids[i].url.len && !b->ids[to].other_url.len)
			r = kith_index_intern(b, p->ids[i].url, &b->ids[to].other_url, err);
	}
	return r;
}

/*
 * Of what is gone, praise of a person is: only distrust counts on (verdict.md 11). *ret_urls, of
 * the ids, is the caller's to free.
 */
static int
take_trust(struct kith_index_builder *b, const struct index_item *item, uint32_t author,
	   struct index_str **ret_urls, struct kith_error *err)
{
	const struct kith_proof *p = item->proof;
	size_t i, n = 0;
	int r = KITH_OK;

	*ret_urls = kith_calloc(p->n_ids, sizeof(**ret_urls));
	if (!*ret_urls)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < p->n_ids; i++)
		if (p->ids[i].valid)
			r = kith_index_intern(b, p->ids[i].url, &(*ret_urls)[n++], err);
	if (r || (item->gone && p->level != KITH_LEVEL_DISTRUST))
		return r;
	b->ids[author].trusts++;
	b->totals.trusts++;
	return take_statements(b, p, err);
}

/* A body that is seen for the first time. */
static int
take_new(struct kith_index_builder *b, const struct index_item *item, struct kith_error *err)
{
	const struct kith_proof *p = item->proof;
	KITH_AUTO_FREE struct index_str *urls = NULL;
	struct index_tail_strings strings = {{0, 0}, {0, 0}, {0, 0}, NULL};
	struct index_proof x = {.digest = p->digest,
				.name = INDEX_NONE,
				.first_place = INDEX_NONE,
				.last_place = INDEX_NONE,
				.kind = (uint8_t)p->kind,
				.level = (uint8_t)p->level};
	int r;

	r = kith_index_take_id(b, &p->from.id, &x.author, err);
	if (!r)
		r = kith_index_intern(b, p->from.url, &strings.url, err);
	if (!r && p->kind == KITH_PROOF_REVIEW)
		r = take_review(b, p, &x, &strings, err);
	else if (!r && p->kind == KITH_PROOF_TRUST)
		r = take_trust(b, item, x.author, &urls, err);
	else
		b->totals.unknown += p->kind == KITH_PROOF_UNKNOWN;
	if (r)
		return r;
	strings.ids = urls;
	kith_buf_reset(&b->tail);
	kith_index_put_tail(&b->tail, p, item->review_flags, &strings);
	r = kith_buf_check(&b->tail, err);
	if (!r)
		r = kith_index_spool_put(&b->spool, kith_buf_span(&b->tail), &x.at, err);
	x.len = (uint32_t)b->tail.len;
	if (!r)
		r = INDEX_GROW(b, checked, err);
	if (r)
		return r;
	b->checked[b->n_checked++] = *item->checked;
	return add_proof(b, &x, err);
}

/* What the proof says about its author's URL, and whether this source bears it out. */
static int
take_url(struct kith_index_builder *b, uint32_t source, uint32_t author, const struct kith_proof *p,
	 struct kith_error *err)
{
	struct index_id *id = &b->ids[author];
	KITH_AUTO_BUF struct kith_buf key;
	struct kith_span k;
	bool own = b->sources[source].flags & INDEX_SOURCE_OWN;
	int r;

	kith_buf_init(&key, KITH_MAX_YAML_BYTES);
	if (own)
		id->flags |= INDEX_ID_OWN;
	if (!p->from.url.len)
		return KITH_OK;
	if (!(id->flags & INDEX_ID_SELF_URL) || kith_time_cmp(id->url_date, p->date) <= 0) {
		id->flags |= INDEX_ID_SELF_URL;
		id->url_date = p->date;
		r = kith_index_intern(b, p->from.url, &id->self_url, err);
		if (r)
			return r;
	}
	if (!own && !kith_url_same(p->from.url, b->sources[source].url))
		return KITH_OK;
	kith_buf_put(&key, id->id.bytes, KITH_ID_BYTES);
	kith_url_put_normal(&key, p->from.url);
	r = kith_buf_check(&key, err);
	if (r || kith_map_get(&b->proved_map, kith_buf_span(&key), NULL))
		return r;
	if (!kith_arena_copy(&b->keys, kith_buf_span(&key), &k))
		return kith_fail_nomem(err);
	return kith_map_add(&b->proved_map, k, 0, NULL, NULL, err);
}

int
kith_index_take_place(struct kith_index_builder *b, const struct index_item *item, uint32_t proof,
		      struct kith_error *err)
{
	struct index_source *source = &b->sources[item->source];
	struct index_proof *x = &b->proofs[proof];
	const struct index_file *last;
	struct index_str path;
	int r;

	r = kith_index_intern(b, item->path, &path, err);
	if (!r)
		r = INDEX_GROW(b, files, err);
	if (!r)
		r = INDEX_GROW(b, places, err);
	if (r)
		return r;
	last = b->n_files ? &b->files[b->n_files - 1] : NULL;
	if (!last || last->source != item->source || last->path.offset != path.offset ||
	    last->path.len != path.len)
		b->files[b->n_files++] = (struct index_file){item->source, path};
	if (x->last_place == INDEX_NONE)
		x->first_place = (uint32_t)b->n_places;
	else
		b->places[x->last_place].next = (uint32_t)b->n_places;
	x->last_place = (uint32_t)b->n_places;
	b->places[b->n_places++] =
	    (struct index_place){.proof = proof,
				 .file = (uint32_t)b->n_files - 1,
				 .line = item->gone ? 0 : item->line,
				 .seq = item->gone ? INDEX_NONE : source->seq++,
				 .next = INDEX_NONE};
	if (!item->gone)
		source->n_items++;
	return KITH_OK;
}

int
kith_index_take(struct kith_index_builder *b, const struct index_item *item, struct kith_error *err)
{
	uint32_t proof;
	int r = KITH_OK;

	if (!kith_index_builder_find(b, &item->proof->digest, &proof)) {
		proof = (uint32_t)b->n_proofs;
		r = take_new(b, item, err);
	}
	if (!r && !item->gone) {
		b->sources[item->source].proofs++;
		b->sources[item->source].valid++;
		b->totals.proofs++;
		r = take_url(b, item->source, b->proofs[proof].author, item->proof, err);
	}
	return r ? r : kith_index_take_place(b, item, proof, err);
}

/* A refused body counts among the distinct ones. */
static int
take_bad(struct kith_index_builder *b, const struct kith_digest *digest, struct kith_error *err)
{
	struct kith_span key = kith_span(digest->bytes, KITH_DIGEST_BYTES);
	uint32_t proof;

	if (kith_map_get(&b->bad_map, key, NULL))
		return KITH_OK;
	if (!kith_index_builder_find(b, digest, &proof))
		b->totals.distinct++;
	if (!kith_arena_copy(&b->keys, key, &key))
		return kith_fail_nomem(err);
	return kith_map_add(&b->bad_map, key, 0, NULL, NULL, err);
}

int
kith_index_take_refusal(struct kith_index_builder *b, const struct index_refusal *refusal,
			struct kith_span path, struct kith_span cause, struct kith_error *err)
{
	struct index_refusal x = *refusal;
	struct index_source *source = &b->sources[x.source];
	int r = INDEX_GROW(b, refusals, err);

	if (!r)
		r = kith_index_intern(b, path, &x.path, err);
	if (!r)
		r = kith_index_intern(b, cause, &x.cause, err);
	if (!r && (x.flags & INDEX_REFUSED_DIGEST))
		r = take_bad(b, &x.digest, err);
	if (r)
		return r;
	x.seq = source->seq++;
	b->refusals[b->n_refusals++] = x;
	source->n_refusals++;
	if (x.flags & INDEX_REFUSED_ITEM) {
		source->proofs++;
		b->totals.proofs++;
	}
	if (x.status == KITH_PROOF_OBSOLETE) {
		b->totals.obsolete++;
		source->obsolete++;
	} else {
		b->totals.refused++;
		source->refused++;
	}
	return KITH_OK;
}
