/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audits files: a store's own, a peer's, and the peers' parts of imports.lock (cargo-vet.md A.2,
 * A.3, C.1 steps 1 to 3).
 */
#include "evidence/vet_reader.h"

static const char *const builtin[] = {"safe-to-run", "safe-to-deploy"};

static bool
is_builtin(struct kith_span name)
{
	return kith_span_is(name, builtin[0]) || kith_span_is(name, builtin[1]);
}

static int
read_criterion(struct vet_reader *r, const struct kith_toml *t, struct kith_vet_criterion *c)
{
	static const char *const keys[] = {"description", "description-url", "implies",
					   "aggregated-from", NULL};
	struct vet_fields f;
	int code;

	if (t->type != KITH_TOML_TABLE)
		return vet_bad(r, t, "a criterion that is no table");
	vet_fields(t, keys, &f);
	if (f.unknown)
		return kith_fail(r->err, KITH_E_FORMAT,
				 "line %u: unknown key '%.*s' in a criterion",
				 (unsigned)f.unknown->line, KITH_SPAN_FMT(f.unknown->key));
	c->name = t->key;
	c->line = t->line;
	if ((code = vet_string(r, f.at[0], keys[0], &c->description)) ||
	    (code = vet_string(r, f.at[1], keys[1], &c->description_url)) ||
	    (code = vet_list(r, f.at[2], keys[2], &c->implies)))
		return code;
	return vet_list(r, f.at[3], keys[3], &c->origins);
}

/* Of sets that kith evaluates itself: what cargo-vet would die of is left out and said. */
static int
check_criterion(struct vet_reader *r, const struct kith_toml *t, size_t count)
{
	if (r->how != KITH_VET_LENIENT)
		return KITH_OK;
	if (is_builtin(t->key))
		return vet_bad(r, t, "a built-in criterion is defined again");
	if (count >= KITH_VET_MAX_CRITERIA - 2)
		return vet_bad(r, t, "more than 62 criteria");
	return KITH_OK;
}

static int
cmp_criterion(const void *pa, const void *pb)
{
	const struct kith_vet_criterion *a = pa, *b = pb;

	return kith_span_cmp(a->name, b->name);
}

static int
read_criteria(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_set *s)
{
	const struct kith_toml *t = NULL, *x;
	int code = vet_table(r, v, "criteria", &t);

	if (code && r->how == KITH_VET_LENIENT)
		return vet_forgive(r, v, code);
	if (code || !t)
		return code;
	s->criteria = kith_arena_array(&r->file->arena, t->count + 1, sizeof(*s->criteria));
	if (!s->criteria)
		return kith_fail_nomem(r->err);
	for (x = t->first; x; x = x->next) {
		struct kith_vet_criterion c = {.line = 0};

		code = check_criterion(r, x, s->n_criteria);
		if (!code)
			code = read_criterion(r, x, &c);
		if (!code)
			s->criteria[s->n_criteria++] = c;
		else if ((code = vet_forgive(r, x, code)))
			return code;
	}
	if (s->n_criteria)
		qsort(s->criteria, s->n_criteria, sizeof(*s->criteria), cmp_criterion);
	return KITH_OK;
}

/* Drops the names that nobody defined. */
static int
keep_known(struct vet_reader *r, struct kith_vet_list *list)
{
	struct kith_span *kept = NULL;
	size_t i, n = 0;

	for (i = 0; i < list->count; i++) {
		bool known = kith_map_get(r->known, list->items[i], NULL);

		if (!known && !kept) {
			kept = kith_arena_array(&r->file->arena, list->count, sizeof(*kept));
			if (!kept)
				return kith_fail_nomem(r->err);
			memcpy(kept, list->items, i * sizeof(*kept));
		}
		if (known && kept)
			kept[n] = list->items[i];
		n += known;
	}
	if (kept)
		*list = (struct kith_vet_list){kept, n, list->given};
	return KITH_OK;
}

/* C.1 step 3, for peers' files. */
static int
filter_criteria(struct vet_reader *r, const struct kith_toml *t, struct kith_vet_list *list)
{
	int code = r->known ? keep_known(r, list) : KITH_OK;

	if (!code && r->known && !list->count)
		return vet_bad(r, t, "no criteria that this file knows");
	return code;
}

/* --- entries --- */

