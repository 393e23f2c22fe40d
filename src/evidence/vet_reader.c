/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of cargo-vet's files (cargo-vet.md A): types, dates, versions, tables of crates. A list
 * of one string costs nothing: it points at the document's own value.
 */
#include "evidence/vet_reader.h"

int
vet_file_new(struct kith_span text, struct kith_vet_file **ret_file, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = kith_calloc(1, sizeof(*f));
	int r;

	if (!f)
		return kith_fail_nomem(err);
	kith_arena_init(&f->arena, KITH_MAX_VET_ARENA);
	r = kith_toml_parse(text, &f->doc, err);
	if (r)
		return r;
	*ret_file = kith_steal(&f);
	return KITH_OK;
}

void
kith_vet_file_free(struct kith_vet_file *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->refusals.count; i++)
		free(f->refusals.items[i].why);
	free(f->refusals.items);
	kith_toml_free(f->doc);
	kith_arena_clear(&f->arena);
	free(f);
}

void
kith_vet_file_freep(struct kith_vet_file **f)
{
	kith_vet_file_free(*f);
	*f = NULL;
}

int
vet_bad(struct vet_reader *r, const struct kith_toml *at, const char *what)
{
	return kith_fail(r->err, KITH_E_FORMAT, "line %u: %s", (unsigned)at->line, what);
}

static int
bad_type(struct vet_reader *r, const struct kith_toml *v, const char *what, const char *want)
{
	return kith_fail(r->err, KITH_E_FORMAT, "line %u: %s is of type %s, not %s",
			 (unsigned)v->line, what, kith_toml_type_name(v->type), want);
}

static int
no_memory(struct vet_reader *r)
{
	if (r->file->arena.total >= r->file->arena.max / 2)
		return kith_fail(r->err, KITH_E_LIMIT, "audits take more than %zu bytes",
				 r->file->arena.max);
	return kith_fail_nomem(r->err);
}

int
vet_forgive(struct vet_reader *r, const struct kith_toml *at, int code)
{
	struct kith_vet_refusals *list = &r->file->refusals;
	struct kith_error err;
	char *why;
	int g;

	if (r->how != KITH_VET_STRICT && code == KITH_E_NOTFOUND)
		return KITH_OK; /* not meant for others */
	if (r->how == KITH_VET_STRICT || code != KITH_E_FORMAT)
		return code;
	if (list->count >= KITH_MAX_VET_REFUSALS) {
		list->more++;
		return KITH_OK;
	}
	g = kith_grow(&list->items, &list->cap, list->count + 1, sizeof(*list->items),
		      KITH_MAX_VET_REFUSALS, "refusals", &err);
	why = g ? NULL : kith_strndup(r->err->msg, strlen(r->err->msg));
	if (!why)
		return kith_fail_nomem(r->err);
	list->items[list->count++] = (struct kith_vet_refusal){at->line, why};
	return KITH_OK;
}

void
vet_fields(const struct kith_toml *table, const char *const *keys, struct vet_fields *ret)
{
	const struct kith_toml *v;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (v = table->first; v; v = v->next) {
		for (i = 0; keys[i] && !kith_span_is(v->key, keys[i]); i++)
			;
		if (keys[i])
			ret->at[i] = v;
		else if (!ret->unknown)
			ret->unknown = v;
	}
}

int
vet_string(struct vet_reader *r, const struct kith_toml *v, const char *what, struct kith_span *ret)
{
	if (!v)
		return KITH_OK;
	if (v->type != KITH_TOML_STRING)
		return bad_type(r, v, what, "string");
	*ret = v->u.string;
	return KITH_OK;
}

int
vet_boolean(struct vet_reader *r, const struct kith_toml *v, const char *what, bool *ret)
{
	if (!v)
		return KITH_OK;
	if (v->type != KITH_TOML_BOOLEAN)
		return bad_type(r, v, what, "boolean");
	*ret = v->u.boolean;
	return KITH_OK;
}

int
vet_list(struct vet_reader *r, const struct kith_toml *v, const char *what,
	 struct kith_vet_list *ret)
{
	struct kith_span *items;
	const struct kith_toml *x;
	size_t n = 0;

