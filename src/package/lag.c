/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a lock file is older than its manifests, told by what they say and never by times of
 * files, which a clone makes equal; and which other lock files lie where they can be taken for it.
 * Where the lock does not tell unambiguously what a member needs, nothing is said.
 */
#include <stdlib.h>

#include "package/lag.h"
#include "version/version.h"

#define LOCK_NAME "Cargo.lock"

/* Lock files by the names that their tools give them. */
static const struct {
	const char *name;
	enum kith_ecosystem eco;
} names[] = {
    {LOCK_NAME, KITH_ECO_CARGO},
    {"package-lock.json", KITH_ECO_NPM},
    {"npm-shrinkwrap.json", KITH_ECO_NPM},
    {"yarn.lock", KITH_ECO_NPM},
    {"pnpm-lock.yaml", KITH_ECO_NPM},
    {"bun.lock", KITH_ECO_NPM},
    {"bun.lockb", KITH_ECO_NPM},
    {"poetry.lock", KITH_ECO_PYPI},
    {"Pipfile.lock", KITH_ECO_PYPI},
    {"pdm.lock", KITH_ECO_PYPI},
    {"uv.lock", KITH_ECO_PYPI},
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

/* A lock file of another name is looked at on its own: an old one, one of another branch. */
static bool
is_cargos_own(const struct kith_project *p)
{
	return kith_span_ends(kith_span_str(p->lock_path), KITH_SPAN_LIT("/" LOCK_NAME));
}

static int
add_lag(struct kith_project *p, const struct kith_member *m, uint32_t line, struct kith_buf *text,
	struct kith_error *err)
{
	struct kith_lag *lag;

	if (p->n_lags == KITH_MAX_LAGS) {
		p->lags_more++;
		return KITH_OK;
	}
	if (!p->lags)
		p->lags = kith_calloc(KITH_MAX_LAGS, sizeof(*p->lags));
	if (!p->lags)
		return kith_fail_nomem(err);
	lag = &p->lags[p->n_lags];
	lag->line = line ? line : 1;
	lag->manifest = kith_fs_join(m->dir, "Cargo.toml");
	lag->text = kith_strndup(kith_buf_str(text), text->len);
	if (lag->manifest && lag->text && !kith_buf_check(text, NULL)) {
		p->n_lags++;
		return KITH_OK;
	}
	free(lag->manifest);
	free(lag->text);
	return kith_fail_nomem(err);
}

/*
 * Whether one of deps[from..end) may be what is required; a requirement that is none: yes, as
 * where telling would take too long.
 */
static int
is_met(struct kith_project *p, const struct kith_package *pkg, size_t from, size_t end,
       struct kith_span req, bool *ret, struct kith_error *err)
{
	struct kith_error why;
	bool matches;
	int r;

	*ret = from < end && !req.len;
	for (; from < end && !*ret; from++) {
		if (p->lag_steps++ > KITH_MAX_KIND_MATCHES) {
			*ret = true;
			break;
		}
		r = kith_version_matches(KITH_SCHEME_CARGO, req,
					 p->lock->packages[pkg->deps[from]].version, &matches,
					 &why);
		if (r == KITH_E_NOMEM)
			return kith_fail_nomem(err);
		*ret = r || matches;
	}
	return KITH_OK;
}

static int
check_dep(struct kith_project *p, const struct kith_member *m, const struct kith_package *pkg,
	  const struct kith_manifest_dep *d, struct kith_error *err)
{
	const struct kith_lock *lock = p->lock;
	size_t from, end = kith_lock_find_deps(lock, pkg, d->name, &from);
	KITH_AUTO_BUF struct kith_buf text;
	bool met;
	int r;

	kith_buf_init(&text, KITH_KIB(4));
	r = is_met(p, pkg, from, end, d->req, &met, err);
	if (r || met)
		return r;
	kith_text_safe(&text, d->name, 60);
	if (d->req.len) {
		kith_buf_put_char(&text, ' ');
		kith_text_safe(&text, d->req, 60);
	}
	if (from == end) {
		kith_buf_put_str(&text, " is wanted, and the lock file does not have it");
	} else {
		kith_buf_put_str(&text, " is wanted, and the lock file has ");
		kith_text_safe(&text, lock->packages[pkg->deps[from]].version, 60);
	}
	return add_lag(p, m, d->line, &text, err);
}

int
kith_lag_check(struct kith_project *p, const struct kith_member *m, size_t pkg,
	       struct kith_error *err)
{
	const struct kith_manifest *manifest = m->manifest;
	const struct kith_package *package;
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&text, KITH_KIB(4));
	if (!is_cargos_own(p))
		return KITH_OK;
	if (pkg == p->lock->count) {
		kith_buf_put_str(&text, "the lock file does not have the project's own package ");
		kith_text_safe(&text, manifest->name, 60);
		kith_buf_put_char(&text, ' ');
		kith_text_safe(&text, manifest->version, 60);
		return add_lag(p, m, 1, &text, err);
	}
	package = &p->lock->packages[pkg];
	if (package->dangling)
		return KITH_OK;
	for (i = 0; !r && i < manifest->n_deps; i++) {
		const struct kith_manifest_dep *d = &manifest->deps[i];

		if (d->kind && !kith_span_eq(d->name, manifest->name))
			r = check_dep(p, m, package, d, err);
	}
	return r;
}

/* Takes `path` if there is such a file. */
static int
add_other(struct kith_project *p, char *path, struct kith_error *err)
{
	if (!path)
		return kith_fail_nomem(err);
	if (p->n_others == KITH_MAX_LAGS || !kith_fs_exists(path)) {
		free(path);
		return KITH_OK;
	}
	if (!p->others)
		p->others = kith_calloc(KITH_MAX_LAGS, sizeof(*p->others));
	if (!p->others) {
		free(path);
		return kith_fail_nomem(err);
	}
	p->others[p->n_others++] = path;
	return KITH_OK;
}

/* Of an ecosystem that has one already, by the order of the table. */
static int
look_in_root(struct kith_project *p, struct kith_error *err)
{
	bool seen[KITH_ECO_COUNT] = {false};
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < N_NAMES; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(p->root, names[i].name);

		if (!path)
			return kith_fail_nomem(err);
		if (!kith_fs_exists(path))
			continue;
		if (seen[names[i].eco])
			r = add_other(p, kith_steal(&path), err);
		seen[names[i].eco] = true;
	}
	return r;
}

int
kith_lag_look_beside(struct kith_project *p, const struct kith_workspace *ws,
		     struct kith_error *err)
{
	size_t i;
	int r;

	if (!is_cargos_own(p))
		return KITH_OK;
	r = look_in_root(p, err);
	/* cargo reads the one in the workspace's root only; started in a member's folder others
	 * find that one first */
	for (i = 1; !r && ws && i < ws->count; i++)
		if (ws->members[i].listed || ws->members[i].member)
			r = add_other(p, kith_fs_join(ws->members[i].dir, LOCK_NAME), err);
	return r;
}

void
kith_lag_clear(struct kith_project *p)
{
	size_t i;

	for (i = 0; i < p->n_lags; i++) {
		free(p->lags[i].manifest);
		free(p->lags[i].text);
	}
	free(p->lags);
	for (i = 0; i < p->n_others; i++)
		free(p->others[i]);
	free(p->others);
}
