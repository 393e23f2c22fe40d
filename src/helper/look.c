/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding and strict decoding of kith-git's messages about a project's repository. */
#include "helper/look.h"

static bool
is_folder(struct kith_span path)
{
	return path.len > 1 && path.len < KITH_MAX_PATH && path.ptr[0] == '/' &&
	       !memchr(path.ptr, 0, path.len);
}

/* Bytes that git allows in a branch's name, and what steps back from it. */
static bool
is_revision_byte(uint8_t c)
{
	return c > ' ' && c != 0x7f && !strchr(":?*[\\{}\"'`$<>|;&()!#", c);
}

bool
kith_git_is_revision(struct kith_span s)
{
	size_t i;

	if (!s.len || s.len > KITH_LOOK_MAX_REVISION || !kith_utf8_valid(s) || s.ptr[0] == '-' ||
	    s.ptr[0] == '/' || s.ptr[0] == '.' || s.ptr[0] == '^' || s.ptr[0] == '~')
		return false;
	for (i = 0; i < s.len; i++)
		if (!is_revision_byte(s.ptr[i]) || (i && s.ptr[i] == '.' && s.ptr[i - 1] == '.'))
			return false;
	return true;
}

size_t
kith_git_begin_look(struct kith_buf *out, const struct kith_git_look *o)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_LOOK);

	kith_frame_put_u32(out, o->id);
	kith_frame_put_u8(out, (uint8_t)o->op);
	kith_frame_put_bytes(out, o->git_dir);
	kith_frame_put_bytes(out, o->common_dir);
	kith_frame_put_bytes(out, o->revision);
	kith_frame_put_u8(out, o->base);
	kith_frame_put_u32(out, o->n_paths);
	return mark;
}

void
kith_git_put_look_path(struct kith_buf *out, struct kith_span path)
{
	kith_frame_put_bytes(out, path);
}

bool
kith_git_get_look_path(struct kith_cursor *c, struct kith_span *ret)
{
	struct kith_span path = kith_cursor_bytes(c);

	if (c->bad || !kith_git_is_path(path))
		return false;
	*ret = path;
	return true;
}

/* What each operation must have. */
static bool
fits(const struct kith_git_look *o)
{
	if (!is_folder(o->git_dir) || !is_folder(o->common_dir) || o->n_paths > KITH_LOOK_MAX_PATHS)
		return false;
	switch (o->op) {
	case KITH_LOOK_REVISION:
		return kith_git_is_revision(o->revision) && !o->n_paths;
	case KITH_LOOK_KEPT:
		return is_folder(o->revision) && !o->base;
	case KITH_LOOK_FILES:
		return kith_git_is_hex(o->revision) && !o->base;
	}
	return false;
}

bool
kith_git_get_look(struct kith_span payload, struct kith_git_look *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_look o = {.id = kith_cursor_u32(&c)};
	struct kith_span path;
	uint8_t base;
	uint32_t i;

	o.op = (enum kith_look_op)kith_cursor_u8(&c);
	o.git_dir = kith_cursor_bytes(&c);
	o.common_dir = kith_cursor_bytes(&c);
	o.revision = kith_cursor_bytes(&c);
	base = kith_cursor_u8(&c);
	o.base = base != 0;
	o.n_paths = kith_cursor_u32(&c);
	o.paths = c;
	if (c.bad || base > 1 || !fits(&o))
		return false;
	for (i = 0; i < o.n_paths; i++)
		if (!kith_git_get_look_path(&c, &path))
			return false;
	if (!kith_cursor_end(&c))
		return false;
	*ret = o;
	return true;
}

void
kith_git_put_looked(struct kith_buf *out, const struct kith_git_looked *o)
{
	size_t mark = kith_frame_begin(out, KITH_GIT_LOOKED);

	kith_frame_put_u32(out, o->id);
	kith_frame_put_bytes(out, o->commit);
	kith_frame_put_bytes(out, o->base);
	kith_frame_put_u8(out, o->shallow);
	kith_frame_put_u32(out, (uint32_t)-o->code);
	kith_frame_put_bytes(out, o->message);
	kith_frame_end(out, mark);
}

bool
kith_git_get_looked(struct kith_span payload, struct kith_git_looked *ret)
{
	struct kith_cursor c = kith_cursor(payload);
	struct kith_git_looked o = {.id = kith_cursor_u32(&c)};
	uint8_t shallow;
	uint32_t code;

	o.commit = kith_cursor_bytes(&c);
	o.base = kith_cursor_bytes(&c);
	shallow = kith_cursor_u8(&c);
	code = kith_cursor_u32(&c);
	o.message = kith_cursor_bytes(&c);
	if (!kith_cursor_end(&c) || shallow > 1 || code > (uint32_t)-KITH_E_INTERNAL ||
	    (o.commit.len && !kith_git_is_hex(o.commit)) ||
	    (o.base.len && !kith_git_is_hex(o.base)))
		return false;
	o.shallow = shallow != 0;
	o.code = -(int)code;
	if (!o.code && !o.commit.len)
		return false;
	*ret = o;
	return true;
}
