/* SPDX-License-Identifier: Apache-2.0 */
/* URLs of repositories, strictly: what is not plainly right is refused. */
#include "helper/url.h"

static bool
is_alnum(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static int
bad(struct kith_error *err, struct kith_span text, const char *why)
{
	return kith_fail(err, KITH_E_USAGE, "%.*s: %s", KITH_SPAN_FMT(text), why);
}

/* Dotted names of letters, digits, '-' and '_'; no empty part, no '-' at either end of a part. */
static bool
is_host(struct kith_span h)
{
	struct kith_span rest = h, part;
	size_t i;

	if (h.len == 0 || h.len > KITH_MAX_URL_HOST)
		return false;
	while (kith_span_next(&rest, '.', &part)) {
		if (!part.len || part.len > 63 || part.ptr[0] == '-' ||
		    part.ptr[part.len - 1] == '-')
			return false;
		for (i = 0; i < part.len; i++)
			if (!is_alnum(part.ptr[i]) && part.ptr[i] != '-' && part.ptr[i] != '_')
				return false;
	}
	return h.ptr[h.len - 1] != '.';
}

static bool
is_user(struct kith_span u)
{
	size_t i;

	if (!u.len || u.len >= sizeof(((struct kith_helper_url *)0)->user) || u.ptr[0] == '-')
		return false;
	for (i = 0; i < u.len; i++)
		if (!is_alnum(u.ptr[i]) && !strchr("-_.", u.ptr[i]))
			return false;
	return true;
}

static bool
hex_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* %XX: an escaped control byte, '.' or '/' would be another path in disguise. */
static bool
is_escape(struct kith_span s)
{
	if (s.len < 3 || !hex_digit(s.ptr[1]) || !hex_digit(s.ptr[2]) || s.ptr[1] < '2')
		return false;
	if (s.ptr[1] == '2')
		return !strchr("eEfF", s.ptr[2]);
	return s.ptr[1] != '7' || !strchr("fF", s.ptr[2]);
}

static bool
is_component(struct kith_span part)
{
	size_t i;

	if (kith_span_is(part, "..") || kith_span_is(part, ".") || (part.len && part.ptr[0] == '-'))
		return false;
	for (i = 0; i < part.len; i++) {
		if (part.ptr[i] == '%') {
			if (!is_escape(kith_span_sub(part, i, SIZE_MAX)))
				return false;
			i += 2;
		} else if (!is_alnum(part.ptr[i]) && !strchr("-._~+@:,=!$&()*;", part.ptr[i])) {
			return false;
		}
	}
	return true;
}

static bool
is_path(struct kith_span path)
{
	struct kith_span part;
	bool any = false;

	while (kith_span_next(&path, '/', &part)) {
		if (!is_component(part))
			return false;
		any |= part.len > 0;
	}
	return any;
}

bool
kith_helper_url_is_loopback(const char *host)
{
	struct kith_span h = kith_span_str(host), part;
	uint64_t v;
	unsigned n = 0;

	if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	while (kith_span_next(&h, '.', &part)) {
		/* one form only: no leading zero, which some read as octal */
		if (!kith_span_u64(part, &v) || v > 255 || (part.len > 1 && part.ptr[0] == '0') ||
		    (n == 0 && v != 127))
			return false;
		n++;
	}
	return n == 4;
}

static int
parse_host_port(struct kith_span text, struct kith_span authority, struct kith_helper_url *u,
		struct kith_error *err)
{
	struct kith_span host = authority, port = KITH_SPAN_NONE;
	size_t colon;
	uint64_t v = 0;

	if (kith_span_starts(authority, KITH_SPAN_LIT("[::1]"))) {
		host = kith_span_sub(authority, 0, 5);
		port = kith_span_sub(authority, 5, SIZE_MAX);
	} else {
		colon = kith_span_find(authority, 0, ':');
		host = kith_span_sub(authority, 0, colon);
		port = kith_span_sub(authority, colon, SIZE_MAX);
		if (!is_host(host))
			return bad(err, text, "not a host name");
	}
	if (port.len) {
		if (!kith_span_skip(&port, ":") || !kith_span_u64(port, &v) || v == 0 || v > 65535)
			return bad(err, text, "not a port number");
	}
	memcpy(u->host, host.ptr, host.len);
	u->host[host.len] = '\0';
	u->port = (unsigned)v;
	return KITH_OK;
}

static int
parse_user(struct kith_span text, struct kith_span *authority, struct kith_helper_url *u,
	   struct kith_error *err)
{
	size_t at = kith_span_find(*authority, 0, '@');
	struct kith_span user = kith_span_sub(*authority, 0, at);

	if (at == authority->len)
		return KITH_OK;
	if (u->scheme != KITH_URL_SSH)
		return bad(err, text, "a user or password in a URL is not accepted");
	if (!is_user(user))
		return bad(err, text, "not a user name");
	memcpy(u->user, user.ptr, user.len);
	u->user[user.len] = '\0';
	*authority = kith_span_sub(*authority, at + 1, SIZE_MAX);
	return KITH_OK;
}

static int
parse_rest(struct kith_span text, struct kith_span rest, struct kith_helper_url *u,
	   struct kith_error *err)
{
	size_t end = kith_span_find(rest, 0, u->scp ? ':' : '/');
	struct kith_span authority = kith_span_sub(rest, 0, end);
	int r;

	u->path = kith_span_sub(rest, u->scp ? end + 1 : end, SIZE_MAX);
	r = parse_user(text, &authority, u, err);
	if (!r)
		r = parse_host_port(text, authority, u, err);
	if (r)
		return r;
	if ((u->scheme == KITH_URL_HTTPS || u->scheme == KITH_URL_SSH) && u->host[0] == '[')
		return bad(err, text, "not a host name");
	if (!is_path(u->path))
		return bad(err, text, "not the path of a repository");
	return KITH_OK;
}

bool
kith_helper_url_is_plain(const struct kith_helper_url *url)
{
	return (url->scheme == KITH_URL_HTTP || url->scheme == KITH_URL_GIT) &&
	       !kith_helper_url_is_loopback(url->host);
}

/* A slip of the pen, or git's own words for other transports, are no hosts. */
static bool
is_scheme(struct kith_span s)
{
	static const char *const schemes[] = {"https", "http", "ssh", "git", "file",
					      "ftp",   "ftps", "ext", "fd"};
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (kith_span_is(s, schemes[i]))
			return true;
	return false;
}

/* [user@]host:path, and no '/' before the colon (that would be a file's name). */
static bool
is_scp(struct kith_span text)
{
	size_t colon = kith_span_find(text, 0, ':');

	return !is_scheme(kith_span_sub(text, 0, colon)) && colon > 1 && colon < text.len &&
	       colon < kith_span_find(text, 0, '/') && text.ptr[0] != '.' && text.ptr[0] != '~';
}

bool
kith_helper_url_looks(struct kith_span text)
{
	size_t colon = kith_span_find(text, 0, ':');

	return kith_span_starts(kith_span_sub(text, colon, SIZE_MAX), KITH_SPAN_LIT("://")) ||
	       is_scp(text);
}

int
kith_helper_url_parse(struct kith_span text, struct kith_helper_url *ret_url,
		      struct kith_error *err)
{
	struct kith_helper_url u = {.scheme = KITH_URL_HTTPS};
	struct kith_span rest = text;
	int r;

	if (text.len > KITH_MAX_URL)
		return kith_fail(err, KITH_E_USAGE, "a URL of more than %d bytes", KITH_MAX_URL);
	if (text.len && memchr(text.ptr, 0, text.len))
		return bad(err, text, "a URL with a NUL in it");
	if (kith_span_skip(&rest, "https://"))
		u.scheme = KITH_URL_HTTPS;
	else if (kith_span_skip(&rest, "http://"))
		u.scheme = KITH_URL_HTTP;
	else if (kith_span_skip(&rest, "ssh://"))
		u.scheme = KITH_URL_SSH;
	else if (kith_span_skip(&rest, "git://"))
		u.scheme = KITH_URL_GIT;
	else if (kith_helper_url_looks(text) && is_scp(text) &&
		 !kith_span_starts(kith_span_sub(text, kith_span_find(text, 0, ':'), SIZE_MAX),
				   KITH_SPAN_LIT("://"))) {
		u.scheme = KITH_URL_SSH;
		u.scp = true;
	} else {
		return bad(err, text, "only https, ssh, http, git and file URLs are accepted");
	}
	r = parse_rest(text, rest, &u, err);
	if (!r)
		*ret_url = u;
	return r;
}

static bool
is_query(struct kith_span q)
{
	size_t i;

	for (i = 0; i < q.len; i++) {
		if (q.ptr[i] == '%') {
			if (q.len - i < 3 || !hex_digit(q.ptr[i + 1]) || !hex_digit(q.ptr[i + 2]) ||
			    q.ptr[i + 1] < '2')
				return false;
			i += 2;
		} else if (!is_alnum(q.ptr[i]) && !strchr("-._~+@:,=&;/", q.ptr[i])) {
			return false;
		}
	}
	return true;
}

int
kith_helper_url_parse_file(struct kith_span text, struct kith_helper_url *ret_url,
			   struct kith_error *err)
{
	size_t mark = kith_span_find(text, 0, '?');
	struct kith_helper_url u;
	int r;

	if (text.len > KITH_MAX_URL)
		return kith_fail(err, KITH_E_USAGE, "a URL of more than %d bytes", KITH_MAX_URL);
	r = kith_helper_url_parse(kith_span_sub(text, 0, mark), &u, err);
	if (r)
		return r;
	if (u.scheme != KITH_URL_HTTPS && u.scheme != KITH_URL_HTTP)
		return bad(err, text, "a single file comes over https only");
	if (!is_query(kith_span_sub(text, mark + 1, SIZE_MAX)))
		return bad(err, text, "not the query of a URL");
	*ret_url = u;
	return KITH_OK;
}

bool
kith_helper_url_is_file(struct kith_span text)
{
	static const char *const extensions[] = {".toml", ".lock", ".json", ".zip"};
	struct kith_span rest = text, path, name;
	size_t i;

	if (!kith_span_skip(&rest, "https://") && !kith_span_skip(&rest, "http://"))
		return false;
	path = kith_span_sub(rest, 0, kith_span_find(rest, 0, '?'));
	if (kith_span_find(path, 0, '/') == path.len)
		return false;
	for (name = path, i = path.len; i && path.ptr[i - 1] != '/'; i--)
		name = kith_span_sub(path, i - 1, SIZE_MAX);
	for (i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (name.len > strlen(extensions[i]) &&
		    kith_span_ends(name, kith_span_str(extensions[i])))
			return true;
	return false;
}
