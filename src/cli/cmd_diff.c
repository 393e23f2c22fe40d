/* SPDX-License-Identifier: Apache-2.0 */
/* kith diff: what changed between two versions? */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"stat", 0, NULL, "only how many lines, by file", false},
    {"context", 'U', "N", "lines around changes (default 3)", false},
    CLI_OPTION_END};

static int
run(struct cli *cli)
{
	struct kith_diff_options o = {
	    .stat = cli_flag(cli, "stat"),
	    .color = cli_color(cli),
	    .width = cli->out_tty ? cli->width : 0,
	};
	long long context = -1;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (cli->format_set)
		return cli_usage(cli, "it has no other format than text");
	if (!cli_number(cli, "context", 0, 1000, &context))
		return CLI_USAGE;
	o.context = (int)context;
	o.package = cli->args[0];
	o.base = cli->args[1];
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_diff(cli->session, &o, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	if (!len)
		cli_note(cli, "the two are the same");
	status = cli_page(cli, text, len);
	kith_free(text);
	return status;
}

const struct cli_command cli_cmd_diff = {
    .name = "diff",
    .group = CLI_AUTHOR,
    .summary = "what changed between two versions",
    .usage = "PACKAGE VERSION [OPTION]...",
    .help = "Compares VERSION with the one that is locked (or named: NAME@VERSION), both from\n"
	    "archives that were checked. Characters that a terminal would obey or not show are\n"
	    "written out. kith review --diff-base VERSION wants it to have been compared.\n",
    .options = options,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
