/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a project still needs what its kith.toml excuses. An exemption is needed where its
 * package would fail without; an acceptance where its objection stands, which is asked by judging
 * the package once more without any.
 */
#include "app/exempt.h"
#include "app/scope.h"

const char *
kith_app_need_text(enum kith_app_need need)
{
	static const char *const texts[] = {
	    [KITH_NEED_UNKNOWN] = "not looked at",
	    [KITH_NEED_NO_PACKAGE] = "the package is gone",
	    [KITH_NEED_OTHER_BYTES] = "given for other bytes",
	    [KITH_NEED_APPROVED] = "approved without",
	    [KITH_NEED_NO_OBJECTION] = "the objection is gone",
	    [KITH_NEED_NO_REASON] = "no reason, not in force",
	    [KITH_NEED_EXPIRED] = "expired",
	    [KITH_NEED_WAITING] = "fails for something worse",
	    [KITH_NEED_YES] = "in use",
	};

	return texts[need];
}

bool
kith_app_is_unneeded(enum kith_app_need need)
{
	return need >= KITH_NEED_NO_PACKAGE && need <= KITH_NEED_NO_OBJECTION;
}

/* --- rows by name --- */

static int
compare_names(const void *a, const void *b)
{
	const struct kith_report_row *x = *(const struct kith_report_row *const *)a;
	const struct kith_report_row *y = *(const struct kith_report_row *const *)b;
	int c = kith_span_cmp(x->package->name, y->package->name);

	return c ? c : (x > y) - (x < y);
}

struct finding {
	struct kith_app_run *run;
	const struct kith_report_row **rows;
	size_t n;
};

