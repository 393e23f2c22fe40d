/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory source: cargo takes a package from the folder whose manifest names it, whatever the
 * folder is called. Going by folder names would let a tree show one copy and build another.
 */
#include "package/places.h"
#include "package/workspace.h"

#define MAX_IDS_ARENA KITH_MIB(64)

static int
note_wrong(struct kith_vendor *v, size_t i, const char *why, struct kith_error *err)
{
	int r = kith_grow(&v->reasons, &v->reasons_cap, v->n_reasons + 1, sizeof(char *),
			  KITH_MAX_MANIFESTS, "broken manifests", err);

	if (r)
		return r;
	v->reasons[v->n_reasons] = kith_strndup(why, strlen(why));
	if (!v->reasons[v->n_reasons])
		return kith_fail_nomem(err);
	v->n_reasons++;
	return kith_map_add(&v->wrong, kith_span_str(v->names.names[i]), v->n_reasons - 1, NULL,
			    NULL, err);
}

static int
make_id(struct kith_span name, struct kith_span version, struct kith_arena *arena,
	struct kith_span *ret, struct kith_error *err)
{
	size_t len = name.len + 1 + version.len;
	char *id = kith_arena_alloc(arena, len);

	if (!id)
		return kith_fail_nomem(err);
	memcpy(id, name.ptr, name.len);
	id[name.len] = ' ';
	if (version.len)
		memcpy(id + name.len + 1, version.ptr, version.len);
	*ret = kith_span(id, len);
	return KITH_OK;
}

static int
add_folder(struct kith_vendor *v, size_t i, size_t *io_bytes, struct kith_error *err)
{
	KITH_CLEANUP(kith_manifest_freep) struct kith_manifest *m = NULL;
	KITH_AUTO_FREE char *dir = kith_fs_join(v->path, v->names.names[i]);
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error own = {.code = KITH_OK};
	struct kith_span id;
	size_t first;
	bool added;
	int r;

	kith_buf_init(&text, KITH_MAX_MANIFEST);
	if (!dir)
		return kith_fail_nomem(err);
	r = kith_manifest_load(dir, NULL, &text, &m, &own);
	*io_bytes += text.len;
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		return note_wrong(v, i, own.msg, err);
	if (!m->package || m->name.len + m->version.len > KITH_MAX_PACKAGE_ID)
		return KITH_OK;
	if ((r = make_id(m->name, m->version, &v->arena, &id, err)) ||
	    (r = kith_map_add(&v->ids, id, i, &first, &added, err)))
		return r;
	if (!added)
		v->twins[first] = (uint32_t)i + 1;
	return KITH_OK;
}

static int
read_folders(struct kith_vendor *v, struct kith_error *err)
{
	size_t bytes = 0, i;
	int r;

	r = kith_fs_list(v->path, &v->names, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK;
	if (r)
		return r;
	if (v->names.count > KITH_MAX_MANIFESTS)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu folders", v->path,
				 KITH_MAX_MANIFESTS);
	v->twins = kith_calloc(v->names.count, sizeof(*v->twins));
	if (!v->twins)
		return kith_fail_nomem(err);
	for (i = 0; i < v->names.count && !r; i++) {
		if (v->names.names[i][0] == '.')
			continue; /* cargo skips hidden ones */
		r = add_folder(v, i, &bytes, err);
		if (!r && bytes > KITH_MAX_MANIFEST_TOTAL)
			r = kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes of manifests",
				      v->path, KITH_MAX_MANIFEST_TOTAL);
	}
	return r;
}

int
kith_vendor_open(const char *path, struct kith_vendor **ret_vendor, struct kith_error *err)
{
	struct kith_vendor *v = kith_calloc(1, sizeof(*v));
	int r;

	if (!v)
		return kith_fail_nomem(err);
	kith_map_init(&v->ids, NULL);
	kith_map_init(&v->wrong, NULL);
	kith_arena_init(&v->arena, MAX_IDS_ARENA);
	v->path = kith_strndup(path, strlen(path));
	r = v->path ? read_folders(v, err) : kith_fail_nomem(err);
	if (r)
		kith_vendor_free(v);
	else
		*ret_vendor = v;
	return r;
}

void
kith_vendor_free(struct kith_vendor *v)
{
	size_t i;

	if (!v)
		return;
	for (i = 0; i < v->n_reasons; i++)
		free(v->reasons[i]);
	free(v->reasons);
	free(v->twins);
	free(v->path);
	kith_fs_names_free(&v->names);
	kith_map_clear(&v->ids);
	kith_map_clear(&v->wrong);
	kith_arena_clear(&v->arena);
	free(v);
}

/* None holds the package; if the folder that bears its name is broken, that is why. */
static int
why_not(const struct kith_vendor *v, const struct kith_package *pkg, struct kith_span id,
	struct kith_error *err)
{
	KITH_AUTO_FREE char *name = kith_strndup(id.ptr, id.len);
	size_t at;

	if (!name)
		return kith_fail_nomem(err);
	name[pkg->name.len] = '-';
	if (kith_map_get(&v->wrong, kith_span_str(name), &at) ||
	    kith_map_get(&v->wrong, pkg->name, &at))
		return kith_fail(err, KITH_E_FORMAT, "%s", v->reasons[at]);
	return KITH_OK;
}

int
kith_vendor_find(const struct kith_vendor *v, const struct kith_package *pkg, char **ret_dir,
		 struct kith_error *err)
{
	KITH_AUTO_ARENA struct kith_arena scratch;
	struct kith_span id;
	size_t at;
	char *dir;
	int r;

	kith_arena_init(&scratch, KITH_KIB(64));
	r = make_id(pkg->name, pkg->version, &scratch, &id, err);
	if (r)
		return r;
	if (!kith_map_get(&v->ids, id, &at)) {
		*ret_dir = NULL;
		return why_not(v, pkg, id, err);
	}
	if (v->twins[at])
		return kith_fail(err, KITH_E_INTEGRITY, "%s: '%s' and '%s' both hold %.*s", v->path,
				 v->names.names[at], v->names.names[v->twins[at] - 1],
				 KITH_SPAN_FMT(id));
	dir = kith_fs_join(v->path, v->names.names[at]);
	if (!dir)
		return kith_fail_nomem(err);
	*ret_dir = dir;
	return KITH_OK;
}
