/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's smart HTTP over libcurl. What libgit2's own transport does not give: an end to a stalled
 * server, no redirect to another place, and web.c's rules about addresses and passwords.
 */
#include <curl/curl.h>
#include <git2/sys/transport.h>
#include <unistd.h>

#include "helpers/git/own.h"
#include "helpers/git/watch.h"
#include "helpers/git/web.h"

#define MAX_WAITING    KITH_MIB(1) /* received, not yet taken: then the transfer pauses */
#define MAX_PUSH_BYTES KITH_MIB(256)
#define POLL_MS        1000

struct http {
	git_smart_subtransport base;
	struct import *im;
	struct web web;
	struct watch watch;
	CURLM *multi;
	CURL *easy;
	char *url;          /* of the repository, after redirects; no '/' at its end */
	const char *astray; /* why a redirect was not followed; NULL: there was none */
	bool push;          /* receive-pack: the server takes what we have */
};

struct http_stream {
	git_smart_subtransport_stream base;
	struct http *http;
	bool post, started, done, paused;
	struct curl_slist *headers;
	struct kith_buf out, in;
	size_t in_pos, header_bytes;
	char error[CURL_ERROR_SIZE];
};

int
http_start(struct kith_error *err)
{
	static bool started;

	if (!started && curl_global_init(CURL_GLOBAL_DEFAULT))
		return kith_fail(err, KITH_E_INTERNAL, "libcurl does not start");
	started = true;
	return KITH_OK;
}

/* Keeps the reason, because libgit2 puts words of its own in front later. */
static int
stop(struct http *h, enum kith_code code, const char *why)
{
	if (!h->im->why.code)
		kith_fail(&h->im->why, code, "%s", why);
	git_error_set_str(GIT_ERROR_HTTP, h->im->why.msg);
	return -1;
}

static size_t
take_header(char *bytes, size_t size, size_t n, void *stream)
{
	struct http_stream *s = stream;

	(void)bytes;
	s->header_bytes += size * n;
	if (s->header_bytes > WEB_MAX_HEADER_BYTES) {
		stop(s->http, KITH_E_LIMIT, "it sends endless headers");
		return 0;
	}
	return size * n;
}

static size_t
take_body(char *bytes, size_t size, size_t n, void *stream)
{
	struct http_stream *s = stream;
	long status = 0;

	n *= size;
	curl_easy_getinfo(s->http->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200 && s->in.len - s->in_pos + n > MAX_WAITING) {
		s->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (!watch_bytes(&s->http->watch, bytes, n)) {
		git_error_set_str(GIT_ERROR_HTTP, s->http->im->why.msg);
		return 0;
	}
	if (status != 200) /* an error's page is of no use; its redirect is known at the end */
		return n;
	if (s->in_pos == s->in.len) {
		kith_buf_reset(&s->in);
		s->in_pos = 0;
	}
	kith_buf_put(&s->in, bytes, n);
	return kith_buf_check(&s->in, NULL) ? 0 : n;
}

static bool
set_callbacks(CURL *c, struct http_stream *s)
{
	return curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERDATA, s) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, s) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, s->error) == CURLE_OK;
}

static bool
set_post(CURL *c, struct http_stream *s)
{
	curl_off_t len = (curl_off_t)s->out.len;

	s->headers = curl_slist_append(
	    NULL, s->http->push ? "Content-Type: application/x-git-receive-pack-request"
				: "Content-Type: application/x-git-upload-pack-request");
	return s->headers && curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_POSTFIELDS, kith_buf_str(&s->out)) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, len) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTPHEADER, s->headers) == CURLE_OK;
}

static const char *
service(const struct http *h)
{
	return h->push ? "git-receive-pack" : "git-upload-pack";
}

static int
start(struct http_stream *s)
{
	struct http *h = s->http;
	KITH_AUTO_FREE char *url =
	    kith_asprintf("%s/%s%s", h->url, s->post ? "" : "info/refs?service=", service(h));

	if (!url || !web_set(&h->web, h->easy, url) || !set_callbacks(h->easy, s) ||
	    (s->post && !set_post(h->easy, s)) || curl_multi_add_handle(h->multi, h->easy))
		return stop(h, KITH_E_NET, "libcurl refuses an option");
	s->started = true;
	s->done = false;
	/* the service's name and a flush come first, then the refs and another */
	watch_init(&h->watch, h->im, s->post ? 0 : 2);
	return 0;
}

