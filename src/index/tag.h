/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader and the writer of tagged files share. Inside index, and for its fuzz target. */
#ifndef KITH_INDEX_TAG_H
#define KITH_INDEX_TAG_H

#include "base/base.h"

#define TAG_BYTES  16
#define TAG_NONCE  16
#define TAG_HEADER ((size_t)4096)

/* Where the header's fields lie. */
#define TAG_AT_FORMAT 8
#define TAG_AT_CHUNK  12
#define TAG_AT_SIZE   16
#define TAG_AT_NONCE  24
#define TAG_AT_STATE  40
#define TAG_AT_HEAD   72
#define TAG_AT_TAG    (TAG_HEADER - TAG_BYTES)

/* Derives the one-time key of chunk `number` (UINT64_MAX: the header) and makes its tag. */
void kith_index_tag(const uint8_t secret[32], const uint8_t nonce[TAG_NONCE], uint64_t number,
		    struct kith_span bytes, uint8_t ret_tag[TAG_BYTES]);

#endif
