/* SPDX-License-Identifier: Apache-2.0 */
/* <cache>/activity/<slug>: lines of key, blank, values. What is not understood is as if not there.
 */
#include "app/activity.h"

#include "codec/base64.h"
#include "package/package.h"

#define ACTIVITY_MAX KITH_KIB(4)

static void
put_slug(struct kith_buf *out, const char *name, const char *version)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_KIB(2));
	kith_buf_printf(&b, "%s_%s_%s", name, version, KITH_CRATES_IO);
	kith_name_put_slug(out, kith_buf_span(&b));
}

static char *
path_in_cache(const struct kith_session *s, const char *folder, const char *name,
	      const char *version)
{
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, KITH_MAX_PATH);
	kith_buf_printf(&b, "%s/%s/", s->dirs.cache, folder);
	put_slug(&b, name, version);
	if (kith_buf_check(&b, NULL))
		return NULL;
	return (char *)kith_buf_take(&b, &(size_t){0});
}

char *
kith_app_copy_path(const struct kith_session *s, const char *name, const char *version)
{
	return path_in_cache(s, "src", name, version);
}

/* TIME DIGEST [VERSION DIGEST] */
static bool
take_values(struct kith_span values, struct kith_time *ret_time, struct kith_digest *ret_digest,
	    struct kith_span *ret_rest)
{
	struct kith_span time, digest;

	if (!kith_span_next(&values, ' ', &time) || !kith_span_next(&values, ' ', &digest) ||
	    !kith_time_parse(time, ret_time, NULL) ||
	    !kith_base64_decode_exact(digest, ret_digest->bytes, KITH_DIGEST_BYTES))
		return false;
	*ret_rest = values;
	return true;
}

static void
take_line(struct kith_app_activity *a, struct kith_span line)
{
	struct kith_app_activity x = *a;
	struct kith_span rest, base;

	if (kith_span_skip(&line, "opened ")) {
		if (take_values(line, &x.opened, &x.digest, &rest))
			*a = x;
		return;
	}
	if (!kith_span_skip(&line, "compared ") ||
	    !take_values(line, &x.compared, &x.compared_digest, &rest) ||
	    !kith_span_next(&rest, ' ', &base) || base.len >= sizeof(x.base) ||
	    !kith_base64_decode_exact(rest, x.base_digest.bytes, KITH_DIGEST_BYTES))
		return;
	memcpy(x.base, base.ptr, base.len);
	x.base[base.len] = '\0';
	*a = x;
}

int
kith_app_activity_get(const struct kith_session *s, const char *name, const char *version,
		      struct kith_app_activity *ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = path_in_cache(s, "activity", name, version);
	struct kith_app_activity a = {0};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span text, line;
	int r;

	kith_buf_init(&b, ACTIVITY_MAX);
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_read(path, &b, err);
	if (r == KITH_E_NOMEM)
		return r;
	text = r ? KITH_SPAN_NONE : kith_buf_span(&b);
	while (kith_span_next(&text, '\n', &line))
		take_line(&a, line);
	*ret = a;
	return KITH_OK;
}

static void
put_line(struct kith_buf *out, const char *key, struct kith_time t,
	 const struct kith_digest *digest)
{
	kith_buf_printf(out, "%s ", key);
	kith_time_put_rfc3339(out, t);
	kith_buf_put_char(out, ' ');
	kith_base64_put(out, digest->bytes, KITH_DIGEST_BYTES);
}

static int
write_activity(const struct kith_session *s, const char *name, const char *version,
	       const struct kith_app_activity *a, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = path_in_cache(s, "activity", name, version);
	KITH_AUTO_FREE char *folder = kith_fs_join(s->dirs.cache, "activity");
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, ACTIVITY_MAX);
	if (!path || !folder)
		return kith_fail_nomem(err);
	if (a->opened.sec) {
		put_line(&b, "opened", a->opened, &a->digest);
		kith_buf_put_char(&b, '\n');
	}
	if (a->compared.sec) {
		put_line(&b, "compared", a->compared, &a->compared_digest);
		kith_buf_printf(&b, " %s ", a->base);
		kith_base64_put(&b, a->base_digest.bytes, KITH_DIGEST_BYTES);
		kith_buf_put_char(&b, '\n');
	}
	r = kith_buf_check(&b, err);
	if (!r)
		r = kith_fs_mkdirs(folder, 0700, err);
	return r ? r : kith_fs_replace(path, kith_buf_span(&b), 0600, err);
}

int
kith_app_activity_opened(const struct kith_session *s, const char *name, const char *version,
			 const struct kith_digest *digest, struct kith_error *err)
{
	struct kith_app_activity a;
	int r = kith_app_activity_get(s, name, version, &a, err);

	if (r)
		return r;
	a.opened = s->now;
	a.digest = *digest;
	return write_activity(s, name, version, &a, err);
}

int
kith_app_activity_compared(const struct kith_session *s, const char *name, const char *version,
			   const struct kith_digest *digest, const char *base,
			   const struct kith_digest *base_digest, struct kith_error *err)
{
	struct kith_app_activity a;
	int r = kith_app_activity_get(s, name, version, &a, err);

	if (r)
		return r;
	a.compared = s->now;
	a.compared_digest = *digest;
	a.base_digest = *base_digest;
	snprintf(a.base, sizeof(a.base), "%s", base);
	return write_activity(s, name, version, &a, err);
}
