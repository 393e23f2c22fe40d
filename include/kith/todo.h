/* SPDX-License-Identifier: Apache-2.0 */
/* What to review first, and whom to trust next. */
#ifndef KITH_TODO_H
#define KITH_TODO_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_todo_options {
	const char *path; /* of the project; NULL: the working directory */
	const char *const *roots;
	size_t n_roots;
	int limit;  /* packages shown; 0: 20, negative: all */
	int people; /* whom to trust next, and who has reviewed what, in place of packages */
	enum kith_format format;
	int width; /* columns; 0: not cut */
};

/*
 * Packages that do not pass yet, the best use of a reviewer's time first: those that trusted people
 * object to, then by risk and the size of the smallest step. Looks into the archives of those that
 * are shown and of some more. *ret_text is yours (kith_free). Errors: those of kith_verify.
 */
KITH_API KITH_NODISCARD int kith_todo(struct kith_session *session,
				      const struct kith_todo_options *options, char **ret_text,
				      size_t *ret_len, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
