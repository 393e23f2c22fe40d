/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between journals and index: compares the heads of each fetch once, writes down what came and
 * what went, and hands the index what it must know of the past. Nothing is believed here: what is
 * gone is kept as text, and verified again whenever the index is made.
 */
#include "app/history.h"
#include "codec/base64.h"
#include "store/journal.h"

#define BATCH_CHANGES 32   /* fetches compared at once: what bounds the memory */
#define SHOWN         5    /* withdrawn proofs that are named for each fetch */
#define KEPT_ITEMS    4096 /* of a journal that is kept in memory */
#define FILE_ARENA    KITH_MIB(512)

/* All proofs of one head, by body and signature. */
struct head_set {
	struct kith_map map; /* to its number in digests */
	struct kith_arena keys;
	struct kith_digest *digests;
	size_t n, cap;
	bool failed;
};

/* One fetch whose heads are compared: reads 2i (old) and 2i + 1 (new). */
struct change {
	const struct kith_mirror *mirror;
	uint32_t head;
	struct kith_digest *news, *gone;
	size_t n_news, n_gone, cap_news, cap_gone;
	struct kith_map gone_keys;
	struct kith_buf text, shown;
	size_t n_shown;
	bool full; /* not all of the text could be kept */
};

struct comparing {
	struct kith_session *s;
	struct kith_app_history *h;
	struct change changes[BATCH_CHANGES];
	struct kith_mirror items[2 * BATCH_CHANGES]; /* borrowed parts, heads of their own */
	struct head_set sets[2 * BATCH_CHANGES];
	size_t n;
	struct kith_arena arena;
	bool second; /* the old heads again, for the text of what is gone */
};

static void
clear_batch(struct comparing *c)
{
	size_t i;

	for (i = 0; i < 2 * c->n; i++) {
		kith_map_clear(&c->sets[i].map);
		kith_arena_clear(&c->sets[i].keys);
		free(c->sets[i].digests);
	}
	for (i = 0; i < c->n; i++) {
		free(c->changes[i].news);
		free(c->changes[i].gone);
		kith_map_clear(&c->changes[i].gone_keys);
		kith_buf_clear(&c->changes[i].text);
		kith_buf_clear(&c->changes[i].shown);
	}
	c->n = 0;
}

/* --- reading heads --- */

/* Body and signature: a body that was once served with a bad signature was not there before. */
static void
key_of(const struct kith_proof *p, struct kith_digest *ret_key)
{
	uint8_t both[KITH_DIGEST_BYTES + KITH_SIG_BYTES];

	memcpy(both, p->digest.bytes, KITH_DIGEST_BYTES);
	memcpy(both + KITH_DIGEST_BYTES, p->sig, KITH_SIG_BYTES);
	kith_blake2b(kith_span(both, sizeof(both)), ret_key);
}

static int
add_proof(struct head_set *set, const struct kith_proof *p, struct kith_error *err)
{
	struct kith_digest key;
	struct kith_span k = kith_span(key.bytes, sizeof(key.bytes)), copy;
	int r;

	key_of(p, &key);
	if (kith_map_get(&set->map, k, NULL))
		return KITH_OK;
	r = kith_grow(&set->digests, &set->cap, set->n + 1, sizeof(*set->digests), UINT32_MAX,
		      "proofs", err);
	if (r)
		return r;
	if (!kith_arena_copy(&set->keys, k, &copy))
		return kith_fail_nomem(err);
	r = kith_map_add(&set->map, copy, set->n, NULL, NULL, err);
	if (!r)
		set->digests[set->n++] = p->digest;
	return r;
}

/* What its author cannot take back by taking it away (verdict.md 11). */
static bool
counts_on(const struct kith_proof *p)
{
	return p->kind == KITH_PROOF_TRUST
		   ? p->level == KITH_LEVEL_DISTRUST
		   : p->rating == KITH_RATING_NEGATIVE || p->n_issues || p->n_advisories;
}

static void
show_gone(struct change *ch, const struct kith_proof *p)
{
	char id[KITH_ID_TEXT + 1];

	if (ch->n_shown++ >= SHOWN)
		return;
	kith_base64_id(id, p->from.id.bytes);
	kith_buf_printf(&ch->shown, "%s%s ", ch->n_shown > 1 ? ", " : "",
			kith_proof_kind_name(p->kind));
	if (p->kind == KITH_PROOF_REVIEW)
		kith_buf_printf(&ch->shown, "of %.*s %.*s ", KITH_SPAN_FMT(p->package.name),
				KITH_SPAN_FMT(p->package.version));
	kith_buf_printf(&ch->shown, "by %.12s of ", id);
	kith_time_put_date(&ch->shown, p->date);
}

