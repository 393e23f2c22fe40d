/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins in memory: adding, sorting, telling contradictions from repetitions, finding. No text is
 * read or written here.
 */
#include "evidence/pins.h"

int
kith_pins_new(struct kith_pins **ret_pins, struct kith_error *err)
{
	struct kith_pins *p = kith_calloc(1, sizeof(*p));

	if (!p)
		return kith_fail_nomem(err);
	kith_arena_init(&p->arena, KITH_MAX_PINS_ARENA);
	*ret_pins = p;
	return KITH_OK;
}

void
kith_pins_free(struct kith_pins *p)
{
	if (!p)
		return;
	kith_arena_clear(&p->arena);
	free(p->sources);
	free(p->packages);
	free(p->claims);
	free(p->gone);
	free(p->urls);
	free(p);
}

void
kith_pins_freep(struct kith_pins **p)
{
	kith_pins_free(*p);
	*p = NULL;
}

/* --- adding --- */

static int
copy_spans(struct kith_pins *p, struct kith_span *const *spans, size_t n, struct kith_error *err)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!kith_arena_copy(&p->arena, *spans[i], spans[i]))
			return kith_fail_nomem(err);
	return KITH_OK;
}

#define GROW(p, list, err)                                                                         \
	kith_grow(&(p)->list, &(p)->cap_##list, (p)->n_##list + 1, sizeof(*(p)->list),             \
		  KITH_MAX_PINS_ENTRIES, "pins", err)

int
kith_pins_add_source(struct kith_pins *p, const struct kith_pins_source *x, struct kith_error *err)
{
	struct kith_pins_source s = *x;
	struct kith_span *const spans[] = {&s.kind, &s.location, &s.inside, &s.commit};
	int r = GROW(p, sources, err);

	if (!r)
		r = copy_spans(p, spans, 4, err);
	if (!r)
		p->sources[p->n_sources++] = s;
	return r;
}

int
kith_pins_add_package(struct kith_pins *p, const struct kith_pins_package *x,
		      struct kith_error *err)
{
	struct kith_pins_package s = *x;
	struct kith_span *const spans[] = {&s.registry, &s.name, &s.version, &s.checksum};
	int r = GROW(p, packages, err);

	if (!r)
		r = copy_spans(p, spans, 4, err);
	if (!r)
		p->packages[p->n_packages++] = s;
	return r;
}

int
kith_pins_add_claim(struct kith_pins *p, const struct kith_pins_claim *x, struct kith_error *err)
{
	int r = GROW(p, claims, err);

	if (!r)
		p->claims[p->n_claims++] = *x;
	return r;
}

int
kith_pins_add_gone(struct kith_pins *p, const struct kith_pins_gone *x, struct kith_error *err)
{
	struct kith_pins_gone s = *x;
	struct kith_span *const spans[] = {&s.kind, &s.location, &s.inside, &s.text, &s.path};
	int r = GROW(p, gone, err);

	if (!r)
		r = copy_spans(p, spans, 5, err);
	if (!r)
		p->gone[p->n_gone++] = s;
	return r;
}

int
kith_pins_add_url(struct kith_pins *p, const struct kith_pins_url *x, struct kith_error *err)
{
	struct kith_pins_url s = *x;
	struct kith_span *const spans[] = {&s.url};
	int r = GROW(p, urls, err);

	if (!r)
		r = copy_spans(p, spans, 1, err);
	if (!r)
		p->urls[p->n_urls++] = s;
	return r;
}

/* --- order --- */

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Of which source something is. */
static int
compare_places(struct kith_span kind, struct kith_span location, struct kith_span inside,
	       const struct kith_pins_source *b)
{
	int r = kith_span_cmp(kind, b->kind);

	if (!r)
		r = kith_span_cmp(location, b->location);
	return r ? r : kith_span_cmp(inside, b->inside);
}

static int
key_source(const void *x, const void *y)
{
	const struct kith_pins_source *a = x, *b = y;

	return compare_places(a->kind, a->location, a->inside, b);
}

