/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into a set of advisories: sections, words, text, the table of packages. */
#include "evidence/advisory_format.h"

uint32_t
advisory_pack_severity(const struct kith_advisory_severity *s)
{
	return (uint32_t)s->known | (uint32_t)s->has_score << 1 | (uint32_t)s->label << 2 |
	       (uint32_t)s->tenths << 8;
}

struct kith_advisory_severity
advisory_unpack_severity(uint32_t word)
{
	struct kith_advisory_severity s = {.known = word & 1, .has_score = word >> 1 & 1};
	unsigned label = word >> 2 & 7;

	s.label = label < KITH_SEVERITY_COUNT ? (enum kith_severity)label : KITH_SEVERITY_NONE;
	s.tenths = word >> 8 & 127;
	return s;
}

static uint32_t
load(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t
advisory_word(const struct kith_advisory_set *s, size_t section, uint32_t count,
	      size_t record_words, size_t i, size_t field)
{
	const uint8_t *p =
	    i < count ? kith_checked_at(&s->in, section + 4 * (i * record_words + field), 4) : NULL;

	return p ? load(p) : 0;
}

struct kith_span
advisory_text(const struct kith_advisory_set *s, uint32_t offset)
{
	const uint8_t *p;
	size_t len;

	if (offset > s->n_text || s->n_text - offset < 2)
		return KITH_SPAN_NONE;
	p = kith_checked_at(&s->in, s->text + offset, 2);
	len = p ? (size_t)p[0] | (size_t)p[1] << 8 : 0;
	if (len > s->n_text - offset - 2)
		return KITH_SPAN_NONE;
	p = len ? kith_checked_at(&s->in, s->text + offset + 2, len) : NULL;
	return p ? kith_span(p, len) : KITH_SPAN_NONE;
}

uint32_t
advisory_peek(const struct advisory_cursor *c, size_t ahead)
{
	return advisory_word(c->s, c->s->words, c->s->n_words, 1, c->at + ahead, 0);
}

uint32_t
advisory_next(struct advisory_cursor *c)
{
	uint32_t w = advisory_peek(c, 0);

	c->at++;
	return w;
}

int
kith_advisory_set_open_checked(const struct kith_checked *in, struct kith_advisory_set *ret_set,
			       struct kith_error *err)
{
	struct kith_advisory_set s = {.in = *in};
	uint32_t *const counts[SET_COUNTS] = {&s.n_keys,  &s.n_entries,   &s.n_records,
					      &s.n_words, &s.n_databases, &s.n_refusals,
					      &s.n_text};
	size_t *const sections[SET_COUNTS] = {&s.keys,      &s.entries,  &s.records, &s.words,
					      &s.databases, &s.refusals, &s.text};
	static const uint8_t sizes[SET_COUNTS] = {4 * KEY_WORDS,
						  4 * ENTRY_WORDS,
						  4 * RECORD_WORDS,
						  4,
						  4 * DB_WORDS,
						  4 * REFUSAL_WORDS,
						  1};
	const uint8_t *head = kith_checked_at(in, 0, SET_HEADER);
	uint64_t at = SET_HEADER;
	size_t i;

	if (!head || memcmp(head, SET_MAGIC, 8) != 0)
		return kith_fail(err, KITH_E_FORMAT, "no set of advisories");
	for (i = 0; i < SET_COUNTS; i++) {
		*counts[i] = load(head + 8 + 4 * i);
		*sections[i] = (size_t)at;
		at += (uint64_t)*counts[i] * sizes[i];
		if (at > kith_checked_size(in))
			return kith_fail(err, KITH_E_FORMAT, "a set of advisories is cut off");
	}
	if (at != kith_checked_size(in))
		return kith_fail(err, KITH_E_FORMAT, "a set of advisories has bytes behind it");
	*ret_set = s;
	return KITH_OK;
}

int
kith_advisory_set_open(struct kith_span bytes, struct kith_advisory_set *ret_set,
		       struct kith_error *err)
{
	const struct kith_checked in = {.bytes = bytes};

	return kith_advisory_set_open_checked(&in, ret_set, err);
}

bool
kith_advisory_set_database(const struct kith_advisory_set *s, size_t i,
			   struct kith_advisory_database *ret)
{
	uint32_t w[DB_WORDS];
	size_t k;

	if (i >= s->n_databases)
		return false;
	for (k = 0; k < DB_WORDS; k++)
		w[k] = advisory_word(s, s->databases, s->n_databases, DB_WORDS, i, k);
	*ret = (struct kith_advisory_database){w[0], w[1], w[2], w[3], w[4], w[5], w[6]};
	return true;
}

bool
kith_advisory_set_refusal(const struct kith_advisory_set *s, size_t i,
			  struct kith_advisory_refusal *ret)
{
	if (i >= s->n_refusals)
		return false;
	ret->database = advisory_word(s, s->refusals, s->n_refusals, REFUSAL_WORDS, i, 0);
	ret->path =
	    advisory_text(s, advisory_word(s, s->refusals, s->n_refusals, REFUSAL_WORDS, i, 1));
	ret->why =
	    advisory_text(s, advisory_word(s, s->refusals, s->n_refusals, REFUSAL_WORDS, i, 2));
	return true;
}

static int
cmp_key(const struct kith_advisory_set *s, size_t i, struct kith_span ecosystem,
	struct kith_span name)
{
	uint32_t e = advisory_word(s, s->keys, s->n_keys, KEY_WORDS, i, 0);
	uint32_t n = advisory_word(s, s->keys, s->n_keys, KEY_WORDS, i, 1);
	int r = kith_span_cmp(advisory_text(s, e), ecosystem);

	return r ? r : kith_span_cmp(advisory_text(s, n), name);
}

bool
advisory_find_key(const struct kith_advisory_set *s, struct kith_span ecosystem,
		  struct kith_span name, uint32_t *ret_first, uint32_t *ret_count)
{
	size_t low = 0, high = s->n_keys, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (cmp_key(s, mid, ecosystem, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n_keys || cmp_key(s, low, ecosystem, name) != 0)
		return false;
	*ret_first = advisory_word(s, s->keys, s->n_keys, KEY_WORDS, low, 2);
	*ret_count = advisory_word(s, s->keys, s->n_keys, KEY_WORDS, low, 3);
	if (*ret_first > s->n_entries || *ret_count > s->n_entries - *ret_first)
		return false;
	return true;
}
