/* SPDX-License-Identifier: Apache-2.0 */
/* Re-resolves on a changed graph and tells the difference; nothing is written anywhere. */
#include "app/what_if.h"

#include "codec/base64.h"
#include "codec/json.h"

#define MAX_WORDS    4
#define PEOPLE_SHOWN ((size_t)20)

struct change_words {
	struct kith_span at[MAX_WORDS];
	size_t n;
};

static bool
split(const char *text, struct change_words *w)
{
	struct kith_span rest = kith_span_trim(kith_span_str(text)), word;

	w->n = 0;
	while (kith_span_next(&rest, ' ', &word)) {
		if (!word.len)
			continue;
		if (w->n == MAX_WORDS)
			return false;
		w->at[w->n++] = word;
	}
	return w->n > 0;
}

static int
find_person(struct kith_session *s, struct kith_span word, struct kith_id *ret_id,
	    struct kith_error *err)
{
	KITH_AUTO_FREE char *text = kith_strndup(word.ptr, word.len);

	if (!text)
		return kith_fail_nomem(err);
	return kith_app_find_id(s, text, ret_id, err);
}

static int
not_understood(const char *text, struct kith_error *err)
{
	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "--what-if '%s' is not understood", text),
	    "write 'trust [FROM] TO low|medium|high|none', 'distrust [FROM] TO' or 'drop ID'");
}

/* 'trust [FROM] TO LEVEL' and 'distrust [FROM] TO': the words behind the verb. */
static int
read_say(struct kith_session *s, const struct kith_app_levels *levels, const char *text,
	 const struct change_words *w, bool distrust, struct kith_trust_change *ret,
	 struct kith_error *err)
{
	size_t people = w->n - 1 - !distrust;
	KITH_AUTO_FREE char *level = NULL;
	int r;

	if (w->n < 2 || people < 1 || people > 2)
		return not_understood(text, err);
	ret->kind = KITH_CHANGE_SAY;
	ret->statement.level = KITH_LEVEL_DISTRUST;
	ret->statement.reach = KITH_REACH_DELEGATE;
	ret->statement.place = UINT64_MAX;
	ret->statement.from = levels->roots.list[0];
	if (!distrust) {
		level = kith_strndup(w->at[w->n - 1].ptr, w->at[w->n - 1].len);
		if (!level)
			return kith_fail_nomem(err);
		if (!kith_level_parse(level, &ret->statement.level) ||
		    ret->statement.level == KITH_LEVEL_DISTRUST)
			return not_understood(text, err);
	}
	r = people == 2 ? find_person(s, w->at[1], &ret->statement.from, err) : KITH_OK;
	return r ? r : find_person(s, w->at[people], &ret->statement.to, err);
}

static int
read_change(struct kith_session *s, const struct kith_app_levels *levels, const char *text,
	    struct kith_trust_change *ret, struct kith_error *err)
{
	struct change_words w;

	if (!split(text, &w))
		return not_understood(text, err);
	if (kith_span_is(w.at[0], "trust"))
		return read_say(s, levels, text, &w, false, ret, err);
	if (kith_span_is(w.at[0], "distrust"))
		return read_say(s, levels, text, &w, true, ret, err);
	if (!kith_span_is(w.at[0], "drop") || w.n != 2)
		return not_understood(text, err);
	ret->kind = KITH_CHANGE_DROP;
	return find_person(s, w.at[1], &ret->statement.from, err);
}

int
kith_app_what_if(struct kith_session *s, const struct kith_app_levels *levels,
		 const char *const *changes, size_t n, struct kith_trust_graph **ret_graph,
		 struct kith_error *err)
{
	KITH_AUTO_FREE struct kith_trust_change *list = kith_calloc(n, sizeof(*list));
	size_t i;
	int r = KITH_OK;

	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; !r && i < n; i++) {
		list[i].statement.date = s->now; /* said now: newer than what was said before */
		r = read_change(s, levels, changes[i], &list[i], err);
	}
	return r ? r : kith_trust_graph_change(levels->graph, list, n, ret_graph, err);
}

static void
put_people(struct kith_app_names *names, const struct kith_trust_difference *d, size_t n,
	   struct kith_buf *out)
{
	size_t i, up = 0, down = 0;

	for (i = 0; i < n; i++) {
		up += d[i].approve[1] > d[i].approve[0];
		down += d[i].approve[1] < d[i].approve[0];
	}
	if (n)
		kith_buf_printf(out, "  %zu rise, %zu fall\n", up, down);
	for (i = 0; i < n && i < PEOPLE_SHOWN; i++) {
		kith_buf_put_str(out, "  ");
		kith_app_put_name(names, &d[i].id, out);
		kith_buf_printf(out, ": %s → %s", kith_level_name(d[i].approve[0]),
				kith_level_name(d[i].approve[1]));
		if (d[i].object[0] != d[i].object[1])
			kith_buf_printf(out, " (for objections %s → %s)",
					kith_level_name(d[i].object[0]),
					kith_level_name(d[i].object[1]));
		kith_buf_put_char(out, '\n');
	}
	if (n > PEOPLE_SHOWN)
		kith_buf_printf(out, "  … and %zu more people\n", n - PEOPLE_SHOWN);
}

/* The row of the same package in another run over the same lock file. */
static const struct kith_report_row *
same_row(const struct kith_app_run *run, const struct kith_report_row *of)
{
	size_t i;

	for (i = 0; i < run->report.n_rows; i++)
		if (run->rows[i].package->line == of->package->line &&
		    kith_span_eq(run->rows[i].package->name, of->package->name))
			return &run->rows[i];
	return NULL;
}

