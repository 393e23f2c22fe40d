/* SPDX-License-Identifier: Apache-2.0 */
/* cargo-crev's own columns of one package (crev format 7.5 to 7.7), on worlds in `.verdict` text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cases/verdict_judge.h"
#include "cases/wot_graph.h"
#include "policy/crev.h"

struct side {
	struct verdict_world v;
	struct kith_trust_graph *graph;
	struct kith_trust_result *result;
	struct kith_arena arena;
	struct kith_crev_options options;
	struct kith_crev_question q;
};

static void
side_clear(struct side *s)
{
	kith_trust_result_free(s->result);
	kith_trust_graph_free(s->graph);
	kith_arena_clear(&s->arena);
	verdict_clear(&s->v);
}

#define PEOPLE                                                                                     \
	"root R\ntrust R A high\ntrust R B medium\ntrust R C low\ntrust A D high\n"                \
	"distrust B E\ntrust A E high\n"

static struct kith_span
name_of(const struct side *s, const struct kith_id *id)
{
	size_t i;

	for (i = 0; memcmp(&s->v.keys[i], id, sizeof(*id)) != 0;)
		i++;
	return s->v.w.names.entries[i].key;
}

/* What reviews override is part of the trust graph in crev mode; one override each is enough. */
static void
add_override(struct side *s, const struct kith_claim *c)
{
	static char texts[8][64];
	static size_t n;
	char *package = texts[n++ % 8];
	struct kith_span words[] = {
	    KITH_SPAN_LIT("review"),   name_of(s, &c->author),    KITH_SPAN_NONE,
	    KITH_SPAN_LIT("positive"), KITH_SPAN_LIT("override"), name_of(s, &c->overrides[0].id)};
	bool known;

	snprintf(package, sizeof(texts[0]), "%.*s@%.*s", KITH_SPAN_FMT(c->name),
		 KITH_SPAN_FMT(c->version));
	words[2] = kith_span_str(package);
	assert_int_equal(wot_line(&s->v.w, words, 6, 0, &known, NULL), 0);
	assert_true(known);
}

/* Asks about the first package of the text. */
static void
open_side(struct side *s, const char *text)
{
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_CREV, .n_roots = 1};
	size_t i;

	memset(s, 0, sizeof(*s));
	kith_arena_init(&s->arena, KITH_MIB(1));
	verdict_init(&s->v);
	assert_int_equal(verdict_read(&s->v, kith_span_str(text), NULL), 0);
	for (i = 0; i < s->v.n_claims; i++)
		if (s->v.claims[i].n_overrides)
			add_override(s, &s->v.claims[i]);
	assert_int_equal(wot_graph(&s->v.w, s->v.keys, &s->graph, NULL), 0);
	q.roots = &s->v.keys[s->v.w.roots.at[0]];
	assert_int_equal(kith_trust_resolve(s->graph, &q, &s->result, NULL), 0);
	s->options = kith_crev_options_default;
	s->q = (struct kith_crev_question){.trust = s->result,
					   .options = &s->options,
					   .source = KITH_SPAN_LIT(KITH_CRATES_IO),
					   .name = s->v.packages[0].package.name,
					   .version = s->v.packages[0].package.version,
					   .has_digest = s->v.packages[0].subject.has_digest,
					   .digest = s->v.packages[0].subject.digest,
					   .claims = s->v.claims,
					   .n_claims = s->v.n_claims};
}

static struct kith_crev_row
judge(struct side *s)
{
	struct kith_crev_row row;

	assert_int_equal(kith_crev_judge(&s->q, &s->arena, &row, NULL), 0);
	return row;
}

