/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single fields out of a parsed body. Null, wrong types and absence are told apart as crev's own
 * reader does it (crev format 3.1). Everything kept is copied: the YAML tree is short-lived.
 */
#include <stdarg.h>

#include "base/base.h"
#include "codec/base64.h"
#include "proof/body.h"
#include "proof/scalar.h"

int
kith_body_bad(struct kith_body_reader *r, const struct kith_yaml *v, const char *fmt, ...)
{
	char text[KITH_ERROR_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (v)
		return kith_fail(r->err, KITH_E_FORMAT, "line %zu: %s",
				 (size_t)r->proof->line + v->line, text);
	return kith_fail(r->err, KITH_E_FORMAT, "%s", text);
}

int
kith_body_keep(struct kith_body_reader *r, struct kith_span s, struct kith_span *ret)
{
	if (!kith_arena_copy(r->arena, s, ret))
		return kith_fail_nomem(r->err);
	return KITH_OK;
}

int
kith_body_get(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
	      enum kith_yaml_type type, bool required, const struct kith_yaml **ret_value)
{
	static const char *const names[] = {"a text", "a list", "a mapping"};
	const struct kith_yaml *v = kith_yaml_get(map, key);

	if (!v) {
		if (required)
			return kith_body_bad(r, map == r->root ? NULL : map, "no '%s'", key);
		*ret_value = NULL;
		return KITH_OK;
	}
	if (v->type != type)
		return kith_body_bad(r, v, "'%s' is not %s", key, names[type]);
	*ret_value = v;
	return KITH_OK;
}

int
kith_body_text(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
	       bool required, struct kith_span *ret)
{
	const struct kith_yaml *v = NULL;
	int e = kith_body_get(r, map, key, KITH_YAML_SCALAR, required, &v);

	if (e || !v)
		return e;
	return kith_body_keep(r, v->scalar, ret);
}

int
kith_body_string(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
		 struct kith_span *ret)
{
	const struct kith_yaml *v = NULL;
	int e = kith_body_get(r, map, key, KITH_YAML_SCALAR, true, &v);

	if (e)
		return e;
	if (v->plain && kith_proof_scalar_resolves(v->scalar))
		return kith_body_bad(r, v, "'%s' is not a string", key);
	return kith_body_keep(r, v->scalar, ret);
}

int
kith_body_optional(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
		   struct kith_span *ret)
{
	const struct kith_yaml *v = kith_yaml_get(map, key);

	if (!v || kith_yaml_is_null(v))
		return KITH_OK;
	return kith_body_text(r, map, key, true, ret);
}

int
kith_body_bool(struct kith_body_reader *r, const struct kith_yaml *map, const char *key, bool *ret)
{
	static const char *const no[] = {"false", "False", "FALSE"};
	static const char *const yes[] = {"true", "True", "TRUE"};
	const struct kith_yaml *v = NULL;
	int e = kith_body_get(r, map, key, KITH_YAML_SCALAR, false, &v);
	size_t i;

	if (e || !v)
		return e;
	for (i = 0; v->plain && i < 3; i++) {
		bool is_yes = kith_span_is(v->scalar, yes[i]);

		if (is_yes || kith_span_is(v->scalar, no[i])) {
			*ret = is_yes;
			return KITH_OK;
		}
	}
	return kith_body_bad(r, v, "'%s' is neither true nor false", key);
}

int
kith_body_enum(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
	       bool required, const char *const *names, size_t n, unsigned *ret)
{
	const struct kith_yaml *v = NULL;
	int e = kith_body_get(r, map, key, KITH_YAML_SCALAR, required, &v);
	unsigned i;

	if (e || !v)
		return e;
	for (i = 0; i < n; i++)
		if (kith_span_is(v->scalar, names[i])) {
			*ret = i;
			return KITH_OK;
		}
	return kith_body_bad(r, v, "'%.*s' is no '%s'", KITH_SPAN_FMT(v->scalar), key);
}

int
kith_body_level(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
		enum kith_level lowest, enum kith_level *ret)
{
	static const char *const names[] = {"distrust", "none", "low", "medium", "high"};
	unsigned level = 0, from = (unsigned)lowest;
	int e = kith_body_enum(r, map, key, true, names + from, KITH_LEVEL_COUNT - from, &level);

	if (!e)
		*ret = (enum kith_level)(level + from);
	return e;
}

int
kith_body_rating(struct kith_body_reader *r, const struct kith_yaml *map)
{
	static const char *const names[] = {"negative", "neutral", "positive", "strong",
					    "dangerous"};
	unsigned rating = 0;
	int e = kith_body_enum(r, map, "rating", true, names, 5, &rating);

	if (e)
		return e;
	r->proof->dangerous = rating == 4;
	r->proof->rating = rating == 4 ? KITH_RATING_NEGATIVE : (enum kith_rating)rating;
	return KITH_OK;
}

int
kith_body_array(struct kith_body_reader *r, const struct kith_yaml *list, size_t size,
		void *ret_array)
{
	void *array = kith_arena_array(r->arena, list->count, size);

	if (!array)
		return kith_fail_nomem(r->err);
	memcpy(ret_array, &array, sizeof(array));
	return KITH_OK;
}

int
kith_body_base64(struct kith_body_reader *r, const struct kith_yaml *map, const char *key,
		 struct kith_span *ret_text, uint8_t out[32], bool *ret_exact)
{
	uint8_t any[1024]; /* any length may stand there, though only 32 bytes mean something */
	const struct kith_yaml *v = NULL;
	size_t len;
	int e = kith_body_get(r, map, key, KITH_YAML_SCALAR, true, &v);

	if (e)
		return e;
	*ret_exact = kith_base64_decode_exact(v->scalar, out, 32);
	if (!*ret_exact && !kith_base64_decode(v->scalar, any, sizeof(any), &len) &&
	    !(r->padded && kith_base64_decode_padded(v->scalar, any, sizeof(any), &len)))
		return kith_body_bad(r, v, "'%s' is not base64url", key);
	return kith_body_keep(r, v->scalar, ret_text);
}
