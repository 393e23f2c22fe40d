/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is accepted obeys the contract: limits, no NUL, no duplicate key, counts that agree. */
#include "codec/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
check(const struct kith_yaml *v, size_t depth)
{
	const struct kith_yaml *c;
	size_t n = 0;

	if (v->type == KITH_YAML_SCALAR) {
		must(!v->first && kith_span_find(v->scalar, 0, 0) == v->scalar.len);
		must(kith_utf8_valid(v->scalar));
		return;
	}
	must(depth < KITH_MAX_YAML_DEPTH);
	for (c = v->first; c; c = c->next, n++) {
		if (v->type == KITH_YAML_MAPPING) {
			KITH_AUTO_FREE char *key = kith_strndup(c->key.ptr, c->key.len);

			must(!key || kith_yaml_get(v, key) == c);
		}
		check(c, depth + 1);
	}
	must(n == v->count && (v->type != KITH_YAML_MAPPING || n <= KITH_MAX_YAML_KEYS));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_AUTO_ARENA struct kith_arena a;
	const struct kith_yaml *root = NULL;
	struct kith_error err;

	kith_arena_init(&a, KITH_MIB(16));
	if (kith_yaml_parse(kith_span(data, size), &a, &root, &err) == KITH_OK) {
		must(root->type == KITH_YAML_MAPPING);
		check(root, 0);
	} else {
		must(!root && err.code && (err.code == KITH_E_NOMEM || err.msg[0]));
	}
	return 0;
}
