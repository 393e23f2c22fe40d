/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs as records of the index: what the builder puts in is what claims and replay.c get out. */
#ifndef KITH_INDEX_RECORD_H
#define KITH_INDEX_RECORD_H

#include "index/view.h"
#include "proof/proof.h"

struct index_str {
	uint32_t offset, len;
};

/* Strings of a record, interned. */
struct index_tail_strings {
	struct index_str url, version, source;
	const struct index_str *ids; /* URLs of a trust proof's ids, the valid ones only */
};

/* Where the number of the name lies in the tail of a review. */
#define INDEX_TAIL_NAME 20

/* Appends what follows the places. The number of the name is put as zero. */
void kith_index_put_tail(struct kith_buf *out, const struct kith_proof *p, unsigned review_flags,
			 const struct index_tail_strings *strings);

/* INDEX_REVIEW_… of a proof that was read. */
unsigned kith_index_review_flags(const struct kith_proof *p);

struct index_record {
	uint32_t number, flags;
	int64_t seen, previous;
	uint64_t places; /* offset in RECORDS */
	uint32_t n_places;
	uint32_t name; /* of a review: number in NAMES */
	unsigned review_flags;
	/*
	 * What counts of the proof: kind, digest, author with URL, date, comment (its beginning);
	 * of a review all but its package's name; of a trust statement all.
	 */
	struct kith_proof proof;
};

/*
 * Reads the record at the cursor, which stands behind it then. Arrays are in the arena, bytes those
 * of the index. False: damaged, or out of memory.
 */
bool kith_index_read_record(struct index_cursor *c, struct kith_arena *arena,
			    struct index_record *ret_record);

/* read.c: where the record of proof i lies. */
struct index_cursor kith_index_proof_record(const struct kith_index *ix, size_t i);
/* Place i of a record whose places lie there. */
bool kith_index_read_place(const struct kith_index *ix, uint64_t places, size_t i,
			   struct kith_place *ret_place);

#endif
