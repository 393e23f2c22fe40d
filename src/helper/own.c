/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding and strict decoding of kith-git's messages about own repositories and differences. */
#include "helper/own.h"

#define MAX_CONTEXT 1000

static bool
is_folder(struct kith_span path)
{
	return path.len > 1 && path.len < KITH_MAX_PATH && path.ptr[0] == '/' &&
	       !memchr(path.ptr, 0, path.len);
}

static bool
is_hex_or_none(struct kith_span s)
{
	return !s.len || kith_git_is_hex(s);
}

static bool
is_text(struct kith_span s)
{
	return s.len <= KITH_OWN_MAX_TEXT && !memchr(s.ptr ? s.ptr : (const uint8_t *)"", 0, s.len);
}

static bool
get_code(struct kith_cursor *c, int *ret)
{
	uint32_t code = kith_cursor_u32(c);

	if (code > (uint32_t)-KITH_E_INTERNAL)
		return false;
	*ret = -(int)code;
	return true;
}

size_t
kith_git_begin_own(struct kith_buf *out, const struct kith_git_own *o)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_OWN);

	kith_frame_put_u32(out, o->id);
	kith_frame_put_u8(out, (uint8_t)o->op);
	kith_frame_put_bytes(out, o->path);
	kith_frame_put_bytes(out, o->url);
	kith_frame_put_bytes(out, o->message);
	kith_frame_put_bytes(out, o->from);
	kith_frame_put_bytes(out, o->to);
	kith_frame_put_u64(out, (uint64_t)o->now);
	kith_frame_put_u32(out, (uint32_t)o->offset);
	kith_frame_put_u32(out, o->n_files);
	return mark;
}

void
kith_git_put_own_file(struct kith_buf *out, const struct kith_git_own_file *f)
{
	kith_frame_put_bytes(out, f->path);
	kith_frame_put_bytes(out, f->bytes);
}

bool
kith_git_get_own_file(struct kith_cursor *c, struct kith_git_own_file *ret)
{
	struct kith_git_own_file f;

	f.path = kith_cursor_bytes(c);
	f.bytes = kith_cursor_bytes(c);
	if (c->bad || !kith_git_is_path(f.path) || f.bytes.len > KITH_MAX_PROOF_FILE)
		return false;
	*ret = f;
	return true;
}

/* What each operation must have; nothing else is looked at. */
static bool
fits(const struct kith_git_own *o)
{
	if (!is_folder(o->path) || o->url.len > KITH_MAX_URL || !is_text(o->url) ||
	    !is_text(o->message) || !is_hex_or_none(o->from) || !is_hex_or_none(o->to))
		return false;
	if (o->now < 0 || o->offset < -1440 || o->offset > 1440 ||
	    o->n_files > KITH_OWN_MAX_FILES || (o->n_files && o->op != KITH_OWN_COMMIT))
		return false;
	switch (o->op) {
	case KITH_OWN_COMMIT:
		return o->n_files && o->message.len;
	case KITH_OWN_CLONE:
		return o->url.len != 0;
	case KITH_OWN_ADVANCE:
		return o->to.len != 0;
	case KITH_OWN_PUSH:
		return o->from.len != 0;
	case KITH_OWN_INIT:
	case KITH_OWN_SET_URL:
	case KITH_OWN_SYNC:
		return true;
	}
	return false;
}

bool
kith_git_get_own(struct kith_span payload, struct kith_git_own *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_own o = {.id = kith_cursor_u32(&c)};
	struct kith_git_own_file file;
	uint32_t i;

	o.op = (enum kith_git_own_op)kith_cursor_u8(&c);
	o.path = kith_cursor_bytes(&c);
	o.url = kith_cursor_bytes(&c);
	o.message = kith_cursor_bytes(&c);
	o.from = kith_cursor_bytes(&c);
	o.to = kith_cursor_bytes(&c);
	o.now = (int64_t)kith_cursor_u64(&c);
	o.offset = (int32_t)kith_cursor_u32(&c);
	o.n_files = kith_cursor_u32(&c);
	o.files = c;
	if (c.bad || !fits(&o))
		return false;
	for (i = 0; i < o.n_files; i++)
		if (!kith_git_get_own_file(&c, &file))
			return false;
	if (!kith_cursor_end(&c))
		return false;
	*ret = o;
	return true;
}

