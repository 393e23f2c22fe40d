/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding and strict decoding of kith-git's requests and answers. */
#include "helper/git.h"

#define MAX_TIMEOUT_S 86400

const char *
kith_git_skip_text(enum kith_git_skip why)
{
	static const char *const text[KITH_GIT_SKIP_COUNT] = {
	    "",          "a symbolic link",     "not a regular file", "its name is not plain text",
	    "too large", "in too many folders", "missing or damaged", "too many files",
	    "ignored",
	};

	return why < KITH_GIT_SKIP_COUNT ? text[why] : "";
}

bool
kith_git_is_remote(enum kith_git_kind kind)
{
	return kind == KITH_GIT_URL || kind == KITH_GIT_GET;
}

bool
kith_git_is_hex(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= '0' && s.ptr[i] <= '9') && !(s.ptr[i] >= 'a' && s.ptr[i] <= 'f'))
			return false;
	return s.len == KITH_GIT_HEX;
}

bool
kith_git_is_name(struct kith_span name)
{
	size_t pos = 0;
	uint32_t c;

	if (!name.len || name.len > 255 || kith_span_is(name, ".") || kith_span_is(name, ".."))
		return false;
	while (kith_utf8_next(name, &pos, &c))
		if (c < 0x20 || c == '/' || (c >= 0x7f && c < 0xa0))
			return false;
	return pos == name.len;
}

bool
kith_git_is_proof_name(struct kith_span name)
{
	return name.len > 5 && kith_span_ends(name, KITH_SPAN_LIT(".crev"));
}

/* Printable ASCII, and no more globs than a name can be tried against at little cost. */
bool
kith_git_is_names(struct kith_span names)
{
	size_t i, globs = 1;

	for (i = 0; i < names.len; i++) {
		if (names.ptr[i] < ' ' || names.ptr[i] > '~' || names.ptr[i] == '/')
			return false;
		globs += names.ptr[i] == ' ';
	}
	return names.len <= KITH_GIT_MAX_NAMES && globs <= 16;
}

bool
kith_git_wants(struct kith_span names, struct kith_span name)
{
	struct kith_span glob;

	if (!names.len)
		return kith_git_is_proof_name(name);
	while (kith_span_next(&names, ' ', &glob))
		if (glob.len && kith_glob_match(glob, name))
			return true;
	return false;
}

uint32_t
kith_git_max_files(struct kith_span names)
{
	return names.len ? KITH_MAX_DATABASE_FILES : KITH_MAX_REPO_FILES;
}

size_t
kith_git_max_entries(struct kith_span names)
{
	return names.len ? KITH_MAX_DATABASE_ENTRIES : KITH_MAX_TREE_ENTRIES;
}

size_t
kith_git_max_bytes(struct kith_span names)
{
	return names.len ? KITH_MAX_DATABASE_BYTES : KITH_MAX_REPO_BYTES;
}

bool
kith_git_is_path(struct kith_span path)
{
	struct kith_span part;
	size_t parts = 0;

	if (!path.len || path.len > KITH_MAX_PATH || path.ptr[path.len - 1] == '/')
		return false;
	while (kith_span_next(&path, '/', &part)) {
		if (!kith_git_is_name(part))
			return false;
		parts++;
	}
	return parts <= KITH_MAX_TREE_DEPTH + 1;
}

static bool
is_absolute(struct kith_span path)
{
	return path.len > 1 && path.len < KITH_MAX_PATH && path.ptr[0] == '/' &&
	       !memchr(path.ptr, 0, path.len);
}

void
kith_git_put_fetch(struct kith_buf *out, const struct kith_git_fetch *f)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_FETCH);

	kith_frame_put_u32(out, f->id);
	kith_frame_put_u8(out, (uint8_t)f->kind);
	kith_frame_put_bytes(out, f->mirror);
	kith_frame_put_bytes(out, f->location);
	kith_frame_put_u8(out, f->public_only);
	kith_frame_put_u8(out, f->as_user);
	kith_frame_put_u64(out, f->max_bytes);
	kith_frame_put_u32(out, f->max_objects);
	kith_frame_put_u32(out, f->max_refs);
	kith_frame_put_u32(out, f->max_redirects);
	kith_frame_put_u32(out, f->max_depth);
	kith_frame_put_u32(out, f->max_files);
	kith_frame_put_u32(out, f->max_file_bytes);
	kith_frame_put_u32(out, f->timeout_s);
	kith_frame_put_u32(out, f->idle_s);
	kith_frame_put_u64(out, (uint64_t)f->now);
	kith_frame_put_bytes(out, f->names);
	kith_frame_put_bytes(out, f->resolve);
	kith_frame_put_bytes(out, f->ca_file);
	kith_frame_end(out, mark);
}

static bool
is_text(struct kith_span s, size_t max)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	return s.len <= max;
}

static bool
are_hosts(const struct kith_git_fetch *f)
{
	return is_text(f->resolve, KITH_GIT_MAX_RESOLVE) &&
	       (!f->ca_file.len || is_absolute(f->ca_file));
}

