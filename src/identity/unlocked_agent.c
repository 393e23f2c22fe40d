/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's side: which keys are held until when, and the loop that serves them. One client at a
 * time: all are the same user's, and none can hold the others up for longer than one deadline.
 */
#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "identity/socket.h"
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"
#include "identity/unlocked_wire.h"

#define CLIENT_TIMEOUT_MS 3000
/* the first client still asks a person for the passphrase */
#define FIRST_TIMEOUT_MS 300000

static void
forget(struct kith_unlocked *u, size_t i)
{
	kith_secret_clear(&u->keys[i].seed);
	u->count--;
	memmove(&u->keys[i], &u->keys[i + 1], (u->count - i) * sizeof(u->keys[0]));
	memset(&u->keys[u->count], 0, sizeof(u->keys[0]));
}

void
kith_unlocked_expire(struct kith_unlocked *u, int64_t now_ms)
{
	size_t i = u->count;

	while (i-- > 0)
		if (u->keys[i].until_ms <= now_ms)
			forget(u, i);
}

void
kith_unlocked_clear(struct kith_unlocked *u)
{
	while (u->count)
		forget(u, u->count - 1);
}

static struct kith_unlocked_key *
find(struct kith_unlocked *u, struct kith_span id)
{
	size_t i;

	for (i = 0; i < u->count; i++)
		if (memcmp(u->keys[i].id.bytes, id.ptr, KITH_ID_BYTES) == 0)
			return &u->keys[i];
	return NULL;
}

static enum kith_unlocked_status
answer_list(struct kith_unlocked *u, struct kith_span request, int64_t now_ms,
	    struct kith_buf *reply)
{
	size_t i;

	if (request.len)
		return KITH_UNLOCKED_BAD;
	kith_buf_put_char(reply, KITH_UNLOCKED_OK);
	kith_wire_put_u32(reply, (uint32_t)u->count);
	for (i = 0; i < u->count; i++) {
		kith_buf_put(reply, u->keys[i].id.bytes, KITH_ID_BYTES);
		kith_wire_put_u32(reply, (uint32_t)((u->keys[i].until_ms - now_ms + 999) / 1000));
	}
	return KITH_UNLOCKED_OK;
}

static enum kith_unlocked_status
answer_add(struct kith_unlocked *u, struct kith_span request, int64_t now_ms,
	   struct kith_buf *reply)
{
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	struct kith_unlocked_key *key;
	struct kith_id id;
	uint32_t seconds;

	if (!kith_wire_u32(&request, &seconds) || request.len != KITH_SEED_BYTES || !seconds ||
	    seconds > KITH_UNLOCKED_MAX_SECONDS)
		return KITH_UNLOCKED_BAD;
	kith_ed25519_public(request.ptr, &id);
	key = find(u, kith_span(id.bytes, KITH_ID_BYTES));
	if (!key) {
		if (u->count == KITH_UNLOCKED_MAX_KEYS)
			return KITH_UNLOCKED_FULL;
		/* guarded memory is locked where that is allowed; here it has to be */
		if (kith_secret_copy(&seed, request.ptr, KITH_SEED_BYTES, NULL) ||
		    mlock(seed.ptr, KITH_SEED_BYTES) < 0)
			return KITH_UNLOCKED_NO_LOCK;
		key = &u->keys[u->count++];
		key->id = id;
		kith_secret_move(&key->seed, &seed);
	}
	key->until_ms = now_ms + (int64_t)seconds * 1000;
	kith_buf_put_char(reply, KITH_UNLOCKED_OK);
	return KITH_UNLOCKED_OK;
}

static enum kith_unlocked_status
answer_forget(struct kith_unlocked *u, struct kith_span request, struct kith_buf *reply)
{
	struct kith_unlocked_key *key;

	if (!request.len) {
		kith_unlocked_clear(u);
	} else {
		if (request.len != KITH_ID_BYTES)
			return KITH_UNLOCKED_BAD;
		key = find(u, request);
		if (!key)
			return KITH_UNLOCKED_UNKNOWN;
		forget(u, (size_t)(key - u->keys));
	}
	kith_buf_put_char(reply, KITH_UNLOCKED_OK);
	return KITH_UNLOCKED_OK;
}

static enum kith_unlocked_status
answer_sign(struct kith_unlocked *u, struct kith_span request, struct kith_buf *reply)
{
	const struct kith_unlocked_key *key;
	uint8_t sig[KITH_SIG_BYTES];
	struct kith_span id;

	if (!kith_wire_bytes(&request, KITH_ID_BYTES, &id))
		return KITH_UNLOCKED_BAD;
	key = find(u, id);
	if (!key)
		return KITH_UNLOCKED_UNKNOWN;
	if (!kith_body_is_signable(request) || request.len > KITH_MAX_PROOF_BODY)
		return KITH_UNLOCKED_NO_BODY;
	kith_ed25519_sign(key->seed.ptr, request, sig);
	kith_buf_put_char(reply, KITH_UNLOCKED_OK);
	kith_buf_put(reply, sig, sizeof(sig));
	return KITH_UNLOCKED_OK;
}

