/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the manifest and the lock of a scratch project, and running cargo in it. */
#include <stdlib.h>
#include <unistd.h>

#include "app/cargo_scratch.h"
#include "helper/run.h"

#define FOLDER    "packages"
#define ROOT      "kith-fetch"
#define SOURCE    "registry+https://github.com/rust-lang/crates.io-index"
#define TIMEOUT_S 900
#define ALONE_S   180
#define TEXT_MAX  KITH_MIB(32)

/* --- the folder --- */

static bool
is_below(const char *path, const char *root)
{
	size_t n = strlen(root);

	while (n && root[n - 1] == '/')
		n--;
	return strncmp(path, root, n) == 0 && (path[n] == '/' || !path[n]);
}

static int
check_place(const char *cache, const char *project_root, struct kith_error *err)
{
	KITH_AUTO_FREE char *real = realpath(cache, NULL);
	KITH_AUTO_FREE char *root = project_root ? realpath(project_root, NULL) : NULL;

	if (!real)
		return kith_fail(err, KITH_E_IO, "%s: cannot be looked at", cache);
	if (root && strcmp(root, "/") != 0 && is_below(real, root))
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "kith's cache lies inside the project: cargo would obey "
					   "the project's configuration there"),
				 "set KITH_HOME or XDG_CACHE_HOME to a place outside");
	return KITH_OK;
}

int
kith_cargo_scratch_init(struct kith_cargo_scratch *ret, struct kith_session *session,
			const char *project_root, size_t total, struct kith_error *err)
{
	struct kith_cargo_scratch *x = ret;
	KITH_AUTO_FREE char *lock = kith_fs_join(session->dirs.cache, FOLDER ".lock");
	int r;

	memset(x, 0, sizeof(*x));
	x->session = session;
	x->total = total;
	x->lock_fd = -1;
	x->folder = kith_fs_join(session->dirs.cache, FOLDER);
	if (session->cargo_home && *session->cargo_home)
		x->cargo_home = kith_asprintf("CARGO_HOME=%s", session->cargo_home);
	x->home = kith_asprintf("HOME=%s", session->home ? session->home : "/");
	if (!lock || !x->folder || !x->home ||
	    (session->cargo_home && *session->cargo_home && !x->cargo_home))
		return kith_fail_nomem(err);
	r = kith_fs_mkdirs(session->dirs.cache, 0700, err);
	if (!r)
		r = check_place(session->dirs.cache, project_root, err);
	return r ? r : kith_fs_lock(lock, true, &x->lock_fd, err);
}

void
kith_cargo_scratch_clear(struct kith_cargo_scratch *x)
{
	if (x->session && x->folder && x->lock_fd >= 0 && kith_fs_remove_tree(x->folder, NULL))
		kith_app_detail(x->session, "%s: left behind", x->folder);
	if (x->session)
		kith_closep(&x->lock_fd);
	free(x->folder);
	free(x->cargo_home);
	free(x->home);
	memset(x, 0, sizeof(*x));
}

/* --- its files --- */

/* Nothing else has a place in a quoted string of TOML, and no package has it in its name. */
static bool
is_plain(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    !memchr("-_.+", c, 4))
			return false;
	}
	return s.len != 0;
}

static bool
is_writable(const struct kith_package *p)
{
	return p->origin == KITH_ORIGIN_REGISTRY && !p->local && is_plain(p->name) &&
	       is_plain(p->version);
}

/* Without default features it needs no more than the project needs of it. */
static void
put_manifest(const struct kith_package *const *list, size_t n, struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, "[package]\nname = \"" ROOT "\"\nversion = \"0.0.0\"\n"
			      "edition = \"2018\"\npublish = false\n\n"
			      "[lib]\npath = \"lib.rs\"\n\n[workspace]\n\n[dependencies]\n");
	for (i = 0; i < n; i++) {
		/* requirements do not know what stands behind a '+' */
		struct kith_span v =
		    kith_span_sub(list[i]->version, 0, kith_span_find(list[i]->version, 0, '+'));

		kith_buf_printf(out,
				"p%zu = { package = \"%.*s\", version = \"=%.*s\", "
				"default-features = false }\n",
				i, KITH_SPAN_FMT(list[i]->name), KITH_SPAN_FMT(v));
	}
}

static void
put_id(const struct kith_package *p, struct kith_buf *out)
{
	kith_buf_printf(out, " \"%.*s %.*s (" SOURCE ")\",\n", KITH_SPAN_FMT(p->name),
			KITH_SPAN_FMT(p->version));
}

static void
put_locked(const struct kith_lock *lock, const struct kith_package *p, struct kith_buf *out)
{
	size_t i;

	kith_buf_printf(
	    out, "\n[[package]]\nname = \"%.*s\"\nversion = \"%.*s\"\nsource = \"" SOURCE "\"\n",
	    KITH_SPAN_FMT(p->name), KITH_SPAN_FMT(p->version));
	if (is_plain(p->checksum))
		kith_buf_printf(out, "checksum = \"%.*s\"\n", KITH_SPAN_FMT(p->checksum));
	kith_buf_put_str(out, "dependencies = [\n");
	for (i = 0; i < p->n_deps; i++)
		if (is_writable(&lock->packages[p->deps[i]]))
			put_id(&lock->packages[p->deps[i]], out);
	kith_buf_put_str(out, "]\n");
}

