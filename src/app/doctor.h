/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of kith doctor share; each is one file and one row in doctor_checks.def. */
#ifndef KITH_APP_DOCTOR_H
#define KITH_APP_DOCTOR_H

#include <kith/doctor.h>

#include "app/app.h"
#include "app/config.h"

enum kith_doctor_level {
	KITH_DOCTOR_OK,
	KITH_DOCTOR_NOTE,        /* worth knowing, nothing to do */
	KITH_DOCTOR_WARNING,     /* should be mended */
	KITH_DOCTOR_ENVIRONMENT, /* something does not work here */
	KITH_DOCTOR_INTEGRITY    /* data is damaged or forged */
};
#define KITH_DOCTOR_LEVELS 5

struct kith_doctor_finding {
	const char *check;
	enum kith_doctor_level level;
	char *text, *remedy; /* safe for a terminal; remedy NULL: none is needed */
};

struct kith_doctor {
	struct kith_session *session;
	const struct kith_doctor_options *o;
	struct kith_app_config config; /* merged NULL: it could not be read */
	struct kith_mirrors mirrors;
	const char *check; /* the one that runs */
	struct kith_doctor_finding *list;
	size_t n, cap;
};

/* Adds a finding of the running check; remedy may be NULL. KITH_E_NOMEM. */
KITH_NODISCARD int kith_doctor_found(struct kith_doctor *d, enum kith_doctor_level level,
				     const char *remedy, struct kith_error *err, const char *fmt,
				     ...) KITH_PRINTF(5, 6);

/* A check: KITH_OK, or why it could not be made (which becomes a finding). */
#define CHECK(name, deep) int kith_doctor_##name(struct kith_doctor *d, struct kith_error *err);
#include "app/doctor_checks.def"
#undef CHECK

#endif
