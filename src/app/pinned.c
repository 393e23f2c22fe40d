/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a view of the mirrors from pins and lets a session see nothing but that. What it is derived
 * into lies in the cache under a name made of the pins, beside that of other pins.
 */
#include "app/pinned.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/derived.h"
#include "app/trusted.h"
#include "codec/base64.h"
#include "crypto/crypto.h"
#include "helper/url.h"
#include "store/view.h"

#define TOLD     20U /* missing sources, one by one */
#define FOLDER   "pinned"
#define NAME_LEN 32       /* hex digits of a folder's name */
#define NO_FILE  "*.none" /* which files are read to see whether a commit is there */

/* What a session has opened in one state. */
struct opened {
	struct kith_index *index;
	struct kith_app_derived *sets, *advisories;
	struct kith_trust_graph *starter_graph;
};

struct state {
	struct kith_digest text; /* of the kith.lock */
	const struct kith_pins *pins;
	struct kith_pins *own; /* the same, unless they are somebody else's */
	/* once it was entered */
	struct kith_store_view view;
	struct kith_store_late *late;
	struct kith_store_vanished *vanished;
	size_t cap_vanished;
	struct kith_buf *gone_texts; /* of each mirror of the view */
	char *folder;
	struct opened opened;
	struct state *next;
};

struct kith_app_pinned {
	struct state *states;
	struct state *current; /* NULL: what is here now */
	struct opened live;
	bool held;
};

/* --- to and fro --- */

static void
put_away(struct kith_session *s)
{
	struct kith_app_pinned *p = s->pinned;
	struct opened *at = p->current ? &p->current->opened : &p->live;

	*at = (struct opened){s->index, s->sets, s->advisories, s->starter_graph};
}

static void
take_out(struct kith_session *s, struct state *to)
{
	struct kith_app_pinned *p = s->pinned;
	const struct opened *from = to ? &to->opened : &p->live;

	p->current = to;
	s->index = from->index;
	s->sets = from->sets;
	s->advisories = from->advisories;
	s->starter_graph = from->starter_graph;
	s->dirs.view = to ? &to->view : NULL;
	s->derived = to ? to->folder : NULL;
	s->pins = to ? to->pins : NULL;
}

void
kith_app_pinned_leave(struct kith_session *s)
{
	if (!s->pinned || !s->pinned->current)
		return;
	put_away(s);
	take_out(s, NULL);
}

bool
kith_app_pinned_active(const struct kith_session *s)
{
	return s->pinned && s->pinned->current;
}

static void
free_view(struct state *x)
{
	size_t i;

	for (i = 0; x->gone_texts && i < x->view.mirrors.count; i++)
		kith_buf_clear(&x->gone_texts[i]);
	free(x->gone_texts);
	free(x->view.gone);
	kith_mirrors_clear(&x->view.mirrors);
	free(x->late);
	free(x->vanished);
	free(x->folder);
	x->gone_texts = NULL;
	x->late = NULL;
	x->vanished = NULL;
	x->cap_vanished = 0;
	x->folder = NULL;
	memset(&x->view, 0, sizeof(x->view));
}

static void
free_state(struct state *x)
{
	free_view(x);
	kith_trust_graph_free(x->opened.starter_graph);
	kith_index_free(x->opened.index);
	kith_app_derived_free(x->opened.sets);
	kith_app_derived_free(x->opened.advisories);
	kith_pins_free(x->own);
	free(x);
}

void
kith_app_pinned_free(struct kith_session *s)
{
	struct state *x, *next;

	free(s->known_root);
	s->known_root = NULL;
	if (!s->pinned)
		return;
	kith_app_drop_damaged(s);
	kith_app_pinned_leave(s);
	for (x = s->pinned->states; x; x = next) {
		next = x->next;
		free_state(x);
	}
	free(s->pinned);
	s->pinned = NULL;
}

/* --- reading kith.lock --- */

static int
no_pins(const char *project_root, struct kith_error *err)
{
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_NOTFOUND, "%s/%s: there is none", project_root, KITH_PINS_FILE),
	    "'kith pin' writes it");
}

