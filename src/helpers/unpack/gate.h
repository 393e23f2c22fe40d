/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict second reader of tar, fed with the same bytes as libarchive. Two readers of tar that
 * disagree (cargo's and ours) would let an archive show one tree to a reviewer and another to a
 * compiler, so whatever readers are known to take differently is refused here: NUL in a name, sizes
 * said twice, sparse files, data after the end, odd headers. It keeps nothing but a hash of the
 * sequence of entries, which must equal the one made from libarchive's answers.
 */
#ifndef KITH_UNPACK_GATE_H
#define KITH_UNPACK_GATE_H

#include "base/base.h"
#include "crypto/tree.h"

#define KITH_TAR_BLOCK 512

enum kith_gate_state {
	KITH_GATE_HEADER, /* collecting a header block */
	KITH_GATE_DATA,   /* passing over content and padding */
	KITH_GATE_EXTRA,  /* collecting the content of an extension header */
	KITH_GATE_END     /* after the first block of zeros: only zeros */
};

struct kith_gate {
	enum kith_gate_state state;
	uint8_t block[KITH_TAR_BLOCK];
	size_t have;       /* bytes of block that are there */
	uint64_t left;     /* bytes of content and padding still to come */
	uint64_t total;    /* bytes of the stream so far */
	uint64_t max;      /* bytes that the stream may have */
	uint64_t zeros;    /* bytes of zeros at the end */
	size_t extra_size; /* content of the extension header without its padding */
	char extra_type;
	bool extended; /* an extension header waits for its entry */
	bool pax;      /* and it was a pax header */
	bool has_path, has_target;
	struct kith_buf extra, path, target;
	struct kith_blake2b_state *seen;
};

/* Error: KITH_E_NOMEM. A gate is always to be cleared. */
KITH_NODISCARD int kith_gate_init(struct kith_gate *g, uint64_t max_bytes, struct kith_error *err);
void kith_gate_clear(struct kith_gate *g);
#define KITH_AUTO_GATE KITH_CLEANUP(kith_gate_clear)

/* The next bytes of the stream. Errors: KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_NOMEM. */
KITH_NODISCARD int kith_gate_feed(struct kith_gate *g, struct kith_span bytes,
				  struct kith_error *err);

/* The stream has ended: *ret_seen is the hash of the sequence. Error: KITH_E_FORMAT. */
KITH_NODISCARD int kith_gate_end(struct kith_gate *g, struct kith_digest *ret_seen,
				 struct kith_error *err);

/* Adds one entry to a hash of a sequence; both readers use it. One '/' at a folder's end goes. */
void kith_gate_record(struct kith_blake2b_state *seen, enum kith_tree_type type, uint64_t size,
		      struct kith_span path, struct kith_span target);

#endif
