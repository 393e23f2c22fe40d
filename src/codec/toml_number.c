/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, dates and times of TOML, strictly by its grammar. Sees one token, nothing else. */
#include <math.h>

#include "codec/number.h"
#include "codec/toml_reader.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
at(struct kith_span s, size_t i)
{
	return i < s.len ? s.ptr[i] : 0;
}

/* digit *( ["_"] digit ) from i on: where it ends, or i. */
static size_t
digits_end(struct kith_span s, size_t i)
{
	if (!is_digit(at(s, i)))
		return i;
	for (i++; is_digit(at(s, i)) || (at(s, i) == '_' && is_digit(at(s, i + 1)));)
		i += at(s, i) == '_' ? 2 : 1;
	return i;
}

/* True if all of the token is a float that is not inf or nan; `i` is behind the sign. */
static bool
is_float(struct kith_span s, size_t i)
{
	size_t end = digits_end(s, i), from;

	if (end == i || (at(s, i) == '0' && end > i + 1))
		return false;
	i = end;
	if (at(s, i) == '.') {
		from = i + 1;
		i = digits_end(s, from);
		if (i == from)
			return false;
	}
	if ((at(s, i) | 0x20) == 'e') {
		from = i + 1;
		if (at(s, from) == '+' || at(s, from) == '-')
			from++;
		i = digits_end(s, from);
		if (i == from)
			return false;
	}
	return i == s.len;
}

static uint8_t
digit_value(uint8_t c)
{
	if (is_digit(c))
		return (uint8_t)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : 0xff;
}

/* Digits of a base with single underscores between them. */
static bool
read_digits(struct kith_span s, size_t i, unsigned base, uint64_t max, uint64_t *ret,
	    const char **ret_why)
{
	uint64_t v = 0;
	bool digit = false;

	for (; i < s.len; i++) {
		uint8_t d = digit_value(s.ptr[i]);

		if (s.ptr[i] == '_' && digit && i + 1 < s.len) {
			digit = false;
			continue;
		}
		if (d >= base) {
			*ret_why = "malformed number";
			return false;
		}
		if (v > (max - d) / base) {
			*ret_why = "an integer of more than 64 bits";
			return false;
		}
		v = v * base + d;
		digit = true;
	}
	*ret_why = "malformed number";
	*ret = v;
	return digit;
}