static void
test_counts(void **state)
{
	KITH_CLEANUP(side_clear) struct side s;
	struct kith_crev_row row;

	(void)state;
	open_side(&s, PEOPLE "pkg foo@1.1.0 digest x\n"
			     "review A foo@1.1.0 positive digest x at 1\n"
			     "review A foo@1.1.0 strong digest x at 2\n"
			     "review B foo@1.1.0 neutral digest x\n"
			     "review C foo@1.1.0 empty digest x\n"
			     "review Z foo@1.1.0 positive digest y\n"
			     "review Z foo@1.0.0 positive digest w\n"
			     "review Z bar@1.1.0 positive digest v\n");
	row = judge(&s);
	assert_int_equal(row.status, KITH_CREV_VERIFIED);
	assert_int_equal(row.positive, 2); /* not the empty one */
	assert_int_equal(row.reviews_version, 4);
	assert_int_equal(row.reviews_all, 5);
	assert_int_equal(row.n_mismatches, 1);
	s.options.redundancy = 3;
	assert_int_equal(judge(&s).status, KITH_CREV_INSUFFICIENT);
	s.options.redundancy = 1;
	s.options.level = KITH_LEVEL_HIGH;
	assert_int_equal(judge(&s).positive, 1);
	s.options.thoroughness = KITH_LEVEL_MEDIUM;
	assert_int_equal(judge(&s).status, KITH_CREV_INSUFFICIENT);
	s.q.has_digest = false;
	row = judge(&s);
	assert_int_equal(row.status, KITH_CREV_INSUFFICIENT);
	assert_int_equal(row.n_mismatches, 0);
	s.q.local = true;
	assert_int_equal(judge(&s).status, KITH_CREV_LOCAL);
}

static void
test_negative(void **state)
{
	KITH_CLEANUP(side_clear) struct side s;

	(void)state;
	/* by any member, whatever is required; never by who is not in the set */
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.0.0 positive digest x\n"
			     "review E foo@1.0.0 negative digest x\n"
			     "review Z foo@1.0.0 negative digest x\n");
	assert_int_equal(judge(&s).status, KITH_CREV_VERIFIED);
	side_clear(&s);
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.0.0 positive digest x\n"
			     "review C foo@1.0.0 negative digest x thoroughness none\n");
	s.options.level = KITH_LEVEL_HIGH;
	assert_int_equal(judge(&s).status, KITH_CREV_NEGATIVE);
}

static void
test_under_another_name(void **state)
{
	KITH_CLEANUP(side_clear) struct side s;
	struct kith_crev_row row;

	(void)state;
	/* bytes are bytes; of one author's several the worst */
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.0.0 positive digest x\n"
			     "review B fork@9.0.0 positive digest x\n"
			     "review A fork@9.0.0 negative digest x\n");
	row = judge(&s);
	assert_int_equal(row.status, KITH_CREV_NEGATIVE);
	assert_int_equal(row.positive, 1);
	assert_int_equal(row.reviews_all, 1);
}

static void
test_override_and_llm(void **state)
{
	KITH_CLEANUP(side_clear) struct side s;

	(void)state;
	/* by somebody who stands higher, not by an equal */
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.0.0 positive digest x override B\n"
			     "review B foo@1.0.0 negative digest x\n");
	assert_int_equal(judge(&s).status, KITH_CREV_VERIFIED);
	side_clear(&s);
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.0.0 positive digest x override D\n"
			     "review D foo@1.0.0 negative digest x\n");
	assert_int_equal(judge(&s).status, KITH_CREV_NEGATIVE);
	side_clear(&s);
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.0.0 positive digest x llm assisted\n");
	assert_int_equal(judge(&s).status, KITH_CREV_VERIFIED);
	s.options.ignore_llm = true;
	assert_int_equal(judge(&s).status, KITH_CREV_INSUFFICIENT);
}

