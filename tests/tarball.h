/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes tar archives from text, also such as no archiver would make. One directive a line, fields
 * divided by blanks, %XX for any byte in a field:
 *
 *   file PATH [CONTENT]      dir PATH      link PATH TARGET      fill PATH BYTES
 *   entry TYPE PATH TARGET CONTENT         any type of entry ("-": empty)
 *   pax KEY VALUE            one record before the next entry (several gather in one header)
 *   paxraw BYTES             as they are, into that header
 *   global KEY VALUE         a global header
 *   long NAME   longlink NAME              GNU extension headers
 *   size N   magic BYTES   sum N           what the next header says, true or not
 *   zeros N                  blocks of zeros;  raw BYTES
 *   end                      two blocks of zeros; written at the end too unless there was `open`
 *   open                     no end
 */
#ifndef KITH_TESTS_TARBALL_H
#define KITH_TESTS_TARBALL_H

#include "base/base.h"

struct maker {
	struct kith_buf *out;
	struct kith_buf pax;
	bool open, has_size, has_sum;
	uint64_t size, sum;
	char magic[8];
};

static void
maker_octal(uint8_t *at, size_t digits, uint64_t v)
{
	size_t i;

	for (i = digits; i-- > 0; v >>= 3)
		at[i] = (uint8_t)('0' + (v & 7));
}

static void
maker_header(struct maker *m, char type, struct kith_span path, struct kith_span target,
	     uint64_t size)
{
	uint8_t h[512] = {0};
	uint64_t sum = 0;
	size_t i;

	memcpy(h, path.len ? path.ptr : h, path.len < 100 ? path.len : 100);
	maker_octal(h + 100, 7, type == '5' ? 0755 : 0644);
	maker_octal(h + 108, 7, 0);
	maker_octal(h + 116, 7, 0);
	maker_octal(h + 124, 11, m->has_size ? m->size : size);
	maker_octal(h + 136, 11, 1000000000);
	h[156] = (uint8_t)type;
	memcpy(h + 157, target.len ? target.ptr : h + 157, target.len < 100 ? target.len : 100);
	memcpy(h + 257, m->magic, 8);
	memset(h + 148, ' ', 8);
	for (i = 0; i < sizeof(h); i++)
		sum += h[i];
	maker_octal(h + 148, 6, m->has_sum ? m->sum : sum);
	h[154] = '\0';
	kith_buf_put(m->out, h, sizeof(h));
	m->has_size = m->has_sum = false;
	memcpy(m->magic, "ustar\00000", 8);
}

static void
maker_content(struct maker *m, struct kith_span content)
{
	kith_buf_put_span(m->out, content);
	kith_buf_put_fill(m->out, '\0', (512 - content.len % 512) % 512);
}

static void
maker_entry(struct maker *m, char type, struct kith_span path, struct kith_span target,
	    struct kith_span content)
{
	if (m->pax.len) {
		struct maker plain = {.out = m->out};

		memcpy(plain.magic, "ustar\00000", 8);
		maker_header(&plain, 'x', KITH_SPAN_LIT("pax"), KITH_SPAN_NONE, m->pax.len);
		maker_content(&plain, kith_buf_span(&m->pax));
		kith_buf_reset(&m->pax);
	}
	maker_header(m, type, path, target, content.len);
	maker_content(m, content);
}

/* "LENGTH KEY=VALUE\n", whose length counts itself. */
static void
maker_pax(struct kith_buf *out, struct kith_span key, struct kith_span value)
{
	size_t body = key.len + value.len + 3, len = body + 1, digits, n;

	for (;;) {
		for (digits = 0, n = len; n; n /= 10)
			digits++;
		if (body + digits == len)
			break;
		len = body + digits;
	}
	kith_buf_printf(out, "%zu ", len);
	kith_buf_put_span(out, key);
	kith_buf_put_char(out, '=');
	kith_buf_put_span(out, value);
	kith_buf_put_char(out, '\n');
}

