/* SPDX-License-Identifier: Apache-2.0 */
/* The table for people: one line a package, the worst first, a summary line that a script can grep.
 */
#include "report/stats.h"

#define NAME_MAX_COLUMNS 60
#define FEW_ROWS         10 /* with which `rules` 1 tells where requirements come from */

struct column_widths {
	size_t status, package, kinds;
};

const char *
kith_report_status(const struct kith_report *r, const struct kith_report_row *row)
{
	return r->semantics == KITH_SEMANTICS_CREV ? kith_crev_status_name(row->crev_status)
						   : kith_status_name(row->verdict.status);
}

static const char *
status_color(const struct kith_report *r, const struct kith_report_row *row)
{
	if (kith_report_passes(r, row))
		return "\033[32m";
	if (r->semantics == KITH_SEMANTICS_CREV)
		return row->crev_status == KITH_CREV_NEGATIVE ? "\033[31m" : "\033[33m";
	return row->verdict.status <= KITH_STATUS_NEGATIVE ? "\033[31m" : "\033[33m";
}

/* A mark that does not need colour: what is bad stands out in a log too. */
static const char *
status_mark(const struct kith_report *r, const struct kith_report_row *row)
{
	if (r->semantics == KITH_SEMANTICS_CREV)
		return row->crev_status == KITH_CREV_NEGATIVE ? "!" : " ";
	if (row->verdict.status == KITH_STATUS_MISMATCH)
		return "✗";
	return row->verdict.status == KITH_STATUS_NEGATIVE ? "!" : " ";
}

void
kith_report_kinds(const struct kith_report_row *row, struct kith_buf *out)
{
	static const char *const words[] = {"normal", "build", "dev"};
	unsigned i, n = 0;

	for (i = 0; i < 3; i++)
		if (row->package->kinds >> i & 1U)
			kith_buf_printf(out, "%s%s", n++ ? "," : "", words[i]);
	if (!n)
		kith_buf_put_str(out, "unknown");
}

static void
put_package(const struct kith_report_row *row, struct kith_buf *out)
{
	kith_text_safe(out, row->package->name, NAME_MAX_COLUMNS);
	kith_buf_put_char(out, ' ');
	kith_report_version(row, out);
}

static bool
is_shown(const struct kith_report *r, const struct kith_report_options *o,
	 const struct kith_report_row *row)
{
	bool passes = kith_report_passes(r, row);

	if (o->failing && passes)
		return false;
	return !(o->fold && passes);
}

static struct column_widths
measure(const struct kith_report *r, const struct kith_report_options *o, struct kith_buf *out)
{
	struct column_widths w = {0};
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, n;

	kith_buf_init(&b, KITH_KIB(4));
	for (i = 0; i < r->n_rows; i++) {
		if (!is_shown(r, o, &r->rows[i]))
			continue;
		n = strlen(kith_report_status(r, &r->rows[i]));
		if (n > w.status)
			w.status = n;
		kith_buf_reset(&b);
		put_package(&r->rows[i], &b);
		n = kith_text_columns(kith_buf_carry(out, &b));
		if (n > w.package)
			w.package = n;
		kith_buf_reset(&b);
		kith_report_kinds(&r->rows[i], &b);
		if (r->kinds_shown && b.len + 2 > w.kinds)
			w.kinds = b.len + 2;
	}
	if (w.package > NAME_MAX_COLUMNS)
		w.package = NAME_MAX_COLUMNS;
	return w;
}

