/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo's index cache: some bytes about its format and age, then for each version its text and one
 * line of JSON, each ended by a NUL. What precedes changed over the years, so only the pairs count.
 */
#include "codec/base64.h"
#include "codec/json.h"
#include "crypto/crypto.h"
#include "package/cargo_index.h"
#include "version/version.h"

#define MAX_NAME 64 /* crates.io's own limit */

static int
not_there(struct kith_error *err)
{
	return kith_fail(err, KITH_E_NOTFOUND, "the registry's index says nothing about it");
}

/* An entry of this name and version; KITH_E_NOTFOUND if the text is none. */
static int
read_entry(struct kith_span text, struct kith_span name, struct kith_span version,
	   struct kith_index_facts *ret, struct kith_error *err)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	struct kith_index_facts f = {.yanked = false};
	const struct kith_json *root, *yanked;
	struct kith_span a, b, sum, published;
	int r = kith_json_parse(text, &doc, err);

	if (r)
		return r == KITH_E_NOMEM ? r : KITH_E_NOTFOUND;
	root = kith_json_root(doc);
	if (kith_json_type(root) != KITH_JSON_OBJECT || !kith_json_get_string(root, "name", &a) ||
	    !kith_json_get_string(root, "vers", &b) || !kith_json_get_string(root, "cksum", &sum) ||
	    !kith_span_eq(a, name) || !kith_span_eq(b, version) ||
	    !kith_hex_decode_exact(sum, f.cksum, sizeof(f.cksum)))
		return KITH_E_NOTFOUND;
	yanked = kith_json_get(root, "yanked");
	if (yanked && !kith_json_boolean(yanked, &f.yanked))
		return KITH_E_NOTFOUND;
	f.has_published = kith_json_get_string(root, "pubtime", &published) &&
			  kith_time_parse(published, &f.published, NULL);
	*ret = f;
	return KITH_OK;
}

/* What Cargo takes for compatible: the first number that is not zero, and all before it. */
static bool
is_older(const struct kith_semver *v, const struct kith_semver *than)
{
	if (v->pre.len || v->major != than->major || kith_semver_cmp(v, than) >= 0)
		return false;
	if (than->major)
		return true;
	if (v->minor != than->minor)
		return false;
	return than->minor != 0;
}

static int
count_older(struct kith_span file, struct kith_span name, const struct kith_semver *than,
	    struct kith_index_facts *f, struct kith_error *err)
{
	struct kith_span piece, last = KITH_SPAN_NONE;
	struct kith_index_facts other;
	struct kith_semver v;
	int r;

	for (; kith_span_next(&file, 0, &piece); last = piece) {
		if (!piece.len || piece.ptr[0] != '{' || !kith_semver_parse(last, &v) ||
		    !is_older(&v, than))
			continue;
		r = read_entry(piece, name, last, &other, err);
		if (r == KITH_E_NOTFOUND)
			continue;
		if (r)
			return r;
		f->older++;
		f->older_yanked += other.yanked;
	}
	return KITH_OK;
}

void
kith_index_version_mark(struct kith_span version, uint8_t ret_mark[KITH_INDEX_MARK])
{
	struct kith_digest d;

	kith_blake2b(version, &d);
	memcpy(ret_mark, d.bytes, KITH_INDEX_MARK);
}

/* The index lists versions as they were published, and never takes one out for being yanked. */
static int
find_first(struct kith_span file, struct kith_span name, struct kith_index_facts *f,
	   struct kith_error *err)
{
	struct kith_span piece, last = KITH_SPAN_NONE;
	struct kith_index_facts other;
	int r;

	for (; kith_span_next(&file, 0, &piece); last = piece) {
		if (!piece.len || piece.ptr[0] != '{')
			continue;
		r = read_entry(piece, name, last, &other, err);
		if (!r) {
			kith_index_version_mark(last, f->first);
			f->has_first = true;
		}
		return r == KITH_E_NOTFOUND ? KITH_OK : r; /* what comes later is not the first */
	}
	return KITH_OK;
}

