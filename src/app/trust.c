/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith trust, distrust, untrust, id revoke: from words to a signed statement. A URL means only an
 * id that the repository there itself proves, never one that merely claims it.
 */
#include "app/author.h"
#include "app/what_if.h"
#include "codec/base64.h"

#define MAX_PEOPLE 100

struct statement {
	struct kith_session *session;
	const struct kith_trust_options *o;
	struct kith_app_ids people, ignored;
	enum kith_reach reach;
	bool limited;
	struct kith_time until;
	struct kith_arena arena; /* of what the proof says */
};

static void
clear(struct statement *t)
{
	kith_app_ids_clear(&t->people);
	kith_app_ids_clear(&t->ignored);
	kith_arena_clear(&t->arena);
}

/* --- who is meant --- */

static bool
find_named(const struct kith_app_config *c, const char *word, struct kith_id *ret_id)
{
	size_t i;

	for (i = 0; i < c->merged->n_people; i++) {
		if (kith_span_is(c->merged->people[i].name, word)) {
			*ret_id = c->merged->people[i].id;
			return true;
		}
	}
	return false;
}

/* A repository that is not here yet is fetched: only then can it prove anything. */
static int
find_at_url(struct kith_session *s, const char *url, struct kith_id *ret_id, struct kith_error *err)
{
	const struct kith_fetch_options o = {.sources = &url, .n_sources = 1};
	struct kith_fetch_result result;
	char *text = NULL;
	size_t len;
	int r = kith_app_find_id(s, url, ret_id, err);

	if (r != KITH_E_NOTFOUND)
		return r;
	if (!s->offline) {
		r = kith_fetch(s, &o, &text, &len, &result, err);
		kith_free(text);
		if (r)
			return r;
		if (result.failed)
			return kith_hint(err,
					 kith_fail(err, KITH_E_NET, "%s cannot be fetched", url),
					 "kith fetch %s says why; or give the id", url);
		r = kith_app_find_id(s, url, ret_id, err);
	}
	if (r != KITH_E_NOTFOUND)
		return r;
	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "%s: no id is proved by that repository", url),
	    "who only claims this URL is not meant: ask for the id");
}

static int
find_person(struct kith_session *s, const struct kith_app_config *c, const char *word,
	    struct kith_id *ret_id, struct kith_error *err)
{
	struct kith_index *ix;
	size_t i;
	int r;

	if (find_named(c, word, ret_id))
		return KITH_OK;
	if (strstr(word, "://"))
		return find_at_url(s, word, ret_id, err);
	r = kith_app_find_id(s, word, ret_id, err);
	if (r == KITH_E_NOTFOUND && err)
		err->code = KITH_E_USAGE;
	if (r)
		return r == KITH_E_NOTFOUND ? KITH_E_USAGE : r;
	r = kith_app_index(s, &ix, err);
	if (!r && !kith_index_find_id(ix, ret_id, &i))
		kith_app_warn(s, "%s: nothing by this id is known here", word);
	return r;
}

static int
find_people(struct statement *t, const struct kith_app_config *c, const char *const *words,
	    size_t n, struct kith_app_ids *ids, struct kith_error *err)
{
	struct kith_id id;
	size_t i;
	int r = KITH_OK;

	if (n > MAX_PEOPLE)
		return kith_fail(err, KITH_E_LIMIT, "more than %d people at once", MAX_PEOPLE);
	for (i = 0; !r && i < n; i++) {
		r = find_person(t->session, c, words[i], &id, err);
		if (!r)
			r = kith_app_ids_add(ids, &id, err);
	}
	return r;
}

/* --- limits --- */

static int
read_until(struct statement *t, struct kith_error *err)
{
	const char *text = t->o->until;

	if (!text)
		return KITH_OK;
	if (!kith_time_parse(kith_span_str(text), &t->until, NULL) &&
	    !kith_time_parse_date(kith_span_str(text), &t->until))
		return kith_fail(err, KITH_E_USAGE, "--until: '%s' is no date", text);
	if (kith_time_cmp(t->until, t->session->now) <= 0)
		return kith_fail(err, KITH_E_USAGE, "--until: %s is over already", text);
	t->limited = true;
	return KITH_OK;
}

