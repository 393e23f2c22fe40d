/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, set so that nothing happens that nobody asked for: the address is looked at when it is
 * connected to (so that a name cannot change its meaning in between), no redirect is followed by
 * itself, no password and no configuration but the user's for what he named.
 */
#include <netinet/in.h>

#include "helpers/git/address.h"
#include "helpers/git/watch.h"
#include "helpers/git/web.h"

#define CONNECT_TIMEOUT_MS 15000

/* What the user's configuration says about his hosts. */
static bool
take_hosts(struct web *w, const struct kith_git_fetch *f)
{
	const struct user_access *a = w->im->access;
	struct kith_span rest = f->resolve, word;
	struct curl_slist *more;

	while (kith_span_next(&rest, ' ', &word)) {
		KITH_AUTO_FREE char *text = kith_strndup(word.ptr, word.len);

		if (!text)
			return false;
		more = word.len ? curl_slist_append(w->resolve, text) : w->resolve;
		if (word.len && !more)
			return false;
		w->resolve = more;
	}
	if (f->ca_file.len)
		w->ca_file = kith_strndup(f->ca_file.ptr, f->ca_file.len);
	else if (a && a->ca_file && *a->ca_file)
		w->ca_file = kith_strndup(a->ca_file, strlen(a->ca_file));
	else
		return true;
	return w->ca_file != NULL;
}

bool
web_init(struct web *w, struct import *im, const char *url)
{
	struct kith_helper_url u;

	memset(w, 0, sizeof(*w));
	w->im = im;
	if (kith_helper_url_parse(kith_span_str(url), &u, &im->why))
		return false;
	w->loopback_only = u.scheme != KITH_URL_HTTPS && kith_helper_url_is_loopback(u.host);
	if (!take_hosts(w, im->request) || !proxy_choose(&u, im->access, &w->proxy)) {
		kith_fail_nomem(&im->why);
		return false;
	}
	if (w->proxy && im->request->public_only && !proxy_may_name(u.host)) {
		kith_fail(&im->why, KITH_E_NET, "its address is not a public one");
		return false;
	}
	return true;
}

void
web_clear(struct web *w)
{
	curl_slist_free_all(w->resolve);
	free(w->ca_file);
	free(w->proxy);
}

static curl_socket_t
open_socket(void *clientp, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct web *w = clientp;
	enum address_class class = address_classify(&a->addr, a->addrlen);
	const char *why = NULL;

	(void)purpose;
	if (w->loopback_only && class != ADDRESS_LOOPBACK)
		why = "its address is not on this machine";
	else if (!w->proxy && w->im->request->public_only && class != ADDRESS_PUBLIC)
		why = "its address is not a public one";
	if (!why)
		return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (!w->im->why.code)
		kith_fail(&w->im->why, KITH_E_NET, "%s", why);
	return CURL_SOCKET_BAD;
}

struct long_option {
	CURLoption option;
	long value;
};

static bool
set_longs(struct web *w, CURL *c)
{
	const struct kith_git_fetch *f = w->im->request;
	int64_t spent = kith_guard_now_ms() - w->im->started_ms;
	int64_t left = (int64_t)f->timeout_s * 1000 - spent;
	const struct long_option options[] = {
	    {CURLOPT_FOLLOWLOCATION, 0},
	    {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
	    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
	    {CURLOPT_NOSIGNAL, 1},
	    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
	    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	    {CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS},
	    {CURLOPT_TIMEOUT_MS, left > 1 ? (long)left : 1},
	    {CURLOPT_LOW_SPEED_LIMIT, WATCH_LOW_SPEED},
	    {CURLOPT_LOW_SPEED_TIME, (long)f->idle_s},
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if ((curl_easy_setopt)(c, options[i].option, options[i].value) != CURLE_OK)
			return false;
	return true;
}

/* A password for whom it was asked for, once a server wanted one. */
static bool
set_password(CURL *c, const struct user_access *a)
{
	if (!a || !a->user)
		return true;
	return curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_USERNAME, a->user) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PASSWORD, a->password) == CURLE_OK;
}

/* The way there: only by this scheme, directly or through the proxy that was chosen. */
static bool
set_way(struct web *w, CURL *c, const char *url)
{
	const char *scheme = strncmp(url, "https:", 6) == 0 ? "https" : "http";

	return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, scheme) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_PROXY, w->proxy ? w->proxy : "") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOPROXY, "") == CURLE_OK &&
	       (!w->resolve || curl_easy_setopt(c, CURLOPT_RESOLVE, w->resolve) == CURLE_OK) &&
	       (!w->ca_file || curl_easy_setopt(c, CURLOPT_CAINFO, w->ca_file) == CURLE_OK);
}

bool
web_set(struct web *w, CURL *c, const char *url)
{
	curl_off_t most = (curl_off_t)w->im->request->max_bytes;

	curl_easy_reset(c);
	return set_way(w, c, url) &&
	       curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, most) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, w) == CURLE_OK &&
	       /* some servers answer git clients only */
	       curl_easy_setopt(c, CURLOPT_USERAGENT, "git/kith") == CURLE_OK &&
	       set_password(c, w->im->access) && set_longs(w, c);
}

void
web_take_retry_after(struct web *w, CURL *c)
{
	curl_off_t s = 0;

	curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &s);
	if (s > 0)
		w->im->retry_after_s =
		    s < (curl_off_t)KITH_MAX_RETRY_AFTER ? (uint32_t)s : KITH_MAX_RETRY_AFTER;
}
