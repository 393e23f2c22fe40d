/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging kinds: every proof of a file written again from its parsed fields gives the same bytes;
 * every string of a table gives the YAML that crev's own emitter writes.
 */
#include "cases/cases.h"
#include "codec/json.h"
#include "proof/body.h"
#include "proof/scalar.h"
#include "proof/write.h"

/* What crev itself writes and then refuses to read (empty ids) is read here without validation. */
static int
write_unvalidated(struct kith_proof *p, struct kith_arena *arena, struct kith_buf *out,
		  struct kith_error *err)
{
	struct kith_proof again = {.body = p->body, .line = p->line};
	bool fatal;
	int e = kith_body_read(&again, KITH_BODY_UNVALIDATED, arena, &fatal, err);

	return e ? e : kith_body_put(&again, out, err);
}

static int
write_again(struct kith_proof_item *item, struct kith_arena *arena, struct kith_buf *out,
	    struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf body;
	int e;

	kith_buf_init(&body, KITH_MAX_PROOF_BODY);
	if (item->status == KITH_PROOF_BAD_BODY)
		return write_unvalidated(&item->proof, arena, out, err);
	e = kith_proof_write_body(&item->proof, &body, err);
	if (!e && !kith_span_eq(kith_buf_span(&body), item->proof.body)) {
		kith_buf_put_span(out, kith_buf_span(&body));
		return kith_fail(err, KITH_E_FORMAT, "the body differs");
	}
	return e ? e : kith_proof_seal(kith_buf_span(&body), item->proof.sig, out, err);
}

static void
judge_item(struct cases_tally *t, const char *path, struct kith_proof_item *item,
	   struct kith_arena *arena)
{
	KITH_AUTO_BUF struct kith_buf out;
	struct kith_error err = {.msg = "the bytes differ"};
	struct kith_span expected =
	    item->status == KITH_PROOF_BAD_BODY ? item->proof.body : item->proof.envelope;
	char name[KITH_MAX_PATH];
	int e;

	kith_buf_init(&out, KITH_KIB(64));
	snprintf(name, sizeof(name), "%s:%u", path, item->line);
	if (item->status == KITH_PROOF_BAD_FRAME) {
		cases_result(t, false, name, "%s", item->cause);
		return;
	}
	e = write_again(item, arena, &out, &err);
	cases_result(t, !e && kith_span_eq(kith_buf_span(&out), expected), name, "%s", err.msg);
}

int
cases_proof_write(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	struct kith_error err;
	size_t n;
	int i;

	if (kith_crypto_init(&err))
		return 2;
	for (i = 0; i < argc; i++) {
		KITH_AUTO_ARENA struct kith_arena arena;
		struct kith_proof_list list;

		kith_arena_init(&arena, KITH_MIB(256));
		if (kith_proof_parse(cases_read(argv[i]), &arena, &list, &err)) {
			cases_result(&t, false, argv[i], "%s", err.msg);
			continue;
		}
		for (n = 0; n < list.count; n++)
			judge_item(&t, argv[i], &list.items[n], &arena);
	}
	return cases_end(&t);
}

/* ["value", "k: value\n"] */
static void
judge_scalar(struct cases_tally *t, const char *name, struct kith_span line)
{
	KITH_AUTO_JSON struct kith_json_doc *doc = NULL;
	KITH_AUTO_BUF struct kith_buf pair, out;
	const struct kith_json *first;
	struct kith_span value, expected;
	struct kith_error err;
	size_t tab = kith_span_find(line, 0, '\t');

	kith_buf_init(&pair, KITH_MIB(1));
	kith_buf_init(&out, KITH_MIB(1));
	kith_buf_printf(&pair, "[%.*s,", KITH_SPAN_FMT(kith_span_sub(line, 0, tab)));
	kith_buf_printf(&pair, "%.*s]", KITH_SPAN_FMT(kith_span_sub(line, tab, SIZE_MAX)));
	if (kith_json_parse(kith_buf_span(&pair), &doc, &err)) {
		cases_result(t, false, name, "%s", err.msg);
		return;
	}
	first = kith_json_first(kith_json_root(doc));
	if (!kith_json_string(first, &value) ||
	    !kith_json_string(kith_json_next(first), &expected)) {
		cases_result(t, false, name, "not two strings");
		return;
	}
	kith_buf_put_str(&out, "k: ");
	kith_proof_scalar_put(&out, value, 0);
	cases_result(t, kith_span_eq(kith_buf_span(&out), expected), name, "%.*s gave %s",
		     KITH_SPAN_FMT(line), kith_buf_str(&out));
}

int
cases_yaml_scalars(int argc, char **argv)
{
	struct cases_tally t = {0, 0};
	struct kith_span rest, line;
	char name[KITH_MAX_PATH];
	unsigned number;
	int i;

	for (i = 0; i < argc; i++) {
		rest = cases_read(argv[i]);
		for (number = 1; kith_span_next(&rest, '\n', &line); number++) {
			if (!line.len || line.ptr[0] == '#')
				continue;
			snprintf(name, sizeof(name), "%s:%u", argv[i], number);
			judge_scalar(&t, name, line);
		}
	}
	return cases_end(&t);
}
