/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mirror's journal: DATA/mirrors/<slug>.journal, text that is only ever appended to. It says
 * which head was fetched when, and what each fetch after the first brought and took away, so that
 * history cannot be rewritten unseen (verdict.md 7, 11). Beside it <slug>.gone keeps the text of
 * every proof that a source has withdrawn. Lines (unknown ones are left alone by readers; what does
 * not end in a newline was cut off by a kill and is none):
 *
 *   head TIME PREVIOUS OLD NEW WORD  a fetch moved the head; times are seconds since 1970,
 *                                    PREVIOUS that of the last success before, OLD "-" at first
 *   new N DIGEST                     the N-th head (from 0) brought this proof (of its body)
 *   gone N DIGEST                    … and no longer has this one
 *   read N                           … and that is all: it has been compared with the old one
 */
#ifndef KITH_STORE_JOURNAL_H
#define KITH_STORE_JOURNAL_H

#include "store/store.h"

struct kith_journal_head {
	int64_t time, previous;
	char old_head[KITH_GIT_HEX + 1]; /* empty: the first */
	char head[KITH_GIT_HEX + 1];
	bool rewritten;
	bool compared; /* of the first: always */
};

struct kith_journal_item {
	uint32_t head; /* its number */
	struct kith_digest digest;
};

struct kith_journal {
	struct kith_journal_head *heads;
	struct kith_journal_item *news, *gone;
	size_t n_heads, n_news, n_gone;
	size_t cap_heads, cap_news, cap_gone; /* private */
};

/* KITH_E_LIMIT, KITH_E_NOMEM; KITH_E_FORMAT: it does not begin as a journal. */
KITH_NODISCARD int kith_journal_parse(struct kith_span text, struct kith_journal *ret_journal,
				      struct kith_error *err);
/* The mirror's journal; a missing one is empty. */
KITH_NODISCARD int kith_journal_read(const struct kith_dirs *dirs, const char *slug,
				     struct kith_journal *ret_journal, struct kith_error *err);
void kith_journal_clear(struct kith_journal *j);
#define KITH_AUTO_JOURNAL KITH_CLEANUP(kith_journal_clear)

/*
 * Notes that m->head is about to be in force, fetched at `now`; the last success is still in *m.
 * Nothing is written if the journal's last head is this one.
 */
KITH_NODISCARD int kith_journal_note(const struct kith_dirs *dirs, const struct kith_mirror *m,
				     const char *old_head, int64_t now, bool rewritten,
				     struct kith_error *err);

/* What a comparison of two heads found. `gone_text` are the proofs that are gone, as they stood. */
struct kith_journal_change {
	uint32_t head; /* its number */
	const struct kith_digest *news, *gone;
	size_t n_news, n_gone;
	struct kith_span gone_text;
};
/* Appends it, unless another process was faster. The text is written before what names it. */
KITH_NODISCARD int kith_journal_settle(const struct kith_dirs *dirs, const char *slug,
				       const struct kith_journal_change *change,
				       struct kith_error *err);

/* Appends the proofs that the source has withdrawn, as they stood; nothing if there are none. */
KITH_NODISCARD int kith_journal_gone_text(const struct kith_dirs *dirs, const char *slug,
					  struct kith_buf *out, struct kith_error *err);

#endif
