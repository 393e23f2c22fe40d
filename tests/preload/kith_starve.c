/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As kith_break.c, for memory: fails exactly one allocation of all processes that it is preloaded
 * into. Not for programs with a sanitizer, which have an allocator of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct state {
	uint64_t calls, fail, kinds; /* as in kith_break.c */
};

#define ALLOCATIONS 8U

static struct state *state;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("KITH_BREAK");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at != MAP_FAILED)
		state = at;
	close(fd);
}

static bool
fails(void)
{
	if (!state || !(state->kinds & ALLOCATIONS) ||
	    __atomic_add_fetch(&state->calls, 1, __ATOMIC_SEQ_CST) != state->fail)
		return false;
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}
