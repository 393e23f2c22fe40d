/* SPDX-License-Identifier: Apache-2.0 */
/* kith digest: what a review names as the bytes that were read. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {CLI_OPTION_END};

static int
run(struct cli *cli)
{
	char line[KITH_DIGEST_TEXT_SIZE + 1], digest[KITH_DIGEST_TEXT_SIZE];
	struct kith_error err;
	int status = cli_open_session(cli);

	if (status)
		return status;
	if (kith_digest(cli->session, cli->args[0], NULL, digest, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	snprintf(line, sizeof(line), "%s\n", digest);
	return cli_write(cli, line, strlen(line));
}

const struct cli_command cli_cmd_digest = {
    .name = "digest",
    .group = CLI_AUTHOR,
    .summary = "the digest of a package, an archive or a folder",
    .usage = "PACKAGE|FILE|DIR",
    .help = "A word with '/' in it, '.', or one that ends in .crate is a file or a folder; any\n"
	    "other one is a package, whose archive is checked first.\n",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
