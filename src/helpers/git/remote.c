/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching HEAD, and nothing else, through libgit2: from a server or a repository on this disk. */
#include "helpers/git/access.h"

static int
hint_password(const struct import *im, struct kith_error *err)
{
	if (!im->request->as_user)
		return kith_hint(err, err->code,
				 "kith source allow URL makes it yours: then your passwords count");
	return kith_hint(err, err->code,
			 "store one with git's credential helper (git config credential.helper), "
			 "or use an ssh URL");
}

/* The reason that stopped a callback is worth more than what libgit2 makes of it. */
static int
remote_failed(struct import *im, const char *what, struct kith_error *err)
{
	if (im->why.code) {
		*err = im->why;
		return im->status == 401 ? hint_password(im, err) : im->why.code;
	}
	return git_pack_fail(im->request, err, KITH_E_NET, what);
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

/* The oid that the server's HEAD names; false if it has none. */
static bool
find_head(git_remote *remote, git_oid *ret_head)
{
	const git_remote_head **heads = NULL;
	size_t n = 0, i;

	if (git_remote_ls(&heads, &n, remote))
		return false;
	for (i = 0; i < n; i++) {
		if (strcmp(heads[i]->name, "HEAD") == 0) {
			git_oid_cpy(ret_head, &heads[i]->oid);
			return true;
		}
	}
	return false;
}

static int
download(struct import *im, git_remote *remote, const git_remote_callbacks *callbacks,
	 struct kith_error *err)
{
	git_fetch_options o;
	char spec[] = "+HEAD:refs/heads/incoming", *specs[] = {spec};
	git_strarray list = {specs, 1};

	git_fetch_options_init(&o, GIT_FETCH_OPTIONS_VERSION);
	o.callbacks = *callbacks;
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	o.update_fetchhead = 0;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	o.proxy_opts.type = GIT_PROXY_NONE;
	if (git_remote_download(remote, &list, &o))
		return remote_failed(im, "it cannot be fetched", err);
	return KITH_OK;
}

static int
talk(struct import *im, git_remote *remote, git_transport_cb transport, git_oid *ret_head,
     bool *ret_none, struct kith_error *err)
{
	git_remote_connect_options o;
	git_oid have;

	git_remote_connect_options_init(&o, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	o.callbacks.transport = transport;
	o.callbacks.credentials = refuse_credentials;
	o.callbacks.transfer_progress = import_progress;
	o.callbacks.payload = im;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	o.proxy_opts.type = GIT_PROXY_NONE;
	if (git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &o))
		return remote_failed(im, "it cannot be reached", err);
	*ret_none = !find_head(remote, ret_head);
	if (*ret_none)
		return KITH_OK;
	if (mirror_head(im->repo, &have) && git_oid_equal(&have, ret_head))
		return KITH_OK;
	return download(im, remote, &o.callbacks, err);
}

int
import_remote(struct import *im, const char *url, git_transport_cb transport, git_oid *ret_head,
	      bool *ret_none, struct kith_error *err)
{
	git_remote *remote = NULL;
	int r;

	if (git_remote_create_anonymous(&remote, im->repo, url))
		return git_fail(err, KITH_E_USAGE, "it is no source of a repository");
	r = talk(im, remote, transport, ret_head, ret_none, err);
	git_remote_disconnect(remote);
	git_remote_free(remote);
	return r;
}

/* Not only the caller's to see to: what others name goes no other way than this. */
static bool
may_use(const struct kith_git_fetch *f, const struct kith_helper_url *u)
{
	return f->as_user || u->scheme == KITH_URL_HTTPS ||
	       (u->scheme == KITH_URL_HTTP && kith_helper_url_is_loopback(u->host));
}

int
import_url(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	static const git_transport_cb transports[] = {[KITH_URL_HTTPS] = http_transport,
						      [KITH_URL_HTTP] = http_transport,
						      [KITH_URL_SSH] = ssh_transport,
						      [KITH_URL_GIT] = daemon_transport};
	struct kith_span text = im->request->location;
	KITH_AUTO_FREE char *url = kith_strndup(text.ptr, text.len);
	struct kith_helper_url u;
	int r;

	if (!url)
		return kith_fail_nomem(err);
	r = kith_helper_url_parse(text, &u, err);
	if (r)
		return r;
	if (!may_use(im->request, &u))
		return kith_fail(err, KITH_E_USAGE, "others may name https URLs only");
	return import_remote(im, url, transports[u.scheme], ret_head, ret_none, err);
}

int
import_repo(struct import *im, git_oid *ret_head, bool *ret_none, struct kith_error *err)
{
	struct kith_span path = im->request->location;
	KITH_AUTO_FREE char *dir = kith_strndup(path.ptr, path.len);
	git_repository *source = NULL;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	/* says in our words what is wrong with it; libgit2 would try more than one folder */
	r = git_open(path, &source, err);
	if (r)
		return r;
	*ret_none = git_reference_name_to_id(ret_head, source, "HEAD") != 0;
	if (*ret_none) {
		git_repository_free(source);
		return KITH_OK;
	}
	r = import_remote(im, git_repository_path(source), NULL, ret_head, ret_none, err);
	git_repository_free(source);
	return r == KITH_E_NET ? kith_fail(err, KITH_E_IO, "%s", err->msg) : r;
}
