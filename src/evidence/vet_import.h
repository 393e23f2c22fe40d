/* SPDX-License-Identifier: Apache-2.0 */
/* From a peer's audits.toml to own criteria, and several files into one (cargo-vet.md C.1, F.1). */
#ifndef KITH_EVIDENCE_VET_IMPORT_H
#define KITH_EVIDENCE_VET_IMPORT_H

#include "evidence/vet.h"

/*
 * Rewrites what was read with KITH_VET_PEER: entries get the minimal own names of what they mean
 * and are fresh, excluded crates lose their plain audits, only mapped criteria are kept, without
 * what they imply. Errors: KITH_E_FORMAT where cargo-vet dies (B.6, an unknown own name);
 * KITH_E_NOTFOUND for a mapped criterion without description.
 */
KITH_NODISCARD int kith_vet_localise(struct kith_vet_file *peer, const struct kith_vet_import *how,
				     const struct kith_vet_criteria *own, struct kith_error *err);

/*
 * Merges localised files, each with its URL, which is appended to what each entry is aggregated
 * from. Entries come sorted. *ret_set borrows from files and arena. Error: KITH_E_INTEGRITY where
 * two files describe a criterion differently.
 */
KITH_NODISCARD int kith_vet_aggregate(struct kith_vet_file *const *files,
				      const struct kith_span *urls, size_t n,
				      struct kith_arena *arena, struct kith_vet_set *ret_set,
				      struct kith_error *err);

#endif
