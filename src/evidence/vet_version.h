/* SPDX-License-Identifier: Apache-2.0 */
/* Versions as cargo-vet has them: SemVer, or SemVer of a git commit (cargo-vet.md A.5). Pure. */
#ifndef KITH_EVIDENCE_VET_VERSION_H
#define KITH_EVIDENCE_VET_VERSION_H

#include "version/version.h"

struct kith_vet_version {
	struct kith_semver semver;
	struct kith_span rev; /* of `@git:`; ptr NULL: none */
};

/* "SEMVER" or "SEMVER@git:HASH" with 40 hex digits; spans borrow from text. */
bool kith_vet_version_parse(struct kith_span text, struct kith_vet_version *ret_version);

/* Order: every part counts, build metadata and hash (as text) included. */
int kith_vet_version_cmp(const struct kith_vet_version *a, const struct kith_vet_version *b);

void kith_vet_version_put(struct kith_buf *out, const struct kith_vet_version *v);

/* Appends a requirement in the form the semver crate writes it (A.6); false if it is none. */
bool kith_vet_put_requirement(struct kith_buf *out, struct kith_span text);

#endif
