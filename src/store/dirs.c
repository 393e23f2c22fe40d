/* SPDX-License-Identifier: Apache-2.0 */
/* The three folders by the XDG rules, and this machine's secret. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "store/store.h"

static bool
given(const char *s)
{
	return s && *s;
}

static int
choose(char **ret, const char *xdg, const char *home, const char *below, struct kith_error *err)
{
	/* the specification says that a relative one is invalid and ignored */
	if (given(xdg) && xdg[0] == '/')
		*ret = kith_fs_join(xdg, "kith");
	else if (given(home))
		*ret = kith_asprintf("%s/%s/kith", home, below);
	else
		return kith_fail(err, KITH_E_USAGE, "no home folder: set HOME or KITH_HOME");
	return *ret ? KITH_OK : kith_fail_nomem(err);
}

static int
one_home(struct kith_dirs *d, const char *home, struct kith_error *err)
{
	if (home[0] != '/')
		return kith_fail(err, KITH_E_USAGE, "KITH_HOME is not an absolute path: %s", home);
	d->config = kith_strndup(home, strlen(home));
	d->data = kith_strndup(home, strlen(home));
	d->cache = kith_fs_join(home, "cache");
	return d->config && d->data && d->cache ? KITH_OK : kith_fail_nomem(err);
}

int
kith_dirs_init(struct kith_dirs *ret_dirs, const struct kith_dirs_env *env, struct kith_error *err)
{
	struct kith_dirs d = {NULL, NULL, NULL};
	int r;

	if (given(env->kith_home)) {
		r = one_home(&d, env->kith_home, err);
	} else {
		if (given(env->home) && env->home[0] != '/')
			return kith_fail(err, KITH_E_USAGE, "HOME is not an absolute path: %s",
					 env->home);
		r = choose(&d.config, env->xdg_config_home, env->home, ".config", err);
		if (!r)
			r = choose(&d.data, env->xdg_data_home, env->home, ".local/share", err);
		if (!r)
			r = choose(&d.cache, env->xdg_cache_home, env->home, ".cache", err);
	}
	if (r) {
		kith_dirs_clear(&d);
		return r;
	}
	*ret_dirs = d;
	return KITH_OK;
}

void
kith_dirs_clear(struct kith_dirs *d)
{
	free(d->config);
	free(d->data);
	free(d->cache);
	memset(d, 0, sizeof(*d));
}

static int
read_secret(const char *path, uint8_t *ret_secret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_STORE_SECRET_BYTES);
	r = kith_fs_read(path, &b, err);
	if (r)
		return r;
	if (b.len != KITH_STORE_SECRET_BYTES)
		return kith_fail(err, KITH_E_FORMAT, "%s: damaged; remove it", path);
	memcpy(ret_secret, b.ptr, KITH_STORE_SECRET_BYTES);
	return KITH_OK;
}

/* Made aside and linked into place, so that of two at once one wins and both read the same. */
static int
make_secret(const char *path, struct kith_error *err)
{
	KITH_AUTO_FREE char *tmp = kith_asprintf("%s.%ld", path, (long)getpid());
	uint8_t secret[KITH_STORE_SECRET_BYTES];
	int r;

	if (!tmp)
		return kith_fail_nomem(err);
	kith_random(secret, sizeof(secret));
	r = kith_fs_replace(tmp, kith_span(secret, sizeof(secret)), 0600, err);
	if (r)
		return r;
	if (link(tmp, path) < 0 && errno != EEXIST)
		r = kith_fail_errno(err, errno, "%s", path);
	unlink(tmp);
	return r;
}

int
kith_store_secret(const struct kith_dirs *dirs, uint8_t ret_secret[KITH_STORE_SECRET_BYTES],
		  struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(dirs->data, "secret");
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = read_secret(path, ret_secret, err);
	if (r != KITH_E_NOTFOUND)
		return r;
	r = kith_fs_mkdirs(dirs->data, 0700, err);
	if (!r)
		r = make_secret(path, err);
	return r ? r : read_secret(path, ret_secret, err);
}
