/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest, and what it makes of a lock: the input is a Cargo.toml, and after a line of `====` a
 * Cargo.lock that it is the root of.
 */
#include "package/cargo_manifest.h"
#include "package/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool so)
{
	if (!so)
		abort();
}

static void
walk(const struct kith_manifest *m, struct kith_span text)
{
	struct kith_lock *lock = NULL;
	struct kith_kind_graph *g = NULL;
	struct kith_error err;
	size_t i, root;

	if (kith_lock_read_cargo(text, &lock, &err))
		return;
	must(kith_kind_graph_new(lock, &g, &err) == KITH_OK);
	root = kith_lock_find_path(lock, m->name, m->version);
	if (root < lock->count) {
		kith_kind_graph_root(g, root);
		must(kith_kind_graph_manifest(g, root, m, &err) == KITH_OK);
	}
	must(kith_kind_graph_walk(g, lock, NULL, NULL, &err) == KITH_OK);
	for (i = 0; i < lock->count; i++) {
		must(lock->packages[i].kinds <= 7);
		must(root < lock->count || !lock->packages[i].kinds);
	}
	kith_kind_graph_free(g);
	kith_lock_free(lock);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KITH_CLEANUP(kith_manifest_freep) struct kith_manifest *m = NULL;
	struct kith_span text = kith_span(data, size), rest = KITH_SPAN_NONE;
	struct kith_error err;
	size_t i;

	for (i = 0; i + 6 <= size; i++)
		if (memcmp(data + i, "\n====\n", 6) == 0) {
			text = kith_span_sub(text, 0, i + 1);
			rest = kith_span(data + i + 6, size - i - 6);
			break;
		}
	if (kith_manifest_parse(text, NULL, &m, &err))
		return 0;
	must(!m->package || m->name.len);
	for (i = 0; i < m->n_deps; i++)
		must(m->deps[i].kind <= 4 && m->deps[i].kind != 3);
	walk(m, rest);
	return 0;
}
