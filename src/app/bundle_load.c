/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle as the evidence of a session. What is verified elsewhere is verified here: signatures of
 * proofs, identities of audits. What nobody signed is believed as far as the file is, which is a
 * file that decides, as kith.toml is one (verdict.md 11).
 */
#include "app/bundle.h"

#include "app/derived.h"
#include "app/trusted.h"
#include "crypto/crypto.h"

void
kith_app_bundle_free(struct kith_app_bundle *b)
{
	if (!b)
		return;
	kith_pins_free(b->pins);
	kith_bundle_free(b->b);
	kith_buf_clear(&b->text);
	free(b->path);
	free(b);
}

static void
bundle_freep(struct kith_app_bundle **b)
{
	kith_app_bundle_free(*b);
}

/* --- proofs --- */

struct loading {
	const struct kith_bundle *b;
	struct kith_index_builder *index;
	struct kith_claim_set_builder *sets, *databases;
	struct kith_advisory_builder *advisories;
	struct kith_claim_set_carried *entries; /* of one source */
	uint32_t *numbers;                      /* by source: among those of its kind */
	int64_t *times;
};

static void
loading_clear(struct loading *l)
{
	kith_index_builder_free(l->index);
	kith_claim_set_builder_free(l->sets);
	kith_claim_set_builder_free(l->databases);
	kith_advisory_builder_free(l->advisories);
	free(l->entries);
	free(l->numbers);
	free(l->times);
}

static int
add_sources(struct loading *l, struct kith_error *err)
{
	uint32_t n = 0;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < l->b->n_sources; i++) {
		const struct kith_bundle_source *x = &l->b->sources[i];
		const struct kith_index_source source = {.url = x->url,
							 .name = x->location,
							 .commit = x->commit,
							 .own = x->own,
							 .baseline = x->baseline,
							 .fetched = x->fetched};

		if (x->kind != KITH_BUNDLE_CREV)
			continue;
		l->numbers[i] = n++;
		r = kith_index_builder_source(l->index, &source, err);
	}
	return r;
}

static int
add_proof(struct loading *l, const struct kith_bundle_proof *x, struct kith_error *err)
{
	const struct kith_index_carried fact = {.digest = x->digest,
						.gone = x->flags & KITH_BUNDLE_GONE,
						.withdrawn = x->flags & KITH_BUNDLE_WITHDRAWN,
						.taken = x->flags & KITH_BUNDLE_TAKEN,
						.has_previous = x->flags & KITH_BUNDLE_LATER,
						.seen = x->seen,
						.previous = x->previous};
	uint32_t source = l->numbers[x->source];

	if (x->text.ptr)
		return kith_index_builder_carried(
		    l->index, source, fact.gone ? KITH_SPAN_LIT(KITH_INDEX_GONE_PATH) : x->path,
		    x->line, x->text, &fact, err);
	return kith_index_builder_carried_again(
	    l->index, source, fact.gone ? KITH_SPAN_LIT(KITH_INDEX_GONE_PATH) : x->path, x->line,
	    fact.gone, &x->digest, err);
}

static int
add_ids(struct loading *l, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_index_carried_id *ids = kith_calloc(l->b->n_ids, sizeof(*ids));
	size_t i;

	if (!ids)
		return kith_fail_nomem(err);
	for (i = 0; i < l->b->n_ids; i++) {
		const struct kith_bundle_id *x = &l->b->ids[i];

		ids[i] = (struct kith_index_carried_id){.id = x->id,
							.says_url = x->says_url,
							.proved = x->proved,
							.url = x->url,
							.other_url = x->other_url,
							.reviews = (uint32_t)x->reviews};
	}
	return kith_index_builder_carried_ids(l->index, ids, l->b->n_ids, err);
}

