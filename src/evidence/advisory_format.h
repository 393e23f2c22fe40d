/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a set of advisories lies in memory. Little-endian u32 throughout:
 *   header     magic, then how many keys, entries, records, words, bytes of text, databases,
 * refusals keys       ecosystem, name, first entry, entries: sorted by ecosystem, then name entries
 * record, group (within the key), suffix, offset into words, severity records    id, title, path,
 * url, offset into words of the aliases, database, day, flags, severity words      of an entry:
 * ranges; of each range trouble and events, then its events; versions, ordered ones among them (if
 * any), then the versions. Of aliases: how many, then they databases, refusals text       u16
 * length and bytes; offset 0 is the empty one Inside the room only.
 */
#ifndef KITH_EVIDENCE_ADVISORY_FORMAT_H
#define KITH_EVIDENCE_ADVISORY_FORMAT_H

#include "evidence/advisory_set.h"

#define SET_MAGIC     "kithadv1"
#define SET_COUNTS    7
#define SET_HEADER    (8 + 4 * SET_COUNTS)
#define KEY_WORDS     4
#define ENTRY_WORDS   5
#define RECORD_WORDS  9
#define DB_WORDS      7
#define REFUSAL_WORDS 3

/* A range: trouble in the upper byte, its number of events below. An event: its kind above. */
#define RANGE_SHIFT 24
#define EVENT_SHIFT 30
#define TEXT_MASK   ((1U << EVENT_SHIFT) - 1)

/* flags of a record */
#define FLAG_KIND      3U
#define FLAG_MALICIOUS 4U
#define FLAG_DATE      8U

/* Severity in one word: known, scored, label, tenths. */
uint32_t advisory_pack_severity(const struct kith_advisory_severity *s);
struct kith_advisory_severity advisory_unpack_severity(uint32_t word);

/* Reading; what lies outside reads as 0 and as empty text. */
uint32_t advisory_word(const struct kith_advisory_set *s, size_t section, uint32_t count,
		       size_t record_words, size_t i, size_t field);
struct kith_span advisory_text(const struct kith_advisory_set *s, uint32_t offset);

struct advisory_cursor {
	const struct kith_advisory_set *s;
	size_t at;
};
uint32_t advisory_next(struct advisory_cursor *c);
/* The word `ahead` of the cursor. */
uint32_t advisory_peek(const struct advisory_cursor *c, size_t ahead);

/* The key of a package; false if nothing is known about it. */
bool advisory_find_key(const struct kith_advisory_set *s, struct kith_span ecosystem,
		       struct kith_span name, uint32_t *ret_first, uint32_t *ret_count);

#endif
