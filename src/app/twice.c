/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds equivocations: the index tells which statements of an author share a date, their texts are
 * read again from the mirrors, and what they are about decides. Sorting only: floods of statements
 * of one date stay n log n.
 */
#include "app/twice.h"

#include "codec/base64.h"
#include "store/journal.h"

#define FILE_ARENA KITH_MIB(512)
#define MAX_TEXTS  KITH_MIB(64) /* of all statements together; further ones are shown without */
#define WARNED     5U

struct subject {
	struct kith_app_said *said;
	struct kith_span key;
	struct kith_span registry, name, version; /* review */
	struct kith_id about;                     /* trust */
	struct kith_span scope;
};

struct finding {
	struct kith_session *s;
	const struct kith_index *ix;
	struct kith_arena *arena;  /* the caller's */
	struct kith_arena scratch; /* of one file */
	struct kith_app_said *said;
	size_t n_said, cap_said;
	struct kith_map by_digest; /* to said; keys are in said: it does not grow any more */
	bool *read;                /* of each said: its subjects are known */
	struct subject *subjects;
	size_t n_subjects, cap_subjects, texts;
};

static int
cmp_said(const void *a, const void *b)
{
	const struct kith_index_proof_info *x = &((const struct kith_app_said *)a)->proof;
	const struct kith_index_proof_info *y = &((const struct kith_app_said *)b)->proof;
	int c = memcmp(x->author.bytes, y->author.bytes, KITH_ID_BYTES);

	if (!c)
		c = kith_time_cmp(x->date, y->date);
	if (!c)
		c = (x->kind > y->kind) - (x->kind < y->kind);
	return c ? c : memcmp(x->digest.bytes, y->digest.bytes, KITH_DIGEST_BYTES);
}

static bool
is_together(const struct kith_app_said *a, const struct kith_app_said *b)
{
	return a->proof.kind == b->proof.kind && kith_time_cmp(a->proof.date, b->proof.date) == 0 &&
	       memcmp(a->proof.author.bytes, b->proof.author.bytes, KITH_ID_BYTES) == 0;
}

/* --- which statements share author and date --- */

static int
gather(struct finding *f, const struct kith_id *author, struct kith_error *err)
{
	struct kith_app_said x = {.text = KITH_SPAN_NONE};
	size_t i;
	int r;

	for (i = 0; i < kith_index_count_proofs(f->ix); i++) {
		if (!kith_index_proof_at(f->ix, i, &x.proof))
			return kith_index_fail(err);
		if ((x.proof.kind != KITH_PROOF_REVIEW && x.proof.kind != KITH_PROOF_TRUST) ||
		    (author && memcmp(author->bytes, x.proof.author.bytes, KITH_ID_BYTES) != 0))
			continue;
		r = kith_grow(&f->said, &f->cap_said, f->n_said + 1, sizeof(x), UINT32_MAX,
			      "statements", err);
		if (r)
			return r;
		f->said[f->n_said++] = x;
	}
	return KITH_OK;
}

/* Keeps those that are not alone; `since` drops groups with nothing new. */
static void
keep_groups(struct finding *f, int64_t since)
{
	size_t i, k, end, kept = 0;
	bool is_new;

	for (i = 0; i < f->n_said; i = end) {
		is_new = f->said[i].proof.seen >= since;
		for (end = i + 1; end < f->n_said && is_together(&f->said[i], &f->said[end]); end++)
			is_new |= f->said[end].proof.seen >= since;
		for (k = i; end - i > 1 && is_new && k < end; k++)
			f->said[kept++] = f->said[k];
	}
	f->n_said = kept;
}

static int
index_said(struct finding *f, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < f->n_said; i++) {
		if (!kith_index_place_at(f->ix, &f->said[i].proof, 0, &f->said[i].place))
			return kith_index_fail(err);
		r = kith_map_add(&f->by_digest,
				 kith_span(f->said[i].proof.digest.bytes, KITH_DIGEST_BYTES), i,
				 NULL, NULL, err);
	}
	return r;
}

