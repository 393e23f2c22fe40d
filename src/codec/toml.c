/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOML 1.0.0 in a single pass: lines, headers, and what a header may add to. Never guesses: a file
 * that the specification calls invalid is refused with its place.
 */
#include "codec/toml_reader.h"

_Static_assert(sizeof(struct kith_toml) <= 64, "a value is one cache line");

struct kith_toml_doc {
	struct kith_arena arena;
	struct kith_toml root;
};

/* Where a header leads to. */
struct place {
	struct kith_toml *table;
	unsigned depth;
};

/* One part of a header before its last: the table it names is entered, made if it is not there. */
static int
enter(struct kith_toml_reader *r, struct place *at, const struct kith_toml *key)
{
	struct kith_toml *v = kith_toml_find(r, at->table, key->key);
	int rc;

	at->depth++;
	if (!v) {
		rc = kith_toml_add(r, at->table, key, KITH_TOML_TABLE, &v);
		if (rc)
			return rc;
	} else if (v->type == KITH_TOML_ARRAY && (v->flags & KITH_TOML_TABLES)) {
		at->depth++;
		v = v->u.last;
	} else if (v->type != KITH_TOML_TABLE || (v->flags & KITH_TOML_CLOSED)) {
		return kith_toml_refuse_key(r, key, "is no table that a header may add to");
	}
	at->table = v;
	return KITH_OK;
}

/* The last part of [header]. */
static int
define_table(struct kith_toml_reader *r, struct place *at, const struct kith_toml *key)
{
	const unsigned taken = KITH_TOML_DEFINED | KITH_TOML_DOTTED | KITH_TOML_CLOSED;
	struct kith_toml *v = kith_toml_find(r, at->table, key->key);
	int rc;

	if (!v) {
		rc = kith_toml_add(r, at->table, key, KITH_TOML_TABLE, &v);
		if (rc)
			return rc;
	} else if (v->type != KITH_TOML_TABLE || (v->flags & taken)) {
		return kith_toml_refuse_key(r, key, "is defined twice");
	}
	v->flags |= KITH_TOML_DEFINED;
	v->line = key->line;
	v->column = key->column;
	*at = (struct place){v, at->depth + 1};
	return KITH_OK;
}

/* The last part of [[header]]. */
static int
define_element(struct kith_toml_reader *r, struct place *at, const struct kith_toml *key)
{
	struct kith_toml *array = kith_toml_find(r, at->table, key->key), element, *v;
	int rc;

	if (!array) {
		rc = kith_toml_add(r, at->table, key, KITH_TOML_ARRAY, &array);
		if (rc)
			return rc;
		array->flags = KITH_TOML_TABLES;
	} else if (array->type != KITH_TOML_ARRAY || !(array->flags & KITH_TOML_TABLES)) {
		return kith_toml_refuse_key(r, key, "is no array of tables");
	}
	element = *key;
	element.key = KITH_SPAN_NONE;
	rc = kith_toml_add(r, array, &element, KITH_TOML_TABLE, &v);
	if (rc)
		return rc;
	v->flags = KITH_TOML_DEFINED;
	*at = (struct place){v, at->depth + 2};
	return KITH_OK;
}

static int
read_header(struct kith_toml_reader *r, struct place *at)
{
	bool element = r->end - r->p > 1 && r->p[1] == '[';
	struct kith_toml key;
	size_t i;
	int rc;

	memset(&key, 0, sizeof(key));
	r->p += element ? 2 : 1;
	for (;;) {
		kith_toml_blanks(r);
		rc = kith_toml_key(r, &key);
		if (rc)
			return rc;
		kith_toml_blanks(r);
		if (at->depth + 2 > KITH_MAX_TOML_DEPTH)
			return kith_toml_refuse_limit(r, "nested too deeply");
		if (kith_toml_peek(r) != '.')
			break;
		rc = enter(r, at, &key);
		if (rc)
			return rc;
		r->p++;
	}
	for (i = 0; i < (element ? 2 : 1); i++, r->p++)
		if (kith_toml_peek(r) != ']')
			return kith_toml_refuse(r, NULL, "']' is expected");
	return element ? define_element(r, at, &key) : define_table(r, at, &key);
}

