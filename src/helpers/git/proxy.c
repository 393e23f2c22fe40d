/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy, if any: https_proxy, all_proxy, no_proxy as curl and git read them. */
#include <arpa/inet.h>

#include "helpers/git/web.h"

static const char *
first_of(const char *a, const char *b, const char *c, const char *d)
{
	const char *names[] = {a, b, c, d}, *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] && (value = getenv(names[i])) && *value)
			return value;
	return NULL;
}

/* "example.org" and ".example.org" are about the host and all below it. */
static bool
is_below(const char *host, struct kith_span domain)
{
	size_t len = strlen(host);

	while (domain.len && domain.ptr[0] == '.')
		domain = kith_span_sub(domain, 1, SIZE_MAX);
	if (!domain.len || domain.len > len ||
	    strncasecmp(host + len - domain.len, (const char *)domain.ptr, domain.len) != 0)
		return false;
	return domain.len == len || host[len - domain.len - 1] == '.';
}

/* Names and addresses, separated by commas or blanks; "*" is all. */
static bool
is_exempt(const char *host)
{
	struct kith_span list = kith_span_str(first_of("no_proxy", "NO_PROXY", NULL, NULL)), part,
			 word;

	while (kith_span_next(&list, ',', &part)) {
		part = kith_span_trim(part);
		while (kith_span_next(&part, ' ', &word))
			if (kith_span_is(word, "*") || is_below(host, word))
				return true;
	}
	return false;
}

bool
proxy_choose(const struct kith_helper_url *u, const struct user_access *access, char **ret_proxy)
{
	const char *proxy;

	*ret_proxy = NULL;
	if (access && access->proxy)
		proxy = access->proxy;
	else if (u->scheme == KITH_URL_HTTP) /* HTTP_PROXY may be a web server's header */
		proxy = first_of("http_proxy", "all_proxy", "ALL_PROXY", NULL);
	else
		proxy = first_of("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
	if (!proxy || !*proxy || kith_helper_url_is_loopback(u->host) || is_exempt(u->host))
		return true;
	*ret_proxy = kith_strndup(proxy, strlen(proxy));
	return *ret_proxy != NULL;
}

bool
proxy_may_name(const char *host)
{
	struct in_addr four;
	const char *last = strrchr(host, '.');

	/* numbers in any spelling that somebody reads as an address */
	if (!last || host[0] == '[' || inet_aton(host, &four))
		return false;
	return !is_below(host, KITH_SPAN_LIT("localhost")) && last[1] != '\0';
}
