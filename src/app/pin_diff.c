/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What new pins change: the project is judged twice, by the old ones and by the new, and the two
 * are compared: who counts how far, who approves what, and what follows.
 */
#include "app/levels.h"
#include "app/pin.h"
#include "codec/base64.h"
#include "codec/json.h"

struct side {
	struct kith_app_run *run;
	struct kith_app_levels levels;
	const struct kith_report_row **rows; /* by package of the lock file */
};

struct diffing {
	struct kith_app_pinning *p;
	struct side old, new;
	size_t people, verdicts, approvals;
	struct kith_buf *out;          /* table */
	struct kith_json_writer *json; /* NULL: table */
};

static void
side_clear(struct side *x)
{
	free(x->rows);
	kith_app_levels_clear(&x->levels);
	kith_app_run_free(x->run);
}

static void
diffing_clear(struct diffing *d)
{
	side_clear(&d->old);
	side_clear(&d->new);
	kith_app_pinned_forget(d->p->run->session, d->p->pins);
}

static int
judge_side(struct diffing *d, const struct kith_pins *pins, struct side *x, struct kith_error *err)
{
	struct kith_session *s = d->p->run->session;
	const char *root = d->p->run->project->root;
	size_t i;
	int r = kith_app_pinned_hold(s, root, pins, err);

	if (!r)
		r = kith_app_judge(s, d->p->run->options, NULL, true, &x->run, err);
	if (!r)
		r = kith_app_levels_new(s, root, NULL, 0, KITH_SEMANTICS_NATIVE, false, &x->levels,
					err);
	if (r)
		return r;
	x->rows = kith_calloc(x->run->project->lock->count + 1, sizeof(*x->rows));
	if (!x->rows)
		return kith_fail_nomem(err);
	for (i = 0; i < x->run->report.n_rows; i++)
		x->rows[x->run->rows[i].package - x->run->project->lock->packages] =
		    &x->run->rows[i];
	return KITH_OK;
}

/* --- sources --- */

static void
tell_sources(struct diffing *d)
{
	size_t i;

	if (d->json) {
		kith_json_put_key(d->json, "sources");
		kith_json_open_array(d->json);
	}
	for (i = 0; i < d->p->n_changes; i++) {
		const struct kith_app_pin_change *c = &d->p->changes[i];

		if (d->json) {
			kith_json_open_object(d->json);
			kith_json_member_string(d->json, "source", c->location);
			kith_json_member_str(d->json, "what", c->what);
			kith_json_member_str(d->json, "from", c->from);
			kith_json_member_str(d->json, "to", c->to);
			kith_json_close_object(d->json);
			continue;
		}
		kith_buf_printf(d->out, "source   %s ", c->what);
		kith_text_safe(d->out, c->location, 0);
		kith_buf_printf(d->out, " %.12s%s%.12s\n", c->from,
				c->from[0] && c->to[0] ? " → " : "", c->to);
	}
	if (d->json)
		kith_json_close_array(d->json);
}

/* --- people --- */

static void
tell_person(struct diffing *d, const struct kith_id *id, const struct kith_app_standing *a,
	    const struct kith_app_standing *b)
{
	struct kith_app_names *names = &d->new.run->names;
	const char *name = kith_app_name_of(names, id);
	char text[KITH_ID_TEXT + 1];

	d->people++;
	kith_base64_id(text, id->bytes);
	if (d->json) {
		kith_json_open_object(d->json);
		kith_json_member_str(d->json, "id", text);
		if (name)
			kith_json_member_str(d->json, "name", name);
		kith_json_member_str(d->json, "level_before", kith_level_name(a->approve));
		kith_json_member_str(d->json, "level", kith_level_name(b->approve));
		kith_json_member_str(d->json, "object_level_before", kith_level_name(a->object));
		kith_json_member_str(d->json, "object_level", kith_level_name(b->object));
		kith_json_close_object(d->json);
		return;
	}
	kith_buf_put_str(d->out, "person   ");
	kith_text_safe(d->out, kith_span_str(name ? name : text), 43);
	if (a->approve != b->approve)
		kith_buf_printf(d->out, ": approves as %s → %s", kith_level_name(a->approve),
				kith_level_name(b->approve));
	if (a->object != b->object)
		kith_buf_printf(d->out, "%s objects as %s → %s",
				a->approve != b->approve ? "," : ":", kith_level_name(a->object),
				kith_level_name(b->object));
	kith_buf_put_char(d->out, '\n');
}

