/* SPDX-License-Identifier: Apache-2.0 */
/* kith exempt --list and --prune: what kith.toml excuses, and what of it nobody needs. */
#include <kith/policy.h>

#include "app/exempt.h"
#include "app/locks.h"
#include "codec/json.h"

#define REASON_WIDTH 60

/* One entry of either table, as it stands in the file. */
struct entry {
	bool accept;
	size_t i; /* in exempts or accepts */
	uint32_t index, line;
	enum kith_app_need need;
	struct kith_span package, version, key, reason, owner;
	bool has_added, has_until;
	struct kith_time added, until;
};

struct listing {
	struct kith_app_run *run;
	struct kith_app_needs needs;
	struct entry *list;
	size_t n;
};

static void
listing_clear(struct listing *l)
{
	kith_app_run_free(l->run);
	free(l->list);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

static void
take_entries(struct listing *l)
{
	const struct kith_config *c = l->run->config.merged;
	size_t i;

	for (i = 0; i < c->n_exempts; i++) {
		const struct kith_config_exempt *e = &c->exempts[i];

		l->list[l->n++] = (struct entry){false,
						 i,
						 e->at.index,
						 e->at.line,
						 l->needs.exempts[i],
						 e->x.name,
						 e->x.version,
						 e->x.key,
						 e->x.reason,
						 e->x.owner,
						 e->has_added,
						 e->x.has_until,
						 e->added,
						 e->x.until};
	}
	for (i = 0; i < c->n_accepts; i++) {
		const struct kith_config_accept *e = &c->accepts[i];

		l->list[l->n++] = (struct entry){true,
						 i,
						 e->at.index,
						 e->at.line,
						 l->needs.accepts[i],
						 e->a.name,
						 KITH_SPAN_NONE,
						 e->a.objection,
						 e->a.reason,
						 e->a.owner,
						 e->has_added,
						 e->a.has_until,
						 e->added,
						 e->a.until};
	}
	qsort(l->list, l->n, sizeof(*l->list), compare_entries);
}

/* What another lock file of the same policy needs is needed. */
static int
merge_needs(struct kith_session *s, const char *path, struct listing *l, struct kith_error *err)
{
	const struct kith_verify_options vo = {.path = path};
	const char *policy = l->run->config.project_path;
	KITH_AUTO_RUN struct kith_app_run *run = NULL;
	struct kith_app_needs more;
	size_t i;
	int r = kith_app_judge(s, &vo, NULL, false, &run, err);

	if (r)
		return kith_context(err, r, "%s", path);
	if (!run->config.project || strcmp(run->config.project_path, policy) != 0)
		return KITH_OK; /* it has a policy of its own */
	r = kith_app_needs_find(run, &more, err);
	if (r)
		return r;
	if (more.n_exempts != l->needs.n_exempts || more.n_accepts != l->needs.n_accepts)
		return kith_fail(err, KITH_E_USAGE, "%s has changed meanwhile", policy);
	for (i = 0; i < more.n_exempts; i++)
		if (more.exempts[i] > l->needs.exempts[i])
			l->needs.exempts[i] = more.exempts[i];
	for (i = 0; i < more.n_accepts; i++)
		if (more.accepts[i] > l->needs.accepts[i])
			l->needs.accepts[i] = more.accepts[i];
	return KITH_OK;
}

static int
merge_others(struct kith_session *s, struct listing *l, struct kith_error *err)
{
	const char *policy = l->run->config.project_path, *slash = strrchr(policy, '/');
	KITH_AUTO_FREE char *dir =
	    kith_strndup(policy, slash && slash > policy ? (size_t)(slash - policy) : 1);
	KITH_AUTO_LOCKS struct kith_app_locks locks = {0};
	size_t i;
	int r = dir ? kith_app_locks_find(s, dir, true, &locks, err) : kith_fail_nomem(err);

	for (i = 0; !r && i < locks.n; i++)
		if (strcmp(locks.paths[i], l->run->project->lock_path) != 0)
			r = merge_needs(s, locks.paths[i], l, err);
	return r;
}

static int
open_listing(struct kith_session *s, const struct kith_verify_options *vo, struct listing *l,
	     struct kith_error *err)
{
	const struct kith_config *c;
	int r = kith_app_judge_policy(s, vo, &l->run, err);

	if (!r)
		r = kith_app_needs_find(l->run, &l->needs, err);
	if (!r)
		r = merge_others(s, l, err);
	if (r)
		return r;
	c = l->run->config.merged;
	l->list = kith_calloc(c->n_exempts + c->n_accepts + 1, sizeof(*l->list));
	if (!l->list)
		return kith_fail_nomem(err);
	take_entries(l);
	return KITH_OK;
}

/* --- list --- */

static void
put_subject(const struct entry *e, struct kith_buf *out)
{
	kith_text_safe(out, e->package, 60);
	kith_buf_put_char(out, ' ');
	kith_text_safe(out, e->accept ? e->key : e->version, 60);
}

static void
put_line(const struct entry *e, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t used;

	kith_buf_init(&b, KITH_KIB(4));
	kith_buf_printf(out, "  %-6s  %-25s  ", e->accept ? "accept" : "exempt",
			kith_app_need_text(e->need));
	put_subject(e, &b);
	kith_buf_put_span(out, kith_buf_carry(out, &b));
	used = kith_text_columns(kith_buf_span(&b));
	kith_buf_put_fill(out, ' ', used < 30 ? 30 - used : 0);
	kith_buf_put_str(out, "  ");
	if (e->has_until) {
		kith_buf_put_str(out, "until ");
		kith_time_put_date(out, e->until);
	} else {
		kith_buf_put_str(out, "no end          ");
	}
	if (e->owner.len) {
		kith_buf_put_str(out, "  ");
		kith_text_safe(out, e->owner, 40);
		kith_buf_put_char(out, ':');
	}
	if (e->reason.len)
		kith_buf_put_str(out, "  ");
	kith_text_safe(out, e->reason, REASON_WIDTH);
	kith_buf_put_char(out, '\n');
}

static void
member_date(struct kith_json_writer *w, struct kith_buf *out, const char *key, bool there,
	    struct kith_time date)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 64);
	if (!there)
		return;
	kith_time_put_date(&b, date);
	kith_json_member_string(w, key, kith_buf_carry(out, &b));
}

