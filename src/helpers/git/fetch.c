/* SPDX-License-Identifier: Apache-2.0 */
/* In a guarded child: brings one source into its mirror and says how it went. */
#include "helpers/git/job.h"

#define REPORT_EVERY_MS 100

int
import_progress(const git_indexer_progress *stats, void *import)
{
	struct import *im = import;
	const struct kith_git_fetch *f = im->request;
	struct kith_git_progress p;
	int64_t now;

	im->bytes = stats->received_bytes;
	im->objects = stats->received_objects;
	im->total = stats->total_objects;
	if (im->bytes > f->max_bytes)
		return kith_fail(&im->why, KITH_E_LIMIT, "it sends more than %llu bytes",
				 (unsigned long long)f->max_bytes);
	if (stats->total_objects > f->max_objects)
		return kith_fail(&im->why, KITH_E_LIMIT, "it sends more than %u objects",
				 f->max_objects);
	if ((stats->received_objects & 63) != 0) /* called for every object: stay cheap */
		return 0;
	now = kith_guard_now_ms();
	if (now - im->last_report_ms < REPORT_EVERY_MS)
		return 0;
	im->last_report_ms = now;
	p = (struct kith_git_progress){f->id, im->bytes, im->objects, im->total};
	kith_git_put_progress(&im->out->channel.out, &p);
	return kith_channel_flush(&im->out->channel, false, &im->why);
}

static int
bring(struct import *im, git_oid *ret_head, bool *ret_none, bool *ret_archive,
      struct kith_error *err)
{
	switch (im->request->kind) {
	case KITH_GIT_BUNDLE:
		return import_bundle(im, ret_head, ret_none, err);
	case KITH_GIT_REPO:
		return import_repo(im, ret_head, ret_none, err);
	case KITH_GIT_FOLDER:
	case KITH_GIT_PLAIN:
	case KITH_GIT_RECORDS:
		return import_folder(im, ret_head, ret_none, err);
	case KITH_GIT_GET:
		return import_get(im, ret_head, ret_archive, err);
	case KITH_GIT_URL:
	default:
		return import_url(im, ret_head, ret_none, err);
	}
}

static int
fetch(struct import *im, enum kith_git_outcome *ret, struct kith_error *err)
{
	KITH_CLEANUP(kith_fs_names_free) struct kith_fs_names packs = {NULL, 0};
	bool none = false, archive = false;
	git_oid head = {{0}};
	int r;

	r = mirror_open(im->request->mirror, &im->repo, err);
	if (r)
		return r;
	mirror_list_packs(im->request->mirror, &packs);
	r = bring(im, &head, &none, &archive, err);
	if (!r && none)
		*ret = KITH_GIT_EMPTY;
	else if (!r && archive)
		*ret = KITH_GIT_ARCHIVE;
	else if (!r)
		r = mirror_advance(im, &head, ret, err);
	/* else a source could fill the disk with what nothing names; what is named now stays */
	if (r && !mirror_names(im->repo, &head))
		mirror_drop_packs(im->request->mirror, &packs);
	else if (!r && im->request->kind == KITH_GIT_GET)
		get_remember(im, archive ? NULL : &head);
	return r;
}

int
fetch_run(const struct kith_git_fetch *f, struct user_access *access, struct job_out *out)
{
	struct import im = {
	    .request = f, .out = out, .access = access, .started_ms = kith_guard_now_ms()};
	struct kith_git_fetched done = {.id = f->id};
	struct kith_error err = {.code = KITH_OK};
	char hex[GIT_OID_HEXSZ + 1] = "";
	git_oid head;

	git_limit_packs(f);
	done.code = fetch(&im, &done.outcome, &err);
	if (done.code) {
		done.outcome = KITH_GIT_FAILED;
		done.message = kith_span_str(err.msg);
		done.retry_after_s = im.retry_after_s;
		done.hint = kith_span_str(err.hint);
	}
	if (im.repo && mirror_head(im.repo, &head))
		git_oid_tostr(hex, sizeof(hex), &head);
	done.head = kith_span_str(hex);
	done.bytes = im.bytes;
	done.objects = im.objects;
	git_repository_free(im.repo);
	kith_git_put_fetched(&out->channel.out, &done);
	return kith_channel_flush(&out->channel, false, &err) ? 1 : 0;
}
