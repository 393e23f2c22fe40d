/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `crev-real --evidence DIR FOLDER…`: what the real cargo-crev answered over the repositories in
 * DIR, recorded in folders with me.proof.crev, root, ids/LABEL.tsv and PROJECT/LABEL.tsv with
 * PROJECT/digests.tsv. One PASS or FAIL a file. Its options stand in each file's first line.
 */
#include "cases/real.h"

#include "codec/base64.h"
#include "policy/crev.h"

struct asked {
	struct kith_crev_params params;
	struct kith_crev_options options;
	struct kith_id root;
};

struct folder {
	const struct cases_real *real;
	struct kith_id root;
	struct cases_tally *tally;
	struct kith_arena arena;
	struct kith_span digests; /* text of digests.tsv */
};

static struct kith_span
next_word(struct kith_span *line)
{
	struct kith_span word;

	while (line->len && line->ptr[0] == ' ')
		*line = kith_span_sub(*line, 1, SIZE_MAX);
	word = kith_span_sub(*line, 0, kith_span_find(*line, 0, ' '));
	*line = kith_span_sub(*line, word.len, SIZE_MAX);
	return word;
}

static bool
read_level(struct kith_span word, enum kith_level *ret_level)
{
	int i;

	for (i = KITH_LEVEL_NONE; i < KITH_LEVEL_COUNT; i++) {
		if (kith_span_is(word, kith_level_name((enum kith_level)i))) {
			*ret_level = (enum kith_level)i;
			return true;
		}
	}
	return false;
}

static bool
read_cost(struct asked *a, struct kith_span name, struct kith_span value)
{
	static const char *const names[KITH_LEVEL_COUNT] = {
	    "--distrust-cost", "--none-cost", "--low-cost", "--medium-cost", "--high-cost"};
	int i;

	if (kith_span_is(name, "--depth"))
		return kith_span_u64(value, &a->params.max);
	for (i = 0; i < KITH_LEVEL_COUNT; i++)
		if (kith_span_is(name, names[i]))
			return kith_span_u64(value, &a->params.cost[i]);
	return false;
}

static bool
read_option(struct asked *a, struct kith_span name, struct kith_span *line)
{
	struct kith_span value;
	uint64_t n;

	if (kith_span_is(name, "--direct")) {
		a->params = kith_crev_direct;
		return true;
	}
	value = next_word(line);
	if (kith_span_is(name, "--trust"))
		return read_level(value, &a->options.level);
	if (kith_span_is(name, "--thoroughness"))
		return read_level(value, &a->options.thoroughness);
	if (kith_span_is(name, "--understanding"))
		return read_level(value, &a->options.understanding);
	if (kith_span_is(name, "--redundancy")) {
		if (!kith_span_u64(value, &n))
			return false;
		a->options.redundancy = (size_t)n;
		return true;
	}
	if (kith_span_is(name, "--for-id"))
		return kith_base64_decode_exact(value, a->root.bytes, sizeof(a->root.bytes));
	return read_cost(a, name, value);
}

/* "# cargo crev verify --trust high --depth 30" */
static bool
read_options(struct kith_span line, const struct kith_id *root, struct asked *ret)
{
	struct kith_span word;

	ret->params = kith_crev_default;
	ret->options = kith_crev_options_default;
	ret->root = *root;
	while ((word = next_word(&line)).len)
		if (kith_span_starts(word, KITH_SPAN_LIT("--")) && !read_option(ret, word, &line))
			return false;
	return true;
}

static bool
resolve(const struct folder *f, const struct asked *a, struct kith_trust_result **ret_result)
{
	struct kith_trust_question q = {
	    .semantics = KITH_SEMANTICS_CREV, .roots = &a->root, .n_roots = 1, .crev = &a->params};

	return kith_trust_resolve(f->real->graph, &q, ret_result, NULL) == KITH_OK;
}

/* Every id of the file has its level, and nobody else has the required one. */
static void
judge_ids(struct folder *f, const char *name, struct kith_span text, const struct asked *a,
	  struct kith_buf *why)
{
	struct kith_trust_result *result;
	enum kith_level approve, object;
	struct kith_span line, field;
	size_t listed = 0, members = 0, i;
	struct kith_id id;

