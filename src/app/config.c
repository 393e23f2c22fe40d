/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and reads configuration files; what they mean is policy's business. */
#include <errno.h>
#include <stdlib.h>

#include "app/overlay.h"
#include "app/trusted.h"

#define PARENTS_MAX  64
#define PROJECT_FILE "kith.toml"

/* The user's. */
static int
read_user(const char *path, struct kith_config **ret, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text;
	int r;

	kith_buf_init(&text, KITH_MAX_CONFIG);
	r = kith_fs_read(path, &text, err);
	return r ? r : kith_config_read(kith_buf_span(&text), path, KITH_CONFIG_USER, ret, err);
}

/* The project's, in this folder. */
static int
read_project(struct kith_session *s, const char *dir, const char *path, struct kith_config **ret,
	     struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text = {0};
	int r = kith_app_deciding_file(s, dir, PROJECT_FILE, KITH_MAX_CONFIG, &text, err);

	return r ? r : kith_config_read(kith_buf_span(&text), path, KITH_CONFIG_PROJECT, ret, err);
}

static int
load_user(struct kith_session *s, struct kith_app_config *c, struct kith_error *err)
{
	int r;

	if ((s->project_only || s->bundle) && !s->config) {
		c->user_path = kith_strndup("", 0);
		return c->user_path ? KITH_OK : kith_fail_nomem(err);
	}
	c->user_path = s->config ? kith_strndup(s->config, strlen(s->config))
				 : kith_fs_join(s->dirs.config, "config.toml");
	if (!c->user_path)
		return kith_fail_nomem(err);
	r = read_user(c->user_path, &c->user, err);
	if (r == KITH_E_NOTFOUND && s->config)
		return kith_fail(err, KITH_E_USAGE, "--config %s: no such file", s->config);
	return r == KITH_E_NOTFOUND ? KITH_OK : r;
}

/* The nearest kith.toml, upwards: a bounded number of folders, and never a special file. */
static int
load_project(struct kith_session *s, const char *root, struct kith_app_config *c,
	     struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = realpath(root, NULL);
	char *slash;
	int i, r;

	if (!dir)
		return errno == ENOMEM ? kith_fail_nomem(err) : KITH_OK; /* no such folder */
	for (i = 0; i < PARENTS_MAX; i++) {
		free(c->project_path);
		c->project_path = kith_fs_join(*dir ? dir : "/", PROJECT_FILE);
		if (!c->project_path)
			return kith_fail_nomem(err);
		r = read_project(s, *dir ? dir : "/", c->project_path, &c->project, err);
		if (r != KITH_E_NOTFOUND)
			return r;
		slash = strrchr(dir, '/');
		if (!slash || !*dir)
			break;
		*slash = '\0';
	}
	free(c->project_path);
	c->project_path = NULL;
	return KITH_OK;
}

static int
load_draft(struct kith_session *s, struct kith_app_config *c, struct kith_error *err)
{
	const struct kith_app_draft *d = s->draft;
	int r = d->with_user ? load_user(s, c, err) : KITH_OK;

	if (r)
		return r;
	c->project_path = kith_strndup(d->path, strlen(d->path));
	if (!c->user_path)
		c->user_path = kith_strndup("", 0);
	if (!c->project_path || !c->user_path)
		return kith_fail_nomem(err);
	return kith_config_read(d->text, d->path, KITH_CONFIG_PROJECT, &c->project, err);
}

static int
lay_out_caps(struct kith_app_config *c, struct kith_error *err)
{
	const struct kith_config *m = c->merged;
	struct kith_trust_cap *caps = kith_arena_array(&c->arena, m->n_caps, sizeof(*caps));
	size_t i, j, n = 0;

	if (!caps)
		return kith_fail_nomem(err);
	for (i = 0; i < m->n_caps; i++) {
		for (j = 0; j < n; j++)
			if (!memcmp(caps[j].id.bytes, m->caps[i].id.bytes, KITH_ID_BYTES))
				break;
		/* both files cap one id: the lower holds */
		if (j == n)
			caps[n++] = (struct kith_trust_cap){m->caps[i].id, m->caps[i].level};
		else if (m->caps[i].level < caps[j].level)
			caps[j].level = m->caps[i].level;
	}
	c->trust.caps = caps;
	c->trust.n_caps = n;
	return KITH_OK;
}

static int
lay_out_actors(struct kith_app_config *c, struct kith_error *err)
{
	const struct kith_config *m = c->merged;
	struct kith_trust_actor *list = kith_arena_array(&c->arena, m->n_actors, sizeof(*list));
	size_t i;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < m->n_actors; i++)
		list[i] =
		    (struct kith_trust_actor){.ids = m->actors[i].ids.at, .n = m->actors[i].ids.n};
	c->trust.actors = list;
	c->trust.n_actors = m->n_actors;
	return KITH_OK;
}

