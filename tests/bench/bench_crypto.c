/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates of hashes and signature checks, and of digesting the tree or file given as argument beside
 * only reading it on one thread. Medians.
 */
#include <fcntl.h>
#include <ftw.h>
#include <time.h>
#include <unistd.h>

#include "crypto/tree.h"

#define ROUNDS 15
#define BLOCK  KITH_MIB(1)
#define TIMES  32

static uint8_t block[BLOCK];
static size_t bytes_read;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(void (*run)(const char *path), const char *path)
{
	double t[ROUNDS], from;
	size_t i;

	for (i = 0; i < ROUNDS; i++) {
		from = now();
		run(path);
		t[i] = now() - from;
	}
	qsort(t, ROUNDS, sizeof(t[0]), compare);
	return t[ROUNDS / 2];
}

static void
run_blake2b(const char *unused)
{
	struct kith_digest d;
	size_t i;

	(void)unused;
	for (i = 0; i < TIMES; i++)
		kith_blake2b(kith_span(block, BLOCK), &d);
}

static void
run_sha256(const char *unused)
{
	uint8_t h[KITH_SHA256_BYTES];
	size_t i;

	(void)unused;
	for (i = 0; i < TIMES; i++)
		kith_sha256(kith_span(block, BLOCK), h);
}

static void
run_sha512(const char *unused)
{
	uint8_t h[KITH_SHA512_BYTES];
	size_t i;

	(void)unused;
	for (i = 0; i < TIMES; i++)
		kith_sha512(kith_span(block, BLOCK), h);
}

#define CHECKS 400

static void
run_verify(const char *unused)
{
	static const uint8_t seed[KITH_SEED_BYTES] = {1};
	static struct kith_span body;
	static uint8_t sig[KITH_SIG_BYTES];
	static struct kith_id id;
	size_t i;

	(void)unused;
	if (!body.len) {
		body = kith_span(block, 700); /* as long as an ordinary proof */
		kith_ed25519_public(seed, &id);
		kith_ed25519_sign(seed, body, sig);
	}
	for (i = 0; i < CHECKS; i++)
		if (!kith_ed25519_verify(&id, body, sig))
			abort();
}

static int
read_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	int fd = type == FTW_F && S_ISREG(st->st_mode) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n;

	(void)where;
	while (fd >= 0 && (n = read(fd, block, KITH_KIB(256))) > 0)
		bytes_read += (size_t)n;
	if (fd >= 0)
		close(fd);
	return 0;
}

static void
run_read(const char *path)
{
	bytes_read = 0;
	if (nftw(path, read_one, 64, FTW_PHYS))
		abort();
}

static void
run_tree(const char *path)
{
	struct kith_digest d;
	struct kith_error err;

	if (kith_tree_digest_path(path, NULL, 0, &d, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	double mb = (double)BLOCK * TIMES / 1e6, t;
	int i;

	if (kith_crypto_init(NULL))
		return 1;
	if (argc < 2) {
		printf("BLAKE2b-256  %8.0f MB/s\n", mb / median(run_blake2b, NULL));
		printf("SHA-256      %8.0f MB/s\n", mb / median(run_sha256, NULL));
		printf("SHA-512      %8.0f MB/s\n", mb / median(run_sha512, NULL));
		printf("verify       %8.0f /s\n", CHECKS / median(run_verify, NULL));
	}
	for (i = 1; i < argc; i++) {
		t = median(run_read, argv[i]);
		mb = (double)bytes_read / 1e6;
		printf("only reading %8.1f ms %8.0f MB/s\n", t * 1e3, mb / t);
		t = median(run_tree, argv[i]);
		printf("tree digest  %8.1f ms %8.0f MB/s\n", t * 1e3, mb / t);
	}
	return 0;
}
