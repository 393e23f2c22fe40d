/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits a configuration by changing its text, never by writing the document anew: what people wrote
 * around it is theirs. Every result is compared with what was there before (config_same.c).
 */
#include "policy/config_edit.h"
#include "policy/config_same.h"
#include "policy/config_text.h"

#define MAX_OUT (2 * KITH_MAX_CONFIG)

struct edit {
	const struct kith_config_file_text *f;
	struct kith_toml_doc *doc;
	struct kith_config_lines lines;
	struct kith_buf out;   /* the new file */
	struct kith_buf fresh; /* what is new in it, alone */
	struct kith_error *err;
};

static void
clear(struct edit *e)
{
	kith_toml_free(e->doc);
	kith_config_lines_clear(&e->lines);
	kith_buf_clear(&e->out);
	kith_buf_clear(&e->fresh);
}
#define AUTO_EDIT KITH_CLEANUP(clear)

/* Only a valid configuration is edited: its structure is then the one that config.c knows. */
static int
begin(struct edit *e, const struct kith_config_file_text *f, struct kith_error *err)
{
	KITH_AUTO_CONFIG struct kith_config *config = NULL;
	int rc;

	memset(e, 0, sizeof(*e));
	e->f = f;
	e->err = err;
	kith_buf_init(&e->out, MAX_OUT);
	kith_buf_init(&e->fresh, MAX_OUT);
	rc = kith_config_read(f->text, f->name, f->file, &config, err);
	if (!rc)
		rc = kith_toml_parse(f->text, &e->doc, err);
	return rc ? rc : kith_config_lines_init(&e->lines, f->text, err);
}

static int
refuse(const struct edit *e, const struct kith_toml *v, const char *what)
{
	int rc = v ? kith_fail(e->err, KITH_E_USAGE, "%s:%u:%u: '%.*s' %s", e->f->name,
			       (unsigned)v->line, (unsigned)v->column, KITH_SPAN_FMT(v->key), what)
		   : kith_fail(e->err, KITH_E_USAGE, "%s: %s", e->f->name, what);

	return kith_hint(e->err, rc, "change %s by hand", e->f->name);
}

/* The new text must be a configuration, and differ from the old one in what was asked for only. */
static int
finish(struct edit *e, const struct kith_config_change *change, struct kith_buf *out)
{
	KITH_AUTO_CONFIG struct kith_config *config = NULL;
	KITH_AUTO_TOML struct kith_toml_doc *after = NULL;
	KITH_AUTO_TOML struct kith_toml_doc *fresh = NULL;
	struct kith_span text = kith_buf_span(&e->out);
	int rc = kith_buf_check(&e->out, e->err);

	if (!rc)
		rc = kith_buf_check(&e->fresh, e->err);
	if (!rc)
		rc = kith_config_read(text, e->f->name, e->f->file, &config, e->err);
	if (!rc)
		rc = kith_toml_parse(text, &after, e->err);
	if (!rc)
		rc = kith_toml_parse(kith_buf_span(&e->fresh), &fresh, e->err);
	if (rc)
		return rc;
	if (!kith_config_changed_only(kith_toml_root(e->doc), kith_toml_root(after),
				      kith_toml_root(fresh), change))
		return refuse(e, NULL, "an edit would change more than it should");
	kith_buf_put_span(out, text);
	return kith_buf_check(out, e->err);
}

/* --- writing --- */

static void
put_string(struct kith_buf *out, struct kith_span s)
{
	size_t pos = 0, start;
	uint32_t c;

	kith_buf_put_char(out, '"');
	for (start = pos; kith_utf8_next(s, &pos, &c); start = pos) {
		if (c == '"' || c == '\\')
			kith_buf_put_char(out, '\\');
		if (kith_text_is_unsafe(c))
			kith_buf_printf(out, c > 0xffff ? "\\U%08X" : "\\u%04X", (unsigned)c);
		else
			kith_buf_put_span(out, kith_span_sub(s, start, pos - start));
	}
	kith_buf_put_char(out, '"');
}

