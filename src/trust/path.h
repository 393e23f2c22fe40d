/* SPDX-License-Identifier: Apache-2.0 */
/* Best paths inside the trust room. */
#ifndef KITH_TRUST_PATH_H
#define KITH_TRUST_PATH_H

#include "trust/explain.h"
#include "trust/result.h"

KITH_NODISCARD int kith_native_best_path(const struct native *nv, uint32_t person,
					 struct kith_arena *arena, struct kith_trust_path *ret_path,
					 struct kith_error *err);

#endif
