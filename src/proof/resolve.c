/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resolution of plain scalars as crev's YAML library does it: null, bool, integer, float. Decides
 * without strtod, which would depend on the locale of the program that uses the library.
 */
#include "base/base.h"
#include "proof/scalar.h"

__extension__ typedef unsigned __int128 u128;

#define I128_MIN_MAGNITUDE ((u128)1 << 127)

static bool
is_one_of(struct kith_span s, const char *const *words)
{
	for (; *words; words++)
		if (kith_span_is(s, *words))
			return true;
	return false;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static unsigned
digit_value(uint8_t c)
{
	if (is_digit(c))
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 255;
}

/* Digits of a base without a sign; at least one. False where they do not fit. */
static bool
parse_digits(struct kith_span s, unsigned base, u128 *ret_value)
{
	const u128 max = ~(u128)0;
	u128 v = 0;
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned d = digit_value(s.ptr[i]);

		if (d >= base || v > (max - d) / base)
			return false;
		v = v * base + d;
	}
	*ret_value = v;
	return s.len > 0;
}

/* An integer of 128 bits: its sign and magnitude. */
static bool
parse_integer(struct kith_span s, bool *ret_negative, u128 *ret_value)
{
	bool negative = s.len && s.ptr[0] == '-';
	unsigned base = 10;
	u128 v;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = kith_span_sub(s, 1, SIZE_MAX);
	if (kith_span_skip(&s, "0x"))
		base = 16;
	else if (kith_span_skip(&s, "0o"))
		base = 8;
	else if (kith_span_skip(&s, "0b"))
		base = 2;
	else if (s.len > 1 && s.ptr[0] == '0')
		return false;
	if (!parse_digits(s, base, &v) || (negative && v > I128_MIN_MAGNITUDE))
		return false;
	*ret_negative = negative;
	*ret_value = v;
	return true;
}

/* Optional sign, 0, digits: no number, yet quoted by the writer. */
static bool
is_padded_zero(struct kith_span s)
{
	size_t i;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = kith_span_sub(s, 1, SIZE_MAX);
	if (s.len < 2 || s.ptr[0] != '0')
		return false;
	for (i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]))
			return false;
	return true;
}

struct decimal {
	struct kith_span whole, fraction; /* digits */
	int64_t exponent;
};

static struct kith_span
cut_digits(struct kith_span *s)
{
	size_t n = 0;
	struct kith_span d;

	while (n < s->len && is_digit(s->ptr[n]))
		n++;
	d = kith_span_sub(*s, 0, n);
	*s = kith_span_sub(*s, n, SIZE_MAX);
	return d;
}

static bool
cut_exponent(struct kith_span *s, int64_t *ret_exponent)
{
	bool negative;
	struct kith_span d;
	uint64_t v;

	if (!kith_span_skip(s, "e") && !kith_span_skip(s, "E"))
		return true;
	negative = s->len && s->ptr[0] == '-';
	if (s->len && (s->ptr[0] == '-' || s->ptr[0] == '+'))
		*s = kith_span_sub(*s, 1, SIZE_MAX);
	d = cut_digits(s);
	if (!d.len)
		return false;
	if (!kith_span_u64(d, &v) || v > 1000000)
		v = 1000000;
	*ret_exponent = negative ? -(int64_t)v : (int64_t)v;
	return true;
}

static bool
parse_decimal(struct kith_span s, struct decimal *ret)
{
	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = kith_span_sub(s, 1, SIZE_MAX);
	ret->whole = cut_digits(&s);
	ret->fraction = KITH_SPAN_NONE;
	ret->exponent = 0;
	if (kith_span_skip(&s, "."))
		ret->fraction = cut_digits(&s);
	if (!ret->whole.len && !ret->fraction.len)
		return false;
	return cut_exponent(&s, &ret->exponent) && !s.len;
}

static uint8_t
decimal_digit(const struct decimal *d, size_t i)
{
	if (i < d->whole.len)
		return d->whole.ptr[i];
	i -= d->whole.len;
	return i < d->fraction.len ? d->fraction.ptr[i] : '0';
}

/* Whether rounding to the nearest f64 stays finite. */
static bool
is_finite(const struct decimal *d)
{
	static const char limit[] = "17976931348623158079"; /* where rounding up to 2^1024 begins */
	size_t n = d->whole.len + d->fraction.len, first = 0, i;
	int64_t magnitude; /* of the first digit that is not zero */

	while (first < n && decimal_digit(d, first) == '0')
		first++;
	if (first == n)
		return true;
	magnitude = (int64_t)d->whole.len - 1 - (int64_t)first + d->exponent;
	if (magnitude != 308)
		return magnitude < 308;
	for (i = 0; i < sizeof(limit) - 1; i++) {
		char c = (char)decimal_digit(d, first + i);

		if (c != limit[i])
			return c < limit[i];
	}
	return false;
}

static bool
is_float(struct kith_span s)
{
	static const char *const words[] = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf",
					    "+.INF", "-.inf", "-.Inf", "-.INF", ".nan",
					    ".NaN",  ".NAN",  NULL};
	struct decimal d;

	return is_one_of(s, words) || (parse_decimal(s, &d) && is_finite(&d));
}

bool
kith_proof_scalar_resolves(struct kith_span text)
{
	static const char *const words[] = {"",     "~",    "null",  "Null",  "NULL",  "true",
					    "True", "TRUE", "false", "False", "FALSE", NULL};
	bool negative;
	u128 v;

	return is_one_of(text, words) || parse_integer(text, &negative, &v) ||
	       is_padded_zero(text) || is_float(text);
}

bool
kith_proof_scalar_i64(struct kith_span text, int64_t *ret_value)
{
	bool negative;
	u128 v;

	if (!parse_integer(text, &negative, &v) || v > (u128)INT64_MAX + (negative ? 1 : 0))
		return false;
	if (negative && v == (u128)INT64_MAX + 1)
		*ret_value = INT64_MIN;
	else
		*ret_value = negative ? -(int64_t)v : (int64_t)v;
	return true;
}
