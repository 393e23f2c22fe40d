/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vendored trees: one pass reads each file once, for its SHA-256 and for the recursive digest, so
 * that both speak of the same bytes. No link is followed; what is not a file or folder is refused.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "crypto/tree.h"
#include "package/project.h"

#define CHECKSUM_FILE ".cargo-checksum.json"
#define READ_BLOCK    KITH_KIB(64)
#define MAX_TREE      KITH_MIB(64)

struct vendored {
	const char *root;
	struct kith_buf json;
	struct kith_json_doc *doc;
	struct kith_map listed; /* path → index into sums */
	uint8_t (*sums)[KITH_SHA256_BYTES];
	size_t n_listed, n_seen;
	struct kith_tree *tree;
	struct kith_sha256_state *sha;
	struct kith_blake2b_state *content;
	struct kith_buf path; /* of what is being looked at, relative to the root */
	uint8_t *block;
	uint64_t bytes_left;
	size_t entries_left;
};

struct names {
	char **at;
	size_t count, cap;
};

static void
names_clear(struct names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->at[i]);
	free(n->at);
}

static void
vendored_clear(struct vendored *v)
{
	kith_map_clear(&v->listed);
	kith_json_free(v->doc);
	kith_buf_clear(&v->json);
	kith_buf_clear(&v->path);
	kith_tree_free(v->tree);
	kith_sha256_free(v->sha);
	kith_blake2b_free(v->content);
	free(v->sums);
	free(v->block);
}

static int
differs(const struct vendored *v, const char *what, struct kith_error *err)
{
	return kith_fail(err, KITH_E_INTEGRITY, "%s/%s: %s", v->root, kith_buf_str(&v->path), what);
}

/* --- what .cargo-checksum.json lists --- */

static int
read_list(struct vendored *v, const struct kith_json *files, struct kith_error *err)
{
	const struct kith_json *f;
	struct kith_span hex;
	bool added = false;
	int r = KITH_OK;

	v->sums = kith_calloc(kith_json_count(files) + 1, sizeof(*v->sums));
	if (!v->sums)
		return kith_fail_nomem(err);
	for (f = kith_json_first(files); f && !r; f = kith_json_next(f)) {
		if (!kith_json_string(f, &hex) ||
		    !kith_hex_decode_exact(hex, v->sums[v->n_listed], KITH_SHA256_BYTES))
			return kith_fail(err, KITH_E_FORMAT,
					 "%s/" CHECKSUM_FILE ": '%.*s' has no SHA-256", v->root,
					 KITH_SPAN_FMT(kith_json_key(f)));
		r = kith_map_add(&v->listed, kith_json_key(f), v->n_listed, NULL, &added, err);
		v->n_listed += added;
	}
	return r;
}

static int
check_package(const struct vendored *v, const struct kith_json *root,
	      const struct kith_package *pkg, struct kith_error *err)
{
	struct kith_span sum = KITH_SPAN_NONE;

	/* Packages from git have none on either side. */
	kith_json_get_string(root, "package", &sum);
	if (kith_span_eq(sum, pkg->checksum))
		return KITH_OK;
	if (!pkg->checksum.len)
		return kith_fail(err, KITH_E_INTEGRITY,
				 "%s/" CHECKSUM_FILE
				 ": names a package, the lock file has no checksum",
				 v->root);
	return kith_fail(err, KITH_E_INTEGRITY,
			 "%s/" CHECKSUM_FILE ": is not of the package that the lock file means",
			 v->root);
}

static int
read_checksums(struct vendored *v, int dir, const struct kith_package *pkg, struct kith_error *err)
{
	const struct kith_json *root, *files;
	int r = kith_fs_read_at(dir, CHECKSUM_FILE, false, &v->json, err);

	if (r == KITH_E_NOTFOUND)
		return kith_fail(err, KITH_E_INTEGRITY, "%s: has no " CHECKSUM_FILE, v->root);
	if (!r)
		r = kith_json_parse(kith_buf_span(&v->json), &v->doc, err);
	if (r)
		return kith_context(err, r, "%s/" CHECKSUM_FILE, v->root);
	root = kith_json_root(v->doc);
	files = kith_json_get(root, "files");
	if (kith_json_type(files) != KITH_JSON_OBJECT)
		return kith_fail(err, KITH_E_FORMAT, "%s/" CHECKSUM_FILE ": lists no files",
				 v->root);
	r = read_list(v, files, err);
	return r ? r : check_package(v, root, pkg, err);
}