static int
add_state(struct kith_session *s, const struct kith_digest *text, struct kith_span bytes,
	  struct state **ret_state, struct kith_error *err)
{
	struct state *x = kith_calloc(1, sizeof(*x));
	int r;

	if (!x)
		return kith_fail_nomem(err);
	r = kith_pins_read(bytes, &x->own, err);
	if (r) {
		free(x);
		r = kith_context(err, r, KITH_PINS_FILE);
		if (r == KITH_E_FORMAT && err && !err->hint[0])
			r = kith_hint(err, r,
				      "take the whole file of one side or revision (git checkout "
				      "REVISION -- %s), then 'kith pin'",
				      KITH_PINS_FILE);
		return r;
	}
	x->pins = x->own;
	x->text = *text;
	x->next = s->pinned->states;
	s->pinned->states = x;
	*ret_state = x;
	return KITH_OK;
}

int
kith_app_pins(struct kith_session *s, const char *project_root, const struct kith_pins **ret_pins,
	      struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_digest text;
	struct state *x;
	int r;

	kith_buf_init(&b, 1);
	if (!s->pinned)
		s->pinned = kith_calloc(1, sizeof(*s->pinned));
	if (!s->pinned)
		return kith_fail_nomem(err);
	r = kith_app_deciding_file(s, project_root, KITH_PINS_FILE, KITH_MAX_PINS_BYTES, &b, err);
	if (r == KITH_E_NOTFOUND)
		return no_pins(project_root, err);
	if (r)
		return r;
	kith_blake2b(kith_buf_span(&b), &text);
	for (x = s->pinned->states; x; x = x->next)
		if (x->own && memcmp(x->text.bytes, text.bytes, KITH_DIGEST_BYTES) == 0)
			break;
	if (!x)
		r = add_state(s, &text, kith_buf_span(&b), &x, err);
	if (!r)
		*ret_pins = x->pins;
	return r;
}

int
kith_app_pins_check_age(const struct kith_session *s, const struct kith_pins *pins, int64_t max_age,
			struct kith_error *err)
{
	const struct kith_pins_source *oldest = NULL;
	size_t i, n = 0;

	for (i = 0; i < pins->n_sources; i++) {
		const struct kith_pins_source *x = &pins->sources[i];

		if (s->now.sec - x->as_of <= max_age)
			continue;
		n++;
		if (!oldest || x->as_of < oldest->as_of)
			oldest = x;
	}
	if (!oldest)
		return KITH_OK;
	return kith_hint(
	    err,
	    kith_fail(err, KITH_E_INTEGRITY,
		      "%s: %zu source%s pinned longer than %lld days ago (%.*s: %lld "
		      "days): what was said since is not seen",
		      KITH_PINS_FILE, n, n == 1 ? "" : "s", (long long)(max_age / 86400),
		      KITH_SPAN_FMT(oldest->location),
		      (long long)((s->now.sec - oldest->as_of) / 86400)),
	    "'kith fetch && kith pin --update' renews them; max-pin-age in [policy] says "
	    "how long they may stand");
}

/* --- which mirror a pin means --- */

int
kith_app_pinned_location(const char *project_root, const struct kith_pins_source *pin,
			 char **ret_location, struct kith_error *err)
{
	KITH_AUTO_FREE char *text = kith_strndup(pin->location.ptr, pin->location.len);
	KITH_AUTO_FREE char *joined = NULL;
	char *real;

	if (!text)
		return kith_fail_nomem(err);
	if (kith_helper_url_looks(pin->location)) {
		*ret_location = kith_steal(&text);
		return KITH_OK;
	}
	joined = kith_fs_join(project_root, text);
	if (!joined)
		return kith_fail_nomem(err);
	real = realpath(joined, NULL); /* as mirrors are called; what is gone keeps its name */
	*ret_location = real ? real : kith_steal(&joined);
	return KITH_OK;
}

