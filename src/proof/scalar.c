/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings as crev's YAML emitter writes them: plain, quoted or as a literal block (crev
 * format 3.4). The choice is made here and not by libyaml, which would escape characters above
 * U+FFFF.
 */
#include "base/base.h"
#include "proof/scalar.h"

/* What decides the style of a string. */
struct traits {
	bool indicators; /* would begin something else in block context */
	bool special;    /* a character that must be escaped */
	bool newline;
	bool leading_space, trailing_space;
	bool space_break, break_space; /* a blank before, after a line break */
};

static bool
is_break(uint32_t c)
{
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool
is_blank_or_end(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0 || is_break(c);
}

static bool
is_printable(uint32_t c)
{
	if (c == '\n' || (c >= 0x20 && c <= 0x7e))
		return true;
	/* the separators are printable to the emitter, but folding would change them */
	return c >= 0xa0 && c != 0xfeff && c != 0xfffe && c != 0xffff && c != 0x2028 && c != 0x2029;
}

static bool
is_indicator(uint32_t c, uint32_t before, uint32_t after, bool first)
{
	if (first)
		return (c < 0x80 && c && strchr("#,[]{}&*!|>'\"%@`", (int)c)) ||
		       ((c == '?' || c == ':' || c == '-') && is_blank_or_end(after));
	return (c == ':' && is_blank_or_end(after)) || (c == '#' && is_blank_or_end(before));
}

static uint32_t
peek(struct kith_span s, size_t pos)
{
	uint32_t c;

	return kith_utf8_next(s, &pos, &c) ? c : 0;
}

static struct traits
analyze(struct kith_span s)
{
	struct traits t = {0};
	uint32_t c, before = 0;
	size_t pos = 0;
	bool first = true;

	t.indicators =
	    kith_span_starts(s, KITH_SPAN_LIT("---")) || kith_span_starts(s, KITH_SPAN_LIT("..."));
	while (kith_utf8_next(s, &pos, &c)) {
		bool last = pos == s.len;

		t.indicators |= is_indicator(c, before, peek(s, pos), first);
		t.special |= !is_printable(c);
		if (c == ' ') {
			t.leading_space |= first;
			t.trailing_space |= last;
			t.break_space |= is_break(before);
		} else if (c == '\n') {
			t.newline = true;
			t.space_break |= before == ' ';
		}
		before = c;
		first = false;
	}
	return t;
}

static void
put_single(struct kith_buf *out, struct kith_span s)
{
	size_t i, from = 0;

	kith_buf_put_char(out, '\'');
	for (i = 0; i < s.len; i++)
		if (s.ptr[i] == '\'') {
			kith_buf_put_span(out, kith_span_sub(s, from, i - from));
			kith_buf_put_char(out, '\'');
			from = i;
		}
	kith_buf_put_span(out, kith_span_sub(s, from, SIZE_MAX));
	kith_buf_put_char(out, '\'');
}

static void
put_escape(struct kith_buf *out, uint32_t c)
{
	static const struct {
		uint32_t c;
		char letter;
	} short_forms[] = {{0, '0'},     {7, 'a'},    {8, 'b'},    {'\t', 't'},   {'\n', 'n'},
			   {11, 'v'},    {12, 'f'},   {'\r', 'r'}, {27, 'e'},     {'"', '"'},
			   {'\\', '\\'}, {0x85, 'N'}, {0xa0, '_'}, {0x2028, 'L'}, {0x2029, 'P'}};
	size_t i;

	for (i = 0; i < sizeof(short_forms) / sizeof(short_forms[0]); i++)
		if (short_forms[i].c == c) {
			kith_buf_printf(out, "\\%c", short_forms[i].letter);
			return;
		}
	if (c <= 0xff)
		kith_buf_printf(out, "\\x%02X", c);
	else if (c <= 0xffff)
		kith_buf_printf(out, "\\u%04X", c);
	else
		kith_buf_printf(out, "\\U%08X", c);
}

void
kith_proof_scalar_put_quoted(struct kith_buf *out, struct kith_span text)
{
	size_t pos = 0, start = 0;
	uint32_t c;

	kith_buf_put_char(out, '"');
	while (kith_utf8_next(text, &pos, &c)) {
		if (is_printable(c) && c != '\n' && c != '"' && c != '\\')
			kith_buf_put_span(out, kith_span_sub(text, start, pos - start));
		else
			put_escape(out, c);
		start = pos;
	}
	kith_buf_put_char(out, '"');
}

/* "|" with the hints that its text needs, then each line below `indent`. */
static void
put_literal(struct kith_buf *out, struct kith_span s, size_t indent)
{
	struct kith_span rest = s, line;
	bool final_break = s.ptr[s.len - 1] == '\n';

	kith_buf_put_char(out, '|');
	if (s.ptr[0] == ' ' || s.ptr[0] == '\n')
		kith_buf_put_char(out, '2');
	if (!final_break)
		kith_buf_put_char(out, '-');
	else if (s.len == 1 || s.ptr[s.len - 2] == '\n')
		kith_buf_put_char(out, '+');
	kith_buf_put_char(out, '\n');
	if (final_break)
		rest.len--;
	while (kith_span_next(&rest, '\n', &line)) {
		if (line.len)
			kith_buf_put_fill(out, ' ', indent + 2);
		kith_buf_put_span(out, line);
		kith_buf_put_char(out, '\n');
	}
}

static bool
allows_plain(const struct traits *t)
{
	return !(t->leading_space || t->trailing_space || t->break_space || t->space_break ||
		 t->special || t->newline || t->indicators);
}

static bool
allows_single(const struct traits *t)
{
	return !(t->break_space || t->space_break || t->special || t->newline);
}

static bool
allows_block(const struct traits *t)
{
	return !(t->trailing_space || t->space_break || t->special);
}

void
kith_proof_scalar_put(struct kith_buf *out, struct kith_span text, size_t indent)
{
	struct traits t = analyze(text);

	if (t.newline && allows_block(&t)) {
		put_literal(out, text, indent);
		return;
	}
	if (allows_plain(&t) && !kith_proof_scalar_resolves(text))
		kith_buf_put_span(out, text);
	else if (allows_single(&t))
		put_single(out, text);
	else
		kith_proof_scalar_put_quoted(out, text);
	kith_buf_put_char(out, '\n');
}
