/* SPDX-License-Identifier: Apache-2.0 */
/* From the mirrors of sets and databases to files that are looked up by a package's name. */
#include "app/derived.h"
#include "app/pinned.h"
#include "crypto/crypto.h"
#include "index/tagged.h"
#include "store/view.h"

/* How many sources' times of fetching the head has room for. */
#define HEAD_TIMES ((KITH_TAGGED_HEAD - KITH_DIGEST_BYTES) / 8)

#define DAY ((int64_t)86400)
/*
 * How far back the states of a source are read: as long as a violation counts on that vanished, and
 * any sensible set-cooldown. What was there before is taken to be of that day, which is later.
 */
#define LOOK_BACK (90 * DAY)

/* Bytes of a file's body from `base` on. */
struct window {
	struct kith_app_derived *of;
	uint64_t base;
};

struct kith_app_derived {
	struct kith_tagged *file;
	struct window at[2];
	struct kith_claim_set sources; /* with all they say, or, of databases, only who they are */
	struct kith_advisory_set advisories;
	bool damaged; /* a look has failed */
	/* where there never was a file: its body, and when each source was fetched */
	struct kith_buf body;
	int64_t *times;
	size_t n_times;
};

static const struct kith_tagged_kind sets_kind = {
    .magic = {'k', 'i', 't', 'h', 's', 'e', 't', 's'}, .format = 1, .max = KITH_MAX_CLAIM_SET};
static const struct kith_tagged_kind advisories_kind = {
    .magic = {'k', 'i', 't', 'h', 'a', 'd', 'v', 's'},
    .format = 1,
    .max = KITH_MAX_ADVISORY_SET + KITH_MAX_CLAIM_SET};

/* One of the two files. */
struct derivation {
	const char *name;
	const struct kith_tagged_kind *kind;
	enum kith_source_kind kinds[2]; /* of mirrors */
	size_t n_kinds;
	/* Appends the body; `old` (may be NULL) is of an earlier state. */
	int (*make)(struct kith_session *s, const struct kith_app_derived *old,
		    struct kith_buf *out, struct kith_error *err);
	/* Looks into the file, or, while there is none, into its body. */
	int (*open)(struct kith_app_derived *d, struct kith_span body, struct kith_error *err);
};

/* --- looking --- */

static bool
get(void *ctx, size_t at, size_t len, struct kith_span *ret)
{
	struct window *w = ctx;

	if (kith_tagged_get(w->of->file, w->base + at, len, ret))
		return true;
	w->of->damaged = true;
	return false;
}

static struct kith_checked
look_at(struct kith_app_derived *d, size_t i, struct kith_span body, uint64_t base, uint64_t size)
{
	if (!d->file)
		return (struct kith_checked){.bytes =
						 kith_span_sub(body, (size_t)base, (size_t)size)};
	d->at[i] = (struct window){d, base};
	return (struct kith_checked){.get = get, .ctx = &d->at[i], .size = (size_t)size};
}

static uint64_t
size_of(const struct kith_app_derived *d, struct kith_span body)
{
	return d->file ? kith_tagged_size(d->file) : body.len;
}

static int
open_sets(struct kith_app_derived *d, struct kith_span body, struct kith_error *err)
{
	struct kith_checked in = look_at(d, 0, body, 0, size_of(d, body));

	return kith_claim_set_open(&in, &d->sources, err);
}

/* The length of the sources, they, and the advisories. */
static int
open_advisories(struct kith_app_derived *d, struct kith_span body, struct kith_error *err)
{
	uint64_t size = size_of(d, body), len = 0;
	struct kith_checked in = look_at(d, 0, body, 0, size);
	const uint8_t *head = kith_checked_at(&in, 0, 8);
	size_t i;
	int r;

	for (i = 0; head && i < 8; i++)
		len |= (uint64_t)head[i] << 8 * i;
	if (!head || len > size - 8)
		return kith_fail(err, KITH_E_FORMAT, "advisories are cut off");
	in = look_at(d, 0, body, 8, len);
	r = kith_claim_set_open(&in, &d->sources, err);
	in = look_at(d, 1, body, 8 + len, size - 8 - len);
	return r ? r : kith_advisory_set_open_checked(&in, &d->advisories, err);
}

