/* SPDX-License-Identifier: Apache-2.0 */
/* kith todo: what to review first, whom to trust next. */
#include <stdlib.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"limit", 0, "N", "show so many packages (20); 0: all", false},
    {"people", 0, NULL, "whom to trust next, and who of the roots has reviewed what", false},
    {"root", 0, "ID|URL|DIR", "whose trust counts; may be repeated", true},
    CLI_OPTION_END};

static int
todo(struct cli *cli, const struct kith_todo_options *o)
{
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_todo(cli->session, o, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_todo_options o = {
	    .path = cli->n_args ? cli->args[0] : NULL,
	    .people = cli_flag(cli, "people"),
	    .format = cli->format,
	    .width = cli->out_tty ? cli->width : 0,
	};
	long long limit = 20;
	const char **roots;
	int status;

	if (!cli_number(cli, "limit", 0, 1000000, &limit))
		return CLI_USAGE;
	if (o.people && cli_flag(cli, "limit"))
		return cli_usage(cli, "--limit counts packages: it does not go with --people");
	o.limit = limit ? (int)limit : -1;
	status = cli_open_session(cli);
	if (status)
		return status;
	roots = cli_values(cli, "root", &o.n_roots);
	o.roots = roots;
	status = todo(cli, &o);
	free(roots);
	return status;
}

const struct cli_command cli_cmd_todo = {
    .name = "todo",
    .group = CLI_PROJECT,
    .summary = "what to review first, whom to trust next",
    .usage = "[PROJECT] [OPTION]...",
    .help = "Packages that do not pass, the best use of your time first: by how much depends on\n"
	    "them, build scripts, macros, unsafe code, and the lines of the smallest step that\n"
	    "would do. Archives are looked into, nothing of them is run.\n"
	    "\n"
	    "    kith todo --limit 5\n"
	    "    kith todo --people\n",
    .options = options,
    .max_args = 1,
    .run = run,
};