static bool
is_bare(struct kith_span key)
{
	size_t i;

	for (i = 0; i < key.len; i++) {
		uint8_t c = key.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return key.len != 0;
}

static void
put_value(struct kith_buf *out, const struct kith_config_pair *p)
{
	size_t i;

	switch (p->type) {
	case KITH_PAIR_TEXT:
		put_string(out, p->text);
		return;
	case KITH_PAIR_TEXTS:
		for (i = 0; i < p->texts.n; i++) {
			kith_buf_put_str(out, i ? ", " : "[");
			put_string(out, p->texts.at[i]);
		}
		kith_buf_put_str(out, i ? "]" : "[]");
		return;
	case KITH_PAIR_DATE:
		kith_time_put_date(out, p->date);
		return;
	case KITH_PAIR_NUMBER:
		kith_buf_printf(out, "%lld", (long long)p->number);
		return;
	case KITH_PAIR_BOOLEAN:
		kith_buf_put_str(out, p->boolean ? "true" : "false");
		return;
	}
}

static void
put_pair(struct kith_buf *out, const struct kith_config_pair *p, const char *newline)
{
	if (is_bare(p->key))
		kith_buf_put_span(out, p->key);
	else
		put_string(out, p->key);
	kith_buf_put_str(out, " = ");
	put_value(out, p);
	kith_buf_put_str(out, newline);
}

void
kith_config_put_pair(struct kith_buf *out, const struct kith_config_pair *pair)
{
	put_pair(out, pair, "\n");
}

static int
check_pair(const struct edit *e, const struct kith_config_pair *p)
{
	bool fine = kith_utf8_valid(p->key);
	size_t i;

	if (p->type == KITH_PAIR_TEXT)
		fine = fine && kith_utf8_valid(p->text);
	for (i = 0; p->type == KITH_PAIR_TEXTS && i < p->texts.n; i++)
		fine = fine && kith_utf8_valid(p->texts.at[i]);
	return fine ? KITH_OK
		    : kith_fail(e->err, KITH_E_USAGE, "%s: the text for '%.*s' is not UTF-8",
				e->f->name, KITH_SPAN_FMT(p->key));
}

/* --- pieces of the file --- */

static struct kith_span
piece(const struct edit *e, size_t from, size_t to)
{
	return kith_span_sub(e->f->text, from, to - from);
}

static bool
is_blank_line(struct kith_span line)
{
	return kith_span_trim(line).len == 0;
}

/* Ends the last line that was written, if it has no end. */
static void
end_line(struct edit *e)
{
	struct kith_span s = kith_buf_span(&e->out);

	if (s.len && s.ptr[s.len - 1] != '\n' && !kith_span_is(s, "\xef\xbb\xbf"))
		kith_buf_put_str(&e->out, e->lines.newline);
}

/* A blank line before what comes, unless there is one or it is the first. */
static void
blank_before(struct edit *e)
{
	struct kith_span s;
	size_t start;

	end_line(e);
	s = kith_buf_span(&e->out);
	if (!s.len || kith_span_is(s, "\xef\xbb\xbf"))
		return;
	for (start = s.len - 1; start && s.ptr[start - 1] != '\n';)
		start--;
	if (!is_blank_line(kith_span_sub(s, start, SIZE_MAX)))
		kith_buf_put_str(&e->out, e->lines.newline);
}

/* The rest of the file, with a blank line before it unless there is one. */
static void
put_rest(struct edit *e, size_t from)
{
	size_t end = kith_config_line_end(&e->lines, from);

	if (from < e->f->text.len && !is_blank_line(piece(e, from, end)))
		kith_buf_put_str(&e->out, e->lines.newline);
	kith_buf_put_span(&e->out, piece(e, from, e->f->text.len));
}

/* --- append --- */

static void
put_entries(struct edit *e, struct kith_buf *out, const char *table,
	    const struct kith_config_entry *entries, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		if (i)
			kith_buf_put_str(out, e->lines.newline);
		kith_buf_printf(out, "[[%s]]%s", table, e->lines.newline);
		for (j = 0; j < entries[i].n; j++)
			put_pair(out, &entries[i].pairs[j], e->lines.newline);
	}
}

/* Behind the last entry of this name; the end of the file where there is none. */
static int
find_end(const struct edit *e, const struct kith_toml *array, size_t *ret)
{
	const struct kith_toml *last = array ? array->u.last : NULL;

	*ret = e->f->text.len;
	if (!array || !array->first)
		return array ? refuse(e, array, "is written inline, nothing can be added to it")
			     : KITH_OK;
	if (!kith_config_has_header(&e->lines, last))
		return refuse(e, array, "is written inline, nothing can be added to it");
	*ret = kith_config_table_end(&e->lines, last, true);
	return *ret == SIZE_MAX ? refuse(e, array, "is written in a way that cannot be edited")
				: KITH_OK;
}

int
kith_config_edit_append(const struct kith_config_file_text *f, const char *table,
			const struct kith_config_entry *entries, size_t n, struct kith_buf *out,
			struct kith_error *err)
{
	const struct kith_config_change change = {.kind = KITH_CHANGE_APPEND, .table = table};
	AUTO_EDIT struct edit e;
	size_t at = 0, i, j;
	int rc = begin(&e, f, err);

