/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that is said about packages, from proofs, audit sets and advisory databases, with how
 * far the configuration lets each unsigned source count.
 */
#ifndef KITH_APP_CLAIMS_H
#define KITH_APP_CLAIMS_H

#include "app/config.h"
#include "app/derived.h"
#include "report/report.h"

struct kith_app_claims {
	struct kith_session *session;
	const struct kith_index *index;
	const struct kith_app_config *config;
	struct kith_app_people *people; /* NULL: nobody asks whose opinion is whose */
	const struct kith_claim_set *sets, *databases;
	const struct kith_advisory_set *advisories;
	/* sets and databases, as claims number them: those of the configuration, then the others */
	struct kith_evidence_source *sources;
	size_t n_sources, cap_sources;
	struct kith_claim_set_reading *readings; /* of each source of `sets` */
	uint32_t *database_numbers;              /* of each source of `databases`: its number */
	struct kith_place *database_places;
	struct kith_report_source *states; /* of sets, then of databases */
	size_t n_states;
	int64_t *fetched; /* of each of them */
	enum kith_level objection_level;
	struct kith_arena arena;
};

/*
 * Opens what is derived. A set or database that no configuration names is at level none: shown,
 * not counted. Everything is borrowed and outlives it; *ret_claims is yours.
 */
KITH_NODISCARD int kith_app_claims_new(struct kith_session *s, const struct kith_index *index,
				       const struct kith_app_config *config,
				       struct kith_app_people *people,
				       enum kith_level objection_level,
				       struct kith_app_claims **ret_claims, struct kith_error *err);
/* When the source of the i-th state was last fetched; 0: not known. */
int64_t kith_app_claims_fetched(const struct kith_app_claims *c, size_t i);
void kith_app_claims_free(struct kith_app_claims *c);

/* What is said about a name, whatever the version: reviews, then what sets say. */
KITH_NODISCARD int kith_app_claims_about(struct kith_app_claims *c, enum kith_ecosystem eco,
					 struct kith_span name, struct kith_arena *arena,
					 const struct kith_claim **ret_claims, size_t *ret_count,
					 struct kith_error *err);

/*
 * The advisories that a version has, and those that cannot be judged. *ret_advisories is in the
 * arena.
 */
KITH_NODISCARD int kith_app_claims_advisories(const struct kith_app_claims *c,
					      enum kith_ecosystem eco, struct kith_span name,
					      struct kith_span version, struct kith_arena *arena,
					      struct kith_advisory_claims *ret_advisories,
					      struct kith_error *err);

/* What sources that count say of one version's publication; false if none does, or they disagree.
 */
struct kith_app_publication {
	struct kith_span publisher; /* key, as login of vouches */
	struct kith_span login;     /* empty: not known */
	struct kith_time published;
};
KITH_NODISCARD int kith_app_claims_publication(const struct kith_app_claims *c,
					       enum kith_ecosystem eco, struct kith_span name,
					       struct kith_span version, struct kith_arena *arena,
					       bool *ret_known, struct kith_app_publication *ret,
					       struct kith_error *err);

/*
 * Sets what is known of the publisher of a judged version (verdict.md 7): who and when, unless the
 * subject knows that already, and whether [[publisher]] names him for this package.
 */
KITH_NODISCARD int kith_app_claims_publisher(const struct kith_app_claims *c,
					     struct kith_subject *subject, struct kith_arena *arena,
					     struct kith_error *err);

/*
 * Sets who published the package's first version, where the registry says which that was (a mark
 * of kith_index_version_mark) and a source that counts says by whom.
 */
KITH_NODISCARD int kith_app_claims_first_publisher(const struct kith_app_claims *c,
						   struct kith_subject *subject,
						   const uint8_t *first, struct kith_arena *arena,
						   struct kith_error *err);

/* A short name for a source without one: "mozilla/supply-chain", "audits". */
void kith_app_put_source_name(struct kith_buf *out, struct kith_span location);

#endif
