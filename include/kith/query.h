/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of what is known, and why a package or a person is (not) trusted. */
#ifndef KITH_QUERY_H
#define KITH_QUERY_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kith_query_what {
	KITH_QUERY_IDS,
	KITH_QUERY_PROOFS,
	KITH_QUERY_REVIEWS,
	KITH_QUERY_PACKAGES,
	KITH_QUERY_ISSUES,
	KITH_QUERY_ADVISORIES,
	KITH_QUERY_SOURCES,
	KITH_QUERY_EQUIVOCATIONS, /* two statements of one author, date and subject: both texts */
	KITH_QUERY_AUDITS         /* what audit sets say */
};

/* Zeroed fields mean: not given. */
struct kith_query_options {
	enum kith_query_what what;
	enum kith_format format;
	const char *package; /* all but ids, proofs, sources: NAME or NAME@VERSION */
	const char *author;  /* proofs, reviews, equivocations: an id or a unique prefix */
	const char *const *roots;
	size_t n_roots;
	enum kith_semantics semantics; /* of the levels in `ids` */
	int trusted;                   /* ids: only those at level low or better */
	int contested;                 /* ids: only contested ones */
	int refused;                   /* proofs: those that were refused, with the cause */
	int mine; /* proofs, reviews, issues, advisories: only of one's own ids */
	int color;
	int width;
};

/*
 * *ret_text is yours (kith_free); *ret_count is how many entries it lists. Errors: KITH_E_USAGE,
 * KITH_E_FORMAT, KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_query(struct kith_session *session,
				       const struct kith_query_options *options, char **ret_text,
				       size_t *ret_len, size_t *ret_count, struct kith_error *err);

/* "ids", "proofs", … Returns 1 and *ret_what, or 0. */
KITH_API int kith_query_parse(const char *word, enum kith_query_what *ret_what);

#ifdef __cplusplus
}
#endif

#endif
