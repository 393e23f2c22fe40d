/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Publishing: kith-git prepares what the branch should become, here every proof of before is looked
 * for in it, and only then it moves and is pushed. Nothing is ever forced.
 */
#include "crypto/crypto.h"
#include "store/own_inside.h"

#define PUSH_TRIES 5
#define MAX_PROOFS ((size_t)4000000)

/* --- what is in which commit --- */

enum { AT_SERVER, HERE, AFTER, COMMITS };

struct proofs {
	struct kith_digest *at; /* of body and signature, sorted once all are there */
	size_t n, cap;
	size_t refused; /* what is no valid proof */
};

struct gather {
	struct proofs sets[COMMITS];
	struct kith_arena arena;
	/* those of what will be pushed, with their digests beside them in the set */
	const struct kith_proof **list;
	size_t cap;
	int listed; /* which commit that is */
};

static void
gather_clear(struct gather *g)
{
	size_t i;

	for (i = 0; i < COMMITS; i++)
		free(g->sets[i].at);
	free(g->list);
	kith_arena_clear(&g->arena);
}

static int
add_proof(struct gather *g, size_t item, const struct kith_proof *p, struct kith_error *err)
{
	struct proofs *set = &g->sets[item];
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_MAX_PROOF_BODY + KITH_SIG_BYTES);
	kith_buf_put_span(&b, p->body);
	kith_buf_put(&b, p->sig, KITH_SIG_BYTES);
	r = kith_buf_check(&b, err);
	if (!r)
		r = kith_grow(&set->at, &set->cap, set->n + 1, sizeof(*set->at), MAX_PROOFS,
			      "proofs", err);
	if (!r && (int)item == g->listed)
		r = kith_grow(&g->list, &g->cap, set->n + 1, sizeof(const struct kith_proof *),
			      MAX_PROOFS, "proofs", err);
	if (r)
		return r;
	if ((int)item == g->listed)
		g->list[set->n] = p;
	kith_blake2b(kith_buf_span(&b), &set->at[set->n++]);
	return KITH_OK;
}

static int
take_items(struct gather *g, size_t item, struct kith_span bytes, struct kith_arena *arena,
	   struct kith_error *err)
{
	struct kith_proof_list list;
	size_t i;
	int r = kith_proof_parse(bytes, arena, &list, err);

	for (i = 0; !r && i < list.count; i++) {
		if (list.items[i].status == KITH_PROOF_VALID)
			kith_proof_check(&list.items[i]);
		if (list.items[i].status == KITH_PROOF_VALID)
			r = add_proof(g, item, &list.items[i].proof, err);
		else
			g->sets[item].refused++;
	}
	return r;
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct gather *g = ctx;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_span kept;

	(void)path;
	kith_arena_init(&arena, KITH_OWN_ARENA);
	if ((int)item != g->listed)
		return take_items(g, item, bytes, &arena, err);
	if (!kith_arena_copy(&g->arena, bytes, &kept))
		return kith_fail_nomem(err);
	return take_items(g, item, kept, &g->arena, err);
}

static int
take_end(void *ctx, size_t item, const struct kith_git_end *end, const struct kith_error *failure,
	 struct kith_error *err)
{
	(void)ctx;
	(void)item;
	(void)end;
	if (failure && err)
		*err = *failure;
	return failure ? failure->code : KITH_OK;
}

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct kith_digest));
}

static void
sort(struct proofs *set)
{
	if (set->n)
		qsort(set->at, set->n, sizeof(*set->at), compare_digests);
}

static bool
is_in(const struct proofs *set, const struct kith_digest *d)
{
	return set->n && bsearch(d, set->at, set->n, sizeof(*set->at), compare_digests);
}

static size_t
count_missing(const struct proofs *of, const struct proofs *in)
{
	size_t i, missing = 0;

	for (i = 0; i < of->n; i++)
		missing += !is_in(in, &of->at[i]);
	return missing;
}

static int
would_lose(const struct kith_own *own, size_t n, const char *whose, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY, "%s: %zu proofs of %s would be lost",
				   own->folder, n, whose),
			 "look with git log there and at the server: somebody removed them");
}

/* No proof may be lost on the way: neither one of here nor one of the server's. */
static int
check_nothing_lost(const struct kith_own *own, const struct gather *g, struct kith_error *err)
{
	const struct proofs *after = &g->sets[AFTER];
	size_t lost = count_missing(&g->sets[HERE], after);

	if (lost)
		return would_lose(own, lost, "this repository", err);
	lost = count_missing(&g->sets[AT_SERVER], after);
	return lost ? would_lose(own, lost, "the server", err) : KITH_OK;
}

/* Fills the plan's list with what the server lacks; the list of all is not sorted yet. */
static void
keep_new(struct gather *g, struct kith_own_plan *plan)
{
	const struct proofs *all = &g->sets[g->listed], *known = &g->sets[AT_SERVER];
	size_t i, n = 0;

	for (i = 0; i < all->n; i++)
		if (!is_in(known, &all->at[i]))
			g->list[n++] = g->list[i];
	plan->proofs = g->list;
	plan->n_proofs = n;
	if (all->refused > known->refused)
		plan->refused = all->refused - known->refused;
}

static int
read_commits(const struct kith_own *own, const struct kith_own_answer *at, struct gather *g,
	     struct kith_error *err)
{
	const char *const commits[COMMITS] = {at->remote, at->head, at->to};
	struct kith_mirror items[COMMITS];
	struct kith_mirrors mirrors = {items, COMMITS};
	const struct kith_store_read_calls calls = {.ctx = g, .file = take_file, .end = take_end};
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = 0; i < COMMITS; i++) {
		items[i].path = own->folder;
		memcpy(items[i].head, commits[i], sizeof(items[i].head)); /* empty: left out */
	}
	g->listed = at->to[0] ? AFTER : HERE;
	kith_arena_init(&g->arena, KITH_OWN_ARENA);
	return kith_store_each_proof_file(&mirrors, own->libexec, &calls, err);
}

