/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reviews as people write them: the part of a body that is edited (crev format 3.7), and whole
 * bodies without what only signing adds. Unlike what others signed, a draft with a key that nobody
 * knows is refused: it is a slip of the pen. Pure.
 */
#ifndef KITH_PROOF_DRAFT_H
#define KITH_PROOF_DRAFT_H

#include "proof/proof.h"

/*
 * Appends review, advisories, issues, flags, alternatives, override, comment; with templates where
 * there are none. `source` stands in the template of an alternative.
 */
void kith_draft_put(const struct kith_proof *p, struct kith_span source, struct kith_buf *out);

/*
 * Reads such a draft into the fields of *p that it holds; all others are left alone. Alternatives
 * without a name are left out. Lines in messages are the draft's. Errors: KITH_E_CANCELLED (nothing
 * but comments), KITH_E_FORMAT, KITH_E_LIMIT, KITH_E_NOMEM; *p is unchanged then. Everything is
 * copied into the arena.
 */
KITH_NODISCARD int kith_draft_read(struct kith_span text, struct kith_arena *arena,
				   struct kith_proof *p, struct kith_error *err);

/*
 * Reads the body of a package review that nobody signed: as above, and package, package-diff-base,
 * llm-agent; kind, version, date and from may be there and count for nothing. A source that is
 * missing is crates.io; a digest may be missing (digest_valid is false then).
 */
KITH_NODISCARD int kith_draft_read_body(struct kith_span text, struct kith_arena *arena,
					struct kith_proof *p, struct kith_error *err);

#endif
