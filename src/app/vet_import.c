/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith import vet: unsigned audits of an audits.toml become signed reviews. An audit names a
 * version, a review names bytes: those that were checked here against what is locked or what the
 * registry states, and never others. What cannot be said in a review is left out, with its line.
 */
#include <kith/vet.h>

#include "app/review.h"
#include "evidence/vet.h"
#include "version/version.h"

#define IMPORT_ARENA KITH_MIB(256)
#define MAX_REVIEWS  ((size_t)100000)

/* Of several entries about one version the first in this order is said: an author has one word. */
enum rank { VIOLATION, DEPLOY_FULL, DEPLOY_DELTA, RUN_FULL, RUN_DELTA };

struct candidate {
	struct kith_span name, version, base; /* base: empty for a full audit */
	const struct kith_vet_audit *audit;
	enum rank rank;
	bool deploy;
};

struct import {
	struct kith_session *session;
	const struct kith_import_vet_options *o;
	struct kith_buf text;
	struct kith_vet_file *file;
	struct kith_vet_criteria criteria;
	struct kith_app_picker picker;
	struct candidate *list;
	size_t n, cap;
	struct kith_proof *proofs;
	size_t n_proofs;
	size_t warned, others;
	struct kith_arena arena;
};

static void
import_clear(struct import *m)
{
	kith_vet_file_free(m->file);
	kith_app_picker_clear(&m->picker);
	kith_buf_clear(&m->text);
	kith_arena_clear(&m->arena);
	free(m->list);
	free(m->proofs);
}

/* --- what is left out --- */

static void
leave_out(struct import *m, struct kith_span name, uint32_t line, const char *why)
{
	if (m->warned++ < KITH_MAX_WARNINGS)
		kith_app_warn(m->session, "%s:%u: %.*s left out: %s", m->o->file, line,
			      KITH_SPAN_FMT(name), why);
}

/* With the way out: what is not here can be got. */
static void
leave_out_hinted(struct import *m, struct kith_span name, uint32_t line,
		 const struct kith_error *why)
{
	char text[KITH_ERROR_MSG_MAX + KITH_ERROR_HINT_MAX + 8];

	snprintf(text, sizeof(text), "%s%s%s%s", why->msg, why->hint[0] ? " (" : "", why->hint,
		 why->hint[0] ? ")" : "");
	leave_out(m, name, line, text);
}

static void
tell_rest(const struct import *m)
{
	const struct kith_vet_set *s = &m->file->set;
	size_t i, vouches = 0;

	for (i = 0; i < s->wildcards.count; i++)
		vouches += s->wildcards.items[i].count;
	for (i = 0; i < s->trusted.count; i++)
		vouches += s->trusted.items[i].count;
	if (m->warned > KITH_MAX_WARNINGS)
		kith_app_warn(m->session, "%zu more are left out", m->warned - KITH_MAX_WARNINGS);
	if (vouches)
		kith_app_warn(m->session,
			      "%zu wildcard audit%s or trusted entr%s left out: they speak of "
			      "publishers, a review speaks of bytes",
			      vouches, vouches == 1 ? "" : "s", vouches == 1 ? "y is" : "ies are");
	if (m->others)
		kith_app_note(m->session, "%zu are by others (--all takes them too)", m->others);
}

/* --- which entries --- */

static bool
is_mine(const struct import *m, const struct kith_vet_audit *a)
{
	size_t i, k;

	for (i = 0; !m->o->all && i < a->who.count; i++)
		for (k = 0; k < m->o->n_who; k++)
			if (*m->o->who[k] && a->who.items[i].len &&
			    memmem(a->who.items[i].ptr, a->who.items[i].len, m->o->who[k],
				   strlen(m->o->who[k])))
				return true;
	return m->o->all;
}

static int
keep(struct import *m, const struct candidate *c, struct kith_error *err)
{
	int r =
	    kith_grow(&m->list, &m->cap, m->n + 1, sizeof(*c), MAX_REVIEWS, "audits at once", err);

	if (!r)
		m->list[m->n++] = *c;
	return r;
}

static int
put_version(struct import *m, const struct kith_vet_version *v, struct kith_span *ret,
	    struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_KIB(4));
	kith_vet_version_put(&b, v);
	r = kith_buf_check(&b, err);
	if (!r && !kith_arena_copy(&m->arena, kith_buf_span(&b), ret))
		return kith_fail_nomem(err);
	return r;
}

