/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of ours in which cargo gets packages, with nothing of a project's in it or above it. */
#ifndef KITH_APP_CARGO_SCRATCH_H
#define KITH_APP_CARGO_SCRATCH_H

#include "app/app.h"
#include "package/package.h"

struct kith_cargo_scratch {
	struct kith_session *session;
	char *folder, *cargo_home, *home; /* the last two as NAME=VALUE; cargo_home may be NULL */
	int lock_fd;
	size_t total, done; /* for progress */
	/* what cargo says of its failure */
	char error[256], cause[256];
	bool in_cause;
};

/*
 * `total` packages will be asked for. KITH_E_USAGE if the folder would lie inside the project: then
 * cargo would obey what that says.
 */
KITH_NODISCARD int kith_cargo_scratch_init(struct kith_cargo_scratch *ret,
					   struct kith_session *session, const char *project_root,
					   size_t total, struct kith_error *err);
void kith_cargo_scratch_clear(struct kith_cargo_scratch *x);

/*
 * `cargo fetch` for exactly these packages of the default registry; lock (may be NULL) fixes the
 * versions and checksums of what they depend on. Errors: KITH_E_NET with what cargo says (some may
 * have been got nevertheless), KITH_E_NOTFOUND (there is no cargo), KITH_E_HELPER (it took too
 * long), KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_cargo_scratch_fetch(struct kith_cargo_scratch *x,
					    const struct kith_lock *lock,
					    const struct kith_package *const *list, size_t n,
					    struct kith_error *err);

#endif
