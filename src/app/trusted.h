/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decides about a project and lies in the project (verdict.md 11): kith.toml, kith.lock, the
 * cargo-vet store, bundles, cargo's configuration. A change under review may write all of these, so
 * whoever reads one asks here, and never opens it himself.
 */
#ifndef KITH_APP_TRUSTED_H
#define KITH_APP_TRUSTED_H

#include "app/app.h"

/*
 * Reads `name` (a path relative to `dir`, the folder that a project's files lie in): the work
 * tree's, or, where a trusted revision was chosen and `dir` lies in its repository, that
 * revision's. Initialises *out with max_bytes as its maximum, whatever it returns. Errors:
 * KITH_E_NOTFOUND (not there), KITH_E_FORMAT (no regular file), KITH_E_LIMIT, KITH_E_IO,
 * KITH_E_HELPER, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_app_deciding_file(struct kith_session *s, const char *dir, const char *name,
					  size_t max_bytes, struct kith_buf *out,
					  struct kith_error *err);

/* The same of a path from the working directory; its folder is the file's own. */
KITH_NODISCARD int kith_app_deciding_path(struct kith_session *s, const char *path,
					  size_t max_bytes, struct kith_buf *out,
					  struct kith_error *err);

/* Whether that file is there; what cannot be read is there. Errors as above. */
KITH_NODISCARD int kith_app_deciding_there(struct kith_session *s, const char *dir,
					   const char *name, bool *ret_there,
					   struct kith_error *err);

/* A kith_cargo_env that reads the project's own configuration this way; borrowed from s. */
struct kith_cargo_env;
void kith_app_cargo_env(struct kith_session *s, struct kith_cargo_env *ret_env);

#endif
