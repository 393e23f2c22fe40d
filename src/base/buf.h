/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte buffer that cannot be made without a maximum. Appending after a failure does
 * nothing, so a writer appends freely and asks once at the end with kith_buf_check.
 */
#ifndef KITH_BASE_BUF_H
#define KITH_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "base/mem.h"
#include "base/span.h"

struct kith_buf {
	uint8_t *ptr; /* len bytes, and a NUL after them that is not counted; NULL when empty */
	size_t len;
	size_t cap;
	size_t max;
	int failed; /* KITH_OK, KITH_E_NOMEM or KITH_E_LIMIT */
};

void kith_buf_init(struct kith_buf *b, size_t max);
void kith_buf_clear(struct kith_buf *b); /* frees; usable again with the same maximum */
void kith_buf_reset(struct kith_buf *b); /* empties, keeps the memory */
#define KITH_AUTO_BUF KITH_CLEANUP(kith_buf_clear)

void kith_buf_put(struct kith_buf *b, const void *bytes, size_t len);
void kith_buf_put_span(struct kith_buf *b, struct kith_span s);
void kith_buf_put_str(struct kith_buf *b, const char *s);
void kith_buf_put_char(struct kith_buf *b, char c);
void kith_buf_put_fill(struct kith_buf *b, char c, size_t n);
void kith_buf_printf(struct kith_buf *b, const char *fmt, ...) KITH_PRINTF(2, 3);
void kith_buf_vprintf(struct kith_buf *b, const char *fmt, va_list ap) KITH_PRINTF(2, 0);
/* Little-endian integers and length-prefixed bytes: what the helper protocol and the index use. */
void kith_buf_put_u32(struct kith_buf *b, uint32_t v);
void kith_buf_put_u64(struct kith_buf *b, uint64_t v);

/* Room for n more bytes to write into directly, or NULL; call kith_buf_added afterwards. */
uint8_t *kith_buf_room(struct kith_buf *b, size_t n);
void kith_buf_added(struct kith_buf *b, size_t n);

struct kith_span kith_buf_span(const struct kith_buf *b);
const char *kith_buf_str(const struct kith_buf *b); /* "" when empty; borrowed */

/*
 * What was gathered in `from` is missing if it has failed: then `b` fails too, so that no text is
 * silently shorter. Returns from's bytes, borrowed.
 */
struct kith_span kith_buf_carry(struct kith_buf *b, const struct kith_buf *from);

/* KITH_OK, or what went wrong first. */
KITH_NODISCARD int kith_buf_check(const struct kith_buf *b, struct kith_error *err);

/* Hands the bytes over (NUL-terminated, yours, from malloc); empties b. NULL if it has failed. */
uint8_t *kith_buf_take(struct kith_buf *b, size_t *ret_len);

#endif
