/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small pieces of TOML: blanks, comments, keys, strings. Every byte of the text is looked at
 * here or in a token of toml_value.c, so nothing that is no UTF-8 and no control character passes.
 */
#include "codec/base64.h"
#include "codec/toml_reader.h"

void
kith_toml_place(const struct kith_toml_reader *r, struct kith_toml *v)
{
	size_t column = (size_t)(r->p - r->line_start) + 1;

	v->line = r->line;
	v->column = column > UINT16_MAX ? UINT16_MAX : (uint16_t)column;
}

static int
refuse(struct kith_toml_reader *r, const uint8_t *at, enum kith_code code, const char *why)
{
	return kith_fail(r->err, code, "line %u, column %zu: %s", (unsigned)r->line,
			 (size_t)(at - r->line_start) + 1, why);
}

int
kith_toml_refuse(struct kith_toml_reader *r, const uint8_t *at, const char *why)
{
	return refuse(r, at ? at : r->p, KITH_E_FORMAT, why);
}

int
kith_toml_refuse_limit(struct kith_toml_reader *r, const char *why)
{
	return refuse(r, r->p, KITH_E_LIMIT, why);
}

int
kith_toml_refuse_key(struct kith_toml_reader *r, const struct kith_toml *key, const char *why)
{
	return kith_fail(r->err, KITH_E_FORMAT, "line %u, column %u: '%.*s' %s",
			 (unsigned)key->line, (unsigned)key->column, KITH_SPAN_FMT(key->key), why);
}

static void
new_line(struct kith_toml_reader *r, const uint8_t *start)
{
	r->line++;
	r->line_start = start;
}

bool
kith_toml_newline(struct kith_toml_reader *r)
{
	size_t n = 1;

	if (kith_toml_peek(r) == '\r')
		n = 2;
	if ((size_t)(r->end - r->p) < n || r->p[n - 1] != '\n')
		return false;
	r->p += n;
	new_line(r, r->p);
	return true;
}

/*
 * The end of the run of printable ASCII without a and b. Eight bytes at once: a flag bit of the
 * test may be wrong only above a right one, so none set means that all eight are plain.
 */
static const uint8_t *
plain_run(const uint8_t *p, const uint8_t *end, uint8_t a, uint8_t b)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
	uint64_t w, x, y, z;

	for (; end - p >= 8; p += 8) {
		memcpy(&w, p, 8);
		x = w ^ ones * a;
		y = w ^ ones * b;
		z = w ^ ones * 0x7f;
		if ((((x - ones) & ~x) | ((y - ones) & ~y) | ((z - ones) & ~z) |
		     ((w - ones * 0x20) & ~w) | w) &
		    tops)
			break;
	}
	while (p < end && *p >= 0x20 && *p < 0x7f && *p != a && *p != b)
		p++;
	return p;
}

/* At a byte that plain_run stopped at: a tab or a whole character above ASCII is passed over. */
static int
other_character(struct kith_toml_reader *r)
{
	size_t pos = 0;
	uint32_t c;

	if (*r->p == '\t') {
		r->p++;
		return KITH_OK;
	}
	if (*r->p < 0x80)
		return kith_toml_refuse(r, NULL, "control character");
	if (!kith_utf8_next(kith_span(r->p, (size_t)(r->end - r->p)), &pos, &c))
		return kith_toml_refuse(r, NULL, "no UTF-8");
	r->p += pos;
	return KITH_OK;
}

int
kith_toml_comment(struct kith_toml_reader *r)
{
	int rc;

	if (kith_toml_peek(r) != '#')
		return KITH_OK;
	for (;;) {
		r->p = plain_run(r->p, r->end, '\n', '\n');
		if (r->p == r->end || *r->p == '\n')
			return KITH_OK;
		if (*r->p == '\r' && r->end - r->p > 1 && r->p[1] == '\n')
			return KITH_OK;
		rc = other_character(r);
		if (rc)
			return rc;
	}
}

int
kith_toml_end_of_line(struct kith_toml_reader *r)
{
	int rc;

	kith_toml_blanks(r);
	rc = kith_toml_comment(r);
	if (rc)
		return rc;
	if (r->p == r->end || kith_toml_newline(r))
		return KITH_OK;
	return kith_toml_refuse(r, NULL, "the end of the line is expected");
}

