/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a store and says whether cargo-vet would take it (cargo-vet.md A.7), and keeps the list of
 * what it would complain about.
 */
#include "evidence/vet_write.h"
#include "policy/vet_work.h"

static const char *const problem_names[] = {"outdated-store",
					    "newer-store",
					    "parse",
					    "invalid-criteria",
					    "end-date",
					    "bad-format",
					    "imports-lock-outdated",
					    "missing-description",
					    "aggregate",
					    "criteria-changed",
					    "crate-does-not-exist",
					    "policy-needs-version",
					    "policy-must-be-versioned",
					    "policy-unused",
					    "criteria"};

const char *
kith_vet_problem_name(enum kith_vet_problem_kind k)
{
	return problem_names[k];
}

static const char *const sentences[] = {"the store is of an older version of cargo-vet",
					"the store is of a newer version of cargo-vet",
					"is no file of cargo-vet",
					"is no criterion",
					"has a wildcard audit that ends more than a year ahead",
					"is not in the form that cargo-vet writes",
					"imports.lock is not in step with config.toml",
					"is a mapped criterion without description",
					"is a criterion that two files describe differently",
					"is a criterion whose description has changed",
					"is not known to the registry",
					"needs a policy of its exact version",
					"has a policy that must name a version",
					"has a policy and is not needed",
					"the criteria cannot be used"};

void
kith_vet_problem_put(struct kith_buf *out, const struct kith_vet_problem *p)
{
	bool subject = p->subject.len && p->kind != KITH_VET_CRITERIA;

	if (subject) {
		kith_buf_put_span(out, p->subject);
		if (p->detail.len && p->kind >= KITH_VET_POLICY_NEEDS_VERSION) {
			kith_buf_put_char(out, ' ');
			kith_buf_put_span(out, p->detail);
		}
		kith_buf_put_char(out, ' ');
	}
	kith_buf_put_str(out, sentences[p->kind]);
	if (p->detail.len && (p->kind < KITH_VET_POLICY_NEEDS_VERSION || !subject)) {
		kith_buf_put_str(out, ": ");
		kith_buf_put_span(out, p->detail);
	}
}

int
vet_step(struct vet_work *w, size_t n)
{
	w->steps += n;
	if (w->steps > KITH_MAX_VET_STEPS)
		return kith_fail(w->err, KITH_E_LIMIT,
				 "the audits take more than %zu steps to resolve",
				 KITH_MAX_VET_STEPS);
	return KITH_OK;
}

int
vet_problem(struct vet_work *w, enum kith_vet_problem_kind kind, struct kith_span subject,
	    struct kith_span detail)
{
	return vet_problem_in(w, kind, subject, detail, NULL, 0);
}

int
vet_problem_in(struct vet_work *w, enum kith_vet_problem_kind kind, struct kith_span subject,
	       struct kith_span detail, const char *file, uint32_t line)
{
	struct kith_vet_problem p = {.kind = kind, .subject = subject, .file = file, .line = line};
	int r;

	if (w->n_problems >= KITH_MAX_VET_REFUSALS)
		return KITH_OK; /* a thousand say enough */
	r = kith_grow(&w->problems, &w->problems_cap, w->n_problems + 1, sizeof(p),
		      KITH_MAX_VET_REFUSALS, "problems", w->err);
	if (r)
		return r;
	if (detail.len && !kith_arena_copy(w->arena, detail, &p.detail))
		return kith_fail_nomem(w->err);
	w->problems[w->n_problems++] = p;
	return KITH_OK;
}

int
vet_problem_of(struct vet_work *w, int code, enum kith_vet_problem_kind kind,
	       struct kith_span subject, bool *ret_stop)
{
	KITH_AUTO_FREE char *why = NULL;

	if (code != KITH_E_FORMAT)
		return code;
	why = kith_strndup(w->err->msg, strlen(w->err->msg));
	if (!why)
		return kith_fail_nomem(w->err);
	*ret_stop = true;
	return vet_problem(w, kind, subject, kith_span_str(why));
}

/* --- reading --- */

/* What a reader says of a file begins with "line N". */
static uint32_t
line_of(const char *why)
{
	struct kith_span s = kith_span_str(why);
	uint64_t n = 0;
	size_t i;

	if (!kith_span_skip(&s, "line "))
		return 0;
	for (i = 0; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' && n < UINT32_MAX / 10; i++)
		n = n * 10 + (uint64_t)(s.ptr[i] - '0');
	return (uint32_t)n;
}

static int
no_file(struct vet_work *w, int code, const char *file, bool *ret_stop)
{
	struct kith_span name = kith_span_str(file);
	KITH_AUTO_FREE char *why = NULL;

	if (code != KITH_E_FORMAT)
		return code;
	why = kith_strndup(w->err->msg, strlen(w->err->msg));
	if (!why)
		return kith_fail_nomem(w->err);
	*ret_stop = true;
	return vet_problem_in(w, KITH_VET_PARSE, name, kith_span_str(why), file, line_of(why));
}

static int
check_version(struct vet_work *w, bool *ret_stop)
{
	const struct kith_vet_config *c = w->config;
	uint64_t major = KITH_VET_MAJOR, minor = KITH_VET_MINOR;
	bool older = c->major < major || (c->major == major && c->minor < minor);
	bool newer = c->major > major || (c->major == major && c->minor > minor);
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, 100);
	if (w->q->lenient || !(newer || (older && !w->q->live)))
		return KITH_OK;
	*ret_stop = true;
	kith_buf_printf(&text, "%llu.%llu", (unsigned long long)c->major,
			(unsigned long long)c->minor);
	r = kith_buf_check(&text, w->err);
	return r ? r
		 : vet_problem_in(w, newer ? KITH_VET_NEWER_STORE : KITH_VET_OUTDATED_STORE,
				  KITH_SPAN_NONE, kith_buf_span(&text), "config.toml", 0);
}

