/* SPDX-License-Identifier: Apache-2.0 */
/* What the kinds that judge cargo-vet stores share. */
#ifndef KITH_VET_CASE_H
#define KITH_VET_CASE_H

#include "cases/cases.h"
#include "policy/vet.h"

/* The answer as text: conclusion, packages in order, and below each how it came about. */
void vet_case_put_lines(const struct kith_vet_answer *a, struct kith_buf *out);

/* major squared, as the sources of a version are sized in these cases */
bool vet_case_size(void *ctx, struct kith_span crate, const struct kith_vet_version *from,
		   const struct kith_vet_version *to, uint64_t *ret_lines);

/* NULL, or the first line that differs. Lives until the next call. */
const char *vet_case_compare(struct kith_span want, struct kith_span got);

/* Calls judge for the folder, or for each of its folders that holds a file of this name. */
void vet_case_folders(const char *path, const char *file,
		      void (*judge)(struct cases_tally *t, const char *folder),
		      struct cases_tally *t);

/* Path in a folder, until exit. */
char *vet_case_path(const char *folder, const char *name);

#endif
