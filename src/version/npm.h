/* SPDX-License-Identifier: Apache-2.0 */
/* What npm's versions and npm's ranges share; private to this room. */
#ifndef KITH_VERSION_NPM_H
#define KITH_VERSION_NPM_H

#include "version/parts.h"

#define KITH_NPM_MAX_NUMBER ((uint64_t)9007199254740991) /* 2^53-1 */

bool kith_npm_is_blank(uint8_t c);
/* A number up to 2^53-1; leading zeros only if loose. */
bool kith_npm_number(struct kith_span *s, bool loose, uint64_t *ret_number);
/* All of s as pre-release and build, each optional; loose: the hyphen may be missing. */
bool kith_npm_suffix(struct kith_span s, bool loose, struct kith_span *ret_pre,
		     struct kith_span *ret_build);
bool kith_npm_parse(struct kith_span text, bool loose, struct kith_semver *ret);
int kith_npm_matches(struct kith_span range, const struct kith_span *version, bool loose,
		     bool *ret_matches, struct kith_error *err);

#endif
