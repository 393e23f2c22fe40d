/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A starter set's text: refused, or every source in it is a public place with a name, a reason and
 * a level, and reading it again says the same.
 */
#include "app/starter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
read_set(struct kith_app_config *c, struct kith_span text)
{
	struct kith_error err;
	int r;

	memset(c, 0, sizeof(*c));
	kith_arena_init(&c->arena, KITH_MIB(64));
	if (kith_config_merge(NULL, NULL, &c->merged, &err))
		abort();
	r = kith_app_starter_read(c, text, "starter.toml", &err);
	if (r && r != KITH_E_FORMAT && r != KITH_E_LIMIT)
		abort();
	if (r && !strstr(err.msg, "starter.toml"))
		abort();
	return r;
}

static void
check(const struct kith_config_evidence *e)
{
	size_t i;

	if (!e->starter || !e->name.len || !e->reason.len || !e->urls.n ||
	    (e->ids.n && e->kind != KITH_CONFIG_CREV) || e->level > KITH_LEVEL_HIGH ||
	    e->object > KITH_LEVEL_HIGH)
		abort();
	for (i = 0; i < e->urls.n; i++)
		if (!kith_span_starts(e->urls.at[i], KITH_SPAN_LIT("https://")) &&
		    !kith_span_starts(e->urls.at[i], KITH_SPAN_LIT("http://127.0.0.1:")))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_app_config a, b;
	size_t i;
	int r = read_set(&a, kith_span(data, size));

	if (read_set(&b, kith_span(data, size)) != r)
		abort();
	if (!r) {
		if (a.merged->n_sources != b.merged->n_sources ||
		    a.n_starter_ids != b.n_starter_ids)
			abort();
		for (i = 0; i < a.merged->n_sources; i++)
			check(&a.merged->sources[i]);
	}
	kith_app_config_clear(&a);
	kith_app_config_clear(&b);
	return 0;
}
