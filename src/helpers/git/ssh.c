/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git over the user's own ssh program, so that his hosts, keys, agent and known_hosts count. Host
 * and path went through the strict grammar: neither can be an option or leave its quotes.
 */
#include <errno.h>
#include <fcntl.h>
#include <git2/sys/transport.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/git/access.h"
#include "helpers/git/watch.h"

#define SAID_BYTES KITH_KIB(16)
#define MAX_ARGS   16

struct ssh {
	git_smart_subtransport base;
	struct import *im;
	git_smart_subtransport_stream stream; /* one connection, used for both requests */
	pid_t pid;
	int fd;   /* socket to its standard input and output */
	int said; /* memory of fixed size that its standard error goes to */
	struct watch watch;
};

static struct ssh *
of_stream(git_smart_subtransport_stream *s)
{
	return (struct ssh *)(void *)s->subtransport;
}

/* With the first line that ssh wrote, if it wrote one. */
static int
stop(struct ssh *h, enum kith_code code, const char *why)
{
	char words[200];
	ssize_t n = h->said >= 0 ? pread(h->said, words, sizeof(words) - 1, 0) : 0;

	words[n > 0 ? n : 0] = '\0';
	words[strcspn(words, "\r\n")] = '\0';
	if (!h->im->why.code && words[0])
		kith_fail(&h->im->why, code, "%s: %s", why, words);
	else if (!h->im->why.code)
		kith_fail(&h->im->why, code, "%s", why);
	git_error_set_str(GIT_ERROR_SSH, h->im->why.msg);
	return -1;
}

static int
wait_for(struct ssh *h, short events)
{
	return watch_wait(&h->watch, h->fd, events) ? 0 : stop(h, KITH_E_NET, "it is too slow");
}

static int
ssh_read(git_smart_subtransport_stream *stream, char *out, size_t size, size_t *ret_n)
{
	struct ssh *h = of_stream(stream);
	ssize_t n;

	if (wait_for(h, POLLIN))
		return -1;
	n = read(h->fd, out, size);
	if (n < 0)
		return stop(h, KITH_E_NET, "ssh failed");
	if (n == 0 && h->watch.received == 0) /* it never was a git server's answer */
		return stop(h, KITH_E_NET, "ssh ended");
	if (!watch_bytes(&h->watch, out, (size_t)n))
		return stop(h, KITH_E_LIMIT, "it sends too much");
	*ret_n = (size_t)n;
	return 0;
}

