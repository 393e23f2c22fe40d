/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the bytes of one package lie: an archive in cargo's cache or in a local registry, or a
 * folder of a directory source. Compares nothing; the caller checks what it gets against the lock.
 */
#include <sys/stat.h>

#include "package/cargo_index.h"
#include "package/places.h"

#define HASH_HEX              16
#define MAX_DIRECTORY_SOURCES ((size_t)64)

/* Where a package is to be looked for, after source replacement. */
struct target {
	const struct kith_config_value *directory, *local;
	struct kith_span registry; /* address of another registry */
	bool crates_io;
};

/* Names that cargo gives the default registry's folders, by release (hash of the source's id). */
static const char *const crates_io_dirs[] = {
    "index.crates.io-1949cf8c6b5b557f", "index.crates.io-6f17d22bba15001f",
    "github.com-1ecc6299db9ec823", "github.com-25cdd57fae9f0462"};

struct kith_span
kith_cargo_plain_url(struct kith_span source)
{
	struct kith_span s = source;
	size_t i;

	if (!kith_span_skip(&s, "registry+") && !kith_span_skip(&s, "sparse+"))
		kith_span_skip(&s, "git+");
	for (i = 0; i < s.len; i++)
		if (s.ptr[i] == '?' || s.ptr[i] == '#')
			s.len = i;
	while (s.len && s.ptr[s.len - 1] == '/')
		s.len--;
	if (kith_span_ends(s, KITH_SPAN_LIT(".git")))
		s.len -= 4;
	return s;
}

/* The [source] that stands for where the package is from, or NULL. */
static const struct kith_config_source *
source_of(const struct kith_cargo_places *p, const struct kith_package *pkg)
{
	const struct kith_cargo_config *c = &p->config;
	const struct kith_config_source *s = NULL;
	size_t at;

	if (pkg->origin == KITH_ORIGIN_REGISTRY)
		s = kith_cargo_config_source(c, KITH_SPAN_LIT("crates-io"));
	if (!s && kith_map_get(&p->by_url, kith_cargo_plain_url(pkg->source), &at))
		s = &c->sources[at];
	return s;
}

static void
set_registry(struct target *t, struct kith_span url)
{
	t->crates_io = kith_cargo_is_crates_io(url);
	if (!t->crates_io)
		t->registry = url;
}

static int
find_target(const struct kith_cargo_places *p, const struct kith_package *pkg, struct target *ret,
	    struct kith_error *err)
{
	const struct kith_config_source *start = source_of(p, pkg), *end = NULL;
	const struct kith_config_value *registry = NULL;
	struct target t = {NULL, NULL, KITH_SPAN_NONE, false};
	int r;

	if (start) {
		r = kith_cargo_config_follow(&p->config, start, &end, &registry, err);
		if (r)
			return r;
	}
	if (registry)
		set_registry(&t, registry->text);
	else if (end && end->directory.text.ptr)
		t.directory = &end->directory;
	else if (end && end->local_registry.text.ptr)
		t.local = &end->local_registry;
	else if (end && end->registry.text.ptr)
		set_registry(&t, end->registry.text);
	else if (pkg->origin == KITH_ORIGIN_REGISTRY || (start && !end))
		t.crates_io = true;
	else if (pkg->origin == KITH_ORIGIN_OTHER)
		set_registry(&t, pkg->source);
	*ret = t;
	return KITH_OK;
}

static struct kith_span
host_of(struct kith_span url)
{
	struct kith_span s = kith_cargo_plain_url(url), host;
	size_t i;

	for (i = 0; i + 3 <= s.len; i++)
		if (memcmp(s.ptr + i, "://", 3) == 0)
			break;
	s = kith_span_sub(s, i + 3, SIZE_MAX);
	if (!kith_span_next(&s, '/', &host))
		return KITH_SPAN_NONE;
	i = kith_span_find(host, 0, '@');
	if (i < host.len)
		host = kith_span_sub(host, i + 1, SIZE_MAX);
	return kith_span_sub(host, 0, kith_span_find(host, 0, ':'));
}

static bool
same_host(struct kith_span a, struct kith_span b)
{
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++) {
		uint8_t x = a.ptr[i], y = b.ptr[i];

		if (x >= 'A' && x <= 'Z')
			x |= 0x20;
		if (y >= 'A' && y <= 'Z')
			y |= 0x20;
		if (x != y)
			return false;
	}
	return true;
}

/* The host in HOST-HASH; false if the name has another form and so tells nothing. */
static bool
dir_host(const char *name, struct kith_span *ret)
{
	struct kith_span s = kith_span_str(name);
	size_t i;

	if (s.len < HASH_HEX + 1 || s.ptr[s.len - HASH_HEX - 1] != '-')
		return false;
	for (i = s.len - HASH_HEX; i < s.len; i++)
		if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')))
			return false;
	*ret = kith_span_sub(s, 0, s.len - HASH_HEX - 1);
	return true;
}

