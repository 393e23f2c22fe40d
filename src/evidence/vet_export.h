/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crev reviews as an audits.toml that cargo-vet accepts (interop-formats 4.1, the mapping that the
 * public crev-made set uses). Pure.
 */
#ifndef KITH_EVIDENCE_VET_EXPORT_H
#define KITH_EVIDENCE_VET_EXPORT_H

#include "evidence/claim.h"
#include "evidence/vet.h"

struct kith_vet_export_review {
	const struct kith_claim *claim; /* KITH_CLAIM_REVIEW of a package of the default registry */
	enum kith_level trust;          /* in its author */
	struct kith_span who;           /* shown */
	struct kith_span repository;    /* where the author's proofs are; may be empty */
};

#define KITH_VET_EXPORT_MAX 6 /* criteria of one entry */

/*
 * The criteria of what a review says when its author is trusted so, in the order in which they are
 * written; 0: it says too little to be exported. Of a negative review those of its violation.
 */
size_t kith_vet_export_criteria(const struct kith_claim *review, enum kith_level trust,
				struct kith_span ret_names[KITH_VET_EXPORT_MAX]);

/*
 * The set for kith_vet_write_audits: its [criteria], a delta where a review has a base, a violation
 * of exactly the version where it is negative, whatever the trust. Of an author's reviews of one
 * version and base the newest counts. Reviews of versions that cargo-vet cannot name are left out
 * and counted in *ret_left_out. *ret_set borrows from reviews and arena.
 */
KITH_NODISCARD int kith_vet_export(const struct kith_vet_export_review *reviews, size_t n,
				   struct kith_arena *arena, struct kith_vet_set *ret_set,
				   size_t *ret_left_out, struct kith_error *err);

#endif
