/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guarded child: where a helper program reads what strangers made. The child gives up what it
 * does not need (resource limits, Landlock and a filter of system calls where the kernel has them,
 * no inherited descriptors) and
 * dies with its parent; the parent holds a deadline over its whole process group. For programs with
 * one thread: only the helpers call this.
 */
#ifndef KITH_HELPER_GUARD_H
#define KITH_HELPER_GUARD_H

#include <sys/types.h>

#include "base/base.h"

enum kith_guard_access {
	KITH_GUARD_READ = 1,  /* read files and list folders beneath the path */
	KITH_GUARD_WRITE = 2, /* read, write, make, rename and remove beneath it */
	KITH_GUARD_EXEC = 4   /* read and run programs beneath it */
};

struct kith_guard_path {
	const char *path; /* a missing one is passed over */
	unsigned access;
};

struct kith_guard {
	uint64_t memory;     /* bytes of address space; 0: not limited */
	uint64_t cpu_s;      /* seconds of CPU; 0: not limited */
	uint64_t file_bytes; /* largest file it may write; 0 with no_write: none */
	unsigned files;      /* open descriptors */
	const struct kith_guard_path *paths;
	size_t n_paths;
	bool unconfined; /* starts the user's own programs: limits, but no rules for files */
	bool network;    /* may use TCP and UDP */
	bool programs;   /* may run programs, which may use sockets of every kind */
	/*
	 * In the child, before it is confined; may change *g (its paths). May be NULL. Non-zero:
	 * the child goes no further.
	 */
	int (*prepare)(struct kith_guard *g, void *ctx);
	const int *keep; /* descriptors it keeps besides 2, ascending */
	size_t n_keep;
};

struct kith_child {
	pid_t pid;
	int pidfd; /* -1 where the kernel has none */
};

/* How a child ended. */
struct kith_child_end {
	bool killed; /* by the parent: its deadline passed */
	int status;  /* as wait4 gives it */
	uint64_t cpu_ms;
	uint64_t max_rss_kib;
};

/*
 * Forks; in the child confines itself and leaves with work(ctx) as exit status (0..125). Standard
 * input and output are /dev/null there unless kept. Errors: KITH_E_IO.
 */
KITH_NODISCARD int kith_guard_spawn(const struct kith_guard *g, int (*work)(void *ctx), void *ctx,
				    struct kith_child *ret_child, struct kith_error *err);

/* Waits up to timeout_ms, then kills the group; reaps in every case. */
void kith_child_wait(struct kith_child *c, int timeout_ms, struct kith_child_end *ret_end);
/* Kills the group and reaps: *ret_end (may be NULL) says killed. */
void kith_child_kill(struct kith_child *c, struct kith_child_end *ret_end);
/* True and *ret_end if it has ended by itself; does not wait. */
bool kith_child_reap(struct kith_child *c, struct kith_child_end *ret_end);
/* KITH_OK if it exited with 0; else KITH_E_HELPER and in words why it ended. */
int kith_child_check(const struct kith_child_end *end, struct kith_error *err);

/*
 * What the child does to itself; also for a process that execs afterwards. Landlock is passed over
 * where the kernel lacks it: *ret_abi (may be NULL) is its version, 0 for none.
 */
KITH_NODISCARD int kith_guard_confine(const struct kith_guard *g, int *ret_abi,
				      struct kith_error *err);

/* The filter of system calls by itself, last of all; passed over where the kernel lacks it. */
KITH_NODISCARD int kith_guard_filter(const struct kith_guard *g, struct kith_error *err);

/* Milliseconds of a clock that only runs forward; for deadlines. */
int64_t kith_guard_now_ms(void);

#endif
