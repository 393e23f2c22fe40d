/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads, replaces and makes kith.toml. The folder itself is locked, so that two commands of any
 * two users never lose each other's change; nothing is followed out of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/policy_file.h"

#define POLICY_MODE 0644

/* Locks the folder that `path` lies in; *ret_name is the last part of it. */
static int
open_folder(const char *path, int *ret_fd, const char **ret_name, struct kith_error *err)
{
	const char *slash = strrchr(path, '/');
	KITH_AUTO_FREE char *dir = !slash          ? kith_strndup(".", 1)
				   : slash == path ? kith_strndup("/", 1)
						   : kith_strndup(path, (size_t)(slash - path));
	KITH_AUTO_FD int fd = -1;
	int r;

	if (!dir)
		return kith_fail_nomem(err);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return kith_fail_errno(err, errno, "%s", dir);
	do
		r = flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return kith_fail_errno(err, errno, "%s", dir);
	*ret_name = slash ? slash + 1 : path;
	*ret_fd = fd;
	fd = -1;
	return KITH_OK;
}

static int
refuse_link(const char *path, struct kith_error *err)
{
	return kith_hint(
	    err, kith_fail(err, KITH_E_USAGE, "%s is a symbolic link: it is not written to", path),
	    "change the file that it leads to by hand");
}

int
kith_app_edit_policy(const char *path, kith_app_edit_fn *edit, void *ctx, struct kith_error *err)
{
	struct kith_config_file_text file = {.name = path, .file = KITH_CONFIG_PROJECT};
	KITH_AUTO_BUF struct kith_buf old;
	KITH_AUTO_BUF struct kith_buf new;
	KITH_AUTO_FD int dir = -1;
	const char *name;
	struct stat st;
	int r;

	kith_buf_init(&old, KITH_MAX_CONFIG);
	kith_buf_init(&new, KITH_MAX_CONFIG);
	r = open_folder(path, &dir, &name, err);
	if (r)
		return r;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? kith_fail(err, KITH_E_NOTFOUND, "%s: is gone", path)
				       : kith_fail_errno(err, errno, "%s", path);
	if (S_ISLNK(st.st_mode))
		return refuse_link(path, err);
	r = kith_fs_read_at(dir, name, false, &old, err);
	if (r)
		return kith_context(err, r, "%s", path);
	file.text = kith_buf_span(&old);
	r = edit(ctx, &file, &new, err);
	if (r || kith_span_eq(kith_buf_span(&new), file.text))
		return r;
	return kith_fs_replace(path, kith_buf_span(&new), st.st_mode & 0777, err);
}

static int
refuse_existing(const char *path, struct kith_error *err)
{
	return kith_hint(
	    err, kith_fail(err, KITH_E_EXISTS, "%s is there already: it is not overwritten", path),
	    "kith exempt and kith accept change it; --print shows what init would "
	    "write");
}

int
kith_app_new_policy(const char *path, struct kith_span text, struct kith_error *err)
{
	KITH_AUTO_FD int dir = -1;
	const char *name;
	struct stat st;
	int r = open_folder(path, &dir, &name, err);

	if (r)
		return r;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return refuse_existing(path, err);
	if (errno != ENOENT)
		return kith_fail_errno(err, errno, "%s", path);
	return kith_fs_replace(path, text, POLICY_MODE, err);
}

void
kith_app_run_freep(struct kith_app_run **run)
{
	kith_app_run_free(*run);
	*run = NULL;
}

int
kith_app_judge_policy(struct kith_session *s, const struct kith_verify_options *options,
		      struct kith_app_run **ret_run, struct kith_error *err)
{
	KITH_AUTO_CONFIG_LOADED struct kith_app_config config = {0};
	KITH_AUTO_PROJECT struct kith_project *project = NULL;
	int r = kith_project_open(options->path ? options->path : ".", &project, err);

