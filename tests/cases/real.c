/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the index that the kinds about the real cargo-crev ask. */
#include "cases/real.h"

struct loading {
	struct cases_real *real;
	struct kith_index_builder *builder;
	const char *const *heads;
	size_t n_heads;
	bool wanted;
};

static void
die(const struct kith_error *err)
{
	fprintf(stderr, "cases: %s\n", err->msg);
	exit(2);
}

static bool
is_wanted(const struct loading *l, struct kith_span commit)
{
	size_t i;

	for (i = 0; i < l->n_heads; i++)
		if (kith_span_starts(commit, kith_span_str(l->heads[i])))
			return true;
	return !l->n_heads;
}

static int
begin(void *ctx, size_t item, struct kith_span commit, struct kith_error *err)
{
	struct loading *l = ctx;
	struct kith_index_source s = {
	    .name = kith_span_str(l->real->evidence.mirrors.items[item].source.location),
	    .commit = commit};

	l->wanted = is_wanted(l, commit);
	return l->wanted ? kith_index_builder_source(l->builder, &s, err) : KITH_OK;
}

static bool
in_dot_folder(struct kith_span path)
{
	size_t i;

	for (i = 0; i < path.len; i++)
		if (path.ptr[i] == '.' && (i == 0 || path.ptr[i - 1] == '/'))
			return true;
	return false;
}

static int
take(void *ctx, size_t item, struct kith_span path, struct kith_span bytes, struct kith_error *err)
{
	struct loading *l = ctx;

	(void)item;
	if (!l->wanted || in_dot_folder(path))
		return KITH_OK;
	return kith_index_builder_file(l->builder, path, bytes, err);
}

static int
add_own(struct loading *l, const char *own, struct kith_error *err)
{
	const struct kith_index_source s = {.name = KITH_SPAN_LIT("own"), .own = true};
	int r;

	if (!own)
		return KITH_OK;
	r = kith_index_builder_source(l->builder, &s, err);
	return r ? r
		 : kith_index_builder_file(l->builder, kith_span_str(own), cases_read(own), err);
}

void
cases_real_open(struct cases_real *real, const char *folder, const char *const *heads,
		size_t n_heads, const char *own)
{
	static const uint8_t secret[KITH_INDEX_SECRET_BYTES];
	struct loading l = {.real = real, .heads = heads, .n_heads = n_heads};
	const struct kith_store_read_calls calls = {.ctx = &l, .tree = begin, .file = take};
	const struct kith_digest state = {{0}};
	KITH_AUTO_FREE char *path = NULL;
	struct kith_error err;
	int r;

	memset(real, 0, sizeof(*real));
	cases_evidence_open_folder(&real->evidence, folder);
	path = kith_fs_join(real->evidence.dirs.data, "index");
	r = kith_crypto_init(&err);
	if (!r)
		r = kith_index_builder_new(NULL, NULL, &l.builder, &err);
	if (!r)
		r = add_own(&l, own, &err);
	if (!r)
		r = kith_store_each_proof_file(&real->evidence.mirrors, cases_libexec(), &calls,
					       &err);
	if (!r)
		r = kith_index_builder_write(l.builder, path, secret, &state, NULL, &err);
	kith_index_builder_free(l.builder);
	if (!r)
		r = kith_index_open(path, secret, &real->index, &err);
	if (!r)
		r = kith_index_graph(real->index, &real->graph, &err);
	if (r) {
		cases_real_close(real);
		die(&err);
	}
}

void
cases_real_close(struct cases_real *real)
{
	kith_index_free(real->index);
	cases_evidence_close(&real->evidence);
}

const char *
cases_real_folder(int argc, char **argv, int *at)
{
	if (*at + 1 < argc && strcmp(argv[*at], "--evidence") == 0) {
		*at += 2;
		return argv[*at - 1];
	}
	fputs("cases: --evidence DIR is missing\n", stderr);
	exit(2);
}