static int
take_audit(struct import *m, struct candidate *c, struct kith_error *err)
{
	const struct kith_vet_audit *a = c->audit;
	bool delta = a->kind == KITH_VET_DELTA;
	int r;

	if (a->to.rev.ptr || (delta && a->from.rev.ptr)) {
		leave_out(m, c->name, a->line, "a commit is no archive that a review could name");
		return KITH_OK;
	}
	c->rank = c->deploy ? (delta ? DEPLOY_DELTA : DEPLOY_FULL) : delta ? RUN_DELTA : RUN_FULL;
	r = put_version(m, &a->to, &c->version, err);
	if (!r && delta)
		r = put_version(m, &a->from, &c->base, err);
	return r ? r : keep(m, c, err);
}

static bool
is_hit(const struct kith_cargo_req *req, struct kith_span version)
{
	struct kith_semver v;

	return kith_semver_parse(version, &v) && kith_cargo_req_matches(req, &v);
}

/* A range becomes one review for each version in it that the project locks. */
static int
take_violation(struct import *m, struct candidate *c, struct kith_error *err)
{
	struct kith_span one = c->audit->violation;
	struct kith_cargo_req req;
	struct kith_semver v;
	size_t i, n = m->n;
	int r = kith_cargo_req_parse(c->audit->violation, &req, err);

	if (r)
		return r;
	c->rank = VIOLATION;
	if (kith_span_skip(&one, "=") && kith_semver_parse(one, &v)) {
		c->version = one;
		return keep(m, c, err);
	}
	for (i = 0; !r && m->picker.project && i < m->picker.project->lock->count; i++) {
		const struct kith_package *p = &m->picker.project->lock->packages[i];

		if (p->origin != KITH_ORIGIN_REGISTRY || !kith_span_eq(p->name, c->name) ||
		    !is_hit(&req, p->version))
			continue;
		c->version = p->version;
		r = keep(m, c, err);
	}
	if (!r && m->n == n)
		leave_out(m, c->name, c->audit->line,
			  "a violation of a range, of which no version is locked here");
	return r;
}

static int
take_entry(struct import *m, struct kith_span name, const struct kith_vet_audit *a,
	   struct kith_error *err)
{
	struct candidate c = {.name = name, .audit = a};
	struct kith_error why;
	uint64_t set;
	int r;

	if (!is_mine(m, a)) {
		m->others++;
		return KITH_OK;
	}
	r = kith_vet_criteria_set(&m->criteria, &a->criteria, &set, &why);
	if (r == KITH_E_FORMAT) {
		leave_out(m, name, a->line, why.msg);
		return KITH_OK;
	}
	if (r)
		return kith_fail(err, why.code, "%s", why.msg);
	c.deploy = set >> KITH_VET_DEPLOY & 1U;
	if (!c.deploy && !(set >> KITH_VET_RUN & 1U)) {
		leave_out(m, name, a->line, "neither safe-to-deploy nor safe-to-run");
		return KITH_OK;
	}
	return a->kind == KITH_VET_VIOLATION ? take_violation(m, &c, err) : take_audit(m, &c, err);
}

static int
compare(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	int c = kith_span_cmp(a->name, b->name);

	if (!c)
		c = kith_span_cmp(a->version, b->version);
	if (!c)
		c = (a->rank > b->rank) - (a->rank < b->rank);
	return c ? c : (a->audit->line > b->audit->line) - (a->audit->line < b->audit->line);
}

static int
choose(struct import *m, struct kith_error *err)
{
	const struct kith_vet_groups *g = &m->file->set.audits;
	size_t i, k, kept = 0;
	int r = KITH_OK;

	for (i = 0; i < g->count; i++) {
		const struct kith_vet_audit *list = g->items[i].items;

		for (k = 0; !r && k < g->items[i].count; k++)
			r = take_entry(m, g->items[i].name, &list[k], err);
	}
	if (r || !m->n)
		return r;
	qsort(m->list, m->n, sizeof(*m->list), compare);
	for (i = 0; i < m->n; i++) {
		const struct candidate *c = &m->list[i], *last = kept ? &m->list[kept - 1] : NULL;

		if (last && kith_span_eq(last->name, c->name) &&
		    kith_span_eq(last->version, c->version))
			leave_out(m, c->name, c->audit->line,
				  "another entry about this version says more");
		else
			m->list[kept++] = *c;
	}
	m->n = kept;
	return KITH_OK;
}

/* --- from entries to reviews --- */

/* Only what is about this one package is left out; the rest ends the import. */
static bool
is_about_package(int r)
{
	return r == KITH_E_NOTFOUND || r == KITH_E_USAGE || r == KITH_E_FORMAT;
}