static bool
is_crates_io_dir(const char *name)
{
	struct kith_span host;
	size_t i;

	for (i = 0; i < sizeof(crates_io_dirs) / sizeof(crates_io_dirs[0]); i++)
		if (strcmp(name, crates_io_dirs[i]) == 0)
			return true;
	return dir_host(name, &host) && kith_span_is(host, "index.crates.io");
}

enum rank { RANK_SURE, RANK_HOST, RANK_UNTOLD, RANK_NO };

/* How well an index folder's name fits what is looked for. */
static enum rank
rank_dir(const struct kith_index_dirs *dirs, size_t at, const struct target *t)
{
	const char *name = dirs->names.names[at];
	struct kith_span host, want, other;
	size_t i;

	if (!dir_host(name, &host))
		return RANK_UNTOLD;
	if (t->crates_io) {
		if (is_crates_io_dir(name))
			return RANK_SURE;
		return kith_span_is(host, "github.com") ? RANK_HOST : RANK_NO;
	}
	want = host_of(t->registry);
	if (is_crates_io_dir(name) || !same_host(host, want))
		return RANK_NO;
	for (i = 0; i < dirs->names.count; i++)
		if (i != at && dir_host(dirs->names.names[i], &other) && same_host(other, want) &&
		    !is_crates_io_dir(dirs->names.names[i]))
			return RANK_HOST; /* two registries of one host */
	return RANK_SURE;
}

static int
load_dirs(const struct kith_cargo_places *p, const char *sub, struct kith_index_dirs *dirs,
	  struct kith_error *err)
{
	KITH_AUTO_FREE char *path = NULL;
	struct kith_error own;
	int r;

	if (dirs->loaded || !p->home)
		return KITH_OK;
	path = kith_asprintf("%s/registry/%s", p->home, sub);
	if (!path)
		return kith_fail_nomem(err);
	r = kith_fs_list(path, &dirs->names, &own);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	dirs->loaded = true; /* what cannot be listed holds nothing for us */
	return KITH_OK;
}

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* Names in a lock are checked by its reader; a package from elsewhere must not leave the folder. */
static bool
is_plain(const struct kith_package *pkg)
{
	return pkg->name.len && pkg->version.len &&
	       pkg->name.len + pkg->version.len <= KITH_MAX_PACKAGE_ID &&
	       !memchr(pkg->name.ptr, '/', pkg->name.len) &&
	       !memchr(pkg->name.ptr, '\0', pkg->name.len) &&
	       !memchr(pkg->version.ptr, '/', pkg->version.len) &&
	       !memchr(pkg->version.ptr, '\0', pkg->version.len);
}

/* The n-th DIRS/INDEX/NAME-VERSION<suffix> that is there, best index first. */
static int
nth_in_dirs(const struct kith_cargo_places *p, const struct kith_index_dirs *dirs, const char *sub,
	    const char *suffix, const struct target *t, const struct kith_package *pkg, size_t n,
	    char **ret_path, enum rank *ret_rank, struct kith_error *err)
{
	enum rank rank;
	size_t i;

	for (rank = RANK_SURE; rank < RANK_NO; rank++)
		for (i = 0; i < dirs->names.count; i++) {
			KITH_AUTO_FREE char *path = NULL;

			if (rank_dir(dirs, i, t) != rank)
				continue;
			path = kith_asprintf("%s/registry/%s/%s/%.*s-%.*s%s", p->home, sub,
					     dirs->names.names[i], KITH_SPAN_FMT(pkg->name),
					     KITH_SPAN_FMT(pkg->version), suffix);
			if (!path)
				return kith_fail_nomem(err);
			if (!is_file(path) || n--)
				continue;
			*ret_path = kith_steal(&path);
			*ret_rank = rank;
			return KITH_OK;
		}
	return KITH_OK;
}

/* Where a configuration's path leads: relative to the folder that its .cargo lies in. */
static char *
resolve(const struct kith_config_value *v)
{
	KITH_AUTO_FREE char *base = kith_strndup(v->file->base.ptr, v->file->base.len);
	KITH_AUTO_FREE char *rel = kith_strndup(v->text.ptr, v->text.len);

	return base && rel ? kith_fs_join(base, rel) : NULL;
}

static int
find_vendored(const struct kith_cargo_places *p, const struct kith_config_value *directory,
	      const struct kith_package *pkg, char **ret_dir, struct kith_error *err)
{
	struct kith_places_lazy *z = p->lazy;
	KITH_AUTO_FREE char *path = resolve(directory);
	struct kith_vendor *v;
	size_t at;
	int r;

	if (!path)
		return kith_fail_nomem(err);
	if (!kith_map_get(&z->vendor_index, kith_span_str(path), &at)) {
		r = kith_grow(&z->vendors, &z->vendors_cap, z->n_vendors + 1, sizeof(*z->vendors),
			      MAX_DIRECTORY_SOURCES, "directory sources", err);
		if (r)
			return r;
		r = kith_vendor_open(path, &v, err);
		if (r)
			return r;
		at = z->n_vendors++;
		z->vendors[at] = v;
		r = kith_map_add(&z->vendor_index, kith_span_str(v->path), at, NULL, NULL, err);
		if (r)
			return r;
	}
	return kith_vendor_find(z->vendors[at], pkg, ret_dir, err);
}

