/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo-crev's own verdict on one package (crev format 7.5, 7.6, 7.7), from claims and the trust
 * set that kith_trust_resolve gives with KITH_SEMANTICS_CREV. Pure.
 */
#ifndef KITH_POLICY_CREV_H
#define KITH_POLICY_CREV_H

#include "evidence/claim.h"
#include "policy/issues.h"
#include "policy/policy.h"
#include "trust/trust.h"

struct kith_crev_options {
	enum kith_level level, thoroughness, understanding;
	size_t redundancy;
	bool ignore_llm;
};
extern const struct kith_crev_options kith_crev_options_default; /* low, none, none, 1, false */

/* cargo-crev's order of badness. */
enum kith_crev_status {
	KITH_CREV_NEGATIVE,
	KITH_CREV_INSUFFICIENT,
	KITH_CREV_VERIFIED,
	KITH_CREV_LOCAL
};
const char *kith_crev_status_name(enum kith_crev_status s); /* "warn" "none" "pass" "local" */

struct kith_crev_question {
	const struct kith_trust_result *trust;
	const struct kith_crev_options *options; /* NULL: the defaults */
	struct kith_span source, name, version;
	bool local;      /* not from a registry */
	bool has_digest; /* false: the bytes are not here, which crev mode answers `none` */
	struct kith_digest digest;
	/*
	 * Every review of `name`. Where an author has several of one version and date, the one that
	 * comes first counts (cargo-crev: the one that was imported last).
	 */
	const struct kith_claim *claims;
	size_t n_claims;
	/*
	 * All reviews of these bytes under whatever name, version, source. NULL: those in `claims`
	 * are all. What it returns is borrowed until the call ends or longer.
	 */
	int (*by_digest)(void *ctx, const struct kith_digest *digest, struct kith_arena *arena,
			 const struct kith_claim **ret_claims, size_t *ret_count,
			 struct kith_error *err);
	void *by_digest_ctx;
};

struct kith_crev_row {
	enum kith_crev_status status;
	size_t positive, negative; /* reviews that made the status */
	size_t reviews_version, reviews_all;
	size_t issues_trusted, issues_all;
	const struct kith_open_issue *open; /* the issues_all issues, sorted */
	enum kith_latest latest;
	struct kith_span latest_version; /* borrowed from the claims; empty where NONE */
	bool unmaintained;               /* flagged so by somebody in the trust set */
	/* reviews in force of this source, name, version that name other bytes, by anybody */
	const struct kith_claim *const *mismatches;
	size_t n_mismatches;
};

/*
 * All columns of one package. Arrays are the arena's. Errors: KITH_E_NOMEM, those of by_digest.
 */
KITH_NODISCARD int kith_crev_judge(const struct kith_crev_question *q, struct kith_arena *arena,
				   struct kith_crev_row *ret_row, struct kith_error *err);

#endif
