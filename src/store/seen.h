/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which checksum this machine first saw for each package version: DATA/packages.journal, text that
 * is only ever appended to (verdict.md 7). Data, not cache: without it a registry or a lock file
 * could change bytes unseen. Lines (what does not end in a newline was cut off by a kill and is
 * none; the first line of a key counts, unless a later one forgets it):
 *
 *   package TIME CHECKSUM KEY     TIME is seconds since 1970, KEY "ECOSYSTEM REGISTRY NAME VERSION"
 *   forget TIME KEY               what was said of this key before does not count any more
 */
#ifndef KITH_STORE_SEEN_H
#define KITH_STORE_SEEN_H

#include "store/store.h"

enum kith_seen_answer {
	KITH_SEEN_FIRST, /* nobody has asked before */
	KITH_SEEN_SAME,
	KITH_SEEN_OTHER /* another checksum was seen first */
};

struct kith_seen_want {
	struct kith_span key;      /* see kith_seen_put_key */
	struct kith_span checksum; /* no blanks, not empty */
	/* filled by kith_seen_look */
	enum kith_seen_answer answer;
	int64_t time;          /* where not FIRST */
	struct kith_span seen; /* the checksum seen first; borrowed from the text */
};

/*
 * Appends the key of a package; registry empty: the ecosystem's default one. False, and nothing is
 * appended, if a part is empty or holds blanks or controls: such a package has no key.
 */
bool kith_seen_put_key(struct kith_buf *out, const char *ecosystem, struct kith_span registry,
		       struct kith_span name, struct kith_span version);

/* The journal's text; empty if there is none. KITH_E_LIMIT, KITH_E_IO. */
KITH_NODISCARD int kith_seen_read(const struct kith_dirs *dirs, struct kith_buf *out,
				  struct kith_error *err);

/* Answers all n from the text, in one pass. KITH_E_FORMAT: it does not begin as such a journal. */
KITH_NODISCARD int kith_seen_look(struct kith_span text, struct kith_seen_want *wants, size_t n,
				  struct kith_error *err);

/* Appends those of the wants that are FIRST and marked; `marked` by index. Nothing: no write. */
KITH_NODISCARD int kith_seen_note(const struct kith_dirs *dirs, const struct kith_seen_want *wants,
				  const bool *marked, size_t n, int64_t now,
				  struct kith_error *err);

/* What is remembered of a package version, one a registry. Spans borrow from the text. */
struct kith_seen_record {
	struct kith_span key, checksum;
	int64_t time;
};

/* The records of a name and version that are in force; the array is the arena's. */
KITH_NODISCARD int kith_seen_find(struct kith_span text, struct kith_span name,
				  struct kith_span version, struct kith_arena *arena,
				  struct kith_seen_record **ret_list, size_t *ret_count,
				  struct kith_error *err);
/* Appends that these do not count any more: what is seen next is the first again. */
KITH_NODISCARD int kith_seen_forget(const struct kith_dirs *dirs,
				    const struct kith_seen_record *list, size_t n, int64_t now,
				    struct kith_error *err);

#endif
