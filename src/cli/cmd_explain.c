/* SPDX-License-Identifier: Apache-2.0 */
/* kith explain: why is this package, or this person, (not) trusted? */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"root", 0, "ID|URL|DIR", "whose trust counts; may be repeated", true},
    {"what-if", 0, "CHANGE", "'trust [FROM] TO LEVEL', 'distrust [FROM] TO', 'drop ID'", true},
    {"summary", 0, NULL, "the whole project: whom and what the verdict hangs on", false},
    {"semantics", 0, "RULES", "native or crev", false},
    CLI_OPTION_END};

static int
explain(struct cli *cli, struct kith_explain_options *o)
{
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_explain(cli->session, o, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_explain_options o = {
	    .subject = cli->n_args ? cli->args[0] : NULL,
	    .summary = cli_flag(cli, "summary"),
	    .format = cli->format,
	    .color = cli_color(cli),
	    .width = cli->out_tty ? cli->width : 0,
	};
	const char *semantics = cli_value(cli, "semantics");
	const char **roots, **what_if;
	int status;

	if (semantics && strcmp(semantics, "crev") == 0)
		o.semantics = KITH_SEMANTICS_CREV;
	else if (semantics && strcmp(semantics, "native") != 0)
		return cli_usage(cli, "--semantics: '%s' is none of: native, crev", semantics);
	if (o.summary == (o.subject != NULL))
		return cli_usage(cli, "name one package or person, or give --summary");
	status = cli_open_session(cli);
	if (status)
		return status;
	roots = cli_values(cli, "root", &o.n_roots);
	what_if = cli_values(cli, "what-if", &o.n_what_if);
	o.roots = roots;
	o.what_if = what_if;
	status = explain(cli, &o);
	free(roots);
	free(what_if);
	return status;
}

const struct cli_command cli_cmd_explain = {
    .name = "explain",
    .group = CLI_LOOK,
    .summary = "why is this package, or this person, (not) trusted?",
    .usage = "PACKAGE|PERSON|--summary [OPTION]...",
    .help = "A package is NAME, NAME@VERSION or a package URL; a person is an id, a unique prefix\n"
	    "of one, the URL of a proof repository, or a name as kith shows it: alice, ~alice.\n",
    .options = options,
    .max_args = 1,
    .takes_person = true,
    .run = run,
};