static int
load_proofs(struct loading *l, struct kith_index **ret_index, struct kith_error *err)
{
	size_t i;
	int r = kith_index_builder_new(NULL, NULL, &l->index, err);

	if (!r)
		r = add_sources(l, err);
	for (i = 0; !r && i < l->b->n_proofs; i++)
		r = add_proof(l, &l->b->proofs[i], err);
	if (!r)
		r = add_ids(l, err);
	return r ? r : kith_index_builder_take(l->index, ret_index, err);
}

/* --- sets and databases --- */

static int
begin(struct kith_claim_set_builder *b, const struct kith_bundle_source *x, struct kith_error *err)
{
	const struct kith_claim_set_source source = {
	    .slug = x->slug, .location = x->location, .inside = x->inside, .mark = x->mark};
	int r = kith_claim_set_builder_source(b, &source, err);

	return r ? r : kith_claim_set_builder_head(b, x->commit, x->since, true, err);
}

struct at {
	size_t entry, fact, file; /* the next of each */
};

static int
load_set(struct loading *l, uint32_t i, struct at *at, struct kith_error *err)
{
	const struct kith_bundle *b = l->b;
	size_t n = 0;
	int r = begin(l->sets, &b->sources[i], err);

	for (; !r && at->file < b->n_files && b->files[at->file].source == i; at->file++)
		r = kith_claim_set_builder_file(l->sets, KITH_CLAIM_SET_AUDITS,
						b->files[at->file].path, b->files[at->file].text,
						err);
	for (; at->entry < b->n_entries && b->entries[at->entry].source == i; at->entry++)
		l->entries[n++] = b->entries[at->entry].is;
	if (!r)
		r = kith_claim_set_builder_carried(l->sets, l->entries, n, err);
	for (; !r && at->fact < b->n_facts && b->facts[at->fact].source == i; at->fact++) {
		const struct kith_bundle_fact *f = &b->facts[at->fact];
		const struct kith_claim_set_fact fact = {.version = f->version,
							 .publisher = f->publisher,
							 .login = f->login,
							 .published = {f->day * 86400, 0}};

		r = kith_claim_set_builder_fact(l->sets, KITH_ECO_CARGO, f->name, &fact, err);
	}
	return r;
}

static int
load_database(struct loading *l, uint32_t i, struct at *at, struct kith_error *err)
{
	const struct kith_bundle *b = l->b;
	enum kith_advisory_format format =
	    b->sources[i].kind == KITH_BUNDLE_OSV ? KITH_ADVISORY_OSV : KITH_ADVISORY_RUSTSEC;
	int r = begin(l->databases, &b->sources[i], err);

	if (!r)
		r = kith_advisory_builder_open(l->advisories, l->numbers[i], err);
	for (; !r && at->file < b->n_files && b->files[at->file].source == i; at->file++)
		r = kith_advisory_builder_add(l->advisories, format, l->numbers[i],
					      b->files[at->file].path, b->files[at->file].text,
					      err);
	return r;
}

/* Times of sets, then of databases, each in their order. */
static int
load_sources(struct loading *l, size_t *ret_sets, size_t *ret_databases, struct kith_error *err)
{
	struct at at = {0, 0, 0};
	size_t n = 0, m = 0, i;
	int r = KITH_OK;

	for (i = 0; i < l->b->n_sources; i++)
		if (l->b->sources[i].kind == KITH_BUNDLE_VET)
			l->times[n++] = l->b->sources[i].fetched;
	for (i = 0; !r && i < l->b->n_sources; i++) {
		const struct kith_bundle_source *x = &l->b->sources[i];

		if (x->kind == KITH_BUNDLE_VET)
			r = load_set(l, (uint32_t)i, &at, err);
		if (x->kind != KITH_BUNDLE_RUSTSEC && x->kind != KITH_BUNDLE_OSV)
			continue;
		l->numbers[i] = (uint32_t)m;
		l->times[n + m++] = x->fetched;
		r = load_database(l, (uint32_t)i, &at, err);
	}
	*ret_sets = n;
	*ret_databases = m;
	return r;
}