static bool
is_bare(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

/* What git leaves at the start of a line where two sides changed the same; no key looks like it. */
static bool
is_conflict(const struct kith_toml_reader *r)
{
	static const char *const marks[] = {"<<<<<<<", "=======", ">>>>>>>", "|||||||"};
	const struct kith_span rest = kith_span(r->p, (size_t)(r->end - r->p));
	size_t i;

	for (i = 0; r->p == r->line_start && i < sizeof(marks) / sizeof(marks[0]); i++)
		if (kith_span_starts(rest, kith_span_str(marks[i])))
			return true;
	return false;
}

int
kith_toml_key(struct kith_toml_reader *r, struct kith_toml *v)
{
	const uint8_t *start = r->p;

	kith_toml_place(r, v);
	if (kith_toml_peek(r) == '"' || kith_toml_peek(r) == '\'')
		return kith_toml_string(r, false, &v->key);
	while (is_bare(kith_toml_peek(r)))
		r->p++;
	if (r->p == start)
		return kith_toml_refuse(r, NULL,
					is_conflict(r) ? "a merge that was not finished"
						       : "a key is expected");
	v->key = kith_span(start, (size_t)(r->p - start));
	return KITH_OK;
}

/* A string between its quotes, as it stands in the text. */
struct body {
	struct kith_span raw;
	bool basic, multi;
	bool changed; /* it says something else than its bytes */
};

/* \u or \U at p: the character, or false. Moves behind it. */
static bool
unicode_escape(const uint8_t **p, const uint8_t *end, uint32_t *ret)
{
	size_t digits = **p == 'u' ? 4 : 8, i;
	uint8_t bytes[4], again[4];
	uint32_t c = 0;

	if ((size_t)(end - *p) < digits + 1 ||
	    !kith_hex_decode_exact(kith_span(*p + 1, digits), bytes, digits / 2))
		return false;
	for (i = 0; i < digits / 2; i++)
		c = c << 8 | bytes[i];
	*p += digits + 1;
	*ret = c;
	return kith_utf8_put(again, c) != 0;
}

static const char simple_escapes[] = "b\bt\tn\nf\fr\r\"\"\\\\";

static bool
simple_escape(uint8_t c, uint8_t *ret)
{
	size_t i;

	for (i = 0; simple_escapes[i]; i += 2) {
		if ((uint8_t)simple_escapes[i] == c) {
			*ret = (uint8_t)simple_escapes[i + 1];
			return true;
		}
	}
	return false;
}

/* A backslash at the end of a line: it, and all blanks and newlines after it, mean nothing. */
static bool
skip_line_end(struct kith_toml_reader *r)
{
	kith_toml_blanks(r);
	if (!kith_toml_newline(r))
		return false;
	do
		kith_toml_blanks(r);
	while (kith_toml_newline(r));
	return true;
}

static int
check_escape(struct kith_toml_reader *r, const struct body *b)
{
	const uint8_t *at = r->p++;
	uint8_t c = kith_toml_peek(r), byte;
	uint32_t character;

	if (c == 'u' || c == 'U') {
		if (!unicode_escape(&r->p, r->end, &character))
			return kith_toml_refuse(r, at, "\\u stands for no character");
		return KITH_OK;
	}
	if (simple_escape(c, &byte)) {
		r->p++;
		return KITH_OK;
	}
	if (b->multi && skip_line_end(r))
		return KITH_OK;
	return kith_toml_refuse(r, at, "unknown escape");
}

/* At a quote. True if the string ends here; p is then behind it. */
static bool
closing(struct kith_toml_reader *r, uint8_t quote, struct body *b, const uint8_t *start)
{
	size_t n = 0;

	if (!b->multi) {
		b->raw = kith_span(start, (size_t)(r->p++ - start));
		return true;
	}
	/* one or two quotes may stand right before the three that close */
	while (n < 5 && (size_t)(r->end - r->p) > n && r->p[n] == quote)
		n++;
	r->p += n;
	if (n < 3)
		return false;
	b->raw = kith_span(start, (size_t)(r->p - 3 - start));
	return true;
}

/* One thing inside a string that is no plain character and no quote. */
static int
inner(struct kith_toml_reader *r, struct body *b)
{
	if (*r->p == '\\' && b->basic) {
		b->changed = true;
		return check_escape(r, b);
	}
	if (*r->p == '\n' || *r->p == '\r') {
		if (!b->multi)
			return kith_toml_refuse(r, NULL, "the string does not end on its line");
		b->changed = b->changed || *r->p == '\r';
		if (!kith_toml_newline(r))
			return kith_toml_refuse(r, NULL, "control character");
		return KITH_OK;
	}
	return other_character(r);
}

static int
scan_body(struct kith_toml_reader *r, uint8_t quote, struct body *b)
{
	const uint8_t *start = r->p;
	int rc;

	for (;;) {
		r->p = plain_run(r->p, r->end, quote, b->basic ? '\\' : quote);
		if (r->p == r->end)
			return kith_toml_refuse(r, NULL, "the string does not end");
		if (*r->p == quote) {
			if (closing(r, quote, b, start))
				return KITH_OK;
			continue;
		}
		rc = inner(r, b);
		if (rc)
			return rc;
	}
}

/* Writes what the checked escape at p stands for to out; returns how many bytes. */
static size_t
decode_escape(const uint8_t **p, const uint8_t *end, uint8_t *out)
{
	uint32_t c = 0;

	++*p;
	if (**p == 'u' || **p == 'U') {
		unicode_escape(p, end, &c);
		return kith_utf8_put(out, c);
	}
	if (simple_escape(**p, out)) {
		++*p;
		return 1;
	}
	while (*p < end && (**p == ' ' || **p == '\t' || **p == '\r' || **p == '\n'))
		++*p;
	return 0;
}

/* What the string means never has more bytes than what stands in the text: decoded in place. */
static bool
decode(struct kith_toml_reader *r, const struct body *b, struct kith_span *ret)
{
	uint8_t *out = (uint8_t *)kith_arena_str(r->arena, b->raw);
	const uint8_t *p = out, *end = out + b->raw.len;
	size_t n = 0;

	if (!out)
		return false;
	while (p < end) {
		if (*p == '\\' && b->basic) {
			uint8_t bytes[4];
			size_t len = decode_escape(&p, end, bytes);

			memcpy(out + n, bytes, len);
			n += len;
		} else if (*p == '\r') {
			p++; /* only before a newline */
		} else {
			out[n++] = *p++;
		}
	}
	*ret = kith_span(out, n);
	return true;
}

int
kith_toml_string(struct kith_toml_reader *r, bool multi, struct kith_span *ret)
{
	struct body b = {.basic = *r->p == '"'};
	uint8_t quote = *r->p;
	int rc;

	r->p++;
	if (multi && r->end - r->p >= 2 && r->p[0] == quote && r->p[1] == quote) {
		b.multi = true;
		r->p += 2;
		(void)kith_toml_newline(r);
	}
	rc = scan_body(r, quote, &b);
	if (rc)
		return rc;
	if (!b.changed)
		*ret = b.raw;
	else if (!decode(r, &b, ret))
		return kith_fail_nomem(r->err);
	return KITH_OK;
}
