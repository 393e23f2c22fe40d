/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may stand where, read from the tables of options and the usage lines, so that completion
 * knows a new command by itself. Asks nothing and prints nothing.
 */
#include <stdio.h>
#include <string.h>

#include "complete.h"

/* Words of values that no usage line spells; `command` NULL: wherever such an option is. */
static const struct {
	const char *command, *option, *arg;
	const char *words;
} values[] = {
    {"verify", "format", NULL, NULL}, /* the library says which */
    {"verify", "semantics", NULL, "native|crev|vet"},
    {"export", "semantics", NULL, "native|crev"},
    {NULL, "semantics", NULL, "native|crev"},
    {NULL, "llm", "HOW", "count|supplement|ignore"},
    {NULL, "color", NULL, "auto|always|never"},
    {NULL, "progress", NULL, "auto|always|never"},
    {NULL, "format", NULL, "table|json"},
    {NULL, "rating", NULL, "negative|neutral|positive|strong"},
    {NULL, "reach", NULL, "reviews|introduce|delegate"},
    {"verify", "level", NULL, "low|medium|high"},
    {"source", "kind", NULL, "crev|vet|rustsec|osv"},
    {"source", "level", NULL, "none|low|medium|high"},
    {"source", "object-level", NULL, "none|low|medium|high"},
    {NULL, NULL, "LEVEL", "none|low|medium|high"},
};

/* "a, b, c" becomes "a|b|c". */
static void
join_names(const char *names, char *out, size_t size)
{
	size_t n = 0;

	for (; *names && n + 1 < size; names++) {
		if (*names == ',')
			out[n++] = '|';
		else if (*names != ' ')
			out[n++] = *names;
	}
	out[n] = '\0';
}

static bool
is_choice(const char *word)
{
	return *word >= 'a' && *word <= 'z' && strchr(word, '|');
}

/* The word behind "--NAME" in the usage line, if it is a choice of words. */
static bool
words_in_usage(const char *usage, const char *name, char *out, size_t size)
{
	char option[64];
	const char *p;
	size_t n;

	snprintf(option, sizeof(option), "--%s ", name);
	p = strstr(usage, option);
	if (!p)
		return false;
	p += strlen(option);
	n = strcspn(p, " ]");
	if (n >= size)
		return false;
	memcpy(out, p, n);
	out[n] = '\0';
	return is_choice(out);
}

bool
cli_option_words(const struct cli_command *command, const struct cli_option *option, char *out,
		 size_t size)
{
	size_t i;

	if (!option->arg || !option->name)
		return false;
	if (command && words_in_usage(command->usage, option->name, out, size))
		return true;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if ((values[i].command &&
		     (!command || strcmp(values[i].command, command->name) != 0)) ||
		    (values[i].option && strcmp(values[i].option, option->name) != 0) ||
		    (values[i].arg && strcmp(values[i].arg, option->arg) != 0))
			continue;
		if (values[i].words)
			snprintf(out, size, "%s", values[i].words);
		else
			join_names(kith_format_names(), out, size);
		return true;
	}
	return false;
}

/* One word of a usage line, without its brackets; *p moves behind it. */
struct token {
	char text[200];
	bool option; /* "-o", "[--root": what follows up to the bracket is its value */
	bool repeats;
	bool closes, opens;
	bool last; /* behind it another way to say it begins */
};

static bool
next_token(const char **p, struct token *t)
{
	size_t n, at = 0, i;

	memset(t, 0, sizeof(*t));
	*p += strspn(*p, " ");
	n = strcspn(*p, " ");
	if (!n)
		return false;
	t->opens = **p == '[';
	for (i = 0; i < n && at + 1 < sizeof(t->text); i++) {
		if ((*p)[i] == ']')
			t->closes = true;
		else if ((*p)[i] == ',')
			t->last = true;
		else if ((*p)[i] != '[' && (*p)[i] != '.')
			t->text[at++] = (*p)[i];
	}
	t->repeats = n > 3 && strncmp(*p + n - 3, "...", 3) == 0;
	t->option = t->text[0] == '-';
	if (strcmp(t->text, "|") == 0)
		t->last = true;
	*p += n;
	return true;
}

bool
cli_usage_argument(const struct cli_command *command, int at, char *out, size_t size)
{
	const char *p = command->usage;
	struct token t;
	bool value = false, found = false;
	int i = 0;

	while (next_token(&p, &t) && strcmp(t.text, "|") != 0) {
		if (value || t.option) {
			/* "[--root ID]", "--level LEVEL", "[--all]" */
			value = t.option && !t.closes;
			continue;
		}
		if (strcmp(t.text, "OPTION") == 0 || strcmp(t.text, "or") == 0)
			continue;
		found = i == at || (t.repeats && i < at);
		if (found) {
			snprintf(out, size, "%s", t.text);
			break;
		}
		i++;
		if (t.last)
			break;
	}
	return found;
}
