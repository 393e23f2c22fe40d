/* SPDX-License-Identifier: Apache-2.0 */
/* From mirrors to the index, and to the proof files of one place. */
#include <unistd.h>

#include "app/evidence.h"
#include "app/history.h"
#include "app/hosts.h"
#include "app/pinned.h"
#include "crypto/crypto.h"
#include "store/journal.h"
#include "store/secret.h"

int
kith_app_secret(struct kith_session *s, struct kith_error *err)
{
	int r;

	if (s->has_secret)
		return KITH_OK;
	r = kith_secret_load(s->dirs.data, s->secret, err);
	s->has_secret = r == KITH_OK;
	return r;
}

struct building {
	struct kith_session *session;
	struct kith_index_builder *builder;
	struct kith_app_history *history;
	const struct kith_mirrors *mirrors;
	bool *reuse;    /* by mirror: the old index has it as it stands */
	size_t *gone;   /* by source: 1 + the mirror that has withdrawn something, or 0 */
	size_t next;    /* the first mirror that was neither begun nor passed over */
	size_t current; /* 1 + the mirror whose files come */
	size_t done, reused;
	struct kith_buf name; /* of the source that is looked at */
};

/* Its name lives until the next one is asked for. */
static struct kith_index_source
source_of(struct building *b, const struct kith_mirror *m, struct kith_span commit)
{
	kith_buf_reset(&b->name);
	kith_mirror_put_name(&b->name, m);
	return (struct kith_index_source){
	    /* bundles, folders, repositories here, what is carried: no URL (verdict.md 11) */
	    .url = kith_mirror_proves(m) ? kith_span_str(m->source.location) : KITH_SPAN_NONE,
	    .name = kith_buf_span(&b->name),
	    .commit = commit,
	    .own = m->own,
	};
}

/* Sets and databases have readers of their own. */
static bool
is_crev(const struct kith_mirror *m)
{
	return m->source.evidence == KITH_SOURCE_CREV;
}

/* A source whose repository is there, at the head that the old index has read, is not read again.
 */
static int
choose_reused(struct building *b, struct kith_error *err)
{
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < b->mirrors->count; i++) {
		const struct kith_mirror *m = &b->mirrors->items[i];
		struct kith_index_source source;

		if (m->damaged)
			kith_app_warn(b->session,
				      "mirrors/%s.source is damaged: its evidence does not count; "
				      "kith doctor",
				      m->source.slug);
		if (m->damaged || !m->head[0] || !is_crev(m) || !kith_fs_is_dir(m->path))
			continue;
		source = source_of(b, m, kith_span_str(m->head));
		r = kith_buf_check(&b->name, err);
		if (!r)
			r = kith_index_builder_can_reuse(b->builder, &source, &b->reuse[i], err);
	}
	return r;
}

static const char *
which_files(void *ctx, size_t item)
{
	const struct building *b = ctx;

	return is_crev(&b->mirrors->items[item]) && !b->reuse[item] ? "" : NULL;
}

static int
begin(struct building *b, size_t item, struct kith_span commit, bool reuse, struct kith_error *err)
{
	const struct kith_mirror *m = &b->mirrors->items[item];
	struct kith_index_source source = source_of(b, m, commit);
	bool gone = false;
	int r;

	r = kith_buf_check(&b->name, err);
	if (!r)
		r = kith_app_history_feed(b->session, b->builder, b->history, item, &source, reuse,
					  &gone, err);
	if (r)
		return r;
	b->gone[b->done++] = gone ? item + 1 : 0;
	kith_app_progress(b->session, "reading proofs of source", b->done, b->mirrors->count);
	return KITH_OK;
}

/* Sources come in the order of the mirrors, wherever they come from. */
static int
take_reused(struct building *b, size_t end, struct kith_error *err)
{
	int r = KITH_OK;

	for (; !r && b->next < end; b->next++) {
		if (!b->reuse[b->next])
			continue;
		r = begin(b, b->next, kith_span_str(b->mirrors->items[b->next].head), true, err);
		b->reused++;
	}
	return r;
}

static int
begin_source(void *ctx, size_t item, struct kith_span commit, struct kith_error *err)
{
	struct building *b = ctx;
	int r = take_reused(b, item, err);

	b->next = item + 1;
	b->current = item + 1;
	return r ? r : begin(b, item, commit, false, err);
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct building *b = ctx;

	(void)item;
	return kith_index_builder_file(b->builder, path, bytes, err);
}

static int
take_skip(void *ctx, size_t item, struct kith_span path, enum kith_git_skip why,
	  struct kith_error *err)
{
	struct building *b = ctx;