static bool
read_integer(struct kith_span s, size_t sign, struct kith_toml *v, const char **ret_why)
{
	bool negative = at(s, 0) == '-';
	uint64_t n;
	unsigned base = 10;

	if (at(s, sign) == '0' && s.len > sign + 1) {
		uint8_t c = at(s, sign + 1);

		base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
		*ret_why = "malformed number";
		if (!base || sign)
			return false;
	}
	if (!read_digits(s, base == 10 ? sign : 2, base, (uint64_t)INT64_MAX + negative, &n,
			 ret_why))
		return false;
	v->type = KITH_TOML_INTEGER;
	v->u.integer = negative ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

bool
kith_toml_number(struct kith_span s, struct kith_toml *v, const char **ret_why)
{
	size_t sign = at(s, 0) == '+' || at(s, 0) == '-', i;
	struct kith_span rest = kith_span_sub(s, sign, SIZE_MAX);
	double special = kith_span_is(rest, "inf") ? (double)INFINITY : (double)NAN;

	if (kith_span_is(rest, "inf") || kith_span_is(rest, "nan")) {
		v->type = KITH_TOML_FLOAT;
		v->u.real = at(s, 0) == '-' ? -special : special;
		return true;
	}
	for (i = sign; i < s.len && (is_digit(s.ptr[i]) || s.ptr[i] == '_'); i++)
		;
	if (at(s, i) != '.' && (at(s, i) | 0x20) != 'e')
		return read_integer(s, sign, v, ret_why);
	if (!is_float(s, sign)) {
		*ret_why = "malformed number";
		return false;
	}
	v->type = KITH_TOML_FLOAT;
	v->u.real = kith_number_double(s);
	return true;
}

/* Exactly n digits at *i; moves behind them. */
static bool
read_part(struct kith_span s, size_t *i, size_t n, unsigned least, unsigned most, unsigned *ret)
{
	unsigned v = 0;
	size_t k;

	for (k = 0; k < n; k++) {
		if (!is_digit(at(s, *i + k)))
			return false;
		v = v * 10 + at(s, *i + k) - '0';
	}
	*i += n;
	*ret = v;
	return v >= least && v <= most;
}

static bool
read_char(struct kith_span s, size_t *i, uint8_t c)
{
	return at(s, *i) == c && (*i)++ < s.len;
}

static unsigned
days_in(unsigned year, unsigned month)
{
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool
read_date(struct kith_span s, size_t *i, struct kith_toml_time *t)
{
	unsigned year, month, day;

	if (!read_part(s, i, 4, 0, 9999, &year) || !read_char(s, i, '-') ||
	    !read_part(s, i, 2, 1, 12, &month) || !read_char(s, i, '-') ||
	    !read_part(s, i, 2, 1, days_in(year, month), &day))
		return false;
	t->year = (uint16_t)year;
	t->month = (uint8_t)month;
	t->day = (uint8_t)day;
	return true;
}

static bool
read_clock(struct kith_span s, size_t *i, struct kith_toml_time *t)
{
	unsigned hour, minute, second, unit = 100000000;
	size_t from;

	if (!read_part(s, i, 2, 0, 23, &hour) || !read_char(s, i, ':') ||
	    !read_part(s, i, 2, 0, 59, &minute) || !read_char(s, i, ':') ||
	    !read_part(s, i, 2, 0, 60, &second))
		return false;
	t->hour = (uint8_t)hour;
	t->minute = (uint8_t)minute;
	t->second = (uint8_t)second;
	if (!read_char(s, i, '.'))
		return true;
	for (from = *i; is_digit(at(s, *i)); ++*i, unit /= 10)
		t->nsec += (uint32_t)(at(s, *i) - '0') * unit;
	return *i > from;
}

static bool
read_offset(struct kith_span s, size_t *i, struct kith_toml_time *t)
{
	unsigned hours, minutes;
	int sign = at(s, *i) == '-' ? -1 : 1;

	if (read_char(s, i, 'Z') || read_char(s, i, 'z'))
		return true;
	if (!read_char(s, i, '+') && !read_char(s, i, '-'))
		return false;
	if (!read_part(s, i, 2, 0, 23, &hours) || !read_char(s, i, ':') ||
	    !read_part(s, i, 2, 0, 59, &minutes))
		return false;
	t->offset = (int16_t)(sign * (int)(hours * 60 + minutes));
	return true;
}

bool
kith_toml_is_time(struct kith_span s)
{
	size_t i = 0;

	while (is_digit(at(s, i)))
		i++;
	return i && (at(s, i) == ':' || at(s, i) == '-');
}

bool
kith_toml_time(struct kith_span s, struct kith_toml *v, const char **ret_why)
{
	struct kith_toml_time t;
	size_t i = 0;

	memset(&t, 0, sizeof(t));
	*ret_why = "no such date or time";
	if (at(s, 2) == ':') {
		v->type = KITH_TOML_LOCAL_TIME;
		if (!read_clock(s, &i, &t) || i < s.len)
			return false;
	} else {
		v->type = KITH_TOML_LOCAL_DATE;
		if (!read_date(s, &i, &t))
			return false;
		if (i < s.len) {
			if (!read_char(s, &i, 'T') && !read_char(s, &i, 't') &&
			    !read_char(s, &i, ' '))
				return false;
			v->type = KITH_TOML_LOCAL_DATETIME;
			if (!read_clock(s, &i, &t))
				return false;
		}
		if (i < s.len) {
			v->type = KITH_TOML_OFFSET_DATETIME;
			if (!read_offset(s, &i, &t) || i < s.len)
				return false;
		}
	}
	v->u.time = t;
	return true;
}
