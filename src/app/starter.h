/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The starter set: public evidence that counts where no project says anything (verdict.md 3), from
 * a file that is shipped with kith. Its sets and databases become sources of the configuration, its
 * ids are trusted by a root that nobody has the key of, for their reviews only.
 */
#ifndef KITH_APP_STARTER_H
#define KITH_APP_STARTER_H

#include "app/config.h"

#define KITH_STARTER_NAME "starter set"

/* Sources by kind; what the user is told. */
struct kith_starter_counts {
	size_t sets, databases, repositories, urls;
};

/*
 * Adds the starter set to a loaded configuration, unless the project has a kith.toml or it is
 * switched off. Errors: KITH_E_FORMAT "FILE:LINE: what is wrong", KITH_E_USAGE (KITH_STARTER names
 * no file), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_app_starter_load(struct kith_session *s, struct kith_app_config *c,
					 struct kith_error *err);
/* Adds what the text of such a file says; `path` is for messages. */
KITH_NODISCARD int kith_app_starter_read(struct kith_app_config *c, struct kith_span text,
					 const char *path, struct kith_error *err);
void kith_app_starter_count(const struct kith_app_config *c, struct kith_starter_counts *ret);
/* The id that stands for it. */
void kith_app_starter_id(struct kith_id *ret_id);

#endif
