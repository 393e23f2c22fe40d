/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `./dev cases wot-fuzz FILE`: recorded answers of cargo-crev's own trust set, two lines a case:
 *
 *   root|max,high,medium,low,none,distrust|from>to:level@t/ov.ov;…
 *     id:level:dist:by…  #  distrusted<[by]  #  from>to:override level  #  number of log entries
 *
 * Ids are numbers of Ed25519 keys from the seeds (i+1) repeated 32 times; date = 1600000000+t.
 */
#include "cases/cases.h"
#include "cases/wot_read.h"
#include "crypto/crypto.h"
#include "trust/trust.h"

#define MAX_IDS 256

struct fuzz_case {
	struct kith_id ids[MAX_IDS];
	uint64_t n_ids, root;
	struct kith_crev_params params;
	struct kith_trust_builder *b;
	struct kith_trust_graph *g;
	struct kith_trust_result *result;
	uint8_t by[MAX_IDS][MAX_IDS]; /* level + 1 of `by[target][reporter]` in the last pass */
	size_t log;
};

static void
case_clear(struct fuzz_case *c)
{
	kith_trust_result_free(c->result);
	kith_trust_graph_free(c->g);
	kith_trust_builder_free(c->b);
}

static bool
id_number(struct fuzz_case *c, struct kith_span text, uint64_t *ret)
{
	uint8_t seed[KITH_SEED_BYTES];

	if (!kith_span_u64(text, ret) || *ret >= MAX_IDS)
		return false;
	for (; c->n_ids <= *ret; c->n_ids++) {
		memset(seed, (int)(c->n_ids + 1), sizeof(seed));
		kith_ed25519_public(seed, &c->ids[c->n_ids]);
	}
	return true;
}

static bool
add_statement(struct fuzz_case *c, struct kith_span text, struct kith_error *err)
{
	struct kith_trust_statement s = {.reach = KITH_REACH_DELEGATE};
	struct kith_id over[MAX_IDS];
	struct kith_span from, to, level, date, one;
	uint64_t a, b, o, t;

	if (!kith_span_next(&text, '>', &from) || !kith_span_next(&text, ':', &to) ||
	    !kith_span_next(&text, '@', &level) || !kith_span_next(&text, '/', &date) ||
	    !id_number(c, from, &a) || !id_number(c, to, &b) || !wot_level(level, &s.level) ||
	    !kith_span_u64(date, &t))
		return false;
	while (text.len && kith_span_next(&text, '.', &one)) {
		if (s.n_ignores == MAX_IDS || !id_number(c, one, &o))
			return false;
		over[s.n_ignores++] = c->ids[o];
	}
	s.from = c->ids[a];
	s.to = c->ids[b];
	s.date.sec = 1600000000 + (int64_t)t;
	s.ignores = over;
	return kith_trust_builder_add(c->b, &s, err) == KITH_OK;
}

static bool
read_case(struct fuzz_case *c, struct kith_span line, struct kith_error *err)
{
	static const unsigned order[] = {4, 3, 2, 1, 0};
	struct kith_span root, params, one;
	size_t i;

	if (!kith_span_next(&line, '|', &root) || !kith_span_next(&line, '|', &params) ||
	    !id_number(c, root, &c->root) || !kith_span_next(&params, ',', &one) ||
	    !kith_span_u64(one, &c->params.max))
		return false;
	for (i = 0; i < 5; i++)
		if (!kith_span_next(&params, ',', &one) ||
		    !kith_span_u64(one, &c->params.cost[order[i]]))
			return false;
	while (line.len && kith_span_next(&line, ';', &one))
		if (!add_statement(c, one, err))
			return false;
	return true;
}

static size_t
number_of(const struct fuzz_case *c, const struct kith_id *id)
{
	size_t i;

	for (i = 0; i + 1 < c->n_ids && memcmp(&c->ids[i], id, sizeof(*id)) != 0; i++)
		;
	return i;
}

static void
on_pass(void *ctx, unsigned number)
{
	struct fuzz_case *c = ctx;

	(void)number;
	c->log = 0;
	memset(c->by, 0, sizeof(c->by));
}

static void
on_visit(void *ctx, const struct kith_id *id, enum kith_level level, uint64_t distance)
{
	struct fuzz_case *c = ctx;

	(void)distance;
	c->log++;
	if (number_of(c, id) == c->root)
		c->by[c->root][c->root] = (uint8_t)(level + 1);
}

static void
on_edge(void *ctx, const struct kith_crev_edge *e)
{
	struct fuzz_case *c = ctx;
	uint8_t *by = &c->by[number_of(c, e->to)][number_of(c, e->from)];

	c->log++;
	if (e->counted && e->effective + 1 > *by)
		*by = (uint8_t)(e->effective + 1);
}

static int
cmp_str(const void *pa, const void *pb)
{
	const char *const *a = pa, *const *b = pb;

	return strcmp(*a, *b);
}