	if (b->current != item + 1)
		return KITH_OK;
	if (why == KITH_GIT_SKIP_BROKEN && b->session->dirs.view)
		return kith_app_pinned_unread(&b->mirrors->items[item], kith_git_skip_text(why),
					      err);
	if (why == KITH_GIT_SKIP_BROKEN) {
		kith_index_builder_cut_short(b->builder);
		b->session->cut_short = true;
	}
	return kith_index_builder_refuse(b->builder, path, kith_git_skip_text(why), err);
}

static int
end_source(void *ctx, size_t item, const struct kith_git_end *end, const struct kith_error *failure,
	   struct kith_error *err)
{
	struct building *b = ctx;

	(void)end;
	if (!failure)
		return KITH_OK;
	if (b->session->dirs.view)
		return kith_app_pinned_unread(&b->mirrors->items[item], failure->msg, err);
	b->session->cut_short = true;
	if (b->current == item + 1)
		kith_index_builder_cut_short(b->builder);
	kith_app_warn(b->session, "%s: %s", b->mirrors->items[item].source.location, failure->msg);
	return KITH_OK;
}

/* What the sources have withdrawn, after all that they serve. */
static int
take_gone(struct building *b, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	size_t i;
	int r = KITH_OK;

	kith_buf_init(&text, 1);
	for (i = 0; !r && i < b->done; i++) {
		if (!b->gone[i])
			continue;
		r = kith_journal_gone_text(
		    &b->session->dirs, b->mirrors->items[b->gone[i] - 1].source.slug, &text, err);
		if (!r)
			r = kith_index_builder_gone(b->builder, i, kith_buf_span(&text), err);
	}
	return r;
}

static int
read_sources(struct building *b, struct kith_error *err)
{
	const struct kith_store_read_calls calls = {.ctx = b,
						    .names = which_files,
						    .tree = begin_source,
						    .file = take_file,
						    .skip = take_skip,
						    .end = end_source};
	const size_t n = b->mirrors->count;
	int r;

	b->gone = kith_calloc(n + 1, sizeof(*b->gone));
	b->reuse = kith_calloc(n + 1, sizeof(*b->reuse));
	if (!b->gone || !b->reuse)
		return kith_fail_nomem(err);
	r = choose_reused(b, err);
	if (!r)
		r = kith_store_read(&b->history->reader, b->mirrors, &calls, err);
	if (!r)
		r = take_reused(b, n, err);
	return r ? r : take_gone(b, err);
}

static void
building_clear(struct building *b)
{
	kith_index_builder_free(b->builder);
	free(b->gone);
	free(b->reuse);
	kith_buf_clear(&b->name);
}

static const struct kith_digest unfinished = {{0}}; /* the state of no mirrors */

static int
build(struct kith_session *s, struct kith_index *old, const char *path, struct kith_error *err)
{
	KITH_AUTO_HISTORY struct kith_app_history history = {.settled = false};
	KITH_CLEANUP(building_clear)
	struct building b = {.session = s, .history = &history, .mirrors = &history.mirrors};
	struct kith_index_totals totals;
	int r;

	kith_buf_init(&b.name, KITH_KIB(16));
	s->cut_short = false;
	r = kith_app_history_settle(s, &history, err);
	if (!r)
		r = kith_fs_mkdirs(s->derived ? s->derived : s->dirs.cache, 0700, err);
	if (!r)
		r = kith_index_builder_new(old, s->dirs.cache, &b.builder, err);
	if (!r)
		r = read_sources(&b, err);
	/* what could not be read now is looked for again by the next command */
	if (!r)
		r = kith_index_builder_write(b.builder, path, s->secret,
					     s->cut_short ? &unfinished : &history.state, &totals,
					     err);
	if (!r)
		kith_app_detail(s, "index: %llu proofs of %llu sources, %llu valid; %zu read anew",
				(unsigned long long)totals.proofs,
				(unsigned long long)totals.sources,
				(unsigned long long)totals.valid, b.done - b.reused);
	return r;
}

/* What spares work: the one that is there, or, for a pinned state, that of the mirrors. */
static struct kith_index *
open_old(const struct kith_session *s, const char *path)
{
	KITH_AUTO_FREE char *general = kith_fs_join(s->dirs.cache, "index");
	struct kith_index *old;

	if (kith_index_open(path, s->secret, &old, NULL) &&
	    (!general || kith_index_open(general, s->secret, &old, NULL)))
		return NULL;
	return old;
}

int
kith_app_reindex(struct kith_session *s, struct kith_index **ret_index, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_app_derived_path(s, "index");
	struct kith_index *old = s->index, *fresh;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	r = kith_app_secret(s, err);
	if (!r && !old)
		old = open_old(s, path);
	kith_trust_graph_free(s->starter_graph);
	s->starter_graph = NULL;
	s->index = NULL;
	if (!r)
		r = build(s, old, path, err);
	if (r == KITH_E_FORMAT && old) /* damaged where nobody had looked yet */
		r = build(s, NULL, path, err);
	kith_index_free(old);
	if (!r)
		r = kith_index_open(path, s->secret, &fresh, err);
	if (r)
		return kith_context(err, r, "the index");
	s->index = fresh;
	*ret_index = fresh;
	return KITH_OK;
}

