/* SPDX-License-Identifier: Apache-2.0 */
/* Secret memory, the KDF and the cipher of key files: published values, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/crypto.h"
#include "crypto/kdf.h"
#include "crypto/siv.h"

static void
unhex(const char *hex, uint8_t *out, size_t n)
{
	assert_true(kith_hex_decode_exact(kith_span_str(hex), out, n));
}

/* The three vectors of the format (crev format 4.3). */
static const struct {
	const char *passphrase, *salt, *nonce, *sealed, *key, *seed;
	struct kith_kdf kdf;
} vectors[] = {
    {"a",
     "9jeCQhM2dMZErCErRQ_RmZ08X68xpta1tIhTbCHOTs0",
     "gUu4izYVvDgZjHFGpcunWmNV3nTgmswvSZsCr3lKboQ",
     "ukQvCTnTX6LmnUaBkoB4IGhIvnMxSNb5T8HoEn6DbFnI1IWzMqsGhkzxVzzc-zDs",
     "b5736b26fbc7e0c0434091c80d1b312007f4fe8aea85757d0da3c07fa9449aedb69cd92490dc660d0f40b1d5cddb5"
     "38bdf660cb66c4b4b22786afc42455d0b2e",
     "82337578b428630b9f5b289d5f91be56b41639c334f09532b822a6cb25bf8f3c",
     {KITH_KDF_ARGON2ID, 192, 4096, 8}},
    {"",
     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
     "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
     "7hG55fKbNkFtWR--JdQYt0iPvwtPtqgt44z-534SrAnX3f3QsFtSee0ZXtWDGvp0",
     "4662943b2aed87a4a576445431bdbdc7fca30f52dd7422bf64344889776d502f459b86d1a95dc0baa0c1023055b77"
     "a6a8dfac6b20777131c35d407cf2e46978e",
     "0707070707070707070707070707070707070707070707070707070707070707",
     {KITH_KDF_ARGON2ID, 1, 16, 1}},
    {"correct horse",
     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
     "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
     "ay5N0vRIDjBUT_dfzw3RBrjX1B_TFrYeM4xfnkfwaGHKtlN3yFsl_qxoDQh_ss6o",
     "8ab657757a729b4cbf99e896f154a2f87b3406922d7e679e4753741c170f997126ac25853eddddcc96437ddbad0dd"
     "35da61e7257bfd25e42e595141925599ded",
     "0707070707070707070707070707070707070707070707070707070707070707",
     {KITH_KDF_ARGON2ID, 192, 4096, 2}},
};

static void
opens_and_seals_vectors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		KITH_AUTO_SECRET struct kith_secret pass = {0}, key = {0}, seed = {0}, bad = {0};
		uint8_t salt[32], nonce[32], sealed[48], want_key[64], want_seed[32], again[48];
		struct kith_error err;

		assert_true(kith_base64_decode_exact(kith_span_str(vectors[i].salt), salt, 32));
		assert_true(kith_base64_decode_exact(kith_span_str(vectors[i].nonce), nonce, 32));
		assert_true(kith_base64_decode_exact(kith_span_str(vectors[i].sealed), sealed, 48));
		unhex(vectors[i].key, want_key, 64);
		unhex(vectors[i].seed, want_seed, 32);
		assert_int_equal(kith_secret_copy(&pass, vectors[i].passphrase,
						  strlen(vectors[i].passphrase), &err),
				 0);
		assert_int_equal(
		    kith_kdf_derive(&vectors[i].kdf, &pass, kith_span(salt, 32), 64, &key, &err),
		    0);
		assert_int_equal(key.len, 64);
		assert_memory_equal(key.ptr, want_key, 64);
		assert_int_equal(
		    kith_siv_open(&key, kith_span(nonce, 32), kith_span(sealed, 48), &seed, &err),
		    0);
		assert_int_equal(seed.len, 32);
		assert_memory_equal(seed.ptr, want_seed, 32);
		assert_int_equal(kith_siv_seal(&key, kith_span(nonce, 32), &seed, again, &err), 0);
		assert_memory_equal(again, sealed, 48);

		key.ptr[63] ^= 1;
		assert_int_equal(
		    kith_siv_open(&key, kith_span(nonce, 32), kith_span(sealed, 48), &bad, &err),
		    KITH_E_PASSPHRASE);
		assert_null(bad.ptr);
	}
}

