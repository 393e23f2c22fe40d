/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door to files that decide and that a change under review could have written. Behind it
 * stands the work tree, or a revision of the project's own repository; that is read by kith-git,
 * and what was asked for is kept, so that each file is read once and can be compared afterwards.
 */
#include <errno.h>
#include <kith/verify.h>
#include <unistd.h>

#include "app/trusted.h"
#include "app/trusted_repo.h"
#include "package/project.h"

#define MAX_ENTRIES ((size_t)10000)

struct entry {
	char *path, *full;
	struct kith_buf bytes;
	bool there;
	enum kith_git_skip why; /* 0: a regular file */
};

struct kith_trusted {
	struct kith_worktree tree;
	struct kith_looker looker;
	struct kith_look_commits policy, since;
	struct entry *list;
	size_t n, cap;
	struct kith_map by_path;
};

void
kith_app_trusted_clear(struct kith_session *s)
{
	kith_app_trusted_free(s->trusted);
	s->trusted = NULL;
}

void
kith_app_trusted_free(struct kith_trusted *t)
{
	size_t i;

	if (!t)
		return;
	kith_looker_clear(&t->looker);
	kith_worktree_clear(&t->tree);
	kith_map_clear(&t->by_path);
	for (i = 0; i < t->n; i++) {
		free(t->list[i].path);
		free(t->list[i].full);
		kith_buf_clear(&t->list[i].bytes);
	}
	free(t->list);
	free(t);
}

/* --- paths --- */

/* Absolute, without "." and "..": by its words alone, since a change may make links of them. */
static char *
plain_path(const char *path)
{
	KITH_AUTO_FREE char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
	KITH_AUTO_FREE char *full = path[0] == '/' ? kith_strndup(path, strlen(path))
				    : here         ? kith_fs_join(here, path)
						   : NULL;
	struct kith_span rest, part;
	size_t len = 0;
	char *out;

	if (!full || !(out = kith_calloc(strlen(full) + 2, 1)))
		return NULL;
	rest = kith_span_str(full);
	while (kith_span_next(&rest, '/', &part)) {
		if (!part.len || kith_span_is(part, "."))
			continue;
		if (kith_span_is(part, "..")) {
			while (len && out[--len] != '/')
				;
			continue;
		}
		out[len++] = '/';
		memcpy(out + len, part.ptr, part.len);
		len += part.len;
	}
	if (!len)
		out[len++] = '/';
	out[len] = '\0';
	return out;
}

/* The part below the repository's top; NULL: not in it. */
static const char *
below_top(const struct kith_trusted *t, const char *full)
{
	size_t n = strlen(t->tree.top);

	if (n == 1)
		return full[0] == '/' && full[1] ? full + 1 : NULL;
	return strncmp(full, t->tree.top, n) == 0 && full[n] == '/' && full[n + 1] ? full + n + 1
										   : NULL;
}

char *
kith_app_trusted_path(const struct kith_session *s, const char *path)
{
	KITH_AUTO_FREE char *full = plain_path(path);
	const char *rel = full && s->trusted ? below_top(s->trusted, full) : NULL;

	return rel ? kith_strndup(rel, strlen(rel)) : NULL;
}

/* --- what the revision has --- */

static int
put_bytes(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct kith_trusted *t = ctx;
	size_t i;

	if (!kith_map_get(&t->by_path, path, &i) || t->list[i].there)
		return kith_fail(err, KITH_E_HELPER, "kith-git sent what nobody asked for");
	t->list[i].there = true;
	kith_buf_put_span(&t->list[i].bytes, bytes);
	return kith_buf_check(&t->list[i].bytes, err);
}

static int
put_skip(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	struct kith_trusted *t = ctx;
	size_t i;

	if (!kith_map_get(&t->by_path, path, &i) || t->list[i].there)
		return kith_fail(err, KITH_E_HELPER, "kith-git sent what nobody asked for");
	t->list[i].there = true;
	t->list[i].why = why;
	return KITH_OK;
}

/* Takes both strings. */
static int
add_entry(struct kith_trusted *t, const char *full, const char *rel, bool *ret_new,
	  struct kith_error *err)
{
	struct entry e = {.there = false};
	int r = kith_grow(&t->list, &t->cap, t->n + 1, sizeof(e), MAX_ENTRIES, "files", err);

	*ret_new = false;
	if (r || kith_map_get(&t->by_path, kith_span_str(rel), NULL))
		return r;
	if (!kith_git_is_path(kith_span_str(rel)))
		return kith_fail(err, KITH_E_USAGE, "%s: no path that git can be asked for", full);
	kith_buf_init(&e.bytes, KITH_MAX_PROOF_FILE);
	e.path = kith_strndup(rel, strlen(rel));
	e.full = kith_strndup(full, strlen(full));
	if (!e.path || !e.full ||
	    kith_map_add(&t->by_path, kith_span_str(e.path), t->n, NULL, ret_new, NULL)) {
		free(e.path);
		free(e.full);
		return kith_fail_nomem(err);
	}
	t->list[t->n++] = e;
	return KITH_OK;
}

