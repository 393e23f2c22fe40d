/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof bodies through libyaml's events into a small tree. The limits are checked at every event,
 * not afterwards: libyaml's own work grows with the square of the nesting. Never resolves scalars,
 * aliases or tags.
 */
#include <yaml.h>

#include "codec/yaml.h"

struct frame {
	struct kith_yaml *node;
	struct kith_yaml *last; /* child */
	struct kith_span key;
	bool have_key;
};

struct reader {
	yaml_parser_t parser;
	struct kith_span text;
	struct kith_arena *arena;
	struct frame stack[KITH_MAX_YAML_DEPTH];
	size_t depth, nodes;
	struct kith_yaml *root;
	unsigned documents;
	/* libyaml counts characters; these two say where one of them begins */
	size_t cursor_chars, cursor_bytes;
	struct kith_error *err;
};

static void
reader_clear(struct reader *r)
{
	yaml_parser_delete(&r->parser);
}

static int
refuse(struct reader *r, enum kith_code code, const yaml_mark_t *at, const char *why)
{
	return kith_fail(r->err, code, "line %zu: %s", at->line + 1, why);
}

static int
refuse_parser(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const yaml_mark_t *at = p->error == YAML_READER_ERROR ? &p->mark : &p->problem_mark;

	if (p->error == YAML_MEMORY_ERROR)
		return kith_fail_nomem(r->err);
	return refuse(r, KITH_E_FORMAT, at, p->problem ? p->problem : "no YAML");
}

static uint8_t
byte_at(struct reader *r, const yaml_mark_t *at)
{
	while (r->cursor_chars < at->index && r->cursor_bytes < r->text.len) {
		r->cursor_bytes++;
		while (r->cursor_bytes < r->text.len &&
		       (r->text.ptr[r->cursor_bytes] & 0xc0) == 0x80)
			r->cursor_bytes++;
		r->cursor_chars++;
	}
	return r->cursor_bytes < r->text.len ? r->text.ptr[r->cursor_bytes] : 0;
}

static int
check_key(struct reader *r, const struct frame *f, struct kith_span key, const yaml_mark_t *at)
{
	const struct kith_yaml *child;

	if (f->node->count >= KITH_MAX_YAML_KEYS)
		return refuse(r, KITH_E_LIMIT, at, "too many keys in one mapping");
	for (child = f->node->first; child; child = child->next)
		if (kith_span_eq(child->key, key))
			return kith_fail(r->err, KITH_E_FORMAT, "line %zu: duplicate key '%.*s'",
					 at->line + 1, KITH_SPAN_FMT(key));
	return KITH_OK;
}

/* Takes the next key of the mapping, or makes a node and hangs it into the open collection. */
static int
add_node(struct reader *r, enum kith_yaml_type type, const yaml_mark_t *at,
	 struct kith_yaml **ret_node)
{
	struct frame *f = r->depth ? &r->stack[r->depth - 1] : NULL;
	struct kith_yaml *v;

	if (f && f->node->type == KITH_YAML_MAPPING && !f->have_key)
		return refuse(r, KITH_E_FORMAT, at, "a key is no scalar");
	if (!f && type != KITH_YAML_MAPPING)
		return refuse(r, KITH_E_FORMAT, at, "the top level is no mapping");
	if (++r->nodes > KITH_MAX_YAML_NODES)
		return refuse(r, KITH_E_LIMIT, at, "too many values");
	v = kith_arena_alloc(r->arena, sizeof(*v));
	if (!v)
		return kith_fail_nomem(r->err);
	v->type = type;
	v->line = (uint32_t)(at->line + 1);
	if (f) {
		v->key = f->key;
		f->key = KITH_SPAN_NONE;
		f->have_key = false;
		if (f->last)
			f->last->next = v;
		else
			f->node->first = v;
		f->last = v;
		f->node->count++;
	} else {
		r->root = v;
	}
	*ret_node = v;
	return KITH_OK;
}

static int
on_scalar(struct reader *r, const yaml_event_t *e)
{
	struct frame *f = r->depth ? &r->stack[r->depth - 1] : NULL;
	struct kith_span text = kith_span(e->data.scalar.value, e->data.scalar.length), copy;
	bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct kith_yaml *v;
	int rc;

	if (e->data.scalar.anchor)
		return refuse(r, KITH_E_FORMAT, &e->start_mark, "anchors are not allowed");
	/* libyaml drops the tag "!" and leaves only the place where it stood */
	if (e->data.scalar.tag || byte_at(r, &e->start_mark) == '!')
		return refuse(r, KITH_E_FORMAT, &e->start_mark, "tags are not allowed");
	if (kith_span_find(text, 0, 0) < text.len)
		return refuse(r, KITH_E_FORMAT, &e->start_mark, "NUL in a text");
	if (f && f->node->type == KITH_YAML_MAPPING && !f->have_key) {
		rc = check_key(r, f, text, &e->start_mark);
		if (rc)
			return rc;
		if (!kith_arena_copy(r->arena, text, &f->key))
			return kith_fail_nomem(r->err);
		f->have_key = true;
		return KITH_OK;
	}
	rc = add_node(r, KITH_YAML_SCALAR, &e->start_mark, &v);
	if (rc)
		return rc;
	if (!kith_arena_copy(r->arena, text, &copy))
		return kith_fail_nomem(r->err);
	v->scalar = copy;
	v->plain = plain;
	return KITH_OK;
}

