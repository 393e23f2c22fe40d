/* SPDX-License-Identifier: Apache-2.0 */
/* What a user names as a source, and the name of its mirror. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/crypto.h"
#include "helper/url.h"
#include "store/store.h"
#include "store/unzip.h"

#define SLUG_CHARS 48
#define NAME_CHARS 16
#define SLUG_HASH  16

void
kith_source_clear(struct kith_source *s)
{
	free(s->location);
	free(s->slug);
	free(s->inside);
	free(s->carrier);
	memset(s, 0, sizeof(*s));
}

static void
put_slug(struct kith_buf *out, struct kith_span name, size_t chars, struct kith_span hashed)
{
	struct kith_digest d;
	size_t i, pos = 0;
	uint32_t c;

	/* characters, not bytes */
	for (i = 0; i < chars && kith_utf8_next(name, &pos, &c); i++) {
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z') || c == '-' || c == '_';

		kith_buf_put_char(out, plain ? (char)c : '_');
	}
	kith_blake2b(hashed, &d);
	kith_buf_put_char(out, '-');
	kith_base64_put(out, d.bytes, SLUG_HASH);
}

void
kith_url_put_slug(struct kith_buf *out, struct kith_span url)
{
	struct kith_span t = kith_span_trim_unicode(url), p = t;

	if (!kith_span_skip(&p, "http://"))
		kith_span_skip(&p, "https://");
	put_slug(out, p, SLUG_CHARS, t);
}

void
kith_name_put_slug(struct kith_buf *out, struct kith_span name)
{
	put_slug(out, name, NAME_CHARS, name);
}

/* Of a place on this disk: its last name for people, its whole path for the machine. */
static void
put_path_slug(struct kith_buf *out, const char *path)
{
	const char *slash = strrchr(path, '/');

	put_slug(out, kith_span_str(slash && slash[1] ? slash + 1 : "root"), SLUG_CHARS,
		 kith_span_str(path));
}

static const char *const evidence_names[KITH_SOURCE_KINDS] = {
    [KITH_SOURCE_CREV] = "crev",
    [KITH_SOURCE_VET] = "vet",
    [KITH_SOURCE_RUSTSEC] = "rustsec",
    [KITH_SOURCE_OSV] = "osv",
};

const char *
kith_source_kind_name(enum kith_source_kind k)
{
	return (unsigned)k < KITH_SOURCE_KINDS ? evidence_names[k] : "unknown";
}

bool
kith_source_kind_find(struct kith_span word, enum kith_source_kind *ret_kind)
{
	unsigned k;

	for (k = 0; k < KITH_SOURCE_KINDS; k++) {
		if (kith_span_is(word, evidence_names[k])) {
			*ret_kind = (enum kith_source_kind)k;
			return true;
		}
	}
	return false;
}

/* The mirror's name: of proofs as ever; of the rest one for each kind and place inside. */
static void
put_source_slug(struct kith_buf *out, const struct kith_source *s)
{
	KITH_AUTO_BUF struct kith_buf hashed;
	struct kith_span text = kith_span_str(s->location);

	kith_buf_init(&hashed, 2 * KITH_MAX_PATH + KITH_MAX_URL);
	if (s->evidence != KITH_SOURCE_CREV)
		kith_buf_printf(out, "%s-", kith_source_kind_name(s->evidence));
	if (!s->inside) {
		if (kith_git_is_remote(s->kind))
			kith_url_put_slug(out, text);
		else
			put_path_slug(out, s->location);
		return;
	}
	kith_buf_printf(&hashed, "%s\n%s", s->location, s->inside);
	if (!kith_span_skip(&text, "https://"))
		kith_span_skip(&text, "http://");
	put_slug(out, text, SLUG_CHARS, kith_buf_span(&hashed));
	if (hashed.failed)
		out->failed = hashed.failed;
}

static bool
is_one_file(const struct kith_source *s)
{
	return s->kind == KITH_GIT_PLAIN || s->kind == KITH_GIT_GET;
}