int
vet_keep(struct vet_work *w, struct kith_vet_file **file)
{
	struct kith_vet_answer *a = w->answer;
	int r = kith_grow(&a->files, &a->files_cap, a->n_files + 1, sizeof(*a->files), SIZE_MAX / 2,
			  "files", w->err);

	if (!r)
		a->files[a->n_files++] = kith_steal(file);
	return r;
}

static int
read_config(struct vet_work *w, bool *ret_stop)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	int r = kith_vet_read_config(w->q->config, &f, w->err);

	if (r)
		return no_file(w, r, "config.toml", ret_stop);
	w->config = w->answer->config = &f->config;
	r = vet_keep(w, &f);
	return r ? r : check_version(w, ret_stop);
}

static int
read_audits(struct vet_work *w, bool *ret_stop)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	int r = kith_vet_read_audits(w->q->audits, KITH_VET_STRICT, &f, w->err);

	if (r)
		return no_file(w, r, "audits.toml", ret_stop);
	w->own = w->answer->own = &f->set;
	return vet_keep(w, &f);
}

static int
read_imports(struct vet_work *w, bool *ret_stop)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	int r = kith_vet_read_imports(w->q->imports, &f, w->err);

	if (r)
		return no_file(w, r, "imports.lock", ret_stop);
	w->stored = w->imports = w->answer->imports = &f->imports;
	return vet_keep(w, &f);
}

static int
read_files(struct vet_work *w, bool *ret_stop)
{
	int r = read_config(w, ret_stop);

	if (!r && !*ret_stop)
		r = read_audits(w, ret_stop);
	if (!r && !*ret_stop)
		r = read_imports(w, ret_stop);
	return r;
}

/* --- names of criteria --- */

struct names {
	struct vet_work *w;
	struct kith_map valid;
	const char *file; /* that is looked at */
};

static int
check_names(struct names *n, const struct kith_vet_list *list, const char *where,
	    struct kith_span crate, uint32_t line)
{
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&text, KITH_MIB(1));
	for (i = 0; i < list->count && !r; i++) {
		if (kith_map_get(&n->valid, list->items[i], NULL))
			continue;
		kith_buf_reset(&text);
		kith_buf_printf(&text, "in %s.%.*s", where, KITH_SPAN_FMT(crate));
		r = kith_buf_check(&text, n->w->err);
		if (!r)
			r = vet_problem_in(n->w, KITH_VET_INVALID_CRITERIA, list->items[i],
					   kith_buf_span(&text), n->file, line);
	}
	return r;
}

static int
check_exemptions(struct names *n)
{
	const struct kith_vet_groups *g = &n->w->config->exemptions;
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < g->count; i++) {
		const struct kith_vet_exemption *list = g->items[i].items;

		for (k = 0; k < g->items[i].count && !r; k++)
			r = check_names(n, &list[k].criteria, "exemptions", g->items[i].name,
					list[k].line);
	}
	return r;
}

static int
check_policy_names(struct names *n)
{
	const struct kith_vet_config *c = n->w->config;
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < c->n_policies && !r; i++) {
		const struct kith_vet_policy *p = &c->policies[i];

		r = check_names(n, &p->criteria, "policy", p->crate, p->line);
		if (!r)
			r = check_names(n, &p->dev_criteria, "policy", p->crate, p->line);
		for (k = 0; k < p->n_dependencies && !r; k++)
			r = check_names(n, &p->dependencies[k].list, "policy", p->crate, p->line);
	}
	return r;
}

/* A year ahead, as chrono counts months: 29 February becomes the 28th. */
static int32_t
year_after(int32_t day)
{
	int64_t year;
	unsigned month, d;

	kith_civil_from_days(day, &year, &month, &d);
	if (month == 2 && d == 29)
		d = 28;
	return (int32_t)kith_days_from_civil(year + 1, month, d);
}

