/* SPDX-License-Identifier: Apache-2.0 */
/* When two URLs name the same proof repository (verdict.md 2, actors). */
#ifndef KITH_EVIDENCE_URL_H
#define KITH_EVIDENCE_URL_H

#include "base/base.h"

/* Appends the URL with its scheme and host in lower case, without trailing '/' and ".git". */
void kith_url_put_normal(struct kith_buf *out, struct kith_span url);

/*
 * Appends the repository that a URL leads into, in normal form: hosts give out a repository's files
 * under addresses of their own, and whoever controls the one controls the other. Whatever is not
 * known to be such an address is its own repository.
 */
void kith_url_put_repository(struct kith_buf *out, struct kith_span url);

/* True if both are not empty and normalise to the same bytes. */
bool kith_url_same(struct kith_span a, struct kith_span b);

#endif
