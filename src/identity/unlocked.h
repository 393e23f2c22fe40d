/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids that stay unlocked for a time: a process of the user's own (kith-agent) holds their keys and
 * signs proofs' bodies; it never gives a key out. It listens in `<data>/agent`, 0700, answers only
 * the same user, and ends when its last key is forgotten.
 */
#ifndef KITH_IDENTITY_UNLOCKED_H
#define KITH_IDENTITY_UNLOCKED_H

#include "crypto/crypto.h"
#include "crypto/secret.h"

#define KITH_UNLOCKED_PROGRAM     "kith-agent"
#define KITH_UNLOCKED_MAX_KEYS    16
#define KITH_UNLOCKED_MAX_SECONDS 604800u /* a week */
#define KITH_UNLOCKED_MAX_REQUEST (KITH_MAX_PROOF_BODY + 64)
#define KITH_UNLOCKED_MAX_REPLY   1024

/* --- the agent's side --- */

struct kith_unlocked_key {
	struct kith_id id;
	struct kith_secret seed;
	int64_t until_ms; /* kith_socket_now_ms */
};

struct kith_unlocked {
	struct kith_unlocked_key keys[KITH_UNLOCKED_MAX_KEYS];
	size_t count;
};

/* Forgets what has expired at `now_ms`. */
void kith_unlocked_expire(struct kith_unlocked *u, int64_t now_ms);
/* Forgets everything. */
void kith_unlocked_clear(struct kith_unlocked *u);

/*
 * Answers one request: a function of what is held, the bytes and the time. The reply, of at most
 * KITH_UNLOCKED_MAX_REPLY bytes, is put into `reply`, which must be empty.
 */
void kith_unlocked_answer(struct kith_unlocked *u, struct kith_span request, int64_t now_ms,
			  struct kith_buf *reply);

/*
 * Serves until no key is held and `first` (a connection, or -1) is closed, or a signal of SIGTERM,
 * SIGINT, SIGHUP arrives on signal_fd (a signalfd). Everything is forgotten then. listen_fd is from
 * kith_socket_listen. Errors: KITH_E_IO, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_unlocked_serve(int listen_fd, int first, int signal_fd,
				       struct kith_error *err);

/* --- the client's side --- */

/* Errors: KITH_E_NOTFOUND (no agent runs), KITH_E_IO, KITH_E_USAGE (it is somebody else's). */
KITH_NODISCARD int kith_unlocked_connect(const char *data_dir, int *ret_fd, struct kith_error *err);

/* As _connect, but starts `program` (kith-agent's path) if none runs. Also KITH_E_HELPER. */
KITH_NODISCARD int kith_unlocked_start(const char *data_dir, const char *program, int *ret_fd,
				       struct kith_error *err);

struct kith_unlocked_item {
	struct kith_id id;
	uint32_t seconds; /* left */
};
struct kith_unlocked_list {
	struct kith_unlocked_item items[KITH_UNLOCKED_MAX_KEYS];
	size_t count;
};
/* fd is from _connect. All: KITH_E_IO, KITH_E_FORMAT (it broke the protocol), KITH_E_NOMEM. */
KITH_NODISCARD int kith_unlocked_list(int fd, struct kith_unlocked_list *ret,
				      struct kith_error *err);
/* Also KITH_E_LIMIT (too many, too long), KITH_E_CRYPTO (its memory cannot be locked). */
KITH_NODISCARD int kith_unlocked_add(int fd, const struct kith_secret *seed, uint32_t seconds,
				     struct kith_error *err);
/* NULL: all of them. KITH_E_NOTFOUND if it is not unlocked. */
KITH_NODISCARD int kith_unlocked_forget(int fd, const struct kith_id *id, struct kith_error *err);
/* KITH_E_NOTFOUND (not unlocked), KITH_E_USAGE (no body), KITH_E_BADSIG. */
KITH_NODISCARD int kith_unlocked_sign(int fd, const struct kith_id *id, struct kith_span body,
				      uint8_t ret_sig[KITH_SIG_BYTES], struct kith_error *err);

/* Pure, for the above and for fuzzing. */
KITH_NODISCARD int kith_unlocked_decode_list(struct kith_span reply, struct kith_unlocked_list *ret,
					     struct kith_error *err);
KITH_NODISCARD int kith_unlocked_decode_status(struct kith_span reply, struct kith_error *err);

/* "<data>/agent" and the name of the socket in it. */
#define KITH_UNLOCKED_FOLDER "agent"
#define KITH_UNLOCKED_SOCKET "socket"

#endif
