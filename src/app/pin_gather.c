/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts pins together: what was pinned stays as it is unless an update is asked for, what is new
 * comes in, what is gone goes out. Writes nothing.
 */
#include "app/pin.h"
#include "app/walk.h"

#include <limits.h>
#include <stdlib.h>

#include "evidence/url.h"
#include "store/journal.h"
#include "store/own.h"

#define LATE ((int64_t)30 * 86400) /* verdict.md 11 */

void
kith_app_pinning_clear(struct kith_app_pinning *p)
{
	kith_app_run_free(p->run);
	kith_mirrors_clear(&p->mirrors);
	free(p->relevant);
	kith_pins_free(p->pins);
	free(p->changes);
	kith_arena_clear(&p->arena);
}

/* --- sources --- */

static int
note_change(struct kith_app_pinning *p, struct kith_span location, const char *what,
	    struct kith_span from, struct kith_span to, struct kith_error *err)
{
	struct kith_app_pin_change *c;
	int r = kith_grow(&p->changes, &p->cap_changes, p->n_changes + 1, sizeof(*p->changes),
			  SIZE_MAX / 2, "changes", err);

	if (r)
		return r;
	c = &p->changes[p->n_changes];
	memset(c, 0, sizeof(*c));
	if (!kith_arena_copy(&p->arena, location, &c->location))
		return kith_fail_nomem(err);
	c->what = what;
	snprintf(c->from, sizeof(c->from), "%.*s", KITH_SPAN_FMT(from));
	snprintf(c->to, sizeof(c->to), "%.*s", KITH_SPAN_FMT(to));
	p->n_changes++;
	return KITH_OK;
}

/* A place within the project is named from there, so that it is the same on every machine. */
static int
put_location(const struct kith_app_pinning *p, const struct kith_mirror *m, struct kith_buf *out,
	     struct kith_error *err)
{
	char root[PATH_MAX];
	size_t n;

	if (!kith_git_is_remote(m->source.kind) && realpath(p->run->project->root, root)) {
		n = strlen(root);
		if (strncmp(m->source.location, root, n) == 0 && m->source.location[n] == '/') {
			kith_buf_put_str(out, m->source.location + n + 1);
			return kith_buf_check(out, err);
		}
	}
	kith_buf_put_str(out, m->source.location);
	return kith_buf_check(out, err);
}

/* Whose own repository it is, by where the one of each id would be. */
static int
put_own_url(const struct kith_app_pinning *p, const struct kith_mirror *m, struct kith_buf *out,
	    struct kith_error *err)
{
	const struct kith_index *ix = p->run->index;
	struct kith_index_id_info id;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_ids(ix); i++) {
		KITH_AUTO_FREE char *url = NULL, *path = NULL;

		if (!kith_index_id_at(ix, i, &id))
			return kith_index_fail(err);
		if (!id.own || !id.says_url)
			continue;
		url = kith_strndup(id.url.ptr, id.url.len);
		if (!url)
			return kith_fail_nomem(err);
		r = kith_own_path(&p->run->session->dirs, &id.id, url, &path, err);
		if (r || strcmp(path, m->path) != 0)
			continue;
		kith_buf_put_str(out, url);
		return kith_buf_check(out, err);
	}
	return r;
}

int
kith_app_pin_describe(const struct kith_app_pinning *p, const struct kith_mirror *m,
		      struct kith_buf *location, struct kith_pins_source *ret,
		      struct kith_error *err)
{
	int r = m->own ? put_own_url(p, m, location, err) : put_location(p, m, location, err);

	*ret = (struct kith_pins_source){
	    .kind = kith_span_str(kith_source_kind_name(m->source.evidence)),
	    .location = kith_buf_span(location),
	    .inside = kith_span_str(m->source.inside),
	    .commit = kith_span_str(m->head),
	    /* a server that does not answer was asked all the same */
	    .as_of = m->own ? p->run->session->now.sec
			    : (m->attempt > m->success ? m->attempt : m->success),
	    .carried = m->source.class == KITH_SOURCE_CARRIED};
	return r;
}

