/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a passphrase comes from, as data. It goes from there into secret memory and nowhere else:
 * never through stdio, an argument, or the environment of a child.
 */
#ifndef KITH_IDENTITY_PASSPHRASE_H
#define KITH_IDENTITY_PASSPHRASE_H

#include "crypto/secret.h"

enum kith_passphrase_kind {
	KITH_PASSPHRASE_NONE = 0, /* there is no source */
	KITH_PASSPHRASE_EMPTY,    /* the empty passphrase, as the user demands */
	KITH_PASSPHRASE_ASK,      /* the caller's function, which asks a person */
	KITH_PASSPHRASE_FILE,     /* first line of a file */
	KITH_PASSPHRASE_FD,       /* next line of a descriptor; nothing after it is read */
	KITH_PASSPHRASE_COMMAND,  /* first line that a shell command prints */
	KITH_PASSPHRASE_TEXT      /* given as it is ($CREV_PASSPHRASE) */
};

struct kith_passphrase_source {
	enum kith_passphrase_kind kind;
	const char *text; /* path, command or the passphrase itself */
	int fd;
	/* Fills buf with at most `size` bytes. KITH_E_CANCELLED if the person gives up. */
	int (*ask)(void *ctx, const char *prompt, uint8_t *buf, size_t size, size_t *ret_len,
		   struct kith_error *err);
	void *ctx;
};

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
