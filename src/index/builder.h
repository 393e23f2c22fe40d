/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the builder share: batch.c reads files, replay.c takes over what the old index
 * has, both give items to take.c; history.c judges; write.c puts it all into a file.
 */
#ifndef KITH_INDEX_BUILDER_H
#define KITH_INDEX_BUILDER_H

#include "index/format.h"
#include "index/index.h"
#include "index/record.h"
#include "index/spool.h"

#define INDEX_NONE UINT32_MAX

struct index_source {
	struct kith_span url, name, commit; /* in the arena `keys` */
	unsigned flags;                     /* INDEX_SOURCE_… */
	int64_t baseline, fetched;
	uint32_t files, proofs, valid, obsolete, refused;
	uint32_t seq; /* of its next item or refusal */
	uint32_t n_items, n_refusals;
};

struct index_id {
	struct kith_id id;
	struct index_str self_url, other_url;
	struct kith_time url_date;
	unsigned flags;
	uint32_t reviews, trusts;
};

/* A distinct valid proof. There may be millions: what is not sorted or judged lies in the spool. */
struct index_proof {
	struct kith_digest digest;
	uint32_t author;                  /* number in ids */
	uint32_t name;                    /* number in names, or INDEX_NONE */
	uint32_t at, len;                 /* in the spool; once written: in RECORDS */
	uint32_t first_place, last_place; /* numbers in places, or INDEX_NONE */
	int64_t seen, previous;           /* set by history.c */
	uint8_t kind, level, flags;       /* flags: INDEX_PROOF_…; likewise */
};

struct index_digest {
	uint64_t prefix;
	uint32_t proof;
};

struct index_checked {
	uint8_t bytes[INDEX_CHECKED];
};

struct index_name {
	enum kith_ecosystem eco;
	struct kith_span text; /* in the arena `keys` */
	struct index_str str;
	uint32_t count, rank;
	uint32_t at, len; /* in RECORDS; set by write.c */
};

struct index_file {
	uint32_t source;
	struct index_str path;
};

struct index_place {
	uint32_t proof, file, line;
	uint32_t seq;  /* among all of its source; INDEX_NONE: the source has withdrawn it */
	uint32_t next; /* place of the same proof, or INDEX_NONE */
};

struct index_refusal {
	uint32_t source, line, status, flags, seq;
	struct index_str path, cause;
	struct kith_digest digest;
};

/*
 * Strings of the old index, which lie where they lie: known by their address while a source is
 * taken over, so that few are hashed.
 */
#define INDEX_MEMO 1024U
struct index_memo {
	const uint8_t *ptr;
	struct index_str str;
};

/* A file that waits in the batch; without bytes, something that is refused. */
struct index_batch_file {
	struct kith_arena arena;
	struct kith_span path, bytes;
	const char *refused; /* why; NULL: it is read */
	uint32_t source;
	bool gone;                 /* what the source no longer has */
	uint32_t line;             /* where it stood in a larger file; 0: it is the file */
	bool again;                /* no text: the proof of this digest came already */
	struct kith_digest digest; /* of `again`, and of what is carried */
	struct kith_proof_list list;
	struct index_checked *checked; /* of each item */
	struct kith_error error;
};

#define INDEX_LIST(type, name)                                                                     \
	struct type *name;                                                                         \
	size_t n_##name, cap_##name

struct kith_index_builder {
	struct kith_index *old;
	struct kith_map old_sources;    /* name to number in the old index */
	struct index_memo *old_strings; /* INDEX_MEMO of them */
	struct index_memo *memo;        /* those, while a source is taken over */
	struct kith_arena keys;         /* map keys, texts of sources */
	struct kith_buf strings, tail;
	struct index_spool spool;
	struct kith_map string_map, id_map, name_map;
	struct kith_map proved_map; /* (id, normal URL) pairs that a repository has proved */
	struct kith_map news_map;   /* (source, digest) to news */
	struct kith_map bad_map;    /* digests of refused bodies */
	uint32_t *proof_slots;      /* table of proofs by digest: number + 1, or 0 */
	size_t n_proof_slots;
	uint64_t seed[2];
	INDEX_LIST(kith_index_news, news);
	INDEX_LIST(index_source, sources);
	INDEX_LIST(index_id, ids);
	INDEX_LIST(index_proof, proofs);
	INDEX_LIST(index_digest, digests);
	INDEX_LIST(index_checked, checked);
	INDEX_LIST(index_name, names);
	INDEX_LIST(index_file, files);
	INDEX_LIST(index_place, places);
	INDEX_LIST(index_refusal, refusals);
	struct kith_map carried_map; /* digests of what is carried, to its facts */
	bool is_carried;             /* facts are told, not found */
	INDEX_LIST(kith_index_carried, carried);
	struct kith_trust_builder *trust;
	struct kith_index_totals totals;
	/* files read and not yet verified */
	INDEX_LIST(index_batch_file, batch);
	size_t batch_bytes;
};

/* Grows list `name` of builder b by one; evaluates to an error code. */
#define INDEX_GROW(b, name, err)                                                                   \
	kith_grow(&(b)->name, &(b)->cap_##name, (b)->n_##name + 1, sizeof(*(b)->name),             \
		  UINT32_MAX - 1, "records in the index", err)

/* A proof that is taken in: read just now, or from the old index. */
struct index_item {
	const struct kith_proof *proof;
	unsigned review_flags;
	const struct index_checked *checked;
	uint32_t source, line;
	struct kith_span path;
	bool gone;
};

/* carried.c: takes a waiting one whose facts are told. */
KITH_NODISCARD int kith_index_take_carried(struct kith_index_builder *b,
					   const struct index_batch_file *f,
					   struct kith_error *err);
KITH_NODISCARD int kith_index_judge_carried(struct kith_index_builder *b, struct kith_error *err);

/* take.c: in import order. The first valid one of a body becomes its record. */
KITH_NODISCARD int kith_index_take(struct kith_index_builder *b, const struct index_item *item,
				   struct kith_error *err);
/* A place more of a proof that was taken. */
KITH_NODISCARD int kith_index_take_place(struct kith_index_builder *b,
					 const struct index_item *item, uint32_t proof,
					 struct kith_error *err);
KITH_NODISCARD int kith_index_take_id(struct kith_index_builder *b, const struct kith_id *id,
				      uint32_t *ret_i, struct kith_error *err);
/* `digest` may be NULL: no body was seen. */
KITH_NODISCARD int kith_index_take_refusal(struct kith_index_builder *b,
					   const struct index_refusal *x, struct kith_span path,
					   struct kith_span cause, struct kith_error *err);
KITH_NODISCARD int kith_index_intern(struct kith_index_builder *b, struct kith_span s,
				     struct index_str *ret_str, struct kith_error *err);
bool kith_index_builder_find(const struct kith_index_builder *b, const struct kith_digest *digest,
			     uint32_t *ret_proof);

/* batch.c: takes in what waits. */
KITH_NODISCARD int kith_index_builder_wait(struct kith_index_builder *b,
					   const struct index_batch_file *file,
					   struct kith_span path, struct kith_span bytes,
					   struct kith_error *err);
KITH_NODISCARD int kith_index_builder_flush(struct kith_index_builder *b, struct kith_error *err);
void kith_index_builder_drop_batch(struct kith_index_builder *b);

/* history.c: what is gone, withdrawn, late; before anything is written. */
KITH_NODISCARD int kith_index_builder_judge(struct kith_index_builder *b, struct kith_error *err);

/* read.c: the old index's word on a body and signature: true if it verified them before. */
bool kith_index_verified_before(const struct kith_index *old, const struct index_checked *checked);

#endif
