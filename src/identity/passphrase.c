/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a passphrase from its source, byte by byte, so that nothing beyond its line is taken. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "identity/passphrase.h"

/* Not in a child's environment, whoever set it in ours. */
#define HIDDEN_VARIABLE "CREV_PASSPHRASE="
#define SHELL_SIGNAL    128 /* a shell's status for a command that a signal ended */
#define MAX_ENVIRONMENT ((size_t)100000)

static int
read_line(int fd, struct kith_secret *s, struct kith_error *err)
{
	uint8_t c;
	ssize_t n;

	for (;;) {
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kith_fail_errno(err, errno, "reading the passphrase");
		if (n == 0 || c == '\n')
			break;
		if (s->len == s->size)
			return kith_fail(err, KITH_E_LIMIT,
					 "the passphrase is longer than %d bytes",
					 KITH_MAX_PASSPHRASE);
		s->ptr[s->len++] = c;
	}
	kith_wipe(&c, sizeof(c));
	if (s->len && s->ptr[s->len - 1] == '\r')
		s->len--;
	return KITH_OK;
}

static int
from_file(const char *path, struct kith_secret *s, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such passphrase file", path);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", path);
	r = read_line(fd, s, err);
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

/* --- commands --- */

extern char **environ;

static char **
child_environment(void)
{
	size_t n = 0, i, out = 0;
	char **env;

	while (environ && environ[n] && n < MAX_ENVIRONMENT)
		n++;
	env = kith_calloc(n + 1, sizeof(*env));
	for (i = 0; env && i < n; i++)
		if (strncmp(environ[i], HIDDEN_VARIABLE, strlen(HIDDEN_VARIABLE)) != 0)
			env[out++] = environ[i];
	return env;
}

static int
spawn_shell(const char *command, int out_fd, pid_t *ret_pid)
{
	KITH_AUTO_FREE char *copy = kith_strndup(command, strlen(command));
	KITH_AUTO_FREE char **env = child_environment();
	char shell[] = "sh", flag[] = "-c";
	char *argv[] = {shell, flag, copy, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t defaults;
	int r;

	if (!copy || !env || posix_spawn_file_actions_init(&files))
		return ENOMEM;
	if (posix_spawnattr_init(&attr)) {
		posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE); /* programs expect it to end them */
	r = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!r)
		r = posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	if (!r)
		r = posix_spawnattr_setsigdefault(&attr, &defaults);
	if (!r)
		r = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	if (!r)
		r = posix_spawn(ret_pid, "/bin/sh", &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

static int
wait_for_command(pid_t pid, struct kith_error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return kith_fail_errno(err, errno, "waiting for the passphrase command");
	/* more than one line was printed, and the pipe was closed after the first: that is fine */
	if ((WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) ||
	    (WIFEXITED(status) && WEXITSTATUS(status) == SHELL_SIGNAL + SIGPIPE))
		return KITH_OK;
	if (WIFSIGNALED(status))
		return kith_fail(err, KITH_E_PASSPHRASE, "the passphrase command was killed (%s)",
				 strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return kith_fail(err, KITH_E_PASSPHRASE,
				 "the passphrase command failed with status %d",
				 WEXITSTATUS(status));
	return KITH_OK;
}

static int
from_command(const char *command, struct kith_secret *s, struct kith_error *err)
{
	KITH_AUTO_FD int in = -1;
	KITH_AUTO_FD int out = -1;
	int fds[2], r, waited;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return kith_fail_errno(err, errno, "pipe");
	in = fds[0];
	out = fds[1];
	r = spawn_shell(command, out, &pid);
	if (r)
		return kith_fail_errno(err, r, "starting the passphrase command");
	close(out);
	out = -1;
	r = read_line(in, s, err);
	/* a command that goes on printing meets a closed pipe */
	close(in);
	in = -1;
	if (r) {
		kill(pid, SIGTERM);
		waited = wait_for_command(pid, NULL);
	} else {
		waited = wait_for_command(pid, err);
	}
	return r ? r : waited;
}

/* --- all sources --- */

static int
from_text(const char *text, struct kith_secret *s, struct kith_error *err)
{
	size_t n = strlen(text);

	if (n > s->size)
		return kith_fail(err, KITH_E_LIMIT, "the passphrase is longer than %d bytes",
				 KITH_MAX_PASSPHRASE);
	memcpy(s->ptr, text, n);
	s->len = n;
	return KITH_OK;
}

static int
fill(const struct kith_passphrase_source *source, const char *prompt, struct kith_secret *s,
     struct kith_error *err)
{
	size_t n = 0;
	int r;

	switch (source->kind) {
	case KITH_PASSPHRASE_EMPTY:
		return KITH_OK;
	case KITH_PASSPHRASE_ASK:
		r = source->ask(source->ctx, prompt, s->ptr, s->size, &n, err);
		if (!r)
			s->len = n <= s->size ? n : 0;
		return r;
	case KITH_PASSPHRASE_FILE:
		return from_file(source->text, s, err);
	case KITH_PASSPHRASE_FD:
		return read_line(source->fd, s, err);
	case KITH_PASSPHRASE_COMMAND:
		return from_command(source->text, s, err);
	case KITH_PASSPHRASE_TEXT:
		return from_text(source->text, s, err);
	case KITH_PASSPHRASE_NONE:
		break;
	}
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_PASSPHRASE, "a passphrase is needed and there is nobody to ask"),
	    "use a terminal, --passphrase-file, --passphrase-fd or KITH_PASSPHRASE_CMD");
}

int
kith_passphrase_get(const struct kith_passphrase_source *source, const char *prompt,
		    struct kith_secret *ret, struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	struct kith_span text;
	int r = kith_secret_init(&s, KITH_MAX_PASSPHRASE, err);

	if (!r)
		r = fill(source, prompt, &s, err);
	if (r)
		return r;
	text = kith_span(s.ptr, s.len);
	if (!kith_utf8_valid(text) || kith_span_find(text, 0, 0) != text.len)
		return kith_fail(err, KITH_E_FORMAT, "the passphrase is not UTF-8 text");
	kith_secret_move(ret, &s);
	return KITH_OK;
}

bool
kith_passphrase_is_exposed(const struct kith_passphrase_source *source)
{
	struct stat st;

	return source->kind == KITH_PASSPHRASE_FILE && stat(source->text, &st) == 0 &&
	       S_ISREG(st.st_mode) && (st.st_mode & 077);
}