static bool
is_same(const struct kith_mirror *m, const struct kith_pins_source *pin, const char *location)
{
	return !m->damaged && !m->own &&
	       kith_span_is(pin->kind, kith_source_kind_name(m->source.evidence)) &&
	       strcmp(m->source.location, location) == 0 &&
	       kith_span_eq(pin->inside, kith_span_str(m->source.inside));
}

int
kith_app_pinned_until(const struct kith_session *s, const struct kith_claim_set_source *set,
		      int64_t *ret_until, struct kith_error *err)
{
	KITH_AUTO_FREE char *slug = kith_strndup(set->slug.ptr, set->slug.len);
	KITH_AUTO_JOURNAL struct kith_journal j = {.n_heads = 0};
	const struct kith_pins_source *pin = NULL;
	size_t i;
	int r = KITH_OK;

	if (!slug)
		return kith_fail_nomem(err);
	for (i = 0; !r && !pin && s->known_pins && i < s->known_pins->n_sources; i++) {
		const struct kith_pins_source *x = &s->known_pins->sources[i];
		KITH_AUTO_FREE char *location = NULL;

		if (!kith_span_is(x->kind, "vet") || !kith_span_eq(x->inside, set->inside))
			continue;
		r = kith_app_pinned_location(s->known_root, x, &location, err);
		if (!r && kith_span_is(set->location, location))
			pin = x;
	}
	if (r || !pin || kith_journal_read(&s->dirs, slug, &j, NULL))
		return r; /* a journal that cannot be read has said so elsewhere */
	for (i = 0; i < j.n_heads; i++)
		if (kith_span_is(pin->commit, j.heads[i].head))
			*ret_until = j.heads[i].time;
	return KITH_OK;
}

/* Whether it is the user's own repository, from which this URL is published. */
static bool
is_own(const struct kith_mirror *m, const struct kith_pins_source *pin, const char *slug)
{
	return m->own && kith_span_is(pin->kind, "crev") && !pin->inside.len && !pin->carried &&
	       strcmp(m->source.slug, slug) == 0;
}

/* What was carried proves no URL, so it is no substitute for what was fetched; the reverse is. */
size_t
kith_app_pinned_find(const struct kith_mirrors *mirrors, const struct kith_pins_source *pin,
		     const char *location)
{
	KITH_AUTO_BUF struct kith_buf slug;
	size_t i, other = mirrors->count;

	kith_buf_init(&slug, KITH_KIB(1));
	kith_url_put_slug(&slug, kith_span_str(location));
	for (i = 0; i < mirrors->count; i++) {
		const struct kith_mirror *m = &mirrors->items[i];
		bool carried = m->source.class == KITH_SOURCE_CARRIED;

		if (is_same(m, pin, location) && carried == pin->carried)
			return i;
		if ((is_same(m, pin, location) && !carried) ||
		    (!slug.failed && is_own(m, pin, kith_buf_str(&slug))))
			other = i;
	}
	return other;
}

/* --- making a view --- */

struct found {
	struct kith_mirror mirror; /* moves into the view */
	size_t pin;
	bool elsewhere; /* the mirror is at another head */
};

struct viewing {
	struct kith_session *session;
	const char *root;
	const struct kith_pins *pins;
	struct state *state;
	struct kith_mirrors here;
	size_t missing;
	struct kith_buf names; /* of what is missing */
	struct found *found;   /* by mirror of the view */
	size_t n_found;
	const char **why; /* by pin; NULL: missing ones are warnings */
};

static void
viewing_clear(struct viewing *v)
{
	kith_mirrors_clear(&v->here);
	kith_buf_clear(&v->names);
	free(v->found);
}

static void
note_missing(struct viewing *v, size_t pin, const char *why)
{
	struct kith_span location = v->pins->sources[pin].location;
	struct kith_span commit = v->pins->sources[pin].commit;

	if (v->why)
		v->why[pin] = why;
	if (v->missing++ < TOLD && !v->why)
		kith_app_warn(v->session, "%.*s at %.12s: %s", KITH_SPAN_FMT(location),
			      (const char *)commit.ptr, why);
	if (v->missing <= 3)
		kith_buf_printf(&v->names, "%s%.*s", v->missing > 1 ? ", " : "",
				KITH_SPAN_FMT(kith_span_sub(location, 0, 100)));
}