static int
read_reach(struct statement *t, struct kith_error *err)
{
	int i;

	t->reach = KITH_REACH_DELEGATE;
	if (!t->o->reach)
		return KITH_OK;
	for (i = KITH_REACH_REVIEWS; i <= KITH_REACH_DELEGATE; i++) {
		if (strcmp(t->o->reach, kith_reach_name((enum kith_reach)i)) != 0)
			continue;
		t->reach = (enum kith_reach)i;
		t->limited = t->limited || i != KITH_REACH_DELEGATE;
		return KITH_OK;
	}
	return kith_fail(err, KITH_E_USAGE,
			 "--reach: '%s' is none of: reviews, introduce, delegate", t->o->reach);
}

static int
read_limits(struct statement *t, struct kith_error *err)
{
	const char *scope = t->o->scope;
	int r = read_until(t, err);

	if (!r)
		r = read_reach(t, err);
	if (r)
		return r;
	if (scope && (!*scope || strlen(scope) > KITH_MAX_SCOPE))
		return kith_fail(err, KITH_E_USAGE,
				 "--scope: a glob of 1 to %d bytes, such as "
				 "'cargo:serde*'",
				 KITH_MAX_SCOPE);
	t->limited = t->limited || scope;
	if (t->limited)
		kith_app_note(t->session, "a statement with limits: cargo-crev will not see it");
	return KITH_OK;
}

static int
read_statement(struct statement *t, const struct kith_app_config *c, struct kith_error *err)
{
	int r;

	if (!t->o->n_people)
		return kith_fail(err, KITH_E_USAGE, "whom?");
	r = read_limits(t, err);
	if (!r)
		r = find_people(t, c, t->o->people, t->o->n_people, &t->people, err);
	if (!r)
		r = find_people(t, c, t->o->overrides, t->o->n_overrides, &t->ignored, err);
	if (!r && t->o->name && t->people.count != 1)
		return kith_fail(err, KITH_E_USAGE, "a local name is for one person");
	return r;
}

/* --- what it would change --- */

static int
change_graph(struct statement *t, const struct kith_app_levels *levels, const struct kith_id *from,
	     struct kith_trust_graph **ret_graph, struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_trust_change *list = kith_calloc(t->people.count, sizeof(*list));
	size_t i;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < t->people.count; i++) {
		list[i].kind = KITH_CHANGE_SAY;
		list[i].statement = (struct kith_trust_statement){
		    .from = *from,
		    .to = t->people.list[i],
		    .level = t->o->level,
		    .date = t->session->now,
		    .ignores = t->ignored.list,
		    .n_ignores = t->ignored.count,
		    .reach = t->reach,
		    .scope = kith_span_str(t->o->scope),
		    .has_until = t->o->until != NULL,
		    .until = t->until,
		    .place = UINT64_MAX,
		};
	}
	return kith_trust_graph_change(levels->graph, list, t->people.count, ret_graph, err);
}

int
kith_trust_preview(struct kith_session *session, const struct kith_trust_options *options,
		   const char *path, char **ret_text, size_t *ret_len, struct kith_error *err)
{
	KITH_CLEANUP(clear) struct statement t = {.session = session, .o = options};
	const struct kith_explain_options explain = {.path = path ? path : "/"};
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	struct kith_trust_graph *changed = NULL;
	struct kith_app_levels levels;
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_MIB(4));
	r = kith_app_own_key(session, options->author.id, &key, err);
	if (!r)
		r = kith_app_levels_new(session, path, NULL, 0, KITH_SEMANTICS_NATIVE, false,
					&levels, err);
	if (r)
		return r;
	r = read_statement(&t, &levels.config, err);
	if (!r && levels.known)
		r = change_graph(&t, &levels, &key.id, &changed, err);
	if (!r && levels.known)
		r = kith_app_put_difference(session, &levels, changed, &explain, &b, err);
	else if (!r)
		kith_buf_put_str(&b, "nobody is trusted yet\n");
	kith_trust_graph_free(changed);
	kith_app_levels_clear(&levels);
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}

