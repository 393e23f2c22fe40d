/* SPDX-License-Identifier: Apache-2.0 */
/* To and from cargo-vet: reviews as an audit set, own audits as signed reviews. */
#ifndef KITH_VET_H
#define KITH_VET_H

#include <kith/author.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_export_vet_options {
	const char *path; /* of the project whose kith.toml counts; NULL: the working directory */
	const char *const *roots;
	size_t n_roots;
	enum kith_semantics semantics; /* native or crev: how far authors are trusted */
	const char *trust_map;         /* a file of lines "ID LEVEL", which win */
};

struct kith_export_vet_counts {
	size_t audits, violations; /* entries that were written */
	size_t nameless;           /* reviews of versions that cargo-vet cannot name */
	size_t strangers;          /* reviews by people whom nobody trusts */
};

/*
 * The reviews that are here as an audits.toml that cargo-vet accepts: with [criteria], a negative
 * review as a violation of exactly its version. *ret_text is yours (kith_free). Errors:
 * KITH_E_USAGE (no root), KITH_E_FORMAT (the trust map, with its line), KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_export_vet(struct kith_session *session,
					    const struct kith_export_vet_options *options,
					    char **ret_text, size_t *ret_len,
					    struct kith_export_vet_counts *ret_counts,
					    struct kith_error *err);

/* Zeroed fields mean: not given. */
struct kith_import_vet_options {
	struct kith_author author;
	const char *path;       /* of the project; NULL: the working directory */
	const char *file;       /* an audits.toml */
	int all;                /* whoever says it; else only what one of these says: */
	const char *const *who; /* texts, usually addresses: an entry's `who` holds one of them */
	size_t n_who;
};

/*
 * Signs the audits as reviews: safe-to-deploy is positive with medium thoroughness and
 * understanding, safe-to-run with low, a delta has a diff base, a violation is negative. Digests
 * are of bytes that were checked here. What cannot be said so is left out, each with a warning;
 * wildcard audits and trusted entries always. *ret_text, yours, says where. Errors: KITH_E_NOTFOUND
 * (nothing is left), KITH_E_FORMAT (the file, with its line), those of kith_review_sign.
 */
KITH_API KITH_NODISCARD int kith_import_vet(struct kith_session *session,
					    const struct kith_import_vet_options *options,
					    char **ret_text, size_t *ret_len,
					    struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
