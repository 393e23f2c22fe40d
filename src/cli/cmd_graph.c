/* SPDX-License-Identifier: Apache-2.0 */
/* kith graph: the web of trust as a picture. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"from", 0, "ID|URL|DIR", "through whose eyes; may be repeated", true},
    {"for", 0, "PACKAGE", "only its reviewers, and the ways to them", false},
    CLI_OPTION_END};

/* What the name of the file says, where --format says nothing. */
static enum kith_graph_format
format_of_file(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	if (!path)
		return KITH_GRAPH_TERMINAL;
	if (dot && (strcmp(dot, ".dot") == 0 || strcmp(dot, ".gv") == 0))
		return KITH_GRAPH_DOT;
	if (dot && strcmp(dot, ".json") == 0)
		return KITH_GRAPH_JSON;
	if (dot && strcmp(dot, ".txt") == 0)
		return KITH_GRAPH_TERMINAL;
	return KITH_GRAPH_SVG;
}

static int
run(struct cli *cli)
{
	const char *word = cli_flag(cli, "json") ? "json" : cli_value(cli, "format");
	struct kith_graph_options o = {
	    .package = cli_value(cli, "for"),
	    .format = format_of_file(cli->output),
	    .color = cli_color(cli),
	    .width = cli->out_tty && !cli->output ? cli->width : 0,
	};
	struct kith_error err;
	const char **roots;
	size_t len;
	char *text;
	int status;

	if (word && !kith_graph_format_parse(word, &o.format))
		return cli_usage(cli, "--format: '%s' is none of: terminal, svg, dot, json", word);
	status = cli_open_session(cli);
	if (status)
		return status;
	roots = cli_values(cli, "from", &o.n_roots);
	o.roots = roots;
	if (kith_graph(cli->session, &o, &text, &len, &err)) {
		status = cli_fail(cli, &err);
	} else {
		cli_end_progress(cli);
		status = cli_write(cli, text, len);
		kith_free(text);
	}
	free(roots);
	return status;
}

const struct cli_command cli_cmd_graph = {
    .name = "graph",
    .group = CLI_LOOK,
    .summary = "the web of trust as a picture",
    .usage = "[--from ID] [--for PACKAGE] [--format terminal|svg|dot|json] [-o FILE]",
    .help = "Without --format the name of FILE decides: .svg, .dot, .json or .txt; without FILE\n"
	    "a tree is printed.\n",
    .options = options,
    .own_formats = true,
    .max_args = 0,
    .run = run,
};
