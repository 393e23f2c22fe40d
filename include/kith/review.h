/* SPDX-License-Identifier: Apache-2.0 */
/* Writing reviews: from options or an editor's draft to a signed, stored, committed proof. */
#ifndef KITH_REVIEW_H
#define KITH_REVIEW_H

#include <kith/author.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. Strings are borrowed until kith_review_free. */
struct kith_review_options {
	struct kith_author author;
	const char *package;   /* NAME, NAME@VERSION or a package URL */
	const char *path;      /* of the project; NULL: the working directory */
	const char *diff_base; /* only what changed since this version was reviewed */
	int edit;              /* a person fills in a draft: it begins with usual values */
	int rated;             /* these three are given */
	enum kith_rating rating;
	enum kith_level thoroughness, understanding; /* NONE to HIGH */
	const char *comment;
	const char *const *issues; /* ID[:SEVERITY[:RANGE]] */
	size_t n_issues;
	const char *const *advisories; /* ID[,ID…][:SEVERITY[:RANGE]] */
	size_t n_advisories;
	int unmaintained;
	const char *const *alternatives; /* names of packages */
	size_t n_alternatives;
	const char *const *overrides; /* people whose reviews of this version do not count */
	size_t n_overrides;
	const char *llm; /* MODEL[:VERSION]: made by or with a machine */
	int human_guided;
	int carry_over; /* flags and alternatives of one's own latest review of the package */
	int skip_activity_check;
};

struct kith_review;

/*
 * Finds the package, checks its bytes, looks for what one said before and for what was looked at.
 * *ret_review is yours (kith_review_free). Errors: KITH_E_USAGE (no id, no such package, a wrong
 * option, not opened or compared lately; with the way out), KITH_E_INTEGRITY (what was opened was
 * another copy), and those of kith_open.
 */
KITH_API KITH_NODISCARD int kith_review_new(struct kith_session *session,
					    const struct kith_review_options *options,
					    struct kith_review **ret_review,
					    struct kith_error *err);
KITH_API void kith_review_free(struct kith_review *review);

/*
 * The draft for an editor, with what one has to know as comments. *ret_text is yours. Errors:
 * KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_review_draft(struct kith_review *review, char **ret_text,
					      size_t *ret_len, struct kith_error *err);

/*
 * Takes the edited draft. Errors: KITH_E_CANCELLED (nothing but comments), KITH_E_FORMAT ("line N:
 * what is wrong"), KITH_E_USAGE (it says nothing), KITH_E_LIMIT; the review is unchanged then.
 */
KITH_API KITH_NODISCARD int kith_review_edit(struct kith_review *review, const char *text,
					     size_t len, struct kith_error *err);

/*
 * What would be signed, safe for a terminal. *ret_text is yours. Errors: KITH_E_USAGE (it says
 * nothing), KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_review_show(struct kith_review *review, char **ret_text,
					     size_t *ret_len, struct kith_error *err);

/*
 * Signs, stores, commits. *ret_text, yours, says where, or is the proof (author.print). Errors:
 * KITH_E_PASSPHRASE, KITH_E_EXISTS (another review of it was stored meanwhile), KITH_E_USAGE (it
 * says nothing), KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_review_sign(struct kith_review *review, char **ret_text,
					     size_t *ret_len, struct kith_error *err);

/*
 * Signs the reviews in these files, each the body of one (crev format 3.2; docs/man/kith-review.1):
 * all or none, in one commit. They are dated now; digests are filled in or must be right. Errors:
 * with the file's name; as kith_review_new and kith_review_sign.
 */
KITH_API KITH_NODISCARD int kith_review_files(struct kith_session *session,
					      const struct kith_author *author, const char *path,
					      const char *const *files, size_t n, char **ret_text,
					      size_t *ret_len, struct kith_error *err);

/*
 * Withdraws one's own review of a version by newer, empty ones, which cost nothing of it but that
 * it counts. Flags and alternatives stay only with carry_over. KITH_E_NOTFOUND: there is none.
 * *ret_text as of kith_review_sign. Errors besides: as kith_review_sign.
 */
KITH_API KITH_NODISCARD int kith_unreview(struct kith_session *session,
					  const struct kith_author *author, const char *package,
					  const char *path, const char *comment, int carry_over,
					  char **ret_text, size_t *ret_len, struct kith_error *err);

/*
 * Signs the reviews in force of another id (a person as in kith/author.h, or one's own old id)
 * anew, of all packages or of one (NULL: all), as far as they are here: dated now, with a reference
 * to the original and the comment, which is why. What one has said in the same words is left out.
 * KITH_E_NOTFOUND: nothing is left to say. *ret_text as of kith_review_sign. Errors besides: as
 * kith_review_sign.
 */
KITH_API KITH_NODISCARD int kith_review_reissue(struct kith_session *session,
						const struct kith_author *author,
						const char *person, const char *package,
						const char *comment, char **ret_text,
						size_t *ret_len, struct kith_error *err);

/*
 * Signs the valid reviews in a text of proofs, whoever's, as one's own; dated now. *ret_text and
 * errors as kith_review_sign; KITH_E_FORMAT: there is no valid review in it.
 */
KITH_API KITH_NODISCARD int kith_review_import(struct kith_session *session,
					       const struct kith_author *author, const char *text,
					       size_t len, char **ret_text, size_t *ret_len,
					       struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
