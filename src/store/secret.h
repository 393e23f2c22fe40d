/* SPDX-License-Identifier: Apache-2.0 */
/* The secret of this machine that derived data is authenticated with (verdict.md 11). */
#ifndef KITH_STORE_SECRET_H
#define KITH_STORE_SECRET_H

#include "base/base.h"

#define KITH_SECRET_BYTES 32

/*
 * The 32 bytes in `<data_dir>/secret`; made (O_EXCL, 0600) with its folder if it is not there. A
 * file that is not a plain one, not ours, open to others or not of this size is replaced by a new
 * one: whatever was made with it is then derived anew. Errors: KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_secret_load(const char *data_dir, uint8_t ret_secret[KITH_SECRET_BYTES],
				    struct kith_error *err);

/* As it is, without making one: KITH_E_NOTFOUND; KITH_E_FORMAT if it is not ours alone. */
KITH_NODISCARD int kith_secret_look(const char *data_dir, uint8_t ret_secret[KITH_SECRET_BYTES],
				    struct kith_error *err);

#endif