static int
read_delta(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_audit *a)
{
	struct kith_span text = KITH_SPAN_NONE;
	size_t at = 0;
	int code = vet_string(r, v, "delta", &text);

	if (code)
		return code;
	while ((at = kith_span_find(text, at, '-')) < text.len &&
	       !kith_span_starts(kith_span_sub(text, at, SIZE_MAX), KITH_SPAN_LIT("->")))
		at++;
	if (at >= text.len ||
	    !kith_vet_version_parse(kith_span_trim_unicode(kith_span_sub(text, 0, at)), &a->from) ||
	    !kith_vet_version_parse(kith_span_trim_unicode(kith_span_sub(text, at + 2, SIZE_MAX)),
				    &a->to))
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: delta '%.*s' is not 'V -> V'",
				 (unsigned)v->line, KITH_SPAN_FMT(text));
	a->kind = KITH_VET_DELTA;
	return KITH_OK;
}

/* Kept in the form in which cargo-vet writes, compares and sorts it. */
static int
read_violation(struct vet_reader *r, const struct kith_toml *v, struct kith_vet_audit *a)
{
	KITH_AUTO_BUF struct kith_buf normal;
	int code;

	kith_buf_init(&normal, KITH_MAX_RANGE * 4);
	code = vet_string(r, v, "violation", &a->violation);
	if (code)
		return code;
	/* too many comparators are no requirement for cargo-vet either */
	if (!kith_vet_put_requirement(&normal, a->violation))
		return kith_fail(r->err, KITH_E_FORMAT,
				 "line %u: violation '%.*s' is no requirement", (unsigned)v->line,
				 KITH_SPAN_FMT(a->violation));
	a->kind = KITH_VET_VIOLATION;
	if ((code = kith_buf_check(&normal, r->err)))
		return code;
	if (!kith_span_eq(kith_buf_span(&normal), a->violation) &&
	    !kith_arena_copy(&r->file->arena, kith_buf_span(&normal), &a->violation))
		return kith_fail_nomem(r->err);
	return KITH_OK;
}

/* Every field that is given must parse, even where there are too many of them (A.2). */
static int
read_kind(struct vet_reader *r, const struct kith_toml *t, const struct vet_fields *f,
	  struct kith_vet_audit *a)
{
	int code = KITH_OK;

	if (f->at[2])
		code = vet_version(r, t, f->at[2], "version", &a->to);
	if (!code && f->at[3])
		code = read_delta(r, f->at[3], a);
	if (!code && f->at[4])
		code = read_violation(r, f->at[4], a);
	if (code)
		return code;
	if (!f->at[2] + !f->at[3] + !f->at[4] != 2)
		return vet_bad(r, t, "not exactly one of version, delta, violation");
	return KITH_OK;
}

static int
read_audit(struct vet_reader *r, const struct kith_toml *t, void *item)
{
	static const char *const keys[] = {"who",   "criteria",        "version",
					   "delta", "violation",       "importable",
					   "notes", "aggregated-from", NULL};
	struct kith_vet_audit *a = item;
	struct vet_fields f;
	int code;

	vet_fields(t, keys, &f);
	if (f.unknown)
		return kith_fail(r->err, KITH_E_FORMAT, "line %u: unknown key '%.*s' in an audit",
				 (unsigned)f.unknown->line, KITH_SPAN_FMT(f.unknown->key));
	a->line = t->line;
	a->importable = true;
	if ((code = vet_list(r, f.at[0], keys[0], &a->who)) ||
	    (code = vet_list(r, f.at[1], keys[1], &a->criteria)) ||
	    (code = vet_boolean(r, f.at[5], keys[5], &a->importable)) ||
	    (code = vet_string(r, f.at[6], keys[6], &a->notes)) ||
	    (code = vet_list(r, f.at[7], keys[7], &a->origins)) || (code = read_kind(r, t, &f, a)))
		return code;
	if (r->how != KITH_VET_STRICT && !a->importable)
		return KITH_E_NOTFOUND;
	/* an objection is not lost by a criterion that the file fails to define */
	if (r->how == KITH_VET_LENIENT && a->kind == KITH_VET_VIOLATION && a->criteria.count)
		return KITH_OK;
	return filter_criteria(r, t, &a->criteria);
}

/* A proper number wins, then a text (A.2). */
static int
read_source(struct vet_reader *r, const struct kith_toml *t, const struct kith_toml *user,
	    const struct kith_toml *publisher, struct kith_vet_source *ret)
{
	if (user && user->type == KITH_TOML_INTEGER && user->u.integer >= 0) {
		*ret = (struct kith_vet_source){.is_user = true, .user = (uint64_t)user->u.integer};
		return KITH_OK;
	}
	if (!publisher || publisher->type != KITH_TOML_STRING)
		return vet_bad(r, t, "neither user-id nor trusted-publisher");
	*ret = (struct kith_vet_source){.publisher = publisher->u.string};
	return KITH_OK;
}

