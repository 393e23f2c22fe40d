/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of kith-agent: finding or starting it, and asking. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "identity/socket.h"
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"
#include "identity/unlocked_wire.h"

#define CALL_TIMEOUT_MS   5000
#define AGENT_EXISTS      3 /* kith-agent's exit status when another one runs */
#define START_TRIES       50
#define START_INTERVAL_US 20000

int
kith_unlocked_connect(const char *data_dir, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FREE char *path =
	    kith_asprintf("%s/%s/%s", data_dir, KITH_UNLOCKED_FOLDER, KITH_UNLOCKED_SOCKET);
	KITH_AUTO_FD int fd = -1;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_socket_connect(path, &fd, err);
	if (r == KITH_E_NOTFOUND)
		return kith_fail(err, r, "no id is unlocked");
	if (r)
		return r;
	if (!kith_socket_peer_is_self(fd))
		return kith_fail(err, KITH_E_USAGE, "%s: the agent there is somebody else's", path);
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

/* --- starting --- */

static int
spawn_with(const char *program, const char *dir, int connection, pid_t *ret_pid)
{
	KITH_AUTO_FREE char *name = kith_strndup(program, strlen(program));
	KITH_AUTO_FREE char *folder = kith_strndup(dir, strlen(dir));
	char *argv[] = {name, folder, NULL}, *env[] = {NULL};
	posix_spawn_file_actions_t files;
	int r;

	if (!name || !folder || posix_spawn_file_actions_init(&files))
		return ENOMEM;
	r = posix_spawn_file_actions_adddup2(&files, connection, STDIN_FILENO);
	if (!r)
		r = posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY,
						     0);
	if (!r)
		r = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY,
						     0);
	if (!r)
		r = posix_spawn(ret_pid, program, &files, NULL, argv, env);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

/* It goes into the background once it listens: then its first process ends. */
static int
start_agent(const char *program, const char *dir, int *ret_fd, int *ret_status,
	    struct kith_error *err)
{
	KITH_AUTO_FD int mine = -1;
	KITH_AUTO_FD int its = -1;
	int pair[2], status, r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
		return kith_fail_errno(err, errno, "socketpair");
	mine = pair[0];
	its = pair[1];
	r = spawn_with(program, dir, its, &pid);
	if (r)
		return kith_fail(err, KITH_E_HELPER, "%s cannot be started: %s",
				 KITH_UNLOCKED_PROGRAM, strerror(r));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return kith_fail_errno(err, errno, "waiting for %s", KITH_UNLOCKED_PROGRAM);
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	*ret_fd = mine;
	mine = -1;
	return KITH_OK;
}

/* Connects to one that runs and answers: one that is about to end may still accept. */
static int
connect_running(const char *data_dir, int *ret_fd, struct kith_error *err)
{
	struct kith_unlocked_list list;
	KITH_AUTO_FD int fd = -1;
	int r = kith_unlocked_connect(data_dir, &fd, err);

	if (r)
		return r;
	if (kith_unlocked_list(fd, &list, err))
		return KITH_E_NOTFOUND;
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

int
kith_unlocked_start(const char *data_dir, const char *program, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_fs_join(data_dir, KITH_UNLOCKED_FOLDER);
	int r, status = 0, fd = -1, tries;
	struct kith_error why;

	if (!dir)
		return kith_fail_nomem(err);
	for (tries = 0; tries < START_TRIES; tries++) {
		r = connect_running(data_dir, ret_fd, &why);
		if (r && r != KITH_E_NOTFOUND && err)
			*err = why;
		if (r != KITH_E_NOTFOUND)
			return r;
		r = kith_fs_mkdirs(dir, 0700, err);
		if (!r)
			r = start_agent(program, dir, &fd, &status, err);
		if (r)
			return r;
		if (status == 0) {
			*ret_fd = fd;
			return KITH_OK;
		}
		close(fd);
		if (status != AGENT_EXISTS)
			return kith_fail(err, KITH_E_HELPER, "%s cannot be used (status %d)",
					 KITH_UNLOCKED_PROGRAM, status);
		/* another one is about to listen, or about to end */
		usleep(START_INTERVAL_US);
	}
	return kith_fail(err, KITH_E_HELPER, "%s is there and does not listen",
			 KITH_UNLOCKED_PROGRAM);
}

/* --- asking --- */

static int
broken(struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "%s broke its protocol", KITH_UNLOCKED_PROGRAM);
}

static int
status_error(uint8_t status, struct kith_error *err)
{
	switch (status) {
	case KITH_UNLOCKED_UNKNOWN:
		return kith_fail(err, KITH_E_NOTFOUND, "this id is not unlocked");
	case KITH_UNLOCKED_FULL:
		return kith_fail(err, KITH_E_LIMIT, "%d ids are unlocked: more are not held",
				 KITH_UNLOCKED_MAX_KEYS);
	case KITH_UNLOCKED_NO_LOCK:
		return kith_hint(err,
				 kith_fail(err, KITH_E_CRYPTO,
					   "the agent may not lock memory, so it holds no key"),
				 "raise the limit (ulimit -l)");
	case KITH_UNLOCKED_NO_BODY:
		return kith_fail(err, KITH_E_USAGE,
				 "only a proof's body, which begins with `kind: `, is signed");
	default:
		return broken(err);
	}
}

/* Takes the status off; KITH_OK leaves what follows it in *reply. */
static int
take_status(struct kith_span *reply, struct kith_error *err)
{
	uint8_t status;

	if (!kith_wire_u8(reply, &status))
		return broken(err);
	return status == KITH_UNLOCKED_OK ? KITH_OK : status_error(status, err);
}