static int
tell_missing(const struct viewing *v, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY,
				   "%s: %zu of %zu sources %s not here as pinned: %s%s",
				   KITH_PINS_FILE, v->missing, v->pins->n_sources,
				   v->missing == 1 ? "is" : "are", kith_buf_str(&v->names),
				   v->missing > 3 ? ", …" : ""),
			 "'kith fetch --locked' gets what kith.lock names");
}

/* As the mirror is called elsewhere, at the pinned commit, whatever else is known of it here. */
static int
add_found(struct viewing *v, size_t number, const char *location, const struct kith_mirror *from,
	  struct kith_error *err)
{
	const struct kith_pins_source *pin = &v->pins->sources[number];
	KITH_AUTO_SOURCE struct kith_source named = {.kind = KITH_GIT_URL};
	struct found *f = &v->found[v->n_found];
	struct kith_mirror *m = &f->mirror;
	int r = kith_mirror_copy(from, m, err);

	if (r)
		return r;
	v->n_found++;
	f->pin = number;
	f->elsewhere = !kith_span_is(pin->commit, from->head);
	m->success = m->attempt = pin->as_of;
	m->failures = 0;
	m->not_before = 0;
	memcpy(m->head, pin->commit.ptr, KITH_GIT_HEX);
	m->head[KITH_GIT_HEX] = '\0';
	if (from->own) {
		m->own = false;
		r = kith_source_resolve(location, &named, err);
		if (r)
			return r;
		kith_source_clear(&m->source);
		m->source = named;
		memset(&named, 0, sizeof(named));
	}
	m->source.class = pin->carried ? KITH_SOURCE_CARRIED : KITH_SOURCE_USER;
	return KITH_OK;
}

static int
find_source(struct viewing *v, size_t number, struct kith_error *err)
{
	const struct kith_pins_source *pin = &v->pins->sources[number];
	KITH_AUTO_FREE char *location = NULL;
	int r = kith_app_pinned_location(v->root, pin, &location, err);
	size_t i;

	if (r)
		return r;
	i = kith_app_pinned_find(&v->here, pin, location);
	if (i == v->here.count || !v->here.items[i].head[0]) {
		note_missing(v, number, "was never fetched here");
		return KITH_OK;
	}
	return add_found(v, number, location, &v->here.items[i], err);
}

static int
compare_slugs(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return strcmp(x->mirror.source.slug, y->mirror.source.slug);
}

static int
take_file(void *ctx, size_t item, struct kith_span path, struct kith_span bytes,
	  struct kith_error *err)
{
	(void)ctx, (void)item, (void)path, (void)bytes, (void)err;
	return KITH_OK;
}

static const char *
which_files(void *ctx, size_t item)
{
	const struct viewing *v = ctx;

	return v->found[item].elsewhere ? NO_FILE : NULL;
}

static int
end_source(void *ctx, size_t item, const struct kith_git_end *end, const struct kith_error *failure,
	   struct kith_error *err)
{
	struct viewing *v = ctx;

	(void)end, (void)err;
	if (failure)
		note_missing(v, v->found[item].pin, "its mirror does not have this commit");
	return KITH_OK;
}

/* All that is missing is said at once, not one after another. */
static int
check_commits(struct viewing *v, struct kith_error *err)
{
	const struct kith_store_read_calls calls = {
	    .ctx = v, .names = which_files, .file = take_file, .end = end_source};

	return kith_store_each_proof_file(&v->state->view.mirrors, v->session->libexec, &calls,
					  err);
}

