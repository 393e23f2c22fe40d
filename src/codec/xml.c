/* SPDX-License-Identifier: Apache-2.0 */
/* The escaping writer of XML text. Knows characters, no elements. */
#include "codec/xml.h"

#define PIECE 4096

static const char *
reference(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
put_references(struct kith_buf *out, struct kith_span s)
{
	size_t i, from = 0;

	for (i = 0; i < s.len; i++) {
		const char *r = reference(s.ptr[i]);

		if (!r)
			continue;
		kith_buf_put(out, s.ptr + from, i - from);
		kith_buf_put_str(out, r);
		from = i + 1;
	}
	kith_buf_put_span(out, kith_span_sub(s, from, s.len));
}

/* Where a piece of at most PIECE bytes may end: not inside of a character. */
static size_t
piece_end(struct kith_span s, size_t from)
{
	size_t end = from + PIECE;

	if (end >= s.len)
		return s.len;
	while (end > from + PIECE - 4 && (s.ptr[end] & 0xc0) == 0x80)
		end--;
	return end;
}

void
kith_xml_put_text(struct kith_buf *out, struct kith_span s)
{
	KITH_AUTO_BUF struct kith_buf safe;
	size_t from, end;

	/* ten characters, \u{10ffff}, at most for each byte */
	kith_buf_init(&safe, (size_t)PIECE * 10);
	for (from = 0; from < s.len; from = end) {
		end = piece_end(s, from);
		kith_buf_reset(&safe);
		kith_text_safe(&safe, kith_span_sub(s, from, end - from), 0);
		if (safe.failed) {
			out->failed = out->failed ? out->failed : safe.failed;
			return;
		}
		put_references(out, kith_buf_span(&safe));
	}
}
