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

/* Longest version and longest range that are read; above: KITH_E_FORMAT and KITH_E_LIMIT. */
#define KITH_MAX_VERSION 1024
#define KITH_MAX_RANGE   ((size_t)16384)

bool kith_semver_parse(struct kith_span text, struct kith_semver *ret_version);
/* SemVer precedence: build metadata ignored. For requirements and advisories. */
int kith_semver_cmp(const struct kith_semver *a, const struct kith_semver *b);
/* The semver crate's total order: precedence, then build metadata. For crev issues, latest trusted.
 */
int kith_semver_cmp_total(const struct kith_semver *a, const struct kith_semver *b);

/*
 * A Cargo requirement taken apart (versions.md 1.3), for who needs its bounds (advisories). Parts
 * that were not given are not zero but absent. No comparators: a lone wildcard.
 */
enum kith_cargo_op {
	KITH_CARGO_EXACT, /* also a wildcard without operator: the parts given are equal */
	KITH_CARGO_GREATER,
	KITH_CARGO_GREATER_EQ,
	KITH_CARGO_LESS,
	KITH_CARGO_LESS_EQ,
	KITH_CARGO_TILDE,
	KITH_CARGO_CARET
};

struct kith_cargo_comparator {
	enum kith_cargo_op op;
	unsigned parts;        /* numbers given: 1, 2 or 3 */
	bool wildcard;         /* a part was written as a wildcard */
	struct kith_semver at; /* missing numbers are 0; spans borrow from the text */
};

#define KITH_MAX_CARGO_COMPARATORS 32

struct kith_cargo_req {
	size_t count;
	struct kith_cargo_comparator cmp[KITH_MAX_CARGO_COMPARATORS];
};

/* Errors: KITH_E_FORMAT, KITH_E_LIMIT (more than 32 comparators, too long). */
KITH_NODISCARD int kith_cargo_req_parse(struct kith_span text, struct kith_cargo_req *ret_req,
					struct kith_error *err);
/* Cargo's own matching, with its pre-release opt-in (versions.md 1.4). */
bool kith_cargo_req_matches(const struct kith_cargo_req *req, const struct kith_semver *version);

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

/*
 * Go's pseudo-versions (versions.md 3.3): a commit without a tag, named by its time and revision.
 * False if `version` has not that shape. Spans borrow.
 */
struct kith_go_pseudo {
	struct kith_span revision;
	struct kith_span stamp; /* the 14 digits */
	struct kith_span base;  /* "vX.0.0", "vX.Y.Z-0" or "vX.Y.Z-pre.0" */
	struct kith_span build; /* without '+' */
};
bool kith_go_pseudo_parse(struct kith_span version, struct kith_go_pseudo *ret_pseudo);
/* False if the 14 digits are no time. */
bool kith_go_pseudo_time(const struct kith_go_pseudo *p, struct kith_time *ret_time);
/* Appends the version that it follows (nothing if there is none); false if there can be none. */
bool kith_go_pseudo_base(const struct kith_go_pseudo *p, struct kith_buf *out);

/* Appends the normal form of a PyPI version (PEP 440); false if it is none. */
bool kith_pep440_normal(struct kith_span version, struct kith_buf *out);

#endif
