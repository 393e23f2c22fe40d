/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes and signatures against values from other implementations. Those of the obsolete signature
 * scheme come from a reference of Ed25519 in which SHA-512 was replaced by BLAKE2b-512.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/crypto.h"

#define BODY "kind: trust\nversion: -1\n"

/* RFC 8032, 7.1, test 1 */
#define RFC_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define RFC_ID   "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define RFC_SIG                                                                                    \
	"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970" \
	"1cf9b46bd25bf5f0595bbe24655141438e7a100b"

/* the seed 00 01 … 1f */
#define COUNT_ID "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define COUNT_SIG                                                                                  \
	"2e0aab9e8a63784bdbafcf35293d822a3fe2bacba5ef2482408331ce7423599aea43f369803d8dd6ec66666d" \
	"cbd76224ac75e081e6e68667c9d38b416b284900"
/* the same signature with the group's order added to S */
#define COUNT_SIG_LARGE_S                                                                          \
	"2e0aab9e8a63784bdbafcf35293d822a3fe2bacba5ef2482408331ce7423599ad717e9c69aa09f2ec3035e10" \
	"aad14139ac75e081e6e68667c9d38b416b284910"

#define OLD_ID "f65333fa6303b6a23defd7de2af8aa461cb047ccbf12d4edd29ef3b1eba6706b"
#define OLD_SIG_EMPTY                                                                              \
	"d137e35f4da1beb4e6628c3af3eeeb335ea769c7ed8489e7aecfdd4fcd4b62075816f7bb8ae0687e6ce8cf4a" \
	"e6af52ee5db55981d4ae664101fa32596c281f0d"
#define OLD_SIG                                                                                    \
	"333c1ea92204706c912d762c1ad6843d60f7447b80b807729e91c82f8d526a7b3ae667d636a43779f8594cb3" \
	"4e15c3646c2842df3b1f7413e83faf598c3c0803"
#define OLD_SIG_LARGE_S                                                                            \
	"333c1ea92204706c912d762c1ad6843d60f7447b80b807729e91c82f8d526a7b27ba5d3351074ad1cef64356" \
	"2d0fa2796c2842df3b1f7413e83faf598c3c0813"

static void
unhex(const char *hex, uint8_t *out, size_t n)
{
	assert_true(kith_hex_decode_exact(kith_span_str(hex), out, n));
}

static void
assert_hex(const uint8_t *bytes, size_t n, const char *hex)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 200);
	kith_hex_put(&b, bytes, n);
	assert_string_equal(kith_buf_str(&b), hex);
}

typedef bool verifier(const struct kith_id *id, struct kith_span message,
		      const uint8_t sig[KITH_SIG_BYTES]);

static bool
verify(verifier *with, const char *id_hex, const char *message, const char *sig_hex)
{
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_id id;

	unhex(id_hex, id.bytes, sizeof(id.bytes));
	unhex(sig_hex, sig, sizeof(sig));
	return with(&id, kith_span_str(message), sig);
}

static void
test_sign(void **state)
{
	uint8_t seed[KITH_SEED_BYTES], sig[KITH_SIG_BYTES];
	struct kith_id id;

	(void)state;
	unhex(RFC_SEED, seed, sizeof(seed));
	kith_ed25519_public(seed, &id);
	assert_hex(id.bytes, sizeof(id.bytes), RFC_ID);
	kith_ed25519_sign(seed, KITH_SPAN_NONE, sig);
	assert_hex(sig, sizeof(sig), RFC_SIG);
}

