/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Saying something signed: whom one trusts, what one has reviewed. Every proof is read back and
 * verified from the bytes to be stored before it is stored, in the own repository of the id, in one
 * commit a call.
 */
#ifndef KITH_AUTHOR_H
#define KITH_AUTHOR_H

#include <kith/identity.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Who says it, and what becomes of it. Zeroed fields mean: not given. */
struct kith_author {
	const char *id; /* an own id as in kith/identity.h; NULL: the current one */
	struct kith_passphrase_source passphrase;
	const char *ssh_agent; /* $SSH_AUTH_SOCK */
	int no_commit;         /* store without a commit: it goes into the next one */
	int print;             /* store nothing: the signed proof is the text */
	enum kith_format format;
};

struct kith_trust_options {
	struct kith_author author;
	/* Ids, beginnings of known ones, local names, URLs of repositories that prove an id. */
	const char *const *people;
	size_t n_people;
	enum kith_level level; /* DISTRUST and NONE too */
	const char *comment;
	const char *const *overrides; /* whose word about them does not count for us; as people */
	size_t n_overrides;
	const char *name; /* a local name for the one person */
	/* Limits: what cargo-crev does not see (docs/FORMAT.md). */
	const char *scope; /* glob "ecosystem:name" */
	const char *reach; /* "reviews", "introduce", "delegate" */
	const char *until; /* RFC 3339 or a date */
};

/*
 * A URL that no source here proves yet is fetched first. *ret_text is yours (kith_free): what was
 * stored where, or the proof. Errors: KITH_E_USAGE (a person that is nobody known, several ids
 * where one is meant, oneself), KITH_E_PASSPHRASE, KITH_E_IO, …
 */
KITH_API KITH_NODISCARD int kith_trust(struct kith_session *session,
				       const struct kith_trust_options *options, char **ret_text,
				       size_t *ret_len, struct kith_error *err);

/*
 * What saying it would change, for the people one trusts and the packages of the project at `path`
 * (NULL: no project), in words. Nothing is signed. *ret_text is yours. Errors: as kith_trust.
 */
KITH_API KITH_NODISCARD int kith_trust_preview(struct kith_session *session,
					       const struct kith_trust_options *options,
					       const char *path, char **ret_text, size_t *ret_len,
					       struct kith_error *err);

/*
 * Revokes an own id for good: it distrusts itself, so nothing it signed counts for whoever learns
 * of it. *ret_text, yours, and errors: as kith_trust.
 */
KITH_API KITH_NODISCARD int kith_id_revoke(struct kith_session *session,
					   const struct kith_author *author, const char *comment,
					   char **ret_text, size_t *ret_len,
					   struct kith_error *err);

struct kith_publish_options {
	const char *id; /* an own id; NULL: the current one */
	int dry_run;    /* only say what would be done */
	enum kith_format format;
	/* Asked once before anything is pushed, with lines that say what; 0: no. NULL: not asked.
	 */
	int (*confirm)(void *ctx, const char *what);
	void *confirm_ctx;
};

/*
 * Takes in what the server of the id's repository has and pushes what it lacks; never forces,
 * never loses a proof. *ret_text is yours. Errors: KITH_E_USAGE (no URL, nothing said yet, changed
 * by hand on both sides), KITH_E_CANCELLED (`confirm` said no), KITH_E_FORMAT (what is not
 * committed is no valid proof), KITH_E_INTEGRITY (a proof would be lost), KITH_E_NET with what the
 * server said and the way out, KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_publish(struct kith_session *session,
					 const struct kith_publish_options *options,
					 char **ret_text, size_t *ret_len, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
