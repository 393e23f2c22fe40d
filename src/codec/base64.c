/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base64url and hex. Decoding has one answer for one text: whatever a second spelling could exist
 * for (padding, trailing bits, blanks) is refused. Never allocates beyond the caller's buffer.
 */
#include "codec/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex_digits[] = "0123456789abcdef";

#define NONE 0xff

static uint8_t
value_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0' + 52);
	return c == '-' ? 62 : c == '_' ? 63 : NONE;
}

bool
kith_base64_decode(struct kith_span text, uint8_t *out, size_t size, size_t *ret_len)
{
	size_t n = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0), i, at = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	if (text.len % 4 == 1 || n > size)
		return false;
	for (i = 0; i < text.len; i++) {
		uint8_t v = value_of(text.ptr[i]);

		if (v == NONE)
			return false;
		bits = bits << 6 | v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[at++] = (uint8_t)(bits >> have);
			bits &= (1U << have) - 1;
		}
	}
	if (bits)
		return false;
	*ret_len = at;
	return true;
}

bool
kith_base64_decode_padded(struct kith_span text, uint8_t *out, size_t size, size_t *ret_len)
{
	if (text.len && text.len % 4 == 0 && text.ptr[text.len - 1] == '=') {
		text.len--;
		if (text.ptr[text.len - 1] == '=')
			text.len--;
	}
	return kith_base64_decode(text, out, size, ret_len);
}

bool
kith_base64_decode_exact(struct kith_span text, uint8_t *out, size_t n)
{
	size_t len;

	return kith_base64_decode(text, out, n, &len) && len == n;
}

static void
encode(char *out, const uint8_t *bytes, size_t len)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 6; have -= 6)
			*out++ = alphabet[bits >> (have - 6) & 63];
	}
	if (have)
		*out++ = alphabet[bits << (6 - have) & 63];
}

void
kith_base64_put(struct kith_buf *out, const void *bytes, size_t len)
{
	/* without the overflow that KITH_BASE64_LEN has for absurd lengths */
	size_t n = len / 3 * 4 + (len % 3 ? len % 3 + 1 : 0);
	uint8_t *room = kith_buf_room(out, n);

	if (!room)
		return;
	encode((char *)room, bytes, len);
	kith_buf_added(out, n);
}

void
kith_base64_id(char out[KITH_ID_TEXT + 1], const uint8_t bytes[32])
{
	encode(out, bytes, 32);
	out[KITH_ID_TEXT] = '\0';
}

static uint8_t
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : NONE;
}

bool
kith_hex_decode_exact(struct kith_span text, uint8_t *out, size_t n)
{
	size_t i;

	if (text.len % 2 || text.len / 2 != n)
		return false;
	for (i = 0; i < n; i++) {
		uint8_t hi = hex_value(text.ptr[2 * i]), lo = hex_value(text.ptr[2 * i + 1]);

		if (hi == NONE || lo == NONE)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

void
kith_hex_put(struct kith_buf *out, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint8_t *room = len <= SIZE_MAX / 2 ? kith_buf_room(out, len * 2) : NULL;
	size_t i;

	if (!room)
		return;
	for (i = 0; i < len; i++) {
		room[2 * i] = (uint8_t)hex_digits[p[i] >> 4];
		room[2 * i + 1] = (uint8_t)hex_digits[p[i] & 15];
	}
	kith_buf_added(out, len * 2);
}
