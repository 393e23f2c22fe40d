/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the policy: one evaluation taken apart. A judge is filled from front to back: what was
 * said and by whom (said.c), which reviews are in force (force.c), objections (object.c), the
 * versions that admissible approvals connect (chain.c), how many actors stand behind that
 * (independence.c), the status (judge.c), and what became of each claim (explain.c).
 */
#ifndef KITH_POLICY_JUDGE_H
#define KITH_POLICY_JUDGE_H

#include "policy/issues.h"
#include "policy/policy.h"

#define NOBODY UINT32_MAX

/* Somebody who said something: a source (its index is the source's), then roots, then other ids. */
struct author {
	bool is_source;
	uint32_t person; /* in people->persons; NOBODY */
	struct kith_id id;
	uint8_t approve, approve_full, object;
	bool root, revoked, disowned;
	bool owner; /* publishes the package */
	struct kith_actor actor;
	uint32_t speaks_as; /* a root's second key speaks as that root; else himself */
};

struct said_version {
	struct kith_span text;
	bool is_semver;
	struct kith_semver semver;
	bool barred; /* for steps by version alone: a negative review of any bytes */
	bool violated;
};

/* Numbers of digests: those of real ones follow. */
#define ANY_DIGEST 0U /* bound by version alone */
#define NO_DIGEST  1U /* a review that names none that we know: joins nothing */
#define OUR_DIGEST 2U

struct review {
	const struct kith_claim *claim;
	uint32_t index;       /* of the claim */
	uint32_t author, raw; /* as whom he speaks; the key itself */
	uint32_t version, digest;
	uint32_t base_version, base_digest;
	bool late, arrived, machine;
	bool silent;   /* the roots ignore it */
	bool newest;   /* counts as the author's approval of the version */
	bool latest;   /* the newest, late ones included */
	bool standing; /* what it objects to has not lapsed */
};

struct barred_bytes {
	uint32_t version, digest;
};

struct judge {
	const struct kith_policy_world *world;
	const struct kith_policy *policy;
	const struct kith_subject *subject;
	const struct kith_people *people;
	struct kith_requirement need;
	struct kith_arena *arena;  /* of the answer */
	struct kith_arena scratch; /* until the end of the evaluation */
	const struct kith_claim *claims;
	size_t n_claims;
	uint32_t *order; /* indexes of the claims about this package, in canonical order */
	size_t n_order;
	struct kith_map ids, version_numbers, digest_numbers, actor_names;
	struct author *authors;
	size_t n_authors, cap_authors;
	struct said_version *versions;
	size_t n_versions, cap_versions;
	uint32_t n_digests;
	uint32_t n_actors;
	struct review *reviews; /* sorted by author, version, digest, newest date first */
	size_t n_reviews;
	uint32_t version;   /* the package's own */
	unsigned criterion; /* the one that decides the independence, index in need.criteria */
	bool comparable;    /* the bytes here may contradict a review */
	size_t bar_steps;   /* taken for violations' ranges */
	struct barred_bytes *barred; /* sorted */
	size_t n_barred;
	struct kith_objection *objections;
	size_t n_objections;
	struct kith_note *notes;
	size_t n_notes;
	uint8_t *uses; /* enum kith_use of each claim + 1; 0: not decided yet */
};

/* said.c */
/* Only what means the default registry's package of this name is looked at (verdict.md 1). */
bool judge_concerns(const struct judge *j, const struct kith_claim *c);
KITH_NODISCARD int judge_read(struct judge *j, struct kith_error *err);
void judge_clear(struct judge *j);
/* Number of a version by its text, numbered now if it is new. */
KITH_NODISCARD int judge_version(struct judge *j, struct kith_span text, uint32_t *ret_version,
				 struct kith_error *err);
/* The actor whose opinion an aggregated entry is; *ret_disowned: its id is not to be believed. */
KITH_NODISCARD int judge_origin(struct judge *j, const struct kith_claim *c, uint32_t *ret_actor,
				bool *ret_disowned, struct kith_error *err);
uint32_t judge_author_of(const struct judge *j, const struct kith_claim *c);
/* The review's group: [*pos, end) of reviews of one author and version; returns end. */
size_t judge_group_end(const struct judge *j, size_t pos);
/* Bits of need.criteria that a claim's criteria meet, with what they imply. */
uint32_t judge_criteria_met(const struct judge *j, const struct kith_claim *c);