static bool
is_meant(const struct kith_app_pinning *p, const struct kith_mirror *m,
	 const struct kith_pins_source *x)
{
	const struct kith_config *c = p->run->config.merged;
	const char *word = p->options->source;
	size_t i;

	if (!p->options->update)
		return false;
	if (!word || kith_span_is(x->location, word) || strcmp(m->source.location, word) == 0 ||
	    kith_url_same(x->location, kith_span_str(word)))
		return true;
	for (i = 0; i < c->n_sources; i++)
		if (c->sources[i].name.len && kith_span_is(c->sources[i].name, word) &&
		    kith_app_source_is_of(&p->run->config, &m->source, &c->sources[i]))
			return true;
	return false;
}

static int
tell_own(const struct kith_app_pinning *p, const struct kith_mirror *m,
	 const struct kith_pins_source *x)
{
	if (!x->location.len)
		kith_app_warn(p->run->session,
			      "%s: your own proofs there are not pinned: they have no URL (kith id "
			      "set-url, kith publish)",
			      m->path);
	else
		kith_app_note(p->run->session,
			      "%.*s is pinned as it is here: 'kith publish' before others verify",
			      KITH_SPAN_FMT(x->location));
	return KITH_OK;
}

/* Two of one key: a mirror of the user's own URL; what is here is newer. */
static bool
is_mirror_of_own(const struct kith_app_pinning *p, const struct kith_mirror *m)
{
	KITH_AUTO_BUF struct kith_buf slug;
	size_t i;

	kith_buf_init(&slug, KITH_KIB(1));
	if (m->own || m->source.evidence != KITH_SOURCE_CREV || !kith_mirror_proves(m))
		return false;
	kith_url_put_slug(&slug, kith_span_str(m->source.location));
	for (i = 0; i < p->mirrors.count; i++)
		if (p->mirrors.items[i].own && p->relevant[i] &&
		    strcmp(p->mirrors.items[i].source.slug, kith_buf_str(&slug)) == 0)
			return true;
	return false;
}

static int
add_source(struct kith_app_pinning *p, const struct kith_mirror *m, bool *ret_meant,
	   struct kith_error *err)
{
	const struct kith_pins_source *old;
	struct kith_pins_source x;
	KITH_AUTO_BUF struct kith_buf location;
	bool meant;
	int r;

	kith_buf_init(&location, KITH_MAX_PINS_WORD);
	r = kith_app_pin_describe(p, m, &location, &x, err);
	if (r)
		return r;
	if (m->own)
		tell_own(p, m, &x);
	if (!x.location.len)
		return KITH_OK;
	p->outside += !m->own && x.location.ptr[0] == '/';
	meant = is_meant(p, m, &x);
	*ret_meant |= meant;
	old = p->old ? kith_pins_find_source(p->old, x.kind, x.location, x.inside) : NULL;
	if (!old) {
		p->added++;
		r = note_change(p, x.location, "added", KITH_SPAN_NONE, x.commit, err);
	} else if (!meant) {
		x = *old;
	} else if (!kith_span_eq(old->commit, x.commit)) {
		p->moved++;
		r = note_change(p, x.location, "moved", old->commit, x.commit, err);
	} else if (old->as_of > x.as_of) {
		x.as_of = old->as_of; /* another machine has asked later */
	}
	return r ? r : kith_pins_add_source(p->pins, &x, err);
}

/*
 * What was pinned before and is no relevant source of this machine: dropped if it is here, and kept
 * if this machine does not know it at all.
 */
