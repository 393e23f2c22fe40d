/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of a tree as the rule and the walker of folders share them; private to this room. */
#ifndef KITH_CRYPTO_TREE_ENTRIES_H
#define KITH_CRYPTO_TREE_ENTRIES_H

#include "crypto/tree.h"

struct kith_tree_entry {
	struct kith_span path;
	enum kith_tree_type type;
	struct kith_digest content; /* of files and links */
};

struct kith_tree {
	struct kith_arena arena; /* the paths */
	struct kith_tree_entry *entries;
	size_t count, cap, max_entries;
	size_t bytes, max_bytes; /* of paths */
};

/* The outermost of the n ignored paths that path is or lies below; NULL if there is none. */
const struct kith_span *kith_tree_ignored(struct kith_span path, const struct kith_span *ignore,
					  size_t n);

#endif
