/* SPDX-License-Identifier: Apache-2.0 */
/* The file of remembered digests: mapped, searched, merged, rewritten. Believes only its MACs. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/digests.h"

static const char magic[8] = "KITHDIG";
#define FORMAT 1U

struct header {
	char magic[8];
	uint32_t format, record_size;
	uint64_t count;
};

_Static_assert(sizeof(struct kith_digests_record) % 8 == 0, "records are aligned");
_Static_assert(sizeof(struct kith_digests_record) ==
		   KITH_DIGESTS_KEY + 32 + KITH_DIGESTS_WHO + 40 + KITH_DIGESTS_WHY + 8 + 16,
	       "records have no padding");

struct kith_digests {
	char *path;
	uint8_t secret[KITH_SECRET_BYTES];
	uint8_t *map;
	size_t map_len;
	const struct kith_digests_record *old;
	size_t n_old;
	struct kith_digests_record *fresh;
	size_t n_fresh, cap_fresh;
	struct kith_map by_sum; /* of old records, made when first asked for */
	bool have_by_sum, damaged;
};

static void
mac_of(const struct kith_digests *d, const struct kith_digests_record *r, uint8_t ret_mac[16])
{
	/* the label keeps these apart from whatever else the secret authenticates */
	uint8_t text[16 + sizeof(*r)] = "kith digests 1";
	struct kith_digest mac;

	memcpy(text + 16, r, offsetof(struct kith_digests_record, mac));
	kith_mac(d->secret, kith_span(text, 16 + offsetof(struct kith_digests_record, mac)), &mac);
	memcpy(ret_mac, mac.bytes, 16);
}

static bool
verifies(struct kith_digests *d, const struct kith_digests_record *r)
{
	uint8_t mac[16];

	mac_of(d, r, mac);
	if (memcmp(mac, r->mac, sizeof(mac)) != 0) {
		d->damaged = true;
		return false;
	}
	return true;
}

/* True if the mapped bytes are one of ours by their form. */
static bool
is_ours(const struct kith_digests *d)
{
	const struct header *h = (const struct header *)(const void *)d->map;

	return memcmp(h->magic, magic, sizeof(magic)) == 0 && h->format == FORMAT &&
	       h->record_size == sizeof(*d->old) && h->count <= KITH_MAX_DIGESTS &&
	       d->map_len == sizeof(*h) + h->count * sizeof(*d->old);
}

