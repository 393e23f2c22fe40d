/* SPDX-License-Identifier: Apache-2.0 */
/* What resolving gives, for either policy. */
#ifndef KITH_TRUST_RESULT_H
#define KITH_TRUST_RESULT_H

#include "trust/crev.h"
#include "trust/native.h"

struct kith_trust_result {
	const struct kith_trust_graph *g;
	enum kith_semantics semantics;
	struct kith_id root; /* the first; crev mode knows no other */
	struct crev_set crev;
	struct native *native; /* NULL in crev mode */
};

#endif
