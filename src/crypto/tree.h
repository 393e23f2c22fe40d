/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crev's recursive digest (crev format 5) from a list of entries, in any order: how both an archive
 * and a folder are digested, so that there is one rule. Paths are raw bytes, relative, '/' between
 * components. Folders may be given or implied by what lies in them.
 */
#ifndef KITH_CRYPTO_TREE_H
#define KITH_CRYPTO_TREE_H

#include "crypto/crypto.h"

enum kith_tree_type { KITH_TREE_FILE, KITH_TREE_LINK, KITH_TREE_DIR };

struct kith_tree;

/* max_entries, max_bytes bound the memory. NULL when out of memory. Yours (kith_tree_free). */
struct kith_tree *kith_tree_new(size_t max_entries, size_t max_bytes);
void kith_tree_free(struct kith_tree *t);

/*
 * Adds an entry. `content` is H("F" ‖ bytes) or H("L" ‖ target), see kith_tree_hash_start; ignored
 * for folders. Errors: KITH_E_FORMAT for an absolute path, an empty, "." or ".." component or a
 * NUL; KITH_E_LIMIT for too many entries or bytes, more than KITH_MAX_PATH bytes or
 * KITH_MAX_TREE_DEPTH components; KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_tree_add(struct kith_tree *t, struct kith_span path,
				 enum kith_tree_type type, const struct kith_digest *content,
				 struct kith_error *err);

/*
 * The digest, leaving out the subtrees at the n paths in `ignore` (relative to the root). Sorts the
 * entries. Errors: KITH_E_FORMAT if a path occurs twice, or lies below a file or a link.
 */
KITH_NODISCARD int kith_tree_digest(struct kith_tree *t, const struct kith_span *ignore, size_t n,
				    struct kith_digest *ret_digest, struct kith_error *err);

/* Begins the hash of one entry's content: starts the state and feeds the tag 'F' or 'L'. */
void kith_tree_hash_start(struct kith_blake2b_state *s, enum kith_tree_type type);

/*
 * The digest of what lies at path: a folder, a file, or a link (its target's text); two threads.
 * Links are not followed, ignored subtrees are not read. Errors: KITH_E_NOTFOUND; KITH_E_FORMAT for
 * special files; KITH_E_LIMIT above KITH_MAX_TREE_ENTRIES, KITH_MAX_TREE_DEPTH, KITH_MAX_PATH or
 * KITH_MAX_UNPACKED bytes in all; KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_tree_digest_path(const char *path, const struct kith_span *ignore, size_t n,
					 struct kith_digest *ret_digest, struct kith_error *err);

#endif
