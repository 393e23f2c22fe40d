/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads tagged files. The body gets room in memory at once and bytes only as they are asked for:
 * copied, then authenticated, then given out. The file itself is never mapped: it could be cut off
 * or changed under our eyes.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "index/tag.h"
#include "index/tagged.h"

#define RUN_CHUNKS ((size_t)64)  /* read with one call */
#define TAG_GROUP  ((size_t)256) /* tags that are read together */

struct kith_tagged {
	int fd; /* -1: never was a file */
	uint8_t secret[KITH_TAGGED_SECRET];
	uint8_t header[TAG_HEADER];
	uint8_t *body; /* room for all of it */
	size_t size, chunks;
	uint8_t *checked; /* a byte a chunk: it is there and authentic; behind them: some is not */
	uint8_t *tags;
	uint8_t *tags_there; /* a byte a group */
};

static uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

static bool
read_at(int fd, void *out, size_t n, uint64_t at)
{
	uint8_t *p = out;
	ssize_t got;

	while (n) {
		got = pread(fd, p, n, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

static bool
need_tags(const struct kith_tagged *t, size_t chunk)
{
	size_t group = chunk / TAG_GROUP, first = group * TAG_GROUP, n = t->chunks - first;

	if (t->tags_there[group])
		return true;
	if (n > TAG_GROUP)
		n = TAG_GROUP;
	if (!read_at(t->fd, t->tags + first * TAG_BYTES, n * TAG_BYTES,
		     TAG_HEADER + t->size + first * TAG_BYTES))
		return false;
	t->tags_there[group] = 1;
	return true;
}

static bool
check_chunk(const struct kith_tagged *t, size_t chunk, size_t len)
{
	uint8_t tag[TAG_BYTES];

	if (!need_tags(t, chunk))
		return false;
	kith_index_tag(t->secret, t->header + TAG_AT_NONCE, chunk,
		       kith_span(t->body + chunk * KITH_TAGGED_CHUNK, len), tag);
	return memcmp(tag, t->tags + chunk * TAG_BYTES, TAG_BYTES) == 0;
}

/* Brings in the chunks from `chunk` on, up to `last`, that are not there. */
static bool
bring(const struct kith_tagged *t, size_t *chunk, size_t last)
{
	size_t first = *chunk, end = first, at = first * KITH_TAGGED_CHUNK, n, i;

	while (end <= last && !t->checked[end] && end - first < RUN_CHUNKS)
		end++;
	n = end * KITH_TAGGED_CHUNK < t->size ? end * KITH_TAGGED_CHUNK - at : t->size - at;
	if (!read_at(t->fd, t->body + at, n, TAG_HEADER + at))
		return false;
	for (i = first; i < end; i++, n -= KITH_TAGGED_CHUNK) {
		if (!check_chunk(t, i, n < KITH_TAGGED_CHUNK ? n : KITH_TAGGED_CHUNK))
			return false;
		t->checked[i] = 1;
		if (n < KITH_TAGGED_CHUNK)
			break;
	}
	*chunk = end;
	return true;
}

bool
kith_tagged_get(const struct kith_tagged *t, uint64_t offset, uint64_t len,
		struct kith_span *ret_bytes)
{
	size_t chunk, last;

	if (offset > t->size || len > t->size - offset)
		return false;
	if (len) {
		chunk = (size_t)offset / KITH_TAGGED_CHUNK;
		last = (size_t)(offset + len - 1) / KITH_TAGGED_CHUNK;
		while (chunk <= last)
			if (t->checked[chunk]) {
				chunk++;
			} else if (!bring(t, &chunk, last)) {
				t->checked[t->chunks] = 1;
				return false;
			}
	}
	*ret_bytes = len ? kith_span(t->body + offset, (size_t)len) : KITH_SPAN_NONE;
	return true;
}

bool
kith_tagged_is_damaged(const struct kith_tagged *t)
{
	return t->checked[t->chunks];
}

void
kith_tagged_forget(struct kith_tagged *t)
{
	if (!t->size || t->fd < 0)
		return;
	memset(t->checked, 0, t->chunks);
	madvise(t->body, t->size, MADV_DONTNEED);
}

size_t
kith_tagged_held(const struct kith_tagged *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->chunks; i++)
		n += t->checked[i];
	return n * KITH_TAGGED_CHUNK;
}

static bool
read_header(struct kith_tagged *t, const struct kith_tagged_kind *kind, uint64_t file_size)
{
	const uint8_t *h = t->header;
	uint8_t tag[TAG_BYTES];
	uint64_t size;

	if (file_size < TAG_HEADER || !read_at(t->fd, t->header, TAG_HEADER, 0) ||
	    memcmp(h, kind->magic, 8) != 0 || load(h + TAG_AT_FORMAT, 4) != kind->format ||
	    load(h + TAG_AT_CHUNK, 4) != KITH_TAGGED_CHUNK)
		return false;
	kith_index_tag(t->secret, h + TAG_AT_NONCE, UINT64_MAX, kith_span(h, TAG_AT_TAG), tag);
	if (memcmp(tag, h + TAG_AT_TAG, TAG_BYTES) != 0)
		return false;
	size = load(h + TAG_AT_SIZE, 8);
	if (size > kind->max || size > SIZE_MAX / 2)
		return false;
	t->size = (size_t)size;
	t->chunks = (t->size + KITH_TAGGED_CHUNK - 1) / KITH_TAGGED_CHUNK;
	return file_size == TAG_HEADER + size + (uint64_t)t->chunks * TAG_BYTES;
}

static int
make_room(struct kith_tagged *t, struct kith_error *err)
{
	void *room;

	t->checked = kith_calloc(t->chunks + 1, 1);
	t->tags = kith_calloc(t->chunks + 1, TAG_BYTES);
	t->tags_there = kith_calloc(t->chunks / TAG_GROUP + 1, 1);
	if (!t->checked || !t->tags || !t->tags_there)
		return kith_fail_nomem(err);
	if (!t->size)
		return KITH_OK;
	room = mmap(NULL, t->size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return kith_fail_nomem(err);
	t->body = room;
	return KITH_OK;
}

static int
open_file(const char *path, const struct kith_tagged_kind *kind, struct kith_tagged *t,
	  struct kith_error *err)
{
	struct stat st;

	t->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (t->fd < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: not there", path);
	if (t->fd < 0 || fstat(t->fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode) || !read_header(t, kind, (uint64_t)st.st_size))
		return kith_fail(err, KITH_E_FORMAT, "%s: damaged, or not made on this machine",
				 path);
	return make_room(t, err);
}

int
kith_tagged_open(const char *path, const struct kith_tagged_kind *kind,
		 const uint8_t secret[KITH_TAGGED_SECRET], struct kith_tagged **ret_tagged,
		 struct kith_error *err)
{
	KITH_CLEANUP(kith_tagged_freep) struct kith_tagged *t = kith_calloc(1, sizeof(*t));
	int r;

	if (!t)
		return kith_fail_nomem(err);
	memcpy(t->secret, secret, sizeof(t->secret));
	r = open_file(path, kind, t, err);
	if (!r)
		*ret_tagged = kith_steal(&t);
	return r;
}

int
kith_tagged_of_memory(struct kith_buf *body, struct kith_span head, struct kith_tagged **ret_tagged,
		      struct kith_error *err)
{
	KITH_CLEANUP(kith_tagged_freep) struct kith_tagged *t = kith_calloc(1, sizeof(*t));
	int r = t ? kith_buf_check(body, err) : kith_fail_nomem(err);

	if (t)
		t->fd = -1;
	if (!r && head.len > KITH_TAGGED_HEAD)
		r = kith_fail(err, KITH_E_LIMIT, "the head is too long");
	if (!r && body->len) {
		t->body = kith_buf_take(body, &t->size);
		t->chunks = (t->size + KITH_TAGGED_CHUNK - 1) / KITH_TAGGED_CHUNK;
	}
	if (!r)
		t->checked = kith_calloc(t->chunks + 1, 1);
	kith_buf_clear(body);
	if (r)
		return r;
	if (!t->checked || (t->chunks && !t->body))
		return kith_fail_nomem(err);
	memset(t->checked, 1, t->chunks);
	if (head.len)
		memcpy(t->header + TAG_AT_HEAD, head.ptr, head.len);
	*ret_tagged = kith_steal(&t);
	return KITH_OK;
}

void
kith_tagged_free(struct kith_tagged *t)
{
	if (!t)
		return;
	if (t->body && t->fd < 0)
		free(t->body);
	else if (t->body)
		munmap(t->body, t->size);
	if (t->fd >= 0)
		close(t->fd);
	free(t->checked);
	free(t->tags);
	free(t->tags_there);
	free(t);
}

void
kith_tagged_freep(struct kith_tagged **t)
{
	kith_tagged_free(*t);
}

bool
kith_tagged_is_of(const struct kith_tagged *t, const struct kith_digest *state)
{
	return memcmp(t->header + TAG_AT_STATE, state->bytes, KITH_DIGEST_BYTES) == 0;
}

struct kith_span
kith_tagged_head(const struct kith_tagged *t)
{
	return kith_span(t->header + TAG_AT_HEAD, KITH_TAGGED_HEAD);
}

uint64_t
kith_tagged_size(const struct kith_tagged *t)
{
	return t->size;
}
