/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kith.lock says about the packages of a run. It is part of the project, so a change under
 * review may have changed it: where the bytes are here, what it says of them is compared.
 */
#include "app/judge.h"
#include "app/pinned.h"

#define TOLD 20U /* packages, one by one */

int
kith_app_open_pins(struct kith_app_run *run, struct kith_error *err)
{
	struct kith_session *s = run->session;
	const struct kith_pins *pins = NULL;
	int r;

	s->known_pins = NULL;
	if (kith_app_pinned_held(s) || (s->pins && !kith_app_pinned_active(s)))
		return KITH_OK; /* also of carried evidence: no other facts count */
	r = kith_app_pins(s, run->project->root, &pins, err);
	if (!run->options->locked || (run->options->locked == 2 && r == KITH_E_NOTFOUND)) {
		kith_app_pinned_leave(s);
		s->known_pins = r ? NULL : pins;
		free(s->known_root);
		s->known_root = kith_strndup(run->project->root, strlen(run->project->root));
		if (!s->known_root)
			return kith_fail_nomem(err);
		return r == KITH_E_NOTFOUND ? KITH_OK : r;
	}
	if (r == KITH_E_NOTFOUND) {
		if (err)
			err->code = KITH_E_INTEGRITY;
		return KITH_E_INTEGRITY;
	}
	if (!r)
		r = kith_app_pins_check_age(s, pins, run->config.merged->policy.max_pin_age, err);
	return r ? r : kith_app_pinned_enter(s, run->project->root, pins, err);
}

/* --- packages --- */

bool
kith_app_is_pinnable(const struct kith_package *p)
{
	return !p->local && (p->origin == KITH_ORIGIN_REGISTRY || p->origin == KITH_ORIGIN_OTHER);
}

static int
contradict(struct kith_app_run *run, struct kith_report_row *row, const char *why,
	   struct kith_error *err)
{
	row->subject.mismatch = true;
	if (!row->mismatch)
		row->mismatch = kith_arena_str(&run->arena, kith_span_str(why));
	return row->mismatch ? KITH_OK : kith_fail_nomem(err);
}

static const struct kith_digest *
digest_of(const struct kith_app_run *run, const struct kith_pins_package *pin)
{
	if (run->options->semantics == KITH_SEMANTICS_CREV)
		return pin->has_crev ? &pin->crev : NULL;
	return pin->has_native ? &pin->native : NULL;
}

/* A vendored tree may confirm and never contradict: it stays what it is. */
static int
take_digest(struct kith_app_run *run, struct kith_report_row *row,
	    const struct kith_pins_package *pin, struct kith_error *err)
{
	const struct kith_digest *d = digest_of(run, pin);
	struct kith_subject *x = &row->subject;

	if (x->bytes == KITH_SUBJECT_VENDORED || x->mismatch)
		return KITH_OK;
	if (!d) {
		if (run->session->pins) { /* another machine may not have the bytes */
			x->bytes = KITH_SUBJECT_ABSENT;
			x->has_digest = false;
		}
		return KITH_OK;
	}
	if (x->has_digest && memcmp(x->digest.bytes, d->bytes, KITH_DIGEST_BYTES) != 0)
		return contradict(run, row, "the bytes here digest to another than kith.lock says",
				  err);
	x->bytes = KITH_SUBJECT_HERE;
	x->has_digest = true;
	x->digest = *d;
	return KITH_OK;
}

static void
take_registry(struct kith_app_run *run, struct kith_report_row *row,
	      const struct kith_pins_package *pin)
{
	struct kith_report_registry *g = &row->registry;

	if (!pin->registry_known)
		return;
	g->known = true;
	g->checksum_agrees = pin->checksum_agrees;
	g->yanked = row->subject.yanked = pin->yanked;
	g->has_published = pin->has_published;
	g->published = pin->published;
	if (pin->has_published) {
		row->subject.has_published = true;
		row->subject.published = pin->published;
	}
	g->has_first = pin->has_first;
	memcpy(g->first, pin->first, sizeof(g->first));
	g->older_yanked = pin->older_yanked;
	g->lure = pin->older_yanked && pin->has_published && !pin->yanked &&
		  run->session->now.sec - pin->published.sec < run->policy.cooldown;
}

static int
take(struct kith_app_run *run, struct kith_report_row *row, const struct kith_pins_package *pin,
     struct kith_error *err)
{
	if (!kith_span_eq(row->package->checksum, pin->checksum))
		return contradict(run, row,
				  row->package->checksum.len
				      ? "not the checksum that kith.lock pins"
				      : "without the checksum that kith.lock pins",
				  err);
	if (run->session->pins && run->options->semantics == KITH_SEMANTICS_NATIVE)
		take_registry(run, row, pin);
	return take_digest(run, row, pin, err);
}

struct unpinned {
	size_t n;
	struct kith_buf names;
};

static void
note_unpinned(const struct kith_session *s, struct unpinned *u, const struct kith_package *p)
{
	if (u->n++ < TOLD)
		kith_app_warn(s, "%.*s %.*s: not in %s", KITH_SPAN_FMT(p->name),
			      KITH_SPAN_FMT(p->version), KITH_PINS_FILE);
	if (u->n <= 3)
		kith_buf_printf(&u->names, "%s%.*s %.*s", u->n > 1 ? ", " : "",
				KITH_SPAN_FMT(kith_span_sub(p->name, 0, 80)),
				KITH_SPAN_FMT(kith_span_sub(p->version, 0, 40)));
}

static int
tell_unpinned(const struct unpinned *u, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY, "%s: %zu package%s not pinned: %s%s",
				   KITH_PINS_FILE, u->n, u->n == 1 ? " is" : "s are",
				   kith_buf_str(&u->names), u->n > 3 ? ", …" : ""),
			 "'kith pin' adds what the lock file names by now");
}

int
kith_app_take_pins(struct kith_app_run *run, struct kith_error *err)
{
	const struct kith_session *s = run->session;
	const struct kith_pins *pins = s->pins ? s->pins : s->known_pins;
	struct unpinned u = {.n = 0};
	size_t i;
	int r = KITH_OK;

	if (!pins)
		return KITH_OK;
	kith_buf_init(&u.names, KITH_KIB(4));
	for (i = 0; !r && i < run->project->lock->count; i++) {
		struct kith_report_row *row = &run->rows[i];
		const struct kith_pins_package *pin;

		if (!kith_app_is_pinnable(row->package))
			continue;
		pin = kith_pins_package_of(pins, row->package);
		if (pin)
			r = take(run, row, pin, err);
		else if (s->pins)
			note_unpinned(s, &u, row->package);
	}
	if (!r && u.n)
		r = tell_unpinned(&u, err);
	kith_buf_clear(&u.names);
	return r;
}
