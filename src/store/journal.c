/* SPDX-License-Identifier: Apache-2.0 */
/* Journals of mirrors: read as a whole, only ever appended to, each append under the file's lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "codec/base64.h"
#include "store/journal.h"
#include "store/meta.h"
#include "store/view.h"

#define HEADER "kith-journal 1"

static const char *const words[] = {"first", "updated", "rewritten"};

void
kith_journal_clear(struct kith_journal *j)
{
	free(j->heads);
	free(j->news);
	free(j->gone);
	memset(j, 0, sizeof(*j));
}

static bool
next_word(struct kith_span *line, struct kith_span *ret_word)
{
	return kith_span_next(line, ' ', ret_word) && ret_word->len;
}

static bool
next_time(struct kith_span *line, int64_t *ret_time)
{
	struct kith_span word;
	uint64_t v;

	if (!next_word(line, &word) || !kith_span_u64(word, &v) || v > INT64_MAX)
		return false;
	*ret_time = (int64_t)v;
	return true;
}

static bool
next_hex(struct kith_span *line, bool may_lack, char ret_hex[KITH_GIT_HEX + 1])
{
	struct kith_span word;

	ret_hex[0] = '\0';
	if (!next_word(line, &word))
		return false;
	if (may_lack && kith_span_is(word, "-"))
		return true;
	if (!kith_git_is_hex(word))
		return false;
	memcpy(ret_hex, word.ptr, KITH_GIT_HEX);
	ret_hex[KITH_GIT_HEX] = '\0';
	return true;
}

static int
take_head(struct kith_journal *j, struct kith_span line, struct kith_error *err)
{
	struct kith_journal_head h = {.time = 0};
	size_t i;
	int r;

	if (!next_time(&line, &h.time) || !next_time(&line, &h.previous) ||
	    !next_hex(&line, true, h.old_head) || !next_hex(&line, false, h.head))
		return KITH_OK;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (kith_span_is(line, words[i]))
			break;
	if (i == sizeof(words) / sizeof(words[0]) || (i == 0) != !h.old_head[0])
		return KITH_OK;
	h.rewritten = i == 2;
	h.compared = i == 0;
	r = kith_grow(&j->heads, &j->cap_heads, j->n_heads + 1, sizeof(h), UINT32_MAX, "fetches",
		      err);
	if (!r)
		j->heads[j->n_heads++] = h;
	return r;
}

static bool
next_number(const struct kith_journal *j, struct kith_span *line, uint32_t *ret_head)
{
	struct kith_span word;
	uint64_t v;

	if (!next_word(line, &word) || !kith_span_u64(word, &v) || v >= j->n_heads)
		return false;
	*ret_head = (uint32_t)v;
	return true;
}

static int
take_item(struct kith_journal *j, struct kith_span line, bool gone, struct kith_error *err)
{
	struct kith_journal_item x;
	int r;

	if (!next_number(j, &line, &x.head) ||
	    !kith_base64_decode_exact(line, x.digest.bytes, KITH_DIGEST_BYTES))
		return KITH_OK;
	r = gone ? kith_grow(&j->gone, &j->cap_gone, j->n_gone + 1, sizeof(x), UINT32_MAX,
			     "withdrawn proofs", err)
		 : kith_grow(&j->news, &j->cap_news, j->n_news + 1, sizeof(x), UINT32_MAX,
			     "new proofs", err);
	if (r)
		return r;
	if (gone)
		j->gone[j->n_gone++] = x;
	else
		j->news[j->n_news++] = x;
	return KITH_OK;
}

static int
take_line(struct kith_journal *j, struct kith_span line, struct kith_error *err)
{
	struct kith_span word;
	uint32_t head;

	if (!next_word(&line, &word))
		return KITH_OK;
	if (kith_span_is(word, "head"))
		return take_head(j, line, err);
	if (kith_span_is(word, "new") || kith_span_is(word, "gone"))
		return take_item(j, line, kith_span_is(word, "gone"), err);
	if (kith_span_is(word, "read") && next_number(j, &line, &head) && !line.len)
		j->heads[head].compared = true;
	return KITH_OK;
}

/*
 * A kill inside the first line, and a line that was put behind it all the same: what is whole
 * counts.
 */
static bool
is_cut_header(struct kith_span line)
{
	while (line.len && line.ptr[line.len - 1] == '\0') /* written, but never reached the disk */
		line.len--;
	return line.len < sizeof(HEADER) - 1 && memcmp(line.ptr, HEADER, line.len) == 0;
}

int
kith_journal_parse(struct kith_span text, struct kith_journal *ret_journal, struct kith_error *err)
{
	struct kith_journal j = {.n_heads = 0};
	struct kith_span line;
	int r = KITH_OK;

	while (text.len && text.ptr[text.len - 1] != '\n')
		text.len--;
	if (text.len && (!kith_span_next(&text, '\n', &line) ||
			 (!kith_span_is(line, HEADER) && !is_cut_header(line))))
		return kith_fail(err, KITH_E_FORMAT, "it does not begin with '%s'", HEADER);
	while (!r && kith_span_next(&text, '\n', &line))
		r = take_line(&j, line, err);
	if (r) {
		kith_journal_clear(&j);
		return r;
	}
	*ret_journal = j;
	return KITH_OK;
}

