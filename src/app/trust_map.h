/* SPDX-License-Identifier: Apache-2.0 */
/* A list of ids and levels that a person gives: lines `ID LEVEL`, `#` begins a comment line. */
#ifndef KITH_APP_TRUST_MAP_H
#define KITH_APP_TRUST_MAP_H

#include "base/base.h"

struct kith_app_trust_map {
	struct kith_map levels;  /* raw id → level */
	struct kith_arena arena; /* its keys */
};

void kith_app_trust_map_init(struct kith_app_trust_map *m);
void kith_app_trust_map_clear(struct kith_app_trust_map *m);
/*
 * Adds what a file says, or its text; `name` is for messages. What stands behind the level, as in
 * kith's and cargo-crev's own lists, is left. Errors: KITH_E_FORMAT "NAME:LINE: what is wrong",
 * KITH_E_LIMIT, KITH_E_NOTFOUND, KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_app_trust_map_read(struct kith_app_trust_map *m, const char *path,
					   struct kith_error *err);
KITH_NODISCARD int kith_app_trust_map_parse(struct kith_app_trust_map *m, struct kith_span text,
					    const char *name, struct kith_error *err);
bool kith_app_trust_map_find(const struct kith_app_trust_map *m, const struct kith_id *id,
			     enum kith_level *ret_level);

#endif
