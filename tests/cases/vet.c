/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vet FOLDER…: a store with graph.txt and expect.txt, or a folder of them.
 *   option today DATE | online yes | lenient yes | update MODE (not looked at)
 *   pkg NAME VERSION crates-io|path|git:HASH|other [member] [id=ID]
 *   dep FROM TO normal,build,dev
 * Online: live/PEER.toml or live/PEER.N.toml, publishers.toml, index.toml.
 * Compared: conclusion, packages, ways, reach, candidates, suggestions, conflicts; of errors the
 * kind. What stands below `update` is not.
 */
#include "cases/vet_case.h"

#define MAX_WORDS 8

struct world {
	struct kith_vet_graph *graph;
	struct kith_map ids;
	struct kith_time today;
	bool online, lenient;
};

static int
split(struct kith_span line, struct kith_span words[MAX_WORDS])
{
	struct kith_span word;
	int n = 0;

	while (n < MAX_WORDS && kith_span_next(&line, ' ', &word))
		if (word.len)
			words[n++] = word;
	return n;
}

static int
no_case(struct kith_error *err, struct kith_span line)
{
	return kith_fail(err, KITH_E_FORMAT, "graph.txt: '%.*s'", KITH_SPAN_FMT(line));
}

static int
read_package(struct world *w, const struct kith_span *words, int n, struct kith_error *err)
{
	struct kith_vet_node node = {.name = words[1]};
	struct kith_span source = words[3], id = KITH_SPAN_NONE, option;
	int i, r;

	if (!kith_semver_parse(words[2], &node.version.semver))
		return no_case(err, words[2]);
	node.crates_io = kith_span_is(source, "crates-io");
	if (kith_span_skip(&source, "git:"))
		node.version.rev = source;
	for (i = 4; i < n; i++) {
		option = words[i];
		if (kith_span_is(option, "member"))
			node.member = true;
		else if (kith_span_skip(&option, "id="))
			id = option;
		else
			return no_case(err, option);
	}
	if (!id.len) {
		char *text = kith_arena_alloc(&w->graph->arena, words[1].len + words[2].len + 2);

		if (!text)
			return kith_fail_nomem(err);
		memcpy(text, words[1].ptr, words[1].len);
		text[words[1].len] = '@';
		memcpy(text + words[1].len + 1, words[2].ptr, words[2].len);
		id = kith_span(text, words[1].len + words[2].len + 1);
	}
	node.id = id;
	r = kith_map_add(&w->ids, id, w->graph->count, NULL, NULL, err);
	return r ? r : kith_vet_graph_add(w->graph, &node, err);
}

static int
read_dep(struct world *w, const struct kith_span *words, struct kith_error *err)
{
	struct kith_span kinds = words[3], kind;
	bool normal = false, dev = false;
	size_t from, to;

	if (!kith_map_get(&w->ids, words[1], &from) || !kith_map_get(&w->ids, words[2], &to))
		return no_case(err, words[1]);
	while (kith_span_next(&kinds, ',', &kind)) {
		if (kith_span_is(kind, "dev"))
			dev = true;
		else
			normal = true;
	}
	return kith_vet_graph_dep(w->graph, from, to, normal, dev, err);
}

static int
read_line(struct world *w, struct kith_span line, struct kith_error *err)
{
	struct kith_span words[MAX_WORDS];
	int n = split(kith_span_sub(line, 0, kith_span_find(line, 0, '#')), words);

	if (!n)
		return KITH_OK;
	if (kith_span_is(words[0], "pkg") && n >= 4)
		return read_package(w, words, n, err);
	if (kith_span_is(words[0], "dep") && n == 4)
		return read_dep(w, words, err);
	if (!kith_span_is(words[0], "option") || n < 3)
		return no_case(err, line);
	if (kith_span_is(words[1], "today"))
		return kith_time_parse_date(words[2], &w->today) ? KITH_OK : no_case(err, line);
	if (kith_span_is(words[1], "online"))
		w->online = true;
	else if (kith_span_is(words[1], "lenient"))
		w->lenient = true;
	else if (!kith_span_is(words[1], "update"))
		return no_case(err, line);
	return KITH_OK;
}

