/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims: the common currency (verdict.md 2). Whatever somebody said about a package becomes one.
 * Immutable; spans and arrays are borrowed from whoever made the claim (an arena or the index).
 */
#ifndef KITH_EVIDENCE_CLAIM_H
#define KITH_EVIDENCE_CLAIM_H

#include "base/base.h"
#include "proof/proof.h"
#include "package/package.h"

enum kith_claim_kind {
	KITH_CLAIM_REVIEW,    /* a crev review: may approve, object, raise issues, close them */
	KITH_CLAIM_AUDIT,     /* a set's full or delta audit */
	KITH_CLAIM_VIOLATION, /* a set's violation */
	KITH_CLAIM_VOUCH,     /* wildcard audit, trusted publisher */
	KITH_CLAIM_ADVISORY   /* an advisory database's entry */
};

/* Where a claim was found; several for one claim that was found more than once. */
struct kith_place {
	struct kith_span source; /* the repository's URL or name */
	struct kith_span commit; /* hex; empty if it is no commit */
	struct kith_span path;
	uint32_t line;
};

struct kith_claim_override {
	struct kith_id id;
};

struct kith_claim {
	enum kith_claim_kind kind;
	enum kith_ecosystem eco;
	struct kith_span source; /* registry as the claim writes it: KITH_CRATES_IO, … */
	struct kith_span name;
	struct kith_span version;
	struct kith_digest digest; /* of the bytes that were seen */
	bool has_digest;
	bool has_base; /* a delta */
	struct kith_span base_version;
	struct kith_digest base_digest;
	bool has_base_digest;
	/* author: an id (signed), or the caller's number of an unsigned source */
	bool is_signed;
	struct kith_id author;
	uint32_t set;
	struct kith_time date;
	struct kith_digest proof; /* H(body): the objection's id and identity of the claim */
	/* crev review */
	enum kith_level thoroughness, understanding;
	enum kith_rating rating;
	bool empty;        /* none/none/neutral */
	bool unmaintained; /* flag */
	bool has_llm, llm_human_guided;
	const struct kith_proof_issue *issues;
	size_t n_issues;
	const struct kith_proof_advisory *advisories;
	size_t n_advisories;
	const struct kith_claim_override *overrides;
	size_t n_overrides;
	struct kith_span comment;
	const struct kith_place *places;
	size_t n_places;
};

#endif
