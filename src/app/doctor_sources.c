/* SPDX-License-Identifier: Apache-2.0 */
/* kith doctor: how fresh evidence is, and which sources fail. One line each for what is wrong. */
#include "app/doctor.h"

#define DEFAULT_AGE ((int64_t)30 * 86400)
#define SHOWN       20U

static int64_t
limit_of(const struct kith_doctor *d)
{
	return d->config.merged ? d->config.merged->policy.max_evidence_age : DEFAULT_AGE;
}

static bool
is_asked(const struct kith_mirror *m)
{
	return !m->own && !m->damaged && m->source.class != KITH_SOURCE_REMOVED;
}

static int
failing(struct kith_doctor *d, const struct kith_mirror *m, struct kith_error *err)
{
	bool walked = m->source.class == KITH_SOURCE_WALKED;
	KITH_AUTO_BUF struct kith_buf b;

	kith_buf_init(&b, 128);
	if (m->success) {
		kith_buf_put_str(&b, ", last reached ");
		kith_time_put_date(&b, (struct kith_time){m->success, 0});
	} else {
		kith_buf_put_str(&b, ", never reached");
	}
	/* what strangers say their repositories are often fails: nothing that the user could mend
	 */
	return kith_doctor_found(d, walked ? KITH_DOCTOR_NOTE : KITH_DOCTOR_WARNING,
				 walked ? "kith fetch --all tries it at once"
					: "kith fetch --all tries it at once; kith source remove "
					  "gives it up and keeps what was fetched",
				 err, "%s: %s (%u time%s%s)", m->source.location, m->error,
				 m->failures, m->failures == 1 ? "" : "s", kith_buf_str(&b));
}

static int
stale(struct kith_doctor *d, const struct kith_mirror *m, int64_t age, struct kith_error *err)
{
	return kith_doctor_found(
	    d, KITH_DOCTOR_WARNING,
	    m->source.kind == KITH_GIT_URL ? "kith fetch" : "carry newer evidence here: kith fetch",
	    err, "%s: last fetched %lld days ago", m->source.location, (long long)(age / 86400));
}

/* One line for what is wrong with it, up to SHOWN of them. */
static int
look_at(struct kith_doctor *d, const struct kith_mirror *m, size_t *wrong, struct kith_error *err)
{
	int64_t age = d->session->now.sec - m->success;
	bool is_old = m->success && age > limit_of(d);

	if ((!m->failures && !is_old) || (*wrong)++ >= SHOWN)
		return KITH_OK;
	return m->failures ? failing(d, m, err) : stale(d, m, age, err);
}

int
kith_doctor_sources(struct kith_doctor *d, struct kith_error *err)
{
	size_t i, n = 0, wrong = 0;
	int r = KITH_OK;

	for (i = 0; !r && i < d->mirrors.count; i++) {
		if (!is_asked(&d->mirrors.items[i]))
			continue;
		n++;
		r = look_at(d, &d->mirrors.items[i], &wrong, err);
	}
	if (!r && wrong > SHOWN)
		r = kith_doctor_found(d, KITH_DOCTOR_WARNING, "kith source list", err,
				      "%zu more are stale or fail", wrong - SHOWN);
	if (!r && !n)
		return kith_doctor_found(d, KITH_DOCTOR_NOTE, "kith fetch URL", err,
					 "no source of evidence yet");
	if (r || n <= wrong)
		return r;
	return kith_doctor_found(d, KITH_DOCTOR_OK, NULL, err,
				 "%zu source%s, fetched within %lld days", n - wrong,
				 n - wrong == 1 ? "" : "s", (long long)(limit_of(d) / 86400));
}
