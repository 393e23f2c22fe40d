/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: the user's own ids, and whether anybody's trust counts here. */
#include "app/doctor.h"
#include "codec/base64.h"
#include "identity/ids.h"

static int
look_at_keys(struct kith_doctor *d, const struct kith_own_ids *own, struct kith_error *err)
{
	char text[KITH_ID_TEXT + 1];
	size_t i, usable = 0;
	int r = KITH_OK;

	for (i = 0; !r && i < own->count; i++) {
		const struct kith_own_id *x = &own->items[i];

		usable += !x->refused;
		if (!x->refused)
			continue;
		kith_base64_id(text, x->key.id.bytes);
		r = kith_doctor_found(d, KITH_DOCTOR_WARNING,
				      x->refused->hint[0] ? x->refused->hint : "kith id show", err,
				      "id %s is not used: %s", text, x->refused->msg);
	}
	if (r || !usable)
		return r ? r
			 : kith_doctor_found(d, KITH_DOCTOR_NOTE,
					     "kith id new makes one, to review and to trust", err,
					     "no id of your own");
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%zu id%s of your own", usable,
				 usable == 1 ? "" : "s");
}

int
kith_doctor_ids(struct kith_doctor *d, struct kith_error *err)
{
	KITH_AUTO_OWN_IDS struct kith_own_ids own = {NULL, 0};
	int r = kith_own_ids_list(d->session->dirs.config, &own, err);

	if (!r)
		r = look_at_keys(d, &own, err);
	if (r || own.count || !d->config.merged || kith_app_config_has_roots(&d->config))
		return r;
	return kith_doctor_found(d, KITH_DOCTOR_NOTE,
				 "kith trust, or [roots] in the configuration, says whose", err,
				 "nobody's trust counts here yet");
}
