/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Equivocation: one author said two different things about one thing with one and the same date
 * (verdict.md 2). Different people may have been shown different ones; both texts are evidence.
 */
#ifndef KITH_APP_TWICE_H
#define KITH_APP_TWICE_H

#include "app/app.h"
#include "codec/json.h"

struct kith_app_said {
	struct kith_index_proof_info proof;
	struct kith_place place;
	struct kith_span text; /* the signed body; empty: it could not be read any more */
};

struct kith_app_twice {
	struct kith_id author;
	struct kith_time date;
	enum kith_proof_kind kind;
	/* of a review */
	struct kith_span registry, name, version;
	/* of a trust statement */
	struct kith_id about;
	struct kith_span scope;
	const struct kith_app_said *const *said; /* in the order of their digests */
	size_t n_said;
};

/*
 * All of them, sorted by author, date, kind and subject. `since` (INT64_MIN: all): only where one
 * of the statements was first seen here at that time or later; `author` (NULL: anybody's). Arrays
 * and texts are the arena's, the rest is borrowed from the index. Errors: KITH_E_HELPER,
 * KITH_E_FORMAT.
 */
KITH_NODISCARD int kith_app_twice_find(struct kith_session *s, const struct kith_index *ix,
				       int64_t since, const struct kith_id *author,
				       struct kith_arena *arena,
				       const struct kith_app_twice **ret_list, size_t *ret_count,
				       struct kith_error *err);

/* "review of serde 1.0.0", "trust in _LMuC9huFMJj". */
void kith_app_twice_put_subject(const struct kith_app_twice *t, struct kith_buf *out);

/* Warns, a line each, of what was first seen at `since` or later. Failures cost only the warning.
 */
void kith_app_twice_warn(struct kith_session *s, const struct kith_index *ix, int64_t since);

/* --- twice_claims.c: among the claims about one package --- */

/* "  said twice  …" for each group of reviews of one author, version and date. */
KITH_NODISCARD int kith_app_twice_put_claims(const struct kith_claim *claims, size_t n,
					     struct kith_buf *out, struct kith_error *err);
/* The same as the member "equivocations" of an open object. */
KITH_NODISCARD int kith_app_twice_json_claims(const struct kith_claim *claims, size_t n,
					      struct kith_json_writer *w, struct kith_error *err);

#endif