	for (i = 0; i < n; i++)
		for (j = 0; j < entries[i].n && !rc; j++)
			rc = check_pair(&e, &entries[i].pairs[j]);
	if (!rc)
		rc = find_end(&e, kith_toml_get(kith_toml_root(e.doc), table), &at);
	if (rc)
		return rc;
	kith_buf_put_span(&e.out, piece(&e, 0, at));
	if (n) {
		blank_before(&e);
		put_entries(&e, &e.out, table, entries, n);
		put_entries(&e, &e.fresh, table, entries, n);
		put_rest(&e, at);
	}
	return finish(&e, &change, out);
}

/* --- remove --- */

static int
compare_indexes(const void *a, const void *b)
{
	size_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* True if what was written so far ends with a blank line, or is nothing. */
static bool
ends_blank(const struct kith_buf *b)
{
	struct kith_span s = kith_buf_span(b);
	size_t n = s.len;

	if (n && s.ptr[n - 1] == '\n')
		n--;
	else
		return n == 0;
	while (n && (s.ptr[n - 1] == ' ' || s.ptr[n - 1] == '\t' || s.ptr[n - 1] == '\r'))
		n--;
	return n == 0 || s.ptr[n - 1] == '\n';
}

/* Leaves [from, to) out, and blank lines behind it where one stands before it already. */
static size_t
leave_out(struct edit *e, size_t to)
{
	size_t end;

	while (to < e->f->text.len && ends_blank(&e->out)) {
		end = kith_config_line_end(&e->lines, to);
		if (!is_blank_line(piece(e, to, end)))
			break;
		to = end;
	}
	return to;
}

/* What was removed was the last thing: the blank lines that set it off go too. */
static void
trim_end(struct kith_buf *b)
{
	while (b->len > 1 && ends_blank(b)) {
		do
			b->len--;
		while (b->len && b->ptr[b->len - 1] != '\n');
	}
}

static int
remove_entries(struct edit *e, const struct kith_toml *array, const size_t *sorted, size_t n)
{
	const struct kith_toml *v = array ? array->first : NULL;
	size_t done = 0, i = 0, index = 0, end;

	for (; v && i < n; v = v->next, index++) {
		if (index != sorted[i])
			continue;
		end = kith_config_table_end(&e->lines, v, true);
		if (!kith_config_has_header(&e->lines, v) || end == SIZE_MAX)
			return refuse(e, array, "is written in a way that cannot be edited");
		kith_buf_put_span(&e->out, piece(e, done, kith_config_line_offset(&e->lines, v)));
		done = leave_out(e, end);
		while (i < n && sorted[i] == index)
			i++;
	}
	if (i < n)
		return kith_fail(e->err, KITH_E_NOTFOUND, "%s: there is no entry %zu", e->f->name,
				 sorted[i]);
	if (n && done == e->f->text.len)
		trim_end(&e->out);
	kith_buf_put_span(&e->out, piece(e, done, e->f->text.len));
	return KITH_OK;
}

int
kith_config_edit_remove(const struct kith_config_file_text *f, const char *table,
			const size_t *indexes, size_t n, struct kith_buf *out,
			struct kith_error *err)
{
	KITH_AUTO_FREE size_t *sorted = kith_calloc(n ? n : 1, sizeof(*sorted));
	const struct kith_config_change change = {
	    .kind = KITH_CHANGE_REMOVE, .table = table, .indexes = sorted, .n = n};
	AUTO_EDIT struct edit e;
	int rc = begin(&e, f, err);

	if (!rc && !sorted)
		rc = kith_fail_nomem(err);
	if (rc)
		return rc;
	if (n) {
		memcpy(sorted, indexes, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare_indexes);
	}
	rc = remove_entries(&e, kith_toml_get(kith_toml_root(e.doc), table), sorted, n);
	return rc ? rc : finish(&e, &change, out);
}

/* --- set --- */

/* Puts another value where the old one stands. */
static int
replace_value(struct edit *e, const struct kith_toml *old, const struct kith_config_pair *pair)
{
	struct kith_span value;
	size_t from;

	if (!kith_config_value_text(&e->lines, old, &value))
		return refuse(e, old, "is written in a way that cannot be edited");
	from = (size_t)(value.ptr - e->f->text.ptr);
	kith_buf_put_span(&e->out, piece(e, 0, from));
	put_value(&e->out, pair);
	kith_buf_put_span(&e->out, piece(e, from + value.len, e->f->text.len));
	return KITH_OK;
}

static void
insert_pair(struct edit *e, size_t at, const struct kith_config_pair *pair)
{
	kith_buf_put_span(&e->out, piece(e, 0, at));
	end_line(e);
	put_pair(&e->out, pair, e->lines.newline);
	kith_buf_put_span(&e->out, piece(e, at, e->f->text.len));
}

/* The line of the first header, or of the comments that stand right above it. */
static size_t
before_headers(const struct edit *e, const struct kith_toml *root)
{
	const struct kith_toml *first = root->first;
	size_t line;

	if (!first)
		return e->f->text.len;
	line = (first->type == KITH_TOML_ARRAY ? first->first : first)->line;
	while (line > 1) {
		size_t start = e->lines.starts[line - 2];
		struct kith_span above = kith_span_trim(piece(e, start, e->lines.starts[line - 1]));

		if (!above.len || above.ptr[0] != '#')
			break;
		line--;
	}
	return e->lines.starts[line - 1];
}

static int
set_top(struct edit *e, const struct kith_toml *root, const struct kith_config_pair *pair)
{
	size_t at = kith_config_top_end(&e->lines, root);

	if (at == SIZE_MAX)
		return refuse(e, NULL, "is written in a way that cannot be edited");
	if (at) {
		insert_pair(e, at, pair);
		return KITH_OK;
	}
	at = before_headers(e, root);
	kith_buf_put_span(&e->out, piece(e, 0, at));
	end_line(e);
	put_pair(&e->out, pair, e->lines.newline);
	put_rest(e, at);
	return KITH_OK;
}

static int
set_in(struct edit *e, const struct kith_toml *table, const char *name,
       const struct kith_config_pair *pair)
{
	size_t at;

	if (!table) {
		kith_buf_put_span(&e->out, e->f->text);
		blank_before(e);
		kith_buf_printf(&e->out, "[%s]%s", name, e->lines.newline);
		put_pair(&e->out, pair, e->lines.newline);
		return KITH_OK;
	}
	if (!kith_config_has_header(&e->lines, table))
		return refuse(e, table, "is written inline, nothing can be added to it");
	at = kith_config_table_end(&e->lines, table, false);
	if (at == SIZE_MAX)
		return refuse(e, table, "is written in a way that cannot be edited");
	insert_pair(e, at, pair);
	return KITH_OK;
}

/* Sets a key where the edit's text is made: `in` (NULL: to be made) is the table. */
static int
set_pair(struct edit *e, const struct kith_toml *in, const char *table, const struct kith_toml *old,
	 const struct kith_config_pair *pair)
{
	put_pair(&e->fresh, pair, "\n");
	if (old)
		return replace_value(e, old, pair);
	return table ? set_in(e, in, table, pair) : set_top(e, kith_toml_root(e->doc), pair);
}

static const struct kith_toml *
find(const struct kith_toml *table, struct kith_span key)
{
	const struct kith_toml *v;

	for (v = table ? table->first : NULL; v && !kith_span_eq(v->key, key);)
		v = v->next;
	return v;
}

int
kith_config_edit_set(const struct kith_config_file_text *f, const char *table,
		     const struct kith_config_pair *pair, struct kith_buf *out,
		     struct kith_error *err)
{
	const struct kith_config_change change = {
	    .kind = KITH_CHANGE_SET, .table = table, .key = pair->key};
	const struct kith_toml *root, *in, *old;
	AUTO_EDIT struct edit e;
	int rc = begin(&e, f, err);

	if (!rc)
		rc = check_pair(&e, pair);
	if (rc)
		return rc;
	root = kith_toml_root(e.doc);
	in = table ? kith_toml_get(root, table) : root;
	old = find(in, pair->key);
	rc = set_pair(&e, in, table, old, pair);
	return rc ? rc : finish(&e, &change, out);
}

int
kith_config_edit_set_entry(const struct kith_config_file_text *f, const char *table, size_t index,
			   const struct kith_config_pair *pair, struct kith_buf *out,
			   struct kith_error *err)
{
	const struct kith_config_change change = {.kind = KITH_CHANGE_SET_ENTRY,
						  .table = table,
						  .indexes = &index,
						  .n = 1,
						  .key = pair->key};
	const struct kith_toml *in;
	AUTO_EDIT struct edit e;
	size_t i;
	int rc = begin(&e, f, err);

	if (!rc)
		rc = check_pair(&e, pair);
	if (rc)
		return rc;
	in = kith_toml_get(kith_toml_root(e.doc), table);
	for (in = in ? in->first : NULL, i = 0; in && i < index; i++)
		in = in->next;
	if (!in)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: there is no entry %zu", f->name, index);
	rc = set_pair(&e, in, table, find(in, pair->key), pair);
	return rc ? rc : finish(&e, &change, out);
}
