/* SPDX-License-Identifier: Apache-2.0 */
/* Reads `.verdict` text (verdict_read.h). Prints nothing. */
#include "cases/verdict_claim_read.h"
#include "cases/words_read.h"

#define MAX_ITEMS ((size_t)1000000)
#define DAY       ((int64_t)86400)

void
verdict_init(struct verdict_world *v)
{
	memset(v, 0, sizeof(*v));
	wot_init(&v->w);
	v->w.now = 1000000;
	kith_policy_preset(&v->policy);
	v->only_people = true;
}

void
verdict_clear(struct verdict_world *v)
{
	kith_actors_free(v->actors);
	free(v->rules);
	free(v->sources);
	free(v->packages);
	free(v->claims);
	free(v->exemptions);
	free(v->acceptances);
	wot_clear(&v->w);
}

/* --- requirements --- */

static const char *const llm_words[] = {"count", "supplement", "ignore", NULL};
static const char *const assisted_words[] = {"separate", "count", NULL};
static const char *const bool_words[] = {"false", "true", NULL};

static int
set_criteria(struct kith_requirement *r, struct kith_span word)
{
	r->criteria[0] = word;
	r->n_criteria = 1;
	return KITH_OK;
}

/* One field of a requirement; *ret_field is 0 if it is none. */
static int
requirement_field(struct kith_requirement *r, struct kith_span key, struct words *w,
		  unsigned *ret_field, struct kith_error *err)
{
	static const char *const keys[] = {
	    "level",        "independent", "thoroughness",    "understanding", "llm",
	    "llm-assisted", "signed",      "objection-level", "criteria",      NULL};
	struct kith_span word = KITH_SPAN_NONE;
	unsigned k, value = 0;
	uint64_t n = 0;
	int rc = KITH_OK;

	*ret_field = 0;
	if (!words_one_of(key, keys, &k))
		return KITH_OK;
	*ret_field = 1U << k;
	switch (k) {
	case 0:
		return words_need_level(w, &r->level, err);
	case 1:
		rc = words_need_number(w, KITH_MAX_INDEPENDENT, &n, err);
		r->independent = (unsigned)n;
		return rc;
	case 2:
		return words_need_level(w, &r->thoroughness, err);
	case 3:
		return words_need_level(w, &r->understanding, err);
	case 4:
		rc = words_need_one_of(w, llm_words, &value, err);
		r->llm = (enum kith_llm)value;
		return rc;
	case 5:
		rc = words_need_one_of(w, assisted_words, &value, err);
		r->assisted_counts = value;
		return rc;
	case 6:
		rc = words_need_one_of(w, bool_words, &value, err);
		r->only_signed = value;
		return rc;
	case 7:
		return words_need_level(w, &r->objection_level, err);
	default:
		rc = words_need(w, &word, err);
		return rc ? rc : set_criteria(r, word);
	}
}

static int
promote(struct words *w, enum kith_promote *ret_promote, struct kith_error *err)
{
	static const char *const names[] = {"note", "object", "ignore", NULL};
	unsigned value = 0;
	int r = words_need_one_of(w, names, &value, err);

	*ret_promote = (enum kith_promote)value;
	return r;
}

static int
days(struct words *w, int64_t *ret_seconds, struct kith_error *err)
{
	uint64_t n = 0;
	int r = words_need_number(w, 1000000, &n, err);

	*ret_seconds = (int64_t)n * DAY;
	return r;
}

static int
policy(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	static const char *const late[] = {"refuse", "allow", NULL};
	struct kith_policy *p = &v->policy;
	struct kith_span key = KITH_SPAN_NONE;
	unsigned field, value = 0;
	int r = words_need(w, &key, err);

	if (!r)
		r = requirement_field(&p->base, key, w, &field, err);
	if (r || field)
		return r;
	if (kith_span_is(key, "issue-severity"))
		return words_need_level(w, &p->issue_severity, err);
	if (kith_span_is(key, "severity-threshold"))
		return words_need_level(w, &p->severity_threshold, err);
	if (kith_span_is(key, "unsound"))
		return promote(w, &p->unsound, err);
	if (kith_span_is(key, "unmaintained"))
		return promote(w, &p->unmaintained, err);
	if (kith_span_is(key, "notice"))
		return promote(w, &p->notice, err);
	if (kith_span_is(key, "yanked"))
		return promote(w, &p->yanked, err);
	if (kith_span_is(key, "cooldown"))
		return days(w, &p->cooldown, err);
	if (kith_span_is(key, "set-cooldown"))
		return days(w, &p->set_cooldown, err);
	if (!kith_span_is(key, "late"))
		return words_unexpected(key, err);
	r = words_need_one_of(w, late, &value, err);
	p->late_counts = value;
	return r;
}

