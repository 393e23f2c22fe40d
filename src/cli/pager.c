/* SPDX-License-Identifier: Apache-2.0 */
/* Long text on a terminal goes through $PAGER; everywhere else it is written as it is. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"

/* $PAGER, else less; NULL: none. Empty or "cat": the user wants none. */
static const char *
pager(void)
{
	const char *word = getenv("PAGER");

	if (!word)
		return "less";
	return *word && strcmp(word, "cat") != 0 ? word : NULL;
}

static void
exec_pager(const char *command, int from)
{
	if (dup2(from, STDIN_FILENO) < 0)
		_exit(127);
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void
feed(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) /* the reader has seen enough */
			return;
		text += n;
		len -= (size_t)n;
	}
}

int
cli_page(const struct cli *cli, const char *text, size_t len)
{
	const char *command = pager();
	struct sigaction ignore, before;
	int fds[2], status = 0;
	pid_t pid;

	if (!cli->out_tty || cli->output || !command || pipe(fds) < 0)
		return cli_write(cli, text, len);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		exec_pager(command, fds[0]);
	}
	close(fds[0]);
	if (pid < 0) {
		close(fds[1]);
		return cli_write(cli, text, len);
	}
	/* Ctrl-C is the pager's while it shows something */
	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGINT, &ignore, &before);
	feed(fds[1], text, len);
	close(fds[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &before, NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return cli_write(cli, text, len);
	return CLI_YES;
}