static int
lay_out_publishers(struct kith_app_config *c, struct kith_error *err)
{
	const struct kith_config *m = c->merged;
	struct kith_publisher_rule *list =
	    kith_arena_array(&c->arena, m->n_publishers, sizeof(*list));
	size_t i;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < m->n_publishers; i++)
		list[i] = (struct kith_publisher_rule){
		    m->publishers[i].package, m->publishers[i].ids.at, m->publishers[i].ids.n};
	c->trust.publishers = list;
	c->trust.n_publishers = m->n_publishers;
	return KITH_OK;
}

static int
lay_out_ignores(struct kith_app_config *c, struct kith_error *err)
{
	const struct kith_config *m = c->merged;
	struct kith_trust_ignore *people =
	    kith_arena_array(&c->arena, m->n_ignores, sizeof(*people));
	struct kith_claim_ignore *claims =
	    kith_arena_array(&c->arena, m->n_ignores, sizeof(*claims));
	size_t i;

	c->ignore_digests =
	    kith_arena_array(&c->arena, m->n_ignores, sizeof(const struct kith_digest *));
	if (!people || !claims || !c->ignore_digests)
		return kith_fail_nomem(err);
	c->trust.ignores = c->person_ignores = people;
	c->claim_ignores = claims;
	for (i = 0; i < m->n_ignores; i++) {
		const struct kith_config_ignore *x = &m->ignores[i];

		if (x->has_about) {
			c->ignore_digests[c->trust.n_ignores] = x->has_digest ? &x->digest : NULL;
			people[c->trust.n_ignores++] = (struct kith_trust_ignore){x->by, x->about};
		} else {
			claims[c->n_claim_ignores++] = (struct kith_claim_ignore){
			    .by = x->by,
			    .package = x->package,
			    .has_digest = x->has_digest,
			    .digest = x->digest,
			};
		}
	}
	return KITH_OK;
}

static int
lay_out(struct kith_app_config *c, struct kith_error *err)
{
	const struct kith_config_trust *t = &c->merged->trust;
	int r;

	c->trust.threshold = c->merged->roots.threshold;
	c->trust.native = kith_native_default;
	c->trust.native.budget = t->budget;
	c->trust.native.high = t->high;
	c->trust.native.medium = t->medium;
	c->trust.native.low = t->low;
	c->trust.native.veto_root = t->veto_root;
	r = lay_out_caps(c, err);
	if (!r)
		r = lay_out_actors(c, err);
	if (!r)
		r = lay_out_publishers(c, err);
	return r ? r : lay_out_ignores(c, err);
}

int
kith_app_config_load(struct kith_session *s, const char *project_root,
		     struct kith_app_config *ret_config, struct kith_error *err)
{
	struct kith_app_config c = {0};
	int r;

	kith_arena_init(&c.arena, KITH_MIB(64));
	r = s->draft ? load_draft(s, &c, err) : load_user(s, &c, err);
	if (!r && project_root && !s->draft)
		r = load_project(s, project_root, &c, err);
	if (!r)
		r = kith_config_merge(c.user, c.project, &c.merged, err);
	if (!r)
		r = kith_app_starter_load(s, &c, err);
	if (!r)
		r = kith_app_overlay_load(&c, err);
	if (!r)
		r = lay_out(&c, err);
	if (r) {
		kith_app_config_clear(&c);
		return r;
	}
	if (c.project_path)
		kith_app_detail(s, "policy: %s", c.project_path);
	*ret_config = c;
	return KITH_OK;
}

void
kith_app_config_clear(struct kith_app_config *c)
{
	kith_config_free(c->merged);
	kith_config_free(c->project);
	kith_config_free(c->user);
	free(c->user_path);
	free(c->project_path);
	kith_arena_clear(&c->arena);
	memset(c, 0, sizeof(*c));
}

/* A URL in [roots] names the one id that the repository itself proves (verdict.md 12). */
static int
add_root_url(struct kith_session *s, struct kith_span url, struct kith_app_ids *ids,
	     struct kith_error *err)
{
	KITH_AUTO_FREE char *word = kith_strndup(url.ptr, url.len);
	struct kith_id id;
	int r;

	if (!word)
		return kith_fail_nomem(err);
	r = kith_app_find_id(s, word, &id, err);
	if (r == KITH_E_NOTFOUND)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "[roots] %s: no id here is proved by that repository",
					   word),
				 "kith fetch %s", word);
	return r ? r : kith_app_ids_add(ids, &id, err);
}