/* --- what they are about --- */

static int
add_subject(struct finding *f, const struct subject *x, struct kith_error *err)
{
	int r = kith_grow(&f->subjects, &f->cap_subjects, f->n_subjects + 1, sizeof(*x), UINT32_MAX,
			  "statements", err);

	if (!r)
		f->subjects[f->n_subjects++] = *x;
	return r;
}

static int
keep(struct finding *f, struct kith_span from, struct kith_span *ret, struct kith_error *err)
{
	return kith_arena_copy(f->arena, from, ret) ? KITH_OK : kith_fail_nomem(err);
}

static int
take_review(struct finding *f, struct subject *x, const struct kith_proof *p,
	    struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf key;
	int r;

	kith_buf_init(&key, KITH_MAX_YAML_BYTES);
	kith_claim_put_subject(&key, p->package.source, p->package.name, p->package.version);
	r = kith_buf_check(&key, err);
	if (!r)
		r = keep(f, kith_buf_span(&key), &x->key, err);
	if (!r)
		r = keep(f, p->package.source, &x->registry, err);
	if (!r)
		r = keep(f, p->package.name, &x->name, err);
	if (!r)
		r = keep(f, p->package.version, &x->version, err);
	return r ? r : add_subject(f, x, err);
}

/* A statement about each of its ids, within its scope (trust.md N5). */
static int
take_trust(struct finding *f, struct subject *x, const struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf key;
	size_t i;
	int r = keep(f, p->scope, &x->scope, err);

	kith_buf_init(&key, KITH_MAX_YAML_BYTES);
	for (i = 0; !r && i < p->n_ids; i++) {
		if (!p->ids[i].valid)
			continue;
		x->about = p->ids[i].id;
		kith_buf_reset(&key);
		kith_buf_put(&key, x->about.bytes, KITH_ID_BYTES);
		kith_buf_put_span(&key, p->scope);
		r = kith_buf_check(&key, err);
		if (!r)
			r = keep(f, kith_buf_span(&key), &x->key, err);
		if (!r)
			r = add_subject(f, x, err);
	}
	return r;
}

static int
take_proof(struct finding *f, const struct kith_proof *p, struct kith_error *err)
{
	struct subject x = {.key = KITH_SPAN_NONE};
	size_t i;
	int r = KITH_OK;

	if (!kith_map_get(&f->by_digest, kith_span(p->digest.bytes, KITH_DIGEST_BYTES), &i) ||
	    f->read[i])
		return KITH_OK;
	f->read[i] = true;
	x.said = &f->said[i];
	if (f->texts + p->body.len <= MAX_TEXTS)
		r = keep(f, p->body, &f->said[i].text, err);
	f->texts += f->said[i].text.len;
	if (r)
		return r;
	return p->kind == KITH_PROOF_REVIEW ? take_review(f, &x, p, err)
					    : take_trust(f, &x, p, err);
}

/* The digest names the body, and the index has verified that one: no signature is looked at. */
static int
take_bytes(struct finding *f, struct kith_span bytes, struct kith_error *err)
{
	struct kith_proof_list list;
	size_t i;
	int r = KITH_OK;

	kith_arena_clear(&f->scratch);
	if (bytes.len > KITH_MAX_PROOF_FILE ||
	    kith_proof_parse(bytes, &f->scratch, &list, NULL)) /* as the index: refused */
		return KITH_OK;
	for (i = 0; !r && i < list.count; i++)
		if (list.items[i].status == KITH_PROOF_VALID && list.items[i].proof.body.len)
			r = take_proof(f, &list.items[i].proof, err);
	return r;
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	(void)item;
	(void)path;
	return take_bytes(ctx, bytes, err);
}

