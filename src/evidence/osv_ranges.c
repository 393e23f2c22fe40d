/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of OSV records (advisories.md 5.1, 5.3): events checked, in the ecosystem's spelling,
 * sorted. What cannot be judged is kept as such, never taken for "not affected".
 */
#include "evidence/osv_reader.h"

int
osv_keep_version(struct osv_reader *rd, const struct osv_package *p, struct kith_span value,
		 bool pad, struct kith_span *ret)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span form;
	int r;

	kith_buf_init(&b, KITH_MAX_VERSION + 16);
	if (p->ordered)
		kith_advisory_put_version(&b, p->scheme, value, pad);
	r = kith_buf_check(&b, rd->err);
	if (r)
		return r;
	form = kith_buf_span(&b);
	/* what is no version even so can only be met letter by letter */
	if (!p->ordered || (!pad && !kith_version_valid(p->scheme, form)))
		form = value;
	return kith_arena_copy(rd->arena, form, ret) ? KITH_OK : kith_fail_nomem(rd->err);
}

static int
cmp_literal(const void *pa, const void *pb)
{
	const struct kith_span *a = pa, *b = pb;

	return kith_span_cmp(*a, *b);
}

void
osv_sort_literal(struct kith_span *versions, size_t n)
{
	qsort(versions, n, sizeof(*versions), cmp_literal);
}

struct range {
	struct kith_advisory_event *events;
	size_t n;
	bool kinds[KITH_ADVISORY_LIMIT + 1]; /* that occur */
	bool unlimited;                      /* "*" among the limits: each is enough */
	enum kith_advisory_trouble trouble;
};

/* Exactly one of the four keys; others are of a later version of the format. */
static bool
event_kind(const struct kith_json *event, enum kith_advisory_event_kind *ret_kind,
	   struct kith_span *ret_value)
{
	static const char *const keys[] = {"introduced", "last_affected", "fixed", "limit"};
	const struct kith_json *v, *found = NULL;
	unsigned i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		v = kith_json_get(event, keys[i]);
		if (!v)
			continue;
		if (found)
			return false;
		found = v;
		*ret_kind = (enum kith_advisory_event_kind)i;
	}
	return found && kith_json_string(found, ret_value) && ret_value->len;
}

static int
read_event(struct osv_reader *rd, const struct osv_package *p, const struct kith_json *event,
	   struct range *range)
{
	struct kith_advisory_event e = {KITH_ADVISORY_INTRODUCED, KITH_SPAN_NONE};
	struct kith_span value;
	int r;

	if (!event_kind(event, &e.kind, &value)) {
		range->trouble = KITH_ADVISORY_TROUBLE_RANGE;
		return KITH_OK;
	}
	range->kinds[e.kind] = true;
	if (e.kind == KITH_ADVISORY_LIMIT && kith_span_is(value, "*")) {
		range->unlimited = true;
		return KITH_OK;
	}
	if (!kith_span_is(value, "0")) {
		if (value.len > KITH_MAX_VERSION) {
			range->trouble = KITH_ADVISORY_TROUBLE_EVENT;
			return KITH_OK;
		}
		r = osv_keep_version(rd, p, value, true, &e.version);
		if (r)
			return r;
		if (p->ordered && !kith_version_valid(p->scheme, e.version))
			range->trouble = KITH_ADVISORY_TROUBLE_EVENT;
	}
	range->events[range->n++] = e;
	return KITH_OK;
}

static int
read_events(struct osv_reader *rd, const struct osv_package *p, const struct kith_json *first,
	    struct range *range)
{
	const struct kith_json *c;
	size_t n = osv_count(first), i, kept = 0;
	int r = KITH_OK;

	rd->events += n;
	if (rd->events > KITH_MAX_ADVISORY_EVENTS)
		return kith_fail(rd->err, KITH_E_LIMIT, "more than %zu events",
				 KITH_MAX_ADVISORY_EVENTS);
	range->events = kith_arena_array(rd->arena, n, sizeof(*range->events));
	if (!range->events)
		return kith_fail_nomem(rd->err);
	for (c = first; c && !r; c = kith_json_next(c))
		r = read_event(rd, p, c, range);
	for (i = 0; range->unlimited && i < range->n; i++)
		if (range->events[i].kind != KITH_ADVISORY_LIMIT)
			range->events[kept++] = range->events[i];
	if (range->unlimited)
		range->n = kept;
	return r;
}

/* Whether the range is one at all: the trouble it is in is kept with it. */
static int
read_range(struct osv_reader *rd, const struct osv_package *p, const struct kith_json *item,
	   struct kith_advisory_range *out, bool *ret_counts)
{
	struct range range = {.trouble = KITH_ADVISORY_TROUBLE_NONE};
	struct kith_span type = KITH_SPAN_NONE;
	int r;

	kith_json_get_string(item, "type", &type);
	*ret_counts = !kith_span_is(type, "GIT");
	if (!*ret_counts)
		return KITH_OK;
	r = read_events(rd, p, osv_first(item, "events"), &range);
	if (r)
		return r;
	if (!kith_span_is(type, "SEMVER") && !kith_span_is(type, "ECOSYSTEM"))
		range.trouble = KITH_ADVISORY_TROUBLE_RANGE;
	if (range.kinds[KITH_ADVISORY_FIXED] && range.kinds[KITH_ADVISORY_LAST_AFFECTED])
		range.trouble = KITH_ADVISORY_TROUBLE_RANGE;
	if (!range.trouble && !range.kinds[KITH_ADVISORY_INTRODUCED]) {
		rd->out.defects++; /* it never begins: nothing is said */
		*ret_counts = false;
		return KITH_OK;
	}
	if (!range.trouble && !p->ordered)
		range.trouble = KITH_ADVISORY_TROUBLE_ECOSYSTEM;
	rd->out.defects += range.trouble && range.trouble != KITH_ADVISORY_TROUBLE_ECOSYSTEM;
	if (!range.trouble)
		kith_advisory_sort_events(p->scheme, range.events, range.n);
	*out =
	    (struct kith_advisory_range){range.events, range.trouble ? 0 : range.n, range.trouble};
	return KITH_OK;
}

int
osv_read_ranges(struct osv_reader *rd, const struct kith_json *entry, struct osv_package *p)
{
	const struct kith_json *c = osv_first(entry, "ranges");
	size_t max = osv_count(c), n = 0;
	struct kith_advisory_range *list;
	bool counts;
	int r = KITH_OK;

	rd->ranges += max;
	if (rd->ranges > KITH_MAX_ADVISORY_RANGES)
		return kith_fail(rd->err, KITH_E_LIMIT, "more than %zu ranges",
				 KITH_MAX_ADVISORY_RANGES);
	list = kith_arena_array(rd->arena, max, sizeof(*list));
	if (!list)
		return kith_fail_nomem(rd->err);
	for (; c && !r; c = kith_json_next(c)) {
		r = read_range(rd, p, c, &list[n], &counts);
		n += !r && counts;
	}
	p->out->ranges = list;
	p->out->n_ranges = n;
	return r;
}
