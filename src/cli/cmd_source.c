/* SPDX-License-Identifier: Apache-2.0 */
/* kith source: where evidence comes from. */
#include <string.h>

#include <kith/source.h>

#include "cmd.h"

#define MAX_PLACES 16

static const struct cli_option options[] = {
    {"kind", 0, "KIND", "add: crev (the default), vet, rustsec or osv", false},
    {"path", 0, "PATH", "add: the file or folder in the repository at URL", false},
    {"name", 0, "NAME", "add: how it is called", false},
    {"level", 0, "LEVEL", "add: how far a set's approvals count", false},
    {"object-level", 0, "LEVEL", "add: how far its objections count", false},
    {"starter", 0, NULL, "add, list, remove: the starter set", false},
    CLI_OPTION_END};

static int
put_text(struct cli *cli, char *text, size_t len)
{
	int status = cli_write(cli, text, len);

	kith_free(text);
	return status;
}

/* The words after the verb: maybe a kind, then what is meant. */
struct words {
	const char *kind; /* NULL: none */
	const char *const *args;
	int n;
};

static int
run_starter(struct cli *cli, const char *verb)
{
	struct kith_error err;
	size_t len, count;
	char *text;
	int status;

	if (strcmp(verb, "add") == 0) {
		if (kith_starter_switch(cli->session, 1, &err))
			return cli_fail(cli, &err);
		cli_note(cli, "the starter set counts again; kith fetch brings it in");
		return CLI_YES;
	}
	if (strcmp(verb, "remove") == 0) {
		if (kith_starter_remove(cli->session, &err))
			return cli_fail(cli, &err);
		cli_note(cli,
			 "the starter set counts no more; kith source add --starter undoes it");
		return CLI_YES;
	}
	if (kith_starter_list(cli->session, cli->format, cli->out_tty ? cli->width : 0, &text, &len,
			      &count, &err))
		return cli_fail(cli, &err);
	status = put_text(cli, text, len);
	return status == CLI_YES && !count ? CLI_NO : status;
}

