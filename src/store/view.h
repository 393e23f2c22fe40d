/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another state of the mirrors than the one they are in: sources at named commits, with a history
 * that somebody wrote down (verdict.md 10). Held in memory, so nobody can change it meanwhile; what
 * the commits hold is still read from the repositories.
 */
#ifndef KITH_STORE_VIEW_H
#define KITH_STORE_VIEW_H

#include "store/journal.h"

/* A proof that a later fetch than the first of its source brought. */
struct kith_store_late {
	struct kith_digest proof;
	int64_t seen, previous;
};

/* A violation that a set has dropped and that counts on (verdict.md 7). */
struct kith_store_vanished {
	const char *slug;      /* of the set's mirror */
	struct kith_span text; /* an audits.toml that holds it */
	struct kith_span path; /* where it stood … */
	uint32_t line;
	int64_t seen, gone; /* 0: its first fetch brought it */
};

struct kith_store_view {
	/* sorted by slug, each once; `path` is where the commit in `head` is read from */
	struct kith_mirrors mirrors;
	struct kith_span *gone; /* of each: proofs that it has withdrawn, as they stood */
	const struct kith_store_late *late;
	size_t n_late;
	const struct kith_store_vanished *vanished;
	size_t n_vanished;
	struct kith_digest state; /* what kith_store_state says */
};

/* A copy of its mirrors. *ret is yours (kith_mirrors_clear). */
KITH_NODISCARD int kith_view_mirrors(const struct kith_store_view *view, struct kith_mirrors *ret,
				     struct kith_error *err);
/* The journal of one of them; of a mirror that it does not have: empty. */
KITH_NODISCARD int kith_view_journal(const struct kith_store_view *view, const char *slug,
				     struct kith_journal *ret_journal, struct kith_error *err);
/* Appends what one of them has withdrawn. */
KITH_NODISCARD int kith_view_gone_text(const struct kith_store_view *view, const char *slug,
				       struct kith_buf *out, struct kith_error *err);

/* A copy of a mirror, with memory of its own. *ret is yours (kith_mirror_clear). */
KITH_NODISCARD int kith_mirror_copy(const struct kith_mirror *m, struct kith_mirror *ret,
				    struct kith_error *err);

#endif
