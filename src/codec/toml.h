/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict reader of TOML 1.0.0. The document is parsed whole; values live in the document's arena.
 * Strings are unescaped; those without escapes point into the text, which must outlive the
 * document.
 */
#ifndef KITH_CODEC_TOML_H
#define KITH_CODEC_TOML_H

#include "base/base.h"

enum kith_toml_type {
	KITH_TOML_STRING,
	KITH_TOML_INTEGER,
	KITH_TOML_FLOAT,
	KITH_TOML_BOOLEAN,
	KITH_TOML_OFFSET_DATETIME,
	KITH_TOML_LOCAL_DATETIME,
	KITH_TOML_LOCAL_DATE,
	KITH_TOML_LOCAL_TIME,
	KITH_TOML_ARRAY,
	KITH_TOML_TABLE
};

struct kith_toml_time {
	uint16_t year;
	uint8_t month, day, hour, minute, second;
	uint32_t nsec;
	int16_t offset; /* minutes east of UTC */
};

/*
 * A value, with the key it stands under. Children of a table or array form a list, file order.
 * One cache line: fresh memory is what reading a large file costs most.
 */
struct kith_toml {
	struct kith_span key; /* empty in arrays */
	union {
		struct kith_span string;
		int64_t integer;
		double real;
		bool boolean;
		struct kith_toml_time time;
		struct kith_toml *last; /* child of an array or table */
	} u;
	struct kith_toml *first, *next; /* first child (scalars: NULL); sibling */
	size_t count;                   /* children (scalars: 0) */
	uint32_t line;   /* of the key where there is one, else of the value; from 1 */
	uint16_t column; /* likewise, in bytes; 65535: that or more */
	uint8_t type;    /* enum kith_toml_type */
	uint8_t flags;   /* the reader's own */
};

struct kith_toml_doc;

/*
 * Limits: KITH_MAX_TOML_BYTES, _DEPTH, _NODES. Errors: KITH_E_FORMAT and KITH_E_LIMIT with
 * "line N, column N: why", KITH_E_NOMEM. *ret_doc is yours (kith_toml_free).
 */
KITH_NODISCARD int kith_toml_parse(struct kith_span text, struct kith_toml_doc **ret_doc,
				   struct kith_error *err);
void kith_toml_free(struct kith_toml_doc *doc);
void kith_toml_freep(struct kith_toml_doc **doc);
#define KITH_AUTO_TOML KITH_CLEANUP(kith_toml_freep)

/* The root table; borrowed from the document. */
const struct kith_toml *kith_toml_root(const struct kith_toml_doc *doc);

/*
 * The value under a key of a table, or NULL (also where `table` is NULL or no table). Linear: to
 * read all of a large table, walk its children.
 */
const struct kith_toml *kith_toml_get(const struct kith_toml *table, const char *key);

/* Typed look-up: true and *ret only if the key is there with that type. */
bool kith_toml_get_string(const struct kith_toml *table, const char *key, struct kith_span *ret);
bool kith_toml_get_integer(const struct kith_toml *table, const char *key, int64_t *ret);
bool kith_toml_get_boolean(const struct kith_toml *table, const char *key, bool *ret);

/* "string", "integer", … for messages. */
const char *kith_toml_type_name(enum kith_toml_type type);

#endif