	/* before anything is judged: without a policy nobody may be a root yet */
	if (!r)
		r = kith_app_config_load(s, project->root, &config, err);
	if (!r && !config.project)
		r = kith_hint(err,
			      kith_fail(err, KITH_E_USAGE, "%s: this project has no kith.toml",
					project->root),
			      "kith init makes one");
	return r ? r : kith_app_judge(s, options, NULL, false, ret_run, err);
}

/* --- what a person wrote --- */

/* What the reader of the file would refuse is told of the option, not of a line nobody wrote. */
static int
check_text(const char *option, const char *text, size_t max, struct kith_span *ret,
	   struct kith_error *err)
{
	struct kith_span s = kith_span_trim(kith_span_str(text));
	size_t pos = 0;
	uint32_t c;

	if (!s.len)
		return kith_fail(err, KITH_E_USAGE, "%s: is empty", option);
	if (s.len > max)
		return kith_fail(err, KITH_E_USAGE, "%s: has %zu bytes, at most %zu are allowed",
				 option, s.len, max);
	while (pos < s.len)
		if (!kith_utf8_next(s, &pos, &c) || kith_text_is_unsafe(c))
			return kith_fail(err, KITH_E_USAGE,
					 "%s: must be text on one line, without control or "
					 "invisible characters",
					 option);
	*ret = s;
	return KITH_OK;
}

static int
check_until(const struct kith_session *s, const char *text, struct kith_time *ret,
	    struct kith_error *err)
{
	const struct kith_time last = {s->now.sec + (int64_t)KITH_MAX_CONFIG_DAYS * 86400, 0};
	struct kith_time t;

	if (!kith_time_parse_date(kith_span_str(text), &t))
		return kith_fail(err, KITH_E_USAGE, "--until: '%s' is no date like 2030-12-31",
				 text);
	if (kith_time_cmp(t, s->now) <= 0)
		return kith_fail(err, KITH_E_USAGE, "--until: %s is over", text);
	if (kith_time_cmp(t, last) > 0)
		return kith_fail(err, KITH_E_USAGE, "--until: %s is more than %d days away", text,
				 KITH_MAX_CONFIG_DAYS);
	*ret = t;
	return KITH_OK;
}

/* Who may answer for it, where [policy] says so: a change that adds others would fail. */
static int
check_owner(const struct kith_config *c, struct kith_span owner, struct kith_error *err)
{
	const struct kith_config_texts *list = &c->policy.owners;
	KITH_AUTO_BUF struct kith_buf names;
	size_t i;

	kith_buf_init(&names, 200);
	for (i = 0; i < list->n; i++) {
		if (kith_config_same_owner(list->at[i], owner))
			return KITH_OK;
		kith_buf_put_str(&names, i ? ", " : "");
		kith_text_safe(&names, list->at[i], 40);
	}
	if (!list->n)
		return KITH_OK;
	return kith_hint(err,
			 owner.len ? kith_fail(err, KITH_E_USAGE,
					       "--owner: '%.*s' is not among exempt-owners in "
					       "kith.toml",
					       KITH_SPAN_FMT(owner))
				   : kith_fail(err, KITH_E_USAGE,
					       "--owner: kith.toml wants somebody of "
					       "exempt-owners"),
			 "one of: %s", names.failed ? "see kith.toml" : kith_buf_str(&names));
}

int
kith_app_grant_read(const struct kith_session *s, const struct kith_config *c, const char *reason,
		    const char *owner, const char *until, struct kith_app_grant *ret_grant,
		    struct kith_error *err)
{
	struct kith_app_grant g = {.has_until = until != NULL};
	int r = KITH_OK;

	if (!reason)
		return kith_fail(err, KITH_E_USAGE,
				 "--reason: why? Others will read it, and you in half a year");
	r = check_text("--reason", reason, KITH_MAX_CONFIG_TEXT, &g.reason, err);
	if (!r && owner)
		r = check_text("--owner", owner, KITH_MAX_CONFIG_WORD, &g.owner, err);
	if (!r && until)
		r = check_until(s, until, &g.until, err);
	if (!r)
		r = check_owner(c, g.owner, err);
	if (!r)
		*ret_grant = g;
	return r;
}
