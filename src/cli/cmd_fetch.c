/* SPDX-License-Identifier: Apache-2.0 */
/* kith fetch: get or refresh evidence. */
#include <stdlib.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"jobs", 0, "N", "so many sources at once (8)", false},
    {"all", 0, NULL, "also sources that failed a short while ago", false},
    {"timeout", 0, "SECONDS", "so long at most for each source (60)", false},
    CLI_OPTION_END};

static int
run(struct cli *cli)
{
	struct kith_fetch_options o = {
	    .sources = cli->args,
	    .n_sources = (size_t)cli->n_args,
	    .format = cli->format,
	    .color = cli_color(cli),
	    .width = cli->out_tty ? cli->width : 0,
	};
	long long jobs = 0, timeout = 0;
	struct kith_fetch_result result;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (!cli_number(cli, "jobs", 1, 64, &jobs) ||
	    !cli_number(cli, "timeout", 1, 86400, &timeout))
		return CLI_USAGE;
	o.jobs = (int)jobs;
	o.timeout = (int)timeout;
	o.all = cli_flag(cli, "all");
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_fetch(cli->session, &o, &text, &len, &result, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES && result.failed)
		status = CLI_ENVIRONMENT;
	return status;
}

const struct cli_command cli_cmd_fetch = {
    .name = "fetch",
    .group = CLI_EVIDENCE,
    .summary = "get or refresh evidence from proof repositories",
    .usage = "[URL|REPOSITORY|BUNDLE|DIR]... [OPTION]...",
    .help = "Without a source, everything fetched before is refreshed. One failing source costs\n"
	    "nothing but itself. Exit status: 0, or 3 if a source failed.\n",
    .options = options,
    .max_args = -1,
    .run = run,
};
