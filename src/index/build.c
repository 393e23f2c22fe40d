/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes in proof files: parses, verifies in batches on two threads, and keeps only compact records.
 * Reads nothing by itself; what is refused is recorded with its place, never dropped silently.
 */
#include "evidence/url.h"
#include "index/builder.h"

#define BATCH_BYTES   KITH_MIB(4)
#define BATCH_ARENA   KITH_MIB(512)
#define COMMENT_BYTES KITH_KIB(4) /* of a comment is kept; the proof itself has the rest */

int
kith_index_builder_new(const struct kith_index *old, struct kith_index_builder **ret_builder,
		       struct kith_error *err)
{
	struct kith_index_builder *b = kith_calloc(1, sizeof(*b));
	int r;

	if (!b)
		return kith_fail_nomem(err);
	b->old = old;
	kith_arena_init(&b->keys, SIZE_MAX / 2);
	kith_arena_init(&b->batch, BATCH_ARENA);
	kith_buf_init(&b->strings, UINT32_MAX);
	kith_buf_init(&b->blobs, UINT32_MAX);
	kith_map_init(&b->string_map, NULL);
	kith_map_init(&b->id_map, NULL);
	kith_map_init(&b->name_map, NULL);
	kith_map_init(&b->proof_map, NULL);
	kith_map_init(&b->proved_map, NULL);
	kith_map_init(&b->news_map, NULL);
	r = kith_trust_builder_new(&b->trust, err);
	if (r) {
		kith_index_builder_free(b);
		return r;
	}
	*ret_builder = b;
	return KITH_OK;
}

void
kith_index_builder_free(struct kith_index_builder *b)
{
	if (!b)
		return;
	kith_arena_clear(&b->keys);
	kith_arena_clear(&b->batch);
	kith_buf_clear(&b->strings);
	kith_buf_clear(&b->blobs);
	kith_map_clear(&b->string_map);
	kith_map_clear(&b->id_map);
	kith_map_clear(&b->name_map);
	kith_map_clear(&b->proof_map);
	kith_map_clear(&b->proved_map);
	kith_map_clear(&b->news_map);
	free(b->sources);
	free(b->news);
	free(b->ids);
	free(b->proofs);
	free(b->reviews);
	free(b->names);
	free(b->places);
	free(b->refusals);
	free(b->files);
	kith_trust_builder_free(b->trust);
	free(b);
}

static int
intern(struct kith_index_builder *b, struct kith_span s, struct index_str *ret_str,
       struct kith_error *err)
{
	struct kith_span key;
	size_t at;
	int r;

	if (!s.len) {
		*ret_str = (struct index_str){0, 0};
		return KITH_OK;
	}
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

static int
find_id(struct kith_index_builder *b, const struct kith_id *id, uint32_t *ret_i,
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
		struct index_name n = {.eco = eco};

		r = INDEX_GROW(b, names, err);
		if (!r)
			r = intern(b, name, &n.str, err);
		if (r)
			return r;
		if (!kith_arena_copy(&b->keys, kith_buf_span(&key), &k))
			return kith_fail_nomem(err);
		n.text = kith_span_sub(k, 1, SIZE_MAX);
		at = b->n_names;
		r = kith_map_add(&b->name_map, k, at, NULL, NULL, err);
		if (r)
			return r;
		b->names[b->n_names++] = n;
	}
	*ret_i = (uint32_t)at;
	return KITH_OK;
}

int
kith_index_builder_source(struct kith_index_builder *b, const struct kith_index_source *source,
			  struct kith_error *err)
{
	struct index_source s = {
	    .own = source->own, .baseline = source->baseline, .fetched = source->fetched};
	int r;

	if (b->n_sources >= KITH_MAX_SOURCES)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu sources", KITH_MAX_SOURCES);
	r = INDEX_GROW(b, sources, err);
	if (!r)
		r = intern(b, source->url, &s.url, err);
	if (!r)
		r = intern(b, source->name, &s.name, err);
	if (!r)
		r = intern(b, source->commit, &s.commit, err);
	if (r)
		return r;
	if (!kith_arena_copy(&b->keys, source->url, &s.url_text))
		return kith_fail_nomem(err);
	b->sources[b->n_sources++] = s;
	b->totals.sources++;
	return KITH_OK;
}

