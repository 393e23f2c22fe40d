/* SPDX-License-Identifier: Apache-2.0 */
/* From a world that was read to the library's verdicts, as words. */
#ifndef KITH_CASES_VERDICT_JUDGE_H
#define KITH_CASES_VERDICT_JUDGE_H

#include "cases/verdict_read.h"
#include "policy/standings.h"

/* Everything that is needed to judge packages of one world. */
struct verdict_asked {
	struct verdict_world *v;
	struct kith_trust_graph *graph;
	struct kith_standings *standings;
	struct kith_policy_world world;
};
KITH_NODISCARD int verdict_ask(struct verdict_world *v, struct verdict_asked *ret_asked,
			       struct kith_error *err);
void verdict_asked_clear(struct verdict_asked *a);

/*
 * Appends "NAME@V STATUS INDEPENDENCE [WHAT…]"; with `explain` also a line for each step of the
 * chain, each claim, whom it hangs on, and each repair. Errors: KITH_E_NOTFOUND, the library's.
 */
KITH_NODISCARD int verdict_answer(struct verdict_world *v, struct kith_span package, bool explain,
				  struct kith_buf *out, struct kith_error *err);

#endif
