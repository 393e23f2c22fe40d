/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vet-real FOLDER…: a state of a real project, or a folder of them: COMMIT (its last word is the
 * day), tree/ with Cargo.lock and manifests, supply-chain/, expect.txt, report.json, and perhaps
 * expect-lock-only.txt. Run leniently; the graph comes from the lock and the manifests.
 */
#include "cases/vet_case.h"

struct state {
	const char *folder;
	struct kith_project *project;
	struct kith_vet_graph *graph;
	struct kith_vet_answer *answer;
};

static struct kith_span
read_in(const char *folder, const char *name)
{
	KITH_AUTO_FREE char *path = vet_case_path(folder, name);

	return cases_read(path);
}

static int32_t
day_of(const char *folder)
{
	struct kith_span text = kith_span_trim(read_in(folder, "COMMIT")), word;
	struct kith_time day = {.sec = 0};

	while (kith_span_next(&text, ' ', &word))
		kith_time_parse_date(word, &day);
	return (int32_t)(day.sec / 86400);
}

static int
answer(struct state *s, struct kith_error *err)
{
	struct kith_vet_question q = {.config = read_in(s->folder, "supply-chain/config.toml"),
				      .audits = read_in(s->folder, "supply-chain/audits.toml"),
				      .imports = read_in(s->folder, "supply-chain/imports.lock"),
				      .lenient = true,
				      .today = day_of(s->folder),
				      .size = vet_case_size};
	int r;

	kith_vet_graph_free(s->graph);
	s->graph = NULL;
	kith_vet_answer_free(s->answer);
	s->answer = NULL;
	r = kith_vet_graph_of(s->project, &s->graph, err);
	q.graph = s->graph;
	return r ? r : kith_vet_judge(&q, &s->answer, err);
}

static const char *
compare_lines(struct state *s, struct kith_buf *got)
{
	vet_case_put_lines(s->answer, got);
	return vet_case_compare(read_in(s->folder, "expect.txt"), kith_buf_span(got));
}

static const char *
compare_json(struct state *s, struct kith_buf *got, struct kith_error *err)
{
	struct kith_span want = kith_span_trim(read_in(s->folder, "report.json"));

	if (kith_vet_put_json(s->answer, got, err))
		return err->msg;
	return kith_span_eq(want, kith_buf_span(got)) ? NULL : "the JSON differs from report.json";
}

/* What is compared without manifests: packages and suggestions. */
static void
keep_heads(struct kith_span text, struct kith_buf *out)
{
	struct kith_span line;

	while (kith_span_next(&text, '\n', &line)) {
		if (!line.len ||
		    (line.ptr[0] == ' ' && !kith_span_starts(line, KITH_SPAN_LIT("  suggest"))))
			continue;
		kith_buf_put_span(out, line);
		kith_buf_put_char(out, '\n');
	}
}

static const char *
compare_lock_only(struct state *s, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = vet_case_path(s->folder, "expect-lock-only.txt");
	KITH_AUTO_BUF struct kith_buf got, heads, want;

	kith_buf_init(&got, KITH_MIB(64));
	kith_buf_init(&heads, KITH_MIB(64));
	kith_buf_init(&want, KITH_MIB(64));
	if (!kith_fs_exists(path))
		return NULL;
	s->project->manifests = false;
	if (answer(s, err))
		return err->msg;
	vet_case_put_lines(s->answer, &got);
	keep_heads(kith_buf_span(&got), &heads);
	keep_heads(cases_read(path), &want);
	return vet_case_compare(kith_buf_span(&want), kith_buf_span(&heads));
}

static const char *
judge_state(struct state *s, struct kith_buf *got, struct kith_error *err)
{
	KITH_AUTO_FREE char *tree = vet_case_path(s->folder, "tree");
	const char *why;

	if (kith_project_open(tree, &s->project, err) || answer(s, err))
		return err->msg;
	why = compare_lines(s, got);
	kith_buf_reset(got);
	if (!why)
		why = compare_json(s, got, err);
	return why ? why : compare_lock_only(s, err);
}

static void
judge(struct cases_tally *t, const char *folder)
{
	KITH_AUTO_BUF struct kith_buf got;
	struct state s = {.folder = folder};
	const char *slash = strrchr(folder, '/'), *why;
	struct kith_error err;

	kith_buf_init(&got, KITH_MIB(64));
	why = judge_state(&s, &got, &err);
	cases_result(t, !why, slash ? slash + 1 : folder, "%s", why ? why : "");
	kith_vet_answer_free(s.answer);
	kith_vet_graph_free(s.graph);
	kith_project_free(s.project);
}

int
cases_vet_real(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int i;

	for (i = 0; i < argc; i++)
		vet_case_folders(argv[i], "COMMIT", judge, &tally);
	return cases_end(&tally);
}
