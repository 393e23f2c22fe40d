/* SPDX-License-Identifier: Apache-2.0 */
/* What people are called in texts: the user's own names, what their repository proves, or the id.
 */
#ifndef KITH_APP_NAMES_H
#define KITH_APP_NAMES_H

#include "app/config.h"

struct kith_app_names {
	const struct kith_index *index;
	const struct kith_app_config *config;
	bool exact;     /* names that several ids have get the beginning of the id */
	char text[100]; /* the name that was asked for last */
};

/* Host and owner of a repository's URL, as people are called by it; empty: no such URL. */
struct kith_span kith_app_owner_of(struct kith_span url);

/* A name, borrowed until the next call, or NULL. ctx is a struct kith_app_names. */
const char *kith_app_name_of(void *ctx, const struct kith_id *id);
/* Appends the name, or the id's first characters. */
void kith_app_put_name(struct kith_app_names *names, const struct kith_id *id,
		       struct kith_buf *out);

/* "2026-01-31, SOURCE COMMIT PATH:LINE" of the proof behind a statement of the graph. */
void kith_app_put_proof(const struct kith_index *index, uint64_t place, struct kith_buf *out);

#endif
