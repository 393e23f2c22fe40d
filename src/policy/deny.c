/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a deny.toml. Nothing is guessed: what has no counterpart is left behind by name. */
#include "codec/toml.h"
#include "policy/deny.h"

struct reading {
	const char *name;
	struct kith_arena *arena;
	struct kith_deny *deny;
	struct kith_deny_ignored *ignored;
	struct kith_deny_left *left;
	size_t cap_left;
	struct kith_error *err;
};

static int
refuse(const struct reading *r, const struct kith_toml *v, const char *what)
{
	return kith_fail(r->err, KITH_E_FORMAT, "%s:%u: '%.*s' %s", r->name, (unsigned)v->line,
			 KITH_SPAN_FMT(v->key), what);
}

static int
keep(const struct reading *r, struct kith_span text, struct kith_span *ret)
{
	return kith_arena_copy(r->arena, text, ret) ? KITH_OK : kith_fail_nomem(r->err);
}

static int
leave(struct reading *r, const struct kith_toml *v, const char *before, const char *after,
      const char *why)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_deny_left *left;

	kith_buf_init(&b, KITH_KIB(4));
	if (r->deny->n_left == r->cap_left)
		return KITH_OK; /* as many as there are keys: cannot be */
	left = &r->left[r->deny->n_left++];
	left->line = v->line;
	left->why = why;
	kith_buf_put_str(&b, before);
	kith_text_safe(&b, v->key, 60);
	kith_buf_put_str(&b, after);
	if (kith_buf_check(&b, r->err))
		return b.failed;
	return keep(r, kith_buf_span(&b), &left->key);
}

static int
leave_advisories(struct reading *r, const struct kith_toml *v, const char *why)
{
	return leave(r, v, "advisories.", "", why);
}

/* --- [advisories] --- */

static int
read_word(const struct reading *r, const struct kith_toml *v, struct kith_span *ret)
{
	if (v->type != KITH_TOML_STRING)
		return refuse(r, v, "must be a text");
	*ret = v->u.string;
	return KITH_OK;
}

/* "deny", "warn", "allow"; since 2024 "all" and "none", with shades between that have no name here.
 */
static int
read_promotion(struct reading *r, const struct kith_toml *v, struct kith_deny_promotion *ret)
{
	struct kith_span w;
	int rc = read_word(r, v, &w);

	if (rc)
		return rc;
	if (kith_span_is(w, "deny") || kith_span_is(w, "all"))
		*ret = (struct kith_deny_promotion){true, KITH_AS_OBJECTION};
	else if (kith_span_is(w, "warn"))
		*ret = (struct kith_deny_promotion){true, KITH_AS_NOTE};
	else if (kith_span_is(w, "allow") || kith_span_is(w, "none"))
		*ret = (struct kith_deny_promotion){true, KITH_AS_NOTHING};
	else
		return leave_advisories(r, v,
					"kith does not tell direct from indirect dependencies: all "
					"such advisories stay notes");
	return KITH_OK;
}

static int
read_severity(struct reading *r, const struct kith_toml *v)
{
	static const char *const words[] = {"none", "low", "medium", "high"};
	struct kith_span w;
	size_t i;
	int rc = read_word(r, v, &w);

	for (i = 0; !rc && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!kith_span_is(w, words[i]))
			continue;
		r->deny->has_severity = true;
		r->deny->severity = (enum kith_level)(KITH_LEVEL_NONE + i);
		return KITH_OK;
	}
	return rc ? rc : leave_advisories(r, v, "kith's severities are none, low, medium, high");
}

/* An advisory's id, or "crate@version": a crate whose yanking is ignored. */
static int
read_ignored(struct reading *r, const struct kith_toml *v)
{
	struct kith_deny_ignored *x = &r->ignored[r->deny->n_ignored];
	struct kith_span id = KITH_SPAN_NONE, crate = KITH_SPAN_NONE, reason = KITH_SPAN_NONE;
	int rc;

	if (v->type == KITH_TOML_STRING) {
		if (kith_span_find(v->u.string, 0, '@') < v->u.string.len)
			crate = v->u.string;
		else
			id = v->u.string;
	} else if (v->type == KITH_TOML_TABLE) {
		kith_toml_get_string(v, "id", &id);
		if (!kith_toml_get_string(v, "crate", &crate))
			kith_toml_get_string(v, "name", &crate);
		kith_toml_get_string(v, "reason", &reason);
	}
	if (!id.len && !crate.len)
		return kith_fail(r->err, KITH_E_FORMAT,
				 "%s:%u: an entry of advisories.ignore names neither an advisory "
				 "nor a crate",
				 r->name, (unsigned)v->line);
	x->line = v->line;
	rc = keep(r, id, &x->advisory);
	if (!rc)
		rc = keep(r, crate, &x->crate);
	if (!rc)
		rc = keep(r, reason, &x->reason);
	r->deny->n_ignored += !rc;
	return rc;
}

