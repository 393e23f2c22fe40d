/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of reading, opening, sealing, storing and listing key files fails once. */
#include <dlfcn.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "fault/wrap.h"
#include "identity/ids.h"

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
	return kith_fs_remove_tree(root, &err) || !ok;
}
