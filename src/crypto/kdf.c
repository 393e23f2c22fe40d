/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Argon2 through libargon2: libsodium's own has no lanes, which crev's files use. The work memory
 * is in no core dump, and libargon2 wipes it.
 */
#include <argon2.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "crypto/kdf.h"

#define NEW_PASSES_LEAST 3
#define NEW_PASSES_MOST  20
#define NEW_LANES        4
#define NEW_SECONDS      1.0
#define HUGE_PAGES_FROM  KITH_MIB(8)
/* below this a second thread costs more than it gives: libargon2 starts threads anew every pass */
#define THREADS_FROM_KIB 32768

int
kith_kdf_check(const struct kith_kdf *kdf, size_t salt_len, struct kith_error *err)
{
	if (kdf->memory_kib > KITH_MAX_KDF_MEMORY_KIB)
		return kith_fail(err, KITH_E_LIMIT,
				 "asks for %u KiB of memory, at most %u are given", kdf->memory_kib,
				 (unsigned)KITH_MAX_KDF_MEMORY_KIB);
	if (kdf->lanes > KITH_MAX_KDF_LANES)
		return kith_fail(err, KITH_E_LIMIT, "asks for %u lanes, at most %u are given",
				 kdf->lanes, (unsigned)KITH_MAX_KDF_LANES);
	if ((uint64_t)kdf->passes * kdf->memory_kib > KITH_MAX_KDF_WORK_KIB ||
	    kdf->passes > KITH_MAX_KDF_PASSES)
		return kith_fail(err, KITH_E_LIMIT, "asks for %u passes over %u KiB: too much work",
				 kdf->passes, kdf->memory_kib);
	if (salt_len > KITH_MAX_KDF_SALT)
		return kith_fail(err, KITH_E_LIMIT, "salt longer than %u bytes",
				 (unsigned)KITH_MAX_KDF_SALT);
	if (!kdf->passes || !kdf->lanes || kdf->memory_kib < 8 * kdf->lanes ||
	    salt_len < ARGON2_MIN_SALT_LENGTH)
		return kith_fail(
		    err, KITH_E_FORMAT,
		    "too little for Argon2: %u passes over %u KiB in %u lanes, salt of "
		    "%zu bytes",
		    kdf->passes, kdf->memory_kib, kdf->lanes, salt_len);
	return KITH_OK;
}

static int
take_memory(uint8_t **ret_memory, size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return ARGON2_MEMORY_ALLOCATION_ERROR;
	/* both are best efforts: without the second the same work only takes longer */
	madvise(p, n, MADV_DONTDUMP);
	if (n >= HUGE_PAGES_FROM)
		madvise(p, n, MADV_HUGEPAGE);
	*ret_memory = p;
	return ARGON2_OK;
}

static void
give_memory(uint8_t *memory, size_t n)
{
	munmap(memory, n);
}

static uint32_t
threads_for(const struct kith_kdf *kdf)
{
	if (kdf->memory_kib < THREADS_FROM_KIB || kdf->lanes < 2)
		return 1;
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
}

static int
run(const struct kith_kdf *kdf, const struct kith_secret *passphrase, struct kith_span salt,
    struct kith_secret *key, size_t key_len, struct kith_error *err)
{
	static const argon2_type types[] = {Argon2_d, Argon2_i, Argon2_id};
	uint8_t salt_copy[KITH_MAX_KDF_SALT];
	argon2_context c = {
	    .out = key->ptr,
	    .outlen = (uint32_t)key_len,
	    .pwd = passphrase->len ? passphrase->ptr : NULL,
	    .pwdlen = (uint32_t)passphrase->len,
	    .salt = salt_copy,
	    .saltlen = (uint32_t)salt.len,
	    .t_cost = kdf->passes,
	    .m_cost = kdf->memory_kib,
	    .lanes = kdf->lanes,
	    .threads = threads_for(kdf),
	    .version = ARGON2_VERSION_13,
	    .allocate_cbk = take_memory,
	    .free_cbk = give_memory,
	};
	int code;

	memcpy(salt_copy, salt.ptr, salt.len);
	code = argon2_ctx(&c, types[kdf->variant]);
	if (code == ARGON2_THREAD_FAIL) {
		c.threads = 1; /* lanes change the result, threads do not */
		code = argon2_ctx(&c, types[kdf->variant]);
	}
	if (code == ARGON2_MEMORY_ALLOCATION_ERROR)
		return kith_fail(err, KITH_E_NOMEM, "%u KiB of memory for the key cannot be had",
				 kdf->memory_kib);
	if (code != ARGON2_OK)
		return kith_fail(err, KITH_E_CRYPTO, "Argon2: %s", argon2_error_message(code));
	key->len = key_len;
	return KITH_OK;
}

int
kith_kdf_derive(const struct kith_kdf *kdf, const struct kith_secret *passphrase,
		struct kith_span salt, size_t key_len, struct kith_secret *ret_key,
		struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret key = {0};
	int r = kith_kdf_check(kdf, salt.len, err);

	if (!r)
		r = kith_secret_init(&key, key_len, err);
	if (!r)
		r = run(kdf, passphrase, salt, &key, key_len, err);
	if (!r)
		kith_secret_move(ret_key, &key);
	return r;
}

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
kith_kdf_choose(struct kith_kdf *ret_kdf, struct kith_error *err)
{
	static const uint8_t salt[16];
	struct kith_kdf kdf = {KITH_KDF_ARGON2ID, 1, KITH_KDF_NEW_MEMORY, NEW_LANES};
	KITH_AUTO_SECRET struct kith_secret key = {0};
	const struct kith_secret none = {0};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double start = seconds_now(), passes;
	int r;

	if (cpus >= 1 && cpus < NEW_LANES)
		kdf.lanes = (uint32_t)cpus;
	r = kith_kdf_derive(&kdf, &none, kith_span(salt, sizeof(salt)), 32, &key, err);
	if (r)
		return r;
	passes = NEW_SECONDS / (seconds_now() - start + 1e-6);
	if (passes < NEW_PASSES_LEAST)
		passes = NEW_PASSES_LEAST;
	if (passes > NEW_PASSES_MOST)
		passes = NEW_PASSES_MOST;
	kdf.passes = (uint32_t)passes;
	*ret_kdf = kdf;
	return KITH_OK;
}