static int
find_local(const struct kith_config_value *local, const struct kith_package *pkg, char **ret_path,
	   struct kith_error *err)
{
	KITH_AUTO_FREE char *dir = resolve(local);
	KITH_AUTO_FREE char *path =
	    dir ? kith_asprintf("%s/%.*s-%.*s.crate", dir, KITH_SPAN_FMT(pkg->name),
				KITH_SPAN_FMT(pkg->version))
		: NULL;

	if (!path)
		return kith_fail_nomem(err);
	if (is_file(path))
		*ret_path = kith_steal(&path);
	return KITH_OK;
}

int
kith_cargo_places_candidate(const struct kith_cargo_places *p, const struct kith_package *pkg,
			    size_t n, struct kith_bytes_place *ret_place, struct kith_error *err)
{
	struct kith_bytes_place out = {.state = KITH_BYTES_ABSENT};
	enum rank rank = RANK_SURE;
	struct target t;
	int r = KITH_OK;

	if (pkg->origin == KITH_ORIGIN_PATH || !is_plain(pkg)) {
		*ret_place = out;
		return KITH_OK;
	}
	r = find_target(p, pkg, &t, err);
	if (r)
		return r;
	if (t.directory)
		r = n ? KITH_OK : find_vendored(p, t.directory, pkg, &out.path, err);
	else if (t.local)
		r = n ? KITH_OK : find_local(t.local, pkg, &out.path, err);
	else if (t.crates_io || t.registry.len) {
		r = load_dirs(p, "cache", &p->lazy->cache, err);
		if (!r)
			r = nth_in_dirs(p, &p->lazy->cache, "cache", ".crate", &t, pkg, n,
					&out.path, &rank, err);
	}
	if (r)
		return r;
	if (out.path)
		out.state = t.directory ? KITH_BYTES_VENDORED : KITH_BYTES_ARCHIVE;
	out.sure = rank == RANK_SURE;
	*ret_place = out;
	return KITH_OK;
}

int
kith_cargo_places_find(const struct kith_cargo_places *p, const struct kith_package *pkg,
		       struct kith_bytes_place *ret_place, struct kith_error *err)
{
	return kith_cargo_places_candidate(p, pkg, 0, ret_place, err);
}

int
kith_cargo_places_unpacked(const struct kith_cargo_places *p, const struct kith_package *pkg,
			   char **ret_dir, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = NULL;
	enum rank rank;
	struct target t;
	int r;

	if (pkg->origin == KITH_ORIGIN_PATH || !is_plain(pkg)) {
		*ret_dir = NULL;
		return KITH_OK;
	}
	r = find_target(p, pkg, &t, err);
	if (!r && t.directory) {
		r = find_vendored(p, t.directory, pkg, &path, err);
	} else if (!r && (t.crates_io || t.registry.len)) {
		r = load_dirs(p, "src", &p->lazy->src, err);
		if (!r)
			r = nth_in_dirs(p, &p->lazy->src, "src", "/Cargo.toml", &t, pkg, 0, &path,
					&rank, err);
		if (path)
			path[strlen(path) - strlen("/Cargo.toml")] = '\0';
	}
	if (!r)
		*ret_dir = kith_steal(&path);
	return r;
}

int
kith_cargo_places_index(const struct kith_cargo_places *p, const struct kith_package *pkg, size_t n,
			char **ret_path, struct kith_error *err)
{
	struct kith_index_dirs *dirs = &p->lazy->index;
	KITH_AUTO_BUF struct kith_buf place;
	size_t i;
	int r;

	kith_buf_init(&place, KITH_KIB(1));
	*ret_path = NULL;
	if (pkg->origin != KITH_ORIGIN_REGISTRY || !kith_cargo_index_put_place(&place, pkg->name))
		return KITH_OK;
	r = kith_buf_check(&place, err);
	if (!r)
		r = load_dirs(p, "index", dirs, err);
	for (i = 0; !r && i < dirs->names.count; i++) {
		if (!is_crates_io_dir(dirs->names.names[i]) || n--)
			continue;
		*ret_path = kith_asprintf("%s/registry/index/%s/.cache/%s", p->home,
					  dirs->names.names[i], kith_buf_str(&place));
		return *ret_path ? KITH_OK : kith_fail_nomem(err);
	}
	return r;
}

void
kith_bytes_place_clear(struct kith_bytes_place *place)
{
	free(place->path);
	place->path = NULL;
	place->state = KITH_BYTES_ABSENT;
}