static int
on_start(struct reader *r, enum kith_yaml_type type, const yaml_char_t *anchor,
	 const yaml_char_t *tag, const yaml_mark_t *at)
{
	struct kith_yaml *v;
	int rc;

	if (anchor)
		return refuse(r, KITH_E_FORMAT, at, "anchors are not allowed");
	if (tag)
		return refuse(r, KITH_E_FORMAT, at, "tags are not allowed");
	if (r->depth >= KITH_MAX_YAML_DEPTH)
		return refuse(r, KITH_E_LIMIT, at, "nested too deeply");
	rc = add_node(r, type, at, &v);
	if (rc)
		return rc;
	r->stack[r->depth++] = (struct frame){.node = v};
	return KITH_OK;
}

static int
on_document(struct reader *r, const yaml_event_t *e)
{
	if (r->documents++)
		return refuse(r, KITH_E_FORMAT, &e->start_mark, "a second document");
	if (e->data.document_start.version_directive ||
	    e->data.document_start.tag_directives.start !=
		e->data.document_start.tag_directives.end)
		return refuse(r, KITH_E_FORMAT, &e->start_mark, "directives are not allowed");
	return KITH_OK;
}

static int
on_event(struct reader *r, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(r, e);
	case YAML_ALIAS_EVENT:
		return refuse(r, KITH_E_FORMAT, &e->start_mark, "aliases are not allowed");
	case YAML_SCALAR_EVENT:
		return on_scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(r, KITH_YAML_SEQUENCE, e->data.sequence_start.anchor,
				e->data.sequence_start.tag, &e->start_mark);
	case YAML_MAPPING_START_EVENT:
		return on_start(r, KITH_YAML_MAPPING, e->data.mapping_start.anchor,
				e->data.mapping_start.tag, &e->start_mark);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return KITH_OK;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	default:
		return KITH_OK;
	}
}

static int
run(struct reader *r)
{
	yaml_event_t e;
	bool done = false;
	int rc = KITH_OK;

	while (!done && !rc) {
		if (!yaml_parser_parse(&r->parser, &e))
			return refuse_parser(r);
		done = e.type == YAML_STREAM_END_EVENT;
		rc = on_event(r, &e);
		yaml_event_delete(&e);
	}
	if (!rc && !r->root)
		rc = kith_fail(r->err, KITH_E_FORMAT, "line 1: the document is empty");
	return rc;
}

int
kith_yaml_parse(struct kith_span text, struct kith_arena *arena, const struct kith_yaml **ret_root,
		struct kith_error *err)
{
	KITH_CLEANUP(reader_clear) struct reader r;
	int rc;

	memset(&r, 0, sizeof(r));
	r.text = text;
	r.arena = arena;
	r.err = err;
	if (text.len > KITH_MAX_YAML_BYTES)
		return kith_fail(err, KITH_E_LIMIT, "line 1: more than %zu bytes of YAML",
				 KITH_MAX_YAML_BYTES);
	if (!yaml_parser_initialize(&r.parser))
		return kith_fail_nomem(err);
	/* without this a byte order mark could switch to UTF-16 */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, text.len ? text.ptr : (const uint8_t *)"",
				     text.len);
	rc = run(&r);
	if (!rc)
		*ret_root = r.root;
	return rc;
}

const struct kith_yaml *
kith_yaml_get(const struct kith_yaml *mapping, const char *key)
{
	struct kith_span want = kith_span_str(key);
	const struct kith_yaml *v;

	if (!mapping || mapping->type != KITH_YAML_MAPPING)
		return NULL;
	for (v = mapping->first; v; v = v->next)
		if (kith_span_eq(v->key, want))
			return v;
	return NULL;
}

bool
kith_yaml_is_null(const struct kith_yaml *v)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};
	size_t i;

	for (i = 0; v && v->plain && i < sizeof(words) / sizeof(words[0]); i++)
		if (kith_span_is(v->scalar, words[i]))
			return true;
	return false;
}

bool
kith_yaml_get_scalar(const struct kith_yaml *mapping, const char *key, struct kith_span *ret)
{
	const struct kith_yaml *v = kith_yaml_get(mapping, key);

	if (!v || v->type != KITH_YAML_SCALAR)
		return false;
	*ret = v->scalar;
	return true;
}
