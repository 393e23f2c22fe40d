/* SPDX-License-Identifier: Apache-2.0 */
/* kith search: which packages have reviews, and by whom. */
#include <stdlib.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"root", 0, "ID|URL|DIR", "whose trust orders and marks people; may be repeated", true},
    {"trusted", 0, NULL, "only what trusted people and sets say", false},
    CLI_OPTION_END};

static int
search(struct cli *cli, const struct kith_search_options *o)
{
	struct kith_error err;
	size_t len, count;
	char *text;
	int status;

	if (kith_search(cli->session, o, &text, &len, &count, &err)) {
		cli_end_progress(cli);
		return cli_fail(cli, &err);
	}
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES && !count) {
		cli_note(cli, "nobody here has said anything about such a package; kith fetch may "
			      "know more");
		status = CLI_NO;
	}
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_search_options o = {
	    .words = cli->args,
	    .n_words = (size_t)cli->n_args,
	    .trusted = cli_flag(cli, "trusted"),
	    .format = cli->format,
	    .width = cli->out_tty ? cli->width : 0,
	};
	const char **roots;
	int status = cli_open_session(cli);

	if (status)
		return status;
	roots = cli_values(cli, "root", &o.n_roots);
	o.roots = roots;
	status = search(cli, &o);
	free(roots);
	return status;
}

const struct cli_command cli_cmd_search = {
    .name = "search",
    .group = CLI_LOOK,
    .summary = "which packages have reviews and audits, and by whom",
    .usage = "WORD... [OPTION]...",
    .help = "Lists packages whose name holds every WORD (or matches it, where it has * or ?): the\n"
	    "exact name first, then those that most is said about, with the most trusted authors\n"
	    "first. Exit status: 0 something was found, 1 nothing. Example:\n"
	    "  kith search toml parse\n",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .run = run,
};
