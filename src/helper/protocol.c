/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and cursors. Every length is checked before it is believed; nothing is ever aligned. */
#include <errno.h>
#include <unistd.h>

#include "helper/protocol.h"

#define READ_BLOCK KITH_KIB(64)
#define LAZY_LOAD  KITH_KIB(128)

static uint32_t
load_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

int
kith_frame_cut(struct kith_span bytes, struct kith_frame *ret_frame, size_t *ret_used)
{
	uint32_t len;

	if (bytes.len < 4)
		return KITH_E_NOTFOUND;
	len = load_u32(bytes.ptr);
	if (len > KITH_MAX_FRAME)
		return KITH_E_LIMIT;
	if (bytes.len < KITH_FRAME_HEAD + (size_t)len)
		return KITH_E_NOTFOUND;
	ret_frame->type = bytes.ptr[4];
	ret_frame->payload = kith_span(bytes.ptr + KITH_FRAME_HEAD, len);
	*ret_used = KITH_FRAME_HEAD + (size_t)len;
	return KITH_OK;
}

size_t
kith_frame_begin(struct kith_buf *out, uint8_t type)
{
	size_t mark = out->len;

	kith_buf_put_u32(out, 0);
	kith_buf_put(out, &type, 1);
	return mark;
}

void
kith_frame_end(struct kith_buf *out, size_t mark)
{
	size_t len;

	if (out->failed)
		return;
	len = out->len - mark - KITH_FRAME_HEAD;
	if (len > KITH_MAX_FRAME) {
		out->failed = KITH_E_LIMIT;
		return;
	}
	out->ptr[mark] = (uint8_t)len;
	out->ptr[mark + 1] = (uint8_t)(len >> 8);
	out->ptr[mark + 2] = (uint8_t)(len >> 16);
	out->ptr[mark + 3] = (uint8_t)(len >> 24);
}

void
kith_frame_put_u8(struct kith_buf *out, uint8_t v)
{
	kith_buf_put(out, &v, 1);
}

void
kith_frame_put_u32(struct kith_buf *out, uint32_t v)
{
	kith_buf_put_u32(out, v);
}

void
kith_frame_put_u64(struct kith_buf *out, uint64_t v)
{
	kith_buf_put_u64(out, v);
}

void
kith_frame_put_bytes(struct kith_buf *out, struct kith_span bytes)
{
	if (bytes.len > KITH_MAX_FRAME) {
		out->failed = out->failed ? out->failed : KITH_E_LIMIT;
		return;
	}
	kith_buf_put_u32(out, (uint32_t)bytes.len);
	kith_buf_put_span(out, bytes);
}

void
kith_frame_put_str(struct kith_buf *out, const char *s)
{
	kith_frame_put_bytes(out, kith_span_str(s));
}

void
kith_frame_put_hello(struct kith_buf *out, const char *program)
{
	size_t mark = kith_frame_begin(out, KITH_FRAME_HELLO);

	kith_frame_put_u32(out, KITH_PROTOCOL_VERSION);
	kith_frame_put_str(out, program);
	kith_frame_end(out, mark);
}

void
kith_frame_put_error(struct kith_buf *out, const struct kith_error *err)
{
	int code = -(int)err->code;
	size_t mark = kith_frame_begin(out, KITH_FRAME_ERROR);

	kith_frame_put_u32(out, (uint32_t)code);
	kith_frame_put_str(out, err->msg);
	kith_frame_put_str(out, err->hint);
	kith_frame_end(out, mark);
}

struct kith_cursor
kith_cursor(struct kith_span payload)
{
	struct kith_cursor c = {payload, false};

	return c;
}

static const uint8_t *
take(struct kith_cursor *c, size_t n)
{
	const uint8_t *p = c->rest.ptr;

	if (c->bad || n > c->rest.len) {
		c->bad = true;
		return NULL;
	}
	c->rest = kith_span_sub(c->rest, n, SIZE_MAX);
	return p;
}

uint8_t
kith_cursor_u8(struct kith_cursor *c)
{
	const uint8_t *p = take(c, 1);

	return p ? *p : 0;
}

uint32_t
kith_cursor_u32(struct kith_cursor *c)
{
	const uint8_t *p = take(c, 4);

	return p ? load_u32(p) : 0;
}

uint64_t
kith_cursor_u64(struct kith_cursor *c)
{
	const uint8_t *p = take(c, 8);

	return p ? (uint64_t)load_u32(p) | (uint64_t)load_u32(p + 4) << 32 : 0;
}

struct kith_span
kith_cursor_bytes(struct kith_cursor *c)
{
	uint32_t n = kith_cursor_u32(c);
	const uint8_t *p = take(c, n);

	return p ? kith_span(p, n) : KITH_SPAN_NONE;
}

