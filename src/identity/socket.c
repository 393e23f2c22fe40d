/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets and the frames on them. Believes nothing that comes in. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "identity/socket.h"

#define CONNECT_TIMEOUT_MS 2000
#define BACKLOG            8

int64_t
kith_socket_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* By way of the folder's descriptor, so that the length of its path does not matter. */
static int
make_address(int dirfd, const char *name, struct sockaddr_un *sa)
{
	int n;

	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	n = snprintf(sa->sun_path, sizeof(sa->sun_path), "/proc/self/fd/%d/%s", dirfd, name);
	return n > 0 && (size_t)n < sizeof(sa->sun_path) ? 0 : -1;
}

static int
new_socket(struct kith_error *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd >= 0 ? fd : kith_fail_errno(err, errno, "socket");
}

/* Waits for readiness; KITH_E_IO when the deadline has passed. */
static int
wait_for(int fd, short events, int64_t deadline, struct kith_error *err)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left;
	int n;

	for (;;) {
		left = deadline - kith_socket_now_ms();
		if (left < 0)
			left = 0;
		n = poll(&p, 1, left > 1000 ? 1000 : (int)left);
		if (n > 0)
			return KITH_OK;
		if (n < 0 && errno != EINTR)
			return kith_fail_errno(err, errno, "poll");
		if (n == 0 && kith_socket_now_ms() >= deadline)
			return kith_fail(err, KITH_E_IO, "the agent does not answer in time");
	}
}

