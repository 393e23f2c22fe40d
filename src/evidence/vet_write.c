/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three documents: what stands in them in which order (cargo-vet.md A.8).
 */
#include <inttypes.h>

#include "evidence/vet_writer.h"

#define MAX_INLINE_TABLE 120

/* --- audits --- */

static int
cmp_subject(const struct kith_vet_audit *a, const struct kith_vet_audit *b)
{
	int c = vet_cmp_number(a->kind, b->kind);

	if (!c && a->kind == KITH_VET_VIOLATION)
		return kith_span_cmp(a->violation, b->violation);
	if (!c && a->kind == KITH_VET_DELTA)
		c = kith_vet_version_cmp(&a->from, &b->from);
	return c ? c : kith_vet_version_cmp(&a->to, &b->to);
}

int
vet_cmp_audit(const void *pa, const void *pb)
{
	const struct kith_vet_audit *a = *(const struct kith_vet_audit *const *)pa;
	const struct kith_vet_audit *b = *(const struct kith_vet_audit *const *)pb;
	int c = cmp_subject(a, b);

	if (!c)
		c = vet_cmp_list(&a->criteria, &b->criteria);
	if (!c)
		c = vet_cmp_list(&a->who, &b->who);
	if (!c)
		c = vet_cmp_text(a->notes, b->notes);
	return c ? c : vet_cmp_place(a, b);
}

static void
put_audit(struct vet_writer *w, const struct vet_path *path, const void *item)
{
	const struct kith_vet_audit *a = item;

	(void)path;
	vet_put_list_if(w, "who", &a->who);
	vet_put_list(w, KITH_SPAN_LIT("criteria"), &a->criteria, false);
	if (a->kind == KITH_VET_FULL) {
		vet_put_version(w, "version", &a->to);
	} else if (a->kind == KITH_VET_DELTA) {
		kith_buf_put_str(w->out, "delta = \"");
		kith_vet_version_put(w->out, &a->from);
		kith_buf_put_str(w->out, " -> ");
		kith_vet_version_put(w->out, &a->to);
		kith_buf_put_str(w->out, "\"\n");
	} else {
		vet_put_string(w, "violation", a->violation);
	}
	if (!a->importable)
		vet_put_boolean(w, "importable", false);
	vet_put_text(w, "notes", a->notes);
	vet_put_list_if(w, "aggregated-from", &a->origins);
}

/* --- wildcard audits, trusted entries --- */

int
vet_cmp_vouch(const void *pa, const void *pb)
{
	const struct kith_vet_vouch *a = *(const struct kith_vet_vouch *const *)pa;
	const struct kith_vet_vouch *b = *(const struct kith_vet_vouch *const *)pb;
	int c = vet_cmp_list(&a->who, &b->who); /* of trusted entries always empty */

	if (!c)
		c = vet_cmp_list(&a->criteria, &b->criteria);
	if (!c)
		c = vet_cmp_source(&a->source, &b->source);
	if (!c)
		c = (a->start > b->start) - (a->start < b->start);
	if (!c)
		c = (a->end > b->end) - (a->end < b->end);
	if (!c)
		c = vet_cmp_number(a->renew, b->renew);
	if (!c)
		c = vet_cmp_text(a->notes, b->notes);
	if (!c)
		c = vet_cmp_list(&a->origins, &b->origins);
	return c ? c : vet_cmp_place(a, b);
}

static void
put_vouch(struct vet_writer *w, const struct vet_path *path, const void *item)
{
	const struct kith_vet_vouch *v = item;

	(void)path;
	vet_put_list_if(w, "who", &v->who);
	vet_put_list(w, KITH_SPAN_LIT("criteria"), &v->criteria, false);
	vet_put_source(w, &v->source, true);
	vet_put_day(w, "start", v->start);
	vet_put_day(w, "end", v->end);
	if (v->renew != KITH_VET_RENEW_UNSAID)
		vet_put_boolean(w, "renew", v->renew == KITH_VET_RENEW_YES);
	vet_put_text(w, "notes", v->notes);
	vet_put_list_if(w, "aggregated-from", &v->origins);
}