static int
ask(struct kith_trusted *t, size_t from, struct kith_error *err)
{
	const struct kith_look_calls calls = {put_bytes, put_skip, t};
	size_t n = t->n - from, i;
	KITH_AUTO_FREE const char **paths = kith_calloc(n + 1, sizeof(*paths));

	if (!paths)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		paths[i] = t->list[from + i].path;
	return kith_look_files(&t->looker, &t->tree, t->policy.commit, paths, n, &calls, err);
}

static int
find_entry(struct kith_trusted *t, const char *full, const char *rel, const struct entry **ret,
	   struct kith_error *err)
{
	size_t i = 0;
	bool is_new;
	int r = add_entry(t, full, rel, &is_new, err);

	if (!r && is_new)
		r = ask(t, t->n - 1, err);
	if (!r && kith_map_get(&t->by_path, kith_span_str(rel), &i))
		*ret = &t->list[i];
	return r;
}

/* --- the door --- */

static int
read_trusted(struct kith_session *s, const char *full, const char *rel, struct kith_buf *out,
	     struct kith_error *err)
{
	const struct entry *e = NULL;
	int r = find_entry(s->trusted, full, rel, &e, err);

	if (r)
		return r;
	if (!e || !e->there)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: not at %.12s", rel,
				 s->trusted->policy.commit);
	if (e->why)
		return kith_fail(err, KITH_E_FORMAT, "%s at %.12s: not read: %s", rel,
				 s->trusted->policy.commit, kith_git_skip_text(e->why));
	kith_buf_put_span(out, kith_buf_span(&e->bytes));
	return kith_buf_check(out, err);
}

int
kith_app_deciding_file(struct kith_session *s, const char *dir, const char *name, size_t max_bytes,
		       struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name), *full = NULL;
	const char *rel;

	kith_buf_init(out, max_bytes);
	if (!path)
		return kith_fail_nomem(err);
	if (!s->trusted || !s->trusted->policy.commit[0])
		return kith_fs_read(path, out, err);
	full = plain_path(path);
	if (!full)
		return kith_fail_nomem(err);
	rel = below_top(s->trusted, full);
	/* what lies outside of the repository no change to it can have written */
	return rel ? read_trusted(s, full, rel, out, err) : kith_fs_read(path, out, err);
}

int
kith_app_deciding_path(struct kith_session *s, const char *path, size_t max_bytes,
		       struct kith_buf *out, struct kith_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash && slash > path ? (size_t)(slash - path) : slash ? 1 : 0;
	KITH_AUTO_FREE char *dir = n ? kith_strndup(path, n) : kith_strndup(".", 1);

	kith_buf_init(out, max_bytes);
	if (!dir)
		return kith_fail_nomem(err);
	return kith_app_deciding_file(s, dir, slash ? slash + 1 : path, max_bytes, out, err);
}

int
kith_app_deciding_there(struct kith_session *s, const char *dir, const char *name, bool *ret_there,
			struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name), *full = NULL;
	const struct entry *e = NULL;
	const char *rel;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	if (s->trusted && s->trusted->policy.commit[0]) {
		full = plain_path(path);
		if (!full)
			return kith_fail_nomem(err);
		rel = below_top(s->trusted, full);
		if (rel) {
			r = find_entry(s->trusted, full, rel, &e, err);
			if (!r)
				*ret_there = e && e->there;
			return r;
		}
	}
	*ret_there = kith_fs_exists(path);
	return KITH_OK;
}

static int
read_in_tree(void *ctx, const char *path, struct kith_buf *out, struct kith_error *err)
{
	return kith_app_deciding_file(ctx, "", path, KITH_MAX_CONFIG, out, err);
}

void
kith_app_cargo_env(struct kith_session *s, struct kith_cargo_env *ret_env)
{
	*ret_env = (struct kith_cargo_env){
	    .home = s->home,
	    .cargo_home = s->cargo_home,
	    .read = read_in_tree,
	    .read_ctx = s,
	};
}

/* --- which revision --- */

bool
kith_app_is_lock_word(const char *word)
{
	return kith_span_ends(kith_span_str(word), KITH_SPAN_LIT(".lock")) || word[0] == '/' ||
	       strncmp(word, "./", 2) == 0 || strncmp(word, "../", 3) == 0;
}

static int
add_names(struct kith_trusted *t, const char *dir, const char *const *names, size_t n,
	  struct kith_error *err)
{
	bool is_new;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++) {
		KITH_AUTO_FREE char *full = kith_fs_join(dir, names[i]);
		const char *rel = full ? below_top(t, full) : NULL;

		if (!full)
			return kith_fail_nomem(err);
		if (rel)
			r = add_entry(t, full, rel, &is_new, err);
	}
	return r;
}

