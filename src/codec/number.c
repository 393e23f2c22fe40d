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

void
kith_number_normal(struct kith_span text, size_t max_digits, char out[KITH_NUMBER_TEXT])
{
	int64_t exponent = 0;
	size_t i = 0, n = 0, at = 0;
	bool point = false, more = false;

	if (text.len && text.ptr[0] == '-')
		out[at++] = '-';
	if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+'))
		i++;
	for (; i < text.len && (text.ptr[i] | 0x20) != 'e'; i++) {
		uint8_t c = text.ptr[i];

		if (c == '.')
			point = true;
		if (c == '.' || c == '_')
			continue;
		exponent -= point;
		if (n == 0 && c == '0')
			continue;
		if (n < max_digits) {
			out[at + n++] = (char)c;
		} else {
			exponent++;
			more = more || c != '0';
		}
	}
	if (n == 0)
		out[at + n++] = '0';
	/* a digit 0 or 5 could stand for an exact tie, which it is not when something follows */
	if (more && (out[at + n - 1] == '0' || out[at + n - 1] == '5'))
		out[at + n - 1]++;
	if (i < text.len)
		exponent += read_exponent(text, i + 1);
	if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
		exponent = exponent < 0 ? -EXPONENT_MAX : EXPONENT_MAX;
	snprintf(out + at + n, KITH_NUMBER_TEXT - at - n, "e%d", (int)exponent);
}

double
kith_number_double(struct kith_span text)
{
	char plain[KITH_NUMBER_TEXT];

	kith_number_normal(text, KITH_NUMBER_DIGITS, plain);
	return strtod(plain, NULL);
}
