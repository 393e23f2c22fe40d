/* SPDX-License-Identifier: Apache-2.0 */
/* kith query: lists of what is known. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"root", 0, "ID|URL|DIR", "whose trust counts; may be repeated", true},
    {"author", 0, "ID", "proofs, reviews, equivocations: only of this author", false},
    {"mine", 0, NULL, "proofs, reviews, issues, advisories: only of your own ids", false},
    {"trusted", 0, NULL, "ids: only those trusted at low or better", false},
    {"contested", 0, NULL, "ids: only those that somebody with standing distrusts", false},
    {"refused", 0, NULL, "proofs: what was refused, and why", false},
    {"semantics", 0, "RULES", "ids: native or crev", false},
    CLI_OPTION_END};

static int
run(struct cli *cli)
{
	struct kith_query_options o = {
	    .format = cli->format,
	    .author = cli_value(cli, "author"),
	    .package = cli->n_args > 1 ? cli->args[1] : NULL,
	    .trusted = cli_flag(cli, "trusted"),
	    .contested = cli_flag(cli, "contested"),
	    .refused = cli_flag(cli, "refused"),
	    .mine = cli_flag(cli, "mine"),
	    .color = cli_color(cli),
	    .width = cli->out_tty ? cli->width : 0,
	};
	const char *semantics = cli_value(cli, "semantics");
	const char **roots;
	struct kith_error err;
	size_t len, count;
	char *text;
	int status;

	if (!kith_query_parse(cli->args[0], &o.what))
		return cli_usage(cli,
				 "'%s' is none of: ids, proofs, reviews, packages, issues, "
				 "advisories, sources, equivocations, audits",
				 cli->args[0]);
	if (semantics && strcmp(semantics, "crev") == 0)
		o.semantics = KITH_SEMANTICS_CREV;
	else if (semantics && strcmp(semantics, "native") != 0)
		return cli_usage(cli, "--semantics: '%s' is none of: native, crev", semantics);
	status = cli_open_session(cli);
	if (status)
		return status;
	roots = cli_values(cli, "root", &o.n_roots);
	o.roots = roots;
	if (kith_query(cli->session, &o, &text, &len, &count, &err)) {
		status = cli_fail(cli, &err);
	} else {
		cli_end_progress(cli);
		status = cli_write(cli, text, len);
		kith_free(text);
		if (status == CLI_YES && !count)
			status = CLI_NO;
	}
	free(roots);
	return status;
}

const struct cli_command cli_cmd_query = {
    .name = "query",
    .group = CLI_LOOK,
    .summary = "list ids, proofs, reviews, packages, issues, advisories, sources, …",
    .usage = "ids|proofs|reviews|packages|issues|advisories|sources|equivocations|audits [PACKAGE] "
	     "[OPTION]...",
    .help =
	"advisories: those in reviews, and what databases say of PACKAGE (NAME or NAME@VERSION)\n"
	"or of what the project here locks.\n"
	"equivocations: where one author said different things about one package or\n"
	"person with one and the same date; with both texts.\n"
	"Exit status: 0 something was found, 1 nothing.\n",
    .options = options,
    .min_args = 1,
    .max_args = 2,
    .run = run,
};
