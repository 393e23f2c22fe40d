/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of key files, their folder, passphrases and agents' messages fails once. */
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "fault/wrap.h"
#include "identity/ids.h"
#include "identity/passphrase.h"
#include "identity/socket.h"
#include "identity/ssh_agent.h"
#include "identity/unlocked.h"

static const char text[] =
    "version: -1\nurl: \"https://example.org/a\"\nurl-type: hg\n"
    "public-key: -2u1ewxZc-2f8WhurgrQJHVvcI7lrv2cU7NDGP0MCUc\n"
    "sealed-secret-key: 3dfqVkAAit8nBSANwRkpThfXfdxauByNCndFc2Rv2z2l7-i4sqmFbXu_4ZqM-uEW\n"
    "seal-nonce: uAdlQ2kM5JIA1vvieXxfUaJa8MFwwe8QX17l5DiIB20\n"
    "pass:\n  version: 19\n  variant: argon2id\n  iterations: 1\n  memory-size: 16\n"
    "  lanes: 1\n  salt: Zbez8sAEMuQtC_zPcXNP1wwGLcwOjeO51pRKnjBSC7E\n";
static char root[] = "/tmp/kith-fault-XXXXXX";

void *sodium_malloc(const size_t size);

/* Guarded memory comes from mmap: counted as an allocation too. */
void *
sodium_malloc(const size_t size)
{
	static void *(*real)(size_t);
	void *probe = malloc(1);

	if (!probe)
		return NULL;
	free(probe);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "sodium_malloc");
	return real ? real(size) : NULL;
}

static int
open_and_seal(struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	const struct kith_secret empty = {0};
	int r = kith_keyfile_parse(kith_span_str(text), &kf, err);

	if (!r)
		r = kith_keyfile_open(&kf, &empty, &seed, err);
	if (!r)
		r = kith_keyfile_seal(&kf, &seed, &empty, &kith_keyfile_unprotected, err);
	if (!r)
		r = kith_keyfile_set_url(&kf, "https://example.org/b", err);
	return r;
}

static int
store_and_list(struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0};
	KITH_AUTO_OWN_IDS struct kith_own_ids ids = {0};
	int r = kith_keyfile_parse(kith_span_str(text), &kf, err);

	if (!r)
		r = kith_own_ids_store(root, &kf, true, err);
	if (!r)
		r = kith_own_ids_list(root, &ids, err);
	if (!r && (ids.count != 1 || ids.items[0].refused))
		r = kith_fail(err, KITH_E_INTERNAL, "the file that was stored is not listed");
	return r;
}

static void
put_key(struct kith_buf *out, const char *type)
{
	KITH_AUTO_BUF struct kith_buf blob;

	kith_buf_init(&blob, 1024);
	kith_wire_put_string(&blob, kith_span_str(type));
	kith_wire_put_string(&blob, KITH_SPAN_LIT("0123456789abcdef0123456789abcdef"));
	kith_wire_put_string(out, kith_buf_span(&blob));
	if (kith_buf_check(&blob, NULL))
		out->failed = KITH_E_NOMEM;
	kith_wire_put_string(out, KITH_SPAN_LIT("a comment"));
}

static int
list_ssh_keys(struct kith_error *err)
{
	KITH_AUTO_SSH_KEYS struct kith_ssh_keys keys = {0};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, 1024);
	kith_buf_put_char(&b, 12);
	kith_wire_put_u32(&b, 2);
	put_key(&b, "ssh-ed25519");
	put_key(&b, "ssh-rsa");
	r = kith_buf_check(&b, err);
	if (!r)
		r = kith_ssh_decode_keys(kith_buf_span(&b), &keys, err);
	if (!r && (keys.count != 1 || keys.others != 1))
		r = kith_fail(err, KITH_E_INTERNAL, "other keys than were put");
	return r;
}

/* Without memory for it a key is not held, and the agent says so. */
static int
hold_a_key(struct kith_error *err)
{
	static const uint8_t add[37] = {'A', 0, 0, 0, 1, 9};
	struct kith_unlocked u = {.count = 0};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_UNLOCKED_MAX_REPLY);
	kith_unlocked_answer(&u, kith_span(add, sizeof(add)), 0, &b);
	r = kith_buf_check(&b, err);
	if (!r && kith_unlocked_decode_status(kith_buf_span(&b), err))
		r = u.count ? KITH_E_INTERNAL : kith_fail_nomem(err);
	kith_unlocked_clear(&u);
	return r;
}

static int
read_passphrase(struct kith_error *err)
{
	KITH_AUTO_SECRET struct kith_secret s = {0};
	const struct kith_passphrase_source source = {KITH_PASSPHRASE_COMMAND, "echo x", -1, NULL,
						      NULL};
	int r = kith_passphrase_get(&source, "?", &s, err);

	if (!r && s.len != 1)
		r = kith_fail(err, KITH_E_INTERNAL, "another passphrase");
	/* what keeps a child from starting is told as the system's error: the same cause */
	return r == KITH_E_IO && err->sys == ENOMEM ? kith_fail_nomem(err) : r;
}

static bool
survives(const char *name, int (*run)(struct kith_error *err))
{
	struct kith_error err = {.code = KITH_OK};
	size_t n, failed = 0;
	bool hit = true;
	int r = run(&err);

	if (r) {
		fprintf(stderr, "%s: %s\n", name, err.msg);
		return false;
	}
	for (n = 1; hit; n++) {
		memset(&err, 0, sizeof(err));
		fault_arm(n);
		r = run(&err);
		hit = fault_hit();
		fault_arm(0);
		if (r && (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM || !hit)) {
			fprintf(stderr, "%s, allocation %zu: %d %s\n", name, n, r, err.msg);
			return false;
		}
		failed += r != 0;
	}
	printf("%s: %zu allocations failed\n", name, failed);
	return failed > 0;
}

int
main(void)
{
	struct kith_error err;
	bool ok;

	if (kith_crypto_init(&err) || !mkdtemp(root))
		return 2;
	ok = survives("open and seal", open_and_seal);
	ok = survives("store and list", store_and_list) && ok;
	ok = survives("list ssh keys", list_ssh_keys) && ok;
	ok = survives("hold a key", hold_a_key) && ok;
	ok = survives("read a passphrase", read_passphrase) && ok;
	return kith_fs_remove_tree(root, &err) || !ok;
}
