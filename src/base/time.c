/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3339 and the proleptic Gregorian calendar, without the C library's time zones. */
#include <time.h>

#include "base/base.h"

struct kith_time
kith_time_now(void)
{
	struct timespec ts;
	struct kith_time t = {0, 0};

	if (clock_gettime(CLOCK_REALTIME, &ts) == 0) {
		t.sec = ts.tv_sec;
		t.nsec = (uint32_t)ts.tv_nsec;
	}
	return t;
}

int
kith_time_cmp(struct kith_time a, struct kith_time b)
{
	if (a.sec != b.sec)
		return a.sec < b.sec ? -1 : 1;
	return (a.nsec > b.nsec) - (a.nsec < b.nsec);
}

int64_t
kith_days_from_civil(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (int64_t)(month + (month > 2 ? -3U : 9U)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
kith_civil_from_days(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*ret_day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*ret_month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*ret_year = yoe + era * 400 + (*ret_month <= 2);
}

static bool
digits(struct kith_span s, size_t at, size_t n, unsigned *ret_value)
{
	uint64_t v;

	if (at > s.len || n > s.len - at || !kith_span_u64(kith_span_sub(s, at, n), &v))
		return false;
	*ret_value = (unsigned)v;
	return true;
}

static unsigned
days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
parse_date(struct kith_span s, int64_t *ret_days)
{
	unsigned y, m, d;

	if (!digits(s, 0, 4, &y) || s.ptr[4] != '-' || !digits(s, 5, 2, &m) || s.ptr[7] != '-' ||
	    !digits(s, 8, 2, &d))
		return false;
	if (m < 1 || m > 12 || d < 1 || d > days_in_month(y, m))
		return false;
	*ret_days = kith_days_from_civil(y, m, d);
	return true;
}

bool
kith_time_parse_date(struct kith_span s, struct kith_time *ret_time)
{
	int64_t days;

	if (s.len != 10 || !parse_date(s, &days))
		return false;
	ret_time->sec = days * 86400;
	ret_time->nsec = 0;
	return true;
}

/* ".123456" at *at: at least one digit, cut to nine. */
static bool
parse_fraction(struct kith_span s, size_t *at, uint32_t *ret_nsec)
{
	uint32_t v = 0, scale = 100000000;
	size_t i = *at + 1;

	for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
		v += (uint32_t)(s.ptr[i] - '0') * scale;
		scale /= 10;
	}
	if (i == *at + 1)
		return false;
	*at = i;
	*ret_nsec = v;
	return true;
}

/* Z, z or a sign (ASCII, or U+2212 as minus) and HH:MM; must end the text. */
static bool
parse_offset(struct kith_span s, size_t at, int *ret_minutes)
{
	struct kith_span rest = kith_span_sub(s, at, SIZE_MAX);
	unsigned h, m;
	int sign;

	if (rest.len == 1 && (rest.ptr[0] == 'Z' || rest.ptr[0] == 'z')) {
		*ret_minutes = 0;
		return true;
	}
	if (kith_span_skip(&rest, "+"))
		sign = 1;
	else if (kith_span_skip(&rest, "-") || kith_span_skip(&rest, "\xe2\x88\x92"))
		sign = -1;
	else
		return false;
	if (rest.len != 5 || rest.ptr[2] != ':' || !digits(rest, 0, 2, &h) ||
	    !digits(rest, 3, 2, &m) || h > 23 || m > 59)
		return false;
	*ret_minutes = sign * (int)(h * 60 + m);
	return true;
}

/* "HH:MM:SS" at offset 11, a leap second included. */
static bool
parse_clock(struct kith_span s, unsigned *ret_h, unsigned *ret_m, unsigned *ret_s)
{
	if (!digits(s, 11, 2, ret_h) || s.ptr[13] != ':' || !digits(s, 14, 2, ret_m) ||
	    s.ptr[16] != ':' || !digits(s, 17, 2, ret_s))
		return false;
	return *ret_h <= 23 && *ret_m <= 59 && *ret_s <= 60;
}

bool
kith_time_parse(struct kith_span s, struct kith_time *ret_time, int *ret_offset)
{
	unsigned h, m, sec;
	uint32_t nsec = 0;
	int64_t days;
	size_t at = 19;
	int offset;

	if (s.len < 20 || !parse_date(s, &days) || !parse_clock(s, &h, &m, &sec))
		return false;
	if (s.ptr[10] != 'T' && s.ptr[10] != 't' && s.ptr[10] != ' ')
		return false;
	if (s.ptr[at] == '.' && !parse_fraction(s, &at, &nsec))
		return false;
	if (!parse_offset(s, at, &offset))
		return false;
	if (sec == 60) {
		sec = 59;
		nsec += 1000000000;
	}
	ret_time->sec = days * 86400 + h * 3600 + m * 60 + sec - (int64_t)offset * 60;
	ret_time->nsec = nsec;
	if (ret_offset)
		*ret_offset = offset;
	return true;
}

static void
put_parts(struct kith_buf *out, struct kith_time t, bool with_time)
{
	int64_t days = t.sec / 86400, rest = t.sec % 86400, year;
	unsigned month, day, leap = t.nsec >= 1000000000, nsec = t.nsec % 1000000000;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	kith_civil_from_days(days, &year, &month, &day);
	kith_buf_printf(out, "%04lld-%02u-%02u", (long long)year, month, day);
	if (!with_time)
		return;
	kith_buf_printf(out, "T%02u:%02u:%02u", (unsigned)(rest / 3600), (unsigned)(rest / 60 % 60),
			(unsigned)(rest % 60) + leap);
	if (nsec % 1000000 == 0) {
		if (nsec)
			kith_buf_printf(out, ".%03u", nsec / 1000000);
	} else if (nsec % 1000 == 0) {
		kith_buf_printf(out, ".%06u", nsec / 1000);
	} else {
		kith_buf_printf(out, ".%09u", nsec);
	}
}

void
kith_time_put_date(struct kith_buf *out, struct kith_time t)
{
	put_parts(out, t, false);
}

void
kith_time_put_rfc3339(struct kith_buf *out, struct kith_time t)
{
	put_parts(out, t, true);
	kith_buf_put_char(out, 'Z');
}

void
kith_time_put_offset(struct kith_buf *out, struct kith_time t, int offset_minutes)
{
	int abs_minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;

	t.sec += (int64_t)offset_minutes * 60;
	put_parts(out, t, true);
	kith_buf_printf(out, "%c%02d:%02d", offset_minutes < 0 ? '-' : '+', abs_minutes / 60,
			abs_minutes % 60);
}