/* force.c */
KITH_NODISCARD int judge_force(struct judge *j, struct kith_error *err);

/* object.c */
KITH_NODISCARD int judge_objections(struct judge *j, struct kith_error *err);
bool judge_is_barred(const struct judge *j, uint32_t version, uint32_t digest);
void judge_use(struct judge *j, uint32_t claim, enum kith_use use);

/* chain.c: conditions that the search for the nearest miss drops. */
#define LOOSE_OWNER   1U /* the publisher and whom he introduced count */
#define LOOSE_MACHINE 2U /* ignored machines count */
#define LOOSE_BYTES   4U /* any digest is ours */
#define LOOSE_LEVEL   8U /* level low, any strength */

struct chain_edge {
	uint32_t from_version, from_digest; /* NOBODY: from the root */
	uint32_t version, digest;
	uint32_t from, to; /* nodes; NOBODY: the root */
	uint32_t author;
	uint32_t actors[2];
	unsigned n_actors;
	bool supplement;
	uint32_t criteria; /* bits of need.criteria */
	uint32_t claim;
};

struct chain_node {
	uint32_t version, digest;
	bool barred;
	uint32_t first, last;            /* its edges */
	uint32_t group_first, group_end; /* the nodes of its version */
};

struct chain {
	struct chain_edge *edges; /* sorted by node they leave, the root first */
	size_t n_edges, cap_edges;
	struct chain_node *nodes; /* sorted by version, digest */
	size_t n_nodes;
	uint32_t root_edges;
	unsigned loose;
	uint32_t boosted; /* an author who is taken as trusted by the root itself; NOBODY */
	/* of the last walk, by node */
	bool *seen, *expanded;
	uint32_t *via_edge, *via_node, *depth, *queue;
	uint8_t *level;  /* of the lowest author on the way */
	int64_t *date;   /* of its oldest step */
	uint32_t target; /* node that was asked for and found; NOBODY */
};

/* What all newest reviews of one author and version grant together (verdict.md 2). */
struct chain_grant {
	const struct review *first; /* NULL: nothing is in force */
	enum kith_rating rating;
	enum kith_level thoroughness, understanding;
	uint32_t digest, base_version, base_digest;
	bool machine, conflict, withdrawn;
};

/*
 * Whether somebody's approvals, the reviews [pos, end) of one author and version, or a set's entry
 * are admissible (APPROVES), else the reason against them: what builds chains also explains them.
 */
enum kith_use chain_author_use(const struct judge *j, const struct chain *c, uint32_t author);
enum kith_use chain_review_use(const struct judge *j, const struct chain *c, size_t pos, size_t end,
			       struct chain_grant *ret_grant);
KITH_NODISCARD int chain_set_use(struct judge *j, const struct chain *c, uint32_t index,
				 enum kith_use *ret_use, struct chain_edge *ret_edge,
				 struct kith_error *err);

KITH_NODISCARD int chain_build(struct judge *j, unsigned loose, uint32_t boosted, struct chain *c,
			       struct kith_error *err);
void chain_clear(struct chain *c);

struct chain_walk {
	unsigned criterion;  /* index in need.criteria */
	bool supplements;    /* machines' reviews and young vouches too */
	const bool *removed; /* by actor number; NULL: nobody */
	const bool *reached; /* by person, with `removed` gone; NULL: as the people say */
};
/* Whether the package is approved. Afterwards c->target and c->via_… tell how. */
bool chain_walk(const struct judge *j, struct chain *c, const struct chain_walk *w);
/* How far an author's approvals count in this chain. */
enum kith_level chain_standing(const struct judge *j, const struct chain *c, uint32_t author);
/* Approved for each criterion, with supplements, under loosened conditions. */
KITH_NODISCARD int chain_approves(struct judge *j, unsigned loose, bool *ret_approved,
				  struct kith_error *err);

/* independence.c */
struct independence {
	unsigned k;
	bool least; /* the search was cut off: k or more */
	unsigned criterion;
	uint32_t cut[KITH_MAX_INDEPENDENT];
	size_t n_cut;
};
KITH_NODISCARD int judge_independence(struct judge *j, struct chain *c, struct independence *ret,
				      struct kith_error *err);

/* explain.c */
KITH_NODISCARD int judge_explain(struct judge *j, struct chain *c, struct kith_verdict *v,
				 struct kith_error *err);
struct kith_party judge_party(const struct judge *j, uint32_t actor);

#endif
