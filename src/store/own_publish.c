/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Publishing: kith-git prepares what the branch should become, here every proof of before is looked
 * for in it, and only then it moves and is pushed. Nothing is ever forced.
 */
#include <fcntl.h>
#include <unistd.h>

#include "codec/base64.h"
#include "crypto/crypto.h"
#include "store/own_inside.h"

#define PUSH_TRIES 3
#define MAX_PROOFS ((size_t)4000000)

/* --- what was stored without a commit --- */

struct pending {
	struct kith_git_own_file files[KITH_OWN_MAX_FILES];
	struct kith_buf paths[KITH_OWN_MAX_FILES], bytes[KITH_OWN_MAX_FILES];
	size_t n, total;
};

static void
pending_free(struct pending **p)
{
	size_t i;

	for (i = 0; *p && i < (*p)->n; i++) {
		kith_buf_clear(&(*p)->paths[i]);
		kith_buf_clear(&(*p)->bytes[i]);
	}
	free(*p);
}

static int
add_pending(struct pending *p, const struct kith_own *own, const char *path, struct kith_error *err)
{
	KITH_AUTO_FREE char *full = kith_fs_join(own->folder, path);
	size_t i = p->n;
	int r;

	if (!full)
		return kith_fail_nomem(err);
	if (i == KITH_OWN_MAX_FILES)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %u proof files", own->folder,
				 KITH_OWN_MAX_FILES);
	kith_buf_init(&p->paths[i], KITH_MAX_PATH);
	kith_buf_init(&p->bytes[i], KITH_MAX_PROOF_FILE);
	p->n++;
	kith_buf_put_str(&p->paths[i], path);
	r = kith_buf_check(&p->paths[i], err);
	if (!r)
		r = kith_fs_read_at(AT_FDCWD, full, false, &p->bytes[i], err);
	p->files[i].path = kith_buf_span(&p->paths[i]);
	p->files[i].bytes = kith_buf_span(&p->bytes[i]);
	p->total += p->bytes[i].len;
	return r;
}