static int
read_graph(struct world *w, struct kith_span text, struct kith_error *err)
{
	struct kith_span line;
	int r = kith_vet_graph_new(&w->graph, err);

	kith_map_init(&w->ids, NULL);
	kith_time_parse_date(KITH_SPAN_LIT("2023-01-01"), &w->today);
	while (!r && kith_span_next(&text, '\n', &line))
		r = read_line(w, line, err);
	return r ? r : kith_vet_graph_finish(w->graph, err);
}

static struct kith_span
read_optional(const char *folder, const char *name)
{
	KITH_AUTO_FREE char *path = vet_case_path(folder, name);

	return kith_fs_exists(path) ? cases_read(path) : KITH_SPAN_NONE;
}

/* live/PEER.toml, or live/PEER.0.toml, live/PEER.1.toml, … */
static void
read_peer(const char *folder, const struct kith_vet_import *i, struct kith_arena *arena,
	  struct kith_vet_live_peer *ret)
{
	struct kith_span *texts = kith_arena_array(arena, i->urls.count + 1, sizeof(*texts));
	size_t k;

	for (k = 0; texts && k < i->urls.count; k++) {
		KITH_AUTO_FREE char *name =
		    i->urls.count == 1
			? kith_asprintf("live/%.*s.toml", KITH_SPAN_FMT(i->name))
			: kith_asprintf("live/%.*s.%zu.toml", KITH_SPAN_FMT(i->name), k);

		texts[k] = read_optional(folder, name);
	}
	*ret = (struct kith_vet_live_peer){i->name, texts, texts ? i->urls.count : 0};
}

static int
read_live(const char *folder, const struct kith_vet_config *config, struct kith_arena *arena,
	  struct kith_vet_live *ret, struct kith_error *err)
{
	struct kith_vet_live_peer *peers =
	    kith_arena_array(arena, config->n_imports + 1, sizeof(*peers));
	size_t i;

	if (!peers)
		return kith_fail_nomem(err);
	for (i = 0; i < config->n_imports; i++)
		read_peer(folder, &config->imports[i], arena, &peers[i]);
	*ret = (struct kith_vet_live){peers, config->n_imports,
				      read_optional(folder, "live/publishers.toml"),
				      read_optional(folder, "live/index.toml")};
	return KITH_OK;
}

static int
run(struct world *w, const char *folder, struct kith_buf *out, struct kith_error *err)
{
	KITH_CLEANUP(kith_vet_answer_freep) struct kith_vet_answer *a = NULL;
	KITH_AUTO_VET_FILE struct kith_vet_file *config = NULL;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_vet_live live;
	struct kith_vet_question q = {.config = read_optional(folder, "config.toml"),
				      .audits = read_optional(folder, "audits.toml"),
				      .imports = read_optional(folder, "imports.lock"),
				      .size = vet_case_size};
	int r = read_graph(w, read_optional(folder, "graph.txt"), err);

	kith_arena_init(&arena, KITH_MIB(16));
	if (r)
		return r;
	q.graph = w->graph;
	q.lenient = w->lenient;
	q.today = (int32_t)(w->today.sec / 86400);
	if (w->online && !kith_vet_read_config(q.config, &config, NULL)) {
		r = read_live(folder, &config->config, &arena, &live, err);
		q.live = &live;
	}
	if (!r)
		r = kith_vet_judge(&q, &a, err);
	if (!r)
		vet_case_put_lines(a, out);
	return r;
}

static void
judge(struct cases_tally *t, const char *folder)
{
	KITH_AUTO_BUF struct kith_buf got;
	struct world w = {.online = false};
	const char *slash = strrchr(folder, '/'), *name = slash ? slash + 1 : folder, *why;
	struct kith_error err;
	int r;

	kith_buf_init(&got, KITH_MIB(64));
	r = run(&w, folder, &got, &err);
	why = r ? err.msg
		: vet_case_compare(read_optional(folder, "expect.txt"), kith_buf_span(&got));
	cases_result(t, !why, name, "%s", why ? why : "");
	kith_map_clear(&w.ids);
	kith_vet_graph_free(w.graph);
}

int
cases_vet(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++)
		vet_case_folders(argv[i], "graph.txt", judge, &tally);
	return cases_end(&tally);
}
