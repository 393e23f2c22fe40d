/* SPDX-License-Identifier: Apache-2.0 */
/* Words for completion. Reads what is here; starts no program but what makes a missing index. */
#include <kith/words.h>

#include "app/names.h"
#include "codec/base64.h"
#include "identity/ids.h"
#include "package/project.h"

#define TEXT_MAX KITH_MIB(16)

/* A shell puts such words on its line as they are: a lock file must not get a command there. */
static bool
is_harmless(struct kith_span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    (c == 0 || !strchr("@._+-", c)))
			return false;
	}
	return s.len != 0 && s.len < 200;
}

struct words {
	struct kith_buf out;
	struct kith_span beginning;
};

static bool
begins(struct kith_span word, struct kith_span beginning)
{
	return kith_span_eq(kith_span_sub(word, 0, beginning.len), beginning);
}

/* "WORD<tab>what it is"; `about` is as somebody wrote it. */
static void
put(struct words *w, struct kith_span word, struct kith_span about)
{
	if (!is_harmless(word) || !begins(word, w->beginning))
		return;
	kith_buf_put_span(&w->out, word);
	kith_buf_put_char(&w->out, '\t');
	kith_text_safe(&w->out, about, 0);
	kith_buf_put_char(&w->out, '\n');
}

/* --- packages --- */

static int
by_name(const void *a, const void *b)
{
	const struct kith_package *const *x = a, *const *y = b;
	int r = kith_span_cmp((*x)->name, (*y)->name);

	return r ? r : kith_span_cmp((*x)->version, (*y)->version);
}

static void
put_version(struct words *w, const struct kith_package *p)
{
	char text[256];

	if (p->name.len + p->version.len + 2 > sizeof(text))
		return;
	snprintf(text, sizeof(text), "%.*s@%.*s", KITH_SPAN_FMT(p->name),
		 KITH_SPAN_FMT(p->version));
	put(w, kith_span_str(text), p->version);
}

static int
put_packages(struct words *w, const char *path, struct kith_error *err)
{
	bool with_version = kith_span_find(w->beginning, 0, '@') < w->beginning.len;
	KITH_AUTO_FREE const struct kith_package **list = NULL;
	KITH_AUTO_PROJECT struct kith_project *project = NULL;
	size_t i, j, n = 0;
	int r;

	r = kith_project_open(path ? path : ".", &project, err);
	if (r)
		return r == KITH_E_NOTFOUND ? KITH_OK : r;
	list = kith_calloc(project->lock->count + 1, sizeof(*list));
	if (!list)
		return kith_fail_nomem(err);
	for (i = 0; i < project->lock->count; i++)
		if (!project->lock->packages[i].local)
			list[n++] = &project->lock->packages[i];
	qsort(list, n, sizeof(*list), by_name);
	for (i = 0; i < n; i = j) {
		for (j = i + 1; j < n && kith_span_eq(list[j]->name, list[i]->name); j++)
			;
		if (j - i == 1 && !with_version) {
			put(w, list[i]->name, list[i]->version);
			continue;
		}
		for (; i < j; i++)
			put_version(w, list[i]);
	}
	return KITH_OK;
}

/* --- people --- */

static void
put_id(struct words *w, struct kith_app_names *names, const struct kith_id *id)
{
	const char *name = kith_app_name_of(names, id);
	char text[KITH_ID_TEXT + 1];

	kith_base64_id(text, id->bytes);
	put(w, kith_span_str(text), kith_span_str(name ? name : ""));
}

static int
put_people(struct words *w, struct kith_app_names *names, struct kith_error *err)
{
	const struct kith_config *user = names->config->user;
	struct kith_index_id_info info;
	char text[KITH_ID_TEXT + 1];
	size_t i;

	for (i = 0; user && i < user->n_people; i++) {
		kith_base64_id(text, user->people[i].id.bytes);
		put(w, user->people[i].name, kith_span_str(text));
	}
	for (i = 0; i < kith_index_count_ids(names->index); i++) {
		if (!kith_index_id_at(names->index, i, &info))
			return kith_index_fail(err);
		put_id(w, names, &info.id);
	}
	return KITH_OK;
}

static int
put_own(struct words *w, struct kith_session *s, struct kith_app_names *names,
	struct kith_error *err)
{
	KITH_AUTO_OWN_IDS struct kith_own_ids own = {0};
	size_t i;
	int r;

	r = kith_own_ids_list(s->dirs.config, &own, err);
	for (i = 0; !r && i < own.count; i++)
		put_id(w, names, &own.items[i].key.id);
	return r;
}

static int
put_ids(struct words *w, struct kith_session *s, bool own, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	struct kith_app_names names = {.config = &config};
	struct kith_index *index;
	int r;

	r = kith_app_config_load(s, NULL, &config, err);
	if (!r)
		r = kith_app_index(s, &index, err);
	if (r)
		return r;
	names.index = index;
	return own ? put_own(w, s, &names, err) : put_people(w, &names, err);
}

int
kith_words(struct kith_session *session, enum kith_words_what what, const char *path,
	   const char *beginning, char **ret_text, size_t *ret_len, struct kith_error *err)
{
	struct words w = {.beginning = kith_span_str(beginning ? beginning : "")};
	int r;

	kith_buf_init(&w.out, TEXT_MAX);
	if (what == KITH_WORDS_PACKAGES)
		r = put_packages(&w, path, err);
	else
		r = put_ids(&w, session, what == KITH_WORDS_OWN_IDS, err);
	if (!r)
		r = kith_app_take_text(&w.out, ret_text, ret_len, err);
	kith_buf_clear(&w.out);
	return r;
}
