/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: is everything in order here? */
#include <stdlib.h>

#include <kith/doctor.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"deep", 0, NULL, "verify everything in the mirrors again and compare", false},
    {"forget-checksum", 0, "NAME@VERSION", "the one first seen here was wrong: forget it", false},
    CLI_OPTION_END};

static int
forget(struct cli *cli, const char *package)
{
	struct kith_error err;
	char *text;
	size_t len;
	int status = cli_open_session(cli);

	if (status)
		return status;
	if (kith_forget_checksum(cli->session, package, cli->format, &text, &len, &err))
		return cli_fail(cli, &err);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

static int
run(struct cli *cli)
{
	const struct kith_doctor_options o = {
	    .format = cli->format,
	    .deep = cli_flag(cli, "deep"),
	    .path = getenv("PATH"),
	    .color = cli_color(cli),
	    .width = cli->out_tty ? cli->width : 0,
	};
	struct kith_doctor_result result;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (cli_value(cli, "forget-checksum"))
		return forget(cli, cli_value(cli, "forget-checksum"));
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_doctor(cli->session, &o, &text, &len, &result, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status == CLI_YES ? result.status : status;
}

const struct cli_command cli_cmd_doctor = {
    .name = "doctor",
    .group = CLI_PROJECT,
    .summary = "is everything in order here?",
    .usage = "[OPTION]...",
    .help = "Looks at folders and their permissions, the clock, your ids, how fresh evidence is,\n"
	    "the mirrors and the index, the helper programs, what the kernel offers to confine\n"
	    "them, and the programs around. Each finding says its remedy; nothing is changed.\n"
	    "--deep verifies every signature again and compares with the index that is used.\n"
	    "--forget-checksum is for a package whose first checksum here came from a broken lock\n"
	    "file: what is seen next counts as the first.\n"
	    "Exit status: 0 all in order; 1 a warning; 3 something does not work here; 4 data is\n"
	    "damaged or forged.\n"
	    "Example: kith doctor --json\n",
    .options = options,
    .run = run,
};
