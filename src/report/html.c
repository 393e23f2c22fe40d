/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict as one HTML page that needs nothing else: no other file, no server, no script. All
 * text that is not ours goes through kith_xml_put_text; the page forbids itself whatever it does
 * not bring along, and its one script is named by its hash.
 */
#include "codec/base64.h"
#include "codec/xml.h"
#include "report/html_style.h"
#include "report/finding.h"

#define DETAILS_END KITH_MIB(2) /* behind so many bytes rows come without their evidence */
#define CLAIMS_MAX  12          /* of one package */

static void
put_text(struct kith_buf *out, struct kith_span s)
{
	kith_xml_put_text(out, s);
}

static void
put_str(struct kith_buf *out, const char *s)
{
	kith_xml_put_text(out, kith_span_str(s));
}

/* What was gathered in `b`, as text. */
static void
put_gathered(struct kith_buf *out, const struct kith_buf *b)
{
	put_text(out, kith_buf_carry(out, b));
}

/* With padding and + and /, which the policy of a page wants. */
static void
put_script_hash(struct kith_buf *out)
{
	uint8_t hash[KITH_SHA256_BYTES];
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, 256);
	kith_sha256(kith_span_str(kith_html_script), hash);
	kith_base64_put(&b, hash, sizeof(hash));
	kith_buf_carry(out, &b);
	for (i = 0; i < b.len; i++)
		kith_buf_put_char(out, b.ptr[i] == '-'   ? '+'
				       : b.ptr[i] == '_' ? '/'
							 : (char)b.ptr[i]);
	kith_buf_put_char(out, '=');
}

static void
put_head(bool pass, const char *what, struct kith_buf *out)
{
	kith_buf_put_str(
	    out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "img-src data:; style-src 'unsafe-inline'; script-src 'sha256-");
	put_script_hash(out);
	kith_buf_put_str(out, "'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
			      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>kith: ");
	kith_buf_put_str(out, pass ? "pass: " : "fail: ");
	put_str(out, what);
	kith_buf_put_str(out, "</title>\n<style>\n");
	kith_buf_put_str(out, kith_html_style);
	kith_buf_put_str(out, "</style>\n</head>\n");
}

static void
put_term(struct kith_buf *out, const char *term)
{
	kith_buf_printf(out, "<dt>%s</dt><dd>", term);
}

/* What the verdict was made from. */
static void
put_inputs(const struct kith_report *r, struct kith_buf *out)
{
	char text[KITH_ID_TEXT + 1];
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_KIB(4));
	kith_buf_put_str(out, "<dl>\n");
	put_term(out, "lock file");
	put_str(out, r->lock_path);
	kith_buf_put_str(out, "</dd>\n");
	put_term(out, "whose trust counts");
	for (i = 0; i < r->n_roots; i++) {
		kith_buf_put_str(out, i ? ", " : "");
		kith_buf_reset(&b);
		kith_report_id(r, &r->roots[i], &b);
		put_gathered(out, &b);
		kith_base64_id(text, r->roots[i].bytes);
		kith_buf_printf(out, " <code>%s</code>", text);
	}
	kith_buf_put_str(out, "</dd>\n");
	for (i = 0; i < r->n_overrides; i++) {
		put_term(out, "for this run");
		put_str(out, r->overrides[i].field);
		kith_buf_put_str(out, " = ");
		put_str(out, r->overrides[i].value);
		kith_buf_put_str(out, "</dd>\n");
	}
	kith_base64_id(text, r->inputs.claims.bytes);
	kith_buf_printf(out, "<dt>evidence</dt><dd><code>%s</code></dd>\n</dl>\n", text);
}