/* What is looked for in every project, in one question; the nearest folder first. */
static int
ask_usual(struct kith_trusted *t, const char *root, struct kith_error *err)
{
	static const char *const names[] = {"kith.toml", ".cargo/config", ".cargo/config.toml"};
	static const char *const at_root[] = {"kith.lock", "Cargo.toml", "supply-chain/config.toml",
					      "supply-chain/audits.toml",
					      "supply-chain/imports.lock"};
	KITH_AUTO_FREE char *dir = kith_strndup(root, strlen(root));
	size_t from = t->n;
	char *slash;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = add_names(t, dir, at_root, sizeof(at_root) / sizeof(at_root[0]), err);
	while (!r) {
		r = add_names(t, *dir ? dir : "/", names, sizeof(names) / sizeof(names[0]), err);
		slash = strrchr(dir, '/');
		if (strcmp(dir, t->tree.top) == 0 || !slash || !*dir)
			break;
		*slash = '\0';
	}
	return r ? r : ask(t, from, err);
}

static int
find_commits(struct kith_trusted *t, const struct kith_verify_options *o, struct kith_error *err)
{
	bool revision = o->since && !kith_app_is_lock_word(o->since);
	int r = KITH_OK;

	if (revision)
		r = kith_trusted_revision(&t->looker, &t->tree, "--since", o->since, true,
					  &t->since, err);
	if (!r && o->policy_from)
		r = kith_trusted_revision(&t->looker, &t->tree, "--policy-from", o->policy_from,
					  false, &t->policy, err);
	else if (!r)
		t->policy = t->since;
	return r;
}

int
kith_app_trusted_open(struct kith_session *s, const struct kith_verify_options *o, const char *root,
		      struct kith_error *err)
{
	struct kith_trusted *t;
	int r;

	kith_app_trusted_clear(s);
	if (!o->policy_from && (!o->since || kith_app_is_lock_word(o->since)))
		return KITH_OK;
	if (o->semantics != KITH_SEMANTICS_NATIVE)
		return kith_fail(err, KITH_E_USAGE,
				 "--since and --policy-from are for native semantics");
	t = kith_calloc(1, sizeof(*t));
	if (!t)
		return kith_fail_nomem(err);
	s->trusted = t;
	t->looker.libexec = s->libexec;
	kith_map_init(&t->by_path, NULL);
	r = kith_trusted_find(o->path ? o->path : ".", root, &t->looker, &t->tree, err);
	if (!r)
		r = find_commits(t, o, err);
	if (!r && t->policy.commit[0])
		r = ask_usual(t, root, err);
	if (r)
		kith_app_trusted_clear(s);
	return r;
}

const char *
kith_app_trusted_policy(const struct kith_session *s)
{
	return s->trusted ? s->trusted->policy.commit : "";
}

const char *
kith_app_trusted_tip(const struct kith_session *s)
{
	return s->trusted ? s->trusted->since.commit : "";
}

const char *
kith_app_trusted_base(const struct kith_session *s)
{
	return s->trusted ? s->trusted->since.base : "";
}

/* --- other files --- */

struct finding {
	struct kith_map by_path;
	int (*found)(void *ctx, size_t i, struct kith_span bytes, const char *why,
		     struct kith_error *err);
	void *ctx;
};

static int
found_bytes(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct finding *f = ctx;
	size_t i;

	if (!kith_map_get(&f->by_path, path, &i))
		return kith_fail(err, KITH_E_HELPER, "kith-git sent what nobody asked for");
	return f->found(f->ctx, i, bytes, NULL, err);
}

static int
found_skip(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	struct finding *f = ctx;
	size_t i;

	if (!kith_map_get(&f->by_path, path, &i))
		return kith_fail(err, KITH_E_HELPER, "kith-git sent what nobody asked for");
	return f->found(f->ctx, i, KITH_SPAN_NONE, kith_git_skip_text(why), err);
}

int
kith_app_trusted_files(struct kith_session *s, const char *commit, const char *const *paths,
		       size_t n,
		       int (*found)(void *ctx, size_t i, struct kith_span bytes, const char *why,
				    struct kith_error *err),
		       void *ctx, struct kith_error *err)
{
	struct kith_trusted *t = s->trusted;
	struct finding f = {.found = found, .ctx = ctx};
	const struct kith_look_calls calls = {found_bytes, found_skip, &f};
	KITH_AUTO_FREE const char **rel = kith_calloc(n + 1, sizeof(*rel));
	size_t i, k = 0;
	int r = KITH_OK;

	kith_map_init(&f.by_path, NULL);
	if (!rel)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++) {
		const char *below = below_top(t, paths[i]);

		if (!below || !kith_git_is_path(kith_span_str(below)))
			continue; /* it cannot be there */
		r = kith_map_add(&f.by_path, kith_span_str(below), i, NULL, NULL, err);
		rel[k++] = below;
	}
	if (!r && k)
		r = kith_look_files(&t->looker, &t->tree, commit, rel, k, &calls, err);
	kith_map_clear(&f.by_path);
	return r;
}

size_t
kith_app_trusted_count(const struct kith_session *s)
{
	return s->trusted ? s->trusted->n : 0;
}

void
kith_app_trusted_at(const struct kith_session *s, size_t i, struct kith_app_deciding *ret)
{
	const struct entry *e = &s->trusted->list[i];

	*ret = (struct kith_app_deciding){
	    .path = e->path,
	    .full = e->full,
	    .there = e->there,
	    .bytes = kith_buf_span(&e->bytes),
	    .why = e->why ? kith_git_skip_text(e->why) : NULL,
	};
}