static void
put_object(const struct entry *e, struct kith_json_writer *w, struct kith_buf *out)
{
	kith_json_open_object(w);
	kith_json_member_str(w, "kind", e->accept ? "accept" : "exempt");
	kith_json_member_string(w, "package", e->package);
	if (!e->accept)
		kith_json_member_string(w, "version", e->version);
	kith_json_member_string(w, e->accept ? "objection" : "checksum", e->key);
	kith_json_member_string(w, "reason", e->reason);
	kith_json_member_string(w, "owner", e->owner);
	member_date(w, out, "added", e->has_added, e->added);
	member_date(w, out, "until", e->has_until, e->until);
	kith_json_member_integer(w, "line", e->line);
	kith_json_member_str(w, "state", kith_app_need_text(e->need));
	kith_json_member_boolean(w, "needed", !kith_app_is_unneeded(e->need));
	kith_json_close_object(w);
}

static void
put_json(const struct listing *l, struct kith_buf *out)
{
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.exempt/1");
	kith_json_put_key(&w, "entries");
	kith_json_open_array(&w);
	for (i = 0; i < l->n; i++)
		put_object(&l->list[i], &w, out);
	kith_json_close_array(&w);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
}

static size_t
count_unneeded(const struct listing *l, bool accept)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		n += l->list[i].accept == accept && kith_app_is_unneeded(l->list[i].need);
	return n;
}

static void
put_table(const struct listing *l, struct kith_buf *out)
{
	size_t n = count_unneeded(l, false) + count_unneeded(l, true), i;

	for (i = 0; i < l->n; i++)
		put_line(&l->list[i], out);
	kith_buf_printf(out, "%zu exemption%s, %zu acceptance%s, %zu of them unneeded%s\n",
			l->needs.n_exempts, l->needs.n_exempts == 1 ? "" : "s", l->needs.n_accepts,
			l->needs.n_accepts == 1 ? "" : "s", n,
			n ? ": kith exempt --prune removes them" : "");
}

