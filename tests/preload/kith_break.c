/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into kith and kith-git: fails exactly one of all the calls of some kinds (those that
 * change a file system, unless others are asked for), counted over all processes, as a full or
 * dying disk would. KITH_BREAK names a file of numbers (struct state). What goes to a terminal, a
 * pipe or a socket is not counted, nor are descriptors 0 to 2.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct state {
	uint64_t calls; /* so far */
	uint64_t fail;  /* which one, from 1; 0: none */
	uint64_t kinds; /* of calls, as bits; 0: CHANGES */
};

#define CHANGES 1U
#define OPENS   2U
#define READS   4U /* allocations, 8: kith_starve.c */

static struct state *state;

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
fails_kind(uint64_t kind, int error)
{
	if (!state || !((state->kinds ? state->kinds : CHANGES) & kind))
		return false;
	if (__atomic_add_fetch(&state->calls, 1, __ATOMIC_SEQ_CST) != state->fail)
		return false;
	errno = error;
	return true;
}

static bool
fails(int error)
{
	return fails_kind(CHANGES, error);
}

static bool
is_file(int fd)
{
	struct stat st;

	return fd > STDERR_FILENO && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The next definition of a function, with its type. */
#define NEXT(type, name)                                                                           \
	static __typeof__(type) next;                                                              \
	if (!next)                                                                                 \
	*(void **)&next = dlsym(RTLD_NEXT, name)

ssize_t
write(int fd, const void *buf, size_t n)
{
	NEXT(ssize_t(*)(int, const void *, size_t), "write");
	if (is_file(fd) && fails(ENOSPC))
		return -1;
	return next(fd, buf, n);
}

ssize_t
read(int fd, void *buf, size_t n)
{
	NEXT(ssize_t(*)(int, void *, size_t), "read");
	if (is_file(fd) && fails_kind(READS, EIO))
		return -1;
	return next(fd, buf, n);
}

ssize_t
pread(int fd, void *buf, size_t n, off_t at)
{
	NEXT(ssize_t(*)(int, void *, size_t, off_t), "pread64");
	if (is_file(fd) && fails_kind(READS, EIO))
		return -1;
	return next(fd, buf, n, at);
}

ssize_t pread64(int fd, void *buf, size_t n, off_t at) __attribute__((alias("pread")));

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t at)
{
	NEXT(ssize_t(*)(int, const void *, size_t, off_t), "pwrite64");
	if (is_file(fd) && fails(ENOSPC))
		return -1;
	return next(fd, buf, n, at);
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t at) __attribute__((alias("pwrite")));

int
ftruncate(int fd, off_t n)
{
	NEXT(int (*)(int, off_t), "ftruncate64");
	return fails(ENOSPC) ? -1 : next(fd, n);
}

int ftruncate64(int fd, off_t n) __attribute__((alias("ftruncate")));

/* Nothing is synced: no test takes the power away, and disks are slow. */
int
fsync(int fd)
{
	(void)fd;
	return fails(EIO) ? -1 : 0;
}

int fdatasync(int fd) __attribute__((alias("fsync")));

int
rename(const char *from, const char *to)
{
	NEXT(int (*)(const char *, const char *), "rename");
	return fails(EIO) ? -1 : next(from, to);
}

int
renameat(int a, const char *from, int b, const char *to)
{
	NEXT(int (*)(int, const char *, int, const char *), "renameat");
	return fails(EIO) ? -1 : next(a, from, b, to);
}

int
renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
	NEXT(int (*)(int, const char *, int, const char *, unsigned), "renameat2");
	return fails(EIO) ? -1 : next(a, from, b, to, flags);
}

int
link(const char *from, const char *to)
{
	NEXT(int (*)(const char *, const char *), "link");
	return fails(EIO) ? -1 : next(from, to);
}

int
mkdir(const char *path, mode_t mode)
{
	NEXT(int (*)(const char *, mode_t), "mkdir");
	return fails(ENOSPC) ? -1 : next(path, mode);
}

int
mkdirat(int fd, const char *path, mode_t mode)
{
	NEXT(int (*)(int, const char *, mode_t), "mkdirat");
	return fails(ENOSPC) ? -1 : next(fd, path, mode);
}

/* What makes a file is a change of the file system, too. */
int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	NEXT(int (*)(const char *, int, ...), "open64");
	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
		if ((flags & O_ACCMODE) != O_RDONLY && fails(ENOSPC))
			return -1;
	}
	return fails_kind(OPENS, EIO) ? -1 : next(path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int
openat(int fd, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	NEXT(int (*)(int, const char *, int, ...), "openat64");
	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
		if ((flags & O_ACCMODE) != O_RDONLY && fails(ENOSPC))
			return -1;
	}
	return fails_kind(OPENS, EIO) ? -1 : next(fd, path, flags, mode);
}

int openat64(int fd, const char *path, int flags, ...) __attribute__((alias("openat")));
