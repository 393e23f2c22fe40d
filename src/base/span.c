/* SPDX-License-Identifier: Apache-2.0 */
/* Slices of bytes and UTF-8 decoding. */
#include "base/base.h"

struct kith_span
kith_span(const void *ptr, size_t len)
{
	struct kith_span s = {ptr, len};

	return s;
}

struct kith_span
kith_span_str(const char *s)
{
	return s ? kith_span(s, strlen(s)) : KITH_SPAN_NONE;
}

bool
kith_span_eq(struct kith_span a, struct kith_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
kith_span_is(struct kith_span a, const char *literal)
{
	return kith_span_eq(a, kith_span_str(literal));
}

int
kith_span_cmp(struct kith_span a, struct kith_span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int r = n ? memcmp(a.ptr, b.ptr, n) : 0;

	return r ? r : (a.len > b.len) - (a.len < b.len);
}

bool
kith_span_starts(struct kith_span s, struct kith_span prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || !memcmp(s.ptr, prefix.ptr, prefix.len));
}

bool
kith_span_ends(struct kith_span s, struct kith_span suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || !memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len));
}

bool
kith_span_skip(struct kith_span *s, const char *prefix)
{
	struct kith_span p = kith_span_str(prefix);

	if (!kith_span_starts(*s, p))
		return false;
	*s = kith_span_sub(*s, p.len, SIZE_MAX);
	return true;
}

struct kith_span
kith_span_sub(struct kith_span s, size_t from, size_t len)
{
	if (from >= s.len)
		return kith_span(s.ptr ? s.ptr + s.len : NULL, 0);
	if (len > s.len - from)
		len = s.len - from;
	return kith_span(s.ptr + from, len);
}

size_t
kith_span_find(struct kith_span s, size_t from, uint8_t c)
{
	const uint8_t *p;

	if (from >= s.len)
		return s.len;
	p = memchr(s.ptr + from, c, s.len - from);
	return p ? (size_t)(p - s.ptr) : s.len;
}

bool
kith_span_next(struct kith_span *rest, uint8_t sep, struct kith_span *ret_piece)
{
	size_t at;

	if (!rest->ptr)
		return false;
	at = kith_span_find(*rest, 0, sep);
	*ret_piece = kith_span(rest->ptr, at);
	if (at < rest->len)
		*rest = kith_span(rest->ptr + at + 1, rest->len - at - 1);
	else
		*rest = KITH_SPAN_NONE;
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct kith_span
kith_span_trim(struct kith_span s)
{
	while (s.len && is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* Unicode 15 White_Space. */
static bool
is_unicode_space(uint32_t c)
{
	return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

struct kith_span
kith_span_trim_unicode(struct kith_span s)
{
	size_t pos = 0, start;
	uint32_t c;

	while (kith_utf8_next(s, &pos, &c) && is_unicode_space(c)) {
		s = kith_span_sub(s, pos, SIZE_MAX);
		pos = 0;
	}
	while (s.len) {
		start = s.len - 1;
		while (start && (s.ptr[start] & 0xc0) == 0x80 && s.len - start < 4)
			start--;
		pos = start;
		if (!kith_utf8_next(s, &pos, &c) || pos != s.len || !is_unicode_space(c))
			break;
		s.len = start;
	}
	return s;
}

bool
kith_span_u64(struct kith_span s, uint64_t *ret_value)
{
	uint64_t v = 0;
	size_t i;

	if (!s.len)
		return false;
	for (i = 0; i < s.len; i++) {
		uint8_t d = (uint8_t)(s.ptr[i] - '0');

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*ret_value = v;
	return true;
}

bool
kith_utf8_next(struct kith_span s, size_t *pos, uint32_t *ret_char)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n, i, at = *pos;
	uint32_t c;

	if (at >= s.len)
		return false;
	c = s.ptr[at];
	if (c < 0x80) {
		*ret_char = c;
		*pos = at + 1;
		return true;
	}
	n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || n > s.len - at)
		return false;
	c &= 0x7fU >> n;
	for (i = 1; i < n; i++) {
		if ((s.ptr[at + i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (s.ptr[at + i] & 0x3fU);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return false;
	*ret_char = c;
	*pos = at + n;
	return true;
}

bool
kith_utf8_valid(struct kith_span s)
{
	size_t pos = 0;
	uint32_t c;

	while (pos < s.len) {
		if (s.ptr[pos] < 0x80)
			pos++;
		else if (!kith_utf8_next(s, &pos, &c))
			return false;
	}
	return true;
}

size_t
kith_utf8_put(uint8_t out[4], uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}