/* Behind the key, what is newer comes first: it is what stays of two that agree. */
static int
compare_sources(const void *x, const void *y)
{
	const struct kith_pins_source *a = x, *b = y;
	int r = key_source(x, y);

	if (!r)
		r = kith_span_cmp(a->commit, b->commit);
	return r ? r : compare_numbers(b->as_of, a->as_of);
}

static int
key_package(const void *x, const void *y)
{
	const struct kith_pins_package *a = x, *b = y;
	int r = compare_numbers(a->eco, b->eco);

	if (!r)
		r = kith_span_cmp(a->name, b->name);
	if (!r)
		r = kith_span_cmp(a->version, b->version);
	return r ? r : kith_span_cmp(a->registry, b->registry);
}

static int
key_claim(const void *x, const void *y)
{
	const struct kith_pins_claim *a = x, *b = y;

	return memcmp(a->proof.bytes, b->proof.bytes, KITH_DIGEST_BYTES);
}

/* The latest comes first: what two machines saw differently counts as late as either says. */
static int
compare_claims(const void *x, const void *y)
{
	const struct kith_pins_claim *a = x, *b = y;
	int r = key_claim(x, y);

	if (!r)
		r = compare_numbers(b->previous, a->previous);
	return r ? r : compare_numbers(b->seen, a->seen);
}

static int
key_gone(const void *x, const void *y)
{
	const struct kith_pins_gone *a = x, *b = y;
	const struct kith_pins_source at = {
	    .kind = b->kind, .location = b->location, .inside = b->inside};
	int r = compare_places(a->kind, a->location, a->inside, &at);

	return r ? r : kith_span_cmp(a->text, b->text);
}

/* What counts on longest comes first. */
static int
compare_gone(const void *x, const void *y)
{
	const struct kith_pins_gone *a = x, *b = y;
	int r = key_gone(x, y);

	if (!r)
		r = compare_numbers(b->gone, a->gone);
	if (!r)
		r = compare_numbers(a->seen, b->seen);
	if (!r)
		r = kith_span_cmp(a->path, b->path);
	return r ? r : compare_numbers(a->at_line, b->at_line);
}

static int
key_url(const void *x, const void *y)
{
	const struct kith_pins_url *a = x, *b = y;
	int r = memcmp(a->id.bytes, b->id.bytes, KITH_ID_BYTES);

	return r ? r : kith_span_cmp(a->url, b->url);
}

/* --- what is there twice --- */

static bool
same_source(const struct kith_pins_source *a, const struct kith_pins_source *b)
{
	return kith_span_eq(a->commit, b->commit) && a->carried == b->carried;
}

static bool
same_digest(bool has_a, const struct kith_digest *a, bool has_b, const struct kith_digest *b)
{
	return has_a == has_b && (!has_a || memcmp(a->bytes, b->bytes, KITH_DIGEST_BYTES) == 0);
}

static bool
same_package(const struct kith_pins_package *a, const struct kith_pins_package *b)
{
	return kith_span_eq(a->checksum, b->checksum) &&
	       same_digest(a->has_native, &a->native, b->has_native, &b->native) &&
	       same_digest(a->has_crev, &a->crev, b->has_crev, &b->crev) &&
	       a->registry_known == b->registry_known && a->checksum_agrees == b->checksum_agrees &&
	       a->yanked == b->yanked && a->has_published == b->has_published &&
	       a->published.sec == b->published.sec && a->older_yanked == b->older_yanked &&
	       a->has_first == b->has_first && memcmp(a->first, b->first, sizeof(a->first)) == 0;
}

static int
contradict(uint32_t a, uint32_t b, struct kith_span what, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_FORMAT, "line %u: contradicts line %u about %.*s",
				   a > b ? a : b, a > b ? b : a, KITH_SPAN_FMT(what)),
			 "leave one of them and run 'kith pin'");
}

static int
merge_sources(struct kith_pins *p, struct kith_error *err)
{
	size_t i, n = 0;

	for (i = 0; i < p->n_sources; i++) {
		const struct kith_pins_source *x = &p->sources[i];

		if (n && key_source(x, &p->sources[n - 1]) == 0) {
			if (!same_source(x, &p->sources[n - 1]))
				return contradict(x->line, p->sources[n - 1].line, x->location,
						  err);
			continue;
		}
		p->sources[n++] = *x;
	}
	p->n_sources = n;
	return KITH_OK;
}

