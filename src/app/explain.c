/* SPDX-License-Identifier: Apache-2.0 */
/* kith explain: finds out what the word means, and who answers. */
#include "app/explain.h"
#include "app/what_if.h"
#include "codec/base64.h"
#include "evidence/url.h"

#define EXPLAIN_MAX KITH_MIB(64)

/* The row of the package; NULL if it is none of the project's. */
static int
find_row(const struct kith_app_run *run, const struct kith_app_package_word *word,
	 const struct kith_report_row **ret_row, struct kith_error *err)
{
	const struct kith_report_row *found = NULL;
	char versions[200] = "";
	struct kith_buf b;
	size_t i, n = 0;

	kith_buf_init(&b, sizeof(versions) - 1);
	for (i = 0; i < run->report.n_rows; i++) {
		const struct kith_report_row *row = &run->rows[i];

		if (!kith_span_eq(row->package->name, word->name) ||
		    (word->version.len && !kith_span_eq(row->package->version, word->version)))
			continue;
		found = found ? found : row;
		kith_buf_printf(&b, "%s%.*s@%.*s", n++ ? ", " : "",
				KITH_SPAN_FMT(row->package->name),
				KITH_SPAN_FMT(row->package->version));
	}
	if (b.len < sizeof(versions))
		memcpy(versions, kith_buf_str(&b), b.len + 1);
	kith_buf_clear(&b);
	if (n > 1 && !word->version.len)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE, "'%.*s' is there %zu times",
					   KITH_SPAN_FMT(word->name), n),
				 "say which: %s", versions);
	*ret_row = found;
	return KITH_OK;
}

static int
explain_row(const struct kith_app_run *run, const struct kith_report_row *row,
	    const struct kith_explain_options *o, struct kith_buf *out, struct kith_error *err)
{
	return o->semantics == KITH_SEMANTICS_CREV
		   ? kith_app_explain_crev_row(run, row, out, err)
		   : kith_app_explain_row(run, row, o->format, out, err);
}

static int
explain_package(struct kith_session *s, const struct kith_explain_options *o,
		const struct kith_app_package_word *word, const struct kith_trust_graph *graph,
		struct kith_buf *out, struct kith_error *err)
{
	struct kith_verify_options verify = {
	    .path = o->path, .roots = o->roots, .n_roots = o->n_roots, .semantics = o->semantics};
	const struct kith_report_row *row = NULL;
	struct kith_app_run *run = NULL;
	int r;

	kith_crev_knobs_init(&verify.crev);
	verify.crev.dev_dependencies = true; /* whatever is locked can be asked about */
	r = kith_app_judge(s, &verify, graph, true, &run, err);
	if (r == KITH_E_NOTFOUND)
		return kith_app_explain_claims(s, o, word, out, err);
	if (r)
		return r;
	r = find_row(run, word, &row, err);
	if (!r)
		r = row ? explain_row(run, row, o, out, err)
			: kith_app_explain_claims(s, o, word, out, err);
	kith_app_run_free(run);
	return r;
}

/* A package that is known by this name wins over a prefix of an id. */
static int
is_package(struct kith_session *s, const struct kith_app_package_word *word, bool *ret_is,
	   struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena arena;
	const struct kith_claim *claims;
	struct kith_index *ix;
	size_t n = 0;
	int r;

	kith_arena_init(&arena, KITH_MIB(64));
	r = kith_app_index(s, &ix, err);
	if (!r)
		r = kith_index_claims(ix, KITH_ECO_CARGO, word->name, &arena, &claims, &n, err);
	*ret_is = n > 0;
	return r;
}

/* The word as it stands in texts: "~alice", "example.org/alice". */
static bool
calls_itself(const struct kith_index_id_info *info, struct kith_span word)
{
	kith_span_skip(&word, "~");
	return info->says_url &&
	       (kith_span_eq(kith_app_owner_of(info->url), word) || kith_url_same(info->url, word));
}

static int
find_called(struct kith_session *s, const struct kith_explain_options *o,
	    struct kith_app_ids *found, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	struct kith_span word = kith_span_str(o->subject);
	struct kith_index_id_info info;
	struct kith_index *ix;
	size_t i;
	int r = kith_app_index(s, &ix, err);

	if (!r)
		r = kith_app_config_load(s, o->path ? o->path : ".", &config, err);
	for (i = 0; !r && i < kith_index_count_ids(ix); i++)
		if (kith_index_id_at(ix, i, &info) &&
		    kith_span_eq(kith_app_config_name(&config, &info.id), word))
			r = kith_app_ids_add(found, &info.id, err);
	if (r || found->count) /* what the user calls somebody goes first */
		return r;
	for (i = 0; !r && i < kith_index_count_ids(ix); i++)
		if (kith_index_id_at(ix, i, &info) && calls_itself(&info, word))
			r = kith_app_ids_add(found, &info.id, err);
	return r;
}