static int
refuse(struct kith_index_builder *b, uint32_t source, struct index_str path, uint32_t line,
       enum kith_proof_status status, const char *cause, struct kith_error *err)
{
	struct index_refusal x = {.source = source, .line = line, .status = status, .path = path};
	int r;

	r = INDEX_GROW(b, refusals, err);
	if (!r)
		r = intern(b, kith_span_str(cause), &x.cause, err);
	if (r)
		return r;
	b->refusals[b->n_refusals++] = x;
	if (status == KITH_PROOF_OBSOLETE) {
		b->totals.obsolete++;
		b->sources[source].obsolete++;
	} else {
		b->totals.refused++;
		b->sources[source].refused++;
	}
	return KITH_OK;
}

int
kith_index_builder_refuse(struct kith_index_builder *b, struct kith_span path, const char *cause,
			  struct kith_error *err)
{
	struct index_str str;
	int r;

	if (!b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "a refusal before any source");
	r = intern(b, path, &str, err);
	if (r)
		return r;
	return refuse(b, (uint32_t)b->n_sources - 1, str, 0, KITH_PROOF_BAD_FRAME, cause, err);
}

/* Parses a copy of a file and keeps it for the next batch. */
static int
add_file(struct kith_index_builder *b, const struct index_batch_file *file, struct kith_span bytes,
	 struct kith_error *err)
{
	struct index_batch_file f = *file;
	struct kith_span copy;
	int r = INDEX_GROW(b, files, err);

	if (r)
		return r;
	if (!kith_arena_copy(&b->batch, bytes, &copy))
		return kith_fail_nomem(err);
	r = kith_proof_parse(copy, &b->batch, &f.list, err);
	if (r)
		return r;
	b->files[b->n_files++] = f;
	b->batch_bytes += bytes.len;
	return b->batch_bytes > BATCH_BYTES ? kith_index_builder_flush(b, err) : KITH_OK;
}

int
kith_index_builder_file(struct kith_index_builder *b, struct kith_span path, struct kith_span bytes,
			struct kith_error *err)
{
	struct index_batch_file f = {0};
	int r;

	if (!b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "a file before any source");
	f.source = (uint32_t)b->n_sources - 1;
	r = intern(b, path, &f.path, err);
	if (r)
		return r;
	b->totals.files++;
	b->sources[f.source].files++;
	if (bytes.len > KITH_MAX_PROOF_FILE)
		return kith_index_builder_refuse(b, path, "the file is too large", err);
	return add_file(b, &f, bytes, err);
}

int
kith_index_builder_gone(struct kith_index_builder *b, size_t source, struct kith_span bytes,
			struct kith_error *err)
{
	struct index_batch_file f = {.source = (uint32_t)source, .gone = true};
	int r;

	if (source >= b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "withdrawn proofs of no source");
	/* whether a proof is gone is known once everything that is served has been taken in */
	r = kith_index_builder_flush(b, err);
	if (!r)
		r = intern(b, KITH_SPAN_LIT("(withdrawn)"), &f.path, err);
	return r ? r : add_file(b, &f, bytes, err);
}

void
kith_index_checked_digest(const struct kith_proof *p, struct kith_digest *ret_digest)
{
	uint8_t both[KITH_DIGEST_BYTES + KITH_SIG_BYTES];

	memcpy(both, p->digest.bytes, KITH_DIGEST_BYTES);
	memcpy(both + KITH_DIGEST_BYTES, p->sig, KITH_SIG_BYTES);
	kith_blake2b(kith_span(both, sizeof(both)), ret_digest);
}

static void
put_text(struct kith_buf *out, struct kith_span s)
{
	kith_buf_put_u32(out, (uint32_t)s.len);
	kith_buf_put_span(out, s);
}

