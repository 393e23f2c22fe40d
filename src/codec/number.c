/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal text to double, independent of the locale. Checks no grammar. */
#include "codec/number.h"

#define EXPONENT_MAX 100000 /* far outside any double */

static int64_t
read_exponent(struct kith_span text, size_t i)
{
	bool negative = i < text.len && text.ptr[i] == '-';
	int64_t e = 0;

	if (i < text.len && (text.ptr[i] == '-' || text.ptr[i] == '+'))
		i++;
	for (; i < text.len; i++)
		if (text.ptr[i] != '_' && e < INT64_MAX / 100)
			e = e * 10 + (text.ptr[i] - '0');
	return negative ? -e : e;
}

/* What stands before the exponent, gathered. */
struct mantissa {
	char *digits; /* the kept ones */
	size_t kept, max;
	int64_t exponent; /* of the last kept digit */
	bool point, more; /* behind the decimal point; something was cut off */
};

static void
add_digit(struct mantissa *m, char c)
{
	m->exponent -= m->point;
	if (m->kept == 0 && c == '0')
		return;
	if (m->kept < m->max) {
		m->digits[m->kept++] = c;
	} else {
		m->exponent++;
		m->more = m->more || c != '0';
	}
}

/* Returns the offset of the exponent's letter, or the end. */
static size_t
read_mantissa(struct kith_span text, size_t i, struct mantissa *m)
{
	for (; i < text.len && (text.ptr[i] | 0x20) != 'e'; i++) {
		if (text.ptr[i] == '.')
			m->point = true;
		else if (text.ptr[i] != '_')
			add_digit(m, (char)text.ptr[i]);
	}
	if (m->kept == 0)
		m->digits[m->kept++] = '0';
	/* a last 0 or 5 could stand for an exact tie, which it is not when something follows */
	if (m->more && (m->digits[m->kept - 1] == '0' || m->digits[m->kept - 1] == '5'))
		m->digits[m->kept - 1]++;
	return i;
}

void
kith_number_normal(struct kith_span text, size_t max_digits, char out[KITH_NUMBER_TEXT])
{
	bool negative = text.len && text.ptr[0] == '-';
	size_t sign = negative || (text.len && text.ptr[0] == '+'), i;
	struct mantissa m = {.digits = out + negative, .max = max_digits};

	if (negative)
		out[0] = '-';
	i = read_mantissa(text, sign, &m);
	if (i < text.len)
		m.exponent += read_exponent(text, i + 1);
	if (m.exponent > EXPONENT_MAX || m.exponent < -EXPONENT_MAX)
		m.exponent = m.exponent < 0 ? -EXPONENT_MAX : EXPONENT_MAX;
	snprintf(m.digits + m.kept, KITH_NUMBER_TEXT - negative - m.kept, "e%d", (int)m.exponent);
}

double
kith_number_double(struct kith_span text)
{
	char plain[KITH_NUMBER_TEXT];

	kith_number_normal(text, KITH_NUMBER_DIGITS, plain);
	return strtod(plain, NULL);
}
