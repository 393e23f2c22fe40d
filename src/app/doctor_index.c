/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: whether the index is there, ours and current. It is never mended from here. */
#include "app/doctor.h"

static int
look_at(struct kith_doctor *d, const char *path, struct kith_error *err)
{
	uint8_t secret[KITH_SECRET_BYTES];
	struct kith_index *ix = NULL;
	struct kith_index_totals t;
	struct kith_digest state;
	struct kith_error why;
	bool current;
	int r = kith_secret_look(d->session->dirs.data, secret, &why);

	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		return kith_doctor_found(d, KITH_DOCTOR_WARNING,
					 "the next command makes secret and index anew by itself",
					 err, "%s", why.msg);
	r = kith_store_state(&d->session->dirs, &state, err);
	if (r)
		return r;
	r = kith_index_open(path, secret, &ix, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r == KITH_E_FORMAT)
		return kith_doctor_found(d, KITH_DOCTOR_WARNING,
					 "the next command makes it anew by itself", err,
					 "the index is damaged, forged or from another version");
	if (r)
		return kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, NULL, err, "%s", why.msg);
	kith_index_get_totals(ix, &t);
	current = kith_index_is_of(ix, &state);
	kith_index_free(ix);
	return kith_doctor_found(d, current ? KITH_DOCTOR_OK : KITH_DOCTOR_NOTE,
				 current ? NULL : "the next command brings it up to date by itself",
				 err, "%s, %llu valid proofs of %llu sources",
				 current ? "authentic and current"
					 : "authentic, older than the mirrors",
				 (unsigned long long)t.valid, (unsigned long long)t.sources);
}

int
kith_doctor_index(struct kith_doctor *d, struct kith_error *err)
{
	KITH_AUTO_FREE char *path = kith_fs_join(d->session->dirs.cache, "index");

	if (!path)
		return kith_fail_nomem(err);
	if (!kith_fs_exists(path))
		return kith_doctor_found(d, KITH_DOCTOR_NOTE, "the next command makes it by itself",
					 err, "there is no index yet");
	return look_at(d, path, err);
}
