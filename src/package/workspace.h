/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests of a workspace as they lie on disk. Inside the room only. */
#ifndef KITH_PACKAGE_WORKSPACE_H
#define KITH_PACKAGE_WORKSPACE_H

#include "package/cargo_manifest.h"
#include "package/project.h"

struct kith_member {
	char *dir; /* absolute, links resolved */
	struct kith_manifest *manifest;
	struct kith_buf text;
	bool listed; /* the root package, or named by the root manifest's `members` */
	bool member; /* as cargo has it: also path dependencies of members, below the root */
	bool reached;
	size_t first_link; /* in links */
};

struct kith_workspace {
	struct kith_member *members; /* [0] is the root's manifest */
	size_t count, cap;
	struct kith_map dirs; /* dir → index */
	char **excludes;      /* absolute, links resolved */
	size_t n_excludes;
	size_t *links; /* members to which a path below the root leads, those of [0] first */
	size_t n_links, links_cap;
	size_t bytes;    /* of all manifests */
	size_t visits;   /* folder entries looked at while expanding `members` */
	size_t followed; /* path dependencies looked at */
};

/*
 * Reads the root manifest, those of its members, and those that path dependencies lead to. What is
 * broken or missing becomes a warning. Errors: KITH_E_NOTFOUND where there is no root manifest;
 * KITH_E_NOMEM; a broken root manifest: its own error with the path in front.
 */
KITH_NODISCARD int kith_workspace_read(const char *root, struct kith_warnings *warnings,
				       struct kith_workspace **ret_ws, struct kith_error *err);
void kith_workspace_free(struct kith_workspace *ws);
void kith_workspace_freep(struct kith_workspace **ws);

/* Reads DIR/Cargo.toml into `text` (kept by the caller) and parses it. */
KITH_NODISCARD int kith_manifest_load(const char *dir, const struct kith_manifest *workspace,
				      struct kith_buf *text, struct kith_manifest **ret_manifest,
				      struct kith_error *err);

#endif
