/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An audits file, however it may be read. What a strict reader took, the writer writes so that it
 * is read and written the same again; what a lenient one took becomes claims, and, where it is said
 * to be gone, objections alone.
 */
#include "crypto/crypto.h"
#include "evidence/claim_set.h"
#include "evidence/vet_claims.h"
#include "evidence/vet_import.h"
#include "evidence/vet_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static void
write_again(const struct kith_vet_file *f)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *again = NULL;
	KITH_AUTO_BUF struct kith_buf once, twice;
	struct kith_error err;

	kith_buf_init(&once, KITH_MIB(16));
	kith_buf_init(&twice, KITH_MIB(16));
	require(kith_vet_write_audits(&f->set, NULL, &once, &err) == 0);
	require(kith_vet_read_audits(kith_buf_span(&once), KITH_VET_STRICT, &again, &err) == 0);
	require(kith_vet_write_audits(&again->set, NULL, &twice, &err) == 0);
	require(kith_span_eq(kith_buf_span(&once), kith_buf_span(&twice)));
}

static void
claim(const struct kith_vet_file *f)
{
	KITH_AUTO_VET_CLAIMER struct kith_vet_claimer *c = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_vet_claims_of of = {.set = &f->set, .name = KITH_SPAN_LIT("set")};
	struct kith_claim *claims = NULL;
	struct kith_error err;
	size_t n = 0, i, k;

	kith_arena_init(&arena, KITH_MIB(64));
	require(kith_vet_claimer_new(&of, &c, &err) == 0);
	require(kith_vet_claimer_claims(c, KITH_SPAN_NONE, &arena, &claims, &n, &err) == 0);
	for (i = 0; i < n; i++) {
		require(claims[i].n_places == 1 && claims[i].id.len);
		require((claims[i].kind == KITH_CLAIM_VIOLATION) == (claims[i].range.len > 0));
		require(claims[i].kind != KITH_CLAIM_VOUCH || claims[i].login.len);
		for (k = 0; k < claims[i].n_criteria; k++)
			require(claims[i].kind == KITH_CLAIM_VIOLATION ||
				kith_span_is(claims[i].criteria[k], "safe-to-run") ||
				kith_span_is(claims[i].criteria[k], "safe-to-deploy"));
	}
}

/* As somebody may have written it into a kith.lock: what comes of it is a violation that is gone.
 */
static void
gone(struct kith_span text)
{
	const struct kith_claim_set_source source = {
	    .slug = KITH_SPAN_LIT("s"), .location = KITH_SPAN_LIT("https://s.example")};
	const struct kith_claim_set_carried is = {
	    .path = KITH_SPAN_LIT("p"), .line = 3, .gone_since = 7};
	const struct kith_claim_set_reading reading = {.name = KITH_SPAN_LIT("set")};
	KITH_AUTO_CLAIM_SET_BUILDER struct kith_claim_set_builder *b = NULL;
	struct kith_checked in = {.get = NULL};
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf bytes;
	enum kith_ecosystem eco;
	struct kith_claim_set s;
	struct kith_claim *c;
	struct kith_span name;
	size_t i, k, n, facts, all = 0;

	kith_arena_init(&arena, KITH_MIB(64));
	kith_buf_init(&bytes, KITH_MIB(16));
	require(kith_claim_set_builder_new(kith_blake2b, &b, NULL) == 0);
	require(kith_claim_set_builder_source(b, &source, NULL) == 0);
	require(kith_claim_set_builder_head(b, KITH_SPAN_LIT("0"), 9, true, NULL) == 0);
	if (kith_claim_set_builder_gone(b, text, &is, NULL))
		return;
	require(kith_claim_set_builder_seal(b, &bytes, NULL) == 0);
	in.bytes = kith_buf_span(&bytes);
	require(kith_claim_set_open(&in, &s, NULL) == 0);
	for (i = 0; kith_claim_set_name_at(&s, i, &eco, &name, &n, &facts); i++) {
		require(!facts &&
			!kith_claim_set_claims(&s, eco, name, &reading, (struct kith_time){8, 0},
					       &arena, &c, &n, NULL));
		for (k = 0; k < n; k++)
			require(c[k].kind == KITH_CLAIM_VIOLATION && c[k].gone &&
				c[k].gone_since.sec == 7 && c[k].places[0].line == 3);
		all += n;
	}
	require(all > 0);
}

static void
import(struct kith_vet_file *f)
{
	struct kith_vet_set none = {.n_criteria = 0};
	struct kith_vet_import how = {.n_map = 0};
	struct kith_vet_criteria own;
	struct kith_error err;

	require(kith_vet_criteria_init(&own, &none, false, &err) == 0);
	if (kith_vet_localise(f, &how, &own, &err) == 0)
		require(f->set.n_criteria == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span text = kith_span(data, size);
	KITH_AUTO_VET_FILE struct kith_vet_file *strict = NULL, *peer = NULL, *lenient = NULL;
	struct kith_error err;

	if (kith_vet_read_audits(text, KITH_VET_STRICT, &strict, &err) == 0)
		write_again(strict);
	if (kith_vet_read_audits(text, KITH_VET_PEER, &peer, &err) == 0)
		import(peer);
	if (kith_vet_read_audits(text, KITH_VET_LENIENT, &lenient, &err) == 0)
		claim(lenient);
	else
		require(strict == NULL || err.code == KITH_E_LIMIT);
	gone(text);
	return 0;
}
