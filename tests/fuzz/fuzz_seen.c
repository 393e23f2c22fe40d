/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of packages' first checksums: any text answers, and asking again answers the same. */
#include "store/seen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_seen_want w[2][2] = {
	    {{.key = KITH_SPAN_LIT("cargo - a 1.0.0"), .checksum = KITH_SPAN_LIT("aa")},
	     {.key = KITH_SPAN_LIT("cargo - b 1.0.0"), .checksum = KITH_SPAN_LIT("bb")}},
	};
	size_t i;

	memcpy(w[1], w[0], sizeof(w[0]));
	if (kith_seen_look(kith_span(data, size), w[0], 2, NULL) ||
	    kith_seen_look(kith_span(data, size), w[1], 2, NULL))
		return 0;
	for (i = 0; i < 2; i++) {
		const struct kith_seen_want *x = &w[0][i];

		if (x->answer != w[1][i].answer || x->time != w[1][i].time || x->time < 0)
			abort();
		if (x->answer != KITH_SEEN_FIRST &&
		    kith_span_eq(x->seen, x->checksum) != (x->answer == KITH_SEEN_SAME))
			abort();
	}
	return 0;
}
