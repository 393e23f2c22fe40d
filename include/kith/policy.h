/* SPDX-License-Identifier: Apache-2.0 */
/* The project's policy, kith.toml: made once, then changed in place by what people decide. */
#ifndef KITH_POLICY_H
#define KITH_POLICY_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the beginning --- */

/* Zeroed fields mean: not given. */
struct kith_init_options {
	const char *path;         /* of the project; NULL: the working directory */
	const char *const *roots; /* ids, URLs, folders */
	size_t n_roots;
	const char *owner;     /* who answers for what is excused */
	int accept_current;    /* also accept what objects today */
	int from_vet;          /* take over the project's cargo-vet store */
	const char *from_deny; /* take over what this deny.toml says of advisories */
	int print;             /* write nothing */
};

struct kith_init_result {
	size_t roots, sources, exemptions, acceptances;
	int pass; /* whether the project passes under it */
};

/*
 * Makes a commented kith.toml in the project's root: whose word counts for the user today, and an
 * exemption for 180 days for each package that is insufficient, so that it passes unless something
 * is negative or differs. *ret_file is its text, *ret_summary what there is to say of it; both are
 * yours (kith_free). Errors: KITH_E_EXISTS (there is one), KITH_E_USAGE (nobody's word would count,
 * or there is no evidence yet), KITH_E_NOTFOUND (no lock file, store or deny.toml), KITH_E_FORMAT.
 */
KITH_API KITH_NODISCARD int kith_init(struct kith_session *session,
				      const struct kith_init_options *options, char **ret_file,
				      size_t *ret_file_len, char **ret_summary,
				      size_t *ret_summary_len, struct kith_init_result *ret_result,
				      struct kith_error *err);

/* --- exemptions: one version of one package passes without evidence --- */

/* Zeroed fields mean: not given. */
struct kith_exempt_options {
	const char *path;    /* of the project; NULL: the working directory */
	const char *package; /* NAME, NAME@VERSION or a package URL */
	const char *reason;
	const char *until; /* a date: the first day that is no longer covered */
	const char *owner; /* who answers for it */
};

/*
 * Adds an exemption for the bytes that are locked, or renews the one that is there. *ret_text,
 * yours (kith_free), says what was done. Errors: KITH_E_USAGE (no kith.toml, no such dependency, it
 * needs none, an exemption would not help, an option is wrong), those of kith_verify.
 */
KITH_API KITH_NODISCARD int kith_exempt(struct kith_session *session,
					const struct kith_exempt_options *options, char **ret_text,
					size_t *ret_len, struct kith_error *err);

/*
 * Every exemption and acceptance of kith.toml, and whether anybody needs it. *ret_text is yours
 * (kith_free). Errors: those of kith_verify.
 */
KITH_API KITH_NODISCARD int kith_exempt_list(struct kith_session *session, const char *path,
					     enum kith_format format, char **ret_text,
					     size_t *ret_len, struct kith_error *err);

/*
 * Removes the exemptions and acceptances that no lock file of the project needs: the package is
 * gone or approved, the objection no longer stands. With `preview` nothing is written. *ret_text,
 * yours, names them; *ret_count is how many there are. Errors as above.
 */
KITH_API KITH_NODISCARD int kith_exempt_prune(struct kith_session *session, const char *path,
					      int preview, char **ret_text, size_t *ret_len,
					      size_t *ret_count, struct kith_error *err);

/* --- acceptances: one objection that somebody has looked at --- */

/* Zeroed fields mean: not given. */
struct kith_accept_options {
	const char *path;      /* of the project; NULL: the working directory */
	const char *objection; /* its id, as kith_explain prints it */
	const char *package;   /* NULL: the one that it is about */
	const char *reason;
	const char *until;
	const char *owner;
};

/*
 * Adds an acceptance, or renews the one that is there. Errors: KITH_E_USAGE as above,
 * KITH_E_NOTFOUND (no such objection stands here). *ret_text, yours, says what was done.
 */
KITH_API KITH_NODISCARD int kith_accept(struct kith_session *session,
					const struct kith_accept_options *options, char **ret_text,
					size_t *ret_len, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
