/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's side of a helper program. A socket pair rather than pipes: sending to a dead helper
 * then needs no change to the caller's SIGPIPE.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/guard.h"
#include "helper/helper.h"

#define SEND_TIMEOUT_MS 30000
#ifdef KITH_SANITIZED
#define STOP_TIMEOUT_MS 5000 /* leak checking at exit is slow */
#else
#define STOP_TIMEOUT_MS 200
#endif
#define STDERR_BYTES KITH_KIB(64)
#define ENV_MAX      32

struct kith_helper {
	char *program;
	struct kith_child child;
	int socket;
	int stderr_fd; /* memory of fixed size that its standard error goes to */
	int send_timeout_ms;
	struct kith_channel channel;
	bool greeted;
	struct kith_error broken; /* code is not KITH_OK: why it is unusable */
};

/* --- finding --- */

static int
folder_of_self(char out[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return -1;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (!slash)
		return -1;
	*slash = '\0';
	return 0;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static int
try_folder(const char *dir, const char *below, const char *program, char **ret_path)
{
	KITH_AUTO_FREE char *path = kith_asprintf("%s%s/%s", dir, below, program);

	if (!path)
		return KITH_E_NOMEM;
	if (!is_program(path))
		return KITH_E_NOTFOUND;
	*ret_path = kith_steal(&path);
	return KITH_OK;
}

int
kith_helper_find(const char *dir, const char *program, char **ret_path, struct kith_error *err)
{
	char self[PATH_MAX];
	int r;

	if (dir && *dir) {
		r = try_folder(dir, "", program, ret_path);
	} else {
		r = KITH_E_NOTFOUND;
		if (folder_of_self(self) == 0) {
			r = try_folder(self, "", program, ret_path);
			if (r == KITH_E_NOTFOUND)
				r = try_folder(self, "/../libexec/kith", program, ret_path);
		}
		if (r == KITH_E_NOTFOUND)
			r = try_folder(KITH_LIBEXECDIR, "", program, ret_path);
	}
	if (r == KITH_E_NOTFOUND)
		return kith_fail(err, KITH_E_HELPER, "%s: the helper program is not in %s", program,
				 dir && *dir ? dir : KITH_LIBEXECDIR);
	return r ? kith_fail_nomem(err) : KITH_OK;
}

/* --- starting --- */

struct spawn_env {
	char *vars[ENV_MAX + 1];
	size_t count;
};

static void
spawn_env_clear(struct spawn_env *e)
{
	size_t i;

	for (i = 0; i < e->count; i++)
		free(e->vars[i]);
}

static int
add_env(struct spawn_env *e, const char *name, const char *value, struct kith_error *err)
{
	if (!value || e->count == ENV_MAX)
		return KITH_OK;
	e->vars[e->count] = kith_asprintf("%s=%s", name, value);
	if (!e->vars[e->count])
		return kith_fail_nomem(err);
	e->count++;
	return KITH_OK;
}

static int
fill_env(struct spawn_env *e, const char *const *names, struct kith_error *err)
{
	static const char *const none[] = {NULL};
	bool own_path = false;
	size_t i;
	int r = KITH_OK;

	for (i = 0; names && names[i]; i++)
		own_path = own_path || (!strcmp(names[i], "PATH") && secure_getenv("PATH"));
	if (!own_path)
		r = add_env(e, "PATH", "/usr/local/bin:/usr/bin:/bin", err);

	if (!r)
		r = add_env(e, "LANG", "C.UTF-8", err);
#ifdef KITH_SANITIZED
	if (!r)
		r = add_env(e, "ASAN_OPTIONS", getenv("ASAN_OPTIONS"), err);
#endif
	for (names = names ? names : none; !r && *names; names++)
		r = add_env(e, *names, secure_getenv(*names), err);
	return r;
}

/* Sealed to a fixed size, so that a helper cannot fill memory by complaining. */
static int
make_stderr(int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FD int fd = memfd_create("kith-helper", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, STDERR_BYTES) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return kith_fail_errno(err, errno, "making a buffer");
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

static int
spawn_with(posix_spawn_file_actions_t *fa, posix_spawnattr_t *at, const char *path, int theirs,
	   int stderr_fd, char **env, pid_t *ret_pid)
{
	char *argv[] = {NULL, NULL};
	sigset_t all, none;
	int r;

	memcpy(&argv[0], &path, sizeof(path));
	sigemptyset(&none);
	sigfillset(&all);
	r = posix_spawn_file_actions_adddup2(fa, theirs, 0);
	if (!r)
		r = posix_spawn_file_actions_adddup2(fa, theirs, 1);
	if (!r)
		r = posix_spawn_file_actions_adddup2(fa, stderr_fd, 2);
	if (!r)
		r = posix_spawn_file_actions_addclosefrom_np(fa, 3);
	if (!r)
		r = posix_spawnattr_setsigmask(at, &none);
	if (!r)
		r = posix_spawnattr_setsigdefault(at, &all);
	if (!r)
		r = posix_spawnattr_setpgroup(at, 0);
	if (!r)
		r = posix_spawnattr_setflags(at, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
						     POSIX_SPAWN_SETSIGMASK);
	return r ? r : posix_spawn(ret_pid, path, fa, at, argv, env);
}

static int
spawn(const char *path, int theirs, int stderr_fd, const char *const *env_names, pid_t *ret_pid,
      struct kith_error *err)
{
	KITH_CLEANUP(spawn_env_clear) struct spawn_env env = {.count = 0};
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	int r;

	r = fill_env(&env, env_names, err);
	if (r)
		return r;
	if (posix_spawn_file_actions_init(&fa))
		return kith_fail_nomem(err);
	if (posix_spawnattr_init(&at)) {
		posix_spawn_file_actions_destroy(&fa);
		return kith_fail_nomem(err);
	}
	r = spawn_with(&fa, &at, path, theirs, stderr_fd, env.vars, ret_pid);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	if (r)
		return kith_fail(err, KITH_E_HELPER, "%s: cannot be run: %s", path,
				 strerrordesc_np(r));
	return KITH_OK;
}

static int
start(struct kith_helper *h, const struct kith_helper_options *o, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = NULL;
	KITH_AUTO_FD int theirs = -1;
	int pair[2], r;

	r = kith_helper_find(o->dir, h->program, &path, err);
	if (!r)
		r = make_stderr(&h->stderr_fd, err);
	if (r)
		return r;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return kith_fail_errno(err, errno, "making a socket");
	h->socket = pair[0];
	theirs = pair[1];
	kith_channel_init(&h->channel, h->socket, h->socket);
	r = spawn(path, theirs, h->stderr_fd, o->env, &h->child.pid, err);
	if (r)
		return r;
	h->child.pidfd = (int)syscall(SYS_pidfd_open, h->child.pid, 0);
	return KITH_OK;
}

int
kith_helper_start(const char *program, const struct kith_helper_options *options,
		  struct kith_helper **ret_helper, struct kith_error *err)
{
	static const struct kith_helper_options defaults = {NULL, NULL, 0};
	KITH_AUTO_HELPER struct kith_helper *h = kith_calloc(1, sizeof(*h));
	int r;

	options = options ? options : &defaults;
	if (!h)
		return kith_fail_nomem(err);
	h->socket = h->stderr_fd = h->child.pidfd = -1;
	h->send_timeout_ms = options->send_timeout_ms ? options->send_timeout_ms : SEND_TIMEOUT_MS;
	h->program = kith_strndup(program, strlen(program));
	if (!h->program)
		return kith_fail_nomem(err);
	r = start(h, options, err);
	if (r)
		return r;
	*ret_helper = kith_steal(&h);
	return KITH_OK;
}

void
kith_helper_stop(struct kith_helper *h)
{
	if (!h)
		return;
	kith_closep(&h->socket);
	if (h->child.pid > 0)
		kith_child_wait(&h->child, STOP_TIMEOUT_MS, NULL);
	kith_closep(&h->child.pidfd);
	kith_closep(&h->stderr_fd);
	kith_channel_clear(&h->channel);
	free(h->program);
	free(h);
}

void
kith_helper_stopp(struct kith_helper **h)
{
	kith_helper_stop(*h);
	*h = NULL;
}

/* --- failing --- */

/* The first line that it wrote to standard error: a sanitizer's or an assertion's last words. */
static size_t
last_words(const struct kith_helper *h, char *out, size_t size)
{
	ssize_t n = pread(h->stderr_fd, out, size - 1, 0);
	size_t i = 0, from = 0;

	n = n < 0 ? 0 : n;
	out[n] = '\0';
	while (out[from] == '=' || out[from] == '\n')
		from++;
	while (out[from + i] && out[from + i] != '\n')
		i++;
	memmove(out, out + from, i);
	out[i] = '\0';
	return i;
}

static int
remember(struct kith_helper *h, const struct kith_error *why, struct kith_error *err)
{
	char words[200];

	h->broken = *why;
	if (last_words(h, words, sizeof(words)))
		kith_fail(&h->broken, KITH_E_HELPER, "%s: %s (%s)", h->program, why->msg, words);
	else
		kith_fail(&h->broken, KITH_E_HELPER, "%s: %s", h->program, why->msg);
	if (err)
		*err = h->broken;
	return KITH_E_HELPER;
}

int
kith_helper_broke(struct kith_helper *h, struct kith_error *err, const char *fmt, ...)
{
	struct kith_error why;
	char text[200];
	va_list ap;

	if (h->broken.code) {
		if (err)
			*err = h->broken;
		return KITH_E_HELPER;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kith_child_kill(&h->child, NULL);
	kith_fail(&why, KITH_E_HELPER, "%s", text);
	return remember(h, &why, err);
}

/* It closed its end, or will not take what we send: find out how it ended. */
static int
ended(struct kith_helper *h, struct kith_error *err)
{
	struct kith_child_end end = {0};
	struct kith_error why;

	if (h->child.pid > 0)
		kith_child_wait(&h->child, STOP_TIMEOUT_MS, &end);
	if (end.killed || !kith_child_check(&end, &why))
		kith_fail(&why, KITH_E_HELPER, "ended the connection");
	return remember(h, &why, err);
}

static int
already_broken(struct kith_helper *h, struct kith_error *err)
{
	if (h->broken.code && err)
		*err = h->broken;
	return h->broken.code;
}

/* --- talking --- */

static int
fill(struct kith_helper *h, struct kith_error *err)
{
	struct kith_error why = {.code = KITH_OK};
	int r = kith_channel_fill(&h->channel, &why);

	if (r == KITH_E_NOTFOUND || (r == KITH_E_IO && why.sys == ECONNRESET))
		return ended(h, err);
	if (!r)
		return KITH_OK;
	r = kith_helper_broke(h, err, "%s", why.msg);
	/* the helper is given up all the same: what it was saying is lost */
	return why.code == KITH_E_NOMEM ? kith_fail_nomem(err) : r;
}

static bool
room_to_read(const struct kith_helper *h)
{
	return h->channel.in.len - h->channel.in_pos <= KITH_MAX_FRAME;
}

static int
wait_for(struct kith_helper *h, bool to_send, int64_t deadline, short *ret_events,
	 struct kith_error *err)
{
	struct pollfd p[2] = {{h->socket, 0, 0}, {h->child.pidfd, POLLIN, 0}};
	int64_t left = deadline < 0 ? -1 : deadline - kith_guard_now_ms();
	int n;

	p[0].events = (short)((to_send ? POLLOUT : 0) | (room_to_read(h) ? POLLIN : 0));
	if (deadline >= 0 && left <= 0)
		return kith_helper_broke(
		    h, err, to_send ? "does not take what it is sent" : "no answer in time");
	n = poll(p, 2, left > INT_MAX ? INT_MAX : (int)left);
	if (n < 0 && errno != EINTR)
		return kith_helper_broke(h, err, "poll: %s", strerrordesc_np(errno));
	*ret_events = n > 0 ? p[0].revents : 0;
	/* dead, and nothing left of what it said: something else holds its end of the socket */
	if (n > 0 && p[1].revents && !p[0].revents)
		return ended(h, err);
	return KITH_OK;
}

int
kith_helper_send(struct kith_helper *h, const struct kith_buf *frames, struct kith_error *err)
{
	int64_t deadline = kith_guard_now_ms() + h->send_timeout_ms;
	size_t sent = 0;
	short events = 0;
	ssize_t n;
	int r = already_broken(h, err);

	if (!r)
		r = kith_buf_check(frames, err);
	while (!r && sent < frames->len) {
		n = send(h->socket, frames->ptr + sent, frames->len - sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			sent += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return ended(h, err);
		r = wait_for(h, true, deadline, &events, err);
		if (!r && (events & POLLIN))
			r = fill(h, err);
	}
	return r;
}

static int
check_hello(struct kith_helper *h, const struct kith_frame *f, struct kith_error *err)
{
	struct kith_cursor c = kith_cursor(f->payload);
	uint32_t version = kith_cursor_u32(&c);
	struct kith_span name = kith_cursor_bytes(&c);

	if (f->type != KITH_FRAME_HELLO || !kith_cursor_end(&c) || !kith_span_is(name, h->program))
		return kith_helper_broke(h, err, "is not the program it should be");
	if (version != KITH_PROTOCOL_VERSION)
		return kith_helper_broke(h, err, "speaks version %u of the protocol, not %d",
					 version, KITH_PROTOCOL_VERSION);
	h->greeted = true;
	return KITH_OK;
}

/* A whole frame that was read already, or KITH_E_NOTFOUND. */
static int
next(struct kith_helper *h, struct kith_frame *ret_frame, struct kith_error *err)
{
	struct kith_error why;
	int r;

	for (;;) {
		r = kith_channel_next(&h->channel, ret_frame, &why);
		if (r == KITH_E_NOTFOUND)
			return r;
		if (r)
			return kith_helper_broke(h, err, "sent %s", why.msg);
		if (h->greeted)
			return KITH_OK;
		r = check_hello(h, ret_frame, err);
		if (r)
			return r;
	}
}

int
kith_helper_recv(struct kith_helper *h, int timeout_ms, struct kith_frame *ret_frame,
		 struct kith_error *err)
{
	int64_t deadline = timeout_ms < 0 ? -1 : kith_guard_now_ms() + timeout_ms;
	short events = 0;
	int r = already_broken(h, err);

	while (!r && (r = next(h, ret_frame, err)) == KITH_E_NOTFOUND) {
		r = wait_for(h, false, deadline, &events, err);
		if (!r && events)
			r = fill(h, err);
	}
	return r;
}

int
kith_helper_greet(struct kith_helper *h, int timeout_ms, struct kith_error *err)
{
	int64_t deadline = kith_guard_now_ms() + timeout_ms;
	struct kith_frame f;
	short events = 0;
	int r = already_broken(h, err);

	while (!r) {
		r = next(h, &f, err);
		if (!r)
			return kith_helper_broke(h, err, "speaks without being asked");
		if (r != KITH_E_NOTFOUND)
			return r;
		if (h->greeted)
			return KITH_OK;
		r = wait_for(h, false, deadline, &events, err);
		if (!r && events)
			r = fill(h, err);
	}
	return r;
}

int
kith_helper_try_recv(struct kith_helper *h, struct kith_frame *ret_frame, struct kith_error *err)
{
	struct pollfd p = {h->socket, POLLIN, 0};
	int r = already_broken(h, err);

	while (!r && (r = next(h, ret_frame, err)) == KITH_E_NOTFOUND) {
		if (poll(&p, 1, 0) <= 0)
			return KITH_E_NOTFOUND;
		r = fill(h, err);
	}
	return r;
}

int
kith_helper_fd(const struct kith_helper *h)
{
	return h->socket;
}
