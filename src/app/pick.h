/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which package a person means, and its bytes: an archive whose checksum the lock file, or the
 * registry's index, states. Bytes that nobody vouches for become no digest of a review.
 */
#ifndef KITH_APP_PICK_H
#define KITH_APP_PICK_H

#include "app/app.h"
#include "package/project.h"
#include "store/archive.h"

/* Where is looked; without a project only cargo's own folders. */
struct kith_app_picker {
	struct kith_session *session;
	struct kith_project *project; /* NULL: none at or above the path */
	struct kith_cargo_places *places;
	struct kith_arena arena;
};

/* path NULL: the working directory. Errors: those of the project's files. */
KITH_NODISCARD int kith_app_picker_open(struct kith_session *s, const char *path,
					struct kith_app_picker *ret, struct kith_error *err);
void kith_app_picker_clear(struct kith_app_picker *p);
#define KITH_AUTO_PICKER KITH_CLEANUP(kith_app_picker_clear)

/* A version of a package of the default registry. Strings live as long as the picker. */
struct kith_app_picked {
	struct kith_package package;
	const char *name, *version;
	bool locked; /* the project's lock file names it */
};

/*
 * NAME (the locked version), NAME@VERSION or a package URL. Errors: KITH_E_USAGE: ambiguous (with
 * the candidates), no version, not from the default registry, no version at all.
 */
KITH_NODISCARD int kith_app_pick(struct kith_app_picker *p, const char *word,
				 struct kith_app_picked *ret, struct kith_error *err);
/* Another version of the same package. */
KITH_NODISCARD int kith_app_pick_version(struct kith_app_picker *p,
					 const struct kith_app_picked *like, const char *version,
					 struct kith_app_picked *ret, struct kith_error *err);

struct kith_app_bytes {
	const char *archive; /* in the picker's arena */
	uint8_t sha256[KITH_SHA256_BYTES];
	bool confirmed; /* the lock file or the registry's index states this checksum */
	struct kith_digest digest;
	char revision[65]; /* of version control, as the package itself says; or empty */
};

/*
 * Finds and checks the archive and streams its entries to `sink` (may be NULL), which are only of
 * use once this has succeeded. Errors: KITH_E_NOTFOUND (not here, with the way to get it),
 * KITH_E_INTEGRITY (it is not what the lock file or the index says), KITH_E_USAGE (only a vendored
 * copy is here), those of the archive and of the sink.
 */
KITH_NODISCARD int kith_app_read_bytes(struct kith_app_picker *p,
				       const struct kith_app_picked *picked,
				       const struct kith_archive_sink *sink,
				       struct kith_app_bytes *ret, struct kith_error *err);

#endif
