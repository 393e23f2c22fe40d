/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the OSV reader share. Inside the room only. */
#ifndef KITH_EVIDENCE_OSV_READER_H
#define KITH_EVIDENCE_OSV_READER_H

#include "codec/json.h"
#include "evidence/osv.h"

struct osv_reader {
	struct kith_arena *arena;
	struct kith_error *err;
	struct kith_advisory out;
	size_t ranges, events, versions; /* so far, of the whole record */
};

struct osv_package {
	struct kith_advisory_package *out;
	bool ordered; /* its ecosystem's order is known: scheme */
	enum kith_version_scheme scheme;
};

/* The first item of an array; NULL where there is no array, or null. */
const struct kith_json *osv_first(const struct kith_json *object, const char *key);
size_t osv_count(const struct kith_json *first);

/* Copies a version in the form that is compared; as it is where there is no order. */
int osv_keep_version(struct osv_reader *rd, const struct osv_package *p, struct kith_span value,
		     bool pad, struct kith_span *ret);
void osv_sort_literal(struct kith_span *versions, size_t n);

/* osv_ranges.c */
int osv_read_ranges(struct osv_reader *rd, const struct kith_json *entry, struct osv_package *p);

#endif
