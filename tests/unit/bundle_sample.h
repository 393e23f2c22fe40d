/* SPDX-License-Identifier: Apache-2.0 */
/* A small bundle with one of everything, signed; shared by unit and fault tests. */
#ifndef KITH_TEST_BUNDLE_SAMPLE_H
#define KITH_TEST_BUNDLE_SAMPLE_H

#include "crypto/crypto.h"
#include "evidence/bundle.h"
#include "evidence/vet_claims.h"
#include "proof/write.h"

#define SAMPLE_SET                                                                                 \
	"[criteria.looked]\ndescription = \"x\"\n\n[[audits.a]]\nwho = \"w\"\n"                    \
	"criteria = \"safe-to-run\"\nversion = \"1.0.0\"\n\n[[audits.b]]\n"                        \
	"criteria = \"looked\"\nviolation = \"*\"\n"
#define SAMPLE_ADVISORY                                                                            \
	"```toml\n[advisory]\nid = \"RUSTSEC-2026-0001\"\npackage = \"a\"\n"                       \
	"date = \"2026-01-01\"\n[versions]\npatched = []\n```\n\n# Bad\n\nVery.\n"

/* A review of `name` by the key of this seed, into the arena. */
static inline int
sample_proof(struct kith_bundle *b, uint8_t key, const char *name, struct kith_bundle_proof *ret,
	     struct kith_error *err)
{
	struct kith_proof p = {.kind = KITH_PROOF_REVIEW,
			       .rating = KITH_RATING_POSITIVE,
			       .thoroughness = KITH_LEVEL_LOW,
			       .understanding = KITH_LEVEL_LOW,
			       .date = {1700000000, 0}};
	uint8_t seed[KITH_SEED_BYTES];
	KITH_AUTO_BUF struct kith_buf body, file;
	int r;

	memset(seed, key, sizeof(seed));
	kith_ed25519_public(seed, &p.from.id);
	p.from.valid = true;
	p.from.url = KITH_SPAN_LIT("https://example.org/x");
	p.package.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	p.package.name = kith_span_str(name);
	p.package.version = KITH_SPAN_LIT("1.0.0");
	p.package.digest_valid = true;
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&file, KITH_MAX_PROOF_FILE);
	r = kith_proof_write_body(&p, &body, err);
	if (!r)
		r = kith_proof_sign(kith_buf_span(&body), seed, &file, err);
	if (r)
		return r;
	kith_blake2b(kith_buf_span(&body), &ret->digest);
	return kith_arena_copy(&b->arena, kith_buf_span(&file), &ret->text) ? KITH_OK
									    : kith_fail_nomem(err);
}

static inline int
sample_proofs(struct kith_bundle *b, struct kith_error *err)
{
	struct kith_bundle_proof first = {.source = 0,
					  .path = KITH_SPAN_LIT("a path/with % in it.crev"),
					  .line = 17,
					  .flags = KITH_BUNDLE_LATER | KITH_BUNDLE_TAKEN,
					  .seen = 1700000001,
					  .previous = 1600000000};
	struct kith_bundle_proof gone = {.source = 1, .flags = KITH_BUNDLE_GONE, .seen = 5};
	struct kith_bundle_proof again;
	int r = sample_proof(b, 1, "a", &first, err);

	if (!r)
		r = sample_proof(b, 2, "b", &gone, err);
	again = (struct kith_bundle_proof){
	    .source = 1, .digest = first.digest, .path = KITH_SPAN_LIT("-"), .line = 3};
	if (!r)
		r = KITH_BUNDLE_GROW(b, proofs, err);
	if (!r)
		b->proofs[b->n_proofs++] = first;
	if (!r)
		r = KITH_BUNDLE_GROW(b, proofs, err);
	if (!r)
		b->proofs[b->n_proofs++] = again;
	if (!r)
		r = KITH_BUNDLE_GROW(b, proofs, err);
	if (!r)
		b->proofs[b->n_proofs++] = gone;
	return r;
}

static inline int
sample_entries(struct kith_bundle *b, struct kith_error *err)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *file = NULL;
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *claimer = NULL;
	struct kith_vet_criteria own;
	struct kith_vet_claims_of of = {.own = &own};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_claim *claims = NULL;
	size_t n = 0, i;
	int r = kith_vet_read_audits(KITH_SPAN_LIT(SAMPLE_SET), KITH_VET_LENIENT, &file, err);

	kith_arena_init(&arena, KITH_MAX_VET_ARENA);
	if (!r)
		r = kith_vet_criteria_init(&own, &file->set, true, err);
	if (!r)
		of.set = &file->set;
	if (!r)
		r = kith_vet_claimer_new(&of, &claimer, err);
	if (!r)
		r = kith_vet_claimer_claims(claimer, KITH_SPAN_NONE, &arena, &claims, &n, err);
	for (i = n; !r && i-- > 0;) { /* not in the order of the text */
		struct kith_bundle_entry x = {.source = 2,
					      .is = {.path = KITH_SPAN_LIT("audits.toml"),
						     .line = (uint32_t)(100 + i),
						     .has_seen = i == 0,
						     .seen = 7,
						     .gone = i == 1,
						     .gone_since = 1780000000}};

		r = kith_claim_set_identify(kith_blake2b, KITH_SPAN_LIT("https://set.example"),
					    &claims[i], &x.is.digest, err);
		if (!r)
			r = KITH_BUNDLE_GROW(b, entries, err);
		if (!r)
			b->entries[b->n_entries++] = x;
	}
	return r;
}