/* Keeps the text of a proof that is gone, once, if its signature is good. */
static void
keep_gone(struct change *ch, struct kith_proof_item *item)
{
	struct kith_digest key;
	struct kith_span k = kith_span(key.bytes, sizeof(key.bytes));
	const struct kith_proof *p = &item->proof;
	size_t room = KITH_MAX_GONE / (counts_on(p) ? 1 : 2), seen;

	key_of(p, &key);
	if (!kith_map_get(&ch->gone_keys, k, &seen) || seen)
		return;
	kith_map_set(&ch->gone_keys, k, 1);
	kith_proof_check(item);
	if (item->status != KITH_PROOF_VALID)
		return;
	show_gone(ch, p);
	if (p->envelope.len + 2 > room || ch->text.len > room - p->envelope.len - 2) {
		ch->full = true;
		return;
	}
	kith_buf_put_span(&ch->text, p->envelope);
	kith_buf_put_str(&ch->text, "\n");
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct comparing *c = ctx;
	struct kith_proof_list list;
	size_t i;
	int r;

	(void)path;
	kith_arena_clear(&c->arena);
	if (bytes.len > KITH_MAX_PROOF_FILE ||
	    kith_proof_parse(bytes, &c->arena, &list, NULL)) /* as the index: refused as a whole */
		return KITH_OK;
	for (i = 0; i < list.count; i++) {
		if (list.items[i].status != KITH_PROOF_VALID || !list.items[i].proof.body.len)
			continue;
		if (c->second) {
			keep_gone(&c->changes[item / 2], &list.items[i]);
			continue;
		}
		r = add_proof(&c->sets[item], &list.items[i].proof, err);
		if (r)
			return r;
	}
	return KITH_OK;
}

static int
end_head(void *ctx, size_t item, const struct kith_git_end *end, const struct kith_error *failure,
	 struct kith_error *err)
{
	struct comparing *c = ctx;

	(void)end;
	(void)err;
	if (!failure)
		return KITH_OK;
	c->sets[item].failed = true;
	kith_app_warn(c->s, "%s: its history cannot be compared: %s",
		      c->changes[item / 2].mirror->source.location, failure->msg);
	return KITH_OK;
}

/* In the second round only what something is gone from. */
static const char *
which_files(void *ctx, size_t item)
{
	const struct comparing *c = ctx;

	return !c->second || (item % 2 == 0 && c->changes[item / 2].n_gone) ? "" : NULL;
}

static int
read_heads(struct comparing *c, bool second, struct kith_error *err)
{
	const struct kith_mirrors list = {c->items, 2 * c->n};
	const struct kith_store_read_calls calls = {
	    .ctx = c, .names = which_files, .file = take_file, .end = end_head};

	c->second = second;
	return kith_store_read(&c->h->reader, &list, &calls, err);
}

/* --- comparing --- */

static int
add_digest(struct kith_digest **list, size_t *cap, size_t *n, const struct kith_digest *d,
	   struct kith_error *err)
{
	int r = kith_grow(list, cap, *n + 1, sizeof(**list), UINT32_MAX, "proofs", err);

	if (!r)
		(*list)[(*n)++] = *d;
	return r;
}

static int
compare(struct comparing *c, size_t i, struct kith_error *err)
{
	struct change *ch = &c->changes[i];
	const struct head_set *old = &c->sets[2 * i], *new = &c->sets[2 * i + 1];
	size_t k;
	int r = KITH_OK;

	if (old->failed || new->failed)
		return KITH_OK;
	for (k = 0; !r && k < new->map.count; k++)
		if (!kith_map_get(&old->map, new->map.entries[k].key, NULL))
			r = add_digest(&ch->news, &ch->cap_news, &ch->n_news,
				       &new->digests[new->map.entries[k].value], err);
	for (k = 0; !r && k < old->map.count; k++) {
		const struct kith_map_entry *e = &old->map.entries[k];

		if (kith_map_get(&new->map, e->key, NULL))
			continue;
		r = kith_map_add(&ch->gone_keys, e->key, 0, NULL, NULL, err);
		if (!r)
			r = add_digest(&ch->gone, &ch->cap_gone, &ch->n_gone,
				       &old->digests[e->value], err);
	}
	return r;
}