	(void)name;
	if (!resolve(f, a, &result)) {
		kith_buf_put_str(why, "cannot be resolved");
		return;
	}
	while (kith_span_next(&text, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#')
			continue;
		listed++;
		kith_span_next(&line, '\t', &field);
		if (!kith_base64_decode_exact(field, id.bytes, sizeof(id.bytes)))
			kith_buf_printf(why, "; no id: %.*s", KITH_SPAN_FMT(field));
		kith_span_next(&line, '\t', &field);
		kith_trust_level(result, &id, &approve, &object);
		if (!kith_span_is(field, kith_level_name(approve)))
			kith_buf_printf(why, "; want %.*s, got %s", KITH_SPAN_FMT(field),
					kith_level_name(approve));
	}
	for (i = 0; i < kith_trust_graph_count_ids(f->real->graph); i++) {
		const struct kith_id *one = kith_trust_graph_id(f->real->graph, i);

		kith_trust_level(result, one, &approve, &object);
		members += kith_trust_member(result, one, NULL) && approve >= a->options.level;
	}
	if (members != listed)
		kith_buf_printf(why, "; %zu ids, want %zu", members, listed);
	kith_trust_result_free(result);
}

static int
by_digest(void *ctx, const struct kith_digest *digest, struct kith_arena *arena,
	  const struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	const struct folder *f = ctx;

	return kith_index_claims_by_digest(f->real->index, digest, arena, ret_claims, ret_count,
					   err);
}

/* The recursive digest of a package: fourth column of digests.tsv. */
static bool
find_digest(const struct folder *f, struct kith_span name, struct kith_span version,
	    struct kith_digest *ret_digest)
{
	struct kith_span rest = f->digests, line, n, v, sha;

