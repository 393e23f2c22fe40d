/* SPDX-License-Identifier: Apache-2.0 */
/*
 * toml-test FOLDER: the files that FOLDER/tests/files-toml-1.0.0 lists (or every file below FOLDER,
 * where there is no list). Below valid/: must be read, with the values of the .json beside it,
 * {"type": …, "value": "…"} each. Below invalid/: must be refused.
 */
#include <math.h>

#include "cases/cases.h"
#include "codec/json.h"
#include "codec/toml.h"

static void
put_time(struct kith_buf *b, const struct kith_toml *v)
{
	const struct kith_toml_time *t = &v->u.time;
	char fraction[16];
	size_t n;

	if (v->type != KITH_TOML_LOCAL_TIME)
		kith_buf_printf(b, "%04u-%02u-%02u", t->year, t->month, t->day);
	if (v->type == KITH_TOML_LOCAL_DATE)
		return;
	if (v->type != KITH_TOML_LOCAL_TIME)
		kith_buf_put_str(b, "T");
	kith_buf_printf(b, "%02u:%02u:%02u", t->hour, t->minute, t->second);
	if (t->nsec) {
		snprintf(fraction, sizeof(fraction), ".%09u", (unsigned)t->nsec);
		for (n = strlen(fraction); fraction[n - 1] == '0'; n--)
			fraction[n - 1] = '\0';
		kith_buf_put_str(b, fraction);
	}
	if (v->type != KITH_TOML_OFFSET_DATETIME)
		return;
	if (t->offset)
		kith_buf_printf(b, "%c%02d:%02d", t->offset < 0 ? '-' : '+', abs(t->offset) / 60,
				abs(t->offset) % 60);
	else
		kith_buf_put_str(b, "Z");
}

/* The same moment may be spelled in several ways: 'T', 'Z', no zeros at the end of a fraction. */
static void
put_normal_time(struct kith_buf *b, struct kith_span s)
{
	size_t dot = kith_span_find(s, 0, '.'), i, last = dot;

	for (i = dot + 1; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
		if (s.ptr[i] != '0')
			last = i + 1;
	kith_buf_put_span(b, kith_span_sub(s, 0, last));
	if (dot < s.len)
		kith_buf_put_span(b, kith_span_sub(s, i, SIZE_MAX));
	for (i = 0; i < b->len; i++)
		b->ptr[i] = (uint8_t)(b->ptr[i] == ' ' || b->ptr[i] == 't' ? 'T'
				      : b->ptr[i] == 'z'                   ? 'Z'
									   : b->ptr[i]);
}

static bool
same_float(double d, struct kith_span want)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*s", KITH_SPAN_FMT(want));
	return isnan(d) ? strstr(text, "nan") != NULL : d == strtod(text, NULL);
}

/* U+0000 cannot pass our JSON reader: in the text of the JSON it is a private character. */
#define NUL_STANDS_AS "\xef\xa3\xbe" /* U+F8FE */

static bool
same_string(struct kith_span s, struct kith_span want)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_MIB(1));
	for (i = 0; i < s.len; i++) {
		if (s.ptr[i])
			kith_buf_put(&b, s.ptr + i, 1);
		else
			kith_buf_put_str(&b, NUL_STANDS_AS);
	}
	return kith_span_eq(kith_buf_span(&b), want);
}

static void
replace_nul(struct kith_span json, struct kith_buf *out)
{
	size_t i;

	for (i = 0; i < json.len; i++) {
		if (json.ptr[i] != '\\') {
			kith_buf_put(out, json.ptr + i, 1);
		} else if (kith_span_starts(kith_span_sub(json, i, SIZE_MAX),
					    KITH_SPAN_LIT("\\u0000"))) {
			kith_buf_put_str(out, NUL_STANDS_AS);
			i += 5;
		} else {
			kith_buf_put_span(out, kith_span_sub(json, i++, 2));
		}
	}
}

static const char *
tag_of(const struct kith_toml *v)
{
	static const char *const tags[] = {"string",     "integer",   "float",
					   "bool",       "datetime",  "datetime-local",
					   "date-local", "time-local"};

	return v->type < sizeof(tags) / sizeof(tags[0]) ? tags[v->type] : NULL;
}