/* A comment may be long: the index keeps its beginning, cut at a character. */
static void
put_comment(struct kith_buf *out, struct kith_span s)
{
	if (s.len > COMMENT_BYTES) {
		s.len = COMMENT_BYTES;
		while (s.len && (s.ptr[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	put_text(out, s);
}

/* The variable part of a review; read back by claims.c. */
static void
put_review_blob(struct kith_buf *out, const struct kith_proof *p)
{
	size_t i, j;

	put_comment(out, p->comment);
	put_text(out, p->has_base ? p->base.version : KITH_SPAN_NONE);
	kith_buf_put(out, p->base.digest.bytes, KITH_DIGEST_BYTES);
	kith_buf_put_u32(out, (uint32_t)p->n_issues);
	for (i = 0; i < p->n_issues; i++) {
		put_text(out, p->issues[i].id);
		kith_buf_put_u32(out, p->issues[i].severity);
		kith_buf_put_u32(out, p->issues[i].range);
		put_comment(out, p->issues[i].comment);
	}
	kith_buf_put_u32(out, (uint32_t)p->n_advisories);
	for (i = 0; i < p->n_advisories; i++) {
		kith_buf_put_u32(out, (uint32_t)p->advisories[i].n_ids);
		for (j = 0; j < p->advisories[i].n_ids; j++)
			put_text(out, p->advisories[i].ids[j]);
		kith_buf_put_u32(out, p->advisories[i].severity);
		kith_buf_put_u32(out, p->advisories[i].range);
		put_comment(out, p->advisories[i].comment);
	}
	kith_buf_put_u32(out, (uint32_t)p->n_overrides);
	for (i = 0; i < p->n_overrides; i++)
		kith_buf_put(out, p->overrides[i].id.bytes, KITH_ID_BYTES);
	kith_buf_put_u32(out, (uint32_t)p->n_alternatives);
	for (i = 0; i < p->n_alternatives; i++) {
		put_text(out, p->alternatives[i].source);
		put_text(out, p->alternatives[i].name);
	}
	put_text(out, p->llm_model);
	put_text(out, p->llm_version);
}

static unsigned
review_flags(const struct kith_proof *p)
{
	return (p->package.digest_valid ? INDEX_REVIEW_DIGEST : 0) |
	       (p->has_base ? INDEX_REVIEW_BASE : 0) |
	       (p->has_base && p->base.digest_valid ? INDEX_REVIEW_BASE_DIGEST : 0) |
	       (kith_proof_is_empty_review(p) ? INDEX_REVIEW_EMPTY : 0) |
	       (p->unmaintained ? INDEX_REVIEW_UNMAINTAINED : 0) |
	       (p->has_llm ? INDEX_REVIEW_LLM : 0) |
	       (p->has_llm && p->llm_human_guided ? INDEX_REVIEW_LLM_HUMAN : 0) |
	       (p->dangerous ? INDEX_REVIEW_DANGEROUS : 0);
}

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
take_review(struct kith_index_builder *b, uint32_t proof, const struct kith_proof *p,
	    struct kith_error *err)
{
	struct index_review x = {
	    .proof = proof,
	    .author = b->proofs[proof].author,
	    .digest = p->package.digest,
	    .flags = review_flags(p),
	    .thoroughness = (uint8_t)p->thoroughness,
	    .understanding = (uint8_t)p->understanding,
	    .rating = (uint8_t)p->rating,
	    .date = p->date,
	};
	int r;

	x.blob.offset = (uint32_t)b->blobs.len;
	put_review_blob(&b->blobs, p);
	r = kith_buf_check(&b->blobs, err);
	x.blob.len = (uint32_t)b->blobs.len - x.blob.offset;
	if (!r)
		r = find_name(b, KITH_ECO_CARGO, p->package.name, &x.name, err);
	if (!r)
		r = intern(b, p->package.version, &x.version, err);
	if (!r)
		r = intern(b, p->package.source, &x.source, err);
	if (!r)
		r = INDEX_GROW(b, reviews, err);
	if (!r)
		r = take_overrides(b, p, err);
	if (r)
		return r;
	b->proofs[proof].blob = x.blob;
	b->proofs[proof].review = (uint32_t)b->n_reviews;
	b->names[x.name].count++;
	b->reviews[b->n_reviews++] = x;
	b->ids[x.author].reviews++;
	b->totals.reviews++;
	return KITH_OK;
}

static int
take_trust(struct kith_index_builder *b, uint32_t proof, const struct kith_proof *p,
	   struct kith_error *err)
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
	s.place = proof;
	for (i = 0; !r && i < p->n_ids; i++) {
		if (!p->ids[i].valid)
			continue;
		s.to = p->ids[i].id;
		r = kith_trust_builder_add(b->trust, &s, err);
		if (!r)
			r = find_id(b, &s.to, &to, err);
		if (!r && p->ids[i].url.len && !b->ids[to].other_url.len)
			r = intern(b, p->ids[i].url, &b->ids[to].other_url, err);
	}
	b->ids[b->proofs[proof].author].trusts++;
	b->totals.trusts++;
	return r;
}

/* What the proof says about its author's URL, and whether this source bears it out. */
static int
take_url(struct kith_index_builder *b, uint32_t source, uint32_t author, const struct kith_proof *p,
	 struct kith_error *err)
{
	struct index_id *id = &b->ids[author];
	KITH_AUTO_BUF struct kith_buf key;
	struct kith_span k;
	int r;

	kith_buf_init(&key, KITH_MAX_YAML_BYTES);
	if (b->sources[source].own)
		id->flags |= INDEX_ID_OWN;
	if (!p->from.url.len)
		return KITH_OK;
	if (!(id->flags & INDEX_ID_SELF_URL) || kith_time_cmp(id->url_date, p->date) <= 0) {
		id->flags |= INDEX_ID_SELF_URL;
		id->url_date = p->date;
		r = intern(b, p->from.url, &id->self_url, err);
		if (r)
			return r;
	}
	if (!b->sources[source].own && !kith_url_same(p->from.url, b->sources[source].url_text))
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

/*
 * A body that is seen for the first time. Of what is gone, praise of a person is: only distrust
 * counts on (verdict.md 11).
 */
static int
take_new(struct kith_index_builder *b, uint32_t proof, const struct kith_proof *p, bool gone,
	 struct kith_error *err)
{
	struct index_proof *x = &b->proofs[proof];
	int r;

	x->valid = true;
	x->kind = p->kind;
	x->level = p->level;
	x->date = p->date;
	kith_index_checked_digest(p, &x->checked);
	b->totals.valid++;
	r = find_id(b, &p->from.id, &x->author, err);
	if (r)
		return r;
	if (p->kind == KITH_PROOF_REVIEW)
		return take_review(b, proof, p, err);
	x->blob.offset = (uint32_t)b->blobs.len;
	put_comment(&b->blobs, p->comment);
	x->blob.len = (uint32_t)b->blobs.len - x->blob.offset;
	r = kith_buf_check(&b->blobs, err);
	if (!r && p->kind == KITH_PROOF_TRUST && gone && p->level != KITH_LEVEL_DISTRUST)
		return KITH_OK;
	if (!r && p->kind == KITH_PROOF_TRUST)
		r = take_trust(b, proof, p, err);
	else
		b->totals.unknown += p->kind == KITH_PROOF_UNKNOWN;
	return r;
}

/* The number of the body's record, made if it is new. */
static int
find_proof(struct kith_index_builder *b, const struct kith_digest *digest, uint32_t *ret_i,
	   struct kith_error *err)
{
	struct kith_span key = kith_span(digest->bytes, sizeof(digest->bytes));
	size_t at;
	int r;

	if (!kith_map_get(&b->proof_map, key, &at)) {
		at = b->n_proofs;
		r = INDEX_GROW(b, proofs, err);
		if (r)
			return r;
		if (!kith_arena_copy(&b->keys, key, &key))
			return kith_fail_nomem(err);
		r = kith_map_add(&b->proof_map, key, at, NULL, NULL, err);
		if (r)
			return r;
		b->proofs[b->n_proofs++] =
		    (struct index_proof){.digest = *digest, .review = UINT32_MAX};
		b->totals.distinct++;
	}
	*ret_i = (uint32_t)at;
	return KITH_OK;
}

static int
add_place(struct kith_index_builder *b, const struct index_batch_file *f, uint32_t proof,
	  uint32_t line, struct kith_error *err)
{
	int r = INDEX_GROW(b, places, err);

	if (r)
		return r;
	b->places[b->n_places++] = (struct index_place){.proof = proof,
							.source = f->source,
							.line = f->gone ? 0 : line,
							.path = f->path,
							.gone = f->gone};
	b->proofs[proof].n_places++;
	return KITH_OK;
}

/* What a source no longer has counts nowhere but in what it says. */
static int
take_gone(struct kith_index_builder *b, const struct index_batch_file *f,
	  const struct kith_proof_item *item, struct kith_error *err)
{
	uint32_t proof;
	int r;

	if (item->status != KITH_PROOF_VALID)
		return KITH_OK;
	r = find_proof(b, &item->proof.digest, &proof, err);
	if (!r && !b->proofs[proof].valid)
		r = take_new(b, proof, &item->proof, true, err);
	return r ? r : add_place(b, f, proof, 0, err);
}

static int
take_item(struct kith_index_builder *b, const struct index_batch_file *f,
	  const struct kith_proof_item *item, struct kith_error *err)
{
	const struct kith_proof *p = &item->proof;
	struct index_source *s = &b->sources[f->source];
	uint32_t proof = 0;
	int r;

	if (f->gone)
		return take_gone(b, f, item, err);
	s->proofs++;
	b->totals.proofs++;
	r = p->body.len ? find_proof(b, &p->digest, &proof, err) : KITH_OK;
	if (r)
		return r;
	if (item->status != KITH_PROOF_VALID)
		return refuse(b, f->source, f->path, item->line, item->status, item->cause, err);
	s->valid++;
	if (proof >= b->n_proofs) /* valid without a body: cannot be */
		return kith_fail(err, KITH_E_INTERNAL, "a valid proof without a body");
	if (!b->proofs[proof].valid)
		r = take_new(b, proof, p, false, err);
	if (!r)
		r = take_url(b, f->source, b->proofs[proof].author, p, err);
	return r ? r : add_place(b, f, proof, item->line, err);
}

static void
check_one(void *ctx, size_t i)
{
	struct kith_proof_item **items = ctx;

	kith_proof_check(items[i]);
}

/* Signatures are the dear part: verified on two threads, and not at all if known. */
static int
check_batch(struct kith_index_builder *b, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_proof_item **items = NULL;
	struct kith_digest checked;
	size_t n = 0, cap = 0, i, j;
	int r;

	for (i = 0; i < b->n_files; i++) {
		for (j = 0; j < b->files[i].list.count; j++) {
			struct kith_proof_item *item = &b->files[i].list.items[j];

			if (item->status == KITH_PROOF_VALID && b->old) {
				kith_index_checked_digest(&item->proof, &checked);
				item->checked = kith_index_verified_before(
				    b->old, &item->proof.digest, &checked);
			}
			if (item->checked)
				continue;
			r = kith_grow(&items, &cap, n + 1, sizeof(*items), SIZE_MAX / 16, "proofs",
				      err);
			if (r)
				return r;
			items[n++] = item;
		}
	}
	kith_pool_run(0, n, 16, check_one, items);
	return KITH_OK;
}

int
kith_index_builder_flush(struct kith_index_builder *b, struct kith_error *err)
{
	size_t i, j;
	int r;

	r = check_batch(b, err);
	for (i = 0; !r && i < b->n_files; i++)
		for (j = 0; !r && j < b->files[i].list.count; j++)
			r = take_item(b, &b->files[i], &b->files[i].list.items[j], err);
	b->n_files = 0;
	b->batch_bytes = 0;
	kith_arena_clear(&b->batch);
	return r;
}
