/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small part of YAML that crev bodies use, read through libyaml's events: one document, the top
 * level a mapping, no alias, anchor, tag or directive, scalar keys only, no duplicate key (crev
 * format 3.1). Limits: KITH_MAX_YAML_BYTES, _DEPTH, _KEYS, _NODES, checked inside the event loop.
 */
#ifndef KITH_CODEC_YAML_H
#define KITH_CODEC_YAML_H

#include "base/base.h"

enum kith_yaml_type { KITH_YAML_SCALAR, KITH_YAML_SEQUENCE, KITH_YAML_MAPPING };

struct kith_yaml {
	enum kith_yaml_type type;
	bool plain;              /* a scalar written without quotes and not as a block */
	uint32_t line;           /* from 1 */
	struct kith_span key;    /* the key it stands under; empty in sequences */
	struct kith_span scalar; /* UTF-8 without NUL */
	struct kith_yaml *first, *next;
	size_t count;
};

/*
 * Parses into the arena (which bounds the memory). Errors: KITH_E_FORMAT, KITH_E_LIMIT with
 * "line N: why", KITH_E_NOMEM. *ret_root is borrowed from the arena.
 */
KITH_NODISCARD int kith_yaml_parse(struct kith_span text, struct kith_arena *arena,
				   const struct kith_yaml **ret_root, struct kith_error *err);

/* The value under a key of a mapping, or NULL (also where `mapping` is NULL or no mapping). */
const struct kith_yaml *kith_yaml_get(const struct kith_yaml *mapping, const char *key);

/* True for a plain scalar that resolves to null: empty, ~, null, Null, NULL. */
bool kith_yaml_is_null(const struct kith_yaml *v);

/* The text of a scalar under a key; false if it is missing or no scalar. */
bool kith_yaml_get_scalar(const struct kith_yaml *mapping, const char *key, struct kith_span *ret);

#endif
