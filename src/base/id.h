/* SPDX-License-Identifier: Apache-2.0 */
/* The small vocabulary that every room speaks: ids, digests, levels. */
#ifndef KITH_BASE_ID_H
#define KITH_BASE_ID_H

#include <stdint.h>

#include <kith/types.h>

#define KITH_ID_BYTES     32 /* raw Ed25519 public key; ids are ordered by these bytes */
#define KITH_DIGEST_BYTES 32 /* BLAKE2b-256 */

struct kith_id {
	uint8_t bytes[KITH_ID_BYTES];
};

struct kith_digest {
	uint8_t bytes[KITH_DIGEST_BYTES];
};

#endif