static int
ssh_write(git_smart_subtransport_stream *stream, const char *bytes, size_t len)
{
	struct ssh *h = of_stream(stream);
	ssize_t n;

	while (len) {
		if (wait_for(h, POLLOUT))
			return -1;
		n = send(h->fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0)
			return stop(h, KITH_E_NET, "ssh ended");
		watch_sent(&h->watch, (size_t)n);
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static void
ssh_stream_free(git_smart_subtransport_stream *stream)
{
	(void)stream; /* part of struct ssh */
}

static void
exec_ssh(struct ssh *h, int theirs, char **argv)
{
	signal(SIGPIPE, SIG_DFL);
	dup2(theirs, 0);
	dup2(theirs, 1);
	dup2(h->said, 2);
	execvp(argv[0], argv);
	_exit(127);
}

static int
spawn(struct ssh *h, char **argv)
{
	int pair[2];

	h->said = memfd_create("ssh", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (h->said < 0 || ftruncate(h->said, SAID_BYTES) < 0 ||
	    fcntl(h->said, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return stop(h, KITH_E_IO, "ssh cannot be started");
	h->fd = pair[0];
	h->pid = fork();
	if (h->pid == 0)
		exec_ssh(h, pair[1], argv);
	close(pair[1]);
	return h->pid < 0 ? stop(h, KITH_E_IO, "ssh cannot be started") : 0;
}

/*
 * The user's own command, which may have arguments: the shell takes it apart, ours come behind it.
 * Configuration counts for his own repositories only.
 */
static const char *
find_command(const struct ssh *h)
{
	const char *env = getenv("GIT_SSH_COMMAND");

	if (env && *env)
		return env;
	return h->im->access ? h->im->access->ssh_command : NULL;
}

static int
spawn_command(struct ssh *h, const char *command, char **args)
{
	char shell[] = "/bin/sh", c[] = "-c", *argv[MAX_ARGS + 4] = {shell, c};
	KITH_AUTO_FREE char *line = kith_asprintf("%s \"$@\"", command);
	size_t i;

	if (!line)
		return stop(h, KITH_E_NOMEM, "out of memory");
	argv[2] = line;
	/* args[0], the program's name, becomes $0 */
	for (i = 0; args[i] && i < MAX_ARGS; i++)
		argv[3 + i] = args[i];
	return spawn(h, argv);
}

static int
connect_ssh(struct ssh *h, const char *service)
{
	char program[] = "ssh", batch[] = "-oBatchMode=yes", wait[] = "-oConnectTimeout=15";
	char forward[] = "-oClearAllForwardings=yes", plain[] = "-T", agent[] = "-a", x11[] = "-x";
	char port[32], *env = getenv("GIT_SSH");
	struct kith_helper_url u;
	struct kith_span path;
	KITH_AUTO_FREE char *where = NULL;
	KITH_AUTO_FREE char *command = NULL;

	if (kith_helper_url_parse(h->im->request->location, &u, &h->im->why))
		return stop(h, KITH_E_USAGE, "not a URL");
	path = u.path;
	if (!u.scp && path.len > 1 && path.ptr[1] == '~')
		path = kith_span_sub(path, 1, SIZE_MAX);
	if (memchr(path.ptr, '%', path.len))
		return stop(h, KITH_E_USAGE, "escapes are not accepted in the path of an ssh URL");
	where = kith_asprintf("%s%s%s", u.user, u.user[0] ? "@" : "", u.host);
	command = kith_asprintf("%s '%.*s'", service, KITH_SPAN_FMT(path));
	snprintf(port, sizeof(port), "-oPort=%u", u.port);
	if (!where || !command)
		return stop(h, KITH_E_NOMEM, "out of memory");
	char *argv[] = {env && *env ? env : program, batch, wait,    forward, plain, agent, x11,
			u.port ? port : batch,       where, command, NULL};

	return find_command(h) ? spawn_command(h, find_command(h), argv) : spawn(h, argv);
}

static int
ssh_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport, const char *url,
	   git_smart_service_t action)
{
	struct ssh *h = (struct ssh *)(void *)transport;

	bool push = action == GIT_SERVICE_RECEIVEPACK_LS || action == GIT_SERVICE_RECEIVEPACK;

	(void)url;
	if (push && !h->im->access)
		return stop(h, KITH_E_INTERNAL, "only fetching is supported");
	if (h->fd < 0 && connect_ssh(h, push ? "git-receive-pack" : "git-upload-pack"))
		return -1;
	*out = &h->stream;
	return 0;
}

static int
ssh_close(git_smart_subtransport *transport)
{
	struct ssh *h = (struct ssh *)(void *)transport;

	kith_closep(&h->fd);
	if (h->pid > 0) {
		kill(h->pid, SIGKILL);
		waitpid(h->pid, NULL, 0);
		h->pid = -1;
	}
	return 0;
}

static void
ssh_free(git_smart_subtransport *transport)
{
	struct ssh *h = (struct ssh *)(void *)transport;

	ssh_close(transport);
	kith_closep(&h->said);
	free(h);
}

static int
ssh_new(git_smart_subtransport **out, git_transport *owner, void *import)
{
	struct ssh *h = kith_calloc(1, sizeof(*h));

	(void)owner;
	if (!h)
		return -1;
	h->base.action = ssh_action;
	h->base.close = ssh_close;
	h->base.free = ssh_free;
	h->stream.subtransport = &h->base;
	h->stream.read = ssh_read;
	h->stream.write = ssh_write;
	h->stream.free = ssh_stream_free;
	h->im = import;
	watch_init(&h->watch, h->im, 1);
	h->fd = h->said = h->pid = -1;
	*out = &h->base;
	return 0;
}

int
ssh_transport(git_transport **out, git_remote *owner, void *import)
{
	git_smart_subtransport_definition d = {ssh_new, 0, import};

	return git_transport_smart(out, owner, &d);
}
