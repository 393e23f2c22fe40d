/* SPDX-License-Identifier: Apache-2.0 */
/* The lines about one claim: versions, where it stands, whose words it has. */
#include "app/explain.h"

#define COMMENT_COLUMNS 70

/* Line ends become blanks: a comment is quoted, not laid out. */
static void
put_on_one_line(struct kith_span text, struct kith_buf *out)
{
	char line[COMMENT_COLUMNS * 4];
	size_t i, n = 0;

	text = kith_span_trim(text);
	for (i = 0; i < text.len && n < sizeof(line); i++) {
		char c = (char)text.ptr[i];

		if (c == '\n' || c == '\t' || c == '\r')
			c = ' ';
		if (c != ' ' || !n || line[n - 1] != ' ')
			line[n++] = c;
	}
	kith_text_safe(out, kith_span(line, n), COMMENT_COLUMNS);
}

void
kith_app_put_places(const struct kith_claim *c, struct kith_buf *out)
{
	const struct kith_place *p = c->places;

	kith_buf_put_str(out, "              ");
	if (c->is_signed || c->date.sec) { /* sets do not say when they audited */
		kith_time_put_date(out, c->date);
		kith_buf_put_str(out, ", ");
	}
	kith_buf_put_str(out, c->is_signed ? "signed" : "unsigned");
	if (c->who.len) {
		kith_buf_put_str(out, ", by “");
		put_on_one_line(c->who, out);
		kith_buf_put_str(out, "”");
	}
	if (c->has_origin_id || c->origin.len) {
		kith_buf_put_str(out, ", taken over from ");
		kith_text_safe(out, c->origin, COMMENT_COLUMNS);
	}
	if (c->has_seen) {
		kith_buf_put_str(out, ", first seen here ");
		kith_time_put_date(out, c->seen);
	}
	if (c->n_places) {
		kith_buf_put_str(out, ", ");
		kith_text_safe(out, p->source, 0);
		if (p->commit.len) {
			kith_buf_put_char(out, ' ');
			kith_text_safe(out, kith_span_sub(p->commit, 0, 12), 0);
		}
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, p->path, 0);
		if (p->line)
			kith_buf_printf(out, ":%u", p->line);
		if (c->n_places > 1)
			kith_buf_printf(out, " and %zu more place%s", c->n_places - 1,
					c->n_places == 2 ? "" : "s");
	}
	kith_buf_put_char(out, '\n');
}

void
kith_app_put_words(const struct kith_claim *c, struct kith_buf *out)
{
	if (!c->comment.len)
		return;
	kith_buf_put_str(out, "              they write: “");
	put_on_one_line(c->comment, out);
	kith_buf_put_str(out, "”\n");
}

void
kith_app_put_versions(const struct kith_claim *c, struct kith_buf *out)
{
	if (c->has_base) {
		kith_text_safe(out, c->base_version, 40);
		kith_buf_put_str(out, " → ");
	}
	kith_text_safe(out, c->version, 40);
	if (c->version.len)
		kith_buf_put_str(out, ": ");
}
