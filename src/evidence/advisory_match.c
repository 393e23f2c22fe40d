/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a set of advisories says about one version (advisories.md 5.4): three answers, and "cannot
 * be judged" is never folded into "not affected". Bounds were sorted when the set was built, so
 * long lists of them cost a few comparisons.
 */
#include "evidence/advisory_format.h"

struct question {
	const struct kith_advisory_set *s;
	struct kith_span ecosystem, suffix, name, version;
	bool ordered; /* the ecosystem has an order, and the version is one of it */
	enum kith_version_scheme scheme;
	enum kith_advisory_trouble trouble; /* of every range, where not ordered */
};

struct answer {
	enum kith_advisory_state state;
	enum kith_advisory_trouble trouble;
};

/* Of a range's first word: how many events follow, never more than there are words. */
static uint32_t
count_events(const struct advisory_cursor *c, uint32_t head)
{
	uint32_t n = head & ((1U << RANGE_SHIFT) - 1);
	size_t left = c->at < c->s->n_words ? c->s->n_words - c->at : 0;

	return n < left ? n : (uint32_t)left;
}

/* The version against one in the set; empty is below every version. */
static int
cmp_to(const struct question *q, uint32_t text)
{
	struct kith_span other = advisory_text(q->s, text & TEXT_MASK);
	int order = 0;

	if (!other.len)
		return 1;
	/* what the set holds as ordered was found valid; if it is not, it bounds nothing */
	return kith_version_cmp(q->scheme, q->version, other, &order, NULL) ? -1 : order;
}

static enum kith_advisory_event_kind
kind_at(const struct advisory_cursor *c, size_t i)
{
	return (enum kith_advisory_event_kind)(advisory_peek(c, i) >> EVENT_SHIFT);
}

/* Below any one limit is enough; without limits the range has no end. */
static bool
within_limits(const struct question *q, const struct advisory_cursor *c, size_t from, size_t n)
{
	size_t i;

	for (i = from; i < n; i++)
		if (cmp_to(q, advisory_peek(c, i)) < 0)
			return true;
	return from == n;
}

/* The last event at or below the version that says something about it decides. */
static bool
in_range(const struct question *q, const struct advisory_cursor *c, size_t n)
{
	size_t bounds = n, low = 0, high, mid;

	while (bounds && kind_at(c, bounds - 1) == KITH_ADVISORY_LIMIT)
		bounds--;
	if (!within_limits(q, c, bounds, n))
		return false;
	for (high = bounds; low < high;) {
		mid = low + (high - low) / 2;
		if (cmp_to(q, advisory_peek(c, mid)) >= 0)
			low = mid + 1;
		else
			high = mid;
	}
	/* the last that is affected is so itself */
	while (low && kind_at(c, low - 1) == KITH_ADVISORY_LAST_AFFECTED &&
	       cmp_to(q, advisory_peek(c, low - 1)) == 0)
		low--;
	return low && kind_at(c, low - 1) == KITH_ADVISORY_INTRODUCED;
}

static void
judge_ranges(const struct question *q, struct advisory_cursor *c, struct answer *a)
{
	uint32_t n = advisory_next(c), i, head, events;

	for (i = 0; i < n && c->at < q->s->n_words; i++) {
		head = advisory_next(c);
		events = count_events(c, head);
		if (!(head >> RANGE_SHIFT) && q->ordered) {
			if (a->state != KITH_ADVISORY_AFFECTED && in_range(q, c, events))
				a->state = KITH_ADVISORY_AFFECTED;
		} else if (a->state == KITH_ADVISORY_NOT_AFFECTED) {
			a->state = KITH_ADVISORY_UNKNOWN;
			a->trouble = head >> RANGE_SHIFT
					 ? (enum kith_advisory_trouble)(head >> RANGE_SHIFT)
					 : q->trouble;
		}
		c->at += events;
	}
}

static int
cmp_listed(const struct question *q, uint32_t text, bool by_order)
{
	if (by_order)
		return cmp_to(q, text);
	return kith_span_cmp(q->version, advisory_text(q->s, text & TEXT_MASK));
}

