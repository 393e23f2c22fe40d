/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares two versions of a file value by value. Both are laid out as a list of places: a plain
 * value under its keys, or an entry of an array of tables under what names it. Decides by the table
 * of rules only.
 */
#include "policy/config.h"
#include "policy/loosen.h"

#include <stdlib.h>

#include "codec/toml.h"

#define SHOWN      72 /* columns of a value or a name */
#define MAX_PLACES ((size_t)200000)
#define MAX_VALUE  KITH_MIB(4)

struct place {
	struct kith_span path;  /* keys, separated; of an entry, behind them what names it */
	struct kith_span keys;  /* the part of it that rules know */
	struct kith_span value; /* in one form, so that equal is equal */
	const struct kith_toml *node, *table; /* and the table it stands in */
	bool entry;
};

struct side {
	struct kith_toml_doc *doc;
	struct place *list;
	size_t n, cap;
	struct kith_map by_path;
};

struct comparing {
	enum kith_loosen_kind kind;
	struct side before, after;
	struct kith_arena arena;
	int (*found)(void *ctx, const struct kith_loosening *x, struct kith_error *err);
	void *ctx;
	struct kith_buf text, key;
};

static void
comparing_clear(struct comparing *c)
{
	struct side *sides[2] = {&c->before, &c->after};
	size_t i;

	for (i = 0; i < 2; i++) {
		kith_map_clear(&sides[i]->by_path);
		free(sides[i]->list);
		kith_toml_free(sides[i]->doc);
	}
	kith_buf_clear(&c->text);
	kith_buf_clear(&c->key);
	kith_arena_clear(&c->arena);
}

/* --- values in one form --- */

static int
compare_keys(const void *a, const void *b)
{
	const struct kith_toml *x = *(const struct kith_toml *const *)a;
	const struct kith_toml *y = *(const struct kith_toml *const *)b;

	return kith_span_cmp(x->key, y->key);
}

static void put_value(const struct kith_toml *v, struct kith_buf *out);

/* The order of keys says nothing. Depth is bounded by the reader. */
static void
put_table(const struct kith_toml *v, struct kith_buf *out)
{
	KITH_AUTO_FREE const struct kith_toml **list = kith_calloc(v->count + 1, sizeof(*list));
	const struct kith_toml *x;
	size_t n = 0, i;

	if (!list) {
		out->failed = true;
		return;
	}
	for (x = v->first; x && n < v->count; x = x->next)
		list[n++] = x;
	qsort(list, n, sizeof(*list), compare_keys);
	kith_buf_put_char(out, '{');
	for (i = 0; i < n; i++) {
		kith_buf_printf(out, "%s%zu:", i ? ", " : "", list[i]->key.len);
		kith_buf_put_span(out, list[i]->key);
		kith_buf_put_str(out, " = ");
		put_value(list[i], out);
	}
	kith_buf_put_char(out, '}');
}

static void
put_value(const struct kith_toml *v, struct kith_buf *out)
{
	const struct kith_toml_time *t = &v->u.time;
	const struct kith_toml *x;

	switch ((enum kith_toml_type)v->type) {
	case KITH_TOML_STRING:
		kith_buf_printf(out, "s%zu:", v->u.string.len);
		kith_buf_put_span(out, v->u.string);
		break;
	case KITH_TOML_INTEGER:
		kith_buf_printf(out, "i%lld", (long long)v->u.integer);
		break;
	case KITH_TOML_FLOAT:
		kith_buf_printf(out, "f%a", v->u.real);
		break;
	case KITH_TOML_BOOLEAN:
		kith_buf_put_str(out, v->u.boolean ? "true" : "false");
		break;
	case KITH_TOML_ARRAY:
		kith_buf_put_char(out, '[');
		for (x = v->first; x; x = x->next) {
			put_value(x, out);
			kith_buf_put_char(out, ',');
		}
		kith_buf_put_char(out, ']');
		break;
	case KITH_TOML_TABLE:
		put_table(v, out);
		break;
	case KITH_TOML_OFFSET_DATETIME:
	case KITH_TOML_LOCAL_DATETIME:
	case KITH_TOML_LOCAL_DATE:
	case KITH_TOML_LOCAL_TIME:
		kith_buf_printf(out, "t%u %u-%u-%u %u:%u:%u.%u %d", (unsigned)v->type, t->year,
				t->month, t->day, t->hour, t->minute, t->second, (unsigned)t->nsec,
				t->offset);
		break;
	}
}

