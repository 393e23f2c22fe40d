/* SPDX-License-Identifier: Apache-2.0 */
/* Why a package, or a person, is (not) trusted. */
#ifndef KITH_EXPLAIN_H
#define KITH_EXPLAIN_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_explain_options {
	const char *subject; /* NAME, NAME@VERSION, package URL, id, unique prefix of an id, URL */
	const char *path;    /* of the project; NULL: the working directory */
	const char *const *roots;
	size_t n_roots;
	const char *const *what_if; /* 'trust [FROM] TO LEVEL', 'distrust [FROM] TO', 'drop ID' */
	size_t n_what_if;
	int summary; /* the whole project: who and what the verdict hangs on; `subject` is NULL */
	enum kith_semantics semantics;
	enum kith_format format;
	int color;
	int width;
};

/*
 * *ret_text is yours (kith_free). Errors: KITH_E_NOTFOUND (nothing known by that name, with what
 * comes near), KITH_E_USAGE (ambiguous), KITH_E_FORMAT, KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_explain(struct kith_session *session,
					 const struct kith_explain_options *options,
					 char **ret_text, size_t *ret_len, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
