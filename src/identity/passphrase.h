/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a passphrase comes from, as data. It goes from there into secret memory and nowhere else:
 * never through stdio, an argument, or the environment of a child.
 */
#ifndef KITH_IDENTITY_PASSPHRASE_H
#define KITH_IDENTITY_PASSPHRASE_H

#include <kith/identity.h>

#include "crypto/secret.h"

/*
 * *ret must be zeroed. Without the line's end; may be empty. Errors: KITH_E_PASSPHRASE (no source;
 * the command failed), KITH_E_LIMIT (KITH_MAX_PASSPHRASE), KITH_E_FORMAT (NUL, or not UTF-8: no
 * other program could open such a key), KITH_E_NOTFOUND, KITH_E_IO, KITH_E_CANCELLED, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_passphrase_get(const struct kith_passphrase_source *source,
				       const char *prompt, struct kith_secret *ret,
				       struct kith_error *err);

/* True if the file of a FILE source can be read by others. */
bool kith_passphrase_is_exposed(const struct kith_passphrase_source *source);

#endif
