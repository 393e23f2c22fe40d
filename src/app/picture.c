/* SPDX-License-Identifier: Apache-2.0 */
/* kith graph: the web of trust through somebody's eyes, handed to the renderers of report. */
#include "app/picture.h"
#include "app/overlay.h"

#include "app/explain.h"
#include "codec/base64.h"

#define PERSONS_MAX ((size_t)1000000)

static const char *const formats[] = {"terminal", "svg", "dot", "json"};

int
kith_graph_format_parse(const char *word, enum kith_graph_format *ret_format)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(word, formats[i]) == 0) {
			*ret_format = (enum kith_graph_format)i;
			return 1;
		}
	}
	return 0;
}

static void
filling_clear(struct kith_app_filling *f)
{
	kith_trust_result_free(f->result);
	kith_app_ids_clear(&f->roots);
	kith_app_config_clear(&f->config);
	kith_arena_clear(&f->arena);
	free(f->persons);
	free(f->standing);
	free(f->numbers);
	free(f->edges);
}

/*
 * "dpc" of https://github.com/dpc/crev-proofs, "dpc@gitlab.com" of another host's, the host where
 * there is nothing else. A URL is somebody's word, so this is too.
 */
static int
short_name(struct kith_app_filling *f, struct kith_span url, struct kith_span *ret_name,
	   struct kith_error *err)
{
	struct kith_span rest = url, host, owner, folder;
	KITH_AUTO_BUF struct kith_buf b;
	size_t at;
	int r;

	for (at = 0; at + 3 <= rest.len; at++)
		if (memcmp(rest.ptr + at, "://", 3) == 0) {
			rest = kith_span_sub(rest, at + 3, rest.len);
			break;
		}
	at = kith_span_find(rest, 0, '/');
	host = kith_span_sub(rest, 0, at);
	rest = kith_span_sub(rest, at + 1, rest.len);
	owner = kith_span_sub(rest, 0, kith_span_find(rest, 0, '/'));
	folder = kith_span_sub(rest, owner.len + 1, rest.len);
	kith_buf_init(&b, KITH_MAX_YAML_BYTES);
	if (owner.len && folder.len)
		kith_buf_put_span(&b, owner);
	if (b.len && !kith_span_is(host, "github.com"))
		kith_buf_put_char(&b, '@');
	if (!kith_span_is(host, "github.com"))
		kith_buf_put_span(&b, host);
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	return kith_arena_copy(&f->arena, kith_buf_span(&b), ret_name) ? KITH_OK
								       : kith_fail_nomem(err);
}

static int
put_actor(struct kith_app_filling *f, const struct kith_id *id, struct kith_picture_person *x,
	  struct kith_error *err)
{
	const struct kith_trust_actor *a = kith_app_actor_of(f->actors, f->n_actors, id);
	char text[KITH_ID_TEXT + 1];

	if (!a)
		return KITH_OK;
	kith_base64_id(text, kith_app_actor_first(a)->bytes);
	return kith_arena_copy(&f->arena, kith_span_str(text), &x->actor) ? KITH_OK
									  : kith_fail_nomem(err);
}

/* What the index knows about the id. */
static int
describe(struct kith_app_filling *f, const struct kith_id *id, struct kith_picture_person *x,
	 struct kith_error *err)
{
	struct kith_index_id_info info;
	char text[KITH_ID_TEXT + 1];
	size_t i;

	kith_base64_id(text, id->bytes);
	if (!kith_arena_copy(&f->arena, kith_span_str(text), &x->id))
		return kith_fail_nomem(err);
	if (!kith_index_find_id(f->index, id, &i))
		return KITH_OK;
	if (!kith_index_id_at(f->index, i, &info))
		return kith_index_fail(err);
	x->url = info.says_url ? info.url : info.other_url;
	x->url_proved = info.proved;
	x->reviews = info.reviews;
	return x->url.len ? short_name(f, x->url, &x->name, err) : KITH_OK;
}

/* Adds a person; `number` in the result, or SIZE_MAX for somebody nobody speaks of. */
static int
add_person(struct kith_app_filling *f, const struct kith_id *id, size_t number,
	   struct kith_error *err)
{
	struct kith_trust_person p = {.approve = KITH_LEVEL_NONE, .object = KITH_LEVEL_NONE};
	struct kith_picture_person x = {0};
	size_t want = f->n_persons + 1;
	int r;

