/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences of two texts by libgit2, in a guarded child: both come from packages, so from
 * anybody.
 */
#include "helpers/git/own.h"

#define MAX_HUNKS KITH_MIB(30)

struct hunks {
	struct kith_buf text;
	struct kith_git_diffed *d;
};

static int
take_line(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line,
	  void *ctx)
{
	struct hunks *h = ctx;

	(void)delta;
	(void)hunk;
	switch (line->origin) {
	case GIT_DIFF_LINE_ADDITION:
		h->d->added++;
		break;
	case GIT_DIFF_LINE_DELETION:
		h->d->removed++;
		break;
	case GIT_DIFF_LINE_CONTEXT:
		break;
	case GIT_DIFF_LINE_HUNK_HDR:
	case GIT_DIFF_LINE_CONTEXT_EOFNL:
	case GIT_DIFF_LINE_ADD_EOFNL:
	case GIT_DIFF_LINE_DEL_EOFNL:
		kith_buf_put(&h->text, line->content, line->content_len);
		return 0;
	default: /* file headers: ours are written by kith */
		return 0;
	}
	kith_buf_put_char(&h->text, line->origin);
	kith_buf_put(&h->text, line->content, line->content_len);
	return kith_buf_check(&h->text, NULL) ? -1 : 0;
}

static int
compare(const struct kith_git_pair *p, uint32_t context, struct hunks *h, struct kith_error *err)
{
	git_patch *patch = NULL;
	git_diff_options o;
	int rc;

	git_diff_options_init(&o, GIT_DIFF_OPTIONS_VERSION);
	o.context_lines = context;
	o.flags = GIT_DIFF_INDENT_HEURISTIC;
	rc = git_patch_from_buffers(&patch, p->old_bytes.ptr, p->old_bytes.len, "a",
				    p->new_bytes.ptr, p->new_bytes.len, "b", &o);
	if (!rc && git_patch_get_delta(patch)->flags & GIT_DIFF_FLAG_BINARY)
		h->d->binary = true;
	else if (!rc)
		rc = git_patch_print(patch, take_line, h);
	git_patch_free(patch);
	if (kith_buf_check(&h->text, err))
		return KITH_E_LIMIT;
	return rc ? git_fail(err, KITH_E_FORMAT, "it cannot be compared") : KITH_OK;
}

int
diff_run(struct kith_cursor pairs, uint32_t context, uint32_t count, struct job_out *out)
{
	struct kith_git_pair p;
	struct kith_error err;
	uint32_t i;
	int r = KITH_OK;

	for (i = 0; !r && i < count; i++) {
		struct kith_git_diffed d = {0};
		struct hunks h = {.d = &d};

		if (!kith_git_get_pair(&pairs, &p))
			return 1;
		kith_buf_init(&h.text, MAX_HUNKS);
		d.id = p.id;
		d.code = compare(&p, context, &h, &err);
		d.hunks = d.code || d.binary ? KITH_SPAN_NONE : kith_buf_span(&h.text);
		kith_git_put_diffed(&out->channel.out, &d);
		r = kith_channel_flush(&out->channel, true, &err);
		kith_buf_clear(&h.text);
	}
	return r || kith_channel_flush(&out->channel, false, &err) ? 1 : 0;
}
