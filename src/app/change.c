/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change under review does to the files that decide: what was asked of the trusted revision
 * is compared with what the work tree has in its place. The work tree's side decides nothing here;
 * it is what would decide once the change is merged.
 */
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>

#include "app/change.h"
#include "policy/loosen.h"

/* --- the work tree's side --- */

/* A link on the way, or at its end: the trusted revision's reader would not follow it. */
static bool
is_behind_link(const char *full)
{
	KITH_AUTO_FREE char *copy = kith_strndup(full, strlen(full));
	KITH_AUTO_FREE char *real = copy ? realpath(dirname(copy), NULL) : NULL;

	return real && strcmp(real, copy) != 0;
}

/* *ret_why: it is there and cannot be read as it would have to be. */
static int
read_now(const char *full, struct kith_buf *out, bool *ret_there, const char **ret_why,
	 struct kith_error *err)
{
	struct kith_error why;
	int r;

	kith_buf_init(out, KITH_MAX_TOML_BYTES);
	*ret_there = false;
	*ret_why = NULL;
	r = kith_fs_read_at(AT_FDCWD, full, false, out, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	*ret_there = true;
	if (r)
		*ret_why = "it is a link, or no file that can be read";
	else if (is_behind_link(full))
		*ret_why = "it lies behind a symbolic link";
	return KITH_OK;
}

/* --- findings --- */

int
kith_app_change_remark(struct kith_app_change *c, bool loosens, uint32_t line, const char *key,
		       const char *text, struct kith_error *err)
{
	const char *own = kith_arena_str(&c->run->arena, kith_span_str(key));
	int r =
	    own ? kith_app_remark(c->run, loosens ? KITH_RULE_LOOSENED : KITH_RULE_POLICY_CHANGED,
				  loosens, c->path, line, own, "%.900s", text)
		: KITH_E_NOMEM;

	return r ? kith_fail_nomem(err) : KITH_OK;
}

static int
found(void *ctx, const struct kith_loosening *x, struct kith_error *err)
{
	return kith_app_change_remark(ctx, x->loosens, x->line, x->key, x->text, err);
}

static int
compare(struct kith_app_change *c, enum kith_loosen_kind kind, struct kith_span before,
	struct kith_span after, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error why;
	int r;

	kith_buf_init(&text, KITH_KIB(4));
	r = kith_loosen_compare(kind, before, after, found, c, &why);
	if (!r)
		return KITH_OK;
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	kith_buf_printf(&text, "cannot be compared: %s", why.msg);
	r = kith_buf_check(&text, err);
	return r ? r : kith_app_change_remark(c, true, 1, "unreadable", kith_buf_str(&text), err);
}

static bool
ends_with(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && strcmp(path + n - m, end) == 0 && (n == m || path[n - m - 1] == '/');
}

/* False: nothing is known of this file but its bytes. */
static bool
kind_of(const char *path, enum kith_loosen_kind *ret)
{
	if (ends_with(path, "Cargo.toml"))
		*ret = KITH_LOOSEN_MANIFEST;
	else if (ends_with(path, "audits.toml"))
		*ret = KITH_LOOSEN_VET_AUDITS;
	else if (ends_with(path, "imports.lock"))
		*ret = KITH_LOOSEN_VET_IMPORTS;
	else if (ends_with(path, ".cargo/config.toml") || ends_with(path, ".cargo/config") ||
		 strstr(path, ".cargo/"))
		*ret = KITH_LOOSEN_CARGO;
	else if (ends_with(path, "config.toml"))
		*ret = KITH_LOOSEN_VET_CONFIG;
	else if (ends_with(path, ".toml"))
		*ret = KITH_LOOSEN_CARGO; /* included by cargo's configuration */
	else
		return false;
	return true;
}

/* Cargo reads this name instead of config.toml beside it: an empty one takes settings away. */
static bool
hides_other(const struct kith_app_deciding *d, bool now_there)
{
	return ends_with(d->path, ".cargo/config") && d->there != now_there;
}

static int
compare_file(struct kith_app_change *c, const struct kith_app_deciding *d, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf now = {0};
	enum kith_loosen_kind kind;
	const char *why;
	bool there;
	int r = read_now(d->full, &now, &there, &why, err);

	if (r || (!there && !d->there))
		return r;
	c->path = kith_arena_str(&c->run->arena, kith_span_str(kith_app_as_written(d->full)));
	if (!c->path)
		return kith_fail_nomem(err);
	if (why)
		return d->why ? KITH_OK : kith_app_change_remark(c, true, 1, "link", why, err);
	if (hides_other(d, there))
		r = kith_app_change_remark(
		    c, true, 1, "", there ? "added: it hides config.toml" : "taken out", err);
	if (r || kith_span_eq(d->bytes, kith_buf_span(&now)))
		return r;
	if (ends_with(d->path, "kith.lock"))
		return kith_app_change_pins(c, d->bytes, kith_buf_span(&now), err);
	if (kind_of(d->path, &kind))
		return compare(c, kind, d->bytes, kith_buf_span(&now), err);
	return kith_app_change_remark(c, true, 1, "",
				      !d->there ? "added"
				      : there   ? "replaced: its bytes are others"
						: "taken out",
				      err);
}

/* --- the policy: the nearest file decides, and may be another one --- */

struct policies {
	struct kith_app_deciding before; /* path NULL: none */
	const char *after;               /* its full path; NULL: none */
	struct kith_buf text;
};

static int
find_policies(struct kith_app_change *c, struct policies *p, struct kith_error *err)
{
	size_t i, n = kith_app_trusted_count(c->run->session);
	struct kith_app_deciding d;
	const char *why;
	bool there;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++) {
		kith_app_trusted_at(c->run->session, i, &d);
		if (!ends_with(d.path, "kith.toml"))
			continue;
		if (d.there && !p->before.path)
			p->before = d;
		if (p->after)
			continue;
		kith_buf_clear(&p->text);
		r = read_now(d.full, &p->text, &there, &why, err);
		if (!r && there)
			p->after = d.full;
		if (!r && there && why) {
			c->path = kith_arena_str(&c->run->arena,
						 kith_span_str(kith_app_as_written(d.full)));
			r = c->path ? kith_app_change_remark(c, true, 1, "link", why, err)
				    : kith_fail_nomem(err);
		}
	}
	return r;
}