/* What is new, and what went. */
static void
put_since(const struct kith_report *r, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i, n = 0;

	kith_buf_init(&b, out->max);
	if (!r->since)
		return;
	kith_report_since_line(r->since, &b);
	for (i = 0; i < r->since->n_changes; i++) {
		const struct kith_report_change *c = &r->since->changes[i];

		if (c->kind != KITH_CHANGE_REMOVED)
			continue;
		kith_buf_put_str(&b, n++ ? ", " : ". Removed: ");
		kith_text_safe(&b, c->package->name, 60);
		kith_buf_put_char(&b, ' ');
		kith_text_safe(&b, c->package->version, 40);
	}
	kith_buf_put_str(out, "<p>");
	put_str(out, kith_buf_str(&b));
	kith_buf_put_str(out, ".</p>\n");
}

/* What is said of the project as a whole. */
static void
put_remarks(const struct kith_report *r, unsigned heading, struct kith_buf *out)
{
	size_t i;

	if (!r->n_remarks)
		return;
	kith_buf_printf(out, "<h%u>The project</h%u>\n<ul>\n", heading, heading);
	for (i = 0; i < r->n_remarks; i++) {
		const struct kith_report_remark *m = &r->remarks[i];

		kith_buf_printf(out, "<li><strong class=\"%s\">%s</strong> <span class=\"n\">",
				m->fails ? "fail" : "soft", m->fails ? "error" : "warning");
		put_str(out, m->path);
		kith_buf_printf(out, ":%u</span> ", m->line ? m->line : 1);
		put_str(out, m->text);
		kith_buf_put_str(out, ". ");
		put_str(out, kith_rule_text(m->rule)->help);
		kith_buf_put_str(out, "</li>\n");
	}
	kith_buf_put_str(out, "</ul>\n");
}

static void
put_claim(const struct kith_report *r, const struct kith_claim *c, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, out->max);
	kith_buf_put_str(out, "<li>");
	kith_report_author(r, c, &b);
	kith_buf_put_str(&b, ", ");
	if (c->has_base) {
		kith_buf_put_span(&b, c->base_version);
		kith_buf_put_str(&b, " → ");
	}
	kith_buf_put_span(&b, c->version);
	kith_buf_put_str(&b, ": ");
	kith_report_claim_says(c, &b);
	kith_buf_put_str(&b, ", ");
	kith_time_put_date(&b, c->date);
	put_gathered(out, &b);
	if (!c->is_signed)
		kith_buf_put_str(out, ", not signed");
	for (i = 0; i < c->n_places && i < 1; i++) {
		kith_buf_put_str(out, " <span class=\"soft n\">");
		put_text(out, c->places[i].source);
		kith_buf_put_char(out, ' ');
		put_text(out, kith_span_sub(c->places[i].commit, 0, 12));
		kith_buf_put_char(out, ' ');
		put_text(out, c->places[i].path);
		kith_buf_printf(out, ":%u</span>", c->places[i].line);
	}
	kith_buf_put_str(out, "</li>\n");
}

static void
put_claims(const struct kith_report *r, const struct kith_report_row *row, struct kith_buf *out)
{
	size_t i, shown = row->n_named < CLAIMS_MAX ? row->n_named : CLAIMS_MAX;

	kith_buf_printf(out, "evidence that counts or is shown<ul>\n");
	for (i = 0; i < shown; i++)
		put_claim(r, &row->named[i], out);
	if (shown < row->n_named)
		kith_buf_printf(out, "<li>and %zu more</li>\n", row->n_named - shown);
	kith_buf_put_str(out, "</ul>\n");
}

static void
put_verdict_details(const struct kith_report *r, const struct kith_verdict *v, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, out->max);
	if (v->n_objections) {
		kith_buf_put_str(out, "what speaks against it<ul>\n");
		for (i = 0; i < v->n_objections; i++) {
			kith_buf_reset(&b);
			kith_report_objection(r, &v->objections[i], &b);
			kith_buf_put_str(out, "<li>");
			put_gathered(out, &b);
			kith_buf_put_str(out, " <span class=\"soft n\">");
			put_text(out, v->objections[i].id);
			kith_buf_put_str(out, "</span></li>\n");
		}
		kith_buf_put_str(out, "</ul>\n");
	}
	if (v->n_chain) {
		kith_buf_put_str(out, "who carries it<ul>\n");
		for (i = 0; i < v->n_chain; i++)
			put_claim(r, v->chain[i].claim, out);
		kith_buf_put_str(out, "</ul>\n");
	}
	if (v->n_hangs_on) {
		kith_buf_put_str(out, "whom it hangs on<ul>\n");
		for (i = 0; i < v->n_hangs_on; i++) {
			kith_buf_reset(&b);
			kith_report_party(r, &v->hangs_on[i], &b);
			kith_buf_put_str(out, "<li>");
			put_gathered(out, &b);
			kith_buf_put_str(out, "</li>\n");
		}
		kith_buf_put_str(out, "</ul>\n");
	}
}

