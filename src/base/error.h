/* SPDX-License-Identifier: Apache-2.0 */
/* Setting and widening a struct kith_error. The message is set once, where the cause is known. */
#ifndef KITH_BASE_ERROR_H
#define KITH_BASE_ERROR_H

#include <kith/error.h>

/*
 * Sets code and message and returns code. The formatted message is made safe for a terminal
 * (control, bidi and invisible characters escaped), so untrusted text may be formatted with %s or
 * %.*s. err may be NULL.
 */
int kith_fail(struct kith_error *err, enum kith_code code, const char *fmt, ...) KITH_PRINTF(3, 4);

/* As kith_fail with KITH_E_IO (KITH_E_NOMEM for ENOMEM); ": <strerror>" is appended. */
int kith_fail_errno(struct kith_error *err, int errnum, const char *fmt, ...) KITH_PRINTF(3, 4);

/* "out of memory"; returns KITH_E_NOMEM. */
int kith_fail_nomem(struct kith_error *err);

/* Puts "<fmt>: " before the message that is there; returns r unchanged (r != 0 expected). */
int kith_context(struct kith_error *err, int r, const char *fmt, ...) KITH_PRINTF(3, 4);

/* Sets the hint (the way out) and returns r unchanged. */
int kith_hint(struct kith_error *err, int r, const char *fmt, ...) KITH_PRINTF(3, 4);

#endif
