/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index: one immutable mapped file of everything verified, derived from the mirrors, rebuilt
 * and never migrated (house.md, libraries.md 6). Every offset is checked at use: a damaged file
 * gives KITH_E_FORMAT or missing records, never a crash.
 */
#ifndef KITH_INDEX_INDEX_H
#define KITH_INDEX_INDEX_H

#include "base/base.h"
#include "evidence/claim.h"
#include "trust/trust.h"

/* --- building --- */

struct kith_index_builder;

struct kith_index_source {
	struct kith_span url;    /* what proofs' `from.url` is compared with; empty: proves none */
	struct kith_span name;   /* slug of the mirror */
	struct kith_span commit; /* hex of the head that was read */
	bool own;                /* a proof repository of the user's own */
};

KITH_NODISCARD int kith_index_builder_new(struct kith_index_builder **ret_builder,
					  struct kith_error *err);
void kith_index_builder_free(struct kith_index_builder *b);
/* Begins a source; the files that follow belong to it. */
KITH_NODISCARD int kith_index_builder_source(struct kith_index_builder *b,
					     const struct kith_index_source *source,
					     struct kith_error *err);
/* Takes one proof file of the current source; parsed at once, signatures checked in _write. */
KITH_NODISCARD int kith_index_builder_file(struct kith_index_builder *b, struct kith_span path,
					   struct kith_span bytes, struct kith_error *err);

/* Proof bodies verified before (sorted digests of body ‖ sig ‖ id), so that a rebuild only parses.
 */
struct kith_verified;

struct kith_index_totals {
	size_t files, proofs, distinct, valid, obsolete, refused, sources;
	size_t reviews, trusts, unknown;
};

/* Verifies what is new (two threads) and writes the file atomically under `path`. */
KITH_NODISCARD int kith_index_builder_write(struct kith_index_builder *b, const char *path,
					    struct kith_index_totals *ret_totals,
					    struct kith_error *err);

/* --- using --- */

struct kith_index;

/* KITH_E_NOTFOUND: no file; KITH_E_FORMAT: not ours, another version, or damaged: rebuild. */
KITH_NODISCARD int kith_index_open(const char *path, struct kith_index **ret_index,
				   struct kith_error *err);
void kith_index_free(struct kith_index *ix);

size_t kith_index_count_sources(const struct kith_index *ix);
void kith_index_totals(const struct kith_index *ix, struct kith_index_totals *ret_totals);

/* All reviews of a package name, every version, newest-first per author; arena owns the arrays. */
KITH_NODISCARD int kith_index_claims(const struct kith_index *ix, enum kith_ecosystem eco,
				     struct kith_span name, struct kith_arena *arena,
				     const struct kith_claim **ret_claims, size_t *ret_count,
				     struct kith_error *err);

#endif
