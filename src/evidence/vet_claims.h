/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit sets as claims (verdict.md 2, 5 to 7, 9): what is evaluated natively, together with all
 * other evidence. Pure.
 */
#ifndef KITH_EVIDENCE_VET_CLAIMS_H
#define KITH_EVIDENCE_VET_CLAIMS_H

#include "evidence/claim.h"
#include "evidence/vet.h"

/* Where a set comes from, and what its words mean here. Borrowed by the claims. */
struct kith_vet_claims_of {
	const struct kith_vet_set *set;
	uint32_t number;       /* the source's, for kith_claim.set */
	struct kith_span name; /* the source's, short: first part of each claim's id */
	struct kith_span source, commit, path; /* for places */
	/*
	 * Of a foreign set, read with KITH_VET_LENIENT: what the user's criteria-map says (only map
	 * is looked at); NULL: built-in criteria mean themselves, others what built-in ones they
	 * imply.
	 */
	const struct kith_vet_import *map;
	/* Of a project's store and its imports.lock: the project's own criteria; map is ignored. */
	const struct kith_vet_criteria *own;
};

struct kith_vet_claimer;

/* *ret_claimer is yours; it borrows `of`. Errors: KITH_E_NOMEM, KITH_E_FORMAT (a STRICT set). */
KITH_NODISCARD int kith_vet_claimer_new(const struct kith_vet_claims_of *of,
					struct kith_vet_claimer **ret_claimer,
					struct kith_error *err);
void kith_vet_claimer_free(struct kith_vet_claimer *c);
void kith_vet_claimer_freep(struct kith_vet_claimer **c);
#define KITH_AUTO_VET_CLAIMER KITH_CLEANUP(kith_vet_claimer_freep)

/*
 * All claims about one crate, or about all (name with ptr NULL), sorted by name; audits,
 * violations, then vouches. The array is the arena's. A claim's id is what it says, so one that is
 * found twice has one id. has_seen is for the caller to set. kith_claim.login is a key that
 * kith_vet_publisher_key makes, not a login: accounts change their names.
 */
KITH_NODISCARD int kith_vet_claimer_claims(struct kith_vet_claimer *c, struct kith_span name,
					   struct kith_arena *arena, struct kith_claim **ret_claims,
					   size_t *ret_count, struct kith_error *err);

/* "user-id:N", or "trusted-publisher:TEXT": who published, as vouches and facts name him. */
void kith_vet_publisher_key(struct kith_buf *out, const struct kith_vet_source *s);

/* What an imports.lock knows of who published what, when (verdict.md 7). */
struct kith_vet_fact {
	struct kith_span name, version;
	struct kith_span publisher; /* key as above */
	struct kith_span login;     /* of a user; empty: not known */
	struct kith_time published; /* the first second of that day */
};

/* All publisher entries, sorted by name, in file order. The array is the arena's. */
KITH_NODISCARD int kith_vet_facts(const struct kith_vet_imports *imports, struct kith_arena *arena,
				  const struct kith_vet_fact **ret_facts, size_t *ret_count,
				  struct kith_error *err);

#endif
