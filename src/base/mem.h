/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory with overflow checks, and the cleanup kit. Plain malloc lies below, so tests wrap it at
 * link time. A variable declared with KITH_AUTO_... is released when it goes out of scope.
 */
#ifndef KITH_BASE_MEM_H
#define KITH_BASE_MEM_H

#include <stddef.h>
#include <kith/error.h>

#define KITH_CLEANUP(fn) __attribute__((cleanup(fn)))

/* Zeroed array of n elements; NULL when out of memory or when n * size overflows. Yours. */
void *kith_calloc(size_t n, size_t size);

/*
 * Grows the array at *ptr (of *cap elements of `size` bytes) so that it holds at least `want`.
 * Errors: KITH_E_NOMEM; KITH_E_LIMIT if want > max ("too many <what>"). *ptr unchanged then.
 */
KITH_NODISCARD int kith_grow(void *ptr_to_array, size_t *cap, size_t want, size_t size, size_t max,
			     const char *what, struct kith_error *err);

/* NUL-terminated copy of n bytes; NULL when out of memory. Yours. */
char *kith_strndup(const void *s, size_t n);

/* Formats into fresh memory; NULL when out of memory. Yours. */
char *kith_asprintf(const char *fmt, ...) KITH_PRINTF(1, 2);

/* For KITH_CLEANUP on `T *p` allocated with malloc, on `int fd`. */
void kith_freep(void *ptr_to_ptr);
void kith_closep(int *fd);
#define KITH_AUTO_FREE KITH_CLEANUP(kith_freep)
#define KITH_AUTO_FD   KITH_CLEANUP(kith_closep)

/* Hands over what p points to and clears p: `*ret = kith_steal(&p);` with T *p. */
void *kith_steal(void *ptr_to_ptr);

#endif