/* Words were put one after another, each with a NUL; sorts and joins them. */
static void
join_sorted(struct kith_buf *out, const struct kith_buf *words, char between)
{
	const char *list[1024];
	size_t n = 0, i, at;

	for (at = 0; at < words->len && n < 1024; at += strlen(list[n - 1]) + 1)
		list[n++] = (const char *)words->ptr + at;
	qsort(list, n, sizeof(*list), cmp_str);
	for (i = 0; i < n; i++) {
		if (i)
			kith_buf_put_char(out, between);
		kith_buf_put_str(out, list[i]);
	}
}

static void
put_member(struct fuzz_case *c, size_t i, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf by;
	enum kith_level level, object;
	uint64_t distance;
	size_t k;

	kith_buf_init(&by, KITH_MIB(1));
	if (!kith_trust_member(c->result, &c->ids[i], &distance))
		return;
	kith_trust_level(c->result, &c->ids[i], &level, &object);
	for (k = 0; k < c->n_ids; k++) {
		if (c->by[i][k]) {
			kith_buf_printf(&by, "%zu=%s", k,
					kith_level_name((enum kith_level)(c->by[i][k] - 1)));
			kith_buf_put_char(&by, '\0');
		}
	}
	kith_buf_printf(out, "%zu:%s:%llu:", i, kith_level_name(level),
			(unsigned long long)distance);
	join_sorted(out, &by, ',');
	kith_buf_put_char(out, '\0');
}

static void
put_answer(struct fuzz_case *c, struct kith_buf *out)
{
	KITH_AUTO_BUF struct kith_buf members, banned, ignored;
	struct kith_id by;
	size_t i, k;

	kith_buf_init(&members, KITH_MIB(1));
	kith_buf_init(&banned, KITH_MIB(1));
	kith_buf_init(&ignored, KITH_MIB(1));
	for (i = 0; i < c->n_ids; i++) {
		put_member(c, i, &members);
		if (kith_trust_banned(c->result, &c->ids[i], &by)) {
			kith_buf_printf(&banned, "%zu<[%zu]", i, number_of(c, &by));
			kith_buf_put_char(&banned, '\0');
		}
		for (k = 0; k < c->n_ids; k++) {
			enum kith_level l = kith_trust_ignored(c->result, &c->ids[i], &c->ids[k]);

			if (l == KITH_LEVEL_DISTRUST)
				continue;
			kith_buf_printf(&ignored, "%zu>%zu:%s", i, k, kith_level_name(l));
			kith_buf_put_char(&ignored, '\0');
		}
	}
	join_sorted(out, &members, ' ');
	kith_buf_put_str(out, " # ");
	join_sorted(out, &banned, ' ');
	kith_buf_put_str(out, " # ");
	join_sorted(out, &ignored, ' ');
	kith_buf_printf(out, " # %zu", c->log);
}

static int
answer(struct fuzz_case *c, struct kith_span line, struct kith_buf *out, struct kith_error *err)
{
	struct kith_crev_log log = {c, on_pass, on_visit, on_edge};
	struct kith_trust_question q = {.semantics = KITH_SEMANTICS_CREV,
					.roots = &c->ids[0],
					.n_roots = 1,
					.crev = &c->params};
	struct kith_trust_builder *b;
	int r = kith_trust_builder_new(&c->b, err);

	if (r)
		return r;
	if (!read_case(c, line, err))
		return kith_fail(err, KITH_E_FORMAT, "not a case");
	q.roots = &c->ids[c->root];
	b = c->b;
	c->b = NULL;
	r = kith_trust_builder_seal(b, &c->g, err);
	if (r == KITH_OK)
		r = kith_trust_resolve_logged(c->g, &q, &log, &c->result, err);
	if (r)
		return r;
	put_answer(c, out);
	return kith_buf_check(out, err);
}

int
cases_wot_fuzz(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	struct kith_span text, line, want;
	struct kith_error err;
	size_t number = 0;

	if (argc != 1 || kith_crypto_init(&err)) {
		fputs("usage: wot-fuzz FILE\n", stderr);
		return 2;
	}
	text = cases_read(argv[0]);
	while (kith_span_next(&text, '\n', &line)) {
		KITH_AUTO_FREE struct fuzz_case *c = kith_calloc(1, sizeof(*c));
		KITH_AUTO_BUF struct kith_buf got;
		char name[64];

		kith_buf_init(&got, KITH_MIB(1));
		if (!line.len || !c)
			continue;
		snprintf(name, sizeof(name), "case %zu", ++number);
		want = KITH_SPAN_NONE;
		kith_span_next(&text, '\n', &want);
		if (answer(c, line, &got, &err))
			cases_result(&t, false, name, "%s", err.msg);
		else
			cases_result(
			    &t,
			    kith_span_eq(kith_span_trim(want), kith_span_trim(kith_buf_span(&got))),
			    name, "got %s", kith_buf_str(&got));
		case_clear(c);
	}
	return cases_end(&t);
}
