/* SPDX-License-Identifier: Apache-2.0 */
/* What kith_cargo_places is made of. Inside the room only. */
#ifndef KITH_PACKAGE_PLACES_H
#define KITH_PACKAGE_PLACES_H

#include "package/cargo_config.h"
#include "package/project.h"

/* A folder of packages that cargo calls a directory source, by the manifests in it. */
struct kith_vendor {
	char *path;
	struct kith_fs_names names;
	struct kith_arena arena;
	struct kith_map ids;   /* "NAME VERSION" → index into names */
	uint32_t *twins;       /* per name: index + 1 of another folder with the same id, or 0 */
	struct kith_map wrong; /* folder name → index into `reasons` */
	char **reasons;        /* why its manifest could not be read */
	size_t n_reasons, reasons_cap;
};

/* Reads every manifest in the folder (as cargo does). A missing folder is an empty one. */
KITH_NODISCARD int kith_vendor_open(const char *path, struct kith_vendor **ret_vendor,
				    struct kith_error *err);
void kith_vendor_free(struct kith_vendor *v);
/*
 * The package's folder, or NULL. Errors: KITH_E_INTEGRITY if two folders hold it; KITH_E_FORMAT if
 * none does and the one of its name is broken.
 */
KITH_NODISCARD int kith_vendor_find(const struct kith_vendor *v, const struct kith_package *pkg,
				    char **ret_dir, struct kith_error *err);

/* The folders of registry/cache, registry/src or registry/index, one an index. */
struct kith_index_dirs {
	bool loaded;
	struct kith_fs_names names;
};

/* What is looked at when first needed. */
struct kith_places_lazy {
	struct kith_index_dirs cache, src, index;
	struct kith_vendor **vendors;
	size_t n_vendors, vendors_cap;
	struct kith_map vendor_index; /* path → index */
};

struct kith_cargo_places {
	struct kith_cargo_config config;
	char *home;             /* CARGO_HOME, absolute where it exists; NULL: unknown */
	struct kith_map by_url; /* what a source replaces: address without decoration → source */
	struct kith_cargo_replacement *in_tree;
	size_t n_in_tree, in_tree_cap;
	struct kith_places_lazy *lazy;
};

/* The address of a source without scheme of the source, query, commit, ".git" and final '/'. */
struct kith_span kith_cargo_plain_url(struct kith_span source);

#endif
