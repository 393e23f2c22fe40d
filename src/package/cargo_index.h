/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a registry said about a version when cargo last asked it: checksum, whether it is yanked,
 * when it was published, from cargo's own
 * index cache. Never from the project's tree (verdict.md 7). Nothing is asked here.
 */
#ifndef KITH_PACKAGE_CARGO_INDEX_H
#define KITH_PACKAGE_CARGO_INDEX_H

#include "package/package.h"

#define KITH_INDEX_CKSUM 64 /* hex digits */
#define KITH_INDEX_MARK  16

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

/* Facts about one version (verdict.md 7). */
struct kith_index_facts {
	uint8_t cksum[KITH_INDEX_CKSUM / 2];
	bool yanked;
	bool has_published; /* indexes that cargo fetched before 2025 do not say when */
	struct kith_time published;
	/* releases before it that Cargo takes for compatible, and how many of them are yanked */
	uint32_t older, older_yanked;
	/* of the version that was published first (kith_index_version_mark) */
	bool has_first;
	uint8_t first[KITH_INDEX_MARK];
};

/* A short digest that stands for a version where its text would not have a fixed size. */
void kith_index_version_mark(struct kith_span version, uint8_t ret_mark[KITH_INDEX_MARK]);

/*
 * As kith_cargo_index_find. The last two fields are looked for only where `older` asks: that reads
 * the entry of every compatible version.
 */
KITH_NODISCARD int kith_cargo_index_facts(struct kith_span file, struct kith_span name,
					  struct kith_span version, bool older,
					  struct kith_index_facts *ret_facts,
					  struct kith_error *err);

/* Appends a name's place below .cache: "3/a/abc". False for what no package is called. */
bool kith_cargo_index_put_place(struct kith_buf *out, struct kith_span name);

#endif
