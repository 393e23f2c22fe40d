/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Violations that vanished from audit sets, for kith.lock: nobody has signed them, and whoever
 * starts from the pinned state never saw them. Writes nothing.
 */
#include "app/bundle.h"
#include "app/derived.h"
#include "app/pin.h"

static void
bundling_clear(struct kith_app_bundling *x)
{
	kith_bundle_free(x->b);
	kith_arena_clear(&x->arena);
}

static const struct kith_mirror *
mirror_of(const struct kith_app_pinning *p, struct kith_span slug)
{
	size_t i;

	for (i = 0; i < p->mirrors.count; i++)
		if (p->relevant[i] && !p->mirrors.items[i].own &&
		    kith_span_is(slug, p->mirrors.items[i].source.slug))
			return &p->mirrors.items[i];
	return NULL;
}

static int
add_vanished(struct kith_app_pinning *p, const struct kith_claim_set *sets,
	     const struct kith_app_vanished *x, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf location;
	struct kith_claim_set_source set;
	struct kith_pins_source source;
	struct kith_pins_gone pin;
	const struct kith_mirror *m;
	int r;

	kith_buf_init(&location, KITH_MAX_PINS_WORD);
	if (!kith_claim_set_source_at(sets, x->set, &set))
		return kith_fail(err, KITH_E_FORMAT, "the cache was damaged while it was read");
	m = mirror_of(p, set.slug);
	if (!m)
		return KITH_OK;
	r = kith_app_pin_describe(p, m, &location, &source, err);
	if (r || !kith_app_pin_is_current(p, &source))
		return r;
	pin = (struct kith_pins_gone){.kind = source.kind,
				      .location = source.location,
				      .inside = source.inside,
				      .text = x->text,
				      .seen = x->is.has_seen ? x->is.seen : 0,
				      .gone = x->is.gone_since,
				      .path = x->is.path,
				      .at_line = x->is.line};
	return kith_pins_add_gone(p->pins, &pin, err);
}

static int
add_from_mirrors(struct kith_app_pinning *p, struct kith_error *err)
{
	KITH_CLEANUP(bundling_clear) struct kith_app_bundling x = {.run = p->run};
	const struct kith_claim_set *sets;
	struct kith_app_vanished *list;
	size_t i, n = 0;
	int r;

	kith_arena_init(&x.arena, KITH_MIB(256));
	r = kith_bundle_new(&x.b, err);
	if (!r)
		r = kith_app_bundle_vanished(&x, &list, &n, err);
	if (!r)
		r = kith_app_sets(p->run->session, &sets, err);
	for (i = 0; !r && i < n; i++)
		r = add_vanished(p, sets, &list[i], err);
	return r;
}

int
kith_app_pin_vanished(struct kith_app_pinning *p, struct kith_error *err)
{
	size_t i;
	int r = add_from_mirrors(p, err);

	for (i = 0; !r && p->old && i < p->old->n_gone; i++) {
		const struct kith_pins_gone *x = &p->old->gone[i];

		if (kith_span_is(x->kind, "vet") && kith_app_pin_has_source(p->pins, x) &&
		    p->run->session->now.sec - x->gone < KITH_VIOLATION_OUTLIVES)
			r = kith_pins_add_gone(p->pins, x, err);
	}
	return r;
}
