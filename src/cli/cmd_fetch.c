/* SPDX-License-Identifier: Apache-2.0 */
/* kith fetch: get or refresh evidence. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"

static const struct cli_option options[] = {
    {"jobs", 0, "N", "so many sources at once (8)", false},
    {"all", 0, NULL, "also sources that failed a short while ago", false},
    {"locked", 0, NULL, "what kith.lock names, at the commits that it names", false},
    {"packages", 0, NULL, "missing archives of packages, instead of evidence", false},
    {"from-crev", 0, NULL, "the clones that cargo-crev has fetched", false},
    {"timeout", 0, "SECONDS", "so long at most for each source (60)", false},
    CLI_OPTION_END};

/* Bytes instead of evidence: the words are packages then. */
static int
run_packages(struct cli *cli)
{
	static const char *const others[] = {"jobs", "all", "from-crev", "timeout"};
	const struct kith_packages_options o = {
	    .packages = cli->args, .n_packages = (size_t)cli->n_args, .format = cli->format};
	struct kith_packages_result result;
	struct kith_error err;
	char *text;
	size_t len, i;
	int status;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (cli_flag(cli, others[i]))
			return cli_usage(cli, "--packages and --%s exclude each other", others[i]);
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_fetch_packages(cli->session, &o, &text, &len, &result, &err)) {
		status = cli_fail(cli, &err);
		return status == CLI_NO ? CLI_ENVIRONMENT : status; /* there is no cargo */
	}
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status != CLI_YES)
		return status;
	return result.differing ? CLI_INTEGRITY : result.failed ? CLI_ENVIRONMENT : CLI_YES;
}

/* Exactly what kith.lock names: no words, nothing that would change what is fetched. */
static int
run_locked(struct cli *cli)
{
	static const char *const others[] = {"all", "from-crev", "packages"};
	struct kith_fetch_locked_options o = {.format = cli->format};
	struct kith_fetch_locked_result result;
	long long jobs = 0, timeout = 0;
	struct kith_error err;
	char *text;
	size_t len, i;
	int status;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (cli_flag(cli, others[i]))
			return cli_usage(cli, "--locked and --%s exclude each other", others[i]);
	if (cli->n_args)
		return cli_usage(cli, "--locked fetches what kith.lock names, and no other source");
	if (!cli_number(cli, "jobs", 1, 64, &jobs) ||
	    !cli_number(cli, "timeout", 1, 86400, &timeout))
		return CLI_USAGE;
	o.jobs = (int)jobs;
	o.timeout = (int)timeout;
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_fetch_locked(cli->session, &o, &text, &len, &result, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES && result.missing)
		return CLI_INTEGRITY;
	return status;
}

static int
run(struct cli *cli)
{
	char cache[4096];

	struct kith_fetch_options o = {
	    .sources = cli->args,
	    .n_sources = (size_t)cli->n_args,
	    .format = cli->format,
	    .color = cli_color(cli),
	    .width = cli->out_tty ? cli->width : 0,
	};
	long long jobs = 0, timeout = 0;
	struct kith_fetch_result result;
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (cli_flag(cli, "locked"))
		return run_locked(cli);
	if (cli_flag(cli, "packages"))
		return run_packages(cli);
	if (!cli_number(cli, "jobs", 1, 64, &jobs) ||
	    !cli_number(cli, "timeout", 1, 86400, &timeout))
		return CLI_USAGE;
	o.jobs = (int)jobs;
	o.timeout = (int)timeout;
	o.all = cli_flag(cli, "all");
	if (cli_flag(cli, "from-crev")) {
		if (!cli_crev_folder("XDG_CACHE_HOME", ".cache", cache, sizeof(cache)))
			return cli_usage(cli, "--from-crev: HOME is not set");
		o.crev_cache = cache;
	}
	status = cli_open_session(cli);
	if (status)
		return status;
	if (kith_fetch(cli->session, &o, &text, &len, &result, &err))
		return cli_fail(cli, &err);
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES && result.failed)
		status = CLI_ENVIRONMENT;
	if (status == CLI_YES && result.rewritten && result.rewrite_fails)
		status = CLI_INTEGRITY;
	return status;
}

const struct cli_command cli_cmd_fetch = {
    .name = "fetch",
    .group = CLI_EVIDENCE,
    .summary = "get or refresh evidence: proofs, audit sets, advisories",
    .usage = "[URL|REPOSITORY|BUNDLE|DIR]... | --locked | --packages [PACKAGE]... [OPTION]...",
    .help =
	"Without a source: what configuration names (where no kith.toml is, the starter set,\n"
	"too) and what was fetched before, then the repositories of people you trust, directly\n"
	"or through others. A name that configuration gives a source stands for it, too; kith\n"
	"source add says what holds audit sets or advisories. One failing source\n"
	"costs nothing but itself. Exit status: 0; 3 if a source failed; 4 if history was\n"
	"rewritten and policy says on-rewrite = \"fail\".\n\n"
	"With --locked: exactly the sources of the project's kith.lock whose commits are not\n"
	"here; exit status 4 if one is still missing then.\n\n"
	"With --packages: the archives of the project's packages, or of PACKAGE (NAME or\n"
	"NAME@VERSION), that are not here, got by cargo as you have configured it, but outside\n"
	"the project, and checked. Example: kith fetch --packages serde@1.0.200\n",
    .options = options,
    .max_args = -1,
    .run = run,
};
