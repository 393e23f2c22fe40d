/* SPDX-License-Identifier: Apache-2.0 */
/* Where evidence comes from: what the user names, what is refreshed, and what became of it. */
#ifndef KITH_SOURCE_H
#define KITH_SOURCE_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_source_options {
	/* A URL, repository, bundle, folder or (but for crev) file; of kind vet also several URLs.
	 */
	const char *const *locations;
	size_t n_locations;
	const char *kind;         /* "crev" (the default), "vet", "rustsec", "osv" */
	const char *path;         /* with one URL of a repository: the file or folder in it */
	const char *name;         /* for people */
	const char *level;        /* of a set or database */
	const char *object_level; /* likewise */
};

/*
 * Names a source in the user's configuration; it is not fetched yet. Errors: KITH_E_USAGE (no
 * source, or it is named already), KITH_E_FORMAT (the configuration), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_source_add(struct kith_session *session,
					    const struct kith_source_options *options,
					    struct kith_error *err);

/*
 * Takes it out of the user's configuration, and fetches it no more; what was fetched stays
 * evidence. `kind` may be NULL: any. KITH_E_NOTFOUND: neither named nor fetched.
 */
KITH_API KITH_NODISCARD int kith_source_remove(struct kith_session *session, const char *kind,
					       const char *word, struct kith_error *err);

/*
 * Every source that is named or was fetched. *ret_text is yours (kith_free). Errors: KITH_E_FORMAT
 * (configuration), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_source_list(struct kith_session *session, enum kith_format format,
					     int width, char **ret_text, size_t *ret_len,
					     size_t *ret_count, struct kith_error *err);

/*
 * Writes everything that was fetched, and the user's own proofs, into one file: `kith fetch FILE`
 * takes it in elsewhere, as carried evidence. *ret_text is yours (kith_free); *ret_failed: sources
 * that could not be read. Errors: KITH_E_NOTFOUND (there is nothing), KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_source_export(struct kith_session *session, const char *path,
					       enum kith_format format, char **ret_text,
					       size_t *ret_len, size_t *ret_failed,
					       struct kith_error *err);

/*
 * Every fetch of one source that brought something, from its journal. *ret_text is yours
 * (kith_free). `kind` may be NULL: any. KITH_E_NOTFOUND: it was never fetched.
 */
KITH_API KITH_NODISCARD int kith_source_show(struct kith_session *session, const char *kind,
					     const char *word, enum kith_format format, int width,
					     char **ret_text, size_t *ret_len,
					     struct kith_error *err);

/*
 * The starter set (public sources that count where a project has no kith.toml): every source of it,
 * with its level and why it is there. *ret_count 0: it is switched off, or does not apply here.
 * *ret_text is yours (kith_free). KITH_E_FORMAT: its file is damaged.
 */
KITH_API KITH_NODISCARD int kith_starter_list(struct kith_session *session, enum kith_format format,
					      int width, char **ret_text, size_t *ret_len,
					      size_t *ret_count, struct kith_error *err);
/* Switches it on or off for good. Errors: KITH_E_IO. */
KITH_API KITH_NODISCARD int kith_starter_switch(struct kith_session *session, int on,
						struct kith_error *err);
/* Switches it off, and fetches no more what only it named. Errors: KITH_E_IO. */
KITH_API KITH_NODISCARD int kith_starter_remove(struct kith_session *session,
						struct kith_error *err);
/*
 * How many places kith_fetch would get for a project at `path` (NULL: here) because of the starter
 * set, if nothing at all has been fetched yet; else 0. Errors: KITH_E_FORMAT (configuration, the
 * set), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_starter_wanted(struct kith_session *session, const char *path,
						size_t *ret_sources, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
