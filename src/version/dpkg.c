/* SPDX-License-Identifier: Apache-2.0 */
/* Debian versions and relations as dpkg reads and orders them (versions.md 5). */
#include "version/parts.h"

#define MAX_EPOCH 2147483647u

struct dpkg_version {
	uint64_t epoch;
	struct kith_span upstream, revision;
};

static struct kith_span
trim(struct kith_span s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = kith_span_sub(s, 1, SIZE_MAX);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static bool
only(struct kith_span s, const char *others)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]) && !is_alpha(s.ptr[i]) &&
		    (!s.ptr[i] || !strchr(others, s.ptr[i])))
			return false;
	return true;
}

static const char *
parse(struct kith_span text, struct dpkg_version *ret)
{
	struct kith_span s = trim(text), epoch;
	struct dpkg_version v = {0, KITH_SPAN_NONE, KITH_SPAN_NONE};
	size_t at;

	if (text.len > KITH_MAX_VERSION)
		return "too long";
	at = kith_span_find(s, 0, ':');
	if (at < s.len) {
		epoch = kith_span_sub(s, 0, at);
		kith_part_take(&epoch, '+');
		if (!kith_span_u64(epoch, &v.epoch) || v.epoch > MAX_EPOCH)
			return "the epoch is no number up to 2147483647";
		s = kith_span_sub(s, at + 1, SIZE_MAX);
	}
	for (at = s.len; at && s.ptr[at - 1] != '-'; at--)
		;
	v.upstream = at ? kith_span_sub(s, 0, at - 1) : s;
	if (at) {
		v.revision = kith_span_sub(s, at, SIZE_MAX);
		if (!v.revision.len)
			return "the revision is empty";
	}
	if (!v.upstream.len || !is_digit(v.upstream.ptr[0]))
		return "it does not begin with a digit";
	if (!only(v.upstream, ".-+~:") || !only(v.revision, ".+~"))
		return "a character that no version has";
	*ret = v;
	return NULL;
}

static const char *
check(struct kith_span text)
{
	struct dpkg_version v;

	return parse(text, &v);
}

/* Weight of the first byte where text is expected: '~', then end or digit, letters, the rest. */
static int
weight(struct kith_span s)
{
	if (!s.len || is_digit(s.ptr[0]))
		return 0;
	if (s.ptr[0] == '~')
		return -1;
	return is_alpha(s.ptr[0]) ? s.ptr[0] : s.ptr[0] + 256;
}

static int
cmp_part(struct kith_span a, struct kith_span b)
{
	struct kith_span x, y;
	int p, q, r;

	while (a.len || b.len) {
		for (;;) {
			p = weight(a);
			q = weight(b);
			if (p != q)
				return p < q ? -1 : 1;
			if (!p)
				break;
			a = kith_span_sub(a, 1, SIZE_MAX);
			b = kith_span_sub(b, 1, SIZE_MAX);
		}
		x = y = KITH_SPAN_NONE;
		kith_part_digits(&a, &x);
		kith_part_digits(&b, &y);
		r = kith_part_cmp_digits(x, y);
		if (r)
			return r;
	}
	return 0;
}

static int
cmp(struct kith_span a, struct kith_span b)
{
	struct dpkg_version x, y;
	int r;

	if (parse(a, &x) || parse(b, &y))
		return 0;
	r = kith_part_cmp_u64(x.epoch, y.epoch);
	if (!r)
		r = cmp_part(x.upstream, y.upstream);
	return r ? r : cmp_part(x.revision, y.revision);
}

/* Whether an order (below, equal, above) satisfies the operator at the front of s. */
static bool
take_operator(struct kith_span *s, bool ret_holds[3])
{
	/* the obsolete < and > mean <= and >= */
	static const struct {
		const char *text;
		bool holds[3];
	} ops[] = {{"<<", {true, false, false}}, {"<=", {true, true, false}},
		   {"=", {false, true, false}},  {">=", {false, true, true}},
		   {">>", {false, false, true}}, {"<", {true, true, false}},
		   {">", {false, true, true}}};
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (kith_span_skip(s, ops[i].text)) {
			memcpy(ret_holds, ops[i].holds, sizeof(ops[i].holds));
			return true;
		}
	}
	return false;
}

static int
matches(struct kith_span range, const struct kith_span *version, bool *ret_matches,
	struct kith_error *err)
{
	struct kith_span s = trim(range);
	const char *why;
	bool holds[3];
	int r;

	if (!take_operator(&s, holds))
		return kith_range_fail(err, "debian", range, "no << <= = >= >> in front");
	why = check(s);
	if (why)
		return kith_range_fail(err, "debian", range, why);
	if (version) {
		r = cmp(*version, s);
		*ret_matches = holds[(r > 0) - (r < 0) + 1];
	}
	return KITH_OK;
}

const struct kith_scheme kith_scheme_debian = {"debian", check, cmp, matches};
