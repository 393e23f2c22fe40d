/* SPDX-License-Identifier: Apache-2.0 */
/* What PEP 440's versions and specifier sets share; private to this room. */
#ifndef KITH_VERSION_PEP440_H
#define KITH_VERSION_PEP440_H

#include "version/parts.h"

struct pep440 {
	struct kith_span epoch;                /* digits, empty is 0 */
	struct kith_span release;              /* digits and dots */
	char pre;                              /* 'a', 'b', 'r' (rc), or 0 */
	bool post, dev;                        /* which of them are there */
	struct kith_span pre_n, post_n, dev_n; /* digits, empty is 0 */
	struct kith_span local;                /* without '+' */
};

/* Takes an optional v, epoch and release off the front. */
bool kith_pep440_front(struct kith_span *s, struct pep440 *ret);
bool kith_pep440_parse(struct kith_span text, struct pep440 *ret);

/* The first `max` numbers of two releases; a missing one is 0, so trailing zeros do not count. */
int kith_pep440_cmp_release(struct kith_span a, struct kith_span b, size_t max);
/* Epoch and release only. */
int kith_pep440_cmp_own(const struct pep440 *a, const struct pep440 *b);
int kith_pep440_cmp_post(const struct pep440 *a, const struct pep440 *b);
/* The order without the local part, and with it. */
int kith_pep440_cmp_public(const struct pep440 *a, const struct pep440 *b);
int kith_pep440_cmp(const struct pep440 *a, const struct pep440 *b);
/* Bytes, ASCII case ignored. */
int kith_pep440_cmp_folded(struct kith_span a, struct kith_span b);

int kith_pep440_matches(struct kith_span range, const struct kith_span *version, bool *ret_matches,
			struct kith_error *err);

#endif
