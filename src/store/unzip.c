/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacking a database's export into the form in which kith-git takes it: hundreds of thousands of
 * small files would cost more than all the rest. kith-unpack has checked names and sizes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "helper/git.h"
#include "store/archive.h"
#include "store/unzip.h"

struct unzip {
	FILE *out;
	bool writing; /* content of this entry is wanted */
	size_t records;
};

static void
unzip_clear(struct unzip *u)
{
	if (u->out)
		fclose(u->out);
}

bool
kith_store_is_zip(struct kith_span name)
{
	return name.len > 4 && kith_span_ends(name, KITH_SPAN_LIT(".zip"));
}

static int
cannot_write(struct kith_error *err)
{
	return kith_fail_errno(err, errno, "its records cannot be written");
}

static int
put_length(struct unzip *u, size_t n, struct kith_error *err)
{
	const uint8_t b[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16),
			      (uint8_t)(n >> 24)};

	return fwrite(b, 1, sizeof(b), u->out) == sizeof(b) ? KITH_OK : cannot_write(err);
}

static struct kith_span
last_name(struct kith_span path)
{
	size_t i = path.len;

	while (i && path.ptr[i - 1] != '/')
		i--;
	return kith_span_sub(path, i, SIZE_MAX);
}

static int
take_entry(void *ctx, const struct kith_archive_entry *e, struct kith_error *err)
{
	struct unzip *u = ctx;
	struct kith_span name = last_name(e->path);
	int r;

	u->writing = e->type == KITH_TREE_FILE && kith_span_ends(name, KITH_SPAN_LIT(".json"));
	if (!u->writing)
		return KITH_OK;
	if (!kith_git_is_name(name))
		return kith_fail(err, KITH_E_FORMAT, "%.*s: its name is not plain text",
				 KITH_SPAN_FMT(e->path));
	if (e->size > KITH_MAX_OSV_RECORD)
		return kith_fail(err, KITH_E_LIMIT, "%.*s: more than %zu bytes",
				 KITH_SPAN_FMT(e->path), KITH_MAX_OSV_RECORD);
	u->records++;
	r = put_length(u, name.len, err);
	if (!r && fwrite(name.ptr, 1, name.len, u->out) != name.len)
		r = cannot_write(err);
	return r ? r : put_length(u, e->size, err);
}

static int
take_content(void *ctx, struct kith_span bytes, struct kith_error *err)
{
	struct unzip *u = ctx;

	if (!u->writing || fwrite(bytes.ptr, 1, bytes.len, u->out) == bytes.len)
		return KITH_OK;
	return cannot_write(err);
}

int
kith_store_unzip(const char *libexec, const char *archive, const char *path, struct kith_error *err)
{
	KITH_CLEANUP(unzip_clear) struct unzip u = {.out = NULL};
	const struct kith_helper_options helper = {libexec, NULL, 0};
	const struct kith_archive_job job = {.path = archive, .zip = true};
	const struct kith_archive_sink sink = {take_entry, take_content, &u};
	static const char head[] = KITH_GIT_RECORDS_HEAD;
	struct kith_archive_answer answer;
	int r = KITH_OK, fd;

	(void)!unlink(path); /* of a fetch that did not end */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	u.out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!u.out || fwrite(head, 1, sizeof(head) - 1, u.out) != sizeof(head) - 1)
		r = cannot_write(err);
	if (!r)
		r = kith_archive_walk(&helper, &job, &sink, &answer, err);
	if (!r && !u.records)
		r = kith_fail(err, KITH_E_FORMAT, "no record (a name in .json) is in the archive");
	if (!r && fflush(u.out) != 0)
		r = cannot_write(err);
	if (r)
		(void)!unlink(path);
	return r;
}
