/* SPDX-License-Identifier: Apache-2.0 */
/* One-time keys and tags of the index's chunks. */
#include "crypto/crypto.h"
#include "crypto/onetime.h"
#include "index/format.h"

void
kith_index_tag(const uint8_t secret[32], const uint8_t nonce[INDEX_NONCE], uint64_t number,
	       struct kith_span bytes, uint8_t ret_tag[INDEX_TAG])
{
	uint8_t input[INDEX_NONCE + 8];
	struct kith_digest key;
	size_t i;

	memcpy(input, nonce, INDEX_NONCE);
	for (i = 0; i < 8; i++)
		input[INDEX_NONCE + i] = (uint8_t)(number >> (8 * i));
	kith_mac(secret, kith_span(input, sizeof(input)), &key);
	kith_onetime_tag(key.bytes, bytes, ret_tag);
}
