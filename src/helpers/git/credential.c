/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords for the user's own servers come from git's credential helpers, through the git program,
 * and are asked for only where the server wants one. Nothing is asked on a terminal here. Where a
 * stranger's bytes are read too, a process of its own (the broker) does the asking, for one place
 * that was fixed before.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/git/access.h"

#define MAX_ANSWER   KITH_KIB(16)
#define MAX_USER     256
#define MAX_PASSWORD KITH_KIB(8)

/* What the broker is asked, one byte: the first is answered with struct found, others with itself.
 */
enum question { ASK_FILL = 1, ASK_APPROVE, ASK_REJECT };

struct found {
	bool ok;
	char user[MAX_USER], password[MAX_PASSWORD];
};

static void
wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void
credential_clear(struct user_access *a)
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
	/* git's credential-cache keeps a process, which should not end with us */
	if (strcmp(verb, "approve") == 0)
		setsid();
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
put_question(struct kith_buf *out, const struct user_access *a, const struct kith_helper_url *u)
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

static bool
fill(struct user_access *a, const struct kith_helper_url *u)
{
	KITH_CLEANUP(wipe_buf) struct kith_buf question, answer;
	bool ok;

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

static void
report(struct user_access *a, const struct kith_helper_url *u, bool worked)
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

/* --- the broker --- */

static bool
answer_fill(int fd, struct user_access *a, const struct kith_helper_url *u)
{
	struct found f = {.ok = false};
	ssize_t n;

	/* longer ones are none: a half would be a wrong one */
	if (fill(a, u) && strlen(a->user) < MAX_USER && strlen(a->password) < MAX_PASSWORD) {
		f.ok = true;
		memcpy(f.user, a->user, strlen(a->user));
		memcpy(f.password, a->password, strlen(a->password));
	}
	n = send(fd, &f, sizeof(f), MSG_NOSIGNAL);
	explicit_bzero(&f, sizeof(f));
	return n == (ssize_t)sizeof(f);
}

/* Until the other end is closed; it lives no longer than that. */
static int
serve(int fd, const struct kith_helper_url *u)
{
	struct user_access a;
	uint8_t ask;

	access_init(&a);
	setenv("GIT_ASKPASS", "", 1); /* eight windows at once would help nobody */
	while (recv(fd, &ask, 1, 0) == 1) {
		if (ask == ASK_FILL && !answer_fill(fd, &a, u))
			break;
		if (ask == ASK_APPROVE || ask == ASK_REJECT) {
			report(&a, u, ask == ASK_APPROVE);
			if (send(fd, &ask, 1, MSG_NOSIGNAL) != 1)
				break;
		}
	}
	access_clear(&a);
	return 0;
}

int
credential_start(struct user_access *a, const struct kith_helper_url *u, struct kith_error *err)
{
	int pair[2];
	pid_t pid, parent = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return kith_fail_errno(err, errno, "making a socket");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* whoever waits for the end of its parent's words must not wait for this */
		if (getppid() != parent || dup2(pair[1], 3) < 0 || close_range(4, ~0U, 0) < 0)
			_exit(1);
		fcntl(3, F_SETFD, FD_CLOEXEC);
		_exit(serve(3, u));
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return kith_fail_errno(err, errno, "starting a process");
	}
	a->broker = pair[0];
	return KITH_OK;
}

static bool
tell_broker(const struct user_access *a, uint8_t question)
{
	return send(a->broker, &question, 1, MSG_NOSIGNAL) == 1;
}

static bool
fill_by_broker(struct user_access *a)
{
	struct found f = {.ok = false};

	if (tell_broker(a, ASK_FILL) && recv(a->broker, &f, sizeof(f), 0) == (ssize_t)sizeof(f) &&
	    f.ok) {
		a->user = kith_strndup(f.user, strnlen(f.user, MAX_USER));
		a->password = kith_strndup(f.password, strnlen(f.password, MAX_PASSWORD));
	}
	explicit_bzero(&f, sizeof(f));
	if (a->user && a->password)
		return true;
	credential_clear(a);
	return false;
}

bool
credential_fill(struct user_access *a, const struct kith_helper_url *u)
{
	if (a->asked)
		return false;
	a->asked = true;
	return a->broker >= 0 ? fill_by_broker(a) : fill(a, u);
}

void
credential_report(struct user_access *a, const struct kith_helper_url *u, bool worked)
{
	uint8_t done;

	a->rejected = !worked;
	if (a->broker < 0) {
		report(a, u, worked);
		return;
	}
	/* it ends with us: not before it is done */
	if (tell_broker(a, worked ? ASK_APPROVE : ASK_REJECT))
		(void)!recv(a->broker, &done, 1, 0);
	if (!worked)
		credential_clear(a);
}
