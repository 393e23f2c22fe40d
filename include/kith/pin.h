/* SPDX-License-Identifier: Apache-2.0 */
/* kith.lock: the evidence of a project at exactly known states, so that verdicts are the same. */
#ifndef KITH_PIN_H
#define KITH_PIN_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed fields mean: not given. */
struct kith_pin_options {
	const char *path; /* of the project; NULL: the working directory */
	/*
	 * Existing pins move to what is here now: all of them, or those of one source (its URL or
	 * place, or its name in configuration). Otherwise they stay, and only what is new is added.
	 */
	int update;
	const char *source;      /* NULL: all */
	int diff;                /* say what that would change, and write nothing */
	enum kith_format format; /* table or JSON */
	int width;               /* columns; 0: not cut */
};

struct kith_pin_result {
	size_t sources, packages;     /* in kith.lock */
	size_t moved, added, dropped; /* sources */
	int changed;                  /* the file is another than before */
};

/*
 * Writes the project's kith.lock from the evidence that is here; or, with `diff`, tells what that
 * would change in sources, people, approvals and verdicts. *ret_text is yours (kith_free). Errors:
 * those of kith_verify; KITH_E_INTEGRITY (bytes or checksums differ: nothing is written),
 * KITH_E_USAGE (no such source; kith.lock is no plain file), KITH_E_FORMAT (kith.lock as it is).
 */
KITH_API KITH_NODISCARD int kith_pin(struct kith_session *session,
				     const struct kith_pin_options *options, char **ret_text,
				     size_t *ret_len, struct kith_pin_result *ret_result,
				     struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