static int
rule(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_rule *x;
	struct kith_span key;
	int r = kith_grow(&v->rules, &v->cap_rules, v->n_rules + 1, sizeof(*v->rules), MAX_ITEMS,
			  "rules", err);

	if (r)
		return r;
	x = &v->rules[v->n_rules++];
	memset(x, 0, sizeof(*x));
	r = words_need(w, &x->glob, err);
	while (!r && words_take(w, &key)) {
		unsigned field = 0;

		if (kith_span_is(key, "replace")) {
			x->replace = true;
			continue;
		}
		if (kith_span_is(key, "reason")) {
			r = words_need(w, &x->reason, err);
			continue;
		}
		r = requirement_field(&x->r, key, w, &field, err);
		x->fields |= field;
		if (!r && !field)
			r = words_unexpected(key, err);
	}
	return r;
}

/* --- sources and packages --- */

static int
source(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct verdict_source *s;
	struct kith_span key;
	bool object = false;
	int r = kith_grow(&v->sources, &v->cap_sources, v->n_sources + 1, sizeof(*v->sources),
			  MAX_ITEMS, "sources", err);

	if (r)
		return r;
	s = &v->sources[v->n_sources++];
	memset(s, 0, sizeof(*s));
	s->level = KITH_LEVEL_NONE;
	v->only_people = false;
	r = words_need(w, &s->name, err);
	s->actor = s->name;
	while (!r && words_take(w, &key)) {
		if (kith_span_is(key, "level")) {
			r = words_need_level(w, &s->level, err);
		} else if (kith_span_is(key, "object")) {
			r = words_need_level(w, &s->object, err);
			object = true;
		} else if (kith_span_is(key, "actor")) {
			r = words_need(w, &s->actor, err);
		} else {
			r = words_unexpected(key, err);
		}
	}
	if (!object)
		s->object = s->level;
	return r;
}

static int
package_origin(struct verdict_package *p, struct words *w, struct kith_error *err)
{
	static const char *const names[] = {"registry", "vendored", "git", "path", "local", NULL};
	static const enum kith_origin origins[] = {KITH_ORIGIN_REGISTRY, KITH_ORIGIN_REGISTRY,
						   KITH_ORIGIN_GIT, KITH_ORIGIN_PATH,
						   KITH_ORIGIN_PATH};
	unsigned value = 0;
	int r = words_need_one_of(w, names, &value, err);

	p->package.origin = origins[value];
	p->package.local = value == 4;
	if (value == 1)
		p->subject.bytes = KITH_SUBJECT_VENDORED;
	return r;
}

static int
package_option(struct verdict_package *p, struct kith_span key, struct words *w,
	       struct kith_error *err)
{
	static const char *const kinds[] = {"unknown", "normal", "build", "dev", NULL};
	static const unsigned bits[] = {0, KITH_KIND_NORMAL, KITH_KIND_BUILD, KITH_KIND_DEV};
	struct kith_span word = KITH_SPAN_NONE;
	unsigned value = 0;
	int r;

	if (kith_span_is(key, "from"))
		return package_origin(p, w, err);
	if (kith_span_is(key, "publisher"))
		return words_need(w, &p->subject.publisher, err);
	if (kith_span_is(key, "first"))
		return words_need(w, &p->subject.first_publisher, err);
	if (kith_span_is(key, "checksum")) {
		r = words_need(w, &p->package.checksum, err);
		p->subject.exempt_key = p->package.checksum;
		return r;
	}
	if (kith_span_is(key, "kind")) {
		r = words_need_one_of(w, kinds, &value, err);
		p->package.kinds = bits[value];
		return r;
	}
	if (kith_span_is(key, "published")) {
		p->subject.has_published = true;
		return words_need_date(w, &p->subject.published, err);
	}
	if (!kith_span_is(key, "digest"))
		return words_unexpected(key, err);
	r = words_need(w, &word, err);
	p->subject.has_digest = true;
	words_digest(word, &p->subject.digest);
	return r;
}