bool
kith_git_get_fetch(struct kith_span payload, struct kith_git_fetch *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_fetch f = {.id = kith_cursor_u32(&c)};
	uint8_t kind = kith_cursor_u8(&c);

	f.mirror = kith_cursor_bytes(&c);
	f.location = kith_cursor_bytes(&c);
	f.public_only = kith_cursor_u8(&c);
	f.as_user = kith_cursor_u8(&c);
	f.max_bytes = kith_cursor_u64(&c);
	f.max_objects = kith_cursor_u32(&c);
	f.max_refs = kith_cursor_u32(&c);
	f.max_redirects = kith_cursor_u32(&c);
	f.max_depth = kith_cursor_u32(&c);
	f.max_files = kith_cursor_u32(&c);
	f.max_file_bytes = kith_cursor_u32(&c);
	f.timeout_s = kith_cursor_u32(&c);
	f.idle_s = kith_cursor_u32(&c);
	f.now = (int64_t)kith_cursor_u64(&c);
	f.names = kith_cursor_bytes(&c);
	f.resolve = kith_cursor_bytes(&c);
	f.ca_file = kith_cursor_bytes(&c);
	if (!are_hosts(&f) || !kith_cursor_end(&c) || kind < KITH_GIT_URL ||
	    kind > KITH_GIT_RECORDS || !is_absolute(f.mirror) || !f.timeout_s ||
	    f.timeout_s > MAX_TIMEOUT_S || !f.idle_s || f.idle_s > MAX_TIMEOUT_S || f.now < 0 ||
	    !kith_git_is_names(f.names))
		return false;
	if (kith_git_is_remote((enum kith_git_kind)kind) ? f.location.len > KITH_MAX_URL
							 : !is_absolute(f.location))
		return false;
	f.kind = (enum kith_git_kind)kind;
	*ret = f;
	return true;
}

void
kith_git_put_fetched(struct kith_buf *out, const struct kith_git_fetched *f)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_FETCHED);

	kith_frame_put_u32(out, f->id);
	kith_frame_put_u8(out, (uint8_t)f->outcome);
	kith_frame_put_bytes(out, f->head);
	kith_frame_put_u64(out, f->bytes);
	kith_frame_put_u32(out, f->objects);
	kith_frame_put_u32(out, f->retry_after_s);
	kith_frame_put_u32(out, (uint32_t)-f->code);
	kith_frame_put_bytes(out, f->message);
	kith_frame_put_bytes(out, f->hint);
	kith_frame_end(out, mark);
}

/* A failure's code as it is sent: minus a kith_code. */
static bool
get_code(struct kith_cursor *c, int *ret)
{
	uint32_t code = kith_cursor_u32(c);

	*ret = code <= (uint32_t)-KITH_E_INTERNAL ? -(int)code : KITH_OK;
	return code <= (uint32_t)-KITH_E_INTERNAL;
}

bool
kith_git_get_fetched(struct kith_span payload, struct kith_git_fetched *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_fetched f = {.id = kith_cursor_u32(&c)};
	uint8_t outcome = kith_cursor_u8(&c);
	bool ok;

	f.head = kith_cursor_bytes(&c);
	f.bytes = kith_cursor_u64(&c);
	f.objects = kith_cursor_u32(&c);
	f.retry_after_s = kith_cursor_u32(&c);
	ok = get_code(&c, &f.code);
	f.message = kith_cursor_bytes(&c);
	f.hint = kith_cursor_bytes(&c);
	if (!ok || !kith_cursor_end(&c) || outcome > KITH_GIT_ARCHIVE ||
	    f.retry_after_s > KITH_MAX_RETRY_AFTER || (f.head.len && !kith_git_is_hex(f.head)))
		return false;
	f.outcome = (enum kith_git_outcome)outcome;
	if ((f.outcome == KITH_GIT_FAILED) != (f.code != KITH_OK))
		return false;
	if (f.outcome != KITH_GIT_FAILED && f.outcome != KITH_GIT_EMPTY &&
	    f.outcome != KITH_GIT_ARCHIVE && !f.head.len)
		return false;
	*ret = f;
	return true;
}

void
kith_git_put_progress(struct kith_buf *out, const struct kith_git_progress *p)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_PROGRESS);

	kith_frame_put_u32(out, p->id);
	kith_frame_put_u64(out, p->bytes);
	kith_frame_put_u32(out, p->objects);
	kith_frame_put_u32(out, p->total);
	kith_frame_end(out, mark);
}

bool
kith_git_get_progress(struct kith_span payload, struct kith_git_progress *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_progress p = {.id = kith_cursor_u32(&c)};

	p.bytes = kith_cursor_u64(&c);
	p.objects = kith_cursor_u32(&c);
	p.total = kith_cursor_u32(&c);
	if (!kith_cursor_end(&c))
		return false;
	*ret = p;
	return true;
}

