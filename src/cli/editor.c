/* SPDX-License-Identifier: Apache-2.0 */
/*
 * $VISUAL, $EDITOR, git's core.editor, vi. What a person wrote is never lost: a draft that was not
 * signed is kept, and it is told where.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "editor.h"
#include "prompt.h"

#define DRAFT_NAME "crev.review.yaml" /* editors tell the syntax by its end */
#define DRAFT_MAX  (1 << 20)

/* --- which one --- */

/* The first line that git prints for a key; false if there is none. */
static bool
ask_git(const char *key, char *out, size_t size)
{
	int fds[2], status = 1;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execlp("git", "git", "config", "--get", key, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	do
		n = pid < 0 ? -1 : read(fds[0], out, size - 1);
	while (n < 0 && errno == EINTR && pid > 0);
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 && *out;
}

static const char *
find_editor(char *room, size_t size)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	if (visual && *visual)
		return visual;
	if (editor && *editor)
		return editor;
	return ask_git("core.editor", room, size) ? room : "vi";
}

static int
run_editor(const char *command, char *path)
{
	size_t size = strlen(command) + 8;
	char *line = malloc(size);
	struct sigaction ignore, before_int, before_quit;
	int status = -1;
	pid_t pid;

	if (!line)
		return -1;
	snprintf(line, size, "%s \"$@\"", command);
	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	/* Ctrl-C is the editor's */
	sigaction(SIGINT, &ignore, &before_int);
	sigaction(SIGQUIT, &ignore, &before_quit);
	pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		signal(SIGPIPE, SIG_DFL);
		execl("/bin/sh", "sh", "-c", line, command, path, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &before_int, NULL);
	sigaction(SIGQUIT, &before_quit, NULL);
	free(line);
	return pid < 0 ? -1 : status;
}

/* --- the file --- */

static int
cannot(const struct cli *cli, const char *what)
{
	cli_usage(cli, "%s: %s", what, strerror(errno));
	return CLI_ENVIRONMENT;
}

static int
write_draft(const struct cli *cli, const struct cli_draft *d, const char *text, size_t len)
{
	int fd = open(d->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return cannot(cli, d->path);
	while (done < len) {
		n = write(fd, text + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cannot(cli, d->path);
			close(fd);
			return CLI_ENVIRONMENT;
		}
		done += (size_t)n;
	}
	return close(fd) < 0 ? cannot(cli, d->path) : 0;
}

int
cli_draft_begin(const struct cli *cli, const char *text, size_t len, struct cli_draft *ret)
{
	const char *tmp = getenv("TMPDIR");
	int n;

	memset(ret, 0, sizeof(*ret));
	n = snprintf(ret->folder, sizeof(ret->folder), "%s/kith-XXXXXX",
		     tmp && *tmp == '/' ? tmp : "/tmp");
	if (n < 0 || (size_t)n >= sizeof(ret->folder) || !mkdtemp(ret->folder))
		return cannot(cli, "a folder for the draft");
	snprintf(ret->path, sizeof(ret->path), "%s/" DRAFT_NAME, ret->folder);
	return write_draft(cli, ret, text, len);
}

static int
read_all(int fd, char *text, size_t max, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, text + len, max - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret_len = len;
	return 0;
}

int
cli_read_file(const struct cli *cli, const char *path, size_t max, char **ret_text, size_t *ret_len)
{
	/* a FIFO in its place must not stop us */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), status = 0;
	char *text = malloc(max + 1);
	struct stat st;

	if (fd < 0 || !text || fstat(fd, &st) < 0)
		status = cannot(cli, path);
	else if (!S_ISREG(st.st_mode) || (size_t)st.st_size > max)
		status = cli_usage(cli, "%s: no plain file of at most %zu bytes", path, max);
	else if (read_all(fd, text, max, ret_len) < 0)
		status = cannot(cli, path);
	if (fd >= 0)
		close(fd);
	if (status)
		free(text);
	else
		*ret_text = text;
	return status;
}

static int
read_draft(const struct cli *cli, struct cli_draft *d)
{
	free(d->text);
	d->text = NULL;
	return cli_read_file(cli, d->path, DRAFT_MAX, &d->text, &d->len);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int
cli_draft_edit(const struct cli *cli, struct cli_draft *d, bool *ret_unchanged)
{
	char room[512];
	const char *editor = find_editor(room, sizeof(room));
	struct stat before, after;
	int status;

	if (stat(d->path, &before) < 0)
		return cannot(cli, d->path);
	status = run_editor(editor, d->path);
	if (status < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
		cli_usage(cli, "the editor failed: %s", editor);
		return CLI_ENVIRONMENT;
	}
	if (stat(d->path, &after) < 0)
		return cannot(cli, d->path);
	*ret_unchanged = same_file(&before, &after);
	return read_draft(cli, d);
}

void
cli_draft_end(const struct cli *cli, struct cli_draft *d, bool keep)
{
	if (keep) {
		cli_usage(cli, "your text is kept in %s (kith review --draft FILE goes on with it)",
			  d->path);
	} else {
		unlink(d->path);
		rmdir(d->folder);
	}
	free(d->text);
	d->text = NULL;
}

char
cli_choose(const char *choices, char usual, char nobody, const char *question)
{
	int tty = cli_can_ask() ? open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY) : -1;
	char answer[64];
	ssize_t n;

	if (tty < 0)
		return nobody;
	dprintf(tty, "%s (%s) ", question, choices);
	do
		n = read(tty, answer, sizeof(answer));
	while (n < 0 && errno == EINTR);
	close(tty);
	if (n <= 0)
		return nobody;
	return answer[0] == '\n' ? usual : (char)tolower((unsigned char)answer[0]);
}
