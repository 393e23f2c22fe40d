/* SPDX-License-Identifier: Apache-2.0 */
/* FILE...: reading each lock file, TOML included: first time, then the median of the rest. */
#include <time.h>

#include "package/package.h"

#define ROUNDS 41

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
bench(const char *path, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	double ms[ROUNDS], start, first;
	size_t i, packages = 0;
	int r;

	kith_buf_init(&text, KITH_MAX_LOCK_BYTES);
	r = kith_fs_read(path, &text, err);
	for (i = 0; i < ROUNDS && !r; i++) {
		struct kith_lock *lock = NULL;

		start = now_ms();
		r = kith_lock_read(kith_buf_span(&text), &lock, err);
		packages = lock ? lock->count : 0;
		kith_lock_free(lock);
		ms[i] = now_ms() - start;
	}
	if (r)
		return r;
	first = ms[0];
	qsort(ms, ROUNDS, sizeof(ms[0]), order);
	printf("%8.3f ms %8.3f ms %7zu packages %8zu bytes  %s\n", first, ms[ROUNDS / 2], packages,
	       text.len, path);
	return KITH_OK;
}

int
main(int argc, char **argv)
{
	struct kith_error err;
	int i, r = 0;

	for (i = 1; i < argc && !r; i++)
		r = bench(argv[i], &err);
	if (r)
		fprintf(stderr, "%s\n", err.msg);
	return r ? 1 : 0;
}