static size_t
put_flips(const struct kith_app_run *before, const struct kith_app_run *after, struct kith_buf *out)
{
	size_t i, flips = 0;

	for (i = 0; i < before->report.n_rows; i++) {
		const struct kith_report_row *a = &before->rows[i], *b = same_row(after, a);

		if (!b || a->verdict.status == b->verdict.status)
			continue;
		flips++;
		kith_buf_put_str(out, "  ");
		kith_text_safe(out, a->package->name, 0);
		kith_buf_put_char(out, ' ');
		kith_text_safe(out, a->package->version, 0);
		kith_buf_printf(out, ": %s → %s\n", kith_status_name(a->verdict.status),
				kith_status_name(b->verdict.status));
	}
	return flips;
}

static void
json_flips(const struct kith_app_run *before, const struct kith_app_run *after,
	   struct kith_json_writer *w)
{
	size_t i;

	for (i = 0; i < before->report.n_rows; i++) {
		const struct kith_report_row *a = &before->rows[i], *b = same_row(after, a);

		if (!b || a->verdict.status == b->verdict.status)
			continue;
		kith_json_open_object(w);
		kith_json_member_string(w, "name", a->package->name);
		kith_json_member_string(w, "version", a->package->version);
		kith_json_member_str(w, "before", kith_status_name(a->verdict.status));
		kith_json_member_str(w, "after", kith_status_name(b->verdict.status));
		kith_json_close_object(w);
	}
}

static void
json_people(const struct kith_trust_difference *d, size_t n, struct kith_json_writer *w)
{
	char text[KITH_ID_TEXT + 1];
	size_t i;

	for (i = 0; i < n; i++) {
		kith_base64_id(text, d[i].id.bytes);
		kith_json_open_object(w);
		kith_json_member_str(w, "id", text);
		kith_json_member_str(w, "before", kith_level_name(d[i].approve[0]));
		kith_json_member_str(w, "after", kith_level_name(d[i].approve[1]));
		kith_json_member_str(w, "object_before", kith_level_name(d[i].object[0]));
		kith_json_member_str(w, "object_after", kith_level_name(d[i].object[1]));
		kith_json_close_object(w);
	}
}

/* Both runs stay NULL where no project is. */
static int
judge_both(struct kith_session *s, const struct kith_trust_graph *changed,
	   const struct kith_verify_options *verify, struct kith_app_run **ret_before,
	   struct kith_app_run **ret_after, struct kith_error *err)
{
	int r = kith_app_judge(s, verify, NULL, false, ret_before, err);

	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	return r ? r : kith_app_judge(s, verify, changed, false, ret_after, err);
}

/* One more member of the document that is already there, which is an object. */
static int
add_json(struct kith_session *s, const struct kith_trust_graph *changed,
	 const struct kith_explain_options *o, const struct kith_trust_difference *d, size_t n,
	 struct kith_buf *out, struct kith_error *err)
{
	const struct kith_verify_options verify = {
	    .path = o->path, .roots = o->roots, .n_roots = o->n_roots};
	struct kith_app_run *before = NULL, *after = NULL;
	struct kith_json_writer w;
	int r = judge_both(s, changed, &verify, &before, &after, err);

	while (!r && out->len && (out->ptr[out->len - 1] == '\n' || out->ptr[out->len - 1] == '}'))
		out->len--;
	kith_buf_put_str(out, ",\n  \"what_if\": ");
	kith_json_begin(&w, out, false);
	kith_json_open_object(&w);
	kith_json_put_key(&w, "people");
	kith_json_open_array(&w);
	json_people(d, n, &w);
	kith_json_close_array(&w);
	kith_json_put_key(&w, "packages");
	kith_json_open_array(&w);
	if (!r && after)
		json_flips(before, after, &w);
	kith_json_close_array(&w);
	kith_json_close_object(&w);
	kith_buf_put_str(out, "\n}\n");
	kith_app_run_free(before);
	kith_app_run_free(after);
	return r;
}

static int
put_packages(struct kith_session *s, const struct kith_trust_graph *changed,
	     const struct kith_explain_options *o, struct kith_buf *out, struct kith_error *err)
{
	const struct kith_verify_options verify = {
	    .path = o->path, .roots = o->roots, .n_roots = o->n_roots};
	struct kith_app_run *before = NULL, *after = NULL;
	int r;

	r = judge_both(s, changed, &verify, &before, &after, err);
	if (!r && after && !put_flips(before, after, out))
		kith_buf_put_str(out, "  no package of this project changes its status\n");
	kith_app_run_free(before);
	kith_app_run_free(after);
	return r;
}

int
kith_app_put_difference(struct kith_session *s, const struct kith_app_levels *levels,
			const struct kith_trust_graph *changed,
			const struct kith_explain_options *o, struct kith_buf *out,
			struct kith_error *err)
{
	const struct kith_trust_difference *d = NULL;
	struct kith_trust_result *after = NULL;
	struct kith_app_names names = {.config = &levels->config, .exact = true};
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_index *ix;
	size_t n = 0;
	int r;

	kith_arena_init(&arena, KITH_MIB(256));
	r = kith_app_index(s, &ix, err);
	if (!r)
		r = kith_trust_resolve(changed, &levels->question, &after, err);
	if (!r)
		r = kith_trust_compare(levels->result, after, &arena, &d, &n, err);
	if (!r && o->format == KITH_FORMAT_JSON) {
		r = add_json(s, changed, o, d, n, out, err);
	} else if (!r) {
		names.index = ix;
		kith_buf_put_str(out, "what would change\n");
		put_people(&names, d, n, out);
		if (!n)
			kith_buf_put_str(out, "  nobody's level changes\n");
		r = put_packages(s, changed, o, out, err);
	}
	kith_trust_result_free(after);
	return r;
}
