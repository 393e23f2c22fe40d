/* SPDX-License-Identifier: Apache-2.0 */
/* Opens, maps and authenticates an index file. Believes no offset. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "index/view.h"

static const size_t record_size[SECTION_COUNT] = INDEX_RECORD_SIZES;

static uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* True if [offset, offset + len) lies in the body and its chunks carry our tags. */
static bool
authentic(const struct kith_index *ix, uint64_t offset, uint64_t len)
{
	size_t chunk, last, at, n;
	uint8_t tag[INDEX_TAG];

	if (offset < INDEX_HEADER || offset > ix->body_end || len > ix->body_end - offset)
		return false;
	if (!len)
		return true;
	chunk = (size_t)(offset - INDEX_HEADER) / INDEX_CHUNK;
	last = (size_t)(offset - INDEX_HEADER + len - 1) / INDEX_CHUNK;
	for (; chunk <= last; chunk++) {
		if (ix->checked[chunk])
			continue;
		at = INDEX_HEADER + chunk * INDEX_CHUNK;
		n = ix->body_end - at < INDEX_CHUNK ? ix->body_end - at : INDEX_CHUNK;
		kith_index_tag(ix->secret, ix->nonce, chunk, kith_span(ix->map + at, n), tag);
		if (memcmp(tag, ix->map + ix->body_end + chunk * INDEX_TAG, INDEX_TAG) != 0)
			return false;
		ix->checked[chunk] = 1;
	}
	return true;
}

static struct index_cursor
cursor(const struct kith_index *ix, uint64_t offset, uint64_t len)
{
	struct index_cursor c = {.ix = ix, .bad = true};

	if (!authentic(ix, offset, len))
		return c;
	c.p = ix->map + offset;
	c.left = (size_t)len;
	c.bad = false;
	return c;
}

struct index_cursor
kith_index_record(const struct kith_index *ix, enum index_section s, size_t i)
{
	if (i >= ix->count[s])
		return (struct index_cursor){.ix = ix, .bad = true};
	return cursor(ix, ix->at[s] + (uint64_t)i * record_size[s], record_size[s]);
}

struct index_cursor
kith_index_blob(const struct kith_index *ix, uint32_t offset, uint32_t len)
{
	if (offset > ix->count[SECTION_BLOBS] || len > ix->count[SECTION_BLOBS] - offset)
		return (struct index_cursor){.ix = ix, .bad = true};
	return cursor(ix, ix->at[SECTION_BLOBS] + offset, len);
}