static void
put_details(const struct kith_report *r, const struct kith_report_row *row, struct kith_buf *out)
{
	const struct kith_verdict *v = &row->verdict;

	if (!row->n_named && !v->n_objections && !v->n_chain)
		return;
	kith_buf_put_str(out, "<details><summary>evidence</summary>\n");
	if (!row->crev)
		put_verdict_details(r, v, out);
	if (row->n_named)
		put_claims(r, row, out);
	kith_buf_put_str(out, "</details>");
}

static struct kith_time
newest_of(const struct kith_report_row *row)
{
	struct kith_time t = {0};
	size_t i;

	for (i = 0; i < row->n_named; i++)
		if (row->named[i].date.sec > t.sec)
			t = row->named[i].date;
	return t;
}

/* Returns whether there was room for the evidence. */
static bool
put_row(const struct kith_report *r, const struct kith_report_row *row, struct kith_buf *out)
{
	const struct kith_package *p = row->package;
	struct kith_time newest = newest_of(row);
	bool room = out->len < DETAILS_END;
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, out->max);
	kith_buf_printf(out, "<tr class=\"%s\" data-%s><td class=\"s\">%s</td><th scope=\"row\">",
			kith_report_status(r, row), kith_report_passes(r, row) ? "pass" : "fail",
			kith_report_status(r, row));
	put_text(out, p->name);
	kith_buf_put_str(out, "</th><td class=\"n\">");
	put_text(out, p->version);
	kith_buf_put_str(out, "</td><td>");
	if (r->kinds_shown) {
		kith_report_kinds(row, out);
		kith_buf_put_str(out, "</td><td>");
	}
	if (!row->crev)
		kith_report_reason(r, row, &b);
	put_gathered(out, &b);
	if (room)
		put_details(r, row, out);
	kith_buf_put_str(out, "</td><td class=\"n\">");
	kith_buf_reset(&b);
	if (newest.sec)
		kith_time_put_date(&b, newest);
	put_gathered(out, &b);
	kith_buf_put_str(out, "</td></tr>\n");
	return room;
}

static void
put_filter(struct kith_buf *out)
{
	kith_buf_put_str(out, "<fieldset><legend>Show</legend>\n"
			      "<span><input type=\"radio\" name=\"show\" id=\"show-all\" checked> "
			      "<label for=\"show-all\">all</label></span>\n"
			      "<span><input type=\"radio\" name=\"show\" id=\"show-failing\"> "
			      "<label for=\"show-failing\">what does not pass</label></span>\n"
			      "<span><input type=\"radio\" name=\"show\" id=\"show-passing\"> "
			      "<label for=\"show-passing\">what passes</label></span>\n"
			      "</fieldset>\n");
}

/* `number`: of the table on the page, from 0. */
static void
put_rows(const struct kith_report *r, const struct kith_report_options *o, size_t number,
	 struct kith_buf *out)
{
	size_t i, bare = 0, shown = 0;