/* Cargo refuses an archive with another checksum, and chooses no other versions. */
static void
put_lock(const struct kith_lock *lock, const struct kith_package *const *list, size_t n,
	 struct kith_buf *out)
{
	size_t i;

	kith_buf_put_str(out, "version = 3\n\n[[package]]\nname = \"" ROOT
			      "\"\nversion = \"0.0.0\"\ndependencies = [\n");
	for (i = 0; i < n; i++)
		put_id(list[i], out);
	kith_buf_put_str(out, "]\n");
	for (i = 0; i < lock->count; i++)
		if (is_writable(&lock->packages[i]))
			put_locked(lock, &lock->packages[i], out);
}

static int
write_file(const struct kith_cargo_scratch *x, const char *name, struct kith_buf *text,
	   struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(x->folder, name);
	int r = kith_buf_check(text, err);

	if (!path)
		return kith_fail_nomem(err);
	if (!r)
		r = kith_fs_replace(path, kith_buf_span(text), 0600, err);
	kith_buf_reset(text);
	return r;
}

static int
make_project(struct kith_cargo_scratch *x, const struct kith_lock *lock,
	     const struct kith_package *const *list, size_t n, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, TEXT_MAX);
	r = kith_fs_remove_tree(x->folder, err);
	if (!r)
		r = kith_fs_mkdirs(x->folder, 0700, err);
	if (!r)
		r = write_file(x, "lib.rs", &b, err);
	put_manifest(list, n, &b);
	if (!r)
		r = write_file(x, "Cargo.toml", &b, err);
	if (r || !lock)
		return r;
	put_lock(lock, list, n, &b);
	return write_file(x, "Cargo.lock", &b, err);
}

/* --- cargo --- */

static void
keep(char *out, size_t size, struct kith_span words)
{
	kith_text_safe_array(out, size, kith_span_trim(words));
}

/* "error: WHAT", then perhaps "Caused by:" and, the last one nearest to the reason, causes. */
static void
take_line(void *ctx, struct kith_span line)
{
	struct kith_cargo_scratch *x = ctx;
	struct kith_span s = kith_span_trim(line);

	if (kith_span_skip(&s, "Downloaded ")) {
		if (x->done < x->total)
			x->done++;
		kith_app_progress(x->session, "getting package", x->done, x->total);
	} else if (kith_span_skip(&s, "error: ")) {
		keep(x->error, sizeof(x->error), s);
		x->in_cause = false;
	} else if (kith_span_is(s, "Caused by:")) {
		x->in_cause = true;
	} else if (x->in_cause && s.len) {
		keep(x->cause, sizeof(x->cause), s);
		x->in_cause = false;
	}
}

static int
run_cargo(struct kith_cargo_scratch *x, unsigned timeout_s, struct kith_error *err)
{
	static const char *const argv[] = {"cargo", "fetch", NULL};
	/* how this machine reaches the network, and where its toolchain is; nothing else */
	static const char *const env[] = {
	    "RUSTUP_HOME",   "USER",         "LOGNAME",       "TMPDIR",    "LANG",     "http_proxy",
	    "https_proxy",   "HTTP_PROXY",   "HTTPS_PROXY",   "ALL_PROXY", "no_proxy", "NO_PROXY",
	    "SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", NULL};
	const char *const set[] = {x->home, "CARGO_TERM_COLOR=never",
				   "CARGO_TERM_PROGRESS_WHEN=never", x->cargo_home, NULL};
	const struct kith_run run = {.argv = argv,
				     .folder = x->folder,
				     .env = env,
				     .set = set,
				     .timeout_s = timeout_s,
				     .line = take_line,
				     .ctx = x};
	int status = 0, r;

	x->error[0] = x->cause[0] = '\0';
	x->in_cause = false;
	r = kith_run_program(&run, &status, err);
	if (r == KITH_E_NOTFOUND)
		return kith_hint(err, r, "cargo gets packages: install it, or put it into PATH");
	if (r || !status)
		return r;
	if (!x->error[0])
		return kith_fail(err, KITH_E_NET, "cargo failed with status %d", status);
	if (!x->cause[0])
		return kith_fail(err, KITH_E_NET, "cargo: %s", x->error);
	return kith_fail(err, KITH_E_NET, "cargo: %.120s: %s", x->error, x->cause);
}

int
kith_cargo_scratch_fetch(struct kith_cargo_scratch *x, const struct kith_lock *lock,
			 const struct kith_package *const *list, size_t n, struct kith_error *err)
{
	KITH_AUTO_FREE const struct kith_package **plain =
	    kith_calloc(n, sizeof(const struct kith_package *));
	size_t i, kept = 0;
	int r;

	if (!plain)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		if (is_writable(list[i]))
			plain[kept++] = list[i];
	if (!kept)
		return kith_fail(err, KITH_E_NET, "cargo knows no packages of such names");
	r = make_project(x, lock, plain, kept, err);
	return r ? r : run_cargo(x, n > 1 ? TIMEOUT_S : ALONE_S, err);
}
