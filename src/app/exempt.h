/* SPDX-License-Identifier: Apache-2.0 */
/* What `kith exempt`, `kith accept` and `kith init` share: rows by name, entries of kith.toml. */
#ifndef KITH_APP_EXEMPT_H
#define KITH_APP_EXEMPT_H

#include "app/policy_file.h"

/*
 * The dependency that a word means (NAME, NAME@VERSION, package URL); of several with one name and
 * version the worst. KITH_E_USAGE: none, the project's own, or ambiguous.
 */
KITH_NODISCARD int kith_app_find_row(struct kith_app_run *run, const char *word,
				     struct kith_report_row **ret_row, struct kith_error *err);

/* Adds a pair; an empty text is left out. */
void kith_app_put_text_pair(struct kith_config_pair *pairs, size_t *n, const char *key,
			    struct kith_span text);
void kith_app_put_date_pair(struct kith_config_pair *pairs, size_t *n, const char *key,
			    struct kith_time date);

/* Sets several keys of one entry [[table]], one after another. */
KITH_NODISCARD int kith_app_set_pairs(const struct kith_config_file_text *file, const char *table,
				      size_t index, const struct kith_config_pair *pairs, size_t n,
				      struct kith_buf *out, struct kith_error *err);

/* --- whether anybody needs an entry (exempt_state.c) --- */

enum kith_app_need {
	KITH_NEED_UNKNOWN,
	KITH_NEED_NO_PACKAGE,   /* no lock file names this package and version */
	KITH_NEED_OTHER_BYTES,  /* … but with another checksum */
	KITH_NEED_APPROVED,     /* it is verified without */
	KITH_NEED_NO_OBJECTION, /* no such objection stands against the package */
	KITH_NEED_NO_REASON,    /* never in force */
	KITH_NEED_EXPIRED,      /* needed, and over */
	KITH_NEED_WAITING,      /* the package fails for something worse */
	KITH_NEED_YES
};
/* A few words: "in use", "the package is gone". Never NULL. */
const char *kith_app_need_text(enum kith_app_need need);
/* True where the entry can go. */
bool kith_app_is_unneeded(enum kith_app_need need);

/* How much the run's project needs each exemption and acceptance of its kith.toml. */
struct kith_app_needs {
	enum kith_app_need *exempts, *accepts; /* as config->exempts and ->accepts */
	size_t n_exempts, n_accepts;
};
/* Arrays are the run's arena's. */
KITH_NODISCARD int kith_app_needs_find(struct kith_app_run *run, struct kith_app_needs *ret,
				       struct kith_error *err);

#endif
