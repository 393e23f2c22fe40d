/* SPDX-License-Identifier: Apache-2.0 */
/* The three folders by the XDG rules. */
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
	struct kith_dirs d = {.view = NULL};
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
