/* SPDX-License-Identifier: Apache-2.0 */
/* kith todo in words and as JSON. */
#include <kith/todo.h>

#include "app/todo.h"
#include "codec/base64.h"
#include "codec/json.h"

#define NAME_COLUMNS 30
#define PEOPLE_SHOWN ((size_t)15)
#define DECIDE_SHOWN ((size_t)20)

/* "1,234". */
static void
put_number(struct kith_buf *out, size_t n)
{
	char digits[32];
	size_t i, len;

	snprintf(digits, sizeof(digits), "%zu", n);
	len = strlen(digits);
	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			kith_buf_put_char(out, ',');
		kith_buf_put_char(out, digits[i]);
	}
}

static void
put_lines(struct kith_buf *out, size_t n)
{
	put_number(out, n);
	kith_buf_put_str(out, n == 1 ? " line" : " lines");
}

static void
put_package(const struct kith_package *p, struct kith_buf *out)
{
	kith_text_safe(out, p->name, 0);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, p->version, 0);
}

/* Name and version, filled up to a column. */
static void
put_name(const struct kith_package *p, struct kith_buf *out)
{
	size_t from = out->len;

	put_package(p, out);
	do
		kith_buf_put_char(out, ' ');
	while (!out->failed && out->len - from < NAME_COLUMNS);
}

static void
put_step(const struct kith_app_todo_item *x, struct kith_buf *out)
{
	const struct kith_app_todo_facts *f = &x->facts;

	if (kith_app_todo_by_difference(x)) {
		kith_buf_put_str(out, "the difference to ");
		kith_text_safe(out, x->base, 0);
		if (x->base_known) {
			kith_buf_put_str(out, ", ");
			put_lines(out, x->diff_lines);
		}
		if (f->known) {
			kith_buf_put_str(out, ", or all ");
			put_lines(out, f->lines);
		}
	} else if (f->known) {
		put_lines(out, f->lines);
	} else {
		kith_buf_put_str(out, "its archive is not here");
	}
}

static void
put_risk(const struct kith_app_todo_item *x, struct kith_buf *out)
{
	const struct kith_app_todo_facts *f = &x->facts;

	if (x->needed_by)
		kith_buf_printf(out, "; needed by %zu%s", x->needed_by,
				x->needed_by >= KITH_TODO_NEEDED_MAX ? " or more" : "");
	if (x->dev_only)
		kith_buf_put_str(out, "; for development only");
	if (f->build_script)
		kith_buf_put_str(out, "; build script");
	if (f->proc_macro)
		kith_buf_put_str(out, "; macro that runs in the compiler");
	if (f->unsafes)
		kith_buf_printf(out, "; unsafe %zu time%s", f->unsafes, f->unsafes == 1 ? "" : "s");
	if (x->row->verdict.independent)
		kith_buf_printf(out, "; has %u of %u approvals", x->row->verdict.independent,
				x->row->verdict.requirement.independent);
	if (x->row->verdict.status == KITH_STATUS_EXEMPT)
		kith_buf_put_str(out, "; exempt today");
}

void
kith_app_todo_put_work(const struct kith_app_todo_item *x, struct kith_buf *out)
{
	put_step(x, out);
	put_risk(x, out);
}

static void
put_suits(const struct kith_app_todo *t, const struct kith_app_todo_item *x, struct kith_buf *out)
{
	const struct kith_package *related[3];
	const struct kith_app_todo_member *m;
	size_t n, i;

	m = kith_app_todo_suits(t, x, related, &n);
	if (!m || t->n_team < 2)
		return;
	kith_buf_put_str(out, "; suits ");
	kith_report_id(&t->run->report, &m->id, out);
	kith_buf_put_str(out, ", who reviewed ");
	for (i = 0; i < n; i++) {
		kith_buf_put_str(out, i ? ", " : "");
		kith_text_safe(out, related[i]->name, 0);
	}
}

/* Ends the line that began at `from`, cut to the terminal. */
static void
end_line(const struct kith_app_todo *t, struct kith_buf *line, struct kith_buf *out)
{
	/* what is in the line is safe already; that it is again costs nothing */
	kith_text_safe(out, kith_buf_carry(out, line),
		       t->options->width > 0 ? (size_t)t->options->width : 0);
	kith_buf_put_char(out, '\n');
	kith_buf_reset(line);
}

static void
put_decide(const struct kith_app_todo *t, struct kith_buf *line, struct kith_buf *out)
{
	size_t i;

	if (!t->n_decide)
		return;
	kith_buf_put_str(
	    out, "\nlook at these first: kith explain NAME says what stands against them\n");
	for (i = 0; i < t->n_decide && i < DECIDE_SHOWN; i++) {
		kith_buf_put_str(line, "  ");
		put_name(t->decide[i]->package, line);
		kith_report_reason(&t->run->report, t->decide[i], line);
		end_line(t, line, out);
	}
	if (t->n_decide > DECIDE_SHOWN)
		kith_buf_printf(out, "  … and %zu more\n", t->n_decide - DECIDE_SHOWN);
}

