/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index: one immutable tagged file of everything verified, derived from the mirrors, made anew
 * and never migrated (house.md, libraries.md 6). It is authenticated with a secret of this machine
 * as it is read, and every offset is checked at use: a damaged or foreign file gives KITH_E_FORMAT,
 * never a crash or a forged verdict. What is made anew may take over from the old one what belongs
 * to sources that have not moved; the result is the same as if everything had been read.
 */
#ifndef KITH_INDEX_INDEX_H
#define KITH_INDEX_INDEX_H

#include "base/base.h"
#include "evidence/claim.h"
#include "trust/trust.h"

#define KITH_INDEX_SECRET_BYTES 32

struct kith_index;

struct kith_index_totals {
	uint64_t sources, files, proofs;   /* proofs: every one found, copies included */
	uint64_t distinct, valid;          /* distinct bodies; those that verify */
	uint64_t obsolete, refused;        /* of all found: signed as before April 2019; bad */
	uint64_t reviews, trusts, unknown; /* of the distinct valid ones */
};

/* --- building --- */

struct kith_index_builder;

struct kith_index_source {
	struct kith_span url; /* what `from.url` is compared with; empty: this source proves none */
	struct kith_span name;   /* how people call it: URL, file name */
	struct kith_span commit; /* hex of the head that was read */
	bool own;                /* a proof repository of the user's own */
	int64_t baseline;        /* when it was first fetched; 0: not known */
	int64_t fetched;         /* when it was last fetched with success; 0: not known */
};

/* A proof that a later fetch than the first one of its source brought (verdict.md 7). */
struct kith_index_news {
	struct kith_digest digest;
	int64_t seen, previous; /* when, and when the source had last been fetched before */
};

/*
 * `old` (may be NULL, borrowed until the builder is freed; what it gave out before dies) spares
 * verifying what it holds already, and reading what has not changed. What does not fit into little
 * memory waits in a nameless file in `folder` (NULL: in memory). *ret_builder is yours.
 */
KITH_NODISCARD int kith_index_builder_new(struct kith_index *old, const char *folder,
					  struct kith_index_builder **ret_builder,
					  struct kith_error *err);
void kith_index_builder_free(struct kith_index_builder *b);
/* Begins a source; the files that follow belong to it. */
KITH_NODISCARD int kith_index_builder_source(struct kith_index_builder *b,
					     const struct kith_index_source *source,
					     struct kith_error *err);
/*
 * Whether the old index has this source, of the same name and URL, read to its end at this commit.
 * Then kith_index_builder_reuse begins it and takes its files from there. What that makes is what
 * reading would make; KITH_E_FORMAT if the old index turns out to be damaged (then begin without).
 */
KITH_NODISCARD int kith_index_builder_can_reuse(struct kith_index_builder *b,
						const struct kith_index_source *source,
						bool *ret_can, struct kith_error *err);
KITH_NODISCARD int kith_index_builder_reuse(struct kith_index_builder *b,
					    const struct kith_index_source *source,
					    struct kith_error *err);
/* The current source could not be read to its end: it is not taken from this index later. */
void kith_index_builder_cut_short(struct kith_index_builder *b);
/* Takes one proof file of the current source (copied). A file over its limit is one refusal. */
KITH_NODISCARD int kith_index_builder_file(struct kith_index_builder *b, struct kith_span path,
					   struct kith_span bytes, struct kith_error *err);
/* Says which proofs of the current source came later than its baseline. */
KITH_NODISCARD int kith_index_builder_news(struct kith_index_builder *b,
					   const struct kith_index_news *news, size_t n,
					   struct kith_error *err);
/*
 * Takes the text of proofs that a source (the number of its kith_index_builder_source, from 0) has
 * withdrawn; after the files of all sources. What is still served somewhere is not gone.
 */
KITH_NODISCARD int kith_index_builder_gone(struct kith_index_builder *b, size_t source,
					   struct kith_span bytes, struct kith_error *err);
