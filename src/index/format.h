/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of the index file, shared by its writer and its reader. Everything is little-endian.
 * A string is (offset, length) into STRINGS, a blob (offset, length) into BLOBS.
 *
 *   header   magic[8] format u32 chunk u32 size u64 nonce[16] state[32] | sections: (offset u64,
 * count u64)… | totals u64… | tag[16] over all of the header before it sections one after another,
 * each 8-aligned tags     one Poly1305 tag a chunk of the file after the header
 *
 * A chunk's tag is made with a one-time key derived from the machine's secret, the file's random
 * nonce and the chunk's number, so a chunk is authenticated when it is first touched (verdict.md
 * 11).
 */
#ifndef KITH_INDEX_FORMAT_H
#define KITH_INDEX_FORMAT_H

#include "base/base.h"
#include "index/tag.h"

#define INDEX_MAGIC    "kithidx"
#define INDEX_FORMAT   3U
#define INDEX_CHUNK    KITH_KIB(64)
#define INDEX_TAG      16
#define INDEX_NONCE    16
#define INDEX_TOTALS   10
#define INDEX_HEADER   512
#define INDEX_NO_PROOF UINT32_MAX

enum index_section {
	SECTION_SOURCES, /* in import order */
	SECTION_IDS,     /* sorted by key */
	SECTION_NAMES,   /* sorted by ecosystem, name */
	SECTION_REVIEWS, /* by name, then last imported first */
	SECTION_DIGESTS, /* sorted by package digest, then last imported first */
	SECTION_PROOFS,  /* sorted by body digest */
	SECTION_ORDER,   /* by import order: number of the proof in PROOFS, or INDEX_NO_PROOF */
	SECTION_PLACES,  /* by proof */
	SECTION_REFUSED, /* in import order */
	SECTION_BLOBS,   /* bytes */
	SECTION_STRINGS, /* bytes */
	SECTION_GRAPH,   /* bytes: the trust graph */
	SECTION_COUNT
};

/* Size of one record of each section; 1 where it is bytes. */
#define INDEX_RECORD_SIZES                                                                         \
	{                                                                                          \
		64, 72, 24, 116, 36, 128, 4, 20, 28, 1, 1, 1                                       \
	}

/* Flags of an id. */
#define INDEX_ID_SELF_URL 1U /* it says its URL itself */
#define INDEX_ID_PROVED   2U /* … and that repository serves its proofs */
#define INDEX_ID_OWN      4U /* found in an own repository */

/* Flags of a review. */
#define INDEX_REVIEW_DIGEST       1U
#define INDEX_REVIEW_BASE         2U
#define INDEX_REVIEW_BASE_DIGEST  4U
#define INDEX_REVIEW_EMPTY        8U
#define INDEX_REVIEW_UNMAINTAINED 16U
#define INDEX_REVIEW_LLM          32U
#define INDEX_REVIEW_LLM_HUMAN    64U
#define INDEX_REVIEW_DANGEROUS    128U

/* Flags of a proof; then follow u64 `previous` and u64 first seen, seconds since 1970 (0: unknown).
 */
#define INDEX_PROOF_LATER     1U /* a later fetch than the baseline brought it, see `previous` */
#define INDEX_PROOF_GONE      2U /* no head in force has it any more */
#define INDEX_PROOF_WITHDRAWN 4U /* … or not that of its author's own repository */
#define INDEX_PROOF_TAKEN     8U /* … which had it once, as the journals say */

#endif
