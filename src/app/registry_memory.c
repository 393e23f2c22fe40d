/* SPDX-License-Identifier: Apache-2.0 */
/* The file of remembered registry facts: searched, merged, rewritten. Believes only its tags. */
#include "app/registry.h"

#include "crypto/crypto.h"
#include "index/tagged.h"

#define RECORD ((size_t)120)

#define KNOWN     1U
#define YANKED    2U
#define PUBLISHED 4U
#define ASKED     8U
#define FIRST     16U

static const struct kith_tagged_kind kind = {.magic = {'k', 'i', 't', 'h', 'r', 'e', 'g', 'i'},
					     .format = 2,
					     .max = RECORD * KITH_MAX_REMEMBERED};

struct kith_registry_memory {
	char *path;
	uint8_t secret[KITH_SECRET_BYTES];
	struct kith_tagged *file; /* NULL: none */
	size_t n_old;
	struct kith_registry_record *fresh;
	size_t n, cap;
};

void
kith_registry_free(struct kith_registry_memory *m)
{
	if (!m)
		return;
	kith_tagged_free(m->file);
	free(m->path);
	free(m->fresh);
	free(m);
}

void
kith_registry_freep(struct kith_registry_memory **m)
{
	kith_registry_free(*m);
	*m = NULL;
}

int
kith_registry_open(const char *path, const uint8_t secret[KITH_SECRET_BYTES],
		   struct kith_registry_memory **ret_memory, struct kith_error *err)
{
	KITH_AUTO_REGISTRY struct kith_registry_memory *m = kith_calloc(1, sizeof(*m));
	int r;

	if (!m)
		return kith_fail_nomem(err);
	memcpy(m->secret, secret, sizeof(m->secret));
	m->path = kith_strndup(path, strlen(path));
	if (!m->path)
		return kith_fail_nomem(err);
	r = kith_tagged_open(path, &kind, secret, &m->file, err);
	if (r == KITH_E_NOMEM)
		return r;
	if (r)
		m->file = NULL;
	else if (kith_tagged_size(m->file) % RECORD == 0)
		m->n_old = (size_t)(kith_tagged_size(m->file) / RECORD);
	*ret_memory = kith_steal(&m);
	return KITH_OK;
}

bool
kith_registry_key(const char *path, struct kith_span name, struct kith_span version,
		  uint8_t ret_key[KITH_REGISTRY_KEY])
{
	uint8_t text[KITH_MAX_PATH + KITH_MAX_PACKAGE_ID + 2];
	size_t n = strlen(path) + 1;
	struct kith_digest digest;

	if (n > KITH_MAX_PATH || name.len + version.len > KITH_MAX_PACKAGE_ID)
		return false;
	memcpy(text, path, n);
	if (name.len)
		memcpy(text + n, name.ptr, name.len);
	n += name.len;
	text[n++] = '\0';
	if (version.len)
		memcpy(text + n, version.ptr, version.len);
	kith_blake2b(kith_span(text, n + version.len), &digest);
	memcpy(ret_key, digest.bytes, KITH_REGISTRY_KEY);
	return true;
}

/* --- records as they lie in the file --- */

