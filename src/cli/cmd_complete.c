/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith complete: what may come next on a command line; the scripts in docs/completions ask it. A
 * line each: the word, a tab, what it is; ":files" lets the shell offer files. Never fails: a shell
 * has no place to show why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complete.h"

#define OUT_MAX ((size_t)1 << 20)

/* What was typed before the word that is to be completed. */
struct typed {
	struct cli *cli;
	const struct cli_command *command;
	const struct cli_option *pending; /* its value is what is to be completed */
	const char *args[4];              /* of the command */
	int n_args;
	bool only_args;
	bool lost;              /* -C names no folder: nothing that lies there is known */
	const char *word;       /* the beginning that is there */
	const char *prefix;     /* in front of each answer: "--level=" */
	size_t prefix_len, out; /* bytes written */
	bool files;
};

static void
offer(struct typed *t, const char *word, size_t len, const char *about)
{
	if (strncmp(word, t->word, strlen(t->word) < len ? strlen(t->word) : len) != 0 ||
	    strlen(t->word) > len || t->out > OUT_MAX)
		return;
	cli_put("%.*s%.*s\t%s\n", (int)t->prefix_len, t->prefix, (int)len, word, about);
	t->out += len;
}

static void
offer_str(struct typed *t, const char *word, const char *about)
{
	offer(t, word, strlen(word), about);
}

