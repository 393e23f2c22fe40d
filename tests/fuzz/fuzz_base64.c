/* SPDX-License-Identifier: Apache-2.0 */
/* What decodes must encode to the very same text; a decoder with two spellings would be caught. */
#include "codec/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span text = kith_span(data, size);
	uint8_t *out = malloc(size + 1);
	size_t len = 0;

	if (!out)
		return 0;
	if (kith_base64_decode(text, out, size, &len)) {
		KITH_AUTO_BUF struct kith_buf again;

		kith_buf_init(&again, size + 8);
		kith_base64_put(&again, out, len);
		if (!kith_span_eq(kith_buf_span(&again), text))
			abort();
	}
	(void)kith_base64_decode_padded(text, out, size, &len);
	if (size % 2 == 0)
		(void)kith_hex_decode_exact(text, out, size / 2);
	free(out);
	return 0;
}
