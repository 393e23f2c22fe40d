/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict (verdict.md): packages, claims, trust and requirements in, one status with reasons
 * out. A pure function: it sees no file, no clock, no order of its input.
 */
#ifndef KITH_POLICY_POLICY_H
#define KITH_POLICY_POLICY_H

#include "evidence/claim.h"
#include "policy/people.h"

/* --- what is required (verdict.md 4, 6, 7) --- */

enum kith_promote { KITH_AS_NOTE, KITH_AS_OBJECTION, KITH_AS_NOTHING };

struct kith_requirement {
	enum kith_level level;
	unsigned independent; /* at most KITH_MAX_INDEPENDENT */
	enum kith_level thoroughness, understanding;
	enum kith_llm llm;
	bool assisted_counts; /* llm-assisted = count: human-guided machines are people */
	bool only_signed;
	enum kith_level objection_level;
	/* none: safe-to-deploy, or safe-to-run for what only developers run */
	struct kith_span criteria[KITH_MAX_CRITERIA];
	size_t n_criteria;
};

/* The fields that a rule names. */
#define KITH_FIELD_LEVEL           1U
#define KITH_FIELD_INDEPENDENT     2U
#define KITH_FIELD_THOROUGHNESS    4U
#define KITH_FIELD_UNDERSTANDING   8U
#define KITH_FIELD_LLM             16U
#define KITH_FIELD_LLM_ASSISTED    32U
#define KITH_FIELD_SIGNED          64U
#define KITH_FIELD_OBJECTION_LEVEL 128U
#define KITH_FIELD_CRITERIA        256U

struct kith_rule {
	struct kith_span glob;
	unsigned fields; /* KITH_FIELD_… */
	struct kith_requirement r;
	bool replace;
	struct kith_span reason;
};

struct kith_policy {
	struct kith_requirement base;
	enum kith_level issue_severity;
	enum kith_level severity_threshold; /* NONE: every advisory objects */
	enum kith_promote unsound, unmaintained, notice, yanked;
	int64_t cooldown, set_cooldown; /* seconds */
	bool late_counts;
	const struct kith_rule *rules;
	size_t n_rules;
};

void kith_policy_preset(struct kith_policy *ret_policy);

/*
 * What is required of a package: [policy], the one replacing rule, all other matching rules
 * and-ed. `kinds`: KITH_KIND_…. Errors: KITH_E_USAGE if two longest rules replace; KITH_E_LIMIT.
 */
KITH_NODISCARD int kith_policy_requirement(const struct kith_policy *p, struct kith_span name,
					   unsigned kinds, struct kith_requirement *ret_requirement,
					   struct kith_error *err);

/* Who said a field of a requirement: the number of a rule, or KITH_ORIGIN_BASE ([policy]). */
#define KITH_FIELD_COUNT 9
#define KITH_ORIGIN_BASE SIZE_MAX
struct kith_requirement_origins {
	size_t of[KITH_FIELD_COUNT]; /* by the bit's number of KITH_FIELD_…, but criteria's */
	size_t criteria[KITH_MAX_CRITERIA]; /* of each */
};
/* As kith_policy_requirement, and who said what of it. */
KITH_NODISCARD int kith_policy_requirement_origins(const struct kith_policy *p,
						   struct kith_span name, unsigned kinds,
						   struct kith_requirement *ret_requirement,
						   struct kith_requirement_origins *ret_origins,
						   struct kith_error *err);

/* --- what is judged --- */

enum kith_subject_bytes {
	KITH_SUBJECT_ABSENT, /* not here */
	KITH_SUBJECT_HERE,
	KITH_SUBJECT_VENDORED /* may confirm a review, never contradict one */
};

