/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of a tree, one a line: F, L or D and a path; a line with I names an ignored path. The
 * digest must not depend on the order of entries, and must not exist twice.
 */
#include "crypto/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_ENTRIES 64

struct entry {
	struct kith_span path;
	enum kith_tree_type type;
};

static void
require(bool condition)
{
	if (!condition)
		abort();
}

static int
digest(const struct entry *e, size_t n, bool backwards, const struct kith_span *ignore,
       size_t nignore, struct kith_digest *ret)
{
	struct kith_tree *t = kith_tree_new(MAX_ENTRIES, KITH_KIB(64));
	struct kith_digest content = {{1}};
	struct kith_error err;
	size_t i;
	int r = 0;

	if (!t)
		return KITH_E_NOMEM;
	for (i = 0; i < n; i++) {
		const struct entry *x = &e[backwards ? n - 1 - i : i];

		/* what is refused is left out: both orders refuse the same */
		r = kith_tree_add(t, x->path, x->type, &content, &err);
		require(!r || r == KITH_E_FORMAT || r == KITH_E_LIMIT);
	}
	r = kith_tree_digest(t, ignore, nignore, ret, &err);
	kith_tree_free(t);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span rest = kith_span(data, size < 4096 ? size : 4096), line;
	struct kith_span ignore[4];
	struct entry e[MAX_ENTRIES];
	struct kith_digest a, b;
	size_t n = 0, nignore = 0;
	int r;

	if (kith_crypto_init(NULL))
		return 0;
	while (n < MAX_ENTRIES && kith_span_next(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		if (line.ptr[0] == 'I' && nignore < 4)
			ignore[nignore++] = kith_span_sub(line, 1, SIZE_MAX);
		e[n].type = line.ptr[0] == 'D'   ? KITH_TREE_DIR
			    : line.ptr[0] == 'L' ? KITH_TREE_LINK
						 : KITH_TREE_FILE;
		e[n++].path = kith_span_sub(line, 1, SIZE_MAX);
	}
	r = digest(e, n, false, ignore, nignore, &a);
	require(digest(e, n, true, ignore, nignore, &b) == r);
	require(r == 0 || r == KITH_E_FORMAT);
	if (!r)
		require(kith_digest_eq(&a, &b));
	return 0;
}
