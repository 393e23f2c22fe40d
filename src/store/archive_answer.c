/* SPDX-License-Identifier: Apache-2.0 */
/* Checks every frame: each has its place in an answer, and says nothing that it may not. */
#include "helper/unpack.h"
#include "store/archive_answer.h"

static bool
read_fixed(struct kith_cursor *c, void *out, size_t n)
{
	size_t i;
	uint8_t *p = out;

	for (i = 0; i < n; i++)
		p[i] = kith_cursor_u8(c);
	return !c->bad;
}

static bool
read_sum(struct kith_cursor *c, struct kith_archive_answer *a)
{
	if (a->has_sum || a->why.code)
		return false;
	read_fixed(c, a->sha256, sizeof(a->sha256));
	a->stamp.dev = kith_cursor_u64(c);
	a->stamp.ino = kith_cursor_u64(c);
	a->stamp.size = kith_cursor_u64(c);
	a->stamp.mtime_ns = (int64_t)kith_cursor_u64(c);
	a->stamp.ctime_ns = (int64_t)kith_cursor_u64(c);
	a->has_sum = true;
	return true;
}

static bool
read_digests(struct kith_cursor *c, struct kith_archive_answer *a)
{
	if (!a->has_sum || a->has_digests || a->why.code)
		return false;
	read_fixed(c, a->native.bytes, sizeof(a->native.bytes));
	read_fixed(c, a->crev.bytes, sizeof(a->crev.bytes));
	a->has_digests = true;
	return true;
}

static bool
read_refused(struct kith_cursor *c, struct kith_archive_answer *a)
{
	if (a->has_digests || a->why.code)
		return false;
	kith_frame_error(kith_cursor_bytes(c), &a->why);
	return true;
}

/* As the helper checks it; it is not believed. */
static bool
is_clean(struct kith_span path)
{
	struct kith_span piece, rest = path;

	if (!path.len || path.len > KITH_MAX_PATH || path.ptr[path.len - 1] == '/' ||
	    memchr(path.ptr, 0, path.len))
		return false;
	while (kith_span_next(&rest, '/', &piece))
		if (!piece.len || kith_span_is(piece, ".") || kith_span_is(piece, ".."))
			return false;
	return true;
}

/* Its sum was told and its end was not. */
static bool
is_open(const struct kith_archive_answer *a)
{
	return a->has_sum && !a->has_digests && !a->why.code;
}

static bool
read_entry(struct kith_archive_reader *k, const struct kith_archive_answer *a,
	   struct kith_cursor *c, int *ret_r, struct kith_error *err)
{
	struct kith_archive_entry e;
	uint8_t type = kith_cursor_u8(c);

	e.mode = kith_cursor_u32(c);
	e.size = kith_cursor_u64(c);
	e.path = kith_cursor_bytes(c);
	e.target = kith_cursor_bytes(c);
	if (!kith_cursor_end(c) || type > KITH_TREE_DIR || e.mode > 0777 || !is_clean(e.path) ||
	    k->content_left || (e.size && type != KITH_TREE_FILE) || !is_open(a))
		return false;
	e.type = (enum kith_tree_type)type;
	k->content_left = e.size;
	*ret_r = k->sink->entry ? k->sink->entry(k->sink->ctx, &e, err) : KITH_OK;
	return true;
}

static bool
read_content(struct kith_archive_reader *k, const struct kith_archive_answer *a,
	     struct kith_cursor *c, int *ret_r, struct kith_error *err)
{
	struct kith_span bytes = kith_cursor_bytes(c);

	if (!kith_cursor_end(c) || bytes.len > k->content_left || !is_open(a))
		return false;
	k->content_left -= bytes.len;
	*ret_r = k->sink->content ? k->sink->content(k->sink->ctx, bytes, err) : KITH_OK;
	return true;
}

void
kith_archive_reader_expect(struct kith_archive_reader *k, size_t slot)
{
	memset(&k->answers[slot], 0, sizeof(k->answers[slot]));
	k->used[slot] = true;
	k->content_left = 0;
}

bool
kith_archive_reader_take(struct kith_archive_reader *k, const struct kith_frame *f,
			 size_t *ret_slot, int *ret_r, struct kith_error *err)
{
	struct kith_cursor c = kith_cursor(f->payload);
	uint32_t slot = kith_cursor_u32(&c);
	struct kith_archive_answer *a;
	bool ok;

	if (c.bad || slot >= KITH_ARCHIVE_WINDOW || !k->used[slot])
		return false;
	a = &k->answers[slot];
	switch (f->type) {
	case KITH_UNPACK_SUM:
		ok = read_sum(&c, a);
		break;
	case KITH_UNPACK_DIGESTS:
		ok = read_digests(&c, a) && !k->content_left;
		break;
	case KITH_UNPACK_REFUSED:
		ok = read_refused(&c, a);
		break;
	case KITH_UNPACK_ENTRY:
		return k->sink && read_entry(k, a, &c, ret_r, err);
	case KITH_UNPACK_CONTENT:
		return k->sink && read_content(k, a, &c, ret_r, err);
	case KITH_FRAME_DONE:
		ok = a->has_sum || a->why.code;
		if (ok && kith_cursor_end(&c)) {
			k->used[slot] = false;
			*ret_slot = slot;
		}
		break;
	default:
		return false;
	}
	return ok && kith_cursor_end(&c);
}
