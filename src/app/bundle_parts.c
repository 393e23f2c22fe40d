/* SPDX-License-Identifier: Apache-2.0 */
/* What decides besides the evidence, by digests of what it says: layout and comments do not. */
#include "app/bundle.h"

#include "app/trusted.h"

#include "codec/toml.h"
#include "crypto/crypto.h"

#define CANONICAL_MAX KITH_MIB(16)

static void put_value(const struct kith_toml *v, struct kith_buf *out);

static void
put_span(struct kith_span s, struct kith_buf *out)
{
	kith_buf_put_u64(out, s.len);
	kith_buf_put_span(out, s);
}

static void
put_time(const struct kith_toml_time *t, struct kith_buf *out)
{
	kith_buf_printf(out, "%u-%u-%u %u:%u:%u.%u %d", (unsigned)t->year, (unsigned)t->month,
			(unsigned)t->day, (unsigned)t->hour, (unsigned)t->minute,
			(unsigned)t->second, (unsigned)t->nsec, (int)t->offset);
}

/* Depth is bounded by the reader of TOML. */
static void
put_value(const struct kith_toml *v, struct kith_buf *out)
{
	const struct kith_toml *c;

	kith_buf_put_char(out, (char)v->type);
	switch ((enum kith_toml_type)v->type) {
	case KITH_TOML_STRING:
		put_span(v->u.string, out);
		break;
	case KITH_TOML_INTEGER:
		kith_buf_put_u64(out, (uint64_t)v->u.integer);
		break;
	case KITH_TOML_FLOAT:
		kith_buf_put(out, &v->u.real, sizeof(v->u.real));
		break;
	case KITH_TOML_BOOLEAN:
		kith_buf_put_char(out, v->u.boolean ? 1 : 0);
		break;
	case KITH_TOML_OFFSET_DATETIME:
	case KITH_TOML_LOCAL_DATETIME:
	case KITH_TOML_LOCAL_DATE:
	case KITH_TOML_LOCAL_TIME:
		put_time(&v->u.time, out);
		break;
	case KITH_TOML_ARRAY:
	case KITH_TOML_TABLE:
		kith_buf_put_u64(out, v->count);
		for (c = v->first; c; c = c->next) {
			put_span(c->key, out);
			put_value(c, out);
		}
		break;
	}
}

static int
add(struct kith_bundle *b, struct kith_span name, const struct kith_buf *said,
    struct kith_error *err)
{
	struct kith_bundle_part x;
	int r = kith_buf_check(said, err);

	if (!r)
		r = KITH_BUNDLE_GROW(b, parts, err);
	if (r)
		return r;
	if (!kith_arena_copy(&b->arena, name, &x.name))
		return kith_fail_nomem(err);
	kith_blake2b(kith_buf_span(said), &x.digest);
	b->parts[b->n_parts++] = x;
	return KITH_OK;
}

static int
cmp_key(const void *pa, const void *pb)
{
	const struct kith_toml *const *a = pa, *const *b = pb;

	return kith_span_cmp((*a)->key, (*b)->key);
}

/* [lockfile] says what is told about the lock file: nothing of it hangs on evidence. */
static int
add_tables(struct kith_bundle *b, const struct kith_toml *root, struct kith_error *err)
{
	KITH_AUTO_FREE const struct kith_toml **tables =
	    kith_calloc(root->count + 1, sizeof(const struct kith_toml *));
	KITH_AUTO_BUF struct kith_buf said;
	const struct kith_toml *v;
	size_t n = 0, i;
	int r = KITH_OK;

	kith_buf_init(&said, CANONICAL_MAX);
	if (!tables)
		return kith_fail_nomem(err);
	for (v = root->first; v; v = v->next)
		if (!kith_span_is(v->key, "lockfile"))
			tables[n++] = v;
	qsort(tables, n, sizeof(const struct kith_toml *), cmp_key);
	for (i = 0; !r && i < n; i++) {
		kith_buf_reset(&said);
		put_value(tables[i], &said);
		r = add(b, tables[i]->key, &said, err);
	}
	return r;
}

static int
add_project(struct kith_app_run *run, struct kith_bundle *b, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	r = kith_app_deciding_path(run->session, run->config.project_path, KITH_MAX_CONFIG, &text,
				   err);
	if (!r)
		r = kith_toml_parse(kith_buf_span(&text), &doc, err);
	return r ? r : add_tables(b, kith_toml_root(doc), err);
}

static void
put_source(const struct kith_config_evidence *e, struct kith_buf *out)
{
	size_t i;

	kith_buf_printf(out, "%d %d %d %zu %zu\n", (int)e->kind, (int)e->level, (int)e->object,
			e->urls.n, e->ids.n);
	put_span(e->name, out);
	put_span(e->path, out);
	for (i = 0; i < e->urls.n; i++)
		put_span(e->urls.at[i], out);
	for (i = 0; i < e->ids.n; i++)
		kith_buf_put(out, e->ids.at[i].bytes, KITH_ID_BYTES);
}

int
kith_app_bundle_parts(struct kith_app_run *run, struct kith_bundle *b, struct kith_error *err)
{
	const struct kith_config *m = run->config.merged;
	KITH_AUTO_BUF struct kith_buf said;
	size_t i;

	kith_buf_init(&said, CANONICAL_MAX);
	if (run->config.project)
		return add_project(run, b, err);
	for (i = 0; i < m->n_sources; i++)
		if (m->sources[i].starter)
			put_source(&m->sources[i], &said);
	return add(b, KITH_SPAN_LIT("the starter set"), &said, err);
}
