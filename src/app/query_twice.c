/* SPDX-License-Identifier: Apache-2.0 */
/* kith query equivocations: both texts, as their author signed them. */
#include "app/query.h"
#include "app/twice.h"
#include "codec/base64.h"

#define TWICE_ARENA KITH_MIB(512)

/* Strangers wrote it: every line is marked as such and escaped. */
static void
put_text(struct kith_buf *out, struct kith_span text, size_t cut)
{
	struct kith_span line;

	while (kith_span_next(&text, '\n', &line)) {
		if (!line.len && !text.len)
			break;
		kith_buf_put_str(out, "      | ");
		kith_text_safe(out, line, cut);
		kith_buf_put_char(out, '\n');
	}
}

static void
put_said(struct kith_buf *out, const struct kith_app_said *x, size_t cut)
{
	char digest[KITH_ID_TEXT + 1];

	kith_base64_id(digest, x->proof.digest.bytes);
	kith_buf_printf(out, "  %s", digest);
	if (x->proof.seen) {
		kith_buf_put_str(out, ", first seen ");
		kith_time_put_date(out, (struct kith_time){x->proof.seen, 0});
	}
	kith_buf_put_str(out, x->proof.gone ? ", gone" : x->proof.withdrawn ? ", withdrawn" : "");
	kith_buf_put_str(out, ", ");
	kith_text_safe(out, x->place.source, 0);
	kith_buf_put_char(out, ':');
	kith_text_safe(out, x->place.path, 0);
	if (x->place.line)
		kith_buf_printf(out, ":%u", x->place.line);
	kith_buf_put_char(out, '\n');
	if (x->text.len)
		put_text(out, x->text, cut);
	else
		kith_buf_put_str(out, "      its text is not kept\n");
}

static void
put_group(struct kith_app_list *l, const struct kith_app_twice *t)
{
	size_t i, cut = l->width > 20 ? (size_t)l->width - 8 : 0;
	char id[KITH_ID_TEXT + 1];

	l->rows++;
	kith_time_put_date(l->out, t->date);
	kith_base64_id(id, t->author.bytes);
	kith_buf_printf(l->out, "  %s  ", id);
	kith_app_twice_put_subject(t, l->out);
	kith_buf_put_char(l->out, '\n');
	for (i = 0; i < t->n_said; i++)
		put_said(l->out, t->said[i], cut);
}

static void
put_json_said(struct kith_app_list *l, const struct kith_app_said *x)
{
	struct kith_json_writer *w = &l->json;

	kith_json_open_object(w);
	kith_app_list_digest(l, "proof", &x->proof.digest);
	if (x->proof.seen)
		kith_app_list_date(l, "first_seen", (struct kith_time){x->proof.seen, 0});
	kith_app_list_flag(l, "withdrawn", x->proof.withdrawn);
	kith_app_list_flag(l, "gone", x->proof.gone);
	kith_app_list_place(l, &x->place);
	kith_json_member_string(w, "text", x->text);
	kith_json_close_object(w);
}

static void
put_json_group(struct kith_app_list *l, const struct kith_app_twice *t)
{
	size_t i;

	kith_app_list_row(l);
	kith_app_list_date(l, "date", t->date);
	kith_app_list_id(l, "author", &t->author);
	kith_app_list_str(l, "kind", t->kind == KITH_PROOF_REVIEW ? "review" : "trust", 0);
	if (t->kind == KITH_PROOF_REVIEW) {
		kith_app_list_text(l, "registry", t->registry, 0);
		kith_app_list_text(l, "package", t->name, 0);
		kith_app_list_text(l, "version", t->version, 0);
	} else {
		kith_app_list_id(l, "about", &t->about);
		kith_app_list_text(l, "scope", t->scope, 0);
	}
	kith_json_put_key(&l->json, "statements");
	kith_json_open_array(&l->json);
	for (i = 0; i < t->n_said; i++)
		put_json_said(l, t->said[i]);
	kith_json_close_array(&l->json);
	kith_app_list_end_row(l);
}

int
kith_app_query_twice(struct kith_session *s, const struct kith_index *ix,
		     const struct kith_id *author, struct kith_span name, struct kith_span version,
		     struct kith_app_list *l, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_app_twice *list;
	size_t i, n;
	int r;

	kith_arena_init(&arena, TWICE_ARENA);
	r = kith_app_twice_find(s, ix, INT64_MIN, author, &arena, &list, &n, err);
	for (i = 0; !r && i < n; i++) {
		if ((name.len && !kith_span_eq(name, list[i].name)) ||
		    (version.len && !kith_span_eq(version, list[i].version)))
			continue;
		if (l->is_json)
			put_json_group(l, &list[i]);
		else
			put_group(l, &list[i]);
	}
	return r;
}