	if (!v)
		return KITH_OK;
	if (v->type == KITH_TOML_STRING) {
		*ret = (struct kith_vet_list){&v->u.string, 1, true};
		return KITH_OK;
	}
	if (v->type != KITH_TOML_ARRAY)
		return bad_type(r, v, what, "string or array of strings");
	items = kith_arena_array(&r->file->arena, v->count + 1, sizeof(*items));
	if (!items)
		return no_memory(r);
	for (x = v->first; x; x = x->next) {
		if (x->type != KITH_TOML_STRING)
			return bad_type(r, x, what, "string");
		items[n++] = x->u.string;
	}
	*ret = (struct kith_vet_list){items, n, true};
	return KITH_OK;
}

int
vet_version(struct vet_reader *r, const struct kith_toml *table, const struct kith_toml *v,
	    const char *what, struct kith_vet_version *ret)
{
	if (!v)
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: '%s' is missing",
				 (unsigned)table->line, what);
	if (v->type != KITH_TOML_STRING)
		return bad_type(r, v, what, "string");
	if (!kith_vet_version_parse(v->u.string, ret))
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: %s '%.*s' is no version",
				 (unsigned)v->line, what, KITH_SPAN_FMT(v->u.string));
	return KITH_OK;
}

/* Takes 1 to `max` digits off the front. */
static bool
take_number(struct kith_span *s, size_t max, unsigned *ret)
{
	size_t n = 0;

	*ret = 0;
	while (n < s->len && n < max && s->ptr[n] >= '0' && s->ptr[n] <= '9')
		*ret = *ret * 10 + (unsigned)(s->ptr[n++] - '0');
	*s = kith_span_sub(*s, n, SIZE_MAX);
	return n > 0;
}

static unsigned
days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* YYYY-MM-DD; month and day may have one digit (A). */
static bool
parse_date(struct kith_span s, int32_t *ret)
{
	unsigned year, month, day;

	if (!take_number(&s, 4, &year) || !kith_span_skip(&s, "-") || !take_number(&s, 2, &month) ||
	    !kith_span_skip(&s, "-") || !take_number(&s, 2, &day) || s.len)
		return false;
	if (!year || !month || month > 12 || !day || day > days_in_month(year, month))
		return false;
	*ret = (int32_t)kith_days_from_civil(year, month, day);
	return true;
}

int
vet_date(struct vet_reader *r, const struct kith_toml *table, const struct kith_toml *v,
	 const char *what, int32_t *ret)
{
	if (!v)
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: '%s' is missing",
				 (unsigned)table->line, what);
	if (v->type != KITH_TOML_STRING)
		return bad_type(r, v, what, "string");
	if (!parse_date(v->u.string, ret))
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: %s '%.*s' is no date",
				 (unsigned)v->line, what, KITH_SPAN_FMT(v->u.string));
	return KITH_OK;
}

int
vet_table(struct vet_reader *r, const struct kith_toml *v, const char *what,
	  const struct kith_toml **ret)
{
	if (v && v->type != KITH_TOML_TABLE)
		return bad_type(r, v, what, "table");
	*ret = v;
	return KITH_OK;
}

static int
cmp_named(const void *pa, const void *pb)
{
	const struct kith_vet_named_list *a = pa, *b = pb;

	return kith_span_cmp(a->name, b->name);
}

int
vet_named_lists(struct vet_reader *r, const struct kith_toml *v, const char *what,
		struct kith_vet_named_list **ret, size_t *ret_count)
{
	const struct kith_toml *t = NULL, *x;
	struct kith_vet_named_list *items;
	size_t n = 0;
	int code = vet_table(r, v, what, &t);

	if (code || !t)
		return code;
	items = kith_arena_array(&r->file->arena, t->count + 1, sizeof(*items));
	if (!items)
		return no_memory(r);
	for (x = t->first; x; x = x->next) {
		items[n].name = x->key;
		if ((code = vet_list(r, x, what, &items[n++].list)))
			return code;
	}
	if (n)
		qsort(items, n, sizeof(*items), cmp_named);
	*ret = items;
	*ret_count = n;
	return KITH_OK;
}

