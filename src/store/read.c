/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the files, or the packed history, of many repositories through one child of kith-git. */
#include "store/store.h"

#define ANSWER_TIMEOUT_MS 90000 /* kith-git bounds each repository itself, below this */

struct reading {
	const struct kith_mirrors *mirrors;
	const struct kith_store_read_calls *calls;
	struct kith_helper *helper;
	size_t *order;      /* the mirrors that were asked for */
	const char **names; /* of those, which files; NULL: proof files */
	size_t n, done;
	uint8_t request; /* KITH_GIT_READ or _PACK */
};

static void
reading_clear(struct reading *rd)
{
	free(rd->order);
	free(rd->names);
}

static bool
is_readable(const struct kith_mirror *m)
{
	return !m->damaged && m->head[0];
}

static int
choose(struct reading *rd, struct kith_error *err)
{
	const struct kith_store_read_calls *c = rd->calls;
	size_t i, n = rd->mirrors->count;

	rd->order = kith_calloc(n, sizeof(*rd->order));
	rd->names = kith_calloc(n, sizeof(*rd->names));
	if (!rd->order || !rd->names)
		return kith_fail_nomem(err);
	for (i = 0; i < n; i++) {
		if (!is_readable(&rd->mirrors->items[i]))
			continue;
		if (!c->names && rd->mirrors->items[i].source.evidence != KITH_SOURCE_CREV)
			continue;
		rd->names[rd->n] = c->names ? c->names(c->ctx, i) : NULL;
		if (!c->names || rd->names[rd->n])
			rd->order[rd->n++] = i;
	}
	return KITH_OK;
}

static int
ask(struct reading *rd, struct kith_error *err)
{
	KITH_AUTO_BUF struct kith_buf b;
	struct kith_git_read_item item;
	size_t i, mark;
	int r;

	kith_buf_init(&b, KITH_MAX_FRAME);
	mark = kith_git_begin_read(&b, rd->request, (uint32_t)rd->n);
	for (i = 0; i < rd->n; i++) {
		const struct kith_mirror *m = &rd->mirrors->items[rd->order[i]];

		item.id = (uint32_t)i;
		item.path = kith_span_str(m->path);
		item.commit = kith_span_str(m->head);
		item.names = kith_span_str(rd->names[i]);
		kith_git_put_read_item(&b, &item);
	}
	kith_frame_end(&b, mark);
	r = kith_buf_check(&b, err);
	return r ? r : kith_helper_send(rd->helper, &b, err);
}

static int
take_end(struct reading *rd, const struct kith_git_end *end, struct kith_error *err)
{
	size_t i = rd->order[rd->done++];
	struct kith_error failure = {.code = KITH_OK};

	if (!rd->calls->end)
		return KITH_OK;
	if (end->code)
		kith_fail(&failure, (enum kith_code)end->code, "%.*s", KITH_SPAN_FMT(end->message));
	return rd->calls->end(rd->calls->ctx, i, end, end->code ? &failure : NULL, err);
}

/* Answers come in the order of the request and about one repository at a time. */
static int
take(struct reading *rd, const struct kith_frame *f, struct kith_error *err)
{
	const struct kith_store_read_calls *c = rd->calls;
	size_t i = rd->order[rd->done];
	struct kith_git_file file;
	struct kith_git_end end;
	struct kith_span commit;
	uint32_t id;

	if (f->type == KITH_GIT_TREE && kith_git_get_tree(f->payload, &id, &commit) &&
	    id == rd->done)
		return c->tree ? c->tree(c->ctx, i, commit, err) : KITH_OK;
	if (f->type == KITH_GIT_FILE && kith_git_get_file(f->payload, &file) && file.id == rd->done)
		return c->file(c->ctx, i, file.path, file.bytes, err);
	if (f->type == KITH_GIT_SKIP && kith_git_get_skip(f->payload, &file) && file.id == rd->done)
		return c->skip ? c->skip(c->ctx, i, file.path, file.why, err) : KITH_OK;
	if (f->type == KITH_GIT_END && kith_git_get_end(f->payload, &end) && end.id == rd->done)
		return take_end(rd, &end, err);
	return kith_helper_broke(rd->helper, err, "sent a wrong answer");
}

static int
run(struct kith_store_reader *reader, uint8_t request, const struct kith_mirrors *mirrors,
    const struct kith_store_read_calls *calls, struct kith_error *err)
{
	KITH_CLEANUP(reading_clear)
	struct reading rd = {.mirrors = mirrors, .calls = calls, .request = request};
	struct kith_helper_options o = {reader->libexec, NULL, 0};
	struct kith_frame f;
	int r;

	r = choose(&rd, err);
	if (r || !rd.n)
		return r;
	if (!reader->helper)
		r = kith_helper_start(KITH_GIT_PROGRAM, &o, &reader->helper, err);
	rd.helper = reader->helper;
	if (!r)
		r = ask(&rd, err);
	while (!r && rd.done < rd.n) {
		r = kith_helper_recv(rd.helper, ANSWER_TIMEOUT_MS, &f, err);
		if (!r)
			r = take(&rd, &f, err);
	}
	if (r) /* the rest of its answers is nobody's */
		kith_store_reader_clear(reader);
	return r;
}

int
kith_store_read(struct kith_store_reader *reader, const struct kith_mirrors *mirrors,
		const struct kith_store_read_calls *calls, struct kith_error *err)
{
	return run(reader, KITH_GIT_READ, mirrors, calls, err);
}

void
kith_store_reader_clear(struct kith_store_reader *reader)
{
	kith_helper_stop(reader->helper);
	reader->helper = NULL;
}

static int
run_once(uint8_t request, const struct kith_mirrors *mirrors, const char *libexec,
	 const struct kith_store_read_calls *calls, struct kith_error *err)
{
	struct kith_store_reader reader = {libexec, NULL};
	int r = run(&reader, request, mirrors, calls, err);

	kith_store_reader_clear(&reader);
	return r;
}

int
kith_store_each_proof_file(const struct kith_mirrors *mirrors, const char *libexec,
			   const struct kith_store_read_calls *calls, struct kith_error *err)
{
	return run_once(KITH_GIT_READ, mirrors, libexec, calls, err);
}

int
kith_store_each_pack(const struct kith_mirrors *mirrors, const char *libexec,
		     const struct kith_store_read_calls *calls, struct kith_error *err)
{
	return run_once(KITH_GIT_PACK, mirrors, libexec, calls, err);
}
