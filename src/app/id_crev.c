/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kith id import --from-crev: cargo-crev's ids, which of them is the current one, and copies of
 * their own proof repositories. Nothing of cargo-crev's is changed.
 */
#include "app/own.h"
#include "codec/base64.h"
#include "codec/yaml.h"
#include "store/own.h"

#define CONFIG_MAX KITH_KIB(64)
#define MAX_KEYS   ((size_t)KITH_MAX_OWN_IDS)

struct foreign {
	struct kith_keyfile key;
	char *repository; /* NULL: none, or one is here already */
};

struct import {
	struct kith_session *session;
	const struct kith_crev_import_options *options;
	struct foreign *list; /* the current one first */
	size_t n, cap;
};

static void
import_clear(struct import *x)
{
	while (x->n) {
		kith_keyfile_clear(&x->list[--x->n].key);
		free(x->list[x->n].repository);
	}
	free(x->list);
}

/* --- what there is --- */

/* False if it does not say, or cannot be read: then none of them comes first. */
static bool
current_of_crev(const char *config_dir, struct kith_id *ret)
{
	KITH_AUTO_FREE char *path = kith_fs_join(config_dir, "config.yaml");
	KITH_AUTO_ARENA struct kith_arena arena;
	KITH_AUTO_BUF struct kith_buf text;
	const struct kith_yaml *root;
	struct kith_span id;

	kith_arena_init(&arena, KITH_MIB(8));
	kith_buf_init(&text, CONFIG_MAX);
	return path && !kith_fs_read(path, &text, NULL) &&
	       !kith_yaml_parse(kith_buf_span(&text), &arena, &root, NULL) &&
	       kith_yaml_get_scalar(kith_yaml_get(root, "current-id"), "id", &id) &&
	       kith_base64_decode_exact(id, ret->bytes, KITH_ID_BYTES);
}

/* crev names the folders of own repositories as we do (crev format 6.1). */
static int
find_repository(struct import *x, struct foreign *f, struct kith_error *err)
{
	struct kith_dirs theirs = {.data = NULL};
	KITH_AUTO_FREE char *data = NULL;
	KITH_AUTO_FREE char *from = NULL;
	KITH_AUTO_FREE char *to = NULL;
	KITH_AUTO_FREE char *git = NULL;
	int r;

	if (!x->options->data_dir)
		return KITH_OK;
	data = kith_strndup(x->options->data_dir, strlen(x->options->data_dir));
	if (!data)
		return kith_fail_nomem(err);
	theirs.data = data;
	r = kith_own_path(&theirs, &f->key.id, f->key.url, &from, err);
	if (!r)
		r = kith_own_path(&x->session->dirs, &f->key.id, f->key.url, &to, err);
	if (r)
		return r;
	git = kith_fs_join(from, ".git");
	if (!git)
		return kith_fail_nomem(err);
	if (!kith_fs_is_dir(git))
		return KITH_OK;
	if (kith_fs_exists(to))
		kith_app_note(x->session, "%s: left alone, the id has a repository here", from);
	else
		f->repository = kith_steal(&from);
	return KITH_OK;
}

static int
add(struct import *x, const char *path, struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	struct kith_error why = {.code = KITH_OK};
	struct foreign *f;
	int r = kith_app_read_foreign_key(x->session, path, &key, &why);

	if (r == KITH_E_FORMAT || r == KITH_E_LIMIT) {
		kith_app_warn(x->session, "%s", why.msg);
		return KITH_OK;
	}
	if (r) {
		if (err)
			*err = why;
		return r;
	}
	r = kith_grow(&x->list, &x->cap, x->n + 1, sizeof(*x->list), MAX_KEYS, "ids", err);
	if (r)
		return r;
	f = &x->list[x->n++];
	memset(f, 0, sizeof(*f));
	f->key = key;
	memset(&key, 0, sizeof(key));
	return find_repository(x, f, err);
}

