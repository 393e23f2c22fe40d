/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-vet's versions and its way to write requirements. */
#include <inttypes.h>

#include "evidence/vet_version.h"

#define HASH_DIGITS 40

static bool
is_hash(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return s.len == HASH_DIGITS;
}

/* Blanks go where Rust's trim_end and trim_start take them: all of Unicode's, on one side. */
static struct kith_span
trim_right(struct kith_span s)
{
	struct kith_span t = kith_span_trim_unicode(s);

	return t.len ? kith_span(s.ptr, (size_t)(t.ptr + t.len - s.ptr)) : kith_span(s.ptr, 0);
}

static struct kith_span
trim_left(struct kith_span s)
{
	struct kith_span t = kith_span_trim_unicode(s);

	return t.len ? kith_span_sub(s, (size_t)(t.ptr - s.ptr), SIZE_MAX) : t;
}

bool
kith_vet_version_parse(struct kith_span text, struct kith_vet_version *ret_version)
{
	size_t at = kith_span_find(text, 0, '@');
	struct kith_vet_version v = {.rev = KITH_SPAN_NONE};

	if (at < text.len) {
		v.rev = trim_left(kith_span_sub(text, at + 1, SIZE_MAX));
		if (!kith_span_skip(&v.rev, "git:") || !is_hash(v.rev))
			return false;
		text = trim_right(kith_span_sub(text, 0, at));
	}
	if (!kith_semver_parse(text, &v.semver))
		return false;
	*ret_version = v;
	return true;
}

int
kith_vet_version_cmp(const struct kith_vet_version *a, const struct kith_vet_version *b)
{
	int c = kith_semver_cmp_total(&a->semver, &b->semver);

	if (c)
		return c;
	if (!a->rev.ptr || !b->rev.ptr)
		return (a->rev.ptr != NULL) - (b->rev.ptr != NULL);
	return kith_span_cmp(a->rev, b->rev);
}

void
kith_vet_version_put(struct kith_buf *out, const struct kith_vet_version *v)
{
	kith_buf_printf(out, "%" PRIu64 ".%" PRIu64 ".%" PRIu64, v->semver.major, v->semver.minor,
			v->semver.patch);
	if (v->semver.pre.len) {
		kith_buf_put_char(out, '-');
		kith_buf_put_span(out, v->semver.pre);
	}
	if (v->semver.build.len) {
		kith_buf_put_char(out, '+');
		kith_buf_put_span(out, v->semver.build);
	}
	if (v->rev.ptr) {
		kith_buf_put_str(out, "@git:");
		kith_buf_put_span(out, v->rev);
	}
}

static const char *
operator_text(enum kith_cargo_op op)
{
	switch (op) {
	case KITH_CARGO_EXACT:
		return "=";
	case KITH_CARGO_GREATER:
		return ">";
	case KITH_CARGO_GREATER_EQ:
		return ">=";
	case KITH_CARGO_LESS:
		return "<";
	case KITH_CARGO_LESS_EQ:
		return "<=";
	case KITH_CARGO_TILDE:
		return "~";
	case KITH_CARGO_CARET:
		return "^";
	}
	return "";
}

/* `1.*` keeps its star, `=1.*` becomes `=1`: only the text tells them apart. */
static bool
is_bare_wildcard(const struct kith_cargo_comparator *c, struct kith_span piece)
{
	piece = kith_span_trim(piece);
	return c->wildcard && piece.len && piece.ptr[0] >= '0' && piece.ptr[0] <= '9';
}

static void
put_comparator(struct kith_buf *out, const struct kith_cargo_comparator *c, bool star)
{
	if (!star)
		kith_buf_put_str(out, operator_text(c->op));
	kith_buf_printf(out, "%" PRIu64, c->at.major);
	if (c->parts > 1)
		kith_buf_printf(out, ".%" PRIu64, c->at.minor);
	if (c->parts > 2)
		kith_buf_printf(out, ".%" PRIu64, c->at.patch);
	if (c->at.pre.len) {
		kith_buf_put_char(out, '-');
		kith_buf_put_span(out, c->at.pre);
	}
	if (star)
		kith_buf_put_str(out, ".*");
}

bool
kith_vet_put_requirement(struct kith_buf *out, struct kith_span text)
{
	struct kith_cargo_req req;
	struct kith_span rest = text, piece;
	size_t i;

	if (kith_cargo_req_parse(text, &req, NULL))
		return false;
	if (!req.count)
		kith_buf_put_char(out, '*');
	for (i = 0; i < req.count && kith_span_next(&rest, ',', &piece); i++) {
		if (i)
			kith_buf_put_str(out, ", ");
		put_comparator(out, &req.cmp[i], is_bare_wildcard(&req.cmp[i], piece));
	}
	return true;
}