/* --- places --- */

static bool
is_list_of_tables(const struct kith_toml *v)
{
	const struct kith_toml *x;

	for (x = v->first; x; x = x->next)
		if (x->type != KITH_TOML_TABLE)
			return false;
	return v->type == KITH_TOML_ARRAY && v->first;
}

static int
keep(struct comparing *c, struct side *s, const struct place *p, struct kith_error *err)
{
	struct place x = *p;
	size_t twins = 1;
	bool added;
	int r = kith_grow(&s->list, &s->cap, s->n + 1, sizeof(x), MAX_PLACES, "values", err);

	while (!r) {
		if (!kith_arena_copy(&c->arena, x.path, &x.path) ||
		    !kith_arena_copy(&c->arena, x.keys, &x.keys) ||
		    !kith_arena_copy(&c->arena, x.value, &x.value))
			return kith_fail_nomem(err);
		r = kith_map_add(&s->by_path, x.path, s->n, NULL, &added, err);
		if (r || added)
			break;
		/* the same entry again: one more of it is a difference, too */
		kith_buf_reset(&c->key);
		kith_buf_put_span(&c->key, p->path);
		kith_buf_printf(&c->key, "%c#%zu", KITH_LOOSEN_SEPARATOR, ++twins);
		r = kith_buf_check(&c->key, err);
		x.path = kith_buf_span(&c->key);
	}
	if (!r)
		s->list[s->n++] = x;
	return r;
}

/* What names an entry: some of its values, or all of it. */
static void
put_identity(const struct kith_loosen_rule *rule, const struct kith_toml *entry,
	     struct kith_buf *out)
{
	struct kith_span rest = kith_span_str(rule->identity ? rule->identity : ""), word;
	const struct kith_toml *x;

	if (!rule->identity) {
		put_value(entry, out);
		return;
	}
	while (kith_span_next(&rest, ' ', &word)) {
		for (x = entry->first; x && !kith_span_eq(x->key, word);)
			x = x->next;
		if (x)
			put_value(x, out);
		kith_buf_put_char(out, ';');
	}
}

static int
lay_out_value(struct comparing *c, struct side *s, const struct kith_toml *v,
	      const struct kith_toml *table, struct kith_buf *path, bool entry,
	      struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf value;
	struct place p = {.node = v, .table = table, .entry = entry};
	size_t mark = path->len;
	int r;

	kith_buf_init(&value, MAX_VALUE);
	put_value(v, &value);
	if (entry) {
		kith_buf_put_char(path, KITH_LOOSEN_SEPARATOR);
		put_identity(kith_loosen_rule(c->kind, kith_span_sub(kith_buf_span(path), 0, mark)),
			     v, path);
	}
	r = kith_buf_check(&value, err);
	if (!r)
		r = kith_buf_check(path, err);
	if (r)
		return r;
	p.path = kith_buf_span(path);
	p.keys = kith_span_sub(p.path, 0, mark);
	p.value = kith_buf_span(&value);
	r = keep(c, s, &p, err);
	path->len = mark;
	return r;
}

/* Depth is bounded by the reader (KITH_MAX_TOML_DEPTH). */
static int
lay_out(struct comparing *c, struct side *s, const struct kith_toml *table, struct kith_buf *path,
	struct kith_error *err)
{
	const struct kith_toml *v, *x;
	size_t mark = path->len;
	int r = KITH_OK;

	for (v = table->first; v && !r; v = v->next) {
		if (mark)
			kith_buf_put_char(path, KITH_LOOSEN_SEPARATOR);
		kith_buf_put_span(path, v->key);
		if (v->type == KITH_TOML_TABLE) {
			r = lay_out(c, s, v, path, err);
		} else if (is_list_of_tables(v)) {
			for (x = v->first; x && !r; x = x->next)
				r = lay_out_value(c, s, x, x, path, true, err);
		} else {
			r = lay_out_value(c, s, v, table, path, false, err);
		}
		path->len = mark;
	}
	return r;
}

static int
read_side(struct comparing *c, struct side *s, struct kith_span text, const char *which,
	  struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf path;
	int r = kith_toml_parse(text, &s->doc, err);

	kith_buf_init(&path, MAX_VALUE);
	if (r)
		return kith_context(err, r, "%s", which);
	return lay_out(c, s, kith_toml_root(s->doc), &path, err);
}

