/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the command line by tables. Options may follow arguments, "--" ends them, a single-value
 * option given twice is an error, a wrong word gets "did you mean".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

const struct cli_option cli_global_options[] = {
    {NULL, 'C', "DIR", "run as if started in DIR", false},
    {"config", 0, "FILE", "another configuration file of the user", false},
    {"offline", 0, NULL, "never use the network", false},
    {"format", 0, "FORMAT", "table or json", false},
    {"json", 0, NULL, "the same as --format json", false},
    {"output", 'o', "FILE", "write to FILE instead of standard output", false},
    {"color", 0, "WHEN", "auto, always or never", false},
    {"progress", 0, "WHEN", "auto, always or never", false},
    {"quiet", 'q', NULL, "no hints (warnings stay)", false},
    {"verbose", 'v', NULL, "say more; may be repeated", true},
    {"now", 0, "TIME", "judge as of this time (RFC 3339)", false},
    {"yes", 0, NULL, "do what would be asked", false},
    {"version", 0, NULL, "print versions of kith and its libraries", false},
    {"help", 'h', NULL, "print help", false},
    CLI_OPTION_END};

static const struct cli_option *
find_in(const struct cli_option *table, const char *name, size_t len, char letter)
{
	const struct cli_option *o;

	for (o = table; o && o->help; o++) {
		if (letter ? o->letter == letter
			   : o->name && strlen(o->name) == len && !strncmp(o->name, name, len))
			return o;
	}
	return NULL;
}

static const struct cli_option *
find_option(const struct cli *cli, const char *name, size_t len, char letter)
{
	const struct cli_option *o = NULL;

	if (cli->command)
		o = find_in(cli->command->options, name, len, letter);
	return o ? o : find_in(cli_global_options, name, len, letter);
}

/* Distance for "did you mean": insertions, deletions, changes; words are short. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[64], i, j, n = strlen(b), diagonal, next;

	if (strlen(a) > 40 || n >= 64)
		return 100;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= n; j++) {
			next = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < next)
				next = row[j] + 1;
			if (row[j - 1] + 1 < next)
				next = row[j - 1] + 1;
			row[j] = next;
		}
	}
	return row[n];
}

static const char *
nearest_option(const struct cli *cli, const char *word)
{
	const struct cli_option *tables[2] = {cli->command ? cli->command->options : NULL,
					      cli_global_options};
	const struct cli_option *o;
	const char *best = NULL;
	size_t least = strlen(word) / 3 + 1, i, d;

	for (i = 0; i < 2; i++) {
		for (o = tables[i]; o && o->help; o++) {
			d = o->name ? distance(word, o->name) : 100;
			if (d <= least) {
				best = o->name;
				least = d ? d - 1 : 0;
			}
		}
	}
	return best;
}

const struct cli_command *
cli_find_command(const char *word, const char **ret_nearest)
{
	const struct cli_command *const *c, *found = NULL;
	size_t len = strlen(word), least = len / 3 + 1, d, n = 0;

	*ret_nearest = NULL;
	for (c = cli_commands; *c; c++) {
		if (strcmp((*c)->name, word) == 0)
			return *c;
		if ((*c)->group == CLI_HIDDEN)
			continue;
		if (len && strncmp((*c)->name, word, len) == 0) {
			found = *c;
			n++;
		}
		d = distance(word, (*c)->name);
		if (d <= least) {
			*ret_nearest = (*c)->name;
			least = d ? d - 1 : 0;
		}
	}
	return n == 1 ? found : NULL;
}

static int
add_value(struct cli *cli, const struct cli_option *o, const char *value)
{
	size_t i;

	for (i = 0; i < cli->n_values && !o->many; i++)
		if (cli->values[i].option == o)
			return cli_usage(cli, "option %s%s is given twice", o->name ? "--" : "-C",
					 o->name ? o->name : "");
	cli->values[cli->n_values].option = o;
	cli->values[cli->n_values++].value = value;
	return -1;
}

/* "--name", "--name=value", "--name value". *at is advanced over a separate value. */
static int
parse_long(struct cli *cli, char **argv, int argc, int *at)
{
	const char *word = argv[*at] + 2, *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct cli_option *o = find_option(cli, word, len, 0);
	const char *near;

	if (!o) {
		near = nearest_option(cli, word);
		return cli_usage(cli, "unknown option '--%.*s'%s%s%s", (int)(len > 80 ? 80 : len),
				 word, near ? ", did you mean '--" : "", near ? near : "",
				 near ? "'?" : "");
	}
	if (!o->arg && equals)
		return cli_usage(cli, "option --%s takes no value", o->name);
	if (!o->arg || equals)
		return add_value(cli, o, equals ? equals + 1 : NULL);
	if (*at + 1 >= argc)
		return cli_usage(cli, "option --%s needs a value: %s", o->name, o->arg);
	return add_value(cli, o, argv[++*at]);
}

