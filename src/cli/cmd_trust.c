/* SPDX-License-Identifier: Apache-2.0 */
/* kith trust, distrust, untrust: saying whom one trusts. */
#include <stdlib.h>

#include "prompt.h"

#define COMMON_OPTIONS                                                                             \
	{"comment", 0, "TEXT", "why", false},                                                      \
	    {"override", 0, "PERSON", "whose word about them does not count; may be repeated",     \
	     true},                                                                                \
	    {"id", 0, "ID", "as which own id (default: the current one)", false},                  \
	    CLI_PASSPHRASE_OPTIONS, CLI_AUTHOR_OPTIONS

static const struct cli_option trust_options[] = {
    {"level", 0, "LEVEL", "low, medium or high", false},
    {"as", 0, "NAME", "a local name for this person", false},
    {"scope", 0, "GLOB", "only for packages such as cargo:serde*", false},
    {"reach", 0, "REACH",
     "reviews: theirs only; introduce: also of whom they trust; "
     "delegate: and so on (default)",
     false},
    {"until", 0, "DATE", "until then", false},
    COMMON_OPTIONS,
    CLI_OPTION_END};

static const struct cli_option distrust_options[] = {
    {"scope", 0, "GLOB", "only for packages such as cargo:serde*", false},
    COMMON_OPTIONS,
    CLI_OPTION_END};

static const struct cli_option untrust_options[] = {COMMON_OPTIONS, CLI_OPTION_END};

/* False: reported. */
static bool
read_options(const struct cli *cli, struct kith_trust_options *o)
{
	if (!cli_author(cli, &o->author))
		return false;
	o->people = cli->args;
	o->n_people = (size_t)cli->n_args;
	o->comment = cli_value(cli, "comment");
	o->name = cli_value(cli, "as");
	o->scope = cli_value(cli, "scope");
	o->reach = cli_value(cli, "reach");
	o->until = cli_value(cli, "until");
	return true;
}

static int
say(struct cli *cli, const struct kith_trust_options *o)
{
	struct kith_error err;
	size_t len;
	char *text;
	int status;

	if (kith_trust(cli->session, o, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	return status;
}

/* What it would change, on stderr: it is talk, and comes before the question. */
static int
show_preview(struct cli *cli, const struct kith_trust_options *o)
{
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_trust_preview(cli->session, o, ".", &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	cli_tell(text);
	kith_free(text);
	return CLI_YES;
}

static int
run_with(struct cli *cli, struct kith_trust_options *o, bool ask)
{
	int status = cli_open_session(cli);
	const char **overrides;

	if (status)
		return status;
	if (!read_options(cli, o))
		return CLI_USAGE;
	overrides = cli_values(cli, "override", &o->n_overrides);
	o->overrides = overrides;
	if (ask && !o->author.print) {
		status = show_preview(cli, o);
		if (!status && !cli_confirm(cli, "Distrust %s?",
					    cli->n_args == 1 ? "this person" : "these people"))
			status = CLI_USAGE;
	}
	if (!status)
		status = say(cli, o);
	free(overrides);
	return status;
}

static int
run_trust(struct cli *cli)
{
	struct kith_trust_options o = {.level = KITH_LEVEL_NONE};
	int set = 0;

	if (!cli_level(cli, "level", &o.level, &set))
		return CLI_USAGE;
	if (!set || o.level == KITH_LEVEL_NONE)
		return cli_usage(cli, set ? "--level none is `kith untrust`"
					  : "--level: how much? low, medium or high");
	return run_with(cli, &o, false);
}

static int
run_distrust(struct cli *cli)
{
	struct kith_trust_options o = {.level = KITH_LEVEL_DISTRUST};

	return run_with(cli, &o, true);
}

static int
run_untrust(struct cli *cli)
{
	struct kith_trust_options o = {.level = KITH_LEVEL_NONE};

	return run_with(cli, &o, false);
}

#define PERSON_HELP                                                                                \
	"A person is an id, the beginning of one that is known here (6 characters or more), a\n"   \
	"local name, or the URL of a proof repository, which then proves the id.\n"

const struct cli_command cli_cmd_trust = {
    .name = "trust",
    .group = CLI_PEOPLE,
    .summary = "say whom you trust",
    .usage = "PERSON... --level low|medium|high [OPTION]...",
    .help = PERSON_HELP
    "--scope, --reach and --until make a statement with limits, which "
    "cargo-crev does not see.\n"
    "Example: kith trust https://example.org/ada/crev-proofs --level medium --as ada\n",
    .options = trust_options,
    .min_args = 1,
    .max_args = -1,
    .takes_person = true,
    .run = run_trust,
};

const struct cli_command cli_cmd_distrust = {
    .name = "distrust",
    .group = CLI_PEOPLE,
    .summary = "say whom you distrust: their reviews and trust do not count",
    .usage = "PERSON... [OPTION]...",
    .help = PERSON_HELP "It shows what this changes, and asks.\n",
    .options = distrust_options,
    .min_args = 1,
    .max_args = -1,
    .takes_person = true,
    .run = run_distrust,
};

const struct cli_command cli_cmd_untrust = {
    .name = "untrust",
    .group = CLI_PEOPLE,
    .summary = "take trust back: they stay out, whoever else trusts them",
    .usage = "PERSON... [OPTION]...",
    .help = PERSON_HELP,
    .options = untrust_options,
    .min_args = 1,
    .max_args = -1,
    .takes_person = true,
    .run = run_untrust,
};
