/* SPDX-License-Identifier: Apache-2.0 */
/* For kinds that need proof repositories: fetched into a store of their own, gone at the end. */
#ifndef KITH_CASES_EVIDENCE_H
#define KITH_CASES_EVIDENCE_H

#include "store/store.h"

struct cases_evidence {
	struct kith_dirs dirs; /* in a temporary folder */
	struct kith_mirrors mirrors;
	size_t failed; /* sources that could not be fetched; said on stderr */
};

/*
 * Fetches what `paths` name (bundles, repositories, folders); exits 2 with a message if nothing can
 * be done. Files in a folder that were passed over go to `skipped` (may be NULL).
 */
void cases_evidence_open(struct cases_evidence *e, const char *const *paths, size_t n,
			 void (*skipped)(void *ctx, size_t source, struct kith_span path,
					 enum kith_git_skip why),
			 void *ctx);
/* As open, with every bundle and repository in this folder. */
void cases_evidence_open_folder(struct cases_evidence *e, const char *folder);
/* As open, one database; of a folder what `names` says (see kith_git_wants). */
void cases_evidence_open_database(struct cases_evidence *e, const char *path, const char *names);
/* Where kith-git is. */
const char *cases_libexec(void);
void cases_evidence_close(struct cases_evidence *e);

#endif
