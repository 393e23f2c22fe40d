/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decides about a project and lies in the project (verdict.md 11): kith.toml, kith.lock, the
 * cargo-vet store, bundles, cargo's configuration. A change under review may write all of these, so
 * whoever reads one asks here, and never opens it himself.
 */
#ifndef KITH_APP_TRUSTED_H
#define KITH_APP_TRUSTED_H

#include "app/app.h"

/*
 * Reads `name` (a path relative to `dir`, the folder that a project's files lie in): the work
 * tree's, or, where a trusted revision was chosen and `dir` lies in its repository, that
 * revision's. Initialises *out with max_bytes as its maximum, whatever it returns. Errors:
 * KITH_E_NOTFOUND (not there), KITH_E_FORMAT (no regular file), KITH_E_LIMIT, KITH_E_IO,
 * KITH_E_HELPER, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_app_deciding_file(struct kith_session *s, const char *dir, const char *name,
					  size_t max_bytes, struct kith_buf *out,
					  struct kith_error *err);

/* The same of a path from the working directory; its folder is the file's own. */
KITH_NODISCARD int kith_app_deciding_path(struct kith_session *s, const char *path,
					  size_t max_bytes, struct kith_buf *out,
					  struct kith_error *err);

/* Whether that file is there; what cannot be read is there. Errors as above. */
KITH_NODISCARD int kith_app_deciding_there(struct kith_session *s, const char *dir,
					   const char *name, bool *ret_there,
					   struct kith_error *err);

/* A kith_cargo_env that reads the project's own configuration this way; borrowed from s. */
struct kith_cargo_env;
void kith_app_cargo_env(struct kith_session *s, struct kith_cargo_env *ret_env);

/* --- which revision is trusted --- */

/*
 * Reads --since and --policy-from for a project in the folder `root`: from now on the session's
 * deciding files are those of the trusted revision; without such an option, the work tree's.
 * Errors: KITH_E_USAGE (no repository, a submodule, a link, no such word), KITH_E_IO (the revision
 * is not in this clone; the hint gets it), KITH_E_HELPER, KITH_E_NOMEM.
 */
struct kith_verify_options;
KITH_NODISCARD int kith_app_trusted_open(struct kith_session *s,
					 const struct kith_verify_options *o, const char *root,
					 struct kith_error *err);
/* The work tree decides again. */
void kith_app_trusted_clear(struct kith_session *s);
void kith_app_trusted_free(struct kith_trusted *t);

/* True for a word of --since that is a lock file's path: no branch's name can look like that. */
bool kith_app_is_lock_word(const char *word);

/* The commits; each empty where there is none. Borrowed. */
const char *kith_app_trusted_policy(const struct kith_session *s); /* whose files decide */
const char *kith_app_trusted_tip(const struct kith_session *s);    /* --since REV */
const char *kith_app_trusted_base(const struct kith_session *s);   /* its merge base with HEAD */

/* `path` (absolute) as the repository knows it; NULL: not in it. Yours. */
char *kith_app_trusted_path(const struct kith_session *s, const char *path);

/*
 * Files at one of the commits, by absolute paths in the repository; called back with the index of
 * each that is there, `why` where it is no regular file or cannot be read (then without bytes).
 */
KITH_NODISCARD int kith_app_trusted_files(struct kith_session *s, const char *commit,
					  const char *const *paths, size_t n,
					  int (*found)(void *ctx, size_t i, struct kith_span bytes,
						       const char *why, struct kith_error *err),
					  void *ctx, struct kith_error *err);

/* What was asked of the trusted revision so far. */
struct kith_app_deciding {
	const char *path;       /* as the repository knows it */
	const char *full;       /* absolute */
	bool there;             /* in the trusted revision … */
	struct kith_span bytes; /* … and what it holds */
	const char *why;        /* it is there and no regular file, or too large */
};
size_t kith_app_trusted_count(const struct kith_session *s);
void kith_app_trusted_at(const struct kith_session *s, size_t i, struct kith_app_deciding *ret);

#endif