static int
read_vouch(struct vet_reader *r, const struct kith_toml *t, bool trusted, void *item)
{
	static const char *const keys[] = {"criteria", "user-id", "trusted-publisher", "start",
					   "end",      "notes",   "aggregated-from",   NULL};
	struct kith_vet_vouch *v = item;
	const struct kith_toml *renew = kith_toml_get(t, "renew");
	struct vet_fields f;
	bool yes = false;
	int code;

	vet_fields(t, keys, &f);
	v->line = t->line;
	if (!f.at[0])
		return vet_bad(r, t, "'criteria' is missing");
	if ((code = vet_list(r, f.at[0], keys[0], &v->criteria)) ||
	    (code = read_source(r, t, f.at[1], f.at[2], &v->source)) ||
	    (code = vet_date(r, t, f.at[3], keys[3], &v->start)) ||
	    (code = vet_date(r, t, f.at[4], keys[4], &v->end)) ||
	    (code = vet_string(r, f.at[5], keys[5], &v->notes)) ||
	    (code = vet_list(r, f.at[6], keys[6], &v->origins)))
		return code;
	if (!trusted && ((code = vet_list(r, kith_toml_get(t, "who"), "who", &v->who)) ||
			 (code = vet_boolean(r, renew, "renew", &yes))))
		return code;
	if (!trusted && renew)
		v->renew = yes ? KITH_VET_RENEW_YES : KITH_VET_RENEW_NO;
	return filter_criteria(r, t, &v->criteria);
}

static int
read_wildcard(struct vet_reader *r, const struct kith_toml *t, void *item)
{
	return read_vouch(r, t, false, item);
}

static int
read_trusted(struct vet_reader *r, const struct kith_toml *t, void *item)
{
	return read_vouch(r, t, true, item);
}

/* --- the file --- */

static int
learn_criteria(struct vet_reader *r, struct kith_vet_set *s, struct kith_map *known)
{
	size_t i;
	int code;

	if ((code = kith_map_add(known, kith_span_str(builtin[0]), 0, NULL, NULL, r->err)) ||
	    (code = kith_map_add(known, kith_span_str(builtin[1]), 1, NULL, NULL, r->err)))
		return code;
	for (i = 0; i < s->n_criteria; i++)
		if ((code = kith_map_add(known, s->criteria[i].name, i + 2, NULL, NULL, r->err)))
			return code;
	r->known = known;
	for (i = 0; i < s->n_criteria; i++)
		if ((code = keep_known(r, &s->criteria[i].implies)))
			return code;
	return KITH_OK;
}

int
vet_read_set(struct vet_reader *r, const struct kith_toml *root, struct kith_vet_set *ret)
{
	static const char *const keys[] = {"criteria", "wildcard-audits", "audits", "trusted",
					   NULL};
	KITH_AUTO_MAP struct kith_map known;
	struct kith_vet_set s = {.n_criteria = 0};
	struct vet_fields f;
	int code;

	kith_map_init(&known, NULL);
	vet_fields(root, keys, &f);
	if (!f.at[2] && r->how == KITH_VET_STRICT)
		return vet_bad(r, root, "'audits' is missing");
	code = read_criteria(r, f.at[0], &s);
	if (!code && r->how != KITH_VET_STRICT)
		code = learn_criteria(r, &s, &known);
	if (!code)
		code = vet_groups(r, f.at[1], keys[1], sizeof(struct kith_vet_vouch), read_wildcard,
				  &s.wildcards);
	if (!code)
		code = vet_groups(r, f.at[2], keys[2], sizeof(struct kith_vet_audit), read_audit,
				  &s.audits);
	if (!code)
		code = vet_groups(r, f.at[3], keys[3], sizeof(struct kith_vet_vouch), read_trusted,
				  &s.trusted);
	r->known = NULL;
	if (!code)
		*ret = s;
	return code;
}

int
kith_vet_read_audits(struct kith_span text, enum kith_vet_reading how,
		     struct kith_vet_file **ret_file, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL;
	struct kith_error own;
	struct vet_reader r = {.how = how, .err = err ? err : &own};
	int code = vet_file_new(text, &f, r.err);

	r.file = f;
	if (!code)
		code = vet_read_set(&r, kith_toml_root(f->doc), &f->set);
	if (!code)
		*ret_file = kith_steal(&f);
	return code;
}