static int
read_group(struct vet_reader *r, const struct kith_toml *list, const char *what, size_t size,
	   vet_read_entry *read, struct kith_vet_group *ret)
{
	const struct kith_toml *x;
	char *items;
	size_t n = 0;
	int code;

	if (list->type != KITH_TOML_ARRAY)
		return bad_type(r, list, what, "array of tables");
	for (x = list->first; x; x = x->next)
		if (x->type != KITH_TOML_TABLE)
			return bad_type(r, x, what, "table");
	items = kith_arena_array(&r->file->arena, list->count + 1, size);
	if (!items)
		return no_memory(r);
	for (x = list->first; x; x = x->next) {
		code = read(r, x, items + n * size);
		if (!code) {
			n++;
			continue;
		}
		memset(items + n * size, 0, size);
		if ((code = vet_forgive(r, x, code)))
			return code;
	}
	*ret = (struct kith_vet_group){list->key, items, n, list->line};
	return KITH_OK;
}

static int
cmp_group(const void *pa, const void *pb)
{
	const struct kith_vet_group *a = pa, *b = pb;

	return kith_span_cmp(a->name, b->name);
}

int
vet_groups(struct vet_reader *r, const struct kith_toml *v, const char *what, size_t size,
	   vet_read_entry *read, struct kith_vet_groups *ret)
{
	const struct kith_toml *t = NULL, *x;
	struct kith_vet_group *items;
	size_t n = 0;
	int code = vet_table(r, v, what, &t);

	if (code && r->how == KITH_VET_LENIENT)
		return vet_forgive(r, v, code);
	if (code || !t)
		return code;
	items = kith_arena_array(&r->file->arena, t->count + 1, sizeof(*items));
	if (!items)
		return no_memory(r);
	for (x = t->first; x; x = x->next) {
		code = read_group(r, x, what, size, read, &items[n]);
		if (code && r->how == KITH_VET_LENIENT)
			code = vet_forgive(r, x, code);
		else if (!code && (items[n].count || r->how == KITH_VET_STRICT))
			n++;
		if (code)
			return code;
	}
	if (n)
		qsort(items, n, sizeof(*items), cmp_group);
	*ret = (struct kith_vet_groups){items, n};
	return KITH_OK;
}

/* --- looking up --- */

struct kith_vet_group *
kith_vet_group_find(const struct kith_vet_groups *g, struct kith_span name)
{
	struct kith_vet_group key = {.name = name};

	return g->count ? bsearch(&key, g->items, g->count, sizeof(key), cmp_group) : NULL;
}

static void *
items_of(const struct kith_vet_groups *g, struct kith_span name, size_t *ret_count)
{
	const struct kith_vet_group *found = kith_vet_group_find(g, name);

	*ret_count = found ? found->count : 0;
	return found ? found->items : NULL;
}

struct kith_vet_audit *
kith_vet_audits_of(const struct kith_vet_set *s, struct kith_span name, size_t *ret_count)
{
	return items_of(&s->audits, name, ret_count);
}

struct kith_vet_vouch *
kith_vet_wildcards_of(const struct kith_vet_set *s, struct kith_span name, size_t *ret_count)
{
	return items_of(&s->wildcards, name, ret_count);
}

struct kith_vet_vouch *
kith_vet_trusted_of(const struct kith_vet_set *s, struct kith_span name, size_t *ret_count)
{
	return items_of(&s->trusted, name, ret_count);
}

struct kith_vet_exemption *
kith_vet_exemptions_of(const struct kith_vet_config *c, struct kith_span name, size_t *ret_count)
{
	return items_of(&c->exemptions, name, ret_count);
}

struct kith_vet_publisher *
kith_vet_publishers_of(const struct kith_vet_imports *i, struct kith_span name, size_t *ret_count)
{
	return items_of(&i->publishers, name, ret_count);
}

struct kith_vet_unpublished *
kith_vet_unpublished_of(const struct kith_vet_imports *i, struct kith_span name, size_t *ret_count)
{
	return items_of(&i->unpublished, name, ret_count);
}

bool
kith_vet_source_eq(const struct kith_vet_source *a, const struct kith_vet_source *b)
{
	if (a->is_user != b->is_user)
		return false;
	return a->is_user ? a->user == b->user : kith_span_eq(a->publisher, b->publisher);
}