/* Every single bit of message, key and signature matters. */
static void
assert_fragile(verifier *with, const char *id_hex, const char *sig_hex)
{
	uint8_t sig[KITH_SIG_BYTES], body[] = BODY;
	struct kith_id id;
	struct kith_span message = kith_span(body, sizeof(body) - 1);
	struct {
		uint8_t *bytes;
		size_t n;
	} part[] = {{sig, sizeof(sig)}, {id.bytes, sizeof(id.bytes)}, {body, sizeof(body) - 1}};
	size_t i, bit;

	unhex(id_hex, id.bytes, sizeof(id.bytes));
	unhex(sig_hex, sig, sizeof(sig));
	assert_true(with(&id, message, sig));
	for (i = 0; i < 3; i++) {
		for (bit = 0; bit < part[i].n * 8; bit += 3) {
			part[i].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(with(&id, message, sig));
			part[i].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
	message.len--;
	assert_false(with(&id, message, sig));
}

static void
test_verify(void **state)
{
	(void)state;
	assert_true(verify(kith_ed25519_verify, RFC_ID, "", RFC_SIG));
	assert_true(verify(kith_ed25519_verify, COUNT_ID, BODY, COUNT_SIG));
	assert_false(verify(kith_ed25519_verify, COUNT_ID, BODY, COUNT_SIG_LARGE_S));
	assert_false(verify(kith_ed25519_verify, RFC_ID, BODY, COUNT_SIG));
	assert_fragile(kith_ed25519_verify, COUNT_ID, COUNT_SIG);
}

static void
test_verify_obsolete(void **state)
{
	(void)state;
	assert_true(verify(kith_ed25519_verify_obsolete, OLD_ID, "", OLD_SIG_EMPTY));
	assert_true(verify(kith_ed25519_verify_obsolete, OLD_ID, BODY, OLD_SIG));
	assert_false(verify(kith_ed25519_verify_obsolete, OLD_ID, BODY, OLD_SIG_EMPTY));
	assert_false(verify(kith_ed25519_verify_obsolete, OLD_ID, BODY, OLD_SIG_LARGE_S));
	/* neither scheme takes the other's signatures */
	assert_false(verify(kith_ed25519_verify_obsolete, COUNT_ID, BODY, COUNT_SIG));
	assert_false(verify(kith_ed25519_verify, OLD_ID, BODY, OLD_SIG));
	assert_fragile(kith_ed25519_verify_obsolete, OLD_ID, OLD_SIG);
}

/* Keys of small order would let one signature stand under every message. */
static void
test_small_order(void **state)
{
	static const char *const keys[] = {
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "0200000000000000000000000000000000000000000000000000000000000000"};
	uint8_t sig[KITH_SIG_BYTES] = {1};
	struct kith_id id;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		unhex(keys[i], id.bytes, sizeof(id.bytes));
		assert_false(kith_ed25519_verify(&id, KITH_SPAN_LIT(BODY), sig));
		assert_false(kith_ed25519_verify_obsolete(&id, KITH_SPAN_LIT(BODY), sig));
		memcpy(sig, id.bytes, 32);
		assert_false(kith_ed25519_verify(&id, KITH_SPAN_LIT(BODY), sig));
		assert_false(kith_ed25519_verify_obsolete(&id, KITH_SPAN_LIT(BODY), sig));
	}
}

#define BIG         600000
#define BIG_SHA256  "7a4dc6b01fe350c58c44666461202efde42ce86ee8db7ff5776f5440ab37fcf0"
#define BIG_BLAKE2B "377a68a5c1a34eac85a137745e0ed363f934e428a9f9c12dc0f30373843d3941"

static const uint8_t *
big(void)
{
	static uint8_t bytes[BIG];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	return bytes;
}

static void
test_hashes(void **state)
{
	uint8_t h[KITH_SHA512_BYTES], key[32];
	struct kith_digest d, e;
	size_t i;

	(void)state;
	kith_blake2b(KITH_SPAN_NONE, &d);
	assert_hex(d.bytes, 32, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	kith_blake2b(KITH_SPAN_LIT("abc"), &d);
	assert_hex(d.bytes, 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	for (i = 0; i < 32; i++)
		key[i] = (uint8_t)i;
	kith_mac(key, KITH_SPAN_LIT("abc"), &e);
	assert_hex(e.bytes, 32, "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
	assert_true(kith_digest_eq(&d, &d));
	assert_false(kith_digest_eq(&d, &e));
	kith_sha256(KITH_SPAN_LIT("abc"), h);
	assert_hex(h, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	kith_sha256(KITH_SPAN_NONE, h);
	assert_hex(h, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	kith_sha512(KITH_SPAN_LIT("abc"), h);
	assert_hex(h, 64,
		   "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1"
		   "a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

/* Streams in pieces of every size give what one call gives, and again after a new start. */
static void
test_streams(void **state)
{
	struct kith_blake2b_state *b = kith_blake2b_new();
	struct kith_sha256_state *s = kith_sha256_new();
	struct kith_span all = kith_span(big(), BIG);
	size_t step, at;

	(void)state;
	assert_non_null(b);
	assert_non_null(s);
	for (step = 1; step < BIG * 2; step = step * 5 + 60) {
		uint8_t h[KITH_SHA256_BYTES];
		struct kith_digest d;

		kith_blake2b_start(b);
		kith_sha256_start(s);
		for (at = 0; at < BIG; at += step) {
			kith_blake2b_update(b, kith_span_sub(all, at, step));
			kith_sha256_update(s, kith_span_sub(all, at, step));
		}
		kith_blake2b_finish(b, &d);
		kith_sha256_finish(s, h);
		assert_hex(d.bytes, 32, BIG_BLAKE2B);
		assert_hex(h, 32, BIG_SHA256);
	}
	kith_blake2b_free(b);
	kith_sha256_free(s);
	kith_blake2b_free(NULL);
	kith_sha256_free(NULL);
}

static void
test_file(void **state)
{
	char dir[] = "/tmp/kith-crypto-XXXXXX", path[64];
	uint8_t h[KITH_SHA256_BYTES];
	struct kith_fs_stamp stamp, now;
	struct kith_error err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	assert_int_equal(kith_sha256_file(path, h, &stamp, &err), KITH_E_NOTFOUND);
	assert_int_equal(kith_fs_replace(path, kith_span(big(), BIG), 0600, &err), 0);
	assert_int_equal(kith_sha256_file(path, h, &stamp, &err), 0);
	assert_hex(h, 32, BIG_SHA256);
	assert_true(kith_fs_stamp(path, &now));
	assert_true(kith_fs_stamp_eq(&stamp, &now));
	assert_int_equal(kith_sha256_file(dir, h, NULL, &err), KITH_E_FORMAT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(kith_sha256_file(path, h, NULL, &err), KITH_E_FORMAT);
	assert_hex(h, 32, BIG_SHA256); /* untouched by failures */
	assert_int_equal(kith_fs_remove_tree(dir, &err), 0);
}

static void
test_random(void **state)
{
	uint8_t a[32] = {0}, b[32] = {0};

	(void)state;
	kith_random(a, sizeof(a));
	kith_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static int
init(void **state)
{
	(void)state;
	return kith_crypto_init(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_sign),
						  cmocka_unit_test(test_verify),
						  cmocka_unit_test(test_verify_obsolete),
						  cmocka_unit_test(test_small_order),
						  cmocka_unit_test(test_hashes),
						  cmocka_unit_test(test_streams),
						  cmocka_unit_test(test_file),
						  cmocka_unit_test(test_random)};

	return cmocka_run_group_tests(tests, init, NULL);
}