void
kith_git_put_jobs(struct kith_buf *out, uint32_t jobs)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_JOBS);

	kith_frame_put_u32(out, jobs);
	kith_frame_end(out, mark);
}

bool
kith_git_get_jobs(struct kith_span payload, uint32_t *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	uint32_t jobs = kith_cursor_u32(&c);

	if (!kith_cursor_end(&c) || !jobs || jobs > KITH_GIT_MAX_JOBS)
		return false;
	*ret = jobs;
	return true;
}

size_t
kith_git_begin_read(struct kith_buf *out, uint8_t type, uint32_t count)
{
	size_t mark = kith_frame_begin(out, type);

	kith_frame_put_u32(out, count);
	return mark;
}

void
kith_git_put_read_item(struct kith_buf *out, const struct kith_git_read_item *item)
{
	kith_frame_put_u32(out, item->id);
	kith_frame_put_bytes(out, item->path);
	kith_frame_put_bytes(out, item->commit);
	kith_frame_put_bytes(out, item->names);
}

bool
kith_git_get_read_count(struct kith_cursor *c, uint32_t *ret_count)
{
	uint32_t n = kith_cursor_u32(c);

	/* each takes sixteen bytes at least, so a lie about their number is seen at once */
	if (c->bad || n > KITH_MAX_SOURCES || n > c->rest.len / 16)
		return false;
	*ret_count = n;
	return true;
}

bool
kith_git_get_read_item(struct kith_cursor *c, struct kith_git_read_item *ret)
{
	struct kith_git_read_item item = {.id = kith_cursor_u32(c)};

	item.path = kith_cursor_bytes(c);
	item.commit = kith_cursor_bytes(c);
	item.names = kith_cursor_bytes(c);
	if (c->bad || !is_absolute(item.path) ||
	    (item.commit.len && !kith_git_is_hex(item.commit)) || !kith_git_is_names(item.names))
		return false;
	*ret = item;
	return true;
}

void
kith_git_put_tree(struct kith_buf *out, uint32_t id, const char *commit_hex)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_TREE);

	kith_frame_put_u32(out, id);
	kith_frame_put_str(out, commit_hex);
	kith_frame_end(out, mark);
}

bool
kith_git_get_tree(struct kith_span payload, uint32_t *ret_id, struct kith_span *ret_commit)
{
	struct kith_cursor c = kith_cursor(payload);
	uint32_t id = kith_cursor_u32(&c);
	struct kith_span commit = kith_cursor_bytes(&c);

	if (!kith_cursor_end(&c) || !kith_git_is_hex(commit))
		return false;
	*ret_id = id;
	*ret_commit = commit;
	return true;
}

void
kith_git_put_file(struct kith_buf *out, const struct kith_git_file *f)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_FILE);

	kith_frame_put_u32(out, f->id);
	kith_frame_put_bytes(out, f->path);
	kith_frame_put_bytes(out, f->bytes);
	kith_frame_end(out, mark);
}

bool
kith_git_get_file(struct kith_span payload, struct kith_git_file *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_file f = {.id = kith_cursor_u32(&c)};

	f.path = kith_cursor_bytes(&c);
	f.bytes = kith_cursor_bytes(&c);
	if (!kith_cursor_end(&c) || !kith_git_is_path(f.path) || f.bytes.len > KITH_MAX_PROOF_FILE)
		return false;
	*ret = f;
	return true;
}

void
kith_git_put_skip(struct kith_buf *out, const struct kith_git_file *f)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_SKIP);

	kith_frame_put_u32(out, f->id);
	kith_frame_put_bytes(out, f->path);
	kith_frame_put_u8(out, (uint8_t)f->why);
	kith_frame_end(out, mark);
}

bool
kith_git_get_skip(struct kith_span payload, struct kith_git_file *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_file f = {.id = kith_cursor_u32(&c)};
	uint8_t why;

	f.path = kith_cursor_bytes(&c); /* any bytes: its name may be why */
	why = kith_cursor_u8(&c);
	if (!kith_cursor_end(&c) || !why || why >= KITH_GIT_SKIP_COUNT ||
	    f.path.len > KITH_MAX_PATH)
		return false;
	f.why = (enum kith_git_skip)why;
	*ret = f;
	return true;
}

void
kith_git_put_end(struct kith_buf *out, const struct kith_git_end *e)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_END);

	kith_frame_put_u32(out, e->id);
	kith_frame_put_u32(out, e->files);
	kith_frame_put_u32(out, e->skipped);
	kith_frame_put_u32(out, (uint32_t)-e->code);
	kith_frame_put_bytes(out, e->message);
	kith_frame_end(out, mark);
}

bool
kith_git_get_end(struct kith_span payload, struct kith_git_end *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_end e = {.id = kith_cursor_u32(&c)};
	bool ok;

	e.files = kith_cursor_u32(&c);
	e.skipped = kith_cursor_u32(&c);
	ok = get_code(&c, &e.code);
	e.message = kith_cursor_bytes(&c);
	if (!ok || !kith_cursor_end(&c))
		return false;
	*ret = e;
	return true;
}
