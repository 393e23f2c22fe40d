/* SPDX-License-Identifier: Apache-2.0 */
/* kith exempt and kith accept: what a project lives with, in writing. */
#include <kith/policy.h>

#include "prompt.h"

static const struct cli_option exempt_options[] = {
    {"reason", 0, "TEXT", "why it may pass", false},
    {"until", 0, "DATE", "the first day that is no longer covered: 2030-12-31", false},
    {"owner", 0, "NAME", "who answers for it", false},
    {"list", 0, NULL, "every exemption and acceptance, and who needs it", false},
    {"prune", 0, NULL, "remove those that nobody needs", false},
    CLI_OPTION_END};

static const struct cli_option accept_options[] = {
    {"reason", 0, "TEXT", "why it does not matter here", false},
    {"until", 0, "DATE", "the first day that is no longer covered: 2030-12-31", false},
    {"owner", 0, "NAME", "who answers for it", false},
    CLI_OPTION_END};

static int
say(struct cli *cli, char *text, size_t len)
{
	int status;

	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

static int
fail(struct cli *cli, const struct kith_error *err)
{
	int status;

	cli_end_progress(cli);
	status = cli_fail(cli, err);
	return err->code == KITH_E_NOTFOUND ? CLI_USAGE : status;
}

static int
exempt(struct cli *cli)
{
	const struct kith_exempt_options o = {
	    .package = cli->args[0],
	    .reason = cli_value(cli, "reason"),
	    .until = cli_value(cli, "until"),
	    .owner = cli_value(cli, "owner"),
	};
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_exempt(cli->session, &o, &text, &len, &err))
		return fail(cli, &err);
	return say(cli, text, len);
}

static int
list(struct cli *cli)
{
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_exempt_list(cli->session, NULL, cli->format, &text, &len, &err))
		return fail(cli, &err);
	return say(cli, text, len);
}

/* What would go is told before the question; what went is the answer. */
static int
prune(struct cli *cli)
{
	struct kith_error err;
	size_t len, n;
	char *text;

	if (kith_exempt_prune(cli->session, NULL, 1, &text, &len, &n, &err))
		return fail(cli, &err);
	cli_end_progress(cli);
	if (!n)
		return say(cli, text, len);
	if (!cli->yes)
		cli_tell(text);
	kith_free(text);
	if (!cli_confirm(cli, "Remove %s from kith.toml?", n == 1 ? "it" : "them"))
		return CLI_USAGE;
	if (kith_exempt_prune(cli->session, NULL, 0, &text, &len, &n, &err))
		return fail(cli, &err);
	return say(cli, text, len);
}

static int
run_exempt(struct cli *cli)
{
	bool lists = cli_flag(cli, "list"), prunes = cli_flag(cli, "prune");
	int status;

	if (lists + prunes + (cli->n_args > 0) != 1)
		return cli_usage(cli, "one of: PACKAGE, --list, --prune");
	if (!cli->n_args &&
	    (cli_value(cli, "reason") || cli_value(cli, "until") || cli_value(cli, "owner")))
		return cli_usage(cli, "--reason, --until and --owner go with a package");
	if (cli->n_args && !cli_value(cli, "reason"))
		return cli_usage(cli, "--reason: why may it pass?");
	if (cli->n_args && !cli_value(cli, "until"))
		return cli_usage(cli, "--until: till when? A date like 2030-12-31");
	if (cli->format_set && !lists)
		return cli_usage(cli, "--format goes with --list");
	status = cli_open_session(cli);
	if (status)
		return status;
	return lists ? list(cli) : prunes ? prune(cli) : exempt(cli);
}

static int
run_accept(struct cli *cli)
{
	const struct kith_accept_options o = {
	    .objection = cli->args[0],
	    .package = cli->n_args > 1 ? cli->args[1] : NULL,
	    .reason = cli_value(cli, "reason"),
	    .until = cli_value(cli, "until"),
	    .owner = cli_value(cli, "owner"),
	};
	struct kith_error err;
	size_t len;
	char *text;
	int status;

	if (!o.reason)
		return cli_usage(cli, "--reason: why does it not matter here?");
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_accept(cli->session, &o, &text, &len, &err))
		return fail(cli, &err);
	return say(cli, text, len);
}

const struct cli_command cli_cmd_exempt = {
    .name = "exempt",
    .group = CLI_PROJECT,
    .summary = "let one package pass, with a reason, an owner and an end",
    .usage = "PACKAGE --reason TEXT --until DATE [--owner NAME], or --list, or --prune",
    .help =
	"Adds an exemption to kith.toml for the locked version and bytes of PACKAGE, or renews\n"
	"the one that is there. It never covers bytes that differ or an objection.\n"
	"\n"
	"    kith exempt bstr --reason 'ann reviews it in May' --until 2030-06-01 --owner ann\n"
	"    kith exempt --list\n"
	"    kith exempt --prune\n",
    .options = exempt_options,
    .max_args = 1,
    .run = run_exempt,
};

const struct cli_command cli_cmd_accept = {
    .name = "accept",
    .group = CLI_PROJECT,
    .summary = "live with one objection, with a reason and a date",
    .usage = "OBJECTION [PACKAGE] --reason TEXT [--until DATE] [--owner NAME]",
    .help = "OBJECTION is its id as kith explain prints it: of a review, of an issue in one\n"
	    "(ID/ISSUE), or of an advisory. Other objections to the package still count. One that\n"
	    "begins with - stands behind --, after the options.\n"
	    "\n"
	    "    kith accept RUSTSEC-2021-0145 --reason 'Windows only' --until 2030-06-01\n",
    .options = accept_options,
    .min_args = 1,
    .max_args = 2,
    .takes_person = true,
    .run = run_accept,
};
