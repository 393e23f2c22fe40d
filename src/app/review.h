/* SPDX-License-Identifier: Apache-2.0 */
/* A review that is being written: shared by the files that make, edit and sign it. */
#ifndef KITH_APP_REVIEW_H
#define KITH_APP_REVIEW_H

#include <kith/review.h>

#include "app/activity.h"
#include "app/author.h"
#include "app/pick.h"

struct kith_review {
	struct kith_session *session;
	struct kith_review_options options;
	struct kith_keyfile key;
	struct kith_app_picker picker;
	struct kith_app_picked target, base; /* base: if there is a diff base */
	struct kith_app_bytes bytes, base_bytes;
	struct kith_app_activity activity;
	struct kith_own *look; /* what was said before; holds no lock */
	/* NULL: none. One's own newest of this version, of any version, of the base. */
	const struct kith_proof *previous, *latest, *of_base;
	struct kith_proof proof; /* what it says so far */
	struct kith_arena arena;
};

/* --- review_options.c --- */

/* The package info of bytes that were checked; strings are borrowed from the picker. */
void kith_review_set_package(struct kith_package_info *info, const struct kith_app_picked *p,
			     const struct kith_app_bytes *bytes);
/* What the options say, on top of what is in the proof. */
KITH_NODISCARD int kith_review_apply_options(struct kith_review *rv, struct kith_error *err);

/* True if the proof says anything at all. */
bool kith_review_says_something(const struct kith_proof *p);

/* Checks bytes that somebody vouches for. KITH_E_USAGE if nobody does. */
KITH_NODISCARD int kith_review_read_bytes(struct kith_app_picker *picker,
					  const struct kith_app_picked *p,
					  struct kith_app_bytes *ret, struct kith_error *err);

/* --- review_again.c --- */

/*
 * Signs reviews as one's own, dated now, in one commit; what one has said in the same words is left
 * out. `none` is the message of KITH_E_NOTFOUND where nothing is left to say.
 */
KITH_NODISCARD int kith_review_say(struct kith_session *session, const struct kith_author *author,
				   const struct kith_proof *proofs, size_t n, const char *message,
				   const char *none, char **ret_text, size_t *ret_len,
				   struct kith_error *err);

#endif
