/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the history of the sources means for each proof (verdict.md 7, 11): what came late, what is
 * gone, what its author's own repository no longer serves. Looks at places only.
 */
#include "evidence/url.h"
#include "index/builder.h"

#define NEWS_KEY (4 + KITH_DIGEST_BYTES)

static void
put_key(uint8_t key[NEWS_KEY], uint32_t source, const struct kith_digest *digest)
{
	memcpy(key, &source, 4);
	memcpy(key + 4, digest->bytes, KITH_DIGEST_BYTES);
}

int
kith_index_builder_news(struct kith_index_builder *b, const struct kith_index_news *news, size_t n,
			struct kith_error *err)
{
	uint8_t key[NEWS_KEY];
	struct kith_span copy;
	size_t i;
	int r = KITH_OK;

	if (!b->n_sources)
		return kith_fail(err, KITH_E_INTERNAL, "news before any source");
	for (i = 0; !r && i < n; i++) {
		put_key(key, (uint32_t)b->n_sources - 1, &news[i].digest);
		if (kith_map_get(&b->news_map, kith_span(key, sizeof(key)), NULL))
			continue; /* the first time counts */
		r = INDEX_GROW(b, news, err);
		if (r)
			return r;
		if (!kith_arena_copy(&b->keys, kith_span(key, sizeof(key)), &copy))
			return kith_fail_nomem(err);
		r = kith_map_add(&b->news_map, copy, b->n_news, NULL, NULL, err);
		if (!r)
			b->news[b->n_news++] = news[i];
	}
	return r;
}

/* How one proof is served. */
struct served {
	bool here;     /* by a head in force */
	bool by_own;   /* … of its author's own repository, or of the user's */
	bool was_own;  /* its author's repository had it once */
	bool baseline; /* a first fetch brought it, or nobody knows better */
	bool dated;    /* the two that follow are known */
	int64_t seen, previous;
	bool has_seen;
};

/* Authors that some repository here proves, and what proves whom. */
struct owners {
	const struct kith_index_builder *b;
	bool *proved; /* by number of the id */
};

static int
find_owners(const struct kith_index_builder *b, struct owners *o, struct kith_error *err)
{
	size_t i, id;

	o->b = b;
	o->proved = kith_calloc(b->n_ids + 1, sizeof(*o->proved));
	if (!o->proved)
		return kith_fail_nomem(err);
	for (i = 0; i < b->proved_map.count; i++)
		if (kith_map_get(&b->id_map,
				 kith_span_sub(b->proved_map.entries[i].key, 0, KITH_ID_BYTES),
				 &id))
			o->proved[id] = true;
	return KITH_OK;
}

/* Whether this source is the repository of this id. */
static int
is_owner(const struct owners *o, uint32_t source, uint32_t author, struct kith_buf *key,
	 bool *ret_owner, struct kith_error *err)
{
	const struct kith_index_builder *b = o->b;
	int r;

	*ret_owner = b->sources[source].flags & INDEX_SOURCE_OWN;
	if (*ret_owner || !o->proved[author] || !b->sources[source].url.len)
		return KITH_OK;
	kith_buf_reset(key);
	kith_buf_put(key, b->ids[author].id.bytes, KITH_ID_BYTES);
	kith_url_put_normal(key, b->sources[source].url);
	r = kith_buf_check(key, err);
	if (!r)
		*ret_owner = kith_map_get(&b->proved_map, kith_buf_span(key), NULL);
	return r;
}

static void
note_seen(const struct kith_index_builder *b, const struct index_place *p, struct served *s)
{
	uint32_t source = b->files[p->file].source;
	int64_t seen = b->sources[source].baseline;
	uint8_t key[NEWS_KEY];
	size_t i;

	put_key(key, source, &b->proofs[p->proof].digest);
	if (b->n_news && kith_map_get(&b->news_map, kith_span(key, sizeof(key)), &i)) {
		seen = b->news[i].seen;
		if (!s->dated || b->news[i].previous < s->previous)
			s->previous = b->news[i].previous;
		s->dated = true;
	} else {
		s->baseline = true;
	}
	if (seen && (!s->has_seen || seen < s->seen)) {
		s->seen = seen;
		s->has_seen = true;
	}
}

/*
 * Where the author's own repository is known, only it says since when a proof is there: a copy's
 * baseline would otherwise bless what a stolen key has dated back.
 */
static int
look_at(const struct owners *o, const struct index_proof *x, struct kith_buf *key,
	struct served *ret, struct kith_error *err)
{
	struct served all = {.here = false}, own = {.here = false};
	const struct kith_index_builder *b = o->b;
	bool owner, gone, any = false;
	uint32_t i;
	int r = KITH_OK;

	for (i = x->first_place; i != INDEX_NONE; i = b->places[i].next) {
		r = is_owner(o, b->files[b->places[i].file].source, x->author, key, &owner, err);
		if (r)
			return r;
		gone = b->places[i].seq == INDEX_NONE;
		all.here |= !gone;
		all.by_own |= owner && !gone;
		all.was_own |= owner && gone;
		note_seen(b, &b->places[i], &all);
		if (owner)
			note_seen(b, &b->places[i], &own);
		any |= owner;
	}
	if (any) {
		all.baseline = own.baseline;
		all.dated = own.dated;
		all.previous = own.previous;
	}
	*ret = all;
	return KITH_OK;
}

static void
judge_proof(struct index_proof *x, const struct served *s, bool proved)
{
	unsigned flags = 0;

	x->seen = s->has_seen ? s->seen : 0;
	if (!s->baseline && s->dated) {
		flags |= INDEX_PROOF_LATER;
		x->previous = s->previous;
	}
	if (!s->here)
		flags |= INDEX_PROOF_GONE | INDEX_PROOF_WITHDRAWN;
	else if (proved && !s->by_own)
		flags |= INDEX_PROOF_WITHDRAWN | (s->was_own ? INDEX_PROOF_TAKEN : 0);
	x->flags = (uint8_t)flags;
}

static bool
keep_statement(void *ctx, uint64_t place, enum kith_level level)
{
	const struct kith_index_builder *b = ctx;

	return level == KITH_LEVEL_DISTRUST || place >= b->n_proofs ||
	       !(b->proofs[place].flags & INDEX_PROOF_TAKEN);
}

int
kith_index_builder_judge(struct kith_index_builder *b, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf key;
	struct owners o = {NULL, NULL};
	struct served s;
	size_t i;
	int r;

	kith_buf_init(&key, KITH_MAX_YAML_BYTES);
	r = b->is_carried ? kith_index_judge_carried(b, err) : find_owners(b, &o, err);
	for (i = 0; !r && !b->is_carried && i < b->n_proofs; i++) {
		r = look_at(&o, &b->proofs[i], &key, &s, err);
		if (!r)
			judge_proof(&b->proofs[i], &s, o.proved[b->proofs[i].author]);
	}
	if (!r)
		kith_trust_builder_keep(b->trust, keep_statement, b);
	free(o.proved);
	return r;
}
