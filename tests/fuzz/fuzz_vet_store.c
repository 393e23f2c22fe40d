/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole store: config.toml, audits.toml and imports.lock with lines `----` between them, judged
 * strictly and leniently on a small graph. What is answered is valid JSON; what a configuration
 * says is written so that it is read and written the same again.
 */
#include "codec/json.h"
#include "evidence/vet_write.h"
#include "unit/vet_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
	if (!condition)
		abort();
}

/* Cuts at the next line "----". */
static struct kith_span
cut(struct kith_span *rest)
{
	static const char mark[] = "\n----\n";
	struct kith_span all = *rest;
	size_t i;

	for (i = 0; i < all.len; i++) {
		if (!kith_span_starts(kith_span_sub(all, i, SIZE_MAX), kith_span_str(mark)))
			continue;
		*rest = kith_span_sub(all, i + sizeof(mark) - 1, SIZE_MAX);
		return kith_span_sub(all, 0, i + 1);
	}
	*rest = KITH_SPAN_NONE;
	return all;
}

static void
judge(struct kith_vet_question *q)
{
	KITH_CLEANUP(kith_vet_answer_freep) struct kith_vet_answer *a = NULL;
	KITH_AUTO_BUF struct kith_buf json;
	struct kith_error err;
	size_t i;
	int r = kith_vet_judge(q, &a, &err);

	kith_buf_init(&json, KITH_MIB(64));
	if (r) {
		require(r == KITH_E_LIMIT);
		return;
	}
	require(kith_vet_put_json(a, &json, &err) == 0);
	require(kith_json_check(kith_buf_span(&json), 0, &err) == 0);
	require((a->conclusion == KITH_VET_ERROR) == (a->rows == NULL));
	for (i = 0; a->rows && i < a->graph->count; i++) {
		const struct kith_vet_row *row = &a->rows[i];

		require((row->status == KITH_VET_FAILED) == (row->missing != 0));
		require(!(row->missing & ~row->required));
		if (row->status == KITH_VET_EXEMPTED || row->status == KITH_VET_VETTED_PARTIALLY)
			require(row->n_ways > 0);
	}
}

static void
write_again(struct kith_span text)
{
	KITH_AUTO_VET_FILE struct kith_vet_file *f = NULL, *again = NULL;
	KITH_AUTO_BUF struct kith_buf once, twice;
	struct kith_error err;

	kith_buf_init(&once, KITH_MIB(16));
	kith_buf_init(&twice, KITH_MIB(16));
	if (kith_vet_read_config(text, &f, &err))
		return;
	require(kith_vet_write_config(&f->config, 0, 10, &once, &err) == 0);
	require(kith_vet_read_config(kith_buf_span(&once), &again, &err) == 0);
	require(kith_vet_write_config(&again->config, 0, 10, &twice, &err) == 0);
	require(kith_span_eq(kith_buf_span(&once), kith_buf_span(&twice)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kith_span rest = kith_span(data, size);
	KITH_AUTO_VET_GRAPH struct kith_vet_graph *g = NULL;
	struct kith_vet_question q = {.today = 19600};
	struct kith_error err;

	q.config = cut(&rest);
	q.audits = cut(&rest);
	q.imports = cut(&rest);
	write_again(q.config);
	require(kith_vet_graph_new(&g, &err) == 0);
	require(vet_add(g, "app", "1.0.0", &err) == 0 && vet_add(g, "x", "1.0.0", &err) == 0 &&
		vet_add(g, "x", "2.0.0", &err) == 0 &&
		vet_add(g, "x", "1.0.0@git:00112233445566778899aabbccddeeff00112233", &err) == 0 &&
		kith_vet_graph_dep(g, 1, 2, true, true, &err) == 0 &&
		kith_vet_graph_dep(g, 0, 2, false, true, &err) == 0 &&
		kith_vet_graph_finish(g, &err) == 0);
	q.graph = g;
	judge(&q);
	q.lenient = true;
	judge(&q);
	return 0;
}