struct choice {
	struct finding *f;
	const struct kith_mirrors *mirrors;
	const bool *wanted;
};

static const char *
which_files(void *ctx, size_t item)
{
	const struct choice *c = ctx;

	return c->wanted[item] ? "" : NULL;
}

static int
pass_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	return take_file(((struct choice *)ctx)->f, item, path, bytes, err);
}

/* Mirrors in which some statement lies, as the index names them. */
static int
choose_mirrors(struct finding *f, const struct kith_mirrors *m, bool *wanted,
	       struct kith_error *err)
{
	KITH_AUTO_MAP struct kith_map sources;
	KITH_AUTO_BUF struct kith_buf name;
	size_t i;
	int r = KITH_OK;

	kith_map_init(&sources, NULL);
	kith_buf_init(&name, KITH_KIB(16));
	for (i = 0; !r && i < f->n_said; i++)
		r = kith_map_add(&sources, f->said[i].place.source, 0, NULL, NULL, err);
	for (i = 0; !r && i < m->count; i++) {
		if (m->items[i].damaged)
			continue;
		kith_buf_reset(&name);
		kith_mirror_put_name(&name, &m->items[i]);
		r = kith_buf_check(&name, err);
		wanted[i] = kith_map_get(&sources, kith_buf_span(&name), NULL);
	}
	return r;
}

static int
read_texts(struct finding *f, struct kith_error *err)
{
	KITH_AUTO_MIRRORS struct kith_mirrors m = {0};
	KITH_AUTO_FREE bool *wanted = NULL;
	KITH_AUTO_BUF struct kith_buf gone;
	struct choice c = {f, &m, NULL};
	const struct kith_store_read_calls calls = {
	    .ctx = &c, .names = which_files, .file = pass_file};
	size_t i;
	int r = kith_store_mirrors(&f->s->dirs, &m, err);

	kith_buf_init(&gone, 1);
	if (r)
		return r;
	wanted = kith_calloc(m.count + 1, sizeof(*wanted));
	if (!wanted)
		return kith_fail_nomem(err);
	c.wanted = wanted;
	r = choose_mirrors(f, &m, wanted, err);
	if (!r)
		r = kith_store_each_proof_file(&m, f->s->libexec, &calls, err);
	for (i = 0; !r && i < m.count; i++) {
		if (!wanted[i] || m.items[i].own)
			continue;
		r = kith_journal_gone_text(&f->s->dirs, m.items[i].source.slug, &gone, err);
		if (!r)
			r = take_bytes(f, kith_buf_span(&gone), err);
	}
	return r;
}

/* --- which of them are about the same --- */

static int
cmp_subject(const void *a, const void *b)
{
	const struct subject *x = a, *y = b;
	int c;

	if (!is_together(x->said, y->said))
		return cmp_said(x->said, y->said);
	c = kith_span_cmp(x->key, y->key);
	return c ? c : cmp_said(x->said, y->said);
}

static bool
is_same(const struct subject *x, const struct subject *y)
{
	return is_together(x->said, y->said) && kith_span_eq(x->key, y->key);
}

static int
make_list(struct finding *f, const struct kith_app_twice **ret_list, size_t *ret_count,
	  struct kith_error *err)
{
	struct kith_app_twice *list =
	    kith_arena_array(f->arena, f->n_subjects / 2 + 1, sizeof(*list));
	const struct kith_app_said **said =
	    kith_arena_array(f->arena, f->n_subjects + 1, sizeof(const struct kith_app_said *));
	size_t i, k, end, n = 0;

