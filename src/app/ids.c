/* SPDX-License-Identifier: Apache-2.0 */
/* From what a person writes to ids: whole ids, prefixes, URLs, folders. Never to an impostor. */
#include "app/evidence.h"
#include "codec/base64.h"
#include "evidence/url.h"

#define PREFIX_MIN  6
#define MEANT_SHOWN ((size_t)4)

void
kith_app_ids_clear(struct kith_app_ids *ids)
{
	free(ids->list);
	memset(ids, 0, sizeof(*ids));
}

int
kith_app_ids_add(struct kith_app_ids *ids, const struct kith_id *id, struct kith_error *err)
{
	size_t i;
	int r;

	for (i = 0; i < ids->count; i++)
		if (memcmp(ids->list[i].bytes, id->bytes, KITH_ID_BYTES) == 0)
			return KITH_OK;
	r = kith_grow(&ids->list, &ids->cap, ids->count + 1, sizeof(*ids->list), 1000, "roots",
		      err);
	if (!r)
		ids->list[ids->count++] = *id;
	return r;
}

static bool
is_url(const char *word)
{
	return strstr(word, "://") != NULL;
}

/* Ids whose own repository at this URL serves their proofs: nobody who merely claims it. */
static int
find_by_url(struct kith_index *ix, const char *url, struct kith_app_ids *found,
	    struct kith_error *err)
{
	struct kith_index_id_info info;
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_ids(ix); i++) {
		if (kith_index_id_at(ix, i, &info) && info.proved &&
		    kith_url_same(info.url, kith_span_str(url)))
			r = kith_app_ids_add(found, &info.id, err);
	}
	return r;
}

static int
find_by_prefix(struct kith_index *ix, const char *word, struct kith_app_ids *found,
	       struct kith_error *err)
{
	struct kith_span prefix = kith_span_str(word);
	struct kith_index_id_info info;
	char text[KITH_ID_TEXT + 1];
	size_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < kith_index_count_ids(ix); i++) {
		if (!kith_index_id_at(ix, i, &info))
			continue;
		kith_base64_id(text, info.id.bytes);
		if (kith_span_starts(kith_span_str(text), prefix))
			r = kith_app_ids_add(found, &info.id, err);
	}
	return r;
}

/* When a proof of this id was first seen here, in seconds since 1970; 0: not known. */
static int64_t
first_seen(const struct kith_index *ix, const struct kith_id *id)
{
	struct kith_index_proof_info p;
	int64_t first = 0;
	size_t i;

	for (i = 0; i < kith_index_count_proofs(ix); i++)
		if (kith_index_proof_at(ix, i, &p) && p.seen && (!first || p.seen < first) &&
		    !memcmp(p.author.bytes, id->bytes, KITH_ID_BYTES))
			first = p.seen;
	return first;
}

/* Which of them it is nobody but the person can say: what is known of each is told. */
static int
ambiguous(const struct kith_index *ix, const char *word, const struct kith_app_ids *found,
	  struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	char text[KITH_ID_TEXT + 1];
	struct kith_time t = {0, 0};
	size_t i;

	kith_buf_init(&b, KITH_KIB(4));
	for (i = 0; i < found->count && i < MEANT_SHOWN; i++) {
		kith_base64_id(text, found->list[i].bytes);
		kith_buf_printf(&b, "%s%s", i ? ", " : "", text);
		t.sec = first_seen(ix, &found->list[i]);
		if (!t.sec)
			continue;
		kith_buf_put_str(&b, " (first seen ");
		kith_time_put_date(&b, t);
		kith_buf_put_char(&b, ')');
	}
	if (found->count > MEANT_SHOWN)
		kith_buf_put_str(&b, ", …");
	return kith_hint(err,
			 kith_fail(err, KITH_E_USAGE, "'%s' means %zu ids: %s", word, found->count,
				   kith_buf_str(&b)),
			 "give the whole id");
}

int
kith_app_find_id(struct kith_session *s, const char *word, struct kith_id *ret_id,
		 struct kith_error *err)
{
	KITH_AUTO_IDS struct kith_app_ids found = {0};
	struct kith_index *ix;
	int r;

