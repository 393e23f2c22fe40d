/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords for the user's own servers come from git's credential helpers, through the git program,
 * and are asked for only where the server wants one. Nothing is asked on a terminal here.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/git/own.h"

#define MAX_ANSWER KITH_KIB(16)

static void
wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void
credential_clear(struct own_access *a)
{
	wipe(&a->user);
	wipe(&a->password);
}

static void
exec_git(int theirs, char *verb)
{
	char git[] = "git", credential[] = "credential";
	char *argv[] = {git, credential, verb, NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	signal(SIGPIPE, SIG_DFL);
	dup2(theirs, 0);
	dup2(theirs, 1);
	if (null >= 0)
		dup2(null, 2);
	setenv("GIT_TERMINAL_PROMPT", "0", 1);
	execvp("git", argv);
	_exit(127);
}

static bool
converse(int fd, struct kith_span question, struct kith_buf *answer)
{
	uint8_t *room;
	ssize_t n;

	while (question.len) {
		n = send(fd, question.ptr, question.len, MSG_NOSIGNAL);
		if (n < 0)
			return false;
		question = kith_span_sub(question, (size_t)n, SIZE_MAX);
	}
	shutdown(fd, SHUT_WR);
	for (;;) {
		room = kith_buf_room(answer, 1024);
		n = room ? read(fd, room, 1024) : -1;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		kith_buf_added(answer, (size_t)n);
	}
}

static bool
ask_git(const char *verb, struct kith_span question, struct kith_buf *answer)
{
	KITH_AUTO_FREE char *word = kith_strndup(verb, strlen(verb));
	int pair[2], status = 1;
	pid_t pid;
	bool ok;

	if (!word || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	pid = fork();
	if (pid == 0)
		exec_git(pair[1], word);
	close(pair[1]);
	ok = pid > 0 && converse(pair[0], question, answer);
	close(pair[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* URLs went through the strict grammar: no part can hold a line's end. */
static void
put_question(struct kith_buf *out, const struct own_access *a, const struct kith_helper_url *u)
{
	struct kith_span path = u->path;

	kith_buf_printf(out, "protocol=%s\nhost=%s", u->scheme == KITH_URL_HTTP ? "http" : "https",
			u->host);
	if (u->port)
		kith_buf_printf(out, ":%u", u->port);
	kith_span_skip(&path, "/");
	kith_buf_printf(out, "\npath=%.*s\n", KITH_SPAN_FMT(path));
	if (a->user)
		kith_buf_printf(out, "username=%s\n", a->user);
	if (a->password)
		kith_buf_printf(out, "password=%s\n", a->password);
	kith_buf_put_char(out, '\n');
}

static char *
find_line(struct kith_span text, const char *key)
{
	struct kith_span line;

	while (kith_span_next(&text, '\n', &line))
		if (kith_span_skip(&line, key))
			return kith_strndup(line.ptr, line.len);
	return NULL;
}

static void
wipe_buf(struct kith_buf *b)
{
	if (b->ptr)
		explicit_bzero(b->ptr, b->cap);
	kith_buf_clear(b);
}

bool
credential_fill(struct own_access *a, const struct kith_helper_url *u)
{
	KITH_CLEANUP(wipe_buf) struct kith_buf question, answer;
	bool ok;

	if (a->asked)
		return false;
	a->asked = true;
	kith_buf_init(&question, MAX_ANSWER);
	kith_buf_init(&answer, MAX_ANSWER);
	/* so that no grown buffer leaves a password behind */
	if (!kith_buf_room(&answer, MAX_ANSWER))
		return false;
	put_question(&question, a, u);
	ok = !kith_buf_check(&question, NULL) &&
	     ask_git("fill", kith_buf_span(&question), &answer) && !kith_buf_check(&answer, NULL);
	if (!ok)
		return false;
	a->user = find_line(kith_buf_span(&answer), "username=");
	a->password = find_line(kith_buf_span(&answer), "password=");
	if (a->user && a->password)
		return true;
	credential_clear(a);
	return false;
}

void
credential_report(struct own_access *a, const struct kith_helper_url *u, bool worked)
{
	KITH_CLEANUP(wipe_buf) struct kith_buf question, answer;

	kith_buf_init(&question, MAX_ANSWER);
	kith_buf_init(&answer, MAX_ANSWER);
	if (!a->user || !kith_buf_room(&question, MAX_ANSWER))
		return;
	put_question(&question, a, u);
	ask_git(worked ? "approve" : "reject", kith_buf_span(&question), &answer);
	if (!worked)
		credential_clear(a);
}
