/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file over https, by one bounded request: each new content becomes a commit of the mirror, so
 * that a set that is rewritten is seen as one. What the server calls this content is kept beside
 * it; asked with that, an unchanged file costs an answer without a body.
 */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include "helpers/git/job.h"
#include "helpers/git/web.h"

#define VALIDATORS     "validators" /* in the mirror's folder */
#define HEADER         "kith-get 1\n"
#define MAX_VALIDATORS KITH_KIB(4)
#define MAX_VALUE      1000

struct get {
	struct import *im;
	struct web web;
	CURL *easy;
	struct curl_slist *headers;
	char *url;          /* after redirects */
	const char *astray; /* why a redirect was not followed; NULL: there was none */
	char *old_path;     /* the archive of a fetch that did not end */
	char etag[MAX_VALUE + 1], modified[MAX_VALUE + 1];
	bool base64;  /* what is sent is the file in base64 */
	bool archive; /* it goes to a file */
	int fd;
	uint64_t received, max;
	struct kith_buf body;
	size_t header_bytes;
	char error[CURL_ERROR_SIZE];
};

static int
stop(struct get *g, enum kith_code code, const char *why)
{
	if (!g->im->why.code)
		kith_fail(&g->im->why, code, "%s", why);
	return g->im->why.code;
}

static char *
mirror_file(const struct get *g, const char *name)
{
	struct kith_span m = g->im->request->mirror;

	return kith_asprintf("%.*s/%s", (int)m.len, (const char *)m.ptr, name);
}

/* --- what the server calls a content --- */

/* A stranger's words: sent back as they are, so nothing that could end a line. */
static bool
is_value(struct kith_span v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (v.ptr[i] < ' ' || v.ptr[i] > '~')
			return false;
	return v.len && v.len <= MAX_VALUE;
}

static bool
add_condition(struct get *g, const char *name, struct kith_span value)
{
	KITH_AUTO_FREE char *line = NULL;
	struct curl_slist *more;

	if (!is_value(value))
		return true;
	line = kith_asprintf("%s: %.*s", name, KITH_SPAN_FMT(value));
	more = line ? curl_slist_append(g->headers, line) : NULL;
	if (more)
		g->headers = more;
	return more != NULL;
}

/* Whether the note is about what is in force: a kill may have come between. */
static bool
is_current(const struct get *g, struct kith_span head)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;

	if (kith_fs_exists(g->old_path) || !mirror_head(g->im->repo, &id))
		return false;
	git_oid_tostr(hex, sizeof(hex), &id);
	return g->archive || kith_span_is(head, hex);
}

/* Asks for an answer only if it is another content than the one that is here. */
static int
set_conditions(struct get *g)
{
	KITH_AUTO_FREE char *path = mirror_file(g, VALIDATORS);
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span text, line, head = KITH_SPAN_NONE;
	struct kith_span etag = KITH_SPAN_NONE, modified = KITH_SPAN_NONE;

	kith_buf_init(&b, MAX_VALIDATORS);
	if (!path)
		return stop(g, KITH_E_NOMEM, "out of memory");
	if (kith_fs_read(path, &b, NULL))
		return KITH_OK;
	text = kith_buf_span(&b);
	if (!kith_span_skip(&text, HEADER))
		return KITH_OK;
	while (kith_span_next(&text, '\n', &line)) {
		if (kith_span_skip(&line, "head "))
			head = line;
		else if (kith_span_skip(&line, "etag "))
			etag = line;
		else if (kith_span_skip(&line, "modified "))
			modified = line;
	}
	if (!is_current(g, head))
		return KITH_OK;
	if (!add_condition(g, "If-None-Match", etag) ||
	    !add_condition(g, "If-Modified-Since", etag.len ? KITH_SPAN_NONE : modified))
		return stop(g, KITH_E_NOMEM, "out of memory");
	return KITH_OK;
}

static void
note_validators(struct get *g)
{
	struct kith_buf *b = &g->im->validators;

	kith_buf_printf(b, "bytes %llu\n", (unsigned long long)g->received);
	if (is_value(kith_span_str(g->etag)))
		kith_buf_printf(b, "etag %s\n", g->etag);
	if (is_value(kith_span_str(g->modified)))
		kith_buf_printf(b, "modified %s\n", g->modified);
}