static int
keep_or_drop(struct kith_app_pinning *p, const struct kith_pins_source *old, struct kith_error *err)
{
	KITH_AUTO_FREE char *location = NULL;
	size_t i;
	int r = kith_app_pinned_location(p->run->project->root, old, &location, err);

	if (r)
		return r;
	i = kith_app_pinned_find(&p->mirrors, old, location);
	if (i < p->mirrors.count && p->relevant[i])
		return KITH_OK; /* it is in, or it went in under another name */
	if (i == p->mirrors.count) {
		kith_app_note(p->run->session, "%s: not here, its pin stays", location);
		return kith_pins_add_source(p->pins, old, err);
	}
	p->dropped++;
	return note_change(p, old->location, "dropped", old->commit, KITH_SPAN_NONE, err);
}

/* A source that has withdrawn an objection has nothing to say here; its pin carries what counts on.
 */
static int
keep_withdrawing(struct kith_app_pinning *p, struct kith_error *err)
{
	size_t i, at;
	int r = KITH_OK;

	for (i = 0; !r && p->old && i < p->old->n_gone; i++) {
		const struct kith_pins_gone *g = &p->old->gone[i];
		const struct kith_pins_source *pin =
		    kith_pins_find_source(p->old, g->kind, g->location, g->inside);
		KITH_AUTO_FREE char *location = NULL;

		if (!pin)
			continue;
		r = kith_app_pinned_location(p->run->project->root, pin, &location, err);
		if (r)
			break;
		at = kith_app_pinned_find(&p->mirrors, pin, location);
		if (at < p->mirrors.count && p->mirrors.items[at].head[0])
			p->relevant[at] = true;
	}
	return r;
}

static int
gather_sources(struct kith_app_pinning *p, struct kith_error *err)
{
	bool meant = false;
	size_t i;
	int r;

	r = kith_store_mirrors(&p->run->session->dirs, &p->mirrors, err);
	if (r)
		return r;
	p->relevant = kith_calloc(p->mirrors.count + 1, sizeof(*p->relevant));
	if (!p->relevant)
		return kith_fail_nomem(err);
	r = kith_app_pin_relevant(p->run, &p->mirrors, p->relevant, err);
	if (!r)
		r = keep_withdrawing(p, err);
	for (i = 0; !r && i < p->mirrors.count; i++)
		if (p->relevant[i] && !is_mirror_of_own(p, &p->mirrors.items[i]))
			r = add_source(p, &p->mirrors.items[i], &meant, err);
	for (i = 0; !r && p->old && i < p->old->n_sources; i++)
		r = keep_or_drop(p, &p->old->sources[i], err);
	if (!r && p->options->source && !meant)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "%s: no source of this project here",
					   p->options->source),
				 "'kith source list' names them");
	return r;
}

/* --- packages --- */

static void
take_facts(const struct kith_report_row *row, struct kith_pins_package *x)
{
	const struct kith_report_registry *g = &row->registry;

	if (!g->known)
		return;
	x->registry_known = true;
	x->checksum_agrees = g->checksum_agrees;
	x->yanked = g->yanked;
	x->has_published = g->has_published;
	x->published = g->has_published ? (struct kith_time){g->published.sec, 0} : x->published;
	x->older_yanked = g->lure ? g->older_yanked : 0;
	x->has_first = g->has_first;
	memcpy(x->first, g->first, sizeof(x->first));
}

/* What this machine does not know and somebody pinned stays, if it is about the same checksum. */
static void
keep_facts(const struct kith_pins_package *old, struct kith_pins_package *x)
{
	if (!x->has_native && old->has_native) {
		x->has_native = true;
		x->native = old->native;
		x->has_crev = old->has_crev;
		x->crev = old->crev;
	}
	if (!x->registry_known && old->registry_known) {
		x->registry_known = true;
		x->checksum_agrees = old->checksum_agrees;
		x->yanked = old->yanked;
		x->has_published = old->has_published;
		x->published = old->published;
		x->older_yanked = old->older_yanked;
		x->has_first = old->has_first;
		memcpy(x->first, old->first, sizeof(x->first));
	}
}

