/* SPDX-License-Identifier: Apache-2.0 */
/* kith open: a copy of a package that cannot run anything. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {CLI_OPTION_END};

static int
put_path(const struct cli *cli, char *path)
{
	size_t len = strlen(path);
	int status;

	path[len] = '\n'; /* its NUL's place; the length is told */
	status = cli_write(cli, path, len + 1);
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_open_result x;
	struct kith_error err;
	char *path;
	int status = cli_open_session(cli);

	if (status)
		return status;
	if (kith_open(cli->session, cli->args[0], NULL, &path, &x, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	if (x.renamed || x.left_out || x.rewritten)
		cli_note(cli,
			 "%zu files: %zu renamed, %zu left out, %zu rewritten (README-CREV.txt)",
			 x.files, x.renamed, x.left_out, x.rewritten);
	status = put_path(cli, path);
	kith_free(path);
	return status;
}

const struct cli_command cli_cmd_open = {
    .name = "open",
    .group = CLI_AUTHOR,
    .summary = "a safe copy of a package to read",
    .usage = "PACKAGE",
    .help = "Prints the folder of the copy: cd \"$(kith open NAME)\". It is made from the archive\n"
	    "that the lock file means, its files cannot be written, and it holds nothing that an\n"
	    "editor or cargo acts upon. kith review wants it to have been opened, or compared.\n",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
