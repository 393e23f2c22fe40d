/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: what this kernel offers to confine the readers of strangers' bytes. Asks only. */
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/doctor.h"

#define LANDLOCK_NETWORK 4 /* the version from which TCP can be refused */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

static int
look_at_landlock(struct kith_doctor *d, struct kith_error *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U); /* 1: only its version */

	if (abi < 1)
		return kith_doctor_found(
		    d, KITH_DOCTOR_NOTE, "a kernel from 5.13 on with lsm=landlock has it", err,
		    "Landlock is missing: a helper that is taken over can read "
		    "what you can");
	if (abi < LANDLOCK_NETWORK)
		return kith_doctor_found(d, KITH_DOCTOR_NOTE, "kernels from 6.7 on refuse it", err,
					 "Landlock %ld confines files; readers could still "
					 "connect somewhere",
					 abi);
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err,
				 "Landlock %ld confines files and connections", abi);
}

int
kith_doctor_sandbox(struct kith_doctor *d, struct kith_error *err)
{
	int r = look_at_landlock(d, err);

	if (r)
		return r;
	/* a filter at NULL is refused as such where there are filters at all, and changes nothing
	 */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) < 0 && errno == EFAULT)
		return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "seccomp filters are there");
	return kith_doctor_found(d, KITH_DOCTOR_NOTE, NULL, err,
				 "this kernel has no seccomp filters");
}