static uint64_t
get_u64(const uint8_t *p)
{
	uint64_t v = 0;
	size_t i;

	for (i = 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static void
decode(const uint8_t *p, struct kith_registry_record *r)
{
	uint64_t flags = get_u64(p + 96);

	memset(r, 0, sizeof(*r));
	memcpy(r->key, p, KITH_REGISTRY_KEY);
	r->stamp.ino = get_u64(p + 16);
	r->stamp.size = get_u64(p + 24);
	r->stamp.mtime_ns = (int64_t)get_u64(p + 32);
	r->stamp.ctime_ns = (int64_t)get_u64(p + 40);
	memcpy(r->facts.cksum, p + 48, sizeof(r->facts.cksum));
	r->facts.published.sec = (int64_t)get_u64(p + 80);
	r->facts.older = (uint32_t)get_u64(p + 88);
	r->facts.older_yanked = (uint32_t)(get_u64(p + 88) >> 32);
	r->known = flags & KNOWN;
	r->facts.yanked = flags & YANKED;
	r->facts.has_published = flags & PUBLISHED;
	r->asked_older = flags & ASKED;
	r->facts.has_first = flags & FIRST;
	memcpy(r->facts.first, p + 104, sizeof(r->facts.first));
}

static void
encode(const struct kith_registry_record *r, struct kith_buf *out)
{
	kith_buf_put(out, r->key, KITH_REGISTRY_KEY);
	kith_buf_put_u64(out, r->stamp.ino);
	kith_buf_put_u64(out, r->stamp.size);
	kith_buf_put_u64(out, (uint64_t)r->stamp.mtime_ns);
	kith_buf_put_u64(out, (uint64_t)r->stamp.ctime_ns);
	kith_buf_put(out, r->facts.cksum, sizeof(r->facts.cksum));
	kith_buf_put_u64(out, (uint64_t)r->facts.published.sec);
	kith_buf_put_u64(out, r->facts.older | (uint64_t)r->facts.older_yanked << 32);
	kith_buf_put_u64(out, (r->known ? KNOWN : 0U) | (r->facts.yanked ? YANKED : 0U) |
				  (r->facts.has_published ? PUBLISHED : 0U) |
				  (r->asked_older ? ASKED : 0U) |
				  (r->facts.has_first ? FIRST : 0U));
	kith_buf_put(out, r->facts.first, sizeof(r->facts.first));
}

static bool
old_at(const struct kith_registry_memory *m, size_t i, struct kith_span *ret)
{
	return kith_tagged_get(m->file, i * RECORD, RECORD, ret);
}

static bool
same_state(const struct kith_fs_stamp *a, const struct kith_fs_stamp *b)
{
	return a->ino == b->ino && a->size == b->size && a->mtime_ns == b->mtime_ns &&
	       a->ctime_ns == b->ctime_ns;
}

bool
kith_registry_find(struct kith_registry_memory *m, const uint8_t key[KITH_REGISTRY_KEY],
		   const struct kith_fs_stamp *stamp, struct kith_registry_record *ret_record)
{
	struct kith_registry_record r;
	size_t low = 0, high = m->n_old, mid;
	struct kith_span bytes;
	int c;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (!old_at(m, mid, &bytes))
			return false;
		c = memcmp(bytes.ptr, key, KITH_REGISTRY_KEY);
		if (c < 0)
			low = mid + 1;
		else if (c > 0)
			high = mid;
		else
			break;
	}
	if (low >= high)
		return false;
	decode(bytes.ptr, &r);
	if (!same_state(&r.stamp, stamp))
		return false;
	*ret_record = r;
	return true;
}

int
kith_registry_put(struct kith_registry_memory *m, const struct kith_registry_record *r,
		  struct kith_error *err)
{
	int g = kith_grow(&m->fresh, &m->cap, m->n + 1, sizeof(*r), KITH_MAX_REMEMBERED,
			  "versions at once", err);

	if (g == KITH_E_LIMIT)
		return KITH_OK; /* a lock of more versions is read anew each time */
	if (!g)
		m->fresh[m->n++] = *r;
	return g;
}

static int
compare(const void *a, const void *b)
{
	const struct kith_registry_record *x = a, *y = b;

	return memcmp(x->key, y->key, KITH_REGISTRY_KEY);
}

/* Both are sorted; of two with one key the new one stays. */
static void
merge(struct kith_registry_memory *m, bool with_old, struct kith_buf *out)
{
	size_t i = 0, k = 0;
	struct kith_span old;
	int c;

	while (i < m->n || (with_old && k < m->n_old)) {
		if (i + 1 < m->n && compare(&m->fresh[i], &m->fresh[i + 1]) == 0) {
			i++;
			continue;
		}
		if (!with_old || k >= m->n_old) {
			encode(&m->fresh[i++], out);
			continue;
		}
		if (!old_at(m, k, &old)) {
			k = m->n_old; /* damaged: what follows is read again */
			continue;
		}
		c = i < m->n ? memcmp(old.ptr, m->fresh[i].key, KITH_REGISTRY_KEY) : -1;
		if (c < 0)
			kith_buf_put_span(out, old);
		k += c <= 0;
		if (c >= 0)
			encode(&m->fresh[i++], out);
	}
}

int
kith_registry_save(struct kith_registry_memory *m, struct kith_error *err)
{
	const struct kith_digest state = {{0}};
	KITH_AUTO_BUF struct kith_buf body;
	int r;

	kith_buf_init(&body, RECORD * KITH_MAX_REMEMBERED);
	if (!m->n)
		return KITH_OK;
	qsort(m->fresh, m->n, sizeof(*m->fresh), compare);
	merge(m, m->n + m->n_old <= KITH_MAX_REMEMBERED, &body);
	r = kith_buf_check(&body, err);
	m->n = 0;
	return r ? r
		 : kith_tagged_write(m->path, &kind, m->secret, &state, KITH_SPAN_NONE,
				     kith_buf_span(&body), err);
}