static int
read_ignore(struct reading *r, const struct kith_toml *v)
{
	const struct kith_toml *c;
	int rc = KITH_OK;

	if (v->type != KITH_TOML_ARRAY)
		return refuse(r, v, "must be a list");
	if (r->ignored)
		return refuse(r, v, "stands twice");
	r->ignored = kith_arena_array(r->arena, v->count + 1, sizeof(*r->ignored));
	if (!r->ignored)
		return kith_fail_nomem(r->err);
	for (c = v->first; c && !rc; c = c->next)
		rc = read_ignored(r, c);
	return rc;
}

/* How cargo-deny works, not what it requires. */
static bool
is_about_running(struct kith_span key)
{
	static const char *const keys[] = {"version",
					   "db-path",
					   "git-fetch-with-cli",
					   "maximum-db-staleness",
					   "disable-yank-checking",
					   "crates-git-cli"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (kith_span_is(key, keys[i]))
			return true;
	return false;
}

static int
read_advisory_key(struct reading *r, const struct kith_toml *v)
{
	struct kith_deny *d = r->deny;

	if (kith_span_is(v->key, "ignore"))
		return read_ignore(r, v);
	if (kith_span_is(v->key, "unsound"))
		return read_promotion(r, v, &d->unsound);
	if (kith_span_is(v->key, "unmaintained"))
		return read_promotion(r, v, &d->unmaintained);
	if (kith_span_is(v->key, "notice"))
		return read_promotion(r, v, &d->notice);
	if (kith_span_is(v->key, "yanked"))
		return read_promotion(r, v, &d->yanked);
	if (kith_span_is(v->key, "severity-threshold"))
		return read_severity(r, v);
	if (kith_span_is(v->key, "vulnerability"))
		return v->type == KITH_TOML_STRING && kith_span_is(v->u.string, "deny")
			   ? KITH_OK
			   : leave_advisories(r, v, "a vulnerability always objects");
	if (kith_span_is(v->key, "db-urls"))
		return leave_advisories(r, v, "name other databases with [[source]]");
	if (is_about_running(v->key))
		return KITH_OK;
	return leave_advisories(r, v, "not known here");
}

/* --- the file --- */

static int
read_top(struct reading *r, const struct kith_toml *v)
{
	static const struct {
		const char *key, *why;
	} others[] = {
	    {"bans", "which crates may be used is not about evidence: keep cargo-deny for it"},
	    {"licenses", "licences are not about evidence: keep cargo-deny for it"},
	    {"sources",
	     "packages from git or other registries never pass here without an exemption"},
	};
	const struct kith_toml *c;
	size_t i;
	int rc = KITH_OK;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (kith_span_is(v->key, others[i].key))
			return leave(r, v, "[", "]", others[i].why);
	if (kith_span_is(v->key, "graph") || kith_span_is(v->key, "output"))
		return KITH_OK;
	if (!kith_span_is(v->key, "advisories"))
		return leave(r, v, "", "", "not known here");
	if (v->type != KITH_TOML_TABLE)
		return refuse(r, v, "must be a table");
	for (c = v->first; c && !rc; c = c->next)
		rc = read_advisory_key(r, c);
	return rc;
}

static size_t
count_keys(const struct kith_toml *root)
{
	const struct kith_toml *v;
	size_t n = root->count;

	for (v = root->first; v; v = v->next)
		n += v->count;
	return n;
}

int
kith_deny_read(struct kith_span text, const char *name, struct kith_arena *arena,
	       struct kith_deny *ret_deny, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	struct kith_deny deny = {.n_left = 0};
	struct reading r = {.name = name, .arena = arena, .deny = &deny, .err = err};
	const struct kith_toml *v;
	int rc;

	if (text.len > KITH_MAX_CONFIG)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes", name,
				 (size_t)KITH_MAX_CONFIG);
	rc = kith_toml_parse(text, &doc, err);
	if (rc)
		return kith_context(err, rc, "%s", name);
	r.cap_left = count_keys(kith_toml_root(doc));
	r.left = kith_arena_array(arena, r.cap_left + 1, sizeof(*r.left));
	if (!r.left)
		return kith_fail_nomem(err);
	for (v = kith_toml_root(doc)->first; v && !rc; v = v->next)
		rc = read_top(&r, v);
	if (rc)
		return rc;
	deny.ignored = r.ignored;
	deny.left = r.left;
	*ret_deny = deny;
	return KITH_OK;
}
