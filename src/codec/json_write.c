/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one writer of JSON. What it writes is valid UTF-8 whatever it was given, and holds no
 * character that could act on a terminal or an editor. Never fails itself: ask the buffer.
 */
#include <inttypes.h>

#include "codec/json.h"

void
kith_json_begin(struct kith_json_writer *w, struct kith_buf *out, bool pretty)
{
	*w = (struct kith_json_writer){.out = out, .pretty = pretty};
}

static void
new_line(struct kith_json_writer *w)
{
	if (!w->pretty)
		return;
	kith_buf_put_char(w->out, '\n');
	kith_buf_put_fill(w->out, ' ', (size_t)w->depth * 2);
}

static void
before_value(struct kith_json_writer *w)
{
	if (!w->after_key) {
		if (w->need_comma)
			kith_buf_put_char(w->out, ',');
		if (w->depth)
			new_line(w);
	}
	w->after_key = false;
	w->need_comma = true;
}

static void
open_with(struct kith_json_writer *w, char c)
{
	before_value(w);
	kith_buf_put_char(w->out, c);
	w->depth++;
	w->need_comma = false;
}

static void
close_with(struct kith_json_writer *w, char c)
{
	w->depth--;
	if (w->need_comma)
		new_line(w);
	kith_buf_put_char(w->out, c);
	w->need_comma = true;
}

void
kith_json_open_object(struct kith_json_writer *w)
{
	open_with(w, '{');
}

void
kith_json_close_object(struct kith_json_writer *w)
{
	close_with(w, '}');
}

void
kith_json_open_array(struct kith_json_writer *w)
{
	open_with(w, '[');
}

void
kith_json_close_array(struct kith_json_writer *w)
{
	close_with(w, ']');
}

static void
put_unicode(struct kith_buf *out, uint32_t c)
{
	if (c < 0x10000)
		kith_buf_printf(out, "\\u%04x", (unsigned)c);
	else
		kith_buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
				(unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
}

static void
put_special(struct kith_buf *out, uint32_t c)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	size_t i;

	for (i = 0; names[i]; i += 2) {
		if (c == (uint32_t)names[i]) {
			kith_buf_put_char(out, '\\');
			kith_buf_put_char(out, names[i + 1]);
			return;
		}
	}
	put_unicode(out, c);
}

static size_t
plain_run(struct kith_span s, size_t from)
{
	size_t i = from;

	while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] < 0x7f && s.ptr[i] != '"' &&
	       s.ptr[i] != '\\')
		i++;
	return i;
}

static void
put_quoted(struct kith_buf *out, struct kith_span s)
{
	size_t pos = 0, from;
	uint32_t c;

	kith_buf_put_char(out, '"');
	while (pos < s.len) {
		from = pos;
		pos = plain_run(s, from);
		kith_buf_put(out, s.ptr + from, pos - from);
		if (pos == s.len)
			break;
		from = pos;
		if (!kith_utf8_next(s, &pos, &c)) {
			kith_buf_put_str(out, "\xef\xbf\xbd");
			pos++;
		} else if (c == '"' || c == '\\' || kith_text_is_unsafe(c)) {
			put_special(out, c);
		} else {
			kith_buf_put(out, s.ptr + from, pos - from);
		}
	}
	kith_buf_put_char(out, '"');
}

void
kith_json_put_key(struct kith_json_writer *w, const char *key)
{
	before_value(w);
	put_quoted(w->out, kith_span_str(key));
	kith_buf_put_str(w->out, w->pretty ? ": " : ":");
	w->after_key = true;
}

void
kith_json_put_string(struct kith_json_writer *w, struct kith_span s)
{
	before_value(w);
	put_quoted(w->out, s);
}

void
kith_json_put_str(struct kith_json_writer *w, const char *s)
{
	if (s)
		kith_json_put_string(w, kith_span_str(s));
	else
		kith_json_put_null(w);
}

void
kith_json_put_integer(struct kith_json_writer *w, int64_t v)
{
	before_value(w);
	kith_buf_printf(w->out, "%" PRId64, v);
}

void
kith_json_put_boolean(struct kith_json_writer *w, bool v)
{
	before_value(w);
	kith_buf_put_str(w->out, v ? "true" : "false");
}

void
kith_json_put_null(struct kith_json_writer *w)
{
	before_value(w);
	kith_buf_put_str(w->out, "null");
}

void
kith_json_member_string(struct kith_json_writer *w, const char *key, struct kith_span s)
{
	kith_json_put_key(w, key);
	kith_json_put_string(w, s);
}

void
kith_json_member_str(struct kith_json_writer *w, const char *key, const char *s)
{
	kith_json_put_key(w, key);
	kith_json_put_str(w, s);
}

void
kith_json_member_integer(struct kith_json_writer *w, const char *key, int64_t v)
{
	kith_json_put_key(w, key);
	kith_json_put_integer(w, v);
}

void
kith_json_member_boolean(struct kith_json_writer *w, const char *key, bool v)
{
	kith_json_put_key(w, key);
	kith_json_put_boolean(w, v);
}
