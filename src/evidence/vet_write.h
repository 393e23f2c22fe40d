/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a cargo-vet store in the one form that cargo-vet itself gives them (cargo-vet.md
 * A.8): its locked runs compare byte for byte. Pure.
 */
#ifndef KITH_EVIDENCE_VET_WRITE_H
#define KITH_EVIDENCE_VET_WRITE_H

#include "evidence/vet.h"

/* Users' names, for comments behind user-id, come from the publishers; NULL: no comments. */
KITH_NODISCARD int kith_vet_write_audits(const struct kith_vet_set *set,
					 const struct kith_vet_imports *publishers,
					 struct kith_buf *out, struct kith_error *err);
/* Says the store version that is given, not the one that was read. */
KITH_NODISCARD int kith_vet_write_config(const struct kith_vet_config *config, uint64_t major,
					 uint64_t minor, struct kith_buf *out,
					 struct kith_error *err);
KITH_NODISCARD int kith_vet_write_imports(const struct kith_vet_imports *imports,
					  struct kith_buf *out, struct kith_error *err);

/* "YYYY-MM-DD" of days since 1970-01-01. */
void kith_vet_put_date(struct kith_buf *out, int32_t days);

#endif