/* Nothing at the trusted revision speaks of this folder: whose policy would that be? */
static bool
is_unknown_folder(const struct kith_app_run *run)
{
	size_t i, n = kith_app_trusted_count(run->session);
	struct kith_app_deciding d;

	for (i = 0; i < n; i++) {
		kith_app_trusted_at(run->session, i, &d);
		if (ends_with(d.path, "Cargo.toml") && d.there)
			return false;
	}
	return !run->since->trusted && !run->since->base;
}

static int
remark_unknown(struct kith_app_change *c, struct kith_error *err)
{
	c->path = kith_app_as_written(c->run->project->lock_path);
	return kith_app_change_remark(
	    c, true, 1, "folder",
	    "the trusted revision has neither this project nor a kith.toml for it: "
	    "nothing there says what is asked for",
	    err);
}

static int
compare_found(struct kith_app_change *c, const struct policies *p, struct kith_error *err)
{
	const char *full = p->after ? p->after : p->before.full;
	int r = KITH_OK;

	c->path = kith_arena_str(&c->run->arena, kith_span_str(kith_app_as_written(full)));
	if (!c->path)
		return kith_fail_nomem(err);
	if (p->after && p->before.path && strcmp(p->after, p->before.full) != 0)
		r = kith_app_change_remark(c, true, 1, "nearest",
					   "another kith.toml decides than before", err);
	return r ? r
		 : compare(c, KITH_LOOSEN_POLICY, p->before.bytes,
			   p->after ? kith_buf_span(&p->text) : KITH_SPAN_NONE, err);
}

static int
compare_policies(struct kith_app_change *c, struct kith_error *err)
{
	struct policies p = {.after = NULL};
	int r = find_policies(c, &p, err);

	if (!r && !p.before.path && is_unknown_folder(c->run))
		r = remark_unknown(c, err);
	if (!r && (p.after || p.before.path))
		r = compare_found(c, &p, err);
	kith_buf_clear(&p.text);
	return r;
}

int
kith_app_change_remarks(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_app_change c = {.run = run};
	size_t i, n = kith_app_trusted_count(run->session);
	struct kith_app_deciding d;
	int r = n ? compare_policies(&c, err) : KITH_OK;

	for (i = 0; !r && i < n; i++) {
		kith_app_trusted_at(run->session, i, &d);
		if (ends_with(d.path, "kith.toml"))
			continue;
		r = compare_file(&c, &d, err);
	}
	return r;
}