static int
connect_to(const struct sockaddr_un *sa, const char *path, int *ret_fd, struct kith_error *err)
{
	int64_t deadline = kith_socket_now_ms() + CONNECT_TIMEOUT_MS;
	KITH_AUTO_FD int fd = new_socket(err);

	if (fd < 0)
		return fd;
	while (connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0) {
		if (errno == EINTR || errno == EISCONN)
			continue;
		if (errno == ECONNREFUSED || errno == ENOENT)
			return kith_fail(err, KITH_E_NOTFOUND, "%s: no agent listens there", path);
		/* its queue is full: try again until the deadline */
		if (errno != EAGAIN || kith_socket_now_ms() >= deadline)
			return kith_fail_errno(err, errno, "%s", path);
		poll(NULL, 0, 10);
	}
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

int
kith_socket_connect(const char *path, int *ret_fd, struct kith_error *err)
{
	const char *slash = strrchr(path, '/');
	KITH_AUTO_FREE char *dir = NULL;
	KITH_AUTO_FD int dirfd = -1;
	struct sockaddr_un sa;

	dir = slash == path ? kith_strndup("/", 1)
	      : slash       ? kith_strndup(path, (size_t)(slash - path))
			    : kith_strndup(".", 1);
	if (!dir)
		return kith_fail_nomem(err);
	dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no agent listens there", path);
	if (dirfd < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (make_address(dirfd, slash ? slash + 1 : path, &sa) < 0)
		return kith_fail(err, KITH_E_USAGE, "%s: no path of a socket", path);
	return connect_to(&sa, path, ret_fd, err);
}

int
kith_socket_listen(int dirfd, const char *name, int *ret_fd, struct kith_error *err)
{
	KITH_AUTO_FD int fd = new_socket(err);
	struct sockaddr_un sa;

	if (fd < 0)
		return fd;
	if (make_address(dirfd, name, &sa) < 0)
		return kith_fail(err, KITH_E_USAGE, "%s: no name of a socket", name);
	/* Linux takes the mode of a new socket from its descriptor: no moment when it is wider */
	if (fchmod(fd, 0600) < 0 || bind(fd, (const struct sockaddr *)&sa, sizeof(sa)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return kith_fail_errno(err, errno, "%s", name);
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

bool
kith_socket_peer_is_self(int fd)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && n == sizeof(who) &&
	       who.uid == geteuid();
}

int
kith_socket_send(int fd, struct kith_span payload, int64_t deadline, struct kith_error *err)
{
	uint8_t head[4] = {(uint8_t)(payload.len >> 24), (uint8_t)(payload.len >> 16),
			   (uint8_t)(payload.len >> 8), (uint8_t)payload.len};
	struct iovec iov[2];
	struct msghdr msg;
	size_t done = 0, total = sizeof(head) + payload.len;
	union {
		const uint8_t *in;
		void *out;
	} p = {.in = payload.ptr};
	ssize_t n;
	int r;

	if (payload.len > UINT32_MAX)
		return kith_fail(err, KITH_E_LIMIT, "too much for one message");
	while (done < total) {
		size_t of_head = done < sizeof(head) ? done : sizeof(head);
		size_t of_body = done - of_head;

		iov[0].iov_base = head + of_head;
		iov[0].iov_len = sizeof(head) - of_head;
		iov[1].iov_base = payload.len ? (uint8_t *)p.out + of_body : NULL;
		iov[1].iov_len = payload.len - of_body;
		memset(&msg, 0, sizeof(msg));
		msg.msg_iov = iov;
		msg.msg_iovlen = 2;
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
		if (n >= 0) {
			done += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return kith_fail_errno(err, errno, "talking to the agent");
		r = wait_for(fd, POLLOUT, deadline, err);
		if (r)
			return r;
	}
	return KITH_OK;
}

static int
recv_bytes(int fd, uint8_t *buf, size_t n, bool may_end, int64_t deadline, struct kith_error *err)
{
	size_t done = 0;
	ssize_t got;
	int r;

	while (done < n) {
		r = wait_for(fd, POLLIN, deadline, err);
		if (r)
			return r;
		got = recv(fd, buf + done, n - done, 0);
		if (got > 0) {
			done += (size_t)got;
			continue;
		}
		if (got == 0 && may_end && !done)
			return kith_fail(err, KITH_E_NOTFOUND, "the agent closed the connection");
		if (got == 0)
			return kith_fail(err, KITH_E_IO, "the agent closed the connection");
		if (errno != EINTR && errno != EAGAIN)
			return kith_fail_errno(err, errno, "talking to the agent");
	}
	return KITH_OK;
}

int
kith_socket_recv(int fd, uint8_t *buf, size_t size, size_t *ret_len, int64_t deadline,
		 struct kith_error *err)
{
	uint8_t head[4] = {0};
	uint32_t len = 0;
	struct kith_span s = kith_span(head, sizeof(head));
	int r = recv_bytes(fd, head, sizeof(head), true, deadline, err);

	if (r)
		return r;
	kith_wire_u32(&s, &len);
	if (len > size)
		return kith_fail(err, KITH_E_LIMIT, "the agent says %u bytes, at most %zu are read",
				 len, size);
	r = recv_bytes(fd, buf, len, false, deadline, err);
	if (!r)
		*ret_len = len;
	return r;
}

bool
kith_wire_bytes(struct kith_span *s, size_t n, struct kith_span *ret)
{
	if (s->len < n)
		return false;
	*ret = kith_span_sub(*s, 0, n);
	*s = kith_span_sub(*s, n, s->len - n);
	return true;
}

bool
kith_wire_u8(struct kith_span *s, uint8_t *ret)
{
	struct kith_span b;

	if (!kith_wire_bytes(s, 1, &b))
		return false;
	*ret = b.ptr[0];
	return true;
}

bool
kith_wire_u32(struct kith_span *s, uint32_t *ret)
{
	struct kith_span b;

	if (!kith_wire_bytes(s, 4, &b))
		return false;
	*ret = (uint32_t)b.ptr[0] << 24 | (uint32_t)b.ptr[1] << 16 | (uint32_t)b.ptr[2] << 8 |
	       b.ptr[3];
	return true;
}

bool
kith_wire_string(struct kith_span *s, struct kith_span *ret)
{
	struct kith_span rest = *s;
	uint32_t n;

	if (!kith_wire_u32(&rest, &n) || !kith_wire_bytes(&rest, n, ret))
		return false;
	*s = rest;
	return true;
}

void
kith_wire_put_u32(struct kith_buf *out, uint32_t v)
{
	const uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
			      (uint8_t)v};

	kith_buf_put(out, b, sizeof(b));
}

void
kith_wire_put_string(struct kith_buf *out, struct kith_span s)
{
	kith_wire_put_u32(out, (uint32_t)s.len);
	kith_buf_put_span(out, s);
}