static void
put_criterion(struct vet_writer *w, const struct vet_path *path, const struct kith_vet_criterion *c)
{
	struct vet_path here = vet_path(path, c->name);

	vet_put_header(w, false, &here);
	vet_put_text(w, "description", c->description);
	vet_put_text(w, "description-url", c->description_url);
	vet_put_list_if(w, "implies", &c->implies);
	vet_put_list_if(w, "aggregated-from", &c->origins);
}

static int
put_groups(struct vet_writer *w, const struct kith_vet_groups *g, size_t size,
	   int (*cmp)(const void *, const void *),
	   void (*put)(struct vet_writer *, const struct vet_path *, const void *),
	   const struct vet_path *path)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < g->count && !r; i++)
		r = vet_sorted(w, &g->items[i], size, cmp, put, path);
	return r;
}

static bool
is_all_empty(const struct kith_vet_groups *g)
{
	size_t i;

	for (i = 0; i < g->count; i++)
		if (g->items[i].count)
			return false;
	return true;
}

int
vet_write_set(struct vet_writer *w, const struct kith_vet_set *set, const struct vet_path *path)
{
	struct vet_path criteria = vet_path(path, KITH_SPAN_LIT("criteria"));
	struct vet_path wildcards = vet_path(path, KITH_SPAN_LIT("wildcard-audits"));
	struct vet_path audits = vet_path(path, KITH_SPAN_LIT("audits"));
	struct vet_path trusted = vet_path(path, KITH_SPAN_LIT("trusted"));
	size_t i;
	int r;

	for (i = 0; i < set->n_criteria; i++)
		put_criterion(w, &criteria, &set->criteria[i]);
	r = put_groups(w, &set->wildcards, sizeof(struct kith_vet_vouch), vet_cmp_vouch, put_vouch,
		       &wildcards);
	if (!r && is_all_empty(&set->audits))
		vet_put_header(w, false, &audits);
	if (!r)
		r = put_groups(w, &set->audits, sizeof(struct kith_vet_audit), vet_cmp_audit,
			       put_audit, &audits);
	return r ? r
		 : put_groups(w, &set->trusted, sizeof(struct kith_vet_vouch), vet_cmp_vouch,
			      put_vouch, &trusted);
}

int
kith_vet_write_audits(const struct kith_vet_set *set, const struct kith_vet_imports *publishers,
		      struct kith_buf *out, struct kith_error *err)
{
	VET_AUTO_WRITER struct vet_writer w;
	int r = KITH_OK;

	vet_writer_init(&w, out, "cargo-vet audits file", err);
	if (publishers)
		r = vet_writer_users(&w, publishers);
	if (!r)
		r = vet_write_set(&w, set, NULL);
	return r ? r : vet_writer_check(&w);
}

/* --- config --- */

static void
put_map(struct vet_writer *w, const struct vet_path *path, const char *key,
	const struct kith_vet_named_list *map, size_t n)
{
	struct vet_path here = vet_path(path, kith_span_str(key));
	size_t i;

	vet_put_header(w, false, &here);
	for (i = 0; i < n; i++)
		vet_put_list(w, map[i].name, &map[i].list, false);
}

static void
put_import(struct vet_writer *w, const struct kith_vet_import *i)
{
	struct vet_path imports = vet_path(NULL, KITH_SPAN_LIT("imports"));
	struct vet_path here = vet_path(&imports, i->name);

	vet_put_header(w, false, &here);
	vet_put_list(w, KITH_SPAN_LIT("url"), &i->urls, false);
	if (i->exclude.count)
		vet_put_list(w, KITH_SPAN_LIT("exclude"), &i->exclude, true);
	if (i->n_map)
		put_map(w, &here, "criteria-map", i->map, i->n_map);
}

/* dependency-criteria stays inline while it is short. */
static bool
fits_inline(struct vet_writer *w, const struct kith_vet_policy *p)
{
	size_t i;

	kith_buf_put_str(vet_scratch(w), "{ ");
	for (i = 0; i < p->n_dependencies; i++) {
		if (i)
			kith_buf_put_str(&w->scratch, ", ");
		kith_toml_put_key(&w->scratch, p->dependencies[i].name);
		kith_buf_put_str(&w->scratch, " = ");
		vet_put_inline_list(&w->scratch, &p->dependencies[i].list, false);
	}
	kith_buf_put_str(&w->scratch, " }");
	return sizeof("dependency-criteria") - 1 + 3 + vet_scalars(kith_buf_span(&w->scratch)) <=
	       MAX_INLINE_TABLE;
}