void
kith_app_derived_free(struct kith_app_derived *d)
{
	if (!d)
		return;
	kith_tagged_free(d->file);
	kith_buf_clear(&d->body);
	free(d->times);
	free(d);
}

static void
derived_freep(struct kith_app_derived **d)
{
	kith_app_derived_free(*d);
	*d = NULL;
}

/* --- making: what both have in common --- */

struct making {
	struct kith_session *session;
	struct kith_claim_set_builder *sources;
	struct kith_advisory_builder *advisories;
	const struct kith_claim_set *old; /* NULL: none */
	enum kith_advisory_format format;
	bool *partly; /* of each of its sources: only what came since is read */
	uint32_t n_sources;
	const struct kith_mirror *mirror; /* whose states are read */
	uint64_t files;
};

static void
making_clear(struct making *m)
{
	kith_claim_set_builder_free(m->sources);
	kith_advisory_builder_free(m->advisories);
	free(m->partly);
}

static int
begin_source(struct making *m, const struct kith_mirror *mirror, struct kith_error *err)
{
	const struct kith_claim_set_source source = {
	    .slug = kith_span_str(mirror->source.slug),
	    .location = kith_span_str(mirror->source.location),
	    .inside = kith_span_str(mirror->source.inside),
	    .mark = (uint32_t)mirror->source.kind | (uint32_t)mirror->source.evidence << 8 |
		    (uint32_t)mirror->source.class << 16};

	m->mirror = mirror;
	m->n_sources++;
	return kith_claim_set_builder_source(m->sources, &source, err);
}

static int
end_version(void *ctx, const struct kith_error *failure, struct kith_error *err)
{
	struct making *m = ctx;

	if (!failure)
		return KITH_OK;
	if (m->session->dirs.view)
		return kith_app_pinned_unread(m->mirror, failure->msg, err);
	m->session->cut_short = true;
	kith_app_warn(m->session, "%s: %s", m->mirror->source.location, failure->msg);
	return KITH_OK;
}

/* --- sets --- */

/* What is pinned as gone from the set whose only state was read. */
static int
end_set(void *ctx, const struct kith_error *failure, struct kith_error *err)
{
	struct making *m = ctx;
	const struct kith_store_view *view = m->session->dirs.view;
	size_t i;
	int r = end_version(ctx, failure, err);

	for (i = 0; !r && view && i < view->n_vanished; i++) {
		const struct kith_store_vanished *x = &view->vanished[i];
		const struct kith_claim_set_carried is = {.path = x->path,
							  .line = x->line,
							  .has_seen = x->seen != 0,
							  .seen = x->seen,
							  .gone_since = x->gone};

		if (strcmp(x->slug, m->mirror->source.slug) != 0)
			continue;
		r = kith_claim_set_builder_gone(m->sources, x->text, &is, err);
		if (r == KITH_E_INTEGRITY)
			r = kith_context(err, r, "%s: what %s has withdrawn", KITH_PINS_FILE,
					 m->mirror->source.location);
	}
	return r;
}

static bool
find_old(const struct making *m, const char *slug, size_t *ret_i,
	 struct kith_claim_set_source *ret_source)
{
	size_t i;

	for (i = 0; m->old && kith_claim_set_source_at(m->old, i, ret_source); i++) {
		*ret_i = i;
		if (kith_span_eq(ret_source->slug, kith_span_str(slug)))
			return true;
	}
	return false;
}

/*
 * States that were read before are not read again, unless their history is another one now. All
 * mirrors are planned before any is read.
 */
static int
plan_set(void *ctx, const struct kith_store_version *versions, size_t n, size_t *ret_skip,
	 struct kith_error *err)
{
	struct making *m = ctx;
	struct kith_claim_set_source old;
	size_t i, k;
	int r;

	if (!find_old(m, versions[0].mirror->source.slug, &i, &old))
		return KITH_OK;
	for (k = n; k-- > 0;)
		if (versions[k].since == old.since &&
		    kith_span_eq(kith_span_str(versions[k].commit), old.commit))
			break;
	if (k == SIZE_MAX)
		return KITH_OK;
	*ret_skip = k + 1;
	m->partly[i] = k + 1 < n;
	if (m->partly[i])
		return KITH_OK;
	r = begin_source(m, versions[0].mirror, err);
	return r ? r : kith_claim_set_builder_reuse(m->sources, m->old, i, err);
}

