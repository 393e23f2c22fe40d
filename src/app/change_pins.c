/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change under review does to kith.lock. A pair of checksum and digest that is new is held
 * against the bytes that are here; what cannot be, and whatever changes what was pinned before,
 * fails. Evidence that moves on, or packages that come and go, are told.
 */
#include "app/change.h"
#include "app/pinned.h"
#include "evidence/claim_set.h"
#include "evidence/pins.h"
#include "store/journal.h"

#define FUTURE 86400

struct pinning {
	struct kith_app_change *change;
	const struct kith_pins *before, *after;
	struct kith_map rows;        /* by checksum */
	struct kith_mirrors mirrors; /* once a source is pinned at another commit */
	size_t new_packages, dropped;
};

static void
pinning_clear(struct pinning *x)
{
	kith_map_clear(&x->rows);
	kith_mirrors_clear(&x->mirrors);
}

static int
make_map(struct pinning *x, struct kith_error *err)
{
	const struct kith_app_run *run = x->change->run;
	size_t i;
	int r = KITH_OK;

	kith_map_init(&x->rows, NULL);
	for (i = 0; !r && i < run->project->lock->count; i++)
		if (run->rows[i].package->checksum.len)
			r = kith_map_add(&x->rows, run->rows[i].package->checksum, i, NULL, NULL,
					 err);
	return r;
}

static int
read_side(struct kith_span text, struct kith_pins **ret, struct kith_error *err)
{
	KITH_AUTO_PINS struct kith_pins *p = NULL;
	int r;

	if (text.len)
		return kith_pins_read(text, ret, err);
	r = kith_pins_new(&p, err);
	if (!r)
		r = kith_pins_index(p, err);
	if (!r)
		*ret = kith_steal(&p);
	return r;
}

static int
tell(struct pinning *x, bool loosens, uint32_t line, struct kith_span what,
     struct kith_span version, const char *text, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(8));
	kith_text_safe(&b, what, 100);
	if (version.len) {
		kith_buf_put_char(&b, ' ');
		kith_text_safe(&b, version, 60);
	}
	kith_buf_printf(&b, ": %s", text);
	r = kith_buf_check(&b, err);
	return r ? r
		 : kith_app_change_remark(x->change, loosens, line, kith_buf_str(&b),
					  kith_buf_str(&b), err);
}

/* --- packages --- */

static const struct kith_report_row *
row_of(const struct pinning *x, const struct kith_pins_package *p)
{
	size_t i;

	return kith_map_get(&x->rows, p->checksum, &i) ? &x->change->run->rows[i] : NULL;
}

static bool
same_digest(const struct kith_digest *a, const struct kith_digest *b)
{
	return memcmp(a->bytes, b->bytes, KITH_DIGEST_BYTES) == 0;
}

/* NULL: the bytes that are here have this digest, or none is said. */
static const char *
digest_fault(const struct pinning *x, const struct kith_pins_package *p)
{
	const struct kith_report_row *row = p->checksum.len ? row_of(x, p) : NULL;

	if (!p->has_native && !p->has_crev)
		return NULL;
	if (!row || !row->subject.has_digest || row->subject.bytes != KITH_SUBJECT_HERE)
		return "pinned with a digest that cannot be checked here (kith fetch --packages)";
	if (p->has_native && !same_digest(&p->native, &row->subject.digest))
		return "pinned with a digest that the bytes with this checksum do not have";
	return NULL;
}

/* NULL: it says of the registry what this machine knows of it, if it knows anything. */
static const char *
registry_fault(const struct pinning *x, const struct kith_pins_package *p)
{
	const struct kith_report_row *row = p->checksum.len ? row_of(x, p) : NULL;
	const struct kith_report_registry *f = row ? &row->registry : NULL;

	if (!f || !f->known || !p->registry_known)
		return NULL;
	if ((f->yanked && !p->yanked) || (f->older_yanked && !p->older_yanked) ||
	    (f->has_published && p->has_published && p->published.sec != f->published.sec))
		return "pinned with facts that the registry does not state";
	return NULL;
}

static bool
same_digests(const struct kith_pins_package *a, const struct kith_pins_package *b)
{
	return kith_span_eq(a->checksum, b->checksum) && a->has_native == b->has_native &&
	       a->has_crev == b->has_crev &&
	       (!a->has_native || same_digest(&a->native, &b->native)) &&
	       (!a->has_crev || same_digest(&a->crev, &b->crev));
}