static int
write_down(struct comparing *c, const struct change *ch, struct kith_error *err)
{
	struct kith_journal_change x = {.head = ch->head,
					.news = ch->news,
					.n_news = ch->n_news,
					.gone = ch->gone,
					.n_gone = ch->n_gone};
	const char *slug = ch->mirror->source.slug;
	int r;

	x.gone_text = kith_buf_span(&ch->text);
	if (ch->n_shown)
		kith_app_warn(c->s, "%s: withdrew %zu proof%s: %s%s", ch->mirror->source.location,
			      ch->n_shown, ch->n_shown == 1 ? "" : "s", kith_buf_str(&ch->shown),
			      ch->n_shown > SHOWN ? ", …" : "");
	r = kith_buf_check(&ch->text, err);
	if (!r)
		r = kith_journal_settle(&c->s->dirs, slug, &x, err);
	if (r == KITH_E_LIMIT) { /* it was told that they are gone; their text is not kept */
		x.gone_text = KITH_SPAN_NONE;
		r = kith_journal_settle(&c->s->dirs, slug, &x, err);
	}
	if (ch->full || (!r && ch->text.len && !x.gone_text.len))
		kith_app_warn(c->s, "%s: withdrew more than is kept", ch->mirror->source.location);
	return r;
}

static int
settle_batch(struct comparing *c, struct kith_error *err)
{
	bool any = false;
	size_t i;
	int r;

	if (!c->n)
		return KITH_OK;
	r = read_heads(c, false, err);
	for (i = 0; !r && i < c->n; i++) {
		r = compare(c, i, err);
		any |= c->changes[i].n_gone > 0;
	}
	if (!r && any)
		r = read_heads(c, true, err);
	for (i = 0; !r && i < c->n; i++)
		if (!c->sets[2 * i].failed && !c->sets[2 * i + 1].failed)
			r = write_down(c, &c->changes[i], err);
	clear_batch(c);
	return r;
}

static void
add_change(struct comparing *c, const struct kith_mirror *m, const struct kith_journal_head *h,
	   uint32_t number)
{
	struct change *ch = &c->changes[c->n];
	size_t i;

	*ch = (struct change){.mirror = m, .head = number};
	kith_map_init(&ch->gone_keys, NULL);
	kith_buf_init(&ch->text, KITH_MAX_GONE);
	kith_buf_init(&ch->shown, KITH_KIB(16));
	for (i = 0; i < 2; i++) {
		struct kith_mirror *item = &c->items[2 * c->n + i];
		struct head_set *set = &c->sets[2 * c->n + i];

		*item = *m;
		memcpy(item->head, i ? h->head : h->old_head, sizeof(item->head));
		memset(set, 0, sizeof(*set));
		kith_map_init(&set->map, NULL);
		kith_arena_init(&set->keys, SIZE_MAX / 2);
	}
	c->n++;
}

static bool
has_journal(const struct kith_mirror *m)
{
	return !m->own && !m->damaged && m->source.evidence == KITH_SOURCE_CREV;
}

static int
settle_mirror(struct comparing *c, size_t number, struct kith_error *err)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	const struct kith_mirror *m = &c->h->mirrors.items[number];
	struct kith_error why;
	bool current = true;
	size_t i;
	int r = KITH_OK;

	if (kith_journal_read(&c->s->dirs, m->source.slug, &j, &why)) {
		kith_app_warn(c->s, "its journal cannot be used: %s", why.msg);
		return why.code == KITH_E_NOMEM ? kith_fail_nomem(err) : KITH_OK;
	}
	for (i = 0; !r && i < j.n_heads; i++) {
		if (j.heads[i].compared)
			continue;
		current = false;
		c->h->settled = true;
		add_change(c, m, &j.heads[i], (uint32_t)i);
		if (c->n == BATCH_CHANGES)
			r = settle_batch(c, err);
	}
	if (r || !current || j.n_news + j.n_gone > KEPT_ITEMS)
		return r;
	c->h->journals[number] = j;
	c->h->known[number] = true;
	memset(&j, 0, sizeof(j));
	return KITH_OK;
}

