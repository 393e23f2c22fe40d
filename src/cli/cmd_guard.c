/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith guard: verifies, then becomes the command. Once it has become it nothing of kith is left:
 * signals, exit status and files are the command's own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prompt.h"

#define VARIABLE "KITH_GUARD"
#define INSIDE   "inside"

/* What a shell says where there is no such command, or it cannot be started. */
#define CANNOT_FIND  127
#define CANNOT_START 126

static int
become(struct cli *cli)
{
	int saved;

	cli_end_progress(cli);
	cli_show_passphrase();
	cli_restore_signals(cli);
	execvp(cli->args[0], (char *const *)(const void *)cli->args);
	saved = errno;
	cli_usage(cli, "%s: %s", cli->args[0], strerror(saved));
	return saved == ENOENT || saved == ENOTDIR ? CANNOT_FIND : CANNOT_START;
}

static void
tell_next(const char *command)
{
	char line[300];

	snprintf(line, sizeof(line), "next: %s\n", command);
	cli_tell(line);
}

/* The verdict where the command would have written: its standard output stays empty. */
static int
tell(struct cli *cli, const struct kith_project_verdict *verdict)
{
	struct kith_render_options r = {
	    .format = KITH_FORMAT_TABLE,
	    .failing = 1,
	    .color = cli->color == CLI_ALWAYS || (cli->color == CLI_AUTO && cli->err_tty),
	    .width = cli->width,
	};
	struct kith_error err;
	int status = kith_verdict_exit(verdict);
	char *text;
	size_t len;

	if (status == CLI_YES)
		return CLI_YES;
	if (kith_verdict_render(verdict, &r, &text, &len, &err))
		return cli_fail(cli, &err);
	cli_tell(text);
	kith_free(text);
	cli_usage(cli, "'%s' was not started", cli->args[0]);
	if (*kith_verdict_next(verdict))
		tell_next(kith_verdict_next(verdict));
	return status;
}

/* CLI_YES: nothing speaks against starting it. */
static int
judge(struct cli *cli, const struct kith_guard_look *look)
{
	struct kith_verify_options o = {.path = look->path, .locked = 2};
	struct kith_project_verdict *verdict;
	struct kith_error err;
	int status = cli_open_session(cli);

	if (status)
		return status;
	kith_crev_knobs_init(&o.crev);
	if (kith_verify(cli->session, &o, &verdict, &err)) {
		cli_end_progress(cli);
		status = cli_fail(cli, &err);
		cli_usage(cli, "'%s' was not started: nobody can judge what it would build",
			  cli->args[0]);
		return err.code == KITH_E_NOTFOUND ? CLI_USAGE : status;
	}
	cli_end_progress(cli);
	status = tell(cli, verdict);
	kith_verdict_free(verdict);
	return status;
}

static int
run(struct cli *cli)
{
	const struct kith_guard_command c = {
	    .argv = cli->args,
	    .argc = (size_t)cli->n_args,
	    .home = getenv("HOME"),
	    .cargo_home = getenv("CARGO_HOME"),
	    .environment = (const char *const *)environ,
	};
	const char *state = getenv(VARIABLE);
	struct kith_guard_look look;
	struct kith_error err;
	bool quiet = cli->quiet;
	int status = CLI_YES;

	if (state && (strcmp(state, INSIDE) == 0 || strcmp(state, "off") == 0))
		return become(cli);
	if (state && *state)
		cli_warn(cli, VARIABLE "=%s means nothing: it is 'off' or not set", state);
	if (kith_guard_look(&c, &look, &err)) {
		status = cli_fail(cli, &err);
		cli_usage(cli, "'%s' was not started: nobody can tell what it would build",
			  cli->args[0]);
		return status;
	}
	/* before every command only what matters is said: warnings, and a verdict that fails */
	cli->quiet = !cli->verbose;
	if (look.why == KITH_GUARD_JUDGE)
		status = judge(cli, &look);
	else if (look.why == KITH_GUARD_ELSEWHERE && !quiet)
		cli_tell("kith: guard: this builds what the lock file here does not name: not "
			 "judged\n");
	kith_free(look.path);
	cli->quiet = quiet;
	if (status)
		return status;
	if (look.why == KITH_GUARD_JUDGE && setenv(VARIABLE, INSIDE, 1) < 0)
		return cli_usage(cli, "%s", strerror(errno));
	return become(cli);
}

static const struct cli_option options[] = {CLI_OPTION_END};
const struct cli_command cli_cmd_guard = {
    .name = "guard",
    .group = CLI_PROJECT,
    .summary = "verify, then become the command",
    .usage = "-- COMMAND [ARGUMENT]...",
    .help = "Judges the project as kith verify does, by what is here, and starts COMMAND only if\n"
	    "it passes; otherwise the verdict is on standard error and the exit status is 1 or 4.\n"
	    "Of cargo only subcommands that build or run something are judged. Steps aside where\n"
	    "no kith.toml is, within a command that is guarded already, and with KITH_GUARD=off.\n"
	    "\n"
	    "    alias cargo='kith guard -- cargo'\n",
    .options = options,
    .min_args = 1,
    .max_args = -1,
    .run = run,
};
