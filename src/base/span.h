/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span is a borrowed slice of bytes: it lives as long as what it was cut from. Spans may hold
 * any byte, NUL included, and are not NUL-terminated.
 */
#ifndef KITH_BASE_SPAN_H
#define KITH_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kith_span {
	const uint8_t *ptr;
	size_t len;
};

#define KITH_SPAN_NONE     ((struct kith_span){NULL, 0})
#define KITH_SPAN_LIT(lit) ((struct kith_span){(const uint8_t *)("" lit), sizeof(lit) - 1})
/* For printf's "%.*s". Cut to what an int holds. */
#define KITH_SPAN_FMT(s)                                                                           \
	(int)((s).len > 4096 ? 4096 : (s).len),                                                    \
	    (const char *)((s).ptr ? (s).ptr : (const uint8_t *)"")

struct kith_span kith_span(const void *ptr, size_t len);
struct kith_span kith_span_str(const char *nul_terminated_or_null);
bool kith_span_eq(struct kith_span a, struct kith_span b);
bool kith_span_is(struct kith_span a, const char *literal);
int kith_span_cmp(struct kith_span a, struct kith_span b); /* bytes, then length */
bool kith_span_starts(struct kith_span s, struct kith_span prefix);
bool kith_span_ends(struct kith_span s, struct kith_span suffix);
bool kith_span_skip(struct kith_span *s, const char *prefix); /* removes prefix if it is there */
struct kith_span kith_span_sub(struct kith_span s, size_t from, size_t len); /* clamped */

/* Offset of the first byte c at or after `from`, or s.len. */
size_t kith_span_find(struct kith_span s, size_t from, uint8_t c);

/* Cuts the next piece off *rest at the first `sep` (the rest follows it). False when exhausted. */
bool kith_span_next(struct kith_span *rest, uint8_t sep, struct kith_span *ret_piece);

/* Strips ASCII blanks (space, tab, CR, LF, VT, FF) from both ends. */
struct kith_span kith_span_trim(struct kith_span s);

/* Strips Unicode White_Space from both ends (crev format 2.4 "trim"). Input must be UTF-8. */
struct kith_span kith_span_trim_unicode(struct kith_span s);

/* Strict decimal: digits only, no sign, no blank, no overflow. */
bool kith_span_u64(struct kith_span s, uint64_t *ret_value);

/*
 * Decodes one UTF-8 character at *pos and advances; false (pos unchanged) at the end or where the
 * bytes are not well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
 */
bool kith_utf8_next(struct kith_span s, size_t *pos, uint32_t *ret_char);
bool kith_utf8_valid(struct kith_span s);
/* Writes 1 to 4 bytes; returns how many, 0 if c is no Unicode scalar value. */
size_t kith_utf8_put(uint8_t out[4], uint32_t c);

#endif
