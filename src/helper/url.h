/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict grammar of a repository's URL. libgit2 takes nearly anything for a URL, so both sides
 * of the helper protocol ask here first (libraries.md 2.2 "URLs").
 */
#ifndef KITH_HELPER_URL_H
#define KITH_HELPER_URL_H

#include "base/base.h"

enum kith_url_scheme {
	KITH_URL_HTTPS,
	KITH_URL_HTTP, /* its host is a loopback address, nothing else is accepted */
	KITH_URL_SSH   /* ssh://[user@]host[:port]/path, or [user@]host:path */
};

#define KITH_MAX_URL_HOST 253

struct kith_helper_url {
	enum kith_url_scheme scheme;
	char user[64];                    /* ssh only; empty: none */
	char host[KITH_MAX_URL_HOST + 1]; /* name or IPv4 address; http also "[::1]" */
	unsigned port;                    /* 0: the scheme's */
	struct kith_span path;            /* of the text; with its '/', ssh short form without */
	bool scp;                         /* the short form of ssh */
};

/*
 * KITH_E_USAGE with what is wrong: another scheme or its letters in another case, a password or
 * (for http) a user, an empty or strange host, blanks, control bytes, non-ASCII, quotes, '?', '#',
 * '\\', a '..' component, a component that begins with '-', an http host that is not loopback, more
 * than KITH_MAX_URL bytes. *ret_url borrows from text.
 */
KITH_NODISCARD int kith_helper_url_parse(struct kith_span text, struct kith_helper_url *ret_url,
					 struct kith_error *err);

/* True for text that is meant as a URL rather than a file: has "://", or the short form of ssh. */
bool kith_helper_url_looks(struct kith_span text);

/* True for "localhost", 127.x.y.z and "[::1]". */
bool kith_helper_url_is_loopback(const char *host);

#endif
