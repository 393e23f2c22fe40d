/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key files: crev's locked ids (crev format 4.3), so that cargo-crev opens ours and we open its.
 * Pure but for randomness and the processors' number: no file is touched here.
 */
#ifndef KITH_IDENTITY_KEYFILE_H
#define KITH_IDENTITY_KEYFILE_H

#include "crypto/crypto.h"
#include "crypto/kdf.h"
#include "crypto/siv.h"

#define KITH_KEYFILE_SEALED (KITH_SEED_BYTES + KITH_SIV_TAG)
#define KITH_KEYFILE_NONCE  32

struct kith_keyfile {
	struct kith_id id;
	char *url;      /* NULL: has none yet */
	char *url_type; /* NULL: git */
	/*
	 * The key is in an ssh-agent and nothing below is used. Our own addition: such a file has
	 * `held-by: ssh-agent` where crev's have the sealed key; cargo-crev refuses it.
	 */
	bool ssh_agent;
	uint8_t sealed[KITH_KEYFILE_SEALED];
	uint8_t nonce[KITH_KEYFILE_NONCE];
	struct kith_kdf kdf;
	uint8_t salt[KITH_MAX_KDF_SALT];
	size_t salt_len;
};

/*
 * Reads a key file of at most KITH_MAX_KEYFILE bytes; *ret is yours (_clear). What the file asks of
 * Argon2 is checked too. Errors: KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_keyfile_parse(struct kith_span text, struct kith_keyfile *ret,
				      struct kith_error *err);
void kith_keyfile_clear(struct kith_keyfile *kf);
#define KITH_AUTO_KEYFILE KITH_CLEANUP(kith_keyfile_clear)

/* Appends the file as crev lays it out. */
void kith_keyfile_put(const struct kith_keyfile *kf, struct kith_buf *out);

/* NULL: none. Copied. Errors: KITH_E_USAGE (control characters, too long), KITH_E_NOMEM. */
KITH_NODISCARD int kith_keyfile_set_url(struct kith_keyfile *kf, const char *url,
					struct kith_error *err);

/*
 * Opens the key: *ret_seed, zeroed before, becomes the 32 bytes, and its public key is the file's.
 * Errors: KITH_E_PASSPHRASE; KITH_E_CRYPTO (opens, but is another id's key); KITH_E_USAGE (held by
 * an ssh-agent); KITH_E_LIMIT, KITH_E_FORMAT (kith_kdf_check); KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_keyfile_open(const struct kith_keyfile *kf,
				     const struct kith_secret *passphrase,
				     struct kith_secret *ret_seed, struct kith_error *err);

/*
 * Seals a seed under a passphrase with fresh salt and nonce and these parameters; sets the id and
 * keeps the URL. Errors: as kith_kdf_derive; kf is unchanged then.
 */
KITH_NODISCARD int kith_keyfile_seal(struct kith_keyfile *kf, const struct kith_secret *seed,
				     const struct kith_secret *passphrase,
				     const struct kith_kdf *kdf, struct kith_error *err);

/* What crev writes for the empty passphrase: no protection, and no pretence of it. */
extern const struct kith_kdf kith_keyfile_unprotected;
/* True if the empty passphrase opens it, as far as its parameters say (crev format 4.3). */
bool kith_keyfile_is_unprotected(const struct kith_keyfile *kf);

#endif
