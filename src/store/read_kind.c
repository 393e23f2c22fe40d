/* SPDX-License-Identifier: Apache-2.0 */
/* Reading audit sets and databases: every version of their mirrors that matters. */
#include "crypto/crypto.h"
#include "store/journal.h"
#include "store/store.h"

struct reading {
	const struct kith_store_kind_calls *calls;
	struct kith_mirror *items; /* borrowed parts, heads of their own */
	struct kith_store_version *versions;
	size_t n, cap_items, cap_versions;
	size_t current; /* number of the one that has begun and not ended */
	bool begun;
};

static void
reading_clear(struct reading *rd)
{
	free(rd->items);
	free(rd->versions);
}

static int
add(struct reading *rd, const struct kith_mirror *m, const char *head,
    const struct kith_store_version *v, struct kith_error *err)
{
	int r;

	r = kith_grow(&rd->items, &rd->cap_items, rd->n + 1, sizeof(*rd->items),
		      KITH_MAX_SET_VERSIONS, "versions of sets", err);
	if (!r)
		r = kith_grow(&rd->versions, &rd->cap_versions, rd->n + 1, sizeof(*rd->versions),
			      KITH_MAX_SET_VERSIONS, "versions of sets", err);
	if (r)
		return r;
	rd->items[rd->n] = *m;
	memcpy(rd->items[rd->n].head, head, sizeof(m->head));
	rd->versions[rd->n] = *v;
	rd->versions[rd->n].mirror = m;
	rd->n++;
	return KITH_OK;
}

/* The past by its journal, then what is in force: a damaged journal costs the past only. */
static int
add_versions(struct reading *rd, const struct kith_dirs *dirs, const struct kith_mirror *m,
	     int64_t since, struct kith_error *err)
{
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	struct kith_store_version last = {.since = 0};
	size_t i;
	int r;

	if (kith_journal_read(dirs, m->source.slug, &j, err) == KITH_E_NOMEM)
		return KITH_E_NOMEM;
	for (i = 0; i < j.n_heads; i++) {
		const struct kith_journal_head *h = &j.heads[i];
		struct kith_store_version v = {.since = h->time, .baseline = i == 0};

		if (i + 1 == j.n_heads && strcmp(h->head, m->head) == 0) {
			last = v;
			break;
		}
		v.until = i + 1 < j.n_heads ? j.heads[i + 1].time : m->success;
		if (v.until < since)
			continue;
		r = add(rd, m, h->head, &v, err);
		if (r)
			return r;
	}
	return add(rd, m, m->head, &last, err);
}

/* Leaves out what the caller need not see of the versions from `from` on: the oldest. */
static int
plan(struct reading *rd, size_t from, struct kith_error *err)
{
	size_t i, n = rd->n - from, skip = 0;
	int r;

	if (!rd->calls->plan || !n)
		return KITH_OK;
	for (i = from; i < rd->n; i++)
		rd->versions[i].commit = rd->items[i].head;
	r = rd->calls->plan(rd->calls->ctx, &rd->versions[from], n, &skip, err);
	if (r || !skip)
		return r;
	skip = skip < n ? skip : n;
	memmove(&rd->items[from], &rd->items[from + skip], (n - skip) * sizeof(*rd->items));
	memmove(&rd->versions[from], &rd->versions[from + skip],
		(n - skip) * sizeof(*rd->versions));
	rd->n -= skip;
	return KITH_OK;
}

static int
begin(void *ctx, size_t item, struct kith_span commit, struct kith_error *err)
{
	struct reading *rd = ctx;

	(void)commit; /* the one that was asked for */
	rd->begun = true;
	rd->current = item;
	rd->versions[item].commit = rd->items[item].head;
	return rd->calls->begin(rd->calls->ctx, &rd->versions[item], err);
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct reading *rd = ctx;

	if (!kith_source_has(&rd->items[item].source, path))
		return KITH_OK;
	return rd->calls->file(rd->calls->ctx, path, bytes, err);
}

static int
take_skip(void *ctx, size_t item, struct kith_span path, enum kith_git_skip why,
	  struct kith_error *err)
{
	struct reading *rd = ctx;

	if (!rd->calls->skip || !kith_source_has(&rd->items[item].source, path))
		return KITH_OK;
	return rd->calls->skip(rd->calls->ctx, path, why, err);
}

/* One that fails at its first step has not begun: the caller hears of it all the same. */
static int
end(void *ctx, size_t item, const struct kith_git_end *e, const struct kith_error *failure,
    struct kith_error *err)
{
	struct reading *rd = ctx;
	int r = KITH_OK;

	(void)e;
	if (!rd->begun || rd->current != item)
		r = begin(rd, item, KITH_SPAN_NONE, err);
	rd->begun = false;
	return r || !rd->calls->end ? r : rd->calls->end(rd->calls->ctx, failure, err);
}

static const char *
which_files(void *ctx, size_t item)
{
	const struct reading *rd = ctx;

	return kith_source_names(&rd->items[item].source);
}

static bool
is_of(const struct kith_mirror *m, enum kith_source_kind kind)
{
	return !m->own && !m->damaged && m->head[0] && m->source.evidence == kind;
}

int
kith_store_read_kind(const struct kith_dirs *dirs, enum kith_source_kind kind, int64_t since,
		     const char *libexec, const struct kith_store_kind_calls *calls,
		     struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	KITH_CLEANUP(reading_clear) struct reading rd = {.calls = calls};
	const struct kith_store_read_calls rc = {.ctx = &rd,
						 .names = which_files,
						 .tree = begin,
						 .file = take_file,
						 .skip = take_skip,
						 .end = end};
	struct kith_mirrors list;
	size_t i, from;
	int r;

	r = kith_store_mirrors(dirs, &mirrors, err);
	for (i = 0; !r && i < mirrors.count; i++) {
		if (!is_of(&mirrors.items[i], kind))
			continue;
		from = rd.n;
		r = add_versions(&rd, dirs, &mirrors.items[i], since, err);
		if (!r)
			r = plan(&rd, from, err);
	}
	if (r || !rd.n)
		return r;
	list = (struct kith_mirrors){rd.items, rd.n};
	return kith_store_each_proof_file(&list, libexec, &rc, err);
}

int
kith_store_kind_state(const struct kith_dirs *dirs, enum kith_source_kind kind,
		      struct kith_digest *ret_state, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;
	int r;

	kith_buf_init(&b, KITH_MIB(256));
	r = kith_store_mirrors(dirs, &mirrors, err);
	if (r)
		return r;
	kith_buf_printf(&b, "%s\n", kith_source_kind_name(kind));
	for (i = 0; i < mirrors.count; i++) {
		const struct kith_mirror *m = &mirrors.items[i];

		if (is_of(m, kind))
			kith_buf_printf(&b, "%s %s %s %s\n%s\n", m->source.slug, m->head,
					kith_source_class_name(m->source.class), m->source.location,
					m->source.inside ? m->source.inside : "");
	}
	r = kith_buf_check(&b, err);
	if (!r)
		kith_blake2b(kith_buf_span(&b), ret_state);
	return r;
}