static int
begin_set(void *ctx, const struct kith_store_version *v, struct kith_error *err)
{
	struct making *m = ctx;
	struct kith_claim_set_source old;
	size_t i;
	int r = KITH_OK;

	if (v->mirror != m->mirror) {
		r = begin_source(m, v->mirror, err);
		if (!r && find_old(m, v->mirror->source.slug, &i, &old) && m->partly[i])
			r = kith_claim_set_builder_reuse(m->sources, m->old, i, err);
	}
	return r ? r
		 : kith_claim_set_builder_head(m->sources, kith_span_str(v->commit), v->since,
					       v->baseline, err);
}

static int
take_set_file(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct making *m = ctx;
	bool lock = kith_span_ends(path, KITH_SPAN_LIT(".lock"));

	m->files++;
	return kith_claim_set_builder_file(
	    m->sources, lock ? KITH_CLAIM_SET_PUBLISHERS : KITH_CLAIM_SET_AUDITS, path, bytes, err);
}

static int
skip_set_file(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	struct making *m = ctx;

	m->session->cut_short |= why == KITH_GIT_SKIP_BROKEN;
	return kith_claim_set_builder_refuse(m->sources, path, 0, kith_git_skip_text(why), err);
}

static int
make_sets(struct kith_session *s, const struct kith_app_derived *old, struct kith_buf *out,
	  struct kith_error *err)
{
	KITH_CLEANUP(making_clear) struct making m = {.session = s};
	const struct kith_store_kind_calls calls = {.ctx = &m,
						    .plan = plan_set,
						    .begin = begin_set,
						    .file = take_set_file,
						    .skip = skip_set_file,
						    .end = end_set};
	int r;

	m.old = old ? &old->sources : NULL;
	m.partly = kith_calloc(old ? old->sources.n_sources + (size_t)1 : 1, sizeof(*m.partly));
	if (!m.partly)
		return kith_fail_nomem(err);
	r = kith_claim_set_builder_new(kith_blake2b, &m.sources, err);
	if (!r)
		r = kith_store_read_kind(&s->dirs, KITH_SOURCE_VET, s->now.sec - LOOK_BACK,
					 s->libexec, &calls, err);
	if (!r)
		kith_app_detail(s, "audit sets: %llu files of %u sources read",
				(unsigned long long)m.files, m.n_sources);
	return r ? r : kith_claim_set_builder_seal(m.sources, out, err);
}

/* --- advisories --- */

static int
begin_database(void *ctx, const struct kith_store_version *v, struct kith_error *err)
{
	struct making *m = ctx;
	int r = begin_source(m, v->mirror, err);

	if (!r)
		r = kith_claim_set_builder_head(m->sources, kith_span_str(v->commit), v->since,
						v->baseline, err);
	return r ? r : kith_advisory_builder_open(m->advisories, m->n_sources - 1, err);
}

static int
take_advisory(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct making *m = ctx;

	m->files++;
	return kith_advisory_builder_add(m->advisories, m->format, m->n_sources - 1, path, bytes,
					 err);
}

static int
skip_advisory(void *ctx, struct kith_span path, enum kith_git_skip why, struct kith_error *err)
{
	struct making *m = ctx;

	(void)err;
	m->session->cut_short |= why == KITH_GIT_SKIP_BROKEN;
	kith_app_warn(m->session, "%s: %.*s: not read: %s", m->mirror->source.location,
		      KITH_SPAN_FMT(path), kith_git_skip_text(why));
	return KITH_OK;
}

static int
read_databases(struct making *m, struct kith_error *err)
{
	const struct kith_store_kind_calls calls = {.ctx = m,
						    .begin = begin_database,
						    .file = take_advisory,
						    .skip = skip_advisory,
						    .end = end_version};
	int r;

	m->format = KITH_ADVISORY_RUSTSEC;
	r = kith_store_read_kind(&m->session->dirs, KITH_SOURCE_RUSTSEC, INT64_MAX,
				 m->session->libexec, &calls, err);
	m->format = KITH_ADVISORY_OSV;
	return r ? r
		 : kith_store_read_kind(&m->session->dirs, KITH_SOURCE_OSV, INT64_MAX,
					m->session->libexec, &calls, err);
}

