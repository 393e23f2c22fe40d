/* SPDX-License-Identifier: Apache-2.0 */
/* kith source: where evidence comes from. */
#include <string.h>

#include <kith/source.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"kind", 0, "KIND", "add: crev (the default), vet, rustsec or osv", false},
    {"name", 0, "NAME", "add: how it is called", false},
    {"level", 0, "LEVEL", "add: how far a set's approvals count", false},
    {"object-level", 0, "LEVEL", "add: how far its objections count", false},
    CLI_OPTION_END};

static int
put_text(struct cli *cli, char *text, size_t len)
{
	int status = cli_write(cli, text, len);

	kith_free(text);
	return status;
}

static int
run_add(struct cli *cli, const char *word)
{
	const struct kith_source_options o = {
	    .location = word,
	    .kind = cli_value(cli, "kind"),
	    .name = cli_value(cli, "name"),
	    .level = cli_value(cli, "level"),
	    .object_level = cli_value(cli, "object-level"),
	};
	struct kith_error err;

	if (kith_source_add(cli->session, &o, &err))
		return cli_fail(cli, &err);
	cli_note(cli, "kith fetch brings it in");
	return CLI_YES;
}

static int
run_remove(struct cli *cli, const char *word)
{
	struct kith_error err;

	if (kith_source_remove(cli->session, word, &err))
		return cli_fail(cli, &err);
	return CLI_YES;
}

static int
run_list(struct cli *cli, const char *word)
{
	struct kith_error err;
	size_t len, count;
	char *text;
	int status;

	(void)word;
	if (kith_source_list(cli->session, cli->format, cli->out_tty ? cli->width : 0, &text, &len,
			     &count, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = put_text(cli, text, len);
	return status == CLI_YES && !count ? CLI_NO : status;
}

static int
run_show(struct cli *cli, const char *word)
{
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_source_show(cli->session, word, cli->format, cli->out_tty ? cli->width : 0, &text,
			     &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	return put_text(cli, text, len);
}

static const struct {
	const char *name;
	int args;
	bool adds;
	int (*run)(struct cli *cli, const char *word);
} verbs[] = {
    {"add", 1, true, run_add},    {"allow", 1, true, run_add},  {"remove", 1, false, run_remove},
    {"list", 0, false, run_list}, {"show", 1, false, run_show},
};

static int
run(struct cli *cli)
{
	size_t i;
	int status;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, cli->args[0]) == 0)
			break;
	if (i == sizeof(verbs) / sizeof(verbs[0]))
		return cli_usage(cli, "'%s' is none of: add, allow, remove, list, show",
				 cli->args[0]);
	if (cli->n_args != 1 + verbs[i].args)
		return cli_usage(cli, "source %s: %s", verbs[i].name,
				 verbs[i].args ? "one source is to be named"
					       : "too many arguments");
	if (!verbs[i].adds && (cli_value(cli, "kind") || cli_value(cli, "name") ||
			       cli_value(cli, "level") || cli_value(cli, "object-level")))
		return cli_usage(cli, "source %s: takes no option of source add", verbs[i].name);
	status = cli_open_session(cli);
	return status ? status : verbs[i].run(cli, cli->n_args > 1 ? cli->args[1] : NULL);
}

const struct cli_command cli_cmd_source = {
    .name = "source",
    .group = CLI_EVIDENCE,
    .summary = "name, list and look into sources of evidence",
    .usage = "add|allow|remove|show URL|REPOSITORY|BUNDLE|DIR, or list [OPTION]...",
    .help = "add       name a source in your configuration\n"
	    "allow     the same, for a URL that a project names: then it may use your network\n"
	    "remove    fetch it no more; what was fetched stays evidence\n"
	    "list      every source that is named or was fetched, and how fresh it is\n"
	    "show      every fetch of one source that brought something\n",
    .options = options,
    .min_args = 1,
    .max_args = 2,
    .run = run,
};