static void
compare_person(struct diffing *d, const struct kith_id *id)
{
	struct kith_app_standing a, b;

	kith_app_levels_get(&d->old.levels, id, &a);
	kith_app_levels_get(&d->new.levels, id, &b);
	if (a.approve != b.approve || a.object != b.object)
		tell_person(d, id, &a, &b);
}

/* Ids of both graphs, each once: both are sorted. */
static void
tell_people(struct diffing *d)
{
	const struct kith_trust_graph *a = d->old.levels.graph, *b = d->new.levels.graph;
	size_t i = 0, k = 0;

	if (d->json) {
		kith_json_put_key(d->json, "people");
		kith_json_open_array(d->json);
	}
	for (;;) {
		const struct kith_id *x = a ? kith_trust_graph_id(a, i) : NULL;
		const struct kith_id *y = b ? kith_trust_graph_id(b, k) : NULL;
		int order = !x ? 1 : !y ? -1 : memcmp(x->bytes, y->bytes, KITH_ID_BYTES);

		if (!x && !y)
			break;
		compare_person(d, order <= 0 ? x : y);
		i += order <= 0;
		k += order >= 0;
	}
	if (d->json)
		kith_json_close_array(d->json);
}

/* --- packages --- */

static int
put_approvals(const struct side *x, const struct kith_report_row *row, struct kith_map *names,
	      struct kith_arena *arena, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_span key;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&b, KITH_KIB(8));
	for (i = 0; !r && i < row->verdict.n_uses; i++) {
		if (row->verdict.uses[i].use != KITH_USE_APPROVES)
			continue;
		kith_buf_reset(&b);
		kith_report_author(&x->run->report, row->verdict.uses[i].claim, &b);
		r = kith_buf_check(&b, err);
		if (!r && !kith_arena_copy(arena, kith_buf_span(&b), &key))
			r = kith_fail_nomem(err);
		if (!r)
			r = kith_map_add(names, key, 0, NULL, NULL, err);
	}
	return r;
}

static size_t
count_missing(const struct kith_map *from, const struct kith_map *in)
{
	size_t i, n = 0;

	for (i = 0; i < from->count; i++)
		n += !kith_map_get(in, from->entries[i].key, NULL);
	return n;
}

static void
put_missing(struct diffing *d, const char *key, const char *sign, const struct kith_map *from,
	    const struct kith_map *in)
{
	size_t i;

	if (d->json) {
		kith_json_put_key(d->json, key);
		kith_json_open_array(d->json);
	}
	for (i = 0; i < from->count; i++) {
		if (kith_map_get(in, from->entries[i].key, NULL))
			continue;
		if (d->json) {
			kith_json_put_string(d->json, from->entries[i].key);
			continue;
		}
		kith_buf_printf(d->out, " %s", sign);
		kith_text_safe(d->out, from->entries[i].key, 60);
	}
	if (d->json)
		kith_json_close_array(d->json);
}

static void
tell_package(struct diffing *d, const struct kith_report_row *a, const struct kith_report_row *b,
	     const struct kith_map *before, const struct kith_map *after)
{
	const char *was = kith_status_name(a->verdict.status);
	const char *is = kith_status_name(b->verdict.status);
	const bool moved = a->verdict.status != b->verdict.status;

	d->verdicts += moved;
	d->approvals += count_missing(before, after) + count_missing(after, before);
	if (d->json) {
		kith_json_open_object(d->json);
		kith_json_member_string(d->json, "name", b->package->name);
		kith_json_member_string(d->json, "version", b->package->version);
		kith_json_member_str(d->json, "status_before", was);
		kith_json_member_str(d->json, "status", is);
		put_missing(d, "approvals_gained", "", after, before);
		put_missing(d, "approvals_lost", "", before, after);
		kith_json_close_object(d->json);
		return;
	}
	kith_buf_put_str(d->out, "package  ");
	kith_text_safe(d->out, b->package->name, 60);
	kith_buf_put_char(d->out, ' ');
	kith_text_safe(d->out, b->package->version, 40);
	kith_buf_put_char(d->out, ':');
	if (moved)
		kith_buf_printf(d->out, " %s → %s", was, is);
	put_missing(d, "", "+", after, before);
	put_missing(d, "", "-", before, after);
	if (moved) {
		kith_buf_put_str(d->out, " (");
		kith_report_reason(&d->new.run->report, b, d->out);
		kith_buf_put_char(d->out, ')');
	}
	kith_buf_put_char(d->out, '\n');
}

