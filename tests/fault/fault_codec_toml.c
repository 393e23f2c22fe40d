/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of the TOML reader fails once: values, unescaped strings, the index of keys. */
#include "codec/toml.h"
#include "fault/wrap.h"

static void
fill(struct kith_buf *b)
{
	size_t i;

	kith_buf_init(b, KITH_KIB(64));
	kith_buf_put_str(b, "a = [1, {b = \"c\\td\"}]\n[[x.y]]\nz.w = 1\n[big]\n");
	for (i = 0; i < 400; i++)
		kith_buf_printf(b, "k%zu = \"\\u00e9\"\n", i);
}

static int
work(struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_TOML struct kith_toml_doc *doc = NULL;
	int r = kith_toml_parse(text, &doc, err);

	return (r == KITH_OK) == (doc != NULL) ? r : KITH_E_INTERNAL;
}

int
main(void)
{
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_error err;
	size_t n;
	int r;

	fill(&text);
	for (n = 1;; n++) {
		fault_arm(n);
		r = work(kith_buf_span(&text), &err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once\n", n - 1);
	return r != KITH_OK || n < 8;
}
