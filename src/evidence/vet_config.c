/* SPDX-License-Identifier: Apache-2.0 */
/* config.toml of a cargo-vet store (cargo-vet.md A.1). Unknown keys are not looked at. */
#include "evidence/vet_reader.h"

/* A number as Rust's u64 reads it: a plus sign is allowed. */
static bool
take_u64(struct kith_span s, uint64_t *ret)
{
	kith_span_skip(&s, "+");
	return kith_span_u64(s, ret);
}

static int
read_store_version(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_config *c)
{
	const struct kith_toml *t = NULL, *version;
	struct kith_span rest, major, minor, more;
	int code = vet_table(r, v, "cargo-vet", &t);

	c->major = 0;
	c->minor = 4; /* what wrote no version (A.1) */
	if (code || !t)
		return code;
	version = kith_toml_get(t, "version");
	if (!version || version->type != KITH_TOML_STRING)
		return vet_bad(r, t, "'version' is no string");
	rest = version->u.string;
	if (!kith_span_next(&rest, '.', &major) || !kith_span_next(&rest, '.', &minor) ||
	    kith_span_next(&rest, '.', &more) || !take_u64(major, &c->major) ||
	    !take_u64(minor, &c->minor))
		return kith_fail(r->err, KITH_E_FORMAT,
				 "line %u: version '%.*s' is not MAJOR.MINOR",
				 (unsigned)version->line, KITH_SPAN_FMT(version->u.string));
	return KITH_OK;
}

static int
read_import(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_import *i)
{
	static const char *const keys[] = {"url", "exclude", "criteria-map", NULL};
	const struct kith_toml *t = NULL;
	struct vet_fields f;
	int code = vet_table(r, v, "an import", &t);

	if (code)
		return code;
	vet_fields(t, keys, &f);
	i->name = t->key;
	i->line = t->line;
	if (!f.at[0])
		return vet_bad(r, t, "'url' is missing");
	if (f.at[1] && f.at[1]->type != KITH_TOML_ARRAY)
		return vet_bad(r, f.at[1], "'exclude' is no array");
	if ((code = vet_list(r, f.at[0], keys[0], &i->urls)) ||
	    (code = vet_list(r, f.at[1], keys[1], &i->exclude)))
		return code;
	return vet_named_lists(r, f.at[2], keys[2], &i->map, &i->n_map);
}

static int
cmp_import(const void *pa, const void *pb)
{
	const struct kith_vet_import *a = pa, *b = pb;

	return kith_span_cmp(a->name, b->name);
}

static int
read_imports(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_config *c)
{
	const struct kith_toml *t = NULL, *x;
	int code = vet_table(r, v, "imports", &t);

	if (code || !t)
		return code;
	c->imports = kith_arena_array(&r->file->arena, t->count + 1, sizeof(*c->imports));
	if (!c->imports)
		return kith_fail_nomem(r->err);
	for (x = t->first; x && !code; x = x->next)
		code = read_import(r, x, &c->imports[c->n_imports++]);
	if (!code && c->n_imports)
		qsort(c->imports, c->n_imports, sizeof(*c->imports), cmp_import);
	return code;
}

/* --- policies --- */

static int
read_policy(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_policy *p)
{
	static const char *const keys[] = {"audit-as-crates-io",  "criteria", "dev-criteria",
					   "dependency-criteria", "notes",    NULL};
	const struct kith_toml *t = NULL;
	struct vet_fields f;
	size_t colon;
	int code = vet_table(r, v, "a policy", &t);

	if (code)
		return code;
	vet_fields(t, keys, &f);
	p->line = t->line;
	p->has_audit_as = f.at[0] != NULL;
	if ((code = vet_boolean(r, f.at[0], keys[0], &p->audit_as)) ||
	    (code = vet_list(r, f.at[1], keys[1], &p->criteria)) ||
	    (code = vet_list(r, f.at[2], keys[2], &p->dev_criteria)) ||
	    (code = vet_named_lists(r, f.at[3], keys[3], &p->dependencies, &p->n_dependencies)) ||
	    (code = vet_string(r, f.at[4], keys[4], &p->notes)))
		return code;
	colon = kith_span_find(t->key, 0, ':');
	p->crate = kith_span_sub(t->key, 0, colon);
	p->has_version = colon < t->key.len;
	if (p->has_version &&
	    !kith_vet_version_parse(kith_span_sub(t->key, colon + 1, SIZE_MAX), &p->version))
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: policy '%.*s' is of no version",
				 (unsigned)t->line, KITH_SPAN_FMT(t->key));
	return KITH_OK;
}

