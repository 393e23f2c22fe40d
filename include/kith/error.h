/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How libkith fails. Fallible functions return int: KITH_OK or a negative enum kith_code. Their
 * last parameter is a struct kith_error, may be NULL, and is untouched on success. It holds no heap
 * memory, so it works when memory is what ran out. Outputs named ret_... are untouched on failure.
 */
#ifndef KITH_ERROR_H
#define KITH_ERROR_H

#include <kith/export.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kith_code {
	KITH_OK = 0,
	KITH_E_NOMEM = -1,      /* out of memory */
	KITH_E_IO = -2,         /* the operating system refused; kith_error.sys is errno */
	KITH_E_FORMAT = -3,     /* input is not what its format says */
	KITH_E_LIMIT = -4,      /* input exceeds a named maximum */
	KITH_E_NOTFOUND = -5,   /* the thing asked for does not exist */
	KITH_E_EXISTS = -6,     /* the thing to be made exists already */
	KITH_E_CRYPTO = -7,     /* a cryptographic operation failed */
	KITH_E_BADSIG = -8,     /* a signature does not verify */
	KITH_E_PASSPHRASE = -9, /* the passphrase is wrong or missing */
	KITH_E_NET = -10,       /* the network or a server failed */
	KITH_E_HELPER = -11,    /* a helper program failed, was killed, or broke its protocol */
	KITH_E_CANCELLED = -12, /* interrupted by the user */
	KITH_E_USAGE = -13,     /* wrong arguments or configuration */
	KITH_E_INTEGRITY = -14, /* bytes differ from what was locked, pinned or reviewed */
	KITH_E_INTERNAL = -15   /* a bug in kith */
};

#define KITH_ERROR_MSG_MAX  512
#define KITH_ERROR_HINT_MAX 256

struct kith_error {
	enum kith_code code;
	int sys;                        /* errno where code is KITH_E_IO, else 0 */
	char msg[KITH_ERROR_MSG_MAX];   /* one line, safe for a terminal, no final full stop */
	char hint[KITH_ERROR_HINT_MAX]; /* the way out, or empty; safe for a terminal */
};

/* The fixed English word for a code, for example "out of memory". Never NULL. */
KITH_API const char *kith_code_text(int code);

/* The exit status that the program kith gives for a failure of this code (docs: EXIT STATUS). */
KITH_API int kith_code_exit(int code);

#ifdef __cplusplus
}
#endif

#endif
