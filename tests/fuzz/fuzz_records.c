/* SPDX-License-Identifier: Apache-2.0 */
/* A file of records: each has a name that is one, lies in the file, and the file comes to an end.
 */
#include "helpers/git/records.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	struct kith_buf name, bytes;
	struct kith_error err;
	size_t total = 0;
	int r;

	if (!in)
		return 0;
	kith_buf_init(&name, KITH_KIB(4));
	kith_buf_init(&bytes, KITH_MAX_OSV_RECORD + 1);
	r = records_begin(in, &err);
	while (!r && !(r = records_next(in, &name, &bytes, &err))) {
		total += 8 + name.len + bytes.len;
		if (total > size || !kith_git_is_name(kith_buf_span(&name)) ||
		    !memmem(data, size, name.ptr, name.len))
			abort();
	}
	if (r != KITH_E_NOTFOUND && r != KITH_E_FORMAT)
		abort();
	fclose(in);
	kith_buf_clear(&name);
	kith_buf_clear(&bytes);
	return 0;
}
