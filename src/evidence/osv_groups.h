/* SPDX-License-Identifier: Apache-2.0 */
/* Records that speak of one problem (advisories.md 5.7): joined by ids and aliases. */
#ifndef KITH_EVIDENCE_OSV_GROUPS_H
#define KITH_EVIDENCE_OSV_GROUPS_H

#include "base/base.h"

struct kith_osv_ids {
	struct kith_span id;
	const struct kith_span *aliases;
	size_t n_aliases;
};

/*
 * Aliases are symmetric and transitive, also through ids that no record has. ret_groups[i] (n of
 * them) is the lowest number of a record that speaks of the same problem as record i.
 */
KITH_NODISCARD int kith_osv_group(const struct kith_osv_ids *records, size_t n,
				  uint32_t *ret_groups, struct kith_error *err);

#endif
