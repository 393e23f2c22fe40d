/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims: the common currency (verdict.md 2). Whatever somebody said about a package becomes one.
 * Immutable; spans and arrays are borrowed from whoever made the claim (an arena or the index).
 * A zeroed field means "not said": makers set what their kind of evidence knows and nothing else.
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

/* What an advisory database's entry is about (verdict.md 6). */
enum kith_advisory_kind {
	KITH_ADVISORY_VULNERABILITY, /* malicious packages too */
	KITH_ADVISORY_UNSOUND,
	KITH_ADVISORY_UNMAINTAINED,
	KITH_ADVISORY_NOTICE
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
	struct kith_digest proof; /* H(body): identity of the claim */
	struct kith_span id;      /* how people name it; empty: `proof` in base64url */
	/* brought by a later fetch than the baseline (verdict.md 7, 11) */
	bool has_previous; /* … before which its source had last been fetched at `previous` */
	struct kith_time previous;
	/*
	 * History (verdict.md 11): no source has it any more; its author's own repository, which is
	 * known here, does not serve it (then it approves nothing).
	 */
	bool gone, withdrawn;
	struct kith_time gone_since; /* of an unsigned set's entry that is gone */
	bool has_seen;               /* an unsigned set's entry: first seen here at `seen` */
	struct kith_time seen;
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
	const struct kith_proof_alternative *alternatives;
	size_t n_alternatives;
	struct kith_span llm_model, llm_version;
	uint32_t order; /* import order: crev mode breaks ties of equal dates by it */
	struct kith_span comment;
	/*
	 * Sets. Criteria are names after the source's mapping: of an audit or vouch with all that
	 * they imply, of a violation as listed.
	 */
	const struct kith_span *criteria;
	size_t n_criteria;
	struct kith_span
	    origin; /* aggregated-from: URL or name of whose opinion it is; empty: its own */
	bool has_origin_id; /* … exported from the crev review of this id */
	struct kith_id origin_id;
	struct kith_span who; /* shown, never believed */
	/* vouch: for versions that `login` published from start until before end */
	struct kith_span login;
	struct kith_time start, end;
	/*
	 * Violation and advisory: the versions that are hit, as far as the maker resolved them, and
	 * a range in the ecosystem's own notation besides (empty: none).
	 */
	const struct kith_span *versions;
	size_t n_versions;
	struct kith_span range;
	enum kith_advisory_kind advisory_kind;
	bool has_severity; /* of an advisory; without one no threshold hides it */
	enum kith_level severity;
	bool has_score;
	uint8_t score;                     /* its score times ten */
	bool malicious;                    /* remove the package, do not upgrade it */
	const struct kith_span *other_ids; /* of the same problem: each may stand for `id` */
	size_t n_other_ids;
	const struct kith_place *places;
	size_t n_places;
};

/*
 * Appends the one key of a reviewed (source, name, version): what `subject` of
 * struct kith_review_override is made of.
 */
void kith_claim_put_subject(struct kith_buf *out, struct kith_span source, struct kith_span name,
			    struct kith_span version);

#endif
