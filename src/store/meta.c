/* SPDX-License-Identifier: Apache-2.0 */
/* The text file beside a mirror. */
#include "store/meta.h"

#define HEADER   "kith-source 1"
#define MAX_META KITH_KIB(16)

#define FIRST_RETRY_S ((int64_t)900)
#define MAX_RETRY_S   ((int64_t)86400)

static const char *const kind_names[] = {
    [KITH_GIT_URL] = "url",       [KITH_GIT_BUNDLE] = "bundle", [KITH_GIT_REPO] = "repository",
    [KITH_GIT_FOLDER] = "folder", [KITH_GIT_PLAIN] = "file",    [KITH_GIT_GET] = "get",
};

static const char *const class_names[] = {
    [KITH_SOURCE_USER] = "user",       [KITH_SOURCE_PROJECT] = "project",
    [KITH_SOURCE_WALKED] = "walked",   [KITH_SOURCE_REMOVED] = "removed",
    [KITH_SOURCE_STARTER] = "starter", [KITH_SOURCE_CARRIED] = "carried",
};

const char *
kith_source_class_name(enum kith_source_class c)
{
	return (unsigned)c < KITH_SOURCE_CLASSES ? class_names[c] : "unknown";
}

void
kith_mirror_clear(struct kith_mirror *m)
{
	kith_source_clear(&m->source);
	free(m->path);
	free(m->error);
	memset(m, 0, sizeof(*m));
}

static int
set_string(char **field, struct kith_span value, struct kith_error *err)
{
	char *copy = kith_strndup(value.ptr, value.len);

	if (!copy)
		return kith_fail_nomem(err);
	free(*field);
	*field = copy;
	return KITH_OK;
}

static int
bad_value(struct kith_span key, struct kith_error *err)
{
	return kith_fail(err, KITH_E_FORMAT, "wrong value of '%.*s'", KITH_SPAN_FMT(key));
}

static int
set_kind(struct kith_mirror *m, struct kith_span key, struct kith_span value,
	 struct kith_error *err)
{
	unsigned k;

	for (k = KITH_GIT_URL; k <= KITH_GIT_GET; k++) {
		if (kith_span_is(value, kind_names[k])) {
			m->source.kind = (enum kith_git_kind)k;
			return KITH_OK;
		}
	}
	return bad_value(key, err);
}

static int
set_class(struct kith_mirror *m, struct kith_span key, struct kith_span value,
	  struct kith_error *err)
{
	unsigned c;

	for (c = 0; c < KITH_SOURCE_CLASSES; c++) {
		if (kith_span_is(value, class_names[c])) {
			m->source.class = (enum kith_source_class)c;
			return KITH_OK;
		}
	}
	return bad_value(key, err);
}

static int
set_time(int64_t *field, struct kith_span key, struct kith_span value, struct kith_error *err)
{
	uint64_t v;

	if (!kith_span_u64(value, &v) || v > INT64_MAX / 2) /* there is room to add to it */
		return bad_value(key, err);
	*field = (int64_t)v;
	return KITH_OK;
}

static int
set_failures(struct kith_mirror *m, struct kith_span key, struct kith_span value,
	     struct kith_error *err)
{
	uint64_t v;

	if (!kith_span_u64(value, &v) || v > UINT32_MAX)
		return bad_value(key, err);
	m->failures = (uint32_t)v;
	return KITH_OK;
}

static int
set_value(struct kith_mirror *m, struct kith_span key, struct kith_span value,
	  struct kith_error *err)
{
	if (kith_span_is(key, "kind"))
		return set_kind(m, key, value, err);
	if (kith_span_is(key, "evidence"))
		return kith_source_kind_find(value, &m->source.evidence) ? KITH_OK
									 : bad_value(key, err);
	if (kith_span_is(key, "inside"))
		return set_string(&m->source.inside, value, err);
	if (kith_span_is(key, "class"))
		return set_class(m, key, value, err);
	if (kith_span_is(key, "location"))
		return set_string(&m->source.location, value, err);
	if (kith_span_is(key, "error"))
		return set_string(&m->error, value, err);
	if (kith_span_is(key, "failures"))
		return set_failures(m, key, value, err);
	if (kith_span_is(key, "success"))
		return set_time(&m->success, key, value, err);
	if (kith_span_is(key, "not-before"))
		return set_time(&m->not_before, key, value, err);
	if (kith_span_is(key, "attempt"))
		return set_time(&m->attempt, key, value, err);
	if (kith_span_is(key, "head")) {
		if (!kith_git_is_hex(value))
			return bad_value(key, err);
		memcpy(m->head, value.ptr, KITH_GIT_HEX);
		m->head[KITH_GIT_HEX] = '\0';
	}
	return KITH_OK;
}