static int
read_lines(struct kith_toml_reader *r, struct kith_toml *root)
{
	struct place at = {root, 0};
	int rc = KITH_OK;

	while (!rc && r->p < r->end) {
		kith_toml_blanks(r);
		switch (kith_toml_peek(r)) {
		case '#':
		case '\n':
		case '\r':
			break;
		case '[':
			at = (struct place){root, 0};
			rc = read_header(r, &at);
			break;
		default:
			rc = r->p == r->end ? KITH_OK : kith_toml_pair(r, at.table, at.depth);
			break;
		}
		if (!rc)
			rc = kith_toml_end_of_line(r);
	}
	return rc;
}

int
kith_toml_parse(struct kith_span text, struct kith_toml_doc **ret_doc, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	struct kith_toml_reader r;
	int rc;

	memset(&r, 0, sizeof(r));
	r.err = err;
	r.line = 1;
	r.p = r.line_start = text.len ? text.ptr : (const uint8_t *)"";
	r.end = r.p + text.len;
	if (text.len > KITH_MAX_TOML_BYTES)
		return kith_toml_refuse_limit(&r, "too many bytes of TOML");
	if (kith_span_starts(text, KITH_SPAN_LIT("\xef\xbb\xbf")))
		r.line_start = r.p += 3;
	doc = kith_calloc(1, sizeof(*doc));
	if (!doc)
		return kith_fail_nomem(err);
	kith_arena_init(&doc->arena,
			KITH_MAX_TOML_NODES * sizeof(struct kith_toml) + 2 * KITH_MAX_TOML_BYTES);
	doc->root.type = KITH_TOML_TABLE;
	doc->root.flags = KITH_TOML_DEFINED;
	doc->root.line = doc->root.column = 1;
	r.arena = &doc->arena;
	rc = read_lines(&r, &doc->root);
	kith_toml_index_clear(&r.index);
	if (!rc)
		*ret_doc = kith_steal(&doc);
	return rc;
}

void
kith_toml_free(struct kith_toml_doc *doc)
{
	if (doc)
		kith_arena_clear(&doc->arena);
	free(doc);
}

void
kith_toml_freep(struct kith_toml_doc **doc)
{
	kith_toml_free(*doc);
	*doc = NULL;
}

const struct kith_toml *
kith_toml_root(const struct kith_toml_doc *doc)
{
	return &doc->root;
}

const struct kith_toml *
kith_toml_get(const struct kith_toml *table, const char *key)
{
	struct kith_span want = kith_span_str(key);
	const struct kith_toml *c;

	if (!table || table->type != KITH_TOML_TABLE)
		return NULL;
	for (c = table->first; c && !kith_span_eq(c->key, want);)
		c = c->next;
	return c;
}

static const struct kith_toml *
get_typed(const struct kith_toml *table, const char *key, enum kith_toml_type type)
{
	const struct kith_toml *v = kith_toml_get(table, key);

	return v && v->type == type ? v : NULL;
}

bool
kith_toml_get_string(const struct kith_toml *table, const char *key, struct kith_span *ret)
{
	const struct kith_toml *v = get_typed(table, key, KITH_TOML_STRING);

	if (v)
		*ret = v->u.string;
	return v != NULL;
}

bool
kith_toml_get_integer(const struct kith_toml *table, const char *key, int64_t *ret)
{
	const struct kith_toml *v = get_typed(table, key, KITH_TOML_INTEGER);

	if (v)
		*ret = v->u.integer;
	return v != NULL;
}

bool
kith_toml_get_boolean(const struct kith_toml *table, const char *key, bool *ret)
{
	const struct kith_toml *v = get_typed(table, key, KITH_TOML_BOOLEAN);

	if (v)
		*ret = v->u.boolean;
	return v != NULL;
}

const char *
kith_toml_type_name(enum kith_toml_type type)
{
	static const char *const names[] = {
	    "string",          "integer",    "float",      "boolean", "date-time",
	    "local date-time", "local date", "local time", "array",   "table"};

	return (size_t)type < sizeof(names) / sizeof(names[0]) ? names[type] : "value";
}
