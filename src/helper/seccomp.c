/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter of system calls for guarded children: what no reader of repositories or archives needs,
 * and what Landlock does not see (sockets that are not TCP, other processes, io_uring). Refused
 * calls fail with EPERM. A list of what is refused rather than of what is allowed: libraries that
 * we do not write may begin to use another harmless call any day.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "helper/guard.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef OUR_ARCH

#define MAX_FILTER 128
#define X32_BIT    0x40000000u

/* Numbers of calls that are newer than the system's headers; the same everywhere. */
enum { NR_IO_URING_SETUP = 425, NR_PIDFD_GETFD = 438, NR_PROCESS_MADVISE = 440 };

static const unsigned refused[] = {
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    NR_PIDFD_GETFD,
    NR_PROCESS_MADVISE,
    __NR_kcmp,
    __NR_perf_event_open,
    __NR_bpf,
    __NR_userfaultfd,
    NR_IO_URING_SETUP,
    __NR_add_key,
    __NR_request_key,
    __NR_keyctl,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_unshare,
    __NR_setns,
    __NR_open_by_handle_at,
    __NR_name_to_handle_at,
    __NR_fanotify_init,
    __NR_quotactl,
    __NR_swapon,
    __NR_swapoff,
    __NR_reboot,
    __NR_sethostname,
    __NR_setdomainname,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_adjtimex,
    __NR_clock_adjtime,
    __NR_acct,
    __NR_syslog,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_personality,
};

struct filter {
	struct sock_filter code[MAX_FILTER];
	unsigned short n;
};

static void
add(struct filter *f, unsigned op, unsigned k, unsigned yes, unsigned no)
{
	f->code[f->n++] =
	    (struct sock_filter){(unsigned short)op, (unsigned char)yes, (unsigned char)no, k};
}

static void
load(struct filter *f, size_t offset)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void
refuse_now(struct filter *f)
{
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0);
}

/* If what was loaded is k, the call is refused. */
static void
refuse(struct filter *f, unsigned k)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
	refuse_now(f);
}

/*
 * Sockets: none without network; else TCP and UDP, and what asks the kernel for routes. Not those
 * of this machine's programs: agents and daemons listen there, and Landlock lets them be reached.
 */
static void
add_socket_rule(struct filter *f, bool network)
{
	static const unsigned families[] = {AF_INET, AF_INET6, AF_NETLINK};
	const unsigned n = sizeof(families) / sizeof(families[0]);
	unsigned i;

	if (!network) {
		refuse(f, __NR_socket);
		return;
	}
	add(f, BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, n + 2);
	load(f, offsetof(struct seccomp_data, args));
	for (i = 0; i < n; i++)
		add(f, BPF_JMP | BPF_JEQ | BPF_K, families[i], n - i, 0);
	refuse_now(f);
}

static void
make(struct filter *f, const struct kith_guard *g)
{
	size_t i;

	load(f, offsetof(struct seccomp_data, arch));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
	add(f, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	load(f, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	add(f, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
	refuse_now(f);
#endif
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		refuse(f, refused[i]);
	if (!g->programs) {
		refuse(f, __NR_execve);
		refuse(f, __NR_execveat);
		add_socket_rule(f, g->network); /* last: what is loaded changes in it */
	}
	add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

int
kith_guard_filter(const struct kith_guard *g, struct kith_error *err)
{
	struct filter f = {.n = 0};
	struct sock_fprog program = {0, f.code};

	_Static_assert(2 * (sizeof(refused) / sizeof(refused[0])) + 30 < MAX_FILTER,
		       "the filter has room");
	make(&f, g);
	program.len = f.n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
		return KITH_OK;
	/* a kernel without it, or a sandbox around us that keeps it for itself */
	return errno == EINVAL || errno == ENOSYS || errno == EPERM || errno == EACCES
		   ? KITH_OK
		   : kith_fail_errno(err, errno, "filtering system calls");
}

#else

int
kith_guard_filter(const struct kith_guard *g, struct kith_error *err)
{
	(void)g;
	(void)err;
	return KITH_OK;
}

#endif