static const uint8_t *
take(struct index_cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (c->bad || n > c->left) {
		c->bad = true;
		return NULL;
	}
	c->p += n;
	c->left -= n;
	return p;
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
	if (offset > c->ix->count[SECTION_STRINGS] ||
	    len > c->ix->count[SECTION_STRINGS] - offset) {
		c->bad = true;
		return KITH_SPAN_NONE;
	}
	s = cursor(c->ix, c->ix->at[SECTION_STRINGS] + offset, len);
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
kith_index_lower_bound(const struct kith_index *ix, enum index_section s, const uint8_t key[32])
{
	size_t lo = 0, hi = (size_t)ix->count[s], mid;

	while (lo < hi) {
		struct index_cursor c;

		mid = lo + (hi - lo) / 2;
		c = kith_index_record(ix, s, mid);
		if (c.bad)
			return (size_t)ix->count[s];
		if (memcmp(c.p, key, 32) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
read_sections(struct kith_index *ix)
{
	const uint8_t *p = ix->map + 16 + 8 + INDEX_NONCE + KITH_DIGEST_BYTES;
	uint64_t *t[INDEX_TOTALS] = {
	    &ix->totals.sources, &ix->totals.files,    &ix->totals.proofs,  &ix->totals.distinct,
	    &ix->totals.valid,   &ix->totals.obsolete, &ix->totals.refused, &ix->totals.reviews,
	    &ix->totals.trusts,  &ix->totals.unknown};
	size_t i;

	for (i = 0; i < SECTION_COUNT; i++, p += 16) {
		ix->at[i] = load(p, 8);
		ix->count[i] = load(p + 8, 8);
		if (ix->at[i] < INDEX_HEADER || ix->at[i] > ix->body_end ||
		    ix->count[i] > (ix->body_end - ix->at[i]) / record_size[i])
			return false;
	}
	for (i = 0; i < INDEX_TOTALS; i++, p += 8)
		*t[i] = load(p, 8);
	return true;
}

static bool
read_header(struct kith_index *ix)
{
	const uint8_t *h = ix->map;
	uint8_t tag[INDEX_TAG];
	size_t chunks;

	if (ix->size < INDEX_HEADER || memcmp(h, INDEX_MAGIC, 8) != 0 ||
	    load(h + 8, 4) != INDEX_FORMAT || load(h + 12, 4) != INDEX_CHUNK ||
	    load(h + 16, 8) != ix->size)
		return false;
	memcpy(ix->nonce, h + 24, INDEX_NONCE);
	memcpy(ix->state.bytes, h + 24 + INDEX_NONCE, KITH_DIGEST_BYTES);
	kith_index_tag(ix->secret, ix->nonce, UINT64_MAX, kith_span(h, INDEX_HEADER - INDEX_TAG),
		       tag);
	if (memcmp(tag, h + INDEX_HEADER - INDEX_TAG, INDEX_TAG) != 0)
		return false;
	/* size = header + body + one tag for each begun chunk of the body */
	chunks =
	    (ix->size - INDEX_HEADER + INDEX_CHUNK + INDEX_TAG - 1) / (INDEX_CHUNK + INDEX_TAG);
	ix->body_end = ix->size - chunks * INDEX_TAG;
	ix->checked = kith_calloc(chunks, 1);
	return ix->checked && read_sections(ix);
}

static int
map_file(const char *path, struct kith_index *ix, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	void *map;

	if (fd < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no index", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s", path);
	if (!S_ISREG(st.st_mode) || st.st_size < (off_t)INDEX_HEADER ||
	    (uint64_t)st.st_size > KITH_MAX_INDEX_BYTES)
		return kith_fail(err, KITH_E_FORMAT, "%s: not an index", path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return kith_fail_errno(err, errno, "%s", path);
	ix->map = map;
	ix->size = (size_t)st.st_size;
	return KITH_OK;
}

int
kith_index_open(const char *path, const uint8_t secret[KITH_INDEX_SECRET_BYTES],
		struct kith_index **ret_index, struct kith_error *err)
{
	struct kith_index *ix = kith_calloc(1, sizeof(*ix));
	int r;

	if (!ix)
		return kith_fail_nomem(err);
	memcpy(ix->secret, secret, sizeof(ix->secret));
	r = map_file(path, ix, err);
	if (!r && !read_header(ix))
		r = kith_fail(err, KITH_E_FORMAT, "%s: damaged, or not made on this machine", path);
	if (r) {
		kith_index_free(ix);
		return r;
	}
	*ret_index = ix;
	return KITH_OK;
}

void
kith_index_free(struct kith_index *ix)
{
	if (!ix)
		return;
	kith_trust_graph_free(ix->graph);
	if (ix->map) {
		union {
			const uint8_t *in;
			void *out;
		} map = {.in = ix->map};

		munmap(map.out, ix->size);
	}
	free(ix->checked);
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
		c = cursor(ix, ix->at[SECTION_GRAPH], ix->count[SECTION_GRAPH]);
		if (c.bad)
			return kith_fail(err, KITH_E_FORMAT, "the index is damaged");
		r = kith_trust_graph_open(kith_span(c.p, c.left), &ix->graph, err);
		if (r)
			return r;
	}
	*ret_graph = ix->graph;
	return KITH_OK;
}