int
kith_cargo_index_facts(struct kith_span file, struct kith_span name, struct kith_span version,
		       bool older, struct kith_index_facts *ret_facts, struct kith_error *err)
{
	struct kith_span rest = file, piece, last = KITH_SPAN_NONE;
	struct kith_index_facts f;
	struct kith_semver v;
	int r = KITH_E_NOTFOUND;

	while (r == KITH_E_NOTFOUND && kith_span_next(&rest, 0, &piece)) {
		if (piece.len && piece.ptr[0] == '{' && kith_span_eq(last, version))
			r = read_entry(piece, name, version, &f, err);
		last = piece;
	}
	if (r == KITH_E_NOTFOUND)
		return not_there(err);
	if (!r && older && kith_semver_parse(version, &v))
		r = count_older(file, name, &v, &f, err);
	if (!r)
		r = find_first(file, name, &f, err);
	if (!r)
		*ret_facts = f;
	return r;
}

int
kith_cargo_index_find(struct kith_span file, struct kith_span name, struct kith_span version,
		      char ret_cksum[KITH_INDEX_CKSUM + 1], struct kith_error *err)
{
	struct kith_index_facts f;
	KITH_AUTO_BUF struct kith_buf hex;
	int r = kith_cargo_index_facts(file, name, version, false, &f, err);

	kith_buf_init(&hex, KITH_INDEX_CKSUM + 1);
	if (r)
		return r;
	kith_hex_put(&hex, f.cksum, sizeof(f.cksum));
	r = kith_buf_check(&hex, err);
	if (!r)
		memcpy(ret_cksum, kith_buf_str(&hex), KITH_INDEX_CKSUM + 1);
	return r;
}

/* 0 for what no name of a package has. */
static char
lower_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_')
		return (char)c;
	return '\0';
}

/* "1/a", "2/ab", "3/a/abc", "ab/cd/abcd…", in lower case. */
bool
kith_cargo_index_put_place(struct kith_buf *out, struct kith_span name)
{
	char lower[MAX_NAME + 1];
	size_t i;

	if (!name.len || name.len > MAX_NAME)
		return false;
	for (i = 0; i < name.len; i++) {
		lower[i] = lower_of(name.ptr[i]);
		if (!lower[i])
			return false;
	}
	lower[i] = '\0';
	if (name.len < 3)
		kith_buf_printf(out, "%zu/%s", name.len, lower);
	else if (name.len == 3)
		kith_buf_printf(out, "3/%c/%s", lower[0], lower);
	else
		kith_buf_printf(out, "%.2s/%.2s/%s", lower, lower + 2, lower);
	return true;
}

static bool
put_index_path(struct kith_buf *out, const char *archive, struct kith_span name)
{
	static const char cache[] = "/registry/cache/";
	const char *at = strstr(archive, cache), *next, *dir, *slash;

	/* the last one: a home may lie anywhere */
	while (at && (next = strstr(at + 1, cache)))
		at = next;
	if (!at)
		return false;
	dir = at + sizeof(cache) - 1;
	slash = strchr(dir, '/');
	if (!slash || strchr(slash + 1, '/'))
		return false;
	kith_buf_put(out, archive, (size_t)(at - archive));
	kith_buf_put_str(out, "/registry/index/");
	kith_buf_put(out, dir, (size_t)(slash - dir));
	kith_buf_put_str(out, "/.cache/");
	return kith_cargo_index_put_place(out, name);
}

int
kith_cargo_index_of_archive(const char *archive, struct kith_span name, struct kith_span version,
			    char ret_cksum[KITH_INDEX_CKSUM + 1], struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf path, file;
	int r;

	kith_buf_init(&path, KITH_MAX_PATH);
	kith_buf_init(&file, KITH_MAX_INDEX_ENTRY);
	if (!put_index_path(&path, archive, name))
		return not_there(err);
	r = kith_buf_check(&path, err);
	if (!r)
		r = kith_fs_read(kith_buf_str(&path), &file, err);
	if (r)
		return r;
	return kith_cargo_index_find(kith_buf_span(&file), name, version, ret_cksum, err);
}
