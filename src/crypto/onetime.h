/* SPDX-License-Identifier: Apache-2.0 */
/* Poly1305 for derived data that is authenticated piece by piece. */
#ifndef KITH_CRYPTO_ONETIME_H
#define KITH_CRYPTO_ONETIME_H

#include "base/base.h"

#define KITH_ONETIME_KEY_BYTES 32
#define KITH_ONETIME_TAG_BYTES 16

/* The key must be used for one message only. */
void kith_onetime_tag(const uint8_t key[KITH_ONETIME_KEY_BYTES], struct kith_span bytes,
		      uint8_t ret_tag[KITH_ONETIME_TAG_BYTES]);
/* Constant time. */
KITH_NODISCARD bool kith_onetime_check(const uint8_t key[KITH_ONETIME_KEY_BYTES],
				       struct kith_span bytes,
				       const uint8_t tag[KITH_ONETIME_TAG_BYTES]);

#endif
