/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_terminal [EXPECT SEND]... -- COMMAND...: runs a command on a terminal of its own, waits for
 * each text and answers it; SEND may hold \n, \r, \xHH, and "\S" sends SIGTERM to the command.
 * Prints what the terminal showed and, as last line, whether it echoes again. Gives the command's
 * status, 99 if a text did not come in time.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#define SHOWN_MAX 65536
#define SECONDS   30

static char shown[SHOWN_MAX];
static size_t n_shown, seen; /* seen: where the next text is looked for */
static int master;
static pid_t pid;

static bool
take_output(int timeout_ms)
{
	struct pollfd p = {.fd = master, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0 || n_shown + 1 >= SHOWN_MAX)
		return false;
	n = read(master, shown + n_shown, SHOWN_MAX - 1 - n_shown);
	if (n <= 0)
		return false;
	n_shown += (size_t)n;
	shown[n_shown] = '\0';
	return true;
}

static bool
expect(const char *text)
{
	time_t end = time(NULL) + SECONDS;
	const char *at;

	while (time(NULL) < end) {
		at = strstr(shown + seen, text);
		if (at) {
			seen = (size_t)(at - shown) + strlen(text);
			return true;
		}
		take_output(200);
	}
	return false;
}

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c && at ? (int)(at - digits) : 0;
}

static void
send_text(const char *s)
{
	char c;

	for (; *s; s++) {
		c = *s;
		if (c == '\\' && s[1] == 'S') {
			kill(pid, SIGTERM);
			s++;
			continue;
		}
		if (c == '\\' && s[1] == 'x' && s[2] && s[3]) {
			c = (char)(hex(s[2]) * 16 + hex(s[3]));
			s += 3;
		} else if (c == '\\' && s[1]) {
			s++;
			c = *s == 'n' ? '\n' : *s == 'r' ? '\r' : *s;
		}
		if (write(master, &c, 1) != 1)
			return;
	}
}

static void
finish(void)
{
	struct termios t;

	fwrite(shown, 1, n_shown, stdout);
	if (tcgetattr(master, &t) == 0)
		printf("\n[echo %s]\n", t.c_lflag & ECHO ? "on" : "off");
}

int
main(int argc, char **argv)
{
	int first = 1, slave, status, i;
	char name[64];

	while (first < argc && strcmp(argv[first], "--") != 0)
		first++;
	if (first + 1 >= argc || first % 2 == 0 || openpty(&master, &slave, name, NULL, NULL) < 0)
		return 98;
	pid = fork();
	if (pid == 0) {
		close(master);
		if (login_tty(slave) < 0)
			_exit(98);
		execvp(argv[first + 1], argv + first + 1);
		_exit(127);
	}
	/* the slave stays open here, so that the terminal's state can still be asked at the end */
	for (i = 1; i + 1 < first; i += 2) {
		if (!expect(argv[i])) {
			finish();
			fprintf(stderr, "on_terminal: did not see '%s'\n", argv[i]);
			kill(pid, SIGKILL);
			return 99;
		}
		send_text(argv[i + 1]);
	}
	for (i = 0; i < SECONDS * 5 && waitpid(pid, &status, WNOHANG) == 0; i++)
		take_output(200);
	if (i == SECONDS * 5) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	while (take_output(20))
		continue;
	finish();
	close(slave);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
