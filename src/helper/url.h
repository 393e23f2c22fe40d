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
	KITH_URL_HTTP, /* nobody proves who answers: see kith_helper_url_is_plain */
	KITH_URL_SSH,  /* ssh://[user@]host[:port]/path, or [user@]host:path */
	KITH_URL_GIT   /* git's own protocol, as bare as http */
};

#define KITH_MAX_URL_HOST 253

struct kith_helper_url {
	enum kith_url_scheme scheme;
	char user[64];                    /* ssh only; empty: none */
	char host[KITH_MAX_URL_HOST + 1]; /* name or IPv4 address; http and git also "[::1]" */
	unsigned port;                    /* 0: the scheme's */
	struct kith_span path;            /* of the text; with its '/', ssh short form without */
	bool scp;                         /* the short form of ssh */
};

/*
 * KITH_E_USAGE with what is wrong: another scheme or its letters in another case, a password or
 * (but for ssh) a user, an empty or strange host, blanks, control bytes, non-ASCII, quotes, '?',
 * '#', '\\', a '..' component, a component that begins with '-', more than KITH_MAX_URL bytes.
 * *ret_url borrows from text. What the scheme may be used for is up to the caller.
 */
KITH_NODISCARD int kith_helper_url_parse(struct kith_span text, struct kith_helper_url *ret_url,
					 struct kith_error *err);

/*
 * True for http and git to another machine than this: whoever is in between reads and changes what
 * is sent. For what the user names himself only, and never with a password.
 */
bool kith_helper_url_is_plain(const struct kith_helper_url *url);

/*
 * The same for the URL of a file: https (or http of a loopback address), and a query may follow.
 * ret_url->path is without it.
 */
KITH_NODISCARD int kith_helper_url_parse_file(struct kith_span text,
					      struct kith_helper_url *ret_url,
					      struct kith_error *err);
/* True for a URL that is meant as one of a file: http(s), and its last name has an extension. */
bool kith_helper_url_is_file(struct kith_span text);

/* True for text that is meant as a URL rather than a file: has "://", or the short form of ssh. */
bool kith_helper_url_looks(struct kith_span text);

/* True for "localhost", 127.x.y.z and "[::1]". */
bool kith_helper_url_is_loopback(const char *host);

#endif
