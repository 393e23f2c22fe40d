/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side of the ssh-agent protocol, as far as listing and signing go. Never asks for the
 * signature of anything but a crev body.
 */
#include "base/base.h"
#include "identity/socket.h"
#include "identity/ssh_agent.h"

#define SSH_FAILURE     5
#define SSH_LIST        11
#define SSH_LIST_ANSWER 12
#define SSH_SIGN        13
#define SSH_SIGN_ANSWER 14
#define KEY_TYPE        "ssh-ed25519"

#define LIST_TIMEOUT_MS 5000
/* its user may be asked to confirm */
#define SIGN_TIMEOUT_MS 120000

void
kith_ssh_keys_clear(struct kith_ssh_keys *keys)
{
	free(keys->items);
	memset(keys, 0, sizeof(*keys));
}

bool
kith_body_is_signable(struct kith_span body)
{
	return kith_span_starts(body, KITH_SPAN_LIT("kind: "));
}

/* string "ssh-ed25519", string of 32 bytes, and nothing after them */
static bool
read_blob(struct kith_span blob, struct kith_id *ret_id)
{
	struct kith_span type, key;

	if (!kith_wire_string(&blob, &type) || !kith_span_is(type, KEY_TYPE) ||
	    !kith_wire_string(&blob, &key) || key.len != KITH_ID_BYTES || blob.len)
		return false;
	memcpy(ret_id->bytes, key.ptr, KITH_ID_BYTES);
	return true;
}

static int
broken(struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "the ssh-agent broke its protocol");
}

int
kith_ssh_decode_keys(struct kith_span reply, struct kith_ssh_keys *ret_keys, struct kith_error *err)
{
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	struct kith_span blob, comment;
	struct kith_ssh_key key;
	uint32_t n, i;
	size_t cap = 0;
	uint8_t type;
	int r;

	if (!kith_wire_u8(&reply, &type) || type != SSH_LIST_ANSWER || !kith_wire_u32(&reply, &n))
		return broken(err);
	if (n > KITH_MAX_AGENT_KEYS)
		return kith_fail(err, KITH_E_LIMIT, "the ssh-agent has more than %u keys",
				 KITH_MAX_AGENT_KEYS);
	for (i = 0; i < n; i++) {
		if (!kith_wire_string(&reply, &blob) || !kith_wire_string(&reply, &comment))
			return broken(err);
		if (!read_blob(blob, &key.id)) {
			keys.others++;
			continue;
		}
		kith_text_safe_array(key.comment, sizeof(key.comment), comment);
		r = kith_grow(&keys.items, &cap, keys.count + 1, sizeof(key), KITH_MAX_AGENT_KEYS,
			      "keys in the ssh-agent", err);
		if (r)
			return r;
		keys.items[keys.count++] = key;
	}
	if (reply.len)
		return broken(err);
	*ret_keys = keys;
	memset(&keys, 0, sizeof(keys));
	return KITH_OK;
}

int
kith_ssh_decode_signature(struct kith_span reply, uint8_t ret_sig[KITH_SIG_BYTES],
			  struct kith_error *err)
{
	struct kith_span blob, type, sig;
	uint8_t what;

	if (!kith_wire_u8(&reply, &what))
		return broken(err);
	if (what == SSH_FAILURE)
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_CRYPTO, "the ssh-agent refuses to sign with this key"),
		    "is the key still in it (ssh-add -L), and was its question confirmed?");
	if (what != SSH_SIGN_ANSWER || !kith_wire_string(&reply, &blob) || reply.len ||
	    !kith_wire_string(&blob, &type) || !kith_span_is(type, KEY_TYPE) ||
	    !kith_wire_string(&blob, &sig) || sig.len != KITH_SIG_BYTES || blob.len)
		return broken(err);
	memcpy(ret_sig, sig.ptr, KITH_SIG_BYTES);
	return KITH_OK;
}

static int
call(const char *socket, const struct kith_buf *request, int timeout_ms, struct kith_buf *reply,
     struct kith_error *err)
{
	int64_t deadline = kith_socket_now_ms() + timeout_ms;
	KITH_AUTO_FD int fd = -1;
	uint8_t *room;
	size_t n;
	int r = kith_buf_check(request, err);

	if (!r)
		r = kith_socket_connect(socket, &fd, err);
	if (!r)
		r = kith_socket_send(fd, kith_buf_span(request), deadline, err);
	if (r)
		return r;
	room = kith_buf_room(reply, KITH_MAX_AGENT_REPLY);
	if (!room)
		return kith_buf_check(reply, err);
	r = kith_socket_recv(fd, room, KITH_MAX_AGENT_REPLY, &n, deadline, err);
	if (!r)
		kith_buf_added(reply, n);
	/* that it listens and then says nothing is not that there is none */
	return r == KITH_E_NOTFOUND
		   ? kith_fail(err, KITH_E_IO, "the ssh-agent closed the connection")
		   : r;
}

int
kith_ssh_agent_list(const char *socket, struct kith_ssh_keys *ret_keys, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf request;
	KITH_AUTO_BUF struct kith_buf reply;
	int r;

	kith_buf_init(&request, 16);
	kith_buf_init(&reply, KITH_MAX_AGENT_REPLY);
	kith_buf_put_char(&request, SSH_LIST);
	r = call(socket, &request, LIST_TIMEOUT_MS, &reply, err);
	return r ? r : kith_ssh_decode_keys(kith_buf_span(&reply), ret_keys, err);
}

int
kith_ssh_agent_sign(const char *socket, const struct kith_id *id, struct kith_span body,
		    uint8_t ret_sig[KITH_SIG_BYTES], struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf request;
	KITH_AUTO_BUF struct kith_buf reply;
	uint8_t sig[KITH_SIG_BYTES];
	int r;

	kith_buf_init(&request, KITH_MAX_PROOF_BODY + 256);
	kith_buf_init(&reply, KITH_MAX_AGENT_REPLY);
	/* what ssh itself signs begins with 00 00 00 or "SSHSIG": this keeps the two apart */
	if (!kith_body_is_signable(body))
		return kith_fail(err, KITH_E_USAGE,
				 "only a proof's body, which begins with `kind: `, is signed");
	kith_buf_put_char(&request, SSH_SIGN);
	kith_wire_put_u32(&request, 4 + sizeof(KEY_TYPE) - 1 + 4 + KITH_ID_BYTES);
	kith_wire_put_string(&request, KITH_SPAN_LIT(KEY_TYPE));
	kith_wire_put_string(&request, kith_span(id->bytes, KITH_ID_BYTES));
	kith_wire_put_string(&request, body);
	kith_wire_put_u32(&request, 0);
	r = call(socket, &request, SIGN_TIMEOUT_MS, &reply, err);
	if (!r)
		r = kith_ssh_decode_signature(kith_buf_span(&reply), sig, err);
	if (r)
		return r;
	if (!kith_ed25519_verify(id, body, sig))
		return kith_fail(err, KITH_E_BADSIG,
				 "the ssh-agent gave a signature that does not verify");
	memcpy(ret_sig, sig, sizeof(sig));
	return KITH_OK;
}
