/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's header: what is accepted has a head that stands in the text, and an end within it. */
#include "helpers/git/bundle_head.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle_head h = {.refs = 0};
	struct kith_error err;

	if (bundle_read_head(kith_span(data, size), &h, &err)) {
		if (err.code != KITH_E_FORMAT && err.code != KITH_E_LIMIT)
			abort();
		return 0;
	}
	if (h.size > size || h.size < 2 || data[h.size - 1] != '\n' || data[h.size - 2] != '\n')
		abort();
	if (h.refs > KITH_MAX_BUNDLE_REFS ||
	    (h.refs && (!kith_git_is_hex(kith_span_str(h.hex)) || !memmem(data, size, h.hex, 40))))
		abort();
	return 0;
}