int
kith_app_index(struct kith_session *s, struct kith_index **ret_index, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_app_derived_path(s, "index");
	struct kith_digest state;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	if (s->index) {
		*ret_index = s->index;
		return KITH_OK;
	}
	r = kith_app_secret(s, err);
	if (!r)
		r = kith_store_state(&s->dirs, &state, err);
	if (r)
		return r;
	r = kith_index_open(path, s->secret, &s->index, err);
	if (!r && kith_index_is_of(s->index, &state)) {
		*ret_index = s->index;
		return KITH_OK;
	}
	if (r == KITH_E_FORMAT)
		kith_app_note(s, "the index is damaged or from another version: made anew");
	else if (r && r != KITH_E_NOTFOUND)
		return r;
	return kith_app_reindex(s, ret_index, err);
}

void
kith_app_drop_damaged(const struct kith_session *s)
{
	KITH_AUTO_FREE char *path = NULL;

	if (s->index && kith_index_is_damaged(s->index) &&
	    (path = kith_app_derived_path(s, "index")))
		unlink(path);
}

int
kith_app_index_from_nothing(struct kith_session *s, const char *path, struct kith_index **ret_index,
			    struct kith_error *err)
{
	int r = kith_app_secret(s, err);

	if (!r)
		r = build(s, NULL, path, err);
	return r ? r : kith_index_open(path, s->secret, ret_index, err);
}

struct one_place {
	int (*file)(void *ctx, struct kith_span path, struct kith_span bytes,
		    struct kith_error *err);
	void *ctx;
	struct kith_error failure;
	bool failed;
};

static void
fetched(void *ctx, const struct kith_store_fetched *result)
{
	struct one_place *p = ctx;

	if (result->outcome == KITH_GIT_FAILED) {
		p->failed = true;
		p->failure = result->error;
	}
}

static int
pass_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	struct one_place *p = ctx;

	(void)item;
	return p->file(p->ctx, path, bytes, err);
}

static int
read_place(struct kith_session *s, const char *place, const struct kith_dirs *dirs,
	   struct one_place *p, struct kith_error *err)
{
	KITH_AUTO_SOURCE struct kith_source source = {0};
	KITH_AUTO_MIRRORS struct kith_mirrors mirrors = {0};
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_AUTO_HOSTS struct kith_app_hosts hosts = {0};
	struct kith_store_fetch_options o = {
	    .libexec = s->libexec, .now = s->now, .ctx = p, .fetched = fetched};
	const struct kith_store_read_calls calls = {.ctx = p, .file = pass_file};
	int r;

	r = kith_app_config_load(s, NULL, &config, err);
	if (!r)
		r = kith_app_hosts_init(&hosts, &config, &o, err);
	if (!r)
		r = kith_source_resolve(place, &source, err);
	if (!r)
		r = kith_store_fetch(dirs, &source, 1, &o, err);
	if (!r && p->failed) {
		if (err)
			*err = p->failure;
		return p->failure.code;
	}
	if (!r)
		r = kith_store_mirrors(dirs, &mirrors, err);
	return r ? r : kith_store_each_proof_file(&mirrors, s->libexec, &calls, err);
}

int
kith_app_each_file_of(struct kith_session *s, const char *place,
		      int (*file)(void *ctx, struct kith_span path, struct kith_span bytes,
				  struct kith_error *err),
		      void *ctx, struct kith_error *err)
{
	KITH_AUTO_DIRS struct kith_dirs dirs = {0};
	struct one_place p = {.file = file, .ctx = ctx};
	KITH_AUTO_FREE char *temporary = NULL;
	struct kith_dirs_env env = {0};
	int r;

	r = kith_fs_mkdirs(s->dirs.cache, 0700, err);
	if (r)
		return r;
	temporary = kith_asprintf("%s/place-XXXXXX", s->dirs.cache);
	if (!temporary)
		return kith_fail_nomem(err);
	if (!mkdtemp(temporary))
		return kith_fail(err, KITH_E_IO, "%s: cannot make a folder", s->dirs.cache);
	env.kith_home = temporary;
	r = kith_dirs_init(&dirs, &env, err);
	if (!r)
		r = read_place(s, place, &dirs, &p, err);
	if (kith_fs_remove_tree(temporary, NULL))
		kith_app_warn(s, "%s: could not be removed", temporary);
	return r;
}