	if (number != SIZE_MAX)
		kith_trust_person(f->result, number, &p);
	x.approve = p.approve;
	x.object = p.object;
	x.budget = p.budget;
	x.root = p.root;
	x.contact = p.contact > KITH_LEVEL_NONE;
	x.pinned = p.pinned && !p.root;
	x.own = p.own;
	x.blocked = p.blocked > KITH_LEVEL_NONE && p.approve < p.object;
	x.revoked = p.revoked;
	r = describe(f, id, &x, err);
	if (!r)
		r = put_actor(f, id, &x, err);
	if (!r)
		r = kith_grow(&f->persons, &f->cap_persons, want, sizeof(x), PERSONS_MAX, "persons",
			      err);
	if (!r)
		r = kith_grow(&f->standing, &f->cap_standing, want, sizeof(p), PERSONS_MAX,
			      "persons", err);
	if (!r)
		r = kith_grow(&f->numbers, &f->cap_numbers, want, sizeof(number), PERSONS_MAX,
			      "persons", err);
	if (r)
		return r;
	if (number != SIZE_MAX)
		f->at[number] = (uint32_t)f->n_persons;
	f->persons[f->n_persons] = x;
	f->standing[f->n_persons] = p;
	f->numbers[f->n_persons++] = number;
	return KITH_OK;
}

/* Whether the person is more than an id that somebody has heard of. */
static bool
matters(const struct kith_trust_person *p)
{
	return p->root || p->approve > KITH_LEVEL_NONE || p->object > KITH_LEVEL_NONE ||
	       p->pinned || p->revoked || p->blocked > KITH_LEVEL_NONE;
}

/* In a small web everybody; in a big one those who matter, and the rest is counted. */
static int
add_persons(struct kith_app_filling *f, struct kith_error *err)
{
	size_t n = kith_trust_count_persons(f->result), known = kith_index_count_ids(f->index), i;
	bool all = !f->standing_only && n + known <= KITH_MAX_PICTURE_PERSONS;
	struct kith_index_id_info info;
	struct kith_trust_person p;
	size_t number;
	int r = KITH_OK;

	f->at = kith_arena_array(&f->arena, n + 1, sizeof(*f->at));
	if (!f->at)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		f->at[i] = KITH_PICTURE_NONE;
	for (i = 0; !r && i < n; i++) {
		kith_trust_person(f->result, i, &p);
		if (all || matters(&p))
			r = add_person(f, kith_trust_person_id(f->result, i), i, err);
		else
			f->picture.n_strangers += !f->standing_only;
	}
	for (i = 0; !r && !f->standing_only && i < known; i++) {
		if (!kith_index_id_at(f->index, i, &info) ||
		    kith_trust_person_find(f->result, &info.id, &number))
			continue;
		if (all)
			r = add_person(f, &info.id, SIZE_MAX, err);
		else
			f->picture.n_strangers++;
	}
	return r;
}

/* Whoever somebody with standing distrusts, also where it has no effect (N9). */
static int
mark_contested(struct kith_app_filling *f, struct kith_error *err)
{
	const struct kith_trust_doubt *doubts;
	size_t n, i;
	int r;

	r = kith_trust_doubts(f->result, &f->arena, &doubts, &n, err);
	for (i = 0; !r && i < n; i++)
		if (f->at[doubts[i].about] != KITH_PICTURE_NONE)
			f->persons[f->at[doubts[i].about]].contested = true;
	return r;
}

/* The person of a reviewer, made if there is none yet. */
static int
reviewer(struct kith_app_filling *f, const struct kith_id *id, uint32_t *ret_person,
	 struct kith_error *err)
{
	size_t number = SIZE_MAX, i;
	char text[KITH_ID_TEXT + 1];
	int r;

	if (kith_trust_person_find(f->result, id, &number) && f->at[number] != KITH_PICTURE_NONE) {
		*ret_person = f->at[number];
		return KITH_OK;
	}
	kith_base64_id(text, id->bytes);
	for (i = 0; number == SIZE_MAX && i < f->n_persons; i++) {
		if (f->numbers[i] == SIZE_MAX &&
		    kith_span_eq(f->persons[i].id, kith_span_str(text))) {
			*ret_person = (uint32_t)i;
			return KITH_OK;
		}
	}
	r = add_person(f, id, number, err);
	*ret_person = (uint32_t)f->n_persons - 1;
	return r;
}