static int
compare(struct statement *t, const struct kith_app_levels *levels, const struct kith_id *from,
	size_t *ret_up, size_t *ret_down, struct kith_error *err)
{
	const struct kith_trust_difference *d = NULL;
	struct kith_trust_graph *changed = NULL;
	struct kith_trust_result *after = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	size_t n = 0, i;
	int r;

	kith_arena_init(&arena, KITH_MIB(64));
	r = change_graph(t, levels, from, &changed, err);
	if (!r)
		r = kith_trust_resolve(changed, &levels->question, &after, err);
	if (!r)
		r = kith_trust_compare(levels->result, after, &arena, &d, &n, err);
	for (i = 0; !r && i < n; i++) {
		*ret_up += d[i].approve[1] > d[i].approve[0];
		*ret_down += d[i].approve[1] < d[i].approve[0];
	}
	kith_trust_result_free(after);
	kith_trust_graph_free(changed);
	return r;
}

/* For the one line that is told after the proof is stored. */
static int
count_changes(struct statement *t, const struct kith_id *from, size_t *ret_up, size_t *ret_down,
	      struct kith_error *err)
{
	struct kith_app_levels levels;
	int r = kith_app_levels_new(t->session, NULL, NULL, 0, KITH_SEMANTICS_NATIVE, false,
				    &levels, err);

	*ret_up = *ret_down = 0;
	if (r)
		return r;
	if (levels.known)
		r = compare(t, &levels, from, ret_up, ret_down, err);
	kith_app_levels_clear(&levels);
	return r;
}

/* --- the proof --- */

/* Ids with the URL that they say themselves, as others need it to fetch them. */
static int
put_ids(struct statement *t, const struct kith_app_ids *ids, const struct kith_public_id **ret,
	struct kith_error *err)
{
	struct kith_public_id *list = kith_arena_array(&t->arena, ids->count, sizeof(*list));
	struct kith_index_id_info info;
	struct kith_index *ix;
	size_t i, at;
	int r = kith_app_index(t->session, &ix, err);

	if (r)
		return r;
	for (i = 0; list && i < ids->count; i++) {
		list[i].id = ids->list[i];
		list[i].valid = true;
		if (!kith_index_find_id(ix, &ids->list[i], &at) ||
		    !kith_index_id_at(ix, at, &info) || !info.says_url)
			continue;
		if (!kith_arena_copy(&t->arena, info.url, &list[i].url))
			return kith_fail_nomem(err);
	}
	if (!list)
		return kith_fail_nomem(err);
	*ret = list;
	return KITH_OK;
}

static int
fill_proof(struct statement *t, struct kith_proof *p, struct kith_error *err)
{
	int r = put_ids(t, &t->people, &p->ids, err);

	if (!r)
		r = put_ids(t, &t->ignored, &p->overrides, err);
	p->kind = KITH_PROOF_TRUST;
	p->n_ids = t->people.count;
	p->n_overrides = t->ignored.count;
	p->level = t->o->level;
	p->comment = kith_span_str(t->o->comment);
	p->limited = t->limited;
	p->reach = t->reach;
	p->scope = kith_span_str(t->o->scope);
	p->has_until = t->o->until != NULL;
	p->until = t->until;
	return r;
}

/* As cargo-crev words it (crev format 6.3). */
static void
put_message(const struct statement *t, struct kith_buf *out)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	kith_buf_put_str(out, t->o->level == KITH_LEVEL_DISTRUST ? "Set distrust for "
			      : t->o->level == KITH_LEVEL_NONE   ? "Remove trust for "
								 : "Add trust for ");
	for (i = 0; i < t->people.count; i++) {
		kith_base64_id(text, t->people.list[i].bytes);
		kith_buf_printf(out, "%s%s", i ? ", " : "", text);
	}
}

static int
refuse_self(const struct statement *t, const struct kith_id *self, struct kith_error *err)
{
	size_t i;

	for (i = 0; i < t->people.count; i++)
		if (memcmp(t->people.list[i].bytes, self->bytes, KITH_ID_BYTES) == 0)
			return kith_hint(
			    err, kith_fail(err, KITH_E_USAGE, "this is the id that would say so"),
			    "kith id revoke gives an own id up for good");
	return KITH_OK;
}

