/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith accept: lives with one objection, named by its id, with a reason and a date. Only what
 * stands against a package of this project can be accepted, so that a slip is noticed.
 */
#include <kith/policy.h>

#include "app/exempt.h"

#define MAX_PAIRS 8

struct accepting {
	struct kith_app_run *run;
	const struct kith_app_grant *grant;
	struct kith_span package, objection;
	struct kith_config_pair pairs[MAX_PAIRS];
	size_t n;
	bool renews;
};

/* --- which objection --- */

struct match {
	const struct kith_report_row *row;
	const struct kith_objection *objection;
	size_t names; /* of different packages */
};

static void
search(const struct kith_app_run *run, struct kith_span id, const struct kith_report_row *only,
       struct match *m)
{
	size_t i, k;

	for (i = 0; i < run->report.n_rows; i++) {
		const struct kith_report_row *row = &run->rows[i];

		if (only && !kith_span_eq(row->package->name, only->package->name))
			continue;
		for (k = 0; k < row->verdict.n_objections; k++) {
			if (!kith_policy_objection_has_id(&row->verdict.objections[k], id))
				continue;
			m->names +=
			    !m->row || !kith_span_eq(m->row->package->name, row->package->name);
			m->row = row;
			m->objection = &row->verdict.objections[k];
		}
	}
}

/* An acceptance that is there already may be renewed although nothing stands any more. */
static bool
is_accepted(const struct kith_app_run *run, struct kith_span id, const struct kith_report_row *only,
	    struct accepting *x)
{
	const struct kith_config *m = run->config.merged;
	size_t i;

	for (i = 0; i < m->n_accepts; i++) {
		const struct kith_acceptance *a = &m->acceptances[i];

		if (!kith_span_eq(a->objection, id) ||
		    (only && !kith_span_eq(a->name, only->package->name)))
			continue;
		x->package = a->name;
		x->objection = a->objection;
		return true;
	}
	return false;
}

static int
find(struct accepting *x, const struct kith_accept_options *o, struct kith_error *err)
{
	struct kith_span id = kith_span_str(o->objection);
	struct kith_report_row *only = NULL;
	struct match m = {NULL, NULL, 0};
	int r = o->package ? kith_app_find_row(x->run, o->package, &only, err) : KITH_OK;

	if (r)
		return r;
	search(x->run, id, only, &m);
	if (m.names > 1)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "'%s' stands against %zu packages here", o->objection,
					   m.names),
				 "name the package behind it");
	if (m.row) {
		x->package = m.row->package->name;
		x->objection = m.objection->id;
		return KITH_OK;
	}
	if (is_accepted(x->run, id, only, x))
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_NOTFOUND, "no objection '%s' stands against %s",
				   o->objection, o->package ? o->package : "a package here"),
			 "kith verify --failing names the packages, kith explain NAME the "
			 "objections");
}

/* --- the entry --- */

static int
find_entry(const struct accepting *x, const struct kith_config_file_text *file, size_t *ret_index,
	   struct kith_error *err)
{
	KITH_AUTO_CONFIG struct kith_config *c = NULL;
	size_t i;
	int r = kith_config_read(file->text, file->name, file->file, &c, err);

	*ret_index = SIZE_MAX;
	for (i = 0; !r && i < c->n_accepts; i++)
		if (kith_span_eq(c->accepts[i].a.name, x->package) &&
		    kith_span_eq(c->accepts[i].a.objection, x->objection))
			*ret_index = c->accepts[i].at.index;
	return r;
}

static int
edit(void *ctx, const struct kith_config_file_text *file, struct kith_buf *out,
     struct kith_error *err)
{
	struct accepting *x = ctx;
	const struct kith_app_grant *g = x->grant;
	struct kith_config_entry entry = {x->pairs, 0};
	size_t index;
	int r = find_entry(x, file, &index, err);

	if (r)
		return r;
	x->renews = index != SIZE_MAX;
	if (!x->renews) {
		kith_app_put_text_pair(x->pairs, &x->n, "package", x->package);
		kith_app_put_text_pair(x->pairs, &x->n, "objection", x->objection);
	}
	kith_app_put_text_pair(x->pairs, &x->n, "reason", g->reason);
	kith_app_put_text_pair(x->pairs, &x->n, "owner", g->owner);
	if (!x->renews)
		kith_app_put_date_pair(x->pairs, &x->n, "added", x->run->session->now);
	if (g->has_until)
		kith_app_put_date_pair(x->pairs, &x->n, "until", g->until);
	entry.n = x->n;
	return x->renews ? kith_app_set_pairs(file, "accept", index, x->pairs, x->n, out, err)
			 : kith_config_edit_append(file, "accept", &entry, 1, out, err);
}

int
kith_accept(struct kith_session *session, const struct kith_accept_options *options,
	    char **ret_text, size_t *ret_len, struct kith_error *err)
{
	const struct kith_verify_options vo = {.path = options->path};
	KITH_AUTO_RUN struct kith_app_run *run = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	struct accepting x = {.n = 0};
	struct kith_app_grant g;
	int r = kith_app_judge_policy(session, &vo, &run, err);

	kith_buf_init(&b, KITH_KIB(64));
	if (!r)
		r = kith_app_grant_read(session, run->config.merged, options->reason,
					options->owner, options->until, &g, err);
	x.run = run;
	x.grant = &g;
	if (!r)
		r = find(&x, options, err);
	if (!r)
		r = kith_app_edit_policy(run->config.project_path, edit, &x, err);
	if (r)
		return r;
	kith_text_safe(&b, x.package, 0);
	kith_buf_put_str(&b, x.renews ? ": acceptance renewed of " : ": accepted ");
	kith_text_safe(&b, x.objection, 0);
	if (g.has_until) {
		kith_buf_put_str(&b, " until ");
		kith_time_put_date(&b, g.until);
	}
	kith_buf_put_str(&b, ", in ");
	kith_text_safe(&b, kith_span_str(kith_app_as_written(run->config.project_path)), 0);
	kith_buf_put_char(&b, '\n');
	return kith_app_take_text(&b, ret_text, ret_len, err);
}