static bool
is_listed(const struct question *q, const struct advisory_cursor *c, size_t low, size_t high,
	  bool by_order)
{
	size_t mid;
	int r;

	while (low < high) {
		mid = low + (high - low) / 2;
		r = cmp_listed(q, advisory_peek(c, mid), by_order);
		if (r == 0)
			return true;
		if (r > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* Equal in the order where there is one, else byte by byte. */
static void
judge_versions(const struct question *q, struct advisory_cursor *c, struct answer *a)
{
	uint32_t n = advisory_next(c), ordered = n ? advisory_next(c) : 0;

	if (ordered > n || n > q->s->n_words)
		return;
	if ((q->ordered && is_listed(q, c, 0, ordered, true)) || is_listed(q, c, ordered, n, false))
		a->state = KITH_ADVISORY_AFFECTED;
}

static struct answer
judge_entry(const struct question *q, size_t entry)
{
	struct advisory_cursor c = {
	    q->s, advisory_word(q->s, q->s->entries, q->s->n_entries, ENTRY_WORDS, entry, 3)};
	struct answer a = {KITH_ADVISORY_NOT_AFFECTED, KITH_ADVISORY_TROUBLE_NONE};
	struct kith_span suffix = advisory_text(
	    q->s, advisory_word(q->s, q->s->entries, q->s->n_entries, ENTRY_WORDS, entry, 2));

	/* one side without a release means any */
	if (suffix.len && q->suffix.len && !kith_span_eq(suffix, q->suffix))
		return a;
	judge_ranges(q, &c, &a);
	judge_versions(q, &c, &a);
	if (a.state != KITH_ADVISORY_UNKNOWN)
		a.trouble = KITH_ADVISORY_TROUBLE_NONE;
	return a;
}

/* --- problems --- */

struct matching {
	struct question q;
	struct kith_arena *arena;
	struct kith_error *err;
	uint32_t first, count;  /* the key's entries */
	struct answer *answers; /* of each */
};

static uint32_t
entry_word(const struct matching *m, size_t i, size_t field)
{
	return advisory_word(m->q.s, m->q.s->entries, m->q.s->n_entries, ENTRY_WORDS, m->first + i,
			     field);
}

static uint32_t
record_word(const struct matching *m, size_t i, size_t field)
{
	return advisory_word(m->q.s, m->q.s->records, m->q.s->n_records, RECORD_WORDS,
			     entry_word(m, i, 0), field);
}

static struct kith_span
record_text(const struct matching *m, size_t i, size_t field)
{
	return advisory_text(m->q.s, record_word(m, i, field));
}

static struct kith_advisory_member
member_of(const struct matching *m, size_t i)
{
	struct kith_advisory_severity own = advisory_unpack_severity(entry_word(m, i, 4));
	uint32_t flags = record_word(m, i, 7);
	struct kith_advisory_member x = {
	    .id = record_text(m, i, 0),
	    .title = record_text(m, i, 1),
	    .path = record_text(m, i, 2),
	    .url = record_text(m, i, 3),
	    .database = record_word(m, i, 5),
	    .has_date = flags & FLAG_DATE,
	    .kind = (enum kith_advisory_kind)(flags & FLAG_KIND),
	    .malicious = flags & FLAG_MALICIOUS,
	    .severity = own.known ? own : advisory_unpack_severity(record_word(m, i, 8)),
	    .state = m->answers[i].state,
	    .trouble = m->answers[i].trouble,
	    .entry = m->first + (uint32_t)i};

	x.date.sec = (int64_t)(int32_t)record_word(m, i, 6) * 86400;
	return x;
}

struct ids {
	struct named {
		struct kith_span id;
		unsigned rank;
	} * at;
	size_t n;
};

static int
cmp_named(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return kith_span_cmp(a->id, b->id);
}

static int
add_ids(const struct matching *m, size_t i, struct ids *ids)
{
	struct advisory_cursor c = {m->q.s, record_word(m, i, 4)};
	uint32_t n = advisory_next(&c), k;
	struct kith_span id = record_text(m, i, 0);

	ids->at[ids->n++] = (struct named){id, kith_advisory_id_rank(id, true)};
	for (k = 0; k < n && c.at < m->q.s->n_words; k++) {
		id = advisory_text(m->q.s, advisory_next(&c));
		ids->at[ids->n++] = (struct named){id, kith_advisory_id_rank(id, false)};
	}
	return KITH_OK;
}

static size_t
count_ids(const struct matching *m, size_t i)
{
	struct advisory_cursor c = {m->q.s, record_word(m, i, 4)};
	uint32_t n = advisory_next(&c);

	return 1 + (n < m->q.s->n_words ? n : m->q.s->n_words);
}

/* All ids of a group, each once, the one to show first. */
static int
name_problem(const struct matching *m, const uint32_t *of, size_t n,
	     struct kith_advisory_problem *p)
{
	struct ids ids = {.n = 0};
	struct kith_span *out;
	size_t i, max = 0;

	for (i = 0; i < n; i++)
		max += count_ids(m, of[i]);
	ids.at = kith_arena_array(m->arena, max, sizeof(*ids.at));
	out = kith_arena_array(m->arena, max, sizeof(*out));
	if (!ids.at || !out)
		return kith_fail_nomem(m->err);
	for (i = 0; i < n; i++)
		add_ids(m, of[i], &ids);
	if (ids.n > 1)
		qsort(ids.at, ids.n, sizeof(*ids.at), cmp_named);
	p->ids = out;
	for (i = 0; i < ids.n; i++)
		if (!p->n_ids || !kith_span_eq(out[p->n_ids - 1], ids.at[i].id))
			out[p->n_ids++] = ids.at[i].id;
	return KITH_OK;
}

/* The home database says what it is; of several of its advisories the gravest. */
static enum kith_advisory_kind
kind_of(const struct kith_advisory_member *members, size_t n)
{
	enum kith_advisory_kind kind = KITH_ADVISORY_VULNERABILITY;
	bool home = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!kith_span_starts(members[i].id, KITH_SPAN_LIT("RUSTSEC-")) ||
		    members[i].trouble == KITH_ADVISORY_TROUBLE_FILE)
			continue;
		if (!home || members[i].kind < kind)
			kind = members[i].kind;
		home = true;
	}
	return kind;
}

static int
make_problem(const struct matching *m, const uint32_t *of, size_t n,
	     struct kith_advisory_problem *ret)
{
	struct kith_advisory_problem p = {.state = KITH_ADVISORY_NOT_AFFECTED, .n_members = n};
	struct kith_advisory_member *members = kith_arena_array(m->arena, n, sizeof(*members));
	size_t i;

	if (!members)
		return kith_fail_nomem(m->err);
	for (i = 0; i < n; i++) {
		members[i] = member_of(m, of[i]);
		p.severity = kith_advisory_worse(p.severity, members[i].severity);
		if (members[i].state == KITH_ADVISORY_AFFECTED) {
			p.state = KITH_ADVISORY_AFFECTED;
			p.malicious = p.malicious || members[i].malicious;
		} else if (members[i].state == KITH_ADVISORY_UNKNOWN &&
			   p.state == KITH_ADVISORY_NOT_AFFECTED) {
			p.state = KITH_ADVISORY_UNKNOWN;
			p.trouble = members[i].trouble;
		}
	}
	if (p.state != KITH_ADVISORY_UNKNOWN)
		p.trouble = KITH_ADVISORY_TROUBLE_NONE;
	p.members = members;
	p.kind = p.malicious ? KITH_ADVISORY_VULNERABILITY : kind_of(members, n);
	/* malice is above every severity: no threshold may hide it */
	if (p.malicious)
		p.severity = (struct kith_advisory_severity){.known = false};
	*ret = p;
	return p.state == KITH_ADVISORY_NOT_AFFECTED ? KITH_OK : name_problem(m, of, n, ret);
}

static int
cmp_problem(const void *pa, const void *pb)
{
	const struct kith_advisory_problem *a = pa, *b = pb;

	return kith_span_cmp(a->ids[0], b->ids[0]);
}

/* A group's entry, for sorting them together. */
static int
cmp_group(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static int
make_problems(const struct matching *m, struct kith_advisory_problem *list, size_t *ret_n)
{
	uint64_t *order = kith_arena_array(m->arena, m->count, sizeof(*order));
	uint32_t *of = kith_arena_array(m->arena, m->count, sizeof(*of));
	size_t i, n = 0, from;
	int r = KITH_OK;

	if (!order || !of)
		return kith_fail_nomem(m->err);
	for (i = 0; i < m->count; i++)
		order[i] = (uint64_t)entry_word(m, i, 1) << 32 | i;
	qsort(order, m->count, sizeof(*order), cmp_group);
	for (from = 0; from < m->count && !r; from = i) {
		for (i = from; i < m->count && order[i] >> 32 == order[from] >> 32; i++)
			of[i] = (uint32_t)order[i];
		r = make_problem(m, of + from, i - from, &list[n]);
		n += !r && list[n].state != KITH_ADVISORY_NOT_AFFECTED;
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), cmp_problem);
	*ret_n = n;
	return r;
}

/* Both sides in normal form (versions.md 4.5). */
static int
ask(struct question *q, const struct kith_advisory_query *query, struct kith_arena *arena,
    struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf name;
	int r;

	kith_buf_init(&name, KITH_MAX_ADVISORY_NAME + 1);
	kith_advisory_split(query->ecosystem, &q->ecosystem, &q->suffix);
	q->version = query->version;
	if (query->name.len > KITH_MAX_ADVISORY_NAME) /* no advisory has a longer one */
		return KITH_E_NOTFOUND;
	kith_advisory_put_name(&name, q->ecosystem, query->name);
	r = kith_buf_check(&name, err);
	if (r)
		return r;
	if (!kith_arena_copy(arena, kith_buf_span(&name), &q->name))
		return kith_fail_nomem(err);
	q->trouble = KITH_ADVISORY_TROUBLE_ECOSYSTEM;
	if (!kith_advisory_scheme(q->ecosystem, &q->scheme))
		return KITH_OK;
	q->ordered = kith_version_valid(q->scheme, q->version);
	q->trouble = KITH_ADVISORY_TROUBLE_VERSION;
	return KITH_OK;
}

int
kith_advisory_match(const struct kith_advisory_set *s, const struct kith_advisory_query *query,
		    struct kith_arena *arena, const struct kith_advisory_problem **ret_problems,
		    size_t *ret_count, struct kith_error *err)
{
	struct matching m = {.q = {.s = s}, .arena = arena, .err = err};
	struct kith_advisory_problem *list;
	size_t i, n = 0;
	int r = ask(&m.q, query, arena, err);

	if (r == KITH_E_NOTFOUND ||
	    (!r && !advisory_find_key(s, m.q.ecosystem, m.q.name, &m.first, &m.count))) {
		*ret_problems = NULL;
		*ret_count = 0;
		return KITH_OK;
	}
	if (r)
		return r;
	m.answers = kith_arena_array(arena, m.count, sizeof(*m.answers));
	list = kith_arena_array(arena, m.count, sizeof(*list));
	if (!m.answers || !list)
		return kith_fail_nomem(err);
	for (i = 0; i < m.count; i++)
		m.answers[i] = judge_entry(&m.q, m.first + i);
	r = make_problems(&m, list, &n);
	if (r)
		return r;
	*ret_problems = list;
	*ret_count = n;
	return KITH_OK;
}

/* --- words --- */

static void
put_range(const struct kith_advisory_set *s, struct advisory_cursor *c, uint32_t events,
	  struct kith_buf *out)
{
	bool open = false;
	uint32_t i, w;

	for (i = 0; i < events; i++) {
		enum kith_advisory_event_kind kind;
		struct kith_span v;

		w = advisory_next(c);
		kind = (enum kith_advisory_event_kind)(w >> EVENT_SHIFT);
		v = advisory_text(s, w & TEXT_MASK);
		v = v.len ? v : KITH_SPAN_LIT("0");
		if (kind == KITH_ADVISORY_INTRODUCED ? open : !open)
			continue;
		open = kind == KITH_ADVISORY_INTRODUCED;
		kith_buf_put_str(out, !open ? "," : out->len ? " [" : "[");
		kith_buf_put_span(out, v);
		if (!open)
			kith_buf_put_str(out, kind == KITH_ADVISORY_LAST_AFFECTED ? "]" : ")");
	}
	if (open)
		kith_buf_put_str(out, ",*)");
}

void
kith_advisory_put_affected(const struct kith_advisory_set *s, uint32_t entry, struct kith_buf *out)
{
	struct advisory_cursor c = {
	    s, advisory_word(s, s->entries, s->n_entries, ENTRY_WORDS, entry, 3)};
	uint32_t n = advisory_next(&c), i, head;

	for (i = 0; i < n && c.at < s->n_words; i++) {
		head = advisory_next(&c);
		put_range(s, &c, count_events(&c, head), out);
	}
	n = advisory_next(&c);
	if (n)
		advisory_next(&c);
	for (i = 0; i < n && c.at < s->n_words; i++) {
		if (out->len)
			kith_buf_put_char(out, ' ');
		kith_buf_put_span(out, advisory_text(s, advisory_next(&c) & TEXT_MASK));
	}
}
