/* SPDX-License-Identifier: Apache-2.0 */
/* libsodium's Poly1305. */
#include <sodium.h>

#include "crypto/onetime.h"

void
kith_onetime_tag(const uint8_t key[KITH_ONETIME_KEY_BYTES], struct kith_span bytes,
		 uint8_t ret_tag[KITH_ONETIME_TAG_BYTES])
{
	crypto_onetimeauth(ret_tag, bytes.ptr, bytes.len, key);
}

bool
kith_onetime_check(const uint8_t key[KITH_ONETIME_KEY_BYTES], struct kith_span bytes,
		   const uint8_t tag[KITH_ONETIME_TAG_BYTES])
{
	return crypto_onetimeauth_verify(tag, bytes.ptr, bytes.len, key) == 0;
}
