/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time: UTC seconds and nanoseconds. The only reader of the clock is kith_time_now. */
#ifndef KITH_BASE_TIME_H
#define KITH_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

struct kith_time {
	int64_t sec;   /* since 1970-01-01T00:00:00Z */
	uint32_t nsec; /* 0..1999999999: a leap second is :59 plus a second, as chrono has it */
};

struct kith_time kith_time_now(void);
int kith_time_cmp(struct kith_time a, struct kith_time b);

/*
 * RFC 3339 as crev reads it (crev format 3.5): T, t or one blank; Z, z or ±HH:MM (U+2212 too);
 * :60 accepted; fraction needs a digit, beyond nine they are cut. *ret_offset (may be NULL):
 * minutes.
 */
bool kith_time_parse(struct kith_span s, struct kith_time *ret_time, int *ret_offset);

/* A bare date YYYY-MM-DD as its first second in UTC. */
bool kith_time_parse_date(struct kith_span s, struct kith_time *ret_time);

/* Days since 1970-01-01 of a proleptic Gregorian date, and back. */
int64_t kith_days_from_civil(int64_t year, unsigned month, unsigned day);
void kith_civil_from_days(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day);

/* "YYYY-MM-DD" and "YYYY-MM-DDTHH:MM:SSZ" (fraction of 3, 6 or 9 digits where needed), in UTC. */
void kith_time_put_date(struct kith_buf *out, struct kith_time t);
void kith_time_put_rfc3339(struct kith_buf *out, struct kith_time t);
/* As crev writes it: local time with offset ±HH:MM, fraction of 0, 3, 6 or 9 digits. */
void kith_time_put_offset(struct kith_buf *out, struct kith_time t, int offset_minutes);

#endif