/* "-qv", "-oFILE", "-o FILE". */
static int
parse_short(struct cli *cli, char **argv, int argc, int *at)
{
	const char *p = argv[*at] + 1;
	const struct cli_option *o;
	int r = -1;

	for (; r < 0 && *p; p++) {
		o = find_option(cli, NULL, 0, *p);
		if (!o)
			return cli_usage(cli, "unknown option '-%c'%s", *p,
					 cli->command && cli->command->takes_person
					     ? " (the beginning of an id goes behind --)"
					     : "");
		if (!o->arg) {
			r = add_value(cli, o, NULL);
			continue;
		}
		if (p[1])
			return add_value(cli, o, p + 1);
		if (*at + 1 >= argc)
			return cli_usage(cli, "option -%c needs a value: %s", *p, o->arg);
		return add_value(cli, o, argv[++*at]);
	}
	return r;
}

/* A word that may be a person's id although it begins with '-' (cli.md 4). */
static bool
looks_like_id(const struct cli *cli, const char *word)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	return cli->command && cli->command->takes_person && strlen(word) == 43 &&
	       strspn(word, alphabet) == 43;
}

static int
answer_crev(const struct cli *cli, const char *first, const char *second, const char *say)
{
	return cli_usage(cli, "'%s%s%s' is cargo-crev's way to say it; here it is: kith %s", first,
			 second ? " " : "", second ? second : "", say);
}

static int
take_command(struct cli *cli, const char *word, const char *next)
{
	const char *near, *say;

	cli->command = cli_find_command(word, &near);
	if (cli->command)
		return -1;
	if (next && next[0] == '-')
		next = NULL;
	say = cli_crev_spelling(word, next);
	if (say)
		return answer_crev(cli, word, next, say);
	if (near)
		return cli_usage(cli, "unknown command '%s', did you mean '%s'?", word, near);
	return cli_usage(cli, "unknown command '%s' (kith help lists them)", word);
}

static int
parse_words(struct cli *cli, int argc, char **argv, const char **args)
{
	bool only_args = false;
	int i, r = -1;

	for (i = 1; r < 0 && i < argc; i++) {
		const char *w = argv[i];

		if (!only_args && strcmp(w, "--") == 0)
			only_args = true;
		else if (only_args || w[0] != '-' || !w[1] || looks_like_id(cli, w)) {
			if (!cli->command)
				r = take_command(cli, w, i + 1 < argc ? argv[i + 1] : NULL);
			else
				args[cli->n_args++] = w;
		} else if (w[1] == '-')
			r = parse_long(cli, argv, argc, &i);
		else
			r = parse_short(cli, argv, argc, &i);
	}
	return r;
}

const char *
cli_value(const struct cli *cli, const char *name)
{
	size_t i;

	for (i = 0; i < cli->n_values; i++)
		if (cli->values[i].option->name && !strcmp(cli->values[i].option->name, name))
			return cli->values[i].value;
	return NULL;
}

bool
cli_flag(const struct cli *cli, const char *name)
{
	size_t i;

	for (i = 0; i < cli->n_values; i++)
		if (cli->values[i].option->name && !strcmp(cli->values[i].option->name, name))
			return true;
	return false;
}

const char **
cli_values(const struct cli *cli, const char *name, size_t *ret_n)
{
	const char **list = calloc(cli->n_values + 1, sizeof(*list));
	size_t i, n = 0;

	for (i = 0; list && i < cli->n_values; i++)
		if (cli->values[i].option->name && !strcmp(cli->values[i].option->name, name))
			list[n++] = cli->values[i].value;
	*ret_n = n;
	return list;
}

bool
cli_level(const struct cli *cli, const char *name, enum kith_level *ret_level, int *ret_set)
{
	const char *word = cli_value(cli, name);

	if (!word)
		return true;
	if (!kith_level_parse(word, ret_level) || *ret_level == KITH_LEVEL_DISTRUST) {
		cli_usage(cli, "--%s: '%s' is none of: none, low, medium, high", name, word);
		return false;
	}
	*ret_set = 1;
	return true;
}

