/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of writing and reading a tagged file fails once. */
#include <unistd.h>

#include "crypto/crypto.h"
#include "fault/wrap.h"
#include "index/tagged.h"

static int
work(const char *path, struct kith_error *err)
{
	static const struct kith_tagged_kind kind = {"testing", 1, KITH_MIB(1)};
	static const uint8_t secret[KITH_TAGGED_SECRET] = {1};
	static const struct kith_digest state = {{2}};
	static const uint8_t body[20000] = {3};
	struct kith_tagged *t = NULL;
	struct kith_span s;
	int r;

	r = kith_tagged_write(path, &kind, secret, &state, KITH_SPAN_NONE,
			      kith_span(body, sizeof(body)), err);
	if (!r)
		r = kith_tagged_open(path, &kind, secret, &t, err);
	if (!r && !kith_tagged_get(t, 0, sizeof(body), &s))
		r = KITH_E_FORMAT;
	kith_tagged_free(t);
	return r;
}

int
main(void)
{
	char path[] = "/tmp/kith-fault-tagged-XXXXXX";
	struct kith_error err;
	int fd = mkstemp(path), r;
	size_t n;

	if (fd < 0 || close(fd) || kith_crypto_init(&err))
		return 1;
	for (n = 1;; n++) {
		fault_arm(n);
		r = work(path, &err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	unlink(path);
	printf("%zu allocations\n", n - 1);
	return r || n < 8;
}