static void
put_items(const struct kith_app_todo *t, struct kith_buf *line, struct kith_buf *out)
{
	const struct kith_app_todo_item *first = &t->items[0];
	bool compare;
	size_t i;

	if (!t->n_shown)
		return;
	compare = first->base_known && kith_app_todo_by_difference(first);
	kith_buf_put_str(out, "\nreview these next: the most risk for the least reading first\n");
	for (i = 0; i < t->n_shown; i++) {
		const struct kith_app_todo_item *x = &t->items[i];

		kith_buf_put_str(line, "  ");
		put_name(x->row->package, line);
		put_step(x, line);
		put_risk(x, line);
		put_suits(t, x, line);
		end_line(t, line, out);
	}
	if (t->n_shown < t->n_items)
		kith_buf_printf(out, "  … and %zu more: --limit 0 shows all\n",
				t->n_items - t->n_shown);
	kith_buf_put_str(out, "\nnext: kith ");
	kith_buf_put_str(out, compare ? "diff " : "open ");
	kith_text_safe(out, first->row->package->name, 0);
	kith_buf_put_char(out, '@');
	kith_text_safe(out, first->row->package->version, 0);
	if (compare) {
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, first->base, 0);
	}
	kith_buf_put_str(out, " · kith review ");
	kith_text_safe(out, first->row->package->name, 0);
	kith_buf_put_str(out, " · kith todo --people\n");
}

static void
put_unlocking(const struct kith_app_todo *t, struct kith_buf *line, struct kith_buf *out)
{
	size_t i, k;

	kith_buf_put_str(out, t->n_people
				  ? "\nwhose word would let packages pass that do not yet; look "
				    "at their work before you trust them\n"
				  : "\nnobody's trust alone would let another package pass\n");
	for (i = 0; i < t->n_people && i < PEOPLE_SHOWN; i++) {
		const struct kith_app_todo_person *x = &t->people[i];

		kith_buf_printf(line, "  %4zu  ", x->packages);
		kith_report_party(&t->run->report, &x->party, line);
		kith_buf_printf(line, " at %s: ", kith_level_name(x->level));
		for (k = 0; k < x->packages && k < 3; k++) {
			kith_buf_put_str(line, k ? ", " : "");
			kith_text_safe(line, x->examples[k]->package->name, 0);
		}
		kith_buf_put_str(line, x->packages > 3 ? ", …" : "");
		end_line(t, line, out);
	}
	if (t->n_people > PEOPLE_SHOWN)
		kith_buf_printf(out, "  … and %zu more: --json has all\n",
				t->n_people - PEOPLE_SHOWN);
}

static void
put_team(const struct kith_app_todo *t, struct kith_buf *line, struct kith_buf *out)
{
	size_t i, k;

	kith_buf_put_str(out,
			 "\nwho of the roots has reviewed what is needed here, in any version\n");
	for (i = 0; i < t->n_team; i++) {
		kith_buf_printf(line, "  %4zu  ", t->team[i].n);
		kith_report_id(&t->run->report, &t->team[i].id, line);
		for (k = 0; k < t->team[i].n && k < 3; k++) {
			kith_buf_put_str(line, k ? ", " : ": ");
			kith_text_safe(line, t->team[i].reviewed[k]->name, 0);
		}
		kith_buf_put_str(line, t->team[i].n > 3 ? ", …" : "");
		end_line(t, line, out);
	}
}

static void
put_people(const struct kith_app_todo *t, struct kith_buf *line, struct kith_buf *out)
{
	char id[KITH_ID_TEXT + 1];

	put_unlocking(t, line, out);
	put_team(t, line, out);
	if (!t->n_people || !t->people[0].party.is_id)
		return;
	kith_base64_id(id, t->people[0].party.id.bytes);
	kith_buf_printf(out, "\nnext: kith query reviews --author %s · kith explain -- %s\n", id,
			id);
}

void
kith_app_todo_put_text(const struct kith_app_todo *t, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf line;
	const struct kith_report *r = &t->run->report;

	kith_buf_init(&line, KITH_MIB(1));
	kith_buf_printf(out, "%zu packages: %zu to decide on, %zu to review, %zu verified\n",
			r->n_rows, t->n_decide, t->n_items, r->counts[KITH_STATUS_VERIFIED]);
	if (t->options->people) {
		put_people(t, &line, out);
		return;
	}
	put_decide(t, &line, out);
	put_items(t, &line, out);
}