static int
find_sources(struct viewing *v, struct kith_error *err)
{
	struct kith_mirrors *list = &v->state->view.mirrors;
	size_t i;
	int r;

	list->items = kith_calloc(v->pins->n_sources + 1, sizeof(*list->items));
	v->found = kith_calloc(v->pins->n_sources + 1, sizeof(*v->found));
	if (!list->items || !v->found)
		return kith_fail_nomem(err);
	r = kith_store_mirrors(&v->session->dirs, &v->here, err);
	for (i = 0; !r && i < v->pins->n_sources; i++)
		r = find_source(v, i, err);
	if (v->n_found)
		qsort(v->found, v->n_found, sizeof(*v->found), compare_slugs);
	for (i = 0; i < v->n_found; i++)
		list->items[list->count++] = v->found[i].mirror;
	return r;
}

/* What is withdrawn from a mirror: proofs as a text, a violation by itself. */
static int
take_gone_of(struct state *x, size_t mirror, const struct kith_pins_gone *g, struct kith_error *err)
{
	struct kith_buf *text = &x->gone_texts[mirror];
	int r;

	if (kith_span_is(g->kind, "vet")) {
		/* of two spellings of one place each gets it, so there may be more than pins */
		r = kith_grow(&x->vanished, &x->cap_vanished, x->view.n_vanished + 1,
			      sizeof(*x->vanished), KITH_MAX_PINS_ENTRIES, "withdrawn objections",
			      err);
		if (r)
			return r;
		x->view.vanished = x->vanished;
		x->vanished[x->view.n_vanished++] =
		    (struct kith_store_vanished){.slug = x->view.mirrors.items[mirror].source.slug,
						 .text = g->text,
						 .path = g->path,
						 .line = g->at_line,
						 .seen = g->seen,
						 .gone = g->gone};
		return KITH_OK;
	}
	kith_buf_put_span(text, g->text);
	kith_buf_put_char(text, '\n');
	return kith_buf_check(text, err);
}

/* By mirror; what sources that are not pinned have withdrawn has nowhere to belong. */
static int
take_gone(struct viewing *v, struct kith_error *err)
{
	struct state *x = v->state;
	size_t i, k, n = x->view.mirrors.count;
	int r = KITH_OK;

	x->gone_texts = kith_calloc(n + 1, sizeof(*x->gone_texts));
	x->view.gone = kith_calloc(n + 1, sizeof(*x->view.gone));
	if (!x->gone_texts || !x->view.gone)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++)
		kith_buf_init(&x->gone_texts[i], KITH_MAX_GONE);
	for (k = 0; !r && k < v->pins->n_gone; k++) {
		const struct kith_pins_gone *g = &v->pins->gone[k];
		const struct kith_pins_source at = {
		    .kind = g->kind, .location = g->location, .inside = g->inside};
		KITH_AUTO_FREE char *location = NULL;

		if (!kith_span_is(g->kind, "crev") && !kith_span_is(g->kind, "vet"))
			continue;
		r = kith_app_pinned_location(v->root, &at, &location, err);
		for (i = 0; !r && i < n; i++)
			if (is_same(&x->view.mirrors.items[i], &at, location))
				r = take_gone_of(x, i, g, err);
	}
	for (i = 0; i < n; i++)
		x->view.gone[i] = kith_buf_span(&x->gone_texts[i]);
	return r;
}

static int
take_late(struct viewing *v, struct kith_error *err)
{
	struct state *x = v->state;
	size_t i;

	x->late = kith_calloc(v->pins->n_claims + 1, sizeof(*x->late));
	if (!x->late)
		return kith_fail_nomem(err);
	for (i = 0; i < v->pins->n_claims; i++)
		x->late[i] = (struct kith_store_late){
		    v->pins->claims[i].proof, v->pins->claims[i].seen, v->pins->claims[i].previous};
	x->view.late = x->late;
	x->view.n_late = v->pins->n_claims;
	return KITH_OK;
}

