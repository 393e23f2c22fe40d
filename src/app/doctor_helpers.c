/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: the helper programs: there, of this version, and able to start. */
#include "app/doctor.h"
#include "helper/git.h"
#include "helper/helper.h"
#include "helper/unpack.h"
#include "identity/unlocked.h"

#define GREET_MS 5000

static const char remedy[] = "install kith again, or set KITH_LIBEXEC to the helpers' folder";

static int
look_at(struct kith_doctor *d, const char *program, bool speaks, struct kith_error *err)
{
	const struct kith_helper_options o = {.dir = d->session->libexec};
	KITH_AUTO_FREE char *path = NULL;
	KITH_AUTO_HELPER struct kith_helper *h = NULL;
	struct kith_error why;
	int r = kith_helper_find(o.dir, program, &path, &why);

	if (!r && speaks)
		r = kith_helper_start(program, &o, &h, &why);
	if (!r && speaks)
		r = kith_helper_greet(h, GREET_MS, &why);
	if (r == KITH_E_NOMEM)
		return kith_fail_nomem(err);
	if (r)
		return kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, remedy, err, "%s", why.msg);
	if (!speaks)
		return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%s: %s", program, path);
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%s: %s, protocol %d", program, path,
				 KITH_PROTOCOL_VERSION);
}

int
kith_doctor_helpers(struct kith_doctor *d, struct kith_error *err)
{
	int r = look_at(d, KITH_GIT_PROGRAM, true, err);

	if (!r)
		r = look_at(d, KITH_UNPACK_PROGRAM, true, err);
	/* it answers on its own socket only, and starting it means unlocking */
	return r ? r : look_at(d, KITH_UNLOCKED_PROGRAM, false, err);
}
