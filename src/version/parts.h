/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the version schemes share, private to this room: ASCII classes (no locale), digit runs of
 * any length compared as text, SemVer identifiers, and each scheme's entry points.
 */
#ifndef KITH_VERSION_PARTS_H
#define KITH_VERSION_PARTS_H

#include "version/version.h"

static inline bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline uint8_t
to_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* Takes the byte c off the front of s if it is there. */
bool kith_part_take(struct kith_span *s, uint8_t c);
/* Takes any run of the byte c. */
void kith_part_skip(struct kith_span *s, uint8_t c);
/* Takes the longest run of digits; false if there is none. */
bool kith_part_digits(struct kith_span *s, struct kith_span *ret_digits);
/* As above, but "0" or without a leading zero. */
bool kith_part_number(struct kith_span *s, struct kith_span *ret_digits);
bool kith_part_all_digits(struct kith_span s);

/* Orders digit runs by value: any length, leading zeros do not count, empty is zero. */
int kith_part_cmp_digits(struct kith_span a, struct kith_span b);
int kith_part_cmp_u64(uint64_t a, uint64_t b);

/* A non-empty dotted list of [0-9A-Za-z-]+; `strict`: an all-digit one has no leading zero. */
bool kith_part_identifiers(struct kith_span s, bool strict);
/* SemVer precedence of two pre-release lists; an empty list (a release) is highest. */
int kith_part_cmp_pre(struct kith_span a, struct kith_span b);

/*
 * Cuts "-pre" and "+build" (each optional) off s, which must then be exhausted; strict SemVer.
 * ret spans lose their sign and are empty where there is none.
 */
bool kith_part_suffix(struct kith_span s, struct kith_span *ret_pre, struct kith_span *ret_build);

/*
 * A scheme's rules. `check`: NULL if text is a version, else a fixed word on why not. `cmp`: of two
 * versions that passed. `matches`: validates the whole range even where the answer is known early;
 * `version` passed `check`, or is NULL when only the range is to be validated.
 */
struct kith_scheme {
	const char *name;
	const char *(*check)(struct kith_span text);
	int (*cmp)(struct kith_span a, struct kith_span b);
	int (*matches)(struct kith_span range, const struct kith_span *version, bool *ret_matches,
		       struct kith_error *err);
};

extern const struct kith_scheme kith_scheme_cargo, kith_scheme_npm, kith_scheme_npm_loose,
    kith_scheme_go, kith_scheme_pypi, kith_scheme_debian;

/* Fails with KITH_E_FORMAT: "'<range>' is no <scheme> range: <why>". */
int kith_range_fail(struct kith_error *err, const char *scheme, struct kith_span range,
		    const char *why);

#endif