int
kith_meta_parse(struct kith_span text, struct kith_mirror *m, struct kith_error *err)
{
	struct kith_span line, key;
	size_t blank;
	int r = KITH_OK;

	if (text.len && memchr(text.ptr, 0, text.len))
		return kith_fail(err, KITH_E_FORMAT, "a NUL in it");
	if (!kith_span_next(&text, '\n', &line) || !kith_span_is(line, HEADER))
		return kith_fail(err, KITH_E_FORMAT, "it does not begin with '%s'", HEADER);
	while (!r && kith_span_next(&text, '\n', &line)) {
		blank = kith_span_find(line, 0, ' ');
		key = kith_span_sub(line, 0, blank);
		r = set_value(m, key, kith_span_sub(line, blank + 1, SIZE_MAX), err);
	}
	if (!r && (!m->source.kind || !m->source.location || !m->source.location[0]))
		r = kith_fail(err, KITH_E_FORMAT, "it does not say of what it is a mirror");
	return r;
}

static void
put_line(struct kith_buf *out, const char *key, const char *value)
{
	if (value && *value)
		kith_buf_printf(out, "%s %s\n", key, value);
}

void
kith_meta_put(struct kith_buf *out, const struct kith_mirror *m)
{
	kith_buf_put_str(out, HEADER "\n");
	put_line(out, "kind", kind_names[m->source.kind]);
	put_line(out, "location", m->source.location);
	if (m->source.evidence != KITH_SOURCE_CREV) /* older versions know no other */
		put_line(out, "evidence", kith_source_kind_name(m->source.evidence));
	put_line(out, "inside", m->source.inside);
	if (m->source.class != KITH_SOURCE_USER)
		put_line(out, "class", class_names[m->source.class]);
	put_line(out, "head", m->head);
	if (m->success)
		kith_buf_printf(out, "success %lld\n", (long long)m->success);
	if (m->attempt)
		kith_buf_printf(out, "attempt %lld\n", (long long)m->attempt);
	put_line(out, "error", m->error);
	if (m->failures)
		kith_buf_printf(out, "failures %u\n", m->failures);
	if (m->not_before)
		kith_buf_printf(out, "not-before %lld\n", (long long)m->not_before);
}

int64_t
kith_store_retry_at(const struct kith_mirror *m)
{
	unsigned doublings = m->failures > 8 ? 8 : m->failures ? m->failures - 1 : 0;
	int64_t wait = FIRST_RETRY_S << doublings, at;

	if (!m->failures)
		return 0;
	at = m->attempt + (wait < MAX_RETRY_S ? wait : MAX_RETRY_S);
	/* what was read from a file may be any number */
	if (m->not_before > at && m->not_before - m->attempt <= (int64_t)KITH_MAX_RETRY_AFTER)
		at = m->not_before;
	return at;
}

char *
kith_meta_folder(const struct kith_dirs *dirs)
{
	return kith_fs_join(dirs->data, "mirrors");
}

char *
kith_meta_path(const struct kith_dirs *dirs, const char *slug, const char *suffix)
{
	return kith_asprintf("%s/mirrors/%s%s", dirs->data, slug, suffix);
}

int
kith_meta_read(const struct kith_dirs *dirs, const char *slug, struct kith_mirror *m,
	       struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_meta_path(dirs, slug, ".source");
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, MAX_META);
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_read(path, &b, err);
	if (r)
		return r;
	r = kith_meta_parse(kith_buf_span(&b), m, err);
	return r ? kith_context(err, r, "%s", path) : KITH_OK;
}

int
kith_meta_write(const struct kith_dirs *dirs, const struct kith_mirror *m, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_meta_path(dirs, m->source.slug, ".source");
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, MAX_META);
	if (!path)
		return kith_fail_nomem(err);
	kith_meta_put(&b, m);
	r = kith_buf_check(&b, err);
	return r ? r : kith_fs_replace(path, kith_buf_span(&b), 0600, err);
}

int
kith_store_set_class(const struct kith_dirs *dirs, const char *slug, enum kith_source_class class,
		     struct kith_error *err)
{
	KITH_CLEANUP(kith_mirror_clear) struct kith_mirror m = {.own = false};
	int r = kith_meta_read(dirs, slug, &m, err);

	if (r || m.source.class == class)
		return r;
	if (m.source.class == KITH_SOURCE_CARRIED) /* nothing makes a proof of its URL of it */
		return kith_fail(err, KITH_E_USAGE,
				 "%s: carried here, never fetched: there is nothing to end",
				 m.source.location);
	m.source.class = class;
	m.source.slug = kith_strndup(slug, strlen(slug));
	return m.source.slug ? kith_meta_write(dirs, &m, err) : kith_fail_nomem(err);
}
