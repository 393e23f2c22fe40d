/* SPDX-License-Identifier: Apache-2.0 */
/* Versions and ranges of every ecosystem (spec/versions.md): order and membership, nothing else. */
#ifndef KITH_VERSION_VERSION_H
#define KITH_VERSION_VERSION_H

#include "base/base.h"

/* Strict SemVer 2.0 (crev format 3.2): numbers fit u64, no leading zeros, no `v`. Spans borrow. */
struct kith_semver {
	uint64_t major, minor, patch;
	struct kith_span pre;   /* without '-'; empty if there is none */
	struct kith_span build; /* without '+' */
};

#define KITH_MAX_VERSION 1024

bool kith_semver_parse(struct kith_span text, struct kith_semver *ret_version);
/* SemVer precedence: build metadata ignored. For requirements and advisories. */
int kith_semver_cmp(const struct kith_semver *a, const struct kith_semver *b);
/* The semver crate's total order: precedence, then build metadata. For crev issues, latest trusted.
 */
int kith_semver_cmp_total(const struct kith_semver *a, const struct kith_semver *b);

enum kith_version_scheme {
	KITH_SCHEME_CARGO,
	KITH_SCHEME_NPM,
	KITH_SCHEME_NPM_LOOSE,
	KITH_SCHEME_GO,
	KITH_SCHEME_PYPI,
	KITH_SCHEME_DEBIAN
};

/* True if `text` is a version of the scheme. */
bool kith_version_valid(enum kith_version_scheme scheme, struct kith_span text);

/* Orders two versions. Error: KITH_E_FORMAT if one is none ("'x' is no cargo version: why"). */
KITH_NODISCARD int kith_version_cmp(enum kith_version_scheme scheme, struct kith_span a,
				    struct kith_span b, int *ret_order, struct kith_error *err);

/*
 * Whether `version` lies in `range` (a requirement as the scheme's own tools write it).
 * Errors: KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_version_matches(enum kith_version_scheme scheme, struct kith_span range,
					struct kith_span version, bool *ret_matches,
					struct kith_error *err);
bool kith_range_valid(enum kith_version_scheme scheme, struct kith_span range);

#endif