/* --- what it means --- */

static int64_t
word_rank(const char *words, struct kith_span word)
{
	struct kith_span rest = kith_span_str(words), w;
	int64_t i;

	for (i = 0; kith_span_next(&rest, ' ', &w); i++)
		if (kith_span_eq(w, word))
			return i;
	return INT64_MIN;
}

/* "7 days", "7", "true": how much it is; INT64_MIN: no number. */
static int64_t
amount(struct kith_span s)
{
	int64_t n = 0;
	size_t i;

	if (kith_span_is(s, "true") || kith_span_is(s, "false"))
		return s.ptr[0] == 't';
	for (i = 0; i < s.len && i < 12 && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
		n = n * 10 + (s.ptr[i] - '0');
	return !i || (i < s.len && s.ptr[i] != ' ') ? INT64_MIN : n;
}

/* A number, a truth or a duration; INT64_MIN: none of these. */
static int64_t
amount_of(const struct kith_toml *v)
{
	if (v->type == KITH_TOML_INTEGER)
		return v->u.integer;
	if (v->type == KITH_TOML_BOOLEAN)
		return v->u.boolean;
	return v->type == KITH_TOML_STRING ? amount(v->u.string) : INT64_MIN;
}

static int64_t
rank_of(const struct kith_loosen_rule *rule, const struct kith_toml *v)
{
	return v->type == KITH_TOML_STRING ? word_rank(rule->words, v->u.string) : INT64_MIN;
}

/* How tight a value is, in no unit; what cannot be told is INT64_MIN. */
static int64_t
tightness(const struct kith_loosen_rule *rule, const struct place *p)
{
	struct kith_toml standard = {.type = KITH_TOML_STRING};
	const struct kith_toml *v = p ? p->node : &standard;
	int64_t n;

	if (!p && !rule->standard)
		return -1; /* nothing is asked for */
	standard.u.string = kith_span_str(rule->standard ? rule->standard : "");
	if (rule->sense == KITH_SENSE_WORDS)
		return rank_of(rule, v);
	n = amount_of(v);
	return n != INT64_MIN && rule->sense == KITH_SENSE_MORE_LOOSE ? -n : n;
}

static bool
replaces(const struct place *p)
{
	bool on = false;

	return p && kith_toml_get_boolean(p->table, "replace", &on) && on;
}

static bool
holds_item(const struct kith_toml *list, const struct kith_toml *item)
{
	const struct kith_toml *x;

	for (x = list->first; x; x = x->next)
		if (x->type == KITH_TOML_STRING && item->type == KITH_TOML_STRING &&
		    kith_span_eq(x->u.string, item->u.string))
			return true;
	return false;
}

/* Whether everything that the list asked for is asked for still. */
static bool
keeps_all(const struct kith_loosen_rule *rule, const struct place *before,
	  const struct place *after)
{
	struct kith_toml standard = {.type = KITH_TOML_STRING};
	const struct kith_toml *x;

	if (!after)
		return false;
	if (!before) {
		standard.u.string = kith_span_str(rule->standard ? rule->standard : "");
		return !rule->standard || holds_item(after->node, &standard);
	}
	if (before->node->type != KITH_TOML_ARRAY || after->node->type != KITH_TOML_ARRAY)
		return false;
	for (x = before->node->first; x; x = x->next)
		if (!holds_item(after->node, x))
			return false;
	return true;
}

static bool
is_violation(const struct place *p)
{
	return kith_toml_get(p->node, "violation") != NULL;
}

/* The owners are those of the file before the change: nobody makes himself one. */
static bool
is_owner(const struct comparing *c, struct kith_span owner)
{
	const struct kith_toml *list, *x;

	if (!c->before.doc)
		return false;
	list =
	    kith_toml_get(kith_toml_get(kith_toml_root(c->before.doc), "policy"), "exempt-owners");
	if (!list || !list->first)
		return true;
	for (x = list->first; x; x = x->next)
		if (x->type == KITH_TOML_STRING && kith_config_same_owner(x->u.string, owner))
			return true;
	return false;
}

/* NULL: this exemption or acceptance is given as it should be. */
static const char *
waiver_fault(const struct comparing *c, const struct place *p)
{
	struct kith_span reason = KITH_SPAN_NONE, owner = KITH_SPAN_NONE;

	kith_toml_get_string(p->node, "reason", &reason);
	kith_toml_get_string(p->node, "owner", &owner);
	if (!kith_span_trim(reason).len)
		return "without a reason";
	return is_owner(c, kith_span_trim(owner)) ? NULL
						  : "by nobody whom [policy] exempt-owners names";
}

static bool
loosens(const struct comparing *c, const struct kith_loosen_rule *rule, const struct place *before,
	const struct place *after)
{
	int64_t was, is;

	switch (rule->sense) {
	case KITH_SENSE_NOTE:
	case KITH_SENSE_SILENT:
		return false;
	case KITH_SENSE_WORDS:
	case KITH_SENSE_MORE_TIGHT:
	case KITH_SENSE_MORE_LOOSE:
		was = tightness(rule, before);
		is = tightness(rule, after);
		return replaces(before) || replaces(after) || was == INT64_MIN || is < was;
	case KITH_SENSE_LIST_TIGHT:
		return replaces(before) || replaces(after) || !keeps_all(rule, before, after);
	case KITH_SENSE_ADD_LOOSE:
		return after != NULL;
	case KITH_SENSE_ADD_NOTE:
		return before != NULL;
	case KITH_SENSE_AUDIT:
		return after ? !is_violation(after) : is_violation(before);
	case KITH_SENSE_WAIVER:
		return after && waiver_fault(c, after);
	case KITH_SENSE_LOOSE:
		break;
	}
	return true;
}

/* --- words --- */

static void
put_cut(struct kith_buf *out, struct kith_span s)
{
	kith_text_safe(out, s, SHOWN);
}

static void
put_shown(const struct kith_toml *v, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf b;
	const struct kith_toml *x;

	kith_buf_init(&b, MAX_VALUE);
	switch ((enum kith_toml_type)v->type) {
	case KITH_TOML_STRING:
		kith_buf_put_char(&b, '"');
		kith_buf_put_span(&b, kith_span_sub(v->u.string, 0, (size_t)4 * SHOWN));
		kith_buf_put_char(&b, '"');
		break;
	case KITH_TOML_INTEGER:
		kith_buf_printf(&b, "%lld", (long long)v->u.integer);
		break;
	case KITH_TOML_BOOLEAN:
		kith_buf_put_str(&b, v->u.boolean ? "true" : "false");
		break;
	case KITH_TOML_ARRAY:
		kith_buf_put_char(&b, '[');
		for (x = v->first; x && b.len < (size_t)4 * SHOWN; x = x->next) {
			put_shown(x, &b);
			kith_buf_put_str(&b, x->next ? ", " : "");
		}
		kith_buf_put_str(&b, x ? "…]" : "]");
		break;
	case KITH_TOML_FLOAT:
	case KITH_TOML_TABLE:
	case KITH_TOML_OFFSET_DATETIME:
	case KITH_TOML_LOCAL_DATETIME:
	case KITH_TOML_LOCAL_DATE:
	case KITH_TOML_LOCAL_TIME:
		kith_buf_put_str(&b, "…");
		break;
	}
	put_cut(out, kith_buf_carry(out, &b));
}

/* "[policy] level", "[[exempt]]", "replace-with of [source.crates-io]". */
static void
put_where(const struct place *p, struct kith_buf *out)
{
	struct kith_span keys = p->keys, last = keys;
	size_t at, cut = 0;

	for (at = 0; (at = kith_span_find(keys, at, KITH_LOOSEN_SEPARATOR)) < keys.len;)
		cut = at++;
	if (!p->entry && cut) {
		last = kith_span_sub(keys, cut + 1, SIZE_MAX);
		keys = kith_span_sub(keys, 0, cut);
	} else if (!p->entry) {
		put_cut(out, last);
		return;
	}
	kith_buf_put_str(out, p->entry ? "[[" : "[");
	for (at = 0; kith_span_next(&keys, KITH_LOOSEN_SEPARATOR, &last); at++) {
		kith_buf_put_str(out, at ? "." : "");
		put_cut(out, last);
	}
	kith_buf_put_str(out, p->entry ? "]]" : "] ");
	if (!p->entry)
		put_cut(out, kith_span_sub(p->keys, cut + 1, SIZE_MAX));
}

/* The values by which people know an entry. */
static void
put_names(const struct place *p, struct kith_buf *out)
{
	static const char *const keys[] = {"package",  "name",      "kind",    "url",   "path",
					   "id",       "objection", "version", "delta", "violation",
					   "criteria", "about",     "by",      "owner"};
	const struct kith_toml *x;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		x = kith_toml_get(p->node, keys[i]);
		if (!x || (x->type != KITH_TOML_STRING && x->type != KITH_TOML_ARRAY))
			continue;
		kith_buf_printf(out, " %s ", keys[i]);
		put_shown(x, out);
	}
}

