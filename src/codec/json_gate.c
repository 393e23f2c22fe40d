/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 8259, checked byte by byte in one pass, without recursion and without memory. cJSON accepts
 * bytes that are not UTF-8, raw control characters, numbers like 01 and trailing bytes; nothing of
 * that gets past here.
 */
#include "codec/json_gate.h"
#include "codec/base64.h"

enum expect { VALUE, VALUE_OR_END, KEY, KEY_OR_END, AFTER };

struct gate {
	struct kith_span text;
	size_t pos;
	size_t depth, max_depth;
	uint8_t open[KITH_JSON_GATE_DEPTH]; /* '{' or '[' */
	struct kith_json_gate facts;
	struct kith_error *err;
};

static int
refuse(const struct gate *g, size_t at, const char *why)
{
	return kith_fail(g->err, KITH_E_FORMAT, "offset %zu: %s", at, why);
}

static int
refuse_limit(const struct gate *g, const char *why)
{
	return kith_fail(g->err, KITH_E_LIMIT, "offset %zu: %s", g->pos, why);
}

/* 0 at the end: a raw NUL is refused wherever it stands, so the two need not be told apart. */
static uint8_t
peek(const struct gate *g)
{
	return g->pos < g->text.len ? g->text.ptr[g->pos] : 0;
}

static void
skip_blanks(struct gate *g)
{
	uint8_t c = peek(g);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		g->pos++;
		c = peek(g);
	}
}

static bool
read_hex4(struct gate *g, uint32_t *ret)
{
	uint8_t two[2];

	if (g->text.len - g->pos < 4 ||
	    !kith_hex_decode_exact(kith_span(g->text.ptr + g->pos, 4), two, 2))
		return false;
	g->pos += 4;
	*ret = (uint32_t)two[0] << 8 | two[1];
	return true;
}

/* After \u. A surrogate must be one half of a pair. */
static int
check_unicode(struct gate *g)
{
	size_t at = g->pos - 2;
	uint32_t c, low;

	if (!read_hex4(g, &c))
		return refuse(g, at, "\\u without four hex digits");
	if (c == 0 && !g->facts.nul) {
		g->facts.nul = true;
		g->facts.nul_at = at;
	}
	if (c < 0xd800 || c > 0xdfff)
		return KITH_OK;
	if (c < 0xdc00 && peek(g) == '\\' && g->text.len - g->pos >= 6 &&
	    g->text.ptr[g->pos + 1] == 'u') {
		g->pos += 2;
		if (read_hex4(g, &low) && low >= 0xdc00 && low <= 0xdfff)
			return KITH_OK;
	}
	return refuse(g, at, "half of a surrogate pair");
}

static int
check_escape(struct gate *g)
{
	static const char simple[] = "\"\\/bfnrt";
	uint8_t c;

	g->pos++;
	c = peek(g);
	if (c == 'u') {
		g->pos++;
		return check_unicode(g);
	}
	if (!c || !strchr(simple, c))
		return refuse(g, g->pos - 1, "unknown escape");
	g->pos++;
	return KITH_OK;
}

static int
check_string(struct gate *g)
{
	const uint8_t *p = g->text.ptr;
	size_t start = g->pos++;
	uint32_t c;
	int r;

	for (;;) {
		while (g->pos < g->text.len && p[g->pos] >= 0x20 && p[g->pos] < 0x80 &&
		       p[g->pos] != '"' && p[g->pos] != '\\')
			g->pos++;
		if (g->pos >= g->text.len)
			return refuse(g, start, "string without end");
		if (p[g->pos] == '"')
			break;
		if (p[g->pos] == '\\') {
			r = check_escape(g);
			if (r)
				return r;
		} else if (p[g->pos] < 0x20) {
			return refuse(g, g->pos, "control character in a string");
		} else if (!kith_utf8_next(g->text, &g->pos, &c)) {
			return refuse(g, g->pos, "no UTF-8");
		}
	}
	g->pos++;
	return KITH_OK;
}

static size_t
skip_digits(struct kith_span text, size_t i)
{
	while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
		i++;
	return i;
}

