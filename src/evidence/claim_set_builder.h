/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that build a set of claims share. Inside the room only. */
#ifndef KITH_EVIDENCE_CLAIM_SET_BUILDER_H
#define KITH_EVIDENCE_CLAIM_SET_BUILDER_H

#include "evidence/claim_set_format.h"

#define NEVER UINT32_MAX

struct entry {
	uint32_t eco, name; /* text */
	uint32_t number;    /* in the order in which they came */
	uint32_t head;      /* the last one that had it */
	uint32_t w[ENTRY_WORDS];
};

struct fact {
	uint32_t eco, name, number;
	uint32_t w[FACT_WORDS];
};

struct key {
	uint32_t w[KEY_WORDS];
};

struct source {
	uint32_t w[SOURCE_WORDS];
};

struct refusal {
	uint32_t w[REFUSAL_WORDS];
};

struct kith_claim_set_builder {
	kith_claim_set_hash *hash;
	struct kith_buf text;
	struct kith_map texts, lists; /* to where they lie */
	struct kith_arena keys;       /* of these maps */
	uint32_t *words;
	struct entry *entries;
	struct fact *facts;
	struct key *names;
	struct source *sources;
	struct refusal *refusals;
	size_t n_words, n_entries, n_facts, n_names, n_sources, n_refusals;
	size_t cap_words, cap_entries, cap_facts, cap_names, cap_sources, cap_refusals;
	/* of the source that is being read */
	struct kith_map seen; /* digest to entry */
	struct kith_arena seen_keys;
	size_t first_entry, first_fact, first_refusal;
	uint32_t head; /* number of the state; NEVER: none yet */
	int64_t time;
	bool baseline;
	struct kith_error *err;
};

static inline struct source *
claim_set_current(struct kith_claim_set_builder *b)
{
	return &b->sources[b->n_sources - 1];
}

int claim_set_put_text(struct kith_claim_set_builder *b, struct kith_span s, uint32_t *ret);
/* A text of its own: no second one will be like it. */
int claim_set_put_lone_text(struct kith_claim_set_builder *b, struct kith_span s, uint32_t *ret);
struct kith_span claim_set_kept_text(const struct kith_claim_set_builder *b, uint32_t at);
/* Sets use few lists of criteria: each is kept once. */
int claim_set_put_list(struct kith_claim_set_builder *b, const struct kith_span *items, size_t n,
		       uint32_t *ret);
/* Remembers that the current source has this entry. */
int claim_set_remember(struct kith_claim_set_builder *b, const struct kith_digest *d,
		       struct entry *e);
/*
 * What the newest state does not have is over; but a violation that vanished counts on for a time
 * (verdict.md 7).
 */
void claim_set_end_source(struct kith_claim_set_builder *b);

#endif
