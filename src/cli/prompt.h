/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a person at the terminal, and where passphrases come from without one. */
#ifndef KITH_CLI_PROMPT_H
#define KITH_CLI_PROMPT_H

#include "cmd.h"

/* First of all: no program that is started from here sees $CREV_PASSPHRASE. */
void cli_hide_passphrase(void);
/* Puts it back, for the program that this one becomes. */
void cli_show_passphrase(void);

/* True if there is somebody to ask: standard input is a terminal. */
bool cli_can_ask(void);

/* "question [y/N] " on the terminal. --yes says yes; without a terminal it is a usage error. */
bool cli_confirm(const struct cli *cli, const char *fmt, ...) KITH_PRINTF(2, 3);

/* The options that cli_passphrase reads, for a command's table. */
#define CLI_PASSPHRASE_OPTIONS                                                                     \
	{"passphrase-file", 0, "FILE", "read the passphrase from FILE (its first line)", false},   \
	{                                                                                          \
		"passphrase-fd", 0, "N", "read the passphrase from descriptor N (its next line)",  \
		    false                                                                          \
	}

/* The options that cli_author reads besides. */
#define CLI_AUTHOR_OPTIONS                                                                         \
	{"no-commit", 0, NULL, "store it, but leave the commit to the next one", false},           \
	{                                                                                          \
		"print", 0, NULL, "store nothing: print the signed proof", false                   \
	}

/* Who says it, from --id if the command has it, and the passphrase; as cli_passphrase. */
bool cli_author(const struct cli *cli, struct kith_author *ret_author);

/*
 * From --passphrase-file, --passphrase-fd, KITH_PASSPHRASE_FILE, KITH_PASSPHRASE_CMD,
 * CREV_PASSPHRASE (with a warning), the terminal; in this order. Also makes sure that this process
 * leaves no core dump. Reports a usage error and returns false.
 */
bool cli_passphrase(const struct cli *cli, struct kith_passphrase_source *ret_source);
/* As above, of options with this prefix only, or the terminal: `--new-passphrase-file`. */
bool cli_new_passphrase(const struct cli *cli, struct kith_passphrase_source *ret_source);

#endif
