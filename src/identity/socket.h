/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talking to agents over a Unix socket: frames of a 32-bit big-endian length and that many bytes,
 * as ssh-agent has them and as our own agent does. Everything has a deadline and a maximum.
 */
#ifndef KITH_IDENTITY_SOCKET_H
#define KITH_IDENTITY_SOCKET_H

#include "base/base.h"

/*
 * Connects to the socket at `path`, which may be longer than a socket address holds. Errors:
 * KITH_E_NOTFOUND (nothing listens there), KITH_E_IO.
 */
KITH_NODISCARD int kith_socket_connect(const char *path, int *ret_fd, struct kith_error *err);

/* Listens at `name` in the folder; only its owner may connect. */
KITH_NODISCARD int kith_socket_listen(int dirfd, const char *name, int *ret_fd,
				      struct kith_error *err);

/* True if the process at the other end runs as the effective user. */
bool kith_socket_peer_is_self(int fd);

/* Milliseconds of a clock that also runs while the machine sleeps. */
int64_t kith_socket_now_ms(void);

/* Sends one frame by `deadline` (kith_socket_now_ms). Errors: KITH_E_IO. */
KITH_NODISCARD int kith_socket_send(int fd, struct kith_span payload, int64_t deadline,
				    struct kith_error *err);

/*
 * Receives one frame of at most `size` bytes into buf. Errors: KITH_E_LIMIT, KITH_E_NOTFOUND (the
 * other end closed between frames), KITH_E_IO (within one; the deadline passed).
 */
KITH_NODISCARD int kith_socket_recv(int fd, uint8_t *buf, size_t size, size_t *ret_len,
				    int64_t deadline, struct kith_error *err);

/* Reading what came: false, and nothing taken, if less is left. */
bool kith_wire_u8(struct kith_span *s, uint8_t *ret);
bool kith_wire_u32(struct kith_span *s, uint32_t *ret); /* big-endian */
bool kith_wire_bytes(struct kith_span *s, size_t n, struct kith_span *ret);
bool kith_wire_string(struct kith_span *s, struct kith_span *ret); /* u32 length, bytes */
void kith_wire_put_u32(struct kith_buf *out, uint32_t v);
void kith_wire_put_string(struct kith_buf *out, struct kith_span s);

#endif