static int
put_policy(struct vet_writer *w, const struct kith_vet_policy *p, struct kith_span key)
{
	struct vet_path policies = vet_path(NULL, KITH_SPAN_LIT("policy"));
	struct vet_path here = vet_path(&policies, key);
	bool in_line = p->n_dependencies && fits_inline(w, p);
	bool values = p->has_audit_as || p->criteria.given || p->dev_criteria.given ||
		      p->notes.ptr || in_line;

	if (values || !p->n_dependencies)
		vet_put_header(w, false, &here);
	if (p->has_audit_as)
		vet_put_boolean(w, "audit-as-crates-io", p->audit_as);
	if (p->criteria.given)
		vet_put_list(w, KITH_SPAN_LIT("criteria"), &p->criteria, false);
	if (p->dev_criteria.given)
		vet_put_list(w, KITH_SPAN_LIT("dev-criteria"), &p->dev_criteria, false);
	if (in_line) {
		fits_inline(w, p); /* makes the text, which lists have used meanwhile */
		kith_buf_put_str(w->out, "dependency-criteria = ");
		kith_buf_put_span(w->out, kith_buf_span(&w->scratch));
		kith_buf_put_char(w->out, '\n');
	}
	vet_put_text(w, "notes", p->notes);
	if (p->n_dependencies && !in_line)
		put_map(w, &here, "dependency-criteria", p->dependencies, p->n_dependencies);
	return KITH_OK;
}

struct keyed {
	struct kith_span key; /* CRATE or CRATE:VERSION as it is written back */
	const struct kith_vet_policy *policy;
};

static int
cmp_keyed(const void *pa, const void *pb)
{
	const struct keyed *a = pa, *b = pb;

	return kith_span_cmp(a->key, b->key);
}

static int
put_policies(struct vet_writer *w, const struct kith_vet_config *c)
{
	struct keyed *list = kith_arena_array(&w->arena, c->n_policies + 1, sizeof(*list));
	size_t i;
	int r = KITH_OK;

	if (!list)
		return kith_fail_nomem(w->err);
	for (i = 0; i < c->n_policies; i++) {
		list[i] = (struct keyed){c->policies[i].crate, &c->policies[i]};
		if (!c->policies[i].has_version)
			continue;
		kith_buf_put_span(vet_scratch(w), c->policies[i].crate);
		kith_buf_put_char(&w->scratch, ':');
		kith_vet_version_put(&w->scratch, &c->policies[i].version);
		if (kith_buf_check(&w->scratch, w->err) ||
		    !kith_arena_copy(&w->arena, kith_buf_span(&w->scratch), &list[i].key))
			return kith_fail_nomem(w->err);
	}
	if (c->n_policies)
		qsort(list, c->n_policies, sizeof(*list), cmp_keyed);
	for (i = 0; i < c->n_policies && !r; i++)
		r = put_policy(w, list[i].policy, list[i].key);
	return r;
}

static int
cmp_exemption(const void *pa, const void *pb)
{
	const struct kith_vet_exemption *a = *(const struct kith_vet_exemption *const *)pa;
	const struct kith_vet_exemption *b = *(const struct kith_vet_exemption *const *)pb;
	int c = kith_vet_version_cmp(&a->version, &b->version);

	if (!c)
		c = vet_cmp_list(&a->criteria, &b->criteria);
	if (!c)
		c = a->suggest - b->suggest;
	return c ? c : vet_cmp_text(a->notes, b->notes);
}

static void
put_exemption(struct vet_writer *w, const struct vet_path *path, const void *item)
{
	const struct kith_vet_exemption *e = item;

	(void)path;
	vet_put_version(w, "version", &e->version);
	vet_put_list(w, KITH_SPAN_LIT("criteria"), &e->criteria, false);
	if (!e->suggest)
		vet_put_boolean(w, "suggest", false);
	vet_put_text(w, "notes", e->notes);
}

