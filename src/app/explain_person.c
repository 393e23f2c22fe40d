/* SPDX-License-Identifier: Apache-2.0 */
/* Why a person is, or is not, trusted (trust.md 8): the answer first, every line with its proof. */
#include "app/explain.h"

#include "app/levels.h"
#include "app/overlay.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "trust/explain.h"

struct view {
	struct kith_app_names names;
	const struct kith_app_levels *levels;
	const struct kith_trust_graph *graph;
	const struct kith_trust_result *result;
	const struct kith_trust_explanation *x;
	struct kith_buf *out;
};

static const char *const reach_names[] = {"reviews", "introduce", "delegate"};

static void
put_person(struct view *v, uint32_t person)
{
	if (person == KITH_NO_PERSON)
		kith_buf_put_str(v->out, "several people");
	else
		kith_app_put_name(&v->names, kith_trust_person_id(v->result, person), v->out);
}

static void
put_statement(struct view *v, size_t statement)
{
	struct kith_trust_statement s;

	if (kith_trust_graph_statement(v->graph, statement, NULL, &s, NULL)) {
		kith_buf_put_str(v->out, "?");
		return;
	}
	kith_app_put_proof(v->names.index, s.place, v->out);
	if (s.scope.len) {
		kith_buf_put_str(v->out, "; for ");
		kith_text_safe(v->out, s.scope, 0);
		kith_buf_put_str(v->out, " only");
	}
	if (s.reach != KITH_REACH_DELEGATE)
		kith_buf_put_str(v->out, s.reach == KITH_REACH_REVIEWS
					     ? "; may review, not introduce"
					     : "; may introduce reviewers, no further");
	if (s.has_until) {
		kith_buf_put_str(v->out, "; until ");
		kith_time_put_date(v->out, s.until);
	}
}

/* Whose trust this is: "asked by A", or the team. */
static void
put_asker(struct view *v)
{
	const struct kith_trust_question *q = &v->levels->question;
	size_t i, n = 0, first = 0;

	for (i = 0; i < q->n_roots; i++) {
		if (kith_app_overlay_is(&q->roots[i]))
			continue;
		first = n++ ? first : i;
	}
	if (n > 1) {
		kith_buf_printf(v->out, " (asked by %zu roots, %u must agree)", n,
				q->threshold ? q->threshold : 1);
		return;
	}
	kith_buf_put_str(v->out, " (asked by ");
	kith_app_put_name(&v->names, &q->roots[first], v->out);
	kith_buf_put_char(v->out, ')');
}

static void
put_head(struct view *v)
{
	const struct kith_trust_explanation *x = v->x;
	struct kith_index_id_info info;
	char text[KITH_ID_TEXT + 1];
	const char *name = kith_app_name_of(&v->names, &x->id);
	size_t i;

	kith_base64_id(text, x->id.bytes);
	if (name) {
		kith_text_safe(v->out, kith_span_str(name), 0);
		kith_buf_printf(v->out, " (%s)", text);
	} else {
		kith_buf_put_str(v->out, text);
	}
	if (x->facts.root)
		kith_buf_put_str(v->out, ": a root: trusted by definition");
	else if (x->facts.approve >= KITH_LEVEL_LOW)
		kith_buf_printf(v->out, ": %s", kith_level_name(x->facts.approve));
	else
		kith_buf_put_str(v->out, ": not trusted");
	if (x->facts.object != x->facts.approve)
		kith_buf_printf(v->out, "; objections count at %s",
				kith_level_name(x->facts.object));
	if (!x->facts.root)
		put_asker(v);
	kith_buf_put_char(v->out, '\n');
	if (!kith_index_find_id(v->names.index, &x->id, &i) ||
	    !kith_index_id_at(v->names.index, i, &info))
		return;
	if (info.reviews || info.trusts)
		kith_buf_printf(v->out, "  known for   %u review%s, %u trust proof%s", info.reviews,
				info.reviews == 1 ? "" : "s", info.trusts,
				info.trusts == 1 ? "" : "s");
	else
		kith_buf_put_str(v->out, "  known for   nothing: no proof of this id is here");
	if (info.says_url) {
		kith_buf_put_str(v->out, info.proved ? "; at " : "; says to be at ");
		kith_text_safe(v->out, info.url, 0);
		kith_buf_put_str(v->out, info.proved ? "" : ", which nobody has checked");
	}
	kith_buf_put_char(v->out, '\n');
}

