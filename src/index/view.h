/* SPDX-License-Identifier: Apache-2.0 */
/* Reading bytes of a mapped index: every access is bounded and its chunk authenticated first. */
#ifndef KITH_INDEX_VIEW_H
#define KITH_INDEX_VIEW_H

#include "index/format.h"
#include "index/index.h"

struct kith_index {
	const uint8_t *map;
	size_t size, body_end;
	uint8_t secret[KITH_INDEX_SECRET_BYTES];
	uint8_t nonce[INDEX_NONCE];
	struct kith_digest state;
	uint64_t at[SECTION_COUNT], count[SECTION_COUNT]; /* count: records */
	uint8_t *checked;                                 /* a byte a chunk: tag verified */
	bool damaged;                                     /* an access has failed */
	struct kith_index_totals totals;
	struct kith_trust_graph *graph;
};

/* A cursor over one record or blob; past its end everything reads as zero and `bad` is set. */
struct index_cursor {
	const struct kith_index *ix;
	const uint8_t *p;
	size_t left;
	bool bad;
};

/* Record i of a section; a cursor that is bad where there is none. */
struct index_cursor kith_index_record(const struct kith_index *ix, enum index_section s, size_t i);
/* Bytes of BLOBS. */
struct index_cursor kith_index_blob(const struct kith_index *ix, uint32_t offset, uint32_t len);

uint32_t kith_index_u32(struct index_cursor *c);
uint64_t kith_index_u64(struct index_cursor *c);
struct kith_time kith_index_time(struct index_cursor *c);
void kith_index_bytes32(struct index_cursor *c, uint8_t out[32]);
/* A reference into STRINGS, resolved. */
struct kith_span kith_index_str(struct index_cursor *c);
/* Length-prefixed bytes inside a blob. */
struct kith_span kith_index_text(struct index_cursor *c);

/* First record of a sorted section whose first 32 bytes are not less than key. */
size_t kith_index_lower_bound(const struct kith_index *ix, enum index_section s,
			      const uint8_t key[32]);

#endif
