/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables and usage lines say may stand at a place of the command line; see complete.c. */
#ifndef KITH_CLI_COMPLETE_H
#define KITH_CLI_COMPLETE_H

#include "cmd.h"

/*
 * The metavariables that usage lines give for the argument `at` of a command ("PACKAGE|PERSON",
 * "new|list"): copied to `out`, cut to size. False: it takes no such argument.
 */
bool cli_usage_argument(const struct cli_command *command, int at, char *out, size_t size);

/* "low|medium|high" of an option, of which nothing else is allowed; false: anything may be. */
bool cli_option_words(const struct cli_command *command, const struct cli_option *option, char *out,
		      size_t size);

#endif
