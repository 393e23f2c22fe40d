/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a copy of a package safe to look at (crev format 8.4): names that tools act upon are
 * changed, characters that hide or reorder text are written out. Pure.
 */
#ifndef KITH_APP_SANITISE_H
#define KITH_APP_SANITISE_H

#include "base/base.h"

/*
 * Appends the name under which `name` lies in the copy, in the folder `parent` (the last component
 * above it; may be empty). True if it is another one.
 */
bool kith_sanitise_name(struct kith_buf *out, struct kith_span parent, struct kith_span name);

/* By its name: a file whose content is left as it is. */
bool kith_sanitise_is_binary(struct kith_span name);

/* Text comes in pieces that may cut characters apart. */
struct kith_sanitiser {
	uint8_t tail[4];
	size_t n_tail;
	size_t changed; /* characters written out so far */
};
void kith_sanitise_text(struct kith_sanitiser *s, struct kith_span piece, struct kith_buf *out);
/* What is left of a character that was cut off by the end. */
void kith_sanitise_end(struct kith_sanitiser *s, struct kith_buf *out);

#endif
