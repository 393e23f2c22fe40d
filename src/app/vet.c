/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds and reads a project's cargo-vet store and has it judged. Reads files below the store only;
 * starts nothing, fetches nothing: what imports.lock holds is what counts.
 */
#include "app/vet.h"

#include "app/trusted.h"

#include "codec/toml.h"

#define STORE        "supply-chain"
#define SECONDS_DAY  86400
#define MAX_MANIFEST KITH_MAX_MANIFEST

/* --- where it is --- */

/* `store = { path = … }` of one metadata table; *ret_path stays where it says nothing. */
static int
metadata_path(const struct kith_toml *table, const char *name, struct kith_span *ret_path,
	      struct kith_error *err)
{
	const struct kith_toml *vet =
	    kith_toml_get(kith_toml_get(kith_toml_get(table, "metadata"), "vet"), "store");

	if (!vet)
		return KITH_OK;
	if (ret_path->ptr)
		return kith_fail(err, KITH_E_USAGE,
				 "Cargo.toml:%u: both [workspace.metadata.vet] and "
				 "[package.metadata.vet] name a store",
				 vet->line);
	if (!kith_toml_get_string(vet, "path", ret_path) || !ret_path->len ||
	    memchr(ret_path->ptr, '\0', ret_path->len))
		return kith_fail(err, KITH_E_USAGE,
				 "Cargo.toml:%u: [%s.metadata.vet] store: no path", vet->line,
				 name);
	return KITH_OK;
}

/* *ret_path, yours, stays NULL where the manifest is not there or says nothing. */
static int
read_metadata(struct kith_session *s, const struct kith_project *project, char **ret_path,
	      struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf text = {0};
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	struct kith_span found = KITH_SPAN_NONE;
	const struct kith_toml *root;
	int r;

	r = kith_app_deciding_file(s, project->root, "Cargo.toml", MAX_MANIFEST, &text, err);
	if (!r)
		r = kith_toml_parse(kith_buf_span(&text), &doc, err);
	if (r) /* a missing or broken manifest has been warned of by the project's reader */
		return r == KITH_E_NOMEM ? r : KITH_OK;
	root = kith_toml_root(doc);
	r = metadata_path(kith_toml_get(root, "workspace"), "workspace", &found, err);
	if (!r)
		r = metadata_path(kith_toml_get(root, "package"), "package", &found, err);
	if (r || !found.ptr)
		return r;
	*ret_path = kith_strndup(found.ptr, found.len);
	return *ret_path ? KITH_OK : kith_fail_nomem(err);
}

void
kith_app_vet_place_clear(struct kith_app_vet_place *place)
{
	free(place->path);
	free(place->shown);
	memset(place, 0, sizeof(*place));
}

int
kith_app_vet_find(struct kith_session *s, const struct kith_project *project, const char *given,
		  struct kith_app_vet_place *ret_place, struct kith_error *err)
{
	KITH_AUTO_VET_PLACE struct kith_app_vet_place place = {NULL, NULL, false};
	KITH_AUTO_FREE char *named = NULL;
	const char *word = given;
	int r = given ? KITH_OK : read_metadata(s, project, &named, err);

	if (r)
		return r;
	if (!word)
		word = named ? named : STORE;
	place.shown = kith_strndup(word, strlen(word));
	/* a word of the command line is the user's: relative to where he is */
	place.path = given ? kith_strndup(word, strlen(word)) : kith_fs_join(project->root, word);
	if (!place.shown || !place.path)
		return kith_fail_nomem(err);
	r = kith_app_deciding_there(s, place.path, "config.toml", &place.there, err);
	if (r)
		return r;
	*ret_place = place;
	memset(&place, 0, sizeof(place));
	return KITH_OK;
}

/* --- reading --- */

void
kith_app_vet_free(struct kith_app_vet *vet)
{
	if (!vet)
		return;
	kith_vet_answer_free(vet->answer);
	kith_vet_graph_free(vet->graph);
	kith_buf_clear(&vet->config);
	kith_buf_clear(&vet->audits);
	kith_buf_clear(&vet->imports);
	kith_app_vet_place_clear(&vet->place);
	free(vet);
}

void
kith_app_vet_freep(struct kith_app_vet **vet)
{
	kith_app_vet_free(*vet);
	*vet = NULL;
}

static int
read_file(struct kith_session *s, const struct kith_app_vet *vet, const char *name,
	  struct kith_buf *out, struct kith_error *err)
{
	int r = kith_app_deciding_file(s, vet->place.path, name, KITH_MAX_TOML_BYTES, out, err);

	if (r == KITH_E_NOTFOUND)
		return kith_hint(err,
				 kith_fail(err, r,
					   "%s/%s: not there: this is no whole store of "
					   "cargo-vet",
					   vet->place.shown, name),
				 "kith verify --store DIR names another one");
	return r;
}

int
kith_app_vet_open(struct kith_session *s, const struct kith_project *project,
		  struct kith_app_vet_place *place, struct kith_app_vet **ret_vet,
		  struct kith_error *err)
{
	KITH_AUTO_VET struct kith_app_vet *vet = kith_calloc(1, sizeof(*vet));
	int r;

	if (!vet)
		return kith_fail_nomem(err);
	vet->place = *place;
	memset(place, 0, sizeof(*place));
	r = read_file(s, vet, "config.toml", &vet->config, err);
	if (!r)
		r = read_file(s, vet, "audits.toml", &vet->audits, err);
	if (!r)
		r = read_file(s, vet, "imports.lock", &vet->imports, err);
	if (!r)
		r = kith_vet_graph_of(project, &vet->graph, err);
	if (!r)
		*ret_vet = kith_steal(&vet);
	return r;
}

int
kith_app_vet_judge(struct kith_app_vet *vet, struct kith_time now, bool lenient,
		   struct kith_error *err)
{
	int64_t day = now.sec / SECONDS_DAY - (now.sec % SECONDS_DAY < 0);
	const struct kith_vet_question q = {
	    .config = kith_buf_span(&vet->config),
	    .audits = kith_buf_span(&vet->audits),
	    .imports = kith_buf_span(&vet->imports),
	    .graph = vet->graph,
	    .today = (int32_t)day,
	    .lenient = lenient,
	};
	struct kith_vet_answer *answer;
	int r = kith_vet_judge(&q, &answer, err);

	if (r)
		return kith_context(err, r, "%s", vet->place.shown);
	kith_vet_answer_free(vet->answer);
	vet->answer = answer;
	return KITH_OK;
}

void
kith_app_vet_put_problem(const struct kith_app_vet *vet, const struct kith_vet_problem *p,
			 struct kith_buf *out)
{
	kith_buf_put_str(out, vet->place.shown);
	if (p->file) {
		kith_buf_printf(out, "/%s", p->file);
		if (p->line)
			kith_buf_printf(out, ":%u", p->line);
	}
	kith_buf_put_str(out, ": ");
	kith_vet_problem_put(out, p);
}
