/* SPDX-License-Identifier: Apache-2.0 */
/* Is everything in order here? Looks, tells, and changes nothing. */
#ifndef KITH_DOCTOR_H
#define KITH_DOCTOR_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_doctor_options {
	enum kith_format format;
	int deep;         /* verify everything in the mirrors again, and compare with the index */
	const char *path; /* $PATH: where programs are looked for */
	int color;
	int width;
};

struct kith_doctor_result {
	size_t ok, notes, warnings, errors;
	/* the program's exit status: 0, 1 warnings, 3 the environment, 4 damaged or forged data */
	int status;
};

/*
 * Every check's findings, each with its remedy. A check that fails is a finding itself. *ret_text
 * is yours (kith_free). Errors: KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_doctor(struct kith_session *session,
					const struct kith_doctor_options *options, char **ret_text,
					size_t *ret_len, struct kith_doctor_result *ret_result,
					struct kith_error *err);

/*
 * Forgets which checksum this machine first saw for NAME@VERSION (of every registry), so that what
 * a lock file states next counts as first seen. The text says what was forgotten and is yours
 * (kith_free). Errors: KITH_E_USAGE (no NAME@VERSION), KITH_E_NOTFOUND (nothing is remembered of
 * it), KITH_E_FORMAT, KITH_E_IO, KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_forget_checksum(struct kith_session *session, const char *package,
						 enum kith_format format, char **ret_text,
						 size_t *ret_len, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