bool
cli_number(const struct cli *cli, const char *name, long long least, long long most,
	   long long *ret_value)
{
	const char *word = cli_value(cli, name), *p;
	long long v = 0;

	if (!word)
		return true;
	for (p = word; *p >= '0' && *p <= '9' && v <= most; p++)
		v = v * 10 + (*p - '0');
	if (p == word || *p || v < least || v > most) {
		cli_usage(cli, "--%s: '%s' is no whole number from %lld to %lld", name, word, least,
			  most);
		return false;
	}
	*ret_value = v;
	return true;
}

static int
read_when(const struct cli *cli, const char *name, enum cli_when *ret_when)
{
	static const char *const words[] = {"auto", "always", "never"};
	const char *word = cli_value(cli, name);
	int i;

	for (i = 0; word && i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_when = (enum cli_when)i;
			return -1;
		}
	}
	return word ? cli_usage(cli, "--%s: '%s' is none of: auto, always, never", name, word) : -1;
}

static int
read_format(struct cli *cli)
{
	const char *word = cli_value(cli, "format");

	if (cli_flag(cli, "json")) {
		if (word && strcmp(word, "json") != 0)
			return cli_usage(cli, "--json and --format %s exclude each other", word);
		word = "json";
	}
	cli->format_set = word != NULL;
	if (cli->command && cli->command->own_formats)
		return -1;
	if (!word || strcmp(word, "table") == 0)
		cli->format = KITH_FORMAT_TABLE;
	else if (strcmp(word, "json") == 0)
		cli->format = KITH_FORMAT_JSON;
	else
		return cli_usage(cli, "--format: '%s' is none of: table, json", word);
	return -1;
}

static int
read_globals(struct cli *cli)
{
	size_t i;
	int r;

	for (i = 0; i < cli->n_values; i++) {
		cli->verbose += cli->values[i].option->letter == 'v';
		if (cli->values[i].option->letter == 'C' && chdir(cli->values[i].value) < 0) {
			cli_usage(cli, "-C %s: %s", cli->values[i].value, strerror(errno));
			return CLI_ENVIRONMENT;
		}
	}
	cli->config = cli_value(cli, "config");
	cli->now = cli_value(cli, "now");
	cli->output = cli_value(cli, "output");
	cli->offline = cli_flag(cli, "offline");
	cli->quiet = cli_flag(cli, "quiet");
	cli->yes = cli_flag(cli, "yes");
	r = read_format(cli);
	if (r < 0)
		r = read_when(cli, "color", &cli->color);
	if (r < 0)
		r = read_when(cli, "progress", &cli->progress);
	return r;
}

/* -h is one screen, --help the manual page, if it can be shown. */
static int
answer_help(const struct cli *cli, int argc, char **argv)
{
	bool full = false;
	int i;

	for (i = 1; i < argc; i++)
		full = full || strcmp(argv[i], "--help") == 0;
	if (full && cli_open_manual(cli, cli->command ? cli->command->name : ""))
		return CLI_YES;
	if (cli->command)
		cli_help_command(cli->command, !full);
	else
		cli_help_all();
	return CLI_YES;
}

int
cli_parse(struct cli *cli, int argc, char **argv)
{
	const char **args = calloc((size_t)argc + 1, sizeof(*args)), *say;
	int r;

	cli->args = cli->arg_memory = args;
	cli->values = calloc((size_t)argc + 1, sizeof(*cli->values));
	if (!cli->values || !args) {
		cli_tell("kith: out of memory\n");
		return CLI_ENVIRONMENT;
	}
	r = parse_words(cli, argc, argv, args);
	if (r >= 0)
		return r;
	/* `id trust`: a word that is a command's own has spellings below it too */
	if (cli->command && cli->n_args && (say = cli_crev_spelling(cli->command->name, args[0])))
		return answer_crev(cli, cli->command->name, args[0], say);
	if (cli_flag(cli, "version"))
		return cli_print_version(cli);
	if (cli_flag(cli, "help"))
		return answer_help(cli, argc, argv);
	r = read_globals(cli);
	if (r >= 0 || !cli->command)
		return r;
	if (cli->n_args < cli->command->min_args)
		return cli_usage(cli, "something is missing: kith %s %s", cli->command->name,
				 cli->command->usage);
	if (cli->command->max_args >= 0 && cli->n_args > cli->command->max_args)
		return cli_usage(cli, "too many arguments: kith %s %s", cli->command->name,
				 cli->command->usage);
	return -1;
}
