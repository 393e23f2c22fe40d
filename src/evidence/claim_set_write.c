/* SPDX-License-Identifier: Apache-2.0 */
/* The end of building a set of claims: sorted by name, and laid out. */
#include "evidence/claim_set_builder.h"

struct order {
	struct kith_span name;
	uint32_t eco, number, at;
};

static int
cmp_order(const void *pa, const void *pb)
{
	const struct order *a = pa, *b = pb;
	int r;

	if (a->eco != b->eco)
		return a->eco < b->eco ? -1 : 1;
	r = kith_span_cmp(a->name, b->name);
	return r ? r : (a->number > b->number) - (a->number < b->number);
}

static int
sort_entries(struct kith_claim_set_builder *b, struct order **ret)
{
	struct order *list = kith_calloc(b->n_entries + 1, sizeof(*list));
	size_t i;

	if (!list)
		return kith_fail_nomem(b->err);
	for (i = 0; i < b->n_entries; i++)
		list[i] = (struct order){claim_set_kept_text(b, b->entries[i].name),
					 b->entries[i].eco, (uint32_t)i, (uint32_t)i};
	qsort(list, b->n_entries, sizeof(*list), cmp_order);
	*ret = list;
	return KITH_OK;
}

static int
sort_facts(struct kith_claim_set_builder *b, struct order **ret)
{
	struct order *list = kith_calloc(b->n_facts + 1, sizeof(*list));
	size_t i;

	if (!list)
		return kith_fail_nomem(b->err);
	for (i = 0; i < b->n_facts; i++)
		list[i] = (struct order){claim_set_kept_text(b, b->facts[i].name), b->facts[i].eco,
					 (uint32_t)i, (uint32_t)i};
	qsort(list, b->n_facts, sizeof(*list), cmp_order);
	*ret = list;
	return KITH_OK;
}

/* Keys of both lists, merged: whatever is known of one name stands together. */
static int
make_keys(struct kith_claim_set_builder *b, const struct order *entries, const struct order *facts)
{
	size_t e = 0, f = 0;
	int r = KITH_OK;

	while (!r && (e < b->n_entries || f < b->n_facts)) {
		struct order *least = NULL;
		struct order x, y;
		struct key k = {{0}};

		x = entries[e];
		y = facts[f];
		x.number = y.number = 0;
		least = e == b->n_entries                           ? &y
			: f == b->n_facts || cmp_order(&x, &y) <= 0 ? &x
								    : &y;
		k.w[KEY_ECO] = least->eco;
		k.w[KEY_NAME] = least == &x ? b->entries[x.at].name : b->facts[y.at].name;
		k.w[KEY_ENTRY] = (uint32_t)e;
		k.w[KEY_FACT] = (uint32_t)f;
		for (; e < b->n_entries && entries[e].eco == least->eco &&
		       kith_span_eq(entries[e].name, least->name);
		     e++)
			k.w[KEY_ENTRIES]++;
		for (; f < b->n_facts && facts[f].eco == least->eco &&
		       kith_span_eq(facts[f].name, least->name);
		     f++)
			k.w[KEY_FACTS]++;
		r = kith_grow(&b->names, &b->cap_names, b->n_names + 1, sizeof(*b->names),
			      2 * KITH_MAX_CLAIM_SET_ENTRIES, "packages", b->err);
		if (!r)
			b->names[b->n_names++] = k;
	}
	return r;
}

static void
write_words(struct kith_buf *out, const uint32_t *w, size_t n)
{
	uint8_t *p = kith_buf_room(out, 4 * n);
	size_t i;

	for (i = 0; p && i < n; i++) {
		p[4 * i] = (uint8_t)w[i];
		p[4 * i + 1] = (uint8_t)(w[i] >> 8);
		p[4 * i + 2] = (uint8_t)(w[i] >> 16);
		p[4 * i + 3] = (uint8_t)(w[i] >> 24);
	}
	if (p)
		kith_buf_added(out, 4 * n);
}

static int
write_all(struct kith_claim_set_builder *b, const struct order *entries, const struct order *facts,
	  struct kith_buf *out, struct kith_error *err)
{
	const uint32_t counts[SET_COUNTS] = {(uint32_t)b->n_names, (uint32_t)b->n_entries,
					     (uint32_t)b->n_words, (uint32_t)b->n_sources,
					     (uint32_t)b->n_facts, (uint32_t)b->n_refusals,
					     (uint32_t)b->text.len};
	size_t i;

	kith_buf_put(out, SET_MAGIC, 8);
	write_words(out, counts, SET_COUNTS);
	for (i = 0; i < b->n_names; i++)
		write_words(out, b->names[i].w, KEY_WORDS);
	for (i = 0; i < b->n_entries; i++)
		write_words(out, b->entries[entries[i].at].w, ENTRY_WORDS);
	write_words(out, b->words, b->n_words);
	for (i = 0; i < b->n_sources; i++)
		write_words(out, b->sources[i].w, SOURCE_WORDS);
	for (i = 0; i < b->n_facts; i++)
		write_words(out, b->facts[facts[i].at].w, FACT_WORDS);
	for (i = 0; i < b->n_refusals; i++)
		write_words(out, b->refusals[i].w, REFUSAL_WORDS);
	kith_buf_put_span(out, kith_buf_span(&b->text));
	return kith_buf_check(out, err);
}

int
kith_claim_set_builder_seal(struct kith_claim_set_builder *b, struct kith_buf *out,
			    struct kith_error *err)
{
	KITH_AUTO_FREE struct order *entries = NULL, *facts = NULL;
	int r;

	b->err = err;
	claim_set_end_source(b);
	r = sort_entries(b, &entries);
	if (!r)
		r = sort_facts(b, &facts);
	if (!r)
		r = make_keys(b, entries, facts);
	return r ? r : write_all(b, entries, facts, out, err);
}