/* Counts one refusal of the current source that is not about a proof's text (path, cause). */
KITH_NODISCARD int kith_index_builder_refuse(struct kith_index_builder *b, struct kith_span path,
					     const char *cause, struct kith_error *err);

/* --- carried evidence: proofs with what was known of them where they came from --- */

/* Of one proof: what history means for it (verdict.md 7, 11), judged elsewhere. */
struct kith_index_carried {
	struct kith_digest digest; /* of its body */
	bool gone, withdrawn;      /* as of struct kith_claim */
	bool taken;                /* … and its author's repository had it once */
	bool has_previous;
	int64_t seen, previous;
};
/* Of one id, as struct kith_index_id_info has it. */
struct kith_index_carried_id {
	struct kith_id id;
	bool says_url, proved;
	struct kith_span url, other_url;
	uint32_t reviews;
};
/*
 * Takes one proof of source `source`, which stood at this line of this file there. From the first
 * one on nothing follows from places any more. KITH_E_INTEGRITY, now or later: the text is not this
 * one proof, or it does not verify.
 */
KITH_NODISCARD int kith_index_builder_carried(struct kith_index_builder *b, size_t source,
					      struct kith_span path, uint32_t line,
					      struct kith_span text,
					      const struct kith_index_carried *fact,
					      struct kith_error *err);
/* Where what a source has withdrawn is said to lie. */
#define KITH_INDEX_GONE_PATH "(withdrawn)"

/* A proof that came already is there, too, or (gone) was. */
KITH_NODISCARD int kith_index_builder_carried_again(struct kith_index_builder *b, size_t source,
						    struct kith_span path, uint32_t line, bool gone,
						    const struct kith_digest *digest,
						    struct kith_error *err);
/* After all proofs: what is known of ids; of others nothing is. */
KITH_NODISCARD int kith_index_builder_carried_ids(struct kith_index_builder *b,
						  const struct kith_index_carried_id *ids, size_t n,
						  struct kith_error *err);
/*
 * In place of writing a file: the index, in memory. The builder can only be freed afterwards.
 * *ret_index is yours.
 */
KITH_NODISCARD int kith_index_builder_take(struct kith_index_builder *b,
					   struct kith_index **ret_index, struct kith_error *err);

/*
 * Writes the file atomically. `state` says which state of the mirrors this is. The builder can only
 * be freed afterwards.
 */
KITH_NODISCARD int kith_index_builder_write(struct kith_index_builder *b, const char *path,
					    const uint8_t secret[KITH_INDEX_SECRET_BYTES],
					    const struct kith_digest *state,
					    struct kith_index_totals *ret_totals,
					    struct kith_error *err);

/* --- using --- */

/*
 * Maps the file. KITH_E_NOTFOUND: none there; KITH_E_FORMAT: not an index, another format, made
 * with another secret, or damaged: rebuild. *ret_index is yours; what it gives out is borrowed.
 */
KITH_NODISCARD int kith_index_open(const char *path, const uint8_t secret[KITH_INDEX_SECRET_BYTES],
				   struct kith_index **ret_index, struct kith_error *err);
void kith_index_free(struct kith_index *ix);
void kith_index_freep(struct kith_index **ix);

/*
 * Whether anything that was asked for was not as it was written: then "there is none" may have been
 * a wrong answer, and the file is to be removed so that it is made anew.
 */
bool kith_index_is_damaged(const struct kith_index *ix);
/* What to say then: KITH_E_IO, and the way out. */
int kith_index_fail(struct kith_error *err);

/* Whether it was made from this state of the mirrors. */
bool kith_index_is_of(const struct kith_index *ix, const struct kith_digest *state);

void kith_index_get_totals(const struct kith_index *ix, struct kith_index_totals *ret_totals);

