/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the parts of a TOML document stand in its text; nobody outside config_*.c includes it. Made
 * for documents that were read: it finds ends, it checks nothing.
 */
#ifndef KITH_POLICY_CONFIG_TEXT_H
#define KITH_POLICY_CONFIG_TEXT_H

#include "codec/toml.h"

struct kith_config_lines {
	struct kith_span text;
	size_t *starts; /* offset of each line */
	size_t n;
	const char *newline; /* as the first line ends: "\n" or "\r\n" */
};

KITH_NODISCARD int kith_config_lines_init(struct kith_config_lines *l, struct kith_span text,
					  struct kith_error *err);
void kith_config_lines_clear(struct kith_config_lines *l);

/* Offset of the key of v, or of v in an array; SIZE_MAX: too far right to be known. */
size_t kith_config_key_offset(const struct kith_config_lines *l, const struct kith_toml *v);
/* Offset of the first byte of the line that v stands on. */
size_t kith_config_line_offset(const struct kith_config_lines *l, const struct kith_toml *v);
/* Offset behind the newline of the line that `at` lies in. */
size_t kith_config_line_end(const struct kith_config_lines *l, size_t at);

/* True if v, a table or an element of an array of tables, has a header of its own. */
bool kith_config_has_header(const struct kith_config_lines *l, const struct kith_toml *v);

/* The text of the value of a pair; false if v is none ("key = value"). */
bool kith_config_value_text(const struct kith_config_lines *l, const struct kith_toml *v,
			    struct kith_span *ret);

/*
 * Offset behind the last line of a table with a header: of its own pairs only, or with the tables
 * that its headers hold. SIZE_MAX if that cannot be told.
 */
size_t kith_config_table_end(const struct kith_config_lines *l, const struct kith_toml *table,
			     bool whole);

/* Offset behind the last line of the pairs before the first header; 0 if there are none. */
size_t kith_config_top_end(const struct kith_config_lines *l, const struct kith_toml *root);

#endif
