/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEP 440 versions, their order and their normal form (versions.md 4.1, 4.2).
 */
#include "version/pep440.h"

static bool
is_separator(uint8_t c)
{
	return c == '.' || c == '-' || c == '_';
}

static void
take_separator(struct kith_span *s)
{
	if (s->len && is_separator(s->ptr[0]))
		*s = kith_span_sub(*s, 1, SIZE_MAX);
}

/* Takes a lower-case word, whatever the case of the text. */
static bool
take_word(struct kith_span *s, const char *word)
{
	size_t n = strlen(word), i;

	if (s->len < n)
		return false;
	for (i = 0; i < n; i++)
		if (to_lower(s->ptr[i]) != (uint8_t)word[i])
			return false;
	*s = kith_span_sub(*s, n, SIZE_MAX);
	return true;
}

/* [sep] one of the words [sep] [N]; *ret_word says which. s is unchanged if there is none. */
static bool
take_labelled(struct kith_span *s, const char *const *words, size_t n, size_t *ret_word,
	      struct kith_span *ret_n)
{
	struct kith_span rest = *s;
	size_t i;

	take_separator(&rest);
	for (i = 0; i < n; i++) {
		if (take_word(&rest, words[i])) {
			take_separator(&rest);
			kith_part_digits(&rest, ret_n);
			*ret_word = i;
			*s = rest;
			return true;
		}
	}
	return false;
}

static void
take_pre(struct kith_span *s, struct pep440 *v)
{
	/* a longer word stands before its own beginning */
	static const char *const words[] = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"};
	size_t which;

	if (take_labelled(s, words, 8, &which, &v->pre_n))
		v->pre = "aabbrrrr"[which];
}

static void
take_post(struct kith_span *s, struct pep440 *v)
{
	static const char *const words[] = {"post", "rev", "r"};
	struct kith_span rest = *s;
	size_t which;

	if (kith_part_take(&rest, '-') && kith_part_digits(&rest, &v->post_n)) {
		*s = rest;
		v->post = true;
	} else {
		v->post = take_labelled(s, words, 3, &which, &v->post_n);
	}
}

static bool
take_release(struct kith_span *s, struct pep440 *v)
{
	struct kith_span rest = *s, digits, next;

	if (!kith_part_digits(&rest, &digits))
		return false;
	if (kith_part_take(&rest, '!')) {
		v->epoch = digits;
		*s = rest;
		if (!kith_part_digits(&rest, &digits))
			return false;
	}
	for (next = rest; kith_part_take(&next, '.') && kith_part_digits(&next, &digits);)
		rest = next;
	v->release = kith_span_sub(*s, 0, s->len - rest.len);
	*s = rest;
	return true;
}

/* alnum runs with one separator between them */
static bool
local_is_valid(struct kith_span s)
{
	bool want = true;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (is_digit(s.ptr[i]) || is_alpha(s.ptr[i]))
			want = false;
		else if (want || !is_separator(s.ptr[i]))
			return false;
		else
			want = true;
	}
	return !want;
}

/* Epoch and release, then whatever follows in *s. */
bool
kith_pep440_front(struct kith_span *s, struct pep440 *ret)
{
	static const struct pep440 none = {.pre = 0};
	struct pep440 v = none;

	if (s->len && to_lower(s->ptr[0]) == 'v')
		*s = kith_span_sub(*s, 1, SIZE_MAX);
	if (!take_release(s, &v))
		return false;
	*ret = v;
	return true;
}

bool
kith_pep440_parse(struct kith_span text, struct pep440 *ret)
{
	static const char *const dev[] = {"dev"};
	struct kith_span s = kith_span_trim(text);
	struct pep440 v;
	size_t which;

	if (text.len > KITH_MAX_VERSION || !kith_pep440_front(&s, &v))
		return false;
	take_pre(&s, &v);
	take_post(&s, &v);
	v.dev = take_labelled(&s, dev, 1, &which, &v.dev_n);
	if (kith_part_take(&s, '+')) {
		if (!local_is_valid(s))
			return false;
		v.local = s;
	} else if (s.len) {
		return false;
	}
	*ret = v;
	return true;
}

/* The first `max` numbers of two releases; a missing one is 0, so trailing zeros do not count. */
int
kith_pep440_cmp_release(struct kith_span a, struct kith_span b, size_t max)
{
	struct kith_span x, y;
	size_t i;
	int r;

	for (i = 0; i < max && (a.len || b.len); i++) {
		x = y = KITH_SPAN_NONE;
		kith_part_digits(&a, &x);
		kith_part_digits(&b, &y);
		kith_part_take(&a, '.');
		kith_part_take(&b, '.');
		r = kith_part_cmp_digits(x, y);
		if (r)
			return r;
	}
	return 0;
}

int
kith_pep440_cmp_own(const struct pep440 *a, const struct pep440 *b)
{
	int r = kith_part_cmp_digits(a->epoch, b->epoch);

	return r ? r : kith_pep440_cmp_release(a->release, b->release, SIZE_MAX);
}

