/* SPDX-License-Identifier: Apache-2.0 */
/* kith query: lists of what the index knows. */
#include "app/query.h"

#include "app/levels.h"
#include "codec/base64.h"
#include "identity/ids.h"

#define QUERY_MAX KITH_MIB(512)

static const char *const names[] = {"ids",        "proofs",  "reviews",       "packages", "issues",
				    "advisories", "sources", "equivocations", "audits"};
static const char *const kinds[] = {"review", "trust", "code review", "unknown"};

int
kith_query_parse(const char *word, enum kith_query_what *ret_what)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(word, names[i]) == 0) {
			*ret_what = (enum kith_query_what)i;
			return 1;
		}
	}
	return 0;
}

struct query {
	struct kith_session *session;
	const struct kith_query_options *o;
	struct kith_index *index;
	struct kith_app_list list;
	bool has_author;
	struct kith_id author;
	struct kith_own_ids own;        /* o->mine */
	struct kith_span name, version; /* of o->package */
	struct kith_arena arena;
};

static bool
is_wanted(const struct query *q, const struct kith_id *author)
{
	size_t i;

	if (q->has_author && memcmp(author->bytes, q->author.bytes, KITH_ID_BYTES) != 0)
		return false;
	for (i = 0; q->o->mine && i < q->own.count; i++)
		if (!memcmp(author->bytes, q->own.items[i].key.id.bytes, KITH_ID_BYTES))
			return true;
	return !q->o->mine;
}

/* "==" proved by its own repository, "~=" only said, "??" said by others (crev format 6.5). */
static const char *
url_mark(const struct kith_index_id_info *id)
{
	if (id->proved)
		return "==";
	if (id->says_url)
		return "~=";
	return id->other_url.len ? "??" : "";
}

static void
put_actor(struct query *q, const struct kith_app_levels *levels, const struct kith_id *id)
{
	const struct kith_trust_actor *a =
	    kith_app_actor_of(levels->question.actors, levels->question.n_actors, id);

	if (a)
		kith_app_list_id(&q->list, "actor", kith_app_actor_first(a));
}

static int
query_ids(struct query *q, struct kith_error *err)
{
	struct kith_app_levels levels;
	struct kith_index_id_info id;
	size_t i, n = kith_index_count_ids(q->index);
	int r;

	r = kith_app_levels_new(q->session, ".", q->o->roots, q->o->n_roots, q->o->semantics,
				q->o->trusted || q->o->contested, &levels, err);
	if (r)
		return r;
	for (i = 0; !r && i < n; i++) {
		struct kith_app_standing standing;

		if (!kith_index_id_at(q->index, i, &id)) {
			r = kith_index_fail(err);
			break;
		}
		kith_app_levels_get(&levels, &id.id, &standing);
		if ((q->o->trusted && standing.approve < KITH_LEVEL_LOW) ||
		    (q->o->contested && !standing.contested))
			continue;
		kith_app_list_row(&q->list);
		kith_app_list_id(&q->list, "id", &id.id);
		if (levels.known) {
			kith_app_list_str(&q->list, "level", kith_level_name(standing.approve), 8);
			if (standing.object != standing.approve)
				kith_app_list_str(&q->list, "object",
						  kith_level_name(standing.object), 8);
			kith_app_list_flag(&q->list, "contested", standing.contested);
			if (q->list.is_json)
				put_actor(q, &levels, &id.id);
		}
		kith_app_list_number(&q->list, "reviews", id.reviews, 4);
		kith_app_list_str(&q->list, "url_known", url_mark(&id), 2);
		kith_app_list_text(&q->list, "url", id.says_url ? id.url : id.other_url, 0);
		kith_app_list_end_row(&q->list);
	}
	kith_app_levels_clear(&levels);
	return r;
}

static int
query_refused(struct query *q, struct kith_error *err)
{
	struct kith_index_source_info source;
	struct kith_index_refusal x;
	size_t i;

	for (i = 0; i < kith_index_count_refused(q->index); i++) {
		if (!kith_index_refused_at(q->index, i, &x) ||
		    !kith_index_source_at(q->index, x.source, &source))
			return kith_index_fail(err);
		kith_app_list_row(&q->list);
		kith_app_list_str(&q->list, "status", kith_proof_status_name(x.status), 9);
		kith_app_list_place(
		    &q->list, &(struct kith_place){source.name, source.commit, x.path, x.line});
		kith_app_list_text(&q->list, "cause", x.cause, 0);
		kith_app_list_end_row(&q->list);
	}
	return KITH_OK;
}

