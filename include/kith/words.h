/* SPDX-License-Identifier: Apache-2.0 */
/* Words that a person may be about to type, for completion in shells and fields of forms. */
#ifndef KITH_WORDS_H
#define KITH_WORDS_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kith_words_what {
	KITH_WORDS_PACKAGES, /* of the project: NAME, or NAME@VERSION where there are several */
	KITH_WORDS_PEOPLE,   /* ids that are known here, and the user's names for people */
	KITH_WORDS_OWN_IDS
};

/*
 * Writes those that begin with `beginning` ("" or NULL: all), sorted, a line each: the word, a tab,
 * what it is. Whatever names a stranger may have chosen, words hold only letters, digits and
 * "@._+-", so that no shell sees more in them. `path` is the project's (NULL: the working
 * directory); no project means no packages. *ret_text is yours (kith_free). Errors: KITH_E_FORMAT
 * (lock file, configuration), KITH_E_IO, KITH_E_HELPER, KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_words(struct kith_session *session, enum kith_words_what what,
				       const char *path, const char *beginning, char **ret_text,
				       size_t *ret_len, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
