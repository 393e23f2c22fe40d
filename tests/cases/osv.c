/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One JSON object a line, `why` is its name.
 * osv FILE…: record, package {ecosystem, name, version}, expect affected|not|unknown.
 * osv-git FILE…: parents {commit: [parents]}, events, affected [commits].
 * osv-groups FILE…: records, groups [[ids]].
 */
#include "cases/cases.h"
#include "codec/json.h"
#include "evidence/advisory_set.h"
#include "evidence/osv.h"
#include "evidence/osv_git.h"
#include "evidence/osv_groups.h"

typedef const char *judge_fn(const struct kith_json *c, struct kith_arena *arena);

static int
each_line(int argc, char **argv, judge_fn *judge)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++) {
		struct kith_span rest = cases_read(argv[i]), line, title;
		size_t number = 0;

		while (kith_span_next(&rest, '\n', &line)) {
			KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
			KITH_AUTO_ARENA struct kith_arena arena;
			KITH_AUTO_BUF struct kith_buf name;
			struct kith_error err;
			const char *why;

			number++;
			kith_arena_init(&arena, KITH_MAX_ADVISORY_ARENA);
			kith_buf_init(&name, KITH_KIB(64));
			kith_buf_printf(&name, "%zu ", number);
			if (!line.len)
				continue;
			if (kith_json_parse(line, &doc, &err)) {
				cases_result(&tally, false, kith_buf_str(&name), "%s", err.msg);
				continue;
			}
			if (kith_json_get_string(kith_json_root(doc), "why", &title))
				kith_text_safe(&name, title, 0);
			why = judge(kith_json_root(doc), &arena);
			cases_result(&tally, !why, kith_buf_str(&name), "%s", why ? why : "");
		}
	}
	return cases_end(&tally);
}

/* --- osv --- */

static const char *
state_name(enum kith_advisory_state s)
{
	return s == KITH_ADVISORY_AFFECTED  ? "affected"
	       : s == KITH_ADVISORY_UNKNOWN ? "unknown"
					    : "not";
}

/* Through the same set that a verdict looks into. */
static int
answer(const struct kith_advisory *record, const struct kith_advisory_query *q,
       struct kith_arena *arena, enum kith_advisory_state *ret, struct kith_error *err)
{
	KITH_AUTO_ADVISORY_BUILDER struct kith_advisory_builder *b = NULL;
	KITH_AUTO_BUF struct kith_buf bytes;
	const struct kith_advisory_problem *problems;
	struct kith_advisory_set set;
	size_t n = 0;
	int r;

	kith_buf_init(&bytes, KITH_MAX_ADVISORY_SET);
	r = kith_advisory_builder_new(&b, err);
	if (!r && !record->withdrawn)
		r = kith_advisory_builder_put(b, 0, KITH_SPAN_LIT("x.json"), record, err);
	if (!r)
		r = kith_advisory_builder_seal(b, &bytes, err);
	if (!r)
		r = kith_advisory_set_open(kith_buf_span(&bytes), &set, err);
	if (!r)
		r = kith_advisory_match(&set, q, arena, &problems, &n, err);
	if (!r)
		*ret = n ? problems[0].state : KITH_ADVISORY_NOT_AFFECTED;
	return r;
}

static const char *
judge_osv(const struct kith_json *c, struct kith_arena *arena)
{
	const struct kith_json *p = kith_json_get(c, "package");
	enum kith_advisory_state state;
	struct kith_advisory_query q;
	struct kith_advisory record;
	struct kith_span want;
	struct kith_error err;

	if (!kith_json_get_string(p, "ecosystem", &q.ecosystem) ||
	    !kith_json_get_string(p, "name", &q.name) ||
	    !kith_json_get_string(p, "version", &q.version) ||
	    !kith_json_get_string(c, "expect", &want))
		return "no case";
	if (kith_osv_read_value(kith_json_get(c, "record"), arena, &record, &err))
		return "the record is refused";
	if (answer(&record, &q, arena, &state, &err))
		return "no answer";
	return kith_span_is(want, state_name(state)) ? NULL : state_name(state);
}

int
cases_osv(int argc, char **argv)
{
	return each_line(argc, argv, judge_osv);
}

/* --- osv-git --- */

struct graph {
	struct kith_arena *arena;
	struct kith_map names;
	uint32_t *first, *parents;
	bool bad;
};

static uint32_t
commit_of(struct graph *g, const struct kith_json *v)
{
	struct kith_span name;
	size_t number = 0;

	if (!kith_json_string(v, &name) || !kith_map_get(&g->names, name, &number))
		g->bad = true;
	return (uint32_t)number;
}

static bool
read_graph(struct graph *g, const struct kith_json *parents)
{
	const struct kith_json *c, *p;
	size_t n = 0, edges = 0;

	for (c = kith_json_first(parents); c; c = kith_json_next(c), n++) {
		edges += kith_json_count(c);
		if (kith_map_add(&g->names, kith_json_key(c), n, NULL, NULL, NULL))
			return false;
	}
	g->first = kith_arena_array(g->arena, n + 1, sizeof(*g->first));
	g->parents = kith_arena_array(g->arena, edges, sizeof(*g->parents));
	if (!g->first || !g->parents)
		return false;
	for (c = kith_json_first(parents), n = edges = 0; c; c = kith_json_next(c)) {
		g->first[n++] = (uint32_t)edges;
		for (p = kith_json_first(c); p; p = kith_json_next(p))
			g->parents[edges++] = commit_of(g, p);
	}
	g->first[n] = (uint32_t)edges;
	return !g->bad;
}