/* What the index depends on; package facts change nothing in it. */
static int
name_view(struct viewing *v, struct kith_error *err)
{
	struct kith_store_view *view = &v->state->view;
	KITH_AUTO_BUF struct kith_buf b;
	KITH_AUTO_FREE char *parent = kith_fs_join(v->session->dirs.cache, FOLDER);
	char name[2 * KITH_DIGEST_BYTES + 1];
	KITH_AUTO_BUF struct kith_buf hex;
	size_t i;
	int r;

	kith_buf_init(&b, KITH_MAX_PINS_ARENA);
	kith_buf_init(&hex, sizeof(name));
	if (!parent)
		return kith_fail_nomem(err);
	for (i = 0; i < view->mirrors.count; i++) {
		const struct kith_mirror *m = &view->mirrors.items[i];

		kith_buf_printf(&b, "%s %s %s %s\n%s\n%s\n%zu\n", m->source.slug, m->head,
				kith_source_kind_name(m->source.evidence),
				kith_source_class_name(m->source.class), m->source.location,
				m->source.inside ? m->source.inside : "", view->gone[i].len);
		kith_buf_put_u64(&b, (uint64_t)m->success);
		kith_buf_put_span(&b, view->gone[i]);
	}
	for (i = 0; i < view->n_late; i++) {
		kith_buf_put(&b, view->late[i].proof.bytes, KITH_DIGEST_BYTES);
		kith_buf_put_u64(&b, (uint64_t)view->late[i].seen);
		kith_buf_put_u64(&b, (uint64_t)view->late[i].previous);
	}
	for (i = 0; i < view->n_vanished; i++) {
		const struct kith_store_vanished *x = &view->vanished[i];

		kith_buf_printf(&b, "%s %u %zu %zu\n", x->slug, x->line, x->path.len, x->text.len);
		kith_buf_put_u64(&b, (uint64_t)x->seen);
		kith_buf_put_u64(&b, (uint64_t)x->gone);
		kith_buf_put_span(&b, x->path);
		kith_buf_put_span(&b, x->text);
	}
	r = kith_buf_check(&b, err);
	if (r)
		return r;
	kith_blake2b(kith_buf_span(&b), &view->state);
	kith_hex_put(&hex, view->state.bytes, NAME_LEN / 2);
	v->state->folder = kith_fs_join(parent, kith_buf_str(&hex));
	return v->state->folder ? KITH_OK : kith_fail_nomem(err);
}

/* --- folders of earlier pins --- */

static bool
is_folder_name(const char *name)
{
	return strlen(name) == NAME_LEN && strspn(name, "0123456789abcdef") == NAME_LEN;
}

struct kept {
	char *path;
	int64_t used;
};

static int
compare_kept(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->used < y->used) - (x->used > y->used); /* the newest first */
}

/* What cannot be looked at or removed stays: this is only tidying up. */
static void
sweep(const char *cache)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *parent = kith_fs_join(cache, FOLDER);
	KITH_AUTO_FREE struct kept *list = NULL;
	struct stat st;
	size_t i, n = 0;

	if (!parent || kith_fs_list(parent, &names, NULL))
		return;
	list = kith_calloc(names.count + 1, sizeof(*list));
	for (i = 0; list && i < names.count; i++) {
		char *path;

		if (!is_folder_name(names.names[i]))
			continue;
		path = kith_fs_join(parent, names.names[i]);
		if (path && lstat(path, &st) == 0)
			list[n++] = (struct kept){path, (int64_t)st.st_mtime};
		else
			free(path);
	}
	if (n)
		qsort(list, n, sizeof(*list), compare_kept);
	for (i = 0; i < n; i++) {
		/* one is about to be made */
		if (i >= KITH_MAX_PINNED_KEPT - 1 && kith_fs_remove_tree(list[i].path, NULL))
			break;
		free(list[i].path);
		list[i].path = NULL;
	}
	for (; i < n; i++)
		free(list[i].path);
}

/* --- entering --- */

