/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the user's git configuration for one place. */
#include "helpers/git/access.h"

void
access_init(struct user_access *a)
{
	memset(a, 0, sizeof(*a));
	a->broker = -1;
}

void
access_clear(struct user_access *a)
{
	credential_clear(a);
	kith_closep(&a->broker);
	free(a->ssh_command);
	free(a->ca_file);
	free(a->proxy);
	free(a->url);
	access_init(a);
}

void
access_use_configuration(void)
{
	const char *nosystem = getenv("GIT_CONFIG_NOSYSTEM");

	if (!nosystem || !*nosystem || strcmp(nosystem, "0") == 0)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, NULL);
	if (!getenv("GIT_CONFIG_GLOBAL")) {
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, NULL);
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, NULL);
	}
}

static void
forget_configuration(void)
{
	int level;

	for (level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
}

int
access_open_config(git_repository *repo, git_config **ret, struct kith_error *err)
{
	const char *global = getenv("GIT_CONFIG_GLOBAL");
	int r;

	r = repo ? git_repository_config(ret, repo) : git_config_open_default(ret);
	if (!r && global && *global)
		r = git_config_add_file_ondisk(*ret, global, GIT_CONFIG_LEVEL_GLOBAL, repo, 0);
	return r ? git_fail(err, KITH_E_USAGE, "git's configuration cannot be read") : KITH_OK;
}

/* --- which entries are about a URL --- */

struct parts {
	struct kith_span scheme, host, path;
};

static bool
split(struct kith_span url, struct parts *ret)
{
	size_t colon = kith_span_find(url, 0, ':'), end;
	struct kith_span rest = kith_span_sub(url, colon, SIZE_MAX), port;

	if (!kith_span_skip(&rest, "://"))
		return false;
	ret->scheme = kith_span_sub(url, 0, colon);
	end = kith_span_find(rest, 0, '/');
	ret->host = kith_span_sub(rest, 0, end);
	ret->path = kith_span_sub(rest, end, SIZE_MAX);
	while (ret->path.len && ret->path.ptr[ret->path.len - 1] == '/')
		ret->path.len--;
	port = KITH_SPAN_LIT(":443");
	if (kith_span_is(ret->scheme, "http"))
		port = KITH_SPAN_LIT(":80");
	if (kith_span_ends(ret->host, port))
		ret->host.len -= port.len;
	return true;
}

/* Label by label; '*' stands for one. */
static bool
host_matches(struct kith_span pattern, struct kith_span host)
{
	struct kith_span a, b;
	bool more_a, more_b;

	for (;;) {
		more_a = kith_span_next(&pattern, '.', &a);
		more_b = kith_span_next(&host, '.', &b);
		if (more_a != more_b || !more_a)
			return more_a == more_b;
		if (!kith_span_is(a, "*") &&
		    (a.len != b.len ||
		     strncasecmp((const char *)a.ptr, (const char *)b.ptr, a.len) != 0))
			return false;
	}
}

/* 0: it is not about this URL. The more exactly it names it, the more it counts. */
static size_t
weight(struct kith_span pattern, const struct parts *url)
{
	struct parts p;

	if (!split(pattern, &p) || !kith_span_eq(p.scheme, url->scheme) ||
	    !host_matches(p.host, url->host) || !kith_span_starts(url->path, p.path) ||
	    (url->path.len > p.path.len && url->path.ptr[p.path.len] != '/'))
		return 0;
	return 2 + 2 * p.path.len + !memchr(p.host.ptr, '*', p.host.len);
}

/* --- taking them in --- */

enum key { KEY_PROXY, KEY_CA_FILE, KEY_COUNT };

struct reading {
	struct user_access *a;
	struct kith_span url;
	struct parts parts;
	bool has_parts;
	size_t weight[KEY_COUNT];
	size_t replaced; /* length of the longest insteadOf that is a prefix */
};

static int
set(char **field, const char *value)
{
	char *copy = kith_strndup(value, strlen(value));

	free(*field);
	*field = copy;
	return copy ? KITH_OK : KITH_E_NOMEM;
}

static int
take_http(struct reading *rd, enum key key, char **field, struct kith_span of, const char *value)
{
	size_t w = 1;

	if (of.len)
		w = rd->has_parts ? weight(of, &rd->parts) : 0;
	if (!w || w < rd->weight[key])
		return KITH_OK;
	rd->weight[key] = w;
	return set(field, value);
}

static int
take_instead(struct reading *rd, struct kith_span base, struct kith_span prefix)
{
	char *url;

	if (!prefix.len || prefix.len <= rd->replaced || !kith_span_starts(rd->url, prefix))
		return KITH_OK;
	url = kith_asprintf("%.*s%.*s", KITH_SPAN_FMT(base),
			    KITH_SPAN_FMT(kith_span_sub(rd->url, prefix.len, SIZE_MAX)));
	free(rd->a->url);
	rd->a->url = url;
	rd->replaced = prefix.len;
	return url ? KITH_OK : KITH_E_NOMEM;
}

/* "http.proxy" or "http.URL.proxy": what is before the key's name, without its dot. */
static bool
is_key(struct kith_span *of, const char *key)
{
	size_t len = strlen(key);

	if (kith_span_is(*of, key)) {
		of->len = 0;
		return true;
	}
	if (!kith_span_ends(*of, kith_span_str(key)) || of->ptr[of->len - len - 1] != '.')
		return false;
	of->len -= len + 1;
	return true;
}

/* Names come as git writes them in lists: section and key in small letters. */
static int
take_entry(struct reading *rd, const char *name, const char *value)
{
	struct kith_span of = kith_span_str(name);

	if (kith_span_is(of, "core.sshcommand"))
		return set(&rd->a->ssh_command, value);
	if (kith_span_skip(&of, "credential.") && is_key(&of, "helper")) {
		rd->a->has_helper = rd->a->has_helper || *value;
		return KITH_OK;
	}
	if (kith_span_skip(&of, "url.") && is_key(&of, "insteadof"))
		return take_instead(rd, of, kith_span_str(value));
	if (!kith_span_skip(&of, "http."))
		return KITH_OK;
	if (is_key(&of, "proxy"))
		return take_http(rd, KEY_PROXY, &rd->a->proxy, of, value);
	if (is_key(&of, "sslcainfo"))
		return take_http(rd, KEY_CA_FILE, &rd->a->ca_file, of, value);
	return KITH_OK;
}

static int
read_entries(struct reading *rd, git_config *config, struct kith_error *err)
{
	git_config_iterator *it = NULL;
	git_config_entry *e;
	int r = 0;

	if (git_config_iterator_new(&it, config))
		return git_fail(err, KITH_E_USAGE, "git's configuration cannot be read");
	while (!r && git_config_next(&e, it) == 0)
		r = take_entry(rd, e->name, e->value ? e->value : "");
	git_config_iterator_free(it);
	return r ? kith_fail_nomem(err) : KITH_OK;
}

/* "~/x" is below the home folder. */
static int
expand_home(char **path)
{
	const char *home = getenv("HOME");
	char *full;

	if (!*path || strncmp(*path, "~/", 2) != 0 || !home)
		return KITH_OK;
	full = kith_fs_join(home, *path + 2);
	free(*path);
	*path = full;
	return full ? KITH_OK : KITH_E_NOMEM;
}

int
access_read(struct user_access *a, git_config *config, const char *url, struct kith_error *err)
{
	struct reading rd = {.a = a, .url = kith_span_str(url)};
	const char *ca = getenv("GIT_SSL_CAINFO");
	int r;

	rd.has_parts = split(rd.url, &rd.parts);
	r = read_entries(&rd, config, err);
	if (!r && ca && *ca && set(&a->ca_file, ca))
		r = kith_fail_nomem(err);
	if (!r && expand_home(&a->ca_file))
		r = kith_fail_nomem(err);
	return r;
}

int
access_prepare(struct user_access *a, const char *url, struct kith_error *err)
{
	git_config *config = NULL;
	KITH_AUTO_FREE char *own = NULL;
	int r;

	access_use_configuration();
	r = access_open_config(NULL, &config, err);
	if (!r)
		r = access_read(a, config, url, err);
	if (!r &&
	    a->url) { /* what the other name says about itself; one replacement, as git does */
		own = kith_steal(&a->url);
		access_clear(a);
		r = access_read(a, config, own, err);
		free(a->url);
		a->url = kith_steal(&own);
	}
	git_config_free(config);
	forget_configuration();
	return r;
}
