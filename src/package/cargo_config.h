/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of cargo's configuration that say where packages come from. Reads bytes; files are
 * added in order of precedence, and what an earlier one says stays. Inside the room only.
 */
#ifndef KITH_PACKAGE_CARGO_CONFIG_H
#define KITH_PACKAGE_CARGO_CONFIG_H

#include "package/package.h"

/* One configuration file, as far as later messages and relative paths need it. */
struct kith_config_file {
	struct kith_span path;
	struct kith_span base; /* what relative paths in it are relative to */
	bool in_tree;          /* lies in the project's own tree */
};

/* A string and where it was said; text.ptr NULL: nowhere. */
struct kith_config_value {
	struct kith_span text;
	const struct kith_config_file *file;
	uint32_t line;
};

/* [source.NAME] */
struct kith_config_source {
	struct kith_span name;
	const struct kith_config_file *file; /* where it is named first */
	uint32_t line;
	struct kith_config_value replace_with, directory, local_registry, registry, git;
};

struct kith_cargo_config {
	struct kith_arena arena; /* owns every string */
	struct kith_config_source *sources;
	size_t n_sources, sources_cap;
	struct kith_map by_name;    /* of sources */
	struct kith_map registries; /* [registries.NAME] index → index into `indexes` */
	struct kith_config_value *indexes;
	size_t n_indexes, indexes_cap;
	struct kith_config_value *overrides; /* `paths`: local copies that replace packages */
	size_t n_overrides, overrides_cap;
	size_t files, bytes;
};

/* What a file wants read after it, lowest precedence last. */
struct kith_config_include {
	struct kith_span path; /* in the configuration's arena */
	bool optional;
};

void kith_cargo_config_init(struct kith_cargo_config *c);
void kith_cargo_config_clear(struct kith_cargo_config *c);

/*
 * Adds one file. path and base are copied. *ret_includes (an array of *ret_n from malloc, yours)
 * holds its `include`, in the order in which to add them. Errors: KITH_E_FORMAT ("line N: why"),
 * KITH_E_LIMIT, KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_cargo_config_add(struct kith_cargo_config *c, struct kith_span text,
					 const char *path, const char *base, bool in_tree,
					 struct kith_config_include **ret_includes, size_t *ret_n,
					 struct kith_error *err);

/* The source of that name, or NULL. */
const struct kith_config_source *kith_cargo_config_source(const struct kith_cargo_config *c,
							  struct kith_span name);

/*
 * Follows replace-with from a source. *ret_end: the last source of the chain (NULL: "crates-io"
 * itself, or a registry: then *ret_registry is its index). Errors: KITH_E_USAGE.
 */
KITH_NODISCARD int kith_cargo_config_follow(const struct kith_cargo_config *c,
					    const struct kith_config_source *from,
					    const struct kith_config_source **ret_end,
					    const struct kith_config_value **ret_registry,
					    struct kith_error *err);

#endif
