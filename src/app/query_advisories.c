/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith query advisories: what databases say, of one package or of everything that the project here
 * locks. What the people of the web of trust say stands in the index and is listed by query.c.
 */
#include "app/claims.h"
#include "app/query.h"
#include "package/project.h"

/* Of a name alone every advisory is listed: this is no version, so none can be ruled out. */
#define NO_VERSION KITH_SPAN_LIT("?")

struct listing {
	struct kith_app_claims *all;
	struct kith_app_list *list;
	struct kith_arena arena;
	struct kith_error *err;
};

static void
claims_freep(struct kith_app_claims **c)
{
	kith_app_claims_free(*c);
}

static const char *
kind_word(const struct kith_advisory_problem *p)
{
	static const char *const words[] = {[KITH_ADVISORY_VULNERABILITY] = "vulnerability",
					    [KITH_ADVISORY_UNSOUND] = "unsound",
					    [KITH_ADVISORY_UNMAINTAINED] = "unmaintained",
					    [KITH_ADVISORY_NOTICE] = "notice"};

	return p->malicious ? "malicious" : words[p->kind];
}

static void
put_others(const struct listing *l, const struct kith_advisory_problem *p)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, KITH_MIB(4));
	for (i = 1; i < p->n_ids; i++) {
		kith_buf_put_str(&b, i > 1 ? "," : "");
		kith_buf_put_span(&b, p->ids[i]);
	}
	kith_app_list_text(l->list, "other_ids", kith_buf_carry(l->list->out, &b), 0);
}

static void
put_row(const struct listing *l, const struct kith_advisory_problem *p,
	const struct kith_advisory_member *x, struct kith_span name, struct kith_span version)
{
	const struct kith_app_claims *all = l->all;
	KITH_AUTO_BUF struct kith_buf affected;
	struct kith_place at = {.path = x->path};
	bool judged = version.len && p->state == KITH_ADVISORY_AFFECTED;

	kith_buf_init(&affected, KITH_MIB(4));
	kith_advisory_put_affected(all->advisories, x->entry, &affected);
	if (x->database < all->databases->n_sources)
		at = (struct kith_place){all->database_places[x->database].source,
					 all->database_places[x->database].commit, x->path, 0};
	kith_app_list_row(l->list);
	if (x->has_date)
		kith_app_list_date(l->list, "date", x->date);
	else if (!l->list->is_json)
		kith_app_list_str(l->list, "date", "-", 10);
	kith_app_list_text(l->list, "package", name, 20);
	kith_app_list_text(l->list, "version", version.len ? version : KITH_SPAN_LIT("*"), 10);
	kith_app_list_text(l->list, "id", p->ids[0], 19);
	kith_app_list_str(l->list, "severity",
			  p->severity.known ? kith_severity_name(p->severity.label) : "-", 8);
	kith_app_list_str(l->list, "kind", kind_word(p), 13);
	if (version.len)
		kith_app_list_str(l->list, "state", judged ? "affected" : "unclear", 8);
	if (l->list->is_json) {
		put_others(l, p);
		kith_app_list_text(l->list, "url", x->url, 0);
		kith_app_list_text(l->list, "title", x->title, 0);
		kith_app_list_text(l->list, "affected", kith_buf_carry(l->list->out, &affected), 0);
		kith_app_list_place(l->list, &at);
	} else {
		kith_app_list_text(l->list, "affected", kith_buf_carry(l->list->out, &affected),
				   24);
		kith_app_list_text(l->list, "title", x->title, 0);
	}
	kith_app_list_end_row(l->list);
}

/* The member whose id is shown speaks; a view of a database nobody named says nothing here. */
static const struct kith_advisory_member *
speaker(const struct listing *l, const struct kith_advisory_problem *p)
{
	const struct kith_advisory_member *best = NULL;
	size_t i;

	for (i = 0; i < p->n_members; i++) {
		const struct kith_advisory_member *x = &p->members[i];

		if (x->database >= l->all->databases->n_sources ||
		    l->all->database_numbers[x->database] == UINT32_MAX)
			continue;
		if (!best || (best->state != x->state && x->state == p->state) ||
		    (best->state == x->state && kith_span_eq(x->id, p->ids[0])))
			best = x;
	}
	return best;
}

static int
list_package(struct listing *l, enum kith_ecosystem eco, struct kith_span name,
	     struct kith_span version)
{
	struct kith_advisory_query q = {kith_span_str(kith_advisory_ecosystem(eco)), name,
					version.len ? version : NO_VERSION};
	const struct kith_advisory_problem *problems;
	const struct kith_advisory_member *x;
	size_t n, i;
	int r;

	kith_arena_clear(&l->arena);
	r = kith_advisory_match(l->all->advisories, &q, &l->arena, &problems, &n, l->err);
	for (i = 0; !r && i < n; i++) {
		x = speaker(l, &problems[i]);
		if (x)
			put_row(l, &problems[i], x, name, version);
	}
	return r;
}

/* What is locked here from the default registry. */
static int
list_project(struct listing *l, struct kith_session *s)
{
	KITH_AUTO_PROJECT struct kith_project *project = NULL;
	struct kith_error why;
	size_t i;
	int r = kith_project_open(".", &project, &why);

	if (r == KITH_E_NOTFOUND) {
		if (l->all->databases->n_sources)
			kith_app_note(
			    s, "no project is here: what databases say is listed for a package "
			       "that is named");
		return KITH_OK;
	}
	if (r)
		return kith_fail(l->err, (enum kith_code)r, "%s", why.msg);
	for (i = 0; !r && i < project->lock->count; i++) {
		const struct kith_package *p = &project->lock->packages[i];

		if (p->origin == KITH_ORIGIN_REGISTRY)
			r = list_package(l, p->eco, p->name, p->version);
	}
	return r;
}

int
kith_app_query_advisories(struct kith_session *s, const struct kith_index *index,
			  struct kith_span name, struct kith_span version,
			  struct kith_app_list *list, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_CLEANUP(claims_freep) struct kith_app_claims *all = NULL;
	struct listing l = {.list = list, .err = err};
	int r;

	r = kith_app_config_load(s, ".", &config, err);
	if (!r)
		r = kith_app_claims_new(s, index, &config, NULL, KITH_LEVEL_LOW, &all, err);
	if (r)
		return r;
	l.all = all;
	kith_arena_init(&l.arena, KITH_MIB(256));
	r = name.len ? list_package(&l, KITH_ECO_CARGO, name, version) : list_project(&l, s);
	kith_arena_clear(&l.arena);
	return r ? r : kith_app_derived_check(s, err);
}
