/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of lists: columns for people, objects for programs. */
#include "app/query.h"
#include "codec/base64.h"

void
kith_app_list_begin(struct kith_app_list *l, struct kith_buf *out, const char *what,
		    enum kith_format format, int width)
{
	memset(l, 0, sizeof(*l));
	l->out = out;
	l->is_json = format == KITH_FORMAT_JSON;
	l->width = width;
	if (!l->is_json)
		return;
	kith_json_begin(&l->json, out, true);
	kith_json_open_object(&l->json);
	kith_json_member_str(&l->json, "schema", "kith.query/1");
	kith_json_member_str(&l->json, "what", what);
	kith_json_put_key(&l->json, "rows");
	kith_json_open_array(&l->json);
}

void
kith_app_list_end(struct kith_app_list *l)
{
	if (!l->is_json)
		return;
	kith_json_close_array(&l->json);
	kith_json_close_object(&l->json);
	kith_buf_put_char(l->out, '\n');
}

void
kith_app_list_row(struct kith_app_list *l)
{
	l->rows++;
	l->fields = 0;
	l->used = 0;
	if (l->is_json)
		kith_json_open_object(&l->json);
}

void
kith_app_list_end_row(struct kith_app_list *l)
{
	if (l->is_json) {
		kith_json_close_object(&l->json);
		return;
	}
	while (l->out->len && l->out->ptr[l->out->len - 1] == ' ')
		l->out->ptr[--l->out->len] = '\0';
	kith_buf_put_char(l->out, '\n');
}

void
kith_app_list_text(struct kith_app_list *l, const char *key, struct kith_span s, size_t columns)
{
	size_t n, cut = 0;

	if (l->is_json) {
		if (s.len)
			kith_json_member_string(&l->json, key, s);
		return;
	}
	if (l->fields++) {
		kith_buf_put_str(l->out, "  ");
		l->used += 2;
	}
	if (!columns && l->width > 0)
		cut = (size_t)l->width > l->used + 10 ? (size_t)l->width - l->used : 10;
	if (!s.len && columns)
		s = KITH_SPAN_LIT("-");
	n = kith_text_safe(l->out, s, cut);
	if (n < columns)
		kith_buf_put_fill(l->out, ' ', columns - n);
	l->used += n < columns ? columns : n;
}

void
kith_app_list_str(struct kith_app_list *l, const char *key, const char *s, size_t columns)
{
	kith_app_list_text(l, key, kith_span_str(s), columns);
}

void
kith_app_list_number(struct kith_app_list *l, const char *key, uint64_t n, size_t columns)
{
	char text[24];

	if (l->is_json) {
		kith_json_member_integer(&l->json, key, (int64_t)n);
		return;
	}
	snprintf(text, sizeof(text), "%*llu", (int)columns, (unsigned long long)n);
	kith_app_list_str(l, key, text, columns);
}

void
kith_app_list_id(struct kith_app_list *l, const char *key, const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	kith_app_list_str(l, key, text, KITH_ID_TEXT);
}

void
kith_app_list_digest(struct kith_app_list *l, const char *key, const struct kith_digest *digest)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, digest->bytes);
	kith_app_list_str(l, key, text, KITH_ID_TEXT);
}

void
kith_app_list_date(struct kith_app_list *l, const char *key, struct kith_time t)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 64);
	if (l->is_json)
		kith_time_put_rfc3339(&b, t);
	else
		kith_time_put_date(&b, t);
	kith_app_list_text(l, key, kith_buf_carry(l->out, &b), 10);
}

void
kith_app_list_place(struct kith_app_list *l, const struct kith_place *p)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(16));
	if (l->is_json) {
		kith_json_member_string(&l->json, "source", p->source);
		kith_json_member_string(&l->json, "commit", p->commit);
		kith_json_member_string(&l->json, "path", p->path);
		kith_json_member_integer(&l->json, "line", p->line);
		return;
	}
	kith_buf_put_span(&b, p->source);
	kith_buf_put_char(&b, ':');
	kith_buf_put_span(&b, p->path);
	if (p->line)
		kith_buf_printf(&b, ":%u", p->line);
	kith_app_list_text(l, "place", kith_buf_carry(l->out, &b), 0);
}

void
kith_app_list_flag(struct kith_app_list *l, const char *key, bool v)
{
	if (l->is_json)
		kith_json_member_boolean(&l->json, key, v);
}