void
kith_unlocked_answer(struct kith_unlocked *u, struct kith_span request, int64_t now_ms,
		     struct kith_buf *reply)
{
	enum kith_unlocked_status status = KITH_UNLOCKED_BAD;
	uint8_t kind = 0;

	kith_unlocked_expire(u, now_ms);
	if (kith_wire_u8(&request, &kind)) {
		if (kind == KITH_UNLOCKED_LIST)
			status = answer_list(u, request, now_ms, reply);
		else if (kind == KITH_UNLOCKED_ADD)
			status = answer_add(u, request, now_ms, reply);
		else if (kind == KITH_UNLOCKED_FORGET)
			status = answer_forget(u, request, reply);
		else if (kind == KITH_UNLOCKED_SIGN)
			status = answer_sign(u, request, reply);
	}
	if (status != KITH_UNLOCKED_OK)
		kith_buf_put_char(reply, (char)status);
}

/* --- serving --- */

struct server {
	struct kith_unlocked held;
	struct kith_secret request; /* requests carry keys */
	struct kith_buf reply;
	int signal_fd;
	bool stop;
};

/* True if the connection stays. */
static bool
serve_request(struct server *s, int fd)
{
	int64_t deadline = kith_socket_now_ms() + CLIENT_TIMEOUT_MS;
	size_t n;

	if (kith_socket_recv(fd, s->request.ptr, s->request.size, &n, deadline, NULL))
		return false;
	kith_buf_reset(&s->reply);
	kith_unlocked_answer(&s->held, kith_span(s->request.ptr, n), kith_socket_now_ms(),
			     &s->reply);
	kith_wipe(s->request.ptr, n);
	return !kith_buf_check(&s->reply, NULL) &&
	       !kith_socket_send(fd, kith_buf_span(&s->reply), deadline, NULL);
}

/* Waits for something to read; false at the deadline or when it is time to stop. */
static bool
wait_readable(struct server *s, int fd, int64_t deadline)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = s->signal_fd, .events = POLLIN}};
	int64_t left;
	int n;

	for (;;) {
		left = deadline - kith_socket_now_ms();
		if (left <= 0)
			return false;
		n = poll(p, 2, left > 1000 ? 1000 : (int)left);
		if (n < 0 && errno != EINTR)
			s->stop = true;
		if (n > 0 && p[1].revents)
			s->stop = true;
		if (s->stop)
			return false;
		if (n > 0 && p[0].revents)
			return true;
		kith_unlocked_expire(&s->held, kith_socket_now_ms());
	}
}

static void
serve_client(struct server *s, int fd, int timeout_ms)
{
	while (wait_readable(s, fd, kith_socket_now_ms() + timeout_ms) && serve_request(s, fd))
		timeout_ms = CLIENT_TIMEOUT_MS;
	close(fd);
}

static int64_t
next_expiry(const struct kith_unlocked *u)
{
	int64_t least = INT64_MAX;
	size_t i;

	for (i = 0; i < u->count; i++)
		if (u->keys[i].until_ms < least)
			least = u->keys[i].until_ms;
	return least;
}

static void
serve_until_done(struct server *s, int listen_fd)
{
	int fd;

	for (;;) {
		kith_unlocked_expire(&s->held, kith_socket_now_ms());
		if (s->stop || !s->held.count)
			return;
		if (!wait_readable(s, listen_fd, next_expiry(&s->held)))
			continue;
		fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			continue;
		if (kith_socket_peer_is_self(fd))
			serve_client(s, fd, CLIENT_TIMEOUT_MS);
		else
			close(fd);
	}
}

int
kith_unlocked_serve(int listen_fd, int first, int signal_fd, struct kith_error *err)
{
	struct server s = {.signal_fd = signal_fd};
	int r = kith_secret_init(&s.request, KITH_UNLOCKED_MAX_REQUEST, err);

	if (r)
		return r;
	kith_buf_init(&s.reply, KITH_UNLOCKED_MAX_REPLY);
	if (first >= 0)
		serve_client(&s, first, FIRST_TIMEOUT_MS);
	serve_until_done(&s, listen_fd);
	kith_unlocked_clear(&s.held);
	kith_secret_clear(&s.request);
	kith_buf_clear(&s.reply);
	return KITH_OK;
}
