/* SPDX-License-Identifier: Apache-2.0 */
/* Reading bytes of an index: every access is bounded, and authenticated first. */
#ifndef KITH_INDEX_VIEW_H
#define KITH_INDEX_VIEW_H

#include "index/format.h"
#include "index/index.h"
#include "index/tagged.h"

struct kith_index {
	struct kith_tagged *file;
	uint64_t at[SECTION_COUNT], count[SECTION_COUNT]; /* count: records */
	struct kith_index_totals totals;
	struct kith_trust_graph *graph;
};

extern const struct kith_tagged_kind kith_index_kind;

/* Takes the file over, also where this fails. */
KITH_NODISCARD int kith_index_of(struct kith_tagged *file, struct kith_index **ret_index,
				 struct kith_error *err);

/* A cursor over some bytes; past its end everything reads as zero and `bad` is set. */
struct index_cursor {
	const struct kith_index *ix;
	const uint8_t *p;
	uint64_t at; /* of p, in its section */
	size_t left;
	bool bad;
};

/* Record i of a section of fixed records; a cursor that is bad where there is none. */
struct index_cursor kith_index_row(const struct kith_index *ix, enum index_section s, size_t i);
/* Bytes of a section of bytes. */
struct index_cursor kith_index_bytes(const struct kith_index *ix, enum index_section s,
				     uint64_t offset, uint64_t len);

void kith_index_skip(struct index_cursor *c, size_t n);
uint32_t kith_index_u32(struct index_cursor *c);
uint64_t kith_index_u64(struct index_cursor *c);
struct kith_time kith_index_time(struct index_cursor *c);
void kith_index_bytes32(struct index_cursor *c, uint8_t out[32]);
/* A reference into STRINGS, resolved. */
struct kith_span kith_index_str(struct index_cursor *c);
/* Length-prefixed bytes, in place. */
struct kith_span kith_index_text(struct index_cursor *c);

/* First record of a sorted section whose first n bytes are not less than key. */
size_t kith_index_lower_bound(const struct kith_index *ix, enum index_section s, const uint8_t *key,
			      size_t n);

#endif
