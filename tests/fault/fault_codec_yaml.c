/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of the YAML reader fails once, libyaml's too: its yaml_malloc and yaml_realloc
 * are replaced here by ones that go through the wrapped allocator.
 */
#include "codec/yaml.h"
#include "fault/wrap.h"

static size_t libyaml_calls;

__attribute__((visibility("default"))) void *yaml_malloc(size_t size);
__attribute__((visibility("default"))) void *yaml_realloc(void *p, size_t size);

void *
yaml_malloc(size_t size)
{
	libyaml_calls++;
	return malloc(size ? size : 1);
}

void *
yaml_realloc(void *p, size_t size)
{
	libyaml_calls++;
	return realloc(p, size ? size : 1);
}

static int
work(struct kith_error *err)
{
	static const char text[] = "kind: trust\nids:\n- {id: a, url: \"b\\tc\"}\nx: [1, [2]]\n"
				   "comment: |-\n  long enough to be more than one line\n\n  yes\n";
	KITH_AUTO_ARENA struct kith_arena a;
	const struct kith_yaml *root = NULL;
	int r;

	kith_arena_init(&a, KITH_MIB(1));
	r = kith_yaml_parse(kith_span_str(text), &a, &root, err);
	if ((r == KITH_OK) != (root != NULL))
		return KITH_E_INTERNAL;
	return r;
}

int
main(void)
{
	struct kith_error err;
	size_t n;
	int r;

	for (n = 1;; n++) {
		fault_arm(n);
		r = work(&err);
		if (!fault_hit())
			break;
		if (r != KITH_E_NOMEM || err.code != KITH_E_NOMEM) {
			fprintf(stderr, "allocation %zu: %d\n", n, r);
			return 1;
		}
	}
	fault_arm(0);
	printf("%zu allocations failed once, %zu calls by libyaml\n", n - 1, libyaml_calls);
	return r != KITH_OK || n < 10 || libyaml_calls == 0;
}
