/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the TOML reader share; nobody outside toml*.c includes it. */
#ifndef KITH_CODEC_TOML_READER_H
#define KITH_CODEC_TOML_READER_H

#include "codec/toml.h"

/*
 * kith_toml.flags. A table with none of the first three came to be as part of a longer header and
 * may still get a header of its own; to a dotted one only dotted keys of the same table add.
 */
#define KITH_TOML_DEFINED 1U  /* has its header */
#define KITH_TOML_DOTTED  2U  /* made by a dotted key */
#define KITH_TOML_CLOSED  4U  /* written inline: nothing adds to it */
#define KITH_TOML_TABLES  8U  /* an array of tables: headers add to it */
#define KITH_TOML_INDEXED 16U /* its children are in the index */

struct kith_toml_slot {
	const struct kith_toml *table;
	struct kith_toml *child; /* NULL: empty */
};

/* Finds keys of tables that are too large to be searched one by one. */
struct kith_toml_index {
	struct kith_toml_slot *slots;
	size_t nslots, count;
	uint64_t seed[2];
};

struct kith_toml_reader {
	const uint8_t *p, *end;
	const uint8_t *line_start;
	uint32_t line;
	size_t nodes;
	struct kith_arena *arena;
	struct kith_toml_index index;
	struct kith_error *err;
};

/* KITH_E_FORMAT or KITH_E_LIMIT with the place; `at` on the present line (NULL: where p stands). */
int kith_toml_refuse(struct kith_toml_reader *r, const uint8_t *at, const char *why);
int kith_toml_refuse_limit(struct kith_toml_reader *r, const char *why);
int kith_toml_refuse_key(struct kith_toml_reader *r, const struct kith_toml *key, const char *why);

/* toml_lex.c: blanks, ends of lines, keys, strings */

/* The byte at p; 0 at the end, which no rule accepts either. */
static inline uint8_t
kith_toml_peek(const struct kith_toml_reader *r)
{
	return r->p < r->end ? *r->p : 0;
}

static inline void
kith_toml_blanks(struct kith_toml_reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\t'))
		r->p++;
}

/* A newline, if there is one. */
bool kith_toml_newline(struct kith_toml_reader *r);
/* A comment up to the end of its line, if there is one. */
KITH_NODISCARD int kith_toml_comment(struct kith_toml_reader *r);
/* Blanks, an optional comment, then the end of the line or of the text. */
KITH_NODISCARD int kith_toml_end_of_line(struct kith_toml_reader *r);
/* One part of a key into v->key, and its place into v->line and v->column. */
KITH_NODISCARD int kith_toml_key(struct kith_toml_reader *r, struct kith_toml *v);
/* Any of the four kinds of string; `multi` false: only the kinds of one line. */
KITH_NODISCARD int kith_toml_string(struct kith_toml_reader *r, bool multi, struct kith_span *ret);
void kith_toml_place(const struct kith_toml_reader *r, struct kith_toml *v);

/* toml_number.c: token → v->type and v->u; false: why is set */
bool kith_toml_number(struct kith_span token, struct kith_toml *v, const char **ret_why);
bool kith_toml_is_time(struct kith_span token);
bool kith_toml_time(struct kith_span token, struct kith_toml *v, const char **ret_why);

/* toml_value.c: a value into v, whose own depth (root: 0) is `depth` */
KITH_NODISCARD int kith_toml_value(struct kith_toml_reader *r, struct kith_toml *v, unsigned depth);
/* `key = value` or `a.b.c = value` into a table of that depth. */
KITH_NODISCARD int kith_toml_pair(struct kith_toml_reader *r, struct kith_toml *table,
				  unsigned depth);

/* toml_table.c */

/* A fresh value of that type with key and place of `like`, hung into the parent as its last. */
KITH_NODISCARD int kith_toml_add(struct kith_toml_reader *r, struct kith_toml *parent,
				 const struct kith_toml *like, enum kith_toml_type type,
				 struct kith_toml **ret);
struct kith_toml *kith_toml_find(const struct kith_toml_reader *r, const struct kith_toml *table,
				 struct kith_span key);
void kith_toml_index_clear(struct kith_toml_index *x);

#endif
