/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `wot-real --evidence DIR FILE`: the trust set of one real id over twelve real repositories, as
 * recorded (crev format 7.3 names id, commits and file).
 */
#include "cases/real.h"

#include "codec/base64.h"

static const char *const heads[] = {"56ab2ddc1bcc", "6be517f63cbc", "29456713232e", "d9ac0fc5a367",
				    "8ecedb58f031", "9aca8f2aec9b", "ef7f204bb62c", "a34279abae5b",
				    "a76275fe3592", "2be111dfefd5", "6f032668e2f5", "a124d0ddab30"};
#define N_HEADS (sizeof(heads) / sizeof(heads[0]))

/* The next word of a line; empty at its end. */
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

static void
check_line(const struct kith_trust_result *result, struct kith_span line, struct cases_tally *tally)
{
	struct kith_span id_text = next_word(&line), level = next_word(&line);
	struct kith_span distance = next_word(&line);
	enum kith_level approve, object;
	uint64_t want, got = 0;
	char name[KITH_ID_TEXT + 1] = "";
	struct kith_id id;
	bool member;

	if (!kith_base64_decode_exact(id_text, id.bytes, sizeof(id.bytes)) ||
	    !kith_span_u64(distance, &want)) {
		cases_result(tally, false, "line", "cannot be read");
		return;
	}
	kith_base64_id(name, id.bytes);
	kith_trust_level(result, &id, &approve, &object);
	member = kith_trust_member(result, &id, &got);
	cases_result(tally, member && kith_span_is(level, kith_level_name(approve)) && got == want,
		     name, "want %.*s %llu, got %s %s %llu", KITH_SPAN_FMT(level),
		     (unsigned long long)want, member ? "member" : "stranger",
		     kith_level_name(approve), (unsigned long long)got);
}

static size_t
count_members(const struct kith_trust_graph *g, const struct kith_trust_result *result)
{
	size_t i, n = 0;

	for (i = 0; i < kith_trust_graph_count_ids(g); i++)
		n += kith_trust_member(result, kith_trust_graph_id(g, i), NULL);
	return n;
}

/* Reviews of one name that are not another's newer or older version of the same. */
static size_t
count_distinct(const struct kith_claim *claims, size_t n)
{
	size_t i, j, distinct = 0;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			if (!memcmp(claims[i].author.bytes, claims[j].author.bytes,
				    KITH_ID_BYTES) &&
			    kith_span_eq(claims[i].source, claims[j].source) &&
			    kith_span_eq(claims[i].version, claims[j].version))
				break;
		distinct += j == i;
	}
	return distinct;
}

/* "unique pkg reviews 869 …": by author, source, name and version. */
static void
check_reviews(const struct cases_real *real, struct kith_span line, struct cases_tally *tally)
{
	const struct kith_claim *claims;
	enum kith_ecosystem eco;
	struct kith_arena arena;
	struct kith_span word;
	size_t i, n, got = 0;
	uint64_t want = 0;

	do
		word = next_word(&line);
	while (word.len && !kith_span_u64(word, &want));
	kith_arena_init(&arena, KITH_MIB(64));
	for (i = 0; i < kith_index_count_names(real->index); i++)
		if (kith_index_name_at(real->index, i, &eco, &word, &n) &&
		    !kith_index_claims(real->index, eco, word, &arena, &claims, &n, NULL))
			got += count_distinct(claims, n);
	kith_arena_clear(&arena);
	cases_result(tally, got == want, "distinct reviews", "want %llu, got %zu",
		     (unsigned long long)want, got);
}

int
cases_wot_real(int argc, char **argv)
{
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_CREV, .n_roots = 1};
	struct kith_trust_result *result = NULL;
	struct cases_tally tally = {0, 0};
	struct kith_span text, line, rest;
	struct cases_real real;
	struct kith_error err;
	struct kith_id root;
	size_t lines = 0;
	int at = 0;
	const char *folder = cases_real_folder(argc, argv, &at);

	if (at >= argc) {
		fputs("cases: no file\n", stderr);
		return 2;
	}
	text = cases_read(argv[at]);
	cases_real_open(&real, folder, heads, N_HEADS, NULL);
	kith_span_next(&text, '\n', &line);
	check_reviews(&real, line, &tally);
	/* the first id of the list is the root */
	rest = text;
	kith_span_next(&rest, '\n', &line);
	q.roots = &root;
	if (!kith_base64_decode_exact(kith_span_sub(line, 0, KITH_ID_TEXT), root.bytes, 32) ||
	    kith_trust_resolve(real.graph, &q, &result, &err)) {
		cases_result(&tally, false, "root", "cannot be resolved");
	}
	while (result && kith_span_next(&text, '\n', &line)) {
		if (!line.len)
			continue;
		lines++;
		check_line(result, line, &tally);
	}
	if (result)
		cases_result(&tally, count_members(real.graph, result) == lines, "size of the set",
			     "want %zu, got %zu", lines, count_members(real.graph, result));
	kith_trust_result_free(result);
	cases_real_close(&real);
	return cases_end(&tally);
}
