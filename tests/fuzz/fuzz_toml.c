/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was read is written in one plain form (quoted keys, inline tables), and must read the same
 * again: that finds values taken for others, keys lost and tables merged that must not be.
 */
#include "codec/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
put_string(struct kith_buf *out, struct kith_span s)
{
	size_t i;

	must(kith_utf8_valid(s));
	kith_buf_put_str(out, "\"");
	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] < 0x20 || s.ptr[i] == 0x7f || s.ptr[i] == '"' || s.ptr[i] == '\\')
			kith_buf_printf(out, "\\u%04X", s.ptr[i]);
		else
			kith_buf_put(out, s.ptr + i, 1);
	}
	kith_buf_put_str(out, "\"");
}

static void
put_time(struct kith_buf *out, const struct kith_toml *v)
{
	const struct kith_toml_time *t = &v->u.time;
	int offset = t->offset < 0 ? -t->offset : t->offset;

	if (v->type != KITH_TOML_LOCAL_TIME)
		kith_buf_printf(out, "%04u-%02u-%02u", t->year, t->month, t->day);
	if (v->type == KITH_TOML_LOCAL_DATETIME || v->type == KITH_TOML_OFFSET_DATETIME)
		kith_buf_put_str(out, " ");
	if (v->type != KITH_TOML_LOCAL_DATE)
		kith_buf_printf(out, "%02u:%02u:%02u.%09u", t->hour, t->minute, t->second,
				(unsigned)t->nsec);
	if (v->type == KITH_TOML_OFFSET_DATETIME)
		kith_buf_printf(out, "%c%02d:%02d", t->offset < 0 ? '-' : '+', offset / 60,
				offset % 60);
}

static void
put_float(struct kith_buf *out, double d)
{
	KITH_AUTO_FREE char *text = kith_asprintf("%.17g", d);

	must(text != NULL);
	if (strstr(text, "nan"))
		kith_buf_put_str(out, "nan");
	else if (strchr(text, '.') || strchr(text, 'e') || strchr(text, 'n'))
		kith_buf_put_str(out, text);
	else
		kith_buf_printf(out, "%s.0", text);
}

static void put_children(struct kith_buf *out, const struct kith_toml *v, unsigned depth);

static void
put_value(struct kith_buf *out, const struct kith_toml *v, unsigned depth)
{
	must(depth <= KITH_MAX_TOML_DEPTH);
	switch (v->type) {
	case KITH_TOML_STRING:
		put_string(out, v->u.string);
		break;
	case KITH_TOML_INTEGER:
		kith_buf_printf(out, "%lld", (long long)v->u.integer);
		break;
	case KITH_TOML_FLOAT:
		put_float(out, v->u.real);
		break;
	case KITH_TOML_BOOLEAN:
		kith_buf_put_str(out, v->u.boolean ? "true" : "false");
		break;
	case KITH_TOML_ARRAY:
	case KITH_TOML_TABLE:
		put_children(out, v, depth);
		break;
	default:
		put_time(out, v);
		break;
	}
}

static void
put_children(struct kith_buf *out, const struct kith_toml *v, unsigned depth)
{
	bool table = v->type == KITH_TOML_TABLE, root = depth == 0;
	const struct kith_toml *c;
	size_t n = 0;

	kith_buf_put_str(out, root ? "" : table ? "{" : "[");
	for (c = v->first; c; c = c->next, n++) {
		must(c->line > 0 && c->column > 0);
		if (n)
			kith_buf_put_str(out, root ? "\n" : ",");
		if (table) {
			put_string(out, c->key);
			kith_buf_put_str(out, "=");
		} else {
			must(c->key.len == 0);
		}
		put_value(out, c, depth + 1);
	}
	kith_buf_put_str(out, root ? "\n" : table ? "}" : "]");
	must(n == v->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	KITH_AUTO_TOML struct kith_toml_doc *again = NULL;
	KITH_AUTO_BUF struct kith_buf one;
	KITH_AUTO_BUF struct kith_buf two;
	struct kith_error err;

	kith_buf_init(&one, KITH_MIB(32));
	kith_buf_init(&two, KITH_MIB(32));
	if (kith_toml_parse(kith_span(data, size), &doc, &err)) {
		must(!doc && kith_span_starts(kith_span_str(err.msg), KITH_SPAN_LIT("line ")));
		return 0;
	}
	put_children(&one, kith_toml_root(doc), 0);
	/* reading it again also proves that no key stands twice in a table */
	must(kith_toml_parse(kith_buf_span(&one), &again, &err) == KITH_OK);
	put_children(&two, kith_toml_root(again), 0);
	must(kith_span_eq(kith_buf_span(&one), kith_buf_span(&two)));
	return 0;
}