static int
compare_package(struct diffing *d, size_t i, struct kith_error *err)
{
	const struct kith_report_row *a = d->old.rows[i], *b = d->new.rows[i];
	KITH_AUTO_MAP struct kith_map before, after;
	KITH_AUTO_ARENA struct kith_arena arena;
	int r;

	kith_map_init(&before, NULL);
	kith_map_init(&after, NULL);
	kith_arena_init(&arena, KITH_MIB(64));
	r = put_approvals(&d->old, a, &before, &arena, err);
	if (!r)
		r = put_approvals(&d->new, b, &after, &arena, err);
	if (!r && (a->verdict.status != b->verdict.status || count_missing(&before, &after) ||
		   count_missing(&after, &before)))
		tell_package(d, a, b, &before, &after);
	return r;
}

static int
tell_packages(struct diffing *d, struct kith_error *err)
{
	size_t i, n = d->new.run->project->lock->count;
	int r = KITH_OK;

	if (d->json) {
		kith_json_put_key(d->json, "packages");
		kith_json_open_array(d->json);
	}
	for (i = 0; !r && i < n; i++)
		if (d->old.rows[i] && d->new.rows[i])
			r = compare_package(d, i, err);
	if (d->json)
		kith_json_close_array(d->json);
	return r;
}

/* --- both --- */

static void
put_summary(struct diffing *d)
{
	const struct kith_app_pinning *p = d->p;

	if (d->json) {
		kith_json_put_key(d->json, "summary");
		kith_json_open_object(d->json);
		kith_json_member_integer(d->json, "sources", (int64_t)p->n_changes);
		kith_json_member_integer(d->json, "people", (int64_t)d->people);
		kith_json_member_integer(d->json, "approvals", (int64_t)d->approvals);
		kith_json_member_integer(d->json, "verdicts", (int64_t)d->verdicts);
		kith_json_member_boolean(d->json, "pass_before", d->old.run->report.pass);
		kith_json_member_boolean(d->json, "pass", d->new.run->report.pass);
		kith_json_close_object(d->json);
		return;
	}
	kith_buf_printf(d->out,
			"an update changes %zu source%s, %zu %s, %zu approval%s, %zu verdict%s: %s "
			"before, %s after\n",
			p->n_changes, p->n_changes == 1 ? "" : "s", d->people,
			d->people == 1 ? "person" : "people", d->approvals,
			d->approvals == 1 ? "" : "s", d->verdicts, d->verdicts == 1 ? "" : "s",
			d->old.run->report.pass ? "PASS" : "FAIL",
			d->new.run->report.pass ? "PASS" : "FAIL");
}

static int
tell(struct diffing *d, struct kith_error *err)
{
	struct kith_json_writer w;
	int r;

	if (d->p->options->format == KITH_FORMAT_JSON) {
		kith_json_begin(&w, d->out, true);
		kith_json_open_object(&w);
		kith_json_member_str(&w, "schema", "kith.pin-diff/1");
		d->json = &w;
	}
	tell_sources(d);
	tell_people(d);
	r = tell_packages(d, err);
	put_summary(d);
	if (d->json) {
		kith_json_close_object(&w);
		kith_buf_put_char(d->out, '\n');
	}
	return r;
}

int
kith_app_pin_diff(struct kith_app_pinning *p, struct kith_buf *out, struct kith_error *err)
{
	KITH_CLEANUP(diffing_clear) struct diffing d = {.p = p, .out = out};
	int r;

	if (!p->old)
		return kith_hint(err,
				 kith_fail(err, KITH_E_NOTFOUND, "%s/%s: there is none to compare",
					   p->run->project->root, KITH_PINS_FILE),
				 "'kith pin' writes it");
	r = judge_side(&d, p->old, &d.old, err);
	if (!r)
		r = judge_side(&d, p->pins, &d.new, err);
	return r ? r : tell(&d, err);
}