/* Columns of cargo-crev's own table. */
static void
put_crev_columns(const struct kith_report_row *row, struct kith_buf *out)
{
	static const char *const arrows[] = {"", "=", "↑", "↓"};
	const struct kith_crev_row *c = row->crev;

	kith_buf_printf(out, "reviews %zu/%zu", c->reviews_version, c->reviews_all);
	if (c->issues_all)
		kith_buf_printf(out, ", issues %zu/%zu", c->issues_trusted, c->issues_all);
	if (c->latest != KITH_LATEST_NONE) {
		kith_buf_printf(out, ", latest trusted %s", arrows[c->latest]);
		if (c->latest != KITH_LATEST_EQUAL)
			kith_text_safe(out, c->latest_version, NAME_MAX_COLUMNS);
	}
	if (c->unmaintained)
		kith_buf_put_str(out, ", unmaintained");
	if (c->n_mismatches)
		kith_buf_printf(out, ", %zu reviewed other bytes", c->n_mismatches);
}

/* Notes decide nothing, but nobody should have to ask for them. */
static void
put_notes(const struct kith_report_row *row, struct kith_buf *out)
{
	const struct kith_verdict *v = &row->verdict;
	size_t i, issues = 0;

	for (i = 0; i < v->n_notes; i++) {
		if (v->notes[i].kind == KITH_NOTE_ADVISORY) {
			kith_buf_put_str(out, "; note: ");
			kith_report_advisory(v->notes[i].claim, out);
		} else if (v->notes[i].kind == KITH_NOTE_YANKED) {
			kith_buf_put_str(out, "; note: yanked");
		}
		issues += v->notes[i].kind == KITH_NOTE_ISSUE;
	}
	if (issues)
		kith_buf_printf(out, "; note: %zu lesser issue%s", issues, issues == 1 ? "" : "s");
	for (i = 0; i < row->n_unknown; i++) {
		kith_buf_put_str(out, "; cannot be judged: ");
		kith_text_safe(out, row->unknown[i].ids[0], NAME_MAX_COLUMNS);
	}
}

static void
put_row(const struct kith_report *r, const struct kith_report_options *o,
	const struct kith_report_row *row, const struct column_widths *w, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf cell;
	const char *word = kith_report_status(r, row);
	size_t used, left;

	kith_buf_init(&cell, KITH_KIB(16));
	kith_buf_printf(out, "%s ", status_mark(r, row));
	if (o->color)
		kith_buf_put_str(out, status_color(r, row));
	kith_buf_put_str(out, word);
	if (o->color)
		kith_buf_put_str(out, "\033[0m");
	kith_buf_put_fill(out, ' ', w->status - strlen(word) + 2);
	put_package(row, &cell);
	kith_buf_put_span(out, kith_buf_carry(out, &cell));
	used = kith_text_columns(kith_buf_span(&cell));
	if (used < w->package)
		kith_buf_put_fill(out, ' ', w->package - used);
	kith_buf_put_str(out, "  ");
	kith_buf_reset(&cell);
	if (r->kinds_shown) {
		kith_report_kinds(row, &cell);
		kith_buf_put_fill(&cell, ' ', w->kinds > cell.len ? w->kinds - cell.len : 0);
		kith_buf_put_span(out, kith_buf_carry(out, &cell));
		kith_buf_reset(&cell);
	}
	if (row->crev) {
		put_crev_columns(row, &cell);
	} else {
		kith_report_reason(r, row, &cell);
		put_notes(row, &cell);
	}
	left = w->status + 2 + 2 + w->package + 2 + w->kinds;
	left = o->width > 0 && (size_t)o->width > left + 20 ? (size_t)o->width - left : 0;
	kith_text_safe(out, kith_buf_carry(out, &cell), left);
	kith_buf_put_char(out, '\n');
}

void
kith_report_counts(const struct kith_report *r, struct kith_buf *out)
{
	static const enum kith_status order[] = {KITH_STATUS_VERIFIED,     KITH_STATUS_EXEMPT,
						 KITH_STATUS_INSUFFICIENT, KITH_STATUS_NEGATIVE,
						 KITH_STATUS_MISMATCH,     KITH_STATUS_LOCAL};
	size_t i;

	kith_buf_printf(out, "%zu package%s:", r->n_rows, r->n_rows == 1 ? "" : "s");
	if (r->semantics == KITH_SEMANTICS_CREV) {
		for (i = 4; i-- > 0;)
			kith_buf_printf(out, "%s %zu %s", i < 3 ? "," : "", r->crev_counts[i],
					kith_crev_status_name((enum kith_crev_status)i));
	} else {
		for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
			kith_buf_printf(out, "%s %zu %s", i ? "," : "", r->counts[order[i]],
					kith_status_name(order[i]));
	}
}