static bool
same_dates(const struct kith_pins_package *a, const struct kith_pins_package *b)
{
	return a->has_published == b->has_published && a->has_first == b->has_first &&
	       (!a->has_published || kith_time_cmp(a->published, b->published) == 0) &&
	       (!a->has_first || memcmp(a->first, b->first, sizeof(a->first)) == 0);
}

static bool
same_facts(const struct kith_pins_package *a, const struct kith_pins_package *b)
{
	return same_digests(a, b) && same_dates(a, b) && a->registry_known == b->registry_known &&
	       a->checksum_agrees == b->checksum_agrees && a->yanked == b->yanked &&
	       a->older_yanked == b->older_yanked;
}

static int
compare_packages(struct pinning *x, struct kith_error *err)
{
	const struct kith_pins_package *p, *q;
	const char *fault;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < x->after->n_packages; i++) {
		p = &x->after->packages[i];
		q = kith_pins_find_package(x->before, p->eco, p->registry, p->name, p->version);
		if (q && !same_facts(p, q))
			r = tell(x, true, p->line, p->name, p->version,
				 "what is pinned of it has changed", err);
		if (q)
			continue;
		x->new_packages++;
		fault = digest_fault(x, p);
		if (!fault)
			fault = registry_fault(x, p);
		if (fault)
			r = tell(x, true, p->line, p->name, p->version, fault, err);
	}
	for (i = 0; i < x->before->n_packages; i++) {
		p = &x->before->packages[i];
		x->dropped +=
		    !kith_pins_find_package(x->after, p->eco, p->registry, p->name, p->version);
	}
	return r;
}

/* --- sources and the rest --- */

/* The number of the fetch, from 1, that last made this commit the head; 0: none did. */
static size_t
fetch_of(const struct kith_journal *j, struct kith_span commit)
{
	size_t i = j->n_heads;

	while (i && !kith_span_is(commit, j->heads[i - 1].head))
		i--;
	return i;
}

/*
 * Whether this machine fetched the commit before the one that it replaces: what came in between,
 * objections too, would be gone, and its date says nothing against that.
 */
static int
look_back(struct pinning *x, const struct kith_pins_source *p, const struct kith_pins_source *q,
	  bool *ret_back, struct kith_error *err)
{
	const struct kith_app_run *run = x->change->run;
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	KITH_AUTO_FREE char *location = NULL;
	size_t at, is, was;
	int r = KITH_OK;

	if (!x->mirrors.items)
		r = kith_store_mirrors(&run->session->dirs, &x->mirrors, err);
	if (!r)
		r = kith_app_pinned_location(run->project->root, p, &location, err);
	if (r)
		return r;
	at = kith_app_pinned_find(&x->mirrors, p, location);
	if (at == x->mirrors.count ||
	    kith_journal_read(&run->session->dirs, x->mirrors.items[at].source.slug, &j, NULL))
		return KITH_OK; /* a journal that cannot be read has said so elsewhere */
	is = fetch_of(&j, p->commit);
	was = fetch_of(&j, q->commit);
	*ret_back = is && is < was;
	return KITH_OK;
}

/* The way in which a pinned source may no longer say what it said; NULL: none. */
static const char *
source_fault(const struct pinning *x, const struct kith_pins_source *p,
	     const struct kith_pins_source *q)
{
	if (q && p->carried != q->carried)
		return "what its place proves has changed";
	if (q && p->as_of < q->as_of)
		return "pinned at an older state";
	/* clocks differ, but not by that much */
	if (p->as_of > x->change->run->session->now.sec + FUTURE && (!q || p->as_of != q->as_of))
		return "pinned as of a day to come: it would not grow old";
	return NULL;
}

