/* SPDX-License-Identifier: Apache-2.0 */
/* The file of carried evidence: written and read as a stream. Believes nothing, decides nothing. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/carry.h"
#include "store/meta.h"

#define HEADER   "# kith evidence 1\n"
#define MAX_LINE 32
#define BLOCK    KITH_KIB(64)

static const char *const part_words[] = {"journal", "gone", "pack"};

/* --- writing --- */

static int
put_record(struct kith_carry_writer *w, const char *word, struct kith_span bytes,
	   struct kith_error *err)
{
	char line[MAX_LINE];
	int n = snprintf(line, sizeof(line), "%s %zu\n", word, bytes.len);
	int r = kith_fs_write_full(w->fd, line, (size_t)n, err);

	if (!r && bytes.len)
		r = kith_fs_write_full(w->fd, bytes.ptr, bytes.len, err);
	w->bytes += (uint64_t)n + bytes.len;
	return r;
}

int
kith_carry_begin(struct kith_carry_writer *w, int fd, struct kith_error *err)
{
	*w = (struct kith_carry_writer){fd, strlen(HEADER)};
	return kith_fs_write_full(fd, HEADER, strlen(HEADER), err);
}

int
kith_carry_source(struct kith_carry_writer *w, const struct kith_mirror *m, struct kith_error *err)
{
	struct kith_mirror copy = *m; /* borrows all */
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(16));
	copy.source.class = KITH_SOURCE_USER;
	copy.attempt = 0;
	copy.error = NULL;
	copy.failures = 0;
	kith_meta_put(&b, &copy);
	r = kith_buf_check(&b, err);
	return r ? r : put_record(w, "source", kith_buf_span(&b), err);
}

int
kith_carry_put(struct kith_carry_writer *w, const char *word, struct kith_span bytes,
	       struct kith_error *err)
{
	int r = KITH_OK;

	while (!r && bytes.len) {
		r = put_record(w, word, kith_span_sub(bytes, 0, KITH_CARRY_PIECE), err);
		bytes = kith_span_sub(bytes, KITH_CARRY_PIECE, SIZE_MAX);
	}
	return r;
}

int
kith_carry_whole(struct kith_carry_writer *w, bool whole, struct kith_error *err)
{
	return put_record(w, whole ? "whole" : "broken", KITH_SPAN_NONE, err);
}

int
kith_carry_end(struct kith_carry_writer *w, struct kith_error *err)
{
	return put_record(w, "end", KITH_SPAN_NONE, err);
}

/* --- reading --- */

struct reader {
	int fd;
	const struct kith_carry_calls *calls;
	uint8_t *block;
	size_t pos, len;
	uint64_t total;
	size_t sources;
	bool inside, done;
	struct kith_buf piece;
};

static int
cut_off(struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "the carried evidence is cut off");
}

/* KITH_E_NOTFOUND: the end of the file. */
static int
fill(struct reader *r, struct kith_error *err)
{
	ssize_t n;

	do
		n = read(r->fd, r->block, BLOCK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return kith_fail_errno(err, errno, "the carried evidence cannot be read");
	r->pos = 0;
	r->len = (size_t)n;
	r->total += (uint64_t)n;
	if (r->total > KITH_MAX_CARRIED)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu bytes of carried evidence",
				 KITH_MAX_CARRIED);
	return n ? KITH_OK : KITH_E_NOTFOUND;
}

/* Without its newline. */
static int
read_line(struct reader *r, char line[MAX_LINE], struct kith_error *err)
{
	size_t n = 0;
	int e;

	for (;;) {
		if (r->pos == r->len) {
			e = fill(r, err);
			if (e)
				return e == KITH_E_NOTFOUND ? cut_off(err) : e;
		}
		line[n] = (char)r->block[r->pos++];
		if (line[n] == '\n')
			break;
		if (++n == MAX_LINE)
			return kith_fail(err, KITH_E_FORMAT, "not a file of carried evidence");
	}
	line[n] = '\0';
	return KITH_OK;
}

static int
read_piece(struct reader *r, size_t n, struct kith_error *err)
{
	size_t take;
	int e = KITH_OK;

	kith_buf_reset(&r->piece);
	while (!e && n) {
		if (r->pos == r->len)
			e = fill(r, err);
		if (e)
			return e == KITH_E_NOTFOUND ? cut_off(err) : e;
		take = r->len - r->pos < n ? r->len - r->pos : n;
		kith_buf_put(&r->piece, r->block + r->pos, take);
		r->pos += take;
		n -= take;
	}
	return kith_buf_check(&r->piece, err);
}

static int
wrong(const char *word, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "carried evidence: '%s' is out of place", word);
}

static int
take_source(struct reader *r, struct kith_error *err)
{
	if (r->inside)
		return wrong("source", err);
	if (++r->sources > KITH_MAX_SOURCES)
		return kith_fail(err, KITH_E_LIMIT, "more than %zu carried sources",
				 KITH_MAX_SOURCES);
	r->inside = true;
	return r->calls->source(r->calls->ctx, kith_buf_span(&r->piece), err);
}

static int
take_record(struct reader *r, struct kith_span word, struct kith_error *err)
{
	size_t i;

	if (kith_span_is(word, "source"))
		return take_source(r, err);
	for (i = 0; i < sizeof(part_words) / sizeof(part_words[0]); i++)
		if (kith_span_is(word, part_words[i]))
			return r->inside ? r->calls->part(r->calls->ctx, (enum kith_carry_part)i,
							  kith_buf_span(&r->piece), err)
					 : wrong(part_words[i], err);
	if (kith_span_is(word, "whole") || kith_span_is(word, "broken")) {
		if (!r->inside)
			return wrong("whole", err);
		r->inside = false;
		return r->calls->ended(r->calls->ctx, kith_span_is(word, "whole"), err);
	}
	if (!kith_span_is(word, "end") || r->inside)
		return kith_fail(err, KITH_E_FORMAT, "carried evidence: '%.*s' is out of place",
				 KITH_SPAN_FMT(word));
	r->done = true;
	return KITH_OK;
}

static int
read_records(struct reader *r, struct kith_error *err)
{
	char line[MAX_LINE];
	struct kith_span rest, word;
	uint64_t n;
	int e = read_line(r, line, err);

	if (!e && strncmp(line, HEADER, strlen(HEADER) - 1) != 0)
		return kith_fail(err, KITH_E_FORMAT, "not a file of carried evidence");
	while (!e && !r->done) {
		e = read_line(r, line, err);
		if (e)
			return e;
		rest = kith_span_str(line);
		if (!kith_span_next(&rest, ' ', &word) || !kith_span_u64(rest, &n) ||
		    n > KITH_CARRY_PIECE)
			return kith_fail(err, KITH_E_FORMAT,
					 "carried evidence: '%s' is no line of it", line);
		e = read_piece(r, (size_t)n, err);
		if (!e)
			e = take_record(r, word, err);
	}
	return e;
}

int
kith_carry_read(int fd, const struct kith_carry_calls *calls, struct kith_error *err)
{
	KITH_AUTO_FREE uint8_t *block = malloc(BLOCK);
	struct reader r = {.fd = fd, .calls = calls, .block = block};
	int e;

	if (!block)
		return kith_fail_nomem(err);
	kith_buf_init(&r.piece, KITH_CARRY_PIECE);
	e = read_records(&r, err);
	kith_buf_clear(&r.piece);
	return e;
}

bool
kith_carry_is(const char *path)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char head[sizeof(HEADER) - 1];
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	       memcmp(head, HEADER, sizeof(head)) == 0;
}
