/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of a verdict fails once: reading people from the trust graph, judging and
 * explaining each package, crev's own columns. The answer is the same as before or an error.
 */
#include "cases/verdict_judge.h"
#include "cases/wot_graph.h"
#include "fault/wrap.h"
#include "policy/crev.h"

#define MOST 20000

static int failures;

static void
check(bool ok, const char *what, size_t n)
{
	if (ok)
		return;
	failures++;
	fprintf(stderr, "FAIL: %s (allocation %zu)\n", what, n);
}

static int
judge_all(const struct kith_buf *text, struct kith_buf *out, struct kith_error *err)
{
	KITH_CLEANUP(verdict_clear) struct verdict_world v;
	size_t i;
	int r;

	verdict_init(&v);
	r = verdict_read(&v, kith_buf_span(text), err);
	for (i = 0; i < v.w.n_expects && !r; i++)
		r = verdict_answer(&v, v.w.expects[i].words[0], true, out, err);
	return r;
}

static void
check_world(const char *name)
{
	KITH_AUTO_FREE char *path = kith_fs_join(KITH_SOURCE_DIR "/tests/cases/verdict", name);
	KITH_AUTO_BUF struct kith_buf text;
	KITH_AUTO_BUF struct kith_buf want;
	struct kith_error err;
	size_t n;

	kith_buf_init(&text, KITH_MIB(1));
	kith_buf_init(&want, KITH_MIB(1));
	check(!kith_fs_read(path, &text, &err) && !judge_all(&text, &want, &err), name, 0);
	for (n = 1; n < MOST; n++) {
		KITH_AUTO_BUF struct kith_buf got;
		bool hit;
		int r;

		kith_buf_init(&got, KITH_MIB(1));
		fault_arm(n);
		r = judge_all(&text, &got, &err);
		hit = fault_hit();
		fault_arm(0);
		if (r)
			check(hit && (r == KITH_E_NOMEM || r == KITH_E_LIMIT), name, n);
		else
			check(strcmp(kith_buf_str(&got), kith_buf_str(&want)) == 0, name, n);
		if (!hit)
			break;
	}
	check(n > 20 && n < MOST, "count of allocations", n);
}

/* --- crev's columns --- */

static const char crev_world[] = "root R\n"
				 "trust R A high\n"
				 "trust R B medium\n"
				 "distrust A X\n"
				 "pkg foo@1.1.0 digest d1\n"
				 "review A foo@1.0.0 positive digest d0 issue I1:high\n"
				 "review B foo@1.1.0 positive digest d1 advisory I1:high\n"
				 "review X foo@1.1.0 negative digest d1\n"
				 "review A foo@1.1.0 positive digest d2 override B\n"
				 "review Z foo@2.0.0 strong digest d3\n";

struct crev_side {
	struct verdict_world v;
	struct kith_trust_graph *graph;
	struct kith_trust_result *result;
	struct kith_arena arena;
};

static void
crev_side_clear(struct crev_side *s)
{
	kith_trust_result_free(s->result);
	kith_trust_graph_free(s->graph);
	kith_arena_clear(&s->arena);
	verdict_clear(&s->v);
}

static int
judge_crev(struct kith_crev_row *ret_row, struct kith_error *err)
{
	KITH_CLEANUP(crev_side_clear) struct crev_side s = {.graph = NULL};
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_CREV, .n_roots = 1};
	struct kith_crev_question asked = {.has_digest = true};
	int r;

	kith_arena_init(&s.arena, KITH_MIB(1));
	verdict_init(&s.v);
	r = verdict_read(&s.v, kith_span_str(crev_world), err);
	if (!r)
		r = wot_graph(&s.v.w, s.v.keys, &s.graph, err);
	if (r)
		return r;
	q.roots = &s.v.keys[s.v.w.roots.at[0]];
	r = kith_trust_resolve(s.graph, &q, &s.result, err);
	if (r)
		return r;
	asked.trust = s.result;
	asked.source = KITH_SPAN_LIT(KITH_CRATES_IO);
	asked.name = KITH_SPAN_LIT("foo");
	asked.version = KITH_SPAN_LIT("1.1.0");
	asked.digest = s.v.packages[0].subject.digest;
	asked.claims = s.v.claims;
	asked.n_claims = s.v.n_claims;
	r = kith_crev_judge(&asked, &s.arena, ret_row, err);
	/* spans end with the arena */
	if (!r)
		ret_row->latest_version = KITH_SPAN_NONE;
	return r;
}

static void
check_crev(void)
{
	struct kith_crev_row want = {.n_mismatches = 0}, got = want;
	struct kith_error err;
	size_t n;

	check(!judge_crev(&want, &err), "crev", 0);
	check(want.status == KITH_CREV_VERIFIED && want.positive == 1 &&
		  want.reviews_version == 3 && want.reviews_all == 5 && want.n_mismatches == 1 &&
		  want.latest == KITH_LATEST_EQUAL,
	      "crev's columns", 0);
	for (n = 1; n < MOST; n++) {
		bool hit;
		int r;

		fault_arm(n);
		r = judge_crev(&got, &err);
		hit = fault_hit();
		fault_arm(0);
		check(r ? hit
			: got.status == want.status && got.reviews_all == want.reviews_all &&
			      got.issues_all == want.issues_all,
		      "crev", n);
		if (!hit)
			break;
	}
	check(n > 20 && n < MOST, "count of allocations", n);
}

int
main(void)
{
	check_world("02-chains.verdict");
	check_world("04-independence.verdict");
	check_world("05-sets.verdict");
	check_world("06-publishers-machines-issues.verdict");
	check_crev();
	return failures != 0;
}
