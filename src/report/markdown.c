/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown for a job's summary or a comment on a change: the counts, a table of what does not pass,
 * the rest folded away. Strangers' texts cannot become markup, links or mentions. Forges cut long
 * comments somewhere; this one ends before that and says what is missing.
 */
#include "report/report.h"

#define END_ROOM 400 /* for closing what is open and saying what was left out */

static void
put_character(struct kith_buf *out, char c)
{
	static const char special[] = "\\`*_{}[]()#+!~@:$^=";

	if (c == '&' || c == '<' || c == '>' || c == '|')
		kith_buf_printf(out, "&#%u;", (unsigned)(unsigned char)c);
	else if (c && strchr(special, c))
		kith_buf_printf(out, "\\%c", c);
	else
		kith_buf_put_char(out, c);
}

/* A mention, a reference or a link needs the next character at once. */
static bool
is_to_be_broken(struct kith_span s, size_t i)
{
	if (s.ptr[i] == '.')
		return i >= 3 && !memcmp(s.ptr + i - 3, "www", 3);
	return s.ptr[i] && strchr("@#!:", s.ptr[i]);
}

/* Escapes what Markdown or HTML would read as markup, and breaks what forges turn into links. */
static void
put_plain(struct kith_buf *out, struct kith_span s)
{
	KITH_AUTO_BUF struct kith_buf safe;
	size_t i;

	kith_buf_init(&safe, out->max);
	kith_text_safe(&safe, s, 0);
	s = kith_buf_carry(out, &safe);
	for (i = 0; i < s.len; i++) {
		put_character(out, (char)s.ptr[i]);
		if (is_to_be_broken(s, i))
			kith_buf_put_str(out, "&#8203;");
	}
}

static void
put_row(const struct kith_report *r, const struct kith_report_row *row, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, out->max);
	kith_buf_printf(out, "| %s | ", kith_report_status(r, row));
	put_plain(out, row->package->name);
	kith_buf_put_char(out, ' ');
	kith_report_version(row, &b);
	put_plain(out, kith_buf_carry(out, &b));
	kith_buf_reset(&b);
	kith_buf_put_str(out, " | ");
	if (r->kinds_shown) {
		kith_report_kinds(row, out);
		kith_buf_put_str(out, " | ");
	}
	if (!row->crev)
		kith_report_reason(r, row, &b);
	put_plain(out, kith_buf_carry(out, &b));
	kith_buf_put_str(out, " |\n");
}

static size_t
count_rows(const struct kith_report *r, bool pass)
{
	size_t i, n = 0;

	for (i = 0; i < r->n_rows; i++)
		n += kith_report_passes(r, &r->rows[i]) == pass;
	return n;
}

/*
 * Rows that pass, or that do not, if there is room below `most` bytes: one that is long leaves out
 * itself only. Returns how many there was no room for.
 */
static size_t
put_rows(const struct kith_report *r, bool pass, size_t most, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, left_out = 0;

	kith_buf_init(&b, out->max);
	if (out->len > most)
		return count_rows(r, pass);
	kith_buf_put_str(out, r->kinds_shown ? "| status | package | needed | why |\n"
					       "| :-- | :-- | :-- | :-- |\n"
					     : "| status | package | why |\n| :-- | :-- | :-- |\n");
	for (i = 0; i < r->n_rows; i++) {
		if (kith_report_passes(r, &r->rows[i]) != pass)
			continue;
		kith_buf_reset(&b);
		put_row(r, &r->rows[i], &b);
		if (out->len + b.len > most)
			left_out++;
		else
			kith_buf_put_span(out, kith_buf_carry(out, &b));
	}
	return left_out;
}

/* What is said of the project as a whole: a list, before the packages. */
static void
put_remarks(const struct kith_report *r, size_t most, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, left_out = 0;

	kith_buf_init(&b, out->max);
	for (i = 0; i < r->n_remarks; i++) {
		const struct kith_report_remark *m = &r->remarks[i];

		kith_buf_reset(&b);
		kith_buf_printf(&b, "%s- **%s** ", i ? "" : "\n", m->fails ? "error" : "warning");
		put_plain(&b, kith_span_str(m->path));
		kith_buf_printf(&b, ", line %u: ", m->line ? m->line : 1);
		put_plain(&b, kith_span_str(m->text));
		kith_buf_put_char(&b, '\n');
		if (out->len + b.len > most / 2)
			left_out++;
		else
			kith_buf_put_span(out, kith_buf_carry(out, &b));
	}
	if (left_out)
		kith_buf_printf(out, "- and %zu more\n", left_out);
}

static void
put_left_out(size_t n, struct kith_buf *out)
{
	if (n)
		kith_buf_printf(out, "\n%zu more %s left out here: `kith verify -v` shows all.\n",
				n, n == 1 ? "is" : "are");
}

static const char mark[] = "<!-- kith verify -->\n"; /* by it a job finds its own comment again */

/*
 * By this line a job finds the comment that it wrote before: one for each lock file of a change,
 * and another one for the whole. Nothing of a path can end the comment.
 */
static void
put_marker(const struct kith_report *r, struct kith_buf *out)
{
	const char *p = r->lock_path;

	if (!r->since || !r->since->compares) {
		kith_buf_put_str(out, mark);
		return;
	}
	kith_buf_put_str(out, "<!-- kith verify since ");
	for (; *p; p++)
		kith_buf_put_char(out, (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
					       (*p >= '0' && *p <= '9') || *p == '/' || *p == '.'
					   ? *p
					   : '_');
	kith_buf_put_str(out, " -->\n");
}

static void
put_since(const struct kith_report_since *s, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, out->max);
	kith_report_since_line(s, &b);
	kith_buf_put_char(out, '\n');
	put_plain(out, kith_buf_carry(out, &b));
	kith_buf_put_str(out, ".\n");
}

