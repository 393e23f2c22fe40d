/* SPDX-License-Identifier: Apache-2.0 */
/* Link-time wrapped allocation (-Wl,--wrap). LeakSanitizer finds what is not freed. */
#include <errno.h>
#include <stdlib.h>

#include "fault/wrap.h"

static size_t countdown;
static bool hit;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

void
fault_arm(size_t nth)
{
	countdown = nth;
	hit = false;
}

bool
fault_hit(void)
{
	return hit;
}

static bool
fails(void)
{
	if (!countdown || --countdown)
		return false;
	hit = true;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}
