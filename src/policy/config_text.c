/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds where values, pairs and tables of a document end. The reader keeps only where they begin;
 * the text is known to be TOML, so counting brackets and skipping strings is enough.
 */
#include "policy/config_text.h"

int
kith_config_lines_init(struct kith_config_lines *l, struct kith_span text, struct kith_error *err)
{
	size_t n = 1, i;

	for (i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n';
	*l = (struct kith_config_lines){text, kith_calloc(n, sizeof(size_t)), n, "\n"};
	if (!l->starts)
		return kith_fail_nomem(err);
	if (kith_span_starts(text, KITH_SPAN_LIT("\xef\xbb\xbf")))
		l->starts[0] = 3;
	for (i = 0, n = 1; i < text.len; i++)
		if (text.ptr[i] == '\n')
			l->starts[n++] = i + 1;
	if (l->n > 1 && l->starts[1] > 1 && text.ptr[l->starts[1] - 2] == '\r')
		l->newline = "\r\n";
	return KITH_OK;
}

void
kith_config_lines_clear(struct kith_config_lines *l)
{
	free(l->starts);
	l->starts = NULL;
}

size_t
kith_config_line_offset(const struct kith_config_lines *l, const struct kith_toml *v)
{
	return l->starts[v->line - 1];
}

size_t
kith_config_key_offset(const struct kith_config_lines *l, const struct kith_toml *v)
{
	return v->column == UINT16_MAX ? SIZE_MAX : kith_config_line_offset(l, v) + v->column - 1U;
}

size_t
kith_config_line_end(const struct kith_config_lines *l, size_t at)
{
	size_t newline = kith_span_find(l->text, at, '\n');

	return newline < l->text.len ? newline + 1 : l->text.len;
}

static uint8_t
byte_at(struct kith_span t, size_t p)
{
	return p < t.len ? t.ptr[p] : 0;
}

static size_t
skip_blanks(struct kith_span t, size_t p)
{
	while (byte_at(t, p) == ' ' || byte_at(t, p) == '\t')
		p++;
	return p;
}

static size_t
skip_string(struct kith_span t, size_t p)
{
	uint8_t quote = t.ptr[p];
	bool multi = byte_at(t, p + 1) == quote && byte_at(t, p + 2) == quote;
	size_t n;

	for (p += multi ? 3 : 1; p < t.len; p++) {
		if (t.ptr[p] == '\\' && quote == '"') {
			p++;
		} else if (t.ptr[p] == quote) {
			for (n = 1; n < 5 && byte_at(t, p + n) == quote;)
				n++;
			if (!multi)
				return p + 1;
			if (n >= 3)
				return p + n;
			p += n - 1;
		}
	}
	return t.len;
}

static size_t
skip_key(struct kith_span t, size_t p)
{
	uint8_t c = byte_at(t, p);

	if (c == '"' || c == '\'')
		return skip_string(t, p);
	while ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_')
		c = byte_at(t, ++p);
	return p;
}

static bool
ends_token(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '#' || c == ',' ||
	       c == ']' || c == '}';
}

static size_t
skip_value(struct kith_span t, size_t p)
{
	size_t depth = 0;

	do {
		uint8_t c = byte_at(t, p);

		if (c == '"' || c == '\'') {
			p = skip_string(t, p);
		} else if (c == '[' || c == '{') {
			depth++;
			p++;
		} else if ((c == ']' || c == '}') && depth) {
			depth--;
			p++;
		} else if (c == '#') {
			p = kith_span_find(t, p, '\n');
		} else if (depth) {
			p++;
		} else {
			while (p < t.len && !ends_token(t.ptr[p]))
				p++;
		}
	} while (depth && p < t.len);
	return p;
}

bool
kith_config_has_header(const struct kith_config_lines *l, const struct kith_toml *v)
{
	size_t line = kith_config_line_offset(l, v), key = kith_config_key_offset(l, v);

	line = skip_blanks(l->text, line);
	return v->type == KITH_TOML_TABLE && byte_at(l->text, line) == '[' && line < key;
}

bool
kith_config_value_text(const struct kith_config_lines *l, const struct kith_toml *v,
		       struct kith_span *ret)
{
	size_t p = kith_config_key_offset(l, v), end;

	if (p == SIZE_MAX)
		return false;
	p = skip_blanks(l->text, skip_key(l->text, p));
	if (byte_at(l->text, p) != '=')
		return false;
	p = skip_blanks(l->text, p + 1);
	end = skip_value(l->text, p);
	*ret = kith_span_sub(l->text, p, end - p);
	return true;
}

static size_t
later(size_t a, size_t b)
{
	return a > b ? a : b; /* SIZE_MAX stays */
}

/* Behind the line of a pair; of the last one where dotted keys make a table of several. */
static size_t
pair_end(const struct kith_config_lines *l, const struct kith_toml *v, unsigned depth)
{
	const struct kith_toml *c;
	struct kith_span value;
	size_t end = 0;

	if (kith_config_value_text(l, v, &value))
		return kith_config_line_end(l, (size_t)(value.ptr + value.len - l->text.ptr));
	if (v->type != KITH_TOML_TABLE || depth >= KITH_MAX_TOML_DEPTH)
		return SIZE_MAX;
	for (c = v->first; c; c = c->next)
		end = later(end, pair_end(l, c, depth + 1));
	return end;
}

static size_t
table_end(const struct kith_config_lines *l, const struct kith_toml *table, bool whole,
	  unsigned depth)
{
	size_t end = kith_config_line_end(l, kith_config_line_offset(l, table));
	const struct kith_toml *c;

	if (depth >= KITH_MAX_TOML_DEPTH)
		return SIZE_MAX;
	for (c = table->first; c; c = c->next) {
		if (!kith_config_has_header(l, c))
			end = later(end, pair_end(l, c, depth + 1));
		else if (whole)
			end = later(end, table_end(l, c, whole, depth + 1));
	}
	return end;
}

size_t
kith_config_table_end(const struct kith_config_lines *l, const struct kith_toml *table, bool whole)
{
	return table_end(l, table, whole, 0);
}

/* A table or an array of tables that is not written as a value. */
static bool
is_headed(const struct kith_config_lines *l, const struct kith_toml *v)
{
	if (v->type == KITH_TOML_ARRAY)
		return v->first && kith_config_has_header(l, v->first);
	return kith_config_has_header(l, v);
}

size_t
kith_config_top_end(const struct kith_config_lines *l, const struct kith_toml *root)
{
	const struct kith_toml *c;
	size_t end = 0;

	for (c = root->first; c; c = c->next)
		if (!is_headed(l, c))
			end = later(end, pair_end(l, c, 0));
	return end;
}
