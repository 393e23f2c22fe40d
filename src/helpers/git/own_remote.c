/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An own repository and its server: cloning, fetching what is new there, pushing. Over our own
 * transports, with the user's credentials; or to a repository on this disk.
 */
#include <unistd.h>

#include "helpers/git/own.h"

struct link {
	struct own_work *w;
	struct import im;
	git_remote *remote;
	char *name, *url;
	char counterpart[256]; /* the server's branch, without "refs/heads/" */
};

static void
link_clear(struct link *k)
{
	if (k->remote)
		git_remote_disconnect(k->remote);
	git_remote_free(k->remote);
	free(k->name);
	free(k->url);
}

static bool
is_local(const char *url)
{
	return url[0] == '/';
}

/* Our strict grammar for servers; else a path of this disk. */
static int
link_to(struct link *k, const char *url, git_transport_cb *ret_transport, struct kith_error *err)
{
	struct own_work *w = k->w;
	struct kith_helper_url u;
	struct kith_span s = kith_span_str(url);
	int r;

	if (kith_span_skip(&s, "file:///"))
		url += strlen("file://");
	if (strlen(url) > KITH_MAX_URL)
		return kith_fail(err, KITH_E_USAGE, "its URL is too long");
	free(k->url);
	k->url = kith_strndup(url, strlen(url));
	if (!k->url)
		return kith_fail_nomem(err);
	snprintf(w->url, sizeof(w->url), "%s", url);
	w->limits.location = kith_span_str(k->url);
	k->im = (struct import){.request = &w->limits,
				.repo = w->repo,
				.out = w->out,
				.access = &w->access,
				.started_ms = kith_guard_now_ms()};
	*ret_transport = NULL;
	if (is_local(url))
		return KITH_OK;
	r = kith_helper_url_parse(kith_span_str(k->url), &u, err);
	if (r)
		return kith_context(err, r, "%s", url);
	if (u.scheme == KITH_URL_GIT || kith_helper_url_is_plain(&u))
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "%s: own proofs are published over https or ssh", url),
				 "git remote set-url there");
	access_clear(&w->access); /* a password is for one place only */
	r = access_read(&w->access, w->config, url, err);
	if (r)
		return r;
	*ret_transport = u.scheme == KITH_URL_SSH ? ssh_transport : http_transport;
	return KITH_OK;
}

/* --- failing, with the way out --- */

static int
link_failed(struct link *k, int rc, const char *what, struct kith_error *err)
{
	int r;

	if (k->im.why.code)
		r = kith_fail(err, k->im.why.code, "%s: %s", k->url, k->im.why.msg);
	else
		r = git_fail(err,
			     rc == GIT_ENOTFOUND && is_local(k->url) ? KITH_E_NOTFOUND : KITH_E_NET,
			     what);
	switch (k->im.status) {
	case 401:
		return kith_hint(err, r,
				 "store one with git's credential helper (git config "
				 "credential.helper), or use an ssh URL as push URL");
	case 403:
		return kith_hint(err, r, "you may not write there: is it your repository?");
	case 404:
		return kith_hint(err, r, "create the repository at the server first");
	default:
		return r;
	}
}

static int
refuse_credentials(git_credential **out, const char *url, const char *user, unsigned allowed,
		   void *import)
{
	struct import *im = import;

	(void)out;
	(void)url;
	(void)user;
	(void)allowed;
	return kith_fail(&im->why, KITH_E_NET, "it asks for a password");
}

static int
connect_link(struct link *k, git_transport_cb transport, struct kith_error *err)
{
	git_remote_connect_options o;
	int rc;

	git_remote_connect_options_init(&o, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	o.callbacks.transport = transport;
	o.callbacks.credentials = refuse_credentials;
	o.callbacks.payload = &k->im;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	rc = git_remote_connect_ext(k->remote, GIT_DIRECTION_FETCH, &o);
	return rc ? link_failed(k, rc, "it cannot be reached", err) : KITH_OK;
}

/* --- what the server has --- */

static bool
find_ref(struct link *k, const char *name, git_oid *ret)
{
	const git_remote_head **heads = NULL;
	size_t n = 0, i;

	if (git_remote_ls(&heads, &n, k->remote))
		return false;
	for (i = 0; i < n; i++) {
		if (strcmp(heads[i]->name, name) == 0) {
			git_oid_cpy(ret, &heads[i]->oid);
			return true;
		}
	}
	return false;
}

static bool
find_branch(struct link *k, const char *branch, git_oid *ret)
{
	char name[300];

	snprintf(name, sizeof(name), "refs/heads/%s", branch);
	return find_ref(k, name, ret);
}

/* The branch that the server's HEAD names: what everybody who fetches will read. */
static bool
default_branch(struct link *k, char *out, size_t size)
{
	git_buf b = {NULL, 0, 0};
	struct kith_span s;
	bool ok = git_remote_default_branch(&b, k->remote) == 0;

	s = kith_span(b.ptr, b.size);
	ok = ok && kith_span_skip(&s, "refs/heads/") && s.len < size;
	if (ok) {
		memcpy(out, s.ptr, s.len);
		out[s.len] = '\0';
	}
	git_buf_dispose(&b);
	return ok;
}

static int
download(struct link *k, git_transport_cb transport, const char *branch, struct kith_error *err)
{
	KITH_AUTO_FREE char *spec = kith_asprintf("+refs/heads/%s:refs/kith/incoming", branch);
	git_fetch_options o;
	git_strarray list = {&spec, 1};
	int rc;

	if (!spec)
		return kith_fail_nomem(err);
	git_fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);
	o.callbacks.transport = transport;
	o.callbacks.credentials = refuse_credentials;
	o.callbacks.transfer_progress = import_progress;
	o.callbacks.payload = &k->im;
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	o.update_fetchhead = 0;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	rc = git_remote_download(k->remote, &list, &o);
	return rc ? link_failed(k, rc, "it cannot be fetched", err) : KITH_OK;
}

