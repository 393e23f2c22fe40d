/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Own ids: making, keeping, unlocking. Key files are crev's locked ids, so cargo-crev opens them
 * and its own are opened here. No id is made and no passphrase is left empty unless it is asked
 * for. Where a function takes `id` it is an own id: its text, a beginning of at least 6 characters,
 * its URL or a local name; NULL is the current one.
 */
#ifndef KITH_IDENTITY_H
#define KITH_IDENTITY_H

#include <kith/session.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KITH_ID_TEXT_SIZE 44 /* an id's 43 characters and a NUL */

enum kith_passphrase_kind {
	KITH_PASSPHRASE_NONE = 0, /* there is no source */
	KITH_PASSPHRASE_EMPTY,    /* the empty passphrase, as the user demands */
	KITH_PASSPHRASE_ASK,      /* the caller's function, which asks a person */
	KITH_PASSPHRASE_FILE,     /* first line of a file */
	KITH_PASSPHRASE_FD,       /* next line of a descriptor; nothing after it is read */
	KITH_PASSPHRASE_COMMAND,  /* first line that a shell command prints */
	KITH_PASSPHRASE_TEXT      /* given as it is ($CREV_PASSPHRASE) */
};

/* Where a passphrase comes from. A person is asked up to three times, others once. */
struct kith_passphrase_source {
	enum kith_passphrase_kind kind;
	const char *text; /* path, command or the passphrase itself */
	int fd;
	/* Fills buf with at most `size` bytes. KITH_E_CANCELLED if the person gives up. */
	int (*ask)(void *ctx, const char *prompt, unsigned char *buf, size_t size, size_t *ret_len,
		   struct kith_error *err);
	void *ctx;
};

/* Zeroed fields mean: not given. */
struct kith_id_new_options {
	const char *url; /* where its proofs will be published; may come later */
	struct kith_passphrase_source passphrase; /* EMPTY: no protection */
	/* The key is one in the ssh-agent at this socket ($SSH_AUTH_SOCK); no passphrase then. */
	const char *ssh_agent;
	const char *ssh_key; /* which: beginning of its id, or part of its comment */
};

/*
 * Makes an id; it becomes the current one if there is none. Errors: KITH_E_USAGE (URL, empty
 * passphrase, no such key in the agent), KITH_E_PASSPHRASE, KITH_E_EXISTS, KITH_E_IO, …
 */
KITH_API KITH_NODISCARD int kith_id_new(struct kith_session *session,
					const struct kith_id_new_options *options,
					char ret_id[KITH_ID_TEXT_SIZE], struct kith_error *err);

/*
 * Lists own ids: *ret_text is yours (kith_free). Errors: KITH_E_FORMAT (configuration),
 * KITH_E_LIMIT, KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_id_list(struct kith_session *session, enum kith_format format,
					 int width, char **ret_text, size_t *ret_len,
					 size_t *ret_count, struct kith_error *err);

/*
 * What is known of an own id, or of anybody (as kith_query knows ids): *ret_text is yours. Errors:
 * KITH_E_NOTFOUND, KITH_E_USAGE (several are meant), those of kith_query.
 */
KITH_API KITH_NODISCARD int kith_id_show(struct kith_session *session, const char *person,
					 enum kith_format format, char **ret_text, size_t *ret_len,
					 struct kith_error *err);

/*
 * Makes an own id the current one (config.toml: current-id). Errors: KITH_E_NOTFOUND, KITH_E_USAGE
 * (several are meant, the key file cannot be used), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_id_use(struct kith_session *session, const char *id,
					char ret_id[KITH_ID_TEXT_SIZE], struct kith_error *err);

/*
 * Another passphrase for an own id. `fresh` of kind EMPTY takes the protection away. Errors:
 * KITH_E_PASSPHRASE, KITH_E_USAGE (no such id, its key is in an agent), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_id_passwd(struct kith_session *session, const char *id,
					   const struct kith_passphrase_source *old,
					   const struct kith_passphrase_source *fresh,
					   struct kith_error *err);

/*
 * Says where its proofs are published from now on; what it signed stays as it is. Errors:
 * KITH_E_NOTFOUND, KITH_E_USAGE (no such id, no URL that others can read), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_id_set_url(struct kith_session *session, const char *id,
					    const char *url, struct kith_error *err);

/*
 * The key file as it is, or (public_only) what others need to know. *ret_text is yours. Errors:
 * KITH_E_NOTFOUND, KITH_E_USAGE (several are meant, no current id), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_id_export(struct kith_session *session, const char *id,
					   int public_only, char **ret_text, size_t *ret_len,
					   struct kith_error *err);

/*
 * Takes a key file's text. It becomes the current id if there is none. Errors: KITH_E_FORMAT,
 * KITH_E_EXISTS (it is here), KITH_E_IO.
 */
KITH_API KITH_NODISCARD int kith_id_import(struct kith_session *session, const char *text,
					   size_t len, char ret_id[KITH_ID_TEXT_SIZE],
					   struct kith_error *err);

/* As _import, of a file; warns if others can read it. */
KITH_API KITH_NODISCARD int kith_id_import_file(struct kith_session *session, const char *path,
						char ret_id[KITH_ID_TEXT_SIZE],
						struct kith_error *err);

/* Where cargo-crev keeps what is its own (crev format 6.1), and who says that it may be taken. */
struct kith_crev_import_options {
	const char *config_dir; /* ids/, config.yaml */
	const char *data_dir;   /* proofs/; NULL: no repositories */
	/* Asked once, with lines that say what would be taken; 0: no. NULL: not asked. */
	int (*confirm)(void *ctx, const char *what);
	void *ctx;
};

struct kith_crev_import_result {
	size_t ids, known;   /* taken; here before */
	size_t repositories; /* own proof repositories, copied */
};

/*
 * Takes every key file of cargo-crev, its current id where there is none here, and copies of the
 * ids' own proof repositories where there is none here. Nothing of cargo-crev's is changed. Errors:
 * KITH_E_USAGE (it has no ids), KITH_E_CANCELLED (`confirm` said no), KITH_E_IO, …
 */
KITH_API KITH_NODISCARD int kith_id_import_crev(struct kith_session *session,
						const struct kith_crev_import_options *options,
						struct kith_crev_import_result *ret_result,
						struct kith_error *err);

/*
 * Keeps an own id unlocked for some seconds (at most a week), in a process of the user's own.
 * Errors: KITH_E_PASSPHRASE, KITH_E_NOTFOUND, KITH_E_USAGE, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_id_unlock(struct kith_session *session, const char *id,
					   const struct kith_passphrase_source *passphrase,
					   unsigned seconds, struct kith_error *err);

/*
 * Forgets it there; `all` forgets every one. *ret_count: how many there were. Errors:
 * KITH_E_NOTFOUND, KITH_E_USAGE, KITH_E_HELPER.
 */
KITH_API KITH_NODISCARD int kith_id_lock(struct kith_session *session, const char *id, int all,
					 size_t *ret_count, struct kith_error *err);

#ifdef __cplusplus
}
#endif

#endif
