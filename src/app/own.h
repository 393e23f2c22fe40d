/* SPDX-License-Identifier: Apache-2.0 */
/* The user's own ids: which one is meant, how its key is opened, what signs as it. */
#ifndef KITH_APP_OWN_H
#define KITH_APP_OWN_H

#include "app/config.h"
#include "identity/ids.h"
#include "identity/passphrase.h"
#include "identity/signer.h"
#include "policy/config_edit.h"

/*
 * The own id that a word means (kith/identity.h); NULL: the current one, or the only one. Errors:
 * KITH_E_USAGE (there is none, it means several, or the key file is refused), with a hint.
 */
KITH_NODISCARD int kith_app_own_key(struct kith_session *s, const char *word,
				    struct kith_keyfile *ret_key, struct kith_error *err);

/* The current id of the user's configuration; false if there is none. */
KITH_NODISCARD int kith_app_current_id(struct kith_session *s, struct kith_id *ret_id,
				       bool *ret_there, struct kith_error *err);
KITH_NODISCARD int kith_app_set_current_id(struct kith_session *s, const struct kith_id *id,
					   struct kith_error *err);

/* Changes the user's configuration under its lock: `edit` appends the new file to `out`. */
typedef int kith_app_edit_fn(void *ctx, const struct kith_config_file_text *file,
			     struct kith_buf *out, struct kith_error *err);
KITH_NODISCARD int kith_app_edit_config(struct kith_session *s, kith_app_edit_fn *edit, void *ctx,
					struct kith_error *err);

/* Sets one key of the user's configuration (table NULL: of the top level), and nothing else. */
KITH_NODISCARD int kith_app_config_set(struct kith_session *s, const char *table,
				       const struct kith_config_pair *pair, struct kith_error *err);

/* Opens a key, asking again after a wrong passphrase where a person is asked. */
KITH_NODISCARD int kith_app_open_key(struct kith_session *s, const struct kith_keyfile *key,
				     const struct kith_passphrase_source *passphrase,
				     struct kith_secret *ret_seed, struct kith_error *err);

/*
 * What signs as this id: an ssh-agent, kith-agent if it is unlocked there, else the opened key.
 * ssh_agent may be NULL. *ret_signer is yours.
 */
KITH_NODISCARD int kith_app_signer(struct kith_session *s, const struct kith_keyfile *key,
				   const struct kith_passphrase_source *passphrase,
				   const char *ssh_agent, struct kith_signer *ret_signer,
				   struct kith_error *err);

/* Stores an imported key; it becomes the current id if there is none. KITH_E_EXISTS: it is here. */
KITH_NODISCARD int kith_app_take_key(struct kith_session *s, const struct kith_keyfile *key,
				     struct kith_error *err);
/* A key file from anywhere; warns if others can read it. */
KITH_NODISCARD int kith_app_read_foreign_key(struct kith_session *s, const char *path,
					     struct kith_keyfile *key, struct kith_error *err);

/* "k3Jb2xQz…": enough of an id for a prompt. */
#define KITH_APP_SHORT_ID 16
void kith_app_short_id(char out[KITH_APP_SHORT_ID], const struct kith_id *id);

#endif