struct tracked {
	struct link *link;
	const git_oid *id;
	bool upstream;
};

static int set_upstream(struct own_work *w, const char *remote, const char *branch,
			struct kith_error *err);

static int
note_tracked(struct own_work *w, void *ctx, struct kith_error *err)
{
	const struct tracked *t = ctx;
	const struct link *k = t->link;
	KITH_AUTO_FREE char *name = kith_asprintf("refs/remotes/%s/%s", k->name, k->counterpart);
	git_reference *ref = NULL;

	if (!name)
		return kith_fail_nomem(err);
	if (git_reference_create(&ref, w->repo, name, t->id, 1, "kith: fetch"))
		return git_fail(err, KITH_E_IO, "the server's branch cannot be noted");
	git_reference_free(ref);
	return t->upstream ? set_upstream(w, k->name, k->counterpart, err) : KITH_OK;
}

/* Notes where the server's branch is, and with `upstream` that it is ours' counterpart. */
static int
track(struct link *k, const git_oid *id, bool upstream, struct kith_error *err)
{
	struct tracked t = {k, id, upstream};

	return own_alone(k->w, note_tracked, &t, err);
}

/* --- which remote, which branch --- */

static int
no_remote(struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_USAGE, "the proof repository has no remote"),
			 "git remote add origin URL there");
}

static int
choose_remote(struct link *k, struct kith_error *err)
{
	KITH_AUTO_FREE char *key = kith_asprintf("branch.%s.remote", k->w->branch);
	git_strarray all = {NULL, 0};
	int r;

	if (!key)
		return kith_fail_nomem(err);
	r = own_config(k->w, key, &k->name, err);
	if (r)
		return r;
	if (!k->name && git_remote_list(&all, k->w->repo) == 0) {
		size_t i, pick = all.count == 1 ? 0 : all.count;

		for (i = 0; i < all.count; i++)
			pick = strcmp(all.strings[i], "origin") == 0 ? i : pick;
		if (pick < all.count)
			k->name = kith_strndup(all.strings[pick], strlen(all.strings[pick]));
		git_strarray_dispose(&all);
	}
	if (!k->name || git_remote_lookup(&k->remote, k->w->repo, k->name))
		return no_remote(err);
	return git_remote_url(k->remote) ? KITH_OK : no_remote(err);
}

/* The configured upstream; else the branch of the same name; else the server's default. */
static int
choose_counterpart(struct link *k, git_oid *ret_id, bool *ret_found, struct kith_error *err)
{
	KITH_AUTO_FREE char *key = kith_asprintf("branch.%s.merge", k->w->branch);
	KITH_AUTO_FREE char *merge = NULL;
	struct kith_span s;
	int r;

	if (!key)
		return kith_fail_nomem(err);
	r = own_config(k->w, key, &merge, err);
	if (r)
		return r;
	s = kith_span_str(merge);
	if (merge && kith_span_skip(&s, "refs/heads/") && s.len < sizeof(k->counterpart)) {
		memcpy(k->counterpart, s.ptr, s.len);
		k->counterpart[s.len] = '\0';
		*ret_found = find_branch(k, k->counterpart, ret_id);
		return KITH_OK;
	}
	snprintf(k->counterpart, sizeof(k->counterpart), "%s", k->w->branch);
	*ret_found = find_branch(k, k->counterpart, ret_id);
	if (!*ret_found && default_branch(k, k->counterpart, sizeof(k->counterpart)))
		*ret_found = find_branch(k, k->counterpart, ret_id);
	return KITH_OK;
}

