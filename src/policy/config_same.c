/* SPDX-License-Identifier: Apache-2.0 */
/* Compares TOML documents, order of keys included, places not. */
#include "policy/config_same.h"

static bool
same_scalar(const struct kith_toml *a, const struct kith_toml *b)
{
	const struct kith_toml_time *x = &a->u.time, *y = &b->u.time;

	switch (a->type) {
	case KITH_TOML_STRING:
		return kith_span_eq(a->u.string, b->u.string);
	case KITH_TOML_INTEGER:
		return a->u.integer == b->u.integer;
	case KITH_TOML_FLOAT:
		return memcmp(&a->u.real, &b->u.real, sizeof(a->u.real)) == 0;
	case KITH_TOML_BOOLEAN:
		return a->u.boolean == b->u.boolean;
	default:
		return x->year == y->year && x->month == y->month && x->day == y->day &&
		       x->hour == y->hour && x->minute == y->minute && x->second == y->second &&
		       x->nsec == y->nsec && x->offset == y->offset;
	}
}

static bool same(const struct kith_toml *a, const struct kith_toml *b, unsigned depth);

/* The next child that is not the skipped key. */
static const struct kith_toml *
pass(const struct kith_toml *v, struct kith_span skip)
{
	while (v && skip.ptr && kith_span_eq(v->key, skip))
		v = v->next;
	return v;
}

/* All children pairwise, but for one key (ptr NULL: none). */
static bool
same_children(const struct kith_toml *a, const struct kith_toml *b, struct kith_span skip,
	      unsigned depth)
{
	const struct kith_toml *x = pass(a->first, skip), *y = pass(b->first, skip);

	while (x && y) {
		if (!kith_span_eq(x->key, y->key) || !same(x, y, depth + 1))
			return false;
		x = pass(x->next, skip);
		y = pass(y->next, skip);
	}
	return !x && !y;
}

/* Documents are no deeper than KITH_MAX_TOML_DEPTH. */
static bool
same(const struct kith_toml *a, const struct kith_toml *b, unsigned depth)
{
	if (a->type != b->type || depth > KITH_MAX_TOML_DEPTH)
		return false;
	if (a->type != KITH_TOML_ARRAY && a->type != KITH_TOML_TABLE)
		return same_scalar(a, b);
	return same_children(a, b, KITH_SPAN_NONE, depth);
}

static const struct kith_toml *
children(const struct kith_toml *root, const char *table)
{
	const struct kith_toml *v = kith_toml_get(root, table);

	return v ? v->first : NULL;
}

/* Old entries, then the new ones. */
static bool
appended(const struct kith_toml *before, const struct kith_toml *after,
	 const struct kith_toml *fresh)
{
	for (; before && after && same(before, after, 0); before = before->next)
		after = after->next;
	if (before)
		return false;
	for (; fresh && after && same(fresh, after, 0); fresh = fresh->next)
		after = after->next;
	return !fresh && !after;
}

static bool
removed(const struct kith_toml *before, const struct kith_toml *after,
	const struct kith_config_change *change)
{
	size_t i = 0, index;

	for (index = 0; before; before = before->next, index++) {
		if (i < change->n && change->indexes[i] == index) {
			while (i < change->n && change->indexes[i] == index)
				i++;
			continue;
		}
		if (!after || !same(before, after, 0))
			return false;
		after = after->next;
	}
	return !after;
}

static const struct kith_toml *
find(const struct kith_toml *table, struct kith_span key)
{
	const struct kith_toml *v;

	for (v = table ? table->first : NULL; v && !kith_span_eq(v->key, key);)
		v = v->next;
	return v;
}

static bool
set(const struct kith_toml *before, const struct kith_toml *after, const struct kith_toml *fresh,
    struct kith_span key)
{
	static const struct kith_toml none = {.type = KITH_TOML_TABLE};
	const struct kith_toml *value = find(after, key), *want = find(fresh, key);

	return value && want && same(value, want, 0) &&
	       same_children(before ? before : &none, after, key, 0);
}

/* The same entries, but for one key of the one that was meant. */
static bool
set_entry(const struct kith_toml *before, const struct kith_toml *after,
	  const struct kith_toml *fresh, const struct kith_config_change *change)
{
	size_t index;

	for (index = 0; before && after; index++) {
		if (index == change->indexes[0] ? !set(before, after, fresh, change->key)
						: !same(before, after, 0))
			return false;
		before = before->next;
		after = after->next;
	}
	return !before && !after && index > change->indexes[0];
}

bool
kith_config_changed_only(const struct kith_toml *before, const struct kith_toml *after,
			 const struct kith_toml *fresh, const struct kith_config_change *change)
{
	const char *table = change->table;

	if (!table)
		return set(before, after, fresh, change->key);
	if (!same_children(before, after, kith_span_str(table), 0))
		return false;
	switch (change->kind) {
	case KITH_CHANGE_APPEND:
		return appended(children(before, table), children(after, table),
				children(fresh, table));
	case KITH_CHANGE_REMOVE:
		return removed(children(before, table), children(after, table), change);
	case KITH_CHANGE_SET:
		return set(kith_toml_get(before, table), kith_toml_get(after, table), fresh,
			   change->key);
	case KITH_CHANGE_SET_ENTRY:
		return set_entry(children(before, table), children(after, table), fresh, change);
	}
	return false;
}
