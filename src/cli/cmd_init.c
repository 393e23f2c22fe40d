/* SPDX-License-Identifier: Apache-2.0 */
/* kith init: the project's policy. */
#include <stdlib.h>

#include <kith/policy.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"root", 0, "ID|URL|DIR", "whose word counts; may be repeated (default: whom you trust)", true},
    {"owner", 0, "NAME", "who answers for what is excused", false},
    {"accept-current", 0, NULL, "also accept what objects today", false},
    {"from-vet", 0, NULL, "take over the project's cargo-vet store", false},
    {"from-deny", 0, "FILE", "take over what this deny.toml says of advisories", false},
    {"print", 0, NULL, "show it and write nothing", false},
    CLI_OPTION_END};

static int
show(struct cli *cli, const struct kith_init_options *o)
{
	struct kith_init_result result;
	char *file, *summary;
	size_t len, summary_len;
	struct kith_error err;
	int status;

	if (kith_init(cli->session, o, &file, &len, &summary, &summary_len, &result, &err)) {
		cli_end_progress(cli);
		status = cli_fail(cli, &err);
		return err.code == KITH_E_NOTFOUND || err.code == KITH_E_EXISTS ? CLI_USAGE
										: status;
	}
	cli_end_progress(cli);
	if (o->print && !cli->quiet)
		cli_tell(summary);
	status = o->print ? cli_write(cli, file, len) : cli_write(cli, summary, summary_len);
	kith_free(file);
	kith_free(summary);
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_init_options o = {
	    .path = cli->n_args ? cli->args[0] : NULL,
	    .owner = cli_value(cli, "owner"),
	    .accept_current = cli_flag(cli, "accept-current"),
	    .from_vet = cli_flag(cli, "from-vet"),
	    .from_deny = cli_value(cli, "from-deny"),
	    .print = cli_flag(cli, "print"),
	};
	const char **roots;
	int status;

	if (cli->format_set)
		return cli_usage(cli, "--print shows the file, there is no other format");
	status = cli_open_session(cli);
	if (status)
		return status;
	roots = cli_values(cli, "root", &o.n_roots);
	o.roots = roots;
	status = show(cli, &o);
	free(roots);
	return status;
}

const struct cli_command cli_cmd_init = {
    .name = "init",
    .group = CLI_PROJECT,
    .summary = "write a policy, kith.toml, under which this project passes today",
    .usage = "[PROJECT] [OPTION]...",
    .help = "Roots are those that you have named, or whom you trust; sources are yours and, where\n"
	    "it applies, the starter set. Each package that is insufficient today gets an\n"
	    "exemption for 180 days. An objection stays one, unless --accept-current writes it\n"
	    "down; bytes that differ stay a failure. A kith.toml that is there is never replaced.\n"
	    "\n"
	    "    kith init --print\n"
	    "    kith init --owner @team --from-deny deny.toml\n",
    .options = options,
    .max_args = 1,
    .run = run,
};