const char *
kith_source_names(const struct kith_source *s)
{
	switch (s->evidence) {
	case KITH_SOURCE_VET:
		/* a file of any name may be a set, if it is named by itself */
		return is_one_file(s) || s->inside ? "*.toml *.lock" : "audits.toml imports.lock";
	case KITH_SOURCE_RUSTSEC:
		return "*.md";
	case KITH_SOURCE_OSV:
		return "*.json";
	case KITH_SOURCE_CREV:
	default:
		return "";
	}
}

/* What a store of cargo-vet has for others; of a repository at its root or where the tool puts it.
 */
static bool
is_store_file(const struct kith_source *s, struct kith_span path)
{
	if (!s->inside &&
	    (s->kind == KITH_GIT_URL || s->kind == KITH_GIT_REPO || s->kind == KITH_GIT_BUNDLE))
		kith_span_skip(&path, "supply-chain/");
	return kith_span_is(path, "audits.toml") || kith_span_is(path, "imports.lock");
}

bool
kith_source_has(const struct kith_source *s, struct kith_span path)
{
	if (s->inside) {
		if (!kith_span_skip(&path, s->inside))
			return false;
		if (!path.len)
			return true;
		if (!kith_span_skip(&path, "/"))
			return false;
	}
	return s->evidence != KITH_SOURCE_VET || is_one_file(s) || is_store_file(s, path);
}

static bool
has(const char *dir, const char *name)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return kith_fs_exists(path);
}

static bool
is_bundle(const char *path)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	static const char magic[] = "# v";
	char head[sizeof(magic) - 1];

	return fd >= 0 && read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	       memcmp(head, magic, sizeof(head)) == 0;
}

static int
classify(const char *path, enum kith_source_kind evidence, enum kith_git_kind *ret_kind,
	 struct kith_error *err)
{
	char dotgit[PATH_MAX + 16];
	struct stat st;

