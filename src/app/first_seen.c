/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this machine first saw of a package version decides when a lock file later says otherwise
 * (verdict.md 7, 8): somebody changed the bytes, or the lock. A checksum that something else
 * contradicts already is not remembered. Memory that cannot be used is said and costs nothing else.
 */
#include "app/judge.h"
#include "store/seen.h"

#define SHOWN 12 /* characters of a checksum */
#define TOLD  5U /* packages, one by one */

struct looking {
	struct kith_app_run *run;
	struct kith_seen_want *wants;
	size_t *row_of;
	bool *marked;
	size_t n, told;
	const struct kith_package *example; /* the first that is told */
	struct kith_buf keys, text;
};

static void
looking_clear(struct looking *k)
{
	free(k->wants);
	free(k->row_of);
	free(k->marked);
	kith_buf_clear(&k->keys);
	kith_buf_clear(&k->text);
}

/*
 * A change under review must not teach this machine its own checksums: an honest one would differ
 * from them later.
 */
static bool
is_worth_remembering(const struct kith_app_run *run, const struct kith_report_row *row)
{
	if (row->subject.mismatch)
		return false;
	return !run->since || row->corroborated || row->registry.checksum_agrees;
}

/* Keys are offsets until all are there: the buffer moves while it grows. */
static int
gather(struct looking *k, struct kith_error *err)
{
	size_t n = k->run->project->lock->count, i, from;

	k->wants = kith_calloc(n + 1, sizeof(*k->wants));
	k->row_of = kith_calloc(n + 1, sizeof(*k->row_of));
	k->marked = kith_calloc(n + 1, sizeof(*k->marked));
	if (!k->wants || !k->row_of || !k->marked)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		const struct kith_package *p = k->run->rows[i].package;

		if (!p->checksum.len ||
		    (p->origin != KITH_ORIGIN_REGISTRY && p->origin != KITH_ORIGIN_OTHER))
			continue;
		from = k->keys.len;
		if (!kith_seen_put_key(&k->keys, kith_ecosystem_name(p->eco),
				       p->origin == KITH_ORIGIN_OTHER ? p->source : KITH_SPAN_NONE,
				       p->name, p->version))
			continue;
		k->wants[k->n].key.len = k->keys.len - from;
		k->wants[k->n].checksum = p->checksum;
		k->marked[k->n] = is_worth_remembering(k->run, &k->run->rows[i]);
		k->row_of[k->n++] = i;
	}
	for (i = 0, from = 0; i < k->n; from += k->wants[i++].key.len)
		k->wants[i].key = kith_span_sub(kith_buf_span(&k->keys), from, k->wants[i].key.len);
	return kith_buf_check(&k->keys, err);
}

static int
contradict(struct looking *k, size_t i, struct kith_error *err)
{
	struct kith_report_row *row = &k->run->rows[k->row_of[i]];
	const struct kith_seen_want *w = &k->wants[i];
	KITH_AUTO_BUF struct kith_buf b;
	const char *why;

	kith_buf_init(&b, 256);
	kith_buf_put_str(&b, "not the checksum first seen here (");
	kith_time_put_date(&b, (struct kith_time){w->time, 0});
	kith_buf_put_char(&b, ')');
	why = kith_arena_str(&k->run->arena, kith_buf_span(&b));
	if (kith_buf_check(&b, err) || !why)
		return kith_fail_nomem(err);
	if (k->told++ < TOLD)
		kith_app_warn(
		    k->run->session, "%.*s %.*s: %.*s… was first seen, the lock file says %.*s…%s",
		    KITH_SPAN_FMT(row->package->name), KITH_SPAN_FMT(row->package->version),
		    KITH_SPAN_FMT(kith_span_sub(w->seen, 0, SHOWN)),
		    KITH_SPAN_FMT(kith_span_sub(w->checksum, 0, SHOWN)),
		    row->registry.checksum_agrees ? ", and so does the registry's index here" : "");
	if (k->told == 1)
		k->example = row->package;
	row->subject.mismatch = true;
	if (!row->mismatch)
		row->mismatch = why;
	return KITH_OK;
}

/* A checksum that contradicts kith.lock is a mismatch by now. */
static bool
is_pinned(const struct kith_session *s, const struct kith_package *p)
{
	return s->known_pins && kith_pins_package_of(s->known_pins, p);
}

/* Nothing else that is known here states this checksum. */
static bool
is_alone(const struct kith_app_run *run, const struct kith_report_row *row)
{
	return !row->registry.checksum_agrees && !row->corroborated && !row->subject.mismatch &&
	       !is_pinned(run->session, row->package);
}

int
kith_app_first_seen(struct kith_app_run *run, struct kith_error *err)
{
	KITH_CLEANUP(looking_clear) struct looking k = {.run = run};
	const struct kith_session *s = run->session;
	size_t i;
	struct kith_error why;
	int r;

	kith_buf_init(&k.keys, KITH_MAX_LOCK_BYTES);
	kith_buf_init(&k.text, KITH_MAX_SEEN);
	r = gather(&k, err);
	if (r || !k.n)
		return r;
	r = kith_seen_read(&s->dirs, &k.text, &why);
	if (!r)
		r = kith_seen_look(kith_buf_span(&k.text), k.wants, k.n, &why);
	if (!r)
		r = kith_seen_note(&s->dirs, k.wants, k.marked, k.n, s->now.sec, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		kith_app_warn(s, "packages' first checksums are not remembered: %s", why.msg);
	for (i = 0, r = KITH_OK; !r && i < k.n; i++) {
		struct kith_report_row *row = &k.run->rows[k.row_of[i]];

		row->uncorroborated = k.wants[i].answer == KITH_SEEN_FIRST && is_alone(run, row);
		if (k.wants[i].answer != KITH_SEEN_OTHER)
			continue;
		r = contradict(&k, i, err);
	}
	if (k.told)
		kith_app_warn(
		    s,
		    "%zu checksum%s changed since first seen here: if you know that the first was "
		    "wrong: kith doctor --forget-checksum %.*s@%.*s",
		    k.told, k.told == 1 ? "" : "s", KITH_SPAN_FMT(k.example->name),
		    KITH_SPAN_FMT(k.example->version));
	return r;
}
