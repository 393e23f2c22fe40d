/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Derived files that can be believed: immutable, made with a secret of this machine, and
 * authenticated piece by piece as they are read. Whoever can write the cache but not read the
 * secret can destroy such a file, never forge one.
 *
 *   header   4096 bytes: magic[8] format u32 chunk u32 size-of-body u64 nonce[16] state[32],
 *            then the caller's head, zeros, and a tag[16] over all before it
 *   body     in chunks of 4096 bytes
 *   tags     one of 16 bytes for each begun chunk of the body
 *
 * A tag is a Poly1305 with a one-time key of its own, derived from the secret, the file's random
 * nonce and the chunk's number. Bytes are copied from the file before they are authenticated, so
 * what changes in the file afterwards, or is cut off, is never seen. Not for several threads.
 */
#ifndef KITH_INDEX_TAGGED_H
#define KITH_INDEX_TAGGED_H

#include "base/base.h"

#define KITH_TAGGED_SECRET 32
#define KITH_TAGGED_CHUNK  ((size_t)4096)
#define KITH_TAGGED_HEAD   ((size_t)4008) /* bytes that a file's own head may have */

/* What a file is. Another magic or format is another file: KITH_E_FORMAT. */
struct kith_tagged_kind {
	char magic[8];
	uint32_t format;
	uint64_t max; /* bytes of the body */
};

/* --- reading --- */

struct kith_tagged;

/*
 * KITH_E_NOTFOUND: none there; KITH_E_FORMAT: another kind or format, made with another secret, or
 * damaged: make it anew. *ret_tagged is yours.
 */
KITH_NODISCARD int kith_tagged_open(const char *path, const struct kith_tagged_kind *kind,
				    const uint8_t secret[KITH_TAGGED_SECRET],
				    struct kith_tagged **ret_tagged, struct kith_error *err);
/* Of a body that lies in memory, taken over (also where this fails), and a head. */
KITH_NODISCARD int kith_tagged_of_memory(struct kith_buf *body, struct kith_span head,
					 struct kith_tagged **ret_tagged, struct kith_error *err);
void kith_tagged_free(struct kith_tagged *t);
void kith_tagged_freep(struct kith_tagged **t);

/* Which state of what it was derived from this file is of. */
bool kith_tagged_is_of(const struct kith_tagged *t, const struct kith_digest *state);
/* The caller's head: all KITH_TAGGED_HEAD bytes, authenticated. */
struct kith_span kith_tagged_head(const struct kith_tagged *t);
uint64_t kith_tagged_size(const struct kith_tagged *t); /* of the body */

/*
 * The bytes [offset, offset + len) of the body; false if they are not all there, or not as they
 * were written. Borrowed until the file is freed or forgotten; contiguous, whatever their length.
 */
KITH_NODISCARD bool kith_tagged_get(const struct kith_tagged *t, uint64_t offset, uint64_t len,
				    struct kith_span *ret_bytes);

/* Whether anything was found to be not as it was written. */
bool kith_tagged_is_damaged(const struct kith_tagged *t);

/* Gives back the memory of all that was read so far; spans of it die. For passes over all of it. */
void kith_tagged_forget(struct kith_tagged *t);
size_t kith_tagged_held(const struct kith_tagged *t); /* bytes that this would give back */

/* --- writing --- */

/*
 * Takes a body from beginning to end, in little memory. Putting after a failure does nothing, so a
 * writer puts freely and asks once at the end.
 */
struct kith_tagged_writer;

/* path NULL: into memory; then there is no secret either. */
KITH_NODISCARD int kith_tagged_writer_new(const char *path, const struct kith_tagged_kind *kind,
					  const uint8_t secret[KITH_TAGGED_SECRET],
					  struct kith_tagged_writer **ret_writer,
					  struct kith_error *err);
void kith_tagged_put(struct kith_tagged_writer *w, struct kith_span bytes);
void kith_tagged_put_u32(struct kith_tagged_writer *w, uint32_t v);
void kith_tagged_put_u64(struct kith_tagged_writer *w, uint64_t v);
uint64_t kith_tagged_at(const struct kith_tagged_writer *w); /* bytes of the body so far */

/*
 * Puts the file in the place of the one that is there, atomically, and syncs it. The head may have
 * KITH_TAGGED_HEAD bytes. The writer can only be freed afterwards. Errors: the first one of all
 * putting (KITH_E_LIMIT: above the kind's maximum; KITH_E_IO, KITH_E_NOMEM).
 */
KITH_NODISCARD int kith_tagged_writer_finish(struct kith_tagged_writer *w,
					     const struct kith_digest *state, struct kith_span head,
					     struct kith_error *err);
/*
 * In place of finishing, where there is no file (path NULL): what was put, to be read like a file.
 * Nobody else can have touched it, so it has no tags. *ret_tagged is yours.
 */
KITH_NODISCARD int kith_tagged_writer_take(struct kith_tagged_writer *w, struct kith_span head,
					   struct kith_tagged **ret_tagged, struct kith_error *err);
/* Without finish the old file stays. */
void kith_tagged_writer_free(struct kith_tagged_writer *w);
void kith_tagged_writer_freep(struct kith_tagged_writer **w);

/* A body that lies in memory, in one call. */
KITH_NODISCARD int kith_tagged_write(const char *path, const struct kith_tagged_kind *kind,
				     const uint8_t secret[KITH_TAGGED_SECRET],
				     const struct kith_digest *state, struct kith_span head,
				     struct kith_span body, struct kith_error *err);

#endif
