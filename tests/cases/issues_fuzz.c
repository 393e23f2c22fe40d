/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind issues-fuzz: `q|required|author:level,…|author@version!issues!advisories;…`, then a line
 * with the open issues (crev format 7.6).
 */
#include "cases/cases.h"
#include "policy/issues.h"

struct reader {
	struct kith_arena arena;
	const char *cause;
};

static bool
bad(struct reader *r, const char *cause)
{
	r->cause = cause;
	return false;
}

static bool
level_of(struct kith_span word, uint8_t *ret_level)
{
	int i;

	for (i = 0; i < KITH_LEVEL_COUNT; i++)
		if (kith_span_is(word, kith_level_name((enum kith_level)i))) {
			*ret_level = (uint8_t)i;
			return true;
		}
	return false;
}

static bool
range_of(struct kith_span word, enum kith_range *ret_range)
{
	static const char *const names[] = {"all", "major", "minor"};
	int i;

	for (i = 0; i < 3; i++)
		if (kith_span_is(word, names[i])) {
			*ret_range = (enum kith_range)i;
			return true;
		}
	return false;
}

static size_t
count(struct kith_span s, uint8_t c)
{
	size_t i, n = 1;

	for (i = 0; i < s.len; i++)
		n += s.ptr[i] == c;
	return n;
}

/* "X~all,Y+Z~minor": ids joined by + and a range. */
static bool
read_advisories(struct reader *r, struct kith_span text, struct kith_claim *c)
{
	struct kith_proof_advisory *a = kith_arena_array(&r->arena, count(text, ','), sizeof(*a));
	struct kith_span item, ids;

	if (!a)
		return bad(r, "out of memory");
	c->advisories = a;
	for (; text.len && kith_span_next(&text, ',', &item); c->n_advisories++, a++) {
		struct kith_span *list;

		if (!kith_span_next(&item, '~', &ids) || !range_of(item, &a->range))
			return bad(r, "no range");
		list = kith_arena_array(&r->arena, count(ids, '+'), sizeof(*list));
		if (!list)
			return bad(r, "out of memory");
		a->ids = list;
		while (kith_span_next(&ids, '+', &list[a->n_ids]))
			a->n_ids++;
	}
	return true;
}

static bool
read_issues(struct reader *r, struct kith_span text, struct kith_claim *c)
{
	struct kith_proof_issue *x = kith_arena_array(&r->arena, count(text, ','), sizeof(*x));
	struct kith_span item;

	if (!x)
		return bad(r, "out of memory");
	c->issues = x;
	for (; text.len && kith_span_next(&text, ',', &item); c->n_issues++, x++)
		if (!kith_span_next(&item, '~', &x->id) || !range_of(item, &x->range))
			return bad(r, "no range");
	return true;
}

/* "1@2.0.2!issues!advisories" */
static bool
read_review(struct reader *r, struct kith_span text, struct kith_claim *c, uint64_t *ret_author)
{
	struct kith_span author, issues;

	if (!kith_span_next(&text, '@', &author) || !kith_span_u64(author, ret_author) ||
	    !kith_span_next(&text, '!', &c->version) || !kith_span_next(&text, '!', &issues))
		return bad(r, "no review");
	c->kind = KITH_CLAIM_REVIEW;
	return read_issues(r, issues, c) && read_advisories(r, text, c);
}

#define AUTHORS 64

static bool
read_levels(struct reader *r, struct kith_span text, uint8_t levels[AUTHORS])
{
	struct kith_span item, author;
	uint64_t n;

	memset(levels, KITH_LEVEL_NONE, AUTHORS);
	levels[0] = KITH_LEVEL_HIGH;
	while (text.len && kith_span_next(&text, ',', &item))
		if (!kith_span_next(&item, ':', &author) || !kith_span_u64(author, &n) ||
		    n >= AUTHORS || !level_of(item, &levels[n]))
			return bad(r, "no level");
	return true;
}

struct question {
	struct kith_span version;
	uint8_t need;
	uint8_t levels[AUTHORS];
	const struct kith_claim **claims;
	uint8_t *of; /* levels of their authors */
	size_t n;
};

static bool
read_question(struct reader *r, struct kith_span line, struct question *q)
{
	struct kith_span required, authors, item;
	size_t max = count(line, ';');
	struct kith_claim *claims = kith_arena_array(&r->arena, max, sizeof(*claims));
	uint64_t author;

	q->claims = kith_arena_array(&r->arena, max, sizeof(*q->claims));
	q->of = kith_arena_alloc(&r->arena, max);
	if (!claims || !q->claims || !q->of)
		return bad(r, "out of memory");
	if (!kith_span_next(&line, '|', &q->version) || !kith_span_next(&line, '|', &required) ||
	    !kith_span_next(&line, '|', &authors) || !level_of(required, &q->need))
		return bad(r, "no question");
	if (!read_levels(r, authors, q->levels))
		return false;
	for (; kith_span_next(&line, ';', &item); q->n++) {
		if (!read_review(r, item, &claims[q->n], &author) || author >= AUTHORS)
			return bad(r, "no review");
		q->claims[q->n] = &claims[q->n];
		q->of[q->n] = q->levels[author];
	}
	return true;
}

static bool
run(struct reader *r, struct kith_span line, struct kith_buf *got)
{
	struct question q = {.n = 0};
	const struct kith_open_issue *open;
	size_t i, n_open;

	if (!read_question(r, line, &q))
		return false;
	if (kith_crev_open_issues(q.claims, q.of, q.n, q.version, (enum kith_level)q.need,
				  &r->arena, &open, &n_open, NULL))
		return bad(r, "error");
	kith_buf_put_str(got, "  ");
	for (i = 0; i < n_open; i++)
		kith_buf_printf(got, "%s%.*s=%zu+0", i ? " " : "", KITH_SPAN_FMT(open[i].id),
				open[i].reports);
	return true;
}

int
cases_issues_fuzz(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span text = cases_read(argv[i]), line, want;
		size_t n = 1;

		for (; kith_span_next(&text, '\n', &line) && line.len; n += 2) {
			struct reader r = {.cause = NULL};
			KITH_AUTO_BUF struct kith_buf got;
			char name[64];
			bool ok;

			kith_arena_init(&r.arena, KITH_MIB(16));
			kith_buf_init(&got, KITH_MIB(1));
			if (!kith_span_next(&text, '\n', &want))
				want = KITH_SPAN_NONE;
			ok = run(&r, line, &got);
			snprintf(name, sizeof(name), "line %zu", n);
			cases_result(&tally, ok && kith_span_eq(kith_buf_span(&got), want), name,
				     "%s: expected '%.*s', got '%s'", ok ? "differs" : r.cause,
				     KITH_SPAN_FMT(want), kith_buf_str(&got));
			kith_arena_clear(&r.arena);
		}
	}
	return cases_end(&tally);
}