/* When this machine first saw a proof, and whether it is still served (verdict.md 7, 11). */
static void
put_history(struct query *q, const struct kith_index_proof_info *p)
{
	if (p->seen)
		kith_app_list_date(&q->list, "first_seen", (struct kith_time){p->seen, 0});
	if (p->has_previous)
		kith_app_list_date(&q->list, "previous_fetch", (struct kith_time){p->previous, 0});
	kith_app_list_flag(&q->list, "withdrawn", p->withdrawn);
	kith_app_list_flag(&q->list, "gone", p->gone);
}

static int
query_proofs(struct query *q, struct kith_error *err)
{
	struct kith_index_proof_info p;
	struct kith_place place;
	size_t i;

	if (q->o->refused)
		return query_refused(q, err);
	for (i = 0; i < kith_index_count_proofs(q->index); i++) {
		if (!kith_index_proof_at(q->index, i, &p) ||
		    !kith_index_place_at(q->index, &p, 0, &place))
			return kith_index_fail(err);
		if (!is_wanted(q, &p.author))
			continue;
		kith_app_list_row(&q->list);
		kith_app_list_digest(&q->list, "proof", &p.digest);
		kith_app_list_date(&q->list, "date", p.date);
		kith_app_list_str(&q->list, "kind", kinds[p.kind], 7);
		kith_app_list_id(&q->list, "author", &p.author);
		if (p.kind == KITH_PROOF_TRUST)
			kith_app_list_flag(&q->list, "distrust", p.level == KITH_LEVEL_DISTRUST);
		kith_app_list_place(&q->list, &place);
		if (q->list.is_json) {
			put_history(q, &p);
			kith_app_list_text(&q->list, "comment", p.comment, 0);
		}
		kith_app_list_end_row(&q->list);
	}
	return KITH_OK;
}

typedef void claim_fn(struct query *q, const struct kith_claim *c);

static void
put_claim_head(struct query *q, const struct kith_claim *c)
{
	kith_app_list_row(&q->list);
	kith_app_list_date(&q->list, "date", c->date);
	kith_app_list_text(&q->list, "package", c->name, 20);
	kith_app_list_text(&q->list, "version", c->version, 10);
	if (q->list.is_json)
		kith_app_list_text(&q->list, "registry", c->source, 0);
	kith_app_list_id(&q->list, "author", &c->author);
}

static void
put_claim_tail(struct query *q, const struct kith_claim *c)
{
	if (q->list.is_json) {
		kith_app_list_digest(&q->list, "proof", &c->proof);
		if (c->has_digest)
			kith_app_list_digest(&q->list, "digest", &c->digest);
		if (c->has_base)
			kith_app_list_text(&q->list, "base", c->base_version, 0);
		kith_app_list_flag(&q->list, "unmaintained", c->unmaintained);
		kith_app_list_flag(&q->list, "machine", c->has_llm);
	}
	if (c->n_places)
		kith_app_list_place(&q->list, &c->places[0]);
	if (q->list.is_json)
		kith_app_list_text(&q->list, "comment", c->comment, 0);
	kith_app_list_end_row(&q->list);
}

static void
put_review(struct query *q, const struct kith_claim *c)
{
	put_claim_head(q, c);
	kith_app_list_str(&q->list, "rating", c->empty ? "none" : kith_rating_name(c->rating), 8);
	kith_app_list_str(&q->list, "thoroughness", kith_level_name(c->thoroughness), 6);
	kith_app_list_str(&q->list, "understanding", kith_level_name(c->understanding), 6);
	put_claim_tail(q, c);
}

static const char *
range_name(enum kith_range range)
{
	static const char *const words[] = {"all", "major", "minor"};

	return words[range];
}