static int
set_upstream(struct own_work *w, const char *remote, const char *branch, struct kith_error *err)
{
	KITH_AUTO_FREE char *a = kith_asprintf("branch.%s.remote", w->branch);
	KITH_AUTO_FREE char *b = kith_asprintf("branch.%s.merge", w->branch);
	KITH_AUTO_FREE char *full = kith_asprintf("refs/heads/%s", branch);
	git_config *local = NULL;
	int r;

	if (!a || !b || !full)
		return kith_fail_nomem(err);
	r = git_config_open_level(&local, w->config, GIT_CONFIG_LEVEL_LOCAL);
	if (!r)
		r = git_config_set_string(local, a, remote);
	if (!r)
		r = git_config_set_string(local, b, full);
	git_config_free(local);
	return r ? git_fail(err, KITH_E_IO, "its upstream cannot be noted") : KITH_OK;
}

/* --- cloning --- */

static int
start_branch(struct link *k, const git_oid *id, struct kith_error *err)
{
	struct own_work *w = k->w;
	git_reference *ref = NULL;
	char name[300];
	git_checkout_options o;
	int r;

	snprintf(name, sizeof(name), "refs/heads/%s", k->counterpart);
	snprintf(w->branch, sizeof(w->branch), "%s", k->counterpart);
	r = git_reference_create(&ref, w->repo, name, id, 0, "kith: clone");
	git_reference_free(ref);
	if (!r)
		r = git_repository_set_head(w->repo, name);
	git_checkout_options_init(&o, GIT_CHECKOUT_OPTIONS_VERSION);
	o.checkout_strategy = GIT_CHECKOUT_FORCE;
	if (!r)
		r = git_checkout_head(w->repo, &o);
	if (r)
		return git_fail(err, KITH_E_IO, "its work tree cannot be written");
	return set_upstream(w, k->name, k->counterpart, err);
}

int
own_clone(struct own_work *w, struct kith_error *err)
{
	KITH_CLEANUP(link_clear) struct link k = {.w = w};
	git_transport_cb transport;
	git_oid head;
	int r;

	r = own_init(w, err);
	if (r)
		return r;
	git_config_free(w->config);
	w->config = NULL;
	if (git_repository_config(&w->config, w->repo))
		return git_fail(err, KITH_E_IO, "its configuration cannot be read");
	k.name = kith_strndup("origin", 6);
	if (!k.name)
		return kith_fail_nomem(err);
	if (git_remote_lookup(&k.remote, w->repo, "origin"))
		return git_fail(err, KITH_E_IO, "its origin is not there");
	r = link_to(&k, git_remote_url(k.remote), &transport, err);
	if (!r)
		r = connect_link(&k, transport, err);
	if (r)
		return r;
	if (!default_branch(&k, k.counterpart, sizeof(k.counterpart)) ||
	    !find_branch(&k, k.counterpart, &head)) {
		w->outcome = KITH_OWN_NO_REMOTE_BRANCH;
		return KITH_OK;
	}
	r = download(&k, transport, k.counterpart, err);
	if (!r)
		r = track(&k, &head, false, err);
	return r ? r : start_branch(&k, &head, err);
}

/* --- what publishing would do --- */

static int
compare(struct link *k, const git_oid *remote, struct kith_error *err)
{
	struct own_work *w = k->w;
	git_oid local, merged;
	int r;

	git_oid_tostr(w->remote_head, sizeof(w->remote_head), remote);
	git_oid_tostr(w->to, sizeof(w->to), remote);
	if (!own_head(w, &local)) {
		w->outcome = KITH_OWN_BEHIND;
		return KITH_OK;
	}
	if (git_graph_ahead_behind(&w->ahead, &w->behind, w->repo, &local, remote))
		return git_fail(err, KITH_E_FORMAT, "its history cannot be read");
	if (!w->behind) {
		w->outcome = w->ahead ? KITH_OWN_AHEAD : KITH_OWN_SAME;
		w->to[0] = '\0';
		return KITH_OK;
	}
	if (!w->ahead) {
		w->outcome = KITH_OWN_BEHIND;
		return KITH_OK;
	}
	r = own_rebase(w, &local, remote, &merged, err);
	if (r)
		return r;
	git_oid_tostr(w->to, sizeof(w->to), &merged);
	w->outcome = KITH_OWN_DIVERGED;
	return KITH_OK;
}

int
own_sync(struct own_work *w, struct kith_error *err)
{
	KITH_CLEANUP(link_clear) struct link k = {.w = w};
	git_transport_cb transport;
	git_oid remote;
	bool found = false;
	int r;

	r = choose_remote(&k, err);
	if (!r)
		r = link_to(&k, git_remote_url(k.remote), &transport, err);
	if (!r)
		r = connect_link(&k, transport, err);
	if (!r)
		r = choose_counterpart(&k, &remote, &found, err);
	if (r)
		return r;
	if (!found) {
		w->outcome = KITH_OWN_NO_REMOTE_BRANCH;
		return KITH_OK;
	}
	r = download(&k, transport, k.counterpart, err);
	if (!r)
		r = track(&k, &remote, false, err);
	return r ? r : compare(&k, &remote, err);
}

