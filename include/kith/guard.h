/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a command may start: what a guard in front of it has to know. Starts nothing. */
#ifndef KITH_GUARD_H
#define KITH_GUARD_H

#include <stddef.h>
#include <kith/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum kith_guard_why {
	KITH_GUARD_JUDGE,     /* it builds or runs something: the project at `path` decides */
	KITH_GUARD_NO_POLICY, /* there is no kith.toml at or above the project: step aside */
	KITH_GUARD_HARMLESS,  /* cargo neither builds nor runs anything then: step aside */
	KITH_GUARD_ELSEWHERE  /* it builds, but nothing that this project's lock file names */
};

/* Strings are borrowed during the call. */
struct kith_guard_command {
	const char *const *argv;       /* the command and its arguments */
	size_t argc;                   /* at least 1 */
	const char *home, *cargo_home; /* $HOME, $CARGO_HOME: where cargo's aliases lie; or NULL */
	/* "NAME=VALUE" up to a NULL, where cargo looks for aliases first; or NULL: none */
	const char *const *environment;
};

struct kith_guard_look {
	enum kith_guard_why why;
	char *path; /* of the project; NULL unless it is to be judged; yours (kith_free) */
};

/*
 * Looks at a command as if it were started in the working directory. cargo is told by the last part
 * of its name; of it only subcommands that build or run are judged, aliases are looked through, a
 * subcommand that nobody here knows is judged. Every other command is judged. Errors: KITH_E_FORMAT
 * (cargo's configuration cannot be read), KITH_E_IO, KITH_E_NOMEM.
 */
KITH_API KITH_NODISCARD int kith_guard_look(const struct kith_guard_command *command,
					    struct kith_guard_look *ret_look,
					    struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