static int
set_name(struct statement *t, struct kith_error *err)
{
	char text[KITH_ID_TEXT + 1] = {0};
	const struct kith_config_pair pair = {.key = kith_span_str(t->o->name),
					      .type = KITH_PAIR_TEXT,
					      .text = kith_span(text, KITH_ID_TEXT)};

	kith_base64_id(text, t->people.list[0].bytes);
	return t->o->name ? kith_app_config_set(t->session, "names", &pair, err) : KITH_OK;
}

static int
check_name(struct statement *t, const struct kith_app_config *c, struct kith_error *err)
{
	struct kith_id id;

	if (!t->o->name || !find_named(c, t->o->name, &id) ||
	    memcmp(id.bytes, t->people.list[0].bytes, KITH_ID_BYTES) == 0)
		return KITH_OK;
	return kith_fail(err, KITH_E_USAGE, "'%s' is the name of somebody else already",
			 t->o->name);
}

static void
tell(struct statement *t, size_t up, size_t down)
{
	if (t->o->level == KITH_LEVEL_NONE)
		kith_app_note(t->session, "they stay out, whoever else trusts them");
	if (up || down)
		kith_app_note(t->session, "what changed: %zu %s more trust, %zu less", up,
			      up == 1 ? "person has" : "people have", down);
}

static int
say(struct statement *t, struct kith_app_author *a, char **ret_text, size_t *ret_len,
    struct kith_error *err)
{
	struct kith_proof p = {.kind = KITH_PROOF_TRUST};
	KITH_AUTO_BUF struct kith_buf message;
	int r;

	kith_buf_init(&message, KITH_KIB(16));
	kith_arena_init(&t->arena, KITH_MIB(4));
	put_message(t, &message);
	r = kith_buf_check(&message, err);
	if (!r)
		r = fill_proof(t, &p, err);
	if (!r)
		r = kith_app_author_sign(a, &p, err);
	if (!r)
		r = kith_app_author_finish(a, kith_buf_str(&message), ret_text, ret_len, err);
	return r;
}

int
kith_trust(struct kith_session *session, const struct kith_trust_options *options, char **ret_text,
	   size_t *ret_len, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config c = {0};
	KITH_CLEANUP(clear) struct statement t = {.session = session, .o = options};
	KITH_AUTO_AUTHOR struct kith_app_author a = {0};
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	size_t up = 0, down = 0;
	int r;

	/* whatever may be wrong is found before a passphrase is asked for */
	r = kith_app_own_key(session, options->author.id, &key, err);
	if (!r)
		r = kith_app_config_load(session, NULL, &c, err);
	if (!r)
		r = read_statement(&t, &c, err);
	if (!r)
		r = refuse_self(&t, &key.id, err);
	if (!r)
		r = check_name(&t, &c, err);
	if (!r)
		r = count_changes(&t, &key.id, &up, &down, err);
	if (!r)
		r = kith_app_author_begin(session, &options->author, &a, err);
	if (!r)
		r = say(&t, &a, ret_text, ret_len, err);
	if (!r && !options->author.print) {
		r = set_name(&t, err);
		tell(&t, up, down);
	}
	return r;
}

int
kith_id_revoke(struct kith_session *session, const struct kith_author *author, const char *comment,
	       char **ret_text, size_t *ret_len, struct kith_error *err)
{
	const struct kith_trust_options o = {
	    .author = *author, .level = KITH_LEVEL_DISTRUST, .comment = comment};
	KITH_CLEANUP(clear) struct statement t = {.session = session, .o = &o};
	KITH_AUTO_AUTHOR struct kith_app_author a = {0};
	int r = kith_app_author_begin(session, author, &a, err);

	if (!r)
		r = kith_app_ids_add(&t.people, &a.key.id, err);
	if (!r)
		r = say(&t, &a, ret_text, ret_len, err);
	if (!r && !author->print)
		kith_app_note(session, "it counts for others once it is published: kith publish");
	return r;
}
