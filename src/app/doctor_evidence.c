/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith doctor --deep: every signature in the mirrors is verified again, nothing remembered is
 * believed, and the index that commands use must say exactly the same.
 */
#include "app/doctor.h"
#include "app/evidence.h"

struct comparing {
	const struct kith_index *a, *b;
	struct kith_index *ga, *gb; /* the same, to ask for their graphs */
	char what[200];             /* the first difference; empty: none */
};

static bool
differ(struct comparing *c, const char *what, size_t i)
{
	if (!c->what[0])
		snprintf(c->what, sizeof(c->what), "%s (number %zu)", what, i);
	return false;
}

static bool
same_totals(struct comparing *c)
{
	struct kith_index_totals x, y;

	kith_index_get_totals(c->a, &x);
	kith_index_get_totals(c->b, &y);
	return memcmp(&x, &y, sizeof(x)) == 0 || differ(c, "how much there is", 0);
}

static bool
same_source(const struct kith_index_source_info *x, const struct kith_index_source_info *y)
{
	return kith_span_eq(x->url, y->url) && kith_span_eq(x->name, y->name) &&
	       kith_span_eq(x->commit, y->commit) && x->own == y->own && x->files == y->files &&
	       x->proofs == y->proofs && x->valid == y->valid && x->obsolete == y->obsolete &&
	       x->refused == y->refused && x->baseline == y->baseline && x->fetched == y->fetched;
}

static bool
same_sources(struct comparing *c)
{
	struct kith_index_source_info x, y;
	size_t i, n = kith_index_count_sources(c->b);

	if (kith_index_count_sources(c->a) != n)
		return differ(c, "how many sources there are", n);
	for (i = 0; i < n; i++)
		if (!kith_index_source_at(c->a, i, &x) || !kith_index_source_at(c->b, i, &y) ||
		    !same_source(&x, &y))
			return differ(c, "a source", i);
	return true;
}

static bool
same_ids(struct comparing *c)
{
	struct kith_index_id_info x, y;
	size_t i, n = kith_index_count_ids(c->b);

	if (kith_index_count_ids(c->a) != n)
		return differ(c, "how many ids there are", n);
	for (i = 0; i < n; i++) {
		if (!kith_index_id_at(c->a, i, &x) || !kith_index_id_at(c->b, i, &y) ||
		    memcmp(x.id.bytes, y.id.bytes, KITH_ID_BYTES) != 0 ||
		    !kith_span_eq(x.url, y.url) || !kith_span_eq(x.other_url, y.other_url) ||
		    x.proved != y.proved || x.own != y.own || x.says_url != y.says_url ||
		    x.reviews != y.reviews || x.trusts != y.trusts)
			return differ(c, "an id", i);
	}
	return true;
}

static bool
same_place(const struct comparing *c, const struct kith_index_proof_info *a,
	   const struct kith_index_proof_info *b, size_t i)
{
	struct kith_place x, y;

	return kith_index_place_at(c->a, a, i, &x) && kith_index_place_at(c->b, b, i, &y) &&
	       kith_span_eq(x.source, y.source) && kith_span_eq(x.commit, y.commit) &&
	       kith_span_eq(x.path, y.path) && x.line == y.line;
}

/* When it came and what became of it. */
static bool
same_history(const struct kith_index_proof_info *x, const struct kith_index_proof_info *y)
{
	return x->gone == y->gone && x->withdrawn == y->withdrawn &&
	       x->has_previous == y->has_previous && x->previous == y->previous &&
	       x->seen == y->seen;
}

static bool
same_words(const struct kith_index_proof_info *x, const struct kith_index_proof_info *y)
{
	return memcmp(x->digest.bytes, y->digest.bytes, KITH_DIGEST_BYTES) == 0 &&
	       memcmp(x->author.bytes, y->author.bytes, KITH_ID_BYTES) == 0 && x->kind == y->kind &&
	       kith_time_cmp(x->date, y->date) == 0 && kith_span_eq(x->comment, y->comment) &&
	       x->level == y->level;
}

static bool
same_proof(const struct comparing *c, size_t i)
{
	struct kith_index_proof_info x, y;
	size_t k;

	if (!kith_index_proof_at(c->a, i, &x) || !kith_index_proof_at(c->b, i, &y) ||
	    !same_words(&x, &y) || !same_history(&x, &y) || x.n_places != y.n_places)
		return false;
	for (k = 0; k < x.n_places; k++)
		if (!same_place(c, &x, &y, k))
			return false;
	return true;
}

static bool
same_proofs(struct comparing *c)
{
	size_t i, n = kith_index_count_proofs(c->b);

	if (kith_index_count_proofs(c->a) != n)
		return differ(c, "how many proofs there are", n);
	for (i = 0; i < n; i++)
		if (!same_proof(c, i))
			return differ(c, "a proof", i);
	return true;
}

static bool
same_subject(const struct kith_claim *x, const struct kith_claim *y)
{
	return kith_span_eq(x->source, y->source) && kith_span_eq(x->name, y->name) &&
	       kith_span_eq(x->version, y->version) && x->has_digest == y->has_digest &&
	       memcmp(x->digest.bytes, y->digest.bytes, KITH_DIGEST_BYTES) == 0 &&
	       x->has_base == y->has_base && kith_span_eq(x->base_version, y->base_version);
}