static int
settle_all(struct kith_session *s, struct kith_app_history *h, struct kith_error *err)
{
	struct comparing *c = kith_calloc(1, sizeof(*c));
	size_t i;
	int r = KITH_OK;

	if (!c)
		return kith_fail_nomem(err);
	c->s = s;
	c->h = h;
	kith_arena_init(&c->arena, FILE_ARENA);
	for (i = 0; !r && i < h->mirrors.count; i++)
		if (has_journal(&h->mirrors.items[i]))
			r = settle_mirror(c, i, err);
	if (!r)
		r = settle_batch(c, err);
	clear_batch(c);
	kith_arena_clear(&c->arena);
	free(c);
	return r;
}

static int
list(struct kith_session *s, struct kith_app_history *h, struct kith_error *err)
{
	int r = kith_store_state(&s->dirs, &h->state, err);

	if (!r)
		r = kith_store_mirrors(&s->dirs, &h->mirrors, err);
	if (r)
		return r;
	h->journals = kith_calloc(h->mirrors.count + 1, sizeof(*h->journals));
	h->known = kith_calloc(h->mirrors.count + 1, sizeof(*h->known));
	return h->journals && h->known ? KITH_OK : kith_fail_nomem(err);
}

static void
forget_list(struct kith_app_history *h)
{
	size_t i;

	for (i = 0; h->journals && i < h->mirrors.count; i++)
		kith_journal_clear(&h->journals[i]);
	free(h->journals);
	free(h->known);
	kith_mirrors_clear(&h->mirrors);
	h->journals = NULL;
	h->known = NULL;
}

void
kith_app_history_clear(struct kith_app_history *h)
{
	forget_list(h);
	kith_store_reader_clear(&h->reader);
}

/* What settling wrote has changed the state: then it is taken again, before the mirrors are. */
int
kith_app_history_settle(struct kith_session *s, struct kith_app_history *ret_history,
			struct kith_error *err)
{
	KITH_AUTO_HISTORY struct kith_app_history h = {.settled = false};
	int r;

	h.reader.libexec = s->libexec;
	r = list(s, &h, err);
	if (!r)
		r = settle_all(s, &h, err);
	if (!r && h.settled) {
		forget_list(&h);
		r = list(s, &h, err);
	}
	if (r)
		return r;
	*ret_history = h;
	memset(&h, 0, sizeof(h));
	return KITH_OK;
}

/* --- for the index --- */

/* What was there before, went and came again, was seen when it first came. */
static int
feed_news(const struct kith_journal *j, struct kith_index_builder *b, struct kith_error *err)
{
	KITH_AUTO_MAP struct kith_map gone;
	KITH_AUTO_FREE struct kith_index_news *news = kith_calloc(j->n_news + 1, sizeof(*news));
	size_t i, n = 0, at;
	int r = KITH_OK;

	kith_map_init(&gone, NULL);
	if (!news)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < j->n_gone; i++)
		r = kith_map_add(&gone, kith_span(j->gone[i].digest.bytes, KITH_DIGEST_BYTES),
				 j->gone[i].head, NULL, NULL, err);
	for (i = 0; !r && i < j->n_news; i++) {
		const struct kith_journal_item *x = &j->news[i];
		struct kith_span key = kith_span(x->digest.bytes, KITH_DIGEST_BYTES);

		if (kith_map_get(&gone, key, &at) && at < x->head)
			continue;
		news[n++] = (struct kith_index_news){x->digest, j->heads[x->head].time,
						     j->heads[x->head].previous};
	}
	return r ? r : kith_index_builder_news(b, news, n, err);
}

int
kith_app_history_feed(struct kith_session *s, struct kith_index_builder *b,
		      struct kith_app_history *h, size_t mirror, struct kith_index_source *source,
		      bool reuse, bool *ret_gone, struct kith_error *err)
{
	KITH_AUTO_JOURNAL struct kith_journal read = {.n_heads = 0};
	const struct kith_journal *j = h->known[mirror] ? &h->journals[mirror] : &read;
	const struct kith_mirror *m = &h->mirrors.items[mirror];
	struct kith_error why;
	int r = KITH_OK;

	if (!m->own && !h->known[mirror])
		r = kith_journal_read(&s->dirs, m->source.slug, &read, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	source->baseline = j->n_heads ? j->heads[0].time : 0;
	source->fetched = m->success;
	r = reuse ? kith_index_builder_reuse(b, source, err)
		  : kith_index_builder_source(b, source, err);
	if (!r && j->n_news)
		r = feed_news(j, b, err);
	if (!r)
		*ret_gone = j->n_gone > 0;
	return r;
}
