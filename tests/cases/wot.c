/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `./dev cases wot [--only crev|native] FILE…`: one PASS or FAIL a file. What is expected:
 *
 *   expect crev   trusted    A:high/0 B:medium/1 …   exact set, level/distance (may be left out)
 *   expect crev   distrusted C<D …                   exact set, banned<by
 *   expect crev   verify     foo@1.0.0 trust=low redundancy=2 [thoroughness= understanding=]
 *                            verified|insufficient|negative
 *   expect native approve    [scope=cargo:serde_json] A:high/12 B:high/11[/reviews|/introduce] …
 *                            exact set, level/budget left; with several roots the level only
 *   expect native object     …                       exact; where it is missing equal to approve
 *   expect native contested  X<B+C …                 exact set
 *   expect native verify     foo@1.0.0 trust=medium redundancy=2 verified/2      verdict/ways
 */
#include "cases/cases.h"
#include "cases/wot_graph.h"

static int
cmp_span(const void *pa, const void *pb)
{
	const struct kith_span *a = pa, *b = pb;

	return kith_span_cmp(*a, *b);
}

/* Sorted words without repetition. */
static size_t
as_set(struct kith_span *words, size_t n)
{
	size_t i, m = 0;

	if (n)
		qsort(words, n, sizeof(*words), cmp_span);
	for (i = 0; i < n; i++)
		if (!m || !kith_span_eq(words[m - 1], words[i]))
			words[m++] = words[i];
	return m;
}

/* The expected words, without KEY=VALUE; of `verify` only the last one. */
static size_t
expected(const struct wot_expect *e, bool whole, struct kith_span *out)
{
	size_t i, n = 0;

	for (i = whole && e->n ? e->n - 1 : 2; i < e->n; i++)
		if (whole || kith_span_find(e->words[i], 0, '=') == e->words[i].len)
			out[n++] = e->words[i];
	return as_set(out, n);
}

static void
put_words(struct kith_buf *b, const struct kith_span *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		kith_buf_put_str(b, i ? " " : "");
		kith_buf_put_span(b, words[i]);
	}
}

/* Appends to why if the answer differs. */
static int
check_expect(struct wot *w, const struct wot_expect *e, struct kith_buf *why,
	     struct kith_error *err)
{
	struct wot_answer a = {.n = 0};
	struct kith_span *want;
	size_t i, n;
	bool same;
	int r;

	if (kith_span_is(e->words[0], "crev"))
		r = wot_crev(w, e, &a, err);
	else if (kith_span_is(e->words[0], "native"))
		r = wot_native(w, e, &a, err);
	else
		r = kith_fail(err, KITH_E_FORMAT, "expect crev or native");

	if (r) {
		free(a.words);
		return kith_context(err, r, "line %zu", e->line);
	}
	want = kith_arena_array(&w->arena, e->n + 1, sizeof(*want));
	if (!want) {
		free(a.words);
		return kith_fail_nomem(err);
	}
	n = expected(e, a.whole, want);
	a.n = as_set(a.words, a.n);
	same = n == a.n;
	for (i = 0; same && i < n; i++)
		same = kith_span_eq(want[i], a.words[i]);
	if (!same) {
		kith_buf_printf(why, "%sline %zu: got ", why->len ? "; " : "", e->line);
		put_words(why, a.words, a.n);
	}
	free(a.words);
	return KITH_OK;
}

/* A file that expects approve but no object says that they are equal. */
static int
check_objects(struct wot *w, struct kith_buf *why, struct kith_error *err)
{
	struct wot_answer approve = {.n = 0}, object = {.n = 0};
	bool approves = false, same;
	size_t i;
	int r;

	for (i = 0; i < w->n_expects; i++) {
		const struct wot_expect *e = &w->expects[i];

		if (!kith_span_is(e->words[0], "native"))
			continue;
		if (kith_span_is(e->words[1], "object"))
			return KITH_OK;
		approves |= kith_span_is(e->words[1], "approve");
	}
	if (!approves)
		return KITH_OK;
	r = wot_native_objects(w, &approve, &object, err);
	same = r == KITH_OK && approve.n == object.n;
	for (i = 0; same && i < approve.n; i++)
		same = kith_span_eq(approve.words[i], object.words[i]);
	if (r == KITH_OK && !same) {
		kith_buf_printf(why, "%sobject differs from approve: ", why->len ? "; " : "");
		put_words(why, object.words, object.n);
	}
	free(approve.words);
	free(object.words);
	return r;
}

static void
run_file(struct cases_tally *t, const char *path, const char *only)
{
	KITH_AUTO_BUF struct kith_buf why;
	KITH_CLEANUP(wot_clear) struct wot w;
	struct kith_error err;
	size_t i, counted = 0;
	int r;

	kith_buf_init(&why, KITH_MIB(1));
	wot_init(&w);
	r = wot_read(&w, cases_read(path), &err);
	for (i = 0; r == KITH_OK && i < w.n_expects; i++) {
		const struct wot_expect *e = &w.expects[i];

		if (only && !kith_span_is(e->words[0], only))
			continue;
		counted++;
		r = check_expect(&w, e, &why, &err);
	}
	if (r == KITH_OK && (!only || strcmp(only, "native") == 0))
		r = check_objects(&w, &why, &err);
	if (r)
		cases_result(t, false, path, "%s", err.msg);
	else if (counted)
		cases_result(t, why.len == 0, path, "%s", kith_buf_str(&why));
}

int
cases_wot(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	const char *only = NULL;
	int i = 0;

	if (argc >= 2 && strcmp(argv[0], "--only") == 0) {
		only = argv[1];
		i = 2;
	}
	for (; i < argc; i++)
		run_file(&t, argv[i], only);
	return cases_end(&t);
}
