/* SPDX-License-Identifier: Apache-2.0 */
/* kith pin: the same verdict everywhere. */
#include <stdlib.h>

#include <kith/bundle.h>
#include <kith/pin.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"update", 0, NULL, "move pins to what is here now: all, or those of SOURCE", false},
    {"bundle", 0, "FILE", "put all evidence of the project into this one file instead", false},
    {"diff", 0, NULL, "say what an update would change, and write nothing", false},
    CLI_OPTION_END};

static int
pin(struct cli *cli, const struct kith_pin_options *o)
{
	struct kith_pin_result result;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_pin(cli->session, o, &text, &len, &result, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES && result.changed)
		cli_note(cli, "next: git add kith.lock · kith verify --locked");
	return status;
}

static int
bundle(struct cli *cli)
{
	const struct kith_bundle_options o = {.file = cli_value(cli, "bundle"),
					      .format = cli->format};
	struct kith_bundle_result x;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (cli_flag(cli, "update") || cli_flag(cli, "diff") || cli->n_args)
		return cli_usage(cli,
				 "--bundle takes what is here now, and goes with nothing else");
	if (kith_bundle(cli->session, &o, &text, &len, &x, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES)
		cli_note(cli, "next: kith verify --bundle %s", o.file);
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_pin_options o = {
	    .update = cli_flag(cli, "update") || cli_flag(cli, "diff"),
	    .diff = cli_flag(cli, "diff"),
	    .source = cli->n_args ? cli->args[0] : NULL,
	    .format = cli->format,
	    .width = cli->out_tty ? cli->width : 0,
	};
	int status;

	if (o.source && !o.update)
		return cli_usage(cli, "SOURCE goes with --update or --diff: otherwise all that is "
				      "new is pinned");
	status = cli_open_session(cli);
	if (!status && cli_value(cli, "bundle"))
		return bundle(cli);
	return status ? status : pin(cli, &o);
}

const struct cli_command cli_cmd_pin = {
    .name = "pin",
    .group = CLI_EVIDENCE,
    .summary = "write kith.lock: the same verdict everywhere",
    .usage = "[--update [SOURCE] | --diff [SOURCE] | --bundle FILE]",
    .help =
	"Writes kith.lock beside the lock file: every source that the verdict may depend on,\n"
	"at its commit; for every package its checksum, the digest of its bytes and what the\n"
	"registry said; and what was withdrawn and counts on. Pins that are there stay as they\n"
	"are, new sources and packages come in, what is gone goes out. Commit the file;\n"
	"`kith verify --locked` uses nothing else, `kith fetch --locked` gets what it names.\n"
	"\n"
	"    kith pin\n"
	"    kith fetch && kith pin --diff && kith pin --update\n",
    .options = options,
    .max_args = 1,
    .run = run,
};
