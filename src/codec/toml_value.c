/* SPDX-License-Identifier: Apache-2.0 */
/* Values of TOML, and the pairs that hold them. Recursion is bounded by KITH_MAX_TOML_DEPTH. */
#include "codec/toml_reader.h"

static bool
is_token(uint8_t c)
{
	return (c >= '0' && c <= ':') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '+' || c == '-' || c == '.';
}

/* A date may be followed by one blank and a time. */
static bool
time_follows(const struct kith_toml_reader *r, const uint8_t *start)
{
	return r->p - start == 10 && kith_toml_peek(r) == ' ' && r->end - r->p > 1 &&
	       r->p[1] >= '0' && r->p[1] <= '9';
}

static int
read_token(struct kith_toml_reader *r, struct kith_toml *v)
{
	const uint8_t *start = r->p;
	const char *why = "a value is expected";
	struct kith_span token;
	bool fine;

	while (is_token(kith_toml_peek(r)))
		r->p++;
	token = kith_span(start, (size_t)(r->p - start));
	if (kith_span_is(token, "true") || kith_span_is(token, "false")) {
		v->type = KITH_TOML_BOOLEAN;
		v->u.boolean = *start == 't';
		return KITH_OK;
	}
	if (kith_toml_is_time(token)) {
		if (time_follows(r, start))
			for (r->p++; is_token(kith_toml_peek(r));)
				r->p++;
		token.len = (size_t)(r->p - start);
		fine = kith_toml_time(token, v, &why);
	} else {
		fine = token.len && kith_toml_number(token, v, &why);
	}
	return fine ? KITH_OK : kith_toml_refuse(r, start, why);
}

/* Blanks, newlines and comments between the values of an array. */
static int
skip_filling(struct kith_toml_reader *r)
{
	int rc;

	do {
		kith_toml_blanks(r);
		rc = kith_toml_comment(r);
		if (rc)
			return rc;
	} while (kith_toml_newline(r));
	return KITH_OK;
}

static int
read_array(struct kith_toml_reader *r, struct kith_toml *array, unsigned depth)
{
	struct kith_toml here, *v;
	int rc;

	r->p++;
	array->type = KITH_TOML_ARRAY;
	memset(&here, 0, sizeof(here));
	for (;;) {
		rc = skip_filling(r);
		if (rc)
			return rc;
		if (kith_toml_peek(r) == ']')
			break;
		kith_toml_place(r, &here);
		rc = kith_toml_add(r, array, &here, KITH_TOML_STRING, &v);
		if (!rc)
			rc = kith_toml_value(r, v, depth + 1);
		if (!rc)
			rc = skip_filling(r);
		if (rc)
			return rc;
		if (kith_toml_peek(r) != ',')
			break;
		r->p++;
	}
	if (kith_toml_peek(r) != ']')
		return kith_toml_refuse(r, NULL, "',' or ']' is expected");
	r->p++;
	return KITH_OK;
}

static int
read_inline_table(struct kith_toml_reader *r, struct kith_toml *table, unsigned depth)
{
	int rc;

	r->p++;
	table->type = KITH_TOML_TABLE;
	table->flags = KITH_TOML_CLOSED;
	kith_toml_blanks(r);
	if (kith_toml_peek(r) != '}') {
		for (;;) {
			kith_toml_blanks(r);
			rc = kith_toml_pair(r, table, depth);
			if (rc)
				return rc;
			kith_toml_blanks(r);
			if (kith_toml_peek(r) != ',')
				break;
			r->p++;
		}
	}
	if (kith_toml_peek(r) != '}')
		return kith_toml_refuse(r, NULL, "',' or '}' is expected");
	r->p++;
	return KITH_OK;
}

int
kith_toml_value(struct kith_toml_reader *r, struct kith_toml *v, unsigned depth)
{
	if (depth > KITH_MAX_TOML_DEPTH)
		return kith_toml_refuse_limit(r, "nested too deeply");
	switch (kith_toml_peek(r)) {
	case '"':
	case '\'':
		v->type = KITH_TOML_STRING;
		return kith_toml_string(r, true, &v->u.string);
	case '[':
		return read_array(r, v, depth);
	case '{':
		return read_inline_table(r, v, depth);
	default:
		return read_token(r, v);
	}
}

/* The table that a part of a dotted key names: made here, or before by keys of this very table. */
static int
dotted_table(struct kith_toml_reader *r, struct kith_toml **table, const struct kith_toml *key)
{
	struct kith_toml *v = kith_toml_find(r, *table, key->key);
	int rc = KITH_OK;

	if (!v) {
		rc = kith_toml_add(r, *table, key, KITH_TOML_TABLE, &v);
		if (!rc)
			v->flags = KITH_TOML_DOTTED;
	} else if (!(v->flags & KITH_TOML_DOTTED)) {
		return kith_toml_refuse_key(r, key, "is no table that a dotted key may add to");
	}
	if (!rc)
		*table = v;
	return rc;
}

int
kith_toml_pair(struct kith_toml_reader *r, struct kith_toml *table, unsigned depth)
{
	struct kith_toml key, *v;
	int rc;

	memset(&key, 0, sizeof(key));
	for (;;) {
		rc = kith_toml_key(r, &key);
		if (rc)
			return rc;
		kith_toml_blanks(r);
		if (++depth > KITH_MAX_TOML_DEPTH)
			return kith_toml_refuse_limit(r, "nested too deeply");
		if (kith_toml_peek(r) != '.')
			break;
		rc = dotted_table(r, &table, &key);
		if (rc)
			return rc;
		r->p++;
		kith_toml_blanks(r);
	}
	if (kith_toml_peek(r) != '=')
		return kith_toml_refuse(r, NULL, "'=' is expected");
	r->p++;
	kith_toml_blanks(r);
	if (kith_toml_find(r, table, key.key))
		return kith_toml_refuse_key(r, &key, "is defined twice");
	rc = kith_toml_add(r, table, &key, KITH_TOML_STRING, &v);
	return rc ? rc : kith_toml_value(r, v, depth);
}
