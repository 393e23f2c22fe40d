/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From fields to a stored, committed proof: what everything that signs shares. Order: begin (asks
 * for a passphrase), sign as often as needed (takes the repository's lock at the first), finish.
 */
#ifndef KITH_APP_AUTHOR_H
#define KITH_APP_AUTHOR_H

#include <kith/author.h>

#include "app/own.h"
#include "store/own.h"

struct kith_app_author {
	struct kith_session *session;
	const struct kith_author *options;
	struct kith_keyfile key;
	struct kith_signer signer;
	struct kith_own *own; /* NULL until the first proof, and if nothing is to be stored */
	struct kith_time now;
	struct kith_buf text; /* of all proofs, as they are stored */
	size_t proofs;
};

KITH_NODISCARD int kith_app_author_begin(struct kith_session *s, const struct kith_author *options,
					 struct kith_app_author *ret_author,
					 struct kith_error *err);
void kith_app_author_clear(struct kith_app_author *a);
#define KITH_AUTO_AUTHOR KITH_CLEANUP(kith_app_author_clear)

/* The own repository, opened at first use; NULL where nothing is to be stored. */
KITH_NODISCARD int kith_app_author_open(struct kith_app_author *a, struct kith_error *err);

/*
 * Sets from and date (never behind one's own newest statement about the same thing), writes, signs,
 * reads back. The proof's spans are borrowed until then.
 */
KITH_NODISCARD int kith_app_author_sign(struct kith_app_author *a, struct kith_proof *p,
					struct kith_error *err);

/*
 * Stores and commits what was signed, brings the index up to date, and renders what was done (or,
 * with `print`, the proofs). Errors: as of kith_own_commit.
 */
KITH_NODISCARD int kith_app_author_finish(struct kith_app_author *a, const char *message,
					  char **ret_text, size_t *ret_len, struct kith_error *err);

#endif
