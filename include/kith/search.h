/* SPDX-License-Identifier: Apache-2.0 */
/* Which packages have reviews and audits, and by whom. */
#ifndef KITH_SEARCH_H
#define KITH_SEARCH_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_search_options {
	const char *const *words; /* a name has all of them in it, in any case; * and ? are globs */
	size_t n_words;
	const char *path; /* of the project whose kith.toml counts; NULL: the working directory */
	const char *const *roots;
	size_t n_roots;
	int trusted; /* only what somebody says who is trusted at low or better */
	enum kith_format format;
	int width; /* columns; 0: not cut */
};

/*
 * *ret_text is yours (kith_free); *ret_count is how many packages it lists. Errors: KITH_E_USAGE
 * (no word; a root that is none; --trusted without a root), KITH_E_FORMAT, KITH_E_IO,
 * KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_search(struct kith_session *session,
					const struct kith_search_options *options, char **ret_text,
					size_t *ret_len, size_t *ret_count, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