static void
test_latest(void **state)
{
	static const struct {
		const char *version;
		enum kith_latest latest;
	} asked[] = {{"1.0.0", KITH_LATEST_NEWER},
		     {"1.10.0", KITH_LATEST_EQUAL},
		     {"1.10.1", KITH_LATEST_OLDER},
		     {"1.10.0+1", KITH_LATEST_OLDER}};
	KITH_CLEANUP(side_clear) struct side s;
	struct kith_crev_row row;
	size_t i;

	(void)state;
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A foo@1.9.0 positive digest a\n"
			     "review B foo@1.10.0 positive digest b\n"
			     "review C foo@2.0.0 positive digest c\n"
			     "review A foo@2.0.0 negative digest c\n"
			     "review Z foo@3.0.0 positive digest d\n");
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		s.q.version = kith_span_str(asked[i].version);
		row = judge(&s);
		assert_int_equal(row.latest, asked[i].latest);
		assert_true(kith_span_is(row.latest_version, "1.10.0"));
	}
	s.options.redundancy = 2;
	assert_int_equal(judge(&s).latest, KITH_LATEST_NONE);
}

static void
test_issues_and_flags(void **state)
{
	KITH_CLEANUP(side_clear) struct side s;
	struct kith_crev_row row;

	(void)state;
	open_side(&s, PEOPLE "pkg foo@1.1.0 digest x\n"
			     "review A foo@1.0.0 positive digest w issue I1:high issue I2:low\n"
			     "review A foo@1.1.0 positive digest x advisory I1:high at 5\n"
			     "review Z foo@1.1.0 positive digest x issue I3:high\n"
			     "review E foo@1.1.0 positive digest x issue I4:high\n");
	s.v.claims[0].unmaintained = true; /* not the latest of its author */
	s.v.claims[2].unmaintained = true; /* by a stranger */
	row = judge(&s);
	assert_int_equal(row.issues_trusted, 1); /* I2 */
	assert_int_equal(row.issues_all, 2);     /* and I3; the banned one is not heard */
	assert_true(kith_span_is(row.open[0].id, "I2"));
	assert_true(kith_span_is(row.open[1].id, "I3"));
	assert_false(row.unmaintained);
	s.v.claims[1].unmaintained = true;
	assert_true(judge(&s).unmaintained);
}

static int
failing(void *ctx, const struct kith_digest *digest, struct kith_arena *arena,
	const struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	(void)ctx;
	(void)digest;
	(void)arena;
	(void)ret_claims;
	(void)ret_count;
	return kith_fail(err, KITH_E_FORMAT, "damaged");
}

static int
finding(void *ctx, const struct kith_digest *digest, struct kith_arena *arena,
	const struct kith_claim **ret_claims, size_t *ret_count, struct kith_error *err)
{
	struct side *s = ctx;

	(void)digest;
	(void)arena;
	(void)err;
	*ret_claims = s->v.claims;
	*ret_count = s->v.n_claims;
	return KITH_OK;
}

static void
test_by_digest(void **state)
{
	KITH_CLEANUP(side_clear) struct side s;
	struct kith_crev_row row;
	struct kith_error err;

	(void)state;
	open_side(&s, PEOPLE "pkg foo@1.0.0 digest x\n"
			     "review A fork@1.0.0 positive digest x\n"
			     "review B fork@1.0.0 positive digest y\n");
	s.q.n_claims = 0;
	assert_int_equal(judge(&s).status, KITH_CREV_INSUFFICIENT);
	s.q.by_digest = finding;
	s.q.by_digest_ctx = &s;
	row = judge(&s);
	assert_int_equal(row.status, KITH_CREV_VERIFIED);
	assert_int_equal(row.positive, 1);
	s.q.by_digest = failing;
	assert_int_equal(kith_crev_judge(&s.q, &s.arena, &row, &err), KITH_E_FORMAT);
	assert_string_equal(err.msg, "damaged");
	assert_int_equal(row.status, KITH_CREV_VERIFIED); /* untouched */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_negative),
	    cmocka_unit_test(test_under_another_name),
	    cmocka_unit_test(test_override_and_llm),
	    cmocka_unit_test(test_latest),
	    cmocka_unit_test(test_issues_and_flags),
	    cmocka_unit_test(test_by_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
