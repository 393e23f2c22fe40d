/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: can what the project's kith.lock names be read, and is it here? Changes nothing. */
#include "app/doctor.h"
#include "app/pinned.h"
#include "evidence/pins.h"
#include "package/project.h"

int
kith_doctor_pins(struct kith_doctor *d, struct kith_error *err)
{
	KITH_AUTO_PROJECT struct kith_project *project = NULL;
	const struct kith_pins *pins;
	struct kith_error why;
	int r;

	r = kith_project_open(".", &project, err);
	if (r == KITH_E_NOTFOUND)
		return KITH_OK; /* not in a project: nothing to say */
	if (r)
		return r;
	r = kith_app_pins(d->session, project->root, &pins, &why);
	if (r == KITH_E_NOTFOUND)
		return kith_doctor_found(d, KITH_DOCTOR_NOTE,
					 "kith pin: the same verdict on every machine", err,
					 "no " KITH_PINS_FILE " in this project");
	if (r == KITH_E_FORMAT)
		return kith_doctor_found(d, KITH_DOCTOR_WARNING,
					 why.hint[0] ? why.hint : "git restore kith.lock", err,
					 "%s", why.msg);
	if (!r) {
		r = kith_app_pinned_enter(d->session, project->root, pins, &why);
		kith_app_pinned_leave(d->session);
	}
	if (r == KITH_E_INTEGRITY)
		return kith_doctor_found(d, KITH_DOCTOR_WARNING,
					 why.hint[0] ? why.hint : "kith fetch brings it", err, "%s",
					 why.msg);
	if (r) {
		*err = why;
		return r;
	}
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err,
				 "%zu source%s of " KITH_PINS_FILE ", all here", pins->n_sources,
				 pins->n_sources == 1 ? "" : "s");
}