int
kith_exempt_list(struct kith_session *session, const char *path, enum kith_format format,
		 char **ret_text, size_t *ret_len, struct kith_error *err)
{
	const struct kith_verify_options vo = {.path = path};
	KITH_CLEANUP(listing_clear) struct listing l = {.n = 0};
	KITH_AUTO_BUF struct kith_buf b;
	int r = open_listing(session, &vo, &l, err);

	kith_buf_init(&b, KITH_MIB(64));
	if (r)
		return r;
	if (format == KITH_FORMAT_JSON)
		put_json(&l, &b);
	else
		put_table(&l, &b);
	return kith_app_take_text(&b, ret_text, ret_len, err);
}

/* --- prune --- */

static bool
same_exempt(const struct kith_config_exempt *a, const struct kith_config_exempt *b)
{
	return a->at.index == b->at.index && kith_span_eq(a->x.name, b->x.name) &&
	       kith_span_eq(a->x.version, b->x.version) && kith_span_eq(a->x.key, b->x.key);
}

static bool
same_accept(const struct kith_config_accept *a, const struct kith_config_accept *b)
{
	return a->at.index == b->at.index && kith_span_eq(a->a.name, b->a.name) &&
	       kith_span_eq(a->a.objection, b->a.objection);
}

/* Numbers mean what they meant only while the file holds the same entries. */
static int
check_unchanged(const struct listing *l, const struct kith_config_file_text *file,
		struct kith_error *err)
{
	const struct kith_config *old = l->run->config.merged;
	KITH_AUTO_CONFIG struct kith_config *c = NULL;
	size_t i;
	bool same;
	int r = kith_config_read(file->text, file->name, file->file, &c, err);

	if (r)
		return r;
	same = c->n_exempts == old->n_exempts && c->n_accepts == old->n_accepts;
	for (i = 0; same && i < c->n_exempts; i++)
		same = same_exempt(&c->exempts[i], &old->exempts[i]);
	for (i = 0; same && i < c->n_accepts; i++)
		same = same_accept(&c->accepts[i], &old->accepts[i]);
	return same
		   ? KITH_OK
		   : kith_hint(err,
			       kith_fail(err, KITH_E_USAGE, "%s has changed meanwhile", file->name),
			       "run it again");
}

static int
remove_some(const struct listing *l, const struct kith_config_file_text *file, bool accept,
	    struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE size_t *indexes = kith_calloc(l->n + 1, sizeof(*indexes));
	size_t i, n = 0;

	if (!indexes)
		return kith_fail_nomem(err);
	for (i = 0; i < l->n; i++)
		if (l->list[i].accept == accept && kith_app_is_unneeded(l->list[i].need))
			indexes[n++] = l->list[i].index;
	return kith_config_edit_remove(file, accept ? "accept" : "exempt", indexes, n, out, err);
}

static int
prune(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
      struct kith_error *err)
{
	const struct listing *l = ctx;
	struct kith_config_file_text half = *file;
	KITH_AUTO_BUF struct kith_buf b;
	int r = check_unchanged(l, file, err);

	kith_buf_init(&b, KITH_MAX_CONFIG);
	if (!r)
		r = remove_some(l, file, false, &b, err);
	half.text = kith_buf_span(&b);
	return r ? r : remove_some(l, &half, true, out, err);
}

int
kith_exempt_prune(struct kith_session *session, const char *path, int preview, char **ret_text,
		  size_t *ret_len, size_t *ret_count, struct kith_error *err)
{
	const struct kith_verify_options vo = {.path = path};
	KITH_CLEANUP(listing_clear) struct listing l = {.n = 0};
	KITH_AUTO_BUF struct kith_buf b;
	size_t n = 0, i;
	int r = open_listing(session, &vo, &l, err);

	kith_buf_init(&b, KITH_MIB(64));
	if (!r)
		n = count_unneeded(&l, false) + count_unneeded(&l, true);
	if (!r && n && !preview)
		r = kith_app_edit_policy(l.run->config.project_path, prune, &l, err);
	if (r)
		return r;
	for (i = 0; i < l.n; i++)
		if (kith_app_is_unneeded(l.list[i].need))
			put_line(&l.list[i], &b);
	kith_buf_printf(&b, preview ? "%zu unneeded\n" : "%zu removed\n", n);
	r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_count = n;
	return r;
}
