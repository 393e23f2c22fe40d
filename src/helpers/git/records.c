/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a file of records. kith wrote it, from what kith-unpack said was in a stranger's archive:
 * so nothing in it is believed.
 */
#include "helpers/git/records.h"

#include "helper/git.h"

/* A length and so many bytes. KITH_E_NOTFOUND: the end of the file. */
static int
read_part(FILE *in, struct kith_buf *out, struct kith_error *err)
{
	uint8_t n[4], *room;
	size_t got = fread(n, 1, sizeof(n), in), len;

	kith_buf_reset(out);
	if (got == 0 && feof(in))
		return KITH_E_NOTFOUND;
	len = n[0] | (size_t)n[1] << 8 | (size_t)n[2] << 16 | (size_t)n[3] << 24;
	if (got != sizeof(n) || len > KITH_MAX_OSV_RECORD)
		return kith_fail(err, KITH_E_FORMAT, "the file of its records is damaged");
	room = kith_buf_room(out, len + 1);
	if (!room)
		return out->failed == KITH_E_LIMIT
			   ? kith_fail(err, KITH_E_FORMAT, "the file of its records is damaged")
			   : kith_fail_nomem(err);
	if (fread(room, 1, len, in) != len)
		return kith_fail(err, KITH_E_FORMAT, "the file of its records is cut short");
	kith_buf_added(out, len);
	return KITH_OK;
}

int
records_begin(FILE *in, struct kith_error *err)
{
	char head[sizeof(KITH_GIT_RECORDS_HEAD)] = "";

	if (fread(head, 1, sizeof(head) - 1, in) != sizeof(head) - 1 ||
	    strcmp(head, KITH_GIT_RECORDS_HEAD) != 0)
		return kith_fail(err, KITH_E_FORMAT, "the file of its records is damaged");
	return KITH_OK;
}

int
records_next(FILE *in, struct kith_buf *name, struct kith_buf *bytes, struct kith_error *err)
{
	int r = read_part(in, name, err);

	if (r)
		return r;
	if (!kith_git_is_name(kith_buf_span(name)))
		return kith_fail(err, KITH_E_FORMAT, "the file of its records is damaged");
	r = read_part(in, bytes, err);
	return r == KITH_E_NOTFOUND
		   ? kith_fail(err, KITH_E_FORMAT, "the file of its records is cut short")
		   : r;
}
