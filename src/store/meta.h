/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known about a mirror, in a text file beside it: DATA/mirrors/<slug>.source. Lines of key,
 * blank, value; unknown keys are left alone by readers. It is replaced as a whole, after the
 * repository's own head moved: the head in it is what is in force.
 */
#ifndef KITH_STORE_META_H
#define KITH_STORE_META_H

#include "store/store.h"

/* Fills m's source (but its slug), head, times and error from the file's text. KITH_E_FORMAT. */
KITH_NODISCARD int kith_meta_parse(struct kith_span text, struct kith_mirror *m,
				   struct kith_error *err);
void kith_meta_put(struct kith_buf *out, const struct kith_mirror *m);

/* DATA/mirrors, and DATA/mirrors/<slug><suffix>. NULL when out of memory. Yours. */
char *kith_meta_folder(const struct kith_dirs *dirs);
char *kith_meta_path(const struct kith_dirs *dirs, const char *slug, const char *suffix);

KITH_NODISCARD int kith_meta_read(const struct kith_dirs *dirs, const char *slug,
				  struct kith_mirror *m, struct kith_error *err);
KITH_NODISCARD int kith_meta_write(const struct kith_dirs *dirs, const struct kith_mirror *m,
				   struct kith_error *err);
void kith_mirror_clear(struct kith_mirror *m);

#endif
