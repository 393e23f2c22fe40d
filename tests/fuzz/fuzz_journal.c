/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of a mirror: any text gives entries whose numbers are in range, or an error. */
#include "store/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	struct kith_error err;
	size_t i;

	if (kith_journal_parse(kith_span(data, size), &j, &err))
		return 0;
	for (i = 0; i < j.n_news; i++)
		if (j.news[i].head >= j.n_heads)
			abort();
	for (i = 0; i < j.n_gone; i++)
		if (j.gone[i].head >= j.n_heads)
			abort();
	for (i = 0; i < j.n_heads; i++)
		if (!kith_git_is_hex(kith_span_str(j.heads[i].head)) || j.heads[i].time < 0 ||
		    j.heads[i].previous < 0)
			abort();
	return 0;
}
