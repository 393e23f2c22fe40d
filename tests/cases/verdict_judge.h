/* SPDX-License-Identifier: Apache-2.0 */
/* From a world that was read to the library's verdicts, as words. */
#ifndef KITH_CASES_VERDICT_JUDGE_H
#define KITH_CASES_VERDICT_JUDGE_H

#include "cases/verdict_read.h"

/*
 * Appends "NAME@V STATUS INDEPENDENCE [WHAT…]"; with `explain` also a line for each step of the
 * chain, each claim, whom it hangs on, and each repair. Errors: KITH_E_NOTFOUND, the library's.
 */
KITH_NODISCARD int verdict_answer(struct verdict_world *v, struct kith_span package, bool explain,
				  struct kith_buf *out, struct kith_error *err);

#endif