static int
seal_advisories(const struct kith_buf *sources, struct kith_advisory_builder *advisories,
		struct kith_buf *out, struct kith_error *err)
{
	kith_buf_put_u64(out, sources->len);
	kith_buf_put_span(out, kith_buf_span(sources));
	return kith_advisory_builder_seal(advisories, out, err);
}

static int
make_advisories(struct kith_session *s, const struct kith_app_derived *old, struct kith_buf *out,
		struct kith_error *err)
{
	KITH_CLEANUP(making_clear) struct making m = {.session = s};
	KITH_AUTO_BUF struct kith_buf sources;
	int r;

	(void)old;
	kith_buf_init(&sources, KITH_MAX_CLAIM_SET);
	r = kith_claim_set_builder_new(kith_blake2b, &m.sources, err);
	if (!r)
		r = kith_advisory_builder_new(&m.advisories, err);
	if (!r)
		r = read_databases(&m, err);
	if (!r)
		r = kith_claim_set_builder_seal(m.sources, &sources, err);
	if (r)
		return r;
	kith_app_detail(s, "advisories: %llu files of %u databases read",
			(unsigned long long)m.files, m.n_sources);
	return seal_advisories(&sources, m.advisories, out, err);
}

/* --- the files --- */

static const struct derivation sets = {"sets", &sets_kind, {KITH_SOURCE_VET, KITH_SOURCE_VET},
				       1,      make_sets,  open_sets};
static const struct derivation advisories = {
    "advisories",    &advisories_kind, {KITH_SOURCE_RUSTSEC, KITH_SOURCE_OSV}, 2,
    make_advisories, open_advisories};

/* What the body depends on; the head says of which state of all mirrors that was true. */
static int
state_of(struct kith_session *s, const struct derivation *f, struct kith_digest *ret_state,
	 struct kith_error *err)
{
	uint8_t both[2 * KITH_DIGEST_BYTES] = {0};
	struct kith_digest d;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < f->n_kinds; i++) {
		r = kith_store_kind_state(&s->dirs, f->kinds[i], &d, err);
		if (!r)
			memcpy(both + i * KITH_DIGEST_BYTES, d.bytes, KITH_DIGEST_BYTES);
	}
	if (!r)
		kith_blake2b(kith_span(both, sizeof(both)), ret_state);
	return r;
}

static int
open_file(struct kith_session *s, const struct derivation *f, const char *path,
	  struct kith_app_derived **ret, struct kith_error *err)
{
	KITH_CLEANUP(derived_freep) struct kith_app_derived *d = kith_calloc(1, sizeof(*d));
	int r;

	if (!d)
		return kith_fail_nomem(err);
	r = kith_tagged_open(path, f->kind, s->secret, &d->file, err);
	if (!r)
		r = f->open(d, KITH_SPAN_NONE, err);
	if (!r)
		*ret = kith_steal(&d);
	return r;
}

static void
put_i64(uint8_t *p, int64_t v)
{
	size_t i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)((uint64_t)v >> 8 * i);
}

/*
 * The head: of which state of all mirrors the file is known to be true, and when each source was
 * last fetched, which changes without changing the body. Beyond what fits it is not known.
 */
static int
make_head(struct kith_session *s, const struct kith_claim_set *sources,
	  const struct kith_digest *general, uint8_t head[KITH_TAGGED_HEAD], struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	struct kith_claim_set_source x;
	size_t i, k;
	int r = kith_store_mirrors(&s->dirs, &mirrors, err);

	memset(head, 0, KITH_TAGGED_HEAD);
	memcpy(head, general->bytes, KITH_DIGEST_BYTES);
	for (i = 0; !r && i < HEAD_TIMES && kith_claim_set_source_at(sources, i, &x); i++)
		for (k = 0; k < mirrors.count; k++)
			if (kith_span_is(x.slug, mirrors.items[k].source.slug))
				put_i64(head + KITH_DIGEST_BYTES + 8 * i, mirrors.items[k].success);
	return r;
}

static int
write_file(struct kith_session *s, const struct derivation *f, const char *path,
	   const struct kith_digest *state, const uint8_t head[KITH_TAGGED_HEAD],
	   struct kith_span body, struct kith_error *err)
{
	int r = kith_fs_mkdirs(s->derived ? s->derived : s->dirs.cache, 0700, err);

