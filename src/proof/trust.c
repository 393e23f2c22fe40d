/* SPDX-License-Identifier: Apache-2.0 */
/* `kind: trust` (crev format 3.2). An id of a wrong length is kept: only `from` must be a key. */
#include "base/base.h"
#include "proof/body.h"

int
kith_body_read_trust(struct kith_body_reader *r)
{
	struct kith_proof *p = r->proof;
	int e = kith_body_ids(r, "ids", true, &p->ids, &p->n_ids);

	if (!e)
		e = kith_body_level(r, r->root, "trust", KITH_LEVEL_DISTRUST, &p->level);
	if (!e)
		e = kith_body_ids(r, "override", false, &p->overrides, &p->n_overrides);
	return e;
}
