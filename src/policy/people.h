/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the policy needs to know about people for one kind of question: levels with and without
 * what a package's publishers say about others, and who introduces whom. Plain data; made once for
 * all packages that ask the same (trust.h's answers), and immutable then.
 */
#ifndef KITH_POLICY_PEOPLE_H
#define KITH_POLICY_PEOPLE_H

#include "policy/actors.h"

struct kith_person {
	struct kith_id id;
	uint8_t approve;      /* enum kith_level; without what the publishers say (trust.md N13) */
	uint8_t approve_full; /* with it */
	uint8_t object;       /* always with it */
	bool root;            /* a root that is not revoked */
	bool revoked;         /* distrusts itself (N11) */
	bool disowned;        /* revoked, or distrusted by a root's own word */
	struct kith_actor actor;
};

struct kith_introduction {
	uint32_t from, to; /* indexes of persons */
};

/* Who introduces whom, by introducer: edges[first[p]] … edges[first[p + 1] - 1] are p's. */
struct kith_introductions {
	const struct kith_introduction *edges;
	const uint32_t *first;
	const bool *reached;    /* by person: whether some chain from a root gets there … */
	const uint32_t *via;    /* … and through whom; itself for roots */
	const bool *introduces; /* by person: somebody is reached through him */
};

struct kith_people {
	const struct kith_person *persons; /* sorted by id, no duplicates */
	uint32_t n_persons;
	const uint32_t *roots; /* in the order of the question */
	size_t n_roots;
	unsigned threshold;
	/* admitted at the required level (trust.md 4.5), without and with publishers */
	struct kith_introductions bare, full;
	const uint32_t *owners; /* numbers of the actors that publish the package, sorted */
	size_t n_owners;
};

/* Index of the person with this id, or UINT32_MAX. */
uint32_t kith_people_find(const struct kith_people *p, const struct kith_id *id);

bool kith_people_owns(const struct kith_people *p, uint32_t actor);

/*
 * Sorts edges (which must live as long as *p) and fills p->bare (bare) or p->full. What it needs
 * comes from the arena. persons, roots and owners must be set.
 */
KITH_NODISCARD int kith_people_link(struct kith_people *p, struct kith_introduction *edges,
				    size_t n_edges, bool bare, struct kith_arena *arena,
				    struct kith_error *err);

/*
 * A walk from the roots over introductions that leaves out removed actors (removed[number]; NULL:
 * nobody) as introducers; a root's second key is not removed with its root (verdict.md 5). seen[]
 * by person is set; via[] (may be NULL) gets the introducer through whom each was found first
 * (itself for roots). `queue` has room for all persons.
 */
struct kith_people_walk {
	bool *seen;
	uint32_t *via, *queue;
	/* the walk may end when n_wanted of the wanted[] are found; 0: it goes everywhere */
	const bool *wanted;
	uint32_t n_wanted;
};
void kith_people_reach(const struct kith_people *p, const struct kith_introductions *in,
		       const bool *removed, const struct kith_people_walk *walk);

/* Whether the person speaks as one of the roots: introduces with it, is never removed. */
bool kith_people_is_root_key(const struct kith_people *p, uint32_t person);

#endif