	return r ? r
		 : kith_tagged_write(path, f->kind, s->secret, state,
				     kith_span(head, KITH_TAGGED_HEAD), body, err);
}

/* Another source has changed: that this file has not is written down, to be seen with one look. */
static int
keep(struct kith_session *s, const struct derivation *f, const char *path,
     struct kith_app_derived *d, const struct kith_digest *state, const struct kith_digest *general,
     struct kith_error *err)
{
	uint8_t head[KITH_TAGGED_HEAD];
	struct kith_span body;
	int r = make_head(s, &d->sources, general, head, err);

	if (!r && !kith_tagged_get(d->file, 0, kith_tagged_size(d->file), &body))
		r = kith_fail(err, KITH_E_FORMAT, "the cache was damaged while it was read");
	return r ? r : write_file(s, f, path, state, head, body, err);
}

static bool
is_current(const struct kith_app_derived *d, const struct kith_digest *general)
{
	struct kith_span head = kith_tagged_head(d->file);

	return head.len >= KITH_DIGEST_BYTES &&
	       memcmp(head.ptr, general->bytes, KITH_DIGEST_BYTES) == 0;
}

/*
 * Stands for no state: something could not be read, by a failing disk or for want of memory. What
 * is there serves this run, which says so; the next one makes the file from nothing.
 */
static const struct kith_digest unfinished = {{0}};

static int
make_file(struct kith_session *s, const struct derivation *f, const char *path,
	  const struct kith_app_derived *old, const struct kith_digest *state,
	  const struct kith_digest *general, struct kith_error *err)
{
	struct kith_app_derived made = {.file = NULL};
	const struct kith_digest *of = state, *true_of = general;
	uint8_t head[KITH_TAGGED_HEAD];
	KITH_AUTO_BUF struct kith_buf body;
	int r;

	kith_buf_init(&body, (size_t)f->kind->max);
	s->cut_short = false;
	r = f->make(s, old, &body, err);
	if (s->cut_short)
		of = true_of = &unfinished;
	if (!r && old && old->damaged)
		r = kith_fail(err, KITH_E_FORMAT, "what was taken over is not as it was written");
	if (!r)
		r = f->open(&made, kith_buf_span(&body), err);
	if (!r)
		r = make_head(s, &made.sources, true_of, head, err);
	return r ? r : write_file(s, f, path, of, head, kith_buf_span(&body), err);
}

/* Whatever is there (NULL: nothing that can be used) becomes what it should be by now. */
static int
bring_up_to_date(struct kith_session *s, const struct derivation *f, const char *path,
		 struct kith_app_derived *d, const struct kith_digest *general,
		 struct kith_error *err)
{
	struct kith_digest state;
	int r = state_of(s, f, &state, err);

	if (r)
		return r;
	if (d && kith_tagged_is_of(d->file, &unfinished))
		d = NULL;
	if (d && kith_tagged_is_of(d->file, &state))
		r = keep(s, f, path, d, &state, general, err);
	else
		r = make_file(s, f, path, d, &state, general, err);
	if (r == KITH_E_FORMAT && d) /* damaged where nobody has looked before */
		r = make_file(s, f, path, NULL, &state, general, err);
	return r;
}

static int
open_derived(struct kith_session *s, const struct derivation *f, struct kith_app_derived **ret,
	     struct kith_error *err)
{
	KITH_CLEANUP(derived_freep) struct kith_app_derived *d = NULL;
	KITH_AUTO_FREE char *path = kith_app_derived_path(s, f->name);
	struct kith_digest general;
	int r;

	if (*ret)
		return KITH_OK;
	if (!path)
		return kith_fail_nomem(err);
	r = kith_app_secret(s, err);
	if (!r)
		r = kith_store_state(&s->dirs, &general, err);
	if (r)
		return r;
	r = open_file(s, f, path, &d, err);
	if (r == KITH_E_FORMAT)
		kith_app_note(s, "%s: damaged or from another version: made anew", f->name);
	else if (r && r != KITH_E_NOTFOUND)
		return r;
	if (!r && is_current(d, &general)) {
		*ret = kith_steal(&d);
		return KITH_OK;
	}
	r = bring_up_to_date(s, f, path, d, &general, err);
	if (!r)
		r = open_file(s, f, path, ret, err);
	return r ? kith_context(err, r, "%s", f->name) : KITH_OK;
}

