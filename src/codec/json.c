/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON: the gate, then cJSON, then what the gate leaves to the tree (duplicate keys). Keys
 * are always looked up with regard to case; cJSON's default is not.
 */
#include <float.h>
#include <cjson/cJSON.h>

#include "codec/json.h"
#include "codec/json_gate.h"
#include "codec/number.h"

#pragma GCC poison cJSON_GetObjectItem cJSON_Parse cJSON_Print

/* Above this a map is cheaper than comparing every pair. */
#define FEW_MEMBERS 16

struct kith_json_doc {
	cJSON *root;
};

static const cJSON *
item_of(const struct kith_json *v)
{
	return (const cJSON *)(const void *)v;
}

static const struct kith_json *
value_of(const cJSON *item)
{
	return (const struct kith_json *)(const void *)item;
}

static int
refuse_key(const char *key, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "duplicate key '%.200s'", key);
}

static int
check_many_keys(const cJSON *object, const uint64_t seed[2], struct kith_error *err)
{
	KITH_AUTO_MAP struct kith_map map;
	const cJSON *c;
	bool added;
	int r;

	kith_map_init(&map, seed);
	for (c = object->child; c; c = c->next) {
		r = kith_map_add(&map, kith_span_str(c->string), 0, NULL, &added, err);
		if (r)
			return r;
		if (!added)
			return refuse_key(c->string, err);
	}
	return KITH_OK;
}

static int
check_keys(const cJSON *object, const uint64_t seed[2], struct kith_error *err)
{
	const cJSON *a, *b;
	size_t n = 0;

	for (a = object->child; a; a = a->next)
		if (++n > FEW_MEMBERS)
			return check_many_keys(object, seed, err);
	for (a = object->child; a; a = a->next)
		for (b = object->child; b != a; b = b->next)
			if (strcmp(a->string, b->string) == 0)
				return refuse_key(a->string, err);
	return KITH_OK;
}

/* Recursion is bounded: the gate has bounded the depth. */
static int
check_duplicates(const cJSON *item, const uint64_t seed[2], struct kith_error *err)
{
	const cJSON *c;
	int r = cJSON_IsObject(item) ? check_keys(item, seed, err) : KITH_OK;

	for (c = item->child; c && !r; c = c->next)
		if (c->child)
			r = check_duplicates(c, seed, err);
	return r;
}

/* Overwrites one long number by as many bytes that cJSON can read: short digits and blanks. */
static void
shorten_number(uint8_t *p, size_t len)
{
	char plain[KITH_NUMBER_TEXT];
	size_t n;

	kith_number_normal(kith_span(p, len), 40, plain);
	n = strlen(plain);
	memcpy(p, plain, n);
	memset(p + n, ' ', len - n);
}

static uint8_t *
shorten_numbers(struct kith_span text)
{
	uint8_t *copy = (uint8_t *)kith_strndup(text.ptr, text.len);
	size_t i = 0, end;

	while (copy && i < text.len) {
		if (text.ptr[i] == '"') {
			for (i++; text.ptr[i] != '"'; i++)
				i += text.ptr[i] == '\\';
			i++;
			continue;
		}
		end = kith_json_number_end(text, i);
		if (end - i > KITH_JSON_LONG_NUMBER)
			shorten_number(copy + i, end - i);
		i = end > i ? end : i + 1;
	}
	return copy;
}

static int
build(struct kith_span text, bool long_number, cJSON **ret_root, struct kith_error *err)
{
	KITH_AUTO_FREE uint8_t *copy = NULL;
	const char *p = (const char *)text.ptr;
	cJSON *root;

	if (long_number) {
		copy = shorten_numbers(text);
		if (!copy)
			return kith_fail_nomem(err);
		p = (const char *)copy;
	}
	/* what passed the gate can fail here only for want of memory */
	root = cJSON_ParseWithLengthOpts(p, text.len, NULL, 0);
	if (!root)
		return kith_fail_nomem(err);
	*ret_root = root;
	return KITH_OK;
}

