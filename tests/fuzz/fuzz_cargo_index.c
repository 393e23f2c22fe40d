/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo's index cache, in any state. What is found is hex that stands in the text; nothing is found
 * in what does not name the version.
 */
#include "package/cargo_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span file = kith_span(data, size);
	char sum[KITH_INDEX_CKSUM + 1];
	struct kith_index_facts f = {.yanked = false};
	struct kith_error err;
	int r, q;

	r = kith_cargo_index_find(file, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.0.0"), sum, &err);
	if (!r && (strlen(sum) != KITH_INDEX_CKSUM || !memmem(data, size, "1.0.0", 5) ||
		   !memmem(data, size, "cksum", 5)))
		abort();
	q = kith_cargo_index_facts(file, KITH_SPAN_LIT("a"), KITH_SPAN_LIT("1.0.0"), true, &f,
				   &err);
	if (q != r || f.older_yanked > f.older)
		abort();
	if (r && r != KITH_E_NOTFOUND && r != KITH_E_NOMEM)
		abort();
	return 0;
}
