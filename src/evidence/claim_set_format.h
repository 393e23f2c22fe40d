/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a set of claims lies in memory. Inside the room only. Little-endian u32 throughout:
 *   header    magic, then how many keys, entries, words, sources, facts, refusals, bytes of text
 *   keys      ecosystem, name, first entry, entries, first fact, facts: sorted by ecosystem, name
 *   entries   see ENTRY_…: a claim
 *   words     lists of text: how many, then they
 *   sources   see SOURCE_…
 *   facts     source, version, publisher, login, day
 *   refusals  source, line, path, why
 *   text      u32 length and bytes; offset 0 is the empty one
 */
#ifndef KITH_EVIDENCE_CLAIM_SET_FORMAT_H
#define KITH_EVIDENCE_CLAIM_SET_FORMAT_H

#include "evidence/claim_set.h"

#define SET_MAGIC  "kithset1"
#define SET_COUNTS 7
#define SET_HEADER (8 + 4 * SET_COUNTS)

enum { KEY_ECO, KEY_NAME, KEY_ENTRY, KEY_ENTRIES, KEY_FACT, KEY_FACTS, KEY_WORDS };

enum {
	ENTRY_FLAGS,
	ENTRY_SOURCE,
	ENTRY_VERSION,
	ENTRY_BASE,
	ENTRY_CRITERIA, /* in words */
	ENTRY_ORIGIN,
	ENTRY_ORIGIN_ID, /* text of 32 bytes */
	ENTRY_WHO,
	ENTRY_LOGIN,
	ENTRY_START, /* days */
	ENTRY_END,
	ENTRY_RANGE,
	ENTRY_PATH,
	ENTRY_LINE,
	ENTRY_ID, /* what follows the source's name */
	ENTRY_COMMENT,
	ENTRY_SEEN, /* two words, seconds */
	ENTRY_GONE = ENTRY_SEEN + 2,
	ENTRY_DIGEST = ENTRY_GONE + 2,
	ENTRY_WORDS = ENTRY_DIGEST + 8
};

#define FLAG_KIND      3U /* 0 audit, 1 violation, 2 vouch */
#define FLAG_BASE      4U
#define FLAG_ORIGIN_ID 8U
#define FLAG_SEEN      16U
#define FLAG_GONE      32U

enum {
	SOURCE_SLUG,
	SOURCE_LOCATION,
	SOURCE_COMMIT,
	SOURCE_INSIDE,
	SOURCE_MARK,
	SOURCE_SINCE, /* two words */
	SOURCE_AUDITS = SOURCE_SINCE + 2,
	SOURCE_VIOLATIONS,
	SOURCE_VOUCHES,
	SOURCE_FACTS,
	SOURCE_REFUSED,
	SOURCE_FILES_REFUSED,
	SOURCE_WORDS
};

enum { FACT_SOURCE, FACT_VERSION, FACT_PUBLISHER, FACT_LOGIN, FACT_DAY, FACT_WORDS };
enum { REFUSAL_SOURCE, REFUSAL_LINE, REFUSAL_PATH, REFUSAL_WHY, REFUSAL_WORDS };

/* Fills n words of a record; zeros where it does not lie inside. */
void claim_set_record(const struct kith_claim_set *s, size_t section, uint32_t count, size_t words,
		      size_t i, uint32_t *ret);
/* One word of a record. */
uint32_t claim_set_field(const struct kith_claim_set *s, size_t section, uint32_t count,
			 size_t words, size_t i, size_t field);
uint32_t claim_set_word(const struct kith_claim_set *s, size_t i);
struct kith_span claim_set_text(const struct kith_claim_set *s, uint32_t at);
int64_t claim_set_i64(const uint32_t *two);

#endif
