/* SPDX-License-Identifier: Apache-2.0 */
/* Two versions of a package compared. */
#ifndef KITH_APP_DIFF_H
#define KITH_APP_DIFF_H

#include "app/pick.h"
#include "store/diff.h"

struct kith_app_file {
	struct kith_span path, target; /* target: of a link */
	enum kith_tree_type type;
	bool executable;
	uint64_t size;
	struct kith_digest content;
	bool wanted, too_large; /* it differs; it is not compared because of its size */
	struct kith_span bytes;
	uint8_t *room;
};

struct kith_app_tree {
	struct kith_app_picked picked;
	struct kith_app_bytes bytes;
	struct kith_app_file *files; /* by path; no folders */
	size_t n, cap;
};

struct kith_app_change {
	struct kith_app_file *old_file, *new_file; /* NULL: not there */
	bool compared, binary;
	uint32_t added, removed;
	struct kith_span hunks; /* raw */
};

struct kith_app_comparison {
	struct kith_app_picker *picker;
	struct kith_app_tree base, target;
	struct kith_app_change *changes; /* by path */
	size_t n, cap;
	bool want_hunks;
	struct kith_arena arena;
};

/* context -1: 3 lines. *ret is yours (_clear). Errors: those of kith_app_read_bytes. */
KITH_NODISCARD int kith_app_compare(struct kith_app_picker *picker,
				    const struct kith_app_picked *base,
				    const struct kith_app_picked *target, int context, bool hunks,
				    struct kith_app_comparison *ret, struct kith_error *err);
void kith_app_comparison_clear(struct kith_app_comparison *c);

#endif
