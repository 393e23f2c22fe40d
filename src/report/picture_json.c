/* SPDX-License-Identifier: Apache-2.0 */
/* The picture for programs: kith.graph/1, see docs/json.md. Everybody is in it, whatever is drawn.
 */
#include "codec/json.h"
#include "report/picture_plan.h"

static void
put_id_of(struct kith_json_writer *w, const struct kith_picture *p, const char *key,
	  uint32_t person)
{
	kith_json_member_string(w, key, p->persons[person].id);
}

static void
put_person(struct kith_json_writer *w, const struct kith_picture_plan *plan, uint32_t person)
{
	const struct kith_picture_person *x = &plan->p->persons[person];
	uint32_t via = plan->parent[person];

	kith_json_open_object(w);
	kith_json_member_string(w, "id", x->id);
	if (x->name.len)
		kith_json_member_string(w, "name", x->name);
	if (x->url.len) {
		kith_json_member_string(w, "url", x->url);
		kith_json_member_boolean(w, "url_proved", x->url_proved);
	}
	if (x->actor.len)
		kith_json_member_string(w, "actor", x->actor);
	kith_json_member_str(w, "level", kith_level_name(x->approve));
	if (x->object != x->approve)
		kith_json_member_str(w, "object", kith_level_name(x->object));
	if (x->root || x->approve >= KITH_LEVEL_LOW)
		kith_json_member_integer(w, "budget", x->budget);
	if (plan->hops[person] != KITH_PICTURE_NONE && !plan->apart[person])
		kith_json_member_integer(w, "steps", plan->hops[person]);
	if (via != KITH_PICTURE_NONE)
		put_id_of(w, plan->p, "introduced_by", plan->p->edges[via].from);
	if (x->pinned)
		kith_json_member_str(w, "own_word", kith_level_name(x->own));
	kith_json_member_boolean(w, "root", x->root);
	kith_json_member_boolean(w, "contact", x->contact);
	kith_json_member_boolean(w, "blocked", x->blocked);
	kith_json_member_boolean(w, "contested", x->contested);
	kith_json_member_boolean(w, "revoked", x->revoked);
	kith_json_member_integer(w, "reviews", x->reviews);
	if (plan->p->package.len) {
		kith_json_member_boolean(w, "reviewer", x->reviewer);
		if (x->note.len)
			kith_json_member_string(w, "says", x->note);
	}
	kith_json_close_object(w);
}

static void
put_edge(struct kith_json_writer *w, const struct kith_picture_plan *plan, size_t edge,
	 struct kith_buf *date)
{
	const struct kith_picture_edge *e = &plan->p->edges[edge];

	kith_json_open_object(w);
	put_id_of(w, plan->p, "from", e->from);
	put_id_of(w, plan->p, "to", e->to);
	kith_json_member_str(w, "level", kith_level_name(e->level));
	kith_json_member_boolean(w, "counts", e->counted);
	kith_json_member_boolean(w, "best", plan->parent[e->to] == edge);
	kith_buf_reset(date);
	kith_time_put_rfc3339(date, e->date);
	picture_part_of(w->out, date);
	kith_json_member_string(w, "date", kith_buf_span(date));
	kith_json_close_object(w);
}

/* In a picture of one package only those who are drawn have a part. */
static bool
belongs(const struct kith_picture_plan *plan, uint32_t person)
{
	return !plan->p->package.len || plan->shown[person];
}

int
kith_report_picture_json(const struct kith_picture *p, struct kith_buf *out, struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf date;
	struct kith_picture_plan plan;
	struct kith_json_writer w;
	size_t i;
	int r;

	kith_arena_init(&arena, KITH_MAX_PICTURE_BYTES * 8);
	kith_buf_init(&date, 64);
	r = kith_report_picture_plan(p, &arena, &plan, err);
	if (r)
		return r;
	kith_json_begin(&w, out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.graph/1");
	if (p->package.len) {
		kith_json_member_string(&w, "package", p->package);
		kith_json_member_integer(&w, "independent", p->independent);
	}
	kith_json_put_key(&w, "people");
	kith_json_open_array(&w);
	for (i = 0; i < p->n_persons; i++)
		if (belongs(&plan, (uint32_t)i))
			put_person(&w, &plan, (uint32_t)i);
	kith_json_close_array(&w);
	kith_json_put_key(&w, "statements");
	kith_json_open_array(&w);
	for (i = 0; i < p->n_edges; i++)
		if (p->edges[i].from < p->n_persons && p->edges[i].to < p->n_persons &&
		    belongs(&plan, p->edges[i].from) && belongs(&plan, p->edges[i].to))
			put_edge(&w, &plan, i, &date);
	kith_json_close_array(&w);
	kith_json_member_integer(&w, "others", (int64_t)p->n_strangers);
	kith_json_close_object(&w);
	kith_buf_put_char(out, '\n');
	return kith_buf_check(out, err);
}
