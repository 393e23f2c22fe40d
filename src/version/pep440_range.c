/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEP 440 specifier sets (versions.md 4.3), pre-releases always allowed: what is judged here is
 * locked already. Where references disagree on `<` and `>` the newer reading holds.
 */
#include "version/pep440.h"

enum clause_op { OP_IDENTICAL, OP_EQ, OP_NE, OP_LE, OP_GE, OP_LT, OP_GT, OP_COMPATIBLE };

struct clause {
	enum clause_op op;
	bool prefix;      /* V.* */
	size_t numbers;   /* in V's release */
	struct pep440 at; /* V */
	struct kith_span text;
};

static size_t
count_numbers(struct kith_span release)
{
	size_t n = 1, i;

	for (i = 0; i < release.len; i++)
		n += release.ptr[i] == '.';
	return n;
}

static bool
take_clause_op(struct kith_span *s, enum clause_op *ret_op)
{
	static const struct {
		const char *text;
		enum clause_op op;
	} ops[] = {{"===", OP_IDENTICAL}, {"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE},
		   {">=", OP_GE},         {"<", OP_LT},  {">", OP_GT},  {"~=", OP_COMPATIBLE}};
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (kith_span_skip(s, ops[i].text)) {
			*ret_op = ops[i].op;
			return true;
		}
	}
	return false;
}

static const char *
parse_identical(struct kith_span text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f || text.ptr[i] == ';' ||
		    text.ptr[i] == ')')
			return "=== with a character that no version has";
	return NULL;
}

/* NULL, or why the text is no clause. */
static const char *
parse_clause(struct kith_span s, struct clause *ret)
{
	struct clause c = {.prefix = false};
	struct kith_span front;

	if (!take_clause_op(&s, &c.op))
		return "a clause without operator";
	s = kith_span_trim(s);
	c.text = s;
	if (c.op == OP_IDENTICAL) {
		*ret = c;
		return parse_identical(s);
	}
	c.prefix = kith_span_ends(s, KITH_SPAN_LIT(".*"));
	if (c.prefix) {
		if (c.op != OP_EQ && c.op != OP_NE)
			return ".* after another operator than == and !=";
		front = kith_span_sub(s, 0, s.len - 2);
		if (s.len > KITH_MAX_VERSION || !kith_pep440_front(&front, &c.at) || front.len)
			return ".* after something else than numbers";
	} else if (!kith_pep440_parse(s, &c.at)) {
		return "a clause without a valid version";
	}
	if (c.at.local.len && c.op != OP_EQ && c.op != OP_NE)
		return "a local version after another operator than == and !=";
	c.numbers = count_numbers(c.at.release);
	if (c.op == OP_COMPATIBLE && c.numbers < 2)
		return "~= needs two numbers";
	*ret = c;
	return NULL;
}

/* The candidate as written or in normal form equals the text, case ignored. */
static int
match_identical(const struct clause *c, struct kith_span version, bool *ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf normal;
	int r;

	kith_buf_init(&normal, KITH_MAX_VERSION * 2);
	if (kith_pep440_cmp_folded(kith_span_trim(version), c->text) == 0) {
		*ret = true;
		return KITH_OK;
	}
	kith_pep440_normal(version, &normal);
	r = kith_buf_check(&normal, err);
	if (!r)
		*ret = kith_pep440_cmp_folded(kith_buf_span(&normal), c->text) == 0;
	return r;
}

static bool
match_prefix(const struct pep440 *at, size_t numbers, const struct pep440 *v)
{
	return kith_part_cmp_digits(at->epoch, v->epoch) == 0 &&
	       kith_pep440_cmp_release(at->release, v->release, numbers) == 0;
}

static bool
match_equal(const struct clause *c, const struct pep440 *v)
{
	if (c->prefix)
		return match_prefix(&c->at, c->numbers, v);
	return c->at.local.len ? kith_pep440_cmp(v, &c->at) == 0
			       : kith_pep440_cmp_public(v, &c->at) == 0;
}

/* Below, but no pre-release of that very version unless it is one itself. */
static bool
match_less(const struct pep440 *at, const struct pep440 *v)
{
	if (kith_pep440_cmp(v, at) >= 0)
		return false;
	if (at->pre || at->dev || kith_pep440_cmp_own(v, at) != 0)
		return true;
	if (at->post)
		return !(v->dev && v->post && !v->pre && kith_pep440_cmp_post(v, at) == 0);
	return !v->pre && !v->dev;
}

/* Above, but no post-release or local version of that very version. */
static bool
match_greater(const struct pep440 *at, const struct pep440 *v)
{
	struct pep440 without_post = *v;

	if (kith_pep440_cmp(v, at) <= 0)
		return false;
	if (v->local.len && kith_pep440_cmp_public(v, at) == 0)
		return false;
	without_post.post = without_post.dev = false;
	without_post.post_n = without_post.dev_n = KITH_SPAN_NONE;
	return at->post || !v->post || kith_pep440_cmp_public(&without_post, at) != 0;
}

static bool
match_ordered(const struct clause *c, const struct pep440 *v)
{
	switch (c->op) {
	case OP_EQ:
		return match_equal(c, v);
	case OP_NE:
		return !match_equal(c, v);
	case OP_LE:
		return kith_pep440_cmp_public(v, &c->at) <= 0;
	case OP_GE:
		return kith_pep440_cmp_public(v, &c->at) >= 0;
	case OP_LT:
		return match_less(&c->at, v);
	case OP_GT:
		return match_greater(&c->at, v);
	case OP_COMPATIBLE:
		return kith_pep440_cmp_public(v, &c->at) >= 0 &&
		       match_prefix(&c->at, c->numbers - 1, v);
	case OP_IDENTICAL:
		break;
	}
	return false;
}

int
kith_pep440_matches(struct kith_span range, const struct kith_span *version, bool *ret_matches,
		    struct kith_error *err)
{
	struct kith_span rest = range, piece;
	bool all = true, one = true;
	const char *why;
	struct clause c;
	struct pep440 v;
	int r;

	if (version && !kith_pep440_parse(*version, &v))
		return KITH_OK;
	while (kith_span_next(&rest, ',', &piece)) {
		piece = kith_span_trim(piece);
		if (!piece.len)
			continue;
		why = parse_clause(piece, &c);
		if (why)
			return kith_range_fail(err, "pypi", range, why);
		/* the rest is only read: thousands of clauses must not cost a comparison each */
		if (!version || !all)
			continue;
		r = c.op == OP_IDENTICAL ? match_identical(&c, *version, &one, err) : KITH_OK;
		if (r)
			return r;
		all = c.op == OP_IDENTICAL ? one : match_ordered(&c, &v);
	}
	if (version)
		*ret_matches = all;
	return KITH_OK;
}
