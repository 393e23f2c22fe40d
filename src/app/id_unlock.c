/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping ids unlocked in kith-agent, and forgetting them there. */
#include <unistd.h>

#include "app/own.h"
#include "helper/helper.h"
#include "identity/unlocked.h"

static int
hand_over(struct kith_session *s, const struct kith_secret *seed, unsigned seconds,
	  struct kith_error *err)
{
	KITH_AUTO_FREE char *program = NULL;
	KITH_AUTO_FD int fd = -1;
	int r = kith_helper_find(s->libexec, KITH_UNLOCKED_PROGRAM, &program, err);

	if (!r)
		r = kith_unlocked_start(s->dirs.data, program, &fd, err);
	return r ? r : kith_unlocked_add(fd, seed, seconds, err);
}

int
kith_id_unlock(struct kith_session *session, const char *id,
	       const struct kith_passphrase_source *passphrase, unsigned seconds,
	       struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	KITH_AUTO_SECRET struct kith_secret seed = {0};
	int r;

	if (!seconds || seconds > KITH_UNLOCKED_MAX_SECONDS)
		return kith_fail(err, KITH_E_USAGE, "an id stays unlocked for a second to a week");
	r = kith_app_own_key(session, id, &key, err);
	if (r)
		return r;
	if (key.ssh_agent)
		return kith_fail(err, KITH_E_USAGE,
				 "this id's key is in an ssh-agent, which keeps it unlocked");
	if (kith_keyfile_is_unprotected(&key))
		return kith_hint(
		    err,
		    kith_fail(err, KITH_E_USAGE, "this id has no passphrase: nothing is locked"),
		    "kith id passwd gives it one");
	r = kith_app_open_key(session, &key, passphrase, &seed, err);
	return r ? r : hand_over(session, &seed, seconds, err);
}

static int
forget_all(int fd, size_t *ret_count, struct kith_error *err)
{
	struct kith_unlocked_list list;
	int r = kith_unlocked_list(fd, &list, err);

	if (!r)
		r = kith_unlocked_forget(fd, NULL, err);
	if (!r)
		*ret_count = list.count;
	return r;
}

int
kith_id_lock(struct kith_session *session, const char *id, int all, size_t *ret_count,
	     struct kith_error *err)
{
	KITH_AUTO_KEYFILE struct kith_keyfile key = {0};
	struct kith_error why = {.code = KITH_OK};
	KITH_AUTO_FD int fd = -1;
	int r = all ? KITH_OK : kith_app_own_key(session, id, &key, err);

	if (r)
		return r;
	r = kith_unlocked_connect(session->dirs.data, &fd, &why);
	if (!r && all)
		return forget_all(fd, ret_count, err);
	if (!r)
		r = kith_unlocked_forget(fd, &key.id, &why);
	if (r && r != KITH_E_NOTFOUND) {
		if (err)
			*err = why;
		return r;
	}
	*ret_count = !r; /* what is not unlocked is locked already */
	return KITH_OK;
}