/* --- moving and pushing --- */

static int
compare_with_server(const struct kith_own *own, struct kith_own_answer *ret, struct kith_error *err)
{
	struct kith_git_own o = {.op = KITH_OWN_SYNC, .path = kith_span_str(own->folder)};

	return kith_own_git(own->libexec, &o, NULL, ret, err);
}

static int
advance(const struct kith_own *own, struct kith_own_answer *at, struct kith_error *err)
{
	struct kith_git_own o = {.op = KITH_OWN_ADVANCE,
				 .path = kith_span_str(own->folder),
				 .from = kith_span_str(at->head),
				 .to = kith_span_str(at->to)};
	struct kith_own_answer answer;
	int r = kith_own_git(own->libexec, &o, NULL, &answer, err);

	if (!r)
		memcpy(at->head, answer.head, sizeof(at->head));
	return r;
}

static int
push(const struct kith_own *own, const struct kith_own_answer *at, struct kith_own_published *out,
     struct kith_error *err)
{
	struct kith_git_own o = {.op = KITH_OWN_PUSH,
				 .path = kith_span_str(own->folder),
				 .from = kith_span_str(at->head)};
	struct kith_own_answer answer;
	int r = kith_own_git(own->libexec, &o, NULL, &answer, err);

	if (r)
		return r;
	snprintf(out->url, sizeof(out->url), "%s", answer.url);
	snprintf(out->warning, sizeof(out->warning), "%.255s", answer.warning);
	return KITH_OK;
}

static bool
has_to_move(const struct kith_own_answer *at)
{
	return at->outcome == KITH_OWN_BEHIND || at->outcome == KITH_OWN_DIVERGED;
}

static bool
has_to_push(const struct kith_own_answer *at)
{
	return at->outcome == KITH_OWN_AHEAD || at->outcome == KITH_OWN_DIVERGED ||
	       (at->outcome == KITH_OWN_NO_REMOTE_BRANCH && at->head[0]);
}

static void
fill(struct kith_own_published *out, const struct kith_own_answer *at)
{
	memset(out, 0, sizeof(*out));
	out->first = at->outcome == KITH_OWN_NO_REMOTE_BRANCH;
	out->pushed = at->ahead;
	out->pulled = at->behind;
	snprintf(out->branch, sizeof(out->branch), "%s", at->branch);
	if (has_to_push(at)) /* of a dry run: where it would go, as far as SYNC knows */
		snprintf(out->url, sizeof(out->url), "%s", at->url);
	memcpy(out->head, at->head, sizeof(out->head));
}

struct publishing {
	struct kith_own *own;
	const struct kith_own_publish_options *options;
	struct kith_own_published out;
	bool agreed;
};

/* Looks at everything before anything moves; asks where something would leave the machine. */
static int
agree(struct publishing *p, const struct kith_own_answer *at, struct kith_error *err)
{
	KITH_CLEANUP(gather_clear) struct gather g = {.listed = -1};
	struct kith_own_plan plan = {.to = &p->out};
	int r;

	if (!has_to_move(at) && !has_to_push(at))
		return KITH_OK;
	r = read_commits(p->own, at, &g, err);
	if (r)
		return r;
	sort(&g.sets[AT_SERVER]);
	keep_new(&g, &plan);
	p->out.proofs = plan.n_proofs;
	p->out.refused = plan.refused;
	sort(&g.sets[AFTER]);
	if (has_to_move(at))
		r = check_nothing_lost(p->own, &g, err);
	if (r || p->agreed || !has_to_push(at) || !p->options->plan)
		return r;
	r = p->options->plan(p->options->ctx, &plan, err);
	p->agreed = !r;
	return r;
}

/* The network is waited for without the lock, so that others can write meanwhile. */
static int
publish_once(struct publishing *p, struct kith_error *err)
{
	struct kith_own_answer at;
	int r;

	if (!p->options->dry_run) {
		r = kith_own_lock(p->own, err);
		if (!r)
			r = kith_own_commit_stored(p->own, err);
		kith_own_unlock(p->own);
		if (r)
			return r;
	}
	r = compare_with_server(p->own, &at, err);
	if (r)
		return r;
	fill(&p->out, &at);
	r = agree(p, &at, err);
	if (r || p->options->dry_run)
		return r;
	if (has_to_move(&at)) {
		r = kith_own_lock(p->own, err);
		if (!r)
			r = advance(p->own, &at, err);
		kith_own_unlock(p->own);
	}
	if (!r && has_to_push(&at))
		r = push(p->own, &at, &p->out, err);
	memcpy(p->out.head, at.head, sizeof(p->out.head));
	return r;
}

int
kith_own_publish(struct kith_own *own, const struct kith_own_publish_options *options,
		 struct kith_own_published *ret, struct kith_error *err)
{
	struct publishing p = {.own = own, .options = options};
	KITH_AUTO_FREE char *path = kith_asprintf("%s.publish", own->proofs);
	KITH_AUTO_FD int alone = -1;
	int tries = 0, r;

	if (!path)
		return kith_fail_nomem(err);
	/* two that publish at once would only push each other away; the other lock comes inside */
	kith_own_unlock(own);
	r = kith_fs_lock(path, true, &alone, err);
	if (r)
		return r;
	/* here or there something was added between our fetch and our push: once more upon that */
	do
		r = publish_once(&p, err);
	while (r == KITH_E_EXISTS && ++tries < PUSH_TRIES);
	if (!r)
		*ret = p.out;
	return r;
}
