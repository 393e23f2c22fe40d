/* SPDX-License-Identifier: Apache-2.0 */
/* kith digest: of a package, of an archive, of a folder. */
#include <errno.h>
#include <sys/stat.h>

#include "app/pick.h"
#include "codec/base64.h"
#include "crypto/tree.h"

static bool
is_place(const char *word)
{
	if (strncmp(word, "pkg:", 4) == 0)
		return false;
	return strchr(word, '/') || !strcmp(word, ".") || !strcmp(word, "..") ||
	       kith_span_ends(kith_span_str(word), KITH_SPAN_LIT(".crate"));
}

struct one {
	struct kith_archive_answer answer;
};

static int
take_answer(void *ctx, size_t i, const struct kith_archive_answer *a, struct kith_error *err)
{
	struct one *o = ctx;

	(void)i;
	o->answer = *a;
	if (a->why.code && err)
		*err = a->why;
	return a->why.code;
}

static int
digest_archive(struct kith_session *s, const char *path, struct kith_digest *ret,
	       struct kith_error *err)
{
	const struct kith_helper_options helper = {.dir = s->libexec};
	KITH_AUTO_FREE char *real = realpath(path, NULL);
	const struct kith_archive_job job = {.path = real, .top = true};
	struct one one;
	int r;

	if (!real)
		return kith_fail_errno(err, errno, "%s", path);
	r = kith_archive_check(&helper, &job, 1, take_answer, &one, err);
	if (r)
		return kith_context(err, r, "%s", path);
	*ret = one.answer.native;
	return KITH_OK;
}

static int
digest_place(struct kith_session *s, const char *path, struct kith_digest *ret,
	     struct kith_error *err)
{
	const struct kith_span ignore = KITH_SPAN_LIT(".cargo-ok");
	struct stat st;

	if (stat(path, &st) < 0)
		return kith_fail(err, KITH_E_NOTFOUND, "%s: no such file or folder", path);
	if (S_ISDIR(st.st_mode))
		return kith_tree_digest_path(path, &ignore, 1, ret, err);
	return digest_archive(s, path, ret, err);
}

int
kith_digest(struct kith_session *session, const char *what, const char *path,
	    char ret_digest[KITH_DIGEST_TEXT_SIZE], struct kith_error *err)
{
	KITH_AUTO_PICKER struct kith_app_picker picker = {0};
	struct kith_app_picked picked;
	struct kith_app_bytes bytes;
	struct kith_digest digest;
	int r;

	if (is_place(what)) {
		r = digest_place(session, what, &digest, err);
	} else {
		r = kith_app_picker_open(session, path, &picker, err);
		if (!r)
			r = kith_app_pick(&picker, what, &picked, err);
		if (!r)
			r = kith_app_read_bytes(&picker, &picked, NULL, &bytes, err);
		if (!r && !bytes.confirmed)
			kith_app_warn(session,
				      "%s %s: nothing here states its checksum: these may be "
				      "any bytes",
				      picked.name, picked.version);
		if (!r)
			digest = bytes.digest;
	}
	if (!r)
		kith_base64_id(ret_digest, digest.bytes);
	return r;
}
