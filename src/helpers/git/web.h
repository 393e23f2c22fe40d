/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One place on the web, over libcurl: which address, proxy, certificates, password and how much
 * time. What is asked there is up to the caller.
 */
#ifndef KITH_HELPERS_GIT_WEB_H
#define KITH_HELPERS_GIT_WEB_H

#include <curl/curl.h>

#include "helpers/git/access.h"

#define WEB_MAX_HEADER_BYTES KITH_KIB(64)

struct web {
	struct import *im; /* whose request and access count, and where a reason goes */
	struct curl_slist *resolve;
	char *ca_file;
	char *proxy; /* NULL: none */
	bool loopback_only;
};

/* For the place of im->request, which is `url`. False: the reason is in the import. */
bool web_init(struct web *w, struct import *im, const char *url);
void web_clear(struct web *w);
/* Resets the handle and sets all of it. False if libcurl refuses an option. */
bool web_set(struct web *w, CURL *c, const char *url);
/* Notes how long a refusing server wants to be left alone. */
void web_take_retry_after(struct web *w, CURL *c);

/* --- proxy.c --- */

/*
 * The proxy for this place, by git's configuration (`access` may be NULL) and the environment;
 * *ret_proxy NULL: none. Loopback is reached directly. False: out of memory.
 */
bool proxy_choose(const struct kith_helper_url *u, const struct user_access *access,
		  char **ret_proxy);
/* Through a proxy no address is seen: whether this name may be a public one. */
bool proxy_may_name(const char *host);

#endif