static bool
same_scalar(const struct kith_toml *v, const struct kith_json *want)
{
	KITH_AUTO_BUF struct kith_buf mine;
	KITH_AUTO_BUF struct kith_buf theirs;
	struct kith_span type, value;

	kith_buf_init(&mine, 256);
	kith_buf_init(&theirs, 256);
	if (!kith_json_get_string(want, "type", &type) ||
	    !kith_json_get_string(want, "value", &value) || !kith_span_is(type, tag_of(v)))
		return false;
	switch (v->type) {
	case KITH_TOML_STRING:
		return same_string(v->u.string, value);
	case KITH_TOML_FLOAT:
		return same_float(v->u.real, value);
	case KITH_TOML_INTEGER:
		kith_buf_printf(&mine, "%lld", (long long)v->u.integer);
		return kith_span_eq(kith_buf_span(&mine), value);
	case KITH_TOML_BOOLEAN:
		return kith_span_is(value, v->u.boolean ? "true" : "false");
	default:
		put_time(&mine, v);
		put_normal_time(&theirs, value);
		return kith_span_eq(kith_buf_span(&mine), kith_buf_span(&theirs));
	}
}

static const struct kith_json *
member(const struct kith_json *object, struct kith_span key)
{
	const struct kith_json *c;

	for (c = kith_json_first(object); c; c = kith_json_next(c))
		if (same_string(key, kith_json_key(c)))
			return c;
	return NULL;
}

/* NULL, or the first value that differs. */
static const struct kith_toml *
difference(const struct kith_toml *v, const struct kith_json *want)
{
	const struct kith_json *w = kith_json_first(want);
	const struct kith_toml *c, *d;
	bool table = v->type == KITH_TOML_TABLE;

	if (tag_of(v))
		return same_scalar(v, want) ? NULL : v;
	if (kith_json_type(want) != (table ? KITH_JSON_OBJECT : KITH_JSON_ARRAY) ||
	    kith_json_count(want) != v->count)
		return v;
	for (c = v->first; c; c = c->next) {
		d = !table || (w = member(want, c->key)) ? difference(c, w) : c;
		if (d)
			return d;
		w = kith_json_next(w);
	}
	return NULL;
}

static void
judge_valid(struct cases_tally *t, const char *name, const struct kith_toml_doc *doc,
	    const char *json_path)
{
	KITH_AUTO_JSON struct kith_json_doc *json = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	const struct kith_toml *d;
	struct kith_error err;

	kith_buf_init(&text, KITH_MIB(1));
	replace_nul(cases_read(json_path), &text);
	if (kith_json_parse(kith_buf_span(&text), &json, &err)) {
		cases_result(t, false, name, "%s: %s", json_path, err.msg);
		return;
	}
	d = difference(kith_toml_root(doc), kith_json_root(json));
	if (d)
		cases_result(t, false, name, "line %u: another %s under '%.*s'", (unsigned)d->line,
			     kith_toml_type_name((enum kith_toml_type)d->type),
			     KITH_SPAN_FMT(d->key));
	else
		cases_result(t, true, name, "%s", "");
}

static void
judge(struct cases_tally *t, const char *folder, const char *name)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	KITH_AUTO_FREE char *path = kith_fs_join(folder, name);
	KITH_AUTO_FREE char *json =
	    path ? kith_asprintf("%.*s.json", (int)strlen(path) - 5, path) : NULL;
	bool valid = strncmp(name, "valid/", 6) == 0;
	struct kith_error err;
	int r;

	if (!json)
		return;
	r = kith_toml_parse(cases_read(path), &doc, &err);
	if (!valid)
		cases_result(t, r == KITH_E_FORMAT || r == KITH_E_LIMIT, name, "accepted");
	else if (r)
		cases_result(t, false, name, "refused: %s", err.msg);
	else
		judge_valid(t, name, doc, json);
}

static void
judge_below(struct cases_tally *t, const char *folder, const char *part)
{
	KITH_AUTO_FREE char *path = kith_fs_join(folder, part);
	struct kith_fs_names names;
	struct kith_error err;
	size_t i;

	if (!path || kith_fs_list(path, &names, &err))
		return;
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *name = kith_fs_join(part, names.names[i]);

		if (name && kith_span_ends(kith_span_str(name), KITH_SPAN_LIT(".toml")))
			judge(t, folder, name);
	}
	kith_fs_names_free(&names);
}

int
cases_toml_test(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	struct kith_span rest, line;

	if (argc != 1) {
		fputs("usage: toml-test FOLDER\n", stderr);
		return 2;
	}
	KITH_AUTO_FREE char *tests = kith_fs_join(argv[0], "tests");
	KITH_AUTO_FREE char *list = kith_fs_join(argv[0], "tests/files-toml-1.0.0");

	if (list && kith_fs_exists(list)) {
		rest = cases_read(list);
		while (kith_span_next(&rest, '\n', &line)) {
			KITH_AUTO_FREE char *name = kith_strndup(line.ptr, line.len);

			if (name && tests && kith_span_ends(line, KITH_SPAN_LIT(".toml")))
				judge(&t, tests, name);
		}
	} else {
		judge_below(&t, argv[0], "valid");
		judge_below(&t, argv[0], "invalid");
	}
	return cases_end(&t);
}
