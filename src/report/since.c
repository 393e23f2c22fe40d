/* SPDX-License-Identifier: Apache-2.0 */
/* What a change brings, in words and as JSON. Decides nothing. */
#include "codec/json.h"
#include "report/report.h"

const char *
kith_change_name(enum kith_change_kind kind)
{
	static const char *const names[KITH_CHANGE_COUNT] = {
	    "added", "removed", "upgraded", "downgraded", "source", "checksum", "content"};

	return (size_t)kind < KITH_CHANGE_COUNT ? names[kind] : "";
}

void
kith_report_version(const struct kith_report_row *row, struct kith_buf *out)
{
	const struct kith_report_change *c = row->change;

	if (c && c->before && !kith_span_eq(c->before->version, row->package->version)) {
		kith_text_safe(out, c->before->version, 0);
		kith_buf_put_str(out, " → ");
	}
	kith_text_safe(out, row->package->version, 0);
}

void
kith_report_since_line(const struct kith_report_since *s, struct kith_buf *out)
{
	static const char *const words[KITH_CHANGE_COUNT] = {"added",
							     "removed",
							     "upgraded",
							     "downgraded",
							     "from another source",
							     "with another checksum",
							     "changed in the tree"};
	size_t i, n = 0;

	if (s->compares) {
		kith_buf_put_str(out, "since ");
		kith_text_safe(out, kith_span_str(s->given), 80);
		if (s->commit[0])
			kith_buf_printf(out, " (%.12s, parted at %.12s)", s->commit, s->base);
		kith_buf_put_str(out, ": ");
		for (i = 0; i < KITH_CHANGE_COUNT; i++)
			if (s->counts[i])
				kith_buf_printf(out, "%s%zu %s", n++ ? ", " : "", s->counts[i],
						words[i]);
		kith_buf_printf(out, "%s%zu as before", n ? "; " : "no package is new; ",
				s->unchanged);
		if (s->unchanged_failing)
			kith_buf_printf(out, " (%zu of them do%s not pass either)",
					s->unchanged_failing,
					s->unchanged_failing == 1 ? "es" : "");
	}
	if (s->policy[0])
		kith_buf_printf(out, "%spolicy of %.12s", s->compares ? "; " : "", s->policy);
}

void
kith_report_since_table(const struct kith_report *r, const struct kith_report_options *o,
			struct kith_buf *out)
{
	const struct kith_report_since *s = r->since;
	size_t i;

	(void)o;
	if (!s)
		return;
	for (i = 0; i < s->n_changes; i++) {
		if (s->changes[i].kind != KITH_CHANGE_REMOVED)
			continue;
		kith_buf_put_str(out, "  removed       ");
		kith_text_safe(out, s->changes[i].package->name, 60);
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, s->changes[i].package->version, 40);
		kith_buf_put_char(out, '\n');
	}
	for (i = 0; i < s->n_steps; i++) {
		kith_buf_printf(out, "%s  ", i ? "" : "to review, the smallest step of each:\n");
		kith_text_safe(out, kith_span_str(s->steps[i].command), 0);
		kith_buf_put_str(out, "  ");
		kith_text_safe(out, kith_span_str(s->steps[i].text), 0);
		kith_buf_put_char(out, '\n');
	}
	if (s->steps_more)
		kith_buf_printf(out, "  … and %zu more: kith todo\n", s->steps_more);
	kith_report_since_line(s, out);
	kith_buf_put_char(out, '\n');
}

/* --- JSON --- */

void
kith_report_change_json(const struct kith_report_change *c, struct kith_json_writer *w)
{
	kith_json_put_key(w, "change");
	kith_json_open_object(w);
	kith_json_member_str(w, "kind", kith_change_name(c->kind));
	if (c->before) {
		kith_json_member_string(w, "version", c->before->version);
		kith_json_member_string(w, "source", c->before->source);
		kith_json_member_string(w, "checksum", c->before->checksum);
	}
	kith_json_close_object(w);
}

static void
put_removed(const struct kith_report_since *s, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "removed");
	kith_json_open_array(w);
	for (i = 0; i < s->n_changes; i++) {
		if (s->changes[i].kind != KITH_CHANGE_REMOVED)
			continue;
		kith_json_open_object(w);
		kith_json_member_string(w, "name", s->changes[i].package->name);
		kith_json_member_string(w, "version", s->changes[i].package->version);
		kith_json_member_string(w, "source", s->changes[i].package->source);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
put_steps(const struct kith_report_since *s, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "to_review");
	kith_json_open_array(w);
	for (i = 0; i < s->n_steps; i++) {
		const struct kith_report_step *x = &s->steps[i];

		kith_json_open_object(w);
		kith_json_member_string(w, "name", x->row->package->name);
		kith_json_member_string(w, "version", x->row->package->version);
		if (x->base.len)
			kith_json_member_string(w, "difference_to", x->base);
		if (x->lines_known)
			kith_json_member_integer(w, "lines", (int64_t)x->lines);
		kith_json_member_str(w, "step", x->text);
		kith_json_member_str(w, "command", x->command);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

void
kith_report_since_json(const struct kith_report *r, struct kith_json_writer *w)
{
	const struct kith_report_since *s = r->since;
	size_t i;

	if (!s)
		return;
	kith_json_put_key(w, "since");
	kith_json_open_object(w);
	if (s->policy[0])
		kith_json_member_str(w, "policy_commit", s->policy);
	if (s->compares) {
		kith_json_member_str(w, "given", s->given);
		if (s->commit[0]) {
			kith_json_member_str(w, "commit", s->commit);
			kith_json_member_str(w, "base", s->base);
		}
		for (i = 0; i < KITH_CHANGE_COUNT; i++)
			if (i != KITH_CHANGE_REMOVED)
				kith_json_member_integer(w,
							 kith_change_name((enum kith_change_kind)i),
							 (int64_t)s->counts[i]);
		kith_json_member_integer(w, "unchanged", (int64_t)s->unchanged);
		kith_json_member_integer(w, "unchanged_failing", (int64_t)s->unchanged_failing);
		put_removed(s, w);
		put_steps(s, w);
	}
	kith_json_close_object(w);
}