static int
load_derived(struct loading *l, struct kith_session *s, struct kith_error *err)
{
	struct kith_app_derived_parts parts;
	size_t n = 0, m = 0;
	int r = kith_claim_set_builder_new(kith_blake2b, &l->sets, err);

	if (!r)
		r = kith_claim_set_builder_new(kith_blake2b, &l->databases, err);
	if (!r)
		r = kith_advisory_builder_new(&l->advisories, err);
	if (!r)
		r = load_sources(l, &n, &m, err);
	if (r)
		return r;
	parts = (struct kith_app_derived_parts){l->sets, NULL, l->times, n};
	r = kith_app_derived_take(&parts, &s->sets, err);
	parts = (struct kith_app_derived_parts){l->databases, l->advisories, l->times + n, m};
	return r ? r : kith_app_derived_take(&parts, &s->advisories, err);
}

/* --- the whole --- */

static int
load(struct kith_session *s, struct kith_app_bundle *b, struct kith_error *err)
{
	KITH_CLEANUP(loading_clear) struct loading l = {.b = b->b};
	int r;

	l.entries = kith_calloc(b->b->n_entries, sizeof(*l.entries));
	l.numbers = kith_calloc(b->b->n_sources, sizeof(*l.numbers));
	l.times = kith_calloc(b->b->n_sources, sizeof(*l.times));
	if (!l.entries || !l.numbers || !l.times)
		return kith_fail_nomem(err);
	r = kith_pins_read(b->b->pins, &b->pins, err);
	if (!r)
		r = load_proofs(&l, &s->index, err);
	return r ? r : load_derived(&l, s, err);
}

int
kith_app_bundle_enter(struct kith_session *s, const char *path, struct kith_buf *text,
		      struct kith_error *err)
{
	KITH_CLEANUP(bundle_freep) struct kith_app_bundle *b = kith_calloc(1, sizeof(*b));
	int r = KITH_OK;

	if (b) {
		b->text = *text;
		kith_buf_init(text, text->max);
		b->path = kith_strndup(path, strlen(path));
	}
	if (!b || !b->path)
		return kith_fail_nomem(err);
	r = kith_bundle_read(kith_buf_span(&b->text), kith_blake2b, &b->b, err);
	if (!r)
		r = load(s, b, err);
	if (r)
		return kith_context(err, r, "%s", path);
	s->pins = b->pins;
	s->bundle = kith_steal(&b);
	return KITH_OK;
}

/* --- a run --- */

int
kith_app_bundle_open(struct kith_app_run *run, struct kith_error *err)
{
	const char *path = run->options->bundle;
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, 0);
	if (!path || run->session->bundle)
		return KITH_OK;
	if (run->options->n_roots)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "--root: a bundle holds evidence for the roots that it "
					   "was made for"),
				 "kith.toml names them: [roots]");
	if (run->options->locked || run->options->fresh_objections)
		return kith_fail(err, KITH_E_USAGE,
				 "--bundle: it is all the evidence there is: neither --locked nor "
				 "--fresh-objections goes with it");
	r = kith_app_deciding_path(run->session, path, KITH_MAX_BUNDLE, &text, err);
	if (r == KITH_E_NOTFOUND)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "--bundle %s: no such file", path),
				 "kith pin --bundle %s makes it", path);
	return r ? r : kith_app_bundle_enter(run->session, path, &text, err);
}

/* A package of the lock file that the bundle does not know, or with another checksum. */
static void
put_changed_packages(const struct kith_app_run *run, struct kith_buf *out)
{
	const struct kith_lock *lock = run->project->lock;
	size_t i, n = 0;

	for (i = 0; i < lock->count; i++) {
		const struct kith_package *p = &lock->packages[i];
		const struct kith_pins_package *pin;

		if (p->local || p->origin == KITH_ORIGIN_PATH || p->origin == KITH_ORIGIN_GIT)
			continue;
		pin = kith_pins_package_of(run->session->pins, p);
		if (pin && kith_span_eq(pin->checksum, p->checksum))
			continue;
		if (n++ < 3)
			kith_buf_printf(out, "%s%.*s %.*s", n > 1 ? ", " : "; new there: ",
					KITH_SPAN_FMT(kith_span_sub(p->name, 0, 80)),
					KITH_SPAN_FMT(kith_span_sub(p->version, 0, 40)));
	}
	if (n > 3)
		kith_buf_printf(out, " and %zu more", n - 3);
}

