/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: a wrong clock makes old evidence look fresh and lets statements come into force. */
#include "app/doctor.h"

#define SLACK_S ((int64_t)120)
#define OLDEST  ((int64_t)1767225600) /* 2026-01-01: before that there was no kith */

int
kith_doctor_clock(struct kith_doctor *d, struct kith_error *err)
{
	int64_t now = d->session->now.sec, latest = 0;
	const struct kith_mirror *by = NULL;
	KITH_AUTO_BUF struct kith_buf b;
	size_t i;

	kith_buf_init(&b, 128);
	kith_time_put_rfc3339(&b, (struct kith_time){now, 0});
	for (i = 0; i < d->mirrors.count; i++) {
		if (d->mirrors.items[i].attempt <= latest)
			continue;
		latest = d->mirrors.items[i].attempt;
		by = &d->mirrors.items[i];
	}
	if (now < OLDEST)
		return kith_doctor_found(d, KITH_DOCTOR_ENVIRONMENT, "set the clock", err,
					 "the clock says %s, which is before this program was made",
					 kith_buf_str(&b));
	if (by && latest > now + SLACK_S) {
		kith_buf_put_str(&b, ", but on ");
		kith_time_put_rfc3339(&b, (struct kith_time){latest, 0});
		return kith_doctor_found(
		    d, KITH_DOCTOR_WARNING,
		    "set the clock; if it is right now, fetch again: kith fetch --all", err,
		    "the clock says %s it fetched from %s", kith_buf_str(&b), by->source.location);
	}
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err, "%s", kith_buf_str(&b));
}
