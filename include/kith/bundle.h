/* SPDX-License-Identifier: Apache-2.0 */
/* All evidence of one project in one file: the same verdict where there is nothing else. */
#ifndef KITH_BUNDLE_H
#define KITH_BUNDLE_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kith_bundle_options {
	const char *path;        /* of the project; NULL: the working directory */
	const char *file;        /* to be written, in place of one that is there */
	enum kith_format format; /* of the text: table or JSON */
};

struct kith_bundle_result {
	size_t bytes, proofs, audits, advisories; /* in the file */
	int pass;                                 /* the project passes, by it as without it */
};

/*
 * Judges the project by its own configuration (the user's does not count), writes the evidence that
 * the verdict names, and judges once more by that alone: only if that gives the same bytes in every
 * format the file is put in its place. *ret_text says what is in it and is yours (kith_free).
 * Errors: those of kith_verify; KITH_E_INTEGRITY (bytes differ: there is nothing to be carried),
 * KITH_E_LIMIT.
 */
KITH_API KITH_NODISCARD int kith_bundle(struct kith_session *session,
					const struct kith_bundle_options *options, char **ret_text,
					size_t *ret_len, struct kith_bundle_result *ret_result,
					struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
