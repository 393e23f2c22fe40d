/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of the index, shared by its writer and its reader: the body of a tagged file
 * (tagged.h), whose own head says where the sections lie. Everything is little-endian, every offset
 * one in the body. A string is (offset u32, length u32) into STRINGS; a text is its length (u32)
 * and its bytes, in place.
 *
 *   head     version[32] | of each section: offset u64, count u64 | totals u64…
 *   SOURCES  url, name, commit: strings; flags, files, proofs, valid, obsolete, refused u32;
 *            baseline, fetched i64; first item, items, first refusal, refusals u32
 *   ITEMS    in import order, what the sources serve: number of the proof u32, path string, line,
 *            number among all that its source has u32
 *   IDS      by key: id[32], own URL, URL by others: strings, date of the URL, flags, reviews,
 *            trusts u32
 *   NAMES    by ecosystem, name: string, ecosystem, offset in RECORDS, bytes, reviews u32
 *   PROOFS   in import order (a proof's number): offset in RECORDS, bytes u32, checked[16]: of a
 *            hash of what was signed and the signature that was verified
 *   DIGESTS  of reviews, by the first 8 bytes of the package's digest, then last imported first:
 *            those bytes as a number u64, number of the proof u32
 *   CHECKED  those, sorted
 *   REFUSED  in import order: source u32, path string, line, status, flags, number among all that
 *            its source has u32, cause string, digest[32] of the body
 *   RECORDS  one a proof: first the reviews, by name, last imported first, then the rest
 *   STRINGS  bytes
 *   GRAPH    bytes: the trust graph
 *
 * A record holds everything that is known of a proof, so that the claims about a name lie side by
 * side, and so that a source whose head has not moved needs no reading (replay.c):
 *
 *   bytes of it all, number, kind | level << 8 | flags << 16 u32, author[32], digest[32],
 *   first seen, previous i64, places u32, of each: source u32, path string, line u32; then what
 *   record.c puts: date, author's URL string, and what its kind says
 */
#ifndef KITH_INDEX_FORMAT_H
#define KITH_INDEX_FORMAT_H

#include "base/base.h"

#define INDEX_MAGIC   "kithidx"
#define INDEX_FORMAT  4U
#define INDEX_VERSION 32 /* bytes of the program's version: another one judges anew */
#define INDEX_TOTALS  10
#define INDEX_CHECKED 16

enum index_section {
	SECTION_SOURCES,
	SECTION_ITEMS,
	SECTION_IDS,
	SECTION_NAMES,
	SECTION_PROOFS,
	SECTION_DIGESTS,
	SECTION_CHECKED,
	SECTION_REFUSED,
	SECTION_RECORDS,
	SECTION_STRINGS,
	SECTION_GRAPH,
	SECTION_COUNT
};

/* Size of one record of each section; 1 where it is bytes. */
#define INDEX_RECORD_SIZES                                                                         \
	{                                                                                          \
		80, 20, 72, 24, 24, 12, INDEX_CHECKED, 68, 1, 1, 1                                 \
	}

/* Flags of a source. */
#define INDEX_SOURCE_OWN   1U
#define INDEX_SOURCE_WHOLE 2U /* it was read to its end */

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

/* Flags of a proof. */
#define INDEX_PROOF_LATER     1U /* a later fetch than the baseline brought it, see `previous` */
#define INDEX_PROOF_GONE      2U /* no head in force has it any more */
#define INDEX_PROOF_WITHDRAWN 4U /* … or not that of its author's own repository */
#define INDEX_PROOF_TAKEN     8U /* … which had it once, as the journals say */

/* Flags of a refusal. */
#define INDEX_REFUSED_ITEM   1U /* of a proof, not of a file */
#define INDEX_REFUSED_DIGEST 2U /* … whose body is known by its digest */

/* Bytes of a record before its places, and of each of these. */
#define INDEX_RECORD_HEAD  96U
#define INDEX_RECORD_PLACE 16U

#endif