/* --- the tree --- */

static int
hash_file(struct vendored *v, int fd, uint8_t ret_sum[KITH_SHA256_BYTES],
	  struct kith_digest *ret_content, struct kith_error *err)
{
	struct kith_span piece;
	ssize_t n;

	kith_sha256_start(v->sha);
	kith_tree_hash_start(v->content, KITH_TREE_FILE);
	for (;;) {
		n = read(fd, v->block, READ_BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kith_fail_errno(err, errno, "%s/%s", v->root,
					       kith_buf_str(&v->path));
		if ((uint64_t)n > v->bytes_left)
			return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu bytes", v->root,
					 KITH_MAX_UNPACKED);
		if (n == 0)
			break;
		v->bytes_left -= (uint64_t)n;
		piece = kith_span(v->block, (size_t)n);
		kith_sha256_update(v->sha, piece);
		kith_blake2b_update(v->content, piece);
	}
	kith_sha256_finish(v->sha, ret_sum);
	kith_blake2b_finish(v->content, ret_content);
	return KITH_OK;
}

static int
take_file(struct vendored *v, int fd, struct kith_error *err)
{
	uint8_t sum[KITH_SHA256_BYTES];
	struct kith_digest content;
	size_t i;
	int r;

	if (!kith_map_get(&v->listed, kith_buf_span(&v->path), &i))
		return differs(v, "is not listed in " CHECKSUM_FILE, err);
	r = hash_file(v, fd, sum, &content, err);
	if (r)
		return r;
	if (memcmp(sum, v->sums[i], sizeof(sum)) != 0)
		return differs(v, "is not what " CHECKSUM_FILE " says", err);
	v->n_seen++;
	return kith_tree_add(v->tree, kith_buf_span(&v->path), KITH_TREE_FILE, &content, err);
}

static int take_folder(struct vendored *v, int fd, unsigned depth, struct kith_error *err);

static int
take_name(struct vendored *v, int dir, const char *name, unsigned depth, struct kith_error *err)
{
	KITH_AUTO_FD int fd = -1;
	struct kith_digest none = {{0}};
	struct stat st;
	int r;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ELOOP)
		return differs(v, "is a symbolic link", err);
	if (fd < 0 && errno == ENXIO)
		return differs(v, "is not a file or folder", err);
	if (fd < 0 || fstat(fd, &st) < 0)
		return kith_fail_errno(err, errno, "%s/%s", v->root, kith_buf_str(&v->path));
	if (S_ISREG(st.st_mode))
		return take_file(v, fd, err);
	if (!S_ISDIR(st.st_mode))
		return differs(v, "is not a file or folder", err);
	r = kith_tree_add(v->tree, kith_buf_span(&v->path), KITH_TREE_DIR, &none, err);
	return r ? r : take_folder(v, fd, depth, err);
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int
add_name(struct vendored *v, struct names *names, const char *name, struct kith_error *err)
{
	int r;

	if (!v->entries_left)
		return kith_fail(err, KITH_E_LIMIT, "%s: more than %zu entries", v->root,
				 KITH_MAX_TREE_ENTRIES);
	v->entries_left--;
	r = kith_grow(&names->at, &names->cap, names->count + 1, sizeof(char *),
		      KITH_MAX_TREE_ENTRIES, "entries", err);
	if (r)
		return r;
	names->at[names->count] = kith_strndup(name, strlen(name));
	if (!names->at[names->count])
		return kith_fail_nomem(err);
	names->count++;
	return KITH_OK;
}