static int
read_package(struct import *m, const struct candidate *c, struct kith_span version,
	     struct kith_package_info *ret, struct kith_error *err)
{
	KITH_AUTO_FREE char *word =
	    kith_asprintf("%.*s@%.*s", KITH_SPAN_FMT(c->name), KITH_SPAN_FMT(version));
	struct kith_app_picked p;
	struct kith_app_bytes bytes;
	int r;

	if (!word)
		return kith_fail_nomem(err);
	r = kith_app_pick(&m->picker, word, &p, err);
	if (!r)
		r = kith_review_read_bytes(&m->picker, &p, &bytes, err);
	if (r)
		return r;
	kith_review_set_package(ret, &p, &bytes);
	return kith_arena_copy(&m->arena, ret->revision, &ret->revision) ? KITH_OK
									 : kith_fail_nomem(err);
}

static int
make_review(struct import *m, const struct candidate *c, struct kith_error *err)
{
	const struct kith_vet_audit *a = c->audit;
	struct kith_proof *p = &m->proofs[m->n_proofs];
	struct kith_error why;
	int r;

	p->kind = KITH_PROOF_REVIEW;
	p->thoroughness = p->understanding = c->deploy ? KITH_LEVEL_MEDIUM : KITH_LEVEL_LOW;
	p->rating = c->rank == VIOLATION ? KITH_RATING_NEGATIVE : KITH_RATING_POSITIVE;
	p->comment = kith_span_trim_unicode(a->notes);
	p->has_base = c->base.len != 0;
	r = read_package(m, c, c->version, &p->package, &why);
	if (!r && p->has_base)
		r = read_package(m, c, c->base, &p->base, &why);
	if (!r) {
		m->n_proofs++;
		return KITH_OK;
	}
	memset(p, 0, sizeof(*p));
	if (is_about_package(r)) {
		leave_out_hinted(m, c->name, a->line, &why);
		return KITH_OK;
	}
	if (err)
		*err = why;
	return r;
}

static int
make_reviews(struct import *m, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	m->proofs = kith_calloc(m->n + 1, sizeof(*m->proofs));
	if (!m->proofs)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < m->n; i++) {
		kith_app_progress(m->session, "checking archives", i, m->n);
		r = make_review(m, &m->list[i], err);
	}
	return r;
}

/* --- */

static int
read_set(struct import *m, struct kith_error *err)
{
	int r = kith_fs_read(m->o->file, &m->text, err);

	if (r)
		return r;
	r = kith_vet_read_audits(kith_buf_span(&m->text), KITH_VET_STRICT, &m->file, err);
	if (!r)
		r = kith_vet_criteria_init(&m->criteria, &m->file->set, true, err);
	return r ? kith_context(err, r, "%s", m->o->file) : KITH_OK;
}

static int
nothing(const struct import *m, struct kith_error *err)
{
	int r = kith_fail(err, KITH_E_NOTFOUND, "%s: nothing in it becomes a review", m->o->file);

	if (!m->others)
		return r;
	if (!m->o->n_who)
		return kith_hint(err, r, "say with --who which entries are yours, or --all");
	return kith_hint(err, r, "%zu entries are not by '%s': --who TEXT, or --all", m->others,
			 m->o->who[0]);
}

int
kith_import_vet(struct kith_session *session, const struct kith_import_vet_options *options,
		char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_CLEANUP(import_clear) struct import m = {.session = session, .o = options};
	KITH_AUTO_BUF struct kith_buf message;
	int r;

	kith_buf_init(&message, KITH_KIB(4));
	kith_buf_init(&m.text, KITH_MAX_TOML_BYTES);
	kith_arena_init(&m.arena, IMPORT_ARENA);
	r = read_set(&m, err);
	if (!r)
		r = kith_app_picker_open(session, options->path, &m.picker, err);
	if (!r)
		r = choose(&m, err);
	if (!r)
		r = make_reviews(&m, err);
	if (r)
		return r;
	tell_rest(&m);
	if (!m.n_proofs)
		return nothing(&m, err);
	kith_buf_printf(&message, "Import %zu audit%s of cargo-vet", m.n_proofs,
			m.n_proofs == 1 ? "" : "s");
	r = kith_buf_check(&message, err);
	return r ? r
		 : kith_review_say(session, &options->author, m.proofs, m.n_proofs,
				   kith_buf_str(&message), "you have said all of it already",
				   ret_text, ret_len, err);
}