/* Of several reviews by one author the newest is shown. */
static int
note_review(struct kith_app_filling *f, const struct kith_claim *claim, struct kith_time *dates,
	    struct kith_error *err)
{
	struct kith_picture_person *x;
	uint32_t person = 0;
	char *text;
	int r;

	r = reviewer(f, &claim->author, &person, err);
	if (r)
		return r;
	x = &f->persons[person];
	if (x->reviewer && kith_time_cmp(claim->date, dates[person]) <= 0)
		return KITH_OK;
	x->reviewer = true;
	dates[person] = claim->date;
	text = kith_asprintf("%s %.*s", kith_rating_name(claim->rating),
			     KITH_SPAN_FMT(claim->version));
	if (!text || !kith_arena_copy(&f->arena, kith_span_str(text), &x->note))
		r = kith_fail_nomem(err);
	free(text);
	return r;
}

/* Reviewers who do not stand on a common person, as far as there are such (trust.md 4.5). */
static int
mark_ways(struct kith_app_filling *f, struct kith_error *err)
{
	uint32_t *reviewers = kith_arena_array(&f->arena, f->n_persons + 1, sizeof(*reviewers));
	struct kith_trust_ways_found found = {0};
	struct kith_trust_ways *ways = NULL;
	size_t n = 0, i, k;
	int r;

	if (!reviewers)
		return kith_fail_nomem(err);
	for (i = 0; i < f->n_persons; i++)
		if (f->persons[i].reviewer && f->persons[i].approve >= KITH_LEVEL_LOW)
			reviewers[n++] = (uint32_t)f->numbers[i];
	r = kith_trust_ways_new(f->result, KITH_LEVEL_LOW, &ways, err);
	if (!r)
		r = kith_trust_ways_find(ways, reviewers, n, &f->arena, &found, err);
	for (i = 0; !r && i < found.n_ways; i++)
		for (k = 0; k < found.ways[i].n; k++)
			if (f->at[found.ways[i].persons[k]] != KITH_PICTURE_NONE)
				f->persons[f->at[found.ways[i].persons[k]]].on_way = true;
	f->picture.independent = (uint32_t)found.count;
	kith_trust_ways_free(ways);
	return r;
}

static int
mark_reviewers(struct kith_app_filling *f, struct kith_error *err)
{
	const struct kith_claim *claims = NULL;
	struct kith_time *dates;
	size_t n = 0, i, seen = 0;
	int r;

	r = kith_index_claims(f->index, KITH_ECO_CARGO, f->package, &f->arena, &claims, &n, err);
	dates = kith_arena_array(&f->arena, f->n_persons + n + 1, sizeof(*dates));
	if (!r && !dates)
		r = kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++) {
		if (!claims[i].is_signed ||
		    (f->version.len && !kith_span_eq(claims[i].version, f->version)))
			continue;
		r = note_review(f, &claims[i], dates, err);
		seen++;
	}
	if (r)
		return r;
	if (!seen)
		return kith_hint(err,
				 kith_fail(err, KITH_E_NOTFOUND,
					   "nobody here has reviewed %.*s%s%.*s",
					   KITH_SPAN_FMT(f->package), f->version.len ? " " : "",
					   KITH_SPAN_FMT(f->version)),
				 "kith query packages lists what has been reviewed");
	return mark_ways(f, err);
}

static int
read_package(struct kith_app_filling *f, const char *word, struct kith_error *err)
{
	struct kith_app_package_word w;
	char *text;
	int r;

	r = kith_app_package_word(word, &w, err);
	if (r)
		return r;
	if (!w.name.len)
		return kith_fail(err, KITH_E_USAGE, "'%s' names no package", word);
	f->package = w.name;
	f->version = w.version;
	text = kith_asprintf("cargo:%.*s", KITH_SPAN_FMT(w.name));
	if (!text || !kith_arena_copy(&f->arena, kith_span_str(text), &f->subject))
		r = kith_fail_nomem(err);
	free(text);
	f->picture.package = kith_span_str(word);
	return r;
}