static int
run_add(struct cli *cli, const struct words *w)
{
	const struct kith_source_options o = {
	    .locations = w->args,
	    .n_locations = (size_t)w->n,
	    .kind = w->kind,
	    .path = cli_value(cli, "path"),
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
run_remove(struct cli *cli, const struct words *w)
{
	struct kith_error err;

	if (kith_source_remove(cli->session, w->kind, w->args[0], &err))
		return cli_fail(cli, &err);
	return CLI_YES;
}

static int
run_list(struct cli *cli, const struct words *w)
{
	struct kith_error err;
	size_t len, count;
	char *text;
	int status;

	(void)w;
	if (kith_source_list(cli->session, cli->format, cli->out_tty ? cli->width : 0, &text, &len,
			     &count, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = put_text(cli, text, len);
	return status == CLI_YES && !count ? CLI_NO : status;
}

static int
run_show(struct cli *cli, const struct words *w)
{
	struct kith_error err;
	size_t len;
	char *text;

	if (kith_source_show(cli->session, w->kind, w->args[0], cli->format,
			     cli->out_tty ? cli->width : 0, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	return put_text(cli, text, len);
}

static int
run_export(struct cli *cli, const struct words *w)
{
	struct kith_error err;
	size_t len, failed;
	char *text;
	int status;

	(void)w;
	if (!cli->output || strcmp(cli->output, "-") == 0)
		return cli_usage(cli, "source export: say into which file: -o all.bundle");
	if (kith_source_export(cli->session, cli->output, cli->format, &text, &len, &failed, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	cli->output = NULL; /* the file is written; what remains to be said is said here */
	status = put_text(cli, text, len);
	return status == CLI_YES && failed ? CLI_ENVIRONMENT : status;
}

static const struct verb {
	const char *name;
	int min, max; /* words besides a kind */
	bool adds;
	int (*run)(struct cli *cli, const struct words *w);
} verbs[] = {
    {"add", 1, MAX_PLACES, true, run_add}, {"allow", 1, MAX_PLACES, true, run_add},
    {"remove", 1, 1, false, run_remove},   {"list", 0, 0, false, run_list},
    {"show", 1, 1, false, run_show},       {"export", 0, 0, false, run_export},
};

static bool
is_kind(const char *word)
{
	static const char *const kinds[] = {"crev", "vet", "rustsec", "osv"};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(word, kinds[i]) == 0)
			return true;
	return false;
}

/* A folder that is called as a kind is written "./vet". */
static int
take_words(struct cli *cli, const struct verb *v, struct words *ret)
{
	struct words w = {cli_value(cli, "kind"), (const char *const *)cli->args + 1,
			  cli->n_args - 1};

	if (w.n && v->max && is_kind(w.args[0])) {
		if (w.kind && strcmp(w.kind, w.args[0]) != 0)
			return cli_usage(cli, "source %s: two kinds, '%s' and '%s'", v->name,
					 w.args[0], w.kind);
		w.kind = w.args[0];
		w.args++;
		w.n--;
	}
	if (w.n < v->min)
		return cli_usage(cli, "source %s: %s", v->name,
				 w.kind ? "of that kind, but which source is not said"
					: "one source is to be named");
	if (w.n > v->max)
		return cli_usage(cli, "source %s: too many arguments", v->name);
	*ret = w;
	return CLI_YES;
}

static int
check_starter(struct cli *cli, const struct verb *v)
{
	int status;

	if (v->run != run_add && v->run != run_list && v->run != run_remove)
		return cli_usage(cli, "source %s: --starter goes with add, list, remove", v->name);
	if (cli->n_args > 1)
		return cli_usage(cli, "source %s: --starter is all that is to be said", v->name);
	status = cli_open_session(cli);
	return status ? status : run_starter(cli, v->name);
}

static int
run(struct cli *cli)
{
	struct words w = {NULL, NULL, 0};
	size_t i;
	int status;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, cli->args[0]) == 0)
			break;
	if (i == sizeof(verbs) / sizeof(verbs[0]))
		return cli_usage(cli, "'%s' is none of: add, allow, remove, list, show, export",
				 cli->args[0]);
	if (!verbs[i].adds &&
	    (cli_value(cli, "kind") || cli_value(cli, "path") || cli_value(cli, "name") ||
	     cli_value(cli, "level") || cli_value(cli, "object-level")))
		return cli_usage(cli, "source %s: takes no option of source add", verbs[i].name);
	if (cli_flag(cli, "starter"))
		return check_starter(cli, &verbs[i]);
	status = take_words(cli, &verbs[i], &w);
	if (status)
		return status;
	status = cli_open_session(cli);
	return status ? status : verbs[i].run(cli, &w);
}

const struct cli_command cli_cmd_source = {
    .name = "source",
    .group = CLI_EVIDENCE,
    .summary = "name, list and look into sources of evidence",
    .usage = "add|allow|remove|show|list|export [KIND] [URL|REPOSITORY|BUNDLE|DIR|FILE]... "
	     "[-o FILE]",
    .help =
	"KIND is what the source holds: crev (signed proofs, the default), vet (an audit set of\n"
	"cargo-vet), rustsec (RustSec's advisories), osv (advisories in the OSV format).\n"
	"\n"
	"add       name a source in your configuration\n"
	"allow     the same, for a URL that a project names: then it may use your network\n"
	"remove    fetch it no more; what was fetched stays evidence\n"
	"list      every source that is named or was fetched, and how fresh it is\n"
	"show      every fetch of one source that brought something\n"
	"export    all signed proofs that were fetched, and your own, into one file; kith fetch\n"
	"          FILE takes it in elsewhere, as evidence that proves no URL\n"
	"Example: kith source export -o /media/stick/all.bundle\n",
    .options = options,
    .min_args = 1,
    .max_args = 2 + MAX_PLACES,
    .run = run,
};