static int
add_package(struct kith_app_pinning *p, const struct kith_report_row *row, struct kith_error *err)
{
	const struct kith_package *k = row->package;
	const struct kith_pins_package *old = p->old ? kith_pins_package_of(p->old, k) : NULL;
	struct kith_pins_package x = {
	    .eco = k->eco,
	    .registry = k->origin == KITH_ORIGIN_REGISTRY ? KITH_SPAN_NONE : k->source,
	    .name = k->name,
	    .version = k->version,
	    .checksum = k->checksum,
	};

	if (row->has_digests && k->checksum.len) {
		x.has_native = x.has_crev = true;
		x.native = row->native;
		x.crev = row->crev_digest;
	}
	take_facts(row, &x);
	if (old)
		keep_facts(old, &x);
	/* known facts stay as they are, but for what an update of everything finds new */
	if (old && !(p->options->update && !p->options->source) &&
	    (old->has_native || !x.has_native) && (old->registry_known || !x.registry_known))
		x = *old;
	p->no_bytes += !x.has_native && row->subject.bytes != KITH_SUBJECT_VENDORED;
	return kith_pins_add_package(p->pins, &x, err);
}

static int
refuse_mismatches(const struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_report_row *row = &run->rows[0];

	if (!run->report.counts[KITH_STATUS_MISMATCH])
		return KITH_OK;
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY,
				   "%zu package%s differ%s from what was locked: %.*s %.*s: %s",
				   run->report.counts[KITH_STATUS_MISMATCH],
				   run->report.counts[KITH_STATUS_MISMATCH] == 1 ? "" : "s",
				   run->report.counts[KITH_STATUS_MISMATCH] == 1 ? "s" : "",
				   KITH_SPAN_FMT(row->package->name),
				   KITH_SPAN_FMT(row->package->version),
				   row->mismatch ? row->mismatch : ""),
			 "look what happened ('kith verify'); nothing was pinned");
}

static int
gather_packages(struct kith_app_pinning *p, struct kith_error *err)
{
	size_t i;
	int r = refuse_mismatches(p->run, err);

	for (i = 0; !r && i < p->run->report.n_rows; i++)
		if (kith_app_is_pinnable(p->run->rows[i].package))
			r = add_package(p, &p->run->rows[i], err);
	return r;
}

/* --- history --- */

/* Only what is late changes anything; each claim once however many versions of its name there are.
 */
static int
gather_late(struct kith_app_pinning *p, struct kith_error *err)
{
	const struct kith_claim *last = NULL;
	size_t i, c;
	int r = KITH_OK;

	for (i = 0; !r && i < p->run->report.n_rows; i++) {
		const struct kith_report_row *row = &p->run->rows[i];

		if (row->claims == last)
			continue;
		last = row->claims;
		for (c = 0; !r && c < row->n_claims; c++) {
			const struct kith_claim *x = &row->claims[c];
			const struct kith_pins_claim *old =
			    p->old ? kith_pins_find_claim(p->old, &x->proof) : NULL;
			struct kith_pins_claim pin = {.proof = x->proof};

			if (!x->is_signed)
				continue;
			if (old)
				pin = *old;
			else if (x->has_previous && x->date.sec < x->previous.sec - LATE)
				pin.previous = pin.seen = x->previous.sec;
			else
				continue;
			r = kith_pins_add_claim(p->pins, &pin, err);
		}
	}
	return r;
}

struct withdrawing {
	struct kith_app_pinning *p;
	struct kith_map names; /* of the lock file's packages */
	struct kith_arena arena;
};

static bool
still_counts(const struct withdrawing *w, const struct kith_proof *p)
{
	return p->kind == KITH_PROOF_TRUST ||
	       (p->kind == KITH_PROOF_REVIEW && kith_map_get(&w->names, p->package.name, NULL));
}

static int
add_gone(struct withdrawing *w, const struct kith_pins_gone *at, struct kith_span text,
	 struct kith_error *err)
{
	struct kith_proof_list list;
	struct kith_pins_gone x = *at;
	size_t i;
	int r;