	snprintf(dotgit, sizeof(dotgit), "%s/.git", path);
	if (stat(path, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (S_ISREG(st.st_mode)) {
		*ret_kind = evidence == KITH_SOURCE_CREV || is_bundle(path) ? KITH_GIT_BUNDLE
									    : KITH_GIT_PLAIN;
		return KITH_OK;
	}
	if (!S_ISDIR(st.st_mode))
		return kith_fail(err, KITH_E_USAGE,
				 "%s: neither a repository, a bundle nor a folder", path);
	if (kith_fs_exists(dotgit) && !kith_fs_is_dir(dotgit))
		return kith_fail(err, KITH_E_USAGE,
				 "%s: a linked work tree; name the repository it belongs to", path);
	*ret_kind = kith_fs_is_dir(dotgit) ||
			    (has(path, "HEAD") && has(path, "objects") && has(path, "refs"))
			? KITH_GIT_REPO
			: KITH_GIT_FOLDER;
	return KITH_OK;
}

static int
resolve_path(const char *text, struct kith_source *s, struct kith_error *err)
{
	char real[PATH_MAX];
	size_t i;

	if (!realpath(text, real)) {
		if (errno == ENOENT || errno == ENOTDIR)
			return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file or folder", text);
		return kith_fail_errno(err, errno, "%s", text);
	}
	for (i = 0; real[i]; i++)
		if ((unsigned char)real[i] < 0x20 || real[i] == 0x7f)
			return kith_fail(err, KITH_E_USAGE, "%s: control characters in its path",
					 text);
	s->location = kith_strndup(real, strlen(real));
	if (!s->location)
		return kith_fail_nomem(err);
	return classify(real, s->evidence, &s->kind, err);
}

/* file:///path; one with a host or escapes means something else to everybody. */
static int
resolve_file_url(const char *text, struct kith_span path, struct kith_source *s,
		 struct kith_error *err)
{
	KITH_AUTO_FREE char *plain = kith_strndup(path.ptr, path.len);

	if (!plain)
		return kith_fail_nomem(err);
	if (plain[0] != '/' || strpbrk(plain, "%?#"))
		return kith_hint(
		    err, kith_fail(err, KITH_E_USAGE, "%s: not a file URL that is clear", text),
		    "file:///PATH without escapes, or PATH");
	return resolve_path(plain, s, err);
}

/* A set or a record is a file, which many publish as one; proofs come in repositories only. */
static bool
is_get(const struct kith_source *s, bool inside, struct kith_span url)
{
	return s->evidence != KITH_SOURCE_CREV && !inside && kith_helper_url_is_file(url);
}

static int
resolve(const char *text, bool inside, struct kith_source *s, struct kith_error *err)
{
	struct kith_helper_url url;
	struct kith_span t = kith_span_str(text);
	int r;

	/* "host:path" is also a file's name; the file that is there wins */
	if (kith_span_skip(&t, "file://"))
		return resolve_file_url(text, t, s, err);
	if (!kith_helper_url_looks(t) || (!strstr(text, "://") && kith_fs_exists(text)))
		return resolve_path(text, s, err);
	s->kind = is_get(s, inside, t) ? KITH_GIT_GET : KITH_GIT_URL;
	r = s->kind == KITH_GIT_GET ? kith_helper_url_parse_file(t, &url, err)
				    : kith_helper_url_parse(t, &url, err);
	if (r)
		return r;
	s->location = kith_strndup(t.ptr, t.len);
	return s->location ? KITH_OK : kith_fail_nomem(err);
}

static int
set_inside(struct kith_source *s, const char *inside, struct kith_error *err)
{
	if (!kith_git_is_path(kith_span_str(inside)))
		return kith_fail(err, KITH_E_USAGE, "%s: not a path in a repository", inside);
	if (s->kind != KITH_GIT_URL && s->kind != KITH_GIT_REPO && s->kind != KITH_GIT_BUNDLE)
		return kith_fail(err, KITH_E_USAGE,
				 "%s: no repository, so it has no place '%s' inside", s->location,
				 inside);
	s->inside = kith_strndup(inside, strlen(inside));
	return s->inside ? KITH_OK : kith_fail_nomem(err);
}

/* What a file is called, without a query. */
static struct kith_span
url_path(const struct kith_source *s)
{
	struct kith_span l = kith_span_str(s->location);

	if (s->kind == KITH_GIT_GET)
		return kith_span_sub(l, 0, kith_span_find(l, 0, '?'));
	return s->kind == KITH_GIT_PLAIN ? l : KITH_SPAN_NONE;
}

int
kith_source_resolve_as(const char *text, enum kith_source_kind evidence, const char *inside,
		       struct kith_source *ret_source, struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source s = {.kind = KITH_GIT_URL, .evidence = evidence};
	KITH_AUTO_BUF struct kith_buf slug;
	size_t len;
	int r;

	kith_buf_init(&slug, 256);
	if (!*text)
		return kith_fail(err, KITH_E_USAGE, "an empty source");
	r = resolve(text, inside && *inside, &s, err);
	if (!r && inside && *inside)
		r = set_inside(&s, inside, err);
	if (!r && evidence != KITH_SOURCE_OSV && kith_store_is_zip(url_path(&s)))
		r = kith_fail(err, KITH_E_USAGE, "%s: only OSV records come in a zip archive",
			      text);
	if (r)
		return r;
	put_source_slug(&slug, &s);
	r = kith_buf_check(&slug, err);
	if (r)
		return r;
	s.slug = (char *)kith_buf_take(&slug, &len);
	if (!s.slug)
		return kith_fail_nomem(err);
	*ret_source = s;
	memset(&s, 0, sizeof(s));
	return KITH_OK;
}

int
kith_source_resolve(const char *text, struct kith_source *ret_source, struct kith_error *err)
{
	return kith_source_resolve_as(text, KITH_SOURCE_CREV, NULL, ret_source, err);
}