static const struct kith_trust_actor *
actor_of(const struct view *v)
{
	const struct kith_trust_question *q = &v->levels->question;

	return kith_app_actor_of(q->actors, q->n_actors, &v->x->id);
}

/* Its other keys: what they say is no second opinion. */
static void
put_other_keys(struct view *v)
{
	const struct kith_trust_actor *a = actor_of(v);
	const char *between = "";
	size_t i;

	if (!a)
		return;
	kith_buf_put_str(v->out, "  same person ");
	for (i = 0; i < a->n; i++) {
		if (memcmp(&a->ids[i], &v->x->id, sizeof(v->x->id)) == 0)
			continue;
		kith_buf_put_str(v->out, between);
		kith_app_put_name(&v->names, &a->ids[i], v->out);
		between = ", ";
	}
	kith_buf_put_str(v->out, a->proved ? ": one repository serves these keys\n"
					   : ": your configuration says so\n");
}

static void
put_path(struct view *v, const char *title)
{
	const struct kith_trust_path *p = &v->x->path;
	unsigned budget = v->levels->question.native->budget;
	size_t i;

	if (!p->n)
		return;
	kith_buf_printf(v->out, "  %s", title);
	put_person(v, p->steps[0].from);
	for (i = 0; i < p->n; i++) {
		kith_buf_printf(v->out, " -%s-> ", kith_level_name(p->steps[i].stated));
		put_person(v, p->steps[i].to);
	}
	kith_buf_printf(v->out, "   [%s, %u of %u left", kith_level_name(p->steps[p->n - 1].level),
			p->steps[p->n - 1].budget, budget);
	if (p->steps[p->n - 1].reach != KITH_REACH_DELEGATE)
		kith_buf_printf(v->out, ", %s only", reach_names[p->steps[p->n - 1].reach]);
	kith_buf_put_str(v->out, "]\n");
	for (i = 0; i < p->n; i++) {
		kith_buf_put_str(v->out, "                ");
		put_person(v, p->steps[i].from);
		kith_buf_printf(v->out, " says %s: ", kith_level_name(p->steps[i].stated));
		put_statement(v, p->steps[i].statement);
		kith_buf_put_char(v->out, '\n');
	}
}

static bool
is_root(const struct view *v, uint32_t person)
{
	struct kith_trust_person p;

	kith_trust_person(v->result, person, &p);
	return p.root;
}

static void
put_limits(struct view *v)
{
	const struct kith_trust_explanation *x = v->x;
	size_t i;

	if (x->limited_by_cap)
		kith_buf_put_str(v->out, "  limited by  a cap of your configuration\n");
	if (!x->n_limits || x->facts.approve >= KITH_LEVEL_HIGH)
		return;
	kith_buf_put_str(v->out, "  limited by  ");
	for (i = 0; i < x->n_limits; i++) {
		const struct kith_trust_step *s = &x->path.steps[x->limits[i]];

		kith_buf_put_str(v->out, i ? ", and " : "");
		if (is_root(v, s->from) &&
		    !kith_app_overlay_is(kith_trust_person_id(v->result, s->from))) {
			kith_buf_printf(v->out, "your own word, %s, about ",
					kith_level_name(s->stated));
		} else {
			put_person(v, s->from);
			kith_buf_printf(v->out, " says %s about ", kith_level_name(s->stated));
		}
		put_person(v, s->to);
	}
	if (x->raised > x->facts.approve)
		kith_buf_printf(v->out, "; raising %s would give %s",
				x->n_limits > 1 ? "them" : "it", kith_level_name(x->raised));
	kith_buf_put_char(v->out, '\n');
}

static void
put_bottleneck(struct view *v)
{
	const struct kith_trust_bottleneck *b = &v->x->bottleneck;
	size_t i;

	if (!v->x->has_bottleneck)
		return;
	kith_buf_printf(v->out, "  independent %zu introduction%s", b->introductions,
			b->introductions == 1 ? "" : "s that share nobody");
	for (i = 0; i < b->n_dominators; i++) {
		kith_buf_put_str(v->out, i ? ", " : "; every path passes ");
		put_person(v, b->dominators[i]);
	}
	kith_buf_put_char(v->out, '\n');
	for (i = 0; i < v->x->n_without; i++) {
		kith_buf_put_str(v->out, "  without     ");
		put_person(v, v->x->without[i].person);
		kith_buf_printf(v->out, ": %s\n",
				v->x->without[i].level >= KITH_LEVEL_LOW
				    ? kith_level_name(v->x->without[i].level)
				    : "not trusted");
	}
}