struct kith_index_source_info {
	struct kith_span url, name, commit;
	bool own;
	uint32_t files, proofs, valid, obsolete, refused;
	int64_t baseline, fetched; /* first and last success; 0: not known */
};
size_t kith_index_count_sources(const struct kith_index *ix);
bool kith_index_source_at(const struct kith_index *ix, size_t i,
			  struct kith_index_source_info *ret_info);

/* What is known of an id (crev format 6.5). */
struct kith_index_id_info {
	struct kith_id id;
	struct kith_span url; /* the URL it says itself, newest; empty if none */
	bool proved;          /* … and the repository there serves its proofs */
	bool own;             /* its proofs lie in an own repository */
	bool says_url;
	struct kith_span other_url; /* what others say; first heard */
	uint32_t reviews, trusts;   /* valid proofs of its own */
};
size_t kith_index_count_ids(const struct kith_index *ix);
bool kith_index_id_at(const struct kith_index *ix, size_t i, struct kith_index_id_info *ret_info);
bool kith_index_find_id(const struct kith_index *ix, const struct kith_id *id, size_t *ret_i);

/*
 * All reviews of a package name, every version, registry and author; the last imported comes
 * first, which is the one that counts in crev mode among several of one date. Arrays live
 * in the arena; spans point into the index. Errors: KITH_E_IO (damaged), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_index_claims(const struct kith_index *ix, enum kith_ecosystem eco,
				     struct kith_span name, struct kith_arena *arena,
				     const struct kith_claim **ret_claims, size_t *ret_count,
				     struct kith_error *err);
/* All reviews that name this digest, whatever their package; same order. */
KITH_NODISCARD int kith_index_claims_by_digest(const struct kith_index *ix,
					       const struct kith_digest *digest,
					       struct kith_arena *arena,
					       const struct kith_claim **ret_claims,
					       size_t *ret_count, struct kith_error *err);
/* Names that have reviews, sorted. */
size_t kith_index_count_names(const struct kith_index *ix);
bool kith_index_name_at(const struct kith_index *ix, size_t i, enum kith_ecosystem *ret_eco,
			struct kith_span *ret_name, size_t *ret_reviews);

/* One distinct valid proof. They are numbered in import order: a statement's `place`, too. */
struct kith_index_proof_info {
	struct kith_digest digest;
	enum kith_proof_kind kind;
	struct kith_id author;
	struct kith_time date;
	struct kith_span comment;
	enum kith_level level; /* of a trust proof */
	uint64_t places;       /* private */
	size_t n_places;
	bool gone, withdrawn; /* as of struct kith_claim */
	bool taken;           /* … and its author's repository had it once */
	bool has_previous;
	int64_t previous, seen; /* seconds since 1970; seen 0: not known */
};
size_t kith_index_count_proofs(const struct kith_index *ix);
bool kith_index_proof_at(const struct kith_index *ix, size_t i,
			 struct kith_index_proof_info *ret_info);
/* In which source its place i is; false: there is no such place. */
bool kith_index_place_source(const struct kith_index *ix, const struct kith_index_proof_info *proof,
			     size_t i, uint32_t *ret_source);
/* Where a proof was found, from 0. */
bool kith_index_place_at(const struct kith_index *ix, const struct kith_index_proof_info *proof,
			 size_t i, struct kith_place *ret_place);

struct kith_index_refusal {
	size_t source;
	struct kith_span path;
	uint32_t line;
	enum kith_proof_status status;
	struct kith_span cause;
};
size_t kith_index_count_refused(const struct kith_index *ix);
bool kith_index_refused_at(const struct kith_index *ix, size_t i,
			   struct kith_index_refusal *ret_refusal);

/* The trust graph; `place` of its statements is the number of their proof. Borrowed. */
KITH_NODISCARD int kith_index_graph(struct kith_index *ix,
				    const struct kith_trust_graph **ret_graph,
				    struct kith_error *err);

#endif
