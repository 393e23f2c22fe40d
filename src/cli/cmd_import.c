/* SPDX-License-Identifier: Apache-2.0 */
/* kith import: what one has said with other tools, signed. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prompt.h"

#define EMAIL_MAX 256

extern char **environ;

static const struct cli_option options[] = {
    {"who", 0, "TEXT", "take what is said by somebody with this in the name; may be repeated",
     true},
    {"all", 0, NULL, "whoever says it: you sign it as your own", false},
    {"id", 0, "ID", "as which own id (default: the current one)", false},
    CLI_PASSPHRASE_OPTIONS,
    CLI_AUTHOR_OPTIONS,
    CLI_OPTION_END};

/* Starts git, which answers on `to`; false where it cannot be started. */
static bool
start_git(int to, int other, pid_t *ret_pid)
{
	char *argv[] = {(char[]){"git"}, (char[]){"config"}, (char[]){"--get"},
			(char[]){"user.email"}, NULL};
	posix_spawn_file_actions_t actions;
	int r;

	if (posix_spawn_file_actions_init(&actions))
		return false;
	r = posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
	if (!r)
		r = posix_spawn_file_actions_addclose(&actions, other);
	if (!r)
		r = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
						     0);
	if (!r)
		r = posix_spawnp(ret_pid, "git", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return r == 0;
}

/* The address that the user's commits carry: cargo-vet writes it into `who`. */
static bool
read_email(char out[EMAIL_MAX])
{
	int fds[2], status = 1;
	size_t len = 0;
	ssize_t n = 0;
	pid_t pid;
	bool started;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	started = start_git(fds[1], fds[0], &pid);
	close(fds[1]);
	while (started && len < EMAIL_MAX - 1) {
		n = read(fds[0], out + len, EMAIL_MAX - 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fds[0]);
	while (started && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	out[len] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
	return started && status == 0 && *out;
}

static int
import_vet(struct cli *cli, struct kith_import_vet_options *o)
{
	struct kith_error err;
	char *text;
	size_t len;
	int status;

	if (kith_import_vet(cli->session, o, &text, &len, &err)) {
		cli_end_progress(cli);
		return cli_fail(cli, &err);
	}
	cli_end_progress(cli);
	status = cli_write(cli, text, len);
	kith_free(text);
	if (status == CLI_YES && !cli_flag(cli, "print"))
		cli_note(cli, "kith publish lets others see it");
	return status;
}

static int
run(struct cli *cli)
{
	struct kith_import_vet_options o = {.file = cli->n_args > 1 ? cli->args[1] : NULL,
					    .all = cli_flag(cli, "all")};
	char email[EMAIL_MAX];
	const char *mine = email;
	const char **who;
	int status;

	if (strcmp(cli->args[0], "vet") != 0)
		return cli_usage(cli, "'%s' is no format: vet", cli->args[0]);
	if (!o.file)
		return cli_usage(cli, "vet: name the audits.toml");
	if (o.all && cli_flag(cli, "who"))
		return cli_usage(cli, "--all and --who exclude each other");
	status = cli_open_session(cli);
	if (status)
		return status;
	if (!cli_author(cli, &o.author))
		return CLI_USAGE;
	who = cli_values(cli, "who", &o.n_who);
	o.who = who;
	if (!o.all && !o.n_who && read_email(email)) {
		o.who = &mine;
		o.n_who = 1;
	}
	status = import_vet(cli, &o);
	free(who);
	return status;
}

const struct cli_command cli_cmd_import = {
    .name = "import",
    .group = CLI_PROJECT,
    .summary = "sign your audits of cargo-vet as reviews",
    .usage = "vet FILE [--who TEXT | --all] [OPTION]...",
    .help = "Takes the entries whose `who` holds your git address (user.email), --who, or --all.\n"
	    "safe-to-deploy becomes positive with medium thoroughness and understanding,\n"
	    "safe-to-run positive with low, a delta a differential review, a violation negative.\n"
	    "Digests are of archives that were checked here. Example:\n"
	    "  kith import vet supply-chain/audits.toml\n",
    .options = options,
    .min_args = 1,
    .max_args = 2,
    .run = run,
};
