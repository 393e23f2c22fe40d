/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to files that decide and that a change under review could have written. */
#include "app/trusted.h"

#include "package/project.h"

int
kith_app_deciding_file(struct kith_session *s, const char *dir, const char *name, size_t max_bytes,
		       struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name);

	(void)s;
	kith_buf_init(out, max_bytes);
	return path ? kith_fs_read(path, out, err) : kith_fail_nomem(err);
}

int
kith_app_deciding_path(struct kith_session *s, const char *path, size_t max_bytes,
		       struct kith_buf *out, struct kith_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash && slash > path ? (size_t)(slash - path) : slash ? 1 : 0;
	KITH_AUTO_FREE char *dir = n ? kith_strndup(path, n) : kith_strndup(".", 1);

	kith_buf_init(out, max_bytes);
	if (!dir)
		return kith_fail_nomem(err);
	return kith_app_deciding_file(s, dir, slash ? slash + 1 : path, max_bytes, out, err);
}

int
kith_app_deciding_there(struct kith_session *s, const char *dir, const char *name, bool *ret_there,
			struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dir, name);

	(void)s;
	if (!path)
		return kith_fail_nomem(err);
	*ret_there = kith_fs_exists(path);
	return KITH_OK;
}

static int
read_in_tree(void *ctx, const char *path, struct kith_buf *out, struct kith_error *err)
{
	return kith_app_deciding_file(ctx, "", path, KITH_MAX_CONFIG, out, err);
}

void
kith_app_cargo_env(struct kith_session *s, struct kith_cargo_env *ret_env)
{
	*ret_env = (struct kith_cargo_env){
	    .home = s->home,
	    .cargo_home = s->cargo_home,
	    .read = read_in_tree,
	    .read_ctx = s,
	};
}
