/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A project on disk: its lock file, which packages are its own, how each is needed, and where the
 * bytes of its packages lie. Reads files and cargo's configuration; starts nothing.
 */
#ifndef KITH_PACKAGE_PROJECT_H
#define KITH_PACKAGE_PROJECT_H

#include "package/package.h"

struct kith_project {
	char *root;      /* folder of the lock file, absolute */
	char *lock_path; /* absolute */
	struct kith_lock *lock;
	bool manifests; /* the root manifest was there: local and kinds come from it */
	struct kith_buf lock_bytes;
};

/* What the environment says, so that nothing here reads it (verdict.md 10). */
struct kith_cargo_env {
	const char *home;       /* $HOME */
	const char *cargo_home; /* $CARGO_HOME or NULL: home/.cargo */
};

/*
 * Opens the project at or above `path` (a folder, or a lock file itself). Errors: KITH_E_NOTFOUND
 * ("no Cargo.lock in … or above"), those of the reader with the path in front.
 */
KITH_NODISCARD int kith_project_open(const char *path, struct kith_project **ret_project,
				     struct kith_error *err);
void kith_project_free(struct kith_project *p);

/*
 * Marks `local` and `kinds` from the Cargo.toml files that are there: the workspace's, and of
 * dependencies those in vendored or unpacked trees. Called by kith_project_open. A broken manifest
 * is reported through `warn` and leaves kinds unknown.
 */

enum kith_bytes_state {
	KITH_BYTES_ABSENT,  /* not here */
	KITH_BYTES_ARCHIVE, /* an archive at `path`; not yet compared with the checksum */
	KITH_BYTES_VENDORED /* an unpacked `directory` source at `path` */
};

struct kith_bytes_place {
	enum kith_bytes_state state;
	char *path; /* absolute; NULL where absent; yours */
};

/* Where cargo keeps packages, from its configuration and environment (source replacement too). */
struct kith_cargo_places;
KITH_NODISCARD int kith_cargo_places_new(const char *project_root, const struct kith_cargo_env *env,
					 struct kith_cargo_places **ret_places,
					 struct kith_error *err);
void kith_cargo_places_free(struct kith_cargo_places *p);
/* Looks a package up; several candidate archives: the first whose size is not zero. */
KITH_NODISCARD int kith_cargo_places_find(const struct kith_cargo_places *p,
					  const struct kith_package *pkg,
					  struct kith_bytes_place *ret_place,
					  struct kith_error *err);
void kith_bytes_place_clear(struct kith_bytes_place *p);

/*
 * Checks a vendored tree (verdict.md 1): every file that its .cargo-checksum.json lists is there
 * with its SHA-256, no file is unlisted, `package` equals the lock's checksum. *ret_digest is the
 * recursive digest leaving out .cargo-ok and .cargo-checksum.json. Errors: KITH_E_INTEGRITY with
 * what differs; KITH_E_FORMAT; KITH_E_IO.
 */
KITH_NODISCARD int kith_vendored_check(const char *path, const struct kith_package *pkg,
				       struct kith_digest *ret_digest, struct kith_error *err);

#endif