/* A lost note costs one transfer; nothing is told about it. */
void
get_remember(struct import *im, const git_oid *head)
{
	KITH_AUTO_FREE char *path = kith_asprintf("%.*s/" VALIDATORS, (int)im->request->mirror.len,
						  (const char *)im->request->mirror.ptr);
	KITH_AUTO_BUF struct kith_buf b;
	char hex[GIT_OID_HEXSZ + 1] = "-";

	kith_buf_init(&b, MAX_VALIDATORS);
	if (!path || !im->validators.len) /* nothing came: the old note holds */
		return;
	if (head)
		git_oid_tostr(hex, sizeof(hex), head);
	kith_buf_printf(&b, HEADER "head %s\n", hex);
	kith_buf_put_span(&b, kith_buf_span(&im->validators));
	if (b.failed || kith_fs_replace(path, kith_buf_span(&b), 0600, NULL))
		unlink(path);
}

/* --- the transfer --- */

static void
take_value(struct kith_span line, const char *name, char out[MAX_VALUE + 1])
{
	size_t len = strlen(name);
	struct kith_span v;

	if (line.len <= len || strncasecmp((const char *)line.ptr, name, len) != 0)
		return;
	v = kith_span_trim(kith_span_sub(line, len, SIZE_MAX));
	out[0] = '\0';
	if (v.len > MAX_VALUE || memchr(v.ptr, 0, v.len))
		return;
	memcpy(out, v.ptr, v.len);
	out[v.len] = '\0';
}

static size_t
take_header(char *bytes, size_t size, size_t n, void *ctx)
{
	struct get *g = ctx;
	struct kith_span line = kith_span(bytes, size * n);
	char type[MAX_VALUE + 1] = "";

	g->header_bytes += line.len;
	if (g->header_bytes > WEB_MAX_HEADER_BYTES) {
		stop(g, KITH_E_LIMIT, "it sends endless headers");
		return 0;
	}
	take_value(line, "etag:", g->etag);
	take_value(line, "last-modified:", g->modified);
	take_value(line, "x-gitiles-object-type:", type);
	g->base64 |= type[0] != '\0';
	return size * n;
}

static size_t
take_body(char *bytes, size_t size, size_t n, void *ctx)
{
	struct get *g = ctx;
	long status = 0;

	n *= size;
	curl_easy_getinfo(g->easy, CURLINFO_RESPONSE_CODE, &status);
	g->received += n;
	if (g->received > g->max) {
		kith_fail(&g->im->why, KITH_E_LIMIT, "it sends more than %llu bytes",
			  (unsigned long long)g->max);
		return 0;
	}
	if (status != 200) /* an error's page is of no use */
		return n;
	if (g->archive)
		return kith_fs_write_full(g->fd, (const uint8_t *)bytes, n, &g->im->why) ? 0 : n;
	kith_buf_put(&g->body, bytes, n);
	return kith_buf_check(&g->body, &g->im->why) ? 0 : n;
}

static bool
set_options(struct get *g)
{
	CURL *c = g->easy;

	return web_set(&g->web, c, g->url) &&
	       curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)g->max) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTPHEADER, g->headers) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERDATA, g) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEDATA, g) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, g->error) == CURLE_OK;
}

static int
ask(struct get *g, long *ret_status)
{
	CURLcode rc;

	g->etag[0] = g->modified[0] = g->error[0] = '\0';
	g->base64 = false;
	if (!set_options(g))
		return stop(g, KITH_E_NET, "libcurl refuses an option");
	rc = curl_easy_perform(g->easy);
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return stop(g, KITH_E_NET, "it is too slow");
	if (rc == CURLE_FILESIZE_EXCEEDED && !g->im->why.code)
		return kith_fail(&g->im->why, KITH_E_LIMIT, "it sends more than %llu bytes",
				 (unsigned long long)g->max);
	if (rc == CURLE_PARTIAL_FILE)
		return stop(g, KITH_E_NET, "it ends before all of it was sent");
	if (rc != CURLE_OK)
		return stop(g, KITH_E_NET, g->error[0] ? g->error : curl_easy_strerror(rc));
	curl_easy_getinfo(g->easy, CURLINFO_RESPONSE_CODE, ret_status);
	return KITH_OK;
}

/* Only to another path on the same scheme, host and port. NULL: it is followed. */
static const char *
follow(struct get *g, const char *to)
{
	struct kith_helper_url a, b;

	if (kith_helper_url_parse_file(kith_span_str(g->url), &a, NULL) ||
	    kith_helper_url_parse_file(kith_span_str(to), &b, NULL))
		return "to another place";
	if (a.scheme == KITH_URL_HTTPS && b.scheme == KITH_URL_HTTP)
		return "from https to http";
	if (a.scheme != b.scheme || a.port != b.port || strcmp(a.host, b.host) != 0)
		return "to another place";
	free(g->url);
	g->url = kith_strndup(to, strlen(to));
	return g->url ? NULL : "to another place";
}

