/* SPDX-License-Identifier: Apache-2.0 */
/* The tables about people: [roots], [trust], [[cap]], [[actor]], [[publisher]], [[ignore]]. */
#include "policy/config_tables.h"

#define BOTH KITH_CONFIG_IN_BOTH

/* --- [roots] --- */

static const struct kith_config_field roots_fields[] = {
    {.key = "ids",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_roots, ids),
     .max = KITH_MAX_TRUST_ROOTS,
     .item = kith_config_id,
     .item_size = sizeof(struct kith_id)},
    {.key = "urls",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_roots, urls),
     .max = KITH_MAX_TRUST_ROOTS,
     .item = kith_config_url,
     .item_size = sizeof(struct kith_span)},
    {.key = "threshold",
     .read = kith_config_number,
     .offset = offsetof(struct kith_config_roots, threshold),
     .min = 1,
     .max = KITH_MAX_TRUST_ROOTS},
    {.key = NULL}};

static int
finish_roots(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	     void *out)
{
	const struct kith_config_roots *roots = out;
	size_t n = roots->ids.n + roots->urls.n;

	(void)seen;
	if (n > KITH_MAX_TRUST_ROOTS)
		return kith_config_refuse(r, at->v,
					  "[roots] names %zu roots, at most %d are allowed", n,
					  KITH_MAX_TRUST_ROOTS);
	/* fewer roots than must agree would approve nothing, ever */
	if (roots->threshold > 1 && roots->threshold > n)
		return kith_config_refuse(r, kith_toml_get(at->v, "threshold"),
					  "'threshold' in [roots] is %u, but it names only %zu",
					  roots->threshold, n);
	return KITH_OK;
}

const struct kith_config_table kith_config_table_roots = {
    .name = "roots",
    .files = BOTH,
    .fields = roots_fields,
    .offset = offsetof(struct kith_config, roots),
    .finish = finish_roots,
};

/* --- [trust] --- */

static const struct kith_config_word vetoes[] = {{"contacts", false}, {"root", true}, {NULL, 0}};

#define COST(level, least)                                                                         \
	{                                                                                          \
		.key = #level, .read = kith_config_number,                                         \
		.offset = offsetof(struct kith_config_trust, level), .min = least,                 \
		.max = KITH_MAX_CONFIG_COST                                                        \
	}

static const struct kith_config_field trust_fields[] = {
    {.key = "budget",
     .read = kith_config_number,
     .offset = offsetof(struct kith_config_trust, budget),
     .max = KITH_MAX_CONFIG_BUDGET},
    COST(high, 1),
    COST(medium, 1),
    COST(low, 1),
    {.key = "veto",
     .read = kith_config_flag,
     .offset = offsetof(struct kith_config_trust, veto_root),
     .words = vetoes},
    {.key = NULL}};

/* Costs that fell with the level would make the weaker word the farther-reaching one (N2). */
static int
finish_trust(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	     void *out)
{
	const struct kith_config_trust *t = out;

	(void)seen;
	if (t->medium < t->high || t->low < t->medium)
		return kith_config_refuse(r, at->v,
					  "costs in [trust] must not fall from high (%u) over "
					  "medium (%u) to low (%u)",
					  t->high, t->medium, t->low);
	return KITH_OK;
}

const struct kith_config_table kith_config_table_trust = {
    .name = "trust",
    .files = BOTH,
    .fields = trust_fields,
    .offset = offsetof(struct kith_config, trust),
    .finish = finish_trust,
};

/* --- [[cap]] --- */

static const struct kith_config_field cap_fields[] = {
    {.key = "id",
     .read = kith_config_id,
     .offset = offsetof(struct kith_config_cap, id),
     .required = true},
    {.key = "level",
     .read = kith_config_word,
     .offset = offsetof(struct kith_config_cap, level),
     .required = true,
     .words = kith_config_grades},
    {.key = NULL}};

static void
identify_cap(const void *entry, struct kith_buf *out)
{
	const struct kith_config_cap *cap = entry;

	kith_buf_put(out, cap->id.bytes, sizeof(cap->id.bytes));
}

const struct kith_config_table kith_config_table_cap = {
    .name = "cap",
    .shape = KITH_CONFIG_MANY,
    .files = BOTH,
    .fields = cap_fields,
    .size = sizeof(struct kith_config_cap),
    .offset = offsetof(struct kith_config, caps),
    .count = offsetof(struct kith_config, n_caps),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .identity = identify_cap,
};

/* --- [[actor]] --- */

