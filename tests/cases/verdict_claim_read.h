/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that make claims; names of ids and sources are still numbers and words in them. */
#ifndef KITH_CASES_VERDICT_CLAIM_READ_H
#define KITH_CASES_VERDICT_CLAIM_READ_H

#include "cases/verdict_read.h"
#include "cases/words_read.h"

int verdict_review(struct verdict_world *v, struct words *w, struct kith_error *err);
int verdict_audit(struct verdict_world *v, struct words *w, struct kith_error *err);
int verdict_vouch(struct verdict_world *v, struct words *w, struct kith_error *err);
int verdict_hits(struct verdict_world *v, bool violation, struct words *w, struct kith_error *err);

#endif
