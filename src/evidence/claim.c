/* SPDX-License-Identifier: Apache-2.0 */
/* What all makers and users of claims share. Pure. */
#include "evidence/claim.h"

void
kith_claim_put_subject(struct kith_buf *out, struct kith_span source, struct kith_span name,
		       struct kith_span version)
{
	/* lengths in front: no text in one part can look like the border to the next */
	kith_buf_put_u32(out, (uint32_t)source.len);
	kith_buf_put_span(out, source);
	kith_buf_put_u32(out, (uint32_t)name.len);
	kith_buf_put_span(out, name);
	kith_buf_put_span(out, version);
}
