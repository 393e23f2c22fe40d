/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON, strictly by RFC 8259. Reading: a gate of our own checks UTF-8, grammar, depth, size,
 * duplicate keys, \u0000 and trailing bytes before cJSON sees the text (models.md 3.0); key look-up
 * is case-sensitive. Writing: one escaping writer.
 */
#ifndef KITH_CODEC_JSON_H
#define KITH_CODEC_JSON_H

#include "base/base.h"

struct kith_json_doc;
struct kith_json; /* a value inside a document; borrowed */

enum kith_json_type {
	KITH_JSON_NULL,
	KITH_JSON_BOOLEAN,
	KITH_JSON_NUMBER,
	KITH_JSON_STRING,
	KITH_JSON_ARRAY,
	KITH_JSON_OBJECT
};

/*
 * Limits: KITH_MAX_JSON_BYTES, _DEPTH, _NODES. Errors: KITH_E_FORMAT and KITH_E_LIMIT with
 * "offset N: why" ("duplicate key 'K'" without), KITH_E_NOMEM. The text may go afterwards. *ret_doc
 * is yours (kith_json_free).
 */
KITH_NODISCARD int kith_json_parse(struct kith_span text, struct kith_json_doc **ret_doc,
				   struct kith_error *err);
/*
 * Only RFC 8259 validity within the limits (max_depth 0: the default, at most 1024). Duplicate keys
 * and \u0000, which that allows and kith_json_parse refuses, are not looked at.
 */
KITH_NODISCARD int kith_json_check(struct kith_span text, size_t max_depth, struct kith_error *err);
void kith_json_free(struct kith_json_doc *doc);
void kith_json_freep(struct kith_json_doc **doc);
#define KITH_AUTO_JSON KITH_CLEANUP(kith_json_freep)

const struct kith_json *kith_json_root(const struct kith_json_doc *doc);
enum kith_json_type kith_json_type(const struct kith_json *v); /* NULL: KITH_JSON_NULL */
const struct kith_json *kith_json_get(const struct kith_json *object, const char *key);
const struct kith_json *kith_json_first(const struct kith_json *array_or_object);
const struct kith_json *kith_json_next(const struct kith_json *v);
size_t kith_json_count(const struct kith_json *array_or_object);
struct kith_span kith_json_key(const struct kith_json *member); /* empty in arrays */
bool kith_json_string(const struct kith_json *v, struct kith_span *ret);
bool kith_json_boolean(const struct kith_json *v, bool *ret);
bool kith_json_number(const struct kith_json *v, double *ret);   /* finite */
bool kith_json_integer(const struct kith_json *v, int64_t *ret); /* only exact ones, |v| < 2^53 */
bool kith_json_get_string(const struct kith_json *object, const char *key, struct kith_span *ret);

/*
 * The writer. Strings are written as UTF-8; what is not UTF-8 becomes U+FFFD; controls, DEL,
 * U+2028/9, bidi and invisible characters are escaped. Pretty: two blanks a level.
 */
struct kith_json_writer {
	struct kith_buf *out;
	unsigned depth;
	bool pretty;
	bool need_comma, after_key;
};

void kith_json_begin(struct kith_json_writer *w, struct kith_buf *out, bool pretty);
void kith_json_open_object(struct kith_json_writer *w);
void kith_json_close_object(struct kith_json_writer *w);
void kith_json_open_array(struct kith_json_writer *w);
void kith_json_close_array(struct kith_json_writer *w);
void kith_json_put_key(struct kith_json_writer *w, const char *key);
void kith_json_put_string(struct kith_json_writer *w, struct kith_span s);
void kith_json_put_str(struct kith_json_writer *w, const char *s); /* NULL: null */
void kith_json_put_integer(struct kith_json_writer *w, int64_t v);
void kith_json_put_boolean(struct kith_json_writer *w, bool v);
void kith_json_put_null(struct kith_json_writer *w);
/* key and value in one call */
void kith_json_member_string(struct kith_json_writer *w, const char *key, struct kith_span s);
void kith_json_member_str(struct kith_json_writer *w, const char *key, const char *s);
void kith_json_member_integer(struct kith_json_writer *w, const char *key, int64_t v);
void kith_json_member_boolean(struct kith_json_writer *w, const char *key, bool v);

#endif
