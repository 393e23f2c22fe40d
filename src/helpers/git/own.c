/* SPDX-License-Identifier: Apache-2.0 */
/* One piece of work on an own repository, and what is common to all of them. */
#include <unistd.h>

#include "helpers/git/own.h"

#define OWN_MAX_BYTES KITH_MIB(1024)
#define OWN_IDLE_S    30

int
own_config(struct own_work *w, const char *key, char **ret, struct kith_error *err)
{
	git_buf b = {NULL, 0, 0};
	char *copy;
	int r = git_config_get_string_buf(&b, w->config, key);

	if (r == GIT_ENOTFOUND)
		return KITH_OK;
	if (r)
		return git_fail(err, KITH_E_USAGE, key);
	copy = kith_strndup(b.ptr, b.size);
	git_buf_dispose(&b);
	if (!copy)
		return kith_fail_nomem(err);
	free(*ret);
	*ret = copy;
	return KITH_OK;
}

int
own_signature(struct own_work *w, git_signature **ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *name = NULL;
	KITH_AUTO_FREE char *mail = NULL;
	int r;

	r = own_config(w, "user.name", &name, err);
	if (!r)
		r = own_config(w, "user.email", &mail, err);
	if (r)
		return r;
	if (name && mail && git_signature_new(ret, name, mail, w->o->now, w->o->offset) == 0)
		return KITH_OK;
	if (git_signature_new(ret, "unconfigured", "nobody@crev.dev", w->o->now, w->o->offset))
		return git_fail(err, KITH_E_INTERNAL, "no name for the commit");
	return KITH_OK;
}

bool
own_head(struct own_work *w, git_oid *ret)
{
	return git_reference_name_to_id(ret, w->repo, "HEAD") == 0;
}

static int
in_the_middle(int state, struct kith_error *err)
{
	static const char *const words[] = {
	    "", "a merge", "a revert", "a revert", "a cherry-pick", "a cherry-pick", "a bisection"};
	const char *word = state > 0 && state < 7 ? words[state] : "a rebase";

	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "the proof repository is in the middle of %s", word),
	    "finish or abort it there with git, then try again");
}

static int
find_branch(struct own_work *w, struct kith_error *err)
{
	git_reference *head = NULL;
	const char *name;
	struct kith_span s;
	int r = KITH_OK;

	if (git_reference_lookup(&head, w->repo, "HEAD"))
		return git_fail(err, KITH_E_FORMAT, "its HEAD cannot be read");
	name = git_reference_symbolic_target(head);
	s = kith_span_str(name);
	if (!name || !kith_span_skip(&s, "refs/heads/") || s.len >= sizeof(w->branch)) {
		r = kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "the proof repository's HEAD is detached"),
		    "git switch to the branch that you publish");
	} else {
		memcpy(w->branch, s.ptr, s.len);
		w->branch[s.len] = '\0';
	}
	git_reference_free(head);
	return r;
}

int
own_open_work(struct own_work *w, struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = kith_strndup(w->o->path.ptr, w->o->path.len);
	int r, state;

	if (!dir)
		return kith_fail_nomem(err);
	r = git_repository_open_ext(&w->repo, dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (r)
		return git_fail(err, KITH_E_FORMAT, "it cannot be opened");
	if (git_repository_is_bare(w->repo) || !git_repository_workdir(w->repo))
		return kith_fail(err, KITH_E_USAGE, "the proof repository is bare");
	state = git_repository_state(w->repo);
	if (state)
		return in_the_middle(state, err);
	r = access_open_config(w->repo, &w->config, err);
	return r ? r : find_branch(w, err);
}

static int
on_work_tree(struct own_work *w, int (*work)(struct own_work *, struct kith_error *),
	     struct kith_error *err)
{
	int r = own_open_work(w, err);

	return r ? r : work(w, err);
}

static int
anew(struct own_work *w, int (*work)(struct own_work *, struct kith_error *),
     struct kith_error *err)
{
	int r = access_open_config(w->repo, &w->config, err);

	return r ? r : work(w, err);
}

static int
dispatch(struct own_work *w, struct kith_error *err)
{
	switch (w->o->op) {
	case KITH_OWN_INIT:
		return anew(w, own_init, err);
	case KITH_OWN_CLONE:
		return anew(w, own_clone, err);
	case KITH_OWN_COMMIT:
		return on_work_tree(w, own_commit, err);
	case KITH_OWN_SET_URL:
		return on_work_tree(w, own_set_url, err);
	case KITH_OWN_SYNC:
		return on_work_tree(w, own_sync, err);
	case KITH_OWN_ADVANCE:
		return on_work_tree(w, own_advance, err);
	case KITH_OWN_PUSH:
		return on_work_tree(w, own_push, err);
	}
	return kith_fail(err, KITH_E_INTERNAL, "no such work");
}

static void
answer(struct own_work *w, int code, const struct kith_error *err)
{
	struct kith_git_owned a = {.id = w->o->id, .outcome = w->outcome, .code = code};
	git_oid id;

	if (w->repo && own_head(w, &id))
		git_oid_tostr(w->head, sizeof(w->head), &id);
	a.head = kith_span_str(w->head);
	a.remote = kith_span_str(w->remote_head);
	a.to = kith_span_str(w->to);
	a.ahead = (uint32_t)w->ahead;
	a.behind = (uint32_t)w->behind;
	a.url = kith_span_str(w->url);
	a.branch = kith_span_str(w->branch);
	a.message = kith_span_str(w->warning);
	if (code) {
		a.outcome = KITH_OWN_FAILED;
		a.message = kith_span_str(err->msg);
		a.hint = kith_span_str(err->hint);
	}
	kith_git_put_owned(&w->out->channel.out, &a);
}

int
own_run(const struct kith_git_own *o, struct job_out *out)
{
	struct own_work w = {.o = o, .out = out, .outcome = KITH_OWN_DONE};
	struct kith_error err = {.code = KITH_OK};
	int r;

	access_use_configuration();
	access_init(&w.access);
	w.limits = (struct kith_git_fetch){.id = o->id,
					   .kind = KITH_GIT_URL,
					   .max_bytes = OWN_MAX_BYTES,
					   .max_objects = KITH_MAX_FETCH_OBJS,
					   .max_refs = KITH_MAX_FETCH_REFS,
					   .max_redirects = KITH_MAX_FETCH_HOPS,
					   .timeout_s = KITH_OWN_TIMEOUT_S,
					   .idle_s = OWN_IDLE_S};
	git_limit_packs(&w.limits);
	r = dispatch(&w, &err);
	answer(&w, r, &err);
	git_config_free(w.config);
	git_repository_free(w.repo);
	access_clear(&w.access);
	return kith_channel_flush(&out->channel, false, &err) ? 1 : 0;
}
