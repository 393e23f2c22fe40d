/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Confinement by what the kernel offers without privileges: rlimits, process group, parent-death
 * signal, no_new_privs, Landlock by raw system calls (libraries' headers know old versions only),
 * then seccomp.c's filter.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "helper/guard.h"

/* Rights of Landlock versions newer than the system's header. */
#define LL_FS_REFER     (1ULL << 13) /* 2 */
#define LL_FS_TRUNCATE  (1ULL << 14) /* 3 */
#define LL_FS_IOCTL_DEV (1ULL << 15) /* 5 */
#define LL_NET_BIND     (1ULL << 0)  /* 4 */
#define LL_NET_CONNECT  (1ULL << 1)
#define LL_SCOPE_SOCKET (1ULL << 0) /* 6: abstract unix sockets */
#define LL_SCOPE_SIGNAL (1ULL << 1)

struct ll_ruleset {
	uint64_t fs, net, scoped;
};

#define EXIT_CONFINE 126

int64_t
kith_guard_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
set_limit(int what, uint64_t soft, uint64_t hard, struct kith_error *err)
{
	struct rlimit old, want = {soft, hard};

	/* a limit that is lower already stays */
	if (getrlimit((__rlimit_resource_t)what, &old) == 0 && old.rlim_max < want.rlim_max) {
		want.rlim_max = old.rlim_max;
		if (want.rlim_cur > want.rlim_max)
			want.rlim_cur = want.rlim_max;
	}
	if (setrlimit((__rlimit_resource_t)what, &want) < 0)
		return kith_fail_errno(err, errno, "setting a resource limit");
	return KITH_OK;
}

static int
set_limits(const struct kith_guard *g, struct kith_error *err)
{
	int r = set_limit(RLIMIT_CORE, 0, 0, err);

#ifndef KITH_SANITIZED /* the sanitizer reserves terabytes of address space */
	if (!r && g->memory)
		r = set_limit(RLIMIT_AS, g->memory, g->memory, err);
#endif
	if (!r && g->cpu_s)
		r = set_limit(RLIMIT_CPU, g->cpu_s, g->cpu_s + 1, err);
	if (!r)
		r = set_limit(RLIMIT_FSIZE, g->file_bytes, g->file_bytes, err);
	if (!r && g->files)
		r = set_limit(RLIMIT_NOFILE, g->files, g->files, err);
	return r;
}

static uint64_t
fs_rights(unsigned access)
{
	uint64_t r = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

	if (access & KITH_GUARD_EXEC)
		r |= LANDLOCK_ACCESS_FS_EXECUTE;
	if (access & KITH_GUARD_WRITE)
		r |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
		     LANDLOCK_ACCESS_FS_MAKE_REG | LL_FS_REFER | LL_FS_TRUNCATE;
	return r;
}

/* What a rule on a single file may carry: with a folder's rights the kernel answers EINVAL. */
#define FILE_RIGHTS                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
	 LANDLOCK_ACCESS_FS_READ_FILE | LL_FS_TRUNCATE)

static int
allow_path(int ruleset, const struct kith_guard_path *p, uint64_t handled, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(p->path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = {0};
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return KITH_OK;
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", p->path);
	rule.allowed_access = fs_rights(p->access) & handled;
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	rule.parent_fd = fd;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return kith_fail_errno(err, errno, "confining to %s", p->path);
	return KITH_OK;
}

static int
confine_files(const struct kith_guard *g, int *ret_abi, struct kith_error *err)
{
	struct ll_ruleset attr = {0};
	KITH_AUTO_FD int ruleset = -1;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	size_t i, size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	int r;

	*ret_abi = abi > 0 ? (int)abi : 0;
	if (abi <= 0)
		return KITH_OK;
	attr.fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
	attr.fs |= (abi >= 2 ? LL_FS_REFER : 0) | (abi >= 3 ? LL_FS_TRUNCATE : 0) |
		   (abi >= 5 ? LL_FS_IOCTL_DEV : 0);
	attr.net = abi >= 4 && !g->network ? LL_NET_BIND | LL_NET_CONNECT : 0;
	attr.scoped = abi >= 6 ? LL_SCOPE_SOCKET | LL_SCOPE_SIGNAL : 0;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset < 0)
		return kith_fail_errno(err, errno, "making a Landlock ruleset");
	for (i = 0; i < g->n_paths; i++) {
		r = allow_path(ruleset, &g->paths[i], attr.fs, err);
		if (r)
			return r;
	}
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return kith_fail_errno(err, errno, "confining itself");
	return KITH_OK;
}

int
kith_guard_confine(const struct kith_guard *g, int *ret_abi, struct kith_error *err)
{
	int abi = 0, r;

	if (g->unconfined)
		return set_limits(g, err);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return kith_fail_errno(err, errno, "giving up privileges");
	/* before the limits: opening the rules' paths needs descriptors */
	r = confine_files(g, &abi, err);
	if (!r)
		r = set_limits(g, err);
	if (!r)
		r = kith_guard_filter(g, err);
	if (!r && ret_abi)
		*ret_abi = abi;
	return r;
}