static void
put_pass(bool pass, const struct kith_report_options *o, struct kith_buf *out)
{
	const char *color = pass ? "\033[32m" : "\033[31m";

	kith_buf_printf(out, "        %s%s%s\n", o->color ? color : "", pass ? "PASS" : "FAIL",
			o->color ? "\033[0m" : "");
}

static void
put_summary(const struct kith_report *r, const struct kith_report_options *o, struct kith_buf *out)
{
	kith_report_counts(r, out);
	put_pass(r->pass, o, out);
}

/* What is to be said of the project as a whole. */
static void
put_remarks(const struct kith_report *r, const struct kith_report_options *o, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_KIB(16));
	for (i = 0; i < r->n_remarks; i++) {
		const struct kith_report_remark *m = &r->remarks[i];
		const char *color = m->fails ? "\033[31m" : "\033[33m";

		kith_buf_printf(out, "%s %s%s%s  ", m->fails ? "!" : " ", o->color ? color : "",
				m->fails ? "error" : "warning", o->color ? "\033[0m" : "");
		kith_buf_reset(&b);
		kith_text_safe(&b, kith_span_str(m->path), 0);
		if (m->line > 1)
			kith_buf_printf(&b, ":%u", m->line);
		kith_buf_printf(&b, ": %s", m->text);
		kith_text_safe(out, kith_buf_carry(out, &b), 0);
		kith_buf_put_char(out, '\n');
	}
}

static void
put_overrides(const struct kith_report *r, struct kith_buf *out)
{
	size_t i;

	if (!r->n_overrides)
		return;
	kith_buf_put_str(out, "for this run:");
	for (i = 0; i < r->n_overrides; i++)
		kith_buf_printf(out, "%s %s = %s", i ? "," : "", r->overrides[i].field,
				r->overrides[i].value);
	kith_buf_put_char(out, '\n');
}

void
kith_report_table(const struct kith_report *r, const struct kith_report_options *o,
		  struct kith_buf *out)
{
	struct column_widths w = measure(r, o, out);
	size_t i, folded = 0, shown = 0;
	bool rules;

	for (i = 0; i < r->n_rows; i++)
		shown += is_shown(r, o, &r->rows[i]);
	rules = o->rules > 1 || (o->rules == 1 && shown <= FEW_ROWS);
	for (i = 0; i < r->n_rows; i++) {
		if (is_shown(r, o, &r->rows[i]))
			put_row(r, o, &r->rows[i], &w, out);
		else if (!o->failing)
			folded++;
		if (rules && is_shown(r, o, &r->rows[i]) && !r->rows[i].package->local)
			kith_report_origins(r, &r->rows[i], "      ", false, out);
	}
	if (folded)
		kith_buf_printf(out, "  (%zu that pass are not shown: -v shows them)\n", folded);
	kith_report_since_table(r, o, out);
	put_remarks(r, o, out);
	put_overrides(r, out);
	if (r->vet_summary)
		kith_buf_printf(out, "cargo-vet: %s\n", r->vet_summary);
	put_summary(r, o, out);
	if (r->stats)
		kith_report_stats_put(r, r->stats, out);
}

void
kith_report_table_all(const struct kith_report_set *s, const struct kith_report_options *o,
		      struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		kith_text_safe(out, kith_span_str(s->reports[i]->lock_path), 0);
		kith_buf_put_char(out, '\n');
		kith_report_table(s->reports[i], o, out);
		kith_buf_put_char(out, '\n');
	}
	kith_report_set_counts(s, out);
	put_pass(s->pass, o, out);
}
