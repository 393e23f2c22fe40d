/* SPDX-License-Identifier: Apache-2.0 */
/* Taking over a source that has not changed, or not rewritten itself, from an older set. */
#include "evidence/claim_set_builder.h"

static int
reuse_list(struct kith_claim_set_builder *b, const struct kith_claim_set *old, uint32_t at,
	   uint32_t *ret)
{
	uint32_t n = claim_set_word(old, at), i;
	KITH_AUTO_FREE struct kith_span *items = NULL;

	if (at >= old->n_words || n > old->n_words - at - 1)
		n = 0;
	items = kith_calloc(n + (size_t)1, sizeof(*items));
	if (!items)
		return kith_fail_nomem(b->err);
	for (i = 0; i < n; i++)
		items[i] = claim_set_text(old, claim_set_word(old, at + 1 + i));
	return claim_set_put_list(b, items, n, ret);
}

static int
reuse_entry(struct kith_claim_set_builder *b, const struct kith_claim_set *old, uint32_t eco,
	    struct kith_span name, const uint32_t *w)
{
	static const uint8_t texts[] = {ENTRY_VERSION,   ENTRY_BASE, ENTRY_ORIGIN,
					ENTRY_ORIGIN_ID, ENTRY_WHO,  ENTRY_LOGIN,
					ENTRY_RANGE,     ENTRY_PATH, ENTRY_COMMENT};
	struct entry e = {.eco = eco, .head = b->head};
	struct kith_digest d;
	size_t i;
	int r;

	memcpy(e.w, w, sizeof(e.w));
	r = claim_set_put_text(b, name, &e.name);
	for (i = 0; i < sizeof(texts) && !r; i++)
		r = claim_set_put_text(b, claim_set_text(old, w[texts[i]]), &e.w[texts[i]]);
	if (!r)
		r = claim_set_put_lone_text(b, claim_set_text(old, w[ENTRY_ID]), &e.w[ENTRY_ID]);
	if (!r)
		r = reuse_list(b, old, w[ENTRY_CRITERIA], &e.w[ENTRY_CRITERIA]);
	for (i = 0; i < 32; i++)
		d.bytes[i] = (uint8_t)(w[ENTRY_DIGEST + i / 4] >> 8 * (i % 4));
	memset(&e.w[ENTRY_DIGEST], 0, sizeof(d.bytes));
	return r ? r : claim_set_remember(b, &d, &e);
}

static int
reuse_key(struct kith_claim_set_builder *b, const struct kith_claim_set *old, size_t i,
	  const uint32_t *key)
{
	struct kith_span name = claim_set_text(old, key[KEY_NAME]);
	uint32_t w[ENTRY_WORDS], k;
	int r = KITH_OK;

	for (k = 0; k < key[KEY_ENTRIES] && !r; k++) {
		size_t at = (size_t)key[KEY_ENTRY] + k;

		if (claim_set_field(old, old->entries, old->n_entries, ENTRY_WORDS, at,
				    ENTRY_SOURCE) != i)
			continue; /* of many sources few are taken over one by one */
		claim_set_record(old, old->entries, old->n_entries, ENTRY_WORDS, at, w);
		r = reuse_entry(b, old, key[KEY_ECO], name, w);
	}
	for (k = 0; k < key[KEY_FACTS] && !r; k++) {
		struct fact f = {.eco = key[KEY_ECO], .number = (uint32_t)b->n_facts};

		claim_set_record(old, old->facts, old->n_facts, FACT_WORDS,
				 (size_t)key[KEY_FACT] + k, f.w);
		if (f.w[FACT_SOURCE] != i)
			continue;
		f.w[FACT_SOURCE] = (uint32_t)(b->n_sources - 1);
		r = kith_grow(&b->facts, &b->cap_facts, b->n_facts + 1, sizeof(*b->facts),
			      KITH_MAX_CLAIM_SET_ENTRIES, "publishers", b->err);
		if (!r)
			r = claim_set_put_text(b, name, &f.name);
		if (!r)
			r = claim_set_put_text(b, claim_set_text(old, f.w[FACT_VERSION]),
					       &f.w[FACT_VERSION]);
		if (!r)
			r = claim_set_put_text(b, claim_set_text(old, f.w[FACT_PUBLISHER]),
					       &f.w[FACT_PUBLISHER]);
		if (!r)
			r = claim_set_put_text(b, claim_set_text(old, f.w[FACT_LOGIN]),
					       &f.w[FACT_LOGIN]);
		if (!r)
			b->facts[b->n_facts++] = f;
	}
	return r;
}

int
kith_claim_set_builder_reuse(struct kith_claim_set_builder *b, const struct kith_claim_set *old,
			     size_t i, struct kith_error *err)
{
	struct kith_claim_set_source s;
	struct kith_claim_set_refusal x;
	uint32_t key[KEY_WORDS];
	size_t k;
	int r;

	b->err = err;
	if (!kith_claim_set_source_at(old, i, &s))
		return kith_fail(err, KITH_E_FORMAT, "a set of claims is damaged");
	r = kith_claim_set_builder_head(b, s.commit, s.since, false, err);
	claim_set_current(b)->w[SOURCE_REFUSED] = s.refused;
	claim_set_current(b)->w[SOURCE_FILES_REFUSED] = s.files_refused;
	for (k = 0; k < old->n_keys && !r; k++) {
		claim_set_record(old, old->keys, old->n_keys, KEY_WORDS, k, key);
		if (key[KEY_ENTRY] > old->n_entries ||
		    key[KEY_ENTRIES] > old->n_entries - key[KEY_ENTRY] ||
		    key[KEY_FACT] > old->n_facts || key[KEY_FACTS] > old->n_facts - key[KEY_FACT])
			return kith_fail(err, KITH_E_FORMAT, "a set of claims is damaged");
		r = reuse_key(b, old, i, key);
	}
	for (k = 0; !r && kith_claim_set_refusal_at(old, k, &x); k++) {
		KITH_AUTO_FREE char *why =
		    x.source == i ? kith_strndup(x.why.ptr, x.why.len) : NULL;

		if (why)
			r = kith_claim_set_builder_refuse(b, x.path, x.line, why, err);
		else if (x.source == i)
			r = kith_fail_nomem(err);
	}
	return r;
}
