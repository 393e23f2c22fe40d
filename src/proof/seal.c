/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate in front of every proof that is written here: it is read back as a stranger would read
 * it, compared with what was meant, and its signature verified (crev format 3.6).
 */
#include "base/base.h"
#include "codec/base64.h"
#include "proof/body.h"
#include "proof/write.h"

#define READ_BACK_MAX KITH_MIB(16)

static void
put_envelope(struct kith_buf *out, struct kith_span body, const uint8_t sig[KITH_SIG_BYTES])
{
	kith_buf_put_str(out, "----- BEGIN CREV PROOF -----\n");
	kith_buf_put_span(out, body);
	kith_buf_put_str(out, "----- SIGN CREV PROOF -----\n");
	kith_base64_put(out, sig, KITH_SIG_BYTES);
	kith_buf_put_str(out, "\n----- END CREV PROOF -----\n");
}

/* Parses the envelope; it must be one proof, of exactly this body, that is not refused. */
static int
read_back(struct kith_span envelope, struct kith_span body, struct kith_arena *arena,
	  struct kith_proof_item **ret_item, struct kith_error *err)
{
	struct kith_proof_list list;
	int e = kith_proof_parse(envelope, arena, &list, err);

	if (e)
		return e;
	if (list.count && list.items[0].status != KITH_PROOF_VALID)
		return kith_fail(err, KITH_E_FORMAT, "the proof would not be read: %s",
				 list.items[0].cause);
	if (list.count != 1 || !kith_span_eq(list.items[0].proof.body, body))
		return kith_fail(err, KITH_E_FORMAT,
				 "the proof would not be read: a delimiter line in its text");
	*ret_item = list.items;
	return KITH_OK;
}

static int
append(struct kith_buf *out, const struct kith_buf *what, struct kith_error *err)
{
	size_t len = out->len;
	int e;

	kith_buf_put_span(out, kith_buf_span(what));
	e = kith_buf_check(out, err);
	if (e)
		out->len = len;
	return e;
}

int
kith_proof_write_body(const struct kith_proof *p, struct kith_buf *out, struct kith_error *err)
{
	static const uint8_t no_sig[KITH_SIG_BYTES];
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf body, envelope;
	struct kith_proof_item *item = NULL;
	const char *field;
	int e;

	kith_arena_init(&arena, READ_BACK_MAX);
	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&envelope, KITH_MAX_PROOF_BODY + 1024);
	if (p->kind != KITH_PROOF_REVIEW && p->kind != KITH_PROOF_TRUST &&
	    p->kind != KITH_PROOF_CODE)
		return kith_fail(err, KITH_E_FORMAT, "a proof of an unknown kind is not written");
	e = kith_body_put(p, &body, err);
	if (!e && (e = kith_buf_check(&body, err)) == KITH_E_LIMIT)
		return kith_fail(err, KITH_E_LIMIT, "the proof has more than %d bytes",
				 KITH_MAX_PROOF_BODY);
	if (e)
		return e;
	put_envelope(&envelope, kith_buf_span(&body), no_sig);
	e = kith_buf_check(&envelope, err);
	if (!e)
		e = read_back(kith_buf_span(&envelope), kith_buf_span(&body), &arena, &item, err);
	if (e)
		return e;
	field = kith_body_difference(p, &item->proof);
	if (field)
		return kith_fail(err, KITH_E_FORMAT, "the proof's '%s' would be read differently",
				 field);
	return append(out, &body, err);
}

int
kith_proof_seal(struct kith_span body, const uint8_t sig[KITH_SIG_BYTES], struct kith_buf *out,
		struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf envelope;
	struct kith_proof_item *item = NULL;
	int e;

	kith_arena_init(&arena, READ_BACK_MAX);
	kith_buf_init(&envelope, KITH_MAX_PROOF_BODY + 1024);
	if (!kith_span_ends(body, KITH_SPAN_LIT("\n")))
		return kith_fail(err, KITH_E_FORMAT, "a body ends with a newline");
	put_envelope(&envelope, body, sig);
	e = kith_buf_check(&envelope, err);
	if (!e)
		e = read_back(kith_buf_span(&envelope), body, &arena, &item, err);
	if (e)
		return e;
	kith_proof_check(item);
	if (item->status != KITH_PROOF_VALID)
		return kith_fail(err, KITH_E_BADSIG, "the new proof does not verify: %s",
				 item->cause);
	return append(out, &envelope, err);
}

int
kith_proof_sign(struct kith_span body, const uint8_t seed[KITH_SEED_BYTES], struct kith_buf *out,
		struct kith_error *err)
{
	uint8_t sig[KITH_SIG_BYTES];

	kith_ed25519_sign(seed, body, sig);
	return kith_proof_seal(body, sig, out, err);
}

void
kith_proof_put_path(const struct kith_proof *p, struct kith_span host_salt, struct kith_buf *out)
{
	static const char *const folders[] = {"reviews", "trust", "reviews", "other"};
	static const char *const middles[] = {"-package", "", "-code", ""};
	struct kith_blake2b_state *s;
	char id[KITH_ID_TEXT + 1];
	struct kith_digest digest;
	int64_t year;
	unsigned month, day;

	kith_base64_id(id, p->from.id.bytes);
	s = kith_blake2b_new();
	if (!s) {
		out->failed = KITH_E_NOMEM;
		return;
	}
	kith_blake2b_start(s);
	kith_blake2b_update(s, host_salt);
	kith_blake2b_update(s, kith_span(p->from.id.bytes, KITH_ID_BYTES));
	kith_blake2b_finish(s, &digest);
	kith_blake2b_free(s);
	kith_civil_from_days(p->date.sec >= 0 ? p->date.sec / 86400
					      : -((86399 - p->date.sec) / 86400),
			     &year, &month, &day);
	kith_buf_printf(out, "%s/%s/%04lld-%02u%s-", id, folders[p->kind], (long long)year, month,
			middles[p->kind]);
	/* bytes 1 to 4: proofs of this format once had to stay out of the files of older programs
	 */
	kith_base64_put(out, digest.bytes + 1, 4);
	kith_buf_put_str(out, ".proof.crev");
}