/* --- JSON --- */

static void
json_package(struct kith_json_writer *w, const struct kith_package *p)
{
	kith_json_member_string(w, "name", p->name);
	kith_json_member_string(w, "version", p->version);
}

static void
json_id(struct kith_json_writer *w, const char *key, const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	kith_json_member_str(w, key, text);
}

static void
json_reason(const struct kith_app_todo *t, struct kith_json_writer *w,
	    const struct kith_report_row *row)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(64));
	kith_report_reason(&t->run->report, row, &b);
	kith_json_member_str(w, "status", kith_status_name(row->verdict.status));
	kith_json_member_string(w, "reason", kith_buf_carry(w->out, &b));
}

static void
json_suits(const struct kith_app_todo *t, const struct kith_app_todo_item *x,
	   struct kith_json_writer *w)
{
	const struct kith_package *related[3];
	const struct kith_app_todo_member *m;
	size_t n, i;

	m = kith_app_todo_suits(t, x, related, &n);
	if (!m)
		return;
	kith_json_put_key(w, "suits");
	kith_json_open_object(w);
	json_id(w, "id", &m->id);
	kith_json_put_key(w, "reviewed");
	kith_json_open_array(w);
	for (i = 0; i < n; i++)
		kith_json_put_string(w, related[i]->name);
	kith_json_close_array(w);
	kith_json_close_object(w);
}

static void
json_item(const struct kith_app_todo *t, const struct kith_app_todo_item *x,
	  struct kith_json_writer *w)
{
	const struct kith_app_todo_facts *f = &x->facts;

	kith_json_open_object(w);
	json_package(w, x->row->package);
	json_reason(t, w, x->row);
	kith_json_member_integer(w, "score", (int64_t)x->score);
	kith_json_member_integer(w, "needed_by", (int64_t)x->needed_by);
	kith_json_member_boolean(w, "dev_only", x->dev_only);
	kith_json_member_integer(w, "independent", x->row->verdict.independent);
	kith_json_member_integer(w, "required", x->row->verdict.requirement.independent);
	if (f->known) {
		kith_json_member_boolean(w, "build_script", f->build_script);
		kith_json_member_boolean(w, "proc_macro", f->proc_macro);
		kith_json_member_integer(w, "unsafe", (int64_t)f->unsafes);
		kith_json_member_integer(w, "lines", (int64_t)f->lines);
	}
	if (x->base.len)
		kith_json_member_string(w, "base", x->base);
	if (x->base_known)
		kith_json_member_integer(w, "diff_lines", (int64_t)x->diff_lines);
	json_suits(t, x, w);
	kith_json_close_object(w);
}

static void
json_people(const struct kith_app_todo *t, struct kith_json_writer *w)
{
	size_t i, k;

	kith_json_put_key(w, "people");
	kith_json_open_array(w);
	for (i = 0; i < t->n_people; i++) {
		const struct kith_app_todo_person *x = &t->people[i];

		kith_json_open_object(w);
		if (x->party.is_id)
			json_id(w, "id", &x->party.id);
		else
			kith_json_member_string(w, "source", x->party.name);
		kith_json_member_str(w, "level", kith_level_name(x->level));
		kith_json_member_integer(w, "packages", (int64_t)x->packages);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
	kith_json_put_key(w, "team");
	kith_json_open_array(w);
	for (i = 0; i < t->n_team; i++) {
		kith_json_open_object(w);
		json_id(w, "id", &t->team[i].id);
		kith_json_put_key(w, "reviewed");
		kith_json_open_array(w);
		for (k = 0; k < t->team[i].n; k++)
			kith_json_put_string(w, t->team[i].reviewed[k]->name);
		kith_json_close_array(w);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

void
kith_app_todo_put_json(const struct kith_app_todo *t, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.todo/1");
	kith_json_member_integer(&w, "packages", (int64_t)t->run->report.n_rows);
	kith_json_member_integer(&w, "to_decide", (int64_t)t->n_decide);
	kith_json_member_integer(&w, "to_review", (int64_t)t->n_items);
	if (t->options->people) {
		json_people(t, &w);
		kith_json_close_object(&w);
		kith_buf_put_char(out, '\n');
		return;
	}
	kith_json_put_key(&w, "decide");
	kith_json_open_array(&w);
	for (i = 0; i < t->n_decide; i++) {
		kith_json_open_object(&w);
		json_package(&w, t->decide[i]->package);
		json_reason(t, &w, t->decide[i]);
		kith_json_close_object(&w);
	}
	kith_json_close_array(&w);
	kith_json_put_key(&w, "review");
	kith_json_open_array(&w);
	for (i = 0; i < t->n_shown; i++)
		json_item(t, &t->items[i], &w);
	kith_json_close_array(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}