static bool
same_opinion(const struct kith_claim *x, const struct kith_claim *y)
{
	return x->thoroughness == y->thoroughness && x->understanding == y->understanding &&
	       x->rating == y->rating && x->empty == y->empty &&
	       x->unmaintained == y->unmaintained && x->has_llm == y->has_llm &&
	       x->llm_human_guided == y->llm_human_guided && x->n_issues == y->n_issues &&
	       x->n_advisories == y->n_advisories && x->n_overrides == y->n_overrides;
}

/* What a review says lies in its body, whose digest was compared; here what was made of it. */
static bool
same_claim(const struct kith_claim *x, const struct kith_claim *y)
{
	return memcmp(x->proof.bytes, y->proof.bytes, KITH_DIGEST_BYTES) == 0 &&
	       memcmp(x->author.bytes, y->author.bytes, KITH_ID_BYTES) == 0 && same_subject(x, y) &&
	       same_opinion(x, y) && kith_time_cmp(x->date, y->date) == 0 && x->gone == y->gone &&
	       x->withdrawn == y->withdrawn && x->has_previous == y->has_previous;
}

static bool
same_claims(struct comparing *c, size_t name)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_claim *x, *y;
	enum kith_ecosystem ex, ey;
	struct kith_span nx, ny;
	size_t i, n, m;

	kith_arena_init(&arena, KITH_MIB(512));
	if (!kith_index_name_at(c->a, name, &ex, &nx, &n) ||
	    !kith_index_name_at(c->b, name, &ey, &ny, &m) || ex != ey || n != m ||
	    !kith_span_eq(nx, ny) || kith_index_claims(c->a, ex, nx, &arena, &x, &n, NULL) ||
	    kith_index_claims(c->b, ey, ny, &arena, &y, &m, NULL) || n != m)
		return differ(c, "the reviews of a package", name);
	for (i = 0; i < n; i++)
		if (!same_claim(&x[i], &y[i]))
			return differ(c, "a review of a package", name);
	return true;
}

static bool
same_names(struct comparing *c)
{
	size_t i, n = kith_index_count_names(c->b);

	if (kith_index_count_names(c->a) != n)
		return differ(c, "how many packages have reviews", n);
	for (i = 0; i < n; i++)
		if (!same_claims(c, i))
			return false;
	return true;
}

static bool
same_statement(const struct kith_trust_statement *x, const struct kith_trust_statement *y)
{
	return memcmp(x->to.bytes, y->to.bytes, KITH_ID_BYTES) == 0 && x->level == y->level &&
	       kith_time_cmp(x->date, y->date) == 0 && x->reach == y->reach &&
	       kith_span_eq(x->scope, y->scope);
}

static bool
same_graph(struct comparing *c)
{
	const struct kith_trust_graph *x, *y;
	struct kith_trust_statement sx, sy;
	const struct kith_id *id;
	size_t i, k, fx, fy, ex, ey;

	if (kith_index_graph(c->ga, &x, NULL) || kith_index_graph(c->gb, &y, NULL))
		return differ(c, "whether there is a trust graph", 0);
	for (i = 0; (id = kith_trust_graph_id(y, i)); i++) {
		bool hx = kith_trust_graph_row(x, id, &fx, &ex);
		bool hy = kith_trust_graph_row(y, id, &fy, &ey);

		if (hx != hy || (hx && ex - fx != ey - fy))
			return differ(c, "whom an id trusts", i);
		for (k = 0; hx && k < ex - fx; k++)
			if (kith_trust_graph_statement(x, fx + k, NULL, &sx, NULL) ||
			    kith_trust_graph_statement(y, fy + k, NULL, &sy, NULL) ||
			    !same_statement(&sx, &sy))
				return differ(c, "a trust statement of an id", i);
	}
	return !kith_trust_graph_id(x, i) || differ(c, "how many ids the graph has", i);
}

static bool
is_same(struct comparing *c)
{
	return same_totals(c) && same_sources(c) && same_ids(c) && same_proofs(c) &&
	       same_names(c) && same_graph(c);
}

int
kith_doctor_evidence(struct kith_doctor *d, struct kith_error *err)
{
	struct kith_session *s = d->session;
	KITH_AUTO_FREE char *path = kith_asprintf("%s/index.check", s->dirs.cache);
	struct kith_index *used, *fresh = NULL;
	struct kith_index_totals t;
	struct comparing c;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_app_index(s, &used, err);
	if (!r)
		r = kith_app_index_from_nothing(s, path, &fresh, err);
	if (r)
		return r;
	c = (struct comparing){.a = used, .b = fresh, .ga = used, .gb = fresh};
	kith_index_get_totals(fresh, &t);
	if (is_same(&c))
		r = kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err,
				      "%llu proofs verified again, %llu valid; the index says the "
				      "same",
				      (unsigned long long)t.proofs, (unsigned long long)t.valid);
	else
		r = kith_doctor_found(d, KITH_DOCTOR_INTEGRITY,
				      "remove the cache folder; if it happens again, somebody "
				      "changes it or this is a bug",
				      err, "the index differs from what the mirrors prove: %s",
				      c.what);
	kith_index_free(fresh);
	if (kith_fs_remove_tree(path, NULL))
		kith_app_warn(s, "%s: could not be removed", path);
	return r;
}