static int
compare_sources(struct pinning *x, struct kith_error *err)
{
	const struct kith_pins_source *p, *q;
	const char *fault;
	size_t i;
	bool back;
	int r = KITH_OK;

	for (i = 0; !r && i < x->after->n_sources; i++) {
		p = &x->after->sources[i];
		q = kith_pins_find_source(x->before, p->kind, p->location, p->inside);
		fault = source_fault(x, p, q);
		back = false;
		if (!fault && q && !kith_span_eq(p->commit, q->commit))
			r = look_back(x, p, q, &back, err);
		if (back)
			fault = "pinned at a state that was fetched before the one it replaces";
		if (r)
			break;
		if (fault)
			r = tell(x, true, p->line, p->location, KITH_SPAN_NONE, fault, err);
		else if (!q)
			r = tell(x, false, p->line, p->location, KITH_SPAN_NONE, "pinned", err);
		else if (!kith_span_eq(p->commit, q->commit) || p->as_of != q->as_of)
			r = tell(x, false, p->line, p->location, KITH_SPAN_NONE,
				 "pinned at another state", err);
	}
	for (i = 0; !r && i < x->before->n_sources; i++) {
		p = &x->before->sources[i];
		if (!kith_pins_find_source(x->after, p->kind, p->location, p->inside))
			r = tell(x, true, 0, p->location, KITH_SPAN_NONE,
				 "no longer pinned: what it objects to would be gone", err);
	}
	return r;
}

/*
 * The same words count for less in another source, or where they were seen or gone at another time.
 * A violation counts for a time only: until then it must stay, and not be gone earlier.
 */
static bool
is_lost(const struct pinning *x, const struct kith_pins_gone *p)
{
	const struct kith_pins_gone *q = kith_pins_find_gone(x->after, p);

	if (!kith_span_is(p->kind, "vet"))
		return !q || q->seen != p->seen || q->gone != p->gone;
	return x->change->run->session->now.sec - p->gone < KITH_VIOLATION_OUTLIVES &&
	       (!q || q->seen != p->seen || q->gone < p->gone);
}

/* That a proof was late, and texts that count although they are gone: neither may be lost. */
static int
compare_rest(struct pinning *x, struct kith_error *err)
{
	const struct kith_pins_claim *p, *q;
	size_t i, lost = 0;
	int r = KITH_OK;

	for (i = 0; i < x->before->n_claims; i++) {
		p = &x->before->claims[i];
		q = kith_pins_find_claim(x->after, &p->proof);
		lost += !q || q->seen != p->seen || q->previous != p->previous;
	}
	if (lost)
		r = tell(x, true, 0, KITH_SPAN_LIT("late proofs"), KITH_SPAN_NONE,
			 "when they were first seen has changed", err);
	for (i = 0, lost = 0; i < x->before->n_gone; i++)
		lost += is_lost(x, &x->before->gone[i]);
	if (!r && lost)
		r = tell(x, true, 0, KITH_SPAN_LIT("withdrawn objections"), KITH_SPAN_NONE,
			 "no longer pinned as they were, and they would count on", err);
	if (!r && x->after->n_urls > x->before->n_urls)
		r = tell(x, true, 0, KITH_SPAN_LIT("verified URLs"), KITH_SPAN_NONE,
			 "more of them are stated", err);
	return r;
}

static int
compare_all(struct pinning *x, struct kith_error *err)
{
	char text[100];
	int r = compare_packages(x, err);

	if (!r)
		r = compare_sources(x, err);
	if (!r)
		r = compare_rest(x, err);
	if (r || (!x->new_packages && !x->dropped))
		return r;
	snprintf(text, sizeof(text), "%zu pinned, %zu dropped", x->new_packages, x->dropped);
	return tell(x, false, 0, KITH_SPAN_LIT("packages"), KITH_SPAN_NONE, text, err);
}

int
kith_app_change_pins(struct kith_app_change *c, struct kith_span before, struct kith_span after,
		     struct kith_error *err)
{
	KITH_AUTO_PINS struct kith_pins *was = NULL, *is = NULL;
	KITH_CLEANUP(pinning_clear) struct pinning x = {.change = c};
	struct kith_error why;
	int r = read_side(before, &was, &why);

	if (!r)
		r = read_side(after, &is, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r) {
		char text[KITH_ERROR_MSG_MAX + 40];

		snprintf(text, sizeof(text), "cannot be compared: %s", why.msg);
		return kith_app_change_remark(c, true, 1, "unreadable", text, err);
	}
	x.before = was;
	x.after = is;
	r = make_map(&x, err);
	return r ? r : compare_all(&x, err);
}
