/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at packages before anything is said about them. Bytes are always those of an archive that
 * kith itself checked: against the lock file, or against what the registry's index says.
 */
#ifndef KITH_LOOK_H
#define KITH_LOOK_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kith_open_result {
	size_t files;
	size_t renamed; /* names that tools would act upon */
	size_t left_out;
	size_t rewritten; /* files with characters that hide or reorder text */
};

/*
 * Makes a sanitised, read-only copy of a package (NAME, NAME@VERSION, package URL; path: of the
 * project, NULL for the working directory) and remembers that it was looked at. *ret_path, yours
 * (kith_free), is its folder. Errors: KITH_E_USAGE, KITH_E_NOTFOUND, KITH_E_INTEGRITY,
 * KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_IO, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_open(struct kith_session *session, const char *package,
				      const char *path, char **ret_path,
				      struct kith_open_result *ret_result, struct kith_error *err);

/* Zeroed fields mean: not given. */
struct kith_diff_options {
	const char *package; /* what changed in this version … */
	const char *base;    /* … since this one */
	const char *path;    /* of the project */
	int stat;            /* only how many lines, by file */
	int context;         /* lines around changes; -1: 3 */
	int color;
	int width;
};

/*
 * The differences of two versions, made safe for a terminal; remembers that they were looked at.
 * *ret_text is yours. Errors: as kith_open.
 */
KITH_API KITH_NODISCARD int kith_diff(struct kith_session *session,
				      const struct kith_diff_options *options, char **ret_text,
				      size_t *ret_len, struct kith_error *err);

#define KITH_DIGEST_TEXT_SIZE 44 /* 43 characters and a NUL */

/*
 * The digest as reviews name it: of a package, or of an archive or a folder of this disk (a word
 * with '/' in it, ".", or "NAME.crate"). Errors: as kith_open.
 */
KITH_API KITH_NODISCARD int kith_digest(struct kith_session *session, const char *what,
					const char *path, char ret_digest[KITH_DIGEST_TEXT_SIZE],
					struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