/* Whoever publishes the package approves nothing of it, nor whom it introduced (trust.md N13). */
static int
take_publishers(struct kith_app_filling *f, const struct kith_app_trust_config *c,
		struct kith_trust_question *q, struct kith_error *err)
{
	struct kith_id *ids;
	size_t i, k, n = 0;

	for (i = 0; i < c->n_publishers; i++)
		n += c->publishers[i].n_ids;
	ids = kith_arena_array(&f->arena, n + 1, sizeof(*ids));
	if (!ids)
		return kith_fail_nomem(err);
	for (i = n = 0; i < c->n_publishers; i++)
		for (k = 0; k < c->publishers[i].n_ids; k++)
			if (kith_glob_match(c->publishers[i].package, f->package))
				ids[n++] = c->publishers[i].ids[k];
	q->publishers = ids;
	q->n_publishers = n;
	return KITH_OK;
}

static int
resolve(struct kith_app_filling *f, const struct kith_graph_options *o, struct kith_error *err)
{
	const struct kith_app_trust_config *c = &f->config.trust;
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_NATIVE, .now = f->session->now};
	int r = KITH_OK;

	f->standing_only = o->standing;
	if (o->package)
		r = read_package(f, o->package, err);
	if (!r)
		r = kith_app_index(f->session, &f->index, err);
	if (!r)
		r = kith_app_config_load(f->session, o->project ? o->project : ".", &f->config,
					 err);
	if (!r)
		r = kith_app_config_roots(f->session, &f->config, o->roots, o->n_roots,
					  KITH_SEMANTICS_NATIVE, &f->roots, err);
	if (!r)
		r = kith_app_graph(f->session, f->index, &f->config, &f->graph, err);
	if (!r)
		kith_app_config_match_ignores(&f->config, f->index, f->graph);
	q.roots = f->roots.list;
	q.n_roots = f->roots.count;
	q.subject = f->subject;
	q.threshold = c->threshold;
	q.native = f->native = &c->native;
	q.caps = c->caps;
	q.n_caps = c->n_caps;
	q.ignores = c->ignores;
	q.n_ignores = c->n_ignores;
	if (!r)
		r = kith_app_actors_list(f->index, c, &f->arena, &f->actors, &f->n_actors, err);
	if (!r && o->package)
		r = take_publishers(f, c, &q, err);
	q.actors = f->actors;
	q.n_actors = f->n_actors;
	return r ? r : kith_trust_resolve(f->graph, &q, &f->result, err);
}

static int
fill(struct kith_app_filling *f, const struct kith_graph_options *o, struct kith_error *err)
{
	int r;

	r = resolve(f, o, err);
	if (!r)
		r = add_persons(f, err);
	if (!r)
		r = mark_contested(f, err);
	if (!r && o->package)
		r = mark_reviewers(f, err);
	if (!r)
		r = kith_app_picture_edges(f, err);
	f->picture.persons = f->persons;
	f->picture.n_persons = (uint32_t)f->n_persons;
	f->picture.edges = f->edges;
	f->picture.n_edges = f->n_edges;
	return r;
}

static int
render(const struct kith_picture *p, const struct kith_graph_options *o, struct kith_buf *out,
       struct kith_error *err)
{
	const struct kith_picture_options text = {.color = o->color, .width = o->width};

	switch (o->format) {
	case KITH_GRAPH_SVG:
		return kith_report_picture_svg(p, out, err);
	case KITH_GRAPH_DOT:
		return kith_report_picture_dot(p, out, err);
	case KITH_GRAPH_JSON:
		return kith_report_picture_json(p, out, err);
	case KITH_GRAPH_TERMINAL:
	default:
		return kith_report_picture_text(p, &text, out, err);
	}
}

int
kith_graph(struct kith_session *session, const struct kith_graph_options *options, char **ret_text,
	   size_t *ret_len, struct kith_error *err)
{
	struct kith_app_filling f = {.session = session};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_arena_init(&f.arena, KITH_MIB(1024));
	kith_buf_init(&b, KITH_MAX_PICTURE_BYTES * 8);
	r = fill(&f, options, err);
	if (!r)
		r = render(&f.picture, options, &b, err);
	filling_clear(&f);
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}
