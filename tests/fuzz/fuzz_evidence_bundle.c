/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle by somebody who knows what its last line has to be. Input: all before that line. What
 * can be read is written again and read again to the same; and it is taken as evidence, which may
 * be refused and must not crash.
 */
#include "app/bundle.h"
#include "codec/base64.h"
#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
end_it(struct kith_buf *b)
{
	struct kith_digest d;
	char text[KITH_ID_TEXT + 1];

	kith_blake2b(kith_buf_span(b), &d);
	kith_base64_id(text, d.bytes);
	kith_buf_printf(b, "end %s\n", text);
}

/* Twice written is the same: what the reader takes, the writer can say. */
static void
write_again(const struct kith_bundle *b)
{
	KITH_AUTO_BUF struct kith_buf first, second;
	KITH_AUTO_BUNDLE struct kith_bundle *x = NULL;
	int r;

	kith_buf_init(&first, KITH_MIB(4));
	kith_buf_init(&second, KITH_MIB(4));
	kith_bundle_put(b, kith_blake2b, &first);
	must(!first.failed);
	r = kith_bundle_read(kith_buf_span(&first), kith_blake2b, &x, NULL);
	must(!r);
	must(x->n_proofs == b->n_proofs && x->n_files == b->n_files && x->n_ids == b->n_ids);
	kith_bundle_put(x, kith_blake2b, &second);
	must(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0);
}

static void
take(struct kith_buf *text)
{
	const struct kith_session_options o = {.no_home = 1, .now = "2026-06-01"};
	struct kith_session *s = NULL;
	struct kith_error err;

	if (kith_session_new(&o, &s, &err))
		return;
	if (!kith_app_bundle_enter(s, "fuzz", text, &err))
		must(s->index && s->sets && s->advisories && s->pins);
	kith_session_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_BUNDLE struct kith_bundle *b = NULL;
	KITH_AUTO_BUF struct kith_buf text;

	kith_buf_init(&text, KITH_MIB(1));
	if (size > KITH_KIB(64) || kith_crypto_init(NULL))
		return 0;
	kith_buf_put(&text, data, size);
	end_it(&text);
	if (kith_bundle_read(kith_buf_span(&text), kith_blake2b, &b, NULL))
		return 0;
	write_again(b);
	take(&text);
	return 0;
}