static int
map_file(struct kith_digests *d, struct kith_error *err)
{
	KITH_AUTO_FD int fd = open(d->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const size_t max = sizeof(struct header) + KITH_MAX_DIGESTS * sizeof(*d->old);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return KITH_OK;
	if (fd < 0 && errno != ELOOP)
		return kith_fail_errno(err, errno, "%s", d->path);
	d->damaged = true;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size < (off_t)sizeof(struct header) || (uintmax_t)st.st_size > max)
		return KITH_OK;
	d->map_len = (size_t)st.st_size;
	d->map = mmap(NULL, d->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (d->map == MAP_FAILED) {
		d->map = NULL;
		return kith_fail_errno(err, errno, "%s", d->path);
	}
	if (!is_ours(d))
		return KITH_OK;
	d->damaged = false;
	d->old = (const struct kith_digests_record *)(const void *)(d->map + sizeof(struct header));
	d->n_old = (d->map_len - sizeof(struct header)) / sizeof(*d->old);
	return KITH_OK;
}

int
kith_digests_open(const char *path, const uint8_t secret[KITH_SECRET_BYTES],
		  struct kith_digests **ret_digests, struct kith_error *err)
{
	struct kith_digests *d KITH_CLEANUP(kith_digests_freep) = kith_calloc(1, sizeof(*d));
	int r;

	if (!d)
		return kith_fail_nomem(err);
	kith_map_init(&d->by_sum, NULL);
	memcpy(d->secret, secret, sizeof(d->secret));
	d->path = kith_strndup(path, strlen(path));
	if (!d->path)
		return kith_fail_nomem(err);
	r = map_file(d, err);
	if (r)
		return r;
	*ret_digests = kith_steal(&d);
	return KITH_OK;
}

void
kith_digests_free(struct kith_digests *d)
{
	if (!d)
		return;
	if (d->map)
		munmap(d->map, d->map_len);
	kith_map_clear(&d->by_sum);
	free(d->fresh);
	free(d->path);
	free(d);
}

void
kith_digests_freep(struct kith_digests **d)
{
	kith_digests_free(*d);
}

/* Parts short enough for one hash of a few blocks go in as they are, others as their hash. */
#define SHORT_PART 160

static size_t
put_part(uint8_t *at, struct kith_span part)
{
	struct kith_digest hash;
	uint8_t head[2] = {(uint8_t)part.len, part.len > SHORT_PART};

	if (part.len > SHORT_PART) {
		kith_blake2b(part, &hash);
		part = kith_span(hash.bytes, sizeof(hash.bytes));
	}
	memcpy(at, head, sizeof(head));
	if (part.len)
		memcpy(at + sizeof(head), part.ptr, part.len);
	return sizeof(head) + part.len;
}

void
kith_digests_name(struct kith_span path, struct kith_span name, struct kith_span version,
		  struct kith_digests_record *ret_record)
{
	uint8_t text[3 * (SHORT_PART + 2)];
	struct kith_digest hash;
	size_t n;

	memset(ret_record, 0, sizeof(*ret_record));
	n = put_part(text, name);
	n += put_part(text + n, version);
	n += put_part(text + n, path);
	kith_blake2b(kith_span(text, n), &hash);
	memcpy(ret_record->key, hash.bytes, KITH_DIGESTS_KEY);
}

void
kith_digests_who(struct kith_span name, struct kith_span version, uint8_t ret_who[KITH_DIGESTS_WHO])
{
	uint8_t text[2 * (SHORT_PART + 2)];
	struct kith_digest hash;
	size_t n = put_part(text, name);

	n += put_part(text + n, version);
	kith_blake2b(kith_span(text, n), &hash);
	memcpy(ret_who, hash.bytes, KITH_DIGESTS_WHO);
}

const struct kith_digests_record *
kith_digests_find(struct kith_digests *d, const uint8_t key[KITH_DIGESTS_KEY])
{
	size_t lo = 0, hi = d->n_old, mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = memcmp(d->old[mid].key, key, KITH_DIGESTS_KEY);
		if (c == 0)
			return verifies(d, &d->old[mid]) ? &d->old[mid] : NULL;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static struct kith_span
sum_key(const struct kith_digests_record *r)
{
	return kith_span(r->sha256, KITH_SHA256_BYTES + KITH_DIGESTS_WHO);
}

static int
index_sums(struct kith_digests *d, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; i < d->n_old && !r; i++)
		if (d->old[i].flags && verifies(d, &d->old[i]))
			r = kith_map_add(&d->by_sum, sum_key(&d->old[i]), i, NULL, NULL, err);
	d->have_by_sum = !r;
	return r;
}

int
kith_digests_find_sum(struct kith_digests *d, const uint8_t sha256[KITH_SHA256_BYTES],
		      const uint8_t who[KITH_DIGESTS_WHO],
		      const struct kith_digests_record **ret_record, struct kith_error *err)
{
	uint8_t key[KITH_SHA256_BYTES + KITH_DIGESTS_WHO];
	size_t i;
	int r = d->have_by_sum ? KITH_OK : index_sums(d, err);

	if (r)
		return r;
	memcpy(key, sha256, KITH_SHA256_BYTES);
	memcpy(key + KITH_SHA256_BYTES, who, KITH_DIGESTS_WHO);
	*ret_record = kith_map_get(&d->by_sum, kith_span(key, sizeof(key)), &i) ? &d->old[i] : NULL;
	return KITH_OK;
}

int
kith_digests_put(struct kith_digests *d, const struct kith_digests_record *record,
		 struct kith_error *err)
{
	int r;

	/* the first ones are as good as any */
	if (d->n_fresh == KITH_MAX_DIGESTS)
		return KITH_OK;
	r = kith_grow(&d->fresh, &d->cap_fresh, d->n_fresh + 1, sizeof(*record), KITH_MAX_DIGESTS,
		      "digests", err);
	if (r)
		return r;
	d->fresh[d->n_fresh] = *record;
	mac_of(d, record, d->fresh[d->n_fresh].mac);
	d->n_fresh++;
	return KITH_OK;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct kith_digests_record *x = a, *y = b;

	return memcmp(x->key, y->key, sizeof(x->key));
}

/* Fresh records, then the old ones that verify as far as there is room. */
static int
merge(struct kith_digests *d, struct kith_digests_record *all, size_t *ret_n,
      struct kith_error *err)
{
	KITH_AUTO_MAP struct kith_map seen;
	size_t i, n = 0, at;
	bool added;
	int r = KITH_OK;

	kith_map_init(&seen, NULL);
	for (i = 0; i < d->n_fresh && !r; i++) {
		r = kith_map_add(&seen, kith_span(d->fresh[i].key, KITH_DIGESTS_KEY), n, &at,
				 &added, err);
		if (!r) {
			all[added ? n : at] = d->fresh[i];
			n += added;
		}
	}
	for (i = 0; i < d->n_old && n < KITH_MAX_DIGESTS && !r; i++)
		if (!kith_map_get(&seen, kith_span(d->old[i].key, KITH_DIGESTS_KEY), NULL) &&
		    verifies(d, &d->old[i]))
			all[n++] = d->old[i];
	*ret_n = n;
	return r;
}

int
kith_digests_save(struct kith_digests *d, struct kith_error *err)
{
	KITH_AUTO_FREE uint8_t *bytes = NULL;
	struct header h = {.format = FORMAT, .record_size = sizeof(*d->old)};
	struct kith_digests_record *all;
	size_t n = 0;
	int r;

	if (!d->n_fresh)
		return KITH_OK;
	bytes = kith_calloc(1, sizeof(h) + (d->n_fresh + d->n_old) * sizeof(*all));
	if (!bytes)
		return kith_fail_nomem(err);
	all = (struct kith_digests_record *)(void *)(bytes + sizeof(h));
	r = merge(d, all, &n, err);
	if (r)
		return r;
	qsort(all, n, sizeof(*all), compare_keys);
	memcpy(h.magic, magic, sizeof(magic));
	h.count = n;
	memcpy(bytes, &h, sizeof(h));
	return kith_fs_replace(d->path, kith_span(bytes, sizeof(h) + n * sizeof(*all)), 0600, err);
}

bool
kith_digests_damaged(const struct kith_digests *d)
{
	return d->damaged;
}
