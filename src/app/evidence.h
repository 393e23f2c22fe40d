/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of one place on this disk, without taking it into the mirrors. */
#ifndef KITH_APP_EVIDENCE_H
#define KITH_APP_EVIDENCE_H

#include "app/app.h"

/*
 * Calls `file` for every proof file of a folder, repository or bundle: through a mirror of its own
 * that is thrown away, so that nothing of it is parsed here. Errors: those of fetching; file's.
 */
KITH_NODISCARD int kith_app_each_file_of(struct kith_session *s, const char *place,
					 int (*file)(void *ctx, struct kith_span path,
						     struct kith_span bytes,
						     struct kith_error *err),
					 void *ctx, struct kith_error *err);

/*
 * Makes an index of the mirrors at `path` without believing anything that was verified before.
 * *ret_index is yours; the file is the caller's to remove.
 */
KITH_NODISCARD int kith_app_index_from_nothing(struct kith_session *s, const char *path,
					       struct kith_index **ret_index,
					       struct kith_error *err);

#endif