static void
put_issues(struct query *q, const struct kith_claim *c)
{
	size_t i;

	for (i = 0; i < c->n_issues; i++) {
		put_claim_head(q, c);
		kith_app_list_str(&q->list, "severity", kith_level_name(c->issues[i].severity), 6);
		kith_app_list_str(&q->list, "range", range_name(c->issues[i].range), 5);
		kith_app_list_text(&q->list, "issue", c->issues[i].id, 24);
		put_claim_tail(q, c);
	}
}

static void
put_advisories(struct query *q, const struct kith_claim *c)
{
	size_t i, j;

	for (i = 0; i < c->n_advisories; i++) {
		for (j = 0; j < c->advisories[i].n_ids; j++) {
			put_claim_head(q, c);
			kith_app_list_str(&q->list, "severity",
					  kith_level_name(c->advisories[i].severity), 6);
			kith_app_list_str(&q->list, "range", range_name(c->advisories[i].range), 5);
			kith_app_list_text(&q->list, "fixes", c->advisories[i].ids[j], 24);
			put_claim_tail(q, c);
		}
	}
}

static int
each_claim(struct query *q, enum kith_ecosystem eco, struct kith_span name, claim_fn *put,
	   struct kith_error *err)
{
	const struct kith_claim *claims;
	size_t n, i;
	int r;

	kith_arena_clear(&q->arena);
	r = kith_index_claims(q->index, eco, name, &q->arena, &claims, &n, err);
	for (i = 0; !r && i < n; i++) {
		const struct kith_claim *c = &claims[i];

		if (q->version.len && !kith_span_eq(q->version, c->version))
			continue;
		if (!is_wanted(q, &c->author))
			continue;
		put(q, c);
	}
	return r;
}

static int
query_claims(struct query *q, claim_fn *put, struct kith_error *err)
{
	enum kith_ecosystem eco;
	struct kith_span name;
	size_t i, n;
	int r = KITH_OK;

	if (q->name.len)
		return each_claim(q, KITH_ECO_CARGO, q->name, put, err);
	for (i = 0; !r && i < kith_index_count_names(q->index); i++) {
		if (!kith_index_name_at(q->index, i, &eco, &name, &n))
			return kith_index_fail(err);
		r = each_claim(q, eco, name, put, err);
	}
	return r;
}

static int
query_packages(struct query *q, struct kith_error *err)
{
	enum kith_ecosystem eco;
	struct kith_span name;
	size_t i, n;

	for (i = 0; i < kith_index_count_names(q->index); i++) {
		if (!kith_index_name_at(q->index, i, &eco, &name, &n))
			return kith_index_fail(err);
		if (q->name.len && !kith_span_eq(name, q->name))
			continue;
		kith_app_list_row(&q->list);
		kith_app_list_str(&q->list, "ecosystem", kith_ecosystem_name(eco), 6);
		kith_app_list_text(&q->list, "name", name, 30);
		kith_app_list_number(&q->list, "reviews", n, 4);
		kith_app_list_end_row(&q->list);
	}
	return KITH_OK;
}

/* What the mirror's own text says: attempts that failed are not in the index. */
static const struct kith_mirror *
find_mirror(const struct kith_mirrors *m, struct kith_span location)
{
	size_t i;

	for (i = 0; i < m->count; i++)
		if (kith_mirror_is_called(&m->items[i], location))
			return &m->items[i];
	return NULL;
}

static void
put_freshness(struct query *q, const struct kith_index_source_info *s,
	      const struct kith_mirrors *mirrors)
{
	const struct kith_mirror *m = find_mirror(mirrors, s->name);

	if (!q->list.is_json) {
		if (s->fetched)
			kith_app_list_date(&q->list, "last_success",
					   (struct kith_time){s->fetched, 0});
		else
			kith_app_list_str(&q->list, "last_success", "-", 10);
		kith_app_list_str(&q->list, "state", m && m->failures ? "failing" : "ok", 7);
		return;
	}
	if (s->baseline)
		kith_app_list_date(&q->list, "first_success", (struct kith_time){s->baseline, 0});
	if (s->fetched)
		kith_app_list_date(&q->list, "last_success", (struct kith_time){s->fetched, 0});
	if (!m || !m->attempt)
		return;
	kith_app_list_date(&q->list, "last_attempt", (struct kith_time){m->attempt, 0});
	if (!m->failures)
		return;
	kith_app_list_number(&q->list, "failures", m->failures, 0);
	kith_app_list_text(&q->list, "last_error", kith_span_str(m->error), 0);
	kith_app_list_date(&q->list, "next_attempt", (struct kith_time){kith_store_retry_at(m), 0});
}

