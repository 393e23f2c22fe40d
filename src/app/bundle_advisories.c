/* SPDX-License-Identifier: Apache-2.0 */
/* Advisories for a bundle: whole files, as they lie in their databases. */
#include "app/bundle.h"

#include "app/derived.h"

struct picking {
	struct kith_app_bundling *x;
	const struct kith_claim_set *databases;
	const struct kith_advisory_set *set;
	struct kith_map wanted; /* (database, path) */
	size_t first_source;
	size_t database; /* that is read */
};

static void
picking_clear(struct picking *p)
{
	kith_map_clear(&p->wanted);
}

static void
put_key(struct kith_buf *b, size_t database, struct kith_span path)
{
	kith_buf_reset(b);
	kith_buf_put_u64(b, database);
	kith_buf_put_span(b, path);
}

static int
want(struct picking *p, uint32_t database, struct kith_span path, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf key;
	struct kith_span kept;
	int r;

	kith_buf_init(&key, KITH_KIB(64));
	put_key(&key, database, path);
	r = kith_buf_check(&key, err);
	if (r || kith_map_get(&p->wanted, kith_buf_span(&key), NULL))
		return r;
	if (!kith_arena_copy(&p->x->arena, kith_buf_span(&key), &kept))
		return kith_fail_nomem(err);
	return kith_map_add(&p->wanted, kept, 0, NULL, NULL, err);
}

/* All that is said of a problem that the version has or may have, by whichever database. */
static int
want_of_row(struct picking *p, const struct kith_package *k, struct kith_error *err)
{
	const struct kith_advisory_query q = {kith_span_str(kith_advisory_ecosystem(k->eco)),
					      k->name, k->version};
	const struct kith_advisory_problem *problems;
	size_t n, i, m;
	int r;

	if (k->local || k->origin != KITH_ORIGIN_REGISTRY)
		return KITH_OK;
	r = kith_advisory_match(p->set, &q, &p->x->arena, &problems, &n, err);
	for (i = 0; !r && i < n; i++)
		for (m = 0; !r && m < problems[i].n_members; m++)
			r = want(p, problems[i].members[m].database, problems[i].members[m].path,
				 err);
	return r;
}

static int
add_sources(struct picking *p, struct kith_error *err)
{
	struct kith_bundle *b = p->x->b;
	struct kith_claim_set_source s;
	size_t i;
	int r = KITH_OK;

	p->first_source = b->n_sources;
	for (i = 0; !r && i < p->databases->n_sources; i++) {
		bool osv;

		if (!kith_claim_set_source_at(p->databases, i, &s))
			return kith_fail(err, KITH_E_FORMAT,
					 "the cache was damaged while it was read");
		osv = (s.mark >> 8 & 255) == KITH_SOURCE_OSV;
		r = KITH_BUNDLE_GROW(b, sources, err);
		if (!r)
			b->sources[b->n_sources++] = kith_app_bundle_source(
			    &s, osv ? KITH_BUNDLE_OSV : KITH_BUNDLE_RUSTSEC,
			    kith_app_databases_fetched(p->x->run->session, i));
	}
	return r;
}

/* --- reading --- */

static int
begin(void *ctx, const struct kith_store_version *v, struct kith_error *err)
{
	struct picking *p = ctx;
	struct kith_claim_set_source s;
	size_t i;

	(void)err;
	for (i = 0; kith_claim_set_source_at(p->databases, i, &s); i++)
		if (kith_span_is(s.slug, v->mirror->source.slug))
			break;
	p->database = i;
	return KITH_OK;
}

static int
take_file(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct picking *p = ctx;
	struct kith_bundle *b = p->x->b;
	struct kith_bundle_file file = {.source = (uint32_t)(p->first_source + p->database)};
	KITH_AUTO_BUF struct kith_buf key;
	int r;

	kith_buf_init(&key, KITH_KIB(64));
	put_key(&key, p->database, path);
	if (key.failed || !kith_map_get(&p->wanted, kith_buf_span(&key), NULL))
		return KITH_OK;
	r = KITH_BUNDLE_GROW(b, files, err);
	if (r)
		return r;
	if (!kith_arena_copy(&p->x->arena, path, &file.path) ||
	    !kith_arena_copy(&p->x->arena, bytes, &file.text))
		return kith_fail_nomem(err);
	b->files[b->n_files++] = file;
	return KITH_OK;
}

int
kith_app_bundle_advisories(struct kith_app_bundling *x, struct kith_error *err)
{
	KITH_CLEANUP(picking_clear) struct picking p = {.x = x};
	const struct kith_store_kind_calls calls = {.ctx = &p, .begin = begin, .file = take_file};
	const struct kith_session *s = x->run->session;
	size_t i;
	int r = kith_app_advisories(x->run->session, &p.databases, &p.set, err);

	kith_map_init(&p.wanted, NULL);
	if (!r)
		r = add_sources(&p, err);
	for (i = 0; !r && i < x->run->project->lock->count; i++)
		r = want_of_row(&p, x->run->rows[i].package, err);
	if (r || !p.wanted.count)
		return r;
	r = kith_store_read_kind(&s->dirs, KITH_SOURCE_RUSTSEC, INT64_MAX, s->libexec, &calls, err);
	return r ? r
		 : kith_store_read_kind(&s->dirs, KITH_SOURCE_OSV, INT64_MAX, s->libexec, &calls,
					err);
}