	if (!list || !said)
		return kith_fail_nomem(err);
	if (f->n_subjects)
		qsort(f->subjects, f->n_subjects, sizeof(*f->subjects), cmp_subject);
	for (i = 0; i < f->n_subjects; i = end) {
		const struct subject *x = &f->subjects[i];
		size_t n_said = 0;

		for (end = i; end < f->n_subjects && is_same(x, &f->subjects[end]); end++)
			;
		for (k = i; k < end; k++) /* one that names an id twice says it once */
			if (k == i || f->subjects[k].said != f->subjects[k - 1].said)
				said[i + n_said++] = f->subjects[k].said;
		if (n_said < 2)
			continue;
		list[n++] = (struct kith_app_twice){x->said->proof.author,
						    x->said->proof.date,
						    x->said->proof.kind,
						    x->registry,
						    x->name,
						    x->version,
						    x->about,
						    x->scope,
						    said + i,
						    n_said};
	}
	*ret_list = list;
	*ret_count = n;
	return KITH_OK;
}

int
kith_app_twice_find(struct kith_session *s, const struct kith_index *ix, int64_t since,
		    const struct kith_id *author, struct kith_arena *arena,
		    const struct kith_app_twice **ret_list, size_t *ret_count,
		    struct kith_error *err)
{
	struct finding f = {.s = s, .ix = ix, .arena = arena};
	int r;

	kith_map_init(&f.by_digest, NULL);
	kith_arena_init(&f.scratch, FILE_ARENA);
	r = gather(&f, author, err);
	if (!r && f.n_said) {
		qsort(f.said, f.n_said, sizeof(*f.said), cmp_said);
		keep_groups(&f, since);
	}
	if (!r && f.n_said) {
		struct kith_app_said *kept = kith_arena_array(arena, f.n_said, sizeof(*f.said));

		f.read = kith_arena_array(arena, f.n_said, sizeof(*f.read));
		if (kept)
			memcpy(kept, f.said, f.n_said * sizeof(*f.said));
		free(f.said);
		f.said = NULL;
		if (!kept || !f.read)
			r = kith_fail_nomem(err);
		else
			f.said = kept;
		if (!r)
			r = index_said(&f, err);
		if (!r)
			r = read_texts(&f, err);
		f.said = NULL;
	}
	if (!r)
		r = make_list(&f, ret_list, ret_count, err);
	free(f.said);
	free(f.subjects);
	kith_map_clear(&f.by_digest);
	kith_arena_clear(&f.scratch);
	return r;
}

void
kith_app_twice_put_subject(const struct kith_app_twice *t, struct kith_buf *out)
{
	char id[KITH_ID_TEXT + 1];

	if (t->kind == KITH_PROOF_REVIEW) {
		kith_buf_put_str(out, "review of ");
		kith_text_safe(out, t->name, 60);
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, t->version, 40);
		return;
	}
	kith_base64_id(id, t->about.bytes);
	kith_buf_printf(out, "trust in %.12s", id);
	if (t->scope.len) {
		kith_buf_put_str(out, " for ");
		kith_text_safe(out, t->scope, 60);
	}
}

void
kith_app_twice_warn(struct kith_session *s, const struct kith_index *ix, int64_t since)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_app_twice *list;
	char id[KITH_ID_TEXT + 1];
	struct kith_error why;
	size_t i, n;

	kith_arena_init(&arena, FILE_ARENA);
	if (kith_app_twice_find(s, ix, since, NULL, &arena, &list, &n, &why)) {
		kith_app_warn(s, "statements of one date cannot be compared: %s", why.msg);
		return;
	}
	for (i = 0; i < n && i < WARNED; i++) {
		KITH_AUTO_BUF struct kith_buf b;

		kith_buf_init(&b, KITH_KIB(4));
		kith_base64_id(id, list[i].author.bytes);
		kith_app_twice_put_subject(&list[i], &b);
		kith_buf_put_str(&b, " of ");
		kith_time_put_date(&b, list[i].date);
		kith_app_warn(s, "%.12s said %zu different things at once: %s", id, list[i].n_said,
			      kith_buf_str(&b));
	}
	if (n)
		kith_app_note(s, "kith query equivocations shows %s%zu with their texts",
			      n == 1 ? "this " : "all ", n);
}