int
kith_app_sets(struct kith_session *s, const struct kith_claim_set **ret_set, struct kith_error *err)
{
	int r = open_derived(s, &sets, &s->sets, err);

	if (!r)
		*ret_set = &s->sets->sources;
	return r;
}

int
kith_app_advisories(struct kith_session *s, const struct kith_claim_set **ret_sources,
		    const struct kith_advisory_set **ret_set, struct kith_error *err)
{
	int r = open_derived(s, &advisories, &s->advisories, err);

	if (r)
		return r;
	*ret_sources = &s->advisories->sources;
	*ret_set = &s->advisories->advisories;
	return KITH_OK;
}
bool
kith_app_derived_source(const struct kith_claim_set *set, size_t i, struct kith_arena *arena,
			struct kith_source *ret_source)
{
	struct kith_claim_set_source x;
	struct kith_source s = {.kind = KITH_GIT_URL};

	if (!kith_claim_set_source_at(set, i, &x))
		return false;
	s.kind = (enum kith_git_kind)(x.mark & 255);
	s.evidence = (enum kith_source_kind)(x.mark >> 8 & 255);
	s.class = (enum kith_source_class)(x.mark >> 16);
	s.location = kith_arena_str(arena, x.location);
	s.slug = kith_arena_str(arena, x.slug);
	s.inside = x.inside.len ? kith_arena_str(arena, x.inside) : NULL;
	*ret_source = s;
	return s.location && s.slug && (s.inside || !x.inside.len);
}

static int64_t
fetched(const struct kith_app_derived *d, size_t i)
{
	struct kith_span head;
	uint64_t v = 0;
	size_t k;

	if (!d || !d->file)
		return d && i < d->n_times ? d->times[i] : 0;
	head = kith_tagged_head(d->file);
	if (i >= HEAD_TIMES || head.len < KITH_DIGEST_BYTES + 8 * (i + 1))
		return 0;
	for (k = 0; k < 8; k++)
		v |= (uint64_t)head.ptr[KITH_DIGEST_BYTES + 8 * i + k] << 8 * k;
	return (int64_t)v;
}

int64_t
kith_app_sets_fetched(const struct kith_session *s, size_t i)
{
	return fetched(s->sets, i);
}

int64_t
kith_app_databases_fetched(const struct kith_session *s, size_t i)
{
	return fetched(s->advisories, i);
}

int
kith_app_derived_take(const struct kith_app_derived_parts *parts, struct kith_app_derived **ret,
		      struct kith_error *err)
{
	KITH_CLEANUP(derived_freep) struct kith_app_derived *d = kith_calloc(1, sizeof(*d));
	const struct derivation *f = parts->advisories ? &advisories : &sets;
	KITH_AUTO_BUF struct kith_buf sources;
	int r;

	kith_buf_init(&sources, KITH_MAX_CLAIM_SET);
	if (!d)
		return kith_fail_nomem(err);
	kith_buf_init(&d->body, (size_t)f->kind->max);
	d->times = kith_calloc(parts->n_times + 1, sizeof(*d->times));
	if (!d->times)
		return kith_fail_nomem(err);
	if (parts->n_times)
		memcpy(d->times, parts->times, parts->n_times * sizeof(*d->times));
	d->n_times = parts->n_times;
	r = kith_claim_set_builder_seal(parts->sources, parts->advisories ? &sources : &d->body,
					err);
	if (!r && parts->advisories)
		r = seal_advisories(&sources, parts->advisories, &d->body, err);
	if (!r)
		r = f->open(d, kith_buf_span(&d->body), err);
	if (!r)
		*ret = kith_steal(&d);
	return r;
}

int
kith_app_derived_check(const struct kith_session *s, struct kith_error *err)
{
	if ((s->sets && s->sets->damaged) || (s->advisories && s->advisories->damaged))
		return kith_hint(
		    err, kith_fail(err, KITH_E_FORMAT, "the cache was damaged while it was read"),
		    "try again");
	return KITH_OK;
}
