/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes a configuration in place: bytes in, bytes out, and every comment, blank line and order of
 * the file that is not part of the change stays. What comes out is read again and compared with
 * what went in: if anything else would change, nothing is changed.
 */
#ifndef KITH_POLICY_CONFIG_EDIT_H
#define KITH_POLICY_CONFIG_EDIT_H

#include "policy/config.h"

/* A file as it is; it must be one that kith_config_read accepts. */
struct kith_config_file_text {
	struct kith_span text;
	const char *name; /* for messages */
	enum kith_config_file file;
};

enum kith_config_pair_type {
	KITH_PAIR_TEXT,
	KITH_PAIR_TEXTS,
	KITH_PAIR_DATE,
	KITH_PAIR_NUMBER,
	KITH_PAIR_BOOLEAN
};

struct kith_config_pair {
	struct kith_span key; /* written in quotes where it must be */
	enum kith_config_pair_type type;
	struct kith_span text;
	struct kith_config_texts texts;
	struct kith_time date; /* its day in UTC */
	int64_t number;
	bool boolean;
};

/* What is written between [[…]] and the next table. */
struct kith_config_entry {
	const struct kith_config_pair *pairs;
	size_t n;
};

/*
 * All append the new file to `out`, which is unchanged on failure. Errors: KITH_E_FORMAT (the file
 * is none, or would be none any more: what is wrong with it); KITH_E_USAGE (a text is not UTF-8;
 * the table is written inline or another thing would change, then with a hint); KITH_E_NOTFOUND (no
 * such entry); KITH_E_LIMIT; KITH_E_NOMEM.
 */

/* Adds entries [[table]] after the last one of this name, else at the end. */
KITH_NODISCARD int kith_config_edit_append(const struct kith_config_file_text *f, const char *table,
					   const struct kith_config_entry *entries, size_t n,
					   struct kith_buf *out, struct kith_error *err);

/*
 * Removes entries [[table]] by their numbers (kith_config_at.index), in any order, with the
 * comments within them; comments before and after stay.
 */
KITH_NODISCARD int kith_config_edit_remove(const struct kith_config_file_text *f, const char *table,
					   const size_t *indexes, size_t n, struct kith_buf *out,
					   struct kith_error *err);

/* Sets one key of [table] (NULL: of the top level); a table that is not there is made. */
KITH_NODISCARD int kith_config_edit_set(const struct kith_config_file_text *f, const char *table,
					const struct kith_config_pair *pair, struct kith_buf *out,
					struct kith_error *err);

/* Sets one key of the entry [[table]] with this number (kith_config_at.index). */
KITH_NODISCARD int kith_config_edit_set_entry(const struct kith_config_file_text *f,
					      const char *table, size_t index,
					      const struct kith_config_pair *pair,
					      struct kith_buf *out, struct kith_error *err);

/* Appends "key = value" and a newline, as the functions above write it. */
void kith_config_put_pair(struct kith_buf *out, const struct kith_config_pair *pair);

#endif