	while (kith_span_next(&rest, '\n', &line)) {
		if (!kith_span_starts(line, name) || !kith_span_next(&line, '\t', &n) ||
		    !kith_span_next(&line, '\t', &v) || !kith_span_next(&line, '\t', &sha))
			continue;
		if (kith_span_eq(n, name) && kith_span_eq(v, version))
			return kith_base64_decode_exact(line, ret_digest->bytes, KITH_DIGEST_BYTES);
	}
	return false;
}

static void
put_row(const struct kith_crev_row *row, struct kith_buf *out)
{
	static const char *const arrows[] = {"-", "=", "↑", "↓"};

	kith_buf_printf(out, "%s\t%zu\t%zu\t%zu\t%zu\t%s", kith_crev_status_name(row->status),
			row->reviews_version, row->reviews_all, row->issues_trusted,
			row->issues_all, arrows[row->latest]);
	if (row->latest == KITH_LATEST_NEWER || row->latest == KITH_LATEST_OLDER)
		kith_buf_put_span(out, row->latest_version);
}

static void
judge_row(struct folder *f, struct kith_span line, const struct asked *a,
	  const struct kith_trust_result *trust, struct kith_buf *why)
{
	struct kith_crev_question q = {.trust = trust,
				       .options = &a->options,
				       .source = KITH_SPAN_LIT(KITH_CRATES_IO),
				       .by_digest = by_digest,
				       .by_digest_ctx = f};
	struct kith_crev_row row;
	struct kith_buf got;

	kith_arena_clear(&f->arena);
	kith_buf_init(&got, KITH_KIB(4));
	kith_span_next(&line, '\t', &q.name);
	kith_span_next(&line, '\t', &q.version);
	q.has_digest = find_digest(f, q.name, q.version, &q.digest);
	if (kith_index_claims(f->real->index, KITH_ECO_CARGO, q.name, &f->arena, &q.claims,
			      &q.n_claims, NULL) ||
	    kith_crev_judge(&q, &f->arena, &row, NULL)) {
		kith_buf_put_str(why, "; cannot be judged");
		return;
	}
	put_row(&row, &got);
	if (!kith_span_eq(kith_buf_span(&got), line))
		kith_buf_printf(why, "; %.*s %.*s: want %.*s, got %s", KITH_SPAN_FMT(q.name),
				KITH_SPAN_FMT(q.version), KITH_SPAN_FMT(line), kith_buf_str(&got));
	kith_buf_clear(&got);
}

static void
judge_project(struct folder *f, struct kith_span text, const struct asked *a, struct kith_buf *why)
{
	struct kith_trust_result *trust;
	struct kith_span line;
	size_t rows = 0;

	if (!resolve(f, a, &trust)) {
		kith_buf_put_str(why, "cannot be resolved");
		return;
	}
	while (kith_span_next(&text, '\n', &line)) {
		if (!line.len || line.ptr[0] == '#')
			continue;
		rows++;
		judge_row(f, line, a, trust, why);
	}
	if (!rows)
		kith_buf_put_str(why, "; no rows");
	kith_trust_result_free(trust);
}

static void
judge_file(struct folder *f, const char *path, const char *shown, bool ids)
{
	struct kith_span text = cases_read(path), first;
	struct kith_buf why;
	struct asked a;

	kith_buf_init(&why, KITH_KIB(64));
	kith_span_next(&text, '\n', &first);
	if (!read_options(first, &f->root, &a))
		kith_buf_printf(&why, "options not known: %.*s", KITH_SPAN_FMT(first));
	else if (ids)
		judge_ids(f, shown, text, &a, &why);
	else
		judge_project(f, text, &a, &why);
	cases_result(f->tally, !why.len, shown, "%.600s", kith_buf_str(&why));
	kith_buf_clear(&why);
}

/* Every *.tsv of one subfolder. */
static void
judge_subfolder(struct folder *f, const char *root, const char *sub)
{
	KITH_AUTO_FREE char *dir = kith_fs_join(root, sub);
	KITH_AUTO_FREE char *digests = kith_fs_join(dir, "digests.tsv");
	struct kith_fs_names names;
	size_t i;

	f->digests = kith_fs_exists(digests) ? cases_read(digests) : KITH_SPAN_NONE;
	if (kith_fs_list(dir, &names, NULL))
		return;
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(dir, names.names[i]);
		KITH_AUTO_FREE char *shown = kith_fs_join(sub, names.names[i]);

		if (kith_span_ends(kith_span_str(names.names[i]), KITH_SPAN_LIT(".tsv")) &&
		    strcmp(names.names[i], "digests.tsv") != 0)
			judge_file(f, path, shown, strcmp(sub, "ids") == 0);
	}
	kith_fs_names_free(&names);
}

static void
judge_folder(const char *evidence, const char *root, struct cases_tally *tally)
{
	struct folder f = {.tally = tally};
	KITH_AUTO_FREE char *own = kith_fs_join(root, "me.proof.crev");
	KITH_AUTO_FREE char *id = kith_fs_join(root, "root");
	struct kith_fs_names names;
	struct cases_real real;
	size_t i;

	kith_arena_init(&f.arena, KITH_MIB(64));
	if (!kith_base64_decode_exact(kith_span_trim(cases_read(id)), f.root.bytes,
				      KITH_ID_BYTES) ||
	    kith_fs_list(root, &names, NULL)) {
		cases_result(tally, false, root, "no root id");
		return;
	}
	cases_real_open(&real, evidence, NULL, 0, own);
	f.real = &real;
	for (i = 0; i < names.count; i++) {
		KITH_AUTO_FREE char *dir = kith_fs_join(root, names.names[i]);

		if (kith_fs_is_dir(dir))
			judge_subfolder(&f, root, names.names[i]);
	}
	kith_fs_names_free(&names);
	kith_arena_clear(&f.arena);
	cases_real_close(&real);
}

int
cases_crev_real(int argc, char **argv)
{
	struct cases_tally tally = {0, 0};
	int at = 0;
	const char *evidence = cases_real_folder(argc, argv, &at);

	for (; at < argc; at++)
		judge_folder(evidence, argv[at], &tally);
	return cases_end(&tally);
}
