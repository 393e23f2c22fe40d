/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a judged run to the one file with all its evidence. Nothing in the file hangs on this
 * machine's paths, orders or clock.
 */
#include <kith/bundle.h>

#include "app/bundle.h"

#include "crypto/crypto.h"

#define BUNDLING_ARENA KITH_MIB(1024)

static void
bundling_clear(struct kith_app_bundling *x)
{
	kith_map_clear(&x->claims);
	kith_map_clear(&x->ids);
	kith_map_clear(&x->people);
	kith_map_clear(&x->missing);
	free(x->proofs);
	kith_bundle_free(x->b);
	kith_arena_clear(&x->arena);
}

/* Where the bytes are wrong evidence is not the question, and elsewhere nobody would see it. */
static int
check_rows(const struct kith_app_run *run, struct kith_error *err)
{
	size_t i;

	for (i = 0; i < run->project->lock->count; i++) {
		const struct kith_report_row *row = &run->rows[i];

		/* what the project brings along differs everywhere */
		if (row->subject.mismatch && row->subject.bytes != KITH_SUBJECT_VENDORED)
			return kith_hint(err,
					 kith_fail(err, KITH_E_INTEGRITY,
						   "no bundle is made: %.*s %.*s: %s",
						   KITH_SPAN_FMT(row->package->name),
						   KITH_SPAN_FMT(row->package->version),
						   row->mismatch ? row->mismatch : "bytes differ"),
					 "kith verify tells all that differs");
	}
	return KITH_OK;
}

static int
note_claim(struct kith_app_bundling *x, const struct kith_claim *c, struct kith_error *err)
{
	struct kith_span key;
	int r;

	if (!kith_arena_copy(&x->arena, kith_span(c->proof.bytes, KITH_DIGEST_BYTES), &key))
		return kith_fail_nomem(err);
	r = kith_map_add(&x->claims, key, 0, NULL, NULL, err);
	if (!r && c->is_signed)
		r = kith_app_bundle_note_id(x, &c->author, err);
	if (!r && c->has_origin_id)
		r = kith_app_bundle_note_id(x, &c->origin_id, err);
	return r;
}

static int
note_claims(struct kith_app_bundling *x, struct kith_error *err)
{
	size_t i, k;
	int r = KITH_OK;

	for (i = 0; !r && i < x->run->project->lock->count; i++)
		for (k = 0; !r && k < x->run->rows[i].n_named; k++)
			r = note_claim(x, &x->run->rows[i].named[k], err);
	return r;
}

static int
want_reviews(struct kith_app_bundling *x, struct kith_error *err)
{
	size_t n = kith_index_count_proofs(x->run->index), i;
	struct kith_index_proof_info info;

	x->proofs = kith_calloc(n + 1, sizeof(*x->proofs));
	if (!x->proofs)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		if (!kith_index_proof_at(x->run->index, i, &info))
			return kith_index_fail(err);
		x->proofs[i] =
		    kith_map_get(&x->claims, kith_span(info.digest.bytes, KITH_DIGEST_BYTES), NULL);
	}
	return KITH_OK;
}

/* What the registry and the bytes say of a package here; they say the same everywhere. */
static int
add_package(struct kith_pins *pins, const struct kith_report_row *row, struct kith_error *err)
{
	const struct kith_package *k = row->package;
	const struct kith_report_registry *g = &row->registry;
	struct kith_pins_package x = {
	    .eco = k->eco,
	    .registry = k->origin == KITH_ORIGIN_REGISTRY ? KITH_SPAN_NONE : k->source,
	    .name = k->name,
	    .version = k->version,
	    .checksum = k->checksum,
	    .registry_known = g->known,
	    .checksum_agrees = g->checksum_agrees,
	    .yanked = g->yanked,
	    .has_published = g->has_published,
	    .published = g->published,
	    .has_first = g->has_first,
	    .older_yanked = g->lure ? g->older_yanked : 0,
	};

	if (!kith_app_is_pinnable(k))
		return KITH_OK;
	x.has_native = row->subject.bytes == KITH_SUBJECT_HERE && row->subject.has_digest;
	x.native = row->subject.digest;
	if (g->has_first)
		memcpy(x.first, g->first, sizeof(x.first));
	return kith_pins_add_package(pins, &x, err);
}

static int
put_pins(struct kith_app_bundling *x, struct kith_error *err)
{
	KITH_AUTO_PINS struct kith_pins *pins = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r = kith_pins_new(&pins, err);

	kith_buf_init(&b, KITH_MAX_PINS_BYTES);
	for (i = 0; !r && i < x->run->project->lock->count; i++)
		r = add_package(pins, &x->run->rows[i], err);
	if (!r)
		r = kith_pins_index(pins, err);
	if (r)
		return r;
	kith_pins_put(pins, &b);
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	return kith_arena_copy(&x->arena, kith_buf_span(&b), &x->b->pins) ? KITH_OK
									  : kith_fail_nomem(err);
}

static int
gather(struct kith_app_bundling *x, struct kith_error *err)
{
	int r = note_claims(x, err);

	if (!r)
		r = want_reviews(x, err);
	if (!r)
		r = kith_app_bundle_people(x, err);
	if (!r)
		r = kith_app_bundle_ids(x, err);
	if (!r)
		r = kith_app_bundle_proofs(x, err);
	if (!r)
		r = kith_app_bundle_sets(x, err);
	if (!r)
		r = kith_app_bundle_advisories(x, err);
	if (!r)
		r = kith_app_bundle_parts(x->run, x->b, err);
	return r ? r : put_pins(x, err);
}

static void
count(const struct kith_bundle *b, struct kith_bundle_result *ret)
{
	size_t i;

	ret->proofs = ret->advisories = 0;
	for (i = 0; i < b->n_proofs; i++)
		ret->proofs += b->proofs[i].text.ptr != NULL;
	for (i = 0; i < b->n_files; i++)
		ret->advisories += b->sources[b->files[i].source].kind != KITH_BUNDLE_VET;
	ret->audits = b->n_entries;
}

/*
 * What nothing corroborates but this machine's first sight is corroborated by the bundle from now
 * on, here as elsewhere.
 */
static void
corroborate(struct kith_app_run *run)
{
	size_t i;

	for (i = 0; i < run->project->lock->count; i++)
		run->rows[i].uncorroborated = false;
}

int
kith_app_bundle_make(struct kith_app_run *run, struct kith_buf *out,
		     struct kith_bundle_result *ret_counts, struct kith_error *err)
{
	KITH_CLEANUP(bundling_clear) struct kith_app_bundling x = {.run = run};
	int r = check_rows(run, err);

	kith_arena_init(&x.arena, BUNDLING_ARENA);
	kith_map_init(&x.claims, NULL);
	kith_map_init(&x.ids, NULL);
	kith_map_init(&x.people, NULL);
	kith_map_init(&x.missing, NULL);
	if (!r)
		r = kith_bundle_new(&x.b, err);
	if (!r)
		r = gather(&x, err);
	if (r)
		return r;
	kith_sha256(kith_buf_span(&run->project->lock_bytes), x.b->lock);
	kith_bundle_put(x.b, kith_blake2b, out);
	count(x.b, ret_counts);
	corroborate(run);
	return kith_buf_check(out, err);
}
