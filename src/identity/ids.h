/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's own ids: key files in `<config>/ids/<id>.yaml`, 0600 in a folder of 0700. A file that
 * others can read, that is a link, or that is somebody else's is refused, not used.
 */
#ifndef KITH_IDENTITY_IDS_H
#define KITH_IDENTITY_IDS_H

#include "identity/keyfile.h"

struct kith_own_id {
	struct kith_keyfile key;
	struct kith_error
	    *refused; /* NULL: usable; else why not, and of `key` only the id counts */
};

struct kith_own_ids {
	struct kith_own_id *items; /* by id text */
	size_t count;
};

/*
 * Every own id; those that cannot be used are listed too. A missing folder has none. Errors:
 * KITH_E_IO, KITH_E_LIMIT (KITH_MAX_OWN_IDS), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_own_ids_list(const char *config_dir, struct kith_own_ids *ret,
				     struct kith_error *err);
void kith_own_ids_clear(struct kith_own_ids *ids);
#define KITH_AUTO_OWN_IDS KITH_CLEANUP(kith_own_ids_clear)

/*
 * Errors: KITH_E_NOTFOUND; KITH_E_USAGE (others can read it, it is a link, not ours; with a hint);
 * KITH_E_FORMAT (damaged, or it holds another id than its name says); KITH_E_LIMIT; KITH_E_IO.
 */
KITH_NODISCARD int kith_own_ids_load(const char *config_dir, const struct kith_id *id,
				     struct kith_keyfile *ret, struct kith_error *err);

/*
 * Stores a new key file (replace false; KITH_E_EXISTS if the id is there) or replaces one. Either
 * the old or the new file is there afterwards, whole, whatever happens. Errors: KITH_E_IO.
 */
KITH_NODISCARD int kith_own_ids_store(const char *config_dir, const struct kith_keyfile *key,
				      bool replace, struct kith_error *err);

/* "<config>/ids/<id>.yaml"; NULL when out of memory. Yours. */
char *kith_own_ids_path(const char *config_dir, const struct kith_id *id);

/*
 * Reads a key file from anywhere, whoever may read it: *ret_exposed says that others can. For
 * imports. Errors: KITH_E_NOTFOUND, KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_IO.
 */
KITH_NODISCARD int kith_keyfile_read(const char *path, struct kith_keyfile *ret, bool *ret_exposed,
				     struct kith_error *err);

#endif