static int
make_view(struct viewing *v, struct kith_error *err)
{
	KITH_AUTO_FREE char *index = NULL;
	int r = find_sources(v, err);

	if (!r)
		r = take_gone(v, err);
	if (!r)
		r = take_late(v, err);
	if (!r)
		r = name_view(v, err);
	if (r)
		return r;
	index = kith_fs_join(v->state->folder, "index");
	if (!index)
		return kith_fail_nomem(err);
	if (!kith_fs_exists(index)) { /* an index of this state has read all commits */
		r = check_commits(v, err);
		sweep(v->session->dirs.cache);
	}
	return r || !v->missing ? r : tell_missing(v, err);
}

static struct state *
state_of(const struct kith_session *s, const struct kith_pins *pins)
{
	struct state *x = s->pinned ? s->pinned->states : NULL;

	while (x && x->pins != pins)
		x = x->next;
	return x;
}

int
kith_app_pinned_enter(struct kith_session *s, const char *project_root,
		      const struct kith_pins *pins, struct kith_error *err)
{
	struct state *x = state_of(s, pins);
	KITH_CLEANUP(viewing_clear)
	struct viewing v = {.session = s, .root = project_root, .pins = pins, .state = x};
	int r = KITH_OK;

	kith_buf_init(&v.names, KITH_KIB(4));
	if (!x)
		return kith_fail(err, KITH_E_INTERNAL, "pins of another session");
	if (s->pinned->current == x)
		return KITH_OK;
	kith_app_pinned_leave(s);
	if (!x->folder)
		r = make_view(&v, err);
	if (r) {
		free_view(x);
		return r;
	}
	put_away(s);
	take_out(s, x);
	return KITH_OK;
}

int
kith_app_pinned_missing(struct kith_session *s, const char *project_root,
			const struct kith_pins *pins, const char **ret_why, size_t *ret_n,
			struct kith_error *err)
{
	struct state x = {.pins = pins};
	KITH_CLEANUP(viewing_clear)
	struct viewing v = {
	    .session = s, .root = project_root, .pins = pins, .state = &x, .why = ret_why};
	int r;

	kith_buf_init(&v.names, KITH_KIB(4));
	memset(ret_why, 0, pins->n_sources * sizeof(*ret_why));
	r = find_sources(&v, err);
	if (!r)
		r = check_commits(&v, err);
	if (!r)
		*ret_n = v.missing;
	free_view(&x);
	return r;
}

int
kith_app_pinned_hold(struct kith_session *s, const char *project_root, const struct kith_pins *pins,
		     struct kith_error *err)
{
	struct state *x;
	int r;

	if (!s->pinned)
		s->pinned = kith_calloc(1, sizeof(*s->pinned));
	if (!s->pinned)
		return kith_fail_nomem(err);
	if (!state_of(s, pins)) {
		x = kith_calloc(1, sizeof(*x));
		if (!x)
			return kith_fail_nomem(err);
		x->pins = pins;
		x->next = s->pinned->states;
		s->pinned->states = x;
	}
	r = kith_app_pinned_enter(s, project_root, pins, err);
	s->pinned->held = r == KITH_OK;
	return r;
}

void
kith_app_pinned_release(struct kith_session *s)
{
	if (!s->pinned)
		return;
	s->pinned->held = false;
	kith_app_pinned_leave(s);
}

void
kith_app_pinned_forget(struct kith_session *s, const struct kith_pins *pins)
{
	struct state **at, *x;

	kith_app_pinned_release(s);
	for (at = s->pinned ? &s->pinned->states : NULL; at && *at; at = &(*at)->next) {
		if ((*at)->pins != pins || (*at)->own)
			continue;
		x = *at;
		*at = x->next;
		free_state(x);
		return;
	}
}

bool
kith_app_pinned_held(const struct kith_session *s)
{
	return s->pinned && s->pinned->held;
}

int
kith_app_pinned_unread(const struct kith_mirror *m, const char *why, struct kith_error *err)
{
	return kith_hint(err,
			 kith_fail(err, KITH_E_INTEGRITY, "%s: %s at %.12s cannot be read: %s",
				   KITH_PINS_FILE, m->source.location, m->head, why),
			 "'kith fetch --locked' gets what kith.lock names");
}
