/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the manual page that was installed with this very program, never another one that man would
 * find first. Where there is none, or no terminal, the caller prints its own text.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"

#define PAGE_DIR "/share/man/man1/"

/* "<prefix>/share/man/man1/" for "<prefix>/bin/kith". */
static bool
find_folder(char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);
	char *slash;
	int i;

	if (n <= 0)
		return false;
	out[n] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(out, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	if (strlen(out) + sizeof(PAGE_DIR) > size)
		return false;
	memcpy(out + strlen(out), PAGE_DIR, sizeof(PAGE_DIR));
	return true;
}

static bool
find_page(const char *command, char *out, size_t size)
{
	static const char *const ends[] = {".1", ".1.gz"};
	char folder[PATH_MAX];
	size_t i;
	int n;

	if (!find_folder(folder, sizeof(folder)))
		return false;
	for (i = 0; i < 2; i++) {
		n = snprintf(out, size, "%skith%s%s%s", folder, *command ? "-" : "", command,
			     ends[i]);
		if (n > 0 && (size_t)n < size && access(out, R_OK) == 0)
			return true;
	}
	return false;
}

bool
cli_open_manual(const struct cli *cli, const char *command)
{
	char page[PATH_MAX + 64];
	int status = 0;
	pid_t pid;

	if (!cli->out_tty || !find_page(command, page, sizeof(page)))
		return false;
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		execlp("man", "man", page, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