static int
merge_packages(struct kith_pins *p, struct kith_error *err)
{
	size_t i, n = 0;

	for (i = 0; i < p->n_packages; i++) {
		const struct kith_pins_package *x = &p->packages[i];

		if (n && key_package(x, &p->packages[n - 1]) == 0) {
			if (!same_package(x, &p->packages[n - 1]))
				return contradict(x->line, p->packages[n - 1].line, x->name, err);
			continue;
		}
		p->packages[n++] = *x;
	}
	p->n_packages = n;
	return KITH_OK;
}

/* The first of each key stays. */
static size_t
unique(void *list, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	uint8_t *at = list;
	size_t i, kept = 0;

	for (i = 0; i < n; i++) {
		if (kept && compare(at + i * size, at + (kept - 1) * size) == 0)
			continue;
		if (kept != i)
			memcpy(at + kept * size, at + i * size, size);
		kept++;
	}
	return kept;
}

/* --- using --- */

int
kith_pins_index(struct kith_pins *p, struct kith_error *err)
{
	int r;

	if (p->n_sources)
		qsort(p->sources, p->n_sources, sizeof(*p->sources), compare_sources);
	if (p->n_packages)
		qsort(p->packages, p->n_packages, sizeof(*p->packages), key_package);
	if (p->n_claims)
		qsort(p->claims, p->n_claims, sizeof(*p->claims), compare_claims);
	if (p->n_gone)
		qsort(p->gone, p->n_gone, sizeof(*p->gone), compare_gone);
	if (p->n_urls)
		qsort(p->urls, p->n_urls, sizeof(*p->urls), key_url);
	r = merge_sources(p, err);
	if (!r)
		r = merge_packages(p, err);
	if (r)
		return r;
	p->n_claims = unique(p->claims, p->n_claims, sizeof(*p->claims), key_claim);
	p->n_gone = unique(p->gone, p->n_gone, sizeof(*p->gone), key_gone);
	p->n_urls = unique(p->urls, p->n_urls, sizeof(*p->urls), key_url);
	return KITH_OK;
}

/* In a sorted list of what begins with its key; NULL: not there. */
static const void *
find(const void *key, const void *list, size_t n, size_t size,
     int (*compare)(const void *, const void *))
{
	return n ? bsearch(key, list, n, size, compare) : NULL;
}

const struct kith_pins_package *
kith_pins_find_package(const struct kith_pins *p, enum kith_ecosystem eco,
		       struct kith_span registry, struct kith_span name, struct kith_span version)
{
	const struct kith_pins_package key = {
	    .eco = eco, .registry = registry, .name = name, .version = version};

	return find(&key, p->packages, p->n_packages, sizeof(key), key_package);
}

const struct kith_pins_package *
kith_pins_package_of(const struct kith_pins *p, const struct kith_package *package)
{
	return kith_pins_find_package(p, package->eco,
				      package->origin == KITH_ORIGIN_REGISTRY ? KITH_SPAN_NONE
									      : package->source,
				      package->name, package->version);
}

const struct kith_pins_claim *
kith_pins_find_claim(const struct kith_pins *p, const struct kith_digest *proof)
{
	const struct kith_pins_claim key = {.proof = *proof};

	return find(&key, p->claims, p->n_claims, sizeof(key), key_claim);
}

const struct kith_pins_gone *
kith_pins_find_gone(const struct kith_pins *p, const struct kith_pins_gone *x)
{
	return find(x, p->gone, p->n_gone, sizeof(*x), key_gone);
}

const struct kith_pins_source *
kith_pins_find_source(const struct kith_pins *p, struct kith_span kind, struct kith_span location,
		      struct kith_span inside)
{
	const struct kith_pins_source key = {.kind = kind, .location = location, .inside = inside};

	return find(&key, p->sources, p->n_sources, sizeof(key), key_source);
}
