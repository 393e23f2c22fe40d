/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: package managers whose caches hold packages' bytes, and the user's git and ssh. */
#include <unistd.h>

#include "app/doctor.h"

static const struct {
	const char *name, *for_what;
} programs[] = {
    {"cargo", "Rust packages' bytes come from its cache"},
    {"npm", "for JavaScript projects"},
    {"go", "for Go projects"},
    {"pip", "for Python projects"},
    {"dpkg", "for Debian packages"},
    {"git", "its credential helpers open private sources"},
    {"ssh", "for sources over ssh"},
};

/* As a shell finds it; parts of the path that are not absolute are passed over. */
static char *
find_program(const char *path, const char *name)
{
	struct kith_span rest = kith_span_str(path), dir;

	while (kith_span_next(&rest, ':', &dir)) {
		char *at;

		if (!dir.len || dir.ptr[0] != '/')
			continue;
		at = kith_asprintf("%.*s/%s", KITH_SPAN_FMT(dir), name);
		if (at && access(at, X_OK) == 0 && !kith_fs_is_dir(at))
			return at;
		free(at);
	}
	return NULL;
}

static int
look_at_cache(struct kith_doctor *d, struct kith_error *err)
{
	const struct kith_session *s = d->session;
	KITH_AUTO_FREE char *cache = s->cargo_home ? kith_fs_join(s->cargo_home, "registry/cache")
				     : s->home     ? kith_fs_join(s->home, ".cargo/registry/cache")
						   : NULL;

	if (!cache)
		return KITH_OK;
	if (kith_fs_is_dir(cache))
		return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "cargo's packages: %s",
					 cache);
	return kith_doctor_found(d, KITH_DOCTOR_NOTE,
				 "cargo fetch, in a project, brings its packages", err,
				 "no packages of cargo's at %s", cache);
}

int
kith_doctor_programs(struct kith_doctor *d, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < sizeof(programs) / sizeof(programs[0]); i++) {
		KITH_AUTO_FREE char *at =
		    d->o->path ? find_program(d->o->path, programs[i].name) : NULL;

		r = at ? kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%s: %s", programs[i].name,
					   at)
		       : kith_doctor_found(d, KITH_DOCTOR_NOTE, NULL, err, "no %s here (%s)",
					   programs[i].name, programs[i].for_what);
	}
	return r ? r : look_at_cache(d, err);
}
