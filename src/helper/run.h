/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a program of the user's that speaks no protocol of ours (a package manager): in a folder
 * and an environment that are given, without a terminal, bounded in time and in what it may say.
 */
#ifndef KITH_HELPER_RUN_H
#define KITH_HELPER_RUN_H

#include "base/base.h"

struct kith_run {
	const char *const *argv; /* argv[0] is looked for in the user's PATH */
	const char *folder;      /* where it runs */
	const char *const *env;  /* names of the variables that it may see, besides PATH */
	const char *const *set;  /* "NAME=VALUE" besides; NULL: none */
	unsigned timeout_s;
	/* Each line that it says, raw, cut to some KiB; may be NULL. */
	void (*line)(void *ctx, struct kith_span line);
	void *ctx;
};

/*
 * *ret_status: its exit status, or 128 and the number of the signal that ended it. Errors:
 * KITH_E_NOTFOUND (there is no such program), KITH_E_HELPER (it took too long and was killed),
 * KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_run_program(const struct kith_run *run, int *ret_status,
				    struct kith_error *err);

#endif