void
kith_cursor_str(struct kith_cursor *c, char *out, size_t max)
{
	struct kith_span s = kith_cursor_bytes(c);

	out[0] = '\0';
	if (s.len >= max || (s.len && memchr(s.ptr, 0, s.len))) {
		c->bad = true;
		return;
	}
	if (s.len)
		memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
}

bool
kith_cursor_end(const struct kith_cursor *c)
{
	return !c->bad && c->rest.len == 0;
}

int
kith_frame_error(struct kith_span payload, struct kith_error *err)
{
	struct kith_cursor c = kith_cursor(payload);
	uint32_t code = kith_cursor_u32(&c);
	struct kith_span msg = kith_cursor_bytes(&c);
	struct kith_span hint = kith_cursor_bytes(&c);
	int r;

	/* an unknown code is a lie about the protocol, not one more kind of failure */
	if (!kith_cursor_end(&c) || code == 0 || code > (uint32_t)-KITH_E_INTERNAL)
		return kith_fail(err, KITH_E_HELPER, "a helper sent a malformed error");
	r = -(int)code;
	kith_fail(err, (enum kith_code)r, "%.*s", KITH_SPAN_FMT(msg));
	return hint.len ? kith_hint(err, r, "%.*s", KITH_SPAN_FMT(hint)) : r;
}

void
kith_channel_init(struct kith_channel *ch, int in_fd, int out_fd)
{
	memset(ch, 0, sizeof(*ch));
	ch->in_fd = in_fd;
	ch->out_fd = out_fd;
	kith_buf_init(&ch->in, KITH_MAX_FRAME + KITH_FRAME_HEAD + READ_BLOCK);
	kith_buf_init(&ch->out, 2 * (KITH_MAX_FRAME + KITH_FRAME_HEAD));
}

void
kith_channel_clear(struct kith_channel *ch)
{
	kith_buf_clear(&ch->in);
	kith_buf_clear(&ch->out);
	ch->in_pos = 0;
}

/*
 * Drops what was consumed. Bytes move only when less is left than was used, or once for a frame
 * that would not fit otherwise: linear in all.
 */
static void
compact(struct kith_channel *ch)
{
	size_t left = ch->in.len - ch->in_pos;

	if (ch->in_pos == 0 || (left > ch->in_pos && ch->in.max - ch->in.len >= READ_BLOCK))
		return;
	if (left)
		memmove(ch->in.ptr, ch->in.ptr + ch->in_pos, left);
	ch->in.len = left;
	ch->in_pos = 0;
}

int
kith_channel_fill(struct kith_channel *ch, struct kith_error *err)
{
	uint8_t *room;
	size_t want;
	ssize_t n;

	compact(ch);
	want = ch->in.max - ch->in.len;
	want = want > READ_BLOCK ? READ_BLOCK : want;
	room = want ? kith_buf_room(&ch->in, want) : NULL;
	if (!room)
		return kith_fail_nomem(err);
	do
		n = read(ch->in_fd, room, want);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return kith_fail_errno(err, errno, "reading");
	if (n == 0)
		return ch->in.len > ch->in_pos
			   ? kith_fail(err, KITH_E_FORMAT, "the stream ends within a frame")
			   : KITH_E_NOTFOUND;
	kith_buf_added(&ch->in, (size_t)n);
	return KITH_OK;
}

int
kith_channel_next(struct kith_channel *ch, struct kith_frame *ret_frame, struct kith_error *err)
{
	struct kith_span rest = kith_span_sub(kith_buf_span(&ch->in), ch->in_pos, SIZE_MAX);
	size_t used;
	int r = kith_frame_cut(rest, ret_frame, &used);

	if (r == KITH_E_LIMIT)
		return kith_fail(err, KITH_E_FORMAT, "a frame of more than %zu bytes",
				 KITH_MAX_FRAME);
	if (!r)
		ch->in_pos += used;
	return r;
}

int
kith_channel_recv(struct kith_channel *ch, struct kith_frame *ret_frame, struct kith_error *err)
{
	int r;

	while ((r = kith_channel_next(ch, ret_frame, err)) == KITH_E_NOTFOUND) {
		r = kith_channel_fill(ch, err);
		if (r)
			return r;
	}
	return r;
}

int
kith_channel_flush(struct kith_channel *ch, bool lazy, struct kith_error *err)
{
	int r = kith_buf_check(&ch->out, err);

	if (r || (lazy && ch->out.len < LAZY_LOAD))
		return r;
	r = kith_fs_write_full(ch->out_fd, ch->out.ptr, ch->out.len, err);
	kith_buf_reset(&ch->out);
	return r;
}
