/* SPDX-License-Identifier: Apache-2.0 */
/* Writes tagged files piece by piece: whole chunks are tagged and leave; only their tags stay. */
#include <errno.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "index/tag.h"
#include "index/tagged.h"

#define BLOCK KITH_KIB(256) /* of whole chunks: written with one call */

struct kith_tagged_writer {
	struct kith_tagged_kind kind;
	uint8_t secret[KITH_TAGGED_SECRET];
	uint8_t nonce[TAG_NONCE];
	bool in_memory;
	struct kith_buf memory; /* the body, then */
	struct kith_fs_replacement file;
	uint8_t *block;
	size_t used;
	uint64_t size;   /* of the body so far, `used` included */
	uint64_t chunks; /* that are written */
	struct kith_buf tags;
	struct kith_error failure; /* the first one */
};

int
kith_tagged_writer_new(const char *path, const struct kith_tagged_kind *kind,
		       const uint8_t secret[KITH_TAGGED_SECRET],
		       struct kith_tagged_writer **ret_writer, struct kith_error *err)
{
	KITH_CLEANUP(kith_tagged_writer_freep)
	struct kith_tagged_writer *w = kith_calloc(1, sizeof(*w));
	static const uint8_t nothing[TAG_HEADER];
	int r;

	if (!w)
		return kith_fail_nomem(err);
	w->kind = *kind;
	w->in_memory = !path;
	kith_buf_init(&w->memory, (size_t)kind->max);
	if (path) {
		memcpy(w->secret, secret, sizeof(w->secret));
		kith_random(w->nonce, sizeof(w->nonce));
	}
	kith_buf_init(&w->tags, (size_t)(kind->max / KITH_TAGGED_CHUNK + 1) * TAG_BYTES);
	w->block = malloc(BLOCK);
	if (!w->block)
		return kith_fail_nomem(err);
	r = path ? kith_fs_replace_begin(path, 0600, &w->file, err) : KITH_OK;
	if (!r && path)
		r = kith_fs_write_full(w->file.fd, nothing, sizeof(nothing), err);
	if (r)
		return r;
	*ret_writer = kith_steal(&w);
	return KITH_OK;
}

void
kith_tagged_writer_free(struct kith_tagged_writer *w)
{
	if (!w)
		return;
	if (!w->in_memory)
		kith_fs_replace_clear(&w->file);
	kith_buf_clear(&w->memory);
	kith_buf_clear(&w->tags);
	free(w->block);
	free(w);
}

void
kith_tagged_writer_freep(struct kith_tagged_writer **w)
{
	kith_tagged_writer_free(*w);
}

/* Only the last chunk of all may be shorter than a chunk. */
static void
flush(struct kith_tagged_writer *w)
{
	uint8_t tag[TAG_BYTES];
	size_t at, n;

	if (w->in_memory) {
		kith_buf_put(&w->memory, w->block, w->used);
		w->used = 0;
		return;
	}
	for (at = 0; at < w->used; at += n) {
		n = w->used - at < KITH_TAGGED_CHUNK ? w->used - at : KITH_TAGGED_CHUNK;
		kith_index_tag(w->secret, w->nonce, w->chunks++, kith_span(w->block + at, n), tag);
		kith_buf_put(&w->tags, tag, sizeof(tag));
	}
	if (!w->failure.code)
		(void)!kith_fs_write_full(w->file.fd, w->block, w->used, &w->failure);
	w->used = 0;
}

void
kith_tagged_put(struct kith_tagged_writer *w, struct kith_span bytes)
{
	size_t n;

	if (w->failure.code)
		return;
	if (w->size > w->kind.max || bytes.len > w->kind.max - w->size) {
		kith_fail(&w->failure, KITH_E_LIMIT, "more than %llu bytes",
			  (unsigned long long)w->kind.max);
		return;
	}
	w->size += bytes.len;
	while (bytes.len) {
		n = BLOCK - w->used < bytes.len ? BLOCK - w->used : bytes.len;
		memcpy(w->block + w->used, bytes.ptr, n);
		w->used += n;
		bytes.ptr += n;
		bytes.len -= n;
		if (w->used == BLOCK)
			flush(w);
	}
}

void
kith_tagged_put_u32(struct kith_tagged_writer *w, uint32_t v)
{
	uint8_t b[4];
	size_t i;

	for (i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(v >> (8 * i));
	kith_tagged_put(w, kith_span(b, sizeof(b)));
}

void
kith_tagged_put_u64(struct kith_tagged_writer *w, uint64_t v)
{
	kith_tagged_put_u32(w, (uint32_t)v);
	kith_tagged_put_u32(w, (uint32_t)(v >> 32));
}

uint64_t
kith_tagged_at(const struct kith_tagged_writer *w)
{
	return w->size;
}

static int
write_header(struct kith_tagged_writer *w, const struct kith_digest *state, struct kith_span head,
	     struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf h;
	uint8_t tag[TAG_BYTES];
	int r;

	kith_buf_init(&h, TAG_HEADER);
	kith_buf_put(&h, w->kind.magic, sizeof(w->kind.magic));
	kith_buf_put_u32(&h, w->kind.format);
	kith_buf_put_u32(&h, (uint32_t)KITH_TAGGED_CHUNK);
	kith_buf_put_u64(&h, w->size);
	kith_buf_put(&h, w->nonce, sizeof(w->nonce));
	kith_buf_put(&h, state->bytes, sizeof(state->bytes));
	kith_buf_put_span(&h, head);
	if (h.len <= TAG_AT_TAG)
		kith_buf_put_fill(&h, '\0', TAG_AT_TAG - h.len);
	kith_index_tag(w->secret, w->nonce, UINT64_MAX, kith_buf_span(&h), tag);
	kith_buf_put(&h, tag, sizeof(tag));
	r = kith_buf_check(&h, err);
	if (r)
		return r;
	if (pwrite(w->file.fd, h.ptr, h.len, 0) != (ssize_t)h.len)
		return kith_fail_errno(err, errno, "%s", w->file.path);
	return KITH_OK;
}

int
kith_tagged_writer_finish(struct kith_tagged_writer *w, const struct kith_digest *state,
			  struct kith_span head, struct kith_error *err)
{
	int r;

	if (w->used)
		flush(w);
	r = w->failure.code;
	if (r && err)
		*err = w->failure;
	if (!r)
		r = kith_buf_check(&w->tags, err);
	if (!r)
		r = kith_fs_write_full(w->file.fd, w->tags.ptr, w->tags.len, err);
	if (!r)
		r = write_header(w, state, head, err);
	return r ? kith_context(err, r, "%s", w->file.path) : kith_fs_replace_commit(&w->file, err);
}

int
kith_tagged_writer_take(struct kith_tagged_writer *w, struct kith_span head,
			struct kith_tagged **ret_tagged, struct kith_error *err)
{
	if (w->used)
		flush(w);
	if (w->failure.code) {
		if (err)
			*err = w->failure;
		return w->failure.code;
	}
	return kith_tagged_of_memory(&w->memory, head, ret_tagged, err);
}

int
kith_tagged_write(const char *path, const struct kith_tagged_kind *kind,
		  const uint8_t secret[KITH_TAGGED_SECRET], const struct kith_digest *state,
		  struct kith_span head, struct kith_span body, struct kith_error *err)
{
	KITH_CLEANUP(kith_tagged_writer_freep) struct kith_tagged_writer *w = NULL;
	int r = kith_tagged_writer_new(path, kind, secret, &w, err);

	if (r)
		return r;
	kith_tagged_put(w, body);
	return kith_tagged_writer_finish(w, state, head, err);
}