static int
maker_hex(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* The next field, unescaped in place of the line (which is ours). */
static struct kith_span
maker_field(struct kith_span *line, uint8_t *room)
{
	struct kith_span raw = KITH_SPAN_NONE;
	size_t i, n = 0;

	kith_span_next(line, ' ', &raw);
	for (i = 0; i < raw.len; i++) {
		if (raw.ptr[i] == '%' && i + 2 < raw.len && maker_hex(raw.ptr[i + 1]) >= 0 &&
		    maker_hex(raw.ptr[i + 2]) >= 0) {
			room[n++] =
			    (uint8_t)(maker_hex(raw.ptr[i + 1]) << 4 | maker_hex(raw.ptr[i + 2]));
			i += 2;
		} else {
			room[n++] = raw.ptr[i];
		}
	}
	return n == 1 && room[0] == '-' ? KITH_SPAN_NONE : kith_span(room, n);
}

static void
maker_number(struct maker *m, struct kith_span word, struct kith_span value)
{
	uint64_t n = 0;

	kith_span_u64(value, &n);
	if (kith_span_is(word, "size")) {
		m->has_size = true;
		m->size = n;
	} else if (kith_span_is(word, "sum")) {
		m->has_sum = true;
		m->sum = n;
	} else if (n <= 1000) {
		kith_buf_put_fill(m->out, '\0', (size_t)n * 512);
	}
}

static void
maker_fill(struct maker *m, struct kith_span path, struct kith_span bytes)
{
	uint64_t n = 0;

	if (!kith_span_u64(bytes, &n) || n > KITH_MIB(64))
		return;
	maker_header(m, '0', path, KITH_SPAN_NONE, n);
	kith_buf_put_fill(m->out, 'a', (size_t)n);
	kith_buf_put_fill(m->out, '\0', (512 - (size_t)n % 512) % 512);
}

/* Directives that write entries; false if it is none. */
static bool
maker_entries(struct maker *m, const struct kith_span f[5])
{
	static const struct {
		const char *word;
		char type;
	} types[] = {{"file", '0'}, {"dir", '5'}, {"link", '2'}};
	struct kith_span long_link = KITH_SPAN_LIT("././@LongLink"), none = KITH_SPAN_NONE;
	size_t i;

	for (i = 0; i < 3; i++)
		if (kith_span_is(f[0], types[i].word)) {
			maker_entry(m, types[i].type, f[1], types[i].type == '2' ? f[2] : none,
				    types[i].type == '0' ? f[2] : none);
			return true;
		}
	if (kith_span_is(f[0], "entry"))
		maker_entry(m, f[1].len ? (char)f[1].ptr[0] : '\0', f[2], f[3], f[4]);
	else if (kith_span_is(f[0], "fill"))
		maker_fill(m, f[1], f[2]);
	else if (kith_span_is(f[0], "long"))
		maker_entry(m, 'L', long_link, none, f[1]);
	else if (kith_span_is(f[0], "longlink"))
		maker_entry(m, 'K', long_link, none, f[1]);
	else
		return false;
	return true;
}

static void
maker_global(struct maker *m, struct kith_span key, struct kith_span value)
{
	struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(64));
	maker_pax(&b, key, value);
	maker_entry(m, 'g', KITH_SPAN_LIT("global"), KITH_SPAN_NONE, kith_buf_span(&b));
	kith_buf_clear(&b);
}

static void
maker_line(struct maker *m, struct kith_span line, uint8_t *room)
{
	struct kith_span f[5];
	size_t i;

	for (i = 0; i < 5; i++)
		f[i] = maker_field(&line, room + i * KITH_KIB(8));
	if (maker_entries(m, f))
		return;
	if (kith_span_is(f[0], "pax"))
		maker_pax(&m->pax, f[1], f[2]);
	else if (kith_span_is(f[0], "paxraw"))
		kith_buf_put_span(&m->pax, f[1]);
	else if (kith_span_is(f[0], "global"))
		maker_global(m, f[1], f[2]);
	else if (kith_span_is(f[0], "magic"))
		memcpy(m->magic, f[1].len == 8 ? f[1].ptr : (const uint8_t *)m->magic, 8);
	else if (kith_span_is(f[0], "raw"))
		kith_buf_put_span(m->out, f[1]);
	else if (kith_span_is(f[0], "open"))
		m->open = true;
	else if (kith_span_is(f[0], "end"))
		kith_buf_put_fill(m->out, '\0', 1024);
	else
		maker_number(m, f[0], f[1]);
}

/* Appends the archive to out. False if out is full or a line too long. */
static bool
maker_make(struct kith_span text, struct kith_buf *out)
{
	struct maker m = {.out = out};
	struct kith_span line;
	uint8_t *room = kith_calloc(5, KITH_KIB(8));
	bool ok = room != NULL;

	memcpy(m.magic, "ustar\00000", 8);
	kith_buf_init(&m.pax, KITH_KIB(128));
	while (ok && kith_span_next(&text, '\n', &line)) {
		ok = line.len < KITH_KIB(8);
		if (ok && line.len && line.ptr[0] != '#')
			maker_line(&m, line, room);
	}
	if (!m.open)
		kith_buf_put_fill(out, '\0', 1024);
	kith_buf_clear(&m.pax);
	free(room);
	return ok && !out->failed;
}

/* One gzip member of stored blocks, to be read by whoever does not check CRCs. */
static inline void
maker_gzip(struct kith_span bytes, struct kith_buf *out)
{
	static const uint8_t head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	struct kith_span piece;
	uint32_t total = (uint32_t)bytes.len;
	uint8_t b[5];

	kith_buf_put(out, head, sizeof(head));
	do {
		piece = kith_span_sub(bytes, 0, 65535);
		bytes = kith_span_sub(bytes, piece.len, SIZE_MAX);
		b[0] = bytes.len == 0;
		b[1] = (uint8_t)piece.len;
		b[2] = (uint8_t)(piece.len >> 8);
		b[3] = (uint8_t)~b[1];
		b[4] = (uint8_t)~b[2];
		kith_buf_put(out, b, sizeof(b));
		kith_buf_put_span(out, piece);
	} while (bytes.len);
	kith_buf_put_u32(out, 0);
	kith_buf_put_u32(out, total);
}

#endif
