/* SPDX-License-Identifier: Apache-2.0 */
/* What people type who know cargo-crev: each of its spellings answers with ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

struct spelling {
	const char *first, *second; /* second NULL: whatever follows */
	const char *command;        /* ours; the row counts only where it exists */
	const char *say;            /* as it is typed, behind "kith " */
};

static const struct spelling spellings[] = {
    {"crate", "open", "open", "open PACKAGE"},
    {"crate", "goto", "open", "open PACKAGE, which prints a folder to cd into"},
    {"crate", "dir", "open", "open PACKAGE, which prints a folder"},
    {"crate", "expand", "open", "open PACKAGE"},
    {"crate", "diff", "diff", "diff PACKAGE VERSION"},
    {"crate", "digest", "digest", "digest PACKAGE"},
    {"crate", "verify", "verify", "verify (--semantics crev judges as cargo-crev does)"},
    {"crate", "mvp", "explain", "explain --summary"},
    {"crate", "review", "review", "review PACKAGE"},
    {"crate", "unreview", "unreview", "unreview PACKAGE"},
    {"crate", "search", "query", "query packages NAME"},
    {"crate", "info", "explain", "explain PACKAGE"},
    {"crate", NULL, "review", "review, open, diff, digest, verify, explain"},
    {"repo", "publish", "publish", "publish"},
    {"repo", "update", "fetch", "fetch"},
    {"repo", "fetch", "fetch", "fetch [SOURCE]..."},
    {"repo", "query", "query", "query reviews|issues|advisories [PACKAGE]"},
    {"repo", "dir", "query", "query sources, which shows where own repositories are"},
    {"repo", NULL, "publish", "publish, fetch, query"},
    {"proof", "find", "query", "query reviews [PACKAGE] [--author ID]"},
    {"proof", "reissue", "review", "review --reissue ID --comment TEXT"},
    {"proof", NULL, "query", "query reviews"},
    {"wot", "log", "explain", "explain PERSON, or kith graph"},
    {"wot", NULL, "explain", "explain PERSON, or kith graph"},
    {"config", "dir", "doctor", "doctor, which prints the folders"},
    {"config", NULL, "doctor", "doctor, which prints the folders"},
    {"goto", NULL, "open", "open PACKAGE, which prints a folder to cd into"},
    {"update", NULL, "fetch", "fetch"},
    {"mvp", NULL, "explain", "explain --summary"},
    {"id", "trust", "trust", "trust PERSON --level low|medium|high"},
    {"id", "untrust", "untrust", "untrust PERSON"},
    {"id", "distrust", "distrust", "distrust PERSON"},
    {"id", "current", "id", "id show"},
    {"id", "switch", "id", "id use ID"},
    {"id", "query", "query", "query ids [--trusted], or kith id list"},
};

static bool
exists(const char *command)
{
	const struct cli_command *const *c;

	for (c = cli_commands; *c; c++)
		if (strcmp((*c)->name, command) == 0)
			return true;
	return false;
}

const char *
cli_crev_spelling(const char *first, const char *second)
{
	size_t i;

	for (i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const struct spelling *s = &spellings[i];

		if (strcmp(s->first, first) != 0 || !exists(s->command))
			continue;
		if (!s->second || (second && strcmp(s->second, second) == 0))
			return s->say;
	}
	return NULL;
}

bool
cli_crev_folder(const char *variable, const char *usual, char *path, size_t size)
{
	const char *over = getenv("CARGO_CREV_ROOT_DIR_OVERRIDE"), *base = getenv(variable);
	const char *home = getenv("HOME"), *leaf = over && *over ? over : "crev";
	int n = 0;

	if (leaf[0] == '/')
		n = snprintf(path, size, "%s", leaf);
	else if (base && base[0] == '/')
		n = snprintf(path, size, "%s/%s", base, leaf);
	else if (home && home[0] == '/')
		n = snprintf(path, size, "%s/%s/%s", home, usual, leaf);
	return n > 0 && (size_t)n < size;
}
