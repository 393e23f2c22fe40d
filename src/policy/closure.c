/* SPDX-License-Identifier: Apache-2.0 */
/* Which claims a verdict stands on or shows: no others decide anything, and none decides alone. */
#include "policy/policy.h"

bool
kith_policy_is_of_other_bytes(const struct kith_subject *subject, const struct kith_claim *claim)
{
	return subject->has_digest && claim->kind == KITH_CLAIM_REVIEW && claim->has_digest &&
	       !claim->empty && kith_span_eq(claim->version, subject->package->version) &&
	       memcmp(claim->digest.bytes, subject->digest.bytes, KITH_DIGEST_BYTES) != 0;
}

static bool
concerns(const struct kith_subject *s, const struct kith_claim *c)
{
	return c->eco == s->package->eco && kith_span_eq(c->name, s->package->name) &&
	       (c->eco != KITH_ECO_CARGO || !c->source.len ||
		kith_span_is(c->source, KITH_CRATES_IO));
}

/* A root's second key speaks as that root, also if nobody speaks of it (verdict.md 2). */
static bool
is_of_a_root(const struct kith_policy_world *world, const struct kith_people *people,
	     const struct kith_id *id)
{
	struct kith_actor actor;
	size_t i;

	if (!world->actors || !kith_actors_of_id(world->actors, id, &actor))
		return false;
	for (i = 0; i < people->n_roots; i++)
		if (people->persons[people->roots[i]].actor.house == actor.house)
			return true;
	return false;
}

/* Whether anything that its author says can count: for a yes, with a publisher's word, for a no. */
static bool
counts(const struct kith_policy_world *world, const struct kith_people *people,
       const struct kith_claim *c)
{
	uint32_t i;

	if (!c->is_signed)
		return c->set < world->n_sources &&
		       (world->sources[c->set].level >= KITH_LEVEL_LOW ||
			world->sources[c->set].object >= KITH_LEVEL_LOW);
	i = kith_people_find(people, &c->author);
	if (i != UINT32_MAX) {
		const struct kith_person *p = &people->persons[i];

		if (p->root || p->approve >= KITH_LEVEL_LOW || p->approve_full >= KITH_LEVEL_LOW ||
		    p->object >= KITH_LEVEL_LOW)
			return true;
	}
	return is_of_a_root(world, people, &c->author);
}

static void
name(const struct kith_claim *claims, size_t n_claims, const struct kith_claim *c, bool *ret_in)
{
	if (c >= claims && c < claims + n_claims)
		ret_in[c - claims] = true;
}

static void
name_all(const struct kith_claim *claims, size_t n, const struct kith_verdict *v, bool *ret_in)
{
	size_t i;

	for (i = 0; i < v->n_chain; i++)
		name(claims, n, v->chain[i].claim, ret_in);
	for (i = 0; i < v->n_objections; i++)
		name(claims, n, v->objections[i].claim, ret_in);
	for (i = 0; i < v->n_notes; i++)
		name(claims, n, v->notes[i].claim, ret_in);
	name(claims, n, v->nearest, ret_in);
}

int
kith_policy_closure(const struct kith_policy_world *world, const struct kith_subject *subject,
		    const struct kith_claim *claims, size_t n_claims,
		    const struct kith_verdict *verdict, bool *ret_in, struct kith_error *err)
{
	const struct kith_people *people = NULL;
	bool judged = !subject->mismatch && !subject->package->local;
	size_t i;
	int r;

	for (i = 0; i < n_claims; i++) {
		const struct kith_claim *c = &claims[i];

		ret_in[i] = kith_policy_is_of_other_bytes(subject, c);
		if (!judged || ret_in[i] || !concerns(subject, c))
			continue;
		if (!people) {
			r = world->people(world->people_ctx, subject->package,
					  verdict->requirement.level, &people, err);
			if (r)
				return r;
		}
		ret_in[i] = counts(world, people, c);
	}
	name_all(claims, n_claims, verdict, ret_in);
	return KITH_OK;
}