static bool
is_kept(const struct kith_guard *g, int fd)
{
	size_t i;

	for (i = 0; i < g->n_keep; i++)
		if (g->keep[i] == fd)
			return true;
	return false;
}

/* The child must not reach its parent's connections: it could speak in its parent's name. */
static void
close_others(const struct kith_guard *g)
{
	unsigned from = 3;
	size_t i;
	int fd, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (fd = 0; null >= 0 && fd < 2; fd++)
		if (!is_kept(g, fd))
			dup2(null, fd);
	for (i = 0; i < g->n_keep; i++) {
		if (g->keep[i] < (int)from)
			continue;
		if (g->keep[i] > (int)from)
			syscall(SYS_close_range, from, (unsigned)g->keep[i] - 1, 0);
		from = (unsigned)g->keep[i] + 1;
	}
	syscall(SYS_close_range, from, ~0U, 0);
}

static int
child_main(struct kith_guard *g, int (*work)(void *ctx), void *ctx, pid_t parent)
{
	struct kith_error err;
	int r;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before the line above */
		return EXIT_CONFINE;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a write that is too long fails with EFBIG instead */
	close_others(g);
	if (g->prepare && g->prepare(g, ctx))
		return EXIT_CONFINE;
	r = kith_guard_confine(g, NULL, &err);
	if (r) {
		dprintf(2, "%s\n", err.msg);
		return EXIT_CONFINE;
	}
	return work(ctx);
}

int
kith_guard_spawn(const struct kith_guard *g, int (*work)(void *ctx), void *ctx,
		 struct kith_child *ret_child, struct kith_error *err)
{
	struct kith_guard own = *g;
	pid_t parent = getpid(), p;

	fflush(NULL);
	p = fork();
	if (p < 0)
		return kith_fail_errno(err, errno, "starting a process");
	if (p == 0)
		_exit(child_main(&own, work, ctx, parent));
	setpgid(p, p); /* in both: whoever comes first */
	ret_child->pid = p;
	ret_child->pidfd = (int)syscall(SYS_pidfd_open, p, 0);
	return KITH_OK;
}

static void
fill_end(struct kith_child *c, int status, const struct rusage *ru, bool killed,
	 struct kith_child_end *ret_end)
{
	kith_closep(&c->pidfd);
	c->pid = -1;
	if (!ret_end)
		return;
	ret_end->killed = killed;
	ret_end->status = status;
	ret_end->cpu_ms = (uint64_t)(ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000 +
			  (uint64_t)(ru->ru_utime.tv_usec + ru->ru_stime.tv_usec) / 1000;
	ret_end->max_rss_kib = (uint64_t)ru->ru_maxrss;
}

static bool
reap(struct kith_child *c, int options, bool killed, struct kith_child_end *ret_end)
{
	struct rusage ru = {0};
	int status = 0;
	pid_t p;

	do
		p = wait4(c->pid, &status, options, &ru);
	while (p < 0 && errno == EINTR);
	if (p == 0)
		return false;
	fill_end(c, status, &ru, killed, ret_end);
	return true;
}

void
kith_child_kill(struct kith_child *c, struct kith_child_end *ret_end)
{
	if (c->pid <= 0)
		return;
	kill(-c->pid, SIGKILL);
	kill(c->pid, SIGKILL);
	reap(c, 0, true, ret_end);
}

bool
kith_child_reap(struct kith_child *c, struct kith_child_end *ret_end)
{
	siginfo_t si = {0};

	/* looks before it reaps: the group's number is ours only as long as its leader is */
	if (waitid(P_PID, (id_t)c->pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid == 0)
		return false;
	kill(-c->pid, SIGKILL); /* what it may have left behind */
	return reap(c, 0, false, ret_end);
}

void
kith_child_wait(struct kith_child *c, int timeout_ms, struct kith_child_end *ret_end)
{
	int64_t end = kith_guard_now_ms() + timeout_ms, left;
	struct pollfd p = {c->pidfd, POLLIN, 0};

	while (!kith_child_reap(c, ret_end)) {
		left = end - kith_guard_now_ms();
		if (left <= 0) {
			kith_child_kill(c, ret_end);
			return;
		}
		/* without a pidfd this is a short sleep */
		poll(&p, 1, c->pidfd >= 0 ? (int)left : (left < 10 ? (int)left : 10));
	}
}

int
kith_child_check(const struct kith_child_end *end, struct kith_error *err)
{
	int sig = WIFSIGNALED(end->status) ? WTERMSIG(end->status) : 0;

	if (end->killed)
		return kith_fail(err, KITH_E_HELPER, "took too long and was ended");
	if (sig == SIGXCPU)
		return kith_fail(err, KITH_E_HELPER, "used too much processor time");
	if (sig)
		return kith_fail(err, KITH_E_HELPER, "died of signal %d (%s)", sig,
				 sigdescr_np(sig));
	if (WEXITSTATUS(end->status) == EXIT_CONFINE)
		return kith_fail(err, KITH_E_HELPER, "could not confine itself");
	if (WEXITSTATUS(end->status))
		return kith_fail(err, KITH_E_HELPER, "ended with status %d",
				 WEXITSTATUS(end->status));
	return KITH_OK;
}