struct keyed_policy {
	struct kith_span key;
	struct kith_vet_policy policy;
};

static int
cmp_policy(const struct kith_vet_policy *a, const struct kith_vet_policy *b)
{
	int c = kith_span_cmp(a->crate, b->crate);

	if (!c)
		c = a->has_version - b->has_version;
	return c || !a->has_version ? c : kith_vet_version_cmp(&a->version, &b->version);
}

/* Among two spellings of a version the later in key order wins: it comes last. */
static int
cmp_keyed(const void *pa, const void *pb)
{
	const struct keyed_policy *a = pa, *b = pb;
	int c = cmp_policy(&a->policy, &b->policy);

	return c ? c : kith_span_cmp(a->key, b->key);
}

static int
take_policies(struct vet_reader *r, struct keyed_policy *list, size_t n, struct kith_vet_config *c)
{
	const struct kith_vet_policy *last;
	size_t i;

	for (i = 0; i < n; i++) {
		last = c->n_policies ? &c->policies[c->n_policies - 1] : NULL;
		if (last && kith_span_eq(last->crate, list[i].policy.crate) &&
		    last->has_version != list[i].policy.has_version)
			return kith_fail(r->err, KITH_E_FORMAT,
					 "line %u: policies with and without version for '%.*s'",
					 (unsigned)list[i].policy.line, KITH_SPAN_FMT(last->crate));
		if (last && cmp_policy(last, &list[i].policy) == 0)
			c->n_policies--;
		c->policies[c->n_policies++] = list[i].policy;
	}
	return KITH_OK;
}

static int
read_policies(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_config *c)
{
	KITH_AUTO_FREE struct keyed_policy *list = NULL;
	const struct kith_toml *t = NULL, *x;
	size_t n = 0;
	int code = vet_table(r, v, "policy", &t);

	if (code || !t)
		return code;
	list = kith_calloc(t->count + 1, sizeof(*list));
	c->policies = kith_arena_array(&r->file->arena, t->count + 1, sizeof(*c->policies));
	if (!list || !c->policies)
		return kith_fail_nomem(r->err);
	for (x = t->first; x; x = x->next, n++) {
		list[n].key = x->key;
		if ((code = read_policy(r, x, &list[n].policy)))
			return code;
	}
	if (n)
		qsort(list, n, sizeof(*list), cmp_keyed);
	return take_policies(r, list, n, c);
}

/* --- exemptions --- */

static int
read_exemption(struct vet_reader *r, const struct kith_toml *t, void *item)
{
	static const char *const keys[] = {"version", "criteria", "suggest", "notes", NULL};
	struct kith_vet_exemption *e = item;
	struct vet_fields f;
	int code;

	vet_fields(t, keys, &f);
	e->line = t->line;
	e->suggest = true;
	if ((code = vet_version(r, t, f.at[0], keys[0], &e->version)) ||
	    (code = vet_list(r, f.at[1], keys[1], &e->criteria)) ||
	    (code = vet_boolean(r, f.at[2], keys[2], &e->suggest)))
		return code;
	return vet_string(r, f.at[3], keys[3], &e->notes);
}

static int
read_config(struct vet_reader *r, const struct kith_toml *root, struct kith_vet_config *c)
{
	static const char *const keys[] = {"cargo-vet",  "default-criteria", "imports", "policy",
					   "exemptions", "unaudited",        NULL};
	struct vet_fields f;
	int code;

	vet_fields(root, keys, &f);
	if (f.at[4] && f.at[5])
		return vet_bad(r, f.at[5], "both 'exemptions' and 'unaudited'");
	c->default_criteria = KITH_SPAN_LIT("safe-to-deploy");
	if ((code = read_store_version(r, f.at[0], c)) ||
	    (code = vet_string(r, f.at[1], keys[1], &c->default_criteria)) ||
	    (code = read_imports(r, f.at[2], c)) || (code = read_policies(r, f.at[3], c)))
		return code;
	return vet_groups(r, f.at[4] ? f.at[4] : f.at[5], keys[4],
			  sizeof(struct kith_vet_exemption), read_exemption, &c->exemptions);
}

int
kith_vet_read_config(struct kith_span text, struct kith_vet_file **ret_file, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	struct vet_reader r = {.how = KITH_VET_STRICT, .err = err};
	int code = vet_file_new(text, &f, err);

	r.file = f;
	if (!code)
		code = read_config(&r, kith_toml_root(f->doc), &f->config);
	if (!code)
		*ret_file = kith_steal(&f);
	return code;
}