/* Roots who must agree: one's word is not the last. */
static bool
is_team(const struct view *v)
{
	return v->levels->question.threshold > 1;
}

/* What nobody has said himself: the starter set or configuration did. NULL: somebody has. */
static const char *
overlay_of(const struct view *v)
{
	struct kith_trust_statement s;

	if (!v->x->facts.pinned || v->x->facts.own_statement == KITH_NO_STATEMENT ||
	    kith_trust_graph_statement(v->graph, v->x->facts.own_statement, NULL, &s, NULL))
		return NULL;
	return kith_app_overlay_place(s.place);
}

static void
put_own_word(struct view *v)
{
	const struct kith_trust_person *p = &v->x->facts;
	const char *overlay = overlay_of(v);

	if (!p->pinned || p->root)
		return;
	if (overlay) {
		kith_buf_printf(v->out,
				"  said by     the %s: %s, for its reviews only; your own word "
				"would take its place\n",
				overlay, kith_level_name(p->own));
		return;
	}
	kith_buf_printf(
	    v->out, is_team(v) ? "  own word    of a root: %s" : "  your word   %s; it is final",
	    kith_level_name(p->own));
	if (p->own_statement != KITH_NO_STATEMENT) {
		kith_buf_put_str(v->out, " (");
		put_statement(v, p->own_statement);
		kith_buf_put_char(v->out, ')');
	}
	kith_buf_put_char(v->out, '\n');
}

static void
put_doubts(struct view *v)
{
	size_t i;

	for (i = 0; i < v->x->n_doubts; i++) {
		const struct kith_trust_doubt *d = &v->x->doubts[i];

		kith_buf_put_str(v->out, d->blocks ? "  blocked by  " : "  contested   by ");
		put_person(v, d->by);
		kith_buf_printf(v->out, " (%s%s): ", kith_level_name(d->by_object),
				d->blocks ? ", your contact" : "");
		put_statement(v, d->statement);
		kith_buf_put_char(v->out, '\n');
	}
}

static void
put_expiry(struct view *v)
{
	if (v->x->expires >= v->x->path.n)
		return;
	kith_buf_put_str(v->out, "  expires     ");
	kith_time_put_date(v->out, v->x->expiry);
	kith_buf_put_str(v->out, ": what ");
	put_person(v, v->x->path.steps[v->x->expires].from);
	kith_buf_put_str(v->out, " says about ");
	put_person(v, v->x->path.steps[v->x->expires].to);
	kith_buf_put_char(v->out, '\n');
}

/* Vouchers are sorted: whoever counts most comes first. */
static const char *
no_obstacle(const struct view *v)
{
	const struct kith_trust_explanation *x = v->x;

	if (is_team(v) && x->n_vouchers && x->vouchers[0].approve >= KITH_LEVEL_LOW)
		return "too few of the roots come to trust it";
	if (x->facts.pinned && overlay_of(v))
		return "nobody whom you trust says more";
	if (x->facts.pinned)
		return "you said so, and nobody whom you trust says otherwise";
	if (!x->n_vouchers)
		return "nobody you reach has heard of this id";
	return x->vouchers[0].approve < KITH_LEVEL_LOW
		   ? "only people whom you do not trust vouch for it"
		   : "more than one thing stands against it";
}