	kith_arena_clear(&w->arena);
	r = kith_proof_parse(text, &w->arena, &list, err);
	for (i = 0; !r && i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		if (list.items[i].status != KITH_PROOF_VALID ||
		    !still_counts(w, &list.items[i].proof))
			continue;
		x.text = list.items[i].proof.envelope;
		r = kith_pins_add_gone(w->p->pins, &x, err);
	}
	return r;
}

bool
kith_app_pin_is_current(const struct kith_app_pinning *p, const struct kith_pins_source *x)
{
	size_t i;

	for (i = 0; i < p->pins->n_sources; i++) {
		const struct kith_pins_source *pin = &p->pins->sources[i];

		if (kith_span_eq(pin->kind, x->kind) && kith_span_eq(pin->location, x->location) &&
		    kith_span_eq(pin->inside, x->inside))
			return kith_span_eq(pin->commit, x->commit);
	}
	return false;
}

/* What a mirror that is pinned has withdrawn, ever. */
static int
add_gone_of(struct withdrawing *w, const struct kith_mirror *m, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf location, text;
	struct kith_pins_gone x = {.seen = 0};
	struct kith_pins_source source;
	int r;

	kith_buf_init(&location, KITH_MAX_PINS_WORD);
	kith_buf_init(&text, 1);
	r = kith_journal_gone_text(&w->p->run->session->dirs, m->source.slug, &text, err);
	if (r || !text.len)
		return r;
	r = kith_app_pin_describe(w->p, m, &location, &source, err);
	x.kind = source.kind;
	x.location = source.location;
	x.inside = source.inside;
	return r || !kith_app_pin_is_current(w->p, &source)
		   ? r
		   : add_gone(w, &x, kith_buf_span(&text), err);
}

bool
kith_app_pin_has_source(const struct kith_pins *pins, const struct kith_pins_gone *g)
{
	size_t i;

	for (i = 0; i < pins->n_sources; i++)
		if (kith_span_eq(pins->sources[i].kind, g->kind) &&
		    kith_span_eq(pins->sources[i].location, g->location) &&
		    kith_span_eq(pins->sources[i].inside, g->inside))
			return true;
	return false;
}

static int
gather_gone(struct kith_app_pinning *p, struct kith_error *err)
{
	struct withdrawing w = {.p = p};
	size_t i;
	int r = KITH_OK;

	kith_map_init(&w.names, NULL);
	kith_arena_init(&w.arena, KITH_MIB(512));
	for (i = 0; !r && i < p->run->report.n_rows; i++)
		r = kith_map_add(&w.names, p->run->rows[i].package->name, 0, NULL, NULL, err);
	for (i = 0; !r && i < p->mirrors.count; i++)
		if (p->relevant[i] && !p->mirrors.items[i].own &&
		    p->mirrors.items[i].source.evidence == KITH_SOURCE_CREV)
			r = add_gone_of(&w, &p->mirrors.items[i], err);
	for (i = 0; !r && p->old && i < p->old->n_gone; i++)
		if (kith_span_is(p->old->gone[i].kind, "crev") &&
		    kith_app_pin_has_source(p->pins, &p->old->gone[i]))
			r = add_gone(&w, &p->old->gone[i], p->old->gone[i].text, err);
	kith_map_clear(&w.names);
	kith_arena_clear(&w.arena);
	return r;
}

int
kith_app_pin_gather(struct kith_app_pinning *p, struct kith_error *err)
{
	int r;

	kith_arena_init(&p->arena, KITH_MIB(256));
	r = kith_pins_new(&p->pins, err);
	if (!r)
		r = gather_packages(p, err);
	if (!r)
		r = gather_sources(p, err);
	if (!r)
		r = gather_late(p, err);
	if (!r)
		r = gather_gone(p, err);
	if (!r)
		r = kith_app_pin_vanished(p, err);
	return r ? r : kith_pins_index(p->pins, err);
}