static int
other_lock(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_app_bundle *x = run->session->bundle;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(2));
	put_changed_packages(run, &b);
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY,
				   "%s was made for another state of %s, or for another project%s",
				   x->path, run->project->lock_path, kith_buf_str(&b)),
			 "make it anew: kith pin --bundle %s", x->path);
}

static const struct kith_bundle_part *
find_part(const struct kith_bundle *b, struct kith_span name)
{
	size_t i;

	for (i = 0; i < b->n_parts; i++)
		if (kith_span_eq(b->parts[i].name, name))
			return &b->parts[i];
	return NULL;
}

static void
put_differing(const struct kith_bundle *a, const struct kith_bundle *b, bool both,
	      struct kith_buf *out)
{
	const struct kith_bundle_part *other;
	size_t i;

	for (i = 0; i < a->n_parts; i++) {
		other = find_part(b, a->parts[i].name);
		if (other ? !both || kith_digest_eq(&other->digest, &a->parts[i].digest) : false)
			continue;
		kith_buf_put_str(out, out->len ? ", " : "");
		kith_text_safe(out, a->parts[i].name, 60);
	}
}

/* What decides besides the evidence must be what it was. */
static int
check_parts(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_app_bundle *x = run->session->bundle;
	KITH_AUTO_BUNDLE struct kith_bundle *now = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	int r = kith_bundle_new(&now, err);

	kith_buf_init(&b, KITH_KIB(64));
	if (!r)
		r = kith_app_bundle_parts(run, now, err);
	if (r)
		return r;
	put_differing(now, x->b, true, &b);
	put_differing(x->b, now, false, &b);
	r = kith_buf_check(&b, err);
	if (r || !b.len)
		return r;
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY,
				   "%s was made for another policy; changed since: %s", x->path,
				   kith_buf_str(&b)),
			 "make it anew: kith pin --bundle %s", x->path);
}

/* Old evidence can hide what was said since (verdict.md 10: pins must not blind). */
static int
check_age(const struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_app_bundle *x = run->session->bundle;
	int64_t limit = run->config.merged->policy.max_pin_age, oldest = 0;
	const struct kith_bundle_source *of = NULL;
	size_t i;

	for (i = 0; i < x->b->n_sources; i++) {
		const struct kith_bundle_source *s = &x->b->sources[i];
		int64_t age = s->fetched && !s->own ? run->session->now.sec - s->fetched : 0;

		if (age <= oldest)
			continue;
		oldest = age;
		of = s;
	}
	if (!of || oldest <= limit)
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY,
				   "%s: what it holds of %.*s is %lld days old (max-pin-age: %lld)",
				   x->path, KITH_SPAN_FMT(kith_span_sub(of->location, 0, 200)),
				   (long long)(oldest / 86400), (long long)(limit / 86400)),
			 "kith fetch && kith pin --bundle %s", x->path);
}

int
kith_app_bundle_check(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_app_bundle *x = run->session->bundle;
	uint8_t lock[KITH_SHA256_BYTES];
	int r;

	if (!x)
		return KITH_OK;
	if (run->options->semantics != KITH_SEMANTICS_NATIVE)
		return kith_fail(err, KITH_E_USAGE,
				 "--bundle: a bundle holds what native semantics need");
	kith_sha256(kith_buf_span(&run->project->lock_bytes), lock);
	if (memcmp(lock, x->b->lock, sizeof(lock)) != 0)
		return other_lock(run, err);
	r = check_parts(run, err);
	return r ? r : check_age(run, err);
}