/* --- pushing --- */

static int
take_report(const char *ref, const char *status, void *import)
{
	struct import *im = import;

	(void)ref;
	if (status)
		snprintf(im->refused, sizeof(im->refused), "%s", status);
	return 0;
}

/* What the server's hooks say; only the beginning is kept. */
static int
take_words(const char *text, int len, void *import)
{
	struct import *im = import;
	size_t have = strlen(im->said), n = len > 0 ? (size_t)len : 0;

	n = n < sizeof(im->said) - 1 - have ? n : sizeof(im->said) - 1 - have;
	memcpy(im->said + have, text, n);
	im->said[have + n] = '\0';
	return 0;
}

static const char *
last_line(char *said)
{
	size_t n = strlen(said);
	char *line;

	while (n && (said[n - 1] == '\n' || said[n - 1] == '\r' || said[n - 1] == ' '))
		said[--n] = '\0';
	line = strrchr(said, '\n');
	return line ? line + 1 : said;
}

static int
refused(struct link *k, struct kith_error *err)
{
	const char *words = last_line(k->im.said);
	bool moved = strstr(k->im.refused, "fast-forward") || strstr(k->im.refused, "fetch first");

	return kith_fail(err, moved ? KITH_E_EXISTS : KITH_E_NET, "%s refused it: %s%s%s", k->url,
			 k->im.refused, *words ? ": " : "", words);
}

static int
push(struct link *k, git_transport_cb transport, struct kith_error *err)
{
	KITH_AUTO_FREE char *spec =
	    kith_asprintf("refs/heads/%s:refs/heads/%s", k->w->branch, k->counterpart);
	git_strarray list = {&spec, 1};
	git_push_options o;
	int rc;

	if (!spec)
		return kith_fail_nomem(err);
	git_push_options_init(&o, GIT_PUSH_OPTIONS_VERSION);
	o.callbacks.transport = transport;
	o.callbacks.credentials = refuse_credentials;
	o.callbacks.push_update_reference = take_report;
	o.callbacks.sideband_progress = take_words;
	o.callbacks.payload = &k->im;
	/* not git_remote_push: that would write references on the way */
	rc = git_remote_upload(k->remote, &list, &o);
	if (rc == GIT_ENONFASTFORWARD)
		return kith_fail(err, KITH_E_EXISTS, "%s has moved on meanwhile", k->url);
	if (rc)
		return link_failed(k, rc, "it cannot be pushed", err);
	return k->im.refused[0] ? refused(k, err) : KITH_OK;
}

/* A branch that the server's HEAD does not name is read by nobody. */
static void
check_default(struct link *k, git_transport_cb transport)
{
	char branch[256];
	git_oid head;

	git_remote_disconnect(k->remote);
	if (connect_link(k, transport, NULL))
		return;
	if (find_ref(k, "HEAD", &head) &&
	    (!default_branch(k, branch, sizeof(branch)) || strcmp(branch, k->counterpart) == 0))
		return;
	snprintf(k->w->warning, sizeof(k->w->warning),
		 "the server's default branch is not '%s': make it the default there, or those who "
		 "fetch will not see your proofs",
		 k->counterpart);
}

int
own_push(struct own_work *w, struct kith_error *err)
{
	KITH_CLEANUP(link_clear) struct link k = {.w = w};
	git_transport_cb transport;
	git_oid remote, head;
	char hex[KITH_GIT_HEX + 1];
	bool found = false;
	int r;

	if (!own_head(w, &head))
		return kith_fail(err, KITH_E_USAGE, "there is nothing to publish");
	git_oid_tostr(hex, sizeof(hex), &head);
	if (!kith_span_is(w->o->from, hex))
		return kith_fail(err, KITH_E_EXISTS, "its branch has moved meanwhile");
	r = choose_remote(&k, err);
	if (!r)
		r = link_to(&k, git_remote_url(k.remote), &transport, err);
	if (!r)
		r = connect_link(&k, transport, err);
	if (!r)
		r = choose_counterpart(&k, &remote, &found, err);
	if (r)
		return r;
	git_remote_disconnect(k.remote);
	if (git_remote_pushurl(k.remote))
		r = link_to(&k, git_remote_pushurl(k.remote), &transport, err);
	if (!r)
		r = push(&k, transport, err);
	if (r)
		return r;
	snprintf(w->remote_head, sizeof(w->remote_head), "%s", hex);
	r = track(&k, &head, true, err);
	if (!r && !found)
		check_default(&k, transport);
	return r;
}