static void
put_obstacle(struct view *v)
{
	const struct kith_trust_explanation *x = v->x;

	kith_buf_put_str(v->out, "  because     ");
	switch (x->obstacle) {
	case KITH_OBSTACLE_NONE:
		kith_buf_put_str(v->out, no_obstacle(v));
		break;
	case KITH_OBSTACLE_PIN:
		kith_buf_put_str(v->out, "you said `none` yourself");
		break;
	case KITH_OBSTACLE_VETO:
		put_person(v, x->who);
		kith_buf_put_str(v->out, x->who == KITH_NO_PERSON ? " block every path"
								  : " blocks every path");
		break;
	case KITH_OBSTACLE_DISTRUST:
		kith_buf_put_str(v->out, "you distrust ");
		put_person(v, x->who);
		break;
	case KITH_OBSTACLE_REVOKED:
		put_person(v, x->who);
		kith_buf_put_str(v->out, " has revoked its key");
		break;
	case KITH_OBSTACLE_REACH:
		kith_buf_put_str(v->out, "somebody on the path may review, not introduce");
		break;
	case KITH_OBSTACLE_BUDGET:
		kith_buf_printf(v->out, "it is too far away: needs %u more than the budget of %u",
				x->more_budget, v->levels->question.native->budget);
		break;
	case KITH_OBSTACLE_SCOPE:
		kith_buf_put_str(v->out, "a statement on the path is for certain packages only");
		break;
	case KITH_OBSTACLE_EXPIRY:
		kith_buf_put_str(v->out, "a statement on the path has expired");
		break;
	case KITH_OBSTACLE_REMOVED:
		kith_buf_put_str(v->out, "your configuration leaves it out");
		break;
	}
	if (x->obstacle != KITH_OBSTACLE_NONE)
		kith_buf_printf(v->out, "; without that: %s", kith_level_name(x->would));
	kith_buf_put_char(v->out, '\n');
	put_path(v, "there is    ");
}

static void
put_vouchers(struct view *v)
{
	size_t i;

	for (i = 0; i < v->x->n_vouchers && i < 5; i++) {
		const struct kith_trust_voucher *w = &v->x->vouchers[i];

		kith_buf_put_str(v->out, "  vouched for by ");
		put_person(v, w->person);
		kith_buf_printf(v->out, " (says %s; %s): ", kith_level_name(w->stated),
				w->approve >= KITH_LEVEL_LOW ? kith_level_name(w->approve)
							     : "not trusted");
		put_statement(v, w->statement);
		kith_buf_put_char(v->out, '\n');
	}
	if (v->x->n_vouchers > 5)
		kith_buf_printf(v->out, "  … and %zu more\n", v->x->n_vouchers - 5);
}

/* The root has said it itself, and that decides: there is no path to show, nor a limit to lift. */
static bool
is_own_word_alone(const struct view *v)
{
	const struct kith_trust_explanation *x = v->x;

	return x->facts.pinned && x->facts.approve >= KITH_LEVEL_LOW && x->path.n == 1 &&
	       x->path.steps[0].statement == x->facts.own_statement && !x->limited_by_cap &&
	       !is_team(v);
}

static void
put_text(struct view *v)
{
	put_head(v);
	put_other_keys(v);
	put_own_word(v);
	if (v->x->facts.root) {
		put_doubts(v);
		return;
	}
	if (is_own_word_alone(v)) {
		put_expiry(v);
	} else if (v->x->facts.approve >= KITH_LEVEL_LOW) {
		put_path(v, "best path   ");
		put_limits(v);
		put_bottleneck(v);
		put_expiry(v);
	} else {
		put_obstacle(v);
		put_vouchers(v);
	}
	put_doubts(v);
}

static void
json_id(struct kith_json_writer *w, const char *key, const struct kith_id *id)
{
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	kith_json_member_str(w, key, text);
}

static void
json_person(struct view *v, struct kith_json_writer *w, const char *key, uint32_t person)
{
	if (person != KITH_NO_PERSON)
		json_id(w, key, kith_trust_person_id(v->result, person));
}

static void
json_statement(struct view *v, struct kith_json_writer *w, size_t statement)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_trust_statement s;

	kith_buf_init(&b, KITH_KIB(16));
	if (kith_trust_graph_statement(v->graph, statement, NULL, &s, NULL))
		return;
	kith_app_put_proof(v->names.index, s.place, &b);
	kith_json_member_string(w, "proof", kith_buf_carry(w->out, &b));
}

