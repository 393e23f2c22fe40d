/* SPDX-License-Identifier: Apache-2.0 */
/* Opens an index file, finds its sections. Believes no offset. */
#include "index/record.h"

static const size_t record_size[SECTION_COUNT] = INDEX_RECORD_SIZES;

const struct kith_tagged_kind kith_index_kind = {INDEX_MAGIC, INDEX_FORMAT, KITH_MAX_INDEX_BYTES};

static uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* The section was found to lie in the body when the index was opened. */
static struct index_cursor
cursor(const struct kith_index *ix, enum index_section s, uint64_t offset, uint64_t len)
{
	struct index_cursor c = {.ix = ix, .at = offset, .bad = true};
	struct kith_span bytes;

	if (!kith_tagged_get(ix->file, ix->at[s] + offset, len, &bytes))
		return c;
	c.p = bytes.ptr;
	c.left = bytes.len;
	c.bad = false;
	return c;
}

struct index_cursor
kith_index_row(const struct kith_index *ix, enum index_section s, size_t i)
{
	if (i >= ix->count[s])
		return (struct index_cursor){.ix = ix, .bad = true};
	return cursor(ix, s, (uint64_t)i * record_size[s], record_size[s]);
}

struct index_cursor
kith_index_bytes(const struct kith_index *ix, enum index_section s, uint64_t offset, uint64_t len)
{
	if (offset > ix->count[s] || len > ix->count[s] - offset)
		return (struct index_cursor){.ix = ix, .bad = true};
	return cursor(ix, s, offset, len);
}

static const uint8_t *
take(struct index_cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (c->bad || n > c->left) {
		c->bad = true;
		return NULL;
	}
	if (n)
		c->p += n;
	c->at += n;
	c->left -= n;
	return p;
}

void
kith_index_skip(struct index_cursor *c, size_t n)
{
	(void)take(c, n);
}

uint32_t
kith_index_u32(struct index_cursor *c)
{
	const uint8_t *p = take(c, 4);

	return p ? (uint32_t)load(p, 4) : 0;
}

uint64_t
kith_index_u64(struct index_cursor *c)
{
	const uint8_t *p = take(c, 8);

	return p ? load(p, 8) : 0;
}

struct kith_time
kith_index_time(struct index_cursor *c)
{
	struct kith_time t;

	t.sec = (int64_t)kith_index_u64(c);
	t.nsec = kith_index_u32(c);
	return t;
}

void
kith_index_bytes32(struct index_cursor *c, uint8_t out[32])
{
	const uint8_t *p = take(c, 32);

	if (p)
		memcpy(out, p, 32);
	else
		memset(out, 0, 32);
}

struct kith_span
kith_index_str(struct index_cursor *c)
{
	uint32_t offset = kith_index_u32(c), len = kith_index_u32(c);
	struct index_cursor s;

	if (c->bad || !len)
		return KITH_SPAN_NONE;
	s = kith_index_bytes(c->ix, SECTION_STRINGS, offset, len);
	c->bad = s.bad;
	return kith_span(s.p, s.left);
}

struct kith_span
kith_index_text(struct index_cursor *c)
{
	uint32_t len = kith_index_u32(c);
	const uint8_t *p = take(c, len);

	return p ? kith_span(p, len) : KITH_SPAN_NONE;
}

size_t
kith_index_lower_bound(const struct kith_index *ix, enum index_section s, const uint8_t *key,
		       size_t n)
{
	size_t lo = 0, hi = (size_t)ix->count[s], mid;

	while (lo < hi) {
		struct index_cursor c;

		mid = lo + (hi - lo) / 2;
		c = kith_index_row(ix, s, mid);
		if (c.bad)
			return (size_t)ix->count[s];
		if (memcmp(c.p, key, n) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
read_head(struct kith_index *ix)
{
	const uint8_t *p = kith_tagged_head(ix->file).ptr;
	uint64_t size = kith_tagged_size(ix->file);
	uint64_t *t[INDEX_TOTALS] = {
	    &ix->totals.sources, &ix->totals.files,    &ix->totals.proofs,  &ix->totals.distinct,
	    &ix->totals.valid,   &ix->totals.obsolete, &ix->totals.refused, &ix->totals.reviews,
	    &ix->totals.trusts,  &ix->totals.unknown};
	uint8_t version[INDEX_VERSION] = {0};
	size_t i;

	memcpy(version, KITH_VERSION, sizeof(KITH_VERSION) - 1);
	if (memcmp(p, version, sizeof(version)) != 0)
		return false;
	p += sizeof(version);
	for (i = 0; i < SECTION_COUNT; i++, p += 16) {
		ix->at[i] = load(p, 8);
		ix->count[i] = load(p + 8, 8);
		if (ix->at[i] > size || ix->count[i] > (size - ix->at[i]) / record_size[i])
			return false;
	}
	for (i = 0; i < INDEX_TOTALS; i++, p += 8)
		*t[i] = load(p, 8);
	return true;
}

int
kith_index_open(const char *path, const uint8_t secret[KITH_INDEX_SECRET_BYTES],
		struct kith_index **ret_index, struct kith_error *err)
{
	KITH_CLEANUP(kith_index_freep) struct kith_index *ix = kith_calloc(1, sizeof(*ix));
	int r;

	if (!ix)
		return kith_fail_nomem(err);
	r = kith_tagged_open(path, &kith_index_kind, secret, &ix->file, err);
	if (r)
		return r;
	if (!read_head(ix))
		return kith_fail(err, KITH_E_FORMAT, "%s: damaged, or of another version", path);
	*ret_index = kith_steal(&ix);
	return KITH_OK;
}

int
kith_index_of(struct kith_tagged *file, struct kith_index **ret_index, struct kith_error *err)
{
	KITH_CLEANUP(kith_index_freep) struct kith_index *ix = kith_calloc(1, sizeof(*ix));

	if (!ix) {
		kith_tagged_free(file);
		return kith_fail_nomem(err);
	}
	ix->file = file;
	if (!read_head(ix))
		return kith_fail(err, KITH_E_INTERNAL, "the index in memory cannot be read");
	*ret_index = kith_steal(&ix);
	return KITH_OK;
}

void
kith_index_free(struct kith_index *ix)
{
	if (!ix)
		return;
	kith_trust_graph_free(ix->graph);
	kith_tagged_free(ix->file);
	free(ix);
}

void
kith_index_freep(struct kith_index **ix)
{
	kith_index_free(*ix);
}

int
kith_index_graph(struct kith_index *ix, const struct kith_trust_graph **ret_graph,
		 struct kith_error *err)
{
	struct index_cursor c;
	int r;

	if (!ix->graph) {
		c = kith_index_bytes(ix, SECTION_GRAPH, 0, ix->count[SECTION_GRAPH]);
		if (c.bad)
			return kith_index_fail(err);
		r = kith_trust_graph_open(kith_span(c.p, c.left), &ix->graph, err);
		if (r)
			return r;
	}
	*ret_graph = ix->graph;
	return KITH_OK;
}
