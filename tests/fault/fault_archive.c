/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of ours in the walk over an archive fails once (libarchive has its own). */
#include "tarball.h"
#include "fault/wrap.h"
#include "helpers/unpack/walk.h"

static int
work(struct kith_span archive, struct kith_error *err)
{
	struct kith_unpack_options o = kith_unpack_defaults();
	struct kith_tree *tree = NULL;
	struct kith_digest d;
	int r;

	o.top = true;
	r = kith_unpack_walk(archive, &o, &tree, err);
	if (!r)
		r = kith_tree_digest(tree, NULL, 0, &d, err);
	kith_tree_free(tree);
	return r;
}

int
main(void)
{
	static const char text[] = "file t/a 1\nlong t/b/c\nfile x 2\nlink t/l x\n"
				   "pax path t/d/e\npax mtime 1\nfile y 3\ndir t/z/\n";
	struct kith_buf tar, gz;
	struct kith_error err;
	size_t n;
	int r;

	kith_buf_init(&tar, KITH_MIB(1));
	kith_buf_init(&gz, KITH_MIB(1));
	if (kith_crypto_init(&err) || !kith_unpack_set_locale() ||
	    !maker_make(kith_span_str(text), &tar))
		return 1;
	maker_gzip(kith_buf_span(&tar), &gz);
	for (n = 1;; n++) {
		fault_arm(n);
		r = work(kith_buf_span(&gz), &err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	kith_buf_clear(&tar);
	kith_buf_clear(&gz);
	printf("%zu allocations\n", n - 1);
	return r || n < 8;
}
