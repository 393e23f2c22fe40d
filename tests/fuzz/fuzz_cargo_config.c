/* SPDX-License-Identifier: Apache-2.0 */
/* Two configurations on top of each other (split at a line of `====`), and every chain in them. */
#include "package/cargo_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static bool
add(struct kith_cargo_config *c, struct kith_span text, bool in_tree)
{
	struct kith_config_include *includes = NULL;
	struct kith_error err;
	size_t n = 0, i;
	int r = kith_cargo_config_add(c, text, "/p/.cargo/config.toml", "/p", in_tree, &includes,
				      &n, &err);

	for (i = 0; !r && i < n; i++)
		must(includes[i].path.len &&
		     !memchr(includes[i].path.ptr, '\0', includes[i].path.len));
	free(includes);
	return r == KITH_OK;
}

static void
follow(const struct kith_cargo_config *c, const struct kith_config_source *s)
{
	const struct kith_config_source *end = NULL;
	const struct kith_config_value *registry = NULL;
	struct kith_error err;
	int r = kith_cargo_config_follow(c, s, &end, &registry, &err);

	must(kith_cargo_config_source(c, s->name) == s);
	must(r == KITH_OK || r == KITH_E_USAGE);
	if (r)
		return;
	must(!registry || registry->text.len);
	must(!end || !end->replace_with.text.ptr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span text = kith_span(data, size), rest = KITH_SPAN_NONE;
	struct kith_cargo_config c;
	size_t i;

	for (i = 0; i + 6 <= size; i++)
		if (memcmp(data + i, "\n====\n", 6) == 0) {
			text = kith_span_sub(text, 0, i + 1);
			rest = kith_span(data + i + 6, size - i - 6);
			break;
		}
	kith_cargo_config_init(&c);
	if (add(&c, text, true) && add(&c, rest, false))
		for (i = 0; i < c.n_sources; i++)
			follow(&c, &c.sources[i]);
	kith_cargo_config_clear(&c);
	return 0;
}
