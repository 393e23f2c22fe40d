/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a registry said about a version when cargo last asked it: the checksum, from cargo's own
 * index cache. Never from the project's tree (verdict.md 7). Nothing is asked here.
 */
#ifndef KITH_PACKAGE_CARGO_INDEX_H
#define KITH_PACKAGE_CARGO_INDEX_H

#include "package/package.h"

#define KITH_INDEX_CKSUM 64 /* hex digits */

/*
 * The checksum of a version in the bytes of one cache file, as hex in ret_cksum. KITH_E_NOTFOUND if
 * it does not name it; an entry that is none is passed over. Errors: KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_cargo_index_find(struct kith_span file, struct kith_span name,
					 struct kith_span version,
					 char ret_cksum[KITH_INDEX_CKSUM + 1],
					 struct kith_error *err);

/*
 * The same for an archive in cargo's cache: HOME/registry/cache/DIR/NAME-VERSION.crate has its
 * entry below HOME/registry/index/DIR/.cache. KITH_E_NOTFOUND also where there is no such file or
 * the archive lies elsewhere.
 */
KITH_NODISCARD int kith_cargo_index_of_archive(const char *archive, struct kith_span name,
					       struct kith_span version,
					       char ret_cksum[KITH_INDEX_CKSUM + 1],
					       struct kith_error *err);

#endif
