/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the form of a string or key by what it holds, and escapes. Never fails: ask the buffer.
 */
#include "codec/toml_write.h"

/* What a text holds that decides its form. */
struct traits {
	bool control; /* but tab and newline */
	bool tab, newline, backslash;
	size_t quotes; /* the longest run of double quotes; of single ones */
	size_t ticks;
};

static struct traits
look(struct kith_span s)
{
	struct traits t = {.control = false};
	size_t i, quotes = 0, ticks = 0;

	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		quotes = c == '"' ? quotes + 1 : 0;
		ticks = c == '\'' ? ticks + 1 : 0;
		if (quotes > t.quotes)
			t.quotes = quotes;
		if (ticks > t.ticks)
			t.ticks = ticks;
		if (c == '\n')
			t.newline = true;
		else if (c == '\t')
			t.tab = true;
		else if (c == '\\')
			t.backslash = true;
		else if (c < 0x20 || c == 0x7f)
			t.control = true;
	}
	return t;
}

static void
put_escape(struct kith_buf *out, uint8_t c)
{
	static const char names[] = "\bb\tt\ff\rr\\\\\nn";
	size_t i;

	for (i = 0; names[i]; i += 2) {
		if (c == (uint8_t)names[i]) {
			kith_buf_put_char(out, '\\');
			kith_buf_put_char(out, names[i + 1]);
			return;
		}
	}
	kith_buf_printf(out, "\\u%04X", (unsigned)c);
}

/* In a multi-line string newlines stay, and two quotes in a row may. */
static void
put_basic(struct kith_buf *out, struct kith_span s, bool multi)
{
	size_t i, run = 0, most = multi ? 2 : 0;

	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		run = c == '"' ? run + 1 : 0;
		if (run > most) {
			kith_buf_put_str(out, "\\\"");
			run = 0;
		} else if (c == '"' || (c == '\n' && multi) ||
			   (c >= 0x20 && c != 0x7f && c != '\\')) {
			kith_buf_put_char(out, (char)c);
		} else {
			put_escape(out, c);
		}
	}
}

static void
put_between(struct kith_buf *out, const char *mark, struct kith_span s, const struct traits *t,
	    bool basic)
{
	bool multi = mark[1] != '\0';

	kith_buf_put_str(out, mark);
	if (multi && t->newline)
		kith_buf_put_char(out, '\n');
	if (basic)
		put_basic(out, s, multi);
	else
		kith_buf_put_span(out, s);
	kith_buf_put_str(out, mark);
}

void
kith_toml_put_string(struct kith_buf *out, struct kith_span s)
{
	struct traits t = look(s);

	if (!t.control && !t.backslash && !t.quotes && !t.newline)
		put_between(out, "\"", s, &t, true);
	else if (!t.control && !t.ticks && !t.newline)
		put_between(out, "'", s, &t, false);
	else if (!t.control && !t.backslash && t.quotes <= 2)
		put_between(out, "\"\"\"", s, &t, true);
	else if (!t.control && t.ticks <= 2)
		put_between(out, "'''", s, &t, false);
	else
		put_between(out, t.newline ? "\"\"\"" : "\"", s, &t, true);
}

static bool
is_bare(struct kith_span key)
{
	size_t i;

	for (i = 0; i < key.len; i++) {
		uint8_t c = key.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-'))
			return false;
	}
	return key.len > 0;
}

void
kith_toml_put_key(struct kith_buf *out, struct kith_span key)
{
	struct traits t = look(key);

	if (is_bare(key))
		kith_buf_put_span(out, key);
	else if ((t.control || t.newline || t.backslash || t.quotes) &&
		 !(t.control || t.newline || t.ticks))
		put_between(out, "'", key, &t, false);
	else
		put_between(out, "\"", key, &t, true);
}