struct kith_subject {
	const struct kith_package *package;
	enum kith_subject_bytes bytes;
	bool has_digest;
	struct kith_digest digest; /* crev's, of the bytes that are here */
	bool mismatch;             /* the caller found bytes or checksums that differ */
	bool yanked;
	/* registry facts; empty: not known */
	struct kith_span publisher, first_publisher;
	bool first_named; /* policy names `publisher` for this package, whoever was first */
	bool has_published;
	struct kith_time published;
	struct kith_span exempt_key; /* checksum; commit; digest of a path copy */
	/* required of it where [policy] names no criteria: a cargo-vet store's; none: the preset */
	const struct kith_span *criteria;
	size_t n_criteria; /* at most KITH_MAX_CRITERIA */
};

/* An unsigned set or a database; claims name it by its index. */
struct kith_evidence_source {
	struct kith_span name;
	enum kith_level level, object;
	struct kith_actor actor;
};

struct kith_exemption {
	struct kith_span name, version, key, reason, owner;
	const struct kith_span *criteria; /* that it covers, with what they imply … */
	size_t n_criteria;                /* … 0: all */
	bool has_until;
	struct kith_time until; /* exclusive */
};

struct kith_acceptance {
	struct kith_span name, objection, reason, owner;
	bool has_until;
	struct kith_time until;
};

/* [[ignore]] of claims: what `by` says about matching packages is silent, or one statement of it.
 */
struct kith_claim_ignore {
	struct kith_id by;
	struct kith_span package; /* glob of names */
	bool has_digest;
	struct kith_digest digest; /* of the one proof */
};

/* Everything but package and claims: the same for all packages of a run. */
struct kith_policy_world {
	const struct kith_policy *policy;
	const struct kith_evidence_source *sources;
	size_t n_sources;
	const struct kith_exemption *exemptions;
	size_t n_exemptions;
	const struct kith_acceptance *acceptances;
	size_t n_acceptances;
	const struct kith_claim_ignore *ignores;
	size_t n_ignores;
	const struct kith_actors *actors;
	struct kith_time now;
	/*
	 * People for a question about this package at this level: kith_standings_people and its
	 * context. *ret_people is borrowed until the next call.
	 */
	int (*people)(void *ctx, const struct kith_package *package, enum kith_level level,
		      const struct kith_people **ret_people, struct kith_error *err);
	void *people_ctx;
};

/* --- the verdict --- */

/* In order of badness. */
enum kith_status {
	KITH_STATUS_MISMATCH,
	KITH_STATUS_NEGATIVE,
	KITH_STATUS_INSUFFICIENT,
	KITH_STATUS_EXEMPT,
	KITH_STATUS_VERIFIED,
	KITH_STATUS_LOCAL
};
#define KITH_STATUS_COUNT 6
const char *kith_status_name(enum kith_status s);

/* Why insufficient: the nearest miss, in this order. */
enum kith_miss {
	KITH_MISS_NONE,
	KITH_MISS_PATH_COPY,
	KITH_MISS_UNKNOWN_ORIGIN,
	KITH_MISS_EXPIRED,
	KITH_MISS_NOT_INDEPENDENT,
	KITH_MISS_SUPPLEMENT_ONLY,
	KITH_MISS_PUBLISHER_ONLY,
	KITH_MISS_MACHINE_ONLY,
	KITH_MISS_VENDORED,
	KITH_MISS_BYTES_NOT_HERE,
	KITH_MISS_TOO_LOW,
	KITH_MISS_DOES_NOT_COUNT,
	KITH_MISS_NOBODY_TRUSTED,
	KITH_MISS_ANOTHER_VERSION,
	KITH_MISS_NO_EVIDENCE
};
const char *kith_miss_name(enum kith_miss m); /* "path-copy" …; "" for NONE */

enum kith_objection_kind {
	KITH_OBJECTION_NEGATIVE, /* a negative review of these bytes */
	KITH_OBJECTION_BYTES,    /* somebody reviewed other bytes under this name and version */
	KITH_OBJECTION_ISSUE, /* an open issue of a review, or of an advisory of a later version */
	KITH_OBJECTION_VIOLATION,
	KITH_OBJECTION_ADVISORY,
	KITH_OBJECTION_YANKED
};