static inline int
sample_lists(struct kith_bundle *b, struct kith_error *err)
{
	const struct kith_bundle_source sources[] = {
	    {.kind = KITH_BUNDLE_CREV,
	     .location = KITH_SPAN_LIT("https://example.org/x"),
	     .commit = KITH_SPAN_LIT("0123"),
	     .url = KITH_SPAN_LIT("https://example.org/x"),
	     .baseline = 10,
	     .fetched = 20},
	    {.kind = KITH_BUNDLE_CREV, .location = KITH_SPAN_LIT("copy\nof it"), .own = true},
	    {.kind = KITH_BUNDLE_VET,
	     .location = KITH_SPAN_LIT("https://set.example"),
	     .commit = KITH_SPAN_LIT("4567"),
	     .slug = KITH_SPAN_LIT("set"),
	     .mark = 1U << 8,
	     .since = 30,
	     .fetched = 40},
	    {.kind = KITH_BUNDLE_RUSTSEC,
	     .location = KITH_SPAN_LIT("https://db.example"),
	     .slug = KITH_SPAN_LIT("db"),
	     .inside = KITH_SPAN_LIT("crates"),
	     .mark = 2U << 8},
	    {.kind = KITH_BUNDLE_OSV,
	     .location = KITH_SPAN_LIT("https://osv.example"),
	     .slug = KITH_SPAN_LIT("osv"),
	     .mark = 3U << 8}};
	const struct kith_bundle_file files[] = {
	    {2, KITH_SPAN_LIT("audits.toml"), KITH_SPAN_LIT(SAMPLE_SET)},
	    {3, KITH_SPAN_LIT("crates/a/RUSTSEC-2026-0001.md"), KITH_SPAN_LIT(SAMPLE_ADVISORY)}};
	const struct kith_bundle_fact fact = {2,
					      KITH_SPAN_LIT("a"),
					      KITH_SPAN_LIT("1.0.0"),
					      KITH_SPAN_LIT("user-id:7"),
					      KITH_SPAN_NONE,
					      20000};
	const struct kith_bundle_part part = {KITH_SPAN_LIT("roots"), {{9}}};
	struct kith_bundle_id id = {.says_url = true,
				    .proved = true,
				    .url = KITH_SPAN_LIT("https://example.org/x"),
				    .other_url = KITH_SPAN_LIT("https://other.example"),
				    .reviews = 3};
	size_t i;
	int r = KITH_OK;

	memset(id.id.bytes, 5, sizeof(id.id.bytes));
	for (i = 0; !r && i < sizeof(sources) / sizeof(sources[0]); i++) {
		r = KITH_BUNDLE_GROW(b, sources, err);
		if (!r)
			b->sources[b->n_sources++] = sources[i];
	}
	for (i = 0; !r && i < sizeof(files) / sizeof(files[0]); i++) {
		r = KITH_BUNDLE_GROW(b, files, err);
		if (!r)
			b->files[b->n_files++] = files[i];
	}
	if (!r)
		r = KITH_BUNDLE_GROW(b, facts, err);
	if (!r)
		b->facts[b->n_facts++] = fact;
	if (!r)
		r = KITH_BUNDLE_GROW(b, parts, err);
	if (!r)
		b->parts[b->n_parts++] = part;
	if (!r)
		r = KITH_BUNDLE_GROW(b, ids, err);
	if (!r)
		b->ids[b->n_ids++] = id;
	return r;
}

/* Appends the sample's text. */
static inline int
sample_put(struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_BUNDLE struct kith_bundle *b = NULL;
	int r = kith_bundle_new(&b, err);

	if (!r)
		r = sample_lists(b, err);
	if (!r)
		r = sample_proofs(b, err);
	if (!r)
		r = sample_entries(b, err);
	if (r)
		return r;
	memset(b->lock, 0xab, sizeof(b->lock));
	b->pins = KITH_SPAN_LIT("version = 1\n");
	kith_bundle_put(b, kith_blake2b, out);
	return kith_buf_check(out, err);
}

#endif