static int
list_folder(struct pending *p, const struct kith_own *own, const char *below,
	    struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *dir = kith_fs_join(own->folder, below);
	size_t i;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = kith_fs_list(dir, &names, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	for (i = 0; !r && i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(below, names.names[i]);

		if (!path)
			return kith_fail_nomem(err);
		if (kith_git_is_proof_name(kith_span_str(names.names[i])))
			r = add_pending(p, own, path, err);
	}
	return r;
}

static int
commit_pending(const struct kith_own *own, const struct pending *p, struct kith_error *err)
{
	static const char message[] = "Add proofs that were stored without a commit\n";
	struct kith_git_own o = {.op = KITH_OWN_COMMIT,
				 .path = kith_span_str(own->folder),
				 .message = kith_span_str(message),
				 .n_files = (uint32_t)p->n};
	struct kith_own_answer answer;

	return p->n ? kith_own_git(own->libexec, &o, p->files, &answer, err) : KITH_OK;
}

/* Where own proofs are put (crev format 6.2); what is committed already makes no commit. */
static int
commit_stored(const struct kith_own *own, struct kith_error *err)
{
	static const char *const folders[] = {"reviews", "trust", "other"};
	KITH_CLEANUP(pending_free) struct pending *p = kith_calloc(1, sizeof(*p));
	char id[KITH_ID_TEXT + 1];
	size_t i;
	int r = KITH_OK;

	if (!p)
		return kith_fail_nomem(err);
	kith_base64_id(id, own->id.bytes);
	for (i = 0; !r && i < sizeof(folders) / sizeof(folders[0]); i++) {
		KITH_AUTO_FREE char *below = kith_asprintf("%s/%s", id, folders[i]);

		r = below ? list_folder(p, own, below, err) : kith_fail_nomem(err);
	}
	return r ? r : commit_pending(own, p, err);
}

/* --- no proof may be lost --- */

struct proofs {
	struct kith_digest *at; /* of body and signature, sorted */
	size_t n, cap;
};

struct gather {
	struct proofs *sets;
	struct kith_error failure;
};

static int
add_proof(struct proofs *set, const struct kith_proof *p, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	int r;

	kith_buf_init(&b, KITH_MAX_PROOF_BODY + KITH_SIG_BYTES);
	kith_buf_put_span(&b, p->body);
	kith_buf_put(&b, p->sig, KITH_SIG_BYTES);
	r = kith_buf_check(&b, err);
	if (!r)
		r = kith_grow(&set->at, &set->cap, set->n + 1, sizeof(*set->at), MAX_PROOFS,
			      "proofs", err);
	if (!r)
		kith_blake2b(kith_buf_span(&b), &set->at[set->n++]);
	return r;
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct gather *g = ctx;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	size_t i;
	int r;

	(void)path;
	kith_arena_init(&arena, KITH_OWN_ARENA);
	r = kith_proof_parse(bytes, &arena, &list, err);
	for (i = 0; !r && i < list.count; i++) {
		if (list.items[i].status != KITH_PROOF_VALID)
			continue;
		kith_proof_check(&list.items[i]);
		if (list.items[i].status == KITH_PROOF_VALID)
			r = add_proof(&g->sets[item], &list.items[i].proof, err);
	}
	return r;
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

static size_t
count_missing(const struct proofs *of, const struct proofs *in)
{
	size_t i, missing = 0;

	for (i = 0; i < of->n; i++)
		missing +=
		    !in->n || !bsearch(&of->at[i], in->at, in->n, sizeof(*in->at), compare_digests);
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

/* Sets of three commits: what the branch should become, what it is, what the server has. */
static int
compare_sets(const struct kith_own *own, struct proofs sets[3], struct kith_error *err)
{
	size_t lost;

	if (sets[0].n)
		qsort(sets[0].at, sets[0].n, sizeof(*sets[0].at), compare_digests);
	lost = count_missing(&sets[1], &sets[0]);
	if (lost)
		return would_lose(own, lost, "this repository", err);
	lost = count_missing(&sets[2], &sets[0]);
	return lost ? would_lose(own, lost, "the server", err) : KITH_OK;
}

static int
check_nothing_lost(const struct kith_own *own, const struct kith_own_answer *sync,
		   struct kith_error *err)
{
	const char *const commits[3] = {sync->to, sync->head, sync->remote};
	struct proofs sets[3] = {{NULL, 0, 0}, {NULL, 0, 0}, {NULL, 0, 0}};
	struct kith_mirror items[3];
	struct kith_mirrors mirrors = {items, 3};
	struct gather g = {.sets = sets};
	const struct kith_store_read_calls calls = {.ctx = &g, .file = take_file, .end = take_end};
	size_t i;
	int r;

	memset(items, 0, sizeof(items));
	for (i = 0; i < 3; i++) {
		items[i].path = own->folder;
		memcpy(items[i].head, commits[i], sizeof(items[i].head)); /* empty: left out */
	}
	r = kith_store_each_proof_file(&mirrors, own->libexec, &calls, err);
	if (!r)
		r = compare_sets(own, sets, err);
	for (i = 0; i < 3; i++)
		free(sets[i].at);
	return r;
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

static int
publish_once(const struct kith_own *own, bool dry_run, struct kith_own_published *out,
	     struct kith_error *err)
{
	struct kith_own_answer at;
	int r = compare_with_server(own, &at, err);

	if (!r && has_to_move(&at))
		r = check_nothing_lost(own, &at, err);
	if (r)
		return r;
	out->first = at.outcome == KITH_OWN_NO_REMOTE_BRANCH;
	out->pushed = at.ahead;
	out->pulled = at.behind;
	snprintf(out->branch, sizeof(out->branch), "%s", at.branch);
	if (has_to_push(&at)) /* of a dry run: where it would go, as far as SYNC knows */
		snprintf(out->url, sizeof(out->url), "%s", at.url);
	if (!dry_run && has_to_move(&at))
		r = advance(own, &at, err);
	if (!r && !dry_run && has_to_push(&at))
		r = push(own, &at, out, err);
	memcpy(out->head, at.head, sizeof(out->head));
	return r;
}

int
kith_own_publish(struct kith_own *own, bool dry_run, struct kith_own_published *ret,
		 struct kith_error *err)
{
	struct kith_own_published out;
	int tries = 0, r;

	r = dry_run ? KITH_OK : commit_stored(own, err);
	if (r)
		return r;
	/* somebody else pushed between our fetch and our push: once more upon that */
	do {
		memset(&out, 0, sizeof(out));
		r = publish_once(own, dry_run, &out, err);
	} while (r == KITH_E_EXISTS && ++tries < PUSH_TRIES);
	if (!r)
		*ret = out;
	return r;
}