struct kith_objection {
	enum kith_objection_kind kind;
	struct kith_span id;            /* what [[accept]] names */
	const struct kith_claim *claim; /* NULL: yanked */
	struct kith_span issue;         /* its id within the review */
	enum kith_level severity;       /* of an issue or advisory; NONE if it says none */
};

/* One link of the chain that supports an approval: the claim that makes it. */
struct kith_link {
	const struct kith_claim *claim;
	struct kith_span from, to; /* versions; from is empty for a full approval */
};

/* What is told and decides nothing. */
enum kith_note_kind {
	KITH_NOTE_ISSUE,    /* an open issue below issue-severity */
	KITH_NOTE_ADVISORY, /* informational, or below severity-threshold */
	KITH_NOTE_BYTES,    /* a review of other bytes by somebody who does not count */
	KITH_NOTE_YANKED
};

struct kith_note {
	enum kith_note_kind kind;
	const struct kith_claim *claim; /* NULL: yanked */
	struct kith_span issue;
	enum kith_level severity; /* of an issue or advisory; NONE if it says none */
};

enum kith_latest {
	KITH_LATEST_NONE, /* no version is verified */
	KITH_LATEST_EQUAL,
	KITH_LATEST_NEWER,
	KITH_LATEST_OLDER
};

/* Somebody a verdict hangs on, or who would mend it. */
struct kith_party {
	bool is_id;
	struct kith_id id;
	uint32_t source;       /* index, where it is one; else UINT32_MAX */
	struct kith_span name; /* of an actor that is neither: as the claim writes it */
};

/* What became of one claim. */
enum kith_use {
	KITH_USE_APPROVES,   /* on a way to this version that counts */
	KITH_USE_SUPPLEMENT, /* … but only beside what counts without it: machines, young vouches */
	KITH_USE_OBJECTS,
	KITH_USE_NOTE,          /* told, decides nothing: lesser issues, informational advisories */
	KITH_USE_ACCEPTED,      /* an objection that kith.toml accepts */
	KITH_USE_IGNORED,       /* an objection or review that the roots ignore */
	KITH_USE_LAPSED,        /* an objection that its author took back, or a closed issue */
	KITH_USE_OBJECTOR_LOW,  /* an objection by somebody below objection-level */
	KITH_USE_NOT_HIT,       /* an objection that does not touch this version */
	KITH_USE_NOBODY_TRUSTS, /* nobody you trust trusts the author */
	KITH_USE_LEVEL,         /* trusted, but too low */
	KITH_USE_SHALLOW,       /* less thoroughness or understanding than required */
	KITH_USE_EMPTY,         /* a withdrawn or empty review */
	KITH_USE_SUPERSEDED,    /* the author has a newer one */
	KITH_USE_NOT_YET,       /* dated in the future */
	KITH_USE_LATE,          /* appeared long after its date */
	KITH_USE_WITHDRAWN,     /* its author's own repository no longer serves it */
	KITH_USE_TWO_SAYINGS,   /* one date, two statements that grant nothing in common */
	KITH_USE_REVOKED,       /* by a revoked key */
	KITH_USE_PUBLISHER,     /* by the package's own publisher */
	KITH_USE_ONLY_PUBLISHER, /* trusted only through the publisher */
	KITH_USE_MACHINE,        /* policy ignores machines */
	KITH_USE_UNSIGNED,       /* policy wants signatures */
	KITH_USE_COOLING,        /* first seen too recently */
	KITH_USE_CRITERION,      /* for another criterion */
	KITH_USE_ORIGIN,         /* aggregated from somebody disowned */
	KITH_USE_VOUCH_FACTS,    /* a vouch, and the registry's facts are not known */
	KITH_USE_VOUCH_OTHER,    /* a vouch for another publisher, first publisher or time */
	KITH_USE_OTHER_BYTES,    /* approves this version with other bytes */
	KITH_USE_BYTES_ABSENT,   /* approves this version; the bytes are not here to compare */
	KITH_USE_NO_CHECKSUM,    /* a set's audit, and the lock states no checksum */
	KITH_USE_BROKEN_CHAIN,   /* a step whose beginning nobody approved */
	KITH_USE_BARRED,         /* leads through a version with an objection */
	KITH_USE_OTHER_VERSION   /* approves another version; no way leads from there to this one */
};
/* A short English reason, for example "trusted, but too low". Never NULL. */
const char *kith_use_text(enum kith_use use);

