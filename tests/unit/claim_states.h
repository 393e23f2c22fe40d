/* SPDX-License-Identifier: Apache-2.0 */
/* Sources of claims made from texts, state by state: what several tests of sets of claims build. */
#ifndef KITH_CLAIM_STATES_H
#define KITH_CLAIM_STATES_H

#include "crypto/crypto.h"
#include "evidence/claim_set.h"

struct claim_state {
	int64_t time;
	const char *audits, *imports; /* NULL: no such file */
};

static inline int
claim_put_states(struct kith_claim_set_builder *b, const struct claim_state *states, size_t n,
		 size_t from, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = from; i < n && !r; i++) {
		r = kith_claim_set_builder_head(b, KITH_SPAN_LIT("0123456789"), states[i].time,
						i == 0, err);
		if (!r && states[i].audits)
			r = kith_claim_set_builder_file(b, KITH_CLAIM_SET_AUDITS,
							KITH_SPAN_LIT("audits.toml"),
							kith_span_str(states[i].audits), err);
		if (!r && states[i].imports)
			r = kith_claim_set_builder_file(b, KITH_CLAIM_SET_PUBLISHERS,
							KITH_SPAN_LIT("imports.lock"),
							kith_span_str(states[i].imports), err);
	}
	return r;
}

/* One source of these states; those before `from` are taken from `old`. */
static inline int
claim_build(const struct claim_state *states, size_t n, size_t from,
	    const struct kith_claim_set *old, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_CLAIM_SET_BUILDER struct kith_claim_set_builder *b = NULL;
	struct kith_claim_set_source source = {
	    .slug = KITH_SPAN_LIT("peer-1"),
	    .location = KITH_SPAN_LIT("https://peer.example/audits.toml"),
	    .inside = KITH_SPAN_LIT("in"),
	    .mark = 99};
	int r = kith_claim_set_builder_new(kith_blake2b, &b, err);

	if (!r)
		r = kith_claim_set_builder_source(b, &source, err);
	if (!r && old)
		r = kith_claim_set_builder_reuse(b, old, 0, err);
	if (!r)
		r = claim_put_states(b, states, n, from, err);
	return r ? r : kith_claim_set_builder_seal(b, out, err);
}

/* All that a set says, name by name, as text. */
static inline int
claim_dump(const struct kith_claim_set *s, int64_t now, struct kith_buf *out,
	   struct kith_error *err)
{
	static const char *const kinds[] = {"review", "audit", "violation", "vouch", "advisory"};
	struct kith_claim_set_reading *readings = kith_calloc(s->n_sources + 1, sizeof(*readings));
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_claim_set_fact *facts;
	enum kith_ecosystem eco;
	struct kith_span name;
	struct kith_claim *claims;
	size_t i, k, c, n;
	int r = readings ? KITH_OK : kith_fail_nomem(err);

	kith_arena_init(&arena, KITH_MIB(64));
	for (i = 0; !r && i < s->n_sources; i++)
		readings[i] = (struct kith_claim_set_reading){.number = (uint32_t)i + 10,
							      .name = KITH_SPAN_LIT("peer")};
	for (i = 0; !r && kith_claim_set_name_at(s, i, &eco, &name, &n, &n); i++) {
		r = kith_claim_set_claims(s, eco, name, readings, (struct kith_time){now, 0},
					  &arena, &claims, &n, err);
		for (k = 0; !r && k < n; k++) {
			kith_buf_printf(out, "%s %.*s by %u", kinds[claims[k].kind],
					KITH_SPAN_FMT(claims[k].id), claims[k].set);
			for (c = 0; c < claims[k].n_criteria; c++)
				kith_buf_printf(out, " %.*s", KITH_SPAN_FMT(claims[k].criteria[c]));
			kith_buf_printf(
			    out, " at %.*s %.*s %.*s:%u", KITH_SPAN_FMT(claims[k].places[0].source),
			    KITH_SPAN_FMT(claims[k].places[0].commit),
			    KITH_SPAN_FMT(claims[k].places[0].path), claims[k].places[0].line);
			if (claims[k].has_seen)
				kith_buf_printf(out, " seen %lld", (long long)claims[k].seen.sec);
			kith_buf_put_str(out, claims[k].gone ? " gone\n" : "\n");
		}
		if (!r)
			r = kith_claim_set_facts(s, eco, name, &arena, &facts, &n, err);
		for (k = 0; !r && k < n; k++)
			kith_buf_printf(out, "fact %.*s %.*s %.*s %.*s %lld\n", KITH_SPAN_FMT(name),
					KITH_SPAN_FMT(facts[k].version),
					KITH_SPAN_FMT(facts[k].publisher),
					KITH_SPAN_FMT(facts[k].login),
					(long long)facts[k].published.sec / 86400);
	}
	free(readings);
	return r ? r : kith_buf_check(out, err);
}

#endif
