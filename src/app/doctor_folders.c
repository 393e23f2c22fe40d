/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: where kith's files lie, and who else could change or read them. */
#include <errno.h>
#include <unistd.h>

#include "app/doctor.h"

struct place {
	const char *what, *path;
	bool is_folder;
	bool secret; /* nobody else may even read it */
	bool quiet;  /* only what is wrong is told */
};

static int
wrong_kind(struct kith_doctor *d, const struct place *p, struct kith_error *err)
{
	return kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, "move it away: kith makes a new one",
				 err, "%s is not a %s", p->path, p->is_folder ? "folder" : "file");
}

static int
not_ours(struct kith_doctor *d, const struct place *p, const struct stat *st,
	 struct kith_error *err)
{
	char remedy[512];

	snprintf(remedy, sizeof(remedy), "chown -R %lu '%.400s'", (unsigned long)geteuid(),
		 p->path);
	return kith_doctor_found(d, KITH_DOCTOR_WARNING, remedy, err,
				 "%s belongs to user %lu, who can change it", p->path,
				 (unsigned long)st->st_uid);
}

static int
others_may(struct kith_doctor *d, const struct place *p, const struct stat *st,
	   struct kith_error *err)
{
	char remedy[512];

	snprintf(remedy, sizeof(remedy), "chmod %s '%.400s'", p->secret ? "go=" : "go-w", p->path);
	return kith_doctor_found(
	    d, KITH_DOCTOR_WARNING, remedy, err, "others can %s %s (mode %03o)",
	    st->st_mode & 022 ? "change" : "read", p->path, (unsigned)st->st_mode & 0777);
}

static int
fine(struct kith_doctor *d, const struct place *p, const char *but, struct kith_error *err)
{
	return p->quiet ? KITH_OK
			: kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%s: %s%s", p->what,
					    p->path, but);
}

static int
look_at(struct kith_doctor *d, const struct place *p, struct kith_error *err)
{
	struct stat st;

	if (lstat(p->path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fine(d, p, " (not there yet)", err);
	if (stat(p->path, &st) < 0)
		return kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, NULL, err, "%s: %s", p->path,
					 strerror(errno));
	if (p->is_folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		return wrong_kind(d, p, err);
	if (st.st_uid != geteuid())
		return not_ours(d, p, &st, err);
	if (st.st_mode & (p->secret ? 077 : 022))
		return others_may(d, p, &st, err);
	if (access(p->path, p->is_folder ? R_OK | W_OK | X_OK : R_OK) < 0)
		return kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT,
					 p->is_folder ? "make it writable" : "make it readable",
					 err, "%s: %s", p->path, strerror(errno));
	return fine(d, p, "", err);
}

int
kith_doctor_folders(struct kith_doctor *d, struct kith_error *err)
{
	const struct kith_dirs *dirs = &d->session->dirs;
	KITH_AUTO_FREE char *ids = kith_fs_join(dirs->config, "ids");
	KITH_AUTO_FREE char *mirrors = kith_fs_join(dirs->data, "mirrors");
	KITH_AUTO_FREE char *own = kith_fs_join(dirs->data, "proofs");
	KITH_AUTO_FREE char *secret = kith_fs_join(dirs->data, "secret");
	KITH_AUTO_FREE char *packages = kith_fs_join(dirs->data, "packages.journal");
	const struct place places[] = {
	    {"configuration", dirs->config, true, false, false},
	    {"ids", ids, true, true, true},
	    {"data", dirs->data, true, false, strcmp(dirs->data, dirs->config) == 0},
	    {"mirrors", mirrors, true, false, true},
	    {"own proofs", own, true, false, true},
	    {"secret", secret, false, true, true},
	    {"packages", packages, false, false, true},
	    {"cache", dirs->cache, true, false, false},
	};
	size_t i;
	int r = KITH_OK;

	if (!ids || !mirrors || !own || !secret || !packages)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < sizeof(places) / sizeof(places[0]); i++)
		r = look_at(d, &places[i], err);
	return r;
}
