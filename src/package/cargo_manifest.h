/* SPDX-License-Identifier: Apache-2.0 */
/* One Cargo.toml: what names it, its workspace's members, and what it depends on. Reads bytes. */
#ifndef KITH_PACKAGE_CARGO_MANIFEST_H
#define KITH_PACKAGE_CARGO_MANIFEST_H

#include "package/package.h"

struct kith_manifest_dep {
	struct kith_span name; /* the package's own, `package =` undone */
	struct kith_span req;  /* version requirement; empty: any */
	struct kith_span path; /* empty: none */
	bool path_from_root;   /* `path` stands in the workspace's manifest */
	uint32_t line;
	unsigned kind; /* one KITH_KIND_…; 0: a [patch] or [replace] entry */
};

struct kith_manifest_list {
	struct kith_span *items;
	size_t count, cap;
};

struct kith_manifest {
	bool package, workspace; /* the tables are there */
	struct kith_span name;
	struct kith_span version;    /* "0.0.0" where it is left out, as cargo has it */
	struct kith_span ws_version; /* [workspace.package] version */
	struct kith_manifest_list members, excludes;
	struct kith_manifest_dep *deps; /* those of all targets and features, in file order */
	size_t n_deps, deps_cap;
	struct kith_manifest_dep *ws_deps; /* [workspace.dependencies], by ws_index */
	size_t n_ws_deps, ws_deps_cap;
	struct kith_map ws_index;
	struct kith_toml_doc *doc;
};

/*
 * Reads a manifest; `text` is borrowed and must outlive it. `workspace` is the manifest that
 * `workspace = true` inherits from; NULL: this one. Errors: KITH_E_FORMAT ("line N: why"),
 * KITH_E_LIMIT, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_manifest_parse(struct kith_span text, const struct kith_manifest *workspace,
				       struct kith_manifest **ret_manifest, struct kith_error *err);
void kith_manifest_free(struct kith_manifest *m);
void kith_manifest_freep(struct kith_manifest **m);

#endif