static void
put_change(const struct comparing *c, const struct kith_loosen_rule *rule,
	   const struct place *before, const struct place *after, struct kith_buf *out)
{
	const struct place *p = after ? after : before;
	const char *fault =
	    rule->sense == KITH_SENSE_WAIVER && after ? waiver_fault(c, after) : NULL;

	put_where(p, out);
	if (p->entry) {
		put_names(p, out);
		kith_buf_put_str(out, !before ? ": added" : !after ? ": taken out" : ": changed");
		kith_buf_printf(out, "%s%s", fault ? " " : "", fault ? fault : "");
		return;
	}
	kith_buf_put_str(out, ": ");
	if (before)
		put_shown(before->node, out);
	else if (rule->standard)
		kith_buf_printf(out, "\"%s\"", rule->standard);
	else
		kith_buf_put_str(out, "nothing");
	kith_buf_put_str(out, " → ");
	if (after)
		put_shown(after->node, out);
	else if (rule->standard)
		kith_buf_printf(out, "\"%s\"", rule->standard);
	else
		kith_buf_put_str(out, "nothing");
}

static int
tell(struct comparing *c, const struct place *before, const struct place *after,
     struct kith_error *err)
{
	const struct place *p = after ? after : before;
	const struct kith_loosen_rule *rule = kith_loosen_rule(c->kind, p->keys);
	struct kith_loosening x = {.line = after ? after->node->line : 0};
	int r;