struct kith_claim_use {
	const struct kith_claim *claim;
	enum kith_use use;
	enum kith_level standing; /* of the author, for what the claim does */
};

/* Trusting `who` at the required level would make independence `independent`. */
struct kith_repair {
	struct kith_party who;
	enum kith_level standing;
	unsigned independent;
};

struct kith_verdict {
	enum kith_status status;
	enum kith_miss miss;
	unsigned independent;      /* at most KITH_MAX_INDEPENDENT */
	bool independent_is_least; /* the search was cut off: it may be more */
	struct kith_requirement requirement;
	const struct kith_objection *objections; /* in force, sorted by id, each once */
	size_t n_objections;
	const struct kith_note *notes;
	size_t n_notes;
	enum kith_latest latest;         /* the greatest version that approvals reach … */
	struct kith_span latest_version; /* … and no objection bars, whoever stands behind it */
	const struct kith_link *chain;   /* the best one, first link first; where independent > 0 */
	size_t n_chain;
	/* the actors without whom it would not be approved; fewer than KITH_MAX_INDEPENDENT */
	struct kith_party hangs_on[KITH_MAX_INDEPENDENT];
	size_t n_hangs_on;
	const struct kith_exemption *exemption; /* in force, or the expired one */
	const struct kith_claim *nearest; /* ANOTHER_VERSION, NOBODY_TRUSTED, …: the best to show */
	/* only where explanation was asked for */
	const struct kith_claim_use *uses; /* in the caller's order of claims */
	size_t n_uses;
	const struct kith_repair *repairs; /* most independence first */
	size_t n_repairs;
};

/*
 * Judges one package. `claims` are all claims about its name; those of another ecosystem, name or
 * registry are not looked at. Arrays are the arena's, the rest is borrowed from the inputs.
 * Errors: KITH_E_NOMEM, KITH_E_LIMIT, those of kith_policy_requirement and of world->people.
 */
KITH_NODISCARD int kith_policy_judge(const struct kith_policy_world *world,
				     const struct kith_subject *subject,
				     const struct kith_claim *claims, size_t n_claims, bool explain,
				     struct kith_arena *arena, struct kith_verdict *ret_verdict,
				     struct kith_error *err);

/* Whether this id means the objection: a problem has one in each database that knows it. */
bool kith_policy_objection_has_id(const struct kith_objection *objection, struct kith_span id);

/* Whether a claim is a review of this very version with other bytes than ours. */
bool kith_policy_is_of_other_bytes(const struct kith_subject *subject,
				   const struct kith_claim *claim);

/*
 * The closure of a verdict (verdict.md 10): the claims without which it would be another one, and
 * those that it names. Of whoever counts at all that is everything he says about the name, so that
 * the same closure follows from the closure alone; of strangers what is shown, and no more. Sets
 * ret_in[i] of each claim. Errors: those of world->people.
 */
KITH_NODISCARD int kith_policy_closure(const struct kith_policy_world *world,
				       const struct kith_subject *subject,
				       const struct kith_claim *claims, size_t n_claims,
				       const struct kith_verdict *verdict, bool *ret_in,
				       struct kith_error *err);

#endif