static int
package(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct verdict_package *p;
	struct kith_span key = KITH_SPAN_NONE;
	int r = kith_grow(&v->packages, &v->cap_packages, v->n_packages + 1, sizeof(*v->packages),
			  MAX_ITEMS, "packages", err);

	if (!r)
		r = words_need(w, &key, err);
	if (r)
		return r;
	p = &v->packages[v->n_packages++];
	memset(p, 0, sizeof(*p));
	if (!words_split_at(key, '@', &p->package.name, &p->package.version))
		return words_unexpected(key, err);
	p->package.kinds = KITH_KIND_NORMAL;
	p->package.checksum = KITH_SPAN_LIT("-"); /* stated, whatever it is */
	while (!r && words_take(w, &key)) {
		if (kith_span_is(key, "yanked"))
			p->subject.yanked = true;
		else if (kith_span_is(key, "mismatch"))
			p->subject.mismatch = true;
		else if (kith_span_is(key, "no-checksum"))
			p->package.checksum = KITH_SPAN_NONE;
		else
			r = package_option(p, key, w, err);
	}
	if (p->subject.has_digest && p->subject.bytes != KITH_SUBJECT_VENDORED)
		p->subject.bytes = KITH_SUBJECT_HERE;
	return r;
}

/* --- the user's own decisions --- */

static int
exempt(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_exemption *x;
	struct kith_span key = KITH_SPAN_NONE;
	int r = kith_grow(&v->exemptions, &v->cap_exemptions, v->n_exemptions + 1,
			  sizeof(*v->exemptions), MAX_ITEMS, "exemptions", err);

	if (!r)
		r = words_need(w, &key, err);
	if (r)
		return r;
	x = &v->exemptions[v->n_exemptions++];
	memset(x, 0, sizeof(*x));
	v->only_people = false;
	if (!words_split_at(key, '@', &x->name, &x->version))
		return words_unexpected(key, err);
	while (!r && words_take(w, &key)) {
		if (kith_span_is(key, "checksum")) {
			r = words_need(w, &x->key, err);
		} else if (kith_span_is(key, "until")) {
			x->has_until = true;
			r = words_need_date(w, &x->until, err);
		} else {
			r = words_unexpected(key, err);
		}
	}
	return r;
}

static int
accept(struct verdict_world *v, struct words *w, struct kith_error *err)
{
	struct kith_acceptance *x;
	int r = kith_grow(&v->acceptances, &v->cap_acceptances, v->n_acceptances + 1,
			  sizeof(*v->acceptances), MAX_ITEMS, "acceptances", err);

	if (r)
		return r;
	x = &v->acceptances[v->n_acceptances++];
	memset(x, 0, sizeof(*x));
	v->only_people = false;
	r = words_need(w, &x->name, err);
	return r ? r : words_need(w, &x->objection, err);
}

static int
line(struct verdict_world *v, struct kith_span *all, size_t n, size_t number,
     struct kith_error *err)
{
	static const char *const kinds[] = {"policy",   "rule",   "source", "pkg",
					    "review",   "audit",  "vouch",  "violation",
					    "advisory", "exempt", "accept", NULL};
	struct words w = {all + 1, n - 1};
	unsigned kind;
	bool known;
	int r;

	if (!words_one_of(all[0], kinds, &kind)) {
		r = wot_line(&v->w, all, n, number, &known, err);
		return r || known ? r : words_unexpected(all[0], err);
	}
	switch (kind) {
	case 0:
		return policy(v, &w, err);
	case 1:
		return rule(v, &w, err);
	case 2:
		return source(v, &w, err);
	case 3:
		return package(v, &w, err);
	case 4:
		return verdict_review(v, &w, err);
	case 5:
		return verdict_audit(v, &w, err);
	case 6:
		return verdict_vouch(v, &w, err);
	case 7:
	case 8:
		return verdict_hits(v, kind == 7, &w, err);
	case 9:
		return exempt(v, &w, err);
	default:
		return accept(v, &w, err);
	}
}

/* --- names become ids, sources and actors --- */

/* In cases all names are of one kind: an id, a source and an actor of one name are one. */
static int
join_names(struct verdict_world *v, struct kith_span name, struct kith_span owner,
	   struct kith_error *err)
{
	uint32_t a, b;
	int r = kith_actors_add_name(v->actors, name, &a, err);

	if (!r)
		r = kith_actors_add_name(v->actors, owner, &b, err);
	if (!r)
		kith_actors_join(v->actors, a, b, true);
	return r;
}