static size_t
read_commit_events(struct graph *g, const struct kith_json *events,
		   struct kith_osv_commit_event *out)
{
	static const char *const keys[] = {"introduced", "last_affected", "fixed", "limit"};
	const struct kith_json *c;
	struct kith_span s;
	size_t n = 0, k;

	for (c = kith_json_first(events); c; c = kith_json_next(c)) {
		for (k = 0; k < 4; k++) {
			const struct kith_json *v = kith_json_get(c, keys[k]);

			if (!v)
				continue;
			out[n].kind = (enum kith_advisory_event_kind)k;
			out[n++].commit = kith_json_string(v, &s) && kith_span_is(s, "0")
					      ? KITH_OSV_EVERY_ROOT
					      : commit_of(g, v);
		}
	}
	return n;
}

static const char *
compare(struct graph *g, const struct kith_json *want, const bool *affected)
{
	size_t i, n = 0, hit = 0;
	const struct kith_json *c;

	for (i = 0; i < g->names.count; i++)
		n += affected[i];
	for (c = kith_json_first(want); c; c = kith_json_next(c))
		hit += affected[commit_of(g, c)];
	return !g->bad && n == hit && n == kith_json_count(want) ? NULL : "other commits";
}

static const char *
judge_graph(struct graph *g, const struct kith_json *c)
{
	const struct kith_json *events = kith_json_get(c, "events");
	struct kith_osv_commit_event *list =
	    kith_arena_array(g->arena, 4 * kith_json_count(events), sizeof(*list));
	struct kith_osv_graph graph;
	struct kith_error err;
	bool *affected;
	size_t n;

	if (!list || !read_graph(g, kith_json_get(c, "parents")))
		return "no case";
	n = read_commit_events(g, events, list);
	graph = (struct kith_osv_graph){g->names.count, g->first, g->parents};
	affected = kith_arena_array(g->arena, g->names.count, sizeof(*affected));
	if (g->bad || !affected)
		return "no case";
	if (kith_osv_git_affected(&graph, list, n, affected, &err))
		return "no answer";
	return compare(g, kith_json_get(c, "affected"), affected);
}

static const char *
judge_git(const struct kith_json *c, struct kith_arena *arena)
{
	struct graph g = {.arena = arena};
	const char *why;

	kith_map_init(&g.names, NULL);
	why = judge_graph(&g, c);
	kith_map_clear(&g.names);
	return why;
}

int
cases_osv_git(int argc, char **argv)
{
	return each_line(argc, argv, judge_git);
}

/* --- osv-groups --- */

static size_t
read_ids(const struct kith_json *records, struct kith_arena *arena, struct kith_osv_ids **ret)
{
	size_t n = kith_json_count(records), i = 0, k;
	struct kith_osv_ids *ids = kith_arena_array(arena, n, sizeof(*ids));
	const struct kith_json *c, *a;

	*ret = ids;
	for (c = kith_json_first(records); ids && c; c = kith_json_next(c), i++) {
		const struct kith_json *aliases = kith_json_get(c, "aliases");
		struct kith_span *list =
		    kith_arena_array(arena, kith_json_count(aliases), sizeof(*list));

		if (!list || !kith_json_get_string(c, "id", &ids[i].id))
			return 0;
		for (a = kith_json_first(aliases), k = 0; a; a = kith_json_next(a))
			k += kith_json_string(a, &list[k]);
		ids[i].aliases = list;
		ids[i].n_aliases = k;
	}
	return n;
}

/* Whether a group of the file is one of ours, wholly. */
static bool
is_group(const struct kith_json *want, const struct kith_osv_ids *ids, const uint32_t *groups,
	 size_t n)
{
	size_t i, members = 0;
	const struct kith_json *c;
	struct kith_span id;
	uint32_t group = UINT32_MAX;

	for (c = kith_json_first(want); c; c = kith_json_next(c)) {
		for (i = 0; i < n && kith_json_string(c, &id) && !kith_span_eq(ids[i].id, id); i++)
			;
		if (i == n || (group != UINT32_MAX && groups[i] != group))
			return false;
		group = groups[i];
	}
	for (i = 0; i < n; i++)
		members += groups[i] == group;
	return members == kith_json_count(want);
}

static const char *
judge_groups(const struct kith_json *c, struct kith_arena *arena)
{
	const struct kith_json *want = kith_json_get(c, "groups"), *g;
	struct kith_osv_ids *ids;
	uint32_t *groups;
	size_t n = read_ids(kith_json_get(c, "records"), arena, &ids), i, ours = 0;
	struct kith_error err;

	groups = kith_arena_array(arena, n, sizeof(*groups));
	if (!n || !groups)
		return "no case";
	if (kith_osv_group(ids, n, groups, &err))
		return "no answer";
	for (i = 0; i < n; i++)
		ours += groups[i] == i;
	if (ours != kith_json_count(want))
		return "another number of groups";
	for (g = kith_json_first(want); g; g = kith_json_next(g))
		if (!is_group(g, ids, groups, n))
			return "other groups";
	return NULL;
}

int
cases_osv_groups(int argc, char **argv)
{
	return each_line(argc, argv, judge_groups);
}