static void
put_steps(const struct kith_report_since *s, size_t most, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, left_out = s->steps_more;

	kith_buf_init(&b, out->max);
	if (!s->n_steps)
		return;
	kith_buf_put_str(out, "\nTo review, the smallest step of each:\n\n");
	for (i = 0; i < s->n_steps; i++) {
		kith_buf_reset(&b);
		kith_buf_put_str(&b, "- ");
		put_plain(&b, kith_span_str(s->steps[i].command));
		kith_buf_put_str(&b, " – ");
		put_plain(&b, kith_span_str(s->steps[i].text));
		kith_buf_put_char(&b, '\n');
		if (out->len + b.len > most)
			left_out++;
		else
			kith_buf_put_span(out, kith_buf_carry(out, &b));
	}
	if (left_out)
		kith_buf_printf(out, "- and %zu more\n", left_out);
}

/* What to do, and what went. */
static void
put_changes(const struct kith_report_since *s, size_t most, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, n = 0, left_out = 0;

	kith_buf_init(&b, out->max);
	put_steps(s, most, out);
	if (!s->counts[KITH_CHANGE_REMOVED])
		return;
	kith_buf_put_str(out, "\nRemoved: ");
	for (i = 0; i < s->n_changes; i++) {
		if (s->changes[i].kind != KITH_CHANGE_REMOVED)
			continue;
		kith_buf_reset(&b);
		kith_buf_put_str(&b, n ? ", " : "");
		put_plain(&b, s->changes[i].package->name);
		kith_buf_put_char(&b, ' ');
		put_plain(&b, s->changes[i].package->version);
		n += out->len + b.len <= most;
		left_out += out->len + b.len > most;
		if (out->len + b.len <= most)
			kith_buf_put_span(out, kith_buf_carry(out, &b));
	}
	if (left_out)
		kith_buf_printf(out, " and %zu more", left_out);
	kith_buf_put_str(out, ".\n");
}

/* One project, below `most` bytes, if only its head fits. */
static void
put_project(const struct kith_report *r, const struct kith_report_options *o, size_t most,
	    struct kith_buf *out)
{
	size_t i, passing = 0;

	for (i = 0; i < r->n_rows; i++)
		passing += kith_report_passes(r, &r->rows[i]);
	put_plain(out, kith_span_str(r->lock_path));
	kith_buf_put_str(out, ": ");
	kith_report_counts(r, out);
	kith_buf_put_str(out, ".\n");
	if (r->since)
		put_since(r->since, out);
	put_remarks(r, most, out);
	if (passing < r->n_rows) {
		kith_buf_put_char(out, '\n');
		put_left_out(put_rows(r, false, most, out), out);
	}
	if (r->since)
		put_changes(r->since, most, out);
	if (!passing || o->failing)
		return;
	kith_buf_printf(out, "\n<details>\n<summary>%zu that pass%s</summary>\n\n", passing,
			passing == 1 ? "es" : "");
	put_left_out(put_rows(r, true, most, out), out);
	kith_buf_put_str(out, "\n</details>\n");
}

void
kith_report_markdown(const struct kith_report *r, const struct kith_report_options *o,
		     struct kith_buf *out)
{
	put_marker(r, out);
	kith_buf_printf(out, "### kith: %s\n\n", r->pass ? "pass" : "fail");
	put_project(r, o, KITH_MAX_MARKDOWN - END_ROOM, out);
}

/* Each gets an equal share of what is left: one that is long cannot hide the others. */
static size_t
put_projects(const struct kith_report_set *s, const struct kith_report_options *o, bool pass,
	     size_t *left, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, most, left_out = 0;

	kith_buf_init(&b, out->max);
	for (i = 0; i < s->n; i++) {
		const struct kith_report *r = s->reports[i];

		if (r->pass != pass)
			continue;
		most = (KITH_MAX_MARKDOWN - END_ROOM - out->len) / (*left)--;
		kith_buf_reset(&b);
		kith_buf_printf(&b, "\n#### %s: ", r->pass ? "pass" : "fail");
		put_project(r, o, most > 2 * END_ROOM ? most - END_ROOM : 0, &b);
		if (out->len + b.len > KITH_MAX_MARKDOWN - END_ROOM)
			left_out++;
		else
			kith_buf_put_span(out, kith_buf_carry(out, &b));
	}
	return left_out;
}

void
kith_report_markdown_all(const struct kith_report_set *s, const struct kith_report_options *o,
			 struct kith_buf *out)
{
	size_t left = s->n, left_out;

	kith_buf_put_str(out, s->n && s->reports[0]->since && s->reports[0]->since->compares
				  ? "<!-- kith verify since -->\n"
				  : mark);
	kith_buf_printf(out, "### kith: %s\n\n", s->pass ? "pass" : "fail");
	kith_report_set_counts(s, out);
	kith_buf_put_str(out, ".\n");
	left_out = put_projects(s, o, false, &left, out);
	left_out += put_projects(s, o, true, &left, out);
	if (left_out)
		kith_buf_printf(out, "\n%zu more lock file%s left out here.\n", left_out,
				left_out == 1 ? " is" : "s are");
}