static bool
try_redirect(struct get *g, long status, unsigned *hops)
{
	KITH_AUTO_FREE char *copy = NULL;
	char *to = NULL;

	curl_easy_getinfo(g->easy, CURLINFO_REDIRECT_URL, &to);
	if (status / 100 != 3 || !to)
		return false;
	copy = kith_strndup(to, strlen(to));
	g->astray =
	    !copy || (*hops)++ >= g->im->request->max_redirects ? "too often" : follow(g, copy);
	return !g->astray;
}

/* True if there is a password to try; whether it was right is told to whoever gave it. */
static bool
try_password(struct get *g, long status)
{
	struct user_access *a = g->im->access;
	struct kith_helper_url u;

	if (!a || (status != 401 && status != 200) ||
	    kith_helper_url_parse_file(kith_span_str(g->url), &u, NULL) ||
	    kith_helper_url_is_plain(&u))
		return false;
	if (status == 401 && !a->user)
		return credential_fill(a, &u);
	if (a->asked && a->user)
		credential_report(a, &u, status == 200);
	return false;
}

static const char *
refuse_login(const struct get *g, long status)
{
	const struct user_access *a = g->im->access;

	if (a && status == 403)
		return "refuses";
	return a && a->asked && a->user ? "does not take the password" : "asks for a password";
}

static int
refuse_status(struct get *g, long status)
{
	char text[100];

	g->im->status = status;
	if (status == 429 || status == 503)
		web_take_retry_after(&g->web, g->easy);
	if (status == 401 || status == 403)
		snprintf(text, sizeof(text), "it %s (HTTP %ld)", refuse_login(g, status), status);
	else if (status == 404 || status == 410)
		snprintf(text, sizeof(text), "there is no such file (HTTP %ld)", status);
	else if (status == 304)
		snprintf(text, sizeof(text), "it says that nothing changed, and nothing is here");
	else if (status / 100 == 3)
		snprintf(text, sizeof(text), "it redirects %s (HTTP %ld)",
			 g->astray ? g->astray : "to another place", status);
	else if (g->im->retry_after_s)
		snprintf(text, sizeof(text), "the server answers HTTP %ld and asks to wait %u s",
			 status, g->im->retry_after_s);
	else
		snprintf(text, sizeof(text), "the server answers HTTP %ld", status);
	return stop(g, KITH_E_NET, text);
}

static int
transfer(struct get *g, long *ret_status)
{
	unsigned hops = 0;
	bool asked;
	long status;
	int r;

	for (;;) {
		status = 0;
		r = ask(g, &status);
		if (r)
			return r;
		asked = try_password(g, status);
		if (status == 200 || (status == 304 && g->headers)) {
			*ret_status = status;
			return KITH_OK;
		}
		if (!asked && !try_redirect(g, status, &hops))
			return refuse_status(g, status);
	}
}

/* --- what came --- */

static int
base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* In place: the ordinary alphabet, line ends between, '=' at the end. */
static int
decode_base64(struct get *g)
{
	uint8_t *p = g->body.ptr;
	size_t i, n = 0, digits = 0;
	uint32_t bits = 0;
	int v;

	for (i = 0; i < g->body.len && p[i] != '='; i++) {
		if (p[i] == '\n' || p[i] == '\r')
			continue;
		v = base64_value(p[i]);
		if (v < 0)
			return stop(g, KITH_E_FORMAT, "its base64 is damaged");
		bits = bits << 6 | (uint32_t)v;
		if (++digits % 4 != 1)
			p[n++] = (uint8_t)(bits >> ((4 - digits % 4) % 4 * 2));
	}
	g->body.len = n;
	return KITH_OK;
}

/* Login pages and error pages that call themselves 200. */
static bool
is_page(struct kith_span body)
{
	kith_span_skip(&body, "\xef\xbb\xbf");
	body = kith_span_trim(kith_span_sub(body, 0, 1000));
	return body.len && body.ptr[0] == '<';
}

