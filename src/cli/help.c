/* SPDX-License-Identifier: Apache-2.0 */
/* Help texts, made from the tables that drive parsing. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"

static const char *const group_names[] = {"look",   "evidence", "people",
					  "author", "project",  "other"};

void
cli_help_all(void)
{
	const struct cli_command *const *c;
	int group;

	cli_put("kith: who has looked at this code?\n\nusage: kith [OPTION]... COMMAND "
		"[ARGUMENT]...\n");
	for (group = CLI_LOOK; group <= CLI_OTHER; group++) {
		bool first = true;

		for (c = cli_commands; *c; c++) {
			if ((int)(*c)->group != group)
				continue;
			cli_put("%s%-9s %-9s %s\n", first ? "\n" : "",
				first ? group_names[group] : "", (*c)->name, (*c)->summary);
			first = false;
		}
	}
	cli_put("\nkith help COMMAND tells more; kith help options lists the options that every "
		"command takes.\n");
}

static void
put_options(const struct cli_option *o)
{
	char left[64];

	for (; o && o->help; o++) {
		snprintf(left, sizeof(left), "%s%c%s%s%s%s%s", o->letter ? "-" : "  ",
			 o->letter ? o->letter : ' ', o->letter && o->name ? ", " : "",
			 o->name ? "--" : "", o->name ? o->name : "", o->arg ? " " : "",
			 o->arg ? o->arg : "");
		cli_put("  %-26s %s\n", left, o->help);
	}
}

void
cli_help_command(const struct cli_command *command, bool brief)
{
	cli_put("usage: kith %s%s%s\n\n%s\n", command->name, *command->usage ? " " : "",
		command->usage, command->summary);
	if (command->options && command->options->help) {
		cli_put("\n");
		put_options(command->options);
	}
	if (!brief && command->help)
		cli_put("\n%s", command->help);
}

static int
run(struct cli *cli)
{
	const struct cli_command *command;
	const char *near, *say;

	if (!cli->n_args) {
		cli_help_all();
		return CLI_YES;
	}
	if (strcmp(cli->args[0], "options") == 0) {
		put_options(cli_global_options);
		return CLI_YES;
	}
	command = cli_find_command(cli->args[0], &near);
	say =
	    command ? NULL : cli_crev_spelling(cli->args[0], cli->n_args > 1 ? cli->args[1] : NULL);
	if (say) {
		cli_put("kith %s\n", say);
		return CLI_YES;
	}
	if (!command)
		return cli_usage(cli, "no command '%s'%s%s%s", cli->args[0],
				 near ? ", did you mean '" : "", near ? near : "",
				 near ? "'?" : "");
	if (!cli_open_manual(cli, command->name))
		cli_help_command(command, false);
	return CLI_YES;
}

static const struct cli_option options[] = {CLI_OPTION_END};
const struct cli_command cli_cmd_help = {
    .name = "help",
    .group = CLI_OTHER,
    .summary = "what the commands do",
    .usage = "[COMMAND | options]",
    .options = options,
    .max_args = 2,
    .run = run,
};

int
cli_print_version(const struct cli *cli)
{
	struct kith_error err;
	char *libraries;

	if (kith_version_libraries(&libraries, &err))
		return cli_fail(cli, &err);
	cli_put("kith %s\n%s", kith_version(), libraries);
	kith_free(libraries);
	return CLI_YES;
}