static int
make_actors(struct verdict_world *v, struct kith_error *err)
{
	const struct wot *w = &v->w;
	uint32_t id, name;
	size_t i, k;
	int r = kith_actors_new(&v->actors, err);

	for (i = 0; i < w->names.count && !r; i++) {
		r = kith_actors_add_id(v->actors, &v->keys[i], &id, err);
		if (!r)
			r = kith_actors_add_name(v->actors, w->names.entries[i].key, &name, err);
		if (!r)
			kith_actors_join(v->actors, id, name, true);
	}
	for (i = 0; i < w->n_actors; i++)
		for (k = 0; k < w->actors[i].ids.n && !r; k++)
			r = join_names(v, w->names.entries[w->actors[i].ids.at[k]].key,
				       w->actors[i].name, err);
	for (i = 0; i < v->n_sources && !r; i++)
		if (!kith_span_eq(v->sources[i].name, v->sources[i].actor))
			r = join_names(v, v->sources[i].name, v->sources[i].actor, err);
	return r;
}

static int
make_sources(struct verdict_world *v, struct kith_error *err)
{
	size_t i;

	v->evidence = kith_arena_array(&v->w.arena, v->n_sources, sizeof(*v->evidence));
	if (!v->evidence)
		return kith_fail_nomem(err);
	for (i = 0; i < v->n_sources; i++) {
		uint32_t key;
		int r = kith_actors_add_name(v->actors, v->sources[i].name, &key, err);

		if (r)
			return r;
		v->evidence[i] = (struct kith_evidence_source){.name = v->sources[i].name,
							       .level = v->sources[i].level,
							       .object = v->sources[i].object};
		kith_actors_of_name(v->actors, v->sources[i].name, &v->evidence[i].actor);
	}
	return KITH_OK;
}

static bool
find_source(const struct verdict_world *v, struct kith_span name, uint32_t *ret_source)
{
	size_t i;

	for (i = v->n_sources; i-- > 0;)
		if (kith_span_eq(v->sources[i].name, name)) {
			*ret_source = (uint32_t)i;
			return true;
		}
	return false;
}

static void
id_of(const struct verdict_world *v, struct kith_id *id)
{
	uint32_t number;

	memcpy(&number, id->bytes, sizeof(number));
	*id = v->keys[number];
}

static int
finish_claim(const struct verdict_world *v, struct kith_claim *c, struct kith_error *err)
{
	uint32_t source;
	size_t value, i;

	if (c->kind == KITH_CLAIM_REVIEW) {
		struct kith_claim_override *list;

		id_of(v, &c->author);
		memcpy(&list, &c->overrides, sizeof(list));
		for (i = 0; i < c->n_overrides; i++)
			id_of(v, &list[i].id);
		return KITH_OK;
	}
	if (!find_source(v, c->source, &c->set))
		return words_unexpected(c->source, err);
	c->source = KITH_SPAN_NONE;
	if (c->origin.len && !find_source(v, c->origin, &source) &&
	    kith_map_get(&v->w.names, c->origin, &value)) {
		c->has_origin_id = true;
		c->origin_id = v->keys[value];
	}
	return KITH_OK;
}

static int
finish(struct verdict_world *v, struct kith_error *err)
{
	size_t i;
	int r;

	v->keys = wot_keys(&v->w, false);
	if (!v->keys)
		return kith_fail_nomem(err);
	r = make_actors(v, err);
	if (!r)
		r = make_sources(v, err);
	for (i = 0; i < v->n_claims && !r; i++)
		r = finish_claim(v, &v->claims[i], err);
	for (i = 0; i < v->n_packages; i++)
		v->packages[i].subject.package = &v->packages[i].package;
	v->policy.rules = v->rules;
	v->policy.n_rules = v->n_rules;
	return r;
}

int
verdict_read(struct verdict_world *v, struct kith_span text, struct kith_error *err)
{
	struct kith_span row, *words;
	size_t number = 0, n;
	int r = KITH_OK;

	while (!r && kith_span_next(&text, '\n', &row)) {
		number++;
		r = wot_split(row, &v->w.arena, &words, &n, err);
		if (!r && n)
			r = line(v, words, n, number, err);
	}
	return r ? kith_context(err, r, "line %zu", number) : finish(v, err);
}

const struct verdict_package *
verdict_package(const struct verdict_world *v, struct kith_span key)
{
	struct kith_span name, version;
	size_t i;

	if (!words_split_at(key, '@', &name, &version))
		return NULL;
	for (i = 0; i < v->n_packages; i++)
		if (kith_span_eq(v->packages[i].package.name, name) &&
		    kith_span_eq(v->packages[i].package.version, version))
			return &v->packages[i];
	return NULL;
}