/* dev-only < a < b < rc < none */
static int
pre_rank(const struct pep440 *v)
{
	if (v->pre)
		return v->pre;
	return v->dev && !v->post ? 0 : 'z';
}

static int
cmp_pre(const struct pep440 *a, const struct pep440 *b)
{
	int r = pre_rank(a) - pre_rank(b);

	return r ? r : kith_part_cmp_digits(a->pre_n, b->pre_n);
}

int
kith_pep440_cmp_post(const struct pep440 *a, const struct pep440 *b)
{
	return a->post != b->post ? a->post - b->post : kith_part_cmp_digits(a->post_n, b->post_n);
}

static int
cmp_dev(const struct pep440 *a, const struct pep440 *b)
{
	return a->dev != b->dev ? b->dev - a->dev : kith_part_cmp_digits(a->dev_n, b->dev_n);
}

/* The order without the local part. */
int
kith_pep440_cmp_public(const struct pep440 *a, const struct pep440 *b)
{
	int r = kith_pep440_cmp_own(a, b);

	if (!r)
		r = cmp_pre(a, b);
	if (!r)
		r = kith_pep440_cmp_post(a, b);
	return r ? r : cmp_dev(a, b);
}

static struct kith_span
take_local_part(struct kith_span *s)
{
	struct kith_span part;
	size_t n = 0;

	while (n < s->len && !is_separator(s->ptr[n]))
		n++;
	part = kith_span_sub(*s, 0, n);
	*s = kith_span_sub(*s, n + 1, SIZE_MAX);
	return part;
}

int
kith_pep440_cmp_folded(struct kith_span a, struct kith_span b)
{
	size_t i;

	for (i = 0; i < a.len && i < b.len; i++)
		if (to_lower(a.ptr[i]) != to_lower(b.ptr[i]))
			return to_lower(a.ptr[i]) - to_lower(b.ptr[i]);
	return (a.len > b.len) - (a.len < b.len);
}

/* The reverse of SemVer: text below numbers. */
static int
cmp_local(struct kith_span a, struct kith_span b)
{
	struct kith_span x, y;
	bool nx, ny;
	int r = 0;

	while (!r && a.len && b.len) {
		x = take_local_part(&a);
		y = take_local_part(&b);
		nx = kith_part_all_digits(x);
		ny = kith_part_all_digits(y);
		if (nx != ny)
			r = nx - ny;
		else
			r = nx ? kith_part_cmp_digits(x, y) : kith_pep440_cmp_folded(x, y);
	}
	return r ? r : (a.len != 0) - (b.len != 0);
}

int
kith_pep440_cmp(const struct pep440 *a, const struct pep440 *b)
{
	int r = kith_pep440_cmp_public(a, b);

	return r ? r : cmp_local(a->local, b->local);
}

static const char *
check(struct kith_span text)
{
	struct pep440 v;

	if (text.len > KITH_MAX_VERSION)
		return "too long";
	return kith_pep440_parse(text, &v) ? NULL
					   : "not [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+LOCAL]";
}

static int
cmp(struct kith_span a, struct kith_span b)
{
	struct pep440 x, y;

	return kith_pep440_parse(a, &x) && kith_pep440_parse(b, &y) ? kith_pep440_cmp(&x, &y) : 0;
}

static void
put_number(struct kith_buf *out, struct kith_span digits)
{
	kith_part_skip(&digits, '0');
	if (digits.len)
		kith_buf_put_span(out, digits);
	else
		kith_buf_put_char(out, '0');
}

static void
put_local(struct kith_buf *out, struct kith_span local)
{
	char sep = '+';
	struct kith_span part;
	size_t i;

	while (local.len) {
		kith_buf_put_char(out, sep);
		part = take_local_part(&local);
		if (kith_part_all_digits(part))
			put_number(out, part);
		else
			for (i = 0; i < part.len; i++)
				kith_buf_put_char(out, (char)to_lower(part.ptr[i]));
		sep = '.';
	}
}

bool
kith_pep440_normal(struct kith_span version, struct kith_buf *out)
{
	struct kith_span release, digits;
	struct pep440 v;

	if (!kith_pep440_parse(version, &v))
		return false;
	if (kith_part_cmp_digits(v.epoch, KITH_SPAN_NONE) != 0) {
		put_number(out, v.epoch);
		kith_buf_put_char(out, '!');
	}
	release = v.release;
	while (kith_part_digits(&release, &digits)) {
		put_number(out, digits);
		if (kith_part_take(&release, '.'))
			kith_buf_put_char(out, '.');
	}
	if (v.pre) {
		kith_buf_put_str(out, v.pre == 'a' ? "a" : v.pre == 'b' ? "b" : "rc");
		put_number(out, v.pre_n);
	}
	if (v.post) {
		kith_buf_put_str(out, ".post");
		put_number(out, v.post_n);
	}
	if (v.dev) {
		kith_buf_put_str(out, ".dev");
		put_number(out, v.dev_n);
	}
	put_local(out, v.local);
	return true;
}

const struct kith_scheme kith_scheme_pypi = {"pypi", check, cmp, kith_pep440_matches};
