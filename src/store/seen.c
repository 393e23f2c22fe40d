/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of packages' first checksums. One pass over the text answers a whole lock file, so
 * that a long memory costs little. Judges nothing.
 */
#include <errno.h>
#include <unistd.h>

#include "store/seen.h"

#define HEADER "kith-packages 1"

static bool
is_word(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
			return false;
	return s.len > 0;
}

bool
kith_seen_put_key(struct kith_buf *out, const char *ecosystem, struct kith_span registry,
		  struct kith_span name, struct kith_span version)
{
	if (!registry.len)
		registry = KITH_SPAN_LIT("-");
	if (!is_word(registry) || !is_word(name) || !is_word(version))
		return false;
	kith_buf_put_str(out, ecosystem);
	kith_buf_put_char(out, ' ');
	kith_buf_put_span(out, registry);
	kith_buf_put_char(out, ' ');
	kith_buf_put_span(out, name);
	kith_buf_put_char(out, ' ');
	kith_buf_put_span(out, version);
	return true;
}

static char *
journal_path(const struct kith_dirs *dirs)
{
	return kith_fs_join(dirs->data, "packages.journal");
}

int
kith_seen_read(const struct kith_dirs *dirs, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = journal_path(dirs);
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_read(path, out, err);
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

struct line {
	int64_t time;
	struct kith_span checksum, key;
};

/* False: a line of another kind, or one that is none. */
static bool
read_line(struct kith_span s, struct line *ret)
{
	struct kith_span word;
	uint64_t time;

	if (!kith_span_skip(&s, "package ") || !kith_span_next(&s, ' ', &word) ||
	    !kith_span_u64(word, &time) || time > INT64_MAX || !kith_span_next(&s, ' ', &word) ||
	    !word.len || !s.len)
		return false;
	*ret = (struct line){(int64_t)time, word, s};
	return true;
}

/* True: what was said of this key before does not count. */
static bool
read_forget(struct kith_span s, struct kith_span *ret_key)
{
	struct kith_span word;
	uint64_t time;

	if (!kith_span_skip(&s, "forget ") || !kith_span_next(&s, ' ', &word) ||
	    !kith_span_u64(word, &time) || !s.len)
		return false;
	*ret_key = s;
	return true;
}

/* The lines behind the first one, which must be whole and the right one. */
static int
begin_lines(struct kith_span *text, struct kith_error *err)
{
	struct kith_span s;

	while (text->len && text->ptr[text->len - 1] != '\n')
		text->len--;
	if (text->len && (!kith_span_next(text, '\n', &s) || !kith_span_is(s, HEADER)))
		return kith_fail(err, KITH_E_FORMAT, "it does not begin with '%s'", HEADER);
	return KITH_OK;
}

/* Whom else a first line answers: a lock file may ask twice. */
static int
map_wants(struct kith_map *map, struct kith_seen_want *wants, size_t n, size_t *same_as,
	  struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < n; i++) {
		wants[i].answer = KITH_SEEN_FIRST;
		r = kith_map_add(map, wants[i].key, i, &same_as[i], NULL, err);
	}
	return r;
}

int
kith_seen_look(struct kith_span text, struct kith_seen_want *wants, size_t n,
	       struct kith_error *err)
{
	KITH_AUTO_FREE size_t *same_as = kith_calloc(n + 1, sizeof(*same_as));
	KITH_AUTO_MAP struct kith_map map;
	struct kith_span s, key;
	struct line line;
	size_t i, at;
	int r;

	kith_map_init(&map, NULL);
	if (!same_as)
		return kith_fail_nomem(err);
	r = begin_lines(&text, err);
	if (r)
		return r;
	r = map_wants(&map, wants, n, same_as, err);
	if (r)
		return r;
	while (kith_span_next(&text, '\n', &s)) {
		if (read_forget(s, &key) && kith_map_get(&map, key, &at))
			wants[at].answer = KITH_SEEN_FIRST;
		if (!read_line(s, &line) || !kith_map_get(&map, line.key, &at) ||
		    wants[at].answer != KITH_SEEN_FIRST)
			continue;
		wants[at].answer = KITH_SEEN_SAME;
		wants[at].time = line.time;
		wants[at].seen = line.checksum;
	}
	for (i = 0; i < n; i++) {
		const struct kith_seen_want *w = &wants[same_as[i]];

		if (w->answer == KITH_SEEN_FIRST)
			continue;
		wants[i].time = w->time;
		wants[i].seen = w->seen;
		wants[i].answer =
		    kith_span_eq(w->seen, wants[i].checksum) ? KITH_SEEN_SAME : KITH_SEEN_OTHER;
	}
	return KITH_OK;
}