	if (kith_base64_decode_exact(kith_span_str(word), ret_id->bytes, KITH_ID_BYTES))
		return KITH_OK;
	r = kith_app_index(s, &ix, err);
	if (r)
		return r;
	if (is_url(word))
		r = find_by_url(ix, word, &found, err);
	else if (strlen(word) >= PREFIX_MIN)
		r = find_by_prefix(ix, word, &found, err);
	if (r)
		return r;
	if (found.count > 1)
		return ambiguous(ix, word, &found, err);
	if (!found.count)
		return kith_hint(
		    err, kith_fail(err, KITH_E_NOTFOUND, "nobody here is known as '%s'", word),
		    "give an id, the beginning of one (%d characters or more), or the "
		    "URL of a fetched proof repository",
		    PREFIX_MIN);
	*ret_id = found.list[0];
	return KITH_OK;
}

struct dir_root {
	struct kith_app_ids *ids;
	size_t files;
};

/* Every author of a valid proof in the file. */
static int
take_authors(void *ctx, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct dir_root *d = ctx;
	KITH_AUTO_ARENA struct kith_arena arena;
	struct kith_proof_list list;
	size_t i;
	int r;

	(void)path;
	d->files++;
	kith_arena_init(&arena, KITH_MIB(256));
	r = kith_proof_parse(bytes, &arena, &list, err);
	for (i = 0; !r && i < list.count; i++) {
		kith_proof_check(&list.items[i]);
		if (list.items[i].status == KITH_PROOF_VALID)
			r = kith_app_ids_add(d->ids, &list.items[i].proof.from.id, err);
	}
	return r;
}

static int
add_dir(struct kith_session *s, const char *dir, struct kith_app_ids *ids, struct kith_error *err)
{
	struct dir_root d = {.ids = ids};
	size_t before = ids->count, i;
	char text[KITH_ID_TEXT + 1];
	int r;

	r = kith_app_each_file_of(s, dir, take_authors, &d, err);
	if (r)
		return kith_context(err, r, "--root %s", dir);
	if (ids->count == before)
		return kith_fail(err, KITH_E_USAGE, "--root %s: no valid proof there", dir);
	for (i = before; i < ids->count; i++) {
		kith_base64_id(text, ids->list[i].bytes);
		kith_app_note(s, "root %s (from %s)", text, dir);
	}
	return KITH_OK;
}

static int
add_url(struct kith_session *s, struct kith_index *ix, const char *url, struct kith_app_ids *ids,
	struct kith_error *err)
{
	KITH_AUTO_IDS struct kith_app_ids found = {0};
	size_t i;
	int r;

	r = find_by_url(ix, url, &found, err);
	if (r)
		return r;
	if (!found.count)
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_USAGE,
			      "--root %s: no id here is proved by that repository", url),
		    "kith fetch %s (bundles and folders prove no URL: give the id)", url);
	for (i = 0; !r && i < found.count; i++)
		r = kith_app_ids_add(ids, &found.list[i], err);
	(void)s;
	return r;
}

static int
add_root(struct kith_session *s, struct kith_index *ix, const char *word, struct kith_app_ids *ids,
	 struct kith_error *err)
{
	struct kith_id id;
	size_t i;
	int r;

	if (is_url(word))
		return add_url(s, ix, word, ids, err);
	if (kith_fs_is_dir(word))
		return add_dir(s, word, ids, err);
	r = kith_app_find_id(s, word, &id, err);
	if (r == KITH_E_NOTFOUND)
		return kith_hint(err,
				 kith_fail(err, KITH_E_USAGE,
					   "--root %s: no id, no known prefix, no folder", word),
				 "kith query ids lists the ids that are known here");
	if (r)
		return r;
	if (!kith_index_find_id(ix, &id, &i))
		kith_app_warn(s, "root %s: nobody here knows this id (kith fetch its repository)",
			      word);
	return kith_app_ids_add(ids, &id, err);
}

static int
no_roots(struct kith_error *err)
{
	return kith_hint(err, kith_fail(err, KITH_E_USAGE, "no root: whose trust should count?"),
			 "kith verify --root ID|URL|DIR (kith query ids lists the known ids)");
}

int
kith_app_roots(struct kith_session *s, const char *const *words, size_t n,
	       struct kith_app_ids *ret_ids, struct kith_error *err)
{
	KITH_AUTO_IDS struct kith_app_ids ids = {0};
	struct kith_index *ix;
	size_t i;
	int r;

	r = kith_app_index(s, &ix, err);
	for (i = 0; !r && i < n; i++)
		r = add_root(s, ix, words[i], &ids, err);
	if (r)
		return r;
	if (!ids.count)
		return no_roots(err);
	*ret_ids = ids;
	memset(&ids, 0, sizeof(ids));
	return KITH_OK;
}