static int
read_text(const char *path, size_t max, struct kith_buf *out, struct kith_error *err)
{
	int r;

	kith_buf_clear(out);
	kith_buf_init(out, max);
	r = kith_fs_read(path, out, err);
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

static int
read_journal(const char *path, struct kith_journal *ret_journal, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, 1);
	r = read_text(path, KITH_MAX_JOURNAL, &b, err);
	if (!r)
		r = kith_journal_parse(kith_buf_span(&b), ret_journal, err);
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

int
kith_journal_read(const struct kith_dirs *dirs, const char *slug, struct kith_journal *ret_journal,
		  struct kith_error *err)
{
	KITH_AUTO_FREE char *path = NULL;

	if (dirs->view)
		return kith_view_journal(dirs->view, slug, ret_journal, err);
	path = kith_meta_path(dirs, slug, ".journal");
	return path ? read_journal(path, ret_journal, err) : kith_fail_nomem(err);
}

/*
 * What a kill cut off is ended, so that the next line stands by itself; then all is synced. `cut`
 * makes a line that was cut off none, since half a number is another number.
 */
static int
append(int fd, const char *path, const char *cut, struct kith_span bytes, struct kith_error *err)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last = '\n';
	int r = KITH_OK;

	if (end < 0 || (end > 0 && pread(fd, &last, 1, end - 1) != 1))
		return kith_fail_errno(err, errno, "%s", path);
	if (last != '\n')
		r = kith_fs_write_full(fd, cut, strlen(cut), err);
	if (!r)
		r = kith_fs_write_full(fd, bytes.ptr, bytes.len, err);
	if (!r && fsync(fd) < 0)
		r = kith_fail_errno(err, errno, "fsync");
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

/* An empty journal, and one whose first line a kill cut off, begins with the header. */
static int
begin(int fd, const char *path, struct kith_buf *out, struct kith_error *err)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0 || (end && end < (off_t)sizeof(HEADER) && ftruncate(fd, 0) < 0))
		return kith_fail_errno(err, errno, "%s", path);
	if (end < (off_t)sizeof(HEADER))
		kith_buf_put_str(out, HEADER "\n");
	return KITH_OK;
}

static void
put_head(struct kith_buf *out, int64_t time, int64_t previous, const char *old_head,
	 const char *head, const char *word)
{
	kith_buf_printf(out, "head %lld %lld %s %s %s\n", (long long)(time < 0 ? 0 : time),
			(long long)(previous < 0 ? 0 : previous), old_head[0] ? old_head : "-",
			head, word);
}

int
kith_journal_note(const struct kith_dirs *dirs, const struct kith_mirror *m, const char *old_head,
		  int64_t now, bool rewritten, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_meta_path(dirs, m->source.slug, ".journal");
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_FD int fd = -1;
	int64_t previous = m->success;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_lock(path, true, &fd, err);
	if (!r)
		r = read_journal(path, &j, err);
	if (r)
		return r;
	r = begin(fd, path, &b, err);
	if (r)
		return r;
	if (j.n_heads) { /* it knows better than a text file that may have been lost */
		old_head = j.heads[j.n_heads - 1].head;
		previous = previous ? previous : j.heads[j.n_heads - 1].time;
	} else if (old_head[0]) {
		put_head(&b, previous, 0, "", old_head, words[0]);
	}
	if (strcmp(old_head, m->head) == 0 && j.n_heads)
		return KITH_OK;
	if (strcmp(old_head, m->head) != 0)
		put_head(&b, now, old_head[0] ? previous : 0, old_head, m->head,
			 words[!old_head[0] ? 0
			       : rewritten  ? 2
					    : 1]);
	r = kith_buf_check(&b, err);
	return r ? r : append(fd, path, " cut\n", kith_buf_span(&b), err);
}

static void
put_items(struct kith_buf *out, const char *word, uint32_t head, const struct kith_digest *list,
	  size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		kith_buf_printf(out, "%s %u ", word, head);
		kith_base64_put(out, list[i].bytes, KITH_DIGEST_BYTES);
		kith_buf_put_char(out, '\n');
	}
}

static int
append_gone(const struct kith_dirs *dirs, const char *slug, struct kith_span text,
	    struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_meta_path(dirs, slug, ".gone");
	KITH_AUTO_FD int fd = -1;
	int r;

	if (!text.len)
		return KITH_OK;
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_lock(path, true, &fd, err);
	if (!r && lseek(fd, 0, SEEK_END) > (off_t)(KITH_MAX_GONE - text.len))
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes of withdrawn proofs",
				 path, KITH_MAX_GONE);
	return r ? r : append(fd, path, "\n", text, err);
}

int
kith_journal_settle(const struct kith_dirs *dirs, const char *slug,
		    const struct kith_journal_change *change, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_meta_path(dirs, slug, ".journal");
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_FD int fd = -1;
	int r;

	kith_buf_init(&b, KITH_MAX_JOURNAL);
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_lock(path, true, &fd, err);
	if (!r)
		r = read_journal(path, &j, err);
	if (r || change->head >= j.n_heads || j.heads[change->head].compared)
		return r;
	put_items(&b, "new", change->head, change->news, change->n_news);
	put_items(&b, "gone", change->head, change->gone, change->n_gone);
	kith_buf_printf(&b, "read %u\n", change->head);
	r = kith_buf_check(&b, err);
	if (!r)
		r = append_gone(dirs, slug, change->gone_text, err);
	return r ? r : append(fd, path, " cut\n", kith_buf_span(&b), err);
}

int
kith_journal_gone_text(const struct kith_dirs *dirs, const char *slug, struct kith_buf *out,
		       struct kith_error *err)
{
	KITH_AUTO_FREE char *path = NULL;

	if (dirs->view)
		return kith_view_gone_text(dirs->view, slug, out, err);
	path = kith_meta_path(dirs, slug, ".gone");
	return path ? read_text(path, KITH_MAX_GONE, out, err) : kith_fail_nomem(err);
}
