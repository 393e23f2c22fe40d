/* SPDX-License-Identifier: Apache-2.0 */
/* The state of an open own repository, shared by the files that write and read it. */
#ifndef KITH_STORE_OWN_INSIDE_H
#define KITH_STORE_OWN_INSIDE_H

#include "store/own.h"
#include "store/own_git.h"

#define KITH_OWN_ARENA KITH_MIB(1024)
/* Where a repository is made: inside of `proofs`, which may be another file system. */
#define KITH_OWN_ASIDE "/.new"

/* What goes to the end of one file. */
struct kith_own_file {
	char *path; /* below the repository */
	struct kith_buf added;
	size_t proofs;
	struct kith_buf whole; /* as it was stored */
};

struct kith_own {
	char *proofs; /* <data>/proofs */
	char *folder; /* of the repository */
	char *libexec, *url;
	struct kith_id id;
	int lock_fd;
	struct kith_digest salt;
	struct kith_own_file *files;
	size_t n_files, cap;
	/* what the repository holds, once it was asked for; and what was added since */
	bool loaded;
	struct kith_arena arena;
	struct kith_proof **items;
	size_t n_items, n_stored, items_cap; /* the first n_stored were there when it was opened */
};

/* The lock against other writers; fine if it is held already, or not held any more. */
KITH_NODISCARD int kith_own_lock(struct kith_own *own, struct kith_error *err);
void kith_own_unlock(struct kith_own *own);

/*
 * Commits proofs that lie where own proofs are put. KITH_E_FORMAT: something there that is not
 * committed is no valid proof; KITH_E_INTEGRITY: a proof that was committed is missing.
 */
KITH_NODISCARD int kith_own_commit_stored(const struct kith_own *own, struct kith_error *err);

/* Drops what was added and not stored. */
void kith_own_forget(struct kith_own *own);

/* Reads all proof files of the work tree. */
KITH_NODISCARD int kith_own_load(struct kith_own *own, struct kith_error *err);
KITH_NODISCARD int kith_own_remember(struct kith_own *own, struct kith_proof *p,
				     struct kith_error *err);

#endif