static const struct cli_option *
find(const struct cli_option *table, const char *name, size_t len, char letter)
{
	for (; table && table->help; table++)
		if (letter ? table->letter == letter
			   : table->name && strlen(table->name) == len &&
				 strncmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

static const struct cli_option *
find_option(const struct typed *t, const char *name, size_t len, char letter)
{
	const struct cli_option *o =
	    t->command ? find(t->command->options, name, len, letter) : NULL;

	return o ? o : find(cli_global_options, name, len, letter);
}

/* --- what was typed --- */

static void
take_option(struct typed *t, const char *w)
{
	const char *equals = strchr(w, '=');

	t->pending = NULL;
	if (w[1] == '-') {
		if (!equals)
			t->pending = find_option(t, w + 2, strlen(w + 2), 0);
	} else {
		t->pending = find_option(t, NULL, 0, w[strlen(w) - 1]);
	}
	if (t->pending && !t->pending->arg)
		t->pending = NULL;
}

static void
take(struct typed *t, const char *w)
{
	const char *nearest;

	if (t->pending) {
		t->lost = t->lost || (t->pending->letter == 'C' && chdir(w) < 0);
		t->pending = NULL;
	} else if (!t->only_args && strcmp(w, "--") == 0) {
		t->only_args = true;
	} else if (!t->only_args && w[0] == '-' && w[1]) {
		take_option(t, w);
	} else if (!t->command) {
		t->command = cli_find_command(w, &nearest);
		t->only_args = t->only_args || !t->command;
	} else if (t->n_args < (int)(sizeof(t->args) / sizeof(t->args[0]))) {
		t->args[t->n_args++] = w;
	}
}

/* --- what may come --- */

static void
offer_options(struct typed *t, const struct cli_option *o)
{
	char text[80];

	for (; o && o->help; o++) {
		if (!o->name)
			snprintf(text, sizeof(text), "-%c", o->letter);
		else
			snprintf(text, sizeof(text), "--%s", o->name);
		offer_str(t, text, o->help);
	}
}

static void
offer_commands(struct typed *t)
{
	const struct cli_command *const *c;

	for (c = cli_commands; *c; c++)
		if ((*c)->group != CLI_HIDDEN)
			offer_str(t, (*c)->name, (*c)->summary);
}

static void
offer_words(struct typed *t, const char *words)
{
	size_t n;

	for (; *words; words += n + (words[n] != '\0')) {
		n = strcspn(words, "|");
		if (*words != '-')
			offer(t, words, n, "");
	}
}

static void
offer_known(struct typed *t, enum kith_words_what what)
{
	char *text, *p, *tab, *end;
	struct kith_error err;
	size_t len;

	if (t->lost || cli_open_session(t->cli) ||
	    kith_words(t->cli->session, what, NULL, t->word, &text, &len, &err))
		return;
	for (p = text; p && *p; p = end ? end + 1 : NULL) {
		end = strchr(p, '\n');
		if (end)
			*end = '\0';
		tab = strchr(p, '\t');
		if (tab)
			offer(t, p, (size_t)(tab - p), tab + 1);
	}
	kith_free(text);
}

/* One metavariable of a usage line or of an option. */
static void
offer_kind(struct typed *t, const char *kind, size_t len)
{
	static const char *const files[] = {"FILE",   "DIR",        "PATH",    "PROJECT",
					    "BUNDLE", "REPOSITORY", "LOCKFILE"};
	size_t i;

	if (len == 7 && !strncmp(kind, "PACKAGE", len))
		offer_known(t, KITH_WORDS_PACKAGES);
	else if ((len == 6 && !strncmp(kind, "PERSON", len)) || (len == 2 && *kind == 'I'))
		offer_known(t, KITH_WORDS_PEOPLE);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strlen(files[i]) == len && !strncmp(kind, files[i], len))
			t->files = true;
}

static void
offer_kinds(struct typed *t, const char *kinds)
{
	size_t n;

	if (*kinds >= 'a' && *kinds <= 'z') {
		offer_words(t, kinds);
		return;
	}
	for (; *kinds; kinds += n + (kinds[n] != '\0')) {
		n = strcspn(kinds, "|");
		offer_kind(t, kinds, n);
	}
}

static void
offer_value(struct typed *t, const struct cli_option *o)
{
	char words[300];

	if (cli_option_words(t->command, o, words, sizeof(words)))
		offer_words(t, words);
	else if (o->name && strcmp(o->name, "id") == 0)
		offer_known(t, KITH_WORDS_OWN_IDS);
	else
		offer_kinds(t, o->arg);
}

/* Words below `kith id` mean different things; usage lines cannot say that. */
static bool
offer_own(struct typed *t)
{
	const char *verb = t->args[0];

	if (strcmp(t->command->name, "id") != 0 || t->n_args != 1)
		return false;
	if (strcmp(verb, "import") == 0)
		t->files = true;
	else if (strcmp(verb, "show") == 0)
		offer_known(t, KITH_WORDS_PEOPLE);
	else if (strcmp(verb, "new") != 0 && strcmp(verb, "list") != 0 &&
		 strcmp(verb, "set-url") != 0)
		offer_known(t, KITH_WORDS_OWN_IDS);
	return true;
}

static void
offer_argument(struct typed *t)
{
	char kinds[300];

	if (strcmp(t->command->name, "help") == 0) {
		offer_commands(t);
		offer_str(t, "options", "what every command takes");
	} else if (!offer_own(t) &&
		   cli_usage_argument(t->command, t->n_args, kinds, sizeof(kinds))) {
		offer_kinds(t, kinds);
	}
}

/* "--level=me": the value of which option, or NULL. */
static const struct cli_option *
split_value(struct typed *t)
{
	const char *equals = strchr(t->word, '=');
	const struct cli_option *o;

	if (t->only_args || strncmp(t->word, "--", 2) != 0 || !equals)
		return NULL;
	o = find_option(t, t->word + 2, (size_t)(equals - t->word) - 2, 0);
	if (!o || !o->arg)
		return NULL;
	t->prefix = t->word;
	t->prefix_len = (size_t)(equals - t->word) + 1;
	t->word = equals + 1;
	return o;
}

static void
offer_next(struct typed *t)
{
	const struct cli_option *o = t->pending ? t->pending : split_value(t);

	if (o) {
		offer_value(t, o);
	} else if (!t->only_args && t->word[0] == '-') {
		offer_options(t, t->command ? t->command->options : NULL);
		offer_options(t, cli_global_options);
	} else if (t->command) {
		offer_argument(t);
	} else if (!t->only_args) {
		offer_commands(t);
	}
}

static int
run(struct cli *cli)
{
	struct typed t = {.cli = cli, .word = "", .prefix = ""};
	int i;

	for (i = 0; i + 1 < cli->n_args; i++)
		take(&t, cli->args[i]);
	if (cli->n_args)
		t.word = cli->args[cli->n_args - 1];
	offer_next(&t);
	if (t.files)
		cli_put(":files\n");
	return CLI_YES;
}

static const struct cli_option options[] = {CLI_OPTION_END};
const struct cli_command cli_cmd_complete = {
    .name = "complete",
    .group = CLI_HIDDEN,
    .summary = "what may come next on a command line",
    .usage = "-- [WORD]...",
    .help = "For the completion of shells: a line for each word that may come in place of the\n"
	    "last WORD: the word, a tab, what it is. \":files\" stands for files.\n"
	    "Example: kith complete -- verify --lev\n",
    .options = options,
    .max_args = -1,
    .run = run,
};