/*
 * The journal's end, ready for whole lines. What a kill cut off gets one word too many: half a
 * version is another version, and must never count as one.
 */
static int
mend(int fd, const char *path, struct kith_buf *out, struct kith_error *err)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last = '\n';

	if (end < 0 || (end > 0 && pread(fd, &last, 1, end - 1) != 1))
		return kith_fail_errno(err, errno, "%s", path);
	if (end < (off_t)sizeof(HEADER)) { /* not even its first line is whole */
		if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
			return kith_fail_errno(err, errno, "%s", path);
		kith_buf_put_str(out, HEADER "\n");
	} else if (last != '\n') {
		kith_buf_put_str(out, " cut\n");
	}
	return KITH_OK;
}

static int
append(const struct kith_dirs *dirs, struct kith_span lines, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = journal_path(dirs);
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_FD int fd = -1;
	int r = kith_fs_mkdirs(dirs->data, 0700, err);

	kith_buf_init(&b, KITH_MAX_SEEN);
	if (!path)
		return kith_fail_nomem(err);
	if (!r)
		r = kith_fs_lock(path, true, &fd, err);
	if (!r)
		r = mend(fd, path, &b, err);
	if (r)
		return r;
	kith_buf_put_span(&b, lines);
	if (b.failed == KITH_E_LIMIT || lseek(fd, 0, SEEK_CUR) > (off_t)(KITH_MAX_SEEN - b.len))
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes", path, KITH_MAX_SEEN);
	r = kith_buf_check(&b, err);
	if (!r)
		r = kith_fs_write_full(fd, b.ptr, b.len, err);
	if (!r && fsync(fd) < 0)
		r = kith_fail_errno(err, errno, "fsync");
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

int
kith_seen_note(const struct kith_dirs *dirs, const struct kith_seen_want *wants, const bool *marked,
	       size_t n, int64_t now, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, KITH_MAX_SEEN);
	for (i = 0; i < n; i++) {
		if (wants[i].answer != KITH_SEEN_FIRST || !marked[i])
			continue;
		kith_buf_printf(&b, "package %lld ", (long long)(now < 0 ? 0 : now));
		kith_buf_put_span(&b, wants[i].checksum);
		kith_buf_put_char(&b, ' ');
		kith_buf_put_span(&b, wants[i].key);
		kith_buf_put_char(&b, '\n');
	}
	r = kith_buf_check(&b, err);
	if (r || !b.len)
		return r;
	return append(dirs, kith_buf_span(&b), err);
}

/* --- forgetting --- */

static bool
names(struct kith_span key, struct kith_span name, struct kith_span version)
{
	struct kith_span eco, registry, its_name;

	return kith_span_next(&key, ' ', &eco) && kith_span_next(&key, ' ', &registry) &&
	       kith_span_next(&key, ' ', &its_name) && kith_span_eq(its_name, name) &&
	       kith_span_eq(key, version);
}

static size_t
drop(struct kith_seen_record *list, size_t n, struct kith_span key)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++)
		if (!kith_span_eq(list[i].key, key))
			list[k++] = list[i];
	return k;
}

static bool
has(const struct kith_seen_record *list, size_t n, struct kith_span key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (kith_span_eq(list[i].key, key))
			return true;
	return false;
}

int
kith_seen_find(struct kith_span text, struct kith_span name, struct kith_span version,
	       struct kith_arena *arena, struct kith_seen_record **ret_list, size_t *ret_count,
	       struct kith_error *err)
{
	struct kith_seen_record *list =
	    kith_arena_array(arena, KITH_MAX_SEEN_REGISTRIES, sizeof(*list));
	struct kith_span s, key;
	struct line line;
	size_t n = 0;
	int r = list ? begin_lines(&text, err) : kith_fail_nomem(err);

	while (!r && kith_span_next(&text, '\n', &s)) {
		if (read_forget(s, &key))
			n = drop(list, n, key);
		else if (read_line(s, &line) && names(line.key, name, version) &&
			 !has(list, n, line.key) && n < KITH_MAX_SEEN_REGISTRIES)
			list[n++] = (struct kith_seen_record){line.key, line.checksum, line.time};
	}
	if (r)
		return r;
	*ret_list = list;
	*ret_count = n;
	return KITH_OK;
}

int
kith_seen_forget(const struct kith_dirs *dirs, const struct kith_seen_record *list, size_t n,
		 int64_t now, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, KITH_MAX_SEEN);
	for (i = 0; i < n; i++) {
		kith_buf_printf(&b, "forget %lld ", (long long)(now < 0 ? 0 : now));
		kith_buf_put_span(&b, list[i].key);
		kith_buf_put_char(&b, '\n');
	}
	r = kith_buf_check(&b, err);
	return r || !b.len ? r : append(dirs, kith_buf_span(&b), err);
}