static int
check_wildcards(struct names *n)
{
	const struct kith_vet_groups *g = &n->w->own->wildcards;
	int32_t latest = year_after(n->w->q->today);
	KITH_AUTO_BUF struct kith_buf text;
	size_t i, k;
	int r = KITH_OK;

	kith_buf_init(&text, 100);
	for (i = 0; i < g->count; i++) {
		const struct kith_vet_vouch *list = g->items[i].items;

		for (k = 0; k < g->items[i].count && !r; k++) {
			r = check_names(n, &list[k].criteria, "wildcard-audits", g->items[i].name,
					list[k].line);
			if (r || list[k].end <= latest)
				continue;
			kith_buf_reset(&text);
			kith_vet_put_date(&text, list[k].end);
			r = kith_buf_check(&text, n->w->err);
			if (!r)
				r = vet_problem_in(n->w, KITH_VET_END_DATE, g->items[i].name,
						   kith_buf_span(&text), "audits.toml",
						   list[k].line);
		}
	}
	return r;
}

static int
check_audits(struct names *n)
{
	const struct kith_vet_set *s = n->w->own;
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; i < s->n_criteria && !r; i++)
		r = check_names(n, &s->criteria[i].implies, "criteria", s->criteria[i].name,
				s->criteria[i].line);
	for (i = 0; i < s->audits.count; i++) {
		const struct kith_vet_audit *list = s->audits.items[i].items;

		for (k = 0; k < s->audits.items[i].count && !r; k++)
			r = check_names(n, &list[k].criteria, "audits", s->audits.items[i].name,
					list[k].line);
	}
	return r ? r : check_wildcards(n);
}

static int
check_criteria(struct vet_work *w)
{
	struct names n = {.w = w};
	size_t i;
	int r;

	kith_map_init(&n.valid, NULL);
	if ((r = kith_map_add(&n.valid, KITH_SPAN_LIT("safe-to-run"), 0, NULL, NULL, w->err)) ||
	    (r = kith_map_add(&n.valid, KITH_SPAN_LIT("safe-to-deploy"), 0, NULL, NULL, w->err)))
		i = w->own->n_criteria;
	else
		i = 0;
	for (; i < w->own->n_criteria && !r; i++)
		r = kith_map_add(&n.valid, w->own->criteria[i].name, 0, NULL, NULL, w->err);
	n.file = "config.toml";
	if (!r)
		r = check_exemptions(&n);
	if (!r)
		r = check_policy_names(&n);
	n.file = "audits.toml";
	if (!r)
		r = check_audits(&n);
	kith_map_clear(&n.valid);
	return r;
}

/* --- what only a locked run asks --- */

static struct kith_span
trim_end(struct kith_span s)
{
	struct kith_span t = kith_span_trim_unicode(s);

	return t.len ? kith_span(s.ptr, (size_t)(t.ptr + t.len - s.ptr)) : kith_span(s.ptr, 0);
}

static int
compare(struct vet_work *w, const char *file, struct kith_span was, const struct kith_buf *is)
{
	struct kith_span a = trim_end(was), b = trim_end(kith_buf_span(is));
	uint32_t line = 1;
	size_t i;

	if (kith_span_eq(a, b))
		return KITH_OK;
	for (i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
		line += a.ptr[i] == '\n';
	return vet_problem_in(w, KITH_VET_BAD_FORMAT, kith_span_str(file), KITH_SPAN_NONE, file,
			      line);
}

static int
check_form(struct vet_work *w)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	/* every character may become an escape of six */
	kith_buf_init(&text, KITH_MAX_TOML_BYTES * 8);
	r = kith_vet_write_config(w->config, KITH_VET_MAJOR, KITH_VET_MINOR, &text, w->err);
	if (!r)
		r = compare(w, "config.toml", w->q->config, &text);
	kith_buf_reset(&text);
	if (!r)
		r = kith_vet_write_audits(w->own, w->stored, &text, w->err);
	if (!r)
		r = compare(w, "audits.toml", w->q->audits, &text);
	kith_buf_reset(&text);
	if (!r)
		r = kith_vet_write_imports(w->stored, &text, w->err);
	return r ? r : compare(w, "imports.lock", w->q->imports, &text);
}

/* Same peers, and none of them holds what is excluded (A.7 rule 5). */
static bool
is_in_step(const struct vet_work *w)
{
	size_t i, k;

	if (w->config->n_imports != w->stored->n_peers)
		return false;
	for (i = 0; i < w->stored->n_peers; i++) {
		const struct kith_vet_import *how = &w->config->imports[i];

		if (!kith_span_eq(how->name, w->stored->peers[i].name))
			return false;
		for (k = 0; k < how->exclude.count; k++)
			if (kith_vet_group_find(&w->stored->peers[i].set.audits,
						how->exclude.items[k]))
				return false;
	}
	return true;
}

int
vet_load(struct vet_work *w, bool *ret_stop)
{
	int r;

	*ret_stop = false;
	r = read_files(w, ret_stop);
	if (r || *ret_stop)
		return r;
	r = check_criteria(w);
	if (!r && !w->q->lenient && !w->q->live) {
		r = check_form(w);
		if (!r && !is_in_step(w))
			r = vet_problem(w, KITH_VET_IMPORTS_OUTDATED, KITH_SPAN_NONE,
					KITH_SPAN_NONE);
	}
	*ret_stop = w->n_problems > 0;
	return r;
}
