/* SPDX-License-Identifier: Apache-2.0 */
/* In a guarded child: streams the files of one repository after another, in one thread. */
#include <sys/resource.h>

#include "helpers/git/job.h"

#define CPU_PER_REPO_S 20

struct reader {
	struct job_out *out;
	struct walk walk;
	uint32_t id;
	struct kith_git_end end;
	struct kith_error *err;
};

static int
send(struct reader *rd, bool lazy)
{
	return kith_channel_flush(&rd->out->channel, lazy, rd->err);
}

static int
put_skip(void *ctx, struct kith_span path, enum kith_git_skip why)
{
	struct reader *rd = ctx;
	struct kith_git_file f = {.id = rd->id, .path = path, .why = why};

	if (rd->end.skipped++ >= KITH_MAX_SKIP_REPORTS)
		return KITH_OK;
	kith_git_put_skip(&rd->out->channel.out, &f);
	return send(rd, true);
}

static int
put_file(void *ctx, const struct walk_file *file)
{
	struct reader *rd = ctx;
	struct kith_git_file f = {.id = rd->id, .path = file->path};
	git_odb_object *obj = NULL;

	/* reading checks that the bytes are what their name says */
	if (git_odb_read(&obj, rd->walk.odb, file->id))
		return put_skip(rd, file->path, KITH_GIT_SKIP_BROKEN);
	f.bytes = kith_span(git_odb_object_data(obj), git_odb_object_size(obj));
	if (f.bytes.len > KITH_MAX_PROOF_FILE) { /* not what its header said */
		git_odb_object_free(obj);
		return put_skip(rd, file->path, KITH_GIT_SKIP_BROKEN);
	}
	kith_git_put_file(&rd->out->channel.out, &f);
	git_odb_object_free(obj);
	rd->end.files++;
	return send(rd, true);
}

static int
find_commit(git_repository *repo, struct kith_span hex, git_oid *ret_id, struct kith_error *err)
{
	char text[KITH_GIT_HEX + 1] = {0};

	if (!hex.len) {
		if (mirror_head(repo, ret_id) || !git_reference_name_to_id(ret_id, repo, "HEAD"))
			return KITH_OK;
		return kith_fail(err, KITH_E_NOTFOUND, "it has no commit yet");
	}
	memcpy(text, hex.ptr, KITH_GIT_HEX);
	return git_oid_fromstr(ret_id, text) ? git_fail(err, KITH_E_FORMAT, text) : KITH_OK;
}

static int
read_repository(struct reader *rd, const struct kith_git_read_item *item)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	int r;

	rd->walk.names = item->names;
	r = git_open(item->path, &rd->walk.repo, rd->err);
	if (r)
		return r;
	r = find_commit(rd->walk.repo, item->commit, &id, rd->err);
	if (!r) {
		git_oid_tostr(hex, sizeof(hex), &id);
		kith_git_put_tree(&rd->out->channel.out, rd->id, hex);
		r = walk_commit(&rd->walk, &id, rd->err);
	}
	git_repository_free(rd->walk.repo);
	return r;
}

void
job_renew_cpu(void)
{
	struct rlimit lim;
	struct rusage ru;

	if (getrusage(RUSAGE_SELF, &ru) || getrlimit(RLIMIT_CPU, &lim))
		return;
	lim.rlim_cur = (rlim_t)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) + CPU_PER_REPO_S;
	setrlimit(RLIMIT_CPU, &lim);
}

int
read_run(struct kith_cursor items, uint32_t count, struct job_out *out)
{
	struct kith_git_read_item item;
	struct kith_error err;
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct reader rd = {.out = out, .err = &err};

		if (!kith_git_get_read_item(&items, &item))
			return 1;
		job_renew_cpu();
		rd.id = rd.end.id = item.id;
		rd.walk.ctx = &rd;
		rd.walk.file = put_file;
		rd.walk.skip = put_skip;
		err.msg[0] = '\0';
		rd.end.code = read_repository(&rd, &item);
		rd.end.message = kith_span_str(rd.end.code ? err.msg : "");
		kith_git_put_end(&out->channel.out, &rd.end);
		if (kith_channel_flush(&out->channel, true, &err))
			return 1;
	}
	return kith_channel_flush(&out->channel, false, &err) ? 1 : 0;
}
