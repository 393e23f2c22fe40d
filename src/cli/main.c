/* SPDX-License-Identifier: Apache-2.0 */
/* Opens what is needed, runs the command, closes. Ctrl-C ends with 130 and nothing half-written. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "prompt.h"

extern const struct cli_command cli_cmd_verify;

/* Descriptors 0 to 2 must be open, or the first file we open would become our standard output. */
static void
open_standard_descriptors(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = dup(fd);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void
interrupted(int signo)
{
	(void)signo;
	_exit(CLI_INTERRUPTED); /* files are replaced atomically, so stopping here is safe */
}

static const int signals[] = {SIGPIPE, SIGINT, SIGTERM};

static void
prepare_signals(struct cli *cli)
{
	struct sigaction sa, before;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	for (i = 0; i < 3; i++) {
		sa.sa_handler = signals[i] == SIGPIPE ? SIG_IGN : interrupted;
		if (!sigaction(signals[i], &sa, &before))
			cli->ignored[i] = before.sa_handler == SIG_IGN;
	}
}

void
cli_restore_signals(const struct cli *cli)
{
	size_t i;

	for (i = 0; i < 3; i++)
		signal(signals[i], cli->ignored[i] ? SIG_IGN : SIG_DFL);
}

static int
terminal_width(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 20)
		return ws.ws_col;
	return 80;
}

/* Without a command: a verdict where there is something to judge, else the list of commands. */
static int
run_default(struct cli *cli)
{
	if (access("Cargo.lock", F_OK) < 0) {
		cli_help_all();
		return CLI_YES;
	}
	cli->command = &cli_cmd_verify;
	return cli->command->run(cli);
}

/* `cargo kith verify` runs "cargo-kith kith verify". */
static bool
is_cargo(int argc, char **argv)
{
	const char *name = argc ? strrchr(argv[0], '/') : NULL;

	name = name ? name + 1 : argc ? argv[0] : "";
	return argc > 1 && strcmp(name, "cargo-kith") == 0 && strcmp(argv[1], "kith") == 0;
}

int
main(int argc, char **argv)
{
	struct cli cli = {.width = 80};
	int status, skip;

	open_standard_descriptors();
	cli_hide_passphrase();
	prepare_signals(&cli);
	cli.out_tty = isatty(STDOUT_FILENO) != 0;
	cli.err_tty = isatty(STDERR_FILENO) != 0;
	if (cli.out_tty)
		cli.width = terminal_width();
	skip = is_cargo(argc, argv);
	status = cli_parse(&cli, argc - skip, argv + skip);
	if (status < 0)
		status = cli.command ? cli.command->run(&cli) : run_default(&cli);
	cli_end_progress(&cli);
	kith_session_free(cli.session);
	free(cli.values);
	free(cli.arg_memory);
	return cli_flush(status);
}