static int
query_sources(struct query *q, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	struct kith_index_source_info s;
	size_t i;
	int r = kith_store_mirrors(&q->session->dirs, &mirrors, err);

	if (r)
		return r;
	for (i = 0; i < kith_index_count_sources(q->index); i++) {
		if (!kith_index_source_at(q->index, i, &s))
			return kith_index_fail(err);
		kith_app_list_row(&q->list);
		kith_app_list_number(&q->list, "files", s.files, 5);
		kith_app_list_number(&q->list, "proofs", s.proofs, 6);
		kith_app_list_number(&q->list, "valid", s.valid, 6);
		kith_app_list_number(&q->list, "obsolete", s.obsolete, 4);
		kith_app_list_number(&q->list, "refused", s.refused, 4);
		kith_app_list_flag(&q->list, "own", s.own);
		put_freshness(q, &s, &mirrors);
		kith_app_list_text(&q->list, "commit",
				   q->list.is_json ? s.commit : kith_span_sub(s.commit, 0, 12), 12);
		kith_app_list_text(&q->list, "source", s.name, 0);
		kith_app_list_end_row(&q->list);
	}
	return KITH_OK;
}

/* NAME or NAME@VERSION. */
static void
split_package(struct query *q)
{
	struct kith_span s = kith_span_str(q->o->package);
	size_t at = kith_span_find(s, 1, '@');

	q->name = kith_span_sub(s, 0, at);
	q->version = kith_span_sub(s, at + 1, SIZE_MAX);
}

static int
run(struct query *q, struct kith_error *err)
{
	int r;

	switch (q->o->what) {
	case KITH_QUERY_IDS:
		return query_ids(q, err);
	case KITH_QUERY_PROOFS:
		return query_proofs(q, err);
	case KITH_QUERY_REVIEWS:
		return query_claims(q, put_review, err);
	case KITH_QUERY_PACKAGES:
		return query_packages(q, err);
	case KITH_QUERY_ISSUES:
		return query_claims(q, put_issues, err);
	case KITH_QUERY_ADVISORIES:
		r = query_claims(q, put_advisories, err);
		if (!r && !q->o->mine && !q->has_author)
			r = kith_app_query_advisories(q->session, q->index, q->name, q->version,
						      &q->list, err);
		return r;
	case KITH_QUERY_SOURCES:
		return query_sources(q, err);
	case KITH_QUERY_AUDITS:
		return kith_app_query_audits(q->session, q->index, q->name, q->version, &q->list,
					     err);
	case KITH_QUERY_EQUIVOCATIONS:
		return kith_app_query_twice(q->session, q->index, q->has_author ? &q->author : NULL,
					    q->name, q->version, &q->list, err);
	}
	return kith_fail(err, KITH_E_USAGE, "no such list");
}

int
kith_query(struct kith_session *session, const struct kith_query_options *options, char **ret_text,
	   size_t *ret_len, size_t *ret_count, struct kith_error *err)
{
	struct query q = {.session = session, .o = options};
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, QUERY_MAX);
	if ((unsigned)options->what > KITH_QUERY_AUDITS)
		return kith_fail(err, KITH_E_USAGE, "no such list");
	kith_arena_init(&q.arena, KITH_MIB(512));
	r = kith_app_index(session, &q.index, err);
	if (!r && options->author) {
		q.has_author = true;
		r = kith_app_find_id(session, options->author, &q.author, err);
	}
	if (!r && options->mine)
		r = kith_own_ids_list(session->dirs.config, &q.own, err);
	if (r)
		return r;
	if (options->package)
		split_package(&q);
	kith_app_list_begin(&q.list, &b, names[options->what], options->format, options->width);
	r = run(&q, err);
	kith_app_list_end(&q.list);
	kith_arena_clear(&q.arena);
	kith_own_ids_clear(&q.own);
	if (!r)
		r = kith_app_take_text(&b, ret_text, ret_len, err);
	if (!r)
		*ret_count = q.list.rows;
	return r;
}
