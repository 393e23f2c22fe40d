/* SPDX-License-Identifier: Apache-2.0 */
/* make_archive < TEXT > TAR: see tests/tarball.h for the text. */
#include "tarball.h"

int
main(void)
{
	struct kith_buf in, out;
	uint8_t *room;
	size_t n;
	bool ok;

	kith_buf_init(&in, KITH_MIB(4));
	kith_buf_init(&out, KITH_MIB(256));
	while ((room = kith_buf_room(&in, 4096)) && (n = fread(room, 1, 4096, stdin)) > 0)
		kith_buf_added(&in, n);
	ok = maker_make(kith_buf_span(&in), &out) &&
	     fwrite(out.ptr, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
	kith_buf_clear(&in);
	kith_buf_clear(&out);
	return ok ? 0 : 1;
}
