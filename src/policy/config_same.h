/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an edit changed what it should and nothing else; nobody outside config_*.c includes it.
 */
#ifndef KITH_POLICY_CONFIG_SAME_H
#define KITH_POLICY_CONFIG_SAME_H

#include "codec/toml.h"

enum kith_config_change_kind {
	KITH_CHANGE_APPEND,
	KITH_CHANGE_REMOVE,
	KITH_CHANGE_SET,
	KITH_CHANGE_SET_ENTRY
};

struct kith_config_change {
	enum kith_config_change_kind kind;
	const char *table;     /* SET: NULL is the top level */
	const size_t *indexes; /* REMOVE: sorted; SET_ENTRY: the one */
	size_t n;
	struct kith_span key; /* SET, SET_ENTRY */
};

/*
 * True if `after` is `before` with the change and no other. `fresh`: what is new, as a document of
 * its own (APPEND: the entries, SET and SET_ENTRY: the pair).
 */
bool kith_config_changed_only(const struct kith_toml *before, const struct kith_toml *after,
			      const struct kith_toml *fresh,
			      const struct kith_config_change *change);

#endif
