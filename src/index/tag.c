/* SPDX-License-Identifier: Apache-2.0 */
/* One-time keys and tags of the chunks of tagged files. */
#include "crypto/crypto.h"
#include "crypto/onetime.h"
#include "index/tag.h"

void
kith_index_tag(const uint8_t secret[32], const uint8_t nonce[TAG_NONCE], uint64_t number,
	       struct kith_span bytes, uint8_t ret_tag[TAG_BYTES])
{
	uint8_t input[TAG_NONCE + 8];
	struct kith_digest key;
	size_t i;

	memcpy(input, nonce, TAG_NONCE);
	for (i = 0; i < 8; i++)
		input[TAG_NONCE + i] = (uint8_t)(number >> (8 * i));
	kith_mac(secret, kith_span(input, sizeof(input)), &key);
	kith_onetime_tag(key.bytes, bytes, ret_tag);
}