static void
refuses_changed_bytes(void **state)
{
	KITH_AUTO_SECRET struct kith_secret key = {0}, plain = {0}, got = {0};
	uint8_t nonce[32] = {1}, sealed[48];
	struct kith_error err;
	size_t i;

	(void)state;
	assert_int_equal(kith_secret_random(&key, 64, &err), 0);
	assert_int_equal(kith_secret_random(&plain, 32, &err), 0);
	assert_int_equal(kith_siv_seal(&key, kith_span(nonce, 32), &plain, sealed, &err), 0);
	for (i = 0; i < 48; i++) {
		sealed[i] ^= 0x40;
		assert_int_equal(
		    kith_siv_open(&key, kith_span(nonce, 32), kith_span(sealed, 48), &got, &err),
		    KITH_E_PASSPHRASE);
		sealed[i] ^= 0x40;
	}
	nonce[31] ^= 1;
	assert_int_equal(
	    kith_siv_open(&key, kith_span(nonce, 32), kith_span(sealed, 48), &got, &err),
	    KITH_E_PASSPHRASE);
	assert_int_equal(
	    kith_siv_open(&key, kith_span(nonce, 32), kith_span(sealed, 15), &got, &err),
	    KITH_E_FORMAT);
	assert_int_equal(
	    kith_siv_open(&key, kith_span(nonce, 0), kith_span(sealed, 48), &got, &err),
	    KITH_E_FORMAT);
	nonce[31] ^= 1;
	assert_int_equal(
	    kith_siv_open(&key, kith_span(nonce, 32), kith_span(sealed, 48), &got, &err), 0);
	assert_true(kith_secret_eq(&got, &plain));
}

static void
bounds_what_files_ask_for(void **state)
{
	static const struct {
		struct kith_kdf kdf;
		size_t salt;
		int want;
	} rows[] = {
	    {{KITH_KDF_ARGON2ID, 1, 16, 1}, 8, 0},
	    {{KITH_KDF_ARGON2ID, 1, 16, 1}, 7, KITH_E_FORMAT},
	    {{KITH_KDF_ARGON2ID, 1, 16, 1}, KITH_MAX_KDF_SALT, 0},
	    {{KITH_KDF_ARGON2ID, 1, 16, 1}, KITH_MAX_KDF_SALT + 1, KITH_E_LIMIT},
	    {{KITH_KDF_ARGON2ID, 0, 16, 1}, 32, KITH_E_FORMAT},
	    {{KITH_KDF_ARGON2ID, 1, 16, 0}, 32, KITH_E_FORMAT},
	    {{KITH_KDF_ARGON2ID, 1, 15, 2}, 32, KITH_E_FORMAT},
	    {{KITH_KDF_ARGON2ID, 1, 4096, 512}, 32, 0},
	    {{KITH_KDF_ARGON2ID, 1, 8192, 513}, 32, KITH_E_LIMIT},
	    {{KITH_KDF_ARGON2ID, 1, KITH_MAX_KDF_MEMORY_KIB, 4}, 32, 0},
	    {{KITH_KDF_ARGON2ID, 1, KITH_MAX_KDF_MEMORY_KIB + 1, 4}, 32, KITH_E_LIMIT},
	    {{KITH_KDF_ARGON2ID, 0xffffffff, 0xffffffff, 0xffffffff}, 32, KITH_E_LIMIT},
	    {{KITH_KDF_ARGON2ID, 256, 262144, 4}, 32, 0},
	    {{KITH_KDF_ARGON2ID, 257, 262144, 4}, 32, KITH_E_LIMIT},
	    {{KITH_KDF_ARGON2ID, KITH_MAX_KDF_PASSES + 1, 16, 1}, 32, KITH_E_LIMIT},
	};
	struct kith_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(kith_kdf_check(&rows[i].kdf, rows[i].salt, &err), rows[i].want);
}