/* The end of the number, or `from` where none begins. */
static size_t
scan_number(struct kith_span s, size_t from)
{
	size_t i = from, digits;

	if (i < s.len && s.ptr[i] == '-')
		i++;
	digits = i;
	i = skip_digits(s, i);
	if (i == digits || (s.ptr[digits] == '0' && i > digits + 1))
		return from;
	if (i < s.len && s.ptr[i] == '.') {
		digits = ++i;
		i = skip_digits(s, i);
		if (i == digits)
			return from;
	}
	if (i < s.len && (s.ptr[i] | 0x20) == 'e') {
		i++;
		if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
			i++;
		digits = i;
		i = skip_digits(s, i);
		if (i == digits)
			return from;
	}
	return i;
}

size_t
kith_json_number_end(struct kith_span text, size_t from)
{
	return scan_number(text, from);
}

static int
check_number(struct gate *g)
{
	size_t end = scan_number(g->text, g->pos);

	if (end == g->pos)
		return refuse(g, g->pos, "malformed number");
	if (end - g->pos > KITH_JSON_LONG_NUMBER)
		g->facts.long_number = true;
	g->pos = end;
	return KITH_OK;
}

static int
check_word(struct gate *g)
{
	static const char *const words[] = {"true", "false", "null"};
	struct kith_span rest = kith_span_sub(g->text, g->pos, SIZE_MAX);
	size_t i;

	for (i = 0; i < 3; i++) {
		if (kith_span_starts(rest, kith_span_str(words[i]))) {
			g->pos += strlen(words[i]);
			return KITH_OK;
		}
	}
	return refuse(g, g->pos, rest.len ? "a value is expected" : "the text ends too early");
}

static int
open_container(struct gate *g, uint8_t c, enum expect *next)
{
	if (g->depth >= g->max_depth)
		return refuse_limit(g, "nested too deeply");
	g->open[g->depth++] = c;
	g->pos++;
	*next = c == '{' ? KEY_OR_END : VALUE_OR_END;
	return KITH_OK;
}

static int
check_value(struct gate *g, enum expect *next)
{
	uint8_t c = peek(g);

	if (++g->facts.nodes > KITH_MAX_JSON_NODES)
		return refuse_limit(g, "too many values");
	*next = AFTER;
	if (c == '{' || c == '[')
		return open_container(g, c, next);
	if (c == '"')
		return check_string(g);
	if (c == '-' || (c >= '0' && c <= '9'))
		return check_number(g);
	return check_word(g);
}

static int
check_key(struct gate *g, enum expect *next)
{
	int r;

	if (peek(g) != '"')
		return refuse(g, g->pos, "a key is expected");
	r = check_string(g);
	if (r)
		return r;
	skip_blanks(g);
	if (peek(g) != ':')
		return refuse(g, g->pos, "a colon is expected");
	g->pos++;
	*next = VALUE;
	return KITH_OK;
}

static int
check_after(struct gate *g, enum expect *next)
{
	bool object = g->open[g->depth - 1] == '{';
	uint8_t c = peek(g);

	if (c == ',') {
		*next = object ? KEY : VALUE;
	} else if (c == (object ? '}' : ']')) {
		g->depth--;
		*next = AFTER;
	} else {
		return refuse(g, g->pos,
			      object ? "',' or '}' is expected" : "',' or ']' is expected");
	}
	g->pos++;
	return KITH_OK;
}

static int
step(struct gate *g, enum expect *next)
{
	uint8_t c = peek(g);

	if ((*next == KEY_OR_END && c == '}') || (*next == VALUE_OR_END && c == ']') ||
	    *next == AFTER)
		return check_after(g, next);
	if (*next == KEY || *next == KEY_OR_END)
		return check_key(g, next);
	return check_value(g, next);
}

int
kith_json_gate(struct kith_span text, size_t max_depth, struct kith_json_gate *ret_facts,
	       struct kith_error *err)
{
	struct gate g;
	enum expect next = VALUE;
	int r;

	g.text = text;
	g.pos = g.depth = 0;
	g.max_depth = max_depth < KITH_JSON_GATE_DEPTH ? max_depth : KITH_JSON_GATE_DEPTH;
	g.err = err;
	memset(&g.facts, 0, sizeof(g.facts));
	if (text.len > KITH_MAX_JSON_BYTES)
		return refuse_limit(&g, "too many bytes of JSON");
	skip_blanks(&g);
	do {
		r = step(&g, &next);
		if (r)
			return r;
		skip_blanks(&g);
	} while (g.depth || next != AFTER);
	if (g.pos < text.len)
		return refuse(&g, g.pos, "bytes after the value");
	*ret_facts = g.facts;
	return KITH_OK;
}