int
kith_vet_write_config(const struct kith_vet_config *config, uint64_t major, uint64_t minor,
		      struct kith_buf *out, struct kith_error *err)
{
	struct vet_path exemptions = vet_path(NULL, KITH_SPAN_LIT("exemptions"));
	struct vet_path own = vet_path(NULL, KITH_SPAN_LIT("cargo-vet"));
	VET_AUTO_WRITER struct vet_writer w;
	size_t i;
	int r;

	vet_writer_init(&w, out, "cargo-vet config file", err);
	if (!kith_span_is(config->default_criteria, "safe-to-deploy")) {
		kith_buf_put_char(out, '\n'); /* a plain value stands before all tables */
		vet_put_string(&w, "default-criteria", config->default_criteria);
	}
	vet_put_header(&w, false, &own);
	kith_buf_printf(out, "version = \"%" PRIu64 ".%" PRIu64 "\"\n", major, minor);
	for (i = 0; i < config->n_imports; i++)
		put_import(&w, &config->imports[i]);
	r = put_policies(&w, config);
	if (!r)
		r = put_groups(&w, &config->exemptions, sizeof(struct kith_vet_exemption),
			       cmp_exemption, put_exemption, &exemptions);
	return r ? r : vet_writer_check(&w);
}

/* --- imports.lock --- */

static int
cmp_unpublished(const void *pa, const void *pb)
{
	const struct kith_vet_unpublished *a = *(const struct kith_vet_unpublished *const *)pa;
	const struct kith_vet_unpublished *b = *(const struct kith_vet_unpublished *const *)pb;
	int c = kith_vet_version_cmp(&a->version, &b->version);

	return c ? c : kith_vet_version_cmp(&a->audited_as, &b->audited_as);
}

static void
put_unpublished(struct vet_writer *w, const struct vet_path *path, const void *item)
{
	const struct kith_vet_unpublished *u = item;

	(void)path;
	vet_put_version(w, "version", &u->version);
	vet_put_version(w, "audited_as", &u->audited_as);
}

static int
cmp_publisher(const void *pa, const void *pb)
{
	const struct kith_vet_publisher *a = *(const struct kith_vet_publisher *const *)pa;
	const struct kith_vet_publisher *b = *(const struct kith_vet_publisher *const *)pb;
	int c = kith_vet_version_cmp(&a->version, &b->version);

	if (!c)
		c = (a->when > b->when) - (a->when < b->when);
	if (!c)
		c = vet_cmp_source(&a->source, &b->source);
	if (!c)
		c = vet_cmp_text(a->login, b->login);
	return c ? c : vet_cmp_text(a->name, b->name);
}

static void
put_publisher(struct vet_writer *w, const struct vet_path *path, const void *item)
{
	const struct kith_vet_publisher *p = item;

	(void)path;
	vet_put_version(w, "version", &p->version);
	vet_put_day(w, "when", p->when);
	vet_put_source(w, &p->source, false);
	vet_put_text(w, "user-login", p->login);
	vet_put_text(w, "user-name", p->name);
}

int
kith_vet_write_imports(const struct kith_vet_imports *imports, struct kith_buf *out,
		       struct kith_error *err)
{
	struct vet_path unpublished = vet_path(NULL, KITH_SPAN_LIT("unpublished"));
	struct vet_path publishers = vet_path(NULL, KITH_SPAN_LIT("publisher"));
	struct vet_path audits = vet_path(NULL, KITH_SPAN_LIT("audits"));
	VET_AUTO_WRITER struct vet_writer w;
	size_t i;
	int r;

	vet_writer_init(&w, out, "cargo-vet imports lock", err);
	if ((r = vet_writer_users(&w, imports)) ||
	    (r = put_groups(&w, &imports->unpublished, sizeof(struct kith_vet_unpublished),
			    cmp_unpublished, put_unpublished, &unpublished)) ||
	    (r = put_groups(&w, &imports->publishers, sizeof(struct kith_vet_publisher),
			    cmp_publisher, put_publisher, &publishers)))
		return r;
	for (i = 0; i < imports->n_peers && !r; i++) {
		struct vet_path here = vet_path(&audits, imports->peers[i].name);

		r = vet_write_set(&w, &imports->peers[i].set, &here);
	}
	return r ? r : vet_writer_check(&w);
}