static void
put_current_first(struct import *x)
{
	struct kith_id current;
	struct foreign f;
	size_t i;

	if (!current_of_crev(x->options->config_dir, &current))
		return;
	for (i = 1; i < x->n; i++) {
		if (memcmp(x->list[i].key.id.bytes, current.bytes, KITH_ID_BYTES) != 0)
			continue;
		f = x->list[i];
		x->list[i] = x->list[0];
		x->list[0] = f;
		return;
	}
}

static int
gather(struct import *x, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names names = {NULL, 0};
	KITH_AUTO_FREE char *dir = kith_fs_join(x->options->config_dir, "ids");
	size_t i;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	r = kith_fs_list(dir, &names, err);
	if (r == KITH_E_NOTFOUND)
		return kith_fail(err, KITH_E_USAGE, "%s: cargo-crev keeps no ids there", dir);
	for (i = 0; !r && i < names.count; i++) {
		KITH_AUTO_FREE char *path = kith_fs_join(dir, names.names[i]);

		if (!path)
			return kith_fail_nomem(err);
		if (kith_span_ends(kith_span_str(path), KITH_SPAN_LIT(".yaml")))
			r = add(x, path, err);
	}
	put_current_first(x);
	return r;
}

/* --- asking --- */

static int
ask(struct import *x, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	char id[KITH_ID_TEXT + 1];
	size_t i;
	int r;

	kith_buf_init(&b, KITH_MIB(1));
	if (!x->options->confirm || !x->n)
		return KITH_OK;
	for (i = 0; i < x->n; i++) {
		kith_base64_id(id, x->list[i].key.id.bytes);
		kith_buf_printf(&b, "  id %s", id);
		if (x->list[i].key.url) {
			kith_buf_put_char(&b, ' ');
			kith_text_safe(&b, kith_span_str(x->list[i].key.url), 0);
		}
		kith_buf_put_char(&b, '\n');
		if (!x->list[i].repository)
			continue;
		kith_buf_put_str(&b, "    a copy of ");
		kith_text_safe(&b, kith_span_str(x->list[i].repository), 0);
		kith_buf_put_char(&b, '\n');
	}
	r = kith_buf_check(&b, err);
	if (r || x->options->confirm(x->options->ctx, kith_buf_str(&b)))
		return r;
	return kith_fail(err, KITH_E_CANCELLED, "nothing was imported");
}

/* --- taking --- */

static int
take(struct import *x, const struct foreign *f, struct kith_crev_import_result *sum,
     struct kith_error *err)
{
	const struct kith_own_options o = {
	    .libexec = x->session->libexec, .id = f->key.id, .url = f->key.url};
	struct kith_error why = {.code = KITH_OK};
	int r = kith_app_take_key(x->session, &f->key, &why);

	if (r && r != KITH_E_EXISTS) {
		if (err)
			*err = why;
		return r;
	}
	sum->ids += !r;
	sum->known += r == KITH_E_EXISTS;
	if (!f->repository)
		return KITH_OK;
	r = kith_own_adopt(&x->session->dirs, &o, f->repository, err);
	sum->repositories += !r;
	return r;
}

int
kith_id_import_crev(struct kith_session *session, const struct kith_crev_import_options *options,
		    struct kith_crev_import_result *ret_result, struct kith_error *err)
{
	KITH_CLEANUP(import_clear) struct import x = {.session = session, .options = options};
	struct kith_crev_import_result sum = {0};
	struct kith_index *ix;
	struct kith_error why;
	size_t i;
	int r = gather(&x, err);

	if (!r)
		r = ask(&x, err);
	for (i = 0; !r && i < x.n; i++)
		r = take(&x, &x.list[i], &sum, err);
	if (r)
		return r;
	if (sum.repositories && kith_app_reindex(session, &ix, &why))
		kith_app_warn(session, "the index is not up to date: %s", why.msg);
	*ret_result = sum;
	return KITH_OK;
}
