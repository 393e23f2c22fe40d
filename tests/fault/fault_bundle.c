/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation of writing a bundle, reading it and taking it as evidence fails once. */
#include "app/bundle.h"
#include "fault/wrap.h"
#include "unit/bundle_sample.h"

static int
work(size_t *ret_proofs, struct kith_error *err)
{
	const struct kith_session_options o = {.no_home = 1, .now = "2026-06-01"};
	KITH_AUTO_BUF struct kith_buf text;
	struct kith_session *s = NULL;
	int r = kith_session_new(&o, &s, err);

	kith_buf_init(&text, KITH_MAX_BUNDLE);
	if (!r)
		r = sample_put(&text, err);
	if (!r)
		r = kith_app_bundle_enter(s, "b", &text, err);
	if (!r)
		*ret_proofs = kith_index_count_proofs(s->index);
	kith_session_free(s);
	return r;
}

int
main(void)
{
	size_t n, proofs = 0;
	struct kith_error err;
	bool hit;
	int r;

	if (work(&proofs, &err) || proofs != 2) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (n = 1;; n++) {
		proofs = 0;
		fault_arm(n);
		r = work(&proofs, &err);
		hit = fault_hit();
		fault_arm(0);
		if (r ? r != KITH_E_NOMEM || !hit : proofs != 2) {
			fprintf(stderr, "allocation %zu: %d %s\n", n, r, r ? err.msg : "");
			return 1;
		}
		if (!hit)
			break;
	}
	printf("%zu allocations\n", n - 1);
	return n > 100 ? 0 : 1;
}