static int
finished(struct http_stream *s, CURLcode rc)
{
	struct http *h = s->http;

	s->done = true;
	curl_multi_remove_handle(h->multi, h->easy);
	if (rc == CURLE_OK)
		return 0;
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return stop(h, KITH_E_NET, "it is too slow");
	if (rc == CURLE_FILESIZE_EXCEEDED && !h->im->why.code)
		kith_fail(&h->im->why, KITH_E_LIMIT, "it sends more than %llu bytes",
			  (unsigned long long)h->im->request->max_bytes);
	return stop(h, KITH_E_NET, s->error[0] ? s->error : curl_easy_strerror(rc));
}

/* Lets the transfer go on until there is something to take, or its end. */
static int
pump(struct http_stream *s)
{
	struct http *h = s->http;
	int running = 0, left;
	CURLMsg *m;

	while (!s->done && s->in_pos == s->in.len) {
		if (s->paused) {
			s->paused = false;
			curl_easy_pause(h->easy, CURLPAUSE_CONT);
		}
		if (curl_multi_perform(h->multi, &running))
			return stop(h, KITH_E_NET, "libcurl fails");
		while ((m = curl_multi_info_read(h->multi, &left)))
			if (m->msg == CURLMSG_DONE && finished(s, m->data.result))
				return -1;
		if (!s->done && s->in_pos == s->in.len)
			curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL);
	}
	return 0;
}

static const char *
refuse_login(const struct http *h, long status)
{
	const struct user_access *a = h->im->access;

	if (a && status == 401 && a->rejected)
		return "it does not take the password (HTTP 401)";
	if (a && status == 403)
		return "it refuses (HTTP 403)";
	return status == 401 ? "it asks for a password (HTTP 401)"
			     : "it asks for a password (HTTP 403)";
}

static int
refuse_status(struct http *h, long status)
{
	char text[100];

	h->im->status = status;
	if (status == 429 || status == 503)
		web_take_retry_after(&h->web, h->easy);
	if (status == 401 || status == 403)
		snprintf(text, sizeof(text), "%s", refuse_login(h, status));
	else if (status == 404 || status == 410)
		snprintf(text, sizeof(text), "there is no such repository (HTTP %ld)", status);
	else if (status / 100 == 3)
		snprintf(text, sizeof(text), "it redirects %s (HTTP %ld)",
			 h->astray ? h->astray : "to another place", status);
	else if (h->im->retry_after_s)
		snprintf(text, sizeof(text), "the server answers HTTP %ld and asks to wait %u s",
			 status, h->im->retry_after_s);
	else
		snprintf(text, sizeof(text), "the server answers HTTP %ld", status);
	return stop(h, KITH_E_NET, text);
}

/* Only to another path on the same scheme, host and port, and only for the first request. */
static const char *
follow(struct http *h, const char *to)
{
	KITH_AUTO_FREE char *tail = kith_asprintf("/info/refs?service=%s", service(h));
	struct kith_helper_url a, b;
	struct kith_span target = kith_span_str(to);

	if (!kith_span_starts(target, KITH_SPAN_LIT("http")))
		return "to another place";
	if (!tail || !kith_span_ends(target, kith_span_str(tail)))
		return "to what is no repository";
	target.len -= strlen(tail);
	if (kith_helper_url_parse(kith_span_str(h->url), &a, NULL) ||
	    kith_helper_url_parse(target, &b, NULL))
		return "to another place";
	if (a.scheme == KITH_URL_HTTPS && b.scheme == KITH_URL_HTTP)
		return "from https to http";
	if (a.scheme != b.scheme || a.port != b.port || strcmp(a.host, b.host) != 0)
		return "to another place";
	free(h->url);
	h->url = kith_strndup(target.ptr, target.len);
	return h->url ? NULL : "to another place";
}

static int
check_answer(struct http_stream *s)
{
	struct http *h = s->http;
	char *type = NULL, want[64];
	long status = 0;

	snprintf(want, sizeof(want), "application/x-%s-%s", service(h),
		 s->post ? "result" : "advertisement");

	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h->easy, CURLINFO_CONTENT_TYPE, &type);
	if (status != 200)
		return refuse_status(h, status);
	if (!type || strcmp(type, want) != 0)
		return stop(h, KITH_E_NET, "what answers is no git server");
	return 0;
}

/*
 * True if there is something else to try: a password, if the server wants one. One for the whole
 * connection; that it worked is told to the helpers once something was answered.
 */
static bool
try_password(struct http_stream *s, long status)
{
	struct user_access *a = s->http->im->access;
	struct kith_helper_url u;

	if (!a || (status != 401 && status != 200) ||
	    kith_helper_url_parse(kith_span_str(s->http->url), &u, NULL))
		return false;
	if (kith_helper_url_is_plain(&u)) /* everybody in between would read it */
		return false;
	if (status == 401 && !a->user)
		return credential_fill(a, &u);
	if (!s->post && a->asked && a->user)
		credential_report(a, &u, status == 200);
	return false;
}

