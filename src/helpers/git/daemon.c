/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's own protocol over TCP, for servers that the user names himself: nobody proves who answers.
 * libcurl only connects, under web.c's rules about addresses.
 */
#include <curl/curl.h>
#include <errno.h>
#include <git2/sys/transport.h>
#include <poll.h>
#include <sys/socket.h>

#include "helpers/git/watch.h"
#include "helpers/git/web.h"

#define GIT_PORT 9418

struct gitd {
	git_smart_subtransport base;
	git_smart_subtransport_stream stream; /* one connection, used for both requests */
	struct import *im;
	struct web web;
	struct watch watch;
	CURL *easy;
	curl_socket_t fd; /* the handle's */
};

static struct gitd *
of_stream(git_smart_subtransport_stream *s)
{
	return (struct gitd *)(void *)s->subtransport;
}

static int
stop(struct gitd *g, enum kith_code code, const char *why)
{
	if (!g->im->why.code)
		kith_fail(&g->im->why, code, "%s", why);
	git_error_set_str(GIT_ERROR_NET, g->im->why.msg);
	return -1;
}

static int
gitd_read(git_smart_subtransport_stream *stream, char *out, size_t size, size_t *ret_n)
{
	struct gitd *g = of_stream(stream);
	ssize_t n;

	do {
		if (!watch_wait(&g->watch, g->fd, POLLIN))
			return stop(g, KITH_E_NET, "it is too slow");
		n = recv(g->fd, out, size, 0);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	if (n < 0)
		return stop(g, KITH_E_NET, "the connection broke");
	if (n == 0 && g->watch.received == 0) /* git daemon is silent about what it refuses */
		return stop(g, KITH_E_NET, "there is no such repository, or the server refuses");
	if (!watch_bytes(&g->watch, out, (size_t)n))
		return stop(g, KITH_E_LIMIT, "it sends too much");
	*ret_n = (size_t)n;
	return 0;
}

static int
gitd_write(git_smart_subtransport_stream *stream, const char *bytes, size_t len)
{
	struct gitd *g = of_stream(stream);
	ssize_t n;

	while (len) {
		if (!watch_wait(&g->watch, g->fd, POLLOUT))
			return stop(g, KITH_E_NET, "it is too slow");
		n = send(g->fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return stop(g, KITH_E_NET, "the connection broke");
		watch_sent(&g->watch, (size_t)n);
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static void
gitd_stream_free(git_smart_subtransport_stream *stream)
{
	(void)stream; /* part of struct gitd */
}

static int
open_connection(struct gitd *g, const struct kith_helper_url *u)
{
	KITH_AUTO_FREE char *url =
	    kith_asprintf("http://%s:%u/", u->host, u->port ? u->port : GIT_PORT);
	char words[CURL_ERROR_SIZE] = "";
	CURLcode rc;

	if (!url || !web_set(&g->web, g->easy, url) ||
	    curl_easy_setopt(g->easy, CURLOPT_CONNECT_ONLY, 1L) != CURLE_OK ||
	    curl_easy_setopt(g->easy, CURLOPT_PROXY, "") != CURLE_OK ||
	    curl_easy_setopt(g->easy, CURLOPT_ERRORBUFFER, words) != CURLE_OK)
		return stop(g, KITH_E_NET, "libcurl refuses an option");
	rc = curl_easy_perform(g->easy);
	curl_easy_setopt(g->easy, CURLOPT_ERRORBUFFER, NULL);
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return stop(g, KITH_E_NET, "it is too slow");
	if (rc != CURLE_OK)
		return stop(g, KITH_E_NET, words[0] ? words : curl_easy_strerror(rc));
	if (curl_easy_getinfo(g->easy, CURLINFO_ACTIVESOCKET, &g->fd) != CURLE_OK ||
	    g->fd == CURL_SOCKET_BAD)
		return stop(g, KITH_E_NET, "the connection broke");
	return 0;
}

/* "git-upload-pack /path\0host=name\0", as one packet. */
static int
ask(struct gitd *g, const struct kith_helper_url *u)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span path = u->path;
	char size[5];

	kith_buf_init(&b, KITH_KIB(8));
	if (memchr(path.ptr, '%', path.len))
		return stop(g, KITH_E_USAGE, "escapes are not accepted in the path of a git URL");
	if (path.len > 1 && path.ptr[1] == '~')
		path = kith_span_sub(path, 1, SIZE_MAX);
	kith_buf_printf(&b, "0000git-upload-pack %.*s", KITH_SPAN_FMT(path));
	kith_buf_put_char(&b, '\0');
	kith_buf_printf(&b, "host=%s", u->host);
	if (u->port)
		kith_buf_printf(&b, ":%u", u->port);
	kith_buf_put_char(&b, '\0');
	if (kith_buf_check(&b, NULL))
		return stop(g, KITH_E_LIMIT, "its URL is too long");
	snprintf(size, sizeof(size), "%04zx", b.len & 0xffff);
	memcpy(b.ptr, size, 4);
	return gitd_write(&g->stream, (const char *)b.ptr, b.len);
}

static int
gitd_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport, const char *url,
	    git_smart_service_t action)
{
	struct gitd *g = (struct gitd *)(void *)transport;
	struct kith_helper_url u;

	(void)url;
	if (action != GIT_SERVICE_UPLOADPACK_LS && action != GIT_SERVICE_UPLOADPACK)
		return stop(g, KITH_E_INTERNAL, "only fetching is supported");
	if (kith_helper_url_parse(g->im->request->location, &u, &g->im->why))
		return stop(g, KITH_E_USAGE, "not a URL");
	if (g->fd == CURL_SOCKET_BAD && (open_connection(g, &u) || ask(g, &u)))
		return -1;
	*out = &g->stream;
	return 0;
}

static int
gitd_close(git_smart_subtransport *transport)
{
	(void)transport;
	return 0;
}

static void
gitd_free(git_smart_subtransport *transport)
{
	struct gitd *g = (struct gitd *)(void *)transport;

	curl_easy_cleanup(g->easy); /* closes the connection */
	web_clear(&g->web);
	free(g);
}

static int
gitd_new(git_smart_subtransport **out, git_transport *owner, void *import)
{
	struct import *im = import;
	struct kith_span url = im->request->location;
	KITH_AUTO_FREE char *text = kith_strndup(url.ptr, url.len);
	struct gitd *g = kith_calloc(1, sizeof(*g));

	(void)owner;
	if (!g)
		return -1;
	g->base.action = gitd_action;
	g->base.close = gitd_close;
	g->base.free = gitd_free;
	g->stream.subtransport = &g->base;
	g->stream.read = gitd_read;
	g->stream.write = gitd_write;
	g->stream.free = gitd_stream_free;
	g->im = im;
	g->fd = CURL_SOCKET_BAD;
	g->easy = curl_easy_init();
	watch_init(&g->watch, im, 1);
	if (!g->easy || !text || !web_init(&g->web, im, text)) {
		gitd_free(&g->base);
		return -1;
	}
	*out = &g->base;
	return 0;
}

int
daemon_transport(git_transport **out, git_remote *owner, void *import)
{
	git_smart_subtransport_definition d = {gitd_new, 0, import};

	return git_transport_smart(out, owner, &d);
}
