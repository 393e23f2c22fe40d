/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal numbers without a decimal point: the C library's idea of one depends on the locale. */
#ifndef KITH_CODEC_NUMBER_H
#define KITH_CODEC_NUMBER_H

#include "base/base.h"

#define KITH_NUMBER_DIGITS 800 /* more than any double needs to be rounded exactly */
#define KITH_NUMBER_TEXT   (KITH_NUMBER_DIGITS + 16)

/*
 * Rewrites [+-]digits[.digits][e[+-]digits] (underscores between digits are skipped; the caller
 * has checked the grammar) as [-]digits"e"exponent with at most max_digits ≤ KITH_NUMBER_DIGITS
 * digits, NUL-terminated. Where digits are cut off, the last one kept tells that there were more.
 */
void kith_number_normal(struct kith_span text, size_t max_digits, char out[KITH_NUMBER_TEXT]);

/* The nearest double; beyond the range ±infinity or ±0. */
double kith_number_double(struct kith_span text);

#endif
