/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts in the user's editor. */
#ifndef KITH_CLI_EDITOR_H
#define KITH_CLI_EDITOR_H

#include "cmd.h"

struct cli_draft {
	char folder[256], path[300]; /* of the file that is edited; private to the user */
	char *text;                  /* as it was read last; yours (free) */
	size_t len;
};

/* A plain file of at most `max` bytes; *ret_text is yours (free). 0, or a reported status. */
int cli_read_file(const struct cli *cli, const char *path, size_t max, char **ret_text,
		  size_t *ret_len);

/* Writes the text into a file of its own. 0, or an exit status that has been reported. */
int cli_draft_begin(const struct cli *cli, const char *text, size_t len, struct cli_draft *ret);

/*
 * Opens the editor and reads the file back; *ret_unchanged: it was not saved. 0, or an exit status
 * that has been reported.
 */
int cli_draft_edit(const struct cli *cli, struct cli_draft *d, bool *ret_unchanged);

/* Removes the file, or (kept) says where it is. */
void cli_draft_end(const struct cli *cli, struct cli_draft *d, bool keep);

/*
 * "question (CHOICES) " at the terminal: the letter, in lower case; `usual` for an empty line,
 * `nobody` where there is nobody to ask.
 */
char cli_choose(const char *choices, char usual, char nobody, const char *question);

#endif
