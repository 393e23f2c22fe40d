/* SPDX-License-Identifier: Apache-2.0 */
/* Which libraries this room runs with. */
#include <nettle/version.h>
#include <sodium.h>

#include "crypto/crypto.h"

void
kith_crypto_put_versions(struct kith_buf *out)
{
	kith_buf_printf(out, "libsodium %s\nnettle %d.%d\n", sodium_version_string(),
			nettle_version_major(), nettle_version_minor());
}