void
kith_git_put_owned(struct kith_buf *out, const struct kith_git_owned *o)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_OWNED);

	kith_frame_put_u32(out, o->id);
	kith_frame_put_u8(out, (uint8_t)o->outcome);
	kith_frame_put_bytes(out, o->head);
	kith_frame_put_bytes(out, o->remote);
	kith_frame_put_bytes(out, o->to);
	kith_frame_put_u32(out, o->ahead);
	kith_frame_put_u32(out, o->behind);
	kith_frame_put_bytes(out, o->url);
	kith_frame_put_bytes(out, o->branch);
	kith_frame_put_u32(out, (uint32_t)-o->code);
	kith_frame_put_bytes(out, o->message);
	kith_frame_put_bytes(out, o->hint);
	kith_frame_end(out, mark);
}

/* What the texts are and what the outcome says must fit. */
static bool
is_owned(const struct kith_git_owned *o)
{
	if (!is_hex_or_none(o->head) || !is_hex_or_none(o->remote) || !is_hex_or_none(o->to) ||
	    !is_text(o->url) || !is_text(o->branch) || !is_text(o->message) || !is_text(o->hint))
		return false;
	if ((o->outcome == KITH_OWN_FAILED) != (o->code != KITH_OK))
		return false;
	return (o->outcome != KITH_OWN_BEHIND && o->outcome != KITH_OWN_DIVERGED) ||
	       (o->to.len && o->remote.len);
}

bool
kith_git_get_owned(struct kith_span payload, struct kith_git_owned *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_owned o = {.id = kith_cursor_u32(&c)};
	uint8_t outcome = kith_cursor_u8(&c);
	bool ok;

	o.head = kith_cursor_bytes(&c);
	o.remote = kith_cursor_bytes(&c);
	o.to = kith_cursor_bytes(&c);
	o.ahead = kith_cursor_u32(&c);
	o.behind = kith_cursor_u32(&c);
	o.url = kith_cursor_bytes(&c);
	o.branch = kith_cursor_bytes(&c);
	ok = get_code(&c, &o.code);
	o.message = kith_cursor_bytes(&c);
	o.hint = kith_cursor_bytes(&c);
	if (!ok || !kith_cursor_end(&c) || outcome >= KITH_OWN_OUTCOMES)
		return false;
	o.outcome = (enum kith_git_own_outcome)outcome;
	if (!is_owned(&o))
		return false;
	*ret = o;
	return true;
}

/* --- differences --- */

size_t
kith_git_begin_diff(struct kith_buf *out, uint32_t context, uint32_t count)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_DIFF);

	kith_frame_put_u32(out, context);
	kith_frame_put_u32(out, count);
	return mark;
}

void
kith_git_put_pair(struct kith_buf *out, const struct kith_git_pair *p)
{
	kith_frame_put_u32(out, p->id);
	kith_frame_put_bytes(out, p->old_bytes);
	kith_frame_put_bytes(out, p->new_bytes);
}

bool
kith_git_get_diff(struct kith_cursor *c, uint32_t *ret_context, uint32_t *ret_count)
{
	uint32_t context = kith_cursor_u32(c), count = kith_cursor_u32(c);

	/* each takes twelve bytes at least, so a lie about their number is seen at once */
	if (c->bad || context > MAX_CONTEXT || count > KITH_DIFF_MAX_PAIRS ||
	    count > c->rest.len / 12)
		return false;
	*ret_context = context;
	*ret_count = count;
	return true;
}

bool
kith_git_get_pair(struct kith_cursor *c, struct kith_git_pair *ret)
{
	struct kith_git_pair p = {.id = kith_cursor_u32(c)};

	p.old_bytes = kith_cursor_bytes(c);
	p.new_bytes = kith_cursor_bytes(c);
	if (c->bad)
		return false;
	*ret = p;
	return true;
}

void
kith_git_put_diffed(struct kith_buf *out, const struct kith_git_diffed *d)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_DIFFED);

	kith_frame_put_u32(out, d->id);
	kith_frame_put_u8(out, d->binary);
	kith_frame_put_u32(out, d->added);
	kith_frame_put_u32(out, d->removed);
	kith_frame_put_bytes(out, d->hunks);
	kith_frame_put_u32(out, (uint32_t)-d->code);
	kith_frame_end(out, mark);
}

bool
kith_git_get_diffed(struct kith_span payload, struct kith_git_diffed *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_diffed d = {.id = kith_cursor_u32(&c)};
	uint8_t binary = kith_cursor_u8(&c);
	bool ok;

	d.added = kith_cursor_u32(&c);
	d.removed = kith_cursor_u32(&c);
	d.hunks = kith_cursor_bytes(&c);
	ok = get_code(&c, &d.code);
	if (!ok || !kith_cursor_end(&c) || binary > 1 || (d.hunks.len && (binary || d.code)))
		return false;
	d.binary = binary;
	*ret = d;
	return true;
}
