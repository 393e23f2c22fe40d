/* SPDX-License-Identifier: Apache-2.0 */
/* kith export: what is known here, for other tools. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"root", 0, "ID|URL|DIR", "whose trust counts; may be repeated", true},
    {"semantics", 0, "RULES", "how trust spreads: native or crev", false},
    {"trust-map", 0, "FILE", "lines 'ID LEVEL': levels that win over what is computed", false},
    CLI_OPTION_END};

static void
tell(const struct cli *cli, const struct kith_export_vet_counts *n)
{
	if (n->nameless)
		cli_warn(cli, "%zu reviews of versions that cargo-vet cannot name are left out",
			 n->nameless);
	cli_note(cli, "%zu audit%s, %zu violation%s; left out by people whom nobody trusts: %zu",
		 n->audits, n->audits == 1 ? "" : "s", n->violations, n->violations == 1 ? "" : "s",
		 n->strangers);
}

static int
export_vet(struct cli *cli, const struct kith_export_vet_options *o)
{
	struct kith_export_vet_counts counts;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_export_vet(cli->session, o, &text, &len, &counts, &err)) {
		cli_end_progress(cli);
		return cli_fail(cli, &err);
	}
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES)
		tell(cli, &counts);
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_export_vet_options o = {.trust_map = cli_value(cli, "trust-map")};
	const char *semantics = cli_value(cli, "semantics");
	const char **roots;
	int status;

	if (strcmp(cli->args[0], "vet") != 0)
		return cli_usage(cli, "'%s' is no format: vet", cli->args[0]);
	if (cli->format_set)
		return cli_usage(cli, "an audits.toml is written, in the one form that cargo-vet "
				      "reads");
	if (semantics && strcmp(semantics, "crev") == 0)
		o.semantics = KITH_SEMANTICS_CREV;
	else if (semantics && strcmp(semantics, "native") != 0)
		return cli_usage(cli, "--semantics: '%s' is none of: native, crev", semantics);
	status = cli_open_session(cli);
	if (status)
		return status;
	roots = cli_values(cli, "root", &o.n_roots);
	o.roots = roots;
	status = export_vet(cli, &o);
	free(roots);
	return status;
}

const struct cli_command cli_cmd_export = {
    .name = "export",
    .group = CLI_PROJECT,
    .summary = "write reviews as an audit set of cargo-vet",
    .usage = "vet [--root ID] [--semantics crev] [--trust-map FILE] [-o FILE]",
    .help = "Reviews by people whom the roots trust, as an audits.toml that cargo-vet imports. A\n"
	    "negative review is a violation of its version. Example:\n"
	    "  kith export vet -o audits.toml\n",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .own_formats = true,
    .run = run,
};