int
kith_unlocked_decode_status(struct kith_span reply, struct kith_error *err)
{
	int r = take_status(&reply, err);

	return r ? r : reply.len ? broken(err) : KITH_OK;
}

int
kith_unlocked_decode_list(struct kith_span reply, struct kith_unlocked_list *ret,
			  struct kith_error *err)
{
	struct kith_unlocked_list list;
	struct kith_span id;
	uint32_t n, i;
	int r = take_status(&reply, err);

	if (r)
		return r;
	memset(&list, 0, sizeof(list));
	if (!kith_wire_u32(&reply, &n) || n > KITH_UNLOCKED_MAX_KEYS)
		return broken(err);
	for (i = 0; i < n; i++) {
		if (!kith_wire_bytes(&reply, KITH_ID_BYTES, &id) ||
		    !kith_wire_u32(&reply, &list.items[i].seconds))
			return broken(err);
		memcpy(list.items[i].id.bytes, id.ptr, KITH_ID_BYTES);
	}
	if (reply.len)
		return broken(err);
	list.count = n;
	*ret = list;
	return KITH_OK;
}

static int
call(int fd, struct kith_span request, uint8_t reply[KITH_UNLOCKED_MAX_REPLY],
     struct kith_span *ret_reply, struct kith_error *err)
{
	int64_t deadline = kith_socket_now_ms() + CALL_TIMEOUT_MS;
	size_t n;
	int r = kith_socket_send(fd, request, deadline, err);

	if (!r)
		r = kith_socket_recv(fd, reply, KITH_UNLOCKED_MAX_REPLY, &n, deadline, err);
	if (r == KITH_E_NOTFOUND)
		return kith_fail(err, KITH_E_IO, "%s closed the connection", KITH_UNLOCKED_PROGRAM);
	if (!r)
		*ret_reply = kith_span(reply, n);
	return r;
}

int
kith_unlocked_list(int fd, struct kith_unlocked_list *ret, struct kith_error *err)
{
	const uint8_t request[1] = {KITH_UNLOCKED_LIST};
	uint8_t bytes[KITH_UNLOCKED_MAX_REPLY];
	struct kith_span reply;
	int r = call(fd, kith_span(request, sizeof(request)), bytes, &reply, err);

	return r ? r : kith_unlocked_decode_list(reply, ret, err);
}

int
kith_unlocked_add(int fd, const struct kith_secret *seed, uint32_t seconds, struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret request = {0};
	uint8_t bytes[KITH_UNLOCKED_MAX_REPLY];
	struct kith_span reply;
	int r;

	if (!seconds || seconds > KITH_UNLOCKED_MAX_SECONDS)
		return kith_fail(err, KITH_E_LIMIT, "an id stays unlocked for 1 to %u seconds",
				 KITH_UNLOCKED_MAX_SECONDS);
	r = kith_secret_init(&request, 5 + KITH_SEED_BYTES, err);
	if (r)
		return r;
	request.ptr[0] = KITH_UNLOCKED_ADD;
	request.ptr[1] = (uint8_t)(seconds >> 24);
	request.ptr[2] = (uint8_t)(seconds >> 16);
	request.ptr[3] = (uint8_t)(seconds >> 8);
	request.ptr[4] = (uint8_t)seconds;
	memcpy(request.ptr + 5, seed->ptr, KITH_SEED_BYTES);
	r = call(fd, kith_span(request.ptr, request.size), bytes, &reply, err);
	return r ? r : kith_unlocked_decode_status(reply, err);
}

int
kith_unlocked_forget(int fd, const struct kith_id *id, struct kith_error *err)
{
	uint8_t request[1 + KITH_ID_BYTES] = {KITH_UNLOCKED_FORGET};
	uint8_t bytes[KITH_UNLOCKED_MAX_REPLY];
	struct kith_span reply;
	int r;

	if (id)
		memcpy(request + 1, id->bytes, KITH_ID_BYTES);
	r = call(fd, kith_span(request, id ? sizeof(request) : 1), bytes, &reply, err);
	return r ? r : kith_unlocked_decode_status(reply, err);
}

int
kith_unlocked_sign(int fd, const struct kith_id *id, struct kith_span body,
		   uint8_t ret_sig[KITH_SIG_BYTES], struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf request;
	uint8_t bytes[KITH_UNLOCKED_MAX_REPLY];
	struct kith_span reply;
	int r;

	kith_buf_init(&request, KITH_UNLOCKED_MAX_REQUEST);
	if (!kith_body_is_signable(body))
		return status_error(KITH_UNLOCKED_NO_BODY, err);
	kith_buf_put_char(&request, KITH_UNLOCKED_SIGN);
	kith_buf_put(&request, id->bytes, KITH_ID_BYTES);
	kith_buf_put_span(&request, body);
	r = kith_buf_check(&request, err);
	if (!r)
		r = call(fd, kith_buf_span(&request), bytes, &reply, err);
	if (!r)
		r = take_status(&reply, err);
	if (r)
		return r;
	if (reply.len != KITH_SIG_BYTES)
		return broken(err);
	if (!kith_ed25519_verify(id, body, reply.ptr))
		return kith_fail(err, KITH_E_BADSIG, "%s gave a signature that does not verify",
				 KITH_UNLOCKED_PROGRAM);
	memcpy(ret_sig, reply.ptr, KITH_SIG_BYTES);
	return KITH_OK;
}