/* The last name of the URL's path. */
static const char *
file_name(const struct get *g, char out[256])
{
	struct kith_helper_url u;
	size_t i;

	if (kith_helper_url_parse_file(g->im->request->location, &u, NULL))
		return "file";
	for (i = u.path.len; i && u.path.ptr[i - 1] != '/'; i--)
		;
	u.path = kith_span_sub(u.path, i, SIZE_MAX);
	if (!kith_git_is_name(u.path))
		return "file";
	memcpy(out, u.path.ptr, u.path.len);
	out[u.path.len] = '\0';
	return out;
}

static int
take_file(struct get *g, git_oid *ret_head, struct kith_error *err)
{
	char name[256];
	int r = g->base64 ? decode_base64(g) : KITH_OK;

	if (r)
		return r;
	if (!g->body.len)
		return stop(g, KITH_E_FORMAT, "it answers with nothing");
	if (is_page(kith_buf_span(&g->body)))
		return stop(g, KITH_E_FORMAT, "it answers with a web page");
	return import_bytes(g->im, file_name(g, name), kith_buf_span(&g->body), ret_head, err);
}

static int
take_archive(struct get *g, const char *temporary, bool *ret_archive, struct kith_error *err)
{
	static const uint8_t magic[4] = {'P', 'K', 3, 4};
	uint8_t head[4] = {0};

	if (pread(g->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    memcmp(head, magic, sizeof(magic)) != 0)
		return stop(g, KITH_E_FORMAT,
			    head[0] == '<' ? "it answers with a web page"
					   : "what it sends is no zip archive");
	if (rename(temporary, g->old_path) < 0)
		return kith_fail_errno(err, errno, "the archive cannot be kept");
	*ret_archive = true;
	return KITH_OK;
}

static int
run(struct get *g, const char *temporary, git_oid *ret_head, bool *ret_archive,
    struct kith_error *err)
{
	long status = 0;
	int r;

	if (g->archive)
		g->fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (g->archive && g->fd < 0)
		return kith_fail_errno(err, errno, "the archive cannot be kept");
	r = set_conditions(g);
	if (!r)
		r = transfer(g, &status);
	if (!r && status == 304) {
		if (!mirror_head(g->im->repo, ret_head))
			return stop(g, KITH_E_NET, "it says that nothing changed since never");
		return KITH_OK;
	}
	if (!r)
		r = g->archive ? take_archive(g, temporary, ret_archive, err)
			       : take_file(g, ret_head, err);
	if (!r)
		note_validators(g);
	return r;
}

static bool
is_zip(struct kith_span url)
{
	return kith_span_ends(kith_span_sub(url, 0, kith_span_find(url, 0, '?')),
			      KITH_SPAN_LIT(".zip"));
}

static void
get_clear(struct get *g)
{
	kith_closep(&g->fd);
	curl_easy_cleanup(g->easy);
	curl_slist_free_all(g->headers);
	web_clear(&g->web);
	kith_buf_clear(&g->body);
	free(g->old_path);
	free(g->url);
}

int
import_get(struct import *im, git_oid *ret_head, bool *ret_archive, struct kith_error *err)
{
	KITH_CLEANUP(get_clear) struct get g = {.im = im, .fd = -1};
	struct kith_span location = im->request->location;
	KITH_AUTO_FREE char *temporary = NULL;
	KITH_AUTO_FREE char *place = kith_strndup(location.ptr, kith_span_find(location, 0, '?'));
	struct kith_helper_url u;
	int r;

	r = kith_helper_url_parse_file(location, &u, err);
	if (r)
		return r;
	/* not only the caller's to see to: what others name goes no other way than this */
	if (!im->request->as_user && kith_helper_url_is_plain(&u))
		return kith_fail(err, KITH_E_USAGE, "others may name https URLs only");
	g.archive = is_zip(location);
	g.max = g.archive || im->request->max_bytes < KITH_MAX_PROOF_FILE ? im->request->max_bytes
									  : KITH_MAX_PROOF_FILE;
	kith_buf_init(&g.body, KITH_MAX_PROOF_FILE);
	kith_buf_init(&im->validators, MAX_VALIDATORS);
	g.url = kith_strndup(location.ptr, location.len);
	g.easy = curl_easy_init();
	g.old_path = mirror_file(&g, KITH_GIT_ARCHIVE_NAME);
	temporary = mirror_file(&g, "download.tmp");
	if (!place || !g.url || !g.easy || !g.old_path || !temporary)
		return kith_fail_nomem(err);
	r = web_init(&g.web, im, place) ? run(&g, temporary, ret_head, ret_archive, err)
					: im->why.code;
	im->bytes = g.received;
	if (g.archive)
		unlink(temporary);
	if (r && im->why.code)
		*err = im->why;
	return r;
}