static void
json_path(struct view *v, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "path");
	kith_json_open_array(w);
	for (i = 0; i < v->x->path.n; i++) {
		const struct kith_trust_step *s = &v->x->path.steps[i];

		kith_json_open_object(w);
		json_person(v, w, "from", s->from);
		json_person(v, w, "to", s->to);
		kith_json_member_str(w, "stated", kith_level_name(s->stated));
		kith_json_member_str(w, "level", kith_level_name(s->level));
		kith_json_member_str(w, "reach", reach_names[s->reach]);
		kith_json_member_integer(w, "budget", s->budget);
		json_statement(v, w, s->statement);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
json_doubts(struct view *v, struct kith_json_writer *w)
{
	size_t i;

	kith_json_put_key(w, "contested_by");
	kith_json_open_array(w);
	for (i = 0; i < v->x->n_doubts; i++) {
		kith_json_open_object(w);
		json_person(v, w, "by", v->x->doubts[i].by);
		kith_json_member_str(w, "standing", kith_level_name(v->x->doubts[i].by_object));
		kith_json_member_boolean(w, "blocks", v->x->doubts[i].blocks);
		json_statement(v, w, v->x->doubts[i].statement);
		kith_json_close_object(w);
	}
	kith_json_close_array(w);
}

static void
json_other_keys(struct view *v, struct kith_json_writer *w)
{
	const struct kith_trust_actor *a = actor_of(v);
	char text[KITH_ID_TEXT + 1];
	size_t i;

	kith_json_put_key(w, "other_keys");
	kith_json_open_array(w);
	for (i = 0; a && i < a->n; i++) {
		if (memcmp(&a->ids[i], &v->x->id, sizeof(v->x->id)) == 0)
			continue;
		kith_base64_id(text, a->ids[i].bytes);
		kith_json_put_str(w, text);
	}
	kith_json_close_array(w);
}

static void
put_json(struct view *v)
{
	static const char *const obstacles[] = {NULL,      "own-word", "veto",   "distrust",
						"revoked", "reach",    "budget", "scope",
						"expiry",  "removed"};
	const struct kith_trust_explanation *x = v->x;
	struct kith_json_writer w;
	size_t i;

	kith_json_begin(&w, v->out, true);
	kith_json_open_object(&w);
	kith_json_member_str(&w, "schema", "kith.explain-person/1");
	json_id(&w, "id", &x->id);
	kith_json_member_str(&w, "approve", kith_level_name(x->facts.approve));
	kith_json_member_str(&w, "object", kith_level_name(x->facts.object));
	kith_json_member_boolean(&w, "root", x->facts.root);
	kith_json_member_boolean(&w, "revoked", x->facts.revoked);
	kith_json_member_str(&w, "own_word",
			     x->facts.pinned ? kith_level_name(x->facts.own) : NULL);
	json_other_keys(v, &w);
	json_path(v, &w);
	kith_json_member_integer(&w, "introductions",
				 x->has_bottleneck ? (int64_t)x->bottleneck.introductions : 0);
	kith_json_put_key(&w, "all_pass");
	kith_json_open_array(&w);
	for (i = 0; x->has_bottleneck && i < x->bottleneck.n_dominators; i++) {
		char text[KITH_ID_TEXT + 1];

		kith_base64_id(text,
			       kith_trust_person_id(v->result, x->bottleneck.dominators[i])->bytes);
		kith_json_put_str(&w, text);
	}
	kith_json_close_array(&w);
	json_doubts(v, &w);
	kith_json_member_str(&w, "obstacle", obstacles[x->obstacle]);
	kith_json_close_object(&w);
	kith_buf_put_char(v->out, '\n');
}

int
kith_app_explain_person(struct kith_session *s, const struct kith_app_levels *levels,
			const struct kith_trust_graph *graph, const struct kith_id *id,
			enum kith_format format, struct kith_buf *out, struct kith_error *err)
{
	struct kith_trust_explanation x;
	struct kith_trust_result *result = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct view v = {.levels = levels, .graph = graph, .x = &x, .out = out};
	struct kith_index *ix;
	int r;

	kith_arena_init(&arena, KITH_MIB(512));
	r = kith_app_index(s, &ix, err);
	if (!r)
		r = kith_trust_resolve(graph, &levels->question, &result, err);
	if (!r)
		r = kith_trust_explain(graph, &levels->question, result, id, &arena, &x, err);
	if (!r) {
		v.names.index = ix;
		v.names.exact = true;
		v.names.config = &levels->config;
		v.result = result;
		if (format == KITH_FORMAT_JSON)
			put_json(&v);
		else
			put_text(&v);
		r = kith_buf_check(out, err);
	}
	kith_trust_result_free(result);
	return r;
}