	if (rule->sense == KITH_SENSE_SILENT)
		return KITH_OK;
	kith_buf_reset(&c->text);
	kith_buf_reset(&c->key);
	put_change(c, rule, before, after, &c->text);
	kith_text_safe(&c->key, kith_span_sub(p->path, 0, 500), 0);
	r = kith_buf_check(&c->text, err);
	if (!r)
		r = kith_buf_check(&c->key, err);
	if (r)
		return r;
	x.loosens = loosens(c, rule, before, after);
	x.text = kith_buf_str(&c->text);
	x.key = kith_buf_str(&c->key);
	return c->found(c->ctx, &x, err);
}

static const struct place *
counterpart(const struct side *s, const struct place *p)
{
	size_t i;

	return kith_map_get(&s->by_path, p->path, &i) ? &s->list[i] : NULL;
}

static int
compare(struct comparing *c, struct kith_error *err)
{
	const struct place *p, *q;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < c->after.n; i++) {
		p = &c->after.list[i];
		q = counterpart(&c->before, p);
		if (!q || !kith_span_eq(p->value, q->value))
			r = tell(c, q, p, err);
	}
	for (i = 0; !r && i < c->before.n; i++)
		if (!counterpart(&c->after, &c->before.list[i]))
			r = tell(c, &c->before.list[i], NULL, err);
	return r;
}

int
kith_loosen_compare(enum kith_loosen_kind kind, struct kith_span before, struct kith_span after,
		    int (*found)(void *ctx, const struct kith_loosening *x, struct kith_error *err),
		    void *ctx, struct kith_error *err)
{
	KITH_CLEANUP(comparing_clear)
	struct comparing c = {.kind = kind, .found = found, .ctx = ctx};
	int r;

	kith_arena_init(&c.arena, KITH_MIB(512));
	kith_map_init(&c.before.by_path, NULL);
	kith_map_init(&c.after.by_path, NULL);
	kith_buf_init(&c.text, KITH_KIB(64));
	kith_buf_init(&c.key, MAX_VALUE);
	if (kith_span_eq(before, after))
		return KITH_OK;
	r = read_side(&c, &c.before, before, "before", err);
	if (!r)
		r = read_side(&c, &c.after, after, "after", err);
	return r ? r : compare(&c, err);
}