/* Index of the first row of this name, or of where it would stand. */
static size_t
first_of(const struct finding *f, struct kith_span name)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (kith_span_cmp(f->rows[mid]->package->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_of(const struct finding *f, size_t i, struct kith_span name)
{
	return i < f->n && kith_span_eq(f->rows[i]->package->name, name);
}

static enum kith_app_need
better(enum kith_app_need a, enum kith_app_need b)
{
	return a > b ? a : b;
}

/* --- exemptions --- */

static enum kith_app_need
need_of_row(const struct kith_report_row *row, const struct kith_exemption *x)
{
	if (row->package->local || !kith_span_eq(row->package->version, x->version))
		return KITH_NEED_NO_PACKAGE;
	if (!kith_span_eq(row->subject.exempt_key, x->key))
		return KITH_NEED_OTHER_BYTES;
	if (row->verdict.status == KITH_STATUS_VERIFIED)
		return KITH_NEED_APPROVED;
	if (!x->reason.len)
		return KITH_NEED_NO_REASON;
	if (row->verdict.status == KITH_STATUS_INSUFFICIENT)
		return KITH_NEED_EXPIRED;
	return row->verdict.status == KITH_STATUS_EXEMPT ? KITH_NEED_YES : KITH_NEED_WAITING;
}

static enum kith_app_need
need_of_exemption(const struct finding *f, const struct kith_exemption *x)
{
	enum kith_app_need need = KITH_NEED_NO_PACKAGE;
	size_t i;

	for (i = first_of(f, x->name); is_of(f, i, x->name); i++)
		need = better(need, need_of_row(f->rows[i], x));
	return need;
}

/* --- acceptances --- */

/* Sets the need of every acceptance of this name by one look at one row of it. */
static int
look_at_row(const struct finding *f, const struct kith_report_row *row,
	    struct kith_app_needs *needs, const size_t *list, size_t n, struct kith_error *err)
{
	const struct kith_config *m = f->run->config.merged;
	struct kith_policy_world world = f->run->world;
	struct kith_verdict v;
	size_t i, k;
	int r;

	kith_app_scope_row(&f->run->scope, row, &world);
	world.n_acceptances = 0;
	r = kith_policy_judge(&world, &row->subject, row->claims, row->n_claims, false,
			      &f->run->arena, &v, err);
	for (i = 0; !r && i < n; i++) {
		const struct kith_acceptance *a = &m->acceptances[list[i]];
		bool over = a->has_until && kith_time_cmp(world.now, a->until) >= 0;
		enum kith_app_need need =
		    v.status == KITH_STATUS_MISMATCH ? KITH_NEED_WAITING : KITH_NEED_NO_OBJECTION;

		for (k = 0; k < v.n_objections; k++)
			if (kith_policy_objection_has_id(&v.objections[k], a->objection))
				need = over ? KITH_NEED_EXPIRED : KITH_NEED_YES;
		needs->accepts[list[i]] = better(needs->accepts[list[i]], need);
	}
	return r;
}

struct named {
	struct kith_span name;
	size_t i;
};

static int
compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int c = kith_span_cmp(x->name, y->name);

	return c ? c : (x->i > y->i) - (x->i < y->i);
}

/* Acceptances by the names of their packages: each row is judged once. */
static int
find_accepts(const struct finding *f, struct kith_app_needs *needs, struct kith_error *err)
{
	const struct kith_config *m = f->run->config.merged;
	KITH_AUTO_FREE struct named *named = kith_calloc(m->n_accepts + 1, sizeof(*named));
	KITH_AUTO_FREE size_t *list = kith_calloc(m->n_accepts + 1, sizeof(*list));
	size_t i, k, n;
	int r = list && named ? KITH_OK : kith_fail_nomem(err);

	for (i = 0; !r && i < m->n_accepts; i++)
		named[i] = (struct named){m->acceptances[i].name, i};
	if (!r)
		qsort(named, m->n_accepts, sizeof(*named), compare_named);
	for (i = 0; !r && i < m->n_accepts; i += n) {
		struct kith_span name = named[i].name;

		for (n = 0; i + n < m->n_accepts && kith_span_eq(named[i + n].name, name); n++) {
			list[n] = named[i + n].i;
			needs->accepts[list[n]] = KITH_NEED_NO_PACKAGE;
		}
		for (k = first_of(f, name); !r && is_of(f, k, name); k++)
			if (!f->rows[k]->package->local)
				r = look_at_row(f, f->rows[k], needs, list, n, err);
	}
	return r;
}

int
kith_app_needs_find(struct kith_app_run *run, struct kith_app_needs *ret, struct kith_error *err)
{
	const struct kith_config *m = run->config.merged;
	struct kith_app_needs needs = {.n_exempts = m->n_exempts, .n_accepts = m->n_accepts};
	size_t n = run->project->lock->count, i;
	KITH_AUTO_FREE const struct kith_report_row **rows = kith_calloc(n + 1, sizeof(*rows));
	struct finding f = {run, rows, n};
	int r;

	needs.exempts = kith_arena_array(&run->arena, m->n_exempts + 1, sizeof(*needs.exempts));
	needs.accepts = kith_arena_array(&run->arena, m->n_accepts + 1, sizeof(*needs.accepts));
	if (!rows || !needs.exempts || !needs.accepts)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		rows[i] = &run->rows[i];
	qsort(rows, n, sizeof(*rows), compare_names);
	for (i = 0; i < m->n_exempts; i++)
		needs.exempts[i] = need_of_exemption(&f, &m->exempts[i].x);
	r = find_accepts(&f, &needs, err);
	if (!r)
		*ret = needs;
	return r;
}

/* --- what a verdict says of it --- */

/* A kith.toml above may be needed by other lock files than this one: then silence is better. */
static bool
is_beside(const struct kith_app_run *run)
{
	const char *policy = run->config.project_path, *slash;
	size_t n = strlen(run->project->root);

	if (!run->config.project || run->session->draft || !policy)
		return false;
	slash = strrchr(policy, '/');
	return slash && (size_t)(slash - policy) == (n == 1 ? 0 : n) &&
	       (n == 1 || memcmp(policy, run->project->root, n) == 0);
}

static int
remark_exempt(struct kith_app_run *run, const struct kith_config_exempt *e, enum kith_app_need need,
	      const char *path)
{
	const struct kith_exemption *x = &e->x;
	bool no_reason = need == KITH_NEED_NO_REASON;
	KITH_AUTO_BUF struct kith_buf b;
	const char *key;

	kith_buf_init(&b, KITH_KIB(8));
	kith_buf_printf(&b, "exempt|%.*s|%.*s", KITH_SPAN_FMT(x->name), KITH_SPAN_FMT(x->version));
	key = kith_arena_str(&run->arena, kith_buf_span(&b));
	if (b.failed || !key)
		return KITH_E_NOMEM;
	return kith_app_remark(
	    run, no_reason ? KITH_RULE_NO_REASON : KITH_RULE_UNNEEDED, false, path, e->at.line, key,
	    no_reason ? "the exemption of %.*s %.*s has no reason: it is not in "
			"force"
		      : "the exemption of %.*s %.*s is needed no more: %s",
	    KITH_SPAN_FMT(x->name), KITH_SPAN_FMT(x->version), kith_app_need_text(need));
}

static int
remark_accept(struct kith_app_run *run, const struct kith_config_accept *e, enum kith_app_need need,
	      const char *path)
{
	KITH_AUTO_BUF struct kith_buf b;
	const char *key;

	kith_buf_init(&b, KITH_KIB(8));
	kith_buf_printf(&b, "accept|%.*s|%.*s", KITH_SPAN_FMT(e->a.name),
			KITH_SPAN_FMT(e->a.objection));
	key = kith_arena_str(&run->arena, kith_buf_span(&b));
	if (b.failed || !key)
		return KITH_E_NOMEM;
	return kith_app_remark(run, KITH_RULE_UNNEEDED, false, path, e->at.line, key,
			       "the acceptance of %.*s for %.*s is needed no more: %s",
			       KITH_SPAN_FMT(e->a.objection), KITH_SPAN_FMT(e->a.name),
			       kith_app_need_text(need));
}

int
kith_app_unneeded(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_config *m = run->config.merged;
	struct kith_app_needs needs;
	const char *path;
	size_t i;
	int r;

	if (!is_beside(run) || (!m->n_exempts && !m->n_accepts))
		return KITH_OK;
	path = kith_app_as_written(run->config.project_path);
	r = kith_app_needs_find(run, &needs, err);
	if (r)
		return r;
	for (i = 0; !r && i < m->n_exempts; i++)
		if (kith_app_is_unneeded(needs.exempts[i]) ||
		    needs.exempts[i] == KITH_NEED_NO_REASON)
			r = remark_exempt(run, &m->exempts[i], needs.exempts[i], path);
	for (i = 0; !r && i < m->n_accepts; i++)
		if (kith_app_is_unneeded(needs.accepts[i]))
			r = remark_accept(run, &m->accepts[i], needs.accepts[i], path);
	return r ? kith_fail_nomem(err) : KITH_OK;
}
