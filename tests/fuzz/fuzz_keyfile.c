/* SPDX-License-Identifier: Apache-2.0 */
/* A key file that is accepted asks for bounded work and is written and read back as it was. */
#include "identity/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_KEYFILE struct kith_keyfile kf = {0}, again = {0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_error err;
	struct kith_kdf kdf;

	kith_buf_init(&b, KITH_MAX_KEYFILE);
	if (kith_keyfile_parse(kith_span(data, size), &kf, &err)) {
		must(!kf.url && err.code && err.msg[0]);
		return 0;
	}
	kdf = kf.kdf;
	kdf.lanes = kdf.lanes ? kdf.lanes : 1;
	must(kf.ssh_agent || !kith_kdf_check(&kdf, kf.salt_len, &err));
	kith_keyfile_put(&kf, &b);
	must(!kith_buf_check(&b, &err));
	must(!kith_keyfile_parse(kith_buf_span(&b), &again, &err));
	must(same_text(kf.url, again.url) &&
	     same_text(kf.url ? kf.url_type : NULL, again.url_type));
	must(!memcmp(&kf.id, &again.id, sizeof(kf.id)) && kf.ssh_agent == again.ssh_agent);
	must(!memcmp(kf.sealed, again.sealed, sizeof(kf.sealed)) && kf.salt_len == again.salt_len);
	must(!memcmp(kf.salt, again.salt, kf.salt_len) && kf.kdf.lanes == again.kdf.lanes);
	must(kf.kdf.variant == again.kdf.variant && kf.kdf.passes == again.kdf.passes);
	return 0;
}
