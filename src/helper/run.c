/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a program, listening to it, ending it when its time is over. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helper/run.h"

#define LINE_MAX_BYTES  KITH_KIB(4)
#define MAX_VARIABLES   ((size_t)128)
#define POLL_MS         1000
#define ENDING_SLEEP_NS 20000000

/* --- its environment --- */

struct room {
	char *items[MAX_VARIABLES + 1];
	size_t n;
};

static void
room_clear(struct room *e)
{
	while (e->n)
		free(e->items[--e->n]);
}

static int
add(struct room *e, char *text, struct kith_error *err)
{
	if (!text)
		return kith_fail_nomem(err);
	if (e->n == MAX_VARIABLES) {
		free(text);
		return kith_fail(err, KITH_E_INTERNAL, "too many variables");
	}
	e->items[e->n++] = text;
	return KITH_OK;
}

static int
add_named(struct room *e, const char *name, struct kith_error *err)
{
	const char *value = getenv(name);

	return value ? add(e, kith_asprintf("%s=%s", name, value), err) : KITH_OK;
}

static int
make_environment(const struct kith_run *run, struct room *e, struct kith_error *err)
{
	size_t i;
	int r = add_named(e, "PATH", err);

	for (i = 0; !r && run->env && run->env[i]; i++)
		r = add_named(e, run->env[i], err);
	for (i = 0; !r && run->set && run->set[i]; i++)
		r = add(e, kith_strndup(run->set[i], strlen(run->set[i])), err);
	return r;
}

/* --- starting --- */

static int
set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, const char *folder, int out)
{
	sigset_t defaults, none;
	int r;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	r = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!r)
		r = posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO);
	if (!r)
		r = posix_spawn_file_actions_adddup2(files, out, STDERR_FILENO);
	if (!r)
		r = posix_spawn_file_actions_addchdir_np(files, folder);
	if (!r)
		r = posix_spawnattr_setsigdefault(attr, &defaults);
	if (!r)
		r = posix_spawnattr_setsigmask(attr, &none);
	if (!r)
		r = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return r;
}

static int
spawn(const struct kith_run *run, char **env, int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	char *argv[32];
	bool short_of = false;
	size_t n;
	int r;

	for (n = 0; run->argv[n] && n < 31; n++) {
		argv[n] = kith_strndup(run->argv[n], strlen(run->argv[n]));
		short_of = short_of || !argv[n];
	}
	argv[n] = NULL;
	r = posix_spawn_file_actions_init(&files);
	if (!r) {
		r = posix_spawnattr_init(&attr);
		if (!r) {
			r = set_up(&files, &attr, run->folder, out);
			if (!r)
				r = argv[0]
					? posix_spawnp(ret_pid, argv[0], &files, &attr, argv, env)
					: ENOMEM;
			posix_spawnattr_destroy(&attr);
		}
		posix_spawn_file_actions_destroy(&files);
	}
	while (n)
		free(argv[--n]);
	return r;
}

/* --- listening --- */

static void
put_lines(const struct kith_run *run, struct kith_buf *held, struct kith_span bytes)
{
	size_t i;

	for (i = 0; i < bytes.len; i++) {
		if (bytes.ptr[i] != '\n') {
			if (held->len < LINE_MAX_BYTES)
				kith_buf_put_char(held, (char)bytes.ptr[i]);
			continue;
		}
		if (run->line)
			run->line(run->ctx, kith_buf_span(held));
		kith_buf_reset(held);
	}
}

/* Until it closes its output, or its time is over: false. */
static bool
listen_to(const struct kith_run *run, int in, int64_t until)
{
	struct pollfd p = {.fd = in, .events = POLLIN};
	KITH_AUTO_BUF struct kith_buf held;
	uint8_t bytes[4096];
	ssize_t n;

	kith_buf_init(&held, LINE_MAX_BYTES);
	while (kith_time_now().sec < until) {
		if (poll(&p, 1, POLL_MS) < 0 && errno != EINTR)
			return false;
		if (!p.revents)
			continue;
		n = read(in, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		put_lines(run, &held, kith_span(bytes, (size_t)n));
	}
	if (held.len && run->line)
		run->line(run->ctx, kith_buf_span(&held));
	return kith_time_now().sec < until;
}

/* A program that closed its output may still be at work. */
static bool
reap(pid_t pid, int64_t until, int *ret_status)
{
	const struct timespec moment = {0, ENDING_SLEEP_NS};
	pid_t r;

	for (;;) {
		r = waitpid(pid, ret_status, WNOHANG);
		if (r == pid || (r < 0 && errno != EINTR))
			return r == pid;
		if (kith_time_now().sec >= until)
			return false;
		nanosleep(&moment, NULL);
	}
}

static int
follow(const struct kith_run *run, pid_t pid, int in, int *ret_status, struct kith_error *err)
{
	int64_t until = kith_time_now().sec + run->timeout_s;
	int status = 0;

	if (!listen_to(run, in, until) || !reap(pid, until, &status)) {
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return kith_fail(err, KITH_E_HELPER, "%s: killed after %u s", run->argv[0],
				 run->timeout_s);
	}
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return KITH_OK;
}

int
kith_run_program(const struct kith_run *run, int *ret_status, struct kith_error *err)
{
	KITH_CLEANUP(room_clear) struct room env = {.n = 0};
	KITH_AUTO_FD int in = -1;
	KITH_AUTO_FD int out = -1;
	pid_t pid = 0;
	int fds[2], r;

	r = make_environment(run, &env, err);
	if (r)
		return r;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return kith_fail_errno(err, errno, "pipe");
	in = fds[0];
	out = fds[1];
	r = spawn(run, env.items, out, &pid);
	kith_closep(&out);
	if (r == ENOENT || r == EACCES)
		return kith_fail(err, KITH_E_NOTFOUND, "%s is not installed here", run->argv[0]);
	if (r)
		return kith_fail_errno(err, r, "%s", run->argv[0]);
	return follow(run, pid, in, ret_status, err);
}
