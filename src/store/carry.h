/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence that is carried from one machine to another: one file with many sources, each its head's
 * history as a pack, its journal and what it has withdrawn. It is a stranger's file: nothing in it
 * proves a URL (verdict.md 11), every proof is verified again. The file is lines "WORD LENGTH",
 * each followed by LENGTH bytes (decimal, at most KITH_CARRY_PIECE):
 *
 *   # kith evidence 1     the first line, without a length
 *   source N              begins a source: its text as beside a mirror (store/meta.h)
 *   journal N, gone N     pieces of the texts of store/journal.h
 *   pack N                pieces of the pack that holds the head's history
 *   whole 0 | broken 0    ends the source; a broken one is left out
 *   end 0                 the last line
 */
#ifndef KITH_STORE_CARRY_H
#define KITH_STORE_CARRY_H

#include "store/store.h"

#define KITH_CARRY_PIECE KITH_MIB(1)

/* --- writing --- */

struct kith_carry_writer {
	int fd; /* the caller's */
	uint64_t bytes;
};
KITH_NODISCARD int kith_carry_begin(struct kith_carry_writer *w, int fd, struct kith_error *err);
/* Ends that are not the source's own are left out: class, attempts, errors. */
KITH_NODISCARD int kith_carry_source(struct kith_carry_writer *w, const struct kith_mirror *m,
				     struct kith_error *err);
/* In as many pieces as it takes; `word` is journal, gone or pack. */
KITH_NODISCARD int kith_carry_put(struct kith_carry_writer *w, const char *word,
				  struct kith_span bytes, struct kith_error *err);
KITH_NODISCARD int kith_carry_whole(struct kith_carry_writer *w, bool whole,
				    struct kith_error *err);
KITH_NODISCARD int kith_carry_end(struct kith_carry_writer *w, struct kith_error *err);

/* --- reading --- */

enum kith_carry_part { KITH_CARRY_JOURNAL, KITH_CARRY_GONE, KITH_CARRY_PACK };
struct kith_carry_calls {
	void *ctx;
	int (*source)(void *ctx, struct kith_span meta, struct kith_error *err);
	int (*part)(void *ctx, enum kith_carry_part part, struct kith_span bytes,
		    struct kith_error *err);
	int (*ended)(void *ctx, bool whole, struct kith_error *err);
};
/*
 * Reads from fd to the end of the file. KITH_E_FORMAT: it is none, is cut off, or a line is wrong;
 * KITH_E_LIMIT: KITH_MAX_CARRIED, KITH_MAX_SOURCES; what a call returned.
 */
KITH_NODISCARD int kith_carry_read(int fd, const struct kith_carry_calls *calls,
				   struct kith_error *err);
/* Whether a file begins as such a file does. */
bool kith_carry_is(const char *path);

struct kith_carried_source {
	struct kith_mirror meta; /* kind, location, head, success */
	char *bundle;            /* a git bundle of its head */
	char *journal, *gone;    /* of their texts; there only if they were */
};
struct kith_carried {
	struct kith_carried_source *items;
	size_t count, cap;
	char *folder; /* with all these files */
};
/*
 * Takes the file apart into a new folder below `below`. All or nothing; broken sources are left
 * out. *ret is yours: kith_carried_clear removes the folder.
 */
KITH_NODISCARD int kith_carry_unpack(const char *path, const char *below, struct kith_carried *ret,
				     struct kith_error *err);
void kith_carried_clear(struct kith_carried *c);
#define KITH_AUTO_CARRIED KITH_CLEANUP(kith_carried_clear)

/*
 * Makes of it something to fetch: a source of class CARRIED with a mirror of its own, beside that
 * of its URL. *ret_older: what was carried here before is newer, so it must not be fetched.
 * Otherwise its journal is in place when this returns, unless what is here has another history.
 */
KITH_NODISCARD int kith_carry_prepare(const struct kith_dirs *dirs,
				      const struct kith_carried_source *item,
				      struct kith_source *ret_source, bool *ret_older,
				      struct kith_error *err);

/* Name of the mirror of carried evidence from this place. NULL when out of memory. Yours. */
char *kith_carry_slug(const char *location);

#endif
