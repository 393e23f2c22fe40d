/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive's bytes in, entries and a tree out. Everything in an archive is hostile: what is odd
 * is refused, never repaired. Opens no file, writes nothing.
 */
#ifndef KITH_UNPACK_WALK_H
#define KITH_UNPACK_WALK_H

#include "base/base.h"
#include "crypto/tree.h"

struct kith_unpack_entry {
	enum kith_tree_type type;
	struct kith_span path;   /* relative to the root, checked, without a '/' at the end */
	struct kith_span target; /* of a link */
	uint32_t mode;           /* permission bits */
	uint64_t size;           /* of a file */
};

/* Both may be NULL. They return KITH_OK or an error that ends the walk. Spans live for the call. */
struct kith_unpack_sink {
	int (*entry)(void *ctx, const struct kith_unpack_entry *e, struct kith_error *err);
	int (*content)(void *ctx, struct kith_span bytes, struct kith_error *err);
	void *ctx;
};

struct kith_unpack_options {
	bool top;                  /* one top folder is the root; outside it nothing may lie */
	struct kith_span top_name; /* its name; empty: what the first entry says */
	size_t max_entries;
	uint64_t max_bytes; /* of the unpacked stream */
	struct kith_unpack_sink sink;
};

/* The limits of limits.h, no top folder, no sink. */
struct kith_unpack_options kith_unpack_defaults(void);

/* Makes non-ASCII names readable (libraries.md 9). Once, before threads; in the helper only. */
bool kith_unpack_set_locale(void);

/*
 * Walks a tar archive, plain or in one gzip member. *ret_tree is yours; its digest says whether
 * names occur twice or lie below files, so entries are good only once kith_tree_digest succeeded.
 * Errors: KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_NOMEM, what the sink returned.
 */
KITH_NODISCARD int kith_unpack_walk(struct kith_span archive, const struct kith_unpack_options *opt,
				    struct kith_tree **ret_tree, struct kith_error *err);

/* The same for a zip archive of files and folders. */
KITH_NODISCARD int kith_unpack_zip(struct kith_span archive, const struct kith_unpack_options *opt,
				   struct kith_tree **ret_tree, struct kith_error *err);

#endif
