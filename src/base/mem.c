/* SPDX-License-Identifier: Apache-2.0 */
/* Overflow-checked allocation over plain malloc. */
#include <stdarg.h>
#include <unistd.h>

#include "base/base.h"

void *
kith_calloc(size_t n, size_t size)
{
	if (n == 0 || size == 0)
		n = size = 1;
	return calloc(n, size); /* calloc checks n * size itself */
}

int
kith_grow(void *ptr_to_array, size_t *cap, size_t want, size_t size, size_t max, const char *what,
	  struct kith_error *err)
{
	void *old, *grown;
	size_t n = *cap;

	if (want <= n)
		return KITH_OK;
	if (want > max)
		return kith_fail(err, KITH_E_LIMIT, "too many %s (at most %zu)", what, max);
	n = n < 8 ? 8 : n;
	while (n < want)
		n = n > max / 2 ? max : n * 2;
	if (n > SIZE_MAX / size)
		return kith_fail_nomem(err);
	memcpy(&old, ptr_to_array, sizeof(old));
	grown = realloc(old, n * size);
	if (!grown)
		return kith_fail_nomem(err);
	memcpy(ptr_to_array, &grown, sizeof(grown));
	*cap = n;
	return KITH_OK;
}

char *
kith_strndup(const void *s, size_t n)
{
	char *copy;

	if (n == SIZE_MAX || !(copy = malloc(n + 1)))
		return NULL;
	if (n)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *
kith_asprintf(const char *fmt, ...)
{
	va_list ap, again;
	char *out = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0 && (out = malloc((size_t)n + 1)))
		vsnprintf(out, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return out;
}

void
kith_freep(void *ptr_to_ptr)
{
	void *p;

	memcpy(&p, ptr_to_ptr, sizeof(p));
	free(p);
}

void
kith_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void *
kith_steal(void *ptr_to_ptr)
{
	void *p, *none = NULL;

	memcpy(&p, ptr_to_ptr, sizeof(p));
	memcpy(ptr_to_ptr, &none, sizeof(none));
	return p;
}
