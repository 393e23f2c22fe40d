/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the builder share: build.c fills it, write.c puts it into a file. */
#ifndef KITH_INDEX_BUILDER_H
#define KITH_INDEX_BUILDER_H

#include "index/format.h"
#include "index/index.h"

struct index_str {
	uint32_t offset, len;
};

struct index_source {
	struct index_str url, name, commit;
	struct kith_span url_text; /* in the strings arena */
	bool own;
	int64_t baseline, fetched;
	uint32_t files, proofs, valid, obsolete, refused;
};

struct index_id {
	struct kith_id id;
	struct index_str self_url, other_url;
	struct kith_time url_date;
	unsigned flags;
	uint32_t reviews, trusts;
};

struct index_proof {
	struct kith_digest digest, checked; /* body; body and signature */
	enum kith_proof_kind kind;
	enum kith_level level;
	bool valid;
	uint32_t author; /* number in ids */
	struct kith_time date;
	struct index_str blob;
	uint32_t review; /* number in reviews, or UINT32_MAX */
	uint32_t rank;   /* position in the file; set by write.c */
	uint32_t first_place, n_places;
	unsigned flags;         /* INDEX_PROOF_…; set by history.c */
	int64_t previous, seen; /* likewise */
};

struct index_review {
	uint32_t name, author, proof;
	struct index_str version, source, blob;
	struct kith_digest digest;
	unsigned flags;
	uint8_t thoroughness, understanding, rating;
	struct kith_time date;
	uint32_t rank;
};

struct index_name {
	enum kith_ecosystem eco;
	struct kith_span text;
	struct index_str str;
	uint32_t count, first, rank;
};

struct index_place {
	uint32_t proof, source, line;
	struct index_str path;
	bool gone;
};

struct index_refusal {
	uint32_t source, line, status;
	struct index_str path, cause;
};

#define INDEX_LIST(type, name)                                                                     \
	struct type *name;                                                                         \
	size_t n_##name, cap_##name

struct index_batch_file {
	uint32_t source;
	struct index_str path;
	bool gone; /* what the source no longer has */
	struct kith_proof_list list;
};

struct kith_index_builder {
	const struct kith_index *old;
	struct kith_arena keys; /* map keys */
	struct kith_buf strings, blobs;
	struct kith_map string_map, id_map, name_map, proof_map;
	struct kith_map proved_map; /* (id, normal URL) pairs that a repository has proved */
	struct kith_map news_map;   /* (source, digest) to news */
	INDEX_LIST(kith_index_news, news);
	INDEX_LIST(index_source, sources);
	INDEX_LIST(index_id, ids);
	INDEX_LIST(index_proof, proofs);
	INDEX_LIST(index_review, reviews);
	INDEX_LIST(index_name, names);
	INDEX_LIST(index_place, places);
	INDEX_LIST(index_refusal, refusals);
	struct kith_trust_builder *trust;
	struct kith_index_totals totals;
	/* files read and not yet verified */
	struct kith_arena batch;
	INDEX_LIST(index_batch_file, files);
	size_t batch_bytes;
};

/* Grows list `name` of builder b by one; evaluates to an error code. */
#define INDEX_GROW(b, name, err)                                                                   \
	kith_grow(&(b)->name, &(b)->cap_##name, (b)->n_##name + 1, sizeof(*(b)->name),             \
		  UINT32_MAX - 1, "records in the index", err)

/* Verifies and takes in what build.c still holds. */
KITH_NODISCARD int kith_index_builder_flush(struct kith_index_builder *b, struct kith_error *err);

/* history.c: what is gone, withdrawn, late; before anything is written. */
KITH_NODISCARD int kith_index_builder_judge(struct kith_index_builder *b, struct kith_error *err);

/* The old index's word on a body and signature: true if it verified them before. */
bool kith_index_verified_before(const struct kith_index *old, const struct kith_digest *body,
				const struct kith_digest *checked);

/* What is signed and by which signature, as one digest. */
void kith_index_checked_digest(const struct kith_proof *p, struct kith_digest *ret_digest);

#endif
