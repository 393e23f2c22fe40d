/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What many audit sets say, as one immutable run of bytes that is looked up by the package's name:
 * built once from their files, kept in memory or in a file as it is. It holds each set's own words:
 * what they mean here is said when it is asked. Every offset is checked at use. Pure.
 */
#ifndef KITH_EVIDENCE_CLAIM_SET_H
#define KITH_EVIDENCE_CLAIM_SET_H

#include "evidence/checked.h"
#include "evidence/claim.h"

/* --- building --- */

struct kith_claim_set;
struct kith_claim_set_builder;

/* What makes the identity of a claim. */
typedef void kith_claim_set_hash(struct kith_span bytes, struct kith_digest *ret_digest);

KITH_NODISCARD int kith_claim_set_builder_new(kith_claim_set_hash *hash,
					      struct kith_claim_set_builder **ret_builder,
					      struct kith_error *err);
void kith_claim_set_builder_free(struct kith_claim_set_builder *b);
void kith_claim_set_builder_freep(struct kith_claim_set_builder **b);
#define KITH_AUTO_CLAIM_SET_BUILDER KITH_CLEANUP(kith_claim_set_builder_freep)

struct kith_claim_set_source {
	struct kith_span slug;     /* by which the caller finds it again */
	struct kith_span location; /* as people know it: part of a claim's identity and place */
	struct kith_span commit;   /* the newest head that was read; of a builder: set by heads */
	int64_t since;             /* when that was fetched; seconds since 1970; set likewise */
	struct kith_span inside;   /* the caller's, as what follows */
	uint32_t mark;
	/* of a view only: entries in force, refused ones, and files that could not be read */
	uint32_t audits, violations, vouches, facts, refused, files_refused;
};

/* A source begins. Errors: KITH_E_LIMIT (KITH_MAX_CLAIM_SET_…), KITH_E_NOMEM. */
KITH_NODISCARD int kith_claim_set_builder_source(struct kith_claim_set_builder *b,
						 const struct kith_claim_set_source *source,
						 struct kith_error *err);
/* Takes over what another set holds of its i-th source: as if its heads had been read here. */
KITH_NODISCARD int kith_claim_set_builder_reuse(struct kith_claim_set_builder *b,
						const struct kith_claim_set *old, size_t i,
						struct kith_error *err);
/*
 * One state of the source begins, the oldest first; it was fetched at `time`. What only a head
 * after the first brings is new since then (verdict.md 7); so is what the first one holds if it is
 * not `baseline`, because older ones are not known any more.
 */
KITH_NODISCARD int kith_claim_set_builder_head(struct kith_claim_set_builder *b,
					       struct kith_span commit, int64_t time, bool baseline,
					       struct kith_error *err);

enum kith_claim_set_file { KITH_CLAIM_SET_AUDITS, KITH_CLAIM_SET_PUBLISHERS };
/*
 * A file of this state: audits.toml, or an imports.lock, of which the publishers count. One that
 * cannot be read is counted and reported, and costs nothing else.
 */
KITH_NODISCARD int kith_claim_set_builder_file(struct kith_claim_set_builder *b,
					       enum kith_claim_set_file kind, struct kith_span path,
					       struct kith_span bytes, struct kith_error *err);
/* Notes something of the newest head that was not read. */
KITH_NODISCARD int kith_claim_set_builder_refuse(struct kith_claim_set_builder *b,
						 struct kith_span path, uint32_t line,
						 const char *why, struct kith_error *err);
/*
 * What is known of an entry of the current source besides its text, from where the text was cut
 * out: its identity, where it stood, since when. Entries get the order of these. KITH_E_INTEGRITY:
 * not exactly these entries were read.
 */
struct kith_claim_set_carried {
	struct kith_digest digest; /* kith_claim.proof */
	struct kith_span path;
	uint32_t line;
	bool has_seen, gone;
	int64_t seen, gone_since;
};
KITH_NODISCARD int kith_claim_set_builder_carried(struct kith_claim_set_builder *b,
						  const struct kith_claim_set_carried *list,
						  size_t n, struct kith_error *err);
/*
 * Violations that the current source had once and whose newest state, which was read before, does
 * not have: `text` is an audits.toml in its words; of `is` the digest and `gone` are not looked at.
 * Whatever else the text holds grants nothing, and what the state has stands as it is: who makes
 * up such a text can only add objections. KITH_E_INTEGRITY: it cannot be read, or holds none.
 */
