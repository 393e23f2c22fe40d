/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs what tests write by hand. `sign_proof SEED` reads a proof's body from standard input, puts
 * the id of the key whose seed is the byte SEED repeated in place of each "@ID@", and of SEED n in
 * place of "@ID:n@", and prints the proof. `sign_proof --id SEED` prints the id.
 */
#include <stdio.h>

#include "codec/base64.h"
#include "proof/write.h"

static void
id_of(uint64_t n, char text[KITH_ID_TEXT + 1])
{
	uint8_t seed[KITH_SEED_BYTES];
	struct kith_id id;

	memset(seed, (int)n, sizeof(seed));
	kith_ed25519_public(seed, &id);
	kith_base64_id(text, id.bytes);
}

/* "@ID@" or "@ID:n@" at the front of s; its length, or 0. */
static size_t
mark(struct kith_span s, uint64_t self, uint64_t *ret_n)
{
	size_t end;
	uint64_t n;

	*ret_n = self;
	if (kith_span_starts(s, KITH_SPAN_LIT("@ID@")))
		return 4;
	end = kith_span_find(s, 1, '@');
	if (!kith_span_starts(s, KITH_SPAN_LIT("@ID:")) || end >= s.len ||
	    !kith_span_u64(kith_span_sub(s, 4, end - 4), &n))
		return 0;
	*ret_n = n;
	return end + 1;
}

static void
fill_in(struct kith_span s, uint64_t self, struct kith_buf *body)
{
	char text[KITH_ID_TEXT + 1];
	uint64_t n;
	size_t i = 0, len;

	while (i < s.len) {
		len = mark(kith_span_sub(s, i, SIZE_MAX), self, &n);
		if (len) {
			id_of(n, text);
			kith_buf_put_str(body, text);
			i += len;
		} else {
			kith_buf_put_char(body, (char)s.ptr[i++]);
		}
	}
}

int
main(int argc, char **argv)
{
	static uint8_t in[KITH_MAX_PROOF_BODY];
	uint8_t seed[KITH_SEED_BYTES];
	KITH_AUTO_BUF struct kith_buf body, out;
	char text[KITH_ID_TEXT + 1];
	struct kith_error err;
	uint64_t self;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	kith_buf_init(&out, KITH_KIB(64));
	if (argc < 2 || kith_crypto_init(&err) ||
	    !kith_span_u64(kith_span_str(argv[argc - 1]), &self))
		return 2;
	if (argc == 3) {
		id_of(self, text);
		puts(text);
		return 0;
	}
	fill_in(kith_span(in, fread(in, 1, sizeof(in), stdin)), self, &body);
	memset(seed, (int)self, sizeof(seed));
	if (kith_buf_check(&body, &err) ||
	    kith_proof_sign(kith_buf_span(&body), seed, &out, &err)) {
		fprintf(stderr, "sign_proof: %s\n", err.msg);
		return 1;
	}
	fwrite(out.ptr, 1, out.len, stdout);
	return 0;
}