/* Sorted, so that the first difference is the same one every time. */
static int
list_names(struct vendored *v, int fd, struct names *names, struct kith_error *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), r = KITH_OK;
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	if (!dir) {
		r = kith_fail_errno(err, errno, "%s", v->root);
		if (copy >= 0)
			close(copy);
		return r;
	}
	while (!r && (e = readdir(dir)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = add_name(v, names, e->d_name, err);
	closedir(dir);
	if (!r && names->count)
		qsort(names->at, names->count, sizeof(char *), compare_names);
	return r;
}

static int
take_folder(struct vendored *v, int fd, unsigned depth, struct kith_error *err)
{
	struct names names KITH_CLEANUP(names_clear) = {NULL, 0, 0};
	size_t i, mark = v->path.len;
	int r;

	if (depth > KITH_MAX_TREE_DEPTH)
		return kith_fail(err, KITH_E_LIMIT, "%s: nested too deep", v->root);
	r = list_names(v, fd, &names, err);
	for (i = 0; i < names.count && !r; i++) {
		if (!depth && (strcmp(names.at[i], CHECKSUM_FILE) == 0 ||
			       strcmp(names.at[i], ".cargo-ok") == 0))
			continue;
		kith_buf_printf(&v->path, "%s%s", mark ? "/" : "", names.at[i]);
		r = kith_buf_check(&v->path, err);
		if (!r)
			r = take_name(v, fd, names.at[i], depth + 1, err);
		if (!r) {
			v->path.len = mark;
			v->path.ptr[mark] = '\0';
		}
	}
	return r;
}

static int
find_missing(const struct vendored *v, const struct kith_json *files, struct kith_error *err)
{
	const struct kith_json *f;
	struct kith_span key;
	KITH_AUTO_FREE char *path = NULL;
	struct stat st;

	for (f = kith_json_first(files); f; f = kith_json_next(f)) {
		key = kith_json_key(f);
		free(path);
		path = kith_asprintf("%s/%.*s", v->root, KITH_SPAN_FMT(key));
		if (!path)
			return kith_fail_nomem(err);
		if (lstat(path, &st) < 0)
			return kith_fail(err, KITH_E_INTEGRITY, "%s: is listed but not there",
					 path);
	}
	return kith_fail(err, KITH_E_INTEGRITY, "%s: lists files that are not there", v->root);
}

static int
open_vendored(struct vendored *v, const char *path, struct kith_error *err)
{
	memset(v, 0, sizeof(*v));
	v->root = path;
	v->bytes_left = KITH_MAX_UNPACKED;
	v->entries_left = KITH_MAX_TREE_ENTRIES;
	kith_map_init(&v->listed, NULL);
	kith_buf_init(&v->json, KITH_MAX_JSON_BYTES);
	kith_buf_init(&v->path, KITH_MAX_PATH);
	v->tree = kith_tree_new(KITH_MAX_TREE_ENTRIES, MAX_TREE);
	v->sha = kith_sha256_new();
	v->content = kith_blake2b_new();
	v->block = kith_calloc(1, READ_BLOCK);
	if (!v->tree || !v->sha || !v->content || !v->block)
		return kith_fail_nomem(err);
	return KITH_OK;
}

int
kith_vendored_check(const char *path, const struct kith_package *pkg,
		    struct kith_digest *ret_digest, struct kith_error *err)
{
	KITH_CLEANUP(vendored_clear) struct vendored v;
	KITH_AUTO_FD int dir = -1;
	int r = open_vendored(&v, path, err);

	if (r)
		return r;
	/* the folder itself may be a link: the project's configuration named it */
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno == ENOENT)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such folder", path);
	if (dir < 0)
		return kith_fail_errno(err, errno, "%s", path);
	r = read_checksums(&v, dir, pkg, err);
	if (!r)
		r = take_folder(&v, dir, 0, err);
	if (!r && v.n_seen != v.n_listed)
		r = find_missing(&v, kith_json_get(kith_json_root(v.doc), "files"), err);
	return r ? r : kith_tree_digest(v.tree, NULL, 0, ret_digest, err);
}