KITH_NODISCARD int kith_claim_set_builder_gone(struct kith_claim_set_builder *b,
					       struct kith_span text,
					       const struct kith_claim_set_carried *is,
					       struct kith_error *err);
struct kith_claim_set_fact;
/* A publisher's fact of the current source; its number is not looked at. */
KITH_NODISCARD int kith_claim_set_builder_fact(struct kith_claim_set_builder *b,
					       enum kith_ecosystem eco, struct kith_span name,
					       const struct kith_claim_set_fact *fact,
					       struct kith_error *err);

/* The identity of a claim of a source at this location, as readers of audit sets make it. */
KITH_NODISCARD int kith_claim_set_identify(kith_claim_set_hash *hash, struct kith_span location,
					   const struct kith_claim *claim,
					   struct kith_digest *ret_digest, struct kith_error *err);

/* Appends the set to `out` (maximum: KITH_MAX_CLAIM_SET); ends the builder. */
KITH_NODISCARD int kith_claim_set_builder_seal(struct kith_claim_set_builder *b,
					       struct kith_buf *out, struct kith_error *err);

/* --- looking up --- */

struct kith_claim_set {
	struct kith_checked in;
	size_t keys, entries, words, sources, facts, refusals, text; /* where they begin */
	uint32_t n_keys, n_entries, n_words, n_sources, n_facts, n_refusals, n_text;
};

/* KITH_E_FORMAT: no set of this version, or its beginning must not be read. */
KITH_NODISCARD int kith_claim_set_open(const struct kith_checked *in,
				       struct kith_claim_set *ret_set, struct kith_error *err);

/* False where there is no i-th, or it is damaged. */
bool kith_claim_set_source_at(const struct kith_claim_set *s, size_t i,
			      struct kith_claim_set_source *ret);

struct kith_claim_set_refusal {
	uint32_t source, line;
	struct kith_span path, why;
};
/* The first KITH_MAX_CLAIM_SET_REFUSALS of all. */
bool kith_claim_set_refusal_at(const struct kith_claim_set *s, size_t i,
			       struct kith_claim_set_refusal *ret);

/* A set's criterion, and which of ours it stands for (maybe none). */
struct kith_claim_set_mapping {
	struct kith_span foreign;
	const struct kith_span *own;
	size_t n_own;
};

/* What the caller makes of a source. */
struct kith_claim_set_reading {
	bool skip;             /* its claims are left out */
	uint32_t number;       /* of kith_claim.set */
	struct kith_span name; /* short; what the ids of its claims begin with */
	/* Criteria that are not mapped: built-in ones mean themselves, others grant nothing. */
	const struct kith_claim_set_mapping *map;
	size_t n_map;
	int64_t known_until; /* what was first seen until then is not new: somebody pinned it */
};

/*
 * All claims about a package; violations that vanished count on for KITH_VIOLATION_OUTLIVES seconds
 * (`gone` is set). `readings` has one item a source. Arrays and ids are the arena's, the rest
 * borrows from the set and the readings. kith_claim.origin is a repository, as
 * kith_url_put_repository writes it; kith_claim.login is a key as kith_vet_publisher_key makes.
 * Error: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_claim_set_claims(const struct kith_claim_set *s, enum kith_ecosystem eco,
					 struct kith_span name,
					 const struct kith_claim_set_reading *readings,
					 struct kith_time now, struct kith_arena *arena,
					 struct kith_claim **ret_claims, size_t *ret_count,
					 struct kith_error *err);

#define KITH_VIOLATION_OUTLIVES ((int64_t)30 * 86400)

/* Who published a version, and when, by what a source says (verdict.md 7). */
struct kith_claim_set_fact {
	uint32_t source;
	struct kith_span version;
	struct kith_span publisher; /* key, as login of vouches */
	struct kith_span login;     /* of a user; empty: not known */
	struct kith_time published; /* the first second of that day */
};
KITH_NODISCARD int kith_claim_set_facts(const struct kith_claim_set *s, enum kith_ecosystem eco,
					struct kith_span name, struct kith_arena *arena,
					const struct kith_claim_set_fact **ret_facts,
					size_t *ret_count, struct kith_error *err);

/* The i-th name, sorted; how many claims and publishers' facts there are about it. */
bool kith_claim_set_name_at(const struct kith_claim_set *s, size_t i, enum kith_ecosystem *ret_eco,
			    struct kith_span *ret_name, size_t *ret_claims, size_t *ret_facts);

#endif