	for (i = 0; i < r->n_rows; i++)
		shown += !o->failing || !kith_report_passes(r, &r->rows[i]);
	if (!shown) {
		kith_buf_put_str(out, "<p>No package to show.</p>\n");
		return;
	}
	kith_buf_put_str(out, "<div class=\"scroll\">\n<table id=\"packages");
	if (number)
		kith_buf_printf(out, "-%zu", number);
	kith_buf_put_str(out,
			 "\">\n<caption>Packages of the lock file, the worst first</caption>\n"
			 "<thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Package</th>"
			 "<th scope=\"col\">Version</th>");
	kith_buf_put_str(out, r->kinds_shown ? "<th scope=\"col\">Needed</th>" : "");
	kith_buf_put_str(out, "<th scope=\"col\">Why</th>"
			      "<th scope=\"col\">Newest evidence</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < r->n_rows; i++)
		if (!o->failing || !kith_report_passes(r, &r->rows[i]))
			bare += !put_row(r, &r->rows[i], out);
	kith_buf_put_str(out, "</tbody>\n</table>\n</div>\n");
	if (bare)
		kith_buf_printf(
		    out,
		    "<p>The evidence of the last %zu packages is left out, to keep this page "
		    "small: kith explain PACKAGE shows it.</p>\n",
		    bare);
}

/* An image cannot reach into the page that shows it, whatever is written in it. */
static void
put_picture(const struct kith_report *r, struct kith_buf *out)
{
	size_t i;

	if (!r->picture.len)
		return;
	kith_buf_put_str(out,
			 "<h2>Who is trusted</h2>\n<figure><img alt=\"The web of trust through "
			 "the eyes of those whose trust counts; kith graph lists it as text.\" "
			 "src=\"data:image/svg+xml;charset=utf-8,");
	for (i = 0; i < r->picture.len; i++) {
		uint8_t c = r->picture.ptr[i];

		if (c <= ' ' || c >= 0x7f || strchr("%#\"<>&'[]{}|^`\\", c))
			kith_buf_printf(out, "%%%02X", (unsigned)c);
		else
			kith_buf_put_char(out, (char)c);
	}
	kith_buf_put_str(out, "\"></figure>\n");
}

static void
put_result(bool pass, struct kith_buf *out)
{
	kith_buf_printf(out, "<body>\n<main>\n<h1>kith: <span class=\"%s\">%s</span></h1>\n<p>",
			pass ? "pass" : "fail", pass ? "pass" : "fail");
}

static void
put_end(struct kith_buf *out)
{
	kith_buf_put_str(out, "</main>\n<script>");
	kith_buf_put_str(out, kith_html_script);
	kith_buf_put_str(out, "</script>\n</body>\n</html>\n");
}

void
kith_report_html(const struct kith_report *r, const struct kith_report_options *o,
		 struct kith_buf *out)
{
	put_head(r->pass, r->lock_path, out);
	put_result(r->pass, out);
	kith_report_counts(r, out);
	kith_buf_put_str(out, "</p>\n");
	put_since(r, out);
	put_inputs(r, out);
	put_remarks(r, 2, out);
	put_filter(out);
	put_rows(r, o, 0, out);
	put_picture(r, out);
	put_end(out);
}

/* The picture of the first that has one: the same people stand behind all of them. */
void
kith_report_html_all(const struct kith_report_set *s, const struct kith_report_options *o,
		     struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_KIB(4));
	kith_report_set_counts(s, &b);
	put_head(s->pass, kith_buf_str(&b), out);
	put_result(s->pass, out);
	put_gathered(out, &b);
	kith_buf_put_str(out, "</p>\n");
	put_filter(out);
	for (i = 0; i < s->n; i++) {
		const struct kith_report *r = s->reports[i];

		kith_buf_printf(out, "<section>\n<h2><span class=\"%s\">%s</span> ",
				r->pass ? "pass" : "fail", r->pass ? "pass" : "fail");
		put_str(out, r->lock_path);
		kith_buf_put_str(out, "</h2>\n<p>");
		kith_report_counts(r, out);
		kith_buf_put_str(out, "</p>\n");
		put_since(r, out);
		put_inputs(r, out);
		put_remarks(r, 3, out);
		put_rows(r, o, i, out);
		kith_buf_put_str(out, "</section>\n");
	}
	for (i = 0; i < s->n && !s->reports[i]->picture.len; i++)
		;
	if (i < s->n)
		put_picture(s->reports[i], out);
	put_end(out);
}
