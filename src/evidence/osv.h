/* SPDX-License-Identifier: Apache-2.0 */
/* OSV records (advisories.md 5): JSON, one record a file. */
#ifndef KITH_EVIDENCE_OSV_H
#define KITH_EVIDENCE_OSV_H

#include "evidence/advisory.h"

struct kith_json;

/*
 * Reads one record. Unknown keys, severities and null are passed over; a range that is not
 * well-formed is in trouble and the rest counts; GIT ranges are left out (osv_git.h).
 * Errors: KITH_E_FORMAT, KITH_E_LIMIT (KITH_MAX_OSV_RECORD, KITH_MAX_ADVISORY_…), KITH_E_NOMEM.
 */
KITH_NODISCARD int kith_osv_read(struct kith_span text, struct kith_arena *arena,
				 struct kith_advisory *ret_advisory, struct kith_error *err);
/* As read, of JSON that was parsed already. */
KITH_NODISCARD int kith_osv_read_value(const struct kith_json *record, struct kith_arena *arena,
				       struct kith_advisory *ret_advisory, struct kith_error *err);

/* True for a draft of ossf/malicious-packages: it has no id of its own yet and does not count. */
bool kith_osv_is_draft(struct kith_span id);

#endif