static const struct kith_config_field actor_fields[] = {
    {.key = "name",
     .read = kith_config_text,
     .offset = offsetof(struct kith_config_actor, name),
     .required = true},
    {.key = "ids",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_actor, ids),
     .item = kith_config_id,
     .item_size = sizeof(struct kith_id)},
    {.key = "sources",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_actor, sources),
     .item = kith_config_text,
     .item_size = sizeof(struct kith_span)},
    {.key = NULL}};

static int
finish_actor(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	     void *out)
{
	const struct kith_config_actor *a = out;

	(void)seen;
	if (!a->ids.n && !a->sources.n)
		return kith_config_refuse(r, at->v, "[[actor]] has neither 'ids' nor 'sources'");
	return KITH_OK;
}

static void
identify_actor(const void *entry, struct kith_buf *out)
{
	kith_buf_put_span(out, ((const struct kith_config_actor *)entry)->name);
}

const struct kith_config_table kith_config_table_actor = {
    .name = "actor",
    .shape = KITH_CONFIG_MANY,
    .files = BOTH,
    .fields = actor_fields,
    .size = sizeof(struct kith_config_actor),
    .offset = offsetof(struct kith_config, actors),
    .count = offsetof(struct kith_config, n_actors),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .finish = finish_actor,
    .identity = identify_actor,
};

/* --- [[publisher]] --- */

static const struct kith_config_field publisher_fields[] = {
    {.key = "package",
     .read = kith_config_glob,
     .offset = offsetof(struct kith_config_publisher, package),
     .required = true},
    {.key = "ids",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_publisher, ids),
     .item = kith_config_id,
     .item_size = sizeof(struct kith_id)},
    {.key = "logins",
     .read = kith_config_list,
     .offset = offsetof(struct kith_config_publisher, logins),
     .item = kith_config_text,
     .item_size = sizeof(struct kith_span)},
    {.key = NULL}};

static int
finish_publisher(const struct kith_config_reader *r, const struct kith_config_spot *at,
		 uint64_t seen, void *out)
{
	const struct kith_config_publisher *p = out;

	(void)seen;
	if (!p->ids.n && !p->logins.n)
		return kith_config_refuse(r, at->v, "[[publisher]] has neither 'ids' nor 'logins'");
	return KITH_OK;
}

const struct kith_config_table kith_config_table_publisher = {
    .name = "publisher",
    .shape = KITH_CONFIG_MANY,
    .files = BOTH,
    .fields = publisher_fields,
    .size = sizeof(struct kith_config_publisher),
    .offset = offsetof(struct kith_config, publishers),
    .count = offsetof(struct kith_config, n_publishers),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .finish = finish_publisher,
};

/* --- [[ignore]] --- */

enum { IGNORE_BY, IGNORE_ABOUT, IGNORE_PACKAGE, IGNORE_DIGEST, IGNORE_REASON };

static const struct kith_config_field ignore_fields[] = {
    [IGNORE_BY] = {.key = "by",
		   .read = kith_config_id,
		   .offset = offsetof(struct kith_config_ignore, by),
		   .required = true},
    [IGNORE_ABOUT] = {.key = "about",
		      .read = kith_config_id,
		      .offset = offsetof(struct kith_config_ignore, about)},
    [IGNORE_PACKAGE] = {.key = "package",
			.read = kith_config_glob,
			.offset = offsetof(struct kith_config_ignore, package)},
    [IGNORE_DIGEST] = {.key = "digest",
		       .read = kith_config_id,
		       .offset = offsetof(struct kith_config_ignore, digest)},
    [IGNORE_REASON] = {.key = "reason",
		       .read = kith_config_text,
		       .offset = offsetof(struct kith_config_ignore, reason),
		       .max = KITH_MAX_CONFIG_TEXT},
    {.key = NULL}};

static int
finish_ignore(const struct kith_config_reader *r, const struct kith_config_spot *at, uint64_t seen,
	      void *out)
{
	struct kith_config_ignore *x = out;

	x->has_about = seen >> IGNORE_ABOUT & 1;
	x->has_digest = seen >> IGNORE_DIGEST & 1;
	if (x->has_about == (x->package.len != 0))
		return kith_config_refuse(r, at->v, "[[ignore]] must have %s'about' %s 'package'",
					  x->has_about ? "only one of " : "",
					  x->has_about ? "and" : "or");
	return KITH_OK;
}

const struct kith_config_table kith_config_table_ignore = {
    .name = "ignore",
    .shape = KITH_CONFIG_MANY,
    .files = BOTH,
    .fields = ignore_fields,
    .size = sizeof(struct kith_config_ignore),
    .offset = offsetof(struct kith_config, ignores),
    .count = offsetof(struct kith_config, n_ignores),
    .max = KITH_MAX_CONFIG_ENTRIES,
    .finish = finish_ignore,
};
