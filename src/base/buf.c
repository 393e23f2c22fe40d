/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded buffer. Doubles; keeps one byte for the final NUL. */
#include "base/base.h"

void
kith_buf_init(struct kith_buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
}

void
kith_buf_clear(struct kith_buf *b)
{
	size_t max = b->max;

	free(b->ptr);
	kith_buf_init(b, max);
}

void
kith_buf_reset(struct kith_buf *b)
{
	b->len = 0;
	b->failed = KITH_OK;
	if (b->ptr)
		b->ptr[0] = '\0';
}

uint8_t *
kith_buf_room(struct kith_buf *b, size_t n)
{
	size_t cap;
	uint8_t *grown;

	if (b->failed)
		return NULL;
	if (n > b->max - b->len) {
		b->failed = KITH_E_LIMIT;
		return NULL;
	}
	if (b->len + n < b->cap)
		return b->ptr + b->len;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap <= b->len + n)
		cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
	if (b->max < SIZE_MAX && cap > b->max + 1)
		cap = b->max + 1;
	grown = realloc(b->ptr, cap);
	if (!grown) {
		b->failed = KITH_E_NOMEM;
		return NULL;
	}
	b->ptr = grown;
	b->cap = cap;
	return b->ptr + b->len;
}

void
kith_buf_added(struct kith_buf *b, size_t n)
{
	b->len += n;
	b->ptr[b->len] = '\0';
}

void
kith_buf_put(struct kith_buf *b, const void *bytes, size_t len)
{
	uint8_t *room = kith_buf_room(b, len);

	if (!room)
		return;
	if (len)
		memcpy(room, bytes, len);
	kith_buf_added(b, len);
}

void
kith_buf_put_span(struct kith_buf *b, struct kith_span s)
{
	kith_buf_put(b, s.ptr, s.len);
}

void
kith_buf_put_str(struct kith_buf *b, const char *s)
{
	kith_buf_put(b, s, strlen(s));
}

void
kith_buf_put_char(struct kith_buf *b, char c)
{
	kith_buf_put(b, &c, 1);
}

void
kith_buf_put_fill(struct kith_buf *b, char c, size_t n)
{
	uint8_t *room = kith_buf_room(b, n);

	if (!room)
		return;
	memset(room, c, n);
	kith_buf_added(b, n);
}

void
kith_buf_vprintf(struct kith_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	uint8_t *room;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		b->failed = b->failed ? b->failed : KITH_E_LIMIT;
	else if ((room = kith_buf_room(b, (size_t)n))) {
		vsnprintf((char *)room, (size_t)n + 1, fmt, again);
		kith_buf_added(b, (size_t)n);
	}
	va_end(again);
}

void
kith_buf_printf(struct kith_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	kith_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
kith_buf_put_u32(struct kith_buf *b, uint32_t v)
{
	uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	kith_buf_put(b, le, sizeof(le));
}

void
kith_buf_put_u64(struct kith_buf *b, uint64_t v)
{
	kith_buf_put_u32(b, (uint32_t)v);
	kith_buf_put_u32(b, (uint32_t)(v >> 32));
}

struct kith_span
kith_buf_span(const struct kith_buf *b)
{
	return kith_span(b->ptr, b->len);
}

const char *
kith_buf_str(const struct kith_buf *b)
{
	return b->ptr ? (const char *)b->ptr : "";
}

struct kith_span
kith_buf_carry(struct kith_buf *b, const struct kith_buf *from)
{
	if (from->failed && !b->failed)
		b->failed = from->failed;
	return kith_buf_span(from);
}

int
kith_buf_check(const struct kith_buf *b, struct kith_error *err)
{
	if (b->failed == KITH_E_LIMIT)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes", b->max);
	if (b->failed)
		return kith_fail_nomem(err);
	return KITH_OK;
}

uint8_t *
kith_buf_take(struct kith_buf *b, size_t *ret_len)
{
	uint8_t *p;

	if (!kith_buf_room(b, 0))
		return NULL;
	b->ptr[b->len] = '\0';
	p = b->ptr;
	*ret_len = b->len;
	kith_buf_init(b, b->max);
	return p;
}
