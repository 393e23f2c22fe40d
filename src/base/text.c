/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one function through which untrusted text reaches a terminal, globs, and "did you mean".
 * Column widths come from small tables of our own: the library must not touch the locale.
 */
#include "base/base.h"

struct range {
	uint32_t first, last;
};

/* Controls, bidi controls, zero-width and other invisible characters, separators, tags, fillers. */
static const struct range unsafe[] = {{0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},
				      {0x034f, 0x034f},   {0x061c, 0x061c},   {0x115f, 0x1160},
				      {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
				      {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
				      {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
				      {0xfff0, 0xfffb},   {0xfffe, 0xffff},   {0x13430, 0x1343f},
				      {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff}};

/* Combining marks that take no column (the blocks that matter in practice). */
static const struct range zero[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x06d6, 0x06dc}, {0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
    {0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe20, 0xfe2f}};

/* East Asian Wide and Fullwidth, emoji presentation (Unicode 15, merged blocks). */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x25fd, 0x25fe},   {0x2614, 0x2615},   {0x26aa, 0x26ab},   {0x2705, 0x2705},
    {0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274c},   {0x2753, 0x2755},
    {0x2795, 0x2797},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb},
    {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

static bool
in_ranges(const struct range *r, size_t n, uint32_t c)
{
	size_t lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (c < r[mid].first)
			hi = mid;
		else if (c > r[mid].last)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

#define IN(table, c) in_ranges(table, sizeof(table) / sizeof(table[0]), c)

bool
kith_text_is_unsafe(uint32_t c)
{
	return IN(unsafe, c);
}

/* One escaped or plain character into `out`; returns its length, *ret_columns its width. */
static size_t
put_char(struct kith_span s, size_t *pos, char out[16], size_t *ret_columns)
{
	size_t from = *pos;
	uint32_t c;
	int n;

	if (from < s.len && s.ptr[from] >= 0x20 && s.ptr[from] < 0x7f) {
		out[0] = (char)s.ptr[from];
		*pos = from + 1;
		*ret_columns = 1;
		return 1;
	}
	if (!kith_utf8_next(s, pos, &c)) {
		n = snprintf(out, 16, "\\x%02x", s.ptr[from]);
		*pos = from + 1;
	} else if (c == '\n' || c == '\t' || c == '\r') {
		n = snprintf(out, 16, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
	} else if (c < 0x20 || c == 0x7f) {
		n = snprintf(out, 16, "\\x%02x", (unsigned)c);
	} else if (IN(unsafe, c)) {
		n = snprintf(out, 16, "\\u{%x}", (unsigned)c);
	} else {
		memcpy(out, s.ptr + from, *pos - from);
		*ret_columns = IN(zero, c) ? 0 : IN(wide, c) ? 2 : 1;
		return *pos - from;
	}
	*ret_columns = (size_t)n;
	return (size_t)n;
}

size_t
kith_text_columns(struct kith_span s)
{
	size_t pos = 0, w, total = 0;
	char one[16];

	while (pos < s.len) {
		put_char(s, &pos, one, &w);
		total += w;
	}
	return total;
}

size_t
kith_text_safe(struct kith_buf *out, struct kith_span s, size_t max_columns)
{
	bool cut = max_columns && kith_text_columns(s) > max_columns;
	size_t pos = 0, n, w, total = 0;
	char one[16];

	while (pos < s.len) {
		n = put_char(s, &pos, one, &w);
		if (cut && total + w > max_columns - 1) {
			kith_buf_put_str(out, "…");
			return total + 1;
		}
		kith_buf_put(out, one, n);
		total += w;
	}
	return total;
}

void
kith_text_safe_array(char *out, size_t size, struct kith_span s)
{
	size_t pos = 0, n, w, len = 0;
	char one[16];

	while (pos < s.len) {
		n = put_char(s, &pos, one, &w);
		if (n >= size - len)
			break;
		memcpy(out + len, one, n);
		len += n;
	}
	out[len] = '\0';
}

#define DISTANCE_MAX 64

size_t
kith_text_distance(struct kith_span a, struct kith_span b, size_t limit)
{
	size_t rows[3][DISTANCE_MAX + 1], i, j, best;
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *swap;

	if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX)
		return limit + 1;
	memset(rows, 0, sizeof(rows));
	for (j = 0; j <= b.len; j++)
		last[j] = j;
	for (i = 1; i <= a.len; i++) {
		now[0] = i;
		for (j = 1; j <= b.len; j++) {
			best = last[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		swap = before;
		before = last;
		last = now;
		now = swap;
	}
	return last[b.len] > limit ? limit + 1 : last[b.len];
}

const char *
kith_text_nearest(struct kith_span word, const char *const *candidates, size_t n)
{
	size_t limit = word.len / 3 ? word.len / 3 : 1, i, d;
	const char *best = NULL;

	for (i = 0; i < n; i++) {
		d = kith_text_distance(word, kith_span_str(candidates[i]), limit);
		if (d <= limit && d < limit + (best == NULL)) {
			best = candidates[i];
			limit = d;
		}
	}
	return best;
}

/* Matches the class at pattern[*p] == '[' against c; moves *p behind the class. */
static bool
match_class(struct kith_span pattern, size_t *p, uint8_t c, bool *ret_match)
{
	size_t i = *p + 1;
	bool negate = i < pattern.len && (pattern.ptr[i] == '!' || pattern.ptr[i] == '^');
	bool match = false, first = true;

	i += negate;
	for (; i < pattern.len && (first || pattern.ptr[i] != ']'); first = false) {
		uint8_t lo = pattern.ptr[i], hi = lo;

		if (i + 2 < pattern.len && pattern.ptr[i + 1] == '-' && pattern.ptr[i + 2] != ']') {
			hi = pattern.ptr[i + 2];
			i += 2;
		}
		match = match || (lo <= c && c <= hi);
		i++;
	}
	if (i >= pattern.len)
		return false; /* no closing bracket: a literal '[' */
	*p = i + 1;
	*ret_match = match != negate;
	return true;
}

static bool
match_one(struct kith_span pattern, size_t *p, uint8_t c)
{
	bool match;

	if (pattern.ptr[*p] == '[' && match_class(pattern, p, c, &match))
		return match;
	if (pattern.ptr[*p] == '?' || pattern.ptr[*p] == c) {
		(*p)++;
		return true;
	}
	return false;
}

bool
kith_glob_match(struct kith_span pattern, struct kith_span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0, q;

	/* Only the last star is ever retried: quadratic at worst, never exponential. */
	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			mark = t;
			continue;
		}
		q = p;
		if (p < pattern.len && match_one(pattern, &q, text.ptr[t])) {
			p = q;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}
