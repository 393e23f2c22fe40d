/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a guarded child: a repository's commit with all its history as one pack, streamed in pieces,
 * for evidence that is carried. Nothing else of the repository goes along.
 */
#include "helpers/git/job.h"

#define PIECE KITH_MIB(1)

struct packing {
	struct job_out *out;
	uint32_t id, pieces;
	struct kith_buf piece;
	struct kith_error *err;
	bool stopped;
};

static int
send_piece(struct packing *p)
{
	struct kith_git_file f = {.id = p->id, .path = KITH_SPAN_LIT("pack")};
	struct kith_span rest = kith_buf_span(&p->piece);
	int r = kith_buf_check(&p->piece, p->err);

	while (!r && rest.len) {
		f.bytes = kith_span_sub(rest, 0, PIECE);
		rest = kith_span_sub(rest, f.bytes.len, SIZE_MAX);
		kith_git_put_file(&p->out->channel.out, &f);
		p->pieces++;
		r = kith_channel_flush(&p->out->channel, false, p->err);
	}
	kith_buf_reset(&p->piece);
	return r;
}

static int
take(void *bytes, size_t len, void *ctx)
{
	struct packing *p = ctx;

	kith_buf_put(&p->piece, bytes, len);
	if (p->piece.len >= PIECE && send_piece(p))
		p->stopped = true;
	return p->stopped ? -1 : 0;
}

static int
named_commit(struct kith_span hex, git_oid *ret_id, struct kith_error *err)
{
	char text[KITH_GIT_HEX + 1] = {0};

	if (!hex.len)
		return kith_fail(err, KITH_E_USAGE, "no commit is named");
	memcpy(text, hex.ptr, KITH_GIT_HEX);
	return git_oid_fromstr(ret_id, text) ? git_fail(err, KITH_E_FORMAT, text) : KITH_OK;
}

static int
build(struct packing *p, git_repository *repo, const git_oid *id)
{
	git_packbuilder *pb = NULL;
	git_revwalk *walk = NULL;
	int r = KITH_OK;

	if (git_packbuilder_new(&pb, repo) || git_revwalk_new(&walk, repo) ||
	    git_revwalk_push(walk, id) || git_packbuilder_insert_walk(pb, walk))
		r = git_fail(p->err, KITH_E_FORMAT, "its history cannot be packed");
	git_revwalk_free(walk);
	if (!r && git_packbuilder_object_count(pb) > KITH_MAX_FETCH_OBJS)
		r = kith_fail(p->err, KITH_E_LIMIT, "more than %u objects", KITH_MAX_FETCH_OBJS);
	if (!r) {
		git_packbuilder_set_threads(pb, 1);
		if (git_packbuilder_foreach(pb, take, p) && !p->stopped)
			r = git_fail(p->err, KITH_E_FORMAT, "its history cannot be packed");
		else
			r = p->stopped ? p->err->code : send_piece(p);
	}
	git_packbuilder_free(pb);
	return r;
}

static int
pack_repository(struct packing *p, const struct kith_git_read_item *item)
{
	git_repository *repo = NULL;
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	int r = git_open(item->path, &repo, p->err);

	if (r)
		return r;
	r = named_commit(item->commit, &id, p->err);
	if (!r) {
		git_oid_tostr(hex, sizeof(hex), &id);
		kith_git_put_tree(&p->out->channel.out, p->id, hex);
		r = build(p, repo, &id);
	}
	git_repository_free(repo);
	return r;
}

int
pack_run(struct kith_cursor items, uint32_t count, struct job_out *out)
{
	struct kith_git_read_item item;
	struct kith_error err;
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct packing p = {.out = out, .err = &err};
		struct kith_git_end end = {.id = 0};
		if (!kith_git_get_read_item(&items, &item))
			return 1;
		job_renew_cpu();
		kith_buf_init(&p.piece, KITH_MAX_GIT_OBJECT + PIECE);
		p.id = end.id = item.id;
		err.msg[0] = '\0';
		end.code = pack_repository(&p, &item);
		end.files = p.pieces;
		end.message = kith_span_str(end.code ? err.msg : "");
		kith_git_put_end(&out->channel.out, &end);
		kith_buf_clear(&p.piece);
		if (kith_channel_flush(&out->channel, true, &err))
			return 1;
	}
	return kith_channel_flush(&out->channel, false, &err) ? 1 : 0;
}