int
kith_json_parse(struct kith_span text, struct kith_json_doc **ret_doc, struct kith_error *err)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	struct kith_json_gate facts;
	uint64_t seed[2];
	int r;

	r = kith_json_gate(text, KITH_MAX_JSON_DEPTH, &facts, err);
	if (r)
		return r;
	if (facts.nul)
		return kith_fail(err, KITH_E_FORMAT, "offset %zu: \\u0000 in a string",
				 facts.nul_at);
	doc = kith_calloc(1, sizeof(*doc));
	if (!doc)
		return kith_fail_nomem(err);
	r = build(text, facts.long_number, &doc->root, err);
	kith_map_seed(seed);
	if (!r)
		r = check_duplicates(doc->root, seed, err);
	if (!r)
		*ret_doc = kith_steal(&doc);
	return r;
}

int
kith_json_check(struct kith_span text, size_t max_depth, struct kith_error *err)
{
	struct kith_json_gate facts;

	return kith_json_gate(text, max_depth ? max_depth : KITH_MAX_JSON_DEPTH, &facts, err);
}

void
kith_json_free(struct kith_json_doc *doc)
{
	if (doc)
		cJSON_Delete(doc->root);
	free(doc);
}

void
kith_json_freep(struct kith_json_doc **doc)
{
	kith_json_free(*doc);
	*doc = NULL;
}

const struct kith_json *
kith_json_root(const struct kith_json_doc *doc)
{
	return value_of(doc->root);
}

enum kith_json_type
kith_json_type(const struct kith_json *v)
{
	switch (v ? item_of(v)->type & 0xff : cJSON_NULL) {
	case cJSON_True:
	case cJSON_False:
		return KITH_JSON_BOOLEAN;
	case cJSON_Number:
		return KITH_JSON_NUMBER;
	case cJSON_String:
		return KITH_JSON_STRING;
	case cJSON_Array:
		return KITH_JSON_ARRAY;
	case cJSON_Object:
		return KITH_JSON_OBJECT;
	default:
		return KITH_JSON_NULL;
	}
}

const struct kith_json *
kith_json_get(const struct kith_json *object, const char *key)
{
	if (kith_json_type(object) != KITH_JSON_OBJECT)
		return NULL;
	return value_of(cJSON_GetObjectItemCaseSensitive(item_of(object), key));
}

const struct kith_json *
kith_json_first(const struct kith_json *array_or_object)
{
	return array_or_object ? value_of(item_of(array_or_object)->child) : NULL;
}

const struct kith_json *
kith_json_next(const struct kith_json *v)
{
	return v ? value_of(item_of(v)->next) : NULL;
}

size_t
kith_json_count(const struct kith_json *array_or_object)
{
	const struct kith_json *c = kith_json_first(array_or_object);
	size_t n = 0;

	for (; c; c = kith_json_next(c))
		n++;
	return n;
}

struct kith_span
kith_json_key(const struct kith_json *member)
{
	return kith_span_str(member ? item_of(member)->string : NULL);
}

bool
kith_json_string(const struct kith_json *v, struct kith_span *ret)
{
	if (kith_json_type(v) != KITH_JSON_STRING)
		return false;
	*ret = kith_span_str(item_of(v)->valuestring);
	return true;
}

bool
kith_json_boolean(const struct kith_json *v, bool *ret)
{
	if (kith_json_type(v) != KITH_JSON_BOOLEAN)
		return false;
	*ret = cJSON_IsTrue(item_of(v));
	return true;
}

bool
kith_json_number(const struct kith_json *v, double *ret)
{
	if (kith_json_type(v) != KITH_JSON_NUMBER || !(item_of(v)->valuedouble <= DBL_MAX) ||
	    !(item_of(v)->valuedouble >= -DBL_MAX))
		return false;
	*ret = item_of(v)->valuedouble;
	return true;
}

bool
kith_json_integer(const struct kith_json *v, int64_t *ret)
{
	const double bound = 9007199254740992.0;
	double d;

	/* 2^53 itself may be 2^53 + 1, rounded */
	if (!kith_json_number(v, &d) || !(d > -bound && d < bound) || (double)(int64_t)d != d)
		return false;
	*ret = (int64_t)d;
	return true;
}

bool
kith_json_get_string(const struct kith_json *object, const char *key, struct kith_span *ret)
{
	return kith_json_string(kith_json_get(object, key), ret);
}
