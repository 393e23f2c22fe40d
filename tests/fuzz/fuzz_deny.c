/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A deny.toml: what is refused is refused with its place; what is read names each ignored thing,
 * and says of everything that is left behind why.
 */
#include "policy/deny.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_deny d;
	struct kith_error err;
	size_t i;

	kith_arena_init(&arena, KITH_MIB(64));
	if (kith_deny_read(kith_span(data, size), "f", &arena, &d, &err)) {
		must(kith_span_starts(kith_span_str(err.msg), KITH_SPAN_LIT("f:")));
		return 0;
	}
	for (i = 0; i < d.n_ignored; i++)
		must(d.ignored[i].advisory.len || d.ignored[i].crate.len);
	for (i = 0; i < d.n_left; i++)
		must(d.left[i].key.len && d.left[i].why && kith_utf8_valid(d.left[i].key));
	return 0;
}