static void
variants_differ(void **state)
{
	static const uint8_t salt[16] = "sixteen bytes ..";
	KITH_AUTO_SECRET struct kith_secret pass = {0}, d = {0}, i = {0}, id = {0};
	struct kith_kdf kdf = {KITH_KDF_ARGON2D, 1, 64, 2};
	struct kith_error err;

	(void)state;
	assert_int_equal(kith_secret_copy(&pass, "password", 8, &err), 0);
	assert_int_equal(kith_kdf_derive(&kdf, &pass, kith_span(salt, 16), 32, &d, &err), 0);
	kdf.variant = KITH_KDF_ARGON2I;
	assert_int_equal(kith_kdf_derive(&kdf, &pass, kith_span(salt, 16), 32, &i, &err), 0);
	kdf.variant = KITH_KDF_ARGON2ID;
	assert_int_equal(kith_kdf_derive(&kdf, &pass, kith_span(salt, 16), 32, &id, &err), 0);
	assert_false(kith_secret_eq(&d, &i));
	assert_false(kith_secret_eq(&i, &id));
	assert_false(kith_secret_eq(&d, &id));
}

/* What new ids get is strong, and cargo-crev can open it: it has no bound but lanes. */
static void
chooses_strong_parameters(void **state)
{
	struct kith_kdf kdf;
	struct kith_error err;

	(void)state;
	assert_int_equal(kith_kdf_choose(&kdf, &err), 0);
	assert_int_equal(kdf.variant, KITH_KDF_ARGON2ID);
	assert_int_equal(kdf.memory_kib, 262144);
	assert_in_range(kdf.lanes, 1, 4);
	assert_in_range(kdf.passes, 3, 20);
	assert_int_equal(kith_kdf_check(&kdf, 32, &err), 0);
}

/* A byte beyond the end meets a guard page: the child must die. */
static void
secrets_are_guarded(void **state)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	struct kith_error err;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(kith_secret_copy(&s, "0123456789abcdef", 16, &err), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		volatile uint8_t *p = s.ptr;

		signal(SIGSEGV, SIG_DFL); /* cmocka catches it */
		signal(SIGBUS, SIG_DFL);
		p[16] = 1;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

/* Every mapping of a secret must say "dd" (no dump) in the kernel's own list. */
static void
secrets_are_not_dumped(void **state)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	struct kith_error err;
	char line[512];
	unsigned long from, to, at;
	bool in = false, found = false;
	FILE *f = fopen("/proc/self/smaps", "r");

	(void)state;
	if (!f)
		skip();
	assert_int_equal(kith_secret_random(&s, 32, &err), 0);
	at = (unsigned long)(uintptr_t)s.ptr;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && strchr(line, '-') < line + 20)
			in = at >= from && at < to;
		if (in && strncmp(line, "VmFlags:", 8) == 0) {
			found = true;
			assert_non_null(strstr(line, " dd"));
		}
	}
	fclose(f);
	assert_true(found);
}

static int
setup(void **state)
{
	(void)state;
	return kith_crypto_init(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_and_seals_vectors),   cmocka_unit_test(refuses_changed_bytes),
	    cmocka_unit_test(bounds_what_files_ask_for), cmocka_unit_test(variants_differ),
	    cmocka_unit_test(chooses_strong_parameters), cmocka_unit_test(secrets_are_guarded),
	    cmocka_unit_test(secrets_are_not_dumped),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