static int
configured(struct kith_session *s, const struct kith_app_config *c, struct kith_app_ids *ids,
	   struct kith_error *err)
{
	const struct kith_config *m = c->merged;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < m->roots.ids.n; i++)
		r = kith_app_ids_add(ids, &m->roots.ids.at[i], err);
	for (i = 0; !r && i < m->roots.urls.n; i++)
		r = add_root_url(s, m->roots.urls.at[i], ids, err);
	if (!r && !ids->count && m->has_current_id)
		r = kith_app_ids_add(ids, &m->current_id, err);
	return r;
}

int
kith_app_config_roots(struct kith_session *s, const struct kith_app_config *c,
		      const char *const *words, size_t n, enum kith_semantics semantics,
		      struct kith_app_ids *ret_ids, struct kith_error *err)
{
	KITH_AUTO_IDS struct kith_app_ids ids = {0};
	int r;

	if (n)
		return kith_app_roots(s, words, n, ret_ids, err);
	r = configured(s, c, &ids, err);
	if (!r && semantics == KITH_SEMANTICS_NATIVE)
		r = kith_app_overlay_roots(s, c, &ids, err);
	if (r)
		return r;
	if (!ids.count)
		return kith_app_roots(s, NULL, 0, ret_ids, err);
	*ret_ids = ids;
	memset(&ids, 0, sizeof(ids));
	return KITH_OK;
}

/* Whether the newest statement of `by` about `about` is the proof with this digest. */
static bool
is_newest(const struct kith_index *index, const struct kith_trust_graph *graph,
	  const struct kith_trust_ignore *x, const struct kith_digest *digest)
{
	struct kith_trust_statement s;
	struct kith_index_proof_info proof;
	struct kith_time newest = {0, 0};
	size_t i = 0, end = 0;
	bool is = false, any = false;

	if (!kith_trust_graph_row(graph, &x->by, &i, &end))
		return false;
	for (; i < end; i++) {
		if (kith_trust_graph_statement(graph, i, NULL, &s, NULL) ||
		    memcmp(s.to.bytes, x->about.bytes, KITH_ID_BYTES) != 0 ||
		    (any && kith_time_cmp(s.date, newest) < 0))
			continue;
		any = true;
		newest = s.date;
		is = kith_index_proof_at(index, (size_t)s.place, &proof) &&
		     memcmp(proof.digest.bytes, digest->bytes, KITH_DIGEST_BYTES) == 0;
	}
	return is;
}

void
kith_app_config_match_ignores(struct kith_app_config *c, const struct kith_index *index,
			      const struct kith_trust_graph *graph)
{
	size_t i, n = 0;

	for (i = 0; i < c->trust.n_ignores; i++) {
		if (c->ignore_digests[i] &&
		    !is_newest(index, graph, &c->person_ignores[i], c->ignore_digests[i]))
			continue;
		c->ignore_digests[n] = NULL; /* found: asked once */
		c->person_ignores[n++] = c->person_ignores[i];
	}
	c->trust.n_ignores = n;
}

bool
kith_app_config_has_roots(const struct kith_app_config *c)
{
	return c->merged &&
	       (c->merged->roots.ids.n || c->merged->roots.urls.n || c->merged->has_current_id);
}

int
kith_app_config_add_name(struct kith_app_config *c, const char *name, const struct kith_id *id,
			 struct kith_error *err)
{
	struct kith_config *m = c->merged;
	struct kith_config_name *people;

	people = kith_arena_array(&c->arena, m->n_people + 1, sizeof(*people));
	if (!people)
		return kith_fail_nomem(err);
	if (m->n_people)
		memcpy(people, m->people, m->n_people * sizeof(*people));
	people[m->n_people] = (struct kith_config_name){.name = kith_span_str(name), .id = *id};
	m->people = people;
	m->n_people++;
	return KITH_OK;
}

struct kith_span
kith_app_config_name(const struct kith_app_config *c, const struct kith_id *id)
{
	const struct kith_config *m = c->merged;
	size_t i;

	for (i = 0; i < m->n_people; i++)
		if (memcmp(m->people[i].id.bytes, id->bytes, KITH_ID_BYTES) == 0)
			return m->people[i].name;
	for (i = 0; i < m->n_sources; i++)
		if (m->sources[i].ids.n == 1 &&
		    memcmp(m->sources[i].ids.at[0].bytes, id->bytes, KITH_ID_BYTES) == 0)
			return m->sources[i].name;
	return KITH_SPAN_NONE;
}