/*
 * To explain somebody by a name that anybody can give himself is harmless: what comes shows the id,
 * and whether the name is proved. To trust one by it would not be.
 */
static int
find_by_name(struct kith_session *s, const struct kith_explain_options *o, bool *ret_is,
	     struct kith_id *ret_id, struct kith_error *err)
{
	KITH_AUTO_IDS struct kith_app_ids found = {0};
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];
	size_t i;
	int r;

	kith_buf_init(&b, KITH_KIB(1));
	r = find_called(s, o, &found, err);
	if (r)
		return r;
	*ret_is = found.count == 1;
	if (found.count == 1)
		*ret_id = found.list[0];
	if (found.count <= 1)
		return KITH_OK;
	for (i = 0; i < found.count && i < 4; i++) {
		kith_base64_id(text, found.list[i].bytes);
		kith_buf_printf(&b, "%s%s", i ? ", " : "", text);
	}
	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "%zu ids are called '%s'", found.count, o->subject),
	    "say which: %s%s", kith_buf_str(&b), found.count > 4 ? ", …" : "");
}

/* Whether the word means a person: an id, a URL, a name, the beginning of an id; no package. */
static int
find_person(struct kith_session *s, const struct kith_explain_options *o,
	    const struct kith_app_package_word *word, bool *ret_is, struct kith_id *ret_id,
	    struct kith_error *err)
{
	struct kith_error ignored;
	bool package;
	int r;

	*ret_is = false;
	r = is_package(s, word, &package, err);
	if (r || package)
		return r;
	r = kith_app_find_id(s, o->subject, ret_id, &ignored);
	*ret_is = r == KITH_OK;
	if (r == KITH_E_NOTFOUND) {
		int named = find_by_name(s, o, ret_is, ret_id, err);

		if (named || *ret_is)
			return named;
	}
	if (r == KITH_E_NOTFOUND && strstr(o->subject, "://") && strncmp(o->subject, "pkg:", 4)) {
		if (err)
			*err = ignored;
		return r;
	}
	return r == KITH_E_NOTFOUND || r == KITH_OK ? KITH_OK
						    : kith_app_find_id(s, o->subject, ret_id, err);
}

static int
explain_changed(struct kith_session *s, const struct kith_explain_options *o,
		const struct kith_app_package_word *word, bool person, const struct kith_id *id,
		struct kith_buf *out, struct kith_error *err)
{
	struct kith_trust_graph *changed = NULL;
	const struct kith_trust_graph *graph;
	struct kith_app_levels levels;
	int r;

	/* sets decide without a root, too, and the summary is about whatever decides */
	r = kith_app_levels_new(s, o->path ? o->path : ".", o->roots, o->n_roots, o->semantics,
				!o->summary || o->n_what_if, &levels, err);
	if (r)
		return r;
	if (o->semantics == KITH_SEMANTICS_CREV) {
		r = kith_app_explain_crev_person(s, &levels, id, out, err);
		kith_app_levels_clear(&levels);
		return r;
	}
	if (o->n_what_if)
		r = kith_app_what_if(s, &levels, o->what_if, o->n_what_if, &changed, err);
	graph = changed ? changed : levels.graph;
	if (!r)
		r = o->summary ? kith_app_explain_summary(s, &levels, o, out, err)
		    : person   ? kith_app_explain_person(s, &levels, graph, id, o->format, out, err)
			       : explain_package(s, o, word, changed, out, err);
	if (!r && changed)
		r = kith_app_put_difference(s, &levels, changed, o, out, err);
	kith_app_levels_clear(&levels);
	kith_trust_graph_free(changed);
	return r;
}

int
kith_explain(struct kith_session *session, const struct kith_explain_options *options,
	     char **ret_text, size_t *ret_len, struct kith_error *err)
{
	struct kith_app_package_word word = {KITH_SPAN_NONE, KITH_SPAN_NONE};
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_id id = {{0}};
	bool person = false;
	int r = KITH_OK;

	kith_buf_init(&b, EXPLAIN_MAX);
	if (options->semantics == KITH_SEMANTICS_CREV &&
	    (options->summary || options->n_what_if || options->format == KITH_FORMAT_JSON))
		return kith_fail(err, KITH_E_USAGE,
				 "--summary, --what-if and --json are of the native rules");
	if (!options->summary) {
		if (!options->subject)
			return kith_fail(err, KITH_E_USAGE, "nothing to explain");
		r = kith_app_package_word(options->subject, &word, err);
		if (!r)
			r = find_person(session, options, &word, &person, &id, err);
	}
	if (!r && (person || options->summary || options->n_what_if))
		r = explain_changed(session, options, &word, person, &id, &b, err);
	else if (!r)
		r = explain_package(session, options, &word, NULL, &b, err);
	return r ? r : kith_app_take_text(&b, ret_text, ret_len, err);
}