static bool
try_redirect(struct http_stream *s, long status, unsigned *hops)
{
	struct http *h = s->http;
	char *to = NULL;

	curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &to);
	if (s->post || status / 100 != 3 || !to)
		return false;
	h->astray = (*hops)++ < h->im->request->max_redirects ? follow(h, to) : "too often";
	return !h->astray;
}

/* The first answer, over allowed redirects and the question for a password. */
static int
begin(struct http_stream *s)
{
	struct http *h = s->http;
	unsigned hops = 0;
	long status;

	for (;;) {
		if (start(s) || pump(s))
			return -1;
		status = 0;
		curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
		if (!try_redirect(s, status, &hops) && !try_password(s, status))
			return check_answer(s);
		if (!s->done)
			curl_multi_remove_handle(h->multi, h->easy);
		curl_slist_free_all(s->headers);
		s->headers = NULL;
		kith_buf_reset(&s->in);
		s->in_pos = 0;
	}
}

static int
stream_read(git_smart_subtransport_stream *stream, char *out, size_t size, size_t *ret_n)
{
	struct http_stream *s = (struct http_stream *)(void *)stream;
	size_t n;

	if (!s->started ? begin(s) : pump(s))
		return -1;
	n = s->in.len - s->in_pos;
	n = n < size ? n : size;
	if (n)
		memcpy(out, s->in.ptr + s->in_pos, n);
	s->in_pos += n;
	*ret_n = n;
	return 0;
}

/* The request is collected and sent when the answer is asked for. */
static int
stream_write(git_smart_subtransport_stream *stream, const char *bytes, size_t len)
{
	struct http_stream *s = (struct http_stream *)(void *)stream;

	kith_buf_put(&s->out, bytes, len);
	return kith_buf_check(&s->out, NULL) ? stop(s->http, KITH_E_LIMIT, "too much to ask") : 0;
}

static void
stream_free(git_smart_subtransport_stream *stream)
{
	struct http_stream *s = (struct http_stream *)(void *)stream;

	if (s->started && !s->done)
		curl_multi_remove_handle(s->http->multi, s->http->easy);
	curl_slist_free_all(s->headers);
	kith_buf_clear(&s->out);
	kith_buf_clear(&s->in);
	free(s);
}

static int
http_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport, const char *url,
	    git_smart_service_t action)
{
	struct http *h = (struct http *)(void *)transport;
	struct http_stream *s;
	bool post = action == GIT_SERVICE_UPLOADPACK || action == GIT_SERVICE_RECEIVEPACK;

	(void)url; /* ours has the redirects in it */
	h->push = action == GIT_SERVICE_RECEIVEPACK_LS || action == GIT_SERVICE_RECEIVEPACK;
	if (h->push && !h->im->access)
		return stop(h, KITH_E_INTERNAL, "only fetching is supported");
	s = kith_calloc(1, sizeof(*s));
	if (!s)
		return stop(h, KITH_E_NOMEM, "out of memory");
	s->base.subtransport = transport;
	s->base.read = stream_read;
	s->base.write = stream_write;
	s->base.free = stream_free;
	s->http = h;
	s->post = post;
	kith_buf_init(&s->out, h->push ? MAX_PUSH_BYTES : KITH_MIB(16));
	kith_buf_init(&s->in, 2 * MAX_WAITING);
	*out = &s->base;
	return 0;
}

static int
http_close(git_smart_subtransport *transport)
{
	(void)transport;
	return 0;
}

static void
http_free(git_smart_subtransport *transport)
{
	struct http *h = (struct http *)(void *)transport;

	curl_easy_cleanup(h->easy);
	curl_multi_cleanup(h->multi);
	web_clear(&h->web);
	free(h->url);
	free(h);
}

static int
http_new(git_smart_subtransport **out, git_transport *owner, void *import)
{
	struct import *im = import;
	struct kith_span url = im->request->location;
	struct http *h = kith_calloc(1, sizeof(*h));

	(void)owner;
	if (!h)
		return -1;
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	h->base.action = http_action;
	h->base.close = http_close;
	h->base.free = http_free;
	h->im = im;
	h->url = kith_strndup(url.ptr, url.len);
	h->multi = curl_multi_init();
	h->easy = curl_easy_init();
	if (!h->url || !h->multi || !h->easy || !web_init(&h->web, im, h->url)) {
		http_free(&h->base);
		return -1;
	}
	*out = &h->base;
	return 0;
}

int
http_transport(git_transport **out, git_remote *owner, void *import)
{
	git_smart_subtransport_definition d = {http_new, 1, import};

	return git_transport_smart(out, owner, &d);
}
