/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle: all evidence that one project's verdict names, in one plain text file (docs/FORMAT.md).
 * This room reads and writes it; who may be believed is decided where the evidence is used. Pure.
 */
#ifndef KITH_EVIDENCE_BUNDLE_H
#define KITH_EVIDENCE_BUNDLE_H

#include "evidence/claim_set.h"

#define KITH_BUNDLE_LOCK 32 /* bytes of the lock file's SHA-256 */

/* Something that decides besides the evidence, by its digest: "roots" of kith.toml, … */
struct kith_bundle_part {
	struct kith_span name;
	struct kith_digest digest;
};

/* What was known of an id, which no proof says (verdict.md 2). */
struct kith_bundle_id {
	struct kith_id id;
	bool says_url, proved;
	struct kith_span url, other_url;
	uint64_t reviews;
};

enum kith_bundle_kind { KITH_BUNDLE_CREV, KITH_BUNDLE_VET, KITH_BUNDLE_RUSTSEC, KITH_BUNDLE_OSV };

struct kith_bundle_source {
	enum kith_bundle_kind kind;
	struct kith_span location, commit;
	int64_t fetched;
	/* crev: the URL that it proves, or empty; when it was first fetched */
	struct kith_span url;
	bool own;
	int64_t baseline;
	/* the others: as of struct kith_claim_set_source */
	struct kith_span slug, inside;
	uint32_t mark;
	int64_t since;
};

/* Flags of a proof: what history says of it. */
#define KITH_BUNDLE_GONE      1U
#define KITH_BUNDLE_WITHDRAWN 2U
#define KITH_BUNDLE_TAKEN     4U
#define KITH_BUNDLE_LATER     8U /* `previous` is known */

/* Where a proof stands; the text is with the first of its places only. */
struct kith_bundle_proof {
	uint32_t source;
	struct kith_digest digest;
	struct kith_span path, text; /* text.ptr NULL: it came before */
	uint32_t line;
	unsigned flags;
	int64_t seen, previous;
};

/* An entry of an audit set. */
struct kith_bundle_entry {
	uint32_t source;
	struct kith_claim_set_carried is;
};

/* Who published a version, by an audit set. */
struct kith_bundle_fact {
	uint32_t source;
	struct kith_span name, version, publisher, login;
	int64_t day; /* since 1970-01-01 */
};

/* An audits.toml that was cut, or an advisory. */
struct kith_bundle_file {
	uint32_t source;
	struct kith_span path, text;
};

#define KITH_BUNDLE_LIST(type, name)                                                               \
	struct type *name;                                                                         \
	size_t n_##name, cap_##name

struct kith_bundle {
	uint8_t lock[KITH_BUNDLE_LOCK];
	struct kith_span pins; /* facts in the form of kith.lock */
	KITH_BUNDLE_LIST(kith_bundle_part, parts);
	KITH_BUNDLE_LIST(kith_bundle_id, ids);
	KITH_BUNDLE_LIST(kith_bundle_source, sources);
	KITH_BUNDLE_LIST(kith_bundle_proof, proofs);
	KITH_BUNDLE_LIST(kith_bundle_entry, entries);
	KITH_BUNDLE_LIST(kith_bundle_fact, facts);
	KITH_BUNDLE_LIST(kith_bundle_file, files);
	struct kith_arena arena; /* of texts that had to be unescaped */
};

/* Room for one more in a list; evaluates to an error code. */
#define KITH_BUNDLE_GROW(b, name, err)                                                             \
	kith_grow(&(b)->name, &(b)->cap_##name, (b)->n_##name + 1, sizeof(*(b)->name),             \
		  KITH_MAX_BUNDLE_ITEMS, "entries in a bundle", err)

/* *ret_bundle is yours. */
KITH_NODISCARD int kith_bundle_new(struct kith_bundle **ret_bundle, struct kith_error *err);
void kith_bundle_free(struct kith_bundle *b);
void kith_bundle_freep(struct kith_bundle **b);
#define KITH_AUTO_BUNDLE KITH_CLEANUP(kith_bundle_freep)

/*
 * Reads a bundle, which borrows from the text. Errors: KITH_E_FORMAT (no bundle, or of a version
 * that is not known), KITH_E_INTEGRITY (cut off, or not as it was written), KITH_E_LIMIT,
 * KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_bundle_read(struct kith_span text, kith_claim_set_hash *hash,
				    struct kith_bundle **ret_bundle, struct kith_error *err);

/* Appends the text: the same bytes for the same bundle. */
void kith_bundle_put(const struct kith_bundle *b, kith_claim_set_hash *hash, struct kith_buf *out);

#endif
